"""A stream of decisions, for the client for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
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
        self._failure: Exception | None = None
        self._slots = asyncio.Semaphore(window)
        self._call = method(self._feed(subjects), **book.begun.options())
        self._replies = aiter(self._call)

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
        self._slots.release()
        if self._on_progress is not None:
            self._on_progress(self.progress)
        return settled

    def _end(self) -> None:
        if self._cancelled:
            raise self._book.begun.closed("stream")
        if self._failure is not None:
            raise self._failure
        self._book.end()

    async def _feed(
        self, subjects: Iterable[Subject] | AsyncIterable[Subject]
    ) -> AsyncIterator[licensing_service_pb2.EvaluateStreamRequest]:
        try:
            source = aiter(subjects) if isinstance(subjects, AsyncIterable) else _each(subjects)
            while await self._slots.acquire():
                try:
                    subject = await anext(source)
                except StopAsyncIteration:
                    return
                yield self._book.ask(subject)
        except Exception as failure:  # noqa: BLE001  # the caller's own; raised where the answers are taken
            self._failure = failure

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.cancel()


async def _each(subjects: Iterable[Subject]) -> AsyncIterator[Subject]:
    for subject in subjects:
        yield subject


def is_cancelling() -> bool:
    """Whether the running task is asked to end, and not only a call of it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
