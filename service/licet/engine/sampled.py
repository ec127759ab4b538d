"""A fast engine that is checked: one match in N is walked whole by the reference, so that a missed rule is found too.

Explaining what fired catches a wrong hit, never a wrong miss, which is the crime. On a difference the findings of the reference
are the answer, the alarm is raised, and from then on the reference answers alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from licet.engine.protocol import Case, Finding, Matcher
from licet.engine.reference import ReferenceEngine

DEFAULT_ONE_IN = 1_000


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two engines found different things in one case: what only the one and what only the other found."""

    jurisdiction: str
    only_fast: tuple[Finding, ...]
    only_reference: tuple[Finding, ...]

    reason = "ENGINES_DISAGREE"


class SampledEngine:
    """A fast engine behind the `Matcher` protocol, checked by the reference one match in `one_in` (1: always)."""

    def __init__(self, fast: Matcher, alarm: Callable[[Disagreement], None], *, one_in: int = DEFAULT_ONE_IN) -> None:
        self._fast = fast
        self._reference = ReferenceEngine()
        self._alarm = alarm
        self._one_in = one_in
        self._matches = 0
        self._distrusted = False

    @property
    def name(self) -> str:
        """The engine that answers now."""
        return self._reference.name if self._distrusted else self._fast.name

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings but NOT_FIRED, sorted; those of the reference wherever the two were compared."""
        if self._distrusted:
            return self._reference.match(case)
        found = self._fast.match(case)
        self._matches += 1
        if self._matches % self._one_in:
            return found
        checked = self._reference.match(case)
        if checked != found:
            self._distrusted = True
            only_fast, only_reference = sorted({*found} - {*checked}), sorted({*checked} - {*found})
            self._alarm(Disagreement(case.package.jurisdiction, tuple(only_fast), tuple(only_reference)))
        return checked
