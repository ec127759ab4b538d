from __future__ import annotations

from typing import Any, Final

import pytest

from licet.language.facts import Mode, Noted
from licet.language.scope import Scope
from licet.language.values import ReadingSource, Unknown, Why
from licet.language.walk import walk
from tests.support.expressions import World, lacks, lowered, transaction
from tests.support.packages import CATALOGUES, load

_FACTS = """\
  - {path: 'parties[*].listings', class: ask, question: On which lists is the party?}
  - {path: 'parties[*].police_or_security', class: assume, value: "no", for: [controls, authorizations], statement: No police.}
  - path: 'parties[*].government'
    class: assume
    value: "no"
    for: [controls]
    statement: No government body.
    unless: 'party.country == "CN"'
  - path: 'items[*].country_of_origin'
    class: assume
    value: =origin.country
    for: [controls, authorizations]
    statement: The goods were made where they leave from.
  - path: 'items[*].mass_market'
    class: assume
    value: "no"
    for: [controls]
    statement: Not for the mass market.
    only_if_known: [destination.country, 'items[*].quantity']
  - {path: transit, class: assume, value: none, for: [controls], statement: The goods cross no other country.}
  - {path: 'items[*].kind', class: assume, value: COMMODITY, for: [controls], statement: The items are goods.}
  - {path: red_flags, class: assume, value: none, for: [controls], statement: I saw none.}
  - {path: reference, class: claim}
  - {path: 'items[*].goods', class: claim}
"""
_WORLD: Final = World(load({"vocabulary.yaml": CATALOGUES["vocabulary.yaml"] + _FACTS}))


def _shipment(**fields: Any) -> Any:
    return transaction(**{"items": [{"line": "1"}], "parties": [{"reference": "b", "country": "DE"}], **fields})


# ---- ask ----


def test_an_unset_fact_that_is_asked_for_is_unknown() -> None:
    """A fact of class `ask` that is not stated is unknown, under its own path, whatever it is compared with."""
    assert {("items[1].quantity", Why.UNSET)} == lacks(_WORLD.value("item.quantity > 5", _shipment()))
    assert {("items[1].quantity", Why.UNSET)} == lacks(_WORLD.value("item.quantity <= 5", _shipment()))
    assert {("destination.country", Why.UNSET)} == lacks(_WORLD.value('tx.destination.country != "DE"', _shipment()))


def test_a_fact_without_an_entry_is_asked_for() -> None:
    """A fact that no vocabulary names is treated as one that is asked for: silence settles nothing."""
    assert {("parties[b].birth_country", Why.UNSET)} == lacks(
        _WORLD.value('tx.parties.exists(p, p.birth_country == "CN")', _shipment())
    )


@pytest.mark.parametrize("mode", [Mode.CONTROL, Mode.RELIEF, Mode.NEED])
def test_no_mode_makes_an_asked_fact_known(mode: Mode) -> None:
    """What is asked for stays unknown for controls, for authorizations and for needs."""
    assert isinstance(_WORLD.value("item.quantity > 5", _shipment(), mode=mode), Unknown)


# ---- lists ----


@pytest.mark.parametrize(
    "text",
    [
        'tx.parties.exists(p, p.listings.exists(l, l.list == "x"))',
        'tx.parties.all(p, p.listings.all(l, l.list != "x"))',
        '"x" in tx.parties.map(p, p.listings.exists(l, true) ? "x" : "y")',
    ],
)
def test_a_party_that_was_not_screened_is_not_unlisted_by_silence(text: str) -> None:
    """A list without entries is unset, and what is looked for in it is unknown."""
    assert {("parties[b].listings", Why.UNSET)} == lacks(_WORLD.value(text, _shipment()))


@pytest.mark.parametrize("path", ["parties.listings", "parties[*].listings", "parties[b].listings"])
def test_a_list_named_as_complete_is_empty(path: str) -> None:
    """A list whose path stands in `complete`, for all parties or for one, is empty where it has no entries; others stay unset."""
    facts = _shipment(complete=[path])
    assert _WORLD.value("tx.parties.exists(p, p.listings.exists(l, true))", facts) is False
    assert _WORLD.value("tx.parties.all(p, p.listings.all(l, false))", facts) is True
    assert {("parties[b].owners", Why.UNSET)} == lacks(_WORLD.value("tx.parties.exists(p, p.owners.exists(o, true))", facts))


