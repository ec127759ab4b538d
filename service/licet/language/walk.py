"""The meaning: what a tree is for given facts, in three values. Slow, obvious, and the oracle for every engine.

Kleene's logic throughout: `false && unknown` is false, `true || unknown` is true. A fact that is unset is what its class in the
vocabulary says (`facts.FactReader`); an expression that fails is unknown with that reason, never false.
"""

from __future__ import annotations

import calendar
import datetime
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeAlias

from licet.language import tree as t
from licet.language.facts import WHOLE, FactReader
from licet.language.law import Law, PlaceGroup, TableAt, Within, WordGroup
from licet.language.tree import ArithOp, CompareOp, Expr, Function
from licet.language.values import (
    NOT_CLAIMED,
    Code,
    Codes,
    Path,
    Ref,
    Unknown,
    Why,
    unknown,
)

Value: TypeAlias = Any  # bool, int, float, Decimal, str, Code, date, Ref, Codes, tuple of values, group, table, or Unknown

_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1
_NO_ENTRIES_OF = Path("")


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean while an expression is walked."""

    facts: FactReader
    variables: Mapping[str, Value] = field(default_factory=dict)

    @property
    def law(self) -> Law:
        """The law on the date of the transaction."""
        return self.facts.law

    def bind(self, name: str, value: Value) -> Scope:
        """This scope with one more name."""
        return Scope(self.facts, {**self.variables, name: value})


def walk(node: Expr, scope: Scope) -> Value:
    """The value of an expression; `Unknown` where the facts do not settle it."""
    return _WALKERS[type(node)](node, scope)


def truth(node: Expr, scope: Scope) -> bool | Unknown:
    """The value of a condition, which is true, false or unknown."""
    value = walk(node, scope)
    if isinstance(value, (bool, Unknown)):
        return value
    return _error(f"a condition gave {value!r} where true or false was expected")


def all_of(values: Iterable[bool | Unknown]) -> bool | Unknown:
    """Kleene's conjunction: false if any is false, else unknown if any is."""
    missing: frozenset[Any] = frozenset()
    for value in values:
        if value is False:
            return False
        if isinstance(value, Unknown):
            missing |= value.missing
    return Unknown(missing) if missing else True


def any_of(values: Iterable[bool | Unknown]) -> bool | Unknown:
    """Kleene's disjunction: true if any is true, else unknown if any is."""
    missing: frozenset[Any] = frozenset()
    for value in values:
        if value is True:
            return True
        if isinstance(value, Unknown):
            missing |= value.missing
    return Unknown(missing) if missing else False


def negation(value: bool | Unknown) -> bool | Unknown:
    """Kleene's negation."""
    return value if isinstance(value, Unknown) else not value


def _error(text: str) -> Unknown:
    return unknown("", Why.ERROR, text)


def _unknowns(*values: Value) -> Unknown | None:
    missing = frozenset(m for value in values if isinstance(value, Unknown) for m in value.missing)
    return Unknown(missing) if missing else None


# ---- leaves of the tree -------------------------------------------------------------------------------------------------


def _const(node: t.Const, scope: Scope) -> Value:
    return node.value


def _var(node: t.Var, scope: Scope) -> Value:
    name = node.name
    if name in scope.variables:
        value = scope.variables[name]
        return walk(value, scope) if isinstance(value, Expr) else value
    kind, _, rest = name.partition(".")
    if kind == "groups":
        group = scope.law.groups[rest]
        return group if group is not None else unknown(f"groups.{rest}", Why.HISTORY, f"group {rest}")
    if kind == "tables":
        table = scope.law.tables[rest]
        return table if table is not None else unknown(f"tables.{rest}", Why.HISTORY, f"table {rest}")
    if kind == "fact":
        return scope.facts.circumstance(rest)
    return _error(f"{name} is not bound")


def _select(node: t.Select, scope: Scope) -> Value:
    value = walk(node.of, scope)
    if isinstance(value, Unknown):
        return value
    return scope.facts.field(value, node.field)


