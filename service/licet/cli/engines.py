"""What decides in this process: the engines to choose from, and a check or a second opinion where the choice brings one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from licet.engine.checked import CheckedEngine, Disagreement
from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Case, Finding, Matcher
from licet.engine.reference import ReferenceEngine
from licet.engine.rete import ReteEngine


class EngineChoice(StrEnum):
    """How to decide in this process."""

    COMPILED = "compiled"
    REFERENCE = "reference"
    RETE = "rete"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Engines:
    """The engine that decides, and the one that is asked for a second opinion, if any."""

    deciding: Matcher
    second: ReteEngine | None = None


class Walked:
    """The compiled engine, each of whose matches is walked whole by the reference: where they differ the walk is the answer.

    From the first difference on the reference matches alone, and is what is named. `alarm` is told of that difference.
    """

    def __init__(self, alarm: Callable[[Disagreement], None]) -> None:
        self._alarm = alarm
        self._matcher: Matcher = CheckedEngine(CompiledEngine(), self._lose)

    @property
    def name(self) -> str:
        """The engine whose findings are the answer; while the two agree, the compiled one."""
        return self._matcher.name

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings but NOT_FIRED, sorted, as the reference has them."""
        return self._matcher.match(case)

    def _lose(self, disagreement: Disagreement) -> None:
        self._matcher = ReferenceEngine()
        self._alarm(disagreement)


@contextmanager
def engines(choice: EngineChoice, timeout: float, alarm: Callable[[Disagreement], None]) -> Iterator[Engines]:
    """The engines of a choice; no process of theirs is left at the end. `timeout` is what durable-rules has for one package."""
    match choice:
        case EngineChoice.COMPILED:
            yield Engines(Walked(alarm))
        case EngineChoice.REFERENCE:
            yield Engines(ReferenceEngine())
        case EngineChoice.RETE:
            with ReteEngine(timeout=timeout) as rete:
                yield Engines(rete)
        case EngineChoice.BOTH:
            with ReteEngine(timeout=timeout) as rete:
                yield Engines(Walked(alarm), rete)
