"""A claim can only help: it is made or not, and never makes an answer stricter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.support.answers import ask, intervals
from tests.support.generated import any_package
from tests.support.open_facts import claims, copied, transactions


@given(data=st.data())
def test_a_claim_never_makes_an_answer_stricter(data: st.DataObject) -> None:
    """A claim raises no floor, no ceiling, no outcome and no disposition."""
    made = data.draw(any_package())
    transaction = data.draw(transactions(made.text))
    before = ask(made.release, transaction)
    milder = intervals(before)
    for claim in claims(transaction):
        after = ask(made.release, copied(transaction, claim.state))
        assert after.outcome <= before.outcome, claim.label
        assert after.disposition <= before.disposition, f"{claim.label}: {list(after.reasons)}"
        for key, (floor, ceiling) in intervals(after).items():
            assert floor <= milder[key][0], f"{claim.label} of {key}"
            assert ceiling <= milder[key][1], f"{claim.label} of {key}"
