from __future__ import annotations

import datetime
import itertools
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.engine.masks import Builder, CodeAtom, Masks, Match, Rows, evaluate
from licet.language import tree as t
from licet.language.facts import FactReader, Mode, Vocabulary
from licet.language.law import Row
from licet.language.scope import Scope
from licet.language.tree import CompareOp, Expr, Function
from licet.language.values import Codes, Unknown, Why, unknown
from licet.language.walk import truth
from licet.v1 import transaction_pb2
from tests.support.expressions import World, transaction
from tests.support.laws import EMPTY_LAW
from tests.support.packages import CATALOGUES, PACKAGE, load

_VALUES: Final[tuple[Any, ...]] = (True, False, unknown("fact", Why.UNSET))
_A, _B, _C = (t.Var(f"row.{name}") for name in "abc")
# One row for each way in which three conditions may turn out.
_ROWS: Final = Rows(
    Row(str(n), {}, {f"row.{name}": value for name, value in zip("abc", values, strict=True)})
    for n, values in enumerate(itertools.product(_VALUES, repeat=3))
)


def _scope() -> Scope:
    reader = FactReader(transaction_pb2.Transaction(), Vocabulary({}), EMPTY_LAW, mode=Mode.CONTROL, active=None)
    return Scope(reader, {"tx": reader.root})


def _masks(expr: Expr, rows: Rows, candidates: int, scope: Scope) -> Masks:
    return evaluate(Builder().node(expr, rows), Match(scope, "", {}), candidates)


def _walked(expr: Expr, rows: Rows, candidates: int, scope: Scope) -> Masks:
    """Row by row, as the reference does."""
    possible = certain = 0
    for number, row in enumerate(rows.rows):
        value = truth(expr, Scope(scope.facts, {**scope.variables, **row.variables}))
        possible |= (value is not False) << number
        certain |= (value is True) << number
    return Masks(possible & candidates, certain & candidates)


@pytest.mark.parametrize(
    "expr",
    [
        *(t.And((_A, _B)), t.Or((_A, _B)), t.Not(_A), t.And((_A, _B, _C)), t.Or((_A, _B, _C))),
        *(t.Not(t.And((_A, _B))), t.Not(t.Or((_A, t.Not(_B)))), t.Not(t.Not(_C))),
        *(t.And((t.Or((_A, _B)), t.Not(_C))), t.Or((t.And((_A, _B)), t.Not(_C))), t.Named("definition", t.And((_A, t.Not(_B))))),
    ],
    ids=repr,
)
def test_nodes_follow_the_truth_tables(expr: Expr) -> None:
    """All, Some and Inverse give for every combination of true, false and unknown what the walk gives, row by row."""
    assert _walked(expr, _ROWS, _ROWS.all, _scope()) == _masks(expr, _ROWS, _ROWS.all, _scope())


_EXPRESSIONS: Final = st.recursive(
    st.sampled_from((_A, _B, _C, t.Const(value=True), t.Const(value=False))),
    lambda inner: (
        st.builds(t.Not, inner)
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: t.And(tuple(parts)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: t.Or(tuple(parts)))
    ),
    max_leaves=8,
)


@given(expr=_EXPRESSIONS, candidates=st.integers(0, _ROWS.all))
def test_masks_are_the_walk_among_any_candidates(expr: Expr, candidates: int) -> None:
    """However conditions nest, the masks are those of the walk, cut down to the candidates; what is certain is possible."""
    found = _masks(expr, _ROWS, candidates, _scope())
    assert _walked(expr, _ROWS, candidates, _scope()) == found
    assert found.certain == found.certain & found.possible


@given(one=_EXPRESSIONS, other=_EXPRESSIONS, third=_EXPRESSIONS)
def test_the_laws_of_kleene_hold_for_masks(one: Expr, other: Expr, third: Expr) -> None:
    """Order and nesting carry no meaning, negation is its own inverse, and De Morgan's laws hold."""

    def masks(expr: Expr) -> Masks:
        return _masks(expr, _ROWS, _ROWS.all, _scope())

    assert masks(t.And((one, other))) == masks(t.And((other, one)))
    assert masks(t.Or((one, other))) == masks(t.Or((other, one)))
    assert masks(t.And((one, t.And((other, third))))) == masks(t.And((one, other, third)))
    assert masks(t.And((one, t.Or((other, third))))) == masks(t.Or((t.And((one, other)), t.And((one, third)))))
    assert masks(t.Not(t.And((one, other)))) == masks(t.Or((t.Not(one), t.Not(other))))
    assert masks(t.Not(t.Not(one))) == masks(one)


# ---- cells and constants ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", list(itertools.permutations((True, 1, 1.0), 2)), ids=repr)
def test_constants_that_look_equal_stay_apart(pair: tuple[Any, Any]) -> None:
    """`true`, `1` and `1.0` equal one another in Python; conditions with the one are not taken for those with the other."""
    rows = Rows((Row("", {}, {}),))
    builder, scope = Builder(), _scope()
    for constant in pair:
        expr = t.Compare(CompareOp.EQ, t.Const(constant), t.Const(value=True))
        found = evaluate(builder.node(expr, rows), Match(scope, "", {}), rows.all)
        assert _walked(expr, rows, rows.all, scope) == found


@pytest.mark.parametrize("pair", list(itertools.permutations((True, 1, Decimal(1), "1", None), 2)), ids=repr)
def test_cells_that_look_equal_stay_apart(pair: tuple[Any, Any]) -> None:
    """Rows are looked at together only where their cells are the same in type and value."""
    rows = Rows(Row(str(n), {}, {"row.a": cell}) for n, cell in enumerate(pair))
    for constant in (True, 1, "1"):
        expr = t.Compare(CompareOp.EQ, _A, t.Const(constant))
        assert _walked(expr, rows, rows.all, _scope()) == _masks(expr, rows, rows.all, _scope())


