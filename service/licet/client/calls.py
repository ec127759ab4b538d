"""The methods of the API as values: which method, with which request, whether twice is the same as once, what the reply holds.

Both clients make these calls; they differ only in how they wait.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar

from google.type import date_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc

from licet.v1 import (
    action_pb2,
    decision_pb2,
    decision_service_pb2,
    decision_service_pb2_grpc,
    licensing_service_pb2,
    licensing_service_pb2_grpc,
    policy_service_pb2,
    policy_service_pb2_grpc,
    transaction_pb2,
)

_T = TypeVar("_T")
_LICENSING = licensing_service_pb2.DESCRIPTOR.services_by_name["LicensingService"].full_name

Subject = licensing_service_pb2.EvaluateRequest | transaction_pb2.Transaction
"""What is asked about: a transaction, or a whole request."""


class Options(TypedDict, total=False):
    """Fields of a request that several may share. What is given takes the place of what a request says."""

    jurisdictions: Sequence[str]
    release: str
    assumptions: licensing_service_pb2.AssumptionMode
    trace: licensing_service_pb2.TraceLevel
    audience: licensing_service_pb2.Audience
    validate_only: bool


class Asked(Options, total=False):
    """Fields of a request beside its transaction. What is given takes the place of what the request says."""

    request_id: str
    """Makes retry safe: unique for ever per caller."""


class Stubs:
    """The services behind a channel, of either kind."""

    def __init__(self, channel: Any) -> None:
        self.licensing: Any = licensing_service_pb2_grpc.LicensingServiceStub(channel)
        self.decisions: Any = decision_service_pb2_grpc.DecisionServiceStub(channel)
        self.policies: Any = policy_service_pb2_grpc.PolicyServiceStub(channel)
        self.health: Any = health_pb2_grpc.HealthStub(channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[_T]):
    """A call that can be made."""

    method: Callable[[Stubs], Any]
    request: Any
    repeatable: bool
    """Whether making it twice is the same as making it once."""
    reply: Callable[[Any], _T]
    """What the caller wants of the reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged(Generic[_T]):
    """A list that comes in pages."""

    method: Callable[[Stubs], Any]
    request: Any
    entries: Callable[[Any], Sequence[_T]]

    def page(self, token: str) -> Call[tuple[Sequence[_T], str]]:
        """The page of a token, and the token of the next."""
        request = type(self.request)()
        request.CopyFrom(self.request)
        request.page_token = token
        return Call(
            method=self.method,
            request=request,
            repeatable=True,
            reply=lambda reply: (self.entries(reply), reply.next_page_token),
        )


def as_request(subject: Subject, asked: Asked | Options) -> licensing_service_pb2.EvaluateRequest:
    """A request of its own: what is asked about, with what is asked."""
    request = licensing_service_pb2.EvaluateRequest()
    if isinstance(subject, transaction_pb2.Transaction):
        request.transaction.CopyFrom(subject)
    else:
        request.CopyFrom(subject)
    for name in asked:
        request.ClearField(name)
    request.MergeFrom(licensing_service_pb2.EvaluateRequest(**asked))
    return request


def is_repeatable(request: licensing_service_pb2.EvaluateRequest) -> bool:
    """Whether asking twice is the same as asking once: a repeated id gives the recorded decision, a rehearsal records none."""
    return bool(request.request_id) or request.validate_only


def evaluate(subject: Subject, asked: Asked) -> Call[decision_pb2.Decision]:
    """`Evaluate`."""
    request = as_request(subject, asked)
    return Call(
        method=lambda stubs: stubs.licensing.Evaluate,
        request=request,
        repeatable=is_repeatable(request),
        reply=lambda reply: reply.decision,
    )


def evaluate_batch(subjects: Iterable[Subject], options: Options) -> Call[Sequence[licensing_service_pb2.EvaluateBatchResult]]:
    """`EvaluateBatch`."""
    requests = [as_request(subject, options) for subject in subjects]
    return Call(
        method=lambda stubs: stubs.licensing.EvaluateBatch,
        request=licensing_service_pb2.EvaluateBatchRequest(requests=requests),
        repeatable=all(map(is_repeatable, requests)),
        reply=lambda reply: reply.results,
    )


