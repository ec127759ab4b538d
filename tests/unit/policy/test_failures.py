from __future__ import annotations

from typing import Any, Final

import pytest

from licet.engine.protocol import Case, Verdict
from licet.engine.reference import every_finding, explain
from licet.language.values import Unknown, Why
from licet.v1 import trace_pb2
from licet.v1.outcome_pb2 import OUTCOME_AUTHORIZED, OUTCOME_LICENSE_REQUIRED, OUTCOME_PROHIBITED, OUTCOME_UNDETERMINED
from tests.support.packages import load, rule, rules_file
from tests.support.shipments import TODAY, decided, request

_FAILING: Final = "10 / (1 - 1) > 1"


def _result(*rules: dict[str, Any], **facts: Any) -> Any:
    return decided(load({"zz/rules/more.yaml": rules_file(*rules)}), request(**facts))


def test_a_rule_that_divides_by_zero_is_undetermined_with_that_reason() -> None:
    """A rule whose condition fails compiles, and is undetermined at run time because of the failure: never a miss."""
    result = _result(rule("zz.x", {"prohibit": {"basis": "EMBARGO"}}, _FAILING))
    assert OUTCOME_UNDETERMINED == result.outcome
    (step,) = [step for step in result.trace.steps if step.rule == "zz.x"]
    assert trace_pb2.VERDICT_UNDETERMINED == step.verdict
    assert [trace_pb2.TRUTH_UNKNOWN] == [leaf.truth for leaf in step.leaves]
    (missing,) = step.missing
    assert missing.startswith("cannot be evaluated: / failed")


def test_a_failing_exemption_is_not_granted() -> None:
    """Relief whose condition fails is not granted, and a failing control is not dropped: both leave a question."""
    exempt = rule("zz.x", {"exempt": {"bases": ["LIST"]}}, _FAILING)
    assert OUTCOME_AUTHORIZED == _result(exempt).outcome  # to Germany the permit covers it
    to_china = _result(exempt, destination={"country": "CN"})
    assert to_china.outcome not in (OUTCOME_AUTHORIZED, OUTCOME_LICENSE_REQUIRED)
    assert OUTCOME_UNDETERMINED == to_china.outcome


def test_a_failure_that_does_not_matter_does_not_matter() -> None:
    """What the other parts of a condition settle stays settled beside a part that fails."""
    false = rule("zz.x", {"prohibit": {"basis": "EMBARGO"}}, [_FAILING, 'tx.destination.country == "CN"'])
    assert OUTCOME_AUTHORIZED == _result(false).outcome
    true = rule("zz.x", {"prohibit": {"basis": "EMBARGO"}}, {"any": [_FAILING, 'tx.destination.country == "DE"']})
    assert OUTCOME_PROHIBITED == _result(true).outcome


@pytest.mark.parametrize(
    "when",
    [
        'tables.entries.review["C9"] == "denial"',  # a key that the table lacks
        "party(END_USER).military && party(EXPORTER).military",  # two parties may have a role
        "9223372036854775807 + 1 > 0",
        'money(item.value, "USD") > 5000',  # a rate that the request does not state
    ],
)
def test_no_failure_is_false(when: str) -> None:
    """Whatever way a condition fails, its rule is undetermined."""
    parties = [{"reference": name, "roles": ["PARTY_ROLE_END_USER", "PARTY_ROLE_EXPORTER"], "country": "DE"} for name in ("a", "b")]
    items = [{"line": "1", "classifications": {"zz.list": {"codes": ["A1"]}}, "value": {"currencyCode": "EUR", "units": "1"}}]
    result = _result(rule("zz.x", {"prohibit": {"basis": "EMBARGO"}}, when), parties=parties, items=items)
    assert [trace_pb2.VERDICT_UNDETERMINED] == [step.verdict for step in result.trace.steps if step.rule == "zz.x"]


def test_the_engine_says_which_failure() -> None:
    """The finding of a rule that fails is undetermined, and what it lacks is the failure and nothing else."""
    release = load({"zz/rules/more.yaml": rules_file(rule("zz.x", {"prohibit": {"basis": "EMBARGO"}}, _FAILING))})
    case = Case(request().transaction, release.packages["zz"], release.law("zz", TODAY), release.vocabularies["zz"])
    (finding,) = [finding for finding in every_finding(case) if finding.rule == "zz.x"]
    assert Verdict.UNDETERMINED is finding.verdict
    (explained,) = explain(case, [finding])
    assert {Why.ERROR} == {missing.why for missing in explained.missing}
    assert isinstance(explained.leaves[0].value, Unknown)
