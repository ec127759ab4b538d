from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from licet.language.tree import Call, Compare, CompareOp, Const, Entry, Expr, Function, Not, Select, Var
from licet.language.values import Code, Codes, Unknown, Why
from licet.policy.model import Interval, Table
from tests.support.expressions import World, transaction
from tests.support.packages import PACKAGE, faults_of, load, replaced, rule, rules_file
from tests.support.shipments import decided, request

_SAMPLE: Final = Compare(CompareOp.EQ, Entry(Select(Var("item"), "circumstances"), "zz.sample"), Const(value=True))


def _changed(header: str, *rows: str) -> dict[str, str | bytes | None]:
    tables = PACKAGE["zz/tables/tables.yaml"] + "  - {id: t, title: T, cite: C, history_from: 2001-01-01}\n"
    return {"zz/tables/tables.yaml": tables, "zz/tables/t.csv": "\n".join((header, *rows)) + "\n"}


def _table(header: str, *rows: str) -> Table:
    return load(_changed(header, *rows)).packages["zz"].tables["t"]


def _cell(kind: str, text: str) -> Any:
    return _table(f"*k:word,x:{kind}", f'1,"{text}"').rows[0].cells["x"]


# ---- what a cell of each type is ----


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("text", "NO", "NO"),
        ("text", "0123", "0123"),
        ("cite", "15 CFR 742.4, note", "15 CFR 742.4, note"),
        ("word", "NS", "NS"),
        ("number", "0.50", Decimal("0.50")),
        ("number", "-3", Decimal(-3)),
        ("percent", "12.5", Decimal("12.5")),
        ("money(USD)", "5000", Decimal(5000)),
        ("bool", "yes", True),
        ("bool", "no", False),
        ("mark", "X", True),
        ("mark", "x", True),
        ("mark", "", False),
        ("date", "2020-02-29", datetime.date(2020, 2, 29)),
        ("words", "a; b ;c", ("a", "b", "c")),
        ("regime", "CLUB; unilateral", "CLUB; unilateral"),
        ("place", "NO", Call(Function.PLACE, (Const("NO"),))),
        ("group", "allies", Var("groups.allies")),
        ("fact", "zz.sample", _SAMPLE),
        ("fact", "!zz.sample", Not(_SAMPLE)),
    ],
)
def test_a_cell_is_of_its_type(kind: str, text: str, wanted: object) -> None:
    """Each type of column gives a value of its own kind, read from the text alone."""
    cell = _cell(kind, text)
    assert wanted == cell
    assert type(wanted) is type(cell)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("text?", ""),
        ("word?", ""),
        ("cite?", ""),
        ("regime?", ""),
        ("words?", ()),
        ("bool?", False),
        ("expr?", Const(value=True)),
        ("fact?", Const(value=True)),
        ("number?", None),
        ("date?", None),
        ("codes(zz.list)?", None),
        ("place?", None),
        ("group?", None),
    ],
)
def test_an_empty_cell_is_what_its_type_says(kind: str, wanted: object) -> None:
    """Where cells may be empty an empty condition is true, an empty text is empty, and anything else is nothing."""
    cell = _cell(kind, "")
    assert wanted == cell
    assert type(wanted) is type(cell)


def test_a_code_knows_its_scheme() -> None:
    """A cell of one code carries the scheme that its column names."""
    cell = _cell("code(zz.list)", "A2.b")
    assert isinstance(cell, Code)
    assert ("A2.b", "zz.list") == (str(cell), cell.scheme)


