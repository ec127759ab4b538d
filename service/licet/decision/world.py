"""A world: everything that follows under one set of assumptions, and which assumptions an answer needs.

Assumptions are kept only where the answer would differ with the fact unknown: starting from all, each is dropped in turn and stays
dropped when every floor, ceiling and the disposition remain. What is left suffices: under it alone the answer is what it was.

A finding can change only where an assumption that it made is dropped. So each trial judges again only the findings that made the
assumption, and resolves again only where one of them says something else than before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from licet.decision.disposition import Disposition, Reason, disposition_of, reasons
from licet.decision.held import held_covers
from licet.decision.matching import Found, Part, Subject, Voice, key_of
from licet.decision.questions import asked_first, parting
from licet.decision.resolution import Inputs, Outcome, Resolved, Settled, resolve
from licet.decision.risk import Raised, Risk, assess, red_flags
from licet.engine.protocol import Case, Finding, Verdict
from licet.engine.reference import Explained, Judged, explain, judge
from licet.policy.model import Flag, Oblige, Score


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
    raising: tuple[Explained, ...]
    """Flags, scores and obligations of the instruments that it may reach."""
    risks: tuple[Risk, ...]
    flags: tuple[Raised, ...]
    reasons: tuple[Reason, ...]

    @property
    def disposition(self) -> Disposition:
        """What to do."""
        return disposition_of(self.reasons)

    @property
    def explained(self) -> tuple[Explained, ...]:
        """The nexus of every instrument, and all other findings of those that it may reach."""
        reached = sorted({r.instrument.id for r in self.resolved if r.ceiling.reached})
        every = tuple(dict.fromkeys(r.instrument.id for r in self.resolved))
        nexus = (e for found in self.found for i in every for e in found.everything(i, Voice.NEXUS))
        return (*nexus, *(e for found in self.found for i in reached for e in found.everything(i, Voice.OTHER, Voice.RELIEF)))

    @property
    def doubts(self) -> tuple[Explained, ...]:
        """Undetermined flags, scores and obligations that hold the transaction."""
        codes = {reason.code for reason in self.reasons}
        kinds = tuple(kind for code, kind in _HOLDING.items() if code in codes)
        return tuple(e for e in self.raising if isinstance(e.effect, kinds) and e.finding.verdict is Verdict.UNDETERMINED)

    def answer(self) -> object:
        """What an assumption must change to matter: outcomes with floors and ceilings, reasons, and what is asked first."""
        outcomes = tuple((r.instrument.id, r.item, r.outcome, r.floor.outcome, r.ceiling.outcome) for r in self.resolved)
        reasons = frozenset((reason.code, reason.jurisdiction, reason.rule) for reason in self.reasons)
        doubted = frozenset(missing.path for doubt in self.doubts for missing in doubt.leading)
        return outcomes, reasons, asked_first(self.resolved) | doubted


_HOLDING = {"RED_FLAG": Flag, "RISK_TIER": Score, "OBLIGATION_TO_DO": Oblige}
_Findings: TypeAlias = Mapping[str, tuple[Finding, ...]]
_Parts: TypeAlias = Mapping[str, Part]
_Moving: TypeAlias = Mapping[str, tuple[Judged, ...]]


def evaluate(subject: Subject, *, use_assumptions: bool) -> World:
    """The world under just the assumptions that its answer needs; under none where they are refused."""
    with_none = _match(subject, frozenset())
    if not use_assumptions:
        return _joined(subject, _found(subject, with_none, frozenset()), frozenset())
    with_all = _match(subject, None)
    best = _joined(subject, _found(subject, with_all, None), None)
    return _needed(subject, {j: _moved(with_all[j], with_none[j]) for j in with_all}, best)


def _match(subject: Subject, active: frozenset[str] | None) -> dict[str, tuple[Finding, ...]]:
    jurisdictions = (j for family in subject.families for j in family.jurisdictions)
    return {j: subject.matcher.match(subject.case(j, active)) for j in jurisdictions}


def _found(subject: Subject, findings: _Findings, active: frozenset[str] | None) -> tuple[Found, ...]:
    return _founded(subject, {j: Part(subject.case(j, active), findings[j]) for j in findings})


def _founded(subject: Subject, parts: _Parts) -> tuple[Found, ...]:
    return tuple(Found(family, tuple(parts[j] for j in family.jurisdictions)) for family in subject.families)


def _moved(first: tuple[Finding, ...], second: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings whose verdict depends on assumptions."""
    one, other = ({key_of(finding): finding for finding in findings} for findings in (first, second))
    return tuple(one.get(key) or other[key] for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key))


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands under some assumptions: the findings that assumptions move, by jurisdiction, and the world that follows."""

    active: frozenset[str]
    moving: Mapping[str, tuple[Judged, ...]]
    world: World


def _needed(subject: Subject, moved: _Findings, best: World) -> World:
    """The world under the assumptions without which the answer would differ: each is dropped in turn, in order of their names."""
    doubtful = _doubtful(best)
    moving = {j: _moving(subject.case(j, None), moved[j], doubtful) for j in moved}
    shared = {j: part.less({key_of(each.finding) for each in moving[j]}) for j, part in _parts(best).items()}
    standing = _everything(subject, shared, moving, best)
    answer = best.answer()
    for pattern in sorted(standing.active):
        less = _without(subject, standing, pattern)
        if less.world is standing.world or less.world.answer() == answer:
            standing = less
    return _afresh(subject, shared, standing)


def _parts(world: World) -> dict[str, Part]:
    return {part.case.package.jurisdiction: part for found in world.found for part in found.parts}


def _doubtful(best: World) -> tuple[Explained, ...]:
    """Findings whose verdict stays and whose needs or questions may change with an assumption."""
    open_ = (r for r in best.resolved if r.outcome is Outcome.UNDETERMINED)
    asking = (e for r in open_ for e in parting(r))  # relief of a member may part floor from ceiling under its bloc
    needing = (e for e in best.explained if e.needs)
    return (*needing, *asking, *best.doubts)


def _moving(case: Case, moved: tuple[Finding, ...], doubtful: Iterable[Explained]) -> tuple[Judged, ...]:
    """One package's findings that assumptions move, judged under all of them: their verdict, or what else they come to."""
    doubts = {e.finding for e in doubtful if e.rule.jurisdiction == case.package.jurisdiction}
    keys = {key_of(finding) for finding in moved}
    return tuple(each for each in judge(case, {*moved, *doubts}) if each.relied or key_of(each.finding) in keys)


