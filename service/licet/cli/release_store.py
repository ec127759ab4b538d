"""`licet release publish`, `activate` and `list`: releases in a ledger, or in that of a server."""

from __future__ import annotations

import datetime
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Protocol

import typer
from google.protobuf.timestamp_pb2 import Timestamp

from licet import client
from licet.api.ids import decision_id
from licet.api.publishing import activation_shown, instant, shown
from licet.cli.exits import Exit
from licet.cli.failing import failing
from licet.cli.records import DEFAULT_ORIGIN, Database, Origin, SigningKey
from licet.ledger import publishing
from licet.ledger.home import Home, HomeError, open_home
from licet.ledger.release_file import ReleaseFile, check_signed, confirmed
from licet.ledger.releases import ReleaseError
from licet.ledger.store import Store, StoreError
from licet.ledger.verify import Key, VerificationError
from licet.v1 import policy_service_pb2 as pb

_TIMEOUT = 120.0
Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Folder of the ledger; made if it is not there.", show_default=False)
]
Server = Annotated[str, typer.Option("--server", metavar="ADDR", help="Ask this server, in place of --data.", show_default=False)]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.", show_default="you, as this machine knows you")]
RequireSigned = Annotated[
    list[Path] | None,
    typer.Option("--require-signed", metavar="PUB", help="Take only what such a key signed. May be repeated.", show_default=False),
]


class Place(Protocol):
    """Where releases are kept."""

    def publish(self, file: ReleaseFile) -> pb.KeptRelease:
        """The release is kept."""

    def activate(self, digest: str, reason: str) -> pb.Activation:
        """The release is the active one."""

    def releases(self) -> Iterator[pb.KeptRelease]:
        """The releases that are kept."""


class Remote:
    """The ledger of a server. Raises `LicetClientError`."""

    def __init__(self, connected: client.Client) -> None:
        self._client = connected

    def publish(self, file: ReleaseFile) -> pb.KeptRelease:
        """As the server says."""
        return self._client.publish_release(file.to_bytes())

    def activate(self, digest: str, reason: str) -> pb.Activation:
        """As the server says."""
        return self._client.activate_release(digest, reason=reason)

    def releases(self) -> Iterator[pb.KeptRelease]:
        """As the server says."""
        return self._client.list_releases()


class Local:
    """A ledger that is open in this process. Raises `StoreError`, `ReleaseError`, `VersionTakenError`, LookupError."""

    def __init__(self, store: Store, by: str) -> None:
        self._store = store
        self._by = by

    def publish(self, file: ReleaseFile) -> pb.KeptRelease:
        """The release is kept, once its sources have been compiled and found to be what the file says."""
        confirmed(file.kept)
        now = datetime.datetime.now(datetime.UTC)
        return shown(publishing.publish(self._store, file, by=self._by, at=instant(now), id_=decision_id(now)))

    def activate(self, digest: str, reason: str) -> pb.Activation:
        """The release is the active one."""
        now = datetime.datetime.now(datetime.UTC)
        by, at, id_ = self._by, instant(now), decision_id(now)
        return activation_shown(publishing.activate(self._store, digest, reason=reason, by=by, at=at, id_=id_)[1])

    def releases(self) -> Iterator[pb.KeptRelease]:
        """The releases that are kept."""
        return map(shown, publishing.kept_releases(self._store))


def publish(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `licet release build` made.")],
    *,
    data: Data = None,
    server: Server = "",
    by: By = "",
    require_signed: RequireSigned = None,
    database: Database = "",
    origin: Origin = DEFAULT_ORIGIN,
    signing_key: SigningKey = None,
) -> None:
    """Put a release into a ledger, where it can be activated and pinned. It decides nothing yet.

    Refused is a file that was changed, and a package whose content changed under the version of a published one.

    Exit codes: 0 it is kept, 1 it is refused, 2 bad options or no such file, 4 no such server, or a ledger that cannot be written.
    """
    with failing(), telling():
        made = ReleaseFile.read(file.read_bytes())
        if require_signed:
            check_signed(made.note, made.kept.digest, [Key.parsed(each.read_text(encoding="utf-8")) for each in require_signed])
        with _place(data, server, by, database=database, origin=origin, signing_key=signing_key) as place:
            kept = place.publish(made)
    typer.echo(f"{kept.digest} is published: entry {kept.index}")


