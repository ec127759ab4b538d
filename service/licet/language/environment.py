"""What an expression may name: the checking environment of CEL. It types expressions and never evaluates one.

Declared so that what our meaning does not have is the checker's own error: `has`, `size`, comparisons of messages, ordering of
texts, dynamic types. Comparisons are declared again for every pair of int, double, Decimal and Fact, and for dates with dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from cel_expr_python import cel
from google.protobuf.descriptor import EnumDescriptor

from licet.language.checked import parse_checked
from licet.v1 import transaction_pb2

BOOL, INT, DOUBLE, STRING = cel.Type.BOOL, cel.Type.INT, cel.Type.DOUBLE, cel.Type.STRING
PLACE = cel.Type("licet.v1.Place")
PARTY = cel.Type("licet.v1.Party")
TIE = cel.Type("licet.v1.Party.CountryTie")
ITEM = cel.Type("licet.v1.Item")
TRANSACTION = cel.Type("licet.v1.Transaction")
FACT = cel.Type("licet.v1.Fact")
DECIMAL = cel.Type("google.type.Decimal")
DATE = cel.Type("google.type.Date")
MONEY = cel.Type("google.type.Money")
CODES = cel.Type.AbstractType("codes")
TABLE = cel.Type.AbstractType("table")
LIST = cel.Type.List
MAP = cel.Type.Map

_CONFIG = """
name: licet
stdlib:
  exclude_macros: [has, exists_one]
  exclude_functions:
    - name: size
    - name: matches
    - name: dyn
    - name: type
    - name: "_==_"
    - name: "_!=_"
    - name: "_<_"
    - name: "_<=_"
    - name: "_>_"
    - name: "_>=_"
    - name: "_+_"
      overloads: [{id: add_bytes}, {id: add_duration_duration}, {id: add_duration_timestamp}, {id: add_string},
                  {id: add_timestamp_duration}, {id: add_uint64}]
"""
_NUMBERS = {"int": INT, "double": DOUBLE, "decimal": DECIMAL, "fact": FACT}
_ORDER = {"_<_": "less", "_<=_": "less_equals", "_>_": "greater", "_>=_": "greater_equals"}
_EQUALITY = {"_==_": "equals", "_!=_": "not_equals"}
_FUNCTIONS: dict[str, tuple[tuple[cel.Type, tuple[cel.Type, ...]], ...]] = {
    "within": ((BOOL, (STRING, STRING)), (BOOL, (STRING, CODES))),
    "listed": ((BOOL, (ITEM, TABLE)),),
    "marked": ((BOOL, (TABLE, PLACE, STRING)),),
    "party": ((PARTY, (INT,)),),
    "parties": ((LIST(PARTY), (INT,)),),
    "place": ((PLACE, (STRING,)), (PLACE, (PARTY,))),
    "latest": ((PLACE, (LIST(TIE),)),),
    "sum": ((DOUBLE, (LIST(DOUBLE),)), (INT, (LIST(INT),)), (DOUBLE, (LIST(DECIMAL),))),
    "money": ((DOUBLE, (MONEY, STRING)),),
    "used": ((DOUBLE, (STRING, STRING)), (DOUBLE, (STRING, STRING, STRING, STRING))),
    "date": ((DATE, (STRING,)),),
    "days": ((INT, (DATE, DATE)),),
    "years_after": ((DATE, (DATE, INT)),),
    "same_year": ((BOOL, (DATE, DATE)),),
    "held": ((BOOL, (STRING,)),),
}


_RESERVED = (
    "as break const continue else false for function if import in let loop namespace null package return true var void while"
)
TAKEN = frozenset((*_FUNCTIONS, *_RESERVED.split(), "has", "size", "matches", "dyn", "type"))
"""Names of functions, and words that CEL keeps for itself: no definition or variable may have them."""


@dataclass(frozen=True, slots=True)
class EnumValue:
    """What a short enum name stands for."""

    enum: str
    number: int


@dataclass(frozen=True, slots=True)
class Signature:
    """A definition with parameters, as the checker sees it."""

    result: cel.Type
    parameters: tuple[cel.Type, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint of the checker: line and column count from 1 within the text."""

    line: int
    column: int
    message: str


class CheckError(Exception):
    """The text does not check; `complaints` says where and why."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        self.complaints = complaints
        super().__init__("; ".join(c.message for c in complaints))


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text that checked: its tree on the wire (`checked.CheckedExpr`) and the type of its value."""

    tree: Any
    type: cel.Type
    text: str


