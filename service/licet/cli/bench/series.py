"""Series of measurements: contenders take turns, round by round, so that what slows the machine slows all of them."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Run = Callable[[], Mapping[str, float]]
"""One round of one contender: a number for each row of a table."""


@dataclass(frozen=True, slots=True)
class Series:
    """One number a round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.values)

    @property
    def noise(self) -> float:
        """How far from the median half of the rounds stay, as a part of it."""
        middle = self.median
        return statistics.median(abs(value - middle) for value in self.values) / abs(middle) if middle else 0.0

    def over(self, other: Series) -> Series | None:
        """The ratio in each round; None where there is nothing to divide by."""
        pairs = zip(self.values, other.values, strict=True)
        return Series(tuple(mine / theirs for mine, theirs in pairs)) if all(other.values) else None


@dataclass(frozen=True, slots=True)
class Table:
    """Measurements of contenders (columns). Ratios are to the column or the row that is the measure of the others."""

    title: str
    unit: str
    rows: Mapping[str, Mapping[str, Series]]
    against: str = ""
    """The column that the others are divided by."""
    part_of: str = ""
    """The row that the others are divided by."""
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The contenders, in their order."""
        return tuple(dict.fromkeys(column for row in self.rows.values() for column in row))

    @property
    def measured(self) -> tuple[str, ...]:
        """The columns that have a ratio."""
        return tuple(c for c in self.columns if self.part_of or (self.against in self.columns and c != self.against))

    def ratio(self, row: str, column: str) -> Series | None:
        """What one measurement is to its measure; None where there is none."""
        if column not in self.measured or row == self.part_of:
            return None
        return self.rows[row][column].over(self.rows[self.part_of or row][column if self.part_of else self.against])


def interleaved(contenders: Mapping[str, Run], rounds: int, *, warm: bool = True) -> dict[str, dict[str, Series]]:
    """The series of every row and contender. Every other round goes backwards; the first one to warm up does not count.

    A row that a contender does not have in some round is nought there.
    """
    found: list[dict[str, Mapping[str, float]]] = []
    for number in range(-1 if warm else 0, rounds):
        names = list(contenders) if number % 2 == 0 else list(contenders)[::-1]
        measured = {name: _collected(contenders[name]) for name in names}
        if number >= 0:
            found.append(measured)
    rows = dict.fromkeys(row for name in contenders for each in found for row in each[name])
    return {row: {name: Series(tuple(each[name].get(row, 0.0) for each in found)) for name in contenders} for row in rows}


def _collected(run: Run) -> Mapping[str, float]:
    """One round that does not pay for what others left behind."""
    gc.collect()
    return run()
