"""Which conditions the second opinion decides itself: expressions become formulas over atoms.

An atom that is *decided* asks whether something read of the transaction (codes, places, values) is among a set of entries, or of
the elements of a list, whether one is; the sets stand as facts in the engine, which joins them with what was read. Everything else
is *taken*: the tree walk says what it comes to. Whatever is read, is read by the `FactReader` either way; what silence means is no
matter of matching.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, TypeAlias

from licet.engine.rete_logic import Defined, Every, Fixed, Formula, Holds, Opposite, Some
from licet.language import tree as t
from licet.language.law import Law, PlaceGroup, Scheme, TableAt, WordGroup
from licet.language.tree import CompareOp, Expr, Function
from licet.language.values import Codes, Unknown

Loops: TypeAlias = tuple[tuple[str, Expr], ...]
_MOST_CONJUNCTIONS = 16


class Kind(StrEnum):
    """What a subject is, and so how its entries are looked for."""

    CODES = "codes"
    PLACES = "places"
    ROWS = "rows"
    VALUES = "values"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is read: `each`, for every element of the loops. `among` keeps entries of different kinds apart."""

    kind: Kind
    loops: Loops
    each: Expr
    among: str
    expects: str = ""
    """The kind of value that a comparison wants; one of another kind cannot be compared."""


