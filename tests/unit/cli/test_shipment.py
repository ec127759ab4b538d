from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf.json_format import MessageToJson

from licet.cli.shipment import Shipment, ShipmentError, parse_shipment
from licet.decision.errors import Violation
from licet.language.environment import enum_clashes
from licet.v1 import licensing_service_pb2, outcome_pb2, transaction_pb2

_FILE = "shipment.yaml"


def _read(text: str, *, as_json: bool = False) -> Shipment:
    return parse_shipment(_FILE, text.encode(), as_json=as_json)


def _transaction(text: str) -> Any:
    return _read(text).request.transaction


def _faults(text: str, *, as_json: bool = False) -> list[str]:
    with pytest.raises(ShipmentError) as caught:
        _read(text, as_json=as_json)
    return [str(fault) for fault in caught.value.faults]


def test_norway_is_a_country_and_no_is_an_answer() -> None:
    """The field's own type decides what a text means: `NO` is Norway in a place, and "no" in a yes/no field."""
    transaction = _transaction("destination: NO\nparties:\n  - {roles: END_USER, country: NO, military: NO}\n")
    assert transaction.destination.country == "NO"
    assert transaction.parties[0].country == "NO"
    assert transaction.parties[0].HasField("military")
    assert transaction.parties[0].military is False


def test_codes_stay_texts() -> None:
    """A code that YAML would take for a number stays a text."""
    item = _transaction("items:\n  - classifications: {us.eccn: 3E001, hs: 0123}\n").items[0]
    assert list(item.classifications["us.eccn"].codes) == ["3E001"]
    assert list(item.classifications["hs"].codes) == ["0123"]


@pytest.mark.parametrize(
    ("written", "codes", "by"),
    [
        ("5A992.c", ["5A992.c"], ""),
        ("[5A992.c, 5D992.c]", ["5A992.c", "5D992.c"], ""),
        ("{codes: 5A992.c, by: Classification desk}", ["5A992.c"], "Classification desk"),
    ],
    ids=["code", "list", "mapping"],
)
def test_a_classification_has_three_forms(written: str, codes: list[str], by: str) -> None:
    """A classification is a code, a list of codes, or a mapping."""
    found = _transaction(f"items:\n  - classifications: {{us.eccn: {written}}}\n").items[0].classifications["us.eccn"]
    assert list(found.codes) == codes
    assert found.by == by


@pytest.mark.parametrize(
    ("written", "country", "region"),
    [("DE", "DE", ""), ("UA-43", "UA", "UA-43"), ("{country: GB, region: GB-NIR}", "GB", "GB-NIR")],
)
def test_a_place_is_a_country_or_a_region_or_a_mapping(written: str, country: str, region: str) -> None:
    """A place is written as its country, as its region, or field by field."""
    destination = _transaction(f"destination: {written}").destination
    assert (destination.country, destination.region) == (country, region)


@pytest.mark.parametrize(
    ("written", "units", "nanos", "currency"),
    [
        ("1200 EUR", 1200, 0, "EUR"),
        ("0.5 USD", 0, 500_000_000, "USD"),
        ("{amount: 12.25, currency: CHF}", 12, 250_000_000, "CHF"),
        ("{currency_code: JPY, units: 90}", 90, 0, "JPY"),
        ("1.234 KWD", 1, 234_000_000, "KWD"),
    ],
)
def test_money_is_an_amount_and_a_currency(written: str, units: int, nanos: int, currency: str) -> None:
    """Money is `1200 EUR`, or a mapping."""
    value = _transaction(f"items: [{{value: {written}}}]" if "{" not in written else f"items:\n  - value: {written}").items[0].value
    assert (value.units, value.nanos, value.currency_code) == (units, nanos, currency)


