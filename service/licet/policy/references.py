"""Names that one file says and another, or the API, must know: paths of facts, places, instruments, identifiers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from licet.language.environment import enum_values
from licet.language.law import Places
from licet.policy.model import GroupKind
from licet.policy.reading import Faults, must_be, nearest
from licet.policy.source import FactSource, GroupSource, PackageSource
from licet.policy.text import Scalar
from licet.v1 import transaction_pb2

FACT_TYPES = ("bool", "number", "text", "date", "place", "code", "codes")
"""The types that a vocabulary may give a fact of a map."""
_TRANSACTION: Any = transaction_pb2.Transaction.DESCRIPTOR
_ITEM: Any = transaction_pb2.Item.DESCRIPTOR
_STEP = re.compile(r"([a-z_][a-z_0-9]*)(?:\[([^\]]+)\])?(?:\.(?!$)|$)")
_VERSION = re.compile(r"[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,4}")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)


# ---- packages -----------------------------------------------------------------------------------------------------------


def check_policy(source: PackageSource, places: Places, instruments: frozenset[str], faults: Faults) -> None:
    """What policy.yaml, places.yaml, and the heads of groups and tables, name."""
    policy = source.policy
    if policy.version and not _VERSION.fullmatch(policy.version):
        faults.add(policy.at, "VERSION", f"the version is {policy.version}, expected a calendar version such as 2026.11.0")
    for what, names in (("basis", (b.id for b in policy.bases)), ("tier", (t.tier for t in policy.tiers))):
        for name, count in Counter(names).items():
            if count > 1:
                faults.add(policy.at, "DUPLICATE", f"the {what} {name} stands {count} times")
    for place in policy.places:
        must_be(Scalar(place, policy.at), places.countries | places.part_of.keys(), "place", faults)
    for treated in source.treated:
        for place in (treated.place, treated.as_place):
            must_be(Scalar(place, treated.at), places.countries, "country", faults)
    heads = [(group.id, group.instrument) for group in source.groups] + [(table.id, table.instrument) for table in source.tables]
    for id_, instrument in heads:
        if not _IDENTIFIER.fullmatch(id_.text):
            faults.add(id_.at, "IDENTIFIER", f"{id_.text} cannot be named in a condition", "use letters, digits and _")
        if instrument is not None:
            must_be(instrument, instruments, "instrument of this package", faults)
    for group in source.groups:
        _check_group(group, faults)


def _check_group(group: GroupSource, faults: Faults) -> None:
    if group.all_except and (group.members or group.union or group.minus):
        faults.add(group.at, "NESTING", f"the group {group.id.text} is all_except others and something else", "make two groups")
    if group.all_except and group.kind is not GroupKind.PLACES:
        faults.add(group.at, "NESTING", f"{group.id.text} is all_except others, which only a group of places can be")


# ---- facts --------------------------------------------------------------------------------------------------------------


def check_facts(facts: Mapping[str, FactSource], faults: Faults) -> None:
    """The paths that a vocabulary names stand in a transaction, and what it assumes fits there."""
    for fact in facts.values():
        at, path = fact.path.at, fact.path.text
        if not _stands(path):
            faults.add(at, "UNKNOWN_NAME", f"{path} is no fact of a transaction", _near_path(path, facts))
            continue
        if fact.type and fact.type not in FACT_TYPES:
            faults.add(at, "CHOICE", f"type of {path} is {fact.type}, expected one of {', '.join(FACT_TYPES)}")
        if fact.kind == "assume" and fact.value and not _fits(fact):
            faults.add(at, "VALUE", f"the value {fact.value} does not fit {path}", "see Vocabulary in policies/README.md")
        for known in fact.only_if_known:
            if _plain_field(known.removeprefix("items[*].") if path.startswith("items[*].") else known, known) is None:
                faults.add(at, "UNKNOWN_NAME", f"{known} under only_if_known is no fact of a transaction, or of the item")


def _near_path(path: str, facts: Mapping[str, FactSource]) -> str:
    return nearest(path, (known for known in facts if known != path and _stands(known)))


def _stands(path: str) -> bool:
    role = re.fullmatch(r"roles\[(\w+)\]", path)
    return role[1] in _roles() if role else _field(path) is not None


def _roles() -> frozenset[str]:
    return frozenset(name for name, value in enum_values().items() if value.enum == "PartyRole")


def _field(path: str, descriptor: Any = _TRANSACTION) -> FieldDescriptor | None:
    """The field at a path; for a key of a map, the field of its value."""
    field: FieldDescriptor | None = None
    end = 0
    for step in _STEP.finditer(path):
        if step.start() != end or descriptor is None or step[1] not in descriptor.fields_by_name:
            return None
        end, field = step.end(), descriptor.fields_by_name[step[1]]
        descriptor = field.message_type
        is_map = descriptor is not None and descriptor.GetOptions().map_entry
        if (step[2] is None and field.is_repeated and end < len(path)) or (step[2] is not None and not field.is_repeated):
            return None
        if step[2] is not None and is_map and descriptor is not None:
            field = descriptor.fields_by_name["value"]
            descriptor = field.message_type
        elif step[2] not in (None, "*"):
            return None
    return field if end == len(path) else None


def _plain_field(path: str, whole: str = "") -> FieldDescriptor | None:
    """The field at a path without lists or maps; of an item where the whole path says so."""
    if "[" in path:
        return None
    of_item = whole.startswith("items[*].")
    return _field(path, _ITEM if of_item else _TRANSACTION)


def _fits(fact: FactSource) -> bool:
    value = fact.value
    if fact.path.text.startswith("roles["):
        return value in _roles()
    if value in ("none", "no"):
        return True
    if value.startswith("="):
        return _plain_field(value[1:]) is not None
    field: Any = _field(fact.path.text)
    if field.enum_type is not None:
        names = {name for name, each in enum_values().items() if each.enum == field.enum_type.name}
        return f"{field.enum_type.name}.{value}" in names
    if field.type == FieldDescriptor.TYPE_BOOL or fact.type == "bool":
        return value == "yes"
    if field.message_type is None or fact.type == "text":
        return field.type == FieldDescriptor.TYPE_STRING or fact.type == "text"
    return field.message_type.full_name in ("google.type.Decimal", "licet.v1.Fact") and _is_number(value)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
