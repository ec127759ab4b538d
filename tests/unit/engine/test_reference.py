from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from licet.decision.decide import decide
from licet.decision.settings import Settings
from licet.engine.protocol import Case, EngineDisagreement, Finding, Verdict
from licet.engine.reference import ReferenceEngine, every_finding, explain
from tests.support.packages import load
from tests.support.pairs import cases_of
from tests.support.shipments import TODAY, request

_RELEASE: Final = load()


class Eager:
    """An engine that says of one rule that it fired."""

    name = "eager"

    def __init__(self, wrong: Finding) -> None:
        self.wrong = wrong

    def match(self, case: Case) -> tuple[Finding, ...]:
        """What the reference finds, and the wrong hit."""
        same = {(f.rule, f.bound, f.item) for f in (self.wrong,)}
        return tuple(sorted({*(f for f in ReferenceEngine().match(case) if (f.rule, f.bound, f.item) not in same), self.wrong}))


_WRONG: Final = (
    Finding("zz.list", "B1", "1", Verdict.FIRED),
    Finding("zz.list", "no such row", "1", Verdict.FIRED),
    Finding("zz.list", "A1", "no such line", Verdict.FIRED),
)


@pytest.mark.parametrize("wrong", _WRONG, ids=lambda finding: f"{finding.name} {finding.item}")
def test_a_wrong_hit_is_not_explained(wrong: Finding) -> None:
    """What an engine says has fired and the walk does not is refused with the finding and what the walk says."""
    case = next(cases_of(_RELEASE, request().transaction, None))
    with pytest.raises(EngineDisagreement) as raised:
        explain(case, (wrong,))
    assert wrong == raised.value.finding
    assert Verdict.NOT_FIRED is raised.value.verdict
    assert "ENGINES_DISAGREE" == raised.value.reason


@pytest.mark.parametrize("wrong", _WRONG[:2], ids=lambda finding: finding.name)
def test_a_wrong_hit_becomes_no_decision(wrong: Finding) -> None:
    """A decision on an engine's wrong hit fails; it never becomes an answer."""
    with pytest.raises(EngineDisagreement):
        decide(request(), _RELEASE, Eager(wrong), today=TODAY, settings=Settings())


def test_what_is_undetermined_did_not_fire() -> None:
    """An engine that takes the undetermined for fired is refused too."""
    unclassified = request(items=[{"line": "1"}]).transaction
    case = next(cases_of(_RELEASE, unclassified, None))
    open_ = next(f for f in every_finding(case) if f.verdict is Verdict.UNDETERMINED)
    with pytest.raises(EngineDisagreement) as raised:
        explain(case, (replace(open_, verdict=Verdict.FIRED),))
    assert Verdict.UNDETERMINED is raised.value.verdict


def test_what_fired_is_explained() -> None:
    """Findings of the reference are explained, each with the verdict that it has."""
    case = next(cases_of(_RELEASE, request().transaction, None))
    found = every_finding(case)
    assert found == tuple(explained.finding for explained in explain(case, found))
