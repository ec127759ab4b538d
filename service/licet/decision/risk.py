"""Risk: each jurisdiction's own ladder of scrutiny, from factors with points; and red flags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from licet.engine.protocol import Verdict
from licet.engine.reference import Explained
from licet.policy import model as m


@dataclass(frozen=True, slots=True)
class Risk:
    """A jurisdiction's tier: from what is known, and the highest it could be."""

    jurisdiction: str
    tier: m.Tier | None
    worst: m.Tier | None
    score: int
    factors: tuple[tuple[str, int, str], ...]
    """(factor, points, rule)."""


@dataclass(frozen=True, slots=True)
class Raised:
    """A red flag: raised by a rule, possibly raised, or stated by the caller; cleared or not."""

    id: str
    text: str
    certain: bool
    cleared: bool
    cleared_by: str
    how: str
    rule: str
    jurisdiction: str


def assess(policy: m.Policy, explained: Iterable[Explained]) -> Risk:
    """The tier of one jurisdiction."""
    own = [e for e in explained if isinstance(e.effect, m.Score) and e.rule.jurisdiction == policy.jurisdiction]
    factors: dict[str, tuple[str, int, str]] = {}
    possible: dict[str, int] = {}
    for each in own:
        effect = each.effect_as(m.Score)
        if each.finding.verdict is Verdict.FIRED:
            factors[each.rule.id] = (effect.factor, effect.points, each.rule.id)
        elif each.finding.verdict is Verdict.UNDETERMINED:
            possible[each.rule.id] = max(0, effect.points)
    score = sum(points for _, points, _ in factors.values())
    worst = score + sum(points for rule, points in possible.items() if rule not in factors)
    return Risk(
        policy.jurisdiction,
        _tier(policy, score),
        _tier(policy, worst),
        score,
        tuple(factors[rule] for rule in sorted(factors)),
    )


def _tier(policy: m.Policy, score: int) -> m.Tier | None:
    reached = [tier for tier in policy.tiers if score >= tier.start]
    return reached[-1] if reached else None


def red_flags(transaction: Any, explained: Iterable[Explained]) -> tuple[Raised, ...]:
    """All red flags: those of rules, and those that the caller states. A flag is cleared only where the caller says so.

    One that is stated twice is cleared only where both are.
    """
    stated = {flag.catalog_id: flag for flag in sorted(transaction.red_flags, key=lambda flag: not flag.cleared)}
    raised: dict[tuple[str, str], Raised] = {}
    for each in explained:
        if isinstance(each.effect, m.Flag) and each.finding.verdict in (Verdict.FIRED, Verdict.UNDETERMINED):
            flag = stated.get(each.effect.id)
            certain = each.finding.verdict is Verdict.FIRED
            key = (each.rule.jurisdiction, each.effect.id)
            if key not in raised or (certain and not raised[key].certain):
                raised[key] = Raised(
                    each.effect.id,
                    each.effect.text,
                    certain,
                    flag is not None and flag.cleared,
                    flag.cleared_by if flag is not None else "",
                    flag.how if flag is not None else "",
                    each.rule.id,
                    each.rule.jurisdiction,
                )
    known = {id_ for _, id_ in raised}
    for id_, flag in sorted(stated.items()):
        if id_ not in known:
            raised["", id_] = Raised(id_, "Stated by the exporter", True, flag.cleared, flag.cleared_by, flag.how, "", "")
    return tuple(raised[key] for key in sorted(raised))
