"""What is decided, and what each package of a family says of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from licet.decision.settings import Settings
from licet.engine.protocol import Case, Finding, Matcher
from licet.engine.reference import Explained, explain
from licet.policy.model import Authorize, Bar, Exempt, Phase
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


class Part:
    """What one package says under one case, explained instrument by instrument when it is asked.

    `base` holds findings that this case shares with another, explained once for both.
    """

    def __init__(self, case: Case, findings: Iterable[Finding], base: Part | None = None) -> None:
        self.case = case
        self.base = base
        self.findings = tuple(findings)
        self._explained: dict[tuple[str, bool], tuple[Explained, ...]] = {}

    def explained(self, instrument: str, *, reach: bool) -> tuple[Explained, ...]:
        """The findings of one instrument: of its nexus, or all others."""
        key = (instrument, reach)
        if key not in self._explained:
            shared = self.base.explained(instrument, reach=reach) if self.base is not None else ()
            self._explained[key] = (*shared, *explain(self.case, self._by_instrument.get(key, ())))
        return self._explained[key]

    @cached_property
    def _by_instrument(self) -> dict[tuple[str, bool], list[Finding]]:
        index: dict[tuple[str, bool], list[Finding]] = {}
        for finding in self.findings:
            rule = self.case.package.rules_by_id[finding.rule]
            index.setdefault((rule.instrument, rule.phase is Phase.REACH), []).append(finding)
        return index


@dataclass(frozen=True, eq=False)
class Found:
    """All findings of one family."""

    family: Family
    parts: tuple[Part, ...]

    def nexus(self, instrument: str, line: str) -> tuple[Explained, ...]:
        """The findings of an instrument's nexus, on one item or the whole transaction."""
        return self._of(instrument, line, reach=True)

    def speaking(self, instrument: str, line: str) -> tuple[Explained, ...]:
        """All other findings of an instrument, on one item or the whole transaction."""
        return self._of(instrument, line, reach=False)

    def relief(self, instruments: Iterable[str], line: str) -> tuple[Explained, ...]:
        """Relief and bars of these instruments: an authorization may name bases of several."""
        relief = (Authorize, Exempt, Bar)
        return tuple(e for i in instruments for e in self._of(i, line, reach=False) if isinstance(e.rule.effect, relief))

    def _of(self, instrument: str, line: str, *, reach: bool) -> tuple[Explained, ...]:
        return tuple(e for p in self.parts for e in p.explained(instrument, reach=reach) if e.finding.item in ("", line))

    def of_instruments(self, nexus: Iterable[str], speaking: Iterable[str]) -> tuple[Explained, ...]:
        """The nexus of some instruments and all other findings of some, on whatever item."""
        reach = (e for p in self.parts for i in nexus for e in p.explained(i, reach=True))
        return (*reach, *(e for p in self.parts for i in speaking for e in p.explained(i, reach=False)))
