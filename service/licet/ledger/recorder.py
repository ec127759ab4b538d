"""Record, then answer: what is in flight is committed together, and each caller waits until its entry is durable."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, TypeAlias

from licet.ledger.store import Draft, OutdatedError, Recorded, StoreError

AT_ONCE: Final = 64
"""Entries in one commit. While one is under way the next gathers."""

Append: TypeAlias = Callable[[Sequence[Draft]], tuple[Recorded, ...]]


class FullError(Exception):
    """Too much waits to be recorded. Nothing of the draft was kept; try again later."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"{most} entries wait to be recorded")


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of drafts since the start."""

    recorded: int = 0
    """Entries made."""
    again: int = 0
    """Drafts whose request id had been recorded before."""
    failed: int = 0
    """Drafts that the store did not take."""
    refused: int = 0
    """Drafts for which there was no room."""
    outdated: int = 0
    """Drafts that rested on what was no longer so, and were to be made again."""
    commits: int = 0


class Recorder:
    """Appends from one thread of its own. At most `most` drafts wait; beyond, none is taken."""

    def __init__(self, append: Append, most: int) -> None:
        self._append = append
        self._most = most
        self._waiting: queue.Queue[tuple[Draft, Future[Recorded]] | None] = queue.Queue(most)
        self._counts: dict[str, int] = {}
        self._thread = threading.Thread(target=self._run, name="licet-recorder", daemon=True)
        self._thread.start()

    def record(self, draft: Draft) -> Future[Recorded]:
        """The entry, once it is durable. Raises `FullError`.

        The future raises `StoreError` where it was not recorded, `OutdatedError` where the draft is to be made again.
        """
        future: Future[Recorded] = Future()
        try:
            self._waiting.put_nowait((draft, future))
        except queue.Full:
            self._count("refused")
            raise FullError(self._most) from None
        return future

    @property
    def counts(self) -> Counts:
        """What became of drafts so far."""
        return Counts(**self._counts)

    def close(self) -> None:
        """All that waited is recorded or has failed, and nothing is taken any more."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            last = self._gather(batch)
            # Whoever has gone before the commit begins is not recorded; whoever goes while it is under way is.
            if wanted := [(draft, future) for draft, future in batch if future.set_running_or_notify_cancel()]:
                self._commit(wanted)
            if last:
                return

    def _gather(self, batch: list[tuple[Draft, Future[Recorded]]]) -> bool:
        """Adds what waits; gives whether the end was among it."""
        while len(batch) < AT_ONCE:
            try:
                found = self._waiting.get_nowait()
            except queue.Empty:
                return False
            if found is None:
                return True
            batch.append(found)
        return False

    def _commit(self, batch: Sequence[tuple[Draft, Future[Recorded]]]) -> None:
        try:
            outcomes = self._append([draft for draft, _ in batch])
        except OutdatedError as error:
            self._count("outdated", len(error.places))
            for place in sorted(error.places):
                batch[place][1].set_exception(OutdatedError([place]))
            if rest := [each for place, each in enumerate(batch) if place not in error.places]:
                self._commit(rest)
            return
        except Exception as error:  # noqa: BLE001  # whatever happens, those who wait are told
            wrong = error if isinstance(error, StoreError) else StoreError(type(error).__name__)
            self._count("failed", len(batch))
            for _, future in batch:
                future.set_exception(wrong)
            return
        self._count("commits")
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            self._count("again" if outcome.again else "recorded")
            future.set_result(outcome)

    def _count(self, what: str, more: int = 1) -> None:
        self._counts[what] = self._counts.get(what, 0) + more


__all__ = ["AT_ONCE", "Counts", "FullError", "Recorder"]