@pytest.mark.parametrize(
    ("text", "include", "exclude", "everything"),
    [
        ("A1", ("A1",), (), False),
        ("B1; A1", ("A1", "B1"), (), False),
        ("A1 except A1.x", ("A1",), ("A1.x",), False),
        ("A1; B1 except A1.y; A1.x", ("A1", "B1"), ("A1.x", "A1.y"), False),
        ("all", (), (), True),
        ("all except A1", (), ("A1",), True),
    ],
)
def test_codes_name_entries_and_exceptions(
    text: str, include: tuple[str, ...], exclude: tuple[str, ...], *, everything: bool
) -> None:
    """A cell of codes names entries, then exceptions; `all` stands for every entry; the order of writing means nothing."""
    cell = _cell("codes(zz.list)", text)
    assert isinstance(cell, Codes)
    assert (include, exclude, everything, "zz.list") == (cell.include, cell.exclude, cell.everything, cell.scheme)


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("number", "many", "CELL"),
        ("number", "1e3", "CELL"),
        ("number", "1_000", "CELL"),
        ("number", "1,000", "CELL"),
        ("number", "NaN", "CELL"),
        ("number", "٣", "CELL"),
        ("percent", "50%", "CELL"),
        ("money(USD)", "$5", "CELL"),
        ("bool", "true", "CELL"),
        ("bool", "Yes", "CELL"),
        ("mark", "y", "CELL"),
        ("date", "2020-02-30", "DATE"),
        ("date", "29.2.2020", "DATE"),
        ("code(zz.list)", "A2b", "CODE"),
        ("code(zz.list)", "A1; B1", "CODE"),
        ("codes(zz.list)", "A1, B1", "CODE"),
        ("codes(zz.list)", "A1 except", "CODE"),
        ("codes(zz.list)", "all; A1", "CODE"),
        ("codes(zz.list)", ";", "EMPTY_CELL"),
        ("codes(zz.lst)", "A1", "UNKNOWN_NAME"),
        ("place", "QQ", "UNKNOWN_NAME"),
        ("group", "alies", "UNKNOWN_NAME"),
        ("regime", "CLUP", "UNKNOWN_NAME"),
        ("column(t)", "y", "UNKNOWN_NAME"),
        ("fact", "zz.fair", "UNKNOWN_NAME"),
        ("expr", "item.quantity", "EXPRESSION"),
        ("expr", "tx.activity == EXPORT", "EXPRESSION"),
    ],
)
def test_a_cell_that_is_not_of_its_type_is_a_fault_in_its_row(kind: str, text: str, code: str) -> None:
    """A cell that its column's type does not allow is one fault, at its row."""
    (fault,) = faults_of(
        _changed(f"*k:word,x:{kind}", "0,", f'1,"{text}"') if kind == "mark" else _changed(f"*k:word,x:{kind}", f'1,"{text}"')
    )
    assert code == fault.code
    assert ("zz/tables/t.csv", 3 if kind == "mark" else 2) == (fault.at.file, fault.at.line)


# ---- the table ----


def test_a_row_is_named_by_its_keys() -> None:
    """A row's name joins its key cells; rows stand in the order of their names, whatever the order of the file."""
    table = _table("*entry:code(zz.list),note:text?,*reason:word", "B1,,NS", "A1,,RS", "A1,,NS")
    assert ["A1/NS", "A1/RS", "B1/NS"] == [row.key for row in table.rows]
    assert ("entry", "reason") == table.keys


def test_a_row_is_dated_by_its_columns() -> None:
    """`from`, `to`, `by` and `to_by` date a row; the same key may stand again for another time."""
    table = _table("*k:word,from:date?,by:text?,to:date?,to_by:text?", "1,,,2020-01-01,Act 1", "1,2020-01-01,Act 2,,")
    day = datetime.date(2020, 1, 1)
    assert [Interval(datetime.date.min, "", day, "Act 1"), Interval(day, "Act 2")] == [row.interval for row in table.rows]


def test_the_first_column_of_codes_says_what_is_listed() -> None:
    """`listed` looks into the first column of codes, or of one code where there is none."""
    both = _table("*entry:code(zz.list),more:codes(zz.list),last:codes(zz.list)", "A1,B1,A1")
    assert ("more", "zz.list") == (both.code_column, both.scheme)
    one = _table("*entry:code(zz.list),note:text?", "A1,")
    assert ("entry", "zz.list") == (one.code_column, one.scheme)


