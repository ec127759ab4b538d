"""The stored form of a lowered release: data alone, no code, and the same bytes for the same release wherever it is made.

A compressed JSON object holds a heap: batches of values, each batch of one kind, in columns, each value once and after its parts,
which it names by their number. So what conditions share stays shared when it is read. What kinds there are is closed: constants,
numbers, texts, dates, patterns, codes, tuples, mappings, sets, and the enums and frozen dataclasses that stand in `_KINDS`.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any, Final, NoReturn, get_type_hints

from licet.language import facts, faults, law, tree, values
from licet.language.values import Code, Path
from licet.policy import catalogue, guard, model, source, text
from licet.policy.release import LANGUAGE, Family, Release, release_of
from licet.policy.shapes import Shape, Shapes

FORM: Final = "1"
"""The version of this form."""
_LARGEST: Final = 256 * 1024 * 1024
"""A form that unfolds to more bytes than this is no release."""


class StoredError(Exception):
    """A stored form that cannot be read, or a value that has none."""

    reason = "STORED_FORM"


def dumps(release: Release) -> bytes:
    """The stored form of a release. Raises `StoredError` where it holds a value of a kind that is not stored."""
    return zlib.compress(unfolded(release), 6)


def unfolded(release: Release) -> bytes:
    """The stored form before it is compressed: equal for equal releases, whatever compresses. Raises as `dumps`."""
    heap = _Heap()
    heap.add(release)
    data = {"form": FORM, "language": LANGUAGE, "heap": heap.batches()}
    return json.dumps(data, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def unfold(data: bytes) -> bytes:
    """What was compressed. Raises `StoredError` where the data is torn, or unfolds without bound."""
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(data, _LARGEST)
    except zlib.error as error:
        raise StoredError(f"the stored form cannot be unpacked: {error}") from error
    if not unpacking.eof or unpacking.unused_data:
        raise StoredError("the stored form ends too early, too late, or not at all")
    return unpacked


def digest_of(data: bytes) -> str:
    """The SHA-256 of a stored form as it was before it was compressed. Raises `StoredError` as `unfold` does."""
    return hashlib.sha256(unfold(data)).hexdigest()


def loads(data: bytes) -> Release:
    """The release that `dumps` stored, with equal parts shared. Raises `StoredError`, and then nothing is left of it.

    1. The data unpacks, and is of this form and of the language that this software speaks.
    2. Every kind is known, every value names only values before it, and every field holds what its type says.
    3. The last value is the release.

    That it is the release which the sources say is not checked here: its holder compiles them, or checks a signature.
    """
    return read_unfolded(unfold(data))


def read_unfolded(data: bytes) -> Release:
    """The release that `unfolded` gave. Raises as `loads`."""
    try:
        return _read(json.loads(data))
    except StoredError:
        raise
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError, re.error) as error:
        raise StoredError(f"the stored form cannot be read: {type(error).__name__}: {error}") from error


# ---- kinds --------------------------------------------------------------------------------------------------------------


def _values_of(module: ModuleType) -> tuple[type, ...]:
    """The dataclasses and enums that a module defines."""
    own = [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__]
    return tuple(each for each in own if is_dataclass(each) or issubclass(each, Enum))


_CLASSES: Final[tuple[type, ...]] = (
    *(each for each in _values_of(tree) if each is not tree.Expr),
    *_values_of(model),
    *(faults.Position, values.Codes, values.Unknown, values.Missing, values.Why, law.Grammar, law.Scheme, law.Places),
    *(facts.FactClass, facts.Mode, facts.FactEntry, facts.Vocabulary, guard.Guard),
    *(catalogue.RegimeStatus, catalogue.Standing, catalogue.Regime, catalogue.Membership, catalogue.SchemeSource),
    *(catalogue.Catalogues, source.FactSource, text.Scalar, text.Sequence, text.Mapping, Family, Release),
)
_NAMES: Final[Mapping[type, str]] = MappingProxyType(
    {each: f"{each.__module__.rpartition('.')[2]}.{each.__qualname__}" for each in _CLASSES}
)
_KINDS: Final[Mapping[str, type]] = MappingProxyType({name: each for each, name in _NAMES.items()})
_LEFT_OUT: Final[Mapping[type, frozenset[str]]] = MappingProxyType(
    {Release: frozenset(("law",)), facts.Vocabulary: frozenset(("_found",))}
)
"""Fields that are made anew: functions, and what is found out in use."""
_FIELDS: Final[Mapping[type, tuple[str, ...]]] = MappingProxyType(
    {
        each: tuple(field.name for field in fields(each) if field.name not in _LEFT_OUT.get(each, ()))
        for each in _CLASSES
        if is_dataclass(each)
    }
)
"""The fields that are stored, in order."""
_CONSTANTS: Final[Mapping[str, bool | None]] = MappingProxyType({"none": None, "false": False, "true": True})
_CONSTANT_NAMES: Final = {id(constant): name for name, constant in _CONSTANTS.items()}
_KEYS: Final = (str | tuple[str, ...],)
_ELEMENTS: Final = (str | int | Enum | values.Missing,)
"""What keys of mappings and elements of sets may be: nothing nested deep, since they are hashed as they are read."""


@cache
def _hints(name: str) -> tuple[Any, ...]:
    """The types of the stored fields of a kind."""
    hints = get_type_hints(_KINDS[name])
    return tuple(hints[field] for field in _FIELDS[_KINDS[name]])


def _release(*parts: Any) -> Release:
    return release_of(**dict(zip(_FIELDS[Release], parts, strict=True)))


# ---- writing ------------------------------------------------------------------------------------------------------------

_Record = tuple[Any, ...]


class _Heap:
    """Every distinct value of what was added, once: its record (kind, then plain data or numbers of parts) and its height."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._records: dict[_Record, int] = {}
        self._heights: list[int] = []

    def add(self, root: Any) -> None:
        """The value is in the heap with all its parts; it must live until `batches` is called. However deep, no recursion."""
        numbers, waiting = self._numbers, [root]
        while waiting:
            value = waiting[-1]
            if id(value) in numbers:
                waiting.pop()
                continue
            kind, plain, parts = _taken_apart(value)
            missing = [part for part in parts if id(part) not in numbers]
            if missing:
                waiting.extend(reversed(missing))
                continue
            waiting.pop()
            numbers[id(value)] = self._number((kind, *plain, *(numbers[id(part)] for part in parts)), bool(plain))

    def _number(self, record: _Record, is_plain: bool) -> int:
        known = self._records.get(record)
        if known is not None:
            return known
        self._heights.append(0 if is_plain else 1 + max((self._heights[part] for part in record[1:]), default=0))
        return self._records.setdefault(record, len(self._records))

    def batches(self) -> list[list[Any]]:
        """The heap by height, then kind; the value added last is the last of all."""
        records, heights = list(self._records), self._heights
        order = sorted(range(len(records)), key=lambda number: (heights[number], records[number][0]))
        final = {old: new for new, old in enumerate(order)}
        grouped: dict[tuple[int, str], list[_Record]] = {}
        for number in order:
            kind, *rest = records[number]
            grouped.setdefault((heights[number], kind), []).append(
                tuple(rest) if not heights[number] else tuple(final[part] for part in rest)
            )
        return [[kind, *_columns(kind, group)] for (_, kind), group in grouped.items()]


