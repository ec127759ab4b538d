"""The client for asyncio."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import grpc
import grpc.aio

from licet.client import calls
from licet.client.answers import WINDOW, Answer, Book, Progress, answers, checked_window, total
from licet.client.asynchronous_stream import AsyncDecisionStream, is_cancelling
from licet.client.connection import Begun, Connected
from licet.v1 import action_pb2, decision_pb2, decision_service_pb2, licensing_service_pb2, policy_service_pb2

_T = TypeVar("_T")


class AsyncClient(Connected):
    """Asks a server, as `Client` does, without blocking. Make it where its event loop runs, and use it there only.

    `close` it, or use it in an `async with` statement.
    """

    def _open(self) -> None:
        self._closing = asyncio.Event()
        self._channel = self._connection.channel(grpc.aio)
        self._stubs = calls.Stubs(self._channel)

    # ---- decisions ----

    async def evaluate(
        self, subject: calls.Subject, *, timeout: float | None = None, **asked: Unpack[calls.Asked]
    ) -> decision_pb2.Decision:
        """As `Client.evaluate`."""
        return await self._make(calls.evaluate(subject, asked), timeout)

    async def evaluate_batch(
        self, subjects: Iterable[calls.Subject], *, timeout: float | None = None, **options: Unpack[calls.Options]
    ) -> tuple[Answer, ...]:
        """As `Client.evaluate_batch`."""
        subjects = tuple(subjects)
        call = calls.evaluate_batch(subjects, options)
        begun = self._begin(call, timeout)
        results = await self._made(call, begun)
        return answers(results, subjects, begun)

    def evaluate_stream(
        self,
        subjects: Iterable[calls.Subject] | AsyncIterable[calls.Subject],
        *,
        window: int = WINDOW,
        on_progress: Callable[[Progress], None] | None = None,
        timeout: float | None = None,
        **options: Unpack[calls.Options],
    ) -> AsyncDecisionStream:
        """As `Client.evaluate_stream`."""
        self._check_open()
        book = Book(self._connection.begin_stream(timeout), options, total(subjects))
        return AsyncDecisionStream(
            self._stubs.licensing.EvaluateStream,
            subjects,
            book,
            window=checked_window(window),
            on_progress=on_progress,
            over=self._closing.is_set,
        )

    async def get_decision(
        self,
        id: str,  # noqa: A002  # the name of the field
        *,
        audience: licensing_service_pb2.Audience = licensing_service_pb2.AUDIENCE_EXPORTER,
        timeout: float | None = None,
    ) -> decision_service_pb2.GetDecisionResponse:
        """As `Client.get_decision`."""
        return await self._make(calls.get_decision(id, audience), timeout)

    async def record_action(
        self, decision: str, action: action_pb2.Action, *, request_id: str = "", timeout: float | None = None
    ) -> action_pb2.RecordedAction:
        """As `Client.record_action`."""
        return await self._make(calls.record_action(decision, action, request_id), timeout)

    # ---- policies ----

    def list_jurisdictions(
        self, *, release: str = "", page_size: int = 0, timeout: float | None = None
    ) -> AsyncIterator[policy_service_pb2.JurisdictionInfo]:
        """As `Client.list_jurisdictions`."""
        return self._pages(calls.list_jurisdictions(release, page_size), timeout)

    def list_rules(
        self,
        *,
        jurisdiction: str = "",
        date: datetime.date | None = None,
        release: str = "",
        page_size: int = 0,
        timeout: float | None = None,
    ) -> AsyncIterator[policy_service_pb2.Rule]:
        """As `Client.list_rules`."""
        paged = calls.list_rules(jurisdiction=jurisdiction, date=date, release=release, page_size=page_size)
        return self._pages(paged, timeout)

    async def get_release(self, digest: str = "", *, timeout: float | None = None) -> policy_service_pb2.Release:
        """As `Client.get_release`."""
        return await self._make(calls.get_release(digest), timeout)

    def list_releases(self, *, page_size: int = 0, timeout: float | None = None) -> AsyncIterator[policy_service_pb2.KeptRelease]:
        """As `Client.list_releases`."""
        return self._pages(calls.list_releases(page_size), timeout)

    def diff_releases(
        self, before: str, after: str, *, jurisdiction: str = "", timeout: float | None = None
    ) -> AsyncIterator[policy_service_pb2.Change]:
        """As `Client.diff_releases`."""
        return self._pages(calls.diff_releases(before, after, jurisdiction), timeout)

    async def publish_release(self, file: bytes, *, timeout: float | None = None) -> policy_service_pb2.KeptRelease:
        """As `Client.publish_release`."""
        return await self._make(calls.publish_release(file), timeout)

    async def activate_release(
        self, digest: str, *, reason: str = "", request_id: str = "", timeout: float | None = None
    ) -> policy_service_pb2.Activation:
        """As `Client.activate_release`."""
        return await self._make(calls.activate_release(digest, reason, request_id), timeout)

    async def get_rule(self, id: str, *, release: str = "", timeout: float | None = None) -> policy_service_pb2.Rule:  # noqa: A002  # the name of the field
        """As `Client.get_rule`."""
        return await self._make(calls.get_rule(id, release), timeout)

    # ---- the connection ----

    async def healthy(self, *, timeout: float | None = None) -> bool:
        """As `Client.healthy`."""
        return await self._make(calls.healthy(), timeout)

    async def close(self) -> None:
        """Ends what is under way and frees the connection. Safe to call again."""
        self._closing.set()
        await self._channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def _make(self, call: calls.Call[_T], timeout: float | None) -> _T:
        return await self._made(call, self._begin(call, timeout))

    def _begin(self, call: calls.Call[Any], timeout: float | None) -> Begun:
        return self._connection.begin(repeatable=call.repeatable, timeout=timeout)

    async def _made(self, call: calls.Call[_T], begun: Begun) -> _T:
        method = call.method(self._stubs)
        while True:
            self._check_open()
            try:
                return call.reply(await method(call.request, **begun.options()))
            except grpc.RpcError as error:
                self._check_open()
                wait = begun.wait_after(error)
            except asyncio.CancelledError:
                if not is_cancelling():  # closing the channel ended the call, and nobody the task
                    self._check_open()
                raise
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), wait)

    def _check_open(self) -> None:
        if self._closing.is_set():
            raise self._connection.closed() from None

    async def _pages(self, paged: calls.Paged[_T], timeout: float | None) -> AsyncIterator[_T]:
        token = ""
        while True:
            entries, token = await self._make(paged.page(token), timeout)
            for entry in entries:
                yield entry
            if not token:
                return
