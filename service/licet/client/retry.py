"""When a call is made again. One policy, for both clients; it decides, and whoever calls waits.

A call is made again only if doing so twice is the same as once (`Call.repeatable`), if its error is a `TryLater`, and if there
is time left. The server's own `retry_after` is never undercut; on top of it comes a wait that grows and is partly left to
chance, so that many callers do not come back at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from licet.client.errors import LicetClientError, TryLater


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often, and after which waits in seconds, a call is made again. The call's deadline bounds all of it."""

    attempts: int = 6
    """Calls at most, the first one included; 1 is no retry."""
    first: float = 0.2
    """The wait before the second call."""
    factor: float = 2.0
    """How much longer each further wait is."""
    longest: float = 5.0
    """No wait of our own is longer; the server may ask for more."""

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.first < 0 or self.factor < 1 or self.longest < self.first:
            raise ValueError(f"{self} is no policy: expected attempts ≥ 1, first ≥ 0, factor ≥ 1 and longest ≥ first")

    def wait(self, failures: int, retry_after: float | None, chance: float) -> float:
        """Seconds to wait after so many failures; `chance`, from 0 to 1, picks from the upper half of the wait of our own."""
        own = min(self.longest, self.first * self.factor ** (failures - 1))
        return (retry_after or 0.0) + own * (0.5 + 0.5 * chance)


NO_RETRY = Retry(attempts=1)
"""Every call is made once."""


@dataclass(slots=True, kw_only=True)
class Attempts:
    """The attempts at one call: how much time is left, and whether there is another."""

    retry: Retry
    repeatable: bool
    until: float
    """The instant of `now` at which the time is up."""
    now: Callable[[], float]
    chance: Callable[[], float]
    failures: int = 0

    def remaining(self) -> float:
        """Seconds left, never fewer than none."""
        return max(0.0, self.until - self.now())

    def wait_after(self, error: LicetClientError) -> float:
        """Seconds to wait before the next attempt. Raises the error where there is none."""
        self.failures += 1
        if not self.repeatable or not isinstance(error, TryLater) or self.failures >= self.retry.attempts:
            raise error from None
        wait = self.retry.wait(self.failures, error.retry_after, self.chance())
        if wait >= self.remaining():
            raise error from None
        return wait
