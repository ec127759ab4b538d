from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from licet.ledger.recorder import AT_ONCE, Counts, FullError, Recorder
from licet.ledger.store import Draft, OutdatedError, Recorded, Store, StoreError
from tests.unit.ledger.test_store import draft, using


def test_what_is_in_flight_is_committed_together(store: Store) -> None:
    """Hundreds of callers at a time cost few commits, and each gets its own entry."""
    recorder = Recorder(store.append, 1_000)
    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(lambda n: recorder.record(draft(str(n))).result(60), range(500)))
    recorder.close()
    assert 500 == store.tree.size
    assert [str(n) for n in range(500)] == [each.entry.envelope.id for each in found]
    counts = recorder.counts
    assert (500, 0, 0) == (counts.recorded, counts.failed, counts.refused)
    assert 500 // AT_ONCE < counts.commits < 400


def test_a_request_made_again_is_told_as_such(store: Store) -> None:
    """Others of the same commit are recorded."""
    recorder = Recorder(store.append, 10)
    first = recorder.record(draft("a", "order-1")).result(60)
    again, other = [recorder.record(d).result(60) for d in (draft("b", "order-1"), draft("d"))]
    assert (first.entry, True) == (again.entry, again.again)
    assert not other.again
    recorder.close()
    assert Counts(recorded=2, again=1, commits=recorder.counts.commits) == recorder.counts


def test_what_is_outdated_is_told_and_the_rest_is_recorded(store: Store) -> None:
    """A draft that is to be made again fails alone."""
    go, begun = threading.Event(), threading.Event()

    def slow(drafts: Sequence[Draft]) -> tuple[Recorded, ...]:
        begun.set()
        assert go.wait(60)
        return store.append(drafts)

    recorder = Recorder(slow, 10)
    first = recorder.record(draft("first"))
    assert begun.wait(60)
    waiting = [recorder.record(each) for each in (using("a", 0, "x"), draft("b"), using("c", 0, "x"), using("d", 0, "y"))]
    go.set()
    assert 0 == first.result(60).entry.index
    with pytest.raises(OutdatedError):
        waiting[2].result(60)
    assert [1, 2, 3] == [waiting[place].result(60).entry.index for place in (0, 1, 3)]
    recorder.close()
    assert (4, 1) == (recorder.counts.recorded, recorder.counts.outdated)


def test_nothing_is_taken_beyond_the_bound_and_nothing_taken_is_lost() -> None:
    """While a commit hangs the next drafts wait, up to the bound; beyond it they are refused at once, and counted."""
    go, begun = threading.Event(), threading.Event()
    taken: list[str] = []

    def slow(drafts: Sequence[Draft]) -> tuple[Recorded, ...]:
        begun.set()
        assert go.wait(60)
        taken.extend(d.envelope.id for d in drafts)
        raise StoreError("disk full")

    recorder = Recorder(slow, 3)
    first = recorder.record(draft("0"))
    assert begun.wait(60)
    futures = [first, *(recorder.record(draft(str(n))) for n in (1, 2, 3))]
    with pytest.raises(FullError):
        recorder.record(draft("4"))
    go.set()
    for future in futures:
        with pytest.raises(StoreError, match="disk full"):
            future.result(60)
    recorder.close()
    assert ["0", "1", "2", "3"] == taken
    assert Counts(failed=4, refused=1) == recorder.counts


def test_a_caller_that_goes_stops_nobody(store: Store) -> None:
    """One who goes before the commit is not recorded, one who goes during it is; the next are recorded as ever."""
    go, begun = threading.Event(), threading.Event()

    def slow(drafts: Sequence[Draft]) -> tuple[Recorded, ...]:
        begun.set()
        assert go.wait(60)
        return store.append(drafts)

    recorder = Recorder(slow, 10)
    during = recorder.record(draft("during"))
    assert begun.wait(60)
    before = recorder.record(draft("before"))
    assert not during.cancel()
    assert before.cancel()
    go.set()
    assert 1 == recorder.record(draft("after")).result(60).entry.index
    assert store.named("during") is not None
    assert store.named("before") is None
    recorder.close()
