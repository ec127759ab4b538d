"""Faults of policy text: where, what was found, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a policy file; lines and columns count from 1, columns in code points."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def shifted(self, columns: int) -> Position:
        """The position this many columns to the right."""
        return Position(self.file, self.line, self.column + columns)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault. `code` is stable; `message` and `hint` are for people."""

    at: Position
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.at}: {self.code}: {self.message}{hint}"


class PolicyError(Exception):
    """Policy text has faults; `faults` holds all that one stage found, sorted by place."""

    reason = "POLICY_FAULTS"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))
