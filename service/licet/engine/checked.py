"""A fast engine that is checked: the reference walks the whole case as well, so that a missed rule is found too.

Explaining what fired catches a wrong hit, never a wrong miss, which is the crime.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from licet.engine.protocol import Case, Finding, Matcher
from licet.engine.reference import ReferenceEngine


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two engines found different things in one case: what only the one and what only the other found."""

    jurisdiction: str
    only_fast: tuple[Finding, ...]
    only_reference: tuple[Finding, ...]

    reason = "ENGINES_DISAGREE"


@dataclass(frozen=True, slots=True)
class CheckedEngine:
    """A fast engine behind the `Matcher` protocol, every match of which is checked. `alarm` is called at each difference."""

    fast: Matcher
    alarm: Callable[[Disagreement], None]

    @property
    def name(self) -> str:
        """The fast engine's name."""
        return self.fast.name

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings but NOT_FIRED, sorted: those of the reference, whatever the fast engine found."""
        found, checked = self.fast.match(case), ReferenceEngine().match(case)
        if checked != found:
            only_fast, only_reference = sorted({*found} - {*checked}), sorted({*checked} - {*found})
            self.alarm(Disagreement(case.package.jurisdiction, tuple(only_fast), tuple(only_reference)))
        return checked
