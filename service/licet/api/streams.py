"""One stream of questions and answers: how much of it is under way at a time, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import structlog

from licet.api.errors import Draining, StreamIdle
from licet.decision.errors import InvalidRequest, LicetError, Violation

MAX_ID = 200
log = structlog.get_logger("licet.api")

Read = Callable[[], Awaitable[Any]]
"""Gives the next message, or None after the last."""
Answer = Callable[[Any], Awaitable[Any]]
"""Gives the reply to a message. Never fails: what goes wrong is in the reply."""
Write = Callable[[Any], Awaitable[None]]
"""Sends a reply; returns once the transport has taken it."""


class Conversation:
    """A stream in which each message that is read is answered exactly once, in any order, unless the caller goes.

    Use once: `run`. For one event loop.
    """

    def __init__(self, *, read: Read, answer: Answer, write: Write, window: int, at_once: int, idle_seconds: float) -> None:
        self._read = read
        self._answer = answer
        self._write = write
        self._room = asyncio.Semaphore(window)
        self._turns = asyncio.Semaphore(at_once)
        self._writing = asyncio.Lock()
        self._silence = _Silence(idle_seconds)
        self._unanswered: set[str] = set()
        self._asked = self._told = self._most = 0

    async def run(self, stop: Awaitable[None]) -> None:
        """The stream is over: all that was read is answered.

        1. Reads while fewer than `window` messages are unanswered. A reply counts once the transport has taken it, so a
           caller that takes none is asked for no more.
        2. Answers up to `at_once` messages at a time.
        3. Stops reading when the caller has asked all, when `stop` returns, or at a message that cannot be meant.
        4. Answers what was read. Then raises what stopped the reading: `Draining`, `MalformedRequest` or `InvalidRequest`.

        Raises `StreamIdle` once nothing happened for too long. Cancelled, it leaves no task behind.
        """
        stopping = asyncio.ensure_future(stop)
        try:
            stopped = await self._converse(stopping)
        finally:
            stopping.cancel()
            log.info("stream", asked=self._asked, told=self._told, most_unanswered=self._most)
        if stopped is not None:
            raise stopped

    async def _converse(self, stopping: asyncio.Future[None]) -> LicetError | None:
        try:
            async with self._silence.bounded(), asyncio.TaskGroup() as answers:
                return await self._ask(answers, stopping)
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None

    async def _ask(self, answers: asyncio.TaskGroup, stopping: asyncio.Future[None]) -> LicetError | None:
        """Begins to answer what it reads; gives what stopped the reading before its end, if anything did."""
        try:
            while (message := await self._next(stopping)) is not None:
                self._enter(message.id)
                answers.create_task(self._one(message))
        except LicetError as error:
            return error
        return None

    async def _next(self, stopping: asyncio.Future[None]) -> Any:
        await self._room.acquire()
        if stopping.done():
            raise Draining
        reading = asyncio.ensure_future(self._read())
        try:
            await asyncio.wait((reading, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                raise Draining
            return reading.result()
        finally:
            reading.cancel()

    def _enter(self, id_: str) -> None:
        """The message is under way. Raises `InvalidRequest` if its id does not tell it from the others."""
        if not 0 < len(id_) <= MAX_ID or not id_.isprintable():
            raise InvalidRequest([Violation("id", f"expected 1 to {MAX_ID} printable characters; the reply carries them")])
        if id_ in self._unanswered:
            raise InvalidRequest([Violation("id", f"{id_} is that of a message not answered yet; give each its own")])
        self._unanswered.add(id_)
        self._asked += 1
        self._most = max(self._most, self._asked - self._told)
        self._silence.broken()

    async def _one(self, message: Any) -> None:
        with self._silence.broken_throughout():
            async with self._turns:
                reply = await self._answer(message)
        async with self._writing:
            # Before the write: once the caller has the reply, it may use the id again.
            self._unanswered.discard(message.id)
            await self._write(reply)
        self._told += 1
        self._silence.broken()
        self._room.release()


class _Silence:
    """How long nothing may happen: no message read, no reply taken, no answer under way."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._under_way = 0
        self._clock = asyncio.timeout(None)

    @asynccontextmanager
    async def bounded(self) -> AsyncIterator[None]:
        """Raises `StreamIdle` inside once the silence has lasted too long."""
        try:
            async with self._clock:
                self.broken()
                yield
        except TimeoutError:
            if self._clock.expired():
                raise StreamIdle(self._seconds) from None
            raise

    @contextmanager
    def broken_throughout(self) -> Iterator[None]:
        """An answer is under way."""
        self._under_way += 1
        self._set(None)
        try:
            yield
        finally:
            self._under_way -= 1
            self.broken()

    def broken(self) -> None:
        """Something has happened: the silence begins anew."""
        if not self._under_way:
            self._set(asyncio.get_running_loop().time() + self._seconds)

    def _set(self, when: float | None) -> None:
        if not self._clock.expired():
            self._clock.reschedule(when)
