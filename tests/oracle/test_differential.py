from __future__ import annotations

from collections import Counter
from typing import Final

from cel_expr_python import cel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.language.facts import Mode
from licet.language.values import Unknown
from licet.v1 import transaction_pb2
from tests.support.expressions import World, transaction
from tests.support.packages import load
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


def _compare(written: Written, facts: transaction_pb2.Transaction) -> str:
    """Fails where the two disagree; returns what was compared."""
    answer = _OURS.value(written.ours, facts)
    wanted = _official(written.plain, facts)
    if wanted is not None:
        assert wanted is answer, written.plain
        return "answered by both"
    if isinstance(answer, Unknown):
        return "failed, unknown"
    completions = {_official(text, facts) for text in written.completions}
    assert completions <= {answer, None}, written.plain
    return "failed, settled whatever the failure hides"


def test_the_official_runtime_and_we_agree() -> None:
    """Where the official runtime answers we answer the same; where it fails, unknown, or what holds whatever the failure hides."""
    compared: Counter[str] = Counter()

    @settings(max_examples=4_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(written=conditions(), facts=_TRANSACTIONS)
    def compare(written: Written, facts: transaction_pb2.Transaction) -> None:
        compared[_compare(written, facts)] += 1

    compare()
    assert 4_000 <= compared.total()
    assert all(10 <= compared[kind] for kind in ("answered by both", "failed, unknown")), compared
    assert 1 <= compared["failed, settled whatever the failure hides"]


@st.composite
def _half_known(draw: st.DrawFn) -> tuple[transaction_pb2.Transaction, transaction_pb2.Transaction]:
    """A transaction, and the same with some of its facts left out: fields, and lists as a whole."""
    whole = draw(_TRANSACTIONS)
    half = transaction_pb2.Transaction()
    half.CopyFrom(whole)
    for message in (half, half.origin, half.destination, half.end_use, *half.transit, *half.parties, *half.items):
        for field, _ in message.ListFields():
            if draw(st.integers(0, 3)) == 0:
                message.ClearField(field.name)
    return whole, half


def test_no_completion_overturns_what_half_the_facts_settle() -> None:
    """What we answer while facts are unset, the official runtime answers too once they are set, whatever they are."""
    settled: Counter[bool] = Counter()

    @settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(written=conditions(), facts=_half_known())
    def compare(written: Written, facts: tuple[transaction_pb2.Transaction, transaction_pb2.Transaction]) -> None:
        whole, half = facts
        answer = _OURS.value(written.ours, half, mode=Mode.NEED, active=frozenset())
        settled[not isinstance(answer, Unknown)] += 1
        if not isinstance(answer, Unknown):
            assert _official(written.plain, whole) in (answer, None), written.plain

    compare()
    assert 100 <= min(settled[True], settled[False]), settled


def test_every_construct_is_tried() -> None:
    """The generator produces every construct of the language that both sides have, and none that is not listed."""
    produced: Counter[str] = Counter()

    @settings(max_examples=1_500, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(written=conditions())
    def collect(written: Written) -> None:
        produced.update(written.constructs)

    collect()
    assert set(CONSTRUCTS) == set(produced)
