"""The client that blocks."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import grpc

from licet.client import calls
from licet.client.answers import WINDOW, Answer, Book, Progress, answers, checked_window, total
from licet.client.connection import Begun, Connected
from licet.client.synchronous_stream import DecisionStream
from licet.v1 import action_pb2, decision_pb2, decision_service_pb2, licensing_service_pb2, policy_service_pb2

_T = TypeVar("_T")


class Client(Connected):
    """Asks a server, and waits for the answers. Threads may share one. `close` it, or use it in a `with` statement.

    Every method raises `LicetClientError`, whose tree `licet.client.errors` shows. A `timeout` is in seconds, and bounds the call
    with all its retries; without it the client's own holds.
    """

    def _open(self) -> None:
        self._closing = threading.Event()
        self._channel = self._connection.channel(grpc)
        self._stubs = calls.Stubs(self._channel)

    # ---- decisions ----

    def evaluate(
        self, subject: calls.Subject, *, timeout: float | None = None, **asked: Unpack[calls.Asked]
    ) -> decision_pb2.Decision:
        """The decision about a transaction, or about a whole request; `asked` takes the place of what the request says.

        Retried only with a `request_id`, under which the server decides once, or with `validate_only`. Raises `InvalidRequest`
        with the fields at fault, `NotFound` for a release that is not served.
        """
        return self._make(calls.evaluate(subject, asked), timeout)

    def evaluate_batch(
        self, subjects: Iterable[calls.Subject], *, timeout: float | None = None, **options: Unpack[calls.Options]
    ) -> tuple[Answer, ...]:
        """Up to 100 decisions in one call, under one release: an answer each, in the order of the subjects.

        What keeps one from being decided is its answer's error. Raises `InvalidRequest` where there are none or too many, or where
        a `request_id` stands twice. Retried only if each has a `request_id`, or with `validate_only`.
        """
        subjects = tuple(subjects)
        call = calls.evaluate_batch(subjects, options)
        begun = self._begin(call, timeout)
        results = self._made(call, begun)
        return answers(results, subjects, begun)

    def evaluate_stream(
        self,
        subjects: Iterable[calls.Subject],
        *,
        window: int = WINDOW,
        on_progress: Callable[[Progress], None] | None = None,
        timeout: float | None = None,
        **options: Unpack[calls.Options],
    ) -> DecisionStream:
        """Decisions as they come, for any number of subjects, several at a time; the first is asked at once.

        At most `window` are asked and not answered; `on_progress` is called at each answer. What keeps one from being decided is
        its answer's error, and the stream goes on. Never retried, and without a `timeout` of its own it lasts while it is used.
        """
        self._check_open()
        book = Book(self._connection.begin_stream(timeout), options, total(subjects))
        return DecisionStream(
            self._stubs.licensing.EvaluateStream,
            subjects,
            book,
            window=checked_window(window),
            on_progress=on_progress,
            over=self._closing.is_set,
        )

    def get_decision(
        self,
        id: str,  # noqa: A002  # the name of the field
        *,
        audience: licensing_service_pb2.Audience = licensing_service_pb2.AUDIENCE_EXPORTER,
        timeout: float | None = None,
    ) -> decision_service_pb2.GetDecisionResponse:
        """A recorded decision with what officers did about it. Raises `NotFound`."""
        return self._make(calls.get_decision(id, audience), timeout)

    def record_action(
        self, decision: str, action: action_pb2.Action, *, request_id: str = "", timeout: float | None = None
    ) -> action_pb2.RecordedAction:
        """An action about a decision, once it is recorded; with a `request_id` it is safe to try again.

        Raises `InvalidRequest` with every field at fault, `NotFound`.
        """
        return self._make(calls.record_action(decision, action, request_id), timeout)

    # ---- policies ----

    def list_jurisdictions(
        self, *, release: str = "", page_size: int = 0, timeout: float | None = None
    ) -> Iterator[policy_service_pb2.JurisdictionInfo]:
        """The jurisdictions of a release, ordered by id; each page is asked for when it is reached."""
        return self._pages(calls.list_jurisdictions(release, page_size), timeout)

    def list_rules(
        self,
        *,
        jurisdiction: str = "",
        date: datetime.date | None = None,
        release: str = "",
        page_size: int = 0,
        timeout: float | None = None,
    ) -> Iterator[policy_service_pb2.Rule]:
        """The rules of a release, ordered by id; each page is asked for when it is reached, and has the timeout to itself.

        Name a `release` where the server may take another between two pages; without it, that raises `InvalidRequest`.
        """
        paged = calls.list_rules(jurisdiction=jurisdiction, date=date, release=release, page_size=page_size)
        return self._pages(paged, timeout)

    def get_release(self, digest: str = "", *, timeout: float | None = None) -> policy_service_pb2.Release:
        """A release, or the active one. Raises `NotFound`."""
        return self._make(calls.get_release(digest), timeout)

    def list_releases(self, *, page_size: int = 0, timeout: float | None = None) -> Iterator[policy_service_pb2.KeptRelease]:
        """The releases that the server's ledger keeps, in the order in which they came."""
        return self._pages(calls.list_releases(page_size), timeout)

    def diff_releases(
        self, before: str, after: str, *, jurisdiction: str = "", timeout: float | None = None
    ) -> Iterator[policy_service_pb2.Change]:
        """What differs between two releases; each page is asked for when it is reached. Raises `NotFound`."""
        return self._pages(calls.diff_releases(before, after, jurisdiction), timeout)

    def publish_release(self, file: bytes, *, timeout: float | None = None) -> policy_service_pb2.KeptRelease:
        """The release of a file that `licet release build` made is kept. Raises `InvalidRequest`, `Refused`."""
        return self._make(calls.publish_release(file), timeout)

    def activate_release(
        self, digest: str, *, reason: str = "", request_id: str = "", timeout: float | None = None
    ) -> policy_service_pb2.Activation:
        """A release that is kept is the active one. Retried only with a `request_id`. Raises `NotFound`, `Refused`."""
        return self._make(calls.activate_release(digest, reason, request_id), timeout)

    def get_rule(self, id: str, *, release: str = "", timeout: float | None = None) -> policy_service_pb2.Rule:  # noqa: A002  # the name of the field
        """A rule, by its id or by the name of a finding (`us.ccl[3A001/NS/NS1]`). Raises `NotFound`."""
        return self._make(calls.get_rule(id, release), timeout)

    # ---- the connection ----

    def healthy(self, *, timeout: float | None = None) -> bool:
        """Whether the server says that it serves. Raises where it says nothing."""
        return self._make(calls.healthy(), timeout)

    def close(self) -> None:
        """Ends what is under way and frees the connection. Safe to call again."""
        self._closing.set()
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _make(self, call: calls.Call[_T], timeout: float | None) -> _T:
        return self._made(call, self._begin(call, timeout))

    def _begin(self, call: calls.Call[Any], timeout: float | None) -> Begun:
        return self._connection.begin(repeatable=call.repeatable, timeout=timeout)

    def _made(self, call: calls.Call[_T], begun: Begun) -> _T:
        method = call.method(self._stubs)
        while True:
            self._check_open()
            try:
                return call.reply(method(call.request, **begun.options()))
            except grpc.RpcError as error:
                self._check_open()
                wait = begun.wait_after(error)
            except ValueError:  # the channel was closed since
                self._check_open()
                raise
            self._closing.wait(wait)

    def _check_open(self) -> None:
        if self._closing.is_set():
            raise self._connection.closed() from None

    def _pages(self, paged: calls.Paged[_T], timeout: float | None) -> Iterator[_T]:
        token = ""
        while True:
            entries, token = self._make(paged.page(token), timeout)
            yield from entries
            if not token:
                return
