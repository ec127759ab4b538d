"""The engines to choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Matcher
from licet.engine.reference import ReferenceEngine


class EngineName(StrEnum):
    """An engine, by the name under which decisions record it."""

    REFERENCE = "reference"
    COMPILED = "compiled"


ENGINES: Mapping[EngineName, Callable[[], Matcher]] = MappingProxyType(
    {EngineName.REFERENCE: ReferenceEngine, EngineName.COMPILED: CompiledEngine}
)
"""Makes an engine."""
