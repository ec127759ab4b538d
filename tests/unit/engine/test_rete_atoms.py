from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pytest

from licet.engine.rete_atoms import Asked, Atom, Decided, Entries, Kind, Open, Recognizer, Taken, of_row, reads_row, row_columns
from licet.engine.rete_logic import atoms_of
from licet.language import tree as t
from licet.language.values import Codes
from licet.v1 import transaction_pb2 as pb
from tests.support.expressions import World, lowered
from tests.support.packages import load

_TABLES = """\
tables:
  - {id: entries, title: List of Testland, instrument: zz.act, cite: Annex, history_from: 2001-01-01}
  - {id: chart, title: Chart, instrument: zz.act, cite: Annex, history_from: 2001-01-01}
  - {id: late, title: Late chart, instrument: zz.act, cite: Annex, history_from: 2030-01-01}
"""
_MARKS = "*place:place,C1:mark\nZZ,X\nDE,\nCN,X\n"
_GROUPS = """\
history_from: 2030-01-01
groups:
  - {id: late, title: Late, kind: places, instrument: zz.act, cite: Annex, members: [DE]}
"""
_WORLD: Final = World(
    load(
        {
            "zz/tables/tables.yaml": _TABLES,
            "zz/tables/chart.csv": _MARKS,
            "zz/tables/late.csv": _MARKS,
            "zz/groups/late.yaml": _GROUPS,
        }
    )
)


def _atoms(text: str) -> tuple[Atom, ...]:
    recognizer = Recognizer(_WORLD.law)
    formula = recognizer.formula(lowered(text, _WORLD.names).expr)
    return tuple(recognizer.atoms[number] for number in sorted(atoms_of(formula)))


def _include(atoms: Iterable[Atom]) -> list[set[Any]]:
    return [set(asked.entries.include) for atom in atoms if isinstance(atom, Decided) for asked in atom.asked]


def _asked(text: str) -> Asked:
    (atom,) = _atoms(text)
    assert isinstance(atom, Decided)
    (asked,) = atom.asked
    return asked


_CODES = 'item.classifications["zz.list"].codes'


@pytest.mark.parametrize(
    ("text", "kind", "entries"),
    [
        ("tx.destination in groups.allies", Kind.PLACES, {"DE", "NO"}),
        ("tx.transit.exists(t, t in groups.embargoed)", Kind.PLACES, {"CN", "CRIMEA"}),
        ("tx.parties.exists(p, place(p) in groups.allies)", Kind.PLACES, {"DE", "NO"}),
        (f'{_CODES}.exists(c, within(c, "A1"))', Kind.CODES, {"A1"}),
        ("listed(item, tables.entries)", Kind.CODES, {"A1", "A2.b", "B1"}),
        ('marked(tables.chart, tx.destination, "C1")', Kind.ROWS, {"ZZ", "CN"}),
        ("tx.activity in [EXPORT, REEXPORT]", Kind.VALUES, {pb.ACTIVITY_EXPORT, pb.ACTIVITY_REEXPORT}),
        ("tx.end_use.purposes.exists(u, u in groups.weapons)", Kind.VALUES, {pb.PURPOSE_NUCLEAR_EXPLOSIVE}),
        ("fact.zz.fair == true", Kind.VALUES, {True}),
        ('item.circumstances["zz.sample"] == true', Kind.VALUES, {True}),
        ("item.published", Kind.VALUES, {True}),
        ('tx.origin.country != "ZZ"', Kind.VALUES, {"ZZ"}),
        ('party(END_USER).country == "DE"', Kind.VALUES, {"DE"}),
    ],
)
def test_what_is_decided(text: str, kind: Kind, entries: set[Any]) -> None:
    """Membership of codes, places, marks and values is decided against sets of entries, which become facts."""
    asked = _asked(text)
    assert (kind, entries) == (asked.subject.kind, set(asked.entries.include))


