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

from licet.api.afresh import form_afresh
from licet.api.cache import Cache
from licet.api.errors import ReleaseUnsigned
from licet.api.logs import frames
from licet.api.releases import OPEN, Broken, Guard, Loaded, Releases, compiled, read
from licet.engine.protocol import Matcher
from licet.language.faults import PolicyError
from licet.policy.folder import SIGNED, Signature, signature
from licet.policy.stored import digest_of, dumps

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
        cache: Cache | None = None,
        guard: Guard = OPEN,
    ) -> None:
        """`known` is the signature of what is served, taken before it was read."""
        self._folder = folder
        self._engine = engine
        self._releases = releases
        self._announce = announce
        self._cache = cache
        self._guard = guard
        self._tried = self._seen = known
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="licet-reload")

    async def run(self, seconds: float) -> None:
        """Settles the cache, then looks for edits, that often, until cancelled; never if `seconds` is 0."""
        try:
            await self.settle()
            while seconds:
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
            loaded = await self._apart(partial(read, self._folder, self._engine, self._guard))
        except Exception as error:  # noqa: BLE001  # whatever is wrong with an edit, the server goes on
            if await self._still(found):
                await self._keep(error)
        else:
            if await self._still(found):
                await self._swap(loaded)

    async def settle(self) -> None:
        """What is served is what its sources say, and the cache keeps that; where either cannot be, the log says so.

        1. A release that was made from its sources is kept.
        2. One from the cache is compared with its sources, which a process of its own compiles afresh. Mostly that is all.
        3. Where it differs, or that process could not say, they are compiled here, and take the place of what is served, and kept.
        4. Where they cannot be compiled, the cache forgets it, and that is told as of a broken edit.
        """
        served, cache = self._releases.active, self._cache
        if cache is None:
            return
        if served.form:
            if await form_afresh(served.sources) == served.form:
                log.info("cache_confirmed", release=served.release.digest)
                return
            try:
                fresh = await self._apart(partial(_made_here, served, self._engine))
            except Exception as error:  # noqa: BLE001  # whatever is wrong with the sources, the server goes on
                await self._apart(partial(cache.forget, served.sources))
                await self._keep(error)
                return
            self._releases.activate(fresh)
        made = self._releases.active
        await self._apart(partial(cache.keep, made.sources, made.release))

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
        await self.settle()

    async def _keep(self, error: Exception) -> None:
        self._releases.broken = broken(error, datetime.datetime.now(datetime.UTC))
        log.warning(
            "reload_failed",
            faults=self._releases.broken.count,
            first=told(error)[:_LOGGED],
            release=self._releases.active.release.digest,
        )
        await self._announce(False)


def _made_here(served: Loaded, engine: Callable[[], Matcher]) -> Loaded:
    """What the sources say; the log has whether what was served is that. Raises `PolicyError`."""
    fresh = compiled(served.sources, engine)
    if digest_of(dumps(fresh.release)) == served.form:
        log.warning("cache_confirmed", release=fresh.release.digest, why="it was compiled here: another process could not say")
    else:
        log.error("cache_wrong", release=fresh.release.digest, served=served.release.digest, since=str(served.loaded_at))
    return fresh


def told(error: Exception) -> tuple[str, ...]:
    """What keeps an edit from being loaded, for the log."""
    match error:
        case PolicyError():
            return tuple(map(str, error.faults))
        case OSError():
            return (f"the policies cannot be read: {error}",)
        case ReleaseUnsigned():
            return (str(error),)
        case _:
            return (f"{type(error).__qualname__}, which nobody foresaw", *frames(error)[-_LOGGED + 1 :])


def broken(error: Exception, at: datetime.datetime) -> Broken:
    """What keeps an edit from being loaded, for callers: no text of a policy, which may be restricted, and no path."""
    match error:
        case PolicyError():
            shown = tuple(f"{fault.at}: {fault.code}" for fault in error.faults)
        case OSError():
            shown = ("the folder of policies cannot be read",)
        case ReleaseUnsigned():
            shown = (f"{SIGNED}: {error.reason}",)
        case _:
            shown = ("the policies cannot be loaded",)
    return Broken(shown[:_SHOWN], len(shown), at)
