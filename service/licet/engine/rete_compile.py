"""A package's law on some interval of dates as formulas and alternatives of flags: what a forward-chaining engine can be given.

Conditions become formulas (`rete_atoms`), formulas become alternatives of flags (`rete_logic`). A part of a condition that reads a
row is another formula for each row of the table; no row is selected beforehand. What does not fit is refused, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from licet.engine.reference import mode_of
from licet.engine.rete_atoms import Recognizer, Taken, of_row, reads_row, row_columns
from licet.engine.rete_limits import MOST_ALTERNATIVES, MOST_TABLE_ROWS, MOST_TESTS
from licet.engine.rete_logic import Alternative, Every, FlagTable, Formula, Opposite, RowHolds, RowIs, Some, atoms_of, below
from licet.engine.rete_program import Place, Plan, PlannedRow, Refusal
from licet.language import tree as t
from licet.language.law import Law, Row
from licet.language.tree import CompareOp, Expr
from licet.policy import model as m


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule as alternatives: those of its `about` alone, and those of the whole; `leaves` are its conditions as formulas."""

    plan: Plan
    table: str
    about: tuple[Alternative, ...]
    whole: tuple[Alternative, ...]
    leaves: tuple[Formula, ...]

    def targets(self) -> Iterator[Entry]:
        """Everything that the rule's firing consists of."""
        yield from (Entry(2 * self.plan.number, one, possible=True) for one in self.about)
        yield from (Entry(2 * self.plan.number + 1, one, possible=False) for one in self.whole)


@dataclass(frozen=True, slots=True)
class Entry:
    """What an alternative sets or notes, by number; with `possible`, only the possible world is of interest."""

    target: int
    tests: Alternative
    possible: bool


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A rule whose conditions are formulas."""

    plan: Plan
    table: str
    about: Formula | None
    when: Formula
    leaves: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a rule's condition that reads a row."""

    table: str
    expr: Expr


class _Refused(Exception):  # noqa: N818  # caught here, and told as a refusal
    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(reason)


