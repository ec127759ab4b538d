"""A shipment file, YAML or JSON, into a request. The fields are those of the API, in the short forms of `messages`.

A file holds the fields of a transaction, and beside them those of a request (`jurisdictions`, `assumptions` …); or it holds the
transaction under `transaction:`. `title` and `expect` are for examples: what the demo prints, and what it checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licet.cli.json_text import read_json
from licet.cli.messages import Reader
from licet.decision.errors import Violation
from licet.language.faults import Fault, Position
from licet.policy.reading import Faults
from licet.policy.text import Mapping as MappingNode
from licet.policy.text import Node, Scalar, read_yaml
from licet.v1 import decision_pb2, licensing_service_pb2, transaction_pb2

_OURS = ("title", "expect")
_EXPECTED = ("disposition", "outcome")


class ShipmentError(Exception):
    """A shipment file has faults; `faults` holds all of them, sorted by place."""

    reason = "SHIPMENT_FAULTS"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Shipment:
    """A request read from a file, with what an example says of itself."""

    file: str
    title: str
    request: licensing_service_pb2.EvaluateRequest
    expected: decision_pb2.Result
    """Disposition and outcome that an example is expected to have; unset where it does not say."""
    places: Mapping[str, Position]

    def faults_of(self, violations: Iterable[Violation]) -> tuple[Fault, ...]:
        """What a decision refused, at the places of the file."""
        return tuple(Fault(self._place(v.field), "INVALID", f"{_shown(v.field)} {v.description}") for v in violations)

    def _place(self, path: str) -> Position:
        while path and path not in self.places:
            path = re.sub(r"(\.?[^.\[\]]+|\[[^\[\]]*\])$", "", path) if re.search(r"(\.?[^.\[\]]+|\[[^\[\]]*\])$", path) else ""
        return self.places.get(path, Position(self.file, 1, 1))


def read_shipment(path: Path) -> Shipment:
    """The shipment of a file. Raises `ShipmentError` with every fault at once, OSError where the file cannot be read."""
    return parse_shipment(str(path), path.read_bytes(), as_json=path.suffix.lower() == ".json")


def parse_shipment(file: str, content: bytes, *, as_json: bool = False) -> Shipment:
    """The shipment of a file's content; raises `ShipmentError` with every fault at once."""
    root, found = read_json(file, content) if as_json else read_yaml(file, content)
    faults = Faults(list(found))
    if root is not None and not isinstance(root, MappingNode):
        faults.add(root.at, "SHAPE", "a shipment file should be a mapping of fields to values", "begin with `activity: EXPORT`")
    shipment = shipment_of(file, root, faults) if isinstance(root, MappingNode) else None
    if faults.found or shipment is None:
        raise ShipmentError(faults.found)
    return shipment


def shipment_of(file: str, root: MappingNode, faults: Faults) -> Shipment:
    """The shipment that a tree states; it is whole only where no fault was added."""
    request, expected = licensing_service_pb2.EvaluateRequest(), decision_pb2.Result()
    reader = Reader(faults)
    title = ""
    wrapped = any(key.text == "transaction" for key, _ in root.entries)
    for key, value in root.entries:
        if key.text == "title":
            title = _title(value, faults)
        elif key.text == "expect":
            _expectation(expected, value, reader)
        elif _is_of(licensing_service_pb2.EvaluateRequest.DESCRIPTOR, key) or wrapped:
            _beside(reader, request, key, value)
        else:
            known = (*_OURS, *(f.name for f in licensing_service_pb2.EvaluateRequest.DESCRIPTOR.fields))
            reader.entry(request.transaction, key, value, "transaction", also=known)
    reader.places.setdefault("transaction", root.at)
    return Shipment(file, title, request, expected, reader.places)


def _beside(reader: Reader, request: licensing_service_pb2.EvaluateRequest, key: Scalar, value: Node) -> None:
    """A field of the request; a field of the transaction beside `transaction:` gets a hint of its own."""
    if not _is_of(request.DESCRIPTOR, key) and _is_of(transaction_pb2.Transaction.DESCRIPTOR, key):
        reader.faults.add(key.at, "UNKNOWN_FIELD", f"a request has no field {key.text}", "move it under `transaction:`")
    else:
        reader.entry(request, key, value, "", also=_OURS)


def _is_of(descriptor: Any, key: Scalar) -> bool:
    return key.text in descriptor.fields_by_name or key.text in {field.json_name for field in descriptor.fields}


def _title(node: Node, faults: Faults) -> str:
    if isinstance(node, Scalar):
        return node.text.strip()
    faults.add(node.at, "SHAPE", "title should be a text")
    return ""


def _expectation(expected: decision_pb2.Result, node: Node, reader: Reader) -> None:
    """What an example expects: a disposition and an outcome, nothing else."""
    if not isinstance(node, MappingNode):
        reader.faults.add(
            node.at, "SHAPE", "expect should be a mapping", "as in expect: {disposition: HOLD, outcome: UNDETERMINED}"
        )
        return
    for key, value in node.entries:
        if key.text in _EXPECTED:
            reader.set(expected, decision_pb2.Result.DESCRIPTOR.fields_by_name[key.text], value, f"expect.{key.text}")
        else:
            reader.faults.add(key.at, "UNKNOWN_FIELD", f"expect has no field {key.text}", f"it has {' and '.join(_EXPECTED)}")


def _shown(path: str) -> str:
    return path.removeprefix("transaction.")