@dataclass(frozen=True, eq=False)
class Environment:
    """Names and their types. Environments are cheap: one is made for each set of variables."""

    variables: Mapping[str, cel.Type]
    functions: Mapping[str, Signature] = field(default_factory=dict)

    def check(self, text: str) -> CheckedText:
        """The checked text; raises `CheckError` with every complaint of the checker."""
        try:
            expression = self._cel.compile(text)
        except RuntimeError as error:
            raise CheckError(_complaints(str(error))) from None
        return CheckedText(parse_checked(expression.serialize()), expression.return_type(), text)

    @cached_property
    def _cel(self) -> cel.Env:
        names = dict.fromkeys(enum_values(), INT) | {"tx": TRANSACTION, "item": ITEM, **self.variables}
        declared = [_declare(name, overloads) for name, overloads in (_FUNCTIONS | _comparisons()).items()]
        declared += [_declare(name, ((s.result, s.parameters),)) for name, s in self.functions.items()]
        environment = cel.NewEnv(config=cel.NewEnvConfigFromYaml(_CONFIG), variables=names, functions=declared)
        environment.compile("true")  # a bad declaration shows itself only now
        return environment


def _declare(name: str, overloads: tuple[tuple[cel.Type, tuple[cel.Type, ...]], ...]) -> cel.FunctionDecl:
    stem = re.sub(r"\W", "", name) or "operator"
    return cel.FunctionDecl(
        name,
        [cel.Overload(f"licet_{stem}_{n}_{len(name)}", result, list(args)) for n, (result, args) in enumerate(overloads)],
    )


def _comparisons() -> dict[str, tuple[tuple[cel.Type, tuple[cel.Type, ...]], ...]]:
    numbers = tuple((BOOL, (a, b)) for a in _NUMBERS.values() for b in _NUMBERS.values())
    dates = ((BOOL, (DATE, DATE)),)
    others = ((STRING, STRING), (BOOL, BOOL), (FACT, STRING), (STRING, FACT), (FACT, BOOL), (BOOL, FACT))
    equal = tuple((BOOL, pair) for pair in others)
    return dict.fromkeys(_ORDER, numbers + dates) | dict.fromkeys(_EQUALITY, numbers + dates + equal)


_COMPLAINT = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_REFUSED = {
    "has": "silence proves nothing; compare the fact",
    "size": "silence proves nothing; use exists or all",
    "exists_one": "silence proves nothing; use exists or all",
    "matches": "name the texts in a list, or use startsWith, endsWith or contains",
}


def _complaints(text: str) -> tuple[Complaint, ...]:
    found = tuple(
        Complaint(max(1, int(m[1])), max(1, int(m[2])), _tidy(m[3]))
        for m in map(_COMPLAINT.search, text.splitlines())
        if m and "'*error*'" not in m[3]  # what only follows from another complaint
    )
    refused = tuple(complaint for complaint in found if "() is refused: " in complaint.message)
    return refused or found or (Complaint(1, 1, _tidy(text.splitlines()[0] if text else "cannot be compiled")),)


def _tidy(message: str) -> str:
    message = re.sub(r" \(in container '.*?'\)", "", message).replace(" [INVALID_ARGUMENT]", "")
    unknown = re.fullmatch(r"undeclared reference to '(\w+)'", message)
    if unknown and unknown[1] in _REFUSED:
        return f"{unknown[1]}() is refused: {_REFUSED[unknown[1]]}"
    return re.sub(r"expecting \{.*\}?", "expecting an expression", message)


# ---- enum names ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def enum_values() -> Mapping[str, EnumValue]:
    """Enum names as policies write them: `END_USER`, and `Knowledge.AWARE` (always possible, needed where short names clash)."""
    enums = _enums_under(transaction_pb2.Transaction.DESCRIPTOR)
    short: dict[str, list[EnumValue]] = {}
    full: dict[str, EnumValue] = {}
    for enum in enums:
        prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
        for value in enum.values:
            if value.number:
                meant = EnumValue(enum.name, value.number)
                short.setdefault(value.name.removeprefix(prefix), []).append(meant)
                full[f"{enum.name}.{value.name.removeprefix(prefix)}"] = meant
    return full | {name: meant[0] for name, meant in short.items() if len(meant) == 1}


def enum_clashes() -> Mapping[str, tuple[str, ...]]:
    """Short names that several enums share, with those enums."""
    short: dict[str, set[str]] = {}
    for name, meant in enum_values().items():
        if "." in name:
            short.setdefault(name.partition(".")[2], set()).add(meant.enum)
    return {name: tuple(sorted(enums)) for name, enums in sorted(short.items()) if len(enums) > 1}


def _enums_under(message: Any) -> list[EnumDescriptor]:
    seen: set[str] = set()
    enums: dict[str, EnumDescriptor] = {}
    pending = [message]
    while pending:
        current = pending.pop()
        if current.full_name in seen:
            continue
        seen.add(current.full_name)
        for each in current.fields:
            if each.enum_type is not None:
                enums[each.enum_type.full_name] = each.enum_type
            if each.message_type is not None:
                pending.append(each.message_type)
    return [enums[name] for name in sorted(enums)]


def variable_names(names: Iterable[str]) -> frozenset[str]:
    """The first names that an environment with these variables uses: a loop variable may hide none of them."""
    return frozenset(name.partition(".")[0] for name in (*names, *enum_values(), "tx", "item", "fact", "groups", "tables", "row"))
