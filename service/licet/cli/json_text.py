"""JSON as text with places: the same tree that YAML is read into, so that a fault in a JSON file has its line and column too."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from licet.language.faults import Fault, Position
from licet.policy.text import Mapping, Node, Scalar, Sequence

_SPACE = re.compile(r"[ \t\r\n]*")
_END_OF_WORD = re.compile(r"[\s,\]}]|$")
_NULL = "null"
_DECODER = json.JSONDecoder()


def read_json(file: str, content: bytes) -> tuple[Node | None, list[Fault]]:
    """The tree of a JSON file, with the faults of its text. A key whose value is null is left out, as in proto3 JSON."""
    try:
        text = content.decode("utf-8-sig")
        json.loads(text)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, [Fault(Position(file, line, 1), "ENCODING", "the file is not UTF-8", "save it as UTF-8")]
    except json.JSONDecodeError as error:
        at = Position(file, error.lineno, error.colno)
        return None, [Fault(at, "JSON", f"the JSON cannot be read: {error.msg}", "check quotes, commas and brackets")]
    except RecursionError:
        return None, [Fault(Position(file, 1, 1), "JSON", "the JSON is nested too deeply")]
    faults: list[Fault] = []
    node, _ = _Text(file, text, faults).value(0)
    return node, faults


@dataclass(frozen=True, slots=True)
class _Text:
    """A text known to be JSON: only places and repeated keys are left to find."""

    file: str
    text: str
    faults: list[Fault]

    def value(self, start: int) -> tuple[Node, int]:
        start = self._skip(start)
        match self.text[start]:
            case "{":
                return self._mapping(start)
            case "[":
                return self._sequence(start)
            case '"':
                text, end = _DECODER.raw_decode(self.text, start)
                return Scalar(text, self._at(start), plain=False), end
            case _:
                end = _END_OF_WORD.search(self.text, start).start()  # type: ignore[union-attr]  # the end of the text is one too
                return Scalar(self.text[start:end], self._at(start)), end

    def _mapping(self, start: int) -> tuple[Mapping, int]:
        entries: dict[str, tuple[Scalar, Node]] = {}
        end = self._skip(start + 1)
        while self.text[end] != "}":
            end = self._skip(end + 1) if self.text[end] == "," else end
            at = self._at(end)
            key, end = _DECODER.raw_decode(self.text, end)
            value, end = self.value(self._skip(end) + 1)
            self._enter(entries, Scalar(key, at, plain=False), value)
            end = self._skip(end)
        return Mapping(tuple(entries.values()), self._at(start)), end + 1

    def _enter(self, entries: dict[str, tuple[Scalar, Node]], key: Scalar, value: Node) -> None:
        if key.text in entries:
            self.faults.append(Fault(key.at, "REPEATED_KEY", f"the key {key.text} stands here again"))
        elif not (isinstance(value, Scalar) and value.plain and value.text == _NULL):
            entries[key.text] = (key, value)

    def _sequence(self, start: int) -> tuple[Sequence, int]:
        items: list[Node] = []
        end = self._skip(start + 1)
        while self.text[end] != "]":
            item, end = self.value(end + 1 if self.text[end] == "," else end)
            items.append(item)
            end = self._skip(end)
        return Sequence(tuple(items), self._at(start)), end + 1

    def _skip(self, start: int) -> int:
        space = _SPACE.match(self.text, start)
        return space.end() if space else start

    def _at(self, start: int) -> Position:
        before = self.text.rfind("\n", 0, start)
        return Position(self.file, self.text.count("\n", 0, start) + 1, start - before)