def _everything(subject: Subject, shared: _Parts, moving: _Moving, best: World) -> _Standing:
    """What stands under all assumptions that a moving finding makes."""
    active = frozenset(pattern for judged in moving.values() for each in judged for pattern in each.relied)
    found = _founded(subject, {j: part.moved(_speaking(moving[j])) for j, part in shared.items()})
    return _Standing(active, moving, _joined(subject, found, active, best))


def _without(subject: Subject, standing: _Standing, pattern: str) -> _Standing:
    """What stands with one assumption less; the very same world where no finding comes to anything else."""
    active = standing.active - {pattern}
    moving = {j: _again(subject.case(j, active), judged, pattern) for j, judged in standing.moving.items()}
    changed = {j for j in moving if _speaking(moving[j]) != _speaking(standing.moving[j])}
    if not changed:
        return replace(standing, active=active, moving=moving)
    parts = _parts(standing.world)
    found = _founded(subject, {j: part.moved(_speaking(moving[j])) if j in changed else part for j, part in parts.items()})
    return _Standing(active, moving, _joined(subject, found, active, standing.world))


def _again(case: Case, before: tuple[Judged, ...], dropped: str) -> tuple[Judged, ...]:
    """The findings with an assumption less: those that made it are judged again. What comes to the same keeps its reasons."""
    stale = {key_of(each.finding): each for each in before if dropped in each.relied}
    fresh = {key_of(each.finding): each for each in judge(case, (each.finding for each in stale.values()))}
    kept = {key: replace(now, explained=stale[key].explained) if _alike(now, stale[key]) else now for key, now in fresh.items()}
    return tuple(kept.get(key_of(each.finding), each) for each in before)


def _alike(one: Judged, other: Judged) -> bool:
    """Whether a finding comes to the same twice: all that an answer reads of it."""
    if one.finding != other.finding or one.explained is None or other.explained is None:
        return one.finding == other.finding
    first, second = one.explained, other.explained
    open_ = one.finding.verdict is Verdict.UNDETERMINED
    return first.effect == second.effect and first.needs == second.needs and (not open_ or first.leading == second.leading)


