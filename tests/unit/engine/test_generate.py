from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.engine.generate import generate
from licet.engine.runtime import compare, member
from licet.language import tree as t
from licet.language.facts import Mode
from licet.language.law import WordGroup
from licet.language.scope import Scope
from licet.language.values import NOT_CLAIMED, Why, unknown
from licet.language.walk import truth
from licet.v1 import transaction_pb2
from tests.support.expressions import World, condition, transaction
from tests.support.packages import load
from tests.support.random_expressions import PLACE_GROUP, PLACES, PURPOSE_GROUP, WORD_GROUP, Written, conditions

_GROUPS: Final = f"""\
history_from: 2001-01-01
groups:
  - {{id: places, title: Places, kind: places, cite: Annex, members: [{", ".join(f"'{place}'" for place in PLACE_GROUP)}]}}
  - {{id: words, title: Words, kind: words, cite: Annex, members: [{", ".join(WORD_GROUP)}]}}
  - {{id: purposes, title: Purposes, kind: purposes, cite: Annex, members: [{", ".join(PURPOSE_GROUP)}]}}
"""
_WORLD: Final = World(load({"zz/groups/more.yaml": _GROUPS}))


def _scope(facts: transaction_pb2.Transaction, mode: Mode = Mode.NEED) -> Scope:
    reader = _WORLD.reader(facts, mode=mode, active=frozenset())
    return Scope(reader, {"tx": reader.root, **dict(zip(("item",), reader.items(), strict=False))})


def _both(expr: t.Expr, scope: Scope) -> tuple[bool, bool]:
    pair = generate(expr)
    return pair.possibly(scope), pair.certainly(scope)


def _of(value: object) -> tuple[bool, bool]:
    """Possible and certain, of a value in three-valued logic."""
    return value is not False, value is True


_SOME: Final = st.lists(st.sampled_from(PLACES), min_size=1, max_size=2)
_PARTY: Final = st.fixed_dictionaries(
    {
        "country": st.sampled_from(PLACES),
        "name": st.sampled_from(("buyer", "DE", "")),
        "roles": st.just(["PARTY_ROLE_END_USER"]) | st.just(["PARTY_ROLE_CARRIER"]),
        "military": st.booleans(),
        "government": st.booleans(),
        "business": st.just("BUSINESS_TRADER") | st.just("BUSINESS_MANUFACTURER"),
    }
)
_ITEM: Final = st.fixed_dictionaries(
    {
        "published": st.booleans(),
        "massMarket": st.booleans(),
        "unit": st.sampled_from(("kg", "m")),
        "countryOfOrigin": st.sampled_from(PLACES),
        "goods": st.just(["GOODS_FOOD"]) | st.just(["GOODS_MEDICINE"]),
        "classifications": st.sampled_from(("A1", "kg")).map(lambda code: {"zz.list": {"codes": [code]}}),
    }
)
_WHOLE: Final = st.fixed_dictionaries(
    {
        "activity": st.just("ACTIVITY_EXPORT") | st.just("ACTIVITY_TRANSIT"),
        "reference": st.sampled_from(("buyer", "A1")),
        "origin": st.sampled_from(PLACES).map(lambda place: {"country": place}),
        "destination": st.sampled_from(PLACES).map(lambda place: {"country": place}),
        "transit": _SOME.map(lambda places: [{"country": place} for place in places]),
        "endUse": st.fixed_dictionaries({"purposes": st.just(["PURPOSE_CIVIL"]), "temporary": st.booleans()}),
        "parties": st.lists(_PARTY, min_size=1, max_size=2),
        "items": st.lists(_ITEM, min_size=1, max_size=2),
    }
).map(lambda fields: transaction(**fields))


@st.composite
def _half_known(draw: st.DrawFn) -> tuple[transaction_pb2.Transaction, transaction_pb2.Transaction]:
    """A transaction, and the same with some of its facts left out."""
    whole = draw(_WHOLE)
    half = transaction_pb2.Transaction()
    half.CopyFrom(whole)
    for message in (half, half.origin, half.destination, half.end_use, *half.transit, *half.parties, *half.items):
        for field, _ in message.ListFields():
            if draw(st.integers(0, 2)) == 0:
                message.ClearField(field.name)
    return whole, half


