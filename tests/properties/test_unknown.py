"""Unknown is safe: what is answered while facts are open stays true however they turn out."""

from __future__ import annotations

from google.protobuf import text_format
from hypothesis import given
from hypothesis import strategies as st

from licet.v1 import decision_pb2
from tests.support.answers import AUTHORIZED, PROCEED, REFUSE, ask, compatible, completions, intervals, listed, trips_a_guard, uncleared
from tests.support.generated import packages
from tests.support.open_facts import Transaction, copied, relevant, slots, transactions


def _lies_within(inner: decision_pb2.Result, outer: decision_pb2.Result, stated: Transaction) -> None:
    """Every interval lies in the one of before, and so does the answer."""
    before = intervals(outer)
    for key, (floor, ceiling) in intervals(inner).items():
        why = f"{key}: {before[key]} turned to {(floor, ceiling)} with {_short(stated)}; assumed {listed(outer)}"
        assert before[key][0] <= floor, why
        assert ceiling <= before[key][1], why


def _short(transaction: Transaction) -> str:
    return text_format.MessageToString(transaction, as_one_line=True)


@given(data=st.data())
def test_a_permissive_answer_stays_permissive_however_the_open_facts_turn_out(data: st.DataObject) -> None:
    """Given the listed assumptions, every completion lies between floor and ceiling; what was permissive stays so, PROCEED too.

    A completion contradicts a listed assumption if it states another value of that fact, or trips its guard while the fact is unset.
    Claims are left as they are: unset they are false. A red flag that the exporter states later is news, not an open fact.
    """
    made = data.draw(packages())
    transaction = data.draw(transactions(made.text))
    chance = data.draw(st.randoms(use_true_random=True))
    result = ask(made.release, transaction)
    assumed = listed(result)
    for completed in completions(made.release, transaction, assumed, made.text, chance.choice, most=12):
        turned_out = ask(made.release, completed)
        _lies_within(turned_out, result, completed)
        if result.outcome <= AUTHORIZED:
            assert turned_out.outcome <= result.outcome
        if result.disposition == PROCEED and not uncleared(completed):
            assert PROCEED == turned_out.disposition, f"{_short(completed)}: {list(turned_out.reasons)}"


@given(data=st.data())
def test_one_more_fact_only_narrows_the_interval(data: st.DataObject) -> None:
    """A stated fact that contradicts no listed assumption, and trips no guard of one, raises no ceiling and lowers no floor."""
    made = data.draw(packages())
    transaction = data.draw(transactions(made.text))
    chance = data.draw(st.randoms(use_true_random=True))
    result = ask(made.release, transaction)
    assumed = listed(result)
    open_ = [(s, o) for s in slots(transaction) if relevant(s, made.text) for o in compatible(s, made.release, assumed)]
    for slot, option in chance.sample(open_, min(10, len(open_))):
        stated = copied(transaction, option.state)
        if not trips_a_guard(made.release, stated, assumed):
            _lies_within(ask(made.release, stated), result, stated)


@given(data=st.data())
def test_without_assumptions_every_completion_lies_between_floor_and_ceiling(data: st.DataObject) -> None:
    """With assumptions refused nothing is assumed, so every completion whatsoever lies in the interval."""
    made = data.draw(packages())
    transaction = data.draw(transactions(made.text))
    chance = data.draw(st.randoms(use_true_random=True))
    result = ask(made.release, transaction, assumptions=REFUSE)
    assert not result.assumptions
    for completed in completions(made.release, transaction, {}, made.text, chance.choice, most=8):
        _lies_within(ask(made.release, completed, assumptions=REFUSE), result, completed)