def test_a_point_that_may_separate_thousands_is_refused() -> None:
    """`1.200 EUR` may mean twelve hundred or one and a fifth, so it means nothing."""
    assert "thousands" in _faults("items:\n  - value: 1.200 EUR\n")[0]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("yes", "bool_value"),
        ("true", "bool_value"),
        ("30", "decimal_value"),
        ("2026-11-22", "date_value"),
        ("blue", "string_value"),
        ('"30"', "string_value"),
        ("[3A001, 3A002]", "codes_value"),
        ("{place: NO}", "place_value"),
        ("{code: 3A001}", "code_value"),
        ("{number: 30}", "decimal_value"),
    ],
)
def test_a_fact_takes_its_kind_from_how_it_is_written(written: str, kind: str) -> None:
    """A fact is a yes or no, a number, a date or a text as written, or of the kind that its mapping names."""
    fact = _transaction(f"circumstances:\n  some.fact: {written}\n").circumstances["some.fact"]
    assert fact.WhichOneof("value") == kind


@pytest.mark.parametrize("written", ["END_USER", "PartyRole.END_USER", "PARTY_ROLE_END_USER"])
def test_an_enum_value_has_three_names(written: str) -> None:
    """An enum value goes by its short name, with its type before it, or by its name on the wire."""
    assert _transaction(f"parties: [{{roles: [{written}]}}]").parties[0].roles[0] == transaction_pb2.PARTY_ROLE_END_USER


def test_short_names_that_clash_are_told_apart_by_the_field() -> None:
    """A short name that several types share means the value of the field's own type."""
    assert "NONE" in enum_clashes()
    transaction = _transaction("parties: [{relation: NONE}]\nend_use:\n  concerns: [{knowledge: NONE}]\n")
    assert transaction.parties[0].relation == transaction_pb2.PARTY_RELATION_NONE
    assert transaction.end_use.concerns[0].knowledge == transaction_pb2.KNOWLEDGE_NONE


def test_fields_of_the_request_stand_beside_those_of_the_transaction() -> None:
    """A file may say how it is to be decided, beside what is to be decided."""
    request = _read("activity: EXPORT\njurisdictions: [us]\nassumptions: REFUSE\ntrace: FULL\n").request
    assert list(request.jurisdictions) == ["us"]
    assert request.assumptions == licensing_service_pb2.ASSUMPTION_MODE_REFUSE
    assert request.transaction.activity == transaction_pb2.ACTIVITY_EXPORT


def test_the_transaction_may_stand_under_its_own_key() -> None:
    """The two forms of a file give the same request."""
    bare = _read("activity: EXPORT\norigin: DE\njurisdictions: us\n").request
    wrapped = _read("transaction:\n  activity: EXPORT\n  origin: DE\njurisdictions: us\n").request
    assert bare == wrapped


def test_a_transaction_field_beside_its_own_key_is_a_fault() -> None:
    """With `transaction:` in the file, its fields stand nowhere else."""
    assert "move it under `transaction:`" in _faults("transaction: {activity: EXPORT}\norigin: DE\n")[0]


def test_title_and_expectation_are_read() -> None:
    """An example says what it is called and how it is to come out."""
    shipment = _read("title: A pump\nexpect: {disposition: HOLD, outcome: UNDETERMINED}\nactivity: EXPORT\n")
    assert shipment.title == "A pump"
    assert shipment.expected.disposition == outcome_pb2.DISPOSITION_HOLD
    assert shipment.expected.outcome == outcome_pb2.OUTCOME_UNDETERMINED


def test_proto_json_is_read_back() -> None:
    """A request printed as proto3 JSON, with either kind of field names, reads as the same request."""
    request = _read(
        "activity: EXPORT\ndate: 2026-11-22\nitems: [{value: 12.5 EUR, quantity: 3, goods: FOOD}]\nvalidate_only: yes\n"
    ).request
    for preserving in (True, False):
        text = MessageToJson(request, preserving_proto_field_name=preserving)
        assert request == _read(text, as_json=True).request


