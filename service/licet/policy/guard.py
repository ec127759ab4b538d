"""The guard of an assumption: a lowered condition over stated facts, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from licet.language.facts import FactReader
from licet.language.scope import Scope
from licet.language.tree import Expr
from licet.language.values import Unknown
from licet.language.walk import truth


@dataclass(frozen=True, slots=True)
class Guard:
    """Whether an assumption is forbidden: true, false or unknown for a reader of stated facts and what is bound."""

    expr: Expr

    def __call__(self, reader: FactReader, bindings: Mapping[str, Any]) -> bool | Unknown:
        """What the condition says."""
        return truth(self.expr, Scope(reader, bindings))
