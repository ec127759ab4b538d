"""Typed tables: a CSV header gives each column its type; a cell that is not of it is a fault with its row."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from licet.language import tree as t
from licet.language.faults import Position
from licet.language.law import Cell, Scheme
from licet.language.tree import Expr, Function
from licet.language.values import Code, Codes, Path, Why, unknown
from licet.policy.model import Interval, Table, TableRow
from licet.policy.reading import Faults, nearest, read_date
from licet.policy.source import TableSource
from licet.policy.text import CsvText


class ColumnType(StrEnum):
    """The types a column may have."""

    TEXT = "text"
    CITE = "cite"
    WORD = "word"
    CODE = "code"
    CODES = "codes"
    COLUMN = "column"
    MARK = "mark"
    PLACE = "place"
    GROUP = "group"
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    BOOL = "bool"
    DATE = "date"
    REGIME = "regime"
    WORDS = "words"
    EXPR = "expr"
    FACT = "fact"


_HEADER = re.compile(r"(?P<key>\*)?(?P<name>[a-zA-Z_]\w*):(?P<type>[a-z]+)(?:\((?P<of>[\w.\-]+)\))?(?P<empty>\?)?")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_NOT_HELD = "?"
_INTERVAL = frozenset(("from", "to", "by", "to_by"))
_NEEDS_ARGUMENT = frozenset((ColumnType.CODE, ColumnType.CODES, ColumnType.COLUMN, ColumnType.MONEY))


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: name, type, its argument (scheme, table or currency), whether it is a key, whether cells may be empty."""

    name: str
    type: ColumnType
    of: str
    key: bool
    may_be_empty: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What cells may name."""

    schemes: Mapping[str, Scheme]
    groups: frozenset[str]
    columns: Mapping[str, frozenset[str]]
    """Mark columns of each table."""
    circumstances: frozenset[str]
    regimes: frozenset[str]
    places: frozenset[str]


def read_header(csv: CsvText, faults: Faults) -> tuple[ColumnSpec, ...]:
    """The columns of a table; a header cell that cannot be read is a fault."""
    specs: list[ColumnSpec] = []
    for number, text in enumerate(csv.header, 1):
        at = Position(csv.file, 1, number)
        match = _HEADER.fullmatch(text)
        types = {kind.value: kind for kind in ColumnType}
        if match is None or match["type"] not in types:
            hint = (
                nearest(match["type"], types)
                if match
                else "write name:type, *name:type for a key, name:type? for cells that may be empty"
            )
            faults.add(at, "HEADER", f"the header cell {text} of column {number} cannot be read", hint)
            continue
        kind = types[match["type"]]
        if (match["of"] is not None) != (kind in _NEEDS_ARGUMENT):
            faults.add(
                at,
                "HEADER",
                f"the type {kind} of column {match['name']} is wrong",
                f"{kind}(...) names a scheme, table or currency",
            )
        if match["name"] in ("from", "to") and kind is not ColumnType.DATE:
            faults.add(at, "HEADER", f"the column {match['name']} dates the row", f"write {match['name']}:date?")
        specs.append(ColumnSpec(match["name"], kind, match["of"] or "", bool(match["key"]), bool(match["empty"])))
    if not any(spec.key for spec in specs):
        faults.add(Position(csv.file, 1, 1), "HEADER", "the table has no key column", "mark key columns with *")
    names = [spec.name for spec in specs]
    for name in {name for name in names if names.count(name) > 1}:
        faults.add(Position(csv.file, 1, 1), "HEADER", f"the column {name} stands twice")
    return tuple(specs)


def build_table(source: TableSource, csv: CsvText, specs: tuple[ColumnSpec, ...], known: Known, faults: Faults) -> Table:
    """The typed table; every bad cell and every repeated key is a fault. `expr` cells stay text here."""
    rows: list[TableRow] = []
    lines: dict[tuple[str, datetime.date], int] = {}
    for row in csv.rows:
        texts = dict(zip((spec.name for spec in specs), row.cells, strict=True)) if len(specs) == len(row.cells) else {}
        if not texts:
            continue
        cells = {
            spec.name: _cell(spec, texts[spec.name], Position(csv.file, row.line, column), known, faults)
            for column, spec in enumerate(specs, 1)
        }
        key = "/".join(texts[spec.name] for spec in specs if spec.key)
        interval = _interval(cells, Position(csv.file, row.line, 1), faults)
        if (key, interval.start) in lines:
            first = lines[key, interval.start]
            faults.add(Position(csv.file, row.line, 1), "DUPLICATE", f"the key {key} stands on line {first} already")
        lines[key, interval.start] = row.line
        rows.append(TableRow(key, cells, interval, Position(csv.file, row.line, 1)))
    _check_overlaps(rows, faults)
    coded = next((spec for spec in specs if spec.type is ColumnType.CODES), None) or next(
        (spec for spec in specs if spec.type is ColumnType.CODE), None
    )
    return Table(
        id=source.id.text,
        title=source.title,
        instrument=source.instrument.text if source.instrument else "",
        cite=source.cite,
        provenance=source.provenance,
        history_from=source.history_from,
        columns={spec.name: spec.type.value for spec in specs},
        keys=tuple(spec.name for spec in specs if spec.key),
        scheme=coded.of if coded else "",
        code_column=coded.name if coded else "",
        rows=tuple(sorted(rows, key=lambda row: (row.key, row.interval.start))),
        at=source.at,
    )


def _check_overlaps(rows: list[TableRow], faults: Faults) -> None:
    ordered = sorted(rows, key=lambda row: (row.key, row.interval.start))
    for before, after in itertools.pairwise(ordered):
        same = before.key == after.key and before.interval.start != after.interval.start  # else it is a duplicate
        if same and (before.interval.end is None or after.interval.start < before.interval.end):
            faults.add(
                after.at,
                "OVERLAP",
                f"the row {after.key} of line {before.at.line} is still in force on {after.interval.start}",
                "end the older row with `to`",
            )


def _interval(cells: Mapping[str, Cell], at: Position, faults: Faults) -> Interval:
    start, end = cells.get("from"), cells.get("to")
    first = start if isinstance(start, datetime.date) else datetime.date.min
    last = end if isinstance(end, datetime.date) else None
    if last is not None and last <= first:
        faults.add(at, "DEAD_INTERVAL", f"the row is in force from {first} to {last}, which holds no day")
    return Interval(first, str(cells.get("by") or ""), last, str(cells.get("to_by") or ""))


def _cell(spec: ColumnSpec, text: str, at: Position, known: Known, faults: Faults) -> Cell:  # noqa: C901, PLR0912  # one branch for each type
    if not text:
        if spec.type is ColumnType.MARK:
            return False
        if not spec.may_be_empty:
            faults.add(
                at,
                "EMPTY_CELL",
                f"the cell of column {spec.name} is empty",
                f"fill it, or declare {spec.name}:{spec.type}?",
            )
        return _EMPTY.get(spec.type)
    match spec.type:
        case ColumnType.TEXT | ColumnType.CITE | ColumnType.WORD | ColumnType.EXPR:
            return text
        case ColumnType.CODE | ColumnType.CODES:
            return _codes(spec, text, at, known, faults)
        case ColumnType.COLUMN:
            return _named(text, known.columns.get(spec.of, frozenset()), f"column of table {spec.of}", at, faults)
        case ColumnType.MARK:
            if text == _NOT_HELD:
                return unknown(f"{at.file}:{spec.name}", Why.HISTORY, f"whether {spec.name} was marked on that date")
            if text.upper() != "X":
                faults.add(
                    at, "CELL", f"the cell of column {spec.name} is {text}, expected X, ? or nothing", "? is a mark not known"
                )
            return True
        case ColumnType.PLACE:
            return t.Call(Function.PLACE, (t.Const(_named(text, known.places, "place", at, faults)),))
        case ColumnType.GROUP:
            return t.Var(f"groups.{_named(text, known.groups, 'group', at, faults)}")
        case ColumnType.NUMBER | ColumnType.PERCENT | ColumnType.MONEY:
            return _number(spec, text, at, faults)
        case ColumnType.BOOL:
            if text not in ("yes", "no"):
                faults.add(at, "CELL", f"the cell of column {spec.name} is {text}, expected yes or no")
            return text == "yes"
        case ColumnType.DATE:
            return read_date(text, at, f"column {spec.name}", faults)
        case ColumnType.REGIME:
            for regime in text.split(";"):
                _named(regime.strip(), known.regimes, "regime", at, faults)
            return text
        case ColumnType.WORDS:
            return tuple(word.strip() for word in text.split(";") if word.strip())
        case ColumnType.FACT:
            return _fact(text, at, known, faults)


_EMPTY: Mapping[ColumnType, Cell] = {
    ColumnType.TEXT: "",
    ColumnType.CITE: "",
    ColumnType.WORD: "",
    ColumnType.REGIME: "",
    ColumnType.COLUMN: "",
    ColumnType.WORDS: (),
    ColumnType.BOOL: False,
    ColumnType.EXPR: t.Const(True),
    ColumnType.FACT: t.Const(True),
}


def _named(text: str, names: frozenset[str], what: str, at: Position, faults: Faults) -> str:
    if text not in names:
        faults.add(at, "UNKNOWN_NAME", f"{text} is no {what}", nearest(text, names))
    return text


def _number(spec: ColumnSpec, text: str, at: Position, faults: Faults) -> Cell:
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    faults.add(at, "CELL", f"the cell of column {spec.name} is {text}, expected a number")
    return None


def _codes(spec: ColumnSpec, text: str, at: Position, known: Known, faults: Faults) -> Cell:
    scheme = known.schemes.get(spec.of)
    if scheme is None:
        faults.add(at, "UNKNOWN_NAME", f"{spec.of} is no scheme", nearest(spec.of, known.schemes))
        return None
    if spec.type is ColumnType.CODE:
        _check_code(text, scheme, at, faults)
        return Code.of(scheme.normal(text), scheme.id, Path())
    included, _, excluded = re.sub(r"\s+except\s+", "\0", text).partition("\0")
    include = [code.strip() for code in included.split(";") if code.strip()]
    exclude = [code.strip() for code in excluded.split(";") if code.strip()]
    everything = include == ["all"]
    if not include:
        faults.add(at, "EMPTY_CELL", f"the cell of column {spec.name} names no code", "name one, or write `all`")
    for code in (*([] if everything else include), *exclude):
        _check_code(code, scheme, at, faults)
    normal = tuple(sorted(map(scheme.normal, [] if everything else include)))
    return Codes(scheme.id, normal, tuple(sorted(map(scheme.normal, exclude))), everything)


def _check_code(code: str, scheme: Scheme, at: Position, faults: Faults) -> None:
    if not scheme.pattern.fullmatch(scheme.normal(code)):
        faults.add(at, "CODE", f"{code} is no code of {scheme.id}", f"expected the form {scheme.pattern.pattern}")


def _fact(text: str, at: Position, known: Known, faults: Faults) -> Expr:
    name = text.removeprefix("!").strip()
    _named(name, known.circumstances, "circumstance of the item that a vocabulary declares", at, faults)
    fact = t.Compare(t.CompareOp.EQ, t.Entry(t.Select(t.Var("item"), "circumstances"), name), t.Const(True))
    return t.Not(fact) if text.startswith("!") else fact
