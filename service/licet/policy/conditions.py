"""Conditions: YAML trees of CEL leaves, checked against what a package's expressions may name, and lowered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cel_expr_python import cel

from licet.language import environment as env
from licet.language import tree as t
from licet.language.environment import CheckedText, CheckError, Environment, Signature
from licet.language.faults import Position
from licet.language.lowering import Typed, lower, lower_condition
from licet.language.tree import Expr
from licet.policy.model import AllOf, AnyOf, Bound, Condition, GroupKind, Leaf, NoneOf
from licet.policy.reading import Faults, nearest
from licet.policy.tables import ColumnType
from licet.policy.text import Mapping as MappingNode
from licet.policy.text import Node, Scalar
from licet.policy.text import Sequence as SequenceNode
from licet.v1 import transaction_pb2

_QUANTIFIERS: Mapping[str, type[AllOf | AnyOf | NoneOf]] = {"all": AllOf, "any": AnyOf, "none": NoneOf}
_GROUP_TYPES = {
    GroupKind.PLACES: env.LIST(env.PLACE),
    GroupKind.WORDS: env.LIST(env.STRING),
    GroupKind.PURPOSES: env.LIST(env.INT),
}
_GROUP_NODES = {
    GroupKind.PLACES: Typed(t.Const(None), "licet.v1.Place"),
    GroupKind.PURPOSES: Typed(t.Const(None), enum="Purpose"),
}
_COLUMN_TYPES: Mapping[ColumnType, cel.Type] = {
    ColumnType.CODES: env.CODES,
    ColumnType.PLACE: env.PLACE,
    ColumnType.GROUP: env.LIST(env.PLACE),
    ColumnType.NUMBER: env.DOUBLE,
    ColumnType.PERCENT: env.DOUBLE,
    ColumnType.MONEY: env.DOUBLE,
    ColumnType.BOOL: env.BOOL,
    ColumnType.MARK: env.BOOL,
    ColumnType.EXPR: env.BOOL,
    ColumnType.FACT: env.BOOL,
    ColumnType.DATE: env.DATE,
    ColumnType.WORDS: env.LIST(env.STRING),
}
_PARAMETER_TYPES = {
    "string": env.STRING,
    "double": env.DOUBLE,
    "bool": env.BOOL,
    "Place": env.PLACE,
    "places": env.LIST(env.PLACE),
    "Party": env.PARTY,
    "Item": env.ITEM,
    "codes": env.CODES,
}
_PARAMETER_NODES = {
    "Place": Typed(t.Const(None), "licet.v1.Place"),
    "places": Typed(t.Const(None), "licet.v1.Place"),
    "Party": Typed(t.Const(None), "licet.v1.Party", pattern="parties[*]"),
    "Item": Typed(t.Const(None), "licet.v1.Item", pattern="items[*]"),
}


def parameter(name: str, kind: str) -> tuple[cel.Type, Typed]:
    """A parameter of a definition as a variable."""
    return _PARAMETER_TYPES[kind], replace(_PARAMETER_NODES.get(kind, Typed(t.Const(None))), expr=t.Var(name))


PARAMETER_TYPES = tuple(_PARAMETER_TYPES)
"""The types that a parameter of a definition may have."""


def column_type(kind: ColumnType) -> cel.Type:
    """The CEL type of a column's cells."""
    return _COLUMN_TYPES.get(kind, env.STRING)


@dataclass(frozen=True, eq=False)
class Definition:
    """A compiled definition: its value's type, its parameters, and its body as checked leaves in a frame of all/any/none."""

    id: str
    parameters: tuple[tuple[str, str], ...]
    frame: Frame
    type: cel.Type
    at: Position


NOWHERE = Position("", 1, 1)


@dataclass(frozen=True, slots=True)
class Frame:
    """A condition before lowering: a checked leaf, or a quantifier over frames."""

    quantifier: str
    parts: tuple[Frame, ...] = ()
    leaf: CheckedText | None = None
    at: Position = NOWHERE
    plain: bool = True


