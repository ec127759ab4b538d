"""The meaning: what a tree is for given facts, in three values. Slow, obvious, and the oracle for every engine.

Kleene's logic throughout: `false && unknown` is false, `true || unknown` is true. A fact that is unset is what its class in the
vocabulary says (`facts.FactReader`); an expression that fails is unknown with that reason, never false.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from licet.language import tree as t
from licet.language.arithmetic import alike, compute, in_range
from licet.language.functions import FUNCTIONS
from licet.language.kleene import all_of, any_of, failed, negation, unknowns
from licet.language.law import PlaceGroup, WordGroup
from licet.language.places import place_in_group
from licet.language.scope import Scope
from licet.language.tree import CompareOp, Expr
from licet.language.values import (
    NOT_CLAIMED,
    Unknown,
    Why,
    unknown,
)

Value: TypeAlias = Any  # bool, int, float, Decimal, str, Code, date, Ref, Codes, tuple of values, group, table, or Unknown


def walk(node: Expr, scope: Scope) -> Value:
    """The value of an expression; `Unknown` where the facts do not settle it."""
    return _WALKERS[type(node)](node, scope)


def truth(node: Expr, scope: Scope) -> bool | Unknown:
    """The value of a condition, which is true, false or unknown."""
    value = walk(node, scope)
    if isinstance(value, (bool, Unknown)):
        return value
    return failed(f"a condition gave {value!r} where true or false was expected")


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
    return failed(f"{name} is not bound")


def _select(node: t.Select, scope: Scope) -> Value:
    value = walk(node.of, scope)
    if isinstance(value, Unknown):
        return value
    return scope.facts.field(value, node.field)


def _entry(node: t.Entry, scope: Scope) -> Value:
    if not isinstance(node.of, t.Select):
        return failed("only a map of facts can be looked up by key")
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
        return failed(f"table {node.table} has no row {key}")
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
    if (lacking := unknowns(left, right)) is not None:
        return lacking
    if left is NOT_CLAIMED or right is NOT_CLAIMED:
        return False
    if left is None or right is None:
        return failed("an empty cell was compared")
    if _kind(left) != _kind(right):
        return failed(f"{_kind(left)} was compared with {_kind(right)}")
    try:
        return _COMPARE[node.op](*alike(left, right))
    except (TypeError, InvalidOperation) as error:
        return failed(str(error))


def _negate(node: t.Negate, scope: Scope) -> Value:
    value = walk(node.of, scope)
    if isinstance(value, Unknown):
        return value
    return in_range(-value)


def _arith(node: t.Arith, scope: Scope) -> Value:
    left, right = walk(node.left, scope), walk(node.right, scope)
    if (lacking := unknowns(left, right)) is not None:
        return lacking
    if NOT_CLAIMED in (left, right) or None in (left, right):
        return failed("an unset value was computed with")
    if isinstance(left, tuple) and isinstance(right, tuple):
        return left + right
    try:
        return compute(node.op, left, right)
    except (ArithmeticError, TypeError) as error:
        return failed(f"{node.op} failed: {error}")


# ---- lists --------------------------------------------------------------------------------------------------------------


def _list(node: t.ListOf, scope: Scope) -> Value:
    parts = tuple(walk(part, scope) for part in node.parts)
    lacking = unknowns(*parts)
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
    return failed("a list was expected")


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
    lacking = unknowns(*gathered)
    return tuple(gathered) if lacking is None else lacking


def _call(node: t.Call, scope: Scope) -> Value:
    args = tuple(walk(arg, scope) for arg in node.args)
    if (lacking := unknowns(*args)) is not None:
        return lacking
    if NOT_CLAIMED in args:
        return False
    try:
        return FUNCTIONS[node.function](args, scope)
    except (ValueError, ArithmeticError, TypeError, AttributeError) as error:
        return failed(f"{node.function} failed: {error}")


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

__all__ = ["truth", "walk"]
