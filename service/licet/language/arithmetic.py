"""Arithmetic as CEL has it: whole numbers of 64 bits, division that truncates, decimals exact."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from licet.language.kleene import failed
from licet.language.tree import ArithOp

_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1


def alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two numbers as written: the 0.3 of a condition is the 0.3 that a caller states, not the nearest binary fraction."""
    if isinstance(left, Decimal) and isinstance(right, float):
        return left, Decimal(str(right))
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(str(left)), right
    return left, right


def compute(op: ArithOp, left: Any, right: Any) -> Any:
    """The result of an operation. Raises TypeError and ArithmeticError where there is none."""
    left, right = alike(left, right)
    match op:
        case ArithOp.ADD:
            return in_range(left + right)
        case ArithOp.SUB:
            return in_range(left - right)
        case ArithOp.MUL:
            return in_range(left * right)
        case ArithOp.DIV:
            return in_range(_divide(left, right))
        case ArithOp.MOD:
            return in_range(left - right * _divide(left, right))


def _divide(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    if isinstance(left, float) and right == 0:
        return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def in_range(value: Any) -> Any:
    """The value, unless it is a whole number that CEL has no room for."""
    if isinstance(value, int) and not isinstance(value, bool) and not _INT_MIN <= value <= _INT_MAX:
        return failed("a whole number is out of range")
    return value
