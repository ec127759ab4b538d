"""What an expression may ask of the law on one date: groups, tables, code schemes, places treated as others."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from licet.language.tree import Expr
from licet.language.values import Code, Codes, Unknown

_MOST_CODES = 20_000
Cell: TypeAlias = str | Decimal | bool | datetime.date | Codes | Code | tuple[str, ...] | Expr | Unknown | None


class Within(StrEnum):
    """How a code stands to an entry."""

    INSIDE = "inside"
    ABOVE = "above"
    OUTSIDE = "outside"
    NOT_AN_ENTRY = "not an entry"


class Grammar(StrEnum):
    """How the codes of a scheme nest."""

    PARAGRAPHS = "paragraphs"
    DIGITS = "digits"
    EXACT = "exact"
    CAS = "cas"


def _cas_is_valid(code: str) -> bool:
    digits = code.replace("-", "")
    if not re.fullmatch(r"\d{2,7}-\d{2}-\d", code):
        return False
    return sum(int(digit) * weight for weight, digit in enumerate(reversed(digits[:-1]), 1)) % 10 == int(digits[-1])


@dataclass(frozen=True, eq=False)
class Scheme:
    """A code scheme: its grammar, its negative codes, its known entries (None when the list is not in the release).

    `changed` is the date of the list's last change: a negative answer older than it must be checked again.
    """

    id: str
    grammar: Grammar
    pattern: re.Pattern[str]
    negative: frozenset[str] = frozenset()
    entries: frozenset[str] | None = None
    answered_by: tuple[str, ...] = ()
    changed: datetime.date | None = None
    _above: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, id_: str, grammar: Grammar, pattern: str, **rest: object) -> Scheme:
        """A scheme whose ancestors of entries are worked out once."""
        entries: frozenset[str] | None = rest.get("entries")  # type: ignore[assignment]  # narrowed by the caller
        above = frozenset(a for entry in entries or () for a in _above(entry, grammar))
        return cls(id_, grammar, re.compile(pattern), _above=above, **rest)  # type: ignore[arg-type]  # as above

    def normal(self, code: str) -> str:
        """The code without what carries no meaning (dots and blanks of HS codes)."""
        return re.sub(r"[.\s]", "", code) if self.grammar is Grammar.DIGITS else code.strip()

    def knows(self, code: str) -> bool:
        """Whether the code is an entry, or above or below one, at any date known."""
        if not self.pattern.fullmatch(code) or (self.grammar is Grammar.CAS and not _cas_is_valid(code)):
            return False
        if self.entries is None:
            return True
        return code in self.entries or code in self._above or any(a in self.entries for a in _above(code, self.grammar))

    def stands(self, code: str, entry: str) -> Within:
        """How a known, positive code stands to one entry."""
        if code == entry:
            return Within.INSIDE
        if self.grammar is Grammar.PARAGRAPHS:
            inside, above = code.startswith(entry + "."), entry.startswith(code + ".")
        elif self.grammar is Grammar.DIGITS:
            inside, above = code.startswith(entry), entry.startswith(code)
        else:
            inside = above = False
        return Within.INSIDE if inside else Within.ABOVE if above else Within.OUTSIDE

    @lru_cache(maxsize=200_000)  # noqa: B019  # schemes live as long as their release, and hold nothing else
    def within(self, code: str, entries: Codes) -> Within:
        """How a code stands to a set of entries: inside, above (ask for the paragraph), outside, or no entry at all."""
        code = self.normal(code)
        if code in self.negative:
            return Within.OUTSIDE
        if not self.knows(code):
            return Within.NOT_AN_ENTRY
        included = {Within.INSIDE} if entries.everything else {self.stands(code, entry) for entry in entries.include}
        excluded = {self.stands(code, entry) for entry in entries.exclude}
        if Within.INSIDE in excluded or not included & {Within.INSIDE, Within.ABOVE}:
            return Within.OUTSIDE
        if Within.INSIDE in included and Within.ABOVE not in excluded:
            return Within.INSIDE
        return Within.ABOVE


def _above(code: str, grammar: Grammar) -> tuple[str, ...]:
    """The codes that a code lies below."""
    if grammar is Grammar.DIGITS:
        return tuple(code[:n] for n in range(1, len(code)))
    parts = code.split(".") if grammar is Grammar.PARAGRAPHS else [code]
    return tuple(".".join(parts[:n]) for n in range(1, len(parts)))


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """A set of places on one date: countries, regions and areas, less some parts of them; or everything but those."""

    id: str
    members: frozenset[str]
    less: frozenset[str] = frozenset()
    complement: bool = False


@dataclass(frozen=True, slots=True)
class WordGroup:
    """A set of words, or of enum numbers, on one date."""

    id: str
    members: frozenset[str | int]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its key, its cells by column, and the variables that it binds (`row.column`)."""

    key: str
    cells: Mapping[str, Cell]
    variables: Mapping[str, Cell]
    line: int = 0


@dataclass(frozen=True, eq=False)
class TableAt:
    """A table on one date: the rows in force, and those that only their dates keep out; `code_column` is the first of codes."""

    id: str
    rows: tuple[Row, ...]
    dormant: tuple[Row, ...]
    by_key: Mapping[str, Row]
    scheme: str = ""
    code_column: str = ""
    cite: str = ""
    _standings: dict[str, Within] = field(default_factory=dict, repr=False)

    def stands(self, code: str, scheme: Scheme) -> Within:
        """How a code stands to the entries of all rows in force: inside some, else above some, else outside all."""
        if code not in self._standings:
            if len(self._standings) >= _MOST_CODES:  # callers make up codes
                self._standings.clear()
            cells = (row.cells[self.code_column] for row in self.rows)
            found = {scheme.within(code, cell if isinstance(cell, Codes) else Codes(scheme.id, (str(cell),))) for cell in cells}
            order = (Within.INSIDE, Within.NOT_AN_ENTRY, Within.ABOVE)
            standing = next((standing for standing in order if standing in found), Within.OUTSIDE)
            self._standings[code] = standing
            return standing
        return self._standings[code]


@dataclass(frozen=True, slots=True)
class Places:
    """Which areas lie in which country or region, and which codes an area may arrive under."""

    countries: frozenset[str]
    part_of: Mapping[str, str]
    arrives_as: Mapping[str, tuple[str, ...]]

    def country_of(self, place: str) -> str:
        """The country a code lies in: itself for a country."""
        while place not in self.countries and place in self.part_of:
            place = self.part_of[place]
        return place.split("-")[0] if place not in self.countries else place

    def lies_in(self, place: str, whole: str) -> bool:
        """Whether a region or area is the other or lies in it."""
        return whole in self.around(place)

    def around(self, place: str) -> Iterator[str]:
        """The place, and everything that it lies in."""
        while place:
            yield place
            place = self.part_of.get(place, place.split("-", maxsplit=1)[0] if "-" in place else "")


@dataclass(frozen=True, slots=True)
class Law:
    """Everything of one package that an expression may read, on one date."""

    date: datetime.date
    groups: Mapping[str, PlaceGroup | WordGroup | None]
    tables: Mapping[str, TableAt | None]
    schemes: Mapping[str, Scheme]
    places: Places
    treated_as: Mapping[str, str]
    """Places that this law treats as another on this date. A group or table whose history does not reach the date is None."""
