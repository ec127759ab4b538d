from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
from cel_expr_python import cel
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from licet.language.values import Unknown
from licet.v1 import transaction_pb2
from tests.support.expressions import World, transaction
from tests.support.packages import load, replaced
from tests.support.random_expressions import (
    CONSTRUCTS,
    PLACE_GROUP,
    PLACES,
    PURPOSE_GROUP,
    WORD_GROUP,
    Written,
    conditions,
)

_GROUPS = f"""\
history_from: 2001-01-01
groups:
  - {{id: places, title: Places, kind: places, cite: Annex, members: [{", ".join(f"'{place}'" for place in PLACE_GROUP)}]}}
  - {{id: words, title: Words, kind: words, cite: Annex, members: [{", ".join(WORD_GROUP)}]}}
  - {{id: purposes, title: Purposes, kind: purposes, cite: Annex, members: [{", ".join(PURPOSE_GROUP)}]}}
"""
_OURS: Final = World(load({"zz/groups/more.yaml": _GROUPS}))
_TYPE: Final = cel.Type
_ORACLE: Final = cel.NewEnv(
    variables={
        "tx": _TYPE("licet.v1.Transaction"),
        "groups.places": _TYPE.List(_TYPE("licet.v1.Place")),
        "groups.words": _TYPE.List(_TYPE.STRING),
        "groups.purposes": _TYPE.List(_TYPE.INT),
    }
)
_BOUND: Final = {
    "groups.places": [transaction_pb2.Place(country=place) for place in PLACE_GROUP],
    "groups.words": list(WORD_GROUP),
    "groups.purposes": [transaction_pb2.Purpose.Value(f"PURPOSE_{purpose}") for purpose in PURPOSE_GROUP],
}


def _countries() -> st.SearchStrategy[str]:
    return st.sampled_from(PLACES)


def _some(prefix: str, *names: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([f"{prefix}_{name}" for name in names]), min_size=1, max_size=3)


_PARTY = st.fixed_dictionaries(
    {
        "country": _countries(),
        "name": st.sampled_from(("buyer", "DE", "")),
        "roles": _some("PARTY_ROLE", "EXPORTER", "END_USER", "CARRIER"),
        "military": st.booleans(),
        "government": st.booleans(),
        "business": st.sampled_from(("BUSINESS_MANUFACTURER", "BUSINESS_TRADER")),
    }
)
_ITEM = st.fixed_dictionaries(
    {
        "published": st.booleans(),
        "massMarket": st.booleans(),
        "unit": st.sampled_from(("kg", "pieces", "m")),
        "countryOfOrigin": _countries(),
        "goods": _some("GOODS", "FOOD", "MEDICINE"),
        "classifications": st.builds(
            lambda codes: {"zz.list": {"codes": codes}}, st.lists(st.sampled_from(("A1", "kg")), min_size=1, max_size=2)
        ),
    }
)
_TRANSACTIONS = st.fixed_dictionaries(
    {
        "activity": st.sampled_from(("ACTIVITY_EXPORT", "ACTIVITY_TRANSIT")),
        "reference": st.sampled_from(("buyer", "A1")),
        "origin": st.fixed_dictionaries({"country": _countries()}),
        "destination": st.fixed_dictionaries({"country": _countries()}),
        "transit": st.lists(st.fixed_dictionaries({"country": _countries()}), min_size=1, max_size=2),
        "endUse": st.fixed_dictionaries(
            {"purposes": _some("PURPOSE", "CIVIL", "NUCLEAR_EXPLOSIVE", "MILITARY_OTHER"), "temporary": st.booleans()}
        ),
        "parties": st.lists(_PARTY, min_size=1, max_size=3),
        "items": st.lists(_ITEM, min_size=1, max_size=2),
    }
).map(lambda fields: transaction(**fields))


def _official(text: str, facts: transaction_pb2.Transaction) -> bool | None:
    """What the official runtime answers; None where it fails."""
    value = _ORACLE.compile(text).eval(data={"tx": facts, **_BOUND})
    plain = value.plain_value()
    return plain if isinstance(plain, bool) else None


_counted: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def _enough() -> Iterator[None]:
    yield
    assert 4_000 <= _counted.total(), _counted


@settings(max_examples=4_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(written=conditions(), facts=_TRANSACTIONS)
def test_the_official_runtime_and_we_agree(written: Written, facts: transaction_pb2.Transaction) -> None:
    """Where the official runtime answers we answer the same; where it fails, unknown or what holds however the failure turns out."""
    answer = _OURS.value(written.ours, facts)
    wanted = _official(written.plain, facts)
    if wanted is not None:
        _counted["answered"] += 1
        assert wanted is answer, written.plain
        return
    _counted["failed"] += 1
    if isinstance(answer, Unknown):
        return
    completions = [_official(text, facts) for text in written.completions]
    assert all(completed in (None, answer) for completed in completions), written.plain


@pytest.mark.parametrize("construct", sorted(CONSTRUCTS))
def test_every_construct_is_tried(construct: str) -> None:
    """The generator produces every construct of the language that both sides have."""
    written = find(
        conditions(), lambda drawn: construct in drawn.constructs, settings=settings(max_examples=20_000, database=None)
    )
    assert construct in written.constructs
