"""What is decided, and what each package of a family says of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from licet.decision.settings import Settings
from licet.engine.protocol import Case, Finding, Matcher
from licet.engine.reference import Explained, explain
from licet.policy.model import Authorize, Bar, Exempt, Phase, Rule
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
        self._explained: dict[Spoken, tuple[Explained, ...]] = {}

    def explained(self, spoken: Spoken) -> tuple[Explained, ...]:
        """The findings that speak so."""
        if spoken not in self._explained:
            shared = self.base.explained(spoken) if self.base is not None else ()
            self._explained[spoken] = (*shared, *explain(self.case, self._index.get(spoken, ())))
        return self._explained[spoken]

    @property
    def items(self) -> tuple[str, ...]:
        """The lines that findings may be about; empty for the whole transaction."""
        return ("", *(item.line for item in self.case.transaction.items))

    @cached_property
    def _index(self) -> dict[Spoken, list[Finding]]:
        index: dict[Spoken, list[Finding]] = {}
        for finding in self.findings:
            rule = self.case.package.rules_by_id[finding.rule]
            index.setdefault(Spoken(rule.instrument, _voice(rule), finding.item), []).append(finding)
        return index


class Voice(StrEnum):
    """What a finding speaks of: the nexus of its instrument, relief and bars, or all else."""

    NEXUS = "nexus"
    RELIEF = "relief"
    OTHER = "other"


class Spoken(NamedTuple):
    """Of which instrument findings speak, how, and about which line (empty: the whole transaction)."""

    instrument: str
    voice: Voice
    item: str


def _voice(rule: Rule) -> Voice:
    if rule.phase is Phase.REACH:
        return Voice.NEXUS
    return Voice.RELIEF if isinstance(rule.effect, Authorize | Exempt | Bar) else Voice.OTHER


@dataclass(frozen=True, eq=False)
class Found:
    """All findings of one family."""

    family: Family
    parts: tuple[Part, ...]

    def of(self, instrument: str, voice: Voice, line: str) -> tuple[Explained, ...]:
        """What an instrument says of one line item or the whole transaction."""
        return tuple(e for part in self.parts for item in ("", line) for e in part.explained(Spoken(instrument, voice, item)))

    def everything(self, instrument: str, *voices: Voice) -> tuple[Explained, ...]:
        """What an instrument says, of whatever item."""
        return tuple(e for p in self.parts for v in voices for item in p.items for e in p.explained(Spoken(instrument, v, item)))
