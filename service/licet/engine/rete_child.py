"""The child process: the only module that knows durable-rules. It answers requests on its standard input until that ends.

Requests and answers are JSON with their length before them. Nothing but whole numbers reaches the engine, in the two shapes in
which it was never seen to be wrong or to break:

- a *join* of one lasting fact with one passing fact on one number. A match of two passing facts must not be: when the second of
  them is taken back, the engine reads and writes beyond the frame that it keeps of the match.
- rules over *one flat fact* in which every property is set.

All facts have one `sid`; `id`s are numbers whose hashes, by which the engine keeps them, differ. A request asserts, collects what
fired, and retracts; a consequent is no more than the number of its rule. No state is deleted, no timer runs, the module's own
Python host is not used. Whatever else is asked for is refused; after any error of the engine the process ends, and another is
started.
"""

from __future__ import annotations

import contextlib
import json
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TypeVar

import durable_rules_engine as engine

from licet.engine.rete_forward import Program, Refused, Shapes, whole
from licet.engine.rete_limits import MOST_ALTERNATIVES, MOST_FRAME, MOST_PROPERTIES, MOST_TESTS

_BATCH = 200
"""Passing facts at a time: each is kept as nearly seven kilobytes."""
_MEMORY = 4 * 1024**3
_CERTAIN, _POSSIBLE = 1, 2


class Broken(Exception):  # noqa: N818  # what it says is an answer
    """The engine reported an error, or a request ended half way: what the engine holds is no longer to be relied on."""


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


class PairJoin:
    """Which numbers stand beside a key: lasting facts hold the pairs, passing facts ask for keys."""

    _MATCH = re.compile(r'\{"([ab])":\{"sid":1,"id":(\d+)[^}]*\},"[ab]":\{"sid":1,"id":(\d+)')

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        both = [{"a": {"t": 1}}, {"b": {"$and": [{"t": 2}, {"k": {"a": "k"}}]}}]
        self._rules = Rules("join", {"join": {"all": both, "cap": 1000}})
        self._values = {self._rules.keep({"t": 1, "k": key}): value for key, value in pairs}

    def values(self, keys: Iterable[int]) -> dict[int, set[int]]:
        """For each key, what stands beside it."""
        found: dict[int, set[int]] = {key: set() for key in keys}
        for batch in _batches(list(found)):
            asked = {self._rules.put({"t": 2, "k": key}): key for key in batch}
            for _, text in self._rules.fired():
                for name, first, second in self._MATCH.findall(text):
                    lasting, passing = (first, second) if name == "a" else (second, first)
                    found[asked[int(passing)]].add(self._values[int(lasting)])
            self._rules.clear()
        return found


_Item = TypeVar("_Item")


def _batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


class FlatRules:
    """Alternatives over the properties `p0`, `p1` … of one fact and its world `w`; each names a target."""

    _MATCH = re.compile(r'"id":(\d+)')

    def __init__(self, alternatives: Sequence[Sequence[Any]], properties: int) -> None:
        if not 0 < len(alternatives) <= MOST_ALTERNATIVES:
            raise Refused(f"{len(alternatives)} alternatives in a ruleset, allowed are 1 to {MOST_ALTERNATIVES}")
        if properties > MOST_PROPERTIES:
            raise Refused(f"{properties} properties in a fact, allowed are {MOST_PROPERTIES}")
        self._targets = [whole(target) for target, _, _ in alternatives]
        names = ["w", *(f"p{n}" for n in range(properties))]
        if len({fnv(name) for name in (*names, *_RESERVED)}) < len(names) + len(_RESERVED):
            raise Refused("names of properties share a hash")
        definition = {f"r{n}": _rule(tests, possible, properties) for n, (_, tests, possible) in enumerate(alternatives)}
        self._rules = Rules("flat", definition)

    def targets(self, facts: Sequence[tuple[int, Sequence[int]]]) -> list[set[int]]:
        """For each fact, a world and its properties, the targets that fired."""
        found: list[set[int]] = [set() for _ in facts]
        for batch in _batches(list(enumerate(facts))):
            asked = {self._rules.put(_flat(world, values)): n for n, (world, values) in batch}
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
        test = {f"p{whole(prop, properties - 1)}": whole(value)}
        conditions.append(test if whole(equal, 1) else {"$neq": test})
    worlds = {"w": _POSSIBLE} if possible else {"$gte": {"w": _CERTAIN}}
    # What every fact has comes last: a rule of nothing but a negation would never end.
    return {"all": [{"m": {"$and": [*conditions, worlds]}}], "cap": 1000}


# ---- requests -----------------------------------------------------------------------------------------------------------


SHAPES = Shapes(join=PairJoin, flat=FlatRules)


class Child:
    """Answers requests; programs stay loaded until the process ends."""

    def __init__(self) -> None:
        self._programs: dict[str, Program] = {}

    def answer(self, request: Any) -> dict[str, Any]:
        """The answer to one request. Raises `Broken`; the process must end then."""
        try:
            return self._answer(request) | {"memory": _memory()}
        except Refused as refusal:
            return {"refused": str(refusal)}
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise Broken(f"the request cannot be read: {type(error).__name__} {error}") from None

    def _answer(self, request: Any) -> dict[str, Any]:
        match request["do"]:
            case "load":
                self._programs[request["program"]] = Program(request, SHAPES)
                return {"loaded": request["program"]}
            case "evaluate":
                return {"notes": self._evaluate(request)}
            case other:
                raise Refused(f"{str(other)[:80]} is no request")

    def _evaluate(self, request: Mapping[str, Any]) -> list[list[int]]:
        signal.alarm(whole(request["seconds"], 3600))  # ends the process, should whoever asked be gone
        try:
            return self._programs[request["program"]].evaluate(request)
        finally:
            signal.alarm(0)


def _memory() -> int:
    """Kilobytes that the process has. What the system calls its most may be that of the process which started it."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  # the core has no pathlib
            return int(file.read().split()[1]) * resource.getpagesize() // 1024
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most // 1024 if sys.platform == "darwin" else most


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
    for limit, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, _MEMORY)):
        with contextlib.suppress(OSError, ValueError):  # a system may know less of limits
            resource.setrlimit(limit, (most, most))
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