def test_a_list_with_an_entry_is_stated() -> None:
    """One entry states a list: nothing else is in it."""
    facts = _shipment(parties=[{"reference": "b", "listings": [{"list": "x"}]}])
    assert _WORLD.value('tx.parties.exists(p, p.listings.exists(l, l.list == "y"))', facts) is False


def test_a_map_key_that_is_not_stated_is_unset() -> None:
    """A technical parameter that the item does not state is unknown under its own key."""
    assert {("items[1].technical[frame_rate_hz]", Why.UNSET)} == lacks(
        _WORLD.value('item.technical["frame_rate_hz"] > 9', _shipment())
    )


def test_a_stated_key_without_value_is_unset() -> None:
    """A fact whose key is there and whose value is not says nothing."""
    facts = _shipment(items=[{"line": "1", "technical": {"frame_rate_hz": {}}}])
    assert {("items[1].technical[frame_rate_hz]", Why.UNSET)} == lacks(_WORLD.value('item.technical["frame_rate_hz"] > 9', facts))


def test_a_fact_of_another_kind_is_unknown_with_that_reason() -> None:
    """A number asked for and a text stated cannot be compared: unknown, not false."""
    facts = _shipment(items=[{"line": "1", "technical": {"frame_rate_hz": {"stringValue": "fast"}}}])
    assert {("", Why.ERROR)} == lacks(_WORLD.value('item.technical["frame_rate_hz"] > 9', facts))


def test_a_text_that_is_no_number_is_unknown_with_that_reason() -> None:
    """A decimal that cannot be read is unknown because of that."""
    facts = _shipment(items=[{"line": "1", "quantity": {"value": "many"}}])
    assert {("items[1].quantity", Why.ERROR)} == lacks(_WORLD.value("item.quantity > 9", facts))


# ---- claims ----


@pytest.mark.parametrize("mode", [Mode.CONTROL, Mode.RELIEF])
def test_a_claim_that_is_not_made_is_false(mode: Mode) -> None:
    """An unset claim is false for controls and for authorizations; one that is no yes or no equals nothing."""
    assert _WORLD.value("item.published", _shipment(), mode=mode) is False
    assert _WORLD.value('tx.reference == "x"', _shipment(), mode=mode) is False
    assert _WORLD.value('tx.reference != "x"', _shipment(), mode=mode) is False
    assert _WORLD.value("item.goods.exists(g, g == FOOD)", _shipment(), mode=mode) is False
    assert _WORLD.value('item.circumstances["zz.sample"] == true', _shipment(), mode=mode) is False


def test_a_need_reads_an_unset_claim_as_unknown() -> None:
    """In a need a claim not made is to do, not refused."""
    assert {("items[1].published", Why.UNSET)} == lacks(_WORLD.value("item.published", _shipment(), mode=Mode.NEED))


def test_a_claim_that_is_made_is_read() -> None:
    """A stated claim is what it states, whether yes or no."""
    for stated in (True, False):
        facts = _shipment(items=[{"line": "1", "published": stated}])
        assert stated is _WORLD.value("item.published", facts)


# ---- assumptions ----


def test_an_assumption_serves_only_what_it_is_for() -> None:
    """An assumption for controls is none for authorizations, where the fact is unknown; one for both serves both."""
    text = "tx.parties.exists(p, p.military)"
    assert _WORLD.value(text, _shipment(), mode=Mode.CONTROL) is False
    assert {("parties[b].military", Why.UNSET)} == lacks(_WORLD.value(text, _shipment(), mode=Mode.RELIEF))
    assert {("parties[b].military", Why.UNSET)} == lacks(_WORLD.value(text, _shipment(), mode=Mode.NEED))
    both = "tx.parties.exists(p, p.police_or_security)"
    for mode in (Mode.CONTROL, Mode.RELIEF, Mode.NEED):
        assert _WORLD.value(both, _shipment(), mode=mode) is False


def test_a_stated_fact_is_never_assumed() -> None:
    """What the caller states stands, against every assumption."""
    facts = _shipment(parties=[{"reference": "b", "military": True}])
    assert _WORLD.value("tx.parties.exists(p, p.military)", facts) is True


def test_an_assumption_that_is_not_in_use_is_not_made() -> None:
    """Under a choice of assumptions only those are made."""
    text = "tx.parties.exists(p, p.military)"
    assert {("parties[b].military", Why.UNSET)} == lacks(_WORLD.value(text, _shipment(), active=frozenset()))
    assert _WORLD.value(text, _shipment(), active=frozenset(("parties[*].military",))) is False