@dataclass(eq=False)
class NameSpace:
    """What the expressions of one package may name; `local` adds row columns and loop variables for one rule."""

    groups: Mapping[str, GroupKind]
    tables: Mapping[str, Mapping[str, ColumnType]]
    table_keys: Mapping[str, tuple[str, ...]]
    fact_patterns: frozenset[str]
    definitions: dict[str, Definition] = field(default_factory=dict)
    variables: Mapping[str, tuple[cel.Type, Typed]] = field(default_factory=dict)
    in_act: bool = False
    checked_in: Environment | None = None
    """The checking environment, made when first used."""
    broken: set[str] = field(default_factory=set)
    """Definitions with faults: who uses one is not blamed for it."""
    inlining: str = ""
    """The definition whose body is lowered where it is used."""

    def define(self, definition: Definition) -> None:
        """Adds a definition; it may be named from now on."""
        self.definitions[definition.id] = definition
        self.checked_in = None

    def local(self, variables: Mapping[str, tuple[cel.Type, Typed]], *, in_act: bool = False) -> NameSpace:
        """This name space with more variables."""
        return replace(self, variables={**self.variables, **variables}, in_act=in_act or self.in_act, checked_in=None)

    def row_variables(self, table: str) -> dict[str, tuple[cel.Type, Typed]]:
        """The variables that a row of a table binds."""
        return {f"row.{name}": (column_type(kind), _cell_node(name, kind)) for name, kind in self.tables[table].items()}

    # ---- for the checker ----

    def environment(self) -> Environment:
        """The checking environment for these names."""
        if self.checked_in is None:
            self.checked_in = Environment(self._types(), self._signatures())
        return self.checked_in

    def _types(self) -> dict[str, cel.Type]:
        types = {f"groups.{name}": _GROUP_TYPES[kind] for name, kind in self.groups.items()}
        for table, columns in self.tables.items():
            types[f"tables.{table}"] = env.TABLE
            if len(self.table_keys[table]) == 1:
                types |= {f"tables.{table}.{name}": env.MAP(env.STRING, column_type(kind)) for name, kind in columns.items()}
        for pattern in self.fact_patterns:
            match = re.fullmatch(r"circumstances\[([A-Za-z_][\w.]*)\]", pattern)
            if match:
                types[f"fact.{match[1]}"] = env.FACT
        types |= {name: d.type for name, d in self.definitions.items() if not d.parameters}
        return types | {name: kind for name, (kind, _) in self.variables.items()}

    def _signatures(self) -> dict[str, Signature]:
        return {
            name: Signature(d.type, tuple(_PARAMETER_TYPES[kind] for _, kind in d.parameters))
            for name, d in self.definitions.items()
            if d.parameters
        }

    # ---- for lowering (licet.language.lowering.Names) ----

    def resolve(self, name: str) -> Typed | None:
        """What a name means."""
        if name in self.variables:
            return self.variables[name][1]
        if name == "tx":
            return Typed(t.Var("tx"), "licet.v1.Transaction", pattern="")
        if name == "item":
            return Typed(t.Var("item"), "licet.v1.Item", pattern="items[*]")
        kind, _, rest = name.partition(".")
        if kind == "groups" and rest in self.groups:
            node = _GROUP_NODES.get(self.groups[rest], Typed(t.Const(None)))
            return Typed(t.Var(name), node.message, node.enum)
        if kind == "tables":
            return Typed(t.Var(name))
        if kind == "fact":
            return Typed(t.Var(name), "licet.v1.Fact", pattern=f"circumstances[{rest}]")
        if name in self.definitions and not self.definitions[name].parameters:
            return self._inline(self.definitions[name], ())
        return None

    def call(self, name: str, args: Sequence[Typed]) -> Typed | None:
        """A definition with parameters, inlined with its arguments."""
        definition = self.definitions.get(name)
        if definition is None or len(args) != len(definition.parameters):
            return None
        return self._inline(definition, args)

    def loop_variable(self, name: str) -> str:
        """The name that a loop variable has in the tree. One of a definition is told apart, so that it catches no argument's."""
        return f"{name}\u00b7{self.inlining.replace('.', '_')}" if self.inlining else name

    def takes(self, name: str) -> bool:
        """Whether a name means something already, alone or before a dot."""
        plain = (id_ for id_, definition in self.definitions.items() if not definition.parameters)
        return name in env.variable_names((*self.variables, *plain))

    def is_fact(self, pattern: str) -> bool:
        """Whether a vocabulary or scheme declares a key of a fact map."""
        return (
            pattern in self.fact_patterns or re.sub(r"^.*\.classifications\[", "*.classifications[", pattern) in self.fact_patterns
        )

    def activity_allowed(self) -> bool:
        """Whether tx.activity may be read."""
        return self.in_act

    def _inline(self, definition: Definition, args: Sequence[Typed]) -> Typed:
        bound = {name: (_PARAMETER_TYPES[kind], arg) for (name, kind), arg in zip(definition.parameters, args, strict=True)}
        # A definition knows its parameters and nothing of where it is used.
        in_act = definition.id.startswith("act.")
        inner = replace(self, variables=bound, in_act=in_act, checked_in=None, inlining=definition.id)
        if definition.frame.leaf is not None:
            typed = lower(definition.frame.leaf, inner)
            return Typed(t.Named(definition.id, typed.expr), typed.message, typed.enum, typed.pattern)
        return Typed(t.Named(definition.id, as_expr(lower_frame(definition.frame, inner))))


def _cell_node(name: str, kind: ColumnType) -> Typed:
    message = {
        ColumnType.PLACE: "licet.v1.Place",
        ColumnType.GROUP: "licet.v1.Place",
        ColumnType.DATE: "google.type.Date",
    }
    return Typed(t.Var(f"row.{name}"), message.get(kind, ""))


# ---- checking and lowering ----------------------------------------------------------------------------------------------


