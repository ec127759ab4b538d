"""Expressions against a release: what may be named there, what is refused, and what a text means for given facts."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format

from licet.language.environment import CheckError, Complaint
from licet.language.facts import FactReader, Mode, Noted
from licet.language.lowering import Typed, lower, lower_condition
from licet.language.scope import Scope
from licet.language.tree import Expr
from licet.language.values import Unknown, Why
from licet.language.walk import walk
from licet.policy.conditions import NameSpace
from licet.policy.release import Release
from licet.policy.tables import ColumnType
from licet.v1 import transaction_pb2

TODAY = datetime.date(2026, 11, 22)


def names_of(release: Release, *, in_act: bool = False) -> NameSpace:
    """What an expression of the package `zz` may name, but for its definitions."""
    package = release.packages["zz"]
    patterns = frozenset(release.vocabularies["zz"].entries)
    return NameSpace(
        groups={group.id: group.kind for group in package.groups.values()},
        tables={table.id: {name: ColumnType(kind) for name, kind in table.columns.items()} for table in package.tables.values()},
        table_keys={table.id: table.keys for table in package.tables.values()},
        fact_patterns=patterns | {f"*.classifications[{scheme}]" for scheme in release.schemes},
        in_act=in_act,
    )


def lowered(text: str, names: NameSpace) -> Typed:
    """The lowered text; raises `CheckError`."""
    return lower(names.environment().check(text), names)


def condition(text: str, names: NameSpace) -> Expr:
    """The lowered text, which must be a condition; raises `CheckError`."""
    return lower_condition(names.environment().check(text), names)


def complaints(text: str, names: NameSpace) -> tuple[Complaint, ...]:
    """Every complaint about a text as a condition; empty when it stands."""
    try:
        condition(text, names)
    except CheckError as error:
        return error.complaints
    return ()


def transaction(**fields: Any) -> transaction_pb2.Transaction:
    """A transaction from JSON fields."""
    return json_format.ParseDict(fields, transaction_pb2.Transaction())


class World:
    """A release on a date: `value` is what a text means there for a transaction. `item` is the first line item, if there is one."""

    def __init__(self, release: Release, date: datetime.date = TODAY) -> None:
        self.release = release
        self.names = names_of(release, in_act=True)
        self.law = release.law("zz", date)

    def reader(
        self,
        facts: transaction_pb2.Transaction,
        *,
        mode: Mode = Mode.CONTROL,
        active: frozenset[str] | None = None,
        noted: Noted | None = None,
    ) -> FactReader:
        """A reader of the transaction."""
        return FactReader(facts, self.release.vocabularies["zz"], self.law, mode=mode, active=active, noted=noted)

    def value(
        self,
        text: str,
        facts: transaction_pb2.Transaction,
        *,
        mode: Mode = Mode.CONTROL,
        active: frozenset[str] | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> Any:
        """What the text means."""
        reader = self.reader(facts, mode=mode, active=active)
        bound: dict[str, Any] = {"tx": reader.root, **(variables or {})}
        for ref in reader.items()[:1]:
            bound["item"] = ref
        return walk(lowered(text, self.names).expr, Scope(reader, bound))


def lacks(value: Any) -> set[tuple[str, Why]]:
    """What an unknown lacks, as paths with reasons; anything else lacks nothing."""
    return {(missing.path, missing.why) for missing in value.missing} if isinstance(value, Unknown) else set()
