"""The join of outcomes, and what lies between a floor and a ceiling."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from licet.decision.resolution import Outcome, between, join

_OUTCOMES = st.sampled_from(Outcome)
_CERTAIN = st.sampled_from([o for o in Outcome if o is not Outcome.UNDETERMINED])


@given(one=_OUTCOMES, two=_OUTCOMES, three=_OUTCOMES)
def test_the_join_is_associative_commutative_and_idempotent(one: Outcome, two: Outcome, three: Outcome) -> None:
    """Outcomes join alike in whatever order and number, and NOT_SUBJECT adds nothing."""
    assert join(one, join(two, three)) == join(join(one, two), three) == join(one, two, three)
    assert join(one, two) == join(two, one)
    assert one == join(one, one) == join(one) == join(one, join()) == join(Outcome.NOT_SUBJECT, one)


@given(ends=st.tuples(_CERTAIN, _CERTAIN))
def test_the_answer_lies_between_floor_and_ceiling(ends: tuple[Outcome, Outcome]) -> None:
    """What a floor and a ceiling come to is no milder than the floor and no stricter than the ceiling; alike, it is both."""
    floor, ceiling = sorted(ends)
    assert floor <= between(floor, ceiling) <= ceiling
    assert floor == between(floor, floor)
    assert between(floor, ceiling).permissive == ceiling.permissive


@given(inner=st.tuples(_CERTAIN, _CERTAIN), outer=st.tuples(_CERTAIN, _CERTAIN))
def test_a_narrower_interval_keeps_a_permissive_answer_and_a_strict_one(
    inner: tuple[Outcome, Outcome], outer: tuple[Outcome, Outcome]
) -> None:
    """Within a permissive interval no answer is stricter; within one that asks for a license none is free."""
    low, high = sorted(outer)
    floor, ceiling = (min(max(end, low), high) for end in sorted(inner))
    if high.permissive:
        assert between(floor, ceiling) <= between(low, high)
    if not low.permissive:
        assert not between(floor, ceiling).permissive