@dataclass(frozen=True, slots=True)
class Entries:
    """A set of entries: those included (or all), less those excepted."""

    among: str
    include: frozenset[Any]
    exclude: frozenset[Any] = frozenset()
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether a value of the subject is among the entries, or with `opposite` is not; of what is not claimed neither is true."""

    subject: Subject
    entries: Entries
    opposite: bool = False
    unclaimed: bool = False
    """What the test comes to for a value that is not claimed."""

    def turned(self) -> Asked:
        """The negation."""
        return replace(self, opposite=not self.opposite, unclaimed=not self.unclaimed)


@dataclass(frozen=True, slots=True)
class Decided:
    """All of these hold of some element of the loops, which are the same for all."""

    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A condition whose value the tree walk gives."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class Open:
    """A condition that nothing settles: the law of the date is not in the package."""


Atom: TypeAlias = Decided | Taken | Open


class Recognizer:
    """Turns expressions that read no row into formulas, and numbers their atoms. The law is that of the date."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._numbers: dict[Atom, int] = {}
        self._formulas: dict[Expr, Formula] = {}

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """All atoms so far, by their numbers."""
        return tuple(self._numbers)

    def formula(self, expr: Expr) -> Formula:
        """The expression as a formula."""
        if expr not in self._formulas:
            self._formulas[expr] = self._formula(expr)
        return self._formulas[expr]

    def _formula(self, expr: Expr) -> Formula:
        match expr:
            case t.Const(value) if isinstance(value, bool):
                return Fixed(value)
            case t.Named(_, body):
                return _defined(self.formula(body))
            case t.And(parts):
                return Every(tuple(self.formula(part) for part in parts))
            case t.Or(parts):
                return Some(tuple(self.formula(part) for part in parts))
            case t.Not(of):
                return Opposite(self.formula(of))
            case t.Exists() | t.ForAll():
                return self._some((), expr)
            case t.Call(Function.LISTED, args):
                return self._listed(args) or self._atom(Taken(expr))
            case _:
                found = self._test((), expr)
                return self._atom(Decided((found,)) if isinstance(found, Asked) else found or Taken(expr))

    def _atom(self, atom: Atom) -> Formula:
        return Holds(self._numbers.setdefault(atom, len(self._numbers)))

    # ---- lists ----

    def _some(self, loops: Loops, expr: Expr) -> Formula:
        """Some element of the loops makes the expression true. A disjunction below is one of such formulas."""
        match expr:
            case t.Named(_, body):
                return self._some(loops, body)
            case t.Exists(var, over, body):
                return self._some((*loops, (var, over)), body)
            case t.ForAll(var, over, body) if not loops:
                return Opposite(self._some(((var, over),), t.Not(body)))
            case t.Or(parts):
                return Some(tuple(self._some(loops, part) for part in parts))
            case t.Not(t.Named(_, body)):
                return self._some(loops, t.Not(body))
            case t.Not(t.And(parts)):
                return Some(tuple(self._some(loops, t.Not(part)) for part in parts))
            case _:
                found = self._conjunctions(loops, expr, holds=True)
                if found is None or len(found) > _MOST_CONJUNCTIONS:
                    return self._atom(Taken(_exists(loops, expr)))
                return Some(tuple(self._atom(Decided(one)) for one in found))

    def _conjunctions(self, loops: Loops, expr: Expr, *, holds: bool) -> tuple[tuple[Asked, ...], ...] | None:
        """The tests of an element one of whose conjunctions must hold; None where it is asked anything else."""
        match expr:
            case t.Named(_, body):
                return self._conjunctions(loops, body, holds=holds)
            case t.Not(of):
                return self._conjunctions(loops, of, holds=not holds)
            case t.And(parts) | t.Or(parts):
                found = [self._conjunctions(loops, part, holds=holds) for part in parts]
                known = [one for one in found if one is not None]
                if len(known) < len(found):
                    return None
                return _product(known) if isinstance(expr, t.And) is holds else tuple(one for each in known for one in each)
            case _:
                asked = self._test(loops, expr)
                return ((asked if holds else asked.turned(),),) if isinstance(asked, Asked) else None

    # ---- tests ----

    def _test(self, loops: Loops, expr: Expr) -> Asked | Open | None:
        """A single test of something read; None where it is no such thing."""
        match expr:
            case t.Call(Function.WITHIN, (t.Var(name), t.Const(value))) if loops and loops[-1][0] == name:
                return self._within(loops, name, value)
            case t.Call(Function.MARKED, (t.Var(name), place, t.Const(column))) if _is_read(place):
                return _known(loops, self._marked(loops, name.removeprefix("tables."), place, str(column)))
            case t.Member(element, t.Var(name)) if name.startswith("groups.") and _is_read(element):
                return _known(loops, self._in_group(loops, element, name.removeprefix("groups.")))
            case t.Member(element, t.ListOf(parts)) if parts and _is_read(element):
                return _in_list(loops, element, parts)
            case t.Compare(op, left, t.Const(value)) if _is_read(left):
                return _equal(loops, op, left, value)
            case t.Compare(op, t.Const(value), right) if _is_read(right):
                return _equal(loops, op, right, value)
            case t.Select() | t.Entry() if _is_read(expr):
                return _equal(loops, CompareOp.EQ, expr, value=True)
            case _:
                return None

    def _in_group(self, loops: Loops, element: Expr, name: str) -> Asked | Open | None:
        match self._law.groups[name]:
            case None:
                return Open()
            case PlaceGroup(_, members, less, complement):
                subject = Subject(Kind.PLACES, loops, element, "place")
                return Asked(subject, Entries("place", members, less), opposite=complement)
            case WordGroup(_, members):
                # Of an empty list even an unknown is no member: that is left to the walk.
                return _values(loops, element, members) if members else None

    def _marked(self, loops: Loops, name: str, place: Expr, column: str) -> Asked | Open | None:
        table = self._law.tables[name]
        if table is None:
            return Open()
        if any(isinstance(row.cells.get(column), Unknown) for row in table.rows):
            return None
        among = f"row of {name}"
        marked = frozenset(row.key for row in table.rows if row.cells.get(column) is True)
        return Asked(Subject(Kind.ROWS, loops, place, among), Entries(among, marked))

    def _listed(self, args: tuple[Expr, ...]) -> Formula | None:
        """Some code of the item is within some row: rows without exception are one set."""
        item, table = args
        found = self._law.tables[table.name.removeprefix("tables.")] if isinstance(table, t.Var) else None
        if not isinstance(table, t.Var) or not _is_read(item):
            return None
        if found is None:
            return self._atom(Open())
        if not found.code_column:
            return None
        scheme = self._law.schemes.get(found.scheme)
        sets = _listed_sets(found, scheme) if scheme is not None else ()
        codes = t.Select(t.Entry(t.Select(item, "classifications"), found.scheme), "codes")
        return Some(tuple(self._atom(Decided((_codes((("c", codes),), "c", entries),))) for entries in sets)) if sets else None

    def _within(self, loops: Loops, name: str, value: Any) -> Asked | None:
        match loops[-1][1]:
            case t.Select(t.Entry(t.Select(_, "classifications"), scheme_id), "codes"):
                scheme = self._law.schemes.get(scheme_id)
                entries = _entries(value, scheme) if scheme is not None else None
                return _codes(loops, name, entries) if entries is not None else None
            case _:
                return None


def _listed_sets(table: TableAt, scheme: Scheme) -> tuple[Entries, ...]:
    """The sets of entries of a table's rows; the rows without exception are one set."""
    found = [entries for row in table.rows if (entries := _entries(row.cells[table.code_column], scheme)) is not None]
    plain = [entries for entries in found if not entries.exclude and not entries.everything]
    union = Entries(f"code of {scheme.id}", frozenset().union(*(entries.include for entries in plain)))
    return (*((union,) if plain else ()), *dict.fromkeys(entries for entries in found if entries.exclude or entries.everything))


