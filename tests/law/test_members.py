"""The Member States of the Union: all answer, and say what the reference says of their national lists."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import pytest
import yaml

from licet.cli.shipment import parse_shipment
from licet.cli.words import short
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import Release, load_release
from licet.v1 import outcome_pb2
from tests.law import reference
from tests.support.shipments import decided

_BLOC: Final = ("eu", "regimes", "concepts.yaml", "places.yaml", "schemes.yaml", "vocabulary.yaml")
_BARE: Final = ("be", "bg", "cy", "cz", "ee", "gr", "hr", "hu", "ie", "lt", "lu", "lv", "mt", "pl", "pt", "ro", "se", "si", "sk")
_MEMBERS: Final = ("at", *_BARE, "de", "dk", "es", "fi", "fr", "it", "nl")
_FOLDER: Final = reference.FOLDER.parent / "eu"
_SINCE: Final = {
    "de": datetime.date(2024, 7, 23),
    "dk": datetime.date(2024, 7, 1),
    "es": datetime.date(2023, 5, 31),
    "fi": datetime.date(2024, 9, 15),
    "fr": datetime.date(2024, 3, 1),
    "it": datetime.date(2024, 7, 16),
    "nl": datetime.date(2023, 9, 1),
}
"""First day of the national lists of new technology. The reference has no date for DK and FI, and none of effect for ES and IT."""


@cache
def _release() -> Release:
    files = read_folder(embedded_folder())
    return load_release({name: text for name, text in files.items() if name.partition("/")[0] in (*_BLOC, *_MEMBERS)})


@cache
def _measures() -> Mapping[str, Any]:
    file = _FOLDER / "member_state_national_controls.yaml"
    listed = yaml.safe_load(file.read_text(encoding="utf-8"))["measures"]
    return {measure["ms"].lower(): measure for measure in listed}


def test_every_member_state_answers() -> None:
    """Each of the 27 has a package that extends the Union's, and covers its own soil."""
    members = {j: p.policy for j, p in _release().packages.items() if p.policy.extends == "eu"}
    assert set(_MEMBERS) == set(members)
    assert all(j.upper() in policy.places for j, policy in members.items())
    soil = [place for policy in members.values() for place in policy.places]
    assert len(soil) == len(set(soil))


def test_a_member_state_says_what_it_leaves_out() -> None:
    """No package of a member is silent about its limits or its authority."""
    for member in _MEMBERS:
        policy = _release().packages[member].policy
        assert policy.authority
        assert policy.covers
        assert policy.not_covered


def test_the_bare_member_states_hold_no_law_of_their_own() -> None:
    """A member without a known national list has no rule; its national list, if there is one, is the Union package's to refer."""
    bare = {j for j in _MEMBERS if not _release().packages[j].rules}
    assert set(_BARE) == bare
    modeled = {place for j in _SINCE for place in _release().packages[j].policy.places}
    group = _release().packages["eu"].groups["lists_of_members"]
    assert modeled == {str(member.value) for member in group.members}


@pytest.mark.parametrize("member", _SINCE)
def test_a_national_list_binds_from_its_first_day(member: str) -> None:
    """The day before, the law of that day holds no such control, or no row of it; on the day it does."""
    since = _SINCE[member]
    assert _listed(member, since)
    assert not _listed(member, since - datetime.timedelta(days=1))


def _listed(member: str, day: datetime.date) -> bool:
    """Whether the list binds on a day: by the dates of its rule, or of the row of quantum computers where rows have dates."""
    rule = next(r for r in _release().packages[member].rules if r.id == f"{member}.national-list")
    table = _release().law(member, day).tables.get("section_b")
    rows = table.rows if table is not None else ()
    return rule.interval_on(day) is not None and (not rule.loops or any(row.key == "4A906" for row in rows))


@pytest.mark.skipif(not _FOLDER.is_dir(), reason="the reference is not beside this repository")
def test_the_lists_are_those_of_the_reference() -> None:
    """Every member of which the reference knows a list has one here, and the dates that it gives are the dates here."""
    assert set(_SINCE) == set(_measures())
    dated = {member: measure["in_force"] for member, measure in _measures().items() if "in_force" in measure}
    exact = {member: day for member, day in dated.items() if isinstance(day, datetime.date)}
    assert {"de", "fr", "nl"} == set(exact)
    assert exact == {member: _SINCE[member] for member in exact}


@pytest.mark.skipif(not _FOLDER.is_dir(), reason="the reference is not beside this repository")
def test_germany_leaves_out_the_destinations_of_the_reference() -> None:
    """The entries of 2024 do not bind to the closest partners."""
    group = _release().packages["de"].groups["de_partners"]
    assert {place for place in _measures()["de"]["exempt_destinations"] if place != "EU"} == {str(m.value) for m in group.members}


def _told(**fields: Any) -> dict[str, str]:
    """What each jurisdiction answers to a Belgian pump, and that coverage tells of the same."""
    parties = [
        {"reference": "seller", "roles": ["EXPORTER"], "name": "Pompes SA", "country": "BE", "established_in": "BE"},
        {"reference": "buyer", "roles": ["ULTIMATE_CONSIGNEE"], "name": "Bombas", "country": "BR", "screened_on": "2026-11-20"},
    ]
    shipment = {
        "activity": "EXPORT",
        "date": "2026-11-22",
        "origin": "BE",
        "destination": "BR",
        "parties": parties,
        "items": [{"line": "1", "kind": "COMMODITY", "classifications": {"eu.annex-i": "NLR"}, "country_of_origin": "BE"}],
    }
    request = parse_shipment("pump.yaml", yaml.safe_dump(shipment | fields).encode()).request
    result = decided(_release(), request)
    assert [j.jurisdiction for j in result.jurisdictions] == [c.jurisdiction for c in result.coverage if not c.not_covered_place]
    return {j.jurisdiction: short(outcome_pb2.Outcome, j.outcome) for j in result.jurisdictions}


def test_a_bare_member_answers_as_its_bloc_and_others_are_left_out() -> None:
    """A pump from Belgium is answered by Belgium and the Union, and no other member is told of."""
    assert {"be": "NO_LICENSE_REQUIRED", "eu": "NO_LICENSE_REQUIRED"} == _told()


def test_a_member_is_told_of_where_its_law_or_its_soil_is_concerned() -> None:
    """The member of origin, of transit and of the exporter; Italian law reaches what leaves Italy."""
    assert {"be", "it", "eu"} == set(_told(origin="IT"))
    assert {"be", "nl", "eu"} == set(_told(transit=["NL"]))
