"""A code that is not known never frees a shipment."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.v1 import outcome_pb2
from tests.support.answers import ask, intervals
from tests.support.generated import BOUNDARY, packages
from tests.support.open_facts import date, transactions
from tests.support.packages import rule

_LISTED: Final = rule(
    "zz.listed",
    {"require": {"basis": "ALONE"}},
    'tx.origin.country == "ZZ"',
    for_each="tables.known",
    about="under(row.entry)",
)
"""A requirement for every entry of the list, which no relief that is drawn lifts."""
_FREE: Final = (outcome_pb2.OUTCOME_NO_LICENSE_REQUIRED, outcome_pb2.OUTCOME_AUTHORIZED)
_NOT_KNOWN: Final = {
    "unset": [],
    "above the entries": ["A1"],
    "above in part": ["A1.b"],
    "no entry": ["Q9"],
    "below no entry": ["A3.b"],
    "no code at all": ["A1b1"],
    "a typo beside a negative answer": ["NLR", "A9"],
    "a negative answer, misspelt": ["nlr"],
}


@pytest.mark.parametrize("codes", _NOT_KNOWN.values(), ids=_NOT_KNOWN)
@given(data=st.data())
def test_an_unknown_code_is_never_free(data: st.DataObject, codes: list[str]) -> None:
    """Unclassified, above the entries or misspelt: where the law reaches and a table lists codes, no answer is free."""
    made = data.draw(packages()).with_rules(_LISTED)
    transaction = data.draw(transactions(made.text))
    transaction.origin.country = "ZZ"
    for item in transaction.items:
        item.ClearField("classifications")
        if codes:
            item.classifications["zz.list"].codes.extend(codes)
    result = ask(made.release, transaction)
    for determination in result.determinations:
        if determination.instrument == "zz.act" and determination.floor != outcome_pb2.OUTCOME_NOT_SUBJECT:
            assert determination.outcome not in _FREE, outcome_pb2.Outcome.Name(determination.outcome)


@given(data=st.data())
def test_a_negative_answer_under_another_list_is_no_answer(data: st.DataObject) -> None:
    """Not listed by the member says nothing of the bloc's list: such an item is not classified under it."""
    made = data.draw(packages())
    transaction = data.draw(transactions(made.text))
    for item in transaction.items:
        item.ClearField("classifications")
    silent = ask(made.release, transaction)
    for item in transaction.items:
        item.classifications["yy.list"].codes.append("NLR")
    assert intervals(silent) == intervals(ask(made.release, transaction))


@given(data=st.data(), stale=st.booleans())
def test_an_old_negative_answer_is_free_only_by_an_assumption(data: st.DataObject, *, stale: bool) -> None:
    """A negative answer older than the list's last change is free only where the exporter is said to have checked it again."""
    made = data.draw(packages()).with_rules(_LISTED)
    transaction = data.draw(transactions(made.text))
    transaction.origin.Clear()
    transaction.origin.country = "ZZ"
    for item in transaction.items:
        item.ClearField("classifications")
        item.classifications["zz.list"].codes.append("NLR")
        item.classifications["zz.list"].as_of.CopyFrom(date(BOUNDARY.replace(year=2025 if stale else 2026)))
    changed = (transaction.date.year, transaction.date.month, transaction.date.day) >= BOUNDARY.timetuple()[:3]
    result = ask(made.release, transaction)
    free = any(d.instrument == "zz.act" and d.outcome in _FREE for d in result.determinations)
    if free and stale and changed:
        assert "items[*].classifications[*].as_of" in {assumption.path for assumption in result.assumptions}
