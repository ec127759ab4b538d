"""A stream of decisions, for the client for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import grpc

from licet.client.answers import Answer, Book, Progress
from licet.client.calls import Subject
from licet.v1 import licensing_service_pb2


class AsyncDecisionStream(AsyncIterator[Answer]):
    """Answers as they come, in any order, as of a `DecisionStream`. To be taken by one task.

    `cancel` the stream, or use it in an `async with` statement, where it may not be taken to its end.
    """

    def __init__(
        self,
        method: Any,
        subjects: Iterable[Subject] | AsyncIterable[Subject],
        book: Book,
        *,
        window: int,
        on_progress: Callable[[Progress], None] | None,
        over: Callable[[], bool],
    ) -> None:
        self._book = book
        self._on_progress = on_progress
        self._over = over
        self._cancelled = False
        self._feed = _Feed(subjects, book, window)
        self._call = method(**book.begun.options())
        self._replies = aiter(self._call)
        feeding = asyncio.create_task(self._feed.run(self._call))
        self._call.add_done_callback(lambda _: feeding.cancel())

    @property
    def progress(self) -> Progress:
        """How far the stream is."""
        return self._book.progress()

    def unanswered(self) -> tuple[Subject, ...]:
        """What was asked and has no answer yet; after an error, what to ask again."""
        return self._book.unanswered()

    def cancel(self) -> None:
        """Ends the stream; the server drops what it has not answered. Safe to call again."""
        self._cancelled = True
        self._call.cancel()

    async def __anext__(self) -> Answer:
        """The next answer. Raises `LicetClientError` where the stream as a whole fails, `Closed` once it was cancelled."""
        try:
            settled = self._book.settle(await anext(self._replies))
        except StopAsyncIteration:
            self._end()
            raise
        except grpc.RpcError as error:
            raise self._book.begun.failure(error) from None
        except asyncio.CancelledError:
            if is_cancelling() or not (self._cancelled or self._over()):
                raise
            raise self._book.begun.closed("stream") from None
        self._feed.settled()
        if self._on_progress is not None:
            self._on_progress(self.progress)
        return settled

    def _end(self) -> None:
        if self._cancelled:
            raise self._book.begun.closed("stream")
        if self._feed.failure is not None:
            raise self._feed.failure
        self._book.end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.cancel()

    def __del__(self) -> None:
        """Ends a stream whose loop was broken off, so that no task waits for it; with its event loop it is gone anyway."""
        with suppress(AttributeError, RuntimeError):
            self._call.cancel()


class _Feed:
    """Writes messages to a call, and waits while the window is full. Knows no stream, which may go before it."""

    def __init__(self, subjects: Iterable[Subject] | AsyncIterable[Subject], book: Book, window: int) -> None:
        self._source = aiter(subjects) if isinstance(subjects, AsyncIterable) else iter(subjects)
        self._book = book
        self._slots = asyncio.Semaphore(window)
        self.failure: Exception | None = None

    async def run(self, call: Any) -> None:
        """Returns once all is asked, or the call has ended; whoever takes the answers hears how."""
        with suppress(grpc.RpcError, asyncio.InvalidStateError):
            while (message := await self._next()) is not None:
                await call.write(message)
            await call.done_writing()

    async def _next(self) -> licensing_service_pb2.EvaluateStreamRequest | None:
        await self._slots.acquire()
        try:
            source = self._source
            subject = await anext(source, _END) if isinstance(source, AsyncIterator) else next(source, _END)
            return None if isinstance(subject, _End) else self._book.ask(subject)
        except Exception as failure:  # noqa: BLE001  # the caller's own; raised where the answers are taken
            self.failure = failure
            return None

    def settled(self) -> None:
        """One more may be asked."""
        self._slots.release()


class _End:
    """Stands behind the last subject."""


_END = _End()


def is_cancelling() -> bool:
    """Whether the running task is asked to end, and not only a call of it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