def check_frame(node: Node, names: NameSpace, faults: Faults) -> Frame | None:
    """A condition checked leaf by leaf; None where any leaf has a fault."""
    if isinstance(node, Scalar):
        return _check_leaf(node, names, faults)
    if isinstance(node, SequenceNode):
        return _check_parts("all", node, names, faults)
    if len(node.entries) != 1 or node.entries[0][0].text not in _QUANTIFIERS:
        found = ", ".join(key.text for key, _ in node.entries) or "nothing"
        faults.add(node.at, "CONDITION", f"a condition is CEL, a list, or one of all, any, none; found {found}")
        return None
    key, value = node.entries[0]
    if not isinstance(value, SequenceNode):
        return _check_parts(key.text, SequenceNode((value,), value.at), names, faults)
    return _check_parts(key.text, value, names, faults)


def _check_parts(quantifier: str, node: SequenceNode, names: NameSpace, faults: Faults) -> Frame | None:
    if not node.items:
        faults.add(node.at, "EMPTY", f"an empty `{quantifier}` is no condition", "name at least one condition")
        return None
    parts = [check_frame(item, names, faults) for item in node.items]
    whole = Frame(quantifier, tuple(part for part in parts if part), at=node.at)
    if all(parts):
        return whole
    lower_reporting(whole, names, faults)  # what is wrong with the others is said now too
    return None


def _check_leaf(node: Scalar, names: NameSpace, faults: Faults) -> Frame | None:
    if not node.text.strip():
        faults.add(node.at, "EMPTY", "an empty text is no condition")
        return None
    try:
        return Frame("", (), names.environment().check(node.text), node.at, node.plain)
    except CheckError as error:
        report(error, node, names, faults)
        return None


def report(error: CheckError, node: Scalar, names: NameSpace, faults: Faults) -> None:
    """The complaints of the checker or of lowering, as faults at their places."""
    for complaint in error.complaints:
        missing = re.search(r"undeclared reference to '([^']+)'", complaint.message)
        if missing and missing[1] in names.broken:
            continue
        exact = node.plain and complaint.line == 1
        at = node.at.shifted(complaint.column - 1) if exact else node.at
        hint = nearest(missing[1], (*names.environment().variables, *names.definitions)) if missing else ""
        field_ = re.search(r"undefined field '([^']+)' not found in struct '([^']+)'", complaint.message)
        if field_:
            hint = nearest(field_[1], _fields_of(field_[2]))
        faults.add(at, "EXPRESSION", complaint.message, hint)


def _fields_of(message: str) -> tuple[str, ...]:
    try:
        return tuple(transaction_pb2.DESCRIPTOR.pool.FindMessageTypeByName(message).fields_by_name)
    except KeyError:
        return ()


def lower_frame(frame: Frame, names: NameSpace) -> Condition:
    """The lowered condition; raises `CheckError` where our meaning has no such thing."""
    if frame.leaf is not None:
        return Leaf(lower_condition(frame.leaf, names), frame.leaf.text, frame.at)
    return _QUANTIFIERS[frame.quantifier](tuple(lower_frame(part, names) for part in frame.parts))


def compile_condition(node: Node, names: NameSpace, faults: Faults) -> Condition | None:
    """A condition checked and lowered; None, and faults, where it has any."""
    frame = check_frame(node, names, faults)
    if frame is None:
        return None
    found = len(faults.found)
    condition = lower_reporting(frame, names, faults)
    return condition if len(faults.found) == found else None


def lower_reporting(frame: Frame, names: NameSpace, faults: Faults) -> Condition | None:
    """The lowered condition, less what cannot be lowered, which is reported."""
    if frame.leaf is None:
        parts = [lower_reporting(part, names, faults) for part in frame.parts]
        return _QUANTIFIERS[frame.quantifier](tuple(part for part in parts if part is not None))
    try:
        return Leaf(lower_condition(frame.leaf, names), frame.leaf.text, frame.at)
    except CheckError as error:
        report(error, Scalar(frame.leaf.text, frame.at, frame.plain), names, faults)
        return None


_KINDS = {"STRING": "a text", "LIST<STRING>": "a list of words"}


def compile_bound(scalar: Scalar, names: NameSpace, faults: Faults, kind: str = "STRING") -> Bound | str:
    """A field of an effect: a text (or where the kind says so a list), or `=expression` over what is bound."""
    if not scalar.text.startswith("="):
        return scalar.text
    inner = Scalar(scalar.text[1:].strip(), scalar.at.shifted(1), scalar.plain)
    try:
        checked = names.environment().check(inner.text)
        if checked.type.name() != kind:
            faults.add(inner.at, "EXPRESSION", f"{inner.text} is {checked.type.name()}, expected {_KINDS[kind]}")
        return Bound(lower(checked, names).expr, inner.text)
    except CheckError as error:
        report(error, inner, names, faults)
        return ""


def as_expr(condition: Condition) -> Expr:
    """A condition as one expression."""
    match condition:
        case Leaf():
            return condition.expr
        case AllOf():
            return t.And(tuple(as_expr(part) for part in condition.parts))
        case AnyOf():
            return t.Or(tuple(as_expr(part) for part in condition.parts))
        case NoneOf():
            return t.Not(t.Or(tuple(as_expr(part) for part in condition.parts)))


def texts_of(node: Node) -> Iterator[str]:
    """All texts below a node."""
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, MappingNode):
        for _, value in node.entries:
            yield from texts_of(value)
    else:
        for item in node.items:
            yield from texts_of(item)