def activate(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="A release that `licet release list` shows.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; stands in the log.")] = "",
    data: Data = None,
    server: Server = "",
    by: By = "",
    database: Database = "",
    origin: Origin = DEFAULT_ORIGIN,
    signing_key: SigningKey = None,
) -> None:
    """Make a release the active one: servers of its ledger that were started with --published decide by it from then on.

    Exit codes: 0 it is active, 1 it is refused, 2 bad options, 4 no such server, or a ledger that cannot be written.
    """
    with failing(), telling(), _place(data, server, by, database=database, origin=origin, signing_key=signing_key) as place:
        activation = place.activate(digest, reason)
    typer.echo(f"{digest} is active: entry {activation.index}, by {activation.by or 'nobody named'}")


def list_(
    *,
    data: Data = None,
    server: Server = "",
    database: Database = "",
    origin: Origin = DEFAULT_ORIGIN,
    signing_key: SigningKey = None,
) -> None:
    """List the releases that a ledger keeps, oldest first; ▶ marks the active one.

    Exit codes: 0 listed, 2 bad options, 4 no such server, or a ledger that cannot be read.
    """
    with failing(), telling(), _place(data, server, "", database=database, origin=origin, signing_key=signing_key) as place:
        for each in place.releases():
            typer.echo("\n    ".join(_lines(each)))


def _lines(each: pb.KeptRelease) -> Iterator[str]:
    yield f"{'▶' if each.active else ' '} {each.digest}"
    yield f"kept since {_moment(each.kept_at)}, {len(each.packages)} packages"
    for publication in each.publications:
        signed = f"signed by {', '.join(publication.signed_by)}" if publication.signed_by else "not signed"
        yield f"published {_moment(publication.published_at)}{_by(publication.by)}, {signed}"
    for activation in each.activations:
        why = f": {activation.reason}" if activation.reason else ""
        yield f"activated {_moment(activation.activated_at)}{_by(activation.by)}{why}"


def _moment(at: Timestamp) -> str:
    return f"{at.ToDatetime():%Y-%m-%d %H:%M:%S} UTC"


def _by(name: str) -> str:
    return f" by {name}" if name else ""


@contextmanager
def _place(data: Path | None, server: str, by: str, *, database: str, origin: str, signing_key: Path | None) -> Iterator[Place]:
    """Where the options say. Raises `HomeError`."""
    if bool(server) == (data is not None):
        raise typer.BadParameter("name a ledger with --data, or a server with --server")
    caller = by or getpass.getuser()
    if server:
        with client.Client(server, timeout=_TIMEOUT, user_agent="licet-cli", metadata={"x-caller": caller}) as connected:
            yield Remote(connected)
    elif data is not None:
        with home_of(data, database, origin, signing_key) as home:
            yield Local(home.store, caller)


@contextmanager
def home_of(data: Path, database: str, origin: str, signing_key: Path | None) -> Iterator[Home]:
    """An open log, made if it is not there. Raises `HomeError`."""
    home = open_home(data, origin=origin, database=database, signing_key=signing_key)
    try:
        yield home
    finally:
        home.close()


@contextmanager
def telling() -> Iterator[None]:
    """What is refused, and what cannot be reached, ends the command."""
    try:
        yield
    except (ReleaseError, VerificationError, publishing.VersionTakenError, LookupError) as error:
        typer.echo(f"RELEASE: {error.args[0]}", err=True)
        raise typer.Exit(Exit.FAILED) from None
    except (client.InvalidRequest, client.NotFound, client.Refused) as error:
        typer.echo(f"{error.reason}: {error}", err=True)
        raise typer.Exit(Exit.FAILED) from None
    except (HomeError, StoreError) as error:
        typer.echo(f"LEDGER_UNREADABLE: {error}", err=True)
        raise typer.Exit(Exit.SERVER) from None
