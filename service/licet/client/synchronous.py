"""The client that blocks."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self, TypeVar, Unpack

import grpc

from licet.client import calls
from licet.client.connection import Connected
from licet.v1 import decision_pb2, policy_service_pb2

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

    def get_rule(self, id: str, *, release: str = "", timeout: float | None = None) -> policy_service_pb2.Rule:  # noqa: A002
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
        begun = self._connection.begin(repeatable=call.repeatable, timeout=timeout)
        while not self._closing.is_set():
            try:
                return call.reply(call.method(self._stubs)(call.request, **begun.options()))
            except grpc.RpcError as error:
                self._closing.wait(begun.wait_after(error))
        raise self._connection.closed()

    def _pages(self, paged: calls.Paged[_T], timeout: float | None) -> Iterator[_T]:
        token = ""
        while True:
            entries, token = self._make(paged.page(token), timeout)
            yield from entries
            if not token:
                return
