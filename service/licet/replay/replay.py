"""A recorded decision computed again. What it came to is compared as messages, so no encoding has to stay the same for years."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from licet.decision.decide import decide
from licet.decision.errors import InvalidRequest
from licet.decision.settings import Settings
from licet.decision.view import for_audience
from licet.engine.protocol import Matcher
from licet.engine.rete import ReteEngine
from licet.policy.release import LANGUAGE, Release
from licet.replay.difference import Difference, first_difference
from licet.replay.second_opinion import Second, Watched, second_opinion
from licet.v1 import decision_pb2, licensing_service_pb2


class Verdict(StrEnum):
    """What a replay came to."""

    IDENTICAL = "identical"
    DIVERGED = "diverged"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to: the first difference where it diverged, and why where it was impossible."""

    verdict: Verdict
    difference: Difference | None = None
    why: str = ""
    second: Second | None = None
    """What durable-rules says of the findings of the replay, where it was asked."""


def impossible(why: str) -> Replayed:
    """A replay that cannot be made."""
    return Replayed(Verdict.IMPOSSIBLE, why=why)


def replay(
    request: Any,
    recorded: decision_pb2.Decision,
    release: Release,
    matcher: Matcher,
    *,
    audience: int,
    rete: ReteEngine | None = None,
) -> Replayed:
    """Decides the request as it was decided: under that release, on that date, with those settings, after what was used then.

    The difference shows what the audience may see; that there is one shows to all. `rete` is asked for a second opinion of every
    finding; it never changes the verdict.
    """
    if recorded.language != LANGUAGE:
        return impossible(f"it was decided in version {recorded.language} of the policy language; this software speaks {LANGUAGE}")
    kept = recorded.settings
    settings = Settings(screening_required=kept.screening_required, screening_max_age_days=kept.screening_max_age_days)
    today = datetime.date(recorded.as_of.year, recorded.as_of.month, recorded.as_of.day)
    watched = Watched(matcher)
    try:
        decided = decide(request, release, watched, today=today, settings=settings, usage=recorded.limits.before)
    except InvalidRequest as error:
        return impossible(f"this software refuses the request: {error}")
    second = _second(watched, decided.result, rete, audience) if rete is not None else None
    if recorded.result == decided.result:
        return Replayed(Verdict.IDENTICAL, second=second)
    shown = first_difference(for_audience(recorded.result, audience), for_audience(decided.result, audience))
    return Replayed(Verdict.DIVERGED, shown, "" if shown is not None else "only auditors may see in what", second)


def _second(watched: Watched, result: decision_pb2.Result, rete: ReteEngine, audience: int) -> Second:
    needed = frozenset(assumption.path for assumption in result.assumptions)
    return second_opinion(watched, needed, rete, restricted=audience != licensing_service_pb2.AUDIENCE_AUDITOR)
