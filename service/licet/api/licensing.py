"""`LicensingService`: decides transactions, one, several or as they come."""

from __future__ import annotations

import asyncio
import datetime
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from google.protobuf.timestamp_pb2 import Timestamp

import licet
from licet.api.capacity import THREADS, Admission, Workers
from licet.api.engines import Trust
from licet.api.errors import item_error
from licet.api.ids import MAX_REQUEST_ID, caller_of, decision_id
from licet.api.interceptors import Incoming, milliseconds, seen_by_caller, within
from licet.api.ledger import Asked, Ledger
from licet.api.releases import Loaded
from licet.api.settings import ServerSettings
from licet.api.shelf import Shelf
from licet.api.streams import Conversation
from licet.api.usage import add_limits, limits_before
from licet.decision.check import check_request
from licet.decision.decide import Decided, decide
from licet.decision.errors import InvalidRequest, LicetError, Violation
from licet.decision.sources import to_date
from licet.decision.view import show
from licet.engine.protocol import Case, EngineDisagreement, Finding, Matcher
from licet.ledger.store import OutdatedError
from licet.policy.release import LANGUAGE
from licet.v1 import decision_pb2, licensing_service_pb2, licensing_service_pb2_grpc, outcome_pb2

MAX_BATCH = 100
MAX_JURISDICTIONS = 300
_ENUMS = {
    "assumptions": licensing_service_pb2.AssumptionMode,
    "trace": licensing_service_pb2.TraceLevel,
    "audience": licensing_service_pb2.Audience,
}
log = structlog.get_logger("licet.api")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the service works with: releases with their engines, trust in these, the ledger, threads, and room for streams."""

    shelf: Shelf
    trust: Trust
    ledger: Ledger
    workers: Workers
    streams: Admission


class Licensing(licensing_service_pb2_grpc.LicensingServiceServicer):
    """The service. What it answers is recorded, rehearsals aside."""

    def __init__(self, parts: Parts, settings: ServerSettings) -> None:
        self._shelf = parts.shelf
        self._trust = parts.trust
        self._ledger = parts.ledger
        self._workers = parts.workers
        self._streams = parts.streams
        self._settings = settings
        self._decision = settings.decision
        self._again = asyncio.Lock()

    async def Evaluate(self, request: Any, context: Any) -> licensing_service_pb2.EvaluateResponse:
        """Decides one transaction, records the decision, then answers.

        Raises `InvalidRequest` with all fields at fault, `ReleaseUnknown`, `ReleaseUnusable`, `RequestIdTaken`, `Overloaded`,
        `LedgerUnavailable`.
        """
        decision = await self._evaluate(request, self._shelf.active, caller_of(context))
        return licensing_service_pb2.EvaluateResponse(decision=decision)

    async def EvaluateBatch(self, request: Any, context: Any) -> licensing_service_pb2.EvaluateBatchResponse:
        """Decides each request, one after another, under one release. Raises `InvalidRequest` if it is no batch.

        One after another, since one computes at a time anyway: so a batch takes one place and holds up nobody.
        """
        _check_batch(request)
        active, reply = self._shelf.active, licensing_service_pb2.EvaluateBatchResponse()
        for each in request.requests:
            reply.results.add(**await self._result(each, active, caller_of(context), "EvaluateBatch"))
        return reply

    async def EvaluateStream(self, incoming: Incoming, context: Any) -> None:
        """Answers each message of a stream. Raises what `Conversation.run` raises."""
        await Conversation(
            read=incoming.read,
            answer=partial(self._reply, caller_of(context)),
            write=context.write,
            window=self._settings.stream_window,
            at_once=THREADS,
            idle_seconds=self._settings.stream_idle_seconds,
        ).run(self._streams.closed())

    async def _reply(self, caller: str, message: Any) -> licensing_service_pb2.EvaluateStreamResponse:
        seconds = self._settings.default_deadline_seconds
        result = await self._result(message.request, self._shelf.active, caller, "EvaluateStream", seconds)
        return licensing_service_pb2.EvaluateStreamResponse(id=message.id, **result)

    async def _result(self, request: Any, active: Loaded, caller: str, method: str, seconds: float | None = None) -> dict[str, Any]:
        """The field of a result to set: `decision`, or the `error` that keeps this one request from being decided."""
        try:
            async with within(seconds):
                return {"decision": await self._evaluate(request, active, caller)}
        except Exception as error:  # noqa: BLE001  # each request is a small RPC with an edge of its own
            seen = seen_by_caller(error, method)
            log.info("undecided", reason=seen.reason)
            return {"error": item_error(seen)}

    async def _evaluate(self, request: Any, active: Loaded, caller: str) -> decision_pb2.Decision:
        started, now = time.perf_counter(), datetime.datetime.now(datetime.UTC)
        before = await self._ledger.found(caller, request) if not request.validate_only else None
        decision = before or await self._fresh(request, await self._shelf.named(request.release, active), caller, now)
        show(decision, request.audience)
        log.info(
            "decision" if before is None else "decided_before",
            id=decision.id,
            outcome=outcome_pb2.Outcome.Name(decision.result.outcome).removeprefix("OUTCOME_"),
            disposition=outcome_pb2.Disposition.Name(decision.result.disposition).removeprefix("DISPOSITION_"),
            release=decision.release,
            as_of=_iso(decision.as_of),
            ms=milliseconds(started),
        )
        return decision

    async def _fresh(self, request: Any, loaded: Loaded, caller: str, now: datetime.datetime) -> decision_pb2.Decision:
        """A decision made now, and recorded unless it is a rehearsal.

        Where others used of a yearly limit between its being read and the commit, it is decided again. From then on it waits for
        other such, so that all of them come to an end.
        """
        try:
            return await self._attempt(request, loaded, caller, now)
        except OutdatedError:
            async with self._again:
                while True:
                    log.info("decided_again")
                    with suppress(OutdatedError):
                        return await self._attempt(request, loaded, caller, now)

    async def _attempt(self, request: Any, loaded: Loaded, caller: str, now: datetime.datetime) -> decision_pb2.Decision:
        """A decision, recorded unless it is a rehearsal. Raises `OutdatedError`."""
        if not request.validate_only:
            loaded = await self._shelf.as_kept(loaded)
        asked = Asked(request, loaded.release, await self._ledger.used(request, loaded.release, now.date()))
        decision = await self._workers.run(partial(self._decide, asked, loaded, now))
        if request.validate_only:
            decision.unrecorded = True
            return decision
        return await self._ledger.record(caller, asked, decision)

    def _decide(self, asked: Asked, loaded: Loaded, now: datetime.datetime, abandoned: threading.Event) -> decision_pb2.Decision:
        request = asked.request
        _check(request, loaded)
        limits = limits_before(asked.reading, loaded.release)
        decided, engine = self._decided(request, loaded, now, abandoned, limits.before)
        decided_at = Timestamp()
        decided_at.FromDatetime(now)
        decision = decision_pb2.Decision(
            id=decision_id(now),
            request_id=request.request_id,
            transaction_digest=decided.transaction_digest,
            release=loaded.release.digest,
            engine=f"{engine} {licet.__version__}",
            language=LANGUAGE,
            as_of=to_date(decided.as_of),
            decided_at=decided_at,
            settings=decision_pb2.EvaluationSettings(
                screening_required=self._decision.screening_required,
                screening_max_age_days=self._decision.screening_max_age_days,
            ),
            result=decided.result,
        )
        add_limits(decision, limits, request, loaded.release)
        return decision

    def _decided(
        self, request: Any, loaded: Loaded, now: datetime.datetime, abandoned: threading.Event, usage: Iterable[Any]
    ) -> tuple[Decided, str]:
        """What is decided, and the name of the engine behind it: the reference, should another turn out to be wrong."""

        def by(matcher: Matcher) -> Decided:
            engine = _Abandonable(matcher, abandoned)
            return decide(request, loaded.release, engine, today=now.date(), settings=self._decision, usage=usage)

        matcher = self._trust.matcher(loaded.matcher)
        try:
            decided = by(matcher)
        except EngineDisagreement as wrong:
            again = self._trust.answer_again(matcher, wrong)
            if again is None:
                raise
        else:
            again = self._trust.answer_again(matcher)
            if again is None:
                return decided, matcher.name
        return by(again), again.name


class _Abandoned(LicetError):  # noqa: N818  # the name says what is wrong
    """Nobody waits for this decision any more. Ends the thread's work, and goes nowhere."""


