from __future__ import annotations

import datetime
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.api.ids import decision_id, request_id

NOW = datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC)
INSTANTS = st.integers(0, 2**40).map(lambda millis: datetime.datetime.fromtimestamp(millis / 1000, datetime.UTC))


@given(instant=INSTANTS)
def test_a_decision_id_is_a_uuid_of_its_time(instant: datetime.datetime) -> None:
    """A decision's id is a UUID of version 7, and holds the millisecond in which it was made."""
    made = uuid.UUID(decision_id(instant))
    assert (7, uuid.RFC_4122) == (made.version, made.variant)
    assert int(instant.timestamp() * 1000) == made.int >> 80


def test_later_ids_sort_after_earlier_ones() -> None:
    """Ids of later milliseconds are greater, as texts too."""
    later = NOW + datetime.timedelta(milliseconds=1)
    assert max(decision_id(NOW) for _ in range(100)) < min(decision_id(later) for _ in range(100))


def test_ids_differ() -> None:
    """Ids of one millisecond differ."""
    assert 10_000 == len({decision_id(NOW) for _ in range(10_000)})


@pytest.mark.parametrize("offered", ["a", "erp-4711", "x" * 128, "a.b_c:d/e+f=g@h"])
def test_a_plain_request_id_is_taken_over(offered: str) -> None:
    """A short and plain id of the caller's stays as it is."""
    assert offered == request_id(offered)


@given(offered=st.none() | st.binary() | st.text())
def test_a_request_id_is_always_plain(offered: str | bytes | None) -> None:
    """Whatever is offered, the request id that goes into logs and metadata is short, printable ASCII."""
    made = request_id(offered)
    assert made.isascii()
    assert made.isprintable()
    assert 0 < len(made) <= 128


@pytest.mark.parametrize("offered", [None, b"abc", "", "x" * 129, "a b", "a\n", "-a", "ä"])
def test_anything_else_is_replaced(offered: str | bytes | None) -> None:
    """An id that is missing, long or not plain gives way to a new one."""
    assert str(uuid.UUID(request_id(offered))) != offered