def _columns(kind: str, records: list[_Record]) -> list[Any]:
    if kind == "mapping":
        halves = [len(record) // 2 for record in records]
        keys = [part for record, half in zip(records, halves, strict=True) for part in record[:half]]
        return [halves, keys, [part for record, half in zip(records, halves, strict=True) for part in record[half:]]]
    if kind in ("tuple", "set"):
        return [[len(record) for record in records], [part for record in records for part in record]]
    return [list(column) for column in zip(*records, strict=True)]


def _taken_apart(value: Any) -> tuple[str, tuple[Any, ...], tuple[Any, ...]]:
    """The kind of a value, its plain data, its parts."""
    kind = type(value)
    if kind in _NAMES:
        if isinstance(value, Enum):
            return _NAMES[kind], (value.value,), ()
        return _NAMES[kind], (), tuple(getattr(value, name) for name in _FIELDS[kind])
    if kind is tuple:
        return "tuple", (), value
    if kind is str or kind is int:
        return kind.__name__, (value,), ()
    if kind is dict:
        return "mapping", (), (*value, *value.values())
    if kind is frozenset:
        return "set", (), tuple(sorted(value, key=_rank))
    if id(value) in _CONSTANT_NAMES:
        return "constant", (_CONSTANT_NAMES[id(value)],), ()
    return _small(kind, value)


def _small(kind: type, value: Any) -> tuple[str, tuple[str, ...], tuple[()]]:
    if kind is float and value - value == 0:
        return "float", (repr(value),), ()
    if kind is datetime.date:
        return "date", (value.isoformat(),), ()
    if kind is Decimal:
        return "decimal", (str(value),), ()
    if kind is re.Pattern and value.flags == re.UNICODE:
        return "pattern", (value.pattern,), ()
    if kind is Code and value.as_of is None and not value.path.text:
        return "code", (str(value), value.scheme), ()
    raise StoredError(f"{value!r} ({kind.__name__}) has no stored form")


def _rank(element: Any) -> tuple[str, str]:
    if not isinstance(element, str | int | Enum | values.Missing):
        raise StoredError(f"{element!r} is in a set, and may not be stored there")
    return type(element).__qualname__, repr(element)


# ---- reading ------------------------------------------------------------------------------------------------------------


def _read(data: Any) -> Release:
    if type(data) is not dict or data.keys() != {"form", "language", "heap"}:
        _refuse("it should be an object with form, language and heap")
    if (data["form"], data["language"]) != (FORM, LANGUAGE):
        found = f"form {data['form']!r} of language {data['language']!r}"
        _refuse(f"it is of {found}, this software reads form {FORM} of language {LANGUAGE}")
    shelf = _Shelf()
    for kind, *columns in data["heap"]:
        shelf.read(kind, columns)
    return shelf.release()


def _refuse(why: str) -> NoReturn:
    raise StoredError(f"the stored form cannot be read: {why}")


class _Shelf:
    """What has been read, by number, with the shape of each."""

    def __init__(self) -> None:
        self._values: list[Any] = []
        self._shape: list[Shape] = []
        self._shapes = Shapes()

    def release(self) -> Release:
        """The last value, which is the release."""
        if not self._values or type(self._values[-1]) is not Release:
            _refuse("its last value is no release")
        found: Release = self._values[-1]
        return found

    def read(self, kind: str, columns: list[Any]) -> None:
        """The batch stands on the shelf."""
        if any(type(column) is not list or len(column) != len(columns[0]) for column in columns) and kind not in _LISTS:
            _refuse(f"the columns of {kind} differ in length")
        if kind in _LISTS:
            _LISTS[kind](self, columns)
        elif kind in _PLAIN:
            self._read_plain(kind, columns)
        elif kind not in _KINDS:
            _refuse(f"{kind} is no kind of value")
        elif issubclass(_KINDS[kind], Enum):
            (names,) = columns
            self._put(list(map(_KINDS[kind], names)))
        else:
            self._read_values(kind, columns)

    def _read_plain(self, kind: str, columns: list[list[Any]]) -> None:
        raw, arity, make = _PLAIN[kind]
        if len(columns) != arity or any(set(map(type, column)) != {raw} for column in columns):
            _refuse(f"{kind} should have {arity} columns of {raw.__name__}")
        self._put(columns[0] if make is None else list(map(make, *columns)))

    def _read_values(self, name: str, columns: list[list[Any]]) -> None:
        kind, found = _KINDS[name], self._values
        if len(columns) != len(_FIELDS[kind]):
            _refuse(f"{name} should have {len(_FIELDS[kind])} columns")
        for column, field, hint in zip(columns, _FIELDS[kind], _hints(name), strict=True):
            self._check(column, (hint,), f"{field} of {name}")
        make: Callable[..., Any] = _release if kind is Release else kind
        self._put(list(map(make, *([found[number] for number in column] for column in columns))))

    def _put(self, made: list[Any]) -> None:
        """Values that say themselves what shape they are."""
        kinds = list(map(type, made))
        shapes = {kind: self._shapes.of(kind) for kind in set(kinds)}
        self._values += made
        self._shape += map(shapes.__getitem__, kinds)

    def _check(self, column: list[Any], hints: tuple[Any, ...], what: str) -> None:
        """The numbers name values before them, of these types."""
        if column and (set(map(type, column)) != {int} or min(column) < 0 or max(column) >= len(self._values)):
            _refuse(f"{what} names a value that is not before it")
        for shape in set(map(self._shape.__getitem__, column)):
            if not any(self._shapes.fit(shape, hint) for hint in hints):
                _refuse(f"{what} is {self._shapes.named(shape)}")

    def _read_tuples(self, columns: list[Any]) -> None:
        lengths, parts = columns
        self._check(parts, (object,), "a tuple")
        for group in _split(parts, lengths):
            self._values.append(tuple(self._values[number] for number in group))
            self._shape.append(self._shapes.tuple_of([self._shape[number] for number in group]))

    def _read_mappings(self, columns: list[Any]) -> None:
        lengths, keys, parts = columns
        self._check(keys, _KEYS, "a key")
        self._check(parts, (object,), "a mapping")
        values_, shape = self._values, self._shape
        for own, held in zip(_split(keys, lengths), _split(parts, lengths), strict=True):
            made = {values_[key]: values_[part] for key, part in zip(own, held, strict=True)}
            if len(made) != len(own):
                _refuse("a key stands twice in a mapping")
            values_.append(made)
            shape.append(self._shapes.mapping_of([shape[key] for key in own], [shape[part] for part in held]))

    def _read_sets(self, columns: list[Any]) -> None:
        lengths, parts = columns
        self._check(parts, _ELEMENTS, "an element of a set")
        for group in _split(parts, lengths):
            self._values.append(frozenset(self._values[number] for number in group))
            self._shape.append(self._shapes.set_of({self._shape[number] for number in group}))


_LISTS: Final[Mapping[str, Callable[[_Shelf, list[Any]], None]]] = MappingProxyType(
    {"tuple": _Shelf._read_tuples, "mapping": _Shelf._read_mappings, "set": _Shelf._read_sets}  # noqa: SLF001  # its own module
)


def _split(parts: list[int], lengths: list[int]) -> list[list[int]]:
    """The parts, so many at a time."""
    if lengths and (set(map(type, lengths)) != {int} or min(lengths) < 0 or sum(lengths) != len(parts)):
        _refuse("lengths do not add up")
    groups, start = [], 0
    for length in lengths:
        groups.append(parts[start : start + length])
        start += length
    return groups


def _code(code: str, scheme: str) -> Code:
    return Code.of(code, scheme, Path())


_PLAIN: Final[Mapping[str, tuple[type, int, Callable[..., Any] | None]]] = MappingProxyType(
    {
        "constant": (str, 1, _CONSTANTS.__getitem__),
        "str": (str, 1, None),
        "int": (int, 1, None),
        "float": (str, 1, float),
        "decimal": (str, 1, Decimal),
        "date": (str, 1, datetime.date.fromisoformat),
        "pattern": (str, 1, re.compile),
        "code": (str, 2, _code),
    }
)
"""How plain values are read: the type of what stands in their columns, how many these are, and what makes the value."""
