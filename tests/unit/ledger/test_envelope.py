from __future__ import annotations

import dataclasses
import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from licet.ledger.envelope import Envelope, Kind

# Letters of every plane, what JSON escapes, and what it might escape and must not.
_TEXTS = st.text() | st.text(st.sampled_from('"\\/\b\f\n\r\t\x00\x1f\x7f\x80\u2028\u2029\ufeff\uffff\U0001f6a2é'))
_ENVELOPES = st.builds(
    Envelope,
    **{field.name: _TEXTS for field in dataclasses.fields(Envelope) if field.name != "kind"},
    kind=st.sampled_from(Kind),
)


@given(_ENVELOPES)
def test_a_leaf_is_canonical_json(envelope: Envelope) -> None:
    """The bytes of a leaf are those that RFC 8785 asks for, whatever it says, and they are read as what was written."""
    leaf = envelope.to_bytes()
    assert rfc8785.dumps(json.loads(leaf)) == leaf
    assert envelope == Envelope.from_bytes(leaf)


@pytest.mark.parametrize(
    "leaf", [b"[]", b"{}", b'{"v":"0"}', b'{"v":"1","kind":"decision"}', b'{"v":"1","kind":"none"}', b"no JSON", b"\xff"]
)
def test_what_is_no_leaf_is_refused(leaf: bytes) -> None:
    """A leaf that is no entry of a known version raises ValueError."""
    with pytest.raises(ValueError):  # noqa: PT011  # each says something else
        Envelope.from_bytes(leaf)
