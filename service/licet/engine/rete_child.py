"""The child process: the only module that knows durable-rules. It answers requests on its standard input until that ends.

Requests and answers are JSON with their length before them. Nothing but whole numbers reaches the engine, in the two shapes in which
it was never seen to be wrong or to break:

- a *join* of one lasting fact with one passing fact on one number. A match of two passing facts must not be: when the second of
  them is taken back, the engine reads and writes beyond the frame that it keeps of the match.
- rules over *one flat fact* in which every property is set.

All facts have one `sid`; `id`s are numbers whose hashes, by which the engine keeps them, differ. A request asserts, collects what
fired, and retracts; a consequent is no more than the number of its rule. No state is deleted, no timer runs, the module's own Python
host is not used. Whatever else is asked for is refused; after any error of the engine the process ends, and another is started.
"""

from __future__ import annotations

import json
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import durable_rules_engine as engine

MOST_ALTERNATIVES = 50
MOST_PROPERTIES = 200
MOST_TESTS = 60
MOST_PAIRS = 60_000
MOST_FRAME = 64 * 1024 * 1024
MOST_NUMBER = 2**31 - 1
_BATCH = 200
"""Passing facts at a time: each is kept as nearly seven kilobytes."""
_MEMORY = 4 * 1024**3
_UNKNOWN, _UNCLAIMED = -1, -2
_ALWAYS, _NEVER = -1, -2
_CERTAIN, _POSSIBLE = 1, 2
WORLDS = (_CERTAIN, _POSSIBLE)


class Refused(Exception):  # noqa: N818  # what it says is an answer, not an error
    """The request asks for what the engine cannot be trusted with."""


class Broken(Exception):  # noqa: N818  # as above
    """The engine reported an error; what it holds is no longer to be relied on."""


# ---- the engine ---------------------------------------------------------------------------------------------------------


def fnv(text: str) -> int:
    """The hash by which the engine finds facts by `id`, and properties by name."""
    value = 2166136261
    for byte in text.encode("ascii"):
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


_RESERVED = ("sid", "id", "sid-1", "$s", "$pulse")


class Rules:
    """One ruleset with its one state."""

    def __init__(self, name: str, definition: Mapping[str, Any]) -> None:
        self._handle = _asked(engine.create_ruleset, name, json.dumps(definition))
        self._state = 0
        self._hashes = {fnv(text) for text in _RESERVED}
        self._next = 1
        self._spare: list[int] = []
        self._passing: list[int] = []

    def keep(self, fact: Mapping[str, int]) -> int:
        """Asserts a lasting fact; its id."""
        return self._assert(self._fresh(), fact)

    def put(self, fact: Mapping[str, int]) -> int:
        """Asserts a passing fact; its id."""
        number = self._assert(self._spare.pop() if self._spare else self._fresh(), fact)
        self._passing.append(number)
        return number

    def fired(self) -> Iterator[tuple[str, str]]:
        """What fired since it was last asked: the names of rules, each with the text of up to a thousand matches."""
        found = _asked(engine.start_action_for_state, self._handle, self._state) if self._state else None
        text = found[1] if found is not None else None
        while text is not None:
            yield text[2 : text.index('"', 2)], text
            text = _asked(engine.complete_and_start_action, self._handle, self._state)

    def clear(self) -> None:
        """Retracts every passing fact."""
        for number in self._passing:
            _asked(engine.retract_fact, self._handle, f'{{"sid":1,"id":{number}}}')
        self._spare += reversed(self._passing)
        self._passing = []

    def _fresh(self) -> int:
        while (found := fnv(str(self._next))) in self._hashes:
            self._next += 1
        self._hashes.add(found)
        self._next += 1
        return self._next - 1

    def _assert(self, number: int, fact: Mapping[str, int]) -> int:
        properties = "".join(f',"{name}":{value}' for name, value in fact.items())
        code, self._state = _asked(engine.assert_fact, self._handle, f'{{"sid":1,"id":{number}{properties}}}')
        if code not in (0, 1):  # 1: no rule is about such a fact
            raise Broken(f"a fact was answered with {code}")
        return number