def test_an_uncleared_flag_suspends_the_assumption_that_it_guards() -> None:
    """Where a guard over stated facts holds nothing is assumed: an uncleared flag suspends `I know of no …`."""
    text = "tx.parties.exists(p, p.military)"
    assert _WORLD.value(text, _shipment(redFlags=[{"catalogId": "x", "cleared": True}])) is False
    value = _WORLD.value(text, _shipment(redFlags=[{"catalogId": "x", "cleared": False}]))
    assert {("parties[b].military", Why.UNSET)} == lacks(value)


def test_a_guard_speaks_of_the_party_whose_fact_is_read() -> None:
    """A guard that names `party` is judged for each party apart."""
    facts = _shipment(parties=[{"reference": "b", "country": "DE"}, {"reference": "c", "country": "CN"}])
    assert {("parties[c].government", Why.UNSET)} == lacks(_WORLD.value("tx.parties.exists(p, p.government)", facts))


def test_a_guard_reads_silence_as_silence() -> None:
    """In a guard an unset fact counts as not stated: it never suspends an assumption."""
    assert _WORLD.value("tx.parties.exists(p, p.government)", _shipment(parties=[{"reference": "b"}])) is False
    reader = _WORLD.reader(_shipment(), mode=Mode.GUARD)
    text = 'tx.destination.country == "DE" || tx.red_flags.exists(f, true) || item.quantity > 1'
    assert walk(lowered(text, _WORLD.names).expr, Scope(reader, {"tx": reader.root, "item": reader.items()[0]})) is False


def test_some_facts_are_asked_for_before_anything_is_assumed() -> None:
    """An assumption with `only_if_known` waits: the facts named there are asked for first, one by one, of the same item."""
    known = {"destination": {"country": "DE"}}
    assert {("destination.country", Why.UNSET)} == lacks(_WORLD.value("item.mass_market", _shipment()))
    assert {("items[1].quantity", Why.UNSET)} == lacks(_WORLD.value("item.mass_market", _shipment(**known)))
    facts = _shipment(items=[{"line": "1", "quantity": {"value": "2"}}], **known)
    assert _WORLD.value("item.mass_market", facts) is False


def test_an_assumption_may_name_another_fact() -> None:
    """A value `=path` is what stands there, and is unknown as that is."""
    text = 'item.country_of_origin == "DE"'
    assert _WORLD.value(text, _shipment(origin={"country": "DE"})) is True
    assert _WORLD.value(text, _shipment(origin={"country": "NO"})) is False
    assert {("origin.country", Why.UNSET)} == lacks(_WORLD.value(text, _shipment()))


def test_an_assumed_list_is_empty_and_an_assumed_enum_is_its_value() -> None:
    """`none` is an empty list, and the short name of an enum is that value."""
    assert _WORLD.value("tx.transit.exists(t, true)", _shipment()) is False
    assert _WORLD.value("item.kind == COMMODITY", _shipment()) is True
    assert _WORLD.value("item.kind == ItemKind.SOFTWARE", _shipment()) is False


def test_a_list_that_is_assumed_empty_says_nothing_of_its_elements_fields() -> None:
    """The entry of a list is no entry for what stands in its elements."""
    value = _WORLD.value('tx.transit.exists(t, t.country == "DE")', _shipment(transit=[{"region": "UA-43"}]))
    assert {("transit[1].country", Why.UNSET)} == lacks(value)


# ---- what is noted ----


def test_readings_say_where_each_value_comes_from() -> None:
    """A reader that notes says of every value that it read whether it was stated, assumed, not claimed or unset."""
    noted = Noted()
    reader = _WORLD.reader(_shipment(destination={"country": "DE"}), noted=noted)
    scope = Scope(reader, {"tx": reader.root, "item": reader.items()[0]})
    text = 'tx.destination.country == "NO" || tx.parties.exists(p, p.military) || item.published || item.quantity > 1'
    walk(lowered(text, _WORLD.names).expr, scope)
    found = {(reading.path, reading.value, reading.source) for reading in noted.readings}
    wanted = {
        ("destination.country", "DE", ReadingSource.STATED),
        ("parties[b].military", "no", ReadingSource.ASSUMED),
        ("items[1].published", "not claimed", ReadingSource.NOT_CLAIMED),
        ("items[1].quantity", "", ReadingSource.UNSET),
    }
    assert wanted <= found
    assert {"parties[*].military"} == noted.relied
