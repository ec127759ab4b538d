"""YAML and CSV as text: nothing is guessed, every node keeps its place, repeated keys and look-alike characters are faults."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from licet.language.faults import Fault, Position

_MAX_NODES = 200_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as written. `plain` says that columns within it are exact."""

    text: str
    at: Position
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    at: Position


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the order written."""

    entries: tuple[tuple[Scalar, Node], ...]
    at: Position


Node: TypeAlias = Scalar | Sequence | Mapping


def plain_data(node: Node) -> Any:
    """The node as JSON data, without places: what digests are over."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain_data(item) for item in node.items]
        case Mapping():
            return {key.text: plain_data(value) for key, value in node.entries}


def read_yaml(file: str, content: bytes) -> tuple[Node | None, list[Fault]]:
    """The tree of a YAML file, with the faults of its text. No node is returned where the text cannot be read at all."""
    text, faults = _decode(file, content)
    if text is None:
        return None, faults
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file, 1, 1)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        return None, [
            *faults,
            Fault(at, "YAML", f"the YAML cannot be read: {problem}", "check indentation, quotes and colons"),
        ]
    if root is None:
        return None, [*faults, Fault(Position(file, 1, 1), "EMPTY_FILE", "the file is empty")]
    seen: set[int] = set()
    return _node(file, root, faults, seen), faults


def _node(file: str, node: Any, faults: list[Fault], seen: set[int]) -> Node:
    at = Position(file, node.start_mark.line + 1, node.start_mark.column + 1)
    if id(node) in seen:
        faults.append(
            Fault(
                at,
                "ALIAS",
                "YAML aliases are not supported",
                "write the value out, or name it as a definition or group",
            )
        )
        return Scalar("", at)
    seen.add(id(node))
    if len(seen) > _MAX_NODES:
        faults.append(Fault(at, "TOO_LARGE", f"the file has more than {_MAX_NODES} values", "split it"))
        return Scalar("", at)
    if isinstance(node, yaml.ScalarNode):
        return Scalar(node.value, at, plain=not node.style and "\n" not in node.value)
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_node(file, item, faults, seen) for item in node.value), at)
    return _mapping(file, node, at, faults, seen)


def _mapping(file: str, node: Any, at: Position, faults: list[Fault], seen: set[int]) -> Mapping:
    entries: list[tuple[Scalar, Node]] = []
    keys: dict[str, Position] = {}
    for key_node, value_node in node.value:
        key = _node(file, key_node, faults, seen)
        if not isinstance(key, Scalar):
            faults.append(Fault(key.at, "KEY", "a key must be a text"))
            continue
        if key.text in keys:
            first = keys[key.text].line
            faults.append(Fault(key.at, "REPEATED_KEY", f"the key {key.text} stands here again; it stands on line {first} already"))
            continue
        keys[key.text] = key.at
        entries.append((key, _node(file, value_node, faults, seen)))
    return Mapping(tuple(entries), at)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row of a table, with the place of each cell."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvText:
    """A table's header and rows as text."""

    file: str
    header: tuple[str, ...]
    rows: tuple[CsvRow, ...]

    def plain_data(self) -> Any:
        """The table as JSON data: what digests are over."""
        return {"header": list(self.header), "rows": [list(row.cells) for row in self.rows]}


def read_csv(file: str, content: bytes) -> tuple[CsvText | None, list[Fault]]:
    """A CSV file with a header row, comma separated, in UTF-8. Rows with too few or too many cells are faults."""
    text, faults = _decode(file, content)
    if text is None:
        return None, faults
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        rows = [CsvRow(reader.line_num, tuple(map(str.strip, cells))) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        return None, [*faults, Fault(Position(file, reader.line_num, 1), "CSV", f"the CSV cannot be read: {error}")]
    if not rows:
        return None, [*faults, Fault(Position(file, 1, 1), "EMPTY_FILE", "the table has no header")]
    header, *body = rows
    hint = "quote cells with commas"
    faults += [
        Fault(Position(file, row.line, 1), "CELLS", f"the row has {len(row.cells)} cells, the header {len(header.cells)}", hint)
        for row in body
        if len(row.cells) != len(header.cells)
    ]
    return CsvText(file, header.cells, tuple(row for row in body if len(row.cells) == len(header.cells))), faults


def _decode(file: str, content: bytes) -> tuple[str | None, list[Fault]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, [Fault(Position(file, line, 1), "ENCODING", "the file is not UTF-8", "save it as UTF-8")]
    return text, list(_odd_characters(file, text))


# Letters of other scripts that look like Latin ones, and characters that change direction or cannot be seen.
_LOOK_ALIKES = frozenset("АВЕЅЗІЈКМНОРСТУХаеіјорсухѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο")
_UNSEEN = frozenset(("Cc", "Cf", "Co", "Zl", "Zp", "Zs"))
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PLAIN = re.compile(r"[\t\r\n -~]*")


def _odd_characters(file: str, text: str) -> Iterator[Fault]:
    if _PLAIN.fullmatch(text):
        return
    for number, line in enumerate(text.split("\n"), 1):
        if _PLAIN.fullmatch(line):
            continue
        comment = line.lstrip().startswith("#")
        for column, character in enumerate(line, 1):
            if _is_odd(character) and (not comment or character in _DIRECTION):
                name = unicodedata.name(character, f"U+{ord(character):04X}")
                yield Fault(
                    Position(file, number, column),
                    "LOOK_ALIKE",
                    f"{name} looks like another character or cannot be seen",
                    "type it again",
                )


def _is_odd(character: str) -> bool:
    return character in _LOOK_ALIKES or (unicodedata.category(character) in _UNSEEN and character not in "\t\r ")
