"""Shapes: what types a value is made of, so that many values are checked against a type hint at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import NoneType, UnionType
from typing import Any, Final, NewType, TypeAlias, Union, get_args, get_origin

from licet.policy.guard import Guard

Shape = NewType("Shape", int)
"""The number of a shape, so that a deep one is compared and hashed as fast as a flat one."""
_EXACT: Final = frozenset((bool, int, float, str))
"""Types for which a value of a subtype is another kind of value: true is no number."""


_Made: TypeAlias = type | tuple[Any, ...]
"""A class; or ("tuple", shapes of its parts), ("mapping", of its keys, of its values), ("set", of its elements)."""


class Shapes:
    """The shapes seen so far."""

    def __init__(self) -> None:
        self._numbers: dict[_Made, Shape] = {}
        self._made: list[_Made] = []
        self._fits: dict[tuple[Shape, Any], bool] = {}

    def of(self, made: _Made) -> Shape:
        """The shape of values of a class."""
        number = self._numbers.get(made)
        if number is None:
            number = self._numbers[made] = Shape(len(self._made))
            self._made.append(made)
        return number

    def tuple_of(self, parts: Iterable[Shape]) -> Shape:
        """The shape of a tuple of such parts."""
        return self.of(("tuple", tuple(parts)))

    def mapping_of(self, keys: Iterable[Shape], values: Iterable[Shape]) -> Shape:
        """The shape of a mapping of such keys and values."""
        return self.of(("mapping", tuple(keys), tuple(values)))

    def set_of(self, elements: Iterable[Shape]) -> Shape:
        """The shape of a set of such elements."""
        return self.of(("set", frozenset(elements)))

    def named(self, shape: Shape) -> str:
        """The shape in a word."""
        made = self._made[shape]
        return made.__name__ if isinstance(made, type) else f"such a {made[0]}"

    def fit(self, shape: Shape, hint: Any) -> bool:
        """Whether values of a shape are of a type. Recursion goes as deep as the hint, never as the shape."""
        key = (shape, hint)
        if key not in self._fits:
            self._fits[key] = self._is(self._made[shape], hint)
        return self._fits[key]

    def _all_fit(self, shapes: Iterable[Shape], hint: Any) -> bool:
        return all(self.fit(shape, hint) for shape in shapes)

    def _is(self, made: _Made, hint: Any) -> bool:
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in (Union, UnionType):
            return any(self._is(made, each) for each in arguments)
        if origin is None:
            return self._is_plainly(made, hint)
        match made:
            case ("tuple", parts) if origin is tuple:
                if arguments[-1] is Ellipsis:
                    return self._all_fit(set(parts), arguments[0])
                return len(parts) == len(arguments) and all(map(self.fit, parts, arguments))
            case ("mapping", keys, values) if origin is Mapping:
                return self._all_fit(set(keys), arguments[0]) and self._all_fit(set(values), arguments[1])
            case ("set", elements) if origin is frozenset:
                return self._all_fit(elements, arguments[0])
            case _:
                return (made is re.Pattern and origin is re.Pattern) or (made is Guard and origin is Callable)

    def _is_plainly(self, made: _Made, hint: Any) -> bool:
        if hint is object:
            return True
        if hint is None:
            return made is NoneType
        if not isinstance(made, type):
            return False
        return made is hint or (hint not in _EXACT and issubclass(made, hint))
