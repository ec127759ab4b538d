"""Answers compared: intervals that narrow, results that are alike but for places, transactions in another order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf import text_format

from licet.v1 import decision_pb2
from tests.support.answers import intervals, listed
from tests.support.open_facts import Transaction

Shuffle = Callable[[list[Any]], None]


def assert_narrower(inner: decision_pb2.Result, outer: decision_pb2.Result, why: str | Transaction) -> None:
    """Every interval lies in the one of before, and so does the answer."""
    before = intervals(outer)
    text = why if isinstance(why, str) else short(why)
    for key, (floor, ceiling) in intervals(inner).items():
        found = f"{key}: {before[key]} turned to {(floor, ceiling)} with {text}; assumed {dict(listed(outer))}"
        assert before[key][0] <= floor, found
        assert ceiling <= before[key][1], found


def short(transaction: Transaction) -> str:
    """A transaction in one line."""
    return text_format.MessageToString(transaction, as_one_line=True)


def placeless(message: Any) -> Any:
    """The result without the lines of the policy files, which move with the rules."""
    for field, value in message.ListFields():
        if field.name == "location":
            message.ClearField("location")
        elif field.message_type is not None and field.is_repeated:
            for each in value:
                placeless(each)
        elif field.message_type is not None:
            placeless(value)
    return message


def shuffled_message(transaction: Transaction, shuffle: Shuffle) -> Transaction:
    """The same transaction with every list in another order."""
    copy = Transaction()
    copy.CopyFrom(transaction)
    _shuffle_lists(copy, shuffle)
    return copy


def _shuffle_lists(message: Any, shuffle: Shuffle) -> None:
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type is not None:
                for key in value:
                    _shuffle_lists(value[key], shuffle)
        elif field.is_repeated:
            elements = list(value)
            shuffle(elements)
            if field.message_type is None:
                message.ClearField(field.name)
                getattr(message, field.name).extend(elements)
                continue
            for each in elements:
                _shuffle_lists(each, shuffle)
            copies = [type(each).FromString(each.SerializeToString()) for each in elements]
            message.ClearField(field.name)
            getattr(message, field.name).extend(copies)
        elif field.message_type is not None:
            _shuffle_lists(value, shuffle)
