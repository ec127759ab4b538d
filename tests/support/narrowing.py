"""Intervals that narrow: what one more fact may do to an answer."""

from __future__ import annotations

from google.protobuf import text_format

from licet.v1 import decision_pb2
from tests.support.answers import intervals, listed
from tests.support.open_facts import Transaction


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
