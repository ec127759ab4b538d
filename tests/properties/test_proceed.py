"""PROCEED is said only where nothing is left to do, and what is refused closes."""

from __future__ import annotations

import datetime
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from licet.v1 import decision_pb2, transaction_pb2
from tests.support.answers import AUTHORIZED, PROCEED, ask, intervals
from tests.support.generated import any_package, plain_package
from tests.support.open_facts import Transaction, copied, transactions
from tests.support.packages import rule

_OURSELVES: Final = {transaction_pb2.PARTY_ROLE_EXPORTER, transaction_pb2.PARTY_ROLE_SELLER}


@given(data=st.data())
def test_nothing_is_left_to_do_where_it_may_proceed(data: st.DataObject) -> None:
    """PROCEED never stands beside an uncleared red flag, a party not screened of late, or something to do before."""
    made = data.draw(any_package())
    transaction = data.draw(transactions(made.text, unset=3))
    result = ask(made.release, transaction)
    if result.disposition != PROCEED:
        assert result.reasons
        return
    assert result.outcome <= AUTHORIZED
    assert not result.reasons
    assert all(flag.cleared for flag in result.red_flags)
    assert all(flag.cleared for flag in transaction.red_flags)
    assert all(_screened(party, transaction.date) for party in transaction.parties)
    for determination in result.determinations:
        _nothing_before(determination)


def _screened(party: Any, day: Any) -> bool:
    if set(party.roles) <= _OURSELVES:
        return True
    ends = [datetime.date(d.year, d.month, d.day) for d in (party.screened_on, day) if d.year]
    return len(ends) == 2 and 0 <= (ends[1] - ends[0]).days <= 30


def _nothing_before(determination: decision_pb2.Determination) -> None:
    reached = determination.outcome > 1
    assert not any(reached and each.timing == decision_pb2.TIMING_BEFORE and _to_do(each) for each in determination.obligations)
    if determination.outcome != AUTHORIZED:
        return
    lifting = {name for each in determination.requirements for name in each.lifted_by} - {"exempt"}
    held = {each.number for each in determination.licenses if each.state == decision_pb2.AUTHORIZATION_STATE_OPEN}
    ready = [
        each
        for each in determination.authorizations
        if each.state == decision_pb2.AUTHORIZATION_STATE_OPEN
        and not any(need.timing == decision_pb2.TIMING_BEFORE and _to_do(need) for need in each.needs)
    ]
    assert lifting & (held | {each.id for each in ready}) or held


def _to_do(need: decision_pb2.Need | decision_pb2.Obligation) -> bool:
    return need.state != decision_pb2.NEED_STATE_MET


# ---- needs --------------------------------------------------------------------------------------------------------------


def _refuse(transaction: Transaction) -> None:
    """Every need that a package may name is said not to be there."""
    del transaction.documents[:]
    transaction.documents.add(id="zz.reg", status=transaction_pb2.HOLDING_STATUS_NOT_HELD)
    for item in transaction.items:
        item.circumstances["zz.claim"].bool_value = False


def _silent(transaction: Transaction) -> None:
    del transaction.documents[:]
    for item in transaction.items:
        item.circumstances.pop("zz.claim", None)


@given(data=st.data())
def test_a_refused_need_closes_an_authorization(data: st.DataObject) -> None:
    """What is refused is never open, and refusing makes no answer milder than silence."""
    made = data.draw(any_package())
    transaction = data.draw(transactions(made.text, unset=3))
    silent, refused = (ask(made.release, copied(transaction, state)) for state in (_silent, _refuse))
    stricter = intervals(refused)
    for key, (floor, ceiling) in intervals(silent).items():
        assert floor <= stricter[key][0]
        assert ceiling <= stricter[key][1]
    assert silent.disposition <= refused.disposition
    for determination in refused.determinations:
        for each in determination.authorizations:
            if any(need.state == decision_pb2.NEED_STATE_REFUSED for need in each.needs):
                assert decision_pb2.AUTHORIZATION_STATE_OPEN != each.state


@given(timing=st.sampled_from(("before", "after", "standing")), status=st.sampled_from((None, *range(1, 4))))
def test_a_need_is_met_refused_or_to_do(timing: str, status: int | None) -> None:
    """A need that is met or to do leaves the authorization open, a refused one closes it; one to do before holds."""
    effect = {
        "authorize": {
            "id": "X1",
            "title": "X1",
            "covers": ["all"],
            "needs": [{"text": "N", "timing": timing, "met": 'held("zz.reg")'}],
        }
    }
    law = plain_package(
        rule("zz.need", {"require": {"basis": "B1"}}, 'tx.origin.country == "ZZ"'),
        rule("zz.lift", effect, 'tx.origin.country == "ZZ"'),
    )
    transaction = Transaction(activity=transaction_pb2.ACTIVITY_EXPORT, items=[transaction_pb2.Item(line="1")])
    transaction.origin.country = "ZZ"
    if status is not None:
        transaction.documents.add(id="zz.reg", status=status)
    result = ask(law.release, transaction)
    refused, held = status == transaction_pb2.HOLDING_STATUS_NOT_HELD, status == transaction_pb2.HOLDING_STATUS_HELD
    assert (AUTHORIZED < result.outcome) == refused
    assert (PROCEED == result.disposition) == (not refused and (held or timing != "before"))
