"""Kleene's logic of true, false and unknown: `false && unknown` is false, `true || unknown` is true."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from licet.language.values import Unknown, Why, unknown


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


def failed(text: str) -> Unknown:
    """What an expression that cannot be worked out gives."""
    return unknown("", Why.ERROR, text)


def unknowns(*values: Any) -> Unknown | None:
    """What is missing in any of the values; None where nothing is."""
    missing = frozenset(m for value in values if isinstance(value, Unknown) for m in value.missing)
    return Unknown(missing) if missing else None
