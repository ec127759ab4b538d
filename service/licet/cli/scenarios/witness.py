"""Decides a case with the compiled engine, and lets the reference walk every match: what each rule came to is noted on the way.

It does what `CheckedEngine` does, and keeps the whole walk besides: every verdict for the price of the check.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from licet.cli.scenarios.scenario import Scenario
from licet.decision.decide import decide
from licet.decision.errors import InvalidRequest
from licet.decision.settings import Settings
from licet.engine.checked import Disagreement
from licet.engine.protocol import Case, Finding, Matcher, Verdict
from licet.engine.reference import every_finding
from licet.language.faults import Fault
from licet.policy.release import Release
from licet.v1 import decision_pb2

_RANK = {Verdict.NOT_FIRED: 0, Verdict.CONSIDERED: 1, Verdict.UNDETERMINED: 2, Verdict.FIRED: 3}


@dataclass(frozen=True, slots=True)
class Seen:
    """One package's case, with every rule's verdict on every binding and item."""

    case: Case
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Witness:
    """An engine behind the `Matcher` protocol for one decision; afterwards it knows what was found, and where engines differ."""

    fast: Matcher
    seen: dict[str, Seen] = field(default_factory=dict)
    """By jurisdiction: under all assumptions, or under none where the request refuses them."""
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The engine that answers."""
        return self.fast.name

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings but NOT_FIRED, sorted, as the reference has them."""
        every = every_finding(case)
        checked = tuple(finding for finding in every if finding.verdict is not Verdict.NOT_FIRED)
        found = self.fast.match(case)
        jurisdiction = case.package.jurisdiction
        if found != checked:
            only_fast, only_reference = sorted({*found} - {*checked}), sorted({*checked} - {*found})
            self.disagreements.append(Disagreement(jurisdiction, tuple(only_fast), tuple(only_reference)))
        if case.active is None or jurisdiction not in self.seen:
            self.seen[jurisdiction] = Seen(case, every)
        return checked


@dataclass(frozen=True, eq=False)
class Answer:
    """What came out: the result, or what was refused; every verdict that was noted; where the engines differ."""

    result: decision_pb2.Result
    refused: tuple[Fault, ...]
    seen: Mapping[str, Seen]
    disagreements: tuple[Disagreement, ...]

    def seen_of(self, rule: str) -> Seen | None:
        """What was seen of the package that states a rule or row."""
        bare = rule.partition("[")[0]
        return next((seen for seen in self.seen.values() if bare in seen.case.package.rules_by_id), None)

    def findings(self, rule: str) -> tuple[Finding, ...]:
        """What was noted of a rule, or of one of its rows (`us.ccl[3A001/NS/NS1]`)."""
        bare, seen = rule.partition("[")[0], self.seen_of(rule)
        of_rule = (finding for finding in seen.findings if finding.rule == bare) if seen is not None else ()
        return tuple(finding for finding in of_rule if rule in (bare, finding.name))


def decided(scenario: Scenario, release: Release, fast: Matcher) -> Answer:
    """The answer to a scenario, under the settings of a server that nobody configured."""
    request, witness = scenario.shipment.request, Witness(fast)
    try:
        # Every scenario states its date, so no other is read.
        result = decide(request, release, witness, today=datetime.date.min, settings=Settings()).result
    except InvalidRequest as error:
        return Answer(decision_pb2.Result(), scenario.shipment.faults_of(error.violations), {}, ())
    return Answer(result, (), witness.seen, tuple(witness.disagreements))


def greatest(verdicts: set[Verdict]) -> Verdict:
    """The verdict that counts where a rule has several: of its rows, or for several items."""
    return max(verdicts, key=_RANK.__getitem__, default=Verdict.NOT_FIRED)
