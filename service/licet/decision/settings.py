"""What a server is configured to insist on; recorded with every decision, since the disposition depends on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Whether every other party must have been screened, and how long before the legal date at most."""

    screening_required: bool = True
    screening_max_age_days: int = 30
