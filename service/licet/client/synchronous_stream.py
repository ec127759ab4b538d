"""A stream of decisions, for the client that blocks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self

import grpc

from licet.client.answers import Answer, Book, Progress
from licet.client.calls import Subject
from licet.client.errors import LicetClientError
from licet.v1 import licensing_service_pb2


class DecisionStream(Iterator[Answer]):
    """Answers as they come, in any order; an iterator of them, to be taken by one thread.

    A subject is taken only while fewer than the window's are unanswered, by a thread of gRPC's own. What the iterable of subjects
    raises is raised here, once what was asked before is answered. `cancel` the stream, or use it in a `with` statement, where it
    may not be taken to its end.
    """

    def __init__(
        self,
        method: Any,
        subjects: Iterable[Subject],
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
        self._replies = method(iter(self._feed), **book.begun.options())
        if not self._replies.add_callback(self._feed.stop):
            self._feed.stop()  # it has ended already

    @property
    def progress(self) -> Progress:
        """How far the stream is."""
        return self._book.progress()

    def unanswered(self) -> tuple[Subject, ...]:
        """What was asked and has no answer yet; after an error, what to ask again."""
        return self._book.unanswered()

    def cancel(self) -> None:
        """Ends the stream; the server drops what it has not answered. Safe to call again, and from another thread."""
        self._cancelled = True
        self._feed.stop()
        self._replies.cancel()

    def __next__(self) -> Answer:
        """The next answer. Raises `LicetClientError` where the stream as a whole fails, `Closed` once it was cancelled."""
        try:
            settled = self._book.settle(next(self._replies))
        except StopIteration:
            self._end()
            raise
        except grpc.RpcError as error:
            raise self._failure(error) from None
        self._feed.settled()
        if self._on_progress is not None:
            self._on_progress(self.progress)
        return settled

    def _failure(self, error: grpc.RpcError) -> LicetClientError:
        begun = self._book.begun
        return begun.closed("stream") if self._cancelled or self._over() else begun.failure(error)

    def _end(self) -> None:
        if self._feed.failure is not None:
            raise self._feed.failure
        self._book.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.cancel()


class _Feed:
    """Gives messages to gRPC, whose thread waits here while the window is full. Knows no stream, which may go before it."""

    def __init__(self, subjects: Iterable[Subject], book: Book, window: int) -> None:
        self._subjects = iter(subjects)
        self._book = book
        self._slots = threading.Semaphore(window)
        self._stopped = threading.Event()
        self.failure: Exception | None = None

    def __iter__(self) -> Iterator[licensing_service_pb2.EvaluateStreamRequest]:
        try:
            while self._slots.acquire() and not self._stopped.is_set():
                try:
                    subject = next(self._subjects)
                except StopIteration:
                    return
                yield self._book.ask(subject)
        except Exception as failure:  # noqa: BLE001  # the caller's own; raised where the answers are taken
            self.failure = failure

    def settled(self) -> None:
        """One more may be asked."""
        self._slots.release()

    def stop(self) -> None:
        """Nothing more is asked."""
        self._stopped.set()
        self._slots.release()
