"""A world: everything that follows under one set of assumptions, and which assumptions an answer needs.

Assumptions are kept only where the answer would differ with the fact unknown: starting from all, each is dropped in turn and stays
dropped when every floor, ceiling and the disposition remain. What is left suffices: under it alone the answer is what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from licet.decision.disposition import Disposition, Reason, disposition_of, reasons
from licet.decision.held import held_covers
from licet.decision.matching import Found, Part, Subject, Voice
from licet.decision.questions import asked_first, parting
from licet.decision.resolution import Inputs, Outcome, Resolved, Settled, resolve
from licet.decision.risk import Raised, Risk, assess, red_flags
from licet.engine.protocol import Finding, Verdict
from licet.engine.reference import Explained, judge, relying
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
        return tuple(e for e in self.explained if isinstance(e.effect, kinds) and e.finding.verdict is Verdict.UNDETERMINED)

    def answer(self) -> object:
        """What an assumption must change to matter: outcomes with floors and ceilings, reasons, and what is asked first."""
        outcomes = tuple((r.instrument.id, r.item, r.outcome, r.floor.outcome, r.ceiling.outcome) for r in self.resolved)
        reasons = frozenset((reason.code, reason.jurisdiction, reason.rule) for reason in self.reasons)
        doubted = frozenset(missing.path for doubt in self.doubts for missing in doubt.leading)
        return outcomes, reasons, asked_first(self.resolved) | doubted


_HOLDING = {"RED_FLAG": Flag, "RISK_TIER": Score, "OBLIGATION_TO_DO": Oblige}
_Findings = Mapping[str, tuple[Finding, ...]]


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
    return tuple(
        Found(family, tuple(Part(subject.case(j, active), findings[j]) for j in family.jurisdictions))
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
    shared = {part.case.package.jurisdiction: _shared(part, moving) for found in best.found for part in found.parts}
    for pattern in sorted(needed):
        if _under(subject, shared, moving, needed - {pattern}).answer() == best.answer():
            needed -= {pattern}
    # Reasons of the findings that are shared may rest on assumptions that were dropped: they are worked out again.
    fresh = {j: Part(subject.case(j, needed), part.findings) for j, part in shared.items()}
    world = _under(subject, fresh, moving, needed)
    return replace(world, assumed=_assumed(subject, moving, needed))


def _shared(part: Part, moving: _Findings) -> Part:
    """The findings that no assumption moves."""
    keys = {(f.rule, f.bound, f.item) for f in moving[part.case.package.jurisdiction]}
    return Part(part.case, (f for f in part.findings if (f.rule, f.bound, f.item) not in keys))


def _under(subject: Subject, shared: Mapping[str, Part], moving: _Findings, active: frozenset[str]) -> World:
    """The world under fewer assumptions: only findings that can move are judged again."""

    def part(j: str) -> Part:
        case = subject.case(j, active)
        return Part(case, (f for f in judge(case, moving[j]) if f.verdict is not Verdict.NOT_FIRED), shared[j])

    found = tuple(Found(family, tuple(part(j) for j in family.jurisdictions)) for family in subject.families)
    return _joined(subject, found, active)


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
    open_ = (r for r in best.resolved if r.outcome is Outcome.UNDETERMINED)
    asking = (e for r in open_ for e in parting(r))  # relief of a member may part floor from ceiling under its bloc
    needing = (e for e in best.explained if e.needs)
    return {e.finding for e in (*needing, *asking) if e.rule.jurisdiction == jurisdiction}


def _joined(subject: Subject, found: tuple[Found, ...], active: frozenset[str] | None) -> World:
    settled = settled_elsewhere(subject)
    resolved = tuple(r for each in found for r in _resolve_family(subject, each, settled))
    world = World(active, (), found, resolved, (), (), ())
    reached = {r.jurisdiction for r in resolved if r.outcome is not Outcome.NOT_SUBJECT}
    policies = [subject.release.packages[j].policy for each in found for j in each.family.jurisdictions if j in reached]
    explained = world.explained
    risks = tuple(assess(policy, explained) for policy in policies if policy.tiers)
    flags = red_flags(subject.transaction, explained)
    return replace(world, risks=risks, flags=flags, reasons=reasons(subject, resolved, explained, risks, flags))


def _resolve_family(subject: Subject, found: Found, settled: Settled) -> tuple[Resolved, ...]:
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
            held = held_covers(subject, item, found.family.jurisdictions, instrument.id)
            inputs = Inputs(instrument.id, explained, relief, possible, certain, bases, held, settled)
            resolved.append(resolve(jurisdiction, instrument, item.line, inputs))
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
