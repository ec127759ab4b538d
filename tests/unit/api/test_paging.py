from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.api.paging import MAX_SIZE, page
from licet.decision.errors import InvalidRequest

SCOPE = ("rules", "digest")


@given(length=st.integers(0, 500), size=st.integers(0, 300))
def test_pages_hold_everything_once(length: int, size: int) -> None:
    """The pages of a list, one after the other, are the list, whatever the size of a page."""
    whole, token = range(length), ""
    found: list[int] = []
    while True:
        part, token = page(whole, size=size, token=token, scope=SCOPE)
        assert len(part) <= MAX_SIZE
        found += part
        if not token:
            break
    assert list(whole) == found


@given(token=st.text(min_size=1) | st.binary(min_size=1).map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    """A token that this server did not give is the caller's fault, and no other error."""
    with pytest.raises(InvalidRequest) as caught:
        page(range(100), size=10, token=token, scope=SCOPE)
    assert ["page_token"] == [violation.field for violation in caught.value.violations]


def test_a_token_is_bound_to_its_scope() -> None:
    """A token of one list is no token of another."""
    _, token = page(range(100), size=10, token="", scope=SCOPE)
    assert page(range(100), size=10, token=token, scope=SCOPE)[0][0] == 10
    with pytest.raises(InvalidRequest, match="another request or release"):
        page(range(100), size=10, token=token, scope=("rules", "other"))


def test_a_negative_size_is_refused() -> None:
    """A page size below zero cannot be meant."""
    with pytest.raises(InvalidRequest, match="page_size"):
        page(range(100), size=-1, token="", scope=SCOPE)
