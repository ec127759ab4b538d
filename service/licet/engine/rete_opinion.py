"""What the second engine says of findings: verdicts from what fired in the two worlds, and how another engine's compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from licet.engine.protocol import Case, Finding, Verdict
from licet.engine.reference import mode_of, reader_of, rule_findings
from licet.engine.rete_case import Request, joined
from licet.engine.rete_program import Plan, Program, Refusal
from licet.policy.model import Rule, RuleStatus

_CERTAIN, _POSSIBLE = 1, 2


@dataclass(frozen=True, slots=True, order=True)
class Contradiction:
    """A finding on which the two engines differ."""

    finding: str
    item: str
    ours: Verdict
    theirs: Verdict
    """The verdict of the second engine."""


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What the second engine says of a case's findings. Rules that it had to leave out are neither confirmed nor contradicted."""

    confirmed: int
    """Findings of either engine on which both agree."""
    contradicted: tuple[Contradiction, ...]
    not_available: tuple[Refusal, ...]
    taken: int = 0
    """Findings that agree because what they bind was taken from the walk: a list that is unset, law without history."""
    decided_leaves: int = 0
    """Leaves of the rules judged that the second engine decides whole."""
    taken_leaves: int = 0
    """Leaves of which some or all is taken from the walk: of what is taken there is no second opinion."""
    partly_taken_leaves: int = 0
    """Of these, the leaves of which some is decided."""

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many rules are not available, by reason; a reason that holds for the whole package counts once."""
        return dict(sorted(Counter(refusal.reason for refusal in self.not_available).items()))

    @property
    def agrees(self) -> bool:
        """Whether nothing is contradicted; what was not available says nothing."""
        return not self.contradicted


_Key: TypeAlias = tuple[str, str, str]
_Held: TypeAlias = tuple[bool, int]
"""What fired of a rule, the whole (else its `about` alone), and in which world."""


@dataclass(frozen=True, slots=True)
class Judged:
    """All verdicts but NOT_FIRED, by rule, binding and item; which of them follow from what was taken; what was left out."""

    verdicts: Mapping[_Key, Verdict] = field(default_factory=dict)
    taken: frozenset[_Key] = frozenset()
    refusals: tuple[Refusal, ...] = ()
    decided_leaves: int = 0
    taken_leaves: int = 0
    partly_taken_leaves: int = 0


def compared(findings: Iterable[Finding], second: Judged) -> SecondOpinion:
    """How another engine's findings, all but NOT_FIRED, compare with what the second engine found."""
    left_out = {refusal.rule for refusal in second.refusals}
    ours = {(f.rule, f.bound, f.item): f.verdict for f in findings if f.rule not in left_out and "" not in left_out}
    contradicted: list[Contradiction] = []
    agreed: list[_Key] = []
    for key in ours.keys() | second.verdicts.keys():
        our, their = ours.get(key, Verdict.NOT_FIRED), second.verdicts.get(key, Verdict.NOT_FIRED)
        if our is their:
            agreed.append(key)
        else:
            contradicted.append(Contradiction(Finding(*key, our).name, key[2], our, their))
    taken = sum(key in second.taken for key in agreed)
    return SecondOpinion(
        confirmed=len(agreed) - taken,
        contradicted=tuple(sorted(contradicted)),
        not_available=second.refusals,
        taken=taken,
        decided_leaves=second.decided_leaves,
        taken_leaves=second.taken_leaves,
        partly_taken_leaves=second.partly_taken_leaves,
    )


def judged(case: Case, program: Program, request: Request, notes: Iterable[list[int]]) -> Judged:
    """The verdicts that follow from what the child noted: instance, rule, world, and row or -1."""
    fired = _Fired.of(notes)
    verdicts: dict[_Key, Verdict] = {}
    taken: set[_Key] = set()
    for plan in program.plans:
        for key, verdict, is_taken in _verdicts(case, plan, request, fired):
            if verdict is not Verdict.NOT_FIRED:
                verdicts[key] = verdict
                if is_taken:
                    taken.add(key)
    return Judged(
        verdicts,
        frozenset(taken),
        program.refusals,
        decided_leaves=program.decided_leaves,
        taken_leaves=program.taken_leaves,
        partly_taken_leaves=program.partly_taken_leaves,
    )


@dataclass(frozen=True, slots=True)
class _Fired:
    """What fired: for each instance and rule, the rows (-1: it has none) with what held of each."""

    rows: Mapping[tuple[int, int], Mapping[int, set[_Held]]]

    @classmethod
    def of(cls, notes: Iterable[list[int]]) -> _Fired:
        """The child's notes, in order."""
        found: dict[tuple[int, int], dict[int, set[_Held]]] = {}
        for instance, target, world, row in notes:
            found.setdefault((instance, target // 2), {}).setdefault(row, set()).add((target % 2 == 1, world))
        return cls(found)

    def by(self, instance: int, plan: Plan) -> Mapping[int, set[_Held]]:
        """The rows of a rule on which anything fired."""
        return self.rows.get((instance, plan.number), {})


def _verdicts(case: Case, plan: Plan, request: Request, fired: _Fired) -> Iterator[tuple[_Key, Verdict, bool]]:
    """Verdicts of a rule, each with its key and whether it follows from what was taken; where nothing fired there is none."""
    rule = plan.rule
    lines = [line for place, line in request.bindings if place == plan.place]
    if case.law.date < rule.history_from:
        yield from (((rule.id, "*" if rule.loops else "", line), Verdict.UNDETERMINED, True) for line in lines)
        return
    has_law = plan.rows is None or case.law.tables[rule.loops[-1].table] is not None
    dormant = rule.interval_on(case.law.date) is None or rule.status is RuleStatus.STAYED
    walked = {} if has_law else _walked(rule, case)
    for line in lines:
        for bound in request.bindings[plan.place, line]:
            if bound.unset:
                yield (rule.id, bound.name, line), Verdict.UNDETERMINED, True
            elif not bound.empty and not has_law:
                key = rule.id, joined(bound.name, "*"), line
                yield key, walked.get(key, Verdict.UNDETERMINED), True
            elif not bound.empty:
                for number, held in fired.by(bound.instance, plan).items():
                    row = plan.row(number)
                    key = rule.id, joined(bound.name, row.key) if row is not None else bound.name, line
                    yield key, _verdict(held, dormant=dormant or (row is not None and row.dormant)), False


def _walked(rule: Rule, case: Case) -> Mapping[_Key, Verdict]:
    """What the walk says of a rule over a table that has no history on the date."""
    findings = rule_findings(rule, case, reader_of(case, mode_of(rule)))
    return {(finding.rule, finding.bound, finding.item): finding.verdict for finding in findings}


def _verdict(held: set[_Held], *, dormant: bool) -> Verdict:
    if (True, _CERTAIN) in held:
        return Verdict.CONSIDERED if dormant else Verdict.FIRED
    if dormant:
        return Verdict.NOT_FIRED
    return Verdict.UNDETERMINED if (True, _POSSIBLE) in held else Verdict.CONSIDERED
