"""The canonical form of a transaction: lists are sorted, gaps in names are filled, the legal date is set.

Whatever order a caller sends parties, items or list entries in, the canonical form is the same; so is the result.
"""

from __future__ import annotations

import datetime
from typing import Any

from licet.v1 import transaction_pb2


def canonical(transaction: Any, today: datetime.date) -> Any:
    """A copy in canonical form. `Party.reference`, `Item.line` and `date` are set in it."""
    copy = transaction_pb2.Transaction()
    copy.CopyFrom(transaction)
    _sort(copy)
    _name(copy.parties, "reference", "party-")
    _name(copy.items, "line", "")
    if not copy.HasField("date"):
        copy.date.year, copy.date.month, copy.date.day = today.year, today.month, today.day
    for name in ("parties", "items"):
        _replace(getattr(copy, name), sorted(getattr(copy, name), key=_natural))
    return copy


def legal_date(transaction: Any) -> datetime.date:
    """The legal date of a transaction in canonical form."""
    return datetime.date(transaction.date.year, transaction.date.month, transaction.date.day)


def _natural(message: Any) -> tuple[int, str]:
    name = getattr(message, "line", "") or getattr(message, "reference", "")
    return (int(name), name) if name.isdigit() and len(name) < 10 else (1_000_000_000, name)


def _sort(message: Any) -> None:
    """Sorts every list below, innermost first; lists of facts are sets, so repeated scalars are dropped."""
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type is not None:
                for key in value:
                    _sort(value[key])
        elif not field.is_repeated:
            if field.message_type is not None:
                _sort(value)
        elif field.message_type is not None:
            for each in value:
                _sort(each)
            _replace(value, sorted(value, key=lambda each: each.SerializeToString(deterministic=True)))
        else:
            _replace(value, sorted(set(value)))


def _replace(values: Any, wanted: list[Any]) -> None:
    copies = [_copied(value) for value in wanted]
    del values[:]
    values.extend(copies)


def _copied(value: Any) -> Any:
    if not hasattr(value, "DESCRIPTOR"):
        return value
    copy = type(value)()
    copy.CopyFrom(value)
    return copy


def _name(messages: Any, field: str, prefix: str) -> None:
    taken = {getattr(message, field) for message in messages if getattr(message, field)}
    free = (name for n in range(1, 2 * len(messages) + 2) if (name := f"{prefix}{n}") not in taken)
    for message in messages:
        if not getattr(message, field):
            setattr(message, field, next(free))
