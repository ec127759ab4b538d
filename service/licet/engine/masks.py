"""Conditions over the rows of a table as bits: which rows a condition possibly and which it certainly holds for.

A decision table is compiled once. Each atom of its condition (a part without and, or, not) depends on some columns of the row; it
is evaluated once for each distinct value of those columns, not once a row. Codes have an index of their own: code to rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from licet.engine.generate import Pair, generate
from licet.language import tree as t
from licet.language.law import Row, Scheme, Within
from licet.language.scope import Scope
from licet.language.tree import Expr, Function
from licet.language.values import Code, Codes
from licet.language.walk import walk

_MOST_CODES = 20_000


@dataclass(frozen=True, slots=True)
class Masks:
    """The rows (bits) for which something is possibly and certainly true; `certain` is a part of `possible`."""

    possible: int
    certain: int


class Rows:
    """The rows of one table rule on one date; a rule without a table has one row that binds nothing."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)
        self.all = (1 << len(self.rows)) - 1

    def by_value(self, columns: tuple[str, ...]) -> tuple[tuple[int, Mapping[str, Any]], ...]:
        """The rows grouped by what stands in these columns: the mask of each group, with the variables of one of its rows."""
        groups: dict[tuple[Any, ...], int] = {}
        samples: dict[tuple[Any, ...], Mapping[str, Any]] = {}
        for number, row in enumerate(self.rows):
            key = tuple(_identity(row.variables[column]) for column in columns)
            groups[key] = groups.get(key, 0) | 1 << number
            samples.setdefault(key, row.variables)
        return tuple((mask, samples[key]) for key, mask in groups.items())


def _identity(cell: Any) -> Any:
    """What makes two cells the same for an atom; code sets are compared by what they hold."""
    if isinstance(cell, Codes):
        return cell.scheme, cell.include, cell.exclude, cell.everything
    return (type(cell), repr(cell)) if isinstance(cell, Expr) else (type(cell), cell)


@dataclass(slots=True)
class Match:
    """One match of a package against a case: scopes, and what atoms came to so far."""

    scope: Scope
    line: str
    known: dict[tuple[int, int, str], Masks]


class Atom:
    """A part of a condition that is looked at as a whole."""

    def __init__(self, expr: Expr, rows: Rows, number: int) -> None:
        names = {node.name for node in expr.nodes() if isinstance(node, t.Var)}
        self.expr = expr
        self.rows = rows
        self.number = number
        self.columns = tuple(sorted(name for name in names if name.startswith("row.")))
        self.per_item = "item" in names or any(_mentions_item(row.variables[c]) for c in self.columns for row in rows.rows)
        self.cost = len(self._groups) if self.columns else 0

    @cached_property
    def _groups(self) -> tuple[tuple[int, Mapping[str, Any]], ...]:
        return self.rows.by_value(self.columns)

    def masks(self, match: Match, candidates: int) -> Masks:
        """The masks among the candidates."""
        possible = certain = 0
        for group, (mask, variables) in enumerate(self._groups):
            if mask & candidates:
                found = self._test(match, group, variables)
                possible |= mask if found.possible else 0
                certain |= mask if found.certain else 0
        return Masks(possible & candidates, certain & candidates)

    @cached_property
    def _pair(self) -> Pair:
        return generate(self.expr)

    def _test(self, match: Match, group: int, variables: Mapping[str, Any]) -> Masks:
        """Whether the atom possibly and certainly holds for one group of rows, as masks of one bit."""
        key = (self.number, group, match.line if self.per_item else "")
        if key not in match.known:
            scope = Scope(match.scope.facts, {**match.scope.variables, **variables}) if variables else match.scope
            possible = self._pair.possibly(scope)
            match.known[key] = Masks(int(possible), int(possible and self._pair.certainly(scope)))
        return match.known[key]


def _mentions_item(cell: Any) -> bool:
    return isinstance(cell, Expr) and any(isinstance(node, t.Var) and node.name == "item" for node in cell.nodes())


class CodeAtom(Atom):
    """Some code of a classification is within the row's codes: an index from code to rows, filled as codes are seen."""

    def __init__(self, expr: Expr, rows: Rows, number: int, codes: Expr, column: str) -> None:
        super().__init__(expr, rows, number)
        self.codes = codes
        self.column = column
        self.cost = -1
        self._index: dict[str, Masks] = {}

    def masks(self, match: Match, candidates: int) -> Masks:
        """The masks among the candidates."""
        codes = walk(self.codes, match.scope)
        if not isinstance(codes, tuple) or any(_rechecked(code, match.scope) for code in codes):
            return super().masks(match, candidates)
        possible = certain = 0
        for code in codes:
            found = self._of_code(code, match.scope.law.schemes[code.scheme])
            possible |= found.possible
            certain |= found.certain
        return Masks(possible & candidates, certain & candidates)

    def _of_code(self, code: Code, scheme: Scheme) -> Masks:
        found = self._index.get(code)
        if found is None:
            possible = certain = 0
            for mask, variables in self._groups:
                stands = _stands(scheme, code, variables[self.column])
                possible |= mask if stands is not Within.OUTSIDE else 0
                certain |= mask if stands is Within.INSIDE else 0
            if len(self._index) >= _MOST_CODES:  # callers choose what they send
                self._index.clear()
            found = self._index[str(code)] = Masks(possible, certain)
        return found


