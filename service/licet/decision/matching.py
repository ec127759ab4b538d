"""What is decided, and what each package of a family says of it."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

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
    asked: frozenset[str] = frozenset()
    """The jurisdictions to which the question was limited; empty for all."""

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

    `moving` are findings that were judged again since, and are explained already.
    """

    def __init__(self, case: Case, findings: Iterable[Finding], moving: Iterable[Explained] = ()) -> None:
        self.case = case
        self.findings = tuple(findings)
        self._moving = _by_voice(moving)
        self._explained: dict[Spoken, tuple[Explained, ...]] = {}

    def explained(self, spoken: Spoken) -> tuple[Explained, ...]:
        """The findings that speak so."""
        if spoken not in self._explained:
            self._explained[spoken] = explain(self.case, self._index.get(spoken, ()))
        return self._explained[spoken] + self._moving.get(spoken, ())

    def less(self, keys: Collection[Key]) -> Part:
        """This part without some findings; what is explained of the others stays explained."""
        rest = Part(self.case, (finding for finding in self.findings if key_of(finding) not in keys))
        for spoken, explained in self._explained.items():
            rest._explained[spoken] = tuple(e for e in explained if key_of(e.finding) not in keys)
        return rest

    def moved(self, moving: Iterable[Explained]) -> Part:
        """This part with other moving findings; all else is explained once for both."""
        part = Part(self.case, self.findings, moving)
        part._explained = self._explained
        return part

    @property
    def speaks(self) -> bool:
        """Whether the package says anything at all."""
        return bool(self.findings or self._moving)

    @property
    def items(self) -> tuple[str, ...]:
        """The lines that findings may be about; empty for the whole transaction."""
        return ("", *(item.line for item in self.case.transaction.items))

    @cached_property
    def _index(self) -> dict[Spoken, list[Finding]]:
        by_rule: dict[tuple[str, str], list[Finding]] = {}
        for finding in self.findings:
            by_rule.setdefault((finding.rule, finding.item), []).append(finding)
        index: dict[Spoken, list[Finding]] = {}
        for (rule_id, item), findings in by_rule.items():
            index.setdefault(_spoken(self.case.package.rules_by_id[rule_id], item), []).extend(findings)
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


Key: TypeAlias = tuple[str, str, str]


def key_of(finding: Finding) -> Key:
    """What a finding is about: its rule, binding and item, whatever the verdict."""
    return finding.rule, finding.bound, finding.item


def _by_voice(explained: Iterable[Explained]) -> dict[Spoken, tuple[Explained, ...]]:
    found: dict[Spoken, tuple[Explained, ...]] = {}
    for each in explained:
        spoken = _spoken(each.rule, each.finding.item)
        found[spoken] = (*found.get(spoken, ()), each)
    return found


def _spoken(rule: Rule, item: str) -> Spoken:
    if rule.phase is Phase.REACH:
        return Spoken(rule.instrument, Voice.NEXUS, item)
    return Spoken(rule.instrument, Voice.RELIEF if isinstance(rule.effect, Authorize | Exempt | Bar) else Voice.OTHER, item)


@dataclass(frozen=True, eq=False)
class Found:
    """All findings of one family."""

    family: Family
    parts: tuple[Part, ...]

    def of(self, instrument: str, voice: Voice, line: str) -> tuple[Explained, ...]:
        """What an instrument says of one line item or the whole transaction."""
        return tuple(e for part in self._speaking for item in ("", line) for e in part.explained(Spoken(instrument, voice, item)))

    def everything(self, instrument: str, *voices: Voice) -> tuple[Explained, ...]:
        """What an instrument says, of whatever item."""
        return tuple(
            e for p in self._speaking for v in voices for item in p.items for e in p.explained(Spoken(instrument, v, item))
        )

    @cached_property
    def _speaking(self) -> tuple[Part, ...]:
        """The parts that hold any finding: most members of a bloc have nothing to say."""
        return tuple(part for part in self.parts if part.speaks)
