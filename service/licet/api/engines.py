"""The engines to choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

import structlog

from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Matcher
from licet.engine.reference import ReferenceEngine
from licet.engine.sampled import Disagreement, SampledEngine

log = structlog.get_logger()


class EngineName(StrEnum):
    """An engine, by the name under which decisions record it."""

    REFERENCE = "reference"
    COMPILED = "compiled"


def _checked() -> Matcher:
    """The compiled engine, of whose matches one in a thousand is walked by the reference."""
    return SampledEngine(CompiledEngine(), _alarm)


def _alarm(disagreement: Disagreement) -> None:
    log.error(
        "engines_disagree",
        reason=disagreement.reason,
        jurisdiction=disagreement.jurisdiction,
        only_fast=[f.name for f in disagreement.only_fast[:10]],
        only_reference=[f.name for f in disagreement.only_reference[:10]],
    )


ENGINES: Mapping[EngineName, Callable[[], Matcher]] = MappingProxyType(
    {EngineName.REFERENCE: ReferenceEngine, EngineName.COMPILED: _checked}
)
"""Makes an engine."""
