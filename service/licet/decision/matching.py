"""What is decided, and what each package of a family says of it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from licet.decision.settings import Settings
from licet.engine.protocol import Case, Matcher
from licet.engine.reference import Explained
from licet.policy.model import Authorize, Bar, Exempt
from licet.policy.release import Family, Release


@dataclass(frozen=True, slots=True)
class Subject:
    """What is decided: a transaction in canonical form on a date, under families of a release, by an engine, with settings."""

    transaction: Any
    date: datetime.date
    release: Release
    matcher: Matcher
    families: tuple[Family, ...]
    uncovered: tuple[str, ...]
    """Countries whose own law would have to be asked and is not in the release."""
    settings: Settings

    @property
    def lines(self) -> tuple[str, ...]:
        """The names of the line items."""
        return tuple(item.line for item in self.transaction.items)

    def case(self, jurisdiction: str, active: frozenset[str] | None) -> Case:
        """The case of one package under some assumptions."""
        return Case(
            self.transaction,
            self.release.packages[jurisdiction],
            self.release.law(jurisdiction, self.date),
            self.release.vocabularies[jurisdiction],
            active,
        )


@dataclass(frozen=True, eq=False)
class Found:
    """All findings of one family, explained."""

    family: Family
    explained: tuple[Explained, ...]

    def of_instrument(self, instrument: str, line: str) -> tuple[Explained, ...]:
        """What speaks to one instrument and line item: its own findings, on the item or the whole transaction."""
        return (*self._by_instrument.get((instrument, ""), ()), *self._by_instrument.get((instrument, line), ()))

    def relief(self, line: str) -> tuple[Explained, ...]:
        """Relief and bars of the whole family for one line item: an authorization may name bases of several instruments."""
        return tuple(e for e in self._relief if e.finding.item in ("", line))

    @cached_property
    def _by_instrument(self) -> dict[tuple[str, str], list[Explained]]:
        index: dict[tuple[str, str], list[Explained]] = {}
        for each in self.explained:
            index.setdefault((each.rule.instrument, each.finding.item), []).append(each)
        return index

    @cached_property
    def _relief(self) -> tuple[Explained, ...]:
        return tuple(e for e in self.explained if isinstance(e.rule.effect, Authorize | Exempt | Bar))
