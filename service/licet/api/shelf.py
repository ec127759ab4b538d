"""The releases that calls may name: the active one, and whatever the ledger keeps."""

from __future__ import annotations

import asyncio
import datetime
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from licet.api.errors import ReleaseUnknown, ReleaseUnusable
from licet.api.ledger import Ledger
from licet.api.releases import Loaded, Releases
from licet.engine.protocol import Matcher
from licet.ledger import releases as kept
from licet.ledger.blobs import content

_READY: Final = 4
"""Releases beside the active one that stay compiled: those used last."""


class Shelf:
    """The releases of a server, by digest. What is not active is read from the ledger, once, and stays for a while."""

    def __init__(self, releases: Releases, ledger: Ledger, engine: Callable[[], Matcher]) -> None:
        self._releases = releases
        self._ledger = ledger
        self._engine = engine
        self._ready: OrderedDict[str, Loaded] = OrderedDict()
        self._loading = asyncio.Lock()

    @property
    def active(self) -> Loaded:
        """The release that answers who names none."""
        return self._releases.active

    async def named(self, digest: str, active: Loaded | None = None) -> Loaded:
        """The release with a digest; `active`, or else what is active now, where the digest is empty or its own.

        Raises `ReleaseUnknown` where none is kept under it, `ReleaseUnusable`, `LedgerUnavailable`.
        """
        active = active or self.active
        if digest in ("", active.release.digest):
            return active
        if digest == self.active.release.digest:
            return self.active
        async with self._loading:
            if digest not in self._ready:
                self._put(await self._read(digest))
            self._ready.move_to_end(digest)
            return self._ready[digest]

    async def as_kept(self, loaded: Loaded) -> Loaded:
        """The release as the ledger keeps it, from now on if it did not. Raises as `named`, and `Overloaded`.

        What decides must be what a replay will read. A comment changes no law, hence no digest, but the lines to which a trace
        points: where the ledger holds the same law in other bytes, these take the place of what was loaded.
        """
        if loaded.kept:
            return loaded
        async with self._loading:
            active = self.active
            if active.kept and active.release.digest == loaded.release.digest:
                return active
            await self._ledger.keep(loaded)
            found = await self._found(loaded.release.digest)
            same = await asyncio.to_thread(partial(_is_same, found, loaded))
            made = replace(loaded, kept=True) if same else await self._loaded(found)
            self._releases.take_place(loaded, made)
            return made

    def _put(self, loaded: Loaded) -> None:
        self._ready[loaded.release.digest] = loaded
        while len(self._ready) > _READY:
            self._ready.popitem(last=False)

    async def _read(self, digest: str) -> Loaded:
        return await self._loaded(await self._found(digest))

    async def _found(self, digest: str) -> kept.Kept:
        try:
            found = await self._ledger.read(partial(kept.read, self._ledger.records.home.store, digest))
        except kept.ReleaseError as error:
            raise ReleaseUnusable(digest, str(error)) from error
        if found is None:
            raise ReleaseUnknown(digest, self.active.release.digest)
        return found

    async def _loaded(self, found: kept.Kept) -> Loaded:
        try:
            release = await asyncio.to_thread(kept.opened, found)
        except kept.ReleaseError as error:
            raise ReleaseUnusable(found.digest, str(error)) from error
        return Loaded(release, datetime.datetime.now(datetime.UTC), self._engine(), kept=True)


def _is_same(found: kept.Kept, loaded: Loaded) -> bool:
    """Whether the sources are the same, whatever compressed them."""
    return content(found.sources.data) == kept.packed(loaded.sources)
