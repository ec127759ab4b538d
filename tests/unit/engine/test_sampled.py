from __future__ import annotations

import pytest

from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Case, Finding, Verdict
from licet.engine.reference import ReferenceEngine
from licet.engine.sampled import Disagreement, SampledEngine
from tests.support.packages import load
from tests.support.pairs import cases_of
from tests.support.shipments import request


def _case() -> Case:
    return next(cases_of(load(), request().transaction, None))


class Forgetful:
    """An engine that misses whatever fires, from some match on."""

    name = "forgetful"

    def __init__(self, good: int = 0) -> None:
        self.good = good
        self.matches = 0

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings, or all but those that fired."""
        self.matches += 1
        found = ReferenceEngine().match(case)
        return found if self.matches <= self.good else tuple(f for f in found if f.verdict is not Verdict.FIRED)


@pytest.mark.parametrize("one_in", [1, 3, 10])
@pytest.mark.parametrize("good", [0, 1, 7])
def test_a_wrong_engine_is_found_out_within_n_matches(one_in: int, good: int) -> None:
    """A missed rule is noticed at most `one_in` matches after the engine went wrong, and the answer there is the reference's."""
    case, alarms = _case(), list[Disagreement]()
    fast = Forgetful(good)
    engine = SampledEngine(fast, alarms.append, one_in=one_in)
    while not alarms:
        found = engine.match(case)
        assert fast.matches <= good + one_in
        assert not alarms or ReferenceEngine().match(case) == found
    assert good < fast.matches


def test_from_then_on_the_reference_answers_alone() -> None:
    """The alarm is raised once, says what was missed, and the wrong engine is not asked again."""
    case, alarms = _case(), list[Disagreement]()
    fast = Forgetful()
    engine = SampledEngine(fast, alarms.append, one_in=2)
    assert "forgetful" == engine.name
    assert Forgetful().match(case) == engine.match(case)
    wanted = ReferenceEngine().match(case)
    assert [wanted] * 5 == [engine.match(case) for _ in range(5)]
    assert "reference" == engine.name
    assert 2 == fast.matches
    (alarm,) = alarms
    assert "zz" == alarm.jurisdiction
    assert () == alarm.only_fast
    assert tuple(f for f in wanted if f.verdict is Verdict.FIRED) == alarm.only_reference
    assert "ENGINES_DISAGREE" == alarm.reason


def test_an_engine_that_is_right_keeps_answering() -> None:
    """Where both find the same no alarm is raised."""
    case, alarms = _case(), list[Disagreement]()
    engine = SampledEngine(CompiledEngine(), alarms.append, one_in=1)
    assert [ReferenceEngine().match(case)] * 3 == [engine.match(case) for _ in range(3)]
    assert [] == alarms
    assert "compiled" == engine.name
