"""A file of scenarios as text into scenarios: what a case changes of the base, and what it expects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from licet.cli.scenarios.changes import drop, put
from licet.cli.scenarios.known import Known
from licet.cli.scenarios.rows import bound, rows_of
from licet.cli.scenarios.scenario import Expectation, Kind, Scenario
from licet.cli.shipment import shipment_of
from licet.language.faults import Position
from licet.policy.reading import Faults, Fields, nearest
from licet.policy.text import Mapping, Node, Scalar, Sequence, read_yaml

_BRACKETS = "between [ and ] a name with brackets needs quotes; or write the list with one dash a line"
_NOT_OF_A_BASE = frozenset(("title", "expect", "transaction"))


@dataclass(frozen=True, slots=True)
class _File:
    """What all cases of a file share."""

    topic: str
    jurisdiction: str
    base: Mapping
    known: Known
    faults: Faults


def read_cases(file: str, content: bytes, known: Known, faults: Faults) -> tuple[Scenario, ...]:
    """The scenarios of a file. What is wrong with it is added to the faults, and those scenarios are left out."""
    root, found = read_yaml(file, content)
    faults.found += [f if f.code != "YAML" else type(f)(f.at, f.code, f.message, f"{f.hint}; {_BRACKETS}") for f in found]
    if root is None:
        return ()
    jurisdiction = file.partition("/")[0]
    if jurisdiction not in known.release.packages:
        faults.add(root.at, "UNKNOWN_FILE", f"{jurisdiction} is no package", "put the file into the folder of a jurisdiction")
        return ()
    fields = Fields.of(root, "the file", faults)
    fields.text("title", required=True)
    base, cases = fields.node("base", required=True), fields.node("cases", required=True)
    fields.done()
    if not isinstance(base, Mapping) or not isinstance(cases, Sequence) or not cases.items:
        _shapes(base, cases, faults)
        return ()
    for key, _ in base.entries:
        if key.text in _NOT_OF_A_BASE:
            faults.add(key.at, "UNKNOWN_KEY", f"base has no field {key.text}", "it holds the fields of a shipment")
    topic = file.rpartition("/")[2].removesuffix(".cases.yaml")
    return _cases(_File(topic, jurisdiction, base, known, faults), cases)


def _shapes(base: Node | None, cases: Node | None, faults: Faults) -> None:
    if base is not None and not isinstance(base, Mapping):
        faults.add(base.at, "SHAPE", "base should be a mapping", "it holds the fields of a shipment, as a file of `examples/` does")
    if cases is not None and not (isinstance(cases, Sequence) and cases.items):
        faults.add(cases.at, "SHAPE", "cases should be a list with at least one case", "begin each case with a dash")


def _cases(file: _File, cases: Sequence) -> tuple[Scenario, ...]:
    return tuple(scenario for node in cases.items for scenario in _case_or_cases(file, node))


def _case_or_cases(file: _File, node: Node) -> Iterator[Scenario]:
    each = next((value for key, value in node.entries if key.text == "for_each"), None) if isinstance(node, Mapping) else None
    if each is None:
        yield from _case(file, node, "")
        return
    for row in rows_of(each, file.known.release.packages[file.jurisdiction], file.faults):
        yield from _case(file, bound(node, row, file.faults), f"[{row.key}]")


def _case(file: _File, node: Node, suffix: str) -> Iterator[Scenario]:
    before = len(file.faults.found)
    fields = Fields.of(node, "the case", file.faults)
    id_, title, source = fields.text("id", required=True), fields.text("title", required=True), fields.text("source")
    expectations = _expectations(fields.node("expect", required=True), file)
    root = _shipment_tree(fields, file)
    fields.node("for_each")
    fields.done()
    shipment = shipment_of(node.at.file, root, file.faults)
    if not shipment.request.transaction.HasField("date"):
        file.faults.add(node.at, "MISSING", f"the case {id_} has no date", "state one in base, so that it answers alike on any day")
    if not shipment.request.jurisdictions:
        shipment.request.jurisdictions.append(file.jurisdiction)
    if len(file.faults.found) == before:
        at = fields.position("id")
        name = f"{file.jurisdiction}/{file.topic}/{id_}{suffix}"
        yield Scenario(name, file.jurisdiction, title, source, at, shipment, expectations)


def _shipment_tree(fields: Fields, file: _File) -> Mapping:
    """The base with what the case changes: first `date`, then `without`, then `with`, in the order written."""
    root, faults = file.base, file.faults
    if (date := fields.node("date")) is not None:
        root = put(root, Scalar("date", fields.keys["date"]), date, faults)
    for key in fields.scalars("without"):
        root = drop(root, key, faults)
    changes = fields.node("with")
    if changes is not None and not isinstance(changes, Mapping):
        faults.add(changes.at, "SHAPE", "with should be a mapping of paths to values", "as in parties[buyer].military: yes")
    for key, value in changes.entries if isinstance(changes, Mapping) else ():
        root = put(root, key, value, faults)
    return root


# ---- expectations -------------------------------------------------------------------------------------------------------


def _expectations(node: Node | None, file: _File) -> tuple[Expectation, ...]:
    if node is None:
        return ()
    if not isinstance(node, Mapping) or not node.entries:
        file.faults.add(node.at, "EMPTY", "expect says nothing", "as in expect: {outcome: LICENSE_REQUIRED, fires: us.744.21.any}")
        return ()
    found = [expectation for key, value in node.entries for expectation in _of_key(key, value, file.faults)]
    for expectation in found:
        file.known.check(expectation, file.faults)
    return tuple(found)


def _of_key(key: Scalar, value: Node, faults: Faults) -> Iterator[Expectation]:
    kinds = {kind.value: kind for kind in Kind}
    if key.text not in kinds:
        faults.add(key.at, "UNKNOWN_KEY", f"expect has no field {key.text}", nearest(key.text, kinds))
        return
    kind = kinds[key.text]
    if kind is Kind.OUTCOME and isinstance(value, Mapping):
        for law, outcome in value.entries:
            yield from (Expectation(at, kind, text, law.text) for text, at in _texts(outcome, key.text, faults))
        return
    single = kind in (Kind.OUTCOME, Kind.DISPOSITION, Kind.AT_MOST_QUESTIONS, Kind.AT_MOST_STATEMENTS)
    if single and not isinstance(value, Scalar):
        faults.add(value.at, "SHAPE", f"{key.text} should be a single value")
        return
    for text, at in _texts(value, key.text, faults):
        parts = text.split(";") if kind is Kind.REGIME else (text,)
        yield from (Expectation(at, kind, part.strip()) for part in parts)


def _texts(node: Node, what: str, faults: Faults) -> Iterator[tuple[str, Position]]:
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items:
        faults.add(node.at, "EMPTY", f"{what} is an empty list, which expects nothing", "leave it out")
    for item in items:
        if isinstance(item, Scalar) and item.text.strip():
            yield item.text.strip(), item.at
        else:
            faults.add(item.at, "SHAPE", f"{what} should be a text or a list of texts")
