"""What a server does with releases that are brought to it: it keeps, lists and activates them, and follows what others activate."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import structlog
from google.protobuf.timestamp_pb2 import Timestamp

from licet.api.errors import CallError, FollowsFolder, LedgerUnavailable, RequestIdTaken, VersionTaken
from licet.api.ids import decision_id
from licet.api.ledger import Ledger
from licet.api.releases import Broken, Guard, Releases
from licet.api.shelf import Shelf
from licet.decision.errors import InvalidRequest, Violation
from licet.ledger import publishing as log_of
from licet.ledger.release_file import ReleaseFile, confirmed, signers
from licet.ledger.releases import ReleaseError
from licet.v1 import policy_service_pb2 as pb

_MAX_REASON: Final = 2_000
_MAX_REQUEST_ID: Final = 200
log = structlog.get_logger("licet.api")


class Publishing:
    """Releases in the ledger of a server. `follower` is None where the server follows a folder."""

    def __init__(self, ledger: Ledger, shelf: Shelf, guard: Guard) -> None:
        self._ledger = ledger
        self._store = ledger.records.home.store
        self._shelf = shelf
        self._guard = guard
        self.follower: Follower | None = None

    async def kept(self) -> tuple[pb.KeptRelease, ...]:
        """The releases that are kept. Raises `LedgerUnavailable`."""
        return tuple(map(shown, await self._ledger.read(partial(log_of.kept_releases, self._store))))

    async def publish(self, data: bytes, by: str) -> pb.KeptRelease:
        """The release of a file is kept, and can be pinned and activated.

        Raises `InvalidRequest` where the file does not hold what it says, `ReleaseUnsigned`, `VersionTaken`, `LedgerUnavailable`.
        """
        try:
            file = ReleaseFile.read(data)
            self._guard.check(file.kept.digest, file.note)
            await asyncio.to_thread(confirmed, file.kept)
        except ReleaseError as error:
            raise InvalidRequest([Violation("file", str(error))]) from error
        now = datetime.datetime.now(datetime.UTC)
        work = partial(log_of.publish, self._store, file, by=by, at=instant(now), id_=decision_id(now))
        try:
            kept = await self._ledger.read(work)
        except log_of.VersionTakenError as error:
            raise VersionTaken(str(error)) from error
        log.info("published", release=file.kept.digest, signed_by=signers(file.note))
        return shown(kept)

    async def activate(self, request: Any, by: str) -> pb.ActivateReleaseResponse:
        """A release that is kept is the active one, here and soon in every server of the ledger that serves what is published.

        Raises `FollowsFolder`, `InvalidRequest`, `RequestIdTaken`, `LedgerUnavailable`, and what `Shelf.named` raises.
        """
        if self.follower is None:
            raise FollowsFolder
        _check(request)
        await self._shelf.named(request.digest)
        now = datetime.datetime.now(datetime.UTC)
        work = partial(log_of.activate, self._store, request.digest, reason=request.reason, by=by, at=instant(now))
        kept, activation = await self._ledger.read(partial(work, id_=decision_id(now), request_id=request.request_id))
        if activation.release != request.digest:
            raise RequestIdTaken(request.request_id, activation.id)
        await self.follower.step()
        return pb.ActivateReleaseResponse(release=shown(kept), activation=activation_shown(activation))


class Follower:
    """Serves what is activated in the ledger, by whichever process. `announce` is told whether that can be served."""

    def __init__(self, *, ledger: Ledger, releases: Releases, shelf: Shelf, announce: Callable[[bool], Awaitable[None]]) -> None:
        self._ledger = ledger
        self._releases = releases
        self._shelf = shelf
        self._announce = announce
        self._refused = ""

    async def run(self, seconds: float) -> None:
        """Looks that often, until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            await self.step()

    async def step(self) -> None:
        """What is active in the ledger is served after this. Where it cannot be, what was served stays, and that is told, once."""
        before, digest = self._releases.active, ""
        try:
            digest = await self._ledger.read(partial(log_of.active, self._ledger.records.home.store))
            if digest in ("", self._refused) or (digest == before.release.digest and not self._refused):
                return
            loaded = await self._shelf.named(digest)
        except LedgerUnavailable:
            return  # every call says so
        except CallError as error:
            await self._refuse(digest, error)
            return
        self._refused = ""
        self._releases.activate(loaded)
        log.info("activated", release=digest, before=before.release.digest)
        await self._announce(True)

    async def _refuse(self, digest: str, error: CallError) -> None:
        self._refused = digest
        self._releases.broken = Broken((f"{digest}: {error.reason}",), 1, datetime.datetime.now(datetime.UTC))
        log.error("activation_refused", release=digest, reason=error.reason, why=str(error))
        await self._announce(False)


def _check(request: Any) -> None:
    """Raises `InvalidRequest` with everything that is wrong."""
    violations = []
    if not request.digest:
        violations.append(Violation("digest", "is empty; name a release that ListReleases shows"))
    if len(request.reason) > _MAX_REASON:
        violations.append(Violation("reason", f"has {len(request.reason)} characters, expected at most {_MAX_REASON}"))
    if len(request.request_id) > _MAX_REQUEST_ID or not request.request_id.isprintable():
        violations.append(Violation("request_id", f"expected at most {_MAX_REQUEST_ID} printable characters"))
    if violations:
        raise InvalidRequest(violations)


# ---- as callers see it --------------------------------------------------------------------------------------------------


def shown(kept: log_of.KeptRelease) -> pb.KeptRelease:
    """A release that is kept."""
    return pb.KeptRelease(
        digest=kept.digest,
        language=kept.language,
        packages=[pb.PackageVersion(jurisdiction=p.jurisdiction, version=p.version, digest=p.digest) for p in kept.packages],
        kept_at=_timestamp(kept.at),
        index=kept.index,
        active=kept.active,
        publications=map(_publication, kept.publications),
        activations=map(activation_shown, kept.activations),
    )


def _publication(each: log_of.Publication) -> pb.Publication:
    at = _timestamp(each.at)
    return pb.Publication(published_at=at, by=each.by, statement=each.note, signed_by=signers(each.note), index=each.index)


def activation_shown(each: log_of.Activation) -> pb.Activation:
    """That a release became the active one."""
    return pb.Activation(id=each.id, activated_at=_timestamp(each.at), by=each.by, reason=each.reason, index=each.index)


def _timestamp(text: str) -> Timestamp:
    found = Timestamp()
    found.FromJsonString(text)
    return found


def instant(now: datetime.datetime) -> str:
    """An instant, as entries have it."""
    at = Timestamp()
    at.FromDatetime(now)
    text: str = at.ToJsonString()
    return text
