"""A world: everything that follows under one set of assumptions, and which assumptions an answer needs.

Assumptions are kept only where the answer would differ with the fact unknown: starting from all, each is dropped in turn and stays
dropped when every floor, ceiling and the disposition remain. What is left suffices: under it alone the answer is what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from licet.decision.disposition import Disposition, Reason, Settings, disposition_of, reasons
from licet.decision.held import held_covers
from licet.decision.matching import Found, Subject
from licet.decision.questions import asked_first, parting
from licet.decision.resolution import Outcome, Resolved, Settled, resolve
from licet.decision.risk import Raised, Risk, assess, red_flags
from licet.engine.protocol import Finding, Verdict
from licet.engine.reference import Explained, explain, judge, relying
from licet.policy.release import Family


@dataclass(frozen=True, slots=True)
class World:
    """What follows under one set of assumptions."""

    active: frozenset[str] | None
    found: tuple[Found, ...]
    resolved: tuple[Resolved, ...]
    risks: tuple[Risk, ...]
    flags: tuple[Raised, ...]
    uncovered: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def disposition(self) -> Disposition:
        """What to do."""
        return disposition_of(self.reasons)

    @property
    def explained(self) -> tuple[Explained, ...]:
        """Every finding with its reasons."""
        return tuple(e for found in self.found for e in found.explained)

    def answer(self) -> object:
        """What an assumption must change to matter: outcomes with floors and ceilings, reasons, and what is asked first."""
        outcomes = tuple((r.instrument.id, r.item, r.outcome, r.floor.outcome, r.ceiling.outcome) for r in self.resolved)
        reasons = frozenset((reason.code, reason.jurisdiction, reason.rule) for reason in self.reasons)
        return outcomes, reasons, asked_first(self.resolved)


def evaluate(
    subject: Subject, families: tuple[Family, ...], uncovered: tuple[str, ...], settings: Settings, *, use_assumptions: bool
) -> World:
    """The world under just the assumptions that its answer needs; under none where they are refused."""
    if not use_assumptions:
        return _world(subject, families, _match(subject, families, frozenset()), frozenset(), uncovered, settings)
    with_all = _match(subject, families, None)
    with_none = _match(subject, families, frozenset())
    best = _world(subject, families, with_all, None, uncovered, settings)
    return _needed(subject, families, with_all, with_none, best, uncovered, settings)


_Findings = Mapping[str, tuple[Finding, ...]]


def _match(subject: Subject, families: tuple[Family, ...], active: frozenset[str] | None) -> dict[str, tuple[Finding, ...]]:
    return {j: subject.matcher.match(subject.case(j, active)) for family in families for j in family.jurisdictions}


def _needed(
    subject: Subject,
    families: tuple[Family, ...],
    with_all: _Findings,
    with_none: _Findings,
    best: World,
    uncovered: tuple[str, ...],
    settings: Settings,
) -> World:
    """The world under just the assumptions without which the answer would differ: what is left after dropping each in turn, in order of their names."""
    moved, needed = {}, frozenset[str]()
    for j in with_all:
        doubtful = _doubtful(best, j)
        relied = relying(subject.case(j, None), {*_moved(with_all[j], with_none[j]), *doubtful})
        moved[j] = tuple(sorted({*_moved(with_all[j], with_none[j]), *relied}))
        needed |= frozenset(pattern for patterns in relied.values() for pattern in patterns)
    by_key = {(e.rule.jurisdiction, e.finding.name, e.finding.item): e for e in best.explained}

    def world_under(active: frozenset[str], *, final: bool = False) -> World:
        found = tuple(_reexplained(subject, family, by_key, moved, active, final=final) for family in families)
        return _joined(subject, found, active, uncovered, settings)

    for pattern in sorted(needed):
        if world_under(needed - {pattern}).answer() == best.answer():
            needed -= {pattern}
    return world_under(needed, final=True)


def _doubtful(best: World, jurisdiction: str) -> set[Finding]:
    """Findings whose verdict stays and whose needs or questions may change with an assumption."""
    own = (e for e in best.explained if e.rule.jurisdiction == jurisdiction and e.needs)
    asking = (e for r in best.resolved if r.outcome is Outcome.UNDETERMINED and r.jurisdiction == jurisdiction for e in parting(r))
    return {e.finding for e in (*own, *asking)}


def _moved(first: tuple[Finding, ...], second: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings whose verdict depends on assumptions."""
    one, other = ({(f.rule, f.bound, f.item): f for f in findings} for findings in (first, second))
    return tuple(one.get(key) or other[key] for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key))