@dataclass(frozen=True, slots=True)
class _Abandonable:
    """An engine that stops between two packages once nobody waits for the answer."""

    matcher: Matcher
    abandoned: threading.Event

    @property
    def name(self) -> str:
        """The engine's own name."""
        return self.matcher.name

    def match(self, case: Case) -> tuple[Finding, ...]:
        """What the engine finds."""
        if self.abandoned.is_set():
            raise _Abandoned
        return self.matcher.match(case)


def _check_batch(request: Any) -> None:
    """Raises `InvalidRequest` if there are none or too many, or if they cannot be told apart."""
    if not 0 < (found := len(request.requests)) <= MAX_BATCH:
        raise InvalidRequest([Violation("requests", f"holds {found} entries, expected 1 to {MAX_BATCH}")])
    counted = Counter(each.request_id for each in request.requests if each.request_id)
    violations = [
        Violation(f"requests[{number}].request_id", f"stands {counted[each.request_id]} times in the batch; give each its own")
        for number, each in enumerate(request.requests, 1)
        if counted[each.request_id] > 1
    ]
    if violations:
        raise InvalidRequest(violations)


def _check(request: Any, loaded: Loaded) -> None:
    """The request but for its transaction. Raises `InvalidRequest`, then with the transaction's faults as well."""
    violations = [*_frame_violations(request)]
    if not violations:
        return
    try:
        if len(request.jurisdictions) <= MAX_JURISDICTIONS:
            check_request(request, loaded.release)
    except InvalidRequest as error:
        violations += error.violations
    raise InvalidRequest(violations)


def _frame_violations(request: Any) -> Iterator[Violation]:
    if len(request.request_id) > MAX_REQUEST_ID or not request.request_id.isprintable():
        yield Violation("request_id", f"expected at most {MAX_REQUEST_ID} printable characters")
    if len(request.jurisdictions) > MAX_JURISDICTIONS:
        found = len(request.jurisdictions)
        yield Violation(
            "jurisdictions",
            f"holds {found} entries, at most {MAX_JURISDICTIONS} are allowed; leave it empty to ask all",
        )
    for field, enum in _ENUMS.items():
        if (value := getattr(request, field)) not in enum.values():
            yield Violation(field, f"{value} is no value of {enum.DESCRIPTOR.name}; this server may be older than the caller")


def _iso(date: Any) -> str:
    return f"{date.year:04}-{date.month:02}-{date.day:02}"
