from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from licet.engine.rete_logic import (
    ALWAYS,
    MOST_IN_PRODUCT,
    NEVER,
    Alternative,
    Defined,
    Every,
    Fixed,
    Flag,
    FlagTable,
    Formula,
    Holds,
    Opposite,
    RowHolds,
    RowIs,
    RowText,
    Some,
    atoms_of,
)
from licet.language.kleene import all_of, any_of, negation
from licet.language.values import Unknown, Why, unknown

_ATOMS = 6
_OPEN = unknown("somewhere", Why.UNSET)


def _formulas() -> st.SearchStrategy[Formula]:
    leaves = st.one_of(st.booleans().map(Fixed), *(st.just(Holds(n)) for n in range(_ATOMS)))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=4).map(lambda parts: Every(tuple(parts))),
            st.lists(inner, min_size=1, max_size=4).map(lambda parts: Some(tuple(parts))),
            inner.map(Opposite),
            inner.map(Defined),
        ),
        max_leaves=24,
    )


def _kleene(formula: Formula, values: tuple[bool | Unknown, ...]) -> bool | Unknown:
    match formula:
        case Fixed(value):
            return value
        case Holds(atom):
            return values[atom]
        case Every(parts):
            return all_of(_kleene(part, values) for part in parts)
        case Some(parts):
            return any_of(_kleene(part, values) for part in parts)
        case Opposite(of):
            return negation(_kleene(of, values))
        case Defined(of):
            return _kleene(of, values)
        case _:
            raise AssertionError(formula)


def _is_set(number: int, flags: FlagTable, values: tuple[bool | Unknown, ...], *, certain: bool) -> bool:
    """Whether a flag is set in a world, worked out from its alternatives."""
    derived = flags.derived(number)
    if derived is not None:
        return any(_holds(one, flags, values, certain=certain) for one in derived.alternatives)
    if number < 0:
        return number == ALWAYS
    wanted = number % 2 == 0
    value = values[number // 2]
    return value is wanted if certain else value is not (not wanted)


def _holds(one: Alternative, flags: FlagTable, values: tuple[bool | Unknown, ...], *, certain: bool) -> bool:
    return all(isinstance(test, Flag) and _is_set(test.number, flags, values, certain=certain) for test in one)


@settings(deadline=None, derandomize=True)
@given(_formulas(), st.booleans(), st.tuples(*[st.sampled_from((True, False, _OPEN))] * _ATOMS))
def test_two_worlds_say_the_third_value(formula: Formula, holds: bool, values: tuple[bool | Unknown, ...]) -> None:
    """Alternatives of flags hold in the certain world where the formula is true, in the possible one unless it is false."""
    flags = FlagTable(_ATOMS)
    value = _kleene(formula if holds else Opposite(formula), values)
    alternatives = flags.alternatives(formula, holds=holds)
    assert (value is True) == any(_holds(one, flags, values, certain=True) for one in alternatives)
    assert (value is not False) == any(_holds(one, flags, values, certain=False) for one in alternatives)


@settings(deadline=None, derandomize=True)
@given(_formulas(), st.booleans(), st.tuples(*[st.sampled_from((True, False, _OPEN))] * _ATOMS))
def test_one_flag_says_a_formula(formula: Formula, holds: bool, values: tuple[bool | Unknown, ...]) -> None:
    """A formula's own flag is set as the formula is, and the same formula has the same flag."""
    flags = FlagTable(_ATOMS)
    number = flags.flag(formula, holds=holds)
    value = _kleene(formula if holds else Opposite(formula), values)
    assert (value is True) == _is_set(number, flags, values, certain=True)
    assert (value is not False) == _is_set(number, flags, values, certain=False)
    assert number == flags.flag(formula, holds=holds)


def test_products_stay_small() -> None:
    """A conjunction of many disjunctions has few alternatives: parts of it become flags of their own."""
    pairs = tuple(Some((Holds(2 * n), Holds(2 * n + 1))) for n in range(20))
    flags = FlagTable(40)
    assert len(flags.alternatives(Every(pairs))) <= MOST_IN_PRODUCT
    assert flags.count > 80


def test_a_condition_and_its_opposite_may_hold_together() -> None:
    """`a or not a` is no certainty, and `a and not a` no contradiction: of an unknown both are possible."""
    flags = FlagTable(1)
    assert (frozenset((Flag(0),)), frozenset((Flag(1),))) == flags.alternatives(Some((Holds(0), Opposite(Holds(0)))))
    assert (frozenset((Flag(0), Flag(1))),) == flags.alternatives(Every((Holds(0), Opposite(Holds(0)))))


def test_what_is_fixed_needs_no_rule() -> None:
    """A formula that is always or never true has the flag that says so."""
    flags = FlagTable(1)
    assert ALWAYS == flags.flag(Some((Fixed(value=True), Holds(0))))
    assert NEVER == flags.flag(Every((Fixed(value=False), Holds(0))))


def test_parts_of_a_row_are_never_folded() -> None:
    """What reads a row stays in the alternatives, since every row means something else by it."""
    row = Some((RowHolds(0), RowIs("reason", "AT")))
    found = FlagTable(1).alternatives(Every((Defined(row), Defined(row), Opposite(RowIs("reason", "CC")))))
    assert all(any(isinstance(test, RowText) and not test.equal for test in one) for one in found)
    assert atoms_of(row) == frozenset()
