"""Assumptions: those that are listed suffice and are needed, and without them no answer is milder."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from licet.decision.canonical import canonical, legal_date
from licet.decision.coverage import families_asked
from licet.decision.matching import Subject
from licet.decision.settings import Settings
from licet.decision.world import World, _found, _joined, _match, evaluate
from licet.engine.reference import ReferenceEngine
from licet.policy.release import Release
from tests.support.answers import AUTHORIZED, PROCEED, REFUSE, TODAY, ask, intervals
from tests.support.generated import any_package
from tests.support.open_facts import Transaction, transactions


def _subject(release: Release, transaction: Transaction) -> Subject:
    standard = canonical(transaction, TODAY)
    return Subject(standard, legal_date(standard), release, ReferenceEngine(), families_asked(release, ()), (), Settings())


def _world(subject: Subject, active: frozenset[str] | None) -> World:
    """What follows under some assumptions, worked out whole."""
    return _joined(subject, _found(subject, _match(subject, active), active), active)


@given(data=st.data())
def test_the_listed_assumptions_suffice_and_each_is_needed(data: st.DataObject) -> None:
    """Under the listed assumptions alone the answer is what it is under all; without any one of them it differs."""
    made = data.draw(any_package())
    transaction = data.draw(transactions(made.text))
    subject = _subject(made.release, transaction)
    world = evaluate(subject, use_assumptions=True)
    assert world.active is not None
    best = _world(subject, None).answer()
    assert best == world.answer()
    assert best == _world(subject, world.active).answer()
    for pattern in world.active:
        assert best != _world(subject, world.active - {pattern}).answer(), f"{pattern} is listed and not needed"
    assert world.active == {each.path for each in ask(made.release, transaction).assumptions}


@given(data=st.data())
def test_refusing_assumptions_gives_no_milder_answer(data: st.DataObject) -> None:
    """With assumptions refused every interval holds that under assumptions, and nothing is free that was not free before.

    The outcome itself may become UNDETERMINED where an assumption settled that a license is required: less is known, not more allowed.
    """
    made = data.draw(any_package())
    transaction = data.draw(transactions(made.text))
    used, refused = ask(made.release, transaction), ask(made.release, transaction, assumptions=REFUSE)
    wide = intervals(refused)
    for key, (floor, ceiling) in intervals(used).items():
        assert wide[key][0] <= floor
        assert ceiling <= wide[key][1]
    if refused.outcome <= AUTHORIZED:
        assert used.outcome <= refused.outcome
    if refused.disposition == PROCEED:
        assert PROCEED == used.disposition
