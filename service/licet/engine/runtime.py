"""What generated conditions call: reading facts, comparing, looking for members; `None` or `Unknown` is what is not known."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from licet.language.law import PlaceGroup, WordGroup
from licet.language.places import place_in_group
from licet.language.scope import Scope
from licet.language.tree import Expr
from licet.language.values import NOT_CLAIMED, Unknown
from licet.language.walk import walk

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBERS = (int, float, Decimal)


def field(scope: Scope, of: Any, name: str) -> Any:
    """A field of a message."""
    return of if type(of) is Unknown else scope.facts.field(of, name)


def entry(scope: Scope, of: Any, map_name: str, key: str) -> Any:
    """An entry of a map of facts."""
    return of if type(of) is Unknown else scope.facts.entry(of, map_name, key)


def walked(scope: Scope, node: Expr, bound: Mapping[str, Any]) -> Any:
    """A part that is walked, with the loop variables in reach."""
    return walk(node, Scope(scope.facts, {**scope.variables, **bound}) if bound else scope)


def compare(op: str, left: Any, right: Any) -> bool | None:
    """A comparison; None where either side is unknown or they cannot be compared."""
    if type(left) is Unknown or type(right) is Unknown:
        return None
    if left is NOT_CLAIMED or right is NOT_CLAIMED:
        return False
    if not _comparable(left, right):
        return None
    if type(left) is not type(right) and (isinstance(left, Decimal) or isinstance(right, Decimal)):
        left, right = _decimal(left), _decimal(right)
    try:
        return _OPERATORS[op](left, right)
    except (TypeError, ArithmeticError):
        return None


def _decimal(number: Any) -> Any:
    """A literal as it is written: 0.1 is one tenth beside a decimal."""
    return Decimal(str(number)) if isinstance(number, float) else number


def _comparable(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool)
    if isinstance(left, _NUMBERS):
        return isinstance(right, _NUMBERS)
    if isinstance(left, str):
        return isinstance(right, str)
    return left is not None and type(left) is type(right)


def member(scope: Scope, element: Any, whole: Any) -> bool | None:
    """Whether a list or group holds an element; None where that is unknown."""
    if type(whole) is Unknown:
        return None
    if isinstance(whole, PlaceGroup):
        inside = element if type(element) is Unknown else place_in_group(element, whole, scope)
        return None if isinstance(inside, Unknown) else inside
    members = whole.members if isinstance(whole, WordGroup) else whole
    if not members:
        return False
    if type(element) is Unknown:
        return None
    if element is NOT_CLAIMED:
        return False
    return element in members if isinstance(whole, WordGroup) else any(element == other for other in members)


def some_possibly(over: Any, test: Callable[[Any], bool]) -> bool:
    """Whether some element possibly passes; an unknown list may hold one."""
    return not isinstance(over, tuple) or any(map(test, over))


def some_certainly(over: Any, test: Callable[[Any], bool]) -> bool:
    """Whether some element certainly passes."""
    return isinstance(over, tuple) and any(map(test, over))


def every_possibly(over: Any, test: Callable[[Any], bool]) -> bool:
    """Whether every element possibly passes; an unknown list may be such."""
    return not isinstance(over, tuple) or all(map(test, over))


def every_certainly(over: Any, test: Callable[[Any], bool]) -> bool:
    """Whether every element certainly passes."""
    return isinstance(over, tuple) and all(map(test, over))


__all__ = [
    "compare",
    "entry",
    "every_certainly",
    "every_possibly",
    "field",
    "member",
    "some_certainly",
    "some_possibly",
    "walked",
]