def test_the_two_forms_are_the_walk_and_no_completion_overturns_them() -> None:
    """`possibly` and `certainly` are what the walk says of half the facts; what is certain is true, what is not possible false,
    once all facts are stated.
    """
    seen: Counter[tuple[bool, bool]] = Counter()

    @settings(max_examples=2_500, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(written=conditions(), facts=_half_known())
    def compared(written: Written, facts: tuple[transaction_pb2.Transaction, transaction_pb2.Transaction]) -> None:
        whole, half = facts
        expr = condition(written.ours, _WORLD.names)
        possible, certain = _both(expr, _scope(half))
        assert _of(truth(expr, _scope(half))) == (possible, certain), written.ours
        completed = truth(expr, _scope(whole))
        assert _of(completed) == _both(expr, _scope(whole)), written.ours
        assert completed is not False or not certain, written.ours
        assert completed is not True or possible, written.ours
        seen[possible, certain] += 1

    compared()
    assert {(True, True), (True, False), (False, False)} == set(seen)
    assert all(100 <= count for count in seen.values()), seen


_ODD: Final = transaction(
    circumstances={"zz.fair": {"placeValue": {"country": "DE"}}},
    items=[
        {
            "line": "1",
            "quantity": {"value": "NaN"},
            "technical": {"frame_rate_hz": {"decimalValue": {"value": "many"}}},
            "circumstances": {"zz.sample": {"placeValue": {"country": "DE"}}},
        }
    ],
)


@pytest.mark.parametrize(
    "text",
    [
        "1.0 < 1e999",
        "1e400 == 1e400",
        "[0.0 / 0.0].exists(x, x in [x])",
        "[0.0 / 0.0].exists(x, x == x)",
        "fact.zz.fair == fact.zz.fair",
        'item.circumstances["zz.sample"] == fact.zz.fair',
        'item.circumstances["zz.sample"] != fact.zz.fair',
        "fact.zz.fair == true",
        "item.quantity < 5.0",
        "item.quantity == item.quantity",
        'item.technical["frame_rate_hz"] == 5',
        "[].exists(x, x == 1)",
        "[].all(x, x == 1)",
        "1 / 0 == 1",
        "!(1 / 0 == 1)",
        "tx.parties.exists(p, tx.items.exists(i, i.published && p.military))",
        "tx.parties.all(p, p.military)",
        "item.published || !item.published",
    ],
)
@pytest.mark.parametrize("mode", [Mode.CONTROL, Mode.NEED], ids=str)
def test_odd_values_mean_what_the_walk_says(text: str, mode: Mode) -> None:
    """Infinities, what is no number, facts of an unexpected kind and empty lists come to the same as walked."""
    expr, scope = condition(text, _WORLD.names), _scope(_ODD, mode)
    assert _of(truth(expr, scope)) == _both(expr, scope)


@pytest.mark.parametrize("value", [True, 1, 1.0, "1", 'a"b\\', None])
def test_constants_keep_their_type(value: Any) -> None:
    """A literal is written so that it reads back as the same value of the same type."""
    for other in (True, 1, "1"):
        expr = t.Compare(t.CompareOp.EQ, t.Const(value), t.Const(other))
        assert _of(truth(expr, _scope(_ODD))) == _both(expr, _scope(_ODD))


def test_negation_swaps_the_two_forms() -> None:
    """What is unknown is possible and not certain, and so is its negation."""
    unset = condition('tx.destination.country == "DE"', _WORLD.names)
    scope = _scope(transaction())
    assert (True, False) == _both(unset, scope)
    assert (True, False) == _both(t.Not(unset), scope)
    assert (False, False) == _both(t.Not(t.Const(value=True)), scope)
    assert (True, True) == _both(t.Not(t.Const(value=False)), scope)


def test_what_is_not_claimed_compares_as_false() -> None:
    """An unset claim is never equal, unequal, below or above, and in no list."""
    assert all(compare(op, NOT_CLAIMED, 1) is False for op in ("==", "!=", "<", ">="))
    assert member(_scope(_ODD), NOT_CLAIMED, (1, 2)) is False


def test_nothing_is_in_an_empty_list() -> None:
    """Of an empty list or group it is known that it holds nothing, even what is unknown; of an unknown one it is not."""
    unset, scope = unknown("fact", Why.UNSET), _scope(_ODD)
    assert member(scope, unset, ()) is False
    assert member(scope, unset, WordGroup("none", frozenset())) is False
    assert member(scope, unset, ("a",)) is None
    assert member(scope, "a", unset) is None


def test_generated_source_knows_nothing_but_its_own_names() -> None:
    """Generated code has no builtins in reach."""
    pair = generate(t.Const(value=True))
    assert {} == pair.possibly.__globals__["__builtins__"]