def _entry(node: t.Entry, scope: Scope) -> Value:
    if not isinstance(node.of, t.Select):
        return _error("only a map of facts can be looked up by key")
    value = walk(node.of.of, scope)
    if isinstance(value, Unknown):
        return value
    return scope.facts.entry(value, node.of.field, node.key)


def _column(node: t.Column, scope: Scope) -> Value:
    key = walk(node.key, scope)
    if isinstance(key, Unknown):
        return key
    table = scope.law.tables[node.table]
    if table is None:
        return unknown(f"tables.{node.table}", Why.HISTORY, f"table {node.table}")
    row = table.by_key.get(str(key))
    if row is None:
        return _error(f"table {node.table} has no row {key}")
    return row.cells[node.column]


# ---- logic --------------------------------------------------------------------------------------------------------------


def _not(node: t.Not, scope: Scope) -> Value:
    return negation(truth(node.of, scope))


def _and(node: t.And, scope: Scope) -> Value:
    return all_of(truth(part, scope) for part in node.parts)


def _or(node: t.Or, scope: Scope) -> Value:
    return any_of(truth(part, scope) for part in node.parts)


def _choice(node: t.Choice, scope: Scope) -> Value:
    test = truth(node.test, scope)
    if isinstance(test, Unknown):
        return test
    return walk(node.then if test else node.other, scope)


# ---- comparison and arithmetic ------------------------------------------------------------------------------------------

_COMPARE: dict[CompareOp, Callable[[Any, Any], bool]] = {
    CompareOp.EQ: lambda a, b: a == b,
    CompareOp.NE: lambda a, b: a != b,
    CompareOp.LT: lambda a, b: a < b,
    CompareOp.LE: lambda a, b: a <= b,
    CompareOp.GT: lambda a, b: a > b,
    CompareOp.GE: lambda a, b: a >= b,
}


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float, Decimal)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a date" if isinstance(value, datetime.date) else type(value).__name__


def _compare(node: t.Compare, scope: Scope) -> Value:
    left, right = walk(node.left, scope), walk(node.right, scope)
    if (lacking := _unknowns(left, right)) is not None:
        return lacking
    if left is NOT_CLAIMED or right is NOT_CLAIMED:
        return False
    if left is None or right is None:
        return _error("an empty cell was compared")
    if _kind(left) != _kind(right):
        return _error(f"{_kind(left)} was compared with {_kind(right)}")
    try:
        return _COMPARE[node.op](*_alike(left, right))
    except (TypeError, InvalidOperation) as error:
        return _error(str(error))


def _negate(node: t.Negate, scope: Scope) -> Value:
    value = walk(node.of, scope)
    if isinstance(value, Unknown):
        return value
    return _in_range(-value)