def _reexplained(
    subject: Subject,
    family: Family,
    by_key: Mapping[tuple[str, str, str], Explained],
    moved: _Findings,
    active: frozenset[str],
    *,
    final: bool,
) -> Found:
    """The findings of a family under fewer assumptions: only those that can move are judged again.

    Reasons may rest on assumptions that are dropped, so all are worked out again when it is final.
    """
    explained: list[Explained] = []
    for j in family.jurisdictions:
        case = subject.case(j, active)
        again = judge(case, moved[j])
        keys = {(f.name, f.item) for f in moved[j]}
        kept = (e for (owner, name, item), e in by_key.items() if owner == j and (name, item) not in keys)
        explained += [e.under(case) for e in kept] if final else kept
        explained += explain(case, (f for f in again if f.verdict is not Verdict.NOT_FIRED))
    return Found(family, tuple(explained))


def _world(
    subject: Subject,
    families: tuple[Family, ...],
    findings: _Findings,
    active: frozenset[str] | None,
    uncovered: tuple[str, ...],
    settings: Settings,
) -> World:
    found = tuple(
        Found(family, tuple(e for j in family.jurisdictions for e in explain(subject.case(j, active), findings[j])))
        for family in families
    )
    return _joined(subject, found, active, uncovered, settings)


def _joined(
    subject: Subject, found: tuple[Found, ...], active: frozenset[str] | None, uncovered: tuple[str, ...], settings: Settings
) -> World:
    settled = settled_elsewhere(subject)
    resolved = tuple(r for each in found for r in _resolve_family(subject, each, settled))
    explained = tuple(e for each in found for e in each.explained)
    reached = {r.jurisdiction for r in resolved if r.outcome is not Outcome.NOT_SUBJECT}
    policies = [subject.release.packages[j].policy for each in found for j in each.family.jurisdictions if j in reached]
    risks = tuple(assess(policy, explained) for policy in policies if policy.tiers)
    flags = red_flags(subject.transaction, explained)
    why = reasons(subject.transaction, subject.date, resolved, explained, risks, flags, uncovered, settings)
    return World(active, found, resolved, risks, flags, uncovered, why)


def _resolve_family(subject: Subject, found: Found, settled: Settled) -> tuple[Resolved, ...]:
    release, family = subject.release, found.family
    bases = release.bases(family)
    resolved = []
    for jurisdiction in family.jurisdictions:
        for instrument in release.packages[jurisdiction].policy.instruments:
            for item in subject.transaction.items:
                held = held_covers(
                    subject.transaction, item, family.jurisdictions, instrument.id, subject.date, release.schemes
                )
                resolved.append(resolve(found, jurisdiction, instrument, item.line, bases=bases, held=held, settled=settled))
    return tuple(resolved)


def settled_elsewhere(subject: Subject) -> Settled:
    """What the caller states of laws that are not modelled."""
    stated: dict[str, Outcome] = {}
    for each in subject.transaction.determinations_elsewhere:
        # A determination for some lines only, or without outcome, settles nothing for the whole.
        if each.outcome in set(Outcome) and (not each.covers or set(each.covers) >= set(subject.lines)):
            outcome = Outcome(each.outcome)
            stated[each.law] = max(outcome, stated.get(each.law, outcome))
    return Settled(stated)


__all__ = ["World", "evaluate", "settled_elsewhere"]
