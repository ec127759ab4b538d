"""`LicensingService`: decides transactions."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from google.protobuf.timestamp_pb2 import Timestamp

import licet
from licet.api.capacity import Workers
from licet.api.ids import decision_id
from licet.api.interceptors import milliseconds
from licet.api.releases import Loaded, Releases
from licet.decision.check import check_request
from licet.decision.decide import decide
from licet.decision.errors import InvalidRequest, LicetError, Violation
from licet.decision.settings import Settings
from licet.decision.sources import to_date
from licet.decision.view import for_audience
from licet.engine.protocol import Case, Finding, Matcher
from licet.policy.release import LANGUAGE
from licet.v1 import decision_pb2, licensing_service_pb2, licensing_service_pb2_grpc, outcome_pb2

MAX_REQUEST_ID = 200
MAX_JURISDICTIONS = 300
_ENUMS = {
    "assumptions": licensing_service_pb2.AssumptionMode,
    "trace": licensing_service_pb2.TraceLevel,
    "audience": licensing_service_pb2.Audience,
}
log = structlog.get_logger("licet.api")


class Licensing(licensing_service_pb2_grpc.LicensingServiceServicer):
    """The service, over a release, an engine and threads to compute in."""

    def __init__(self, releases: Releases, matcher: Matcher, workers: Workers, settings: Settings) -> None:
        self._releases = releases
        self._matcher = matcher
        self._workers = workers
        self._settings = settings

    async def Evaluate(self, request: Any, context: Any) -> licensing_service_pb2.EvaluateResponse:
        """Decides one transaction. Raises `InvalidRequest` with all fields at fault, `ReleaseUnknown`, `Overloaded`."""
        started, now = time.perf_counter(), datetime.datetime.now(datetime.UTC)
        loaded = self._releases.named(request.release)
        decision = await self._workers.run(partial(self._decide, request, loaded, now))
        log.info(
            "decision",
            id=decision.id,
            outcome=outcome_pb2.Outcome.Name(decision.result.outcome).removeprefix("OUTCOME_"),
            disposition=outcome_pb2.Disposition.Name(decision.result.disposition).removeprefix("DISPOSITION_"),
            release=decision.release,
            as_of=_iso(decision.as_of),
            ms=milliseconds(started),
        )
        return licensing_service_pb2.EvaluateResponse(decision=decision)

    def _decide(self, request: Any, loaded: Loaded, now: datetime.datetime, abandoned: threading.Event) -> decision_pb2.Decision:
        _check(request, loaded)
        matcher = _Abandonable(self._matcher, abandoned)
        decided = decide(request, loaded.release, matcher, today=now.date(), settings=self._settings)
        decided_at = Timestamp()
        decided_at.FromDatetime(now)
        return decision_pb2.Decision(
            id=decision_id(now),
            request_id=request.request_id,
            transaction_digest=decided.transaction_digest,
            release=loaded.release.digest,
            engine=f"{self._matcher.name} {licet.__version__}",
            language=LANGUAGE,
            as_of=to_date(decided.as_of),
            decided_at=decided_at,
            settings=decision_pb2.EvaluationSettings(
                screening_required=self._settings.screening_required,
                screening_max_age_days=self._settings.screening_max_age_days,
            ),
            result=for_audience(decided.result, request.audience),
        )


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