@pytest.mark.parametrize(
    "text",
    [
        'item.technical["frame_rate_hz"] > 5',
        "sum(tx.items.map(i, i.quantity)) > 8",
        "tx.parties.exists(p, p.military && tx.parties.exists(q, q.government))",
        "tx.origin.country == tx.destination.country",
        'held("zz.reg")',
        'tx.date >= date("2026-01-01")',
        "fact.zz.fair == true ? item.published : item.mass_market",
        'item.description.contains("pump")',
        "tx.destination.country in []",
    ],
)
def test_what_is_taken(text: str) -> None:
    """Arithmetic, order, lists within conditions on elements, papers and comparisons of two facts are taken from the walk."""
    assert any(isinstance(atom, Taken) for atom in _atoms(text))


@pytest.mark.parametrize(
    "text", ["tx.destination in groups.late", 'marked(tables.late, tx.destination, "C1")', "listed(item, tables.late)"]
)
def test_law_without_history_settles_nothing(text: str) -> None:
    """A group or table whose history does not reach the date is an atom that is neither true nor false."""
    assert (Open(),) == _atoms(text)


def test_of_an_empty_list_nothing_holds_even_without_history() -> None:
    """`exists` over a list is left to the walk where the group has no history: an empty list makes it false all the same."""
    (atom,) = _atoms("tx.transit.exists(t, t in groups.late)")
    assert isinstance(atom, Taken)


def test_a_disjunction_over_elements_is_several_atoms() -> None:
    """`exists(p, a or b)` is decided as `exists(p, a) or exists(p, b)`, and `all` as the opposite of `exists`."""
    assert [{True}, {True}] == _include(_atoms("tx.parties.exists(p, p.military || p.government)"))
    assert [{"CN", "CRIMEA"}] == _include(_atoms("tx.transit.all(t, !(t in groups.embargoed))"))


def test_a_conjunction_over_elements_is_one_atom() -> None:
    """`exists(p, a and b)` asks both of the same element; a disjunction in it makes several such atoms."""
    (both,) = _atoms('tx.parties.exists(p, p.military && !(p.country in ["DE"]))')
    assert isinstance(both, Decided)
    assert [False, True] == [asked.opposite for asked in both.asked]
    assert [{True}, {"DE"}, {True}, {True}] == _include(
        _atoms('tx.parties.exists(p, p.military && (p.country == "DE" || p.government))')
    )
    assert 2 == len(_atoms('tx.parties.exists(p, !(p.military && p.country == "DE"))'))


def test_what_is_not_claimed_is_neither_equal_nor_unequal() -> None:
    """A comparison with what is not claimed is false; only its negation, element by element, is true."""
    unequal = _asked('tx.parties.exists(p, p.name != "Acme")')
    opposite = _asked('tx.parties.exists(p, !(p.name == "Acme"))')
    assert (True, False) == (unequal.opposite, unequal.unclaimed)
    assert (True, True) == (opposite.opposite, opposite.unclaimed)


def test_codes_of_another_scheme_are_taken() -> None:
    """What compares codes of two schemes is left to the walk, which says that it cannot be told."""
    codes = Codes("other.list", ("A1",))
    expr = t.Exists("c", lowered(_CODES, _WORLD.names).expr, t.Call(t.Function.WITHIN, (t.Var("c"), t.Const(codes))))  # type: ignore[arg-type]  # a cell stands in place of its column
    recognizer = Recognizer(_WORLD.law)
    recognizer.formula(expr)
    assert (Taken(expr),) == recognizer.atoms


def test_rows_stand_in_place_of_their_columns() -> None:
    """A part that reads a row becomes an expression of its own for each row."""
    codes = Codes("zz.list", ("A1",), ("A1.b",))
    expr = t.Exists("c", lowered(_CODES, _WORLD.names).expr, t.Call(t.Function.WITHIN, (t.Var("c"), t.Var("row.codes"))))
    assert reads_row(expr)
    assert ("row.codes",) == row_columns(expr)
    of_one = of_row(expr, {"row.codes": codes})
    assert not reads_row(of_one)
    recognizer = Recognizer(_WORLD.law)
    recognizer.formula(of_one)
    (atom,) = recognizer.atoms
    assert isinstance(atom, Decided)
    assert (Entries("code of zz.list", frozenset(("A1",)), frozenset(("A1.b",))),) == tuple(asked.entries for asked in atom.asked)


def test_equal_tests_are_one_atom() -> None:
    """The same question about the same fact is asked once."""
    assert len(_atoms("tx.destination in groups.allies || !(tx.destination in groups.allies)")) == 1
