"""What a case changes of the base shipment, by the paths under which faults and questions speak of facts.

`end_use.purposes`, `parties[buyer].military`, `items[1].classifications[us.eccn]`: what stands at the path is replaced whole, and
what does not stand there yet is added. All functions leave the tree that they are given as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from licet.language.faults import Position
from licet.policy.reading import Faults
from licet.policy.text import Mapping, Node, Scalar, Sequence
from licet.v1 import transaction_pb2

_FIELD = "[A-Za-z_][A-Za-z0-9_]*"
_STEP = re.compile(rf"({_FIELD})|\[([^\[\]]+)\]")
_PATH = re.compile(rf"{_FIELD}(\.{_FIELD}|\[[^\[\]]+\])*")
_NAMES = ("reference", "line")
_HINT = "as in parties[buyer].military or items[1].classifications[us.eccn]"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a path: a field, or in brackets an element of a list by its name or number, or a key of a map."""

    name: str
    in_brackets: bool


class Misled(Exception):  # noqa: N818  # says what is wrong with a path
    """A path leads nowhere."""


def put(root: Mapping, key: Scalar, value: Node, faults: Faults) -> Mapping:
    """The tree with a value at a path; a path that cannot be followed is a fault, and changes nothing."""
    return _changed(root, key, lambda _: value, faults)


def drop(root: Mapping, key: Scalar, faults: Faults) -> Mapping:
    """The tree without what stands at a path; it is a fault if nothing stands there."""

    def nothing(old: Node | None) -> Node | None:
        if old is None:
            raise Misled(f"nothing stands at {key.text}")
        return None

    return _changed(root, key, nothing, faults)


_Change = Callable[[Node | None], Node | None]


def _changed(root: Mapping, key: Scalar, change: _Change, faults: Faults) -> Mapping:
    steps = _steps(key.text)
    if not steps:
        faults.add(key.at, "PATH", f"{key.text} is no path of a fact", _HINT)
        return root
    try:
        changed = _at(root, steps, change, key.at, transaction_pb2.Transaction.DESCRIPTOR)
    except Misled as error:
        faults.add(key.at, "PATH", str(error), _HINT)
        return root
    return changed if isinstance(changed, Mapping) else Mapping((), root.at)


def _steps(path: str) -> tuple[Step, ...]:
    """The steps of a path; none where it is no path."""
    if not _PATH.fullmatch(path):
        return ()
    return tuple(Step(field or element, not field) for field, element in _STEP.findall(path))


def _at(node: Node | None, steps: tuple[Step, ...], change: _Change, at: Position, about: Any) -> Node | None:
    """The node with the change made below it; `about` describes it: a message, or a list or map field."""
    if not steps:
        return change(node)
    step = steps[0]
    if isinstance(node, Scalar):
        raise Misled(f"{step.name} cannot be set alone, since {node.text} is a short form: state the whole")
    if step.in_brackets and (isinstance(node, Sequence) or (node is None and _is_list(about))):
        return _in_list(node, steps, change, at, about)
    if isinstance(node, Sequence):
        raise Misled(f"{step.name} stands behind a list: name the element in brackets")
    return _in_mapping(node, steps, change, at, about)


def _in_mapping(node: Mapping | None, steps: tuple[Step, ...], change: _Change, at: Position, about: Any) -> Node | None:
    step, rest = steps[0], steps[1:]
    entries = node.entries if node is not None else ()
    old = next((value for key, value in entries if key.text == step.name), None)
    new = _at(old, rest, change, at, _below(about, step))
    key = next((key for key, _ in entries if key.text == step.name), Scalar(step.name, at))
    kept = tuple((k, new if k.text == step.name else v) for k, v in entries)
    whole = kept if old is not None else (*entries, (key, new))
    return Mapping(tuple((k, v) for k, v in whole if v is not None), node.at if node is not None else at)


def _in_list(node: Sequence | None, steps: tuple[Step, ...], change: _Change, at: Position, about: Any) -> Node:
    step, rest = steps[0], steps[1:]
    items = node.items if node is not None else ()
    place = _place_of(items, step.name)
    if place is None and rest:
        raise Misled(
            f"there is no element {step.name}, only {', '.join(_named(items))}" if items else "the list is empty: state it whole"
        )
    new = _at(items[place] if place is not None else None, rest, change, at, _message(about))
    if new is not None and not rest:
        new = _with_name(new, step.name, about)
    changed = (*items, new) if place is None else (*items[:place], new, *items[place + 1 :])
    return Sequence(tuple(item for item in changed if item is not None), node.at if node is not None else at)


def _named(items: tuple[Node, ...]) -> list[str]:
    return [_name(item) or str(number) for number, item in enumerate(items, 1)]


def _place_of(items: tuple[Node, ...], name: str) -> int | None:
    names = _named(items)
    return names.index(name) if name in names else None


def _name(item: Node) -> str:
    if not isinstance(item, Mapping):
        return ""
    texts = {key.text: value.text for key, value in item.entries if isinstance(value, Scalar)}
    return next((texts[name] for name in _NAMES if texts.get(name)), "")


def _with_name(node: Node, name: str, about: Any) -> Node:
    """An element that is stated whole bears the name under which it was stated."""
    message = _message(about)
    field = next((n for n in _NAMES if message is not None and n in message.fields_by_name), "")
    if not isinstance(node, Mapping) or not field or _name(node):
        return node
    return Mapping(((Scalar(field, node.at), Scalar(name, node.at)), *node.entries), node.at)


# ---- what the API says of a path ----------------------------------------------------------------------------------------


def _is_list(about: Any) -> bool:
    return getattr(about, "is_repeated", False) and not _is_map(about)


def _is_map(about: Any) -> bool:
    message = getattr(about, "message_type", None)
    return message is not None and bool(message.GetOptions().map_entry)


def _message(about: Any) -> Any:
    """The message that a field holds; a message is its own."""
    return about if about is None or hasattr(about, "fields_by_name") else about.message_type


def _below(about: Any, step: Step) -> Any:
    """What stands behind a step: a field, or the values of a map; None where the API knows nothing of it."""
    message = _message(about)
    if message is None:
        return None
    return message.fields_by_name.get("value" if step.in_brackets and _is_map(about) else step.name)
