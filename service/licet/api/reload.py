"""Hot reload: an edit of the policies takes the place of what is served, whole, or not at all."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from licet.api.logs import frames
from licet.api.releases import Broken, Loaded, Releases, read
from licet.engine.protocol import Matcher
from licet.language.faults import PolicyError
from licet.policy.folder import Signature, signature

SERVICE = "licet.v1.PolicyReload"
"""The name under which health says whether the folder of policies, as it is now, is what is served."""
_LOGGED = 5
_SHOWN = 100
_T = TypeVar("_T")
log = structlog.get_logger("licet.api")


def look(folder: Path) -> Signature | None:
    """The signature of a folder; None if it cannot be read."""
    try:
        return signature(folder)
    except OSError:
        return None


class Reloader:
    """Follows a folder of policies, and compiles edits beside the release that is served, in a thread of its own.

    `announce` is told whether the folder is sound whenever that may have changed.
    """

    def __init__(
        self,
        *,
        folder: Path,
        engine: Callable[[], Matcher],
        releases: Releases,
        known: Signature | None,
        announce: Callable[[bool], Awaitable[None]],
    ) -> None:
        """`known` is the signature of what is served, taken before it was read."""
        self._folder = folder
        self._engine = engine
        self._releases = releases
        self._announce = announce
        self._tried = self._seen = known
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="licet-reload")

    async def run(self, seconds: float) -> None:
        """Looks for edits, that often, until cancelled."""
        try:
            while True:
                await asyncio.sleep(seconds)
                await self.step()
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def step(self) -> None:
        """Looks once. An edit is tried when two looks have found it the same: a copy half done is not tried.

        Sound, the edit is the active release after this. Broken, the release stays, and `Releases.broken`, the log and
        `announce` say so, once for each edit. An edit of which the reading was overtaken by the next is dropped.
        """
        found = await self._apart(partial(look, self._folder))
        settled, self._seen = found == self._seen, found
        if not settled or found == self._tried:
            return
        try:
            loaded = await self._apart(partial(read, self._folder, self._engine))
        except Exception as error:  # noqa: BLE001  # whatever is wrong with an edit, the server goes on
            if await self._still(found):
                await self._keep(error)
        else:
            if await self._still(found):
                await self._swap(loaded)

    async def _apart(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _still(self, found: Signature | None) -> bool:
        """Whether what was read is what is there. Then it counts as tried."""
        self._seen = await self._apart(partial(look, self._folder))
        if self._seen != found:
            return False
        self._tried = found
        return True

    async def _swap(self, loaded: Loaded) -> None:
        before = self._releases.active
        self._releases.activate(loaded)
        log.info("reloaded", release=loaded.release.digest, before=before.release.digest)
        await self._announce(True)

    async def _keep(self, error: Exception) -> None:
        self._releases.broken = broken(error, datetime.datetime.now(datetime.UTC))
        log.warning(
            "reload_failed",
            faults=self._releases.broken.count,
            first=told(error)[:_LOGGED],
            release=self._releases.active.release.digest,
        )
        await self._announce(False)


def told(error: Exception) -> tuple[str, ...]:
    """What keeps an edit from being loaded, for the log."""
    match error:
        case PolicyError():
            return tuple(map(str, error.faults))
        case OSError():
            return (f"the policies cannot be read: {error}",)
        case _:
            return (f"{type(error).__qualname__}, which nobody foresaw", *frames(error)[-_LOGGED + 1 :])


def broken(error: Exception, at: datetime.datetime) -> Broken:
    """What keeps an edit from being loaded, for callers: no text of a policy, which may be restricted, and no path."""
    match error:
        case PolicyError():
            shown = tuple(f"{fault.at}: {fault.code}" for fault in error.faults)
        case OSError():
            shown = ("the folder of policies cannot be read",)
        case _:
            shown = ("the policies cannot be loaded",)
    return Broken(shown[:_SHOWN], len(shown), at)