def _stands(scheme: Scheme, code: Code, entries: Any) -> Within:
    """How a code stands to a cell; to a cell of another scheme it stands in no known way."""
    if entries is None:
        return Within.OUTSIDE
    if getattr(entries, "scheme", scheme.id) != scheme.id:
        return Within.NOT_AN_ENTRY
    known = entries if isinstance(entries, Codes) else Codes(scheme.id, (scheme.normal(str(entries)),))
    return scheme.within(str(code), known)


def _rechecked(code: Any, scope: Scope) -> bool:
    """Whether more than its scheme decides about a code: a dated negative answer may be older than the list."""
    scheme = scope.law.schemes.get(code.scheme) if isinstance(code, Code) else None
    return scheme is None or (code.as_of is not None and scheme.normal(code) in scheme.negative)


# ---- nodes --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class All:
    """All parts hold; the cheapest are looked at first, and only rows that are still possible by the next."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Some part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Inverse:
    """The part does not hold: certainty and possibility change places."""

    part: Node


Node: TypeAlias = All | Some | Inverse | Atom


def evaluate(node: Node, match: Match, candidates: int) -> Masks:
    """The masks of a node among the candidates."""
    match node:
        case All():
            return _all(node, match, candidates)
        case Some():
            return _some(node, match, candidates)
        case Inverse():
            inner = evaluate(node.part, match, candidates)
            return Masks(candidates & ~inner.certain, candidates & ~inner.possible)
        case Atom():
            return node.masks(match, candidates)


def _all(node: All, match: Match, candidates: int) -> Masks:
    possible = certain = candidates
    for part in node.parts:
        if not possible:
            break
        found = evaluate(part, match, possible)
        possible, certain = found.possible, certain & found.certain
    return Masks(possible, certain & possible)


def _some(node: Some, match: Match, candidates: int) -> Masks:
    possible = certain = 0
    for part in node.parts:
        left = candidates & ~certain
        if not left:
            break
        found = evaluate(part, match, left)
        possible, certain = possible | found.possible, certain | found.certain
    return Masks(possible, certain)


class Builder:
    """Builds nodes from expressions, numbering atoms; equal atoms of one set of rows are one."""

    def __init__(self) -> None:
        self._atoms: dict[tuple[int, str], Atom] = {}
        self._rows: dict[str, Rows] = {}

    def rows(self, table: str, rows: Iterable[Row]) -> Rows:
        """The rows of a table, one value for all rules that loop over it."""
        if table not in self._rows:
            self._rows[table] = Rows(rows)
        return self._rows[table]

    def node(self, expr: Expr, rows: Rows) -> Node:
        """The node of an expression over these rows."""
        match expr:
            case t.Named():
                return self.node(expr.body, rows)
            case t.And():
                return All(tuple(sorted((self.node(part, rows) for part in expr.parts), key=_cost)))
            case t.Or():
                return Some(tuple(sorted((self.node(part, rows) for part in expr.parts), key=_cost)))
            case t.Not():
                return Inverse(self.node(expr.of, rows))
            case _:
                return self._atom(expr, rows)

    def _atom(self, expr: Expr, rows: Rows) -> Atom:
        key = (id(rows), repr(expr))  # equality would take true for 1
        if key not in self._atoms:
            codes = _code_test(expr)
            number = len(self._atoms)
            self._atoms[key] = CodeAtom(expr, rows, number, *codes) if codes is not None else Atom(expr, rows, number)
        return self._atoms[key]


def _cost(node: Node) -> int:
    if isinstance(node, Atom):
        return node.cost
    parts = (node.part,) if isinstance(node, Inverse) else node.parts
    return max(map(_cost, parts))


def _code_test(expr: Expr) -> tuple[Expr, str] | None:
    """The codes and the column of `codes.exists(c, within(c, row.column))`, if the expression is that."""
    if not isinstance(expr, t.Exists) or not isinstance(expr.over, t.Select) or expr.over.field != "codes":
        return None
    body = expr.body.body if isinstance(expr.body, t.Named) else expr.body
    if not isinstance(body, t.Call) or body.function is not Function.WITHIN or body.args[0] != t.Var(expr.var):
        return None
    column = body.args[1]
    if isinstance(column, t.Var) and column.name.startswith("row."):
        return expr.over, column.name
    return None


__all__ = ["Builder", "Masks", "Match", "Node", "Rows", "evaluate"]
