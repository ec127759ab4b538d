"""A package compiled for the second opinion: what is read for a case, where its rules are judged, and the request that loads it."""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

from licet.engine.rete_atoms import Atom, Subject
from licet.language.facts import Mode
from licet.policy import model as m


class Level(IntEnum):
    """What an instance is of."""

    TRANSACTION = 0
    ITEM = 1
    BOUND = 2


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """A rule, or with an empty name the whole package, of which there is no second opinion, and why."""

    rule: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule is judged: for what its facts are read, for each item or not, and for what its lists bind."""

    mode: Mode
    per_item: bool = False
    loops: tuple[m.Loop, ...] = ()

    @property
    def level(self) -> Level:
        """The level of its instances."""
        return Level.BOUND if self.loops else Level.ITEM if self.per_item else Level.TRANSACTION

    @property
    def parent(self) -> Place | None:
        """The place whose flags it inherits."""
        if self.loops:
            return Place(self.mode, self.per_item)
        return Place(self.mode) if self.per_item else None


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of a rule's table: its number in the program, its key, and whether only its dates keep it out."""

    number: int
    key: str
    dormant: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How a rule is judged: its number, where, and the rows that it stands for (None: it has no table)."""

    rule: m.Rule
    number: int
    place: Place
    rows: tuple[PlannedRow, ...] | None

    def row(self, number: int) -> PlannedRow | None:
        """The row of that number; None for a rule without table. Rows of one table have successive numbers."""
        return self.rows[number - self.rows[0].number] if self.rows else None


@dataclass(frozen=True, slots=True)
class Section:
    """What must be read for each instance of a place: subjects by number, and atoms that the walk decides."""

    place: Place
    subjects: tuple[int, ...]
    taken: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Program:
    """A package's law on an interval of dates, compiled. `load` is the request that loads it."""

    id: str
    load: bytes
    atoms: tuple[Atom, ...]
    subjects: tuple[Subject, ...]
    keys: Mapping[tuple[str, Any], int]
    sections: tuple[Section, ...]
    plans: tuple[Plan, ...]
    refusals: tuple[Refusal, ...]
    decided_leaves: int
    taken_leaves: int
    partly_taken_leaves: int

    @cached_property
    def under(self) -> Mapping[str, tuple[str, ...]]:
        """The entries of each kind, sorted: so that those below a code stand together."""
        found: dict[str, list[str]] = {}
        for among, entry in self.keys:
            if isinstance(entry, str):
                found.setdefault(among, []).append(entry)
        return {among: tuple(sorted(entries)) for among, entries in found.items()}


def boundaries(package: m.Package) -> tuple[datetime.date, ...]:
    """The dates on which anything in the package begins or ends."""
    intervals = [
        *(interval for rule in package.rules for interval in rule.in_force),
        *(member.interval for group in package.groups.values() for member in (*group.members, *group.union)),
        *(row.interval for table in package.tables.values() for row in table.rows),
        *(treated.interval for treated in package.treated),
    ]
    dates = {date for interval in intervals for date in (interval.start, interval.end) if date is not None}
    dates |= {rule.history_from for rule in package.rules}
    dates |= {group.history_from for group in package.groups.values()} | {table.history_from for table in package.tables.values()}
    return tuple(sorted(dates))


def interval_of(dates: Sequence[datetime.date], date: datetime.date) -> int:
    """Between which of the boundaries a date lies: on all dates of one interval the law is the same."""
    return bisect.bisect_right(dates, date)
