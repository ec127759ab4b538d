"""The decision as one function of a request, a release, a date, an engine and settings."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from licet.decision.canonical import canonical, legal_date
from licet.decision.check import check_request
from licet.decision.coverage import families_asked, uncovered_places
from licet.decision.encode import encode
from licet.decision.matching import Subject
from licet.decision.questions import questions
from licet.decision.settings import Settings
from licet.decision.sources import Sources
from licet.decision.summary import summarize
from licet.decision.trace import build_trace, not_shown
from licet.decision.world import World, evaluate, settled_elsewhere
from licet.engine.protocol import Matcher, Verdict
from licet.engine.reference import Explained, every_finding, explain
from licet.policy.model import Phase
from licet.policy.release import Release
from licet.v1 import decision_pb2, licensing_service_pb2


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision: the whole result, unfiltered; the legal date; the digest of the transaction as received."""

    result: decision_pb2.Result
    as_of: datetime.date
    transaction_digest: str


def decide(
    request: Any, release: Release, matcher: Matcher, *, today: datetime.date, settings: Settings, usage: Iterable[Any] = ()
) -> Decided:
    """Decides an `EvaluateRequest`.

    1. Refuses what cannot be meant: raises `InvalidRequest` naming every field at fault.
    2. Brings the transaction to canonical form; `today` is the legal date where the caller states none, and `usage` is what was
       used of limits beside what the caller states.
    3. Matches every package asked, under the assumptions that the answer needs and no others.
    4. Resolves floor and ceiling for each instrument and item, and joins them.

    The result follows from the arguments alone.
    """
    check_request(request, release)
    transaction = canonical(_with(request.transaction, tuple(usage)), today)
    subject = Subject(
        transaction,
        legal_date(transaction),
        release,
        matcher,
        families_asked(release, request.jurisdictions),
        uncovered_places(transaction, release, request.jurisdictions),
        settings,
        frozenset(request.jurisdictions),
    )
    use = request.assumptions != licensing_service_pb2.ASSUMPTION_MODE_REFUSE
    world = evaluate(subject, use_assumptions=use)
    asked = questions(subject, world.resolved, world.doubts, settled_elsewhere(subject))
    full = request.trace == licensing_service_pb2.TRACE_LEVEL_FULL
    trace = build_trace(_traced(subject, world, full=full), Sources(release, subject.date))
    result = encode(subject, world, asked, summarize(world, asked), trace)
    digest = hashlib.sha256(request.transaction.SerializeToString(deterministic=True)).hexdigest()
    return Decided(result, subject.date, digest)


def _with(transaction: Any, usage: tuple[Any, ...]) -> Any:
    if not usage:
        return transaction
    whole = type(transaction)()
    whole.CopyFrom(transaction)
    whole.usage.extend(usage)
    return whole


def _traced(subject: Subject, world: World, *, full: bool) -> tuple[Explained, ...]:
    """What the trace shows: what fired, is undetermined or was considered; in full, every other rule too."""
    reached = {r.instrument.id for r in world.resolved if r.floor.reached}
    shown = tuple(
        e
        for e in world.explained
        if e.rule.instrument in reached or (e.rule.phase is Phase.REACH and e.finding.verdict is not Verdict.CONSIDERED)
    )
    if not full:
        return shown
    families = [found.family for found in world.found]
    others: list[Explained] = []
    for jurisdiction in (j for family in families for j in family.jurisdictions):
        case = subject.case(jurisdiction, world.active)
        others += explain(case, not_shown(every_finding(case), shown))
    return (*shown, *others)
