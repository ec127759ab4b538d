"""The releases that calls may name: the active one, and whatever the ledger keeps."""

from __future__ import annotations

import asyncio
import datetime
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from licet.api.errors import LedgerUnavailable, RefusedToStart, ReleaseUnknown, ReleaseUnsigned, ReleaseUnusable
from licet.api.ledger import Ledger
from licet.api.releases import OPEN, Guard, Loaded, Releases
from licet.engine.protocol import Matcher
from licet.ledger import publishing
from licet.ledger import releases as kept
from licet.ledger.blobs import content
from licet.ledger.release_file import Statement
from licet.ledger.store import Store, StoreError

_READY: Final = 4
"""Releases beside the active one that stay compiled: those used last."""
_T = TypeVar("_T")


def load_kept(store: Store, digest: str, engine: Callable[[], Matcher], guard: Guard) -> Loaded:
    """A release that is kept, ready for use. Raises `ReleaseUnknown`, `ReleaseUnusable`, `ReleaseUnsigned`, `StoreError`.

    1. Its blobs are those of its entry.
    2. Where a signature is required, a statement with which it was published has one.
    3. Its trees are taken from what is kept; where those are not what was signed, the sources are compiled.
    """
    try:
        found = kept.read(store, digest)
        if found is None:
            raise ReleaseUnknown(digest)
        if guard.keys and not _is_stated(_signed(store, digest, guard), found):
            found = replace(found, lowered=None)
        release = kept.opened(found)
    except kept.ReleaseError as error:
        raise ReleaseUnusable(digest, str(error)) from error
    return Loaded(release, datetime.datetime.now(datetime.UTC), engine(), kept=True)


def load_active(store: Store, engine: Callable[[], Matcher], guard: Guard) -> Loaded:
    """The release that is active in a ledger, to start with. Raises `RefusedToStart`."""
    try:
        digest = publishing.active(store)
        if not digest:
            advice = "publish one (licet release publish) and activate it (licet release activate), or serve a folder"
            raise RefusedToStart("NO_RELEASE", [f"no release is active in the ledger {store.origin}: {advice}"])
        return load_kept(store, digest, engine, guard)
    except (ReleaseUnknown, ReleaseUnusable, ReleaseUnsigned) as error:
        raise RefusedToStart(error.reason, [str(error)]) from error
    except StoreError as error:
        raise RefusedToStart("LEDGER_UNREADABLE", [f"the ledger cannot be read: {error}"]) from error


def _signed(store: Store, digest: str, guard: Guard) -> Statement | None:
    """What was signed of a release. Raises `ReleaseUnsigned`, as its newest statement is refused."""
    refused: ReleaseUnsigned | None = None
    for note in (*publishing.notes_on(store, digest), ""):
        try:
            return guard.check(digest, note)
        except ReleaseUnsigned as error:
            refused = refused or error
    raise refused or ReleaseUnsigned(digest, "nothing was said of it")


def _is_stated(statement: Statement | None, found: kept.Kept) -> bool:
    lowered = found.lowered.digest if found.lowered is not None else ""
    return statement is not None and (statement.sources[0], statement.lowered[0]) == (found.sources.digest, lowered)


class Shelf:
    """The releases of a server, by digest. What is not active is read from the ledger, once, and stays for a while."""

    def __init__(self, releases: Releases, ledger: Ledger, engine: Callable[[], Matcher], guard: Guard = OPEN) -> None:
        self._releases = releases
        self._ledger = ledger
        self._engine = engine
        self._guard = guard
        self._ready: OrderedDict[str, Loaded] = OrderedDict()
        self._loading = asyncio.Lock()

    @property
    def active(self) -> Loaded:
        """The release that answers who names none."""
        return self._releases.active

    async def named(self, digest: str, active: Loaded | None = None) -> Loaded:
        """The release with a digest; `active`, or else what is active now, where the digest is empty or its own.

        Raises `ReleaseUnknown` where none is kept under it, `ReleaseUnusable`, `ReleaseUnsigned`, `LedgerUnavailable`.
        """
        active = active or self.active
        if digest in ("", active.release.digest):
            return active
        if digest == self.active.release.digest:
            return self.active
        async with self._loading:
            if digest not in self._ready:
                self._put(await self._load(digest))
            self._ready.move_to_end(digest)
            return self._ready[digest]

    async def as_kept(self, loaded: Loaded) -> Loaded:
        """The release as the ledger keeps it, from now on if it did not. Raises as `named`, and `Overloaded`.

        What decides must be what a replay will read. A comment changes no law, hence no digest, but the lines to which a trace
        points: where the ledger holds the same law in other bytes, these take the place of what was loaded.
        """
        if loaded.kept:
            return loaded
        digest = loaded.release.digest
        async with self._loading:
            active = self.active
            if active.kept and active.release.digest == digest:
                return active
            await self._ledger.keep(loaded)
            same = await self._apart(partial(_is_same, self._ledger.records.home.store, loaded))
            made = replace(loaded, kept=True) if same else await self._load(digest)
            self._releases.take_place(loaded, made)
            return made

    def _put(self, loaded: Loaded) -> None:
        self._ready[loaded.release.digest] = loaded
        while len(self._ready) > _READY:
            self._ready.popitem(last=False)

    async def _load(self, digest: str) -> Loaded:
        return await self._apart(partial(load_kept, self._ledger.records.home.store, digest, self._engine, self._guard))

    async def _apart(self, work: Callable[[], _T]) -> _T:
        """What the work returns, which may take seconds. Raises `LedgerUnavailable`."""
        try:
            return await asyncio.to_thread(work)
        except StoreError as error:
            raise LedgerUnavailable from error


def _is_same(store: Store, loaded: Loaded) -> bool:
    """Whether the sources that are kept are those that were loaded, whatever compressed them. Raises `ReleaseUnusable`."""
    try:
        found = kept.read(store, loaded.release.digest)
    except kept.ReleaseError as error:
        raise ReleaseUnusable(loaded.release.digest, str(error)) from error
    return found is not None and content(found.sources.data) == kept.packed(loaded.sources)