def _product(parts: Iterable[tuple[tuple[Asked, ...], ...]]) -> tuple[tuple[Asked, ...], ...]:
    product: tuple[tuple[Asked, ...], ...] = ((),)
    for part in parts:
        product = tuple((*one, *other) for one in product for other in part)[: _MOST_CONJUNCTIONS + 1]
    return product


def _known(loops: Loops, found: Asked | Open | None) -> Asked | Open | None:
    """Of an empty list nothing is true, even where nothing is settled of its elements: that is left to the walk."""
    return None if loops and isinstance(found, Open) else found


def _defined(formula: Formula) -> Formula:
    return formula if isinstance(formula, Fixed | Holds | Defined) else Defined(formula)


def _exists(loops: Loops, body: Expr) -> Expr:
    for var, over in reversed(loops):
        body = t.Exists(var, over, body)
    return body


def _is_read(expr: Expr) -> bool:
    """Whether an expression only reads: a fact, a place, a bound name."""
    match expr:
        case t.Var(name):
            return not name.startswith(("groups.", "tables."))
        case t.Select(of, _) | t.Entry(of, _) | t.Named(_, of):
            return _is_read(of)
        case t.Call(Function.PLACE, (of,)):
            return _is_read(of) or isinstance(of, t.Const)
        case t.Choice(_, then, other):
            return _is_read(then) and _is_read(other)
        case t.Call(Function.PARTY | Function.LATEST, _):
            return True
        case _:
            return False


def _codes(loops: Loops, name: str, entries: Entries) -> Asked:
    return Asked(Subject(Kind.CODES, loops, t.Var(name), entries.among), entries)


def _entries(cell: Any, scheme: Scheme) -> Entries | None:
    """The entries that a cell or a literal names: a code, or codes with exceptions; None for those of another scheme."""
    if getattr(cell, "scheme", scheme.id) != scheme.id:
        return None
    among = f"code of {scheme.id}"
    if isinstance(cell, Codes):
        return Entries(among, frozenset(cell.include), frozenset(cell.exclude), cell.everything)
    return Entries(among, frozenset((scheme.normal(cell),))) if isinstance(cell, str) and cell else None


def _in_list(loops: Loops, element: Expr, parts: tuple[Expr, ...]) -> Asked | None:
    wanted = frozenset(part.value for part in parts if isinstance(part, t.Const))
    return _values(loops, element, wanted) if len(wanted) == len(parts) else None


def _equal(loops: Loops, op: CompareOp, element: Expr, value: Any) -> Asked | None:
    if op not in (CompareOp.EQ, CompareOp.NE) or value is None:
        return None
    found = _values(loops, element, frozenset((value,)), kind_of(value))
    return replace(found, opposite=op is CompareOp.NE)


def _values(loops: Loops, element: Expr, wanted: frozenset[Any], expects: str = "") -> Asked:
    among = f"value of {_field(loops, element)}"
    return Asked(Subject(Kind.VALUES, loops, element, among, expects), Entries(among, wanted))


def _field(loops: Loops, element: Expr) -> str:
    """The name of the fact that is read, only to keep the values of different facts apart."""
    match element:
        case t.Select(_, field):
            return field
        case t.Entry(_, key):
            return key
        case t.Var(name) if loops and loops[-1][0] == name:
            return _field(loops[:-1], loops[-1][1])
        case t.Var(name):
            return name
        case t.Named(_, body):
            return _field(loops, body)
        case _:
            return ""


def kind_of(value: Any) -> str:
    """What a value is to a comparison; values of different kinds cannot be compared."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "text"
    return "date" if hasattr(value, "toordinal") else "number"


# ---- rows ---------------------------------------------------------------------------------------------------------------


def reads_row(expr: Expr) -> bool:
    """Whether an expression reads a column of a row."""
    return any(isinstance(node, t.Var) and node.name.startswith("row.") for node in expr.nodes())


def row_columns(expr: Expr) -> tuple[str, ...]:
    """The columns that an expression reads."""
    names = (node.name for node in expr.nodes() if isinstance(node, t.Var) and node.name.startswith("row."))
    return tuple(dict.fromkeys(names))


def of_row(expr: Expr, cells: Mapping[str, Any]) -> Expr:
    """The expression with the cells of one row in place of its columns."""
    if isinstance(expr, t.Var):
        if expr.name not in cells:
            return expr
        cell = cells[expr.name]
        return cell if isinstance(cell, Expr) else t.Const(cell)
    changed = {field.name: _part(getattr(expr, field.name), cells) for field in fields(expr)}
    return type(expr)(**changed)


def _part(value: Any, cells: Mapping[str, Any]) -> Any:
    if isinstance(value, Expr):
        return of_row(value, cells)
    if isinstance(value, tuple):
        return tuple(of_row(part, cells) if isinstance(part, Expr) else part for part in value)
    return value
