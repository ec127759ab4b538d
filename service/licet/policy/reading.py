"""Reading trees against a schema: what is missing, unknown or of the wrong kind becomes a fault, and reading goes on."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from licet.language.faults import Fault, Position
from licet.policy.text import Mapping, Node, Scalar, Sequence

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")
_NOWHERE = Position("", 1, 1)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint that names the nearest known name, if one is near."""
    close = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else ""


@dataclass(slots=True)
class Faults:
    """A collector of faults."""

    found: list[Fault] = field(default_factory=list)

    def add(self, at: Position, code: str, message: str, hint: str = "") -> None:
        """One more fault."""
        self.found.append(Fault(at, code, message, hint))


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one mapping, read one by one; `done` complains about those that nobody read."""

    what: str
    at: Position
    nodes: dict[str, Node]
    keys: dict[str, Position]
    faults: Faults
    read: set[str]
    asked: set[str] = field(default_factory=set)
    """Keys that may be there, for hints."""

    @classmethod
    def of(cls, node: Node | None, what: str, faults: Faults, at: Position = _NOWHERE) -> Fields:
        """The fields of a node that should be a mapping."""
        if not isinstance(node, Mapping):
            if node is not None:
                faults.add(node.at, "SHAPE", f"{what} should be a mapping of keys to values")
            # What it should hold is not missed one by one.
            return cls(what, node.at if node is not None else at, {}, {}, Faults(), set())
        nodes = {key.text: value for key, value in node.entries}
        return cls(what, node.at, nodes, {key.text: key.at for key, _ in node.entries}, faults, set())

    def or_else(self, defaults: Fields | None) -> Fields:
        """The same fields; those that are not there are as the defaults say."""
        if defaults is not None:
            self.nodes.update({key: node for key, node in defaults.nodes.items() if key not in self.nodes})
            self.keys.update({key: at for key, at in defaults.keys.items() if key not in self.keys})
        return self

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        self.asked.add(key)
        return key in self.nodes

    def node(self, key: str, *, required: bool = False) -> Node | None:
        """The node under a key."""
        self.read.add(key)
        if required and key not in self.nodes:
            self.faults.add(self.at, "MISSING", f"{self.what} has no {key}", f"add `{key}:`")
        return self.nodes.get(key)

    def position(self, key: str) -> Position:
        """Where the value of a key stands."""
        return self.nodes[key].at if key in self.nodes else self.at

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """The text under a key."""
        node = self.node(key, required=required)
        if node is None:
            return default
        if not isinstance(node, Scalar):
            self.faults.add(node.at, "SHAPE", f"{key} of {self.what} should be a text")
            return default
        if required and not node.text.strip():
            self.faults.add(node.at, "MISSING", f"{key} of {self.what} is empty")
        return node.text.strip()

    def choice(self, key: str, kind: type[_E], default: _E | None = None) -> _E:
        """One of a closed set; without default the key is required."""
        text = self.text(key, required=default is None)
        if key not in self.nodes and default is not None:
            return default
        return choose(text, kind, self.position(key), f"{key} of {self.what}", self.faults)

    def date(self, key: str, *, required: bool = False) -> datetime.date | None:
        """The date under a key."""
        text = self.text(key, required=required)
        return read_date(text, self.position(key), f"{key} of {self.what}", self.faults) if text else None

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """The list of texts under a key; a single text is a list of one."""
        return tuple(scalar.text.strip() for scalar in self.scalars(key, required=required))

    def scalars(self, key: str, *, required: bool = False) -> tuple[Scalar, ...]:
        """The same, with places."""
        node = self.node(key, required=required)
        if node is None:
            return ()
        items = node.items if isinstance(node, Sequence) else (node,)
        for item in items:
            if not isinstance(item, Scalar):
                self.faults.add(item.at, "SHAPE", f"{key} of {self.what} should be a list of texts")
        return tuple(item for item in items if isinstance(item, Scalar))

    def each(self, key: str, read: Callable[[Fields], _T], what: str = "", *, required: bool = False) -> tuple[_T, ...]:
        """The list of mappings under a key, each read by `read`."""
        node = self.node(key, required=required)
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            self.faults.add(node.at, "SHAPE", f"{key} of {self.what} should be a list")
            return ()
        return tuple(read_mapping(item, what or key, self.faults, read) for item in node.items)

    def done(self) -> None:
        """Complains about every key that nobody read."""
        for key in self.nodes.keys() - self.read:
            self.faults.add(self.keys[key], "UNKNOWN_KEY", f"{self.what} has no field {key}", nearest(key, self.read | self.asked))


def read_mapping(node: Node, what: str, faults: Faults, read: Callable[[Fields], _T]) -> _T:
    """A mapping read whole: unknown keys are faults."""
    fields = Fields.of(node, what, faults)
    value = read(fields)
    fields.done()
    return value


def choose(text: str, kind: type[_E], at: Position, what: str, faults: Faults) -> _E:
    """The member of a closed set that a text names."""
    for member in kind:
        if member.value == text:
            return member
    members = ", ".join(member.value for member in kind)
    if text:
        faults.add(at, "CHOICE", f"{what} is {text}, expected one of {members}", nearest(text, (m.value for m in kind)))
    return next(iter(kind))


def must_be(scalar: Scalar, names: Iterable[str], what: str, faults: Faults) -> None:
    """A fault where a text is none of the names."""
    known = set(names)
    if scalar.text and scalar.text not in known:
        faults.add(scalar.at, "UNKNOWN_NAME", f"{scalar.text} is no {what}", nearest(scalar.text, known))


def no_duplicates(ids: Iterable[Scalar], what: str, faults: Faults) -> None:
    """A fault for every name that stands a second time."""
    seen: dict[str, Position] = {}
    for id_ in ids:
        if id_.text in seen:
            faults.add(id_.at, "DUPLICATE", f"the {what} {id_.text} stands twice; first at {seen[id_.text]}")
        seen.setdefault(id_.text, id_.at)


def read_date(text: str, at: Position, what: str, faults: Faults) -> datetime.date | None:
    """A date written YYYY-MM-DD."""
    try:
        if _DATE.fullmatch(text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    faults.add(at, "DATE", f"{what} is {text}, expected a date such as 2020-06-29")
    return None
