"""The engines that are measured, also one that gives second opinions only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from types import MappingProxyType

from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Matcher
from licet.engine.reference import ReferenceEngine
from licet.engine.rete import ReteEngine


class Engine(StrEnum):
    """An engine."""

    REFERENCE = "reference"
    COMPILED = "compiled"
    RETE = "rete"


SERVING = (Engine.REFERENCE, Engine.COMPILED)
"""Those that decide."""
_MAKERS: Mapping[Engine, Callable[[], AbstractContextManager[Matcher]]] = MappingProxyType(
    {
        Engine.REFERENCE: lambda: nullcontext(ReferenceEngine()),
        Engine.COMPILED: lambda: nullcontext(CompiledEngine()),
        Engine.RETE: ReteEngine,
    }
)


def made(engine: Engine) -> AbstractContextManager[Matcher]:
    """A fresh engine; what it holds beside memory is let go at the end."""
    return _MAKERS[engine]()
