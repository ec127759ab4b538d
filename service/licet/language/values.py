"""Run-time values of the language: what is known, what is unknown and why, and where a fact was read."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final


class Why(StrEnum):
    """Why a value is unknown."""

    UNSET = "unset"
    ABOVE = "code above the entry"
    NOT_AN_ENTRY = "code is no known entry"
    REGION = "region not stated"
    HISTORY = "law of that date not in the package"
    ERROR = "cannot be evaluated"


@dataclass(frozen=True, slots=True, order=True)
class Missing:
    """One fact whose absence makes a value unknown: its path, its vocabulary pattern, why, and a detail for the question."""

    path: str
    pattern: str
    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The third value. `missing` is never empty."""

    missing: frozenset[Missing]


def unknown(path: str, why: Why, detail: str = "", pattern: str = "") -> Unknown:
    """An unknown for one reason."""
    return Unknown(frozenset((Missing(path, pattern or path, why, detail),)))


class Path:
    """Where a fact stands: `items[1].technical[tpp]`, and as a vocabulary pattern `items[*].technical[tpp]`."""

    __slots__ = ("_pattern", "_text")

    def __init__(self, text: str = "", pattern: str | None = None) -> None:
        self._text = text
        self._pattern = text if pattern is None else pattern

    def field(self, name: str) -> Path:
        """The path of a field below."""
        if not self._text:
            return Path(name, name)
        return Path(f"{self._text}.{name}", f"{self._pattern}.{name}")

    def key(self, key: str) -> Path:
        """The path of a map's entry."""
        return Path(f"{self._text}[{key}]", f"{self._pattern}[{key}]")

    def element(self, name: str) -> Path:
        """The path of a list's element, under the name that says which it is."""
        return Path(f"{self._text}[{name}]", f"{self._pattern}[*]")

    @property
    def text(self) -> str:
        """The path as findings and questions name it."""
        return self._text

    @property
    def pattern(self) -> str:
        """The path as the vocabulary names it."""
        return self._pattern


@dataclass(frozen=True, slots=True)
class Ref:
    """A message and where it stands; an unset message is read as an empty one whose fields are unset."""

    message: Any
    path: Path
    scheme: str = ""
    """The scheme that a classification answers, which may be another than it was stated under."""


class Code(str):
    """A classification code with its scheme, the date of the classification, and where it was read."""

    __slots__ = ("as_of", "path", "scheme")

    scheme: str
    as_of: datetime.date | None
    path: Path

    @classmethod
    def of(cls, text: str, scheme: str, path: Path, as_of: datetime.date | None = None) -> Code:
        """The code `text` under `scheme`."""
        code = cls(text)
        code.scheme, code.path, code.as_of = scheme, path, as_of
        return code


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Entries of a list: the included ones (or all), less the excepted ones. Compared by identity, so that look-ups can be kept."""

    scheme: str
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    everything: bool = False

    def __str__(self) -> str:
        head = "all" if self.everything else "; ".join(self.include)
        return f"{head} except {'; '.join(self.exclude)}" if self.exclude else head


class NotClaimed:
    """An unset claim that is no boolean: compares as false with everything."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "not claimed"


NOT_CLAIMED: Final = NotClaimed()

type_of_number = (int, float, Decimal)


class ReadingSource(StrEnum):
    """Where a value that a condition read comes from."""

    STATED = "stated"
    ASSUMED = "assumed"
    NOT_CLAIMED = "not claimed"
    UNSET = "unset"
    TABLE = "table"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Reading:
    """One value that a condition read."""

    path: str
    value: str
    source: ReadingSource
