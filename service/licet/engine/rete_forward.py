"""Forward chaining in two worlds, in the child process: what was read sets flags, these set others, and rules note that they hold.

A program is one package's law on some interval of dates. It is made of the two shapes of rules that durable-rules is trusted with,
which are handed in: this module does not know the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from licet.engine.rete_limits import MOST_MATCHES, MOST_NUMBER, MOST_PAIRS

_UNKNOWN, _UNCLAIMED = -1, -2
_ALWAYS = -1
_CERTAIN, _POSSIBLE = 1, 2
_FLAG, _PART, _COLUMN = 0, 1, 2
WORLDS = (_CERTAIN, _POSSIBLE)
"""The certain world, and the possible one."""


class Refused(Exception):  # noqa: N818  # what it says is an answer, not an error
    """The request asks for what the engine cannot be trusted with."""


class Join(Protocol):
    """Which numbers stand beside a key."""

    def values(self, keys: Iterable[int]) -> dict[int, set[int]]:
        """For each key, what stands beside it."""
        ...


class Flat(Protocol):
    """Alternatives over the properties of one fact."""

    def targets(self, facts: Sequence[tuple[int, Sequence[int]]]) -> list[set[int]]:
        """For each fact, a world and its properties, the targets that fired."""
        ...


@dataclass(frozen=True, slots=True)
class Shapes:
    """The two shapes of rules: a join of pairs, and alternatives over so many properties."""

    join: Callable[[Iterable[tuple[int, int]]], Join]
    flat: Callable[[Sequence[Any], int], Flat]


def whole(value: Any, most: int = MOST_NUMBER) -> int:
    """The value, if it is a whole number within bounds; raises `Refused` otherwise."""
    if type(value) is not int or not 0 <= value <= most:
        raise Refused(f"a whole number from 0 to {most} was expected, found {str(value)[:80]}")
    return value


# ---- programs -----------------------------------------------------------------------------------------------------------


class Flags:
    """Which flags are set in each world of an instance."""

    def __init__(self, parent: Flags | None) -> None:
        self.set: dict[int, set[int]] = {world: set(parent.set[world]) if parent else set() for world in WORLDS}

    def has(self, flag: int, world: int) -> int:
        """1 if the flag is set in the world, else 0."""
        return 1 if flag == _ALWAYS or flag in self.set[world] else 0

    def settle(self, atom: int, certain: bool, possible: bool) -> None:
        """Sets the two flags of an atom: what holds for certain, and what is possible."""
        for world, holds, fails in ((_CERTAIN, certain, not possible), (_POSSIBLE, possible, not certain)):
            if holds:
                self.set[world].add(2 * atom)
            if fails:
                self.set[world].add(2 * atom + 1)


class Stratum:
    """Rules over flags whose inputs are all known: they set further flags, or note that a rule holds."""

    def __init__(self, spec: Mapping[str, Any], shapes: Shapes) -> None:
        self._inputs = [whole(flag) for flag in spec["inputs"]]
        self._rules = shapes.flat(spec["alternatives"], len(self._inputs))

    def run(self, flags: Flags) -> Iterator[tuple[int, int]]:
        """The targets that fire, each with its world."""
        facts = [(world, [flags.has(flag, world) for flag in self._inputs]) for world in WORLDS]
        for world, targets in zip(WORLDS, self._rules.targets(facts), strict=True):
            yield from ((target, world) for target in targets)


class Table:
    """Rules that stand for one rule a row. Rows are joined by what one part of them names, where every rule wants that part."""

    def __init__(self, spec: Mapping[str, Any], shapes: Shapes) -> None:
        self._rows = {whole(row): (parts, [whole(text) for text in columns]) for row, parts, columns in spec["rows"]}
        self._keys = {int(flag): whole(key) for flag, key in spec["keys"].items()} if spec["keys"] is not None else None
        self._inputs = [(whole(kind, 2), whole(number)) for kind, number in spec["inputs"]]
        self._rules = shapes.flat(spec["alternatives"], len(self._inputs))

    def keys(self, flags: Flags) -> set[int]:
        """The keys by which rows are wanted."""
        wanted = self._keys or {}
        return {key for flag, key in wanted.items() if flags.has(flag, _POSSIBLE) or flags.has(flag, _CERTAIN)}

    def wanted(self, flags: Flags, joined: Mapping[int, set[int]], base: int) -> list[tuple[int, int]]:
        """The rows to look at, each with a world."""
        if self._keys is None:
            return [(world, row) for world in WORLDS for row in self._rows]
        found: list[tuple[int, int]] = []
        for world in WORLDS:
            keys = (key for flag, key in self._keys.items() if flags.has(flag, world))
            found += sorted({(world, value - base) for key in keys for value in joined[key] if value >= base})
        return found

    def run(self, flags: Flags, wanted: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
        """The targets that fire, each with its world and row."""
        facts = [(world, [self._value(kind, n, row, flags, world) for kind, n in self._inputs]) for world, row in wanted]
        for (world, row), targets in zip(wanted, self._rules.targets(facts), strict=True):
            yield from ((target, world, row) for target in targets)

    def _value(self, kind: int, number: int, row: int, flags: Flags, world: int) -> int:
        parts, columns = self._rows[row]
        if kind == _FLAG:
            return flags.has(number, world)
        return flags.has(parts[number], world) if kind == _PART else columns[number]


class Section:
    """The rules of one kind of instance: the transaction, an item, or what `for_each` binds."""

    def __init__(self, spec: Mapping[str, Any], shapes: Shapes) -> None:
        self.subjects = [whole(number) for number in spec["subjects"]]
        self.decided = [(whole(atom), [[whole(n) for n in asked] for asked in all_asked]) for atom, all_asked in spec["decided"]]
        self.taken = [whole(number) for number in spec["taken"]]
        self.strata = [[Stratum(each, shapes) for each in stratum] for stratum in spec["strata"]]
        self.tables = [Table(each, shapes) for each in spec["tables"]]


class Program:
    """One package's law on some interval of dates, loaded."""

    def __init__(self, request: Mapping[str, Any], shapes: Shapes) -> None:
        pairs = [(whole(key), whole(value)) for key, value in request["pairs"]]
        if len(pairs) > MOST_PAIRS:
            raise Refused(f"{len(pairs)} pairs, allowed are {MOST_PAIRS}")
        self._base = 2 * whole(request["sets"])
        self._everything = frozenset(whole(number) for number in request["everything"])
        self._first = whole(request["first"])
        self._rows = 0
        self._sections = [Section(spec, shapes) for spec in request["sections"]]
        self._join = shapes.join(pairs)

    def evaluate(self, request: Mapping[str, Any]) -> list[list[int]]:
        """What fired: instance, target, world, and row or -1."""
        self._rows = 0
        elements = self._elements(request["elements"])
        instances: list[Flags] = []
        notes: list[list[int]] = []
        for number, spec in enumerate(request["instances"]):
            section = self._sections[whole(spec["section"], len(self._sections) - 1)]
            flags = Flags(instances[spec["parent"]] if spec["parent"] >= 0 else None)
            instances.append(flags)
            self._settle(section, spec, elements, flags)
            notes += ([number, *note] for note in self._run(section, flags))
        return notes

    def _elements(self, specs: Sequence[Sequence[Sequence[int]]]) -> list[Found]:
        """For each element, what it stands to: of each set, whether an entry or an exception is hit, surely or maybe."""
        keys = {whole(key) for spec in specs for key, _ in spec}
        joined = self._join.values(sorted(keys))
        return [Found(spec, joined, self._base) for spec in specs]

    def _settle(self, section: Section, spec: Mapping[str, Any], elements: Sequence[Found], flags: Flags) -> None:
        read = dict(zip(section.subjects, spec["subjects"], strict=True))
        for atom, asked in section.decided:
            found = [self._stand(elements, read[subject], *rest) for subject, *rest in asked]
            together = found[0] if len(found) == 1 else [_both(each) for each in zip(*found, strict=True)]
            flags.settle(atom, any(surely for surely, _ in together), any(maybe for _, maybe in together))
        for atom, value in zip(section.taken, spec["taken"], strict=True):
            flags.settle(atom, value == 1, value != 0)

    def _stand(
        self, elements: Sequence[Found], numbers: Sequence[int], entries: int, opposite: int, unclaimed: int
    ) -> list[tuple[bool, bool]]:
        """Whether each element is among the entries (or with `opposite` is not), surely and maybe."""
        stand: list[tuple[bool, bool]] = []
        for number in numbers:
            if number == _UNKNOWN:
                stand.append((False, True))
            elif number == _UNCLAIMED:
                stand.append((bool(unclaimed), bool(unclaimed)))
            else:
                surely, maybe = elements[number].among(entries, entries in self._everything)
                stand.append((not maybe, not surely) if opposite else (surely, maybe))
        return stand

    def _run(self, section: Section, flags: Flags) -> Iterator[list[int]]:
        for stratum in section.strata:
            fired = [note for rules in stratum for note in rules.run(flags)]
            for target, world in fired:
                if target < self._first:
                    flags.set[world].add(target)
                else:
                    yield [target - self._first, world, -1]
        keys = {key for table in section.tables for key in table.keys(flags)}
        joined = self._join.values(sorted(keys)) if keys else {}
        for table in section.tables:
            wanted = table.wanted(flags, joined, self._base)
            self._rows += len(wanted)
            if self._rows > MOST_MATCHES:
                raise Refused(f"more than {MOST_MATCHES} rows may match")
            yield from ([target - self._first, world, row] for target, world, row in table.run(flags, wanted))


def _both(stand: Sequence[tuple[bool, bool]]) -> tuple[bool, bool]:
    return all(surely for surely, _ in stand), all(maybe for _, maybe in stand)


class Found:
    """What one element of the transaction hits: entries (`in`) or, where it lies above them, perhaps (`above`)."""

    __slots__ = ("_hit", "_maybe")

    def __init__(self, spec: Sequence[Sequence[int]], joined: Mapping[int, set[int]], base: int) -> None:
        self._hit: set[int] = set()
        self._maybe: set[int] = set()
        for key, above in spec:
            (self._maybe if above else self._hit).update(value for value in joined[key] if value < base)

    def among(self, entries: int, everything: bool) -> tuple[bool, bool]:
        """Whether the element is among the entries, surely and maybe: an exception that is hit, or may be, takes it out."""
        included, excepted = 2 * entries, 2 * entries + 1
        surely = everything or included in self._hit
        maybe = surely or included in self._maybe
        if excepted in self._hit:
            return False, False
        return surely and excepted not in self._maybe, maybe