def test_all_faults_come_at_once_with_their_places() -> None:
    """Every fault of a file is reported in one go, each with line and column."""
    text = "activty: EXPORT\norigin: DE\nparties:\n  - {roles: END_USR, military: maybe}\n"
    text += "items:\n  - value: much\n    country_of_origin:\n"
    expected = ["shipment.yaml:1:1: UNKNOWN_FIELD", "shipment.yaml:4:13: CHOICE", "shipment.yaml:4:32: YES_NO"]
    expected += ["shipment.yaml:6:12: MONEY", "shipment.yaml:7:23: NO_VALUE"]
    assert expected == [": ".join(fault.split(": ")[:2]) for fault in _faults(text)]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("activty: EXPORT", "did you mean activity?"),
        ("activity: export", "did you mean EXPORT?"),
        ("activity: EXPROT", "did you mean EXPORT?"),
        ("juristictions: [us]", "did you mean jurisdictions?"),
        ("expect: {outcom: HOLD}", "it has disposition and outcome"),
        ("items: {line: 1}", "begin each entry with a dash"),
        ("items: [{quantity: 12 kg}]", "without unit"),
        ("parties: [{listings: []}]", "parties.listings under `complete:`"),
        ("items: [{classifications: 3A001}]", "classifications: {us.eccn: 5A992.c}"),
        ("items: [{controlled_content_percent: 30}]", "controlled_content_percent: {us: 30}"),
        ("end_use: civil", "a mapping of fields"),
        ("date: 22.11.2026", "such as 2026-11-22"),
        ("activity: ACTIVITY_UNSPECIFIED", "expected EXPORT"),
        ("- activity: EXPORT", "begin with `activity: EXPORT`"),
        ("activity: EXPORT\nactivity: IMPORT", "stands here again"),
        ("activity: [EXPORT, IMPORT]", "a single value"),
        ("items: [{value: 1200}]", "1200 EUR"),
        ("", "empty"),
    ],
)
def test_a_fault_says_what_to_do(text: str, hint: str) -> None:
    """Each kind of fault comes with what was expected, or what to do."""
    assert hint in " ".join(_faults(text))


def test_an_empty_list_is_not_silence() -> None:
    """An empty list is refused, since the API knows only lists that are unset or complete; nothing is dropped unsaid."""
    assert "EMPTY" in _faults("parties:\n  - {reference: buyer, listings: []}\n")[0]


def test_what_a_decision_refuses_gets_a_place() -> None:
    """A field that a decision refuses is shown where the file states it, by reference, line or number."""
    shipment = _read("parties:\n  - reference: buyer\n    country: Germany\nitems:\n  - country_of_origin: usa\n")
    refused = [
        Violation("transaction.parties[buyer].country", "is no country"),
        Violation("transaction.items[1].country_of_origin", "is no country"),
        Violation("transaction.parties[buyer].roles", "is empty"),
        Violation("transaction.destination", "is missing"),
    ]
    assert [3, 5, 2, 1] == [fault.at.line for fault in shipment.faults_of(refused)]


def test_a_fault_in_json_has_its_place() -> None:
    """A JSON file has lines and columns as well; a key whose value is null is left out."""
    text = '{\n\t"activity": "EXPORT", "origin": null,\n\t"items": [{"kind": "COMODITY"}]\n}'
    assert _faults(text, as_json=True)[0].startswith("shipment.yaml:3:21: CHOICE")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"activity": }', "shipment.yaml:1:14: JSON"),
        ('{"activity": "EXPORT", "activity": "IMPORT"}', "shipment.yaml:1:24: REPEATED_KEY"),
        ("[" * 100_000, "JSON"),
        ("[]", "SHAPE"),
    ],
    ids=["syntax", "repeated key", "depth", "shape"],
)
def test_bad_json_is_a_fault(text: str, fault: str) -> None:
    """JSON that cannot be read is a fault like any other."""
    assert fault in _faults(text, as_json=True)[0]


def test_json_texts_with_escapes_and_any_layout() -> None:
    """Escapes, tabs and characters beyond the first plane are read as JSON means them."""
    name = 'Zürich "AG" \U0001f600\n'
    text = json.dumps({"parties": [{"name": name, "military": True, "owners": [{"percent": 12.5}]}]}, indent="\t")
    party = _read(text, as_json=True).request.transaction.parties[0]
    assert party.name == name.strip()
    assert party.military is True
    assert party.owners[0].percent.value == "12.5"
