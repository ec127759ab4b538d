"""Where two results differ first, and which rule and facts stand behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from licet.v1 import decision_pb2, trace_pb2

_MOST = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """The first field in which a recomputed result differs from the record, and the rule that came to another end, if one did."""

    path: str
    recorded: str
    recomputed: str
    rule: str = ""
    facts: tuple[str, ...] = ()
    """What the rule's conditions read, in either run."""


def first_difference(recorded: decision_pb2.Result, recomputed: decision_pb2.Result) -> Difference | None:
    """The first difference in the order of the fields; None where the results are equal."""
    found = next(_differences("", recorded, recomputed), None)
    if found is None:
        return None
    rule, facts = _behind(recorded.trace, recomputed.trace)
    return Difference(*found, rule=rule, facts=facts)


def _differences(path: str, one: Message, other: Message) -> Iterator[tuple[str, str, str]]:
    for field in one.DESCRIPTOR.fields:
        name = f"{path}.{field.name}" if path else field.name
        first, second = getattr(one, field.name), getattr(other, field.name)
        if first != second:
            yield from _within(name, field, first, second)


def _within(name: str, field: Any, first: Any, second: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(first, Message):
        yield from _differences(name, first, second)
    elif not field.is_repeated:
        yield name, _shown(field, first), _shown(field, second)
    else:
        for index in range(max(len(first), len(second))):
            yield from _at(f"{name}[{index}]", field, (first, second), index)


def _at(name: str, field: Any, lists: tuple[Any, Any], index: int) -> Iterator[tuple[str, str, str]]:
    there = [index < len(values) for values in lists]
    if all(there):
        first, second = (values[index] for values in lists)
        if first != second:
            yield from (
                _differences(name, first, second)
                if isinstance(first, Message)
                else [(name, _shown(field, first), _shown(field, second))]
            )
    else:
        first, second = (_shown(field, values[index]) if has else "not there" for values, has in zip(lists, there, strict=True))
        yield name, first, second


def _shown(field: Any, value: Any) -> str:
    if field.enum_type is not None:
        named = field.enum_type.values_by_number.get(value)
        return str(named.name) if named is not None else str(value)
    text = " ".join(str(value).split())
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def _behind(recorded: trace_pb2.Trace, recomputed: trace_pb2.Trace) -> tuple[str, tuple[str, ...]]:
    """The first rule that came to another end, and what it read."""
    first, second = _steps(recorded), _steps(recomputed)
    for key in (*first, *(key for key in second if key not in first)):
        one, other = first.get(key), second.get(key)
        if one != other:
            readings = {r for step in (one, other) if step is not None for leaf in step.leaves for r in _read(leaf)}
            return key[0], tuple(sorted(readings))
    return "", ()


def _steps(trace: trace_pb2.Trace) -> dict[tuple[str, str], Any]:
    return {(step.rule or ", ".join(step.rules), step.item): step for step in trace.steps}


def _read(leaf: Any) -> Iterator[str]:
    for reading in leaf.readings:
        yield f"{reading.path} = {reading.value}"
