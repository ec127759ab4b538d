"""Unknown is safe: what is answered while facts are open stays true however they turn out."""

from __future__ import annotations

import re
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from tests.support.answers import AUTHORIZED, PROCEED, REFUSE, ask, compatible, completions, listed, trips_a_guard, uncleared
from tests.support.generated import any_package
from tests.support.narrowing import assert_narrower, short
from tests.support.open_facts import copied, relevant, slots, transactions


@given(data=st.data())
def test_a_permissive_answer_stays_permissive_however_the_open_facts_turn_out(data: st.DataObject) -> None:
    """Given the listed assumptions, every completion lies between floor and ceiling; what was permissive stays so, PROCEED too.

    A completion contradicts a listed assumption if it states another value of that fact, or trips its guard while the fact is unset.
    Claims are left as they are: unset they are false. A red flag that the exporter states later is news, not an open fact.
    """
    made = data.draw(any_package())
    transaction = data.draw(transactions(made.text))
    chance = data.draw(st.randoms(use_true_random=True))
    result = ask(made.release, transaction)
    assumed = listed(result)
    for completed in completions(made.release, transaction, assumed, made.text, chance.choice, most=32):
        turned_out = ask(made.release, completed)
        assert_narrower(turned_out, result, completed)
        if result.outcome <= AUTHORIZED:
            assert turned_out.outcome <= result.outcome
        if result.disposition == PROCEED and not uncleared(completed):
            assert PROCEED == turned_out.disposition, f"{short(completed)}: {list(turned_out.reasons)}"


@given(data=st.data())
def test_one_more_fact_only_narrows_the_interval(data: st.DataObject) -> None:
    """A stated fact that contradicts no listed assumption, and trips no guard of one, raises no ceiling and lowers no floor."""
    made = data.draw(any_package())
    transaction = data.draw(transactions(made.text))
    chance = data.draw(st.randoms(use_true_random=True))
    result = ask(made.release, transaction)
    assumed = listed(result)
    open_ = [(s, o) for s in slots(transaction) if relevant(s, made.text) for o in compatible(s, made.release, assumed)]
    for _, option in chance.sample(open_, min(10, len(open_))):
        stated = copied(transaction, option.state)
        if not trips_a_guard(made.release, stated, assumed):
            assert_narrower(ask(made.release, stated), result, stated)


@given(data=st.data())
def test_without_assumptions_every_completion_lies_between_floor_and_ceiling(data: st.DataObject) -> None:
    """With assumptions refused nothing is assumed, so every completion whatsoever lies in the interval."""
    made = data.draw(any_package())
    transaction = data.draw(transactions(made.text))
    chance = data.draw(st.randoms(use_true_random=True))
    result = ask(made.release, transaction, assumptions=REFUSE)
    assert not result.assumptions
    for completed in completions(made.release, transaction, {}, made.text, chance.choice, most=24):
        assert_narrower(ask(made.release, completed, assumptions=REFUSE), result, completed)


_NAMED: Final = re.compile(r"^(rates|determinations_elsewhere)\[.*\]")
_ELEMENTS: Final = re.compile(r"\b(parties|items|licenses|transit|listings|owners|concerns)\[[^\]]*\]")


@given(data=st.data())
def test_a_question_asks_for_a_fact_that_is_open(data: st.DataObject) -> None:
    """Every question names a fact, or a paragraph or region, that the transaction has not stated and can state."""
    made = data.draw(any_package())
    transaction = data.draw(transactions(made.text))
    open_ = {_pattern(slot.path) for slot in slots(transaction)}
    open_ |= {pattern.rpartition(".")[0] for pattern in open_ if pattern.endswith((".country", ".region"))}
    if "parties" in open_:
        open_ |= {"roles[BROKER]", "roles[END_USER]", "roles[ULTIMATE_CONSIGNEE]"}
    for question in ask(made.release, transaction).questions:
        assert _pattern(question.path) in open_, f"{question.path} is none of {sorted(open_)}"


def _pattern(path: str) -> str:
    return _ELEMENTS.sub(r"\1[*]", _NAMED.sub(r"\1", path))
