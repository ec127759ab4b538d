"""Conditions as formulas over atoms, and formulas as alternatives of flags: what a forward-chaining engine can be given.

Every atom has two flags, one for "holds" and one for "does not hold", and each is set in two worlds. In the *certain* world a flag
is set when the atom is settled so; in the *possible* world it is set unless the atom is settled otherwise. Both worlds then need
only conjunctions and disjunctions of flags, never a negation, and together they say Kleene's three values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

ALWAYS, NEVER = -1, -2
"""Flags that every world sets, and none."""
MOST_IN_PRODUCT = 8
"""Alternatives of one conjunction; beyond, a part becomes a derived flag of its own."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """True or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Holds:
    """An atom, by its number."""

    atom: int


@dataclass(frozen=True, slots=True)
class RowHolds:
    """A part that reads a row, by its number; for each row of the table it is another formula."""

    part: int


@dataclass(frozen=True, slots=True)
class RowIs:
    """A column of the row is a text."""

    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Some part holds."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """The part does not hold."""

    of: Formula


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition: an idea of its own, which becomes a derived flag where it is more than one conjunction."""

    of: Formula


Formula: TypeAlias = Fixed | Holds | RowHolds | RowIs | Every | Some | Opposite | Defined


def below(formula: Formula) -> Iterator[Formula]:
    """The formula and all its parts."""
    yield formula
    match formula:
        case Every(parts) | Some(parts):
            for part in parts:
                yield from below(part)
        case Opposite(of) | Defined(of):
            yield from below(of)
        case _:
            pass


def atoms_of(formula: Formula) -> frozenset[int]:
    """The numbers of the atoms in a formula."""
    return frozenset(part.atom for part in below(formula) if isinstance(part, Holds))


# ---- alternatives -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Flag:
    """A flag is set: twice an atom's number where it holds, one more where it does not; derived flags follow."""

    number: int


@dataclass(frozen=True, slots=True, order=True)
class RowFlag:
    """The flag that the row names for a part is set; `holds` says for the part or for its opposite."""

    part: int
    holds: bool


@dataclass(frozen=True, slots=True, order=True)
class RowText:
    """A column of the row is, or is not, a text."""

    column: str
    text: str
    equal: bool


Test: TypeAlias = Flag | RowFlag | RowText
Alternative: TypeAlias = frozenset[Test]


@dataclass(frozen=True, slots=True)
class Derived:
    """A flag that is set where one of its alternatives holds."""

    number: int
    alternatives: tuple[Alternative, ...]


class FlagTable:
    """Numbers flags: two for each atom, `derived` ones after them. The number of atoms must be known when it is made."""

    def __init__(self, atoms: int) -> None:
        self._first = 2 * atoms
        self._numbers: dict[tuple[Formula, bool], int] = {}
        self._derived: list[Derived] = []

    @property
    def count(self) -> int:
        """How many flags there are."""
        return self._first + len(self._derived)

    def derived(self, number: int) -> Derived | None:
        """The derived flag of that number; None for an atom's."""
        return self._derived[number - self._first] if number >= self._first else None

    def flag(self, formula: Formula, *, holds: bool = True) -> int:
        """The flag that says that a formula without row parts holds (or not): an atom's, a derived one, ALWAYS or NEVER."""
        key = formula, holds
        if key not in self._numbers:
            self._numbers[key] = self._new(formula, holds=holds)
        return self._numbers[key]

    def alternatives(self, formula: Formula, *, holds: bool = True) -> tuple[Alternative, ...]:
        """The conjunctions of tests one of which must hold for the formula to hold (or not)."""
        match formula:
            case Fixed(value):
                return (frozenset(),) if value is holds else ()
            case Holds(atom):
                return (frozenset((Flag(2 * atom if holds else 2 * atom + 1),)),)
            case RowHolds(part):
                return (frozenset((RowFlag(part, holds),)),)
            case RowIs(column, text):
                return (frozenset((RowText(column, text, holds),)),)
            case Opposite(of):
                return self.alternatives(of, holds=not holds)
            case Defined(of):
                return self._folded(of, self.alternatives(of, holds=holds), holds=holds)
            case Every(parts):
                return self._product(parts, holds=holds) if holds else self._sum(parts, holds=holds)
            case Some(parts):
                return self._sum(parts, holds=holds) if holds else self._product(parts, holds=holds)

    def _new(self, formula: Formula, *, holds: bool) -> int:
        found = self.alternatives(formula.of if isinstance(formula, Defined) else formula, holds=holds)
        if not found:
            return NEVER
        if len(found) == 1 and len(found[0]) <= 1:
            (single,) = found
            return next((test.number for test in single if isinstance(test, Flag)), ALWAYS)
        number = self._first + len(self._derived)
        self._derived.append(Derived(number, found))
        return number

    def _folded(self, formula: Formula, found: tuple[Alternative, ...], *, holds: bool) -> tuple[Alternative, ...]:
        """One derived flag instead of several alternatives, where no row is read."""
        if len(found) < 2 or any(not isinstance(test, Flag) for one in found for test in one):
            return found
        return (frozenset((Flag(self.flag(formula, holds=holds)),)),)

    def _sum(self, parts: Iterable[Formula], *, holds: bool) -> tuple[Alternative, ...]:
        return _least(one for part in parts for one in self.alternatives(part, holds=holds))

    def _product(self, parts: Iterable[Formula], *, holds: bool) -> tuple[Alternative, ...]:
        product: tuple[Alternative, ...] = (frozenset(),)
        for part in parts:
            found = self.alternatives(part, holds=holds)
            if len(product) * len(found) > MOST_IN_PRODUCT:
                found = self._folded(part, found, holds=holds)
            product = _least(one | other for one in product for other in found)
        return product


def _least(alternatives: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """Without those that another one implies. A flag and its opposite may stand together: both are set where nothing is settled."""
    kept: list[Alternative] = []
    for one in sorted(set(alternatives), key=lambda one: (len(one), sorted(map(repr, one)))):
        if not any(other <= one for other in kept):
            kept.append(one)
    return tuple(kept)
