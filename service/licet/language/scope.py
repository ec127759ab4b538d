"""What names mean while an expression is walked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from licet.language.facts import FactReader
from licet.language.law import Law


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean while an expression is walked."""

    facts: FactReader
    variables: Mapping[str, Any] = field(default_factory=dict)

    @property
    def law(self) -> Law:
        """The law on the date of the transaction."""
        return self.facts.law

    def bind(self, name: str, value: Any) -> Scope:
        """This scope with one more name."""
        return Scope(self.facts, {**self.variables, name: value})