def list_jurisdictions(release: str, page_size: int) -> Paged[policy_service_pb2.JurisdictionInfo]:
    """`ListJurisdictions`."""
    return Paged(
        method=lambda stubs: stubs.policies.ListJurisdictions,
        request=policy_service_pb2.ListJurisdictionsRequest(release=release, page_size=page_size),
        entries=lambda reply: reply.jurisdictions,
    )


def list_rules(*, jurisdiction: str, date: datetime.date | None, release: str, page_size: int) -> Paged[policy_service_pb2.Rule]:
    """`ListRules`."""
    request = policy_service_pb2.ListRulesRequest(release=release, jurisdiction=jurisdiction, page_size=page_size)
    if date is not None:
        request.date.CopyFrom(date_pb2.Date(year=date.year, month=date.month, day=date.day))
    return Paged(method=lambda stubs: stubs.policies.ListRules, request=request, entries=lambda reply: reply.rules)


def get_decision(id_: str, audience: licensing_service_pb2.Audience) -> Call[decision_service_pb2.GetDecisionResponse]:
    """`GetDecision`."""
    return Call(
        method=lambda stubs: stubs.decisions.GetDecision,
        request=decision_service_pb2.GetDecisionRequest(id=id_, audience=audience),
        repeatable=True,
        reply=lambda reply: reply,
    )


def record_action(decision: str, action: action_pb2.Action, request_id: str) -> Call[action_pb2.RecordedAction]:
    """`RecordAction`."""
    return Call(
        method=lambda stubs: stubs.decisions.RecordAction,
        request=decision_service_pb2.RecordActionRequest(decision_id=decision, action=action, request_id=request_id),
        repeatable=bool(request_id),
        reply=lambda reply: reply.action,
    )


def get_release(digest: str) -> Call[policy_service_pb2.Release]:
    """`GetRelease`."""
    return Call(
        method=lambda stubs: stubs.policies.GetRelease,
        request=policy_service_pb2.GetReleaseRequest(digest=digest),
        repeatable=True,
        reply=lambda reply: reply.release,
    )


def list_releases(page_size: int) -> Paged[policy_service_pb2.KeptRelease]:
    """`ListReleases`."""
    return Paged(
        method=lambda stubs: stubs.policies.ListReleases,
        request=policy_service_pb2.ListReleasesRequest(page_size=page_size),
        entries=lambda reply: reply.releases,
    )


def diff_releases(before: str, after: str, jurisdiction: str) -> Paged[policy_service_pb2.Change]:
    """`DiffReleases`."""
    return Paged(
        method=lambda stubs: stubs.policies.DiffReleases,
        request=policy_service_pb2.DiffReleasesRequest(before=before, after=after, jurisdiction=jurisdiction),
        entries=lambda reply: reply.changes,
    )


def publish_release(file: bytes) -> Call[policy_service_pb2.KeptRelease]:
    """`PublishRelease`."""
    return Call(
        method=lambda stubs: stubs.policies.PublishRelease,
        request=policy_service_pb2.PublishReleaseRequest(file=file),
        repeatable=True,
        reply=lambda reply: reply.release,
    )


def activate_release(digest: str, reason: str, request_id: str) -> Call[policy_service_pb2.Activation]:
    """`ActivateRelease`."""
    return Call(
        method=lambda stubs: stubs.policies.ActivateRelease,
        request=policy_service_pb2.ActivateReleaseRequest(digest=digest, reason=reason, request_id=request_id),
        repeatable=bool(request_id),
        reply=lambda reply: reply.activation,
    )


def get_rule(id_: str, release: str) -> Call[policy_service_pb2.Rule]:
    """`GetRule`."""
    return Call(
        method=lambda stubs: stubs.policies.GetRule,
        request=policy_service_pb2.GetRuleRequest(id=id_, release=release),
        repeatable=True,
        reply=lambda reply: reply.rule,
    )


def healthy() -> Call[bool]:
    """`grpc.health.v1.Health.Check` of the licensing service."""
    return Call(
        method=lambda stubs: stubs.health.Check,
        request=health_pb2.HealthCheckRequest(service=_LICENSING),
        repeatable=True,
        reply=lambda reply: bool(reply.status == health_pb2.HealthCheckResponse.SERVING),
    )
