"""Definitions: named expressions of a package, each checked after those that it uses."""

from __future__ import annotations

import re
from collections import Counter

from licet.language import environment as env
from licet.language.environment import CheckError
from licet.language.lowering import lower
from licet.policy.conditions import (
    PARAMETER_TYPES,
    Definition,
    NameSpace,
    check_frame,
    lower_reporting,
    parameter,
    report,
    texts_of,
)
from licet.policy.reading import Faults, no_duplicates
from licet.policy.source import DefinitionSource
from licet.policy.text import Scalar

_NAME = r"[A-Za-z_]\w*"
_SIGNATURE = re.compile(rf"(?P<id>{_NAME}(?:\.{_NAME})*)(?:\((?P<parameters>.*)\))?", re.ASCII)
_WORD = re.compile(rf"{_NAME}(?:\.{_NAME})*", re.ASCII)


def define_all(sources: tuple[DefinitionSource, ...], names: NameSpace, faults: Faults) -> None:
    """Makes every definition known to the name space; one with a fault is known to be broken, so that its users are not blamed."""
    taken = (Scalar(each.id, each.at) for each in names.definitions.values())
    no_duplicates((*taken, *(Scalar(_base(source), source.id.at) for source in sources)), "definition", faults)
    by_id = {_base(source): source for source in sources}
    for id_ in _in_order(by_id, names, faults):
        if id_ not in names.broken and not _define(by_id[id_], names, faults):
            names.broken.add(id_)


def _base(source: DefinitionSource) -> str:
    return source.id.text.partition("(")[0]


def _in_order(by_id: dict[str, DefinitionSource], names: NameSpace, faults: Faults) -> tuple[str, ...]:
    """The ids of definitions, each after those that its definition uses; a cycle is a fault."""
    ordered: dict[str, None] = {}

    def visit(id_: str, path: tuple[str, ...]) -> None:
        if id_ in path:
            cycle = path[path.index(id_) :]
            faults.add(by_id[id_].id.at, "CYCLE", f"the definition {id_} uses itself: {' uses '.join((*cycle, id_))}")
            names.broken.update(cycle)
        elif id_ not in ordered:
            words = {word for text in texts_of(by_id[id_].body) for word in _WORD.findall(text)}
            for other in sorted(_heads(words) & by_id.keys()):
                visit(other, (*path, id_))
            ordered[id_] = None

    for id_ in sorted(by_id):
        visit(id_, ())
    return tuple(ordered)


def _heads(words: set[str]) -> set[str]:
    """The words, and what stands before each dot of them."""
    return {".".join(word.split(".")[:n]) for word in words for n in range(1, word.count(".") + 2)}


def _define(source: DefinitionSource, names: NameSpace, faults: Faults) -> bool:
    """Whether a definition has no fault; then it may be named from now on."""
    found = len(faults.found)
    id_, parameters = _signature(source, names, faults)
    inner = names.local({name: parameter(name, kind) for name, kind in parameters}, in_act=id_.startswith("act."))
    frame = check_frame(source.body, inner, faults)
    if frame is None or len(faults.found) > found:
        return False
    if frame.leaf is None:
        lower_reporting(frame, inner, faults)
    else:
        try:
            lower(frame.leaf, inner)
        except CheckError as error:
            report(error, Scalar(frame.leaf.text, frame.at, frame.plain), inner, faults)
    if len(faults.found) > found:
        return False
    kind = frame.leaf.type if frame.leaf is not None else env.BOOL
    names.define(Definition(id_, parameters, frame, kind, source.id.at))
    return True


def _signature(source: DefinitionSource, names: NameSpace, faults: Faults) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The name and the parameters with their types, which hide no other name."""
    match = _SIGNATURE.fullmatch(source.id.text)
    if match is None:
        message = f"{source.id.text} is no name of a definition"
        faults.add(source.id.at, "DEFINITION", message, "write name or name(parameter: type)")
        return source.id.text, ()
    parameters: list[tuple[str, str]] = []
    for part in filter(None, (match["parameters"] or "").split(",")):
        name, _, kind = (piece.strip() for piece in part.partition(":"))
        if kind not in PARAMETER_TYPES:
            message = f"{kind or 'nothing'} is no type of a parameter"
            faults.add(source.id.at, "DEFINITION", message, "one of " + ", ".join(PARAMETER_TYPES))
            kind = "string"
        parameters.append((name, kind))
    for name in _hiding(match["id"], [name for name, _ in parameters], names):
        message = f"{name} cannot be the name of a definition or parameter here"
        faults.add(source.id.at, "DEFINITION", message, "choose another name")
    return match["id"], tuple(parameters)


def _hiding(id_: str, parameters: list[str], names: NameSpace) -> list[str]:
    first = id_.partition(".")[0]
    hiding = [first] if first in env.variable_names(()) | env.TAKEN else []
    hiding += [name for name in parameters if names.takes(name) or name in env.TAKEN or not re.fullmatch(_NAME, name, re.ASCII)]
    return hiding + [name for name, count in Counter(parameters).items() if count > 1]