def _arith(node: t.Arith, scope: Scope) -> Value:
    left, right = walk(node.left, scope), walk(node.right, scope)
    if (lacking := _unknowns(left, right)) is not None:
        return lacking
    if NOT_CLAIMED in (left, right) or None in (left, right):
        return _error("an unset value was computed with")
    if isinstance(left, tuple) and isinstance(right, tuple):
        return left + right
    try:
        return _compute(node.op, left, right)
    except (ArithmeticError, TypeError) as error:
        return _error(f"{node.op} failed: {error}")


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two numbers as written: the 0.3 of a condition is the 0.3 that a caller states, not the nearest binary fraction."""
    if isinstance(left, Decimal) and isinstance(right, float):
        return left, Decimal(str(right))
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(str(left)), right
    return left, right


def _compute(op: ArithOp, left: Any, right: Any) -> Value:
    left, right = _alike(left, right)
    match op:
        case ArithOp.ADD:
            return _in_range(left + right)
        case ArithOp.SUB:
            return _in_range(left - right)
        case ArithOp.MUL:
            return _in_range(left * right)
        case ArithOp.DIV:
            return _in_range(_divide(left, right))
        case ArithOp.MOD:
            return _in_range(left - right * _divide(left, right))


def _divide(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    if isinstance(left, float) and right == 0:
        return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def _in_range(value: Any) -> Value:
    if isinstance(value, int) and not isinstance(value, bool) and not _INT_MIN <= value <= _INT_MAX:
        return _error("a whole number is out of range")
    return value


# ---- lists --------------------------------------------------------------------------------------------------------------


def _list(node: t.ListOf, scope: Scope) -> Value:
    parts = tuple(walk(part, scope) for part in node.parts)
    lacking = _unknowns(*parts)
    return parts if lacking is None else lacking


def _member(node: t.Member, scope: Scope) -> Value:
    element, whole = walk(node.element, scope), walk(node.of, scope)
    if isinstance(whole, Unknown):
        return whole
    if isinstance(whole, PlaceGroup):
        return element if isinstance(element, Unknown) else place_in_group(element, whole, scope)
    members = whole.members if isinstance(whole, WordGroup) else whole
    if not members:
        return False
    if isinstance(element, Unknown):
        return element
    if element is NOT_CLAIMED:
        return False
    if isinstance(whole, WordGroup):
        return element in members
    return any(element == member for member in members)  # `in` would find in itself what is no number


def _elements(over: Expr, scope: Scope) -> tuple[Value, ...] | Unknown:
    value = walk(over, scope)
    if isinstance(value, (Unknown, tuple)):
        return value
    return _error("a list was expected")


def _exists(node: t.Exists, scope: Scope) -> Value:
    elements = _elements(node.over, scope)
    if isinstance(elements, Unknown):
        return elements
    return any_of(truth(node.body, scope.bind(node.var, element)) for element in elements)


def _for_all(node: t.ForAll, scope: Scope) -> Value:
    elements = _elements(node.over, scope)
    if isinstance(elements, Unknown):
        return elements
    return all_of(truth(node.body, scope.bind(node.var, element)) for element in elements)


def _gather(node: t.Gather, scope: Scope) -> Value:
    elements = _elements(node.over, scope)
    if isinstance(elements, Unknown):
        return elements
    gathered = []
    for element in elements:
        inner = scope.bind(node.var, element)
        wanted = True if node.where is None else truth(node.where, inner)
        if isinstance(wanted, Unknown):
            return wanted
        if wanted:
            gathered.append(walk(node.body, inner))
    lacking = _unknowns(*gathered)
    return tuple(gathered) if lacking is None else lacking


# ---- places -------------------------------------------------------------------------------------------------------------


def place_in_group(place: Ref, group: PlaceGroup, scope: Scope) -> bool | Unknown:
    """Whether a place is a member; unknown when only a part of it is and the region is unset (policies/MEANING.md, section 1)."""
    inside = _inside(place, group.members, scope)
    if group.less and inside is not False:
        inside = all_of((inside, negation(_inside(place, group.less, scope))))
    return negation(inside) if group.complement else inside


def _inside(place: Ref, members: frozenset[str], scope: Scope) -> bool | Unknown:
    country = scope.facts.field(place, "country")
    if isinstance(country, Unknown):
        return country
    law = scope.law
    if country in members or law.treated_as.get(country, country) in members:
        return True
    parts = [member for member in members if member not in law.places.countries and law.places.country_of(member) == country]
    if not parts or place.scheme == WHOLE:
        return False
    region = scope.facts.field(place, "region")
    if region is NOT_CLAIMED:  # assumed to be no part that a law treats apart
        return False
    if isinstance(region, Unknown) or not region:
        return unknown(place.path.field("region").text, Why.REGION, country, place.path.field("region").pattern)
    return _region_among(region, parts, place, scope)


def _region_among(region: str, parts: list[str], place: Ref, scope: Scope) -> bool | Unknown:
    places = scope.law.places
    if any(places.lies_in(region, part) or region in places.arrives_as.get(part, ()) for part in parts):
        return True
    known = region in places.part_of or any(region in codes for codes in places.arrives_as.values())
    if not known or any(places.lies_in(part, region) for part in parts):  # a typo is not another region
        return unknown(place.path.field("region").text, Why.REGION, region, place.path.field("region").pattern)
    return False


def _rows_of_place(table: TableAt, place: Ref, scope: Scope) -> list[Any] | Unknown:
    country = scope.facts.field(place, "country")
    if isinstance(country, Unknown):
        return country
    region = scope.facts.field(place, "region")
    if isinstance(region, str) and region in table.by_key:
        return [table.by_key[region]]
    own = table.by_key.get(scope.law.treated_as.get(country, country)) or table.by_key.get(country)
    if own is None:
        return _error(f"table {table.id} has no row {country}")
    return [own]


def _marked(args: tuple[Value, ...], scope: Scope) -> Value:
    table, place, column = args
    rows = _rows_of_place(table, place, scope)
    if isinstance(rows, Unknown):
        return rows
    return any_of(_mark(row.cells.get(column)) for row in rows)


def _mark(cell: Value) -> bool | Unknown:
    return cell if isinstance(cell, Unknown) else cell is True


# ---- codes --------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def _one_entry(scheme: str, entry: str) -> Codes:
    return Codes(scheme, (entry,))


def _within(args: tuple[Value, ...], scope: Scope) -> Value:
    code, entries = args
    if entries is None:
        return False
    stated, wanted = getattr(code, "scheme", ""), getattr(entries, "scheme", "")
    if stated and wanted and stated != wanted:
        return _error(f"a code of {stated} was looked for among codes of {wanted}")
    scheme = scope.law.schemes.get(stated or wanted)
    if scheme is None:
        return _error(f"the code {code} has no scheme")
    if isinstance(entries, str):
        entries = _one_entry(scheme.id, scheme.normal(entries))
    return _standing(scheme.within(str(code), entries), code, scope)


def _standing(standing: Within, code: Value, scope: Scope) -> Value:
    path = getattr(code, "path", _NO_ENTRIES_OF)
    match standing:
        case Within.INSIDE:
            return True
        case Within.ABOVE:
            return unknown(path.text, Why.ABOVE, str(code), path.pattern)
        case Within.NOT_AN_ENTRY:
            return unknown(path.text, Why.NOT_AN_ENTRY, str(code), path.pattern)
        case Within.OUTSIDE:
            return _outside(code, scope)


def _outside(code: Value, scope: Scope) -> Value:
    """A code outside the entries; a negative answer older than the list rests on the assumption that it was checked again."""
    if not isinstance(code, Code) or code.as_of is None:
        return False
    scheme = scope.law.schemes[code.scheme]
    if scheme.normal(code) not in scheme.negative or scheme.changed is None or not code.as_of < scheme.changed <= scope.law.date:
        return False
    checked_again = scope.facts.checked_again(code)
    return checked_again if isinstance(checked_again, Unknown) else False


def _listed(args: tuple[Value, ...], scope: Scope) -> Value:
    item, table = args
    classification = scope.facts.entry(item, "classifications", table.scheme)
    codes = classification if isinstance(classification, Unknown) else scope.facts.field(classification, "codes")
    if isinstance(codes, Unknown):
        return codes
    scheme = scope.law.schemes[table.scheme]
    return any_of(_standing(table.stands(str(code), scheme), code, scope) for code in codes)


# ---- parties, amounts, dates, papers ------------------------------------------------------------------------------------


def _parties(args: tuple[Value, ...], scope: Scope) -> Value:
    return scope.facts.parties(args[0])


def _party(args: tuple[Value, ...], scope: Scope) -> Value:
    parties = scope.facts.parties(args[0])
    if isinstance(parties, Unknown):
        return parties
    return parties[0] if len(parties) == 1 else _error("several parties have that role")


def _place(args: tuple[Value, ...], scope: Scope) -> Value:
    return scope.facts.place(args[0])


def _latest(args: tuple[Value, ...], scope: Scope) -> Value:
    """The country of the latest tie, as a whole: nobody is a citizen of a region."""
    ties: tuple[Ref, ...] = args[0]
    countries = tuple(scope.facts.field(tie, "country") for tie in ties)
    if (lacking := _unknowns(*countries)) is None and len(set(countries)) > 1:
        dates = tuple(scope.facts.field(tie, "since") for tie in ties)
        if (lacking := _unknowns(*dates)) is None:
            countries = tuple(country for country, date in zip(countries, dates, strict=True) if date == max(dates))
    if lacking is not None:
        return lacking
    if len(set(countries)) != 1:
        return _error("several countries since the same day" if countries else "there is no country to choose from")
    return scope.facts.country(countries[0])


def _sum(args: tuple[Value, ...], scope: Scope) -> Value:
    total: Any = 0
    for amount in args[0]:
        total = _compute(ArithOp.ADD, total, amount)
    return total


def _money(args: tuple[Value, ...], scope: Scope) -> Value:
    return scope.facts.money(args[0], args[1])


def _used(args: tuple[Value, ...], scope: Scope) -> Value:
    return scope.facts.used(args[0], args[1])


def _date(args: tuple[Value, ...], scope: Scope) -> Value:
    return datetime.date.fromisoformat(args[0])


def _days(args: tuple[Value, ...], scope: Scope) -> Value:
    return (args[1] - args[0]).days


def _years_after(args: tuple[Value, ...], scope: Scope) -> Value:
    start, years = args
    if not datetime.MINYEAR <= start.year + years <= datetime.MAXYEAR:
        return _error("the date is out of range")
    last = calendar.monthrange(start.year + years, start.month)[1]
    return start.replace(year=start.year + years, day=min(start.day, last))


def _same_year(args: tuple[Value, ...], scope: Scope) -> Value:
    return args[0].year == args[1].year


def _held(args: tuple[Value, ...], scope: Scope) -> Value:
    return scope.facts.held(args[0], scope.law.date)


def _starts_with(args: tuple[Value, ...], scope: Scope) -> Value:
    return args[0].startswith(args[1])


def _ends_with(args: tuple[Value, ...], scope: Scope) -> Value:
    return args[0].endswith(args[1])


def _contains(args: tuple[Value, ...], scope: Scope) -> Value:
    return args[1] in args[0]


_FUNCTIONS: dict[Function, Callable[[tuple[Value, ...], Scope], Value]] = {
    Function.WITHIN: _within,
    Function.LISTED: _listed,
    Function.MARKED: _marked,
    Function.PARTY: _party,
    Function.PARTIES: _parties,
    Function.PLACE: _place,
    Function.LATEST: _latest,
    Function.SUM: _sum,
    Function.MONEY: _money,
    Function.USED: _used,
    Function.DATE: _date,
    Function.DAYS: _days,
    Function.YEARS_AFTER: _years_after,
    Function.SAME_YEAR: _same_year,
    Function.HELD: _held,
    Function.STARTS_WITH: _starts_with,
    Function.ENDS_WITH: _ends_with,
    Function.CONTAINS: _contains,
}


def _call(node: t.Call, scope: Scope) -> Value:
    args = tuple(walk(arg, scope) for arg in node.args)
    if (lacking := _unknowns(*args)) is not None:
        return lacking
    if NOT_CLAIMED in args:
        return False
    try:
        return _FUNCTIONS[node.function](args, scope)
    except (ValueError, ArithmeticError, TypeError, AttributeError) as error:
        return _error(f"{node.function} failed: {error}")


def _named(node: t.Named, scope: Scope) -> Value:
    return walk(node.body, scope)


_WALKERS: dict[type[Expr], Callable[[Any, Scope], Value]] = {
    t.Const: _const,
    t.Var: _var,
    t.Select: _select,
    t.Entry: _entry,
    t.Column: _column,
    t.Not: _not,
    t.And: _and,
    t.Or: _or,
    t.Choice: _choice,
    t.Compare: _compare,
    t.Negate: _negate,
    t.Arith: _arith,
    t.ListOf: _list,
    t.Member: _member,
    t.Exists: _exists,
    t.ForAll: _for_all,
    t.Gather: _gather,
    t.Call: _call,
    t.Named: _named,
}

__all__ = ["Scope", "Value", "all_of", "any_of", "negation", "place_in_group", "truth", "walk"]
