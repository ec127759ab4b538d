"""Sources: where a rule comes from, as a decision shows it: regimes with the jurisdiction's standing, citation, interval, place."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from google.type import date_pb2

from licet.engine.reference import Explained
from licet.language.faults import Position
from licet.policy.catalogue import Standing
from licet.policy.lawful import relation_to
from licet.policy.model import Derivation, Disclosure, Interval, Provenance, Relation, Rule
from licet.policy.release import Release
from licet.v1 import source_pb2

_STANDINGS = {
    Standing.MEMBER: source_pb2.REGIME_STANDING_MEMBER,
    Standing.PARTICIPANT: source_pb2.REGIME_STANDING_MEMBER,
    Standing.PARTY: source_pb2.REGIME_STANDING_MEMBER,
    Standing.COVERED: source_pb2.REGIME_STANDING_MEMBER,
    Standing.ADHERENT: source_pb2.REGIME_STANDING_ADHERENT,
    Standing.ALIGNED: source_pb2.REGIME_STANDING_ALIGNED,
}
_RELATIONS = {
    Relation.IMPLEMENTS: source_pb2.DERIVATION_RELATION_IMPLEMENTS,
    Relation.EXTENDS: source_pb2.DERIVATION_RELATION_EXTENDS,
    Relation.ALIGNED: source_pb2.DERIVATION_RELATION_ALIGNED,
    Relation.OWN: source_pb2.DERIVATION_RELATION_OWN,
}
_PROVENANCE = {
    Provenance.SOURCE: source_pb2.PROVENANCE_SOURCE,
    Provenance.MIXED: source_pb2.PROVENANCE_MIXED,
    Provenance.RECALLED: source_pb2.PROVENANCE_RECALLED,
}
_DISCLOSURE = {
    Disclosure.PUBLIC: source_pb2.DISCLOSURE_PUBLIC,
    Disclosure.RESTRICTED: source_pb2.DISCLOSURE_RESTRICTED,
}


def to_date(date: datetime.date) -> Any:
    """A date as a message."""
    return date_pb2.Date(year=date.year, month=date.month, day=date.day)


@dataclass(frozen=True, slots=True)
class Sources:
    """Writes the source of rules under one release, on one date."""

    release: Release
    date: datetime.date

    def of(self, explained: Explained) -> source_pb2.Source:
        """The source of one finding's rule."""
        rule, binding = explained.rule, explained.binding
        return self.of_rule(
            rule,
            cite=explained.cite,
            derives_from=explained.derives_from,
            interval=binding.interval,
            at=binding.at or rule.at,
        )

    def of_rule(
        self, rule: Rule, *, cite: str, derives_from: Iterable[Derivation], interval: Interval | None, at: Position
    ) -> source_pb2.Source:
        """The source of a rule, with what a finding bound or, for the rule as such, with what its package states."""
        source = source_pb2.Source(
            cite=cite,
            in_force_by=interval.by if interval is not None else "",
            provenance=_PROVENANCE[rule.provenance],
            package_version=self.release.packages[rule.jurisdiction].policy.version,
            location=f"{at.file}:{at.line}",
            concept=rule.concept,
            disclosure=_DISCLOSURE[rule.disclosure],
        )
        if interval is not None:
            source.in_force_from.CopyFrom(to_date(interval.start))
        for derivation in derives_from:
            source.derives_from.append(self._derivation(derivation, rule.jurisdiction))
        return source

    def _derivation(self, derivation: Any, jurisdiction: str) -> source_pb2.Derivation:
        catalogues = self.release.catalogues
        regime = catalogues.regimes.get(derivation.regime)
        standing = catalogues.standing(jurisdiction.upper(), derivation.regime, self.date)
        return source_pb2.Derivation(
            regime=derivation.regime,
            regime_name=regime.name if regime is not None else "",
            relation=_RELATIONS[relation_to(derivation.regime, derivation.relation)],
            entry=derivation.entry,
            standing=_STANDINGS.get(standing, source_pb2.REGIME_STANDING_NONE)
            if catalogues.has_members(derivation.regime)
            else source_pb2.REGIME_STANDING_UNSPECIFIED,
        )
