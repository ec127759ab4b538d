"""The tree of a lowered expression. Frozen values; `walk` gives them meaning, engines compile them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum


class CompareOp(StrEnum):
    """Comparison operators, spelled as in CEL."""

    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class ArithOp(StrEnum):
    """Arithmetic operators, spelled as in CEL; `+` also joins strings."""

    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    MOD = "%"


class Function(StrEnum):
    """Functions a policy may call; what each means stands in `walk`."""

    WITHIN = "within"
    LISTED = "listed"
    MARKED = "marked"
    PARTY = "party"
    PARTIES = "parties"
    PLACE = "place"
    SUM = "sum"
    MONEY = "money"
    USED = "used"
    DATE = "date"
    DAYS = "days"
    YEARS_AFTER = "years_after"
    LATEST = "latest"
    SAME_YEAR = "same_year"
    HELD = "held"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    CONTAINS = "contains"
    COVERING = "covering"
    """Of the stated concerns, those that cover the item. No author writes it: rules judged for each item read concerns so."""


@dataclass(frozen=True, slots=True)
class Expr:
    """Any node."""

    def children(self) -> Iterator[Expr]:
        """The nodes directly below, in reading order."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Expr):
                yield value
            elif isinstance(value, tuple):
                yield from (part for part in value if isinstance(part, Expr))

    def nodes(self) -> Iterator[Expr]:
        """This node and all below it."""
        yield self
        for child in self.children():
            yield from child.nodes()


@dataclass(frozen=True, slots=True)
class Const(Expr):
    """A literal; `enum` names the enum type when the literal is an enum value (then `value` is its number)."""

    value: bool | int | float | str | None
    enum: str = ""


@dataclass(frozen=True, slots=True)
class Var(Expr):
    """`tx`, `item`, `row.column`, `groups.d1`, `tables.chart`, or a bound name."""

    name: str


@dataclass(frozen=True, slots=True)
class Select(Expr):
    """A field of a message."""

    of: Expr
    field: str


@dataclass(frozen=True, slots=True)
class Entry(Expr):
    """A look-up in a map of facts by a constant key."""

    of: Expr
    key: str


@dataclass(frozen=True, slots=True)
class Column(Expr):
    """`tables.T.column[key]`: one cell of a table with one key column."""

    table: str
    column: str
    key: Expr


@dataclass(frozen=True, slots=True)
class Not(Expr):
    """Negation."""

    of: Expr


@dataclass(frozen=True, slots=True)
class And(Expr):
    """Conjunction; order carries no meaning."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or(Expr):
    """Disjunction; order carries no meaning."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Compare(Expr):
    """A comparison of two scalars."""

    op: CompareOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Arith(Expr):
    """Arithmetic on two numbers of one kind, or `+` on two strings or two lists."""

    op: ArithOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Negate(Expr):
    """Arithmetic minus."""

    of: Expr


@dataclass(frozen=True, slots=True)
class Member(Expr):
    """`element in list` or `place in group`."""

    element: Expr
    of: Expr


@dataclass(frozen=True, slots=True)
class Choice(Expr):
    """`test ? then : other`."""

    test: Expr
    then: Expr
    other: Expr


@dataclass(frozen=True, slots=True)
class ListOf(Expr):
    """A list literal."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Exists(Expr):
    """Some element makes `body` true."""

    var: str
    over: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class ForAll(Expr):
    """Every element makes `body` true."""

    var: str
    over: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class Gather(Expr):
    """`map` and `filter`: `body` for each element for which `where` (if any) is true."""

    var: str
    over: Expr
    where: Expr | None
    body: Expr


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A call of one of our functions."""

    function: Function
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Named(Expr):
    """A definition, inlined; the name shows in the trace."""

    name: str
    body: Expr
