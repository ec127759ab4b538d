"""A world: everything that follows under one set of assumptions, and which assumptions an answer needs.

Assumptions are kept only where the answer would differ with the fact unknown: starting from all, each is dropped in turn and stays
dropped when every floor, ceiling and the disposition remain. What is left suffices: under it alone the answer is what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from licet.decision.disposition import Disposition, Reason, disposition_of, reasons
from licet.decision.held import held_covers
from licet.decision.matching import Found, Subject
from licet.decision.questions import asked_first, parting
from licet.decision.resolution import Inputs, Outcome, Resolved, Settled, resolve
from licet.decision.risk import Raised, Risk, assess, red_flags
from licet.engine.protocol import Finding, Verdict
from licet.engine.reference import Explained, explain, judge, relying


@dataclass(frozen=True, slots=True, order=True)
class Assumed:
    """An assumption that the answer needs, as one law states it, and the rules that rely on it."""

    pattern: str
    value: str
    statement: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    """What follows under one set of assumptions."""

    active: frozenset[str] | None
    assumed: tuple[Assumed, ...]
    found: tuple[Found, ...]
    resolved: tuple[Resolved, ...]
    risks: tuple[Risk, ...]
    flags: tuple[Raised, ...]
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


_Findings = Mapping[str, tuple[Finding, ...]]


def evaluate(subject: Subject, *, use_assumptions: bool) -> World:
    """The world under just the assumptions that its answer needs; under none where they are refused."""
    with_none = _match(subject, frozenset())
    if not use_assumptions:
        return _joined(subject, _explained(subject, with_none, frozenset()), frozenset())
    with_all = _match(subject, None)
    best = _joined(subject, _explained(subject, with_all, None), None)
    return _needed(subject, {j: _moved(with_all[j], with_none[j]) for j in with_all}, best)


def _match(subject: Subject, active: frozenset[str] | None) -> dict[str, tuple[Finding, ...]]:
    jurisdictions = (j for family in subject.families for j in family.jurisdictions)
    return {j: subject.matcher.match(subject.case(j, active)) for j in jurisdictions}


def _explained(subject: Subject, findings: _Findings, active: frozenset[str] | None) -> tuple[Found, ...]:
    return tuple(
        Found(family, tuple(e for j in family.jurisdictions for e in explain(subject.case(j, active), findings[j])))
        for family in subject.families
    )


def _moved(first: tuple[Finding, ...], second: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings whose verdict depends on assumptions."""
    one, other = ({(f.rule, f.bound, f.item): f for f in findings} for findings in (first, second))
    return tuple(one.get(key) or other[key] for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key))


def _needed(subject: Subject, moved: _Findings, best: World) -> World:
    """The world under the assumptions without which the answer would differ: each is dropped in turn, in order of their names."""
    moving: dict[str, tuple[Finding, ...]] = {}
    needed = frozenset[str]()
    for j, findings in moved.items():
        relied = relying(subject.case(j, None), {*findings, *_doubtful(best, j)})
        moving[j] = tuple(sorted({*findings, *relied}))
        needed |= frozenset(pattern for patterns in relied.values() for pattern in patterns)
    for pattern in sorted(needed):
        if _under(subject, best, moving, needed - {pattern}, final=False).answer() == best.answer():
            needed -= {pattern}
    world = _under(subject, best, moving, needed, final=True)
    return replace(world, assumed=_assumed(subject, moving, needed))


def _assumed(subject: Subject, moving: _Findings, active: frozenset[str]) -> tuple[Assumed, ...]:
    rules: dict[tuple[str, str, str], set[str]] = {}
    for j, findings in moving.items():
        for finding, patterns in relying(subject.case(j, active), findings).items():
            for pattern in patterns & active:
                entry = subject.release.vocabularies[j].entries[pattern]
                rules.setdefault((pattern, entry.value, entry.statement), set()).add(finding.name)
    return tuple(sorted(Assumed(*key, tuple(sorted(names))) for key, names in rules.items()))


def _doubtful(best: World, jurisdiction: str) -> set[Finding]:
    """Findings whose verdict stays and whose needs or questions may change with an assumption."""
    own = (e for e in best.explained if e.rule.jurisdiction == jurisdiction and e.needs)
    open_ = (r for r in best.resolved if r.outcome is Outcome.UNDETERMINED and r.jurisdiction == jurisdiction)
    return {e.finding for e in (*own, *(e for r in open_ for e in parting(r)))}


def _under(subject: Subject, best: World, moving: _Findings, active: frozenset[str], *, final: bool) -> World:
    """The world under fewer assumptions: only findings that can move are judged again.

    Reasons may rest on assumptions that are dropped, so all are worked out again when it is final.
    """
    found = []
    for each in best.found:
        explained: list[Explained] = []
        for j in each.family.jurisdictions:
            case = subject.case(j, active)
            keys = {(f.name, f.item) for f in moving[j]}
            kept = [e for e in each.explained if e.rule.jurisdiction == j and (e.finding.name, e.finding.item) not in keys]
            explained += [e.under(case) for e in kept] if final else kept
            explained += explain(case, (f for f in judge(case, moving[j]) if f.verdict is not Verdict.NOT_FIRED))
        found.append(Found(each.family, tuple(explained)))
    return _joined(subject, tuple(found), active)


def _joined(subject: Subject, found: tuple[Found, ...], active: frozenset[str] | None) -> World:
    settled = settled_elsewhere(subject)
    resolved = tuple(r for each in found for r in _resolve_family(subject, each, settled))
    explained = tuple(e for each in found for e in each.explained)
    reached = {r.jurisdiction for r in resolved if r.outcome is not Outcome.NOT_SUBJECT}
    policies = [subject.release.packages[j].policy for each in found for j in each.family.jurisdictions if j in reached]
    risks = tuple(assess(policy, explained) for policy in policies if policy.tiers)
    flags = red_flags(subject.transaction, explained)
    return World(active, (), found, resolved, risks, flags, reasons(subject, resolved, explained, risks, flags))


def _resolve_family(subject: Subject, found: Found, settled: Settled) -> tuple[Resolved, ...]:
    bases = subject.release.bases(found.family)

    def inputs(instrument: str, item: Any) -> Inputs:
        held = held_covers(subject, item, found.family.jurisdictions, instrument)
        return Inputs(found.of_instrument(instrument, item.line), found.relief(item.line), bases, held, settled)

    return tuple(
        resolve(jurisdiction, instrument, item.line, inputs(instrument.id, item))
        for jurisdiction in found.family.jurisdictions
        for instrument in subject.release.packages[jurisdiction].policy.instruments
        for item in subject.transaction.items
    )


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
