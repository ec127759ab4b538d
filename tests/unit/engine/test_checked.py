from __future__ import annotations

from licet.engine.checked import CheckedEngine, Disagreement
from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Case, Finding, Verdict
from licet.engine.reference import ReferenceEngine
from tests.support.packages import load
from tests.support.pairs import cases_of
from tests.support.shipments import request


def _case() -> Case:
    return next(cases_of(load(), request().transaction, None))


class Forgetful:
    """An engine that misses whatever fires."""

    name = "forgetful"

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings but those that fired."""
        return tuple(f for f in ReferenceEngine().match(case) if f.verdict is not Verdict.FIRED)


def test_a_missed_rule_is_found_and_told() -> None:
    """The findings are the reference's; the alarm says what only the one and only the other found."""
    case, alarms = _case(), list[Disagreement]()
    wanted = ReferenceEngine().match(case)
    assert [wanted] * 2 == [CheckedEngine(Forgetful(), alarms.append).match(case) for _ in range(2)]
    assert 2 == len(alarms)
    assert ("zz", ()) == (alarms[0].jurisdiction, alarms[0].only_fast)
    assert tuple(f for f in wanted if f.verdict is Verdict.FIRED) == alarms[0].only_reference
    assert "ENGINES_DISAGREE" == alarms[0].reason


def test_an_engine_that_is_right_raises_no_alarm() -> None:
    """Where both find the same, nothing is told."""
    case, alarms = _case(), list[Disagreement]()
    engine = CheckedEngine(CompiledEngine(), alarms.append)
    assert ReferenceEngine().match(case) == engine.match(case)
    assert [] == alarms
    assert "compiled" == engine.name