class Compiler:
    """Compiles the rules of a package; `refusals` are those it cannot be trusted with."""

    def __init__(self, package: m.Package, law: Law) -> None:
        self.recognizer = Recognizer(law)
        self.meanings: list[dict[int, Formula]] = []
        """Of each part that reads a row, what it is for each row."""
        self.rows: dict[str, tuple[PlannedRow, ...]] = {}
        self.refusals: list[Refusal] = []
        self._package = package
        self._law = law
        self._parts: dict[_Part, int] = {}

    def compiled(self) -> tuple[tuple[Compiled, ...], FlagTable]:
        """The rules as alternatives, and the flags that these name."""
        drawn = [self._drawn(number, rule) for number, rule in enumerate(self._package.rules)]
        flags = FlagTable(len(self.recognizer.atoms))
        compiled = [self._compiled(one, flags) for one in drawn if one is not None]
        return tuple(each for each in compiled if each is not None), flags

    def law_rows(self, table: str) -> Iterator[tuple[Row, bool]]:
        """The rows of a table, and whether only their dates keep them out; none where the table has no history."""
        found = self._law.tables[table]
        if found is not None:
            yield from ((row, False) for row in found.rows)
            yield from ((row, True) for row in found.dormant)

    def shares(self, leaf: Formula) -> frozenset[bool]:
        """Whether the atoms of a leaf are decided (True) or taken from the walk (False), for every row that it may read."""
        numbers = set(atoms_of(leaf))
        for each in below(leaf):
            if isinstance(each, RowHolds):
                numbers |= {atom for meaning in set(self.meanings[each.part].values()) for atom in atoms_of(meaning)}
        return frozenset(not isinstance(self.recognizer.atoms[number], Taken) for number in numbers)

    # ---- formulas ----

    def _drawn(self, number: int, rule: m.Rule) -> _Drawn | None:
        try:
            plan, table = self._plan(number, rule)
        except _Refused as refused:
            self.refusals.append(Refusal(rule.id, refused.reason, refused.detail))
            return None
        about = self._condition(rule.about, table) if rule.about is not None else None
        leaves = tuple(self._formula(leaf.expr, table) for part in (rule.about, rule.when) for leaf in m.leaves(part))
        return _Drawn(plan, table, about, self._condition(rule.when, table), leaves)

    def _plan(self, number: int, rule: m.Rule) -> tuple[Plan, str]:
        tables = [loop.table for loop in rule.loops if loop.table]
        if len(tables) > 1:
            raise _Refused("two tables in one for_each", ", ".join(tables))
        if tables and not rule.loops[-1].table:
            raise _Refused("a list after a table in one for_each", tables[0])
        place = Place(mode_of(rule), rule.per_item, tuple(loop for loop in rule.loops if not loop.table))
        return Plan(rule, number, place, self._rows_of(tables[0]) if tables else None), tables[0] if tables else ""

    def _rows_of(self, table: str) -> tuple[PlannedRow, ...]:
        if table not in self.rows:
            first = sum(map(len, self.rows.values()))
            rows = tuple(PlannedRow(first + n, row.key, dormant) for n, (row, dormant) in enumerate(self.law_rows(table)))
            if first + len(rows) > MOST_TABLE_ROWS:
                raise _Refused("too many rows", f"{len(rows)} of {table}, at most {MOST_TABLE_ROWS} in all")
            self.rows[table] = rows
        return self.rows[table]

    def _condition(self, condition: m.Condition, table: str) -> Formula:
        match condition:
            case m.Leaf(expr):
                return self._formula(expr, table)
            case m.AllOf(parts):
                return Every(tuple(self._condition(part, table) for part in parts))
            case m.AnyOf(parts):
                return Some(tuple(self._condition(part, table) for part in parts))
            case m.NoneOf(parts):
                return Opposite(Some(tuple(self._condition(part, table) for part in parts)))

    def _formula(self, expr: Expr, table: str) -> Formula:
        if not table or not reads_row(expr):
            return self.recognizer.formula(expr)
        match expr:
            case t.Named(_, body):
                return self._formula(body, table)
            case t.And(parts):
                return Every(tuple(self._formula(part, table) for part in parts))
            case t.Or(parts):
                return Some(tuple(self._formula(part, table) for part in parts))
            case t.Not(of):
                return Opposite(self._formula(of, table))
            case t.Compare(CompareOp.EQ, t.Var(name), t.Const(value)) if self._is_text(table, name, value):
                return RowIs(name.removeprefix("row."), str(value))
            case t.Compare(CompareOp.NE, t.Var(name), t.Const(value)) if self._is_text(table, name, value):
                return Opposite(RowIs(name.removeprefix("row."), str(value)))
            case _:
                return self._part(_Part(table, expr))

    def _is_text(self, table: str, name: str, value: Any) -> bool:
        column = name.removeprefix("row.")
        return (
            isinstance(value, str) and column != name and all(isinstance(row.cells[column], str) for row, _ in self.law_rows(table))
        )

    def _part(self, part: _Part) -> Formula:
        if part not in self._parts:
            self._parts[part] = len(self._parts)
            self.meanings.append(self._meanings(part))
        return RowHolds(self._parts[part])

    def _meanings(self, part: _Part) -> dict[int, Formula]:
        """What the part is for each row; worked out once for equal cells."""
        columns = row_columns(part.expr)
        known: dict[tuple[Any, ...], Formula] = {}
        found: dict[int, Formula] = {}
        for (row, _), planned in zip(self.law_rows(part.table), self._rows_of(part.table), strict=True):
            cells = tuple(row.variables[column] for column in columns)
            if cells not in known:
                known[cells] = self.recognizer.formula(of_row(part.expr, dict(zip(columns, cells, strict=True))))
            found[planned.number] = known[cells]
        return found

    # ---- alternatives ----

    def _compiled(self, drawn: _Drawn, flags: FlagTable) -> Compiled | None:
        about = flags.alternatives(drawn.about) if drawn.about is not None else ()
        whole = flags.alternatives(drawn.when if drawn.about is None else Every((drawn.about, drawn.when)))
        longest, count = max(map(len, (*about, *whole)), default=0), len(about) + len(whole)
        if longest > MOST_TESTS:
            refusal = Refusal(drawn.plan.rule.id, "a conjunction is too long", f"{longest} conditions, at most {MOST_TESTS}")
        elif drawn.table and count > MOST_ALTERNATIVES:
            refusal = Refusal(drawn.plan.rule.id, "too many alternatives over one row", f"{count}, at most {MOST_ALTERNATIVES}")
        else:
            return Compiled(drawn.plan, drawn.table, about, whole, drawn.leaves)
        self.refusals.append(refusal)
        return None
