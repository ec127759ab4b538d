"""Where a place lies: in a group, or in a row of a table (policies/MEANING.md, section 1)."""

from __future__ import annotations

from typing import Any

from licet.language.facts import WHOLE
from licet.language.kleene import all_of, failed, negation
from licet.language.law import PlaceGroup, TableAt
from licet.language.scope import Scope
from licet.language.values import NOT_CLAIMED, Ref, Unknown, Why, unknown


def place_in_group(place: Ref, group: PlaceGroup, scope: Scope) -> bool | Unknown:
    """Whether a place is a member; unknown when only a part of it is and the region is unset (policies/MEANING.md, section 1)."""
    inside = _inside(place, group.members, scope)
    if group.less and inside is not False:
        inside = all_of((inside, negation(_inside(place, group.less, scope))))
    return negation(inside) if group.complement else inside


def _inside(place: Ref, members: frozenset[str], scope: Scope) -> bool | Unknown:
    country = scope.facts.field(place, "country")
    if isinstance(country, Unknown):
        return country
    law = scope.law
    if country in members or law.treated_as.get(country, country) in members:
        return True
    parts = [member for member in members if member not in law.places.countries and law.places.country_of(member) == country]
    if not parts or place.scheme == WHOLE:
        return False
    region = scope.facts.field(place, "region")
    if region is NOT_CLAIMED:  # assumed to be no part that a law treats apart
        return False
    if isinstance(region, Unknown) or not region:
        return unknown(place.path.field("region").text, Why.REGION, country, place.path.field("region").pattern)
    return _region_among(region, parts, place, scope)


def _region_among(region: str, parts: list[str], place: Ref, scope: Scope) -> bool | Unknown:
    places = scope.law.places
    if any(places.lies_in(region, part) or region in places.arrives_as.get(part, ()) for part in parts):
        return True
    known = region in places.part_of or any(region in codes for codes in places.arrives_as.values())
    if not known or any(places.lies_in(part, region) for part in parts):  # a typo is not another region
        return unknown(place.path.field("region").text, Why.REGION, region, place.path.field("region").pattern)
    return False


def rows_of_place(table: TableAt, place: Ref, scope: Scope) -> list[Any] | Unknown:
    """The row of a place, of the country that it is treated as, or of its country; a place without row is a fault."""
    country = scope.facts.field(place, "country")
    if isinstance(country, Unknown):
        return country
    region = scope.facts.field(place, "region")
    if isinstance(region, str) and region in table.by_key:
        return [table.by_key[region]]
    own = table.by_key.get(scope.law.treated_as.get(country, country)) or table.by_key.get(country)
    if own is None:
        return failed(f"table {table.id} has no row {country}")
    return [own]
