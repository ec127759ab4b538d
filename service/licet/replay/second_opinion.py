"""The second opinion on a decision: what durable-rules says of every match that the decision rests on.

Each package is asked of in up to three worlds: under all assumptions and under none, which the decision compares, and under those
that its answer needs. Whatever becomes of the second engine, the decision stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from licet.engine.protocol import Case, Finding, Matcher
from licet.engine.rete import LATE, Contradiction, Refusal, ReteEngine, SecondOpinion
from licet.policy.model import Disclosure, Package

_RESTRICTED = "a restricted rule"


class Under(StrEnum):
    """The assumptions under which a package was matched."""

    ALL = "ALL"
    NONE = "NONE"
    NEEDED = "NEEDED"


UNDER: Mapping[Under, str] = {
    Under.ALL: "under all assumptions",
    Under.NONE: "under no assumptions",
    Under.NEEDED: "under the assumptions that the answer needs",
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the second engine says of one package in one world."""

    jurisdiction: str
    name: str
    under: Under
    of_the_answer: bool
    """Whether this is the world of the answer; the others are those that it was found by."""
    findings: int
    """How many findings it was asked about: all of the deciding engine."""
    said: SecondOpinion

    @property
    def agreed(self) -> int:
        """Findings on which both engines agree, however they came to it."""
        return self.said.confirmed + self.said.taken

    @property
    def refusals(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The rules of which there is no opinion, by reason and detail; no rule is named where it is the whole package."""
        found: dict[tuple[str, str], list[str]] = {}
        for refusal in self.said.not_available:
            found.setdefault((refusal.reason, refusal.detail), []).append(refusal.rule)
        return {reason: tuple(sorted(rules)) for reason, rules in sorted(found.items())}


@dataclass(frozen=True)
class Second:
    """Everything the second engine says of one decision."""

    opinions: tuple[Opinion, ...]

    @cached_property
    def contradicting(self) -> tuple[Opinion, ...]:
        """The opinions that contradict a finding."""
        return tuple(each for each in self.opinions if each.said.contradicted)

    @property
    def agrees(self) -> bool:
        """Whether nothing is contradicted; what was not available says nothing."""
        return not self.contradicting

    @property
    def findings(self) -> int:
        """Findings that were asked about, in all worlds."""
        return sum(each.findings for each in self.opinions)

    @property
    def confirmed(self) -> int:
        """Findings that the second engine came to by itself."""
        return sum(each.said.confirmed for each in self.opinions)

    @property
    def taken(self) -> int:
        """Findings on which it agrees only because it took values from the walk."""
        return sum(each.said.taken for each in self.opinions)

    @property
    def refusals(self) -> Mapping[tuple[str, str], int]:
        """How many rules of a package there is no opinion of, by reason and detail; of a whole package, one."""
        counts = Counter((each.reason, each.detail) for opinion in self.opinions for each in opinion.said.not_available)
        return dict(sorted(counts.items()))

    @property
    def complete(self) -> bool:
        """Whether there is an opinion of every rule."""
        return not any(each.said.not_available for each in self.opinions)


def contradictions(second: Second) -> Iterator[str]:
    """A line for each contradiction: rule, item, both verdicts, and the worlds where it is so."""
    worlds: dict[tuple[str, Contradiction], list[str]] = {}
    for each in second.contradicting:
        for contradiction in each.said.contradicted:
            worlds.setdefault((each.name, contradiction), []).append(UNDER[each.under])
    for (name, told), under in worlds.items():
        line = f", line {told.item}" if told.item else ""
        yield f"{name}: {told.finding}{line}: here {told.ours}, durable-rules {told.theirs}; {', '.join(under)}"


@dataclass(frozen=True, slots=True)
class Watched:
    """An engine of which every match is kept, in order."""

    engine: Matcher
    matches: list[tuple[Case, tuple[Finding, ...]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The engine's own name."""
        return self.engine.name

    def match(self, case: Case) -> tuple[Finding, ...]:
        """What the engine finds."""
        found = self.engine.match(case)
        self.matches.append((case, found))
        return found


def second_opinion(watched: Watched, needed: frozenset[str], rete: ReteEngine, *, restricted: bool) -> Second:
    """What durable-rules says of every match of a decision, and of the world under the assumptions that its answer needs.

    The world of the answer comes first; once it was late for one match it is not asked of the rest. With `restricted`, rules that
    only auditors may see are not named. Nothing is raised for whatever fails in the second engine.
    """
    matches = list(watched.matches)
    if all(case.active != needed for case, _ in matches):
        cases = {case.package.jurisdiction: replace(case, active=needed) for case, _ in matches}
        matches += ((case, watched.engine.match(case)) for case in cases.values())
    opinions: list[Opinion] = []
    for case, found in sorted(matches, key=lambda match: match[0].active != needed):
        was_late = any(refusal.reason == LATE for each in opinions for refusal in each.said.not_available)
        said = _unasked() if was_late else _asked(case, found, rete)
        opinions.append(_opinion(case, len(found), said, of_the_answer=case.active == needed))
    if restricted:
        hidden = {case.package.jurisdiction: _hidden(case.package) for case, _ in matches}
        opinions = [replace(each, said=_without(each.said, hidden[each.jurisdiction])) for each in opinions]
    return Second(tuple(sorted(opinions, key=lambda each: (each.jurisdiction, not each.of_the_answer, each.under))))


def _opinion(case: Case, findings: int, said: SecondOpinion, *, of_the_answer: bool) -> Opinion:
    under = Under.ALL if case.active is None else Under.NEEDED if case.active else Under.NONE
    return Opinion(case.package.jurisdiction, case.package.policy.name, under, of_the_answer, findings, said)


def _asked(case: Case, findings: tuple[Finding, ...], rete: ReteEngine) -> SecondOpinion:
    try:
        return rete.opinion(case, findings)
    except Exception as error:  # noqa: BLE001  # a fault of the second engine is none of the decision
        return SecondOpinion(0, (), (Refusal("", "it failed", f"{type(error).__name__}: {error}"),))


def _unasked() -> SecondOpinion:
    return SecondOpinion(0, (), (Refusal("", "not asked", "it was late before"),))


# ---- restricted rules ---------------------------------------------------------------------------------------------------


def _hidden(package: Package) -> frozenset[str]:
    return frozenset(rule.id for rule in package.rules_by_id.values() if rule.disclosure is Disclosure.RESTRICTED)


def _without(said: SecondOpinion, hidden: frozenset[str]) -> SecondOpinion:
    """The opinion with hidden rules unnamed."""
    contradicted = (
        replace(each, finding=_RESTRICTED) if each.finding.partition("[")[0] in hidden else each for each in said.contradicted
    )
    refused = (Refusal(_RESTRICTED, each.reason) if each.rule in hidden else each for each in said.not_available)
    return replace(said, contradicted=tuple(contradicted), not_available=tuple(refused))
