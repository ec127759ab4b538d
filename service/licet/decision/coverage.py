"""Coverage: what each package covers and does not, and places whose law no package covers at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from licet.policy.model import Policy
from licet.policy.release import Family, Release
from licet.v1 import transaction_pb2


def families_asked(release: Release, jurisdictions: Iterable[str]) -> tuple[Family, ...]:
    """The families that a question reaches; a member brings its bloc. Nothing asked means all."""
    asked = set(jurisdictions)
    if not asked:
        return release.families
    return tuple(family for family in release.families if asked & set(family.jurisdictions))


def uncovered_places(transaction: Any, release: Release, jurisdictions: Iterable[str]) -> tuple[str, ...]:
    """Countries of export, transit or of the actor whose own law is not in the release, unless the question was limited.

    A bloc's package does not stand for its members: each has national law beside the bloc's.
    """
    if tuple(jurisdictions):
        return ()
    blocs = {package.policy.extends for package in release.packages.values()}
    covered = {place for j, package in release.packages.items() if j not in blocs for place in package.policy.places}
    places = [
        transaction.origin.country,
        transaction.place_of_act.country,
        *(place.country for place in transaction.transit),
    ]
    return tuple(sorted({place for place in places if place and place not in covered}))


def concerned(policy: Policy, transaction: Any) -> bool:
    """Whether the law is that of a place of export, of transit or of the act, or of the exporter."""
    exporters = (party for party in transaction.parties if transaction_pb2.PARTY_ROLE_EXPORTER in party.roles)
    places = {
        transaction.origin.country,
        transaction.place_of_act.country,
        *(place.country for place in transaction.transit),
        *(place for party in exporters for place in (party.established_in, party.country)),
    }
    return not places.isdisjoint(policy.places)