def test_equal_conditions_in_cells_are_one() -> None:
    """The same text in two cells of conditions is the same tree, and each row keeps its own line."""
    table = _table("*k:word,x:expr", "1,item.quantity > 5", "2,item.quantity > 5", "3,item.quantity > 6")
    first, second, third = (row.cells["x"] for row in table.rows)
    assert isinstance(first, Expr)
    assert first is second
    assert first != third
    assert [2, 3, 4] == [row.at.line for row in table.rows]


def test_a_decision_table_is_one_rule_a_row() -> None:
    """A rule over a table stands for one rule for each row, named after it, and reads the row's cells in its effect."""
    release = load(
        {
            **_changed(
                "*entry:code(zz.list),basis:word,review:word?,when:expr?", "A1,LIST,denial,", 'A2.b,END-USE,,"item.quantity > 5"'
            ),
            "zz/rules/rules.yaml": PACKAGE["zz/rules/rules.yaml"]
            .replace("tables.entries", "tables.t")
            .replace("{require: {basis: LIST, review: =row.review}}", "{require: {basis: =row.basis, review: =row.review}}")
            .replace("{regime: =row.regime, relation: implements, entry: =row.entry}", "{regime: unilateral, relation: own}")
            .replace('when: [tx.destination.country != "ZZ"]', "when: [row.when]"),
        }
    )
    for code, quantity, wanted in (
        ("A1", "1", {("zz.list[A1]", "LIST")}),
        ("A2.b", "6", {("zz.list[A2.b]", "END-USE")}),
        ("A2.b", "5", set()),
        ("B1", "6", set()),
    ):
        item = {"line": "1", "classifications": {"zz.list": {"codes": [code]}}, "quantity": {"value": quantity}}
        (determination,) = decided(release, request(items=[item])).determinations
        assert wanted == {(each.rule, each.basis) for each in determination.requirements}


def test_a_table_that_the_rule_names_must_be_there() -> None:
    """A rule over a table that another package has is a fault: a package sees its own tables and its bloc's."""
    (fault,) = faults_of(
        {"zz/rules/more.yaml": rules_file(rule("zz.x", {"require": {"basis": "LIST"}}, "true", for_each="tables.us"))}
    )
    assert "UNKNOWN_NAME" == fault.code


def test_a_mark_that_is_not_held_is_neither_marked_nor_blank() -> None:
    """A question mark in the chart leaves what turns on it unknown, for want of the law and not of a fact; other cells are plain."""
    release = load(
        _changed("*place:place,C1:mark?,C2:mark?,from:date?,to:date?", "DE,X,?,,2020-02-24", "DE,X,,2020-02-24,", "NO,,X,,")
    )
    for day, country, column, wanted in (
        ("2020-02-23", "DE", "C1", True),
        ("2020-02-24", "DE", "C2", False),
        ("2020-02-23", "NO", "C2", True),
    ):
        world = World(release, datetime.date.fromisoformat(day))
        text = f'marked(tables.t, tx.destination, "{column}")'
        assert wanted is world.value(text, transaction(destination={"country": country})), (day, country, column)
    before = World(release, datetime.date(2020, 2, 23))
    for text in ('marked(tables.t, tx.destination, "C2")', "tables.t.C2[tx.destination.country]"):
        value = before.value(text, transaction(destination={"country": "DE"}))
        assert isinstance(value, Unknown), text
        assert {Why.HISTORY} == {missing.why for missing in value.missing}


def test_the_entries_of_a_scheme_may_stand_in_several_tables() -> None:
    """A scheme knows the entries of every table that it names, and a table that is not there is a fault."""
    schemes = replaced("schemes.yaml", "table: entries", "table: [entries, t]")
    more = _changed("*entry:code(zz.list)", "C7")
    assert load(more | schemes).schemes["zz.list"].entries == frozenset(("A1", "A2.b", "B1", "C7"))
    assert [fault.message for fault in faults_of(schemes)] == ["t is no table of zz"]
