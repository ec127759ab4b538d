"""The checked tree of CEL as Python sees it: the part of `cel.expr.CheckedExpr` that lowering reads.

`cel-expr-python` serializes a checked expression but ships no Python classes for it. The messages are declared here with the
field numbers of https://github.com/google/cel-spec/blob/master/proto/cel/expr/checked.proto, under a package of our own.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "licet.language.checked"
_SCALARS = {"int64": 3, "uint64": 4, "int32": 5, "bool": 8, "string": 9, "bytes": 12, "double": 1}

# message: {field: (number, type, flag)}; flags: r repeated, o member of the message's one-of, m map to the named type
_MESSAGES: dict[str, dict[str, tuple[int, str, str]]] = {
    "CheckedExpr": {
        "reference_map": (2, "Reference", "m"),
        "type_map": (3, "Type", "m"),
        "expr": (4, "Expr", ""),
        "source_info": (5, "SourceInfo", ""),
    },
    "Reference": {"name": (1, "string", ""), "overload_id": (3, "string", "r"), "value": (4, "Constant", "")},
    "Expr": {
        "id": (2, "int64", ""),
        "const_expr": (3, "Constant", "o"),
        "ident_expr": (4, "Ident", "o"),
        "select_expr": (5, "Select", "o"),
        "call_expr": (6, "Call", "o"),
        "list_expr": (7, "CreateList", "o"),
        "struct_expr": (8, "CreateStruct", "o"),
        "comprehension_expr": (9, "Comprehension", "o"),
    },
    "Ident": {"name": (1, "string", "")},
    "Select": {"operand": (1, "Expr", ""), "field": (2, "string", ""), "test_only": (3, "bool", "")},
    "Call": {"target": (1, "Expr", ""), "function": (2, "string", ""), "args": (3, "Expr", "r")},
    "CreateList": {"elements": (1, "Expr", "r")},
    "CreateStruct": {"message_name": (1, "string", "")},
    "Comprehension": {
        "iter_var": (1, "string", ""),
        "iter_range": (2, "Expr", ""),
        "accu_var": (3, "string", ""),
        "accu_init": (4, "Expr", ""),
        "loop_condition": (5, "Expr", ""),
        "loop_step": (6, "Expr", ""),
        "result": (7, "Expr", ""),
        "iter_var2": (8, "string", ""),
    },
    "Constant": {
        "null_value": (1, "int64", "o"),
        "bool_value": (2, "bool", "o"),
        "int64_value": (3, "int64", "o"),
        "uint64_value": (4, "uint64", "o"),
        "double_value": (5, "double", "o"),
        "string_value": (6, "string", "o"),
        "bytes_value": (7, "bytes", "o"),
    },
    "SourceInfo": {"line_offsets": (3, "int32", "r"), "positions": (4, "int32", "m")},
    "Type": {
        "dyn": (1, "Empty", "o"),
        "null": (2, "int64", "o"),
        "primitive": (3, "int64", "o"),
        "wrapper": (4, "int64", "o"),
        "well_known": (5, "int64", "o"),
        "list_type": (6, "ListType", "o"),
        "map_type": (7, "MapType", "o"),
        "message_type": (9, "string", "o"),
        "abstract_type": (14, "AbstractType", "o"),
    },
    "Empty": {},
    "ListType": {"elem_type": (1, "Type", "")},
    "MapType": {"key_type": (1, "Type", ""), "value_type": (2, "Type", "")},
    "AbstractType": {"name": (1, "string", "")},
}


def _set_type(field: descriptor_pb2.FieldDescriptorProto, type_name: str) -> None:
    if type_name in _SCALARS:
        field.type = _SCALARS[type_name]  # type: ignore[assignment]  # the stubs want the enum, the numbers are the same
    else:
        field.type = descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{type_name}"


def _add_map(message: descriptor_pb2.DescriptorProto, name: str, value_type: str) -> str:
    entry = message.nested_type.add(name="".join(part.title() for part in name.split("_")) + "Entry")
    entry.options.map_entry = True
    for key, number, kind in (("key", 1, "int64"), ("value", 2, value_type)):
        _set_type(entry.field.add(name=key, number=number, label=descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL), kind)
    return f"{message.name}.{entry.name}"


def _declare() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="licet/language/checked.proto", package=_PACKAGE, syntax="proto3")
    for message_name, fields in _MESSAGES.items():
        message = file.message_type.add(name=message_name)
        if any(flag == "o" for _, _, flag in fields.values()):
            message.oneof_decl.add(name="kind")
        for name, (number, type_name, flag) in fields.items():
            repeated = flag in ("r", "m")
            field = message.field.add(name=name, number=number, label=3 if repeated else 1)
            _set_type(field, _add_map(message, name, type_name) if flag == "m" else type_name)
            if flag == "o":
                field.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.CheckedExpr"))


_CheckedExpr = _declare()


def parse_checked(serialized: bytes) -> Any:
    """The `CheckedExpr` inside what `Expression.serialize()` gave."""
    wrapped = any_pb2.Any.FromString(serialized)
    return _CheckedExpr.FromString(wrapped.value)
