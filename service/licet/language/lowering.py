"""Lowering: a checked CEL tree becomes our own small tree, or a list of complaints.

What the checker lets through and our meaning does not have is refused here: enums of different types or an enum with a number,
unknown keys of fact maps, list indexing, loop variables that hide a name, comprehensions other than exists, all, map, filter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NoReturn, Protocol

from licet.language import tree as t
from licet.language.environment import CheckedText, CheckError, Complaint, enum_values
from licet.language.tree import ArithOp, CompareOp, Expr, Function
from licet.v1 import transaction_pb2

_FACT_MAPS = frozenset(("classifications", "technical", "circumstances", "controlled_content_percent", "identifiers"))
_COMPARE = {f"_{op}_": op for op in CompareOp}
_ARITH = {f"_{op}_": op for op in ArithOp}
_BY_NAME = {function.value: function for function in Function}
_ROLE_FUNCTIONS = frozenset((Function.PARTY, Function.PARTIES))


@dataclass(frozen=True, slots=True)
class Typed:
    """A lowered node with what the checker does not track: which message or enum it is, and which fact (a vocabulary pattern)."""

    expr: Expr
    message: str = ""
    enum: str = ""
    pattern: str | None = None

    def element(self) -> Typed:
        """An element of this list."""
        return replace(self, pattern=None if self.pattern is None else f"{self.pattern}[*]")


class Names(Protocol):
    """What names outside the expression itself mean."""

    def resolve(self, name: str) -> Typed | None:
        """A variable, group, table, row column or definition without parameters."""
        ...

    def call(self, name: str, args: Sequence[Typed]) -> Typed | None:
        """A definition with parameters, inlined."""
        ...

    def loop_variable(self, name: str) -> str:
        """The name that a loop variable has in the tree."""
        ...

    def takes(self, name: str) -> bool:
        """Whether a name means something already, alone or before a dot, so that no variable may hide it."""
        ...

    def is_fact(self, pattern: str) -> bool:
        """Whether a vocabulary or scheme declares this key of a fact map."""
        ...

    def activity_allowed(self) -> bool:
        """Whether `tx.activity` may be read here (only in definitions `act.*`)."""
        ...


def lower(checked: CheckedText, names: Names) -> Typed:
    """The lowered tree of a checked text; raises `CheckError` where our meaning has no such thing."""
    return _Lowering(checked, names).lower(checked.tree.expr, {})


def lower_condition(checked: CheckedText, names: Names) -> Expr:
    """The lowered tree of a text that must be a condition; raises `CheckError`, also when its value is not true or false."""
    if checked.type.name() != "BOOL":
        kind = checked.type.name()
        hint = "; compare it with true or false" if kind == "licet.v1.Fact" else ""
        raise CheckError((Complaint(1, 1, f"a condition must be true or false, this is {kind}{hint}"),))
    return lower(checked, names).expr


@dataclass(slots=True)
class _Lowering:
    checked: CheckedText
    names: Names

    # Each method takes a node of the checked tree and the loop variables in reach.

    def lower(self, node: Any, loops: Mapping[str, Typed]) -> Typed:
        match node.WhichOneof("kind"):
            case "const_expr":
                return self._constant(node)
            case "ident_expr":
                return self._name(node, node.ident_expr.name, loops)
            case "select_expr":
                return self._select(node, loops)
            case "call_expr":
                return self._call(node, loops)
            case "list_expr":
                return self._list(node, loops)
            case "comprehension_expr":
                return self._comprehension(node, loops)
            case "struct_expr":
                self._refuse(node, "maps and messages cannot be written in a condition", "use a table or a group")
            case kind:
                self._refuse(node, f"{kind} is not supported")

    def _refuse(self, node: Any, message: str, hint: str = "") -> NoReturn:
        offset = self.checked.tree.source_info.positions.get(node.id, 0)
        before = self.checked.text[:offset]
        line = before.count("\n") + 1
        column = offset - (before.rfind("\n") + 1) + 1
        raise CheckError((Complaint(line, column, f"{message}; {hint}" if hint else message),))

    def _constant(self, node: Any) -> Typed:
        constant = node.const_expr
        kind = constant.WhichOneof("kind")
        if kind in ("bool_value", "int64_value", "double_value", "string_value"):
            return Typed(t.Const(getattr(constant, kind)))
        self._refuse(node, f"a literal of kind {str(kind).removesuffix('_value')} is not supported")

    def _name(self, node: Any, name: str, loops: Mapping[str, Typed]) -> Typed:
        if name in loops:
            return loops[name]
        if name in enum_values():
            meant = enum_values()[name]
            return Typed(t.Const(meant.number, meant.enum), enum=meant.enum)
        resolved = self.names.resolve(name)
        if resolved is None:
            self._refuse(node, f"{name} means nothing here")
        return resolved

    def _select(self, node: Any, loops: Mapping[str, Typed]) -> Typed:
        if node.select_expr.test_only:
            self._refuse(node, "has() is refused: silence proves nothing")
        of, field = self.lower(node.select_expr.operand, loops), node.select_expr.field
        descriptor = _descriptor(of.message)
        if descriptor is None or field not in descriptor.fields_by_name:
            self._refuse(node, f"{field} is no field of a message")
        if of.message == "licet.v1.Transaction" and field == "activity" and not self.names.activity_allowed():
            self._refuse(node, "tx.activity is read outside a definition act.*", "read the legal act instead, e.g. act.export")
        each = descriptor.fields_by_name[field]
        pattern = None if of.pattern is None else f"{of.pattern}.{field}".lstrip(".")
        message = each.message_type.full_name if each.message_type is not None else ""
        enum = each.enum_type.name if each.enum_type is not None else ""
        return Typed(t.Select(of.expr, field), message, enum, pattern)

    def _list(self, node: Any, loops: Mapping[str, Typed]) -> Typed:
        if self.checked.tree.type_map[node.id].list_type.elem_type.WhichOneof("kind") == "dyn" and len(node.list_expr.elements) > 1:
            self._refuse(node, "values of different kinds are mixed in a list")
        parts = [self.lower(element, loops) for element in node.list_expr.elements]
        self._same_enum(node, parts)
        first = parts[0] if parts else Typed(t.Const(None))
        return Typed(t.ListOf(tuple(part.expr for part in parts)), first.message, first.enum)

    def _same_enum(self, node: Any, parts: Sequence[Typed]) -> None:
        enums = {part.enum for part in parts}
        if len(enums) > 1:
            named = " and ".join(sorted(enum or "a value that is no enum" for enum in enums))
            self._refuse(node, f"values of different kinds are mixed: {named}")

    def _no_enum(self, node: Any, parts: Sequence[Typed]) -> None:
        if any(part.enum for part in parts):
            self._refuse(node, "an enum is no number", "compare it with its values by name")

    # ---- calls ----

    def _call(self, node: Any, loops: Mapping[str, Typed]) -> Typed:
        call = node.call_expr
        name, target = call.function, [call.target] if call.HasField("target") else []
        if name == "_[_]":
            return self._look_up(node, loops)
        args = [self.lower(arg, loops) for arg in (*target, *call.args)]
        built = self._operator(node, name, args) or self._function(node, name, args) or self.names.call(name, args)
        if built is None:
            self._refuse(node, f"the function {name} is not supported")
        return built

    def _operator(self, node: Any, name: str, args: list[Typed]) -> Typed | None:
        exprs = tuple(arg.expr for arg in args)
        if name in _COMPARE:
            self._same_enum(node, args)
            if args[0].enum and _COMPARE[name] not in (CompareOp.EQ, CompareOp.NE):
                self._refuse(node, f"values of {args[0].enum} have no order", "name the wanted values in a list")
            return Typed(t.Compare(_COMPARE[name], *exprs))
        if name in _ARITH:
            if self.checked.tree.type_map[node.id].WhichOneof("kind") != "list_type":
                self._no_enum(node, args)
            self._same_enum(node, [arg for arg in args if arg.expr != t.ListOf(())])
            return Typed(t.Arith(_ARITH[name], *exprs), args[0].message, args[0].enum)
        simple: dict[str, Callable[[], Expr]] = {
            "_&&_": lambda: t.And(_flat(t.And, exprs)),
            "_||_": lambda: t.Or(_flat(t.Or, exprs)),
            "!_": lambda: t.Not(exprs[0]),
            "-_": lambda: t.Negate(exprs[0]),
        }
        if name in simple:
            self._no_enum(node, args)
            return Typed(simple[name]())
        if name == "_?_:_":
            self._same_enum(node, args[1:])
            return replace(args[1], expr=t.Choice(*exprs), pattern=None)
        return self._membership(node, args) if name == "@in" else None

    def _membership(self, node: Any, args: list[Typed]) -> Typed:
        overloads = self.checked.tree.reference_map[node.id].overload_id
        if "in_list" not in overloads:
            self._refuse(node, "only a list or a group can be searched with `in`")
        if args[0].message not in ("", "licet.v1.Place"):
            self._refuse(node, f"{args[0].message} cannot be looked for in a list")
        if not (isinstance(args[1].expr, t.ListOf) and not args[1].expr.parts):
            self._same_enum(node, args)
        return Typed(t.Member(args[0].expr, args[1].expr))

    def _function(self, node: Any, name: str, args: list[Typed]) -> Typed | None:
        function = _BY_NAME.get(name)
        if function is None:
            return None
        if function in _ROLE_FUNCTIONS:
            if args[0].enum != "PartyRole":
                self._refuse(node, f"{name} wants a role, such as END_USER")
            return Typed(
                t.Call(function, (args[0].expr,)),
                "licet.v1.Party",
                pattern="parties[*]" if name == "party" else "parties",
            )
        self._no_enum(node, args)
        if function is Function.PLACE:
            return Typed(t.Call(function, (args[0].expr,)), "licet.v1.Place", pattern=args[0].pattern)
        if function is Function.LATEST:
            return Typed(t.Call(function, (args[0].expr,)), "licet.v1.Place")
        if function is Function.DATE:
            self._check_date(node, args[0].expr)
        return Typed(t.Call(function, tuple(arg.expr for arg in args)))

    def _check_date(self, node: Any, expr: Expr) -> None:
        text = str(expr.value) if isinstance(expr, t.Const) else ""
        try:
            exact = date.fromisoformat(text).isoformat() == text
        except ValueError:
            exact = False
        if not exact:
            self._refuse(node, "date() wants a literal date", 'such as date("2020-06-29")')

    def _look_up(self, node: Any, loops: Mapping[str, Typed]) -> Typed:
        whole, key = (self.lower(arg, loops) for arg in node.call_expr.args)
        if isinstance(whole.expr, t.Var) and whole.expr.name.startswith("tables."):
            _, table, column = whole.expr.name.split(".", 2)
            return replace(whole, expr=t.Column(table, column, key.expr), pattern=None)
        if isinstance(whole.expr, t.ListOf):
            self._refuse(node, "a list has no order", "use exists, all or filter")
        if not isinstance(whole.expr, t.Select) or whole.expr.field not in _FACT_MAPS:
            self._refuse(node, "a list has no order", "use exists, all or filter")
        if not isinstance(key.expr, t.Const) or not isinstance(key.expr.value, str):
            self._refuse(node, f"a key of {whole.expr.field} must be written out")
        pattern = None if whole.pattern is None else f"{whole.pattern}[{key.expr.value}]"
        if pattern is None or not self.names.is_fact(pattern):
            self._refuse(node, f"{key.expr.value} is declared in no vocabulary or scheme", "declare it in the vocabulary")
        message = _map_value(whole.message)
        return Typed(t.Entry(whole.expr, key.expr.value), message, "", pattern)

    # ---- comprehensions ----

    def _comprehension(self, node: Any, loops: Mapping[str, Typed]) -> Typed:
        loop = node.comprehension_expr
        if loop.iter_var2:
            self._refuse(node, "a loop has one variable")
        if loop.iter_var in loops or self.names.takes(loop.iter_var):
            self._refuse(node, f"the loop variable {loop.iter_var} hides another name", "choose another name")
        over = self.lower(loop.iter_range, loops)
        if over.message.endswith("Entry") or (isinstance(over.expr, t.Var) and over.expr.name.startswith("groups.")):
            self._refuse(node, "only a list can be looped over")
        element = over.element()
        inner = {**loops, loop.iter_var: replace(element, expr=t.Var(self.names.loop_variable(loop.iter_var)))}
        return self._shape(node, loop, over, inner)

    def _shape(self, node: Any, loop: Any, over: Typed, inner: Mapping[str, Typed]) -> Typed:
        init, step = loop.accu_init, loop.loop_step.call_expr
        kind = init.WhichOneof("kind")
        var = self.names.loop_variable(loop.iter_var)
        if kind == "const_expr" and init.const_expr.WhichOneof("kind") == "bool_value":
            test = self.lower(step.args[1], inner).expr
            if step.function == "_||_" and not init.const_expr.bool_value:
                return Typed(t.Exists(var, over.expr, test))
            if step.function == "_&&_" and init.const_expr.bool_value:
                return Typed(t.ForAll(var, over.expr, test))
        if kind == "list_expr" and not init.list_expr.elements:
            where = None
            if step.function == "_?_:_":
                where, step = self.lower(step.args[0], inner).expr, step.args[1].call_expr
            if step.function == "_+_":
                body = self.lower(step.args[1].list_expr.elements[0], inner)
                return replace(body, expr=t.Gather(var, over.expr, where, body.expr))
        self._refuse(node, "only exists, all, map and filter are supported")


def _flat(kind: type[t.And | t.Or], exprs: tuple[Expr, ...]) -> tuple[Expr, ...]:
    return tuple(part for expr in exprs for part in (expr.parts if isinstance(expr, kind) else (expr,)))


def _descriptor(message: str) -> Any:
    if not message.startswith("licet.v1."):
        return None
    try:
        return transaction_pb2.DESCRIPTOR.pool.FindMessageTypeByName(message)
    except KeyError:
        return None


def _map_value(entry: str) -> str:
    descriptor = _descriptor(entry)
    value = descriptor.fields_by_name["value"] if descriptor is not None else None
    return value.message_type.full_name if value is not None and value.message_type is not None else ""