def test_equal_atoms_are_looked_at_once() -> None:
    """The same condition over the same rows is one atom; over other rows it is another."""
    builder, others = Builder(), Rows(_ROWS.rows)
    assert builder.node(_A, _ROWS) is builder.node(t.Var("row.a"), _ROWS)
    assert builder.node(_A, _ROWS) is not builder.node(_A, others)


# ---- codes --------------------------------------------------------------------------------------------------------------

_OTHER: Final = "  - {id: zz.other, title: Other, grammar: paragraphs, pattern: '[A-Z][0-9]+', negative: [NLR]}\n"
_WORLD: Final = World(
    load(
        {
            "schemes.yaml": CATALOGUES["schemes.yaml"] + _OTHER,
            "zz/tables/entries.csv": PACKAGE["zz/tables/entries.csv"] + "A2.b.1,denial,CLUB,\nA1.c.2,denial,CLUB,\n",
        }
    )
)
_CODES: Final = t.Select(t.Entry(t.Select(t.Var("item"), "classifications"), "zz.list"), "codes")
_TEST: Final = t.Exists("c", _CODES, t.Call(Function.WITHIN, (t.Var("c"), t.Var("row.codes"))))
_CELLS: Final[tuple[Any, ...]] = (
    *(Codes("zz.list", (entry,)) for entry in ("A1", "A1.c.2", "A2", "A2.b", "A2.b.1", "B1")),
    Codes("zz.list", ("A1", "B1")),
    Codes("zz.list", ("A1",), ("A1.c",)),
    Codes("zz.list", ("A2",), ("A2.b.1",)),
    Codes("zz.list", (), everything=True),
    Codes("zz.list", (), ("A1.c",), everything=True),
    Codes("zz.other", ("A1",)),
    *("A1", " A1", "A2.b", None),
)
_CODE_ROWS: Final = Rows(Row(str(n), {}, {"row.codes": cell}) for n, cell in enumerate(_CELLS))
_STATED: Final = (
    "A1",
    "A1.c",
    "A1.c.2",
    "A1.c.2.x",
    "A1.d",
    "A2",
    "A2.b",
    "A2.b.1",
    "A2.b.7",
    "B1",
    "B2",
    "Q9",
    "nonsense",
    "NLR",
    " NLR",
)


def _item_scope(*codes: str, as_of: datetime.date | None = None) -> Scope:
    classification: dict[str, Any] = {"codes": list(codes)}
    if as_of is not None:
        classification["asOf"] = {"year": as_of.year, "month": as_of.month, "day": as_of.day}
    facts = transaction(items=[{"line": "1", "classifications": {"zz.list": classification}}])
    reader = _WORLD.reader(facts)
    return Scope(reader, {"tx": reader.root, "item": reader.items()[0]})


@pytest.mark.parametrize("as_of", [None, datetime.date(2020, 1, 1), datetime.date(2025, 1, 1)], ids=str)
@pytest.mark.parametrize("codes", [(), *((code,) for code in _STATED), ("A1", "Q9"), ("A2.b.1", "B1"), ("NLR", "A2")], ids=repr)
def test_the_index_of_codes_is_the_walk(codes: tuple[str, ...], as_of: datetime.date | None) -> None:
    """For a code that is an entry, above or below one, no entry, or negative, of any age, the index gives what the walk gives.

    Cells include codes, except some, hold all, are plain words, are empty, or name another scheme.
    """
    scope = _item_scope(*codes, as_of=as_of)
    node = Builder().node(_TEST, _CODE_ROWS)
    assert isinstance(node, CodeAtom)
    for _ in range(2):  # the second time from the index
        assert _walked(_TEST, _CODE_ROWS, _CODE_ROWS.all, scope) == evaluate(node, Match(scope, "1", {}), _CODE_ROWS.all)


def test_the_index_says_what_codes_mean() -> None:
    """An entry is certain; a code above it, and a typo, are possible; an exception and a negative answer are neither."""
    rows = Rows((Row("", {}, {"row.codes": Codes("zz.list", ("A1", "A2.b"), ("A1.c",))}),))

    def found(code: str) -> Masks:
        return _masks(_TEST, rows, 1, _item_scope(code))

    assert Masks(1, 1) == found("A1.d")
    assert Masks(1, 0) == found("A1")
    assert Masks(1, 0) == found("A2")
    assert Masks(1, 0) == found("Q9")
    assert Masks(0, 0) == found("A1.c.2")
    assert Masks(0, 0) == found("NLR")


def test_an_unset_classification_leaves_every_entry_possible() -> None:
    """Nothing stated about codes is unknown for every row that names some."""
    reader = _WORLD.reader(transaction(items=[{"line": "1"}]))
    scope = Scope(reader, {"tx": reader.root, "item": reader.items()[0]})
    assert isinstance(truth(_CODES, scope), Unknown)
    assert Masks(_CODE_ROWS.all, 0) == _masks(_TEST, _CODE_ROWS, _CODE_ROWS.all, scope)


def test_the_index_of_codes_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers choose the codes that they send; the index forgets before it grows too large."""
    monkeypatch.setattr("licet.engine.masks._MOST_CODES", 3)
    node = Builder().node(_TEST, _CODE_ROWS)
    assert isinstance(node, CodeAtom)
    for code in _STATED:
        scope = _item_scope(code)
        assert _walked(_TEST, _CODE_ROWS, _CODE_ROWS.all, scope) == evaluate(node, Match(scope, "1", {}), _CODE_ROWS.all)
        assert len(node._index) <= 3
