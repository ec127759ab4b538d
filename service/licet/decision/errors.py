"""What a decision refuses. Each error has a stable reason; text is for people.

LicetError
└── InvalidRequest      the request cannot be meant; names every field at fault
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class LicetError(Exception):
    """The root of all errors of a decision."""

    reason = "INTERNAL"


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A field at fault: its path as the caller wrote it, and what was found, what was expected, what to do."""

    field: str
    description: str


class InvalidRequest(LicetError):  # noqa: N818  # the name says what is wrong, as in httpx
    """The request cannot be meant. `violations` names every field at fault."""

    reason = "INVALID_REQUEST"

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(sorted(violations))
        shown = "; ".join(f"{v.field}: {v.description}" for v in self.violations[:5])
        more = len(self.violations) - 5
        super().__init__(f"{shown}; and {more} more" if more > 0 else shown)
