"""What every engine promises: the same findings for the same case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from licet.language.facts import Vocabulary
from licet.language.law import Law
from licet.policy.model import Package


class Verdict(StrEnum):
    """How a rule ends. CONSIDERED: it speaks of the case and its test, or only its dates, keep it from firing."""

    FIRED = "fired"
    UNDETERMINED = "undetermined"
    CONSIDERED = "considered"
    NOT_FIRED = "not fired"


@dataclass(frozen=True, slots=True)
class Case:
    """What is matched: a transaction in canonical form, one package's law on its date, and the assumptions in use (None: all)."""

    transaction: Any
    package: Package
    law: Law
    vocabulary: Vocabulary
    active: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule's verdict on one binding (`3A001/NS/NS1`; empty without for_each) and one item (empty: the transaction)."""

    rule: str
    bound: str
    item: str
    verdict: Verdict

    @property
    def name(self) -> str:
        """The rule with what it bound: `us.ccl[3A001/NS/NS1]`."""
        return f"{self.rule}[{self.bound}]" if self.bound else self.rule


class EngineDisagreement(Exception):  # noqa: N818  # the name says what is wrong
    """An engine says that a rule fired and the walk does not: no such finding is ever explained or answered on."""

    reason = "ENGINES_DISAGREE"

    def __init__(self, finding: Finding, verdict: Verdict) -> None:
        self.finding = finding
        self.verdict = verdict
        super().__init__(f"{finding.name} {finding.item}: found {finding.verdict}, walked {verdict}")


class Matcher(Protocol):
    """An engine."""

    @property
    def name(self) -> str:
        """The engine's name, as decisions record it."""
        ...

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings but NOT_FIRED, sorted. Every engine gives the same for the same case."""
        ...
