"""How much the server takes at a time: `Admission` bounds calls under way, `Workers` the computing behind them."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from licet.api.errors import Draining, Overloaded

_T = TypeVar("_T")
THREADS = 4
"""So that one long decision does not hold up the short ones. More would only take turns: one computes at a time."""


class Admission:
    """Lets calls in until there are too many, or until it is closed. For one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside = 0
        self._closed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Counts a call as under way. Raises `Draining` or `Overloaded` instead of letting it in."""
        if self._closed.is_set():
            raise Draining
        if self._inside >= self._most:
            raise Overloaded(self._most)
        self._inside += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._idle.set()

    def close(self) -> None:
        """Lets nothing in from now on."""
        self._closed.set()

    async def closed(self) -> None:
        """Returns once nothing is let in any more."""
        await self._closed.wait()

    async def idle(self) -> None:
        """Returns once no call is under way."""
        await self._idle.wait()


class Workers:
    """Threads that compute, so that the event loop stays responsive.

    Work whose caller has gone is dropped if it has not begun, and told so if it has. It counts until it ends.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._pending = 0
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="licet-worker")

    async def run(self, work: Callable[[threading.Event], _T]) -> _T:
        """What the work returns; it gets an event that is set once nobody waits for it.

        Raises `Overloaded` where `most` is reached, instead of queueing without end.
        """
        with self._lock:
            if self._pending >= self._most:
                raise Overloaded(self._most)
            self._pending += 1
        abandoned = threading.Event()
        future = self._pool.submit(contextvars.copy_context().run, work, abandoned)
        future.add_done_callback(self._done)
        try:
            return await asyncio.wrap_future(future)
        finally:
            abandoned.set()

    def _done(self, _: Future[_T]) -> None:
        with self._lock:
            self._pending -= 1

    def close(self) -> None:
        """Drops what has not begun. What has is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
