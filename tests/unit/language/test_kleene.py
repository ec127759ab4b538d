from __future__ import annotations

import itertools
from typing import Final

import pytest

from licet.language.kleene import all_of, any_of, negation
from licet.language.values import Missing, Unknown, Why
from tests.support.expressions import World, lacks, transaction
from tests.support.packages import load

_ONE: Final = Unknown(frozenset((Missing("one", "one", Why.UNSET),)))
_TWO: Final = Unknown(frozenset((Missing("two", "two", Why.UNSET),)))
_WORLD: Final = World(load())
_NAMED = {"true": True, "false": False, "unknown": None}
# A comparison with a fact that the transaction leaves out is unknown.
_TEXTS = {"true": "1 == 1", "false": "1 == 2", "unknown": 'tx.destination.country == "DE"'}

_AND = {("true", "true"): True, ("true", "unknown"): None, ("unknown", "unknown"): None}
_OR = {("false", "false"): False, ("false", "unknown"): None, ("unknown", "unknown"): None}


def _kleene(value: object) -> bool | None:
    """True, false, or None for unknown."""
    assert isinstance(value, (bool, Unknown))
    return None if isinstance(value, Unknown) else value


@pytest.mark.parametrize(("left", "right"), list(itertools.product(_NAMED, repeat=2)))
def test_and_follows_the_table(left: str, right: str) -> None:
    """A conjunction is false if any part is false, else unknown if any part is, else true, in whatever order."""
    wanted = _AND[left, right] if (left, right) in _AND else _AND.get((right, left), False)
    assert wanted == _kleene(_WORLD.value(f"{_TEXTS[left]} && {_TEXTS[right]}", transaction()))


@pytest.mark.parametrize(("left", "right"), list(itertools.product(_NAMED, repeat=2)))
def test_or_follows_the_table(left: str, right: str) -> None:
    """A disjunction is true if any part is true, else unknown if any part is, else false, in whatever order."""
    wanted = _OR[left, right] if (left, right) in _OR else _OR.get((right, left), True)
    assert wanted == _kleene(_WORLD.value(f"{_TEXTS[left]} || {_TEXTS[right]}", transaction()))


@pytest.mark.parametrize(("of", "wanted"), [("true", False), ("false", True), ("unknown", None)])
def test_not_follows_the_table(of: str, wanted: bool | None) -> None:
    """Negation turns true and false, and leaves unknown."""
    assert wanted == _kleene(_WORLD.value(f"!({_TEXTS[of]})", transaction()))


@pytest.mark.parametrize("test", _NAMED)
def test_a_choice_by_what_is_unknown_is_unknown(test: str) -> None:
    """`unknown ? a : b` is unknown even where both are the same, and takes one side otherwise."""
    assert _NAMED[test] == _kleene(_WORLD.value(f"({_TEXTS[test]}) ? true : false", transaction()))
    assert (None if test == "unknown" else True) == _kleene(_WORLD.value(f"({_TEXTS[test]}) ? true : true", transaction()))


def test_an_unknown_names_every_fact_it_lacks() -> None:
    """A conjunction or disjunction that is unknown lacks what its unknown parts lack, and nothing else."""
    assert Unknown(_ONE.missing | _TWO.missing) == all_of((_ONE, True, _TWO))
    assert Unknown(_ONE.missing | _TWO.missing) == any_of((_ONE, False, _TWO))
    assert _ONE == negation(_ONE)


def test_of_nothing_all_holds_and_none_does() -> None:
    """Of no parts, all hold, and none does: what `all` and `exists` of an empty list are."""
    assert all_of(()) is True
    assert any_of(()) is False


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('tx.parties.exists(p, p.country == "DE")', True),
        ('tx.parties.exists(p, p.country == "NO")', None),
        ('tx.parties.all(p, p.country == "DE")', None),
        ('tx.parties.all(p, p.country == "NO")', False),
        ('tx.parties.filter(p, p.country == "DE").exists(p, true)', None),
        ('"DE" in tx.parties.map(p, p.country)', None),
    ],
)
def test_loops_are_kleene_over_their_elements(text: str, wanted: bool | None) -> None:
    """`exists` is true if any element makes it so, `all` false if any does not; else they are unknown if any element is."""
    facts = transaction(parties=[{"reference": "a", "country": "DE"}, {"reference": "b"}])
    value = _WORLD.value(text, facts)
    assert wanted == _kleene(value)
    assert (set() if wanted is not None else {("parties[b].country", Why.UNSET)}) == lacks(value)


def test_what_fails_is_unknown_with_its_reason() -> None:
    """An expression that fails is unknown because of the failure, not false; and what holds in spite of it holds."""
    assert {("", Why.ERROR)} == lacks(_WORLD.value("1 / 0 == 1", transaction()))
    assert {("", Why.ERROR)} == lacks(_WORLD.value("!(1 / 0 == 1)", transaction()))
    assert _WORLD.value("1 / 0 == 1 || true", transaction()) is True
    assert _WORLD.value("1 / 0 == 1 && false", transaction()) is False


def test_a_whole_number_out_of_range_is_unknown() -> None:
    """Whole numbers do not grow beyond 64 bits and do not wrap around: the result is unknown."""
    assert {("", Why.ERROR)} == lacks(_WORLD.value("9223372036854775807 + 1 > 0", transaction()))
    assert {("", Why.ERROR)} == lacks(_WORLD.value("(-9223372036854775807 - 1) / (-1) > 0", transaction()))
    assert {("", Why.ERROR)} == lacks(_WORLD.value("-(-9223372036854775807 - 1) > 0", transaction()))


@pytest.mark.parametrize(
    "text", ["-7 / 2 == -3", "7 / -2 == -3", "-7 / -2 == 3", "-7 % 3 == -1", "7 % -3 == 1", "7 / 2 == 3", "7.0 / 2.0 == 3.5"]
)
def test_whole_numbers_divide_towards_zero(text: str) -> None:
    """A quotient of whole numbers drops its fraction, and the remainder has the sign of what was divided."""
    assert _WORLD.value(text, transaction()) is True


def test_what_is_no_number_is_in_no_list() -> None:
    """Not-a-number equals nothing, so it is not even in the list that holds it."""
    assert _WORLD.value("[0.0 / 0.0].exists(x, x in [x])", transaction()) is False


def test_a_fact_is_compared_as_written() -> None:
    """A number in a condition is the decimal that it reads as: 0.3 equals a stated 0.3 and includes it as a limit."""
    facts = transaction(items=[{"line": "1", "quantity": {"value": "0.3"}}])
    assert _WORLD.value("item.quantity == 0.3", facts) is True
    assert _WORLD.value("item.quantity <= 0.3", facts) is True
    assert _WORLD.value("item.quantity > 0.3", facts) is False
