"""Whether two values are the same in every part: types, order and positions too, where equality looks at less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from licet.language.values import Code

_MADE_ANEW: Final = ("law", "_found")
"""Fields of functions and of what is found out in use."""


def differences(expected: Any, actual: Any) -> list[str]:
    """Where two values differ, each by its path; shared parts are compared once."""
    return list(_differ(expected, actual, "", set()))


def _differ(expected: Any, actual: Any, path: str, seen: set[tuple[int, int]]) -> Iterator[str]:
    if (id(expected), id(actual)) in seen:
        return
    seen.add((id(expected), id(actual)))
    if type(expected) is not type(actual):
        yield f"{path}: {expected!r} is not {actual!r}"
    elif is_dataclass(expected):
        for field in fields(expected):
            if field.name not in _MADE_ANEW:
                yield from _differ(getattr(expected, field.name), getattr(actual, field.name), f"{path}.{field.name}", seen)
    elif isinstance(expected, Mapping):
        yield from _differ(tuple(expected), tuple(actual), f"{path}.keys", seen)
        for key in expected.keys() & actual.keys():
            yield from _differ(expected[key], actual[key], f"{path}[{key}]", seen)
    elif isinstance(expected, tuple):
        if len(expected) != len(actual):
            yield f"{path}: {len(expected)} parts, not {len(actual)}"
        for number, (one, other) in enumerate(zip(expected, actual, strict=False)):
            yield from _differ(one, other, f"{path}[{number}]", seen)
    elif isinstance(expected, Code):
        yield from _differ((str(expected), expected.scheme), (str(actual), actual.scheme), path, seen)
    elif expected != actual or (repr(expected) != repr(actual) and not isinstance(expected, frozenset)):
        yield f"{path}: {expected!r} is not {actual!r}"