def _asked(function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except engine.error as error:
        raise Broken(str(error)) from None


class Join:
    """Which numbers stand beside a key: lasting facts hold the pairs, passing facts ask for keys."""

    _MATCH = re.compile(r'"([ab])":\{"sid":1,"id":(\d+)')

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        both = [{"a": {"t": 1}}, {"b": {"$and": [{"t": 2}, {"k": {"a": "k"}}]}}]
        self._rules = Rules("join", {"join": {"all": both, "cap": 1000}})
        self._values = {self._rules.keep({"t": 1, "k": key}): value for key, value in pairs}

    def values(self, keys: Iterable[int]) -> dict[int, set[int]]:
        """For each key, what stands beside it."""
        found: dict[int, set[int]] = {key: set() for key in keys}
        asked = {self._rules.put({"t": 2, "k": key}): key for key in found}
        for _, text in self._rules.fired():
            ids = [int(number) for _, number in sorted(_pairs(self._MATCH.findall(text)))]
            for lasting, passing in zip(ids[: len(ids) // 2], ids[len(ids) // 2 :], strict=True):
                found[asked[passing]].add(self._values[lasting])
        self._rules.clear()
        return found


def _pairs(matches: list[tuple[str, str]]) -> Iterator[tuple[tuple[str, int], str]]:
    """Matches, numbered, so that sorting brings lasting facts first and keeps the frames in step."""
    counts = {"a": 0, "b": 0}
    for name, number in matches:
        counts[name] += 1
        yield (name, counts[name]), number


class FlatRules:
    """Alternatives over the properties `p0`, `p1` … of one fact and its world `w`; each names a target."""

    _MATCH = re.compile(r'"id":(\d+)')

    def __init__(self, alternatives: Sequence[Sequence[Any]], properties: int) -> None:
        if not 0 < len(alternatives) <= MOST_ALTERNATIVES:
            raise Refused(f"{len(alternatives)} alternatives in a ruleset, allowed are 1 to {MOST_ALTERNATIVES}")
        if properties > MOST_PROPERTIES:
            raise Refused(f"{properties} properties in a fact, allowed are {MOST_PROPERTIES}")
        self._targets = [_whole(target) for target, _, _ in alternatives]
        names = ["w", *(f"p{n}" for n in range(properties))]
        if len({fnv(name) for name in (*names, *_RESERVED)}) < len(names) + len(_RESERVED):
            raise Refused("names of properties share a hash")
        definition = {f"r{n}": _rule(tests, possible, properties) for n, (_, tests, possible) in enumerate(alternatives)}
        self._rules = Rules("flat", definition)

    def targets(self, facts: Sequence[tuple[int, Sequence[int]]]) -> list[set[int]]:
        """For each fact, a world and its properties, the targets that fired."""
        found: list[set[int]] = [set() for _ in facts]
        for start in range(0, len(facts), _BATCH):
            batch = facts[start : start + _BATCH]
            asked = {self._rules.put(_flat(world, values)): start + n for n, (world, values) in enumerate(batch)}
            for name, text in self._rules.fired():
                for number in self._MATCH.findall(text):
                    found[asked[int(number)]].add(self._targets[int(name[1:])])
            self._rules.clear()
        return found


def _flat(world: int, values: Sequence[int]) -> dict[str, int]:
    return {"w": world} | {f"p{n}": value for n, value in enumerate(values)}


def _rule(tests: Sequence[Sequence[int]], possible: Any, properties: int) -> dict[str, Any]:
    if not isinstance(tests, list) or len(tests) > MOST_TESTS:
        raise Refused(f"tests of an alternative must be a list of at most {MOST_TESTS}")
    conditions: list[dict[str, Any]] = []
    for prop, equal, value in tests:
        test = {f"p{_whole(prop, properties - 1)}": _whole(value)}
        conditions.append(test if _whole(equal, 1) else {"$neq": test})
    worlds = {"w": _POSSIBLE} if possible else {"$gte": {"w": _CERTAIN}}
    # What every fact has comes last: a rule of nothing but a negation would never end.
    return {"all": [{"m": {"$and": [*conditions, worlds]}}], "cap": 1000}


def _whole(value: Any, most: int = MOST_NUMBER) -> int:
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

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._inputs = [_whole(flag) for flag in spec["inputs"]]
        self._rules = FlatRules(spec["alternatives"], len(self._inputs))

    def run(self, flags: Flags) -> Iterator[tuple[int, int]]:
        """The targets that fire, each with its world."""
        facts = [(world, [flags.has(flag, world) for flag in self._inputs]) for world in WORLDS]
        for world, targets in zip(WORLDS, self._rules.targets(facts), strict=True):
            yield from ((target, world) for target in targets)


class Table:
    """Rules that stand for one rule a row. Rows are joined by what one part of them names, where every rule wants that part."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._rows = {_whole(row): (parts, columns) for row, parts, columns in spec["rows"]}
        self._keys = {int(flag): _whole(key) for flag, key in spec["keys"].items()} if spec["keys"] is not None else None
        self._inputs = [(_whole(kind, 2), _whole(number)) for kind, number in spec["inputs"]]
        self._rules = [(FlatRules(r["alternatives"], len(self._inputs)), r["possible"]) for r in spec["rules"]]

    def keys(self, flags: Flags) -> set[int]:
        """The keys by which rows are wanted."""
        wanted = self._keys or {}
        return {key for flag, key in wanted.items() if flags.has(flag, _POSSIBLE) or flags.has(flag, _CERTAIN)}

    def run(self, flags: Flags, joined: Mapping[int, set[int]], base: int) -> Iterator[tuple[int, int, int]]:
        """The targets that fire, each with its world and row."""
        facts: list[tuple[int, list[int]]] = []
        about: list[tuple[int, int]] = []
        for world in WORLDS:
            for row in self._wanted(flags, joined, base, world):
                facts.append((world, [self._value(kind, n, row, flags, world) for kind, n in self._inputs]))
                about.append((world, row))
        for rules, _ in self._rules:
            for (world, row), targets in zip(about, rules.targets(facts), strict=True):
                yield from ((target, world, row) for target in targets)

    def _wanted(self, flags: Flags, joined: Mapping[int, set[int]], base: int, world: int) -> list[int]:
        if self._keys is None:
            return list(self._rows)
        keys = (key for flag, key in self._keys.items() if flags.has(flag, world))
        return sorted({value - base for key in keys for value in joined[key] if value >= base})

    def _value(self, kind: int, number: int, row: int, flags: Flags, world: int) -> int:
        parts, columns = self._rows[row]
        if kind == 0:
            return flags.has(number, world)
        return flags.has(parts[number], world) if kind == 1 else int(columns[number])


class Section:
    """The rules of one kind of instance: the transaction, an item, or what `for_each` binds."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.subjects = [_whole(number) for number in spec["subjects"]]
        self.decided = [[_whole(number) for number in atom] for atom in spec["decided"]]
        self.taken = [_whole(number) for number in spec["taken"]]
        self.strata = [[Stratum(each) for each in stratum] for stratum in spec["strata"]]
        self.tables = [Table(each) for each in spec["tables"]]


class Program:
    """One package's law on some interval of dates, loaded."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        pairs = [(_whole(key), _whole(value)) for key, value in request["pairs"]]
        if len(pairs) > MOST_PAIRS:
            raise Refused(f"{len(pairs)} pairs, allowed are {MOST_PAIRS}")
        self._base = 2 * _whole(request["sets"])
        self._everything = frozenset(_whole(number) for number in request["everything"])
        self._first = _whole(request["first"])
        self._sections = [Section(spec) for spec in request["sections"]]
        self._join = Join(pairs)

    def evaluate(self, request: Mapping[str, Any]) -> list[list[int]]:
        """What fired: instance, target, world, and row or -1."""
        elements = self._elements(request["elements"])
        instances: list[Flags] = []
        notes: list[list[int]] = []
        for number, spec in enumerate(request["instances"]):
            section = self._sections[_whole(spec["section"], len(self._sections) - 1)]
            flags = Flags(instances[spec["parent"]] if spec["parent"] >= 0 else None)
            instances.append(flags)
            self._settle(section, spec, elements, flags)
            notes += ([number, *note] for note in self._run(section, flags))
        return notes

    def _elements(self, specs: Sequence[Sequence[Sequence[int]]]) -> list[Found]:
        """For each element, what it stands to: of each set, whether an entry or an exception is hit, surely or maybe."""
        keys = {_whole(key) for spec in specs for key, _ in spec}
        joined = self._join.values(sorted(keys))
        return [Found(spec, joined, self._base) for spec in specs]

    def _settle(self, section: Section, spec: Mapping[str, Any], elements: Sequence[Found], flags: Flags) -> None:
        read = dict(zip(section.subjects, spec["subjects"], strict=True))
        for atom, subject, entries, opposite, unclaimed in section.decided:
            certain = possible = False
            for element in read[subject]:
                surely, maybe = self._among(element, elements, entries, opposite, unclaimed)
                certain, possible = certain or surely, possible or maybe
            flags.settle(atom, certain, possible)
        for atom, value in zip(section.taken, spec["taken"], strict=True):
            flags.settle(atom, value == 1, value != 0)

    def _among(
        self, element: int, elements: Sequence[Found], entries: int, opposite: int, unclaimed: int
    ) -> tuple[bool, bool]:
        if element == _UNKNOWN:
            return False, True
        if element == _UNCLAIMED:
            return bool(unclaimed), bool(unclaimed)
        surely, maybe = elements[element].among(entries, entries in self._everything)
        return (not maybe, not surely) if opposite else (surely, maybe)

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
            yield from ([target - self._first, world, row] for target, world, row in table.run(flags, joined, self._base))


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


# ---- requests -----------------------------------------------------------------------------------------------------------


class Child:
    """Answers requests; programs stay loaded until the process ends."""

    def __init__(self) -> None:
        self._programs: dict[str, Program] = {}

    def answer(self, request: Any) -> dict[str, Any]:
        """The answer to one request. Raises `Broken` where the engine reported an error."""
        try:
            return self._answer(request) | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
        except Refused as refusal:
            return {"refused": str(refusal)}
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            return {"refused": f"the request cannot be read: {type(error).__name__} {error}"}

    def _answer(self, request: Any) -> dict[str, Any]:
        match request["do"]:
            case "load":
                self._programs[request["program"]] = Program(request)
                return {"loaded": request["program"]}
            case "evaluate":
                signal.alarm(_whole(request["seconds"], 3600))
                notes = self._programs[request["program"]].evaluate(request)
                signal.alarm(0)
                return {"notes": notes}
            case other:
                raise Refused(f"{str(other)[:80]} is no request")


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame; None at the end."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    length = int.from_bytes(head, "big")
    body = stream.read(length) if length <= MOST_FRAME else b""
    return body if len(body) == length else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Writes a frame."""
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()


def main() -> None:
    """Answers until the input ends, or the engine reports an error."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    child = Child()
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        try:
            answer = child.answer(json.loads(frame))
        except Broken as error:
            write_frame(sys.stdout.buffer, json.dumps({"broken": str(error)}).encode())
            return
        write_frame(sys.stdout.buffer, json.dumps(answer, separators=(",", ":")).encode())


if __name__ == "__main__":
    main()