def _speaking(judged: Iterable[Judged]) -> tuple[Explained, ...]:
    return tuple(e.explained for e in judged if e.explained is not None and e.finding.verdict is not Verdict.NOT_FIRED)


def _afresh(subject: Subject, shared: _Parts, standing: _Standing) -> World:
    """The world of what stands, with all reasons worked out again: those at hand may rest on assumptions that were dropped."""
    parts = {}
    for j, part in shared.items():
        case = subject.case(j, standing.active)
        speaking = (each.finding for each in _speaking(standing.moving[j]))
        parts[j] = Part(case, part.findings, explain(case, speaking))
    world = _joined(subject, _founded(subject, parts), standing.active)
    return replace(world, assumed=_assumed(subject, standing))


def _assumed(subject: Subject, standing: _Standing) -> tuple[Assumed, ...]:
    rules: dict[tuple[str, str, str], set[str]] = {}
    for j, judged in standing.moving.items():
        for each in judged:
            for pattern in each.relied & standing.active:
                entry = subject.release.vocabularies[j].entries[pattern]
                rules.setdefault((pattern, entry.value, entry.statement), set()).add(each.finding.name)
    return tuple(sorted(Assumed(*key, tuple(sorted(names))) for key, names in rules.items()))


def _joined(subject: Subject, found: tuple[Found, ...], active: frozenset[str] | None, before: World | None = None) -> World:
    """What follows from these findings. Where they are those of a world before, its resolutions serve again."""
    settled = settled_elsewhere(subject)
    known = {(r.jurisdiction, r.instrument.id, r.item): r for r in before.resolved} if before is not None else {}
    resolved = tuple(r for each in found for r in _resolve_family(subject, each, settled, known))
    world = World(active, (), found, resolved, (), (), (), ())
    reached = {r.jurisdiction for r in resolved if r.outcome is not Outcome.NOT_SUBJECT}
    policies = [subject.release.packages[j].policy for each in found for j in each.family.jurisdictions if j in reached]
    raising = tuple(e for e in world.explained if isinstance(e.rule.effect, Flag | Score | Oblige))
    risks = tuple(assess(policy, raising) for policy in policies if policy.tiers)
    flags = red_flags(subject.transaction, raising)
    why = reasons(subject, resolved, raising, risks, flags)
    return replace(world, raising=raising, risks=risks, flags=flags, reasons=why)


def _resolve_family(
    subject: Subject, found: Found, settled: Settled, known: Mapping[tuple[str, str, str], Resolved]
) -> tuple[Resolved, ...]:
    policies = [subject.release.packages[j].policy for j in found.family.jurisdictions]
    instruments = [(policy.jurisdiction, instrument) for policy in policies for instrument in policy.instruments]
    bases = subject.release.bases(found.family)
    resolved = []
    for item in subject.transaction.items:
        nexus = {i.id: found.of(i.id, Voice.NEXUS, item.line) for _, i in instruments}
        possible = _reached(nexus, Verdict.FIRED, Verdict.UNDETERMINED)
        certain = _reached(nexus, Verdict.FIRED)
        relief = tuple(e for i in sorted(possible) for e in found.of(i, Voice.RELIEF, item.line))
        for jurisdiction, instrument in instruments:
            explained = nexus[instrument.id]
            if instrument.id in possible:
                explained += found.of(instrument.id, Voice.OTHER, item.line)
            before = known.get((jurisdiction, instrument.id, item.line))
            # How a held license fits rests on stated facts alone.
            held = before.held if before is not None else held_covers(subject, item, found.family.jurisdictions, instrument.id)
            inputs = Inputs(instrument.id, explained, relief, possible, certain, bases, held, settled)
            if before is None or before.inputs != inputs:
                before = resolve(jurisdiction, instrument, item.line, inputs)
            resolved.append(before)
    return tuple(resolved)


def _reached(nexus: Mapping[str, tuple[Explained, ...]], *verdicts: Verdict) -> frozenset[str]:
    """The instruments of which some limb holds with one of these verdicts."""
    return frozenset(i for i, limbs in nexus.items() if any(e.finding.verdict in verdicts for e in limbs))


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
