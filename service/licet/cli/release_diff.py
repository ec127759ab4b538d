"""`licet release diff`: what differs between two releases, as a list to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from licet import client
from licet.api.differences import change_info
from licet.cli.failing import failing
from licet.cli.records import DEFAULT_ORIGIN, Database, Origin, SigningKey
from licet.cli.release_store import Data, Server, home_of, telling
from licet.ledger.release_file import ReleaseFile
from licet.ledger.releases import ReleaseError, opened, read
from licet.ledger.store import Store
from licet.policy.differences import differences
from licet.policy.folder import read_folder
from licet.policy.release import Release, load_release
from licet.v1 import policy_service_pb2 as pb

_SIGNS = {pb.CHANGE_KIND_ADDED: "+", pb.CHANGE_KIND_REMOVED: "-", pb.CHANGE_KIND_CHANGED: "~"}
_TIMEOUT = 60.0
_LONGEST = 300

Named = Annotated[
    str, typer.Argument(metavar="RELEASE", help="A folder of policies, a release file, or the digest of a release that is kept.")
]


def diff(
    before: Named,
    after: Named,
    *,
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", "-j", metavar="ID", help="Only of this one: us, eu, de …", show_default=False)
    ] = "",
    data: Data = None,
    server: Server = "",
    database: Database = "",
    origin: Origin = DEFAULT_ORIGIN,
    signing_key: SigningKey = None,
) -> None:
    """Tell what differs between two releases: rules, groups, tables and their rows, and what packages share, with their places.

    [bold]+[/bold] is new, [bold]-[/bold] is gone, [bold]~[/bold] says something else; below it stands what it said, and what it
    says. A digest is looked for in --data or --server; of a server, restricted rules show only that they differ.

    Exit codes: 0 told, 1 there is no such release, 2 bad options, 3 faults in the policies, 4 server trouble.
    """
    with failing(), telling():
        if server:
            with client.Client(server, timeout=_TIMEOUT, user_agent="licet-cli") as connected:
                found = _tell(connected.diff_releases(before, after, jurisdiction=jurisdiction))
        elif data is not None:
            with home_of(data, database, origin, signing_key) as home:
                old, new = _release(before, home.store), _release(after, home.store)
            found = _tell(_changes(old, new, jurisdiction))
        else:
            found = _tell(_changes(_release(before, None), _release(after, None), jurisdiction))
    if not found:
        typer.echo("They say the same.")


def _changes(before: Release, after: Release, jurisdiction: str) -> Iterator[pb.Change]:
    return (change_info(each, whole=True) for each in differences(before, after, jurisdiction))


def _release(name: str, store: Store | None) -> Release:
    """Raises `ReleaseError`, `PolicyError`, OSError."""
    path = Path(name)
    if path.is_dir():
        return load_release(read_folder(path))
    if path.is_file():
        return opened(ReleaseFile.read(path.read_bytes()).kept)
    kept = read(store, name) if store is not None else None
    if kept is None:
        where = "no release that is kept here" if store is not None else "and --data or --server names no ledger to look in"
        raise ReleaseError(f"{name} is no folder, no file, {where}")
    return opened(kept)


def _tell(changes: Iterable[pb.Change]) -> int:
    """How many changes were told."""
    count = 0
    for change in changes:
        typer.echo("\n    ".join(_lines(change)))
        count += 1
    return count


def _lines(change: pb.Change) -> Iterator[str]:
    named = " ".join(part for part in (change.jurisdiction, change.element, change.id) if part)
    places = " → ".join(dict.fromkeys(place for place in (change.place_before, change.place_after) if place))
    yield f"{_SIGNS.get(change.kind, '?')} {named}{f': {change.title}' if change.title else ''}{f' [{places}]' if places else ''}"
    for each in change.fields:
        if each.before:
            yield f"{each.field} - {_cut(each.before)}"
        if each.after:
            yield f"{each.field} + {_cut(each.after)}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
