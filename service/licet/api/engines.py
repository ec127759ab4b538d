"""The engines to choose from, and the check of a fast one while it serves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

import structlog

from licet.engine.checked import CheckedEngine, Disagreement
from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import EngineDisagreement, Matcher
from licet.engine.reference import ReferenceEngine

log = structlog.get_logger("licet.api")


class EngineName(StrEnum):
    """An engine, by the name under which decisions record it."""

    REFERENCE = "reference"
    COMPILED = "compiled"


ENGINES: Mapping[EngineName, Callable[[], Matcher]] = MappingProxyType(
    {EngineName.REFERENCE: ReferenceEngine, EngineName.COMPILED: CompiledEngine}
)
"""Makes an engine."""


class Trust:
    """How far a fast engine is trusted: one decision in `one_in` is walked whole by the reference as well.

    From the first difference on, the reference decides alone, under whatever release: `alarm` is called once.
    """

    def __init__(self, one_in: int, alarm: Callable[[], None]) -> None:
        self._one_in = one_in
        self._alarm = alarm
        self._decisions = itertools.count(1)
        self._reference = ReferenceEngine()
        self.lost = False
        """Whether a difference was found."""

    def matcher(self, engine: Matcher) -> Matcher:
        """What matches for the next decision."""
        if self.lost:
            return self._reference
        return engine if next(self._decisions) % self._one_in else CheckedEngine(engine, self._lose)

    def answer_again(self, matcher: Matcher, wrong: EngineDisagreement | None = None) -> Matcher | None:
        """What must decide again what was decided by `matcher`; None where its answer stands.

        `wrong` is what explaining the answer found out. Where trust was lost in the meantime, an answer does not stand either.
        """
        if matcher is self._reference:
            return None
        if wrong is not None:
            self._lose(Disagreement(wrong.finding.rule.partition(".")[0], (wrong.finding,), ()))
        return self._reference if self.lost and matcher.name != self._reference.name else None

    def _lose(self, disagreement: Disagreement) -> None:
        log.error(
            "engines_disagree",
            reason=disagreement.reason,
            jurisdiction=disagreement.jurisdiction,
            only_fast=[f.name for f in disagreement.only_fast[:10]],
            only_reference=[f.name for f in disagreement.only_reference[:10]],
        )
        if not self.lost:
            self.lost = True
            self._alarm()
