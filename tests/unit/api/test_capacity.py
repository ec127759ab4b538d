from __future__ import annotations

import asyncio
import contextvars
import threading
from contextlib import suppress

import pytest

from licet.api.capacity import THREADS, Admission, Workers
from licet.api.errors import Draining, Overloaded


def test_admission_is_bounded() -> None:
    """So many calls are let in at a time and no more; whoever leaves makes room."""

    async def scenario() -> None:
        admission = Admission(2)
        with admission.admit(), admission.admit(), pytest.raises(Overloaded), admission.admit():
            pass
        with admission.admit():
            pass

    asyncio.run(scenario())


def test_a_closed_admission_empties() -> None:
    """Closed, it lets nobody in, and is idle once the last call has left, however that ended."""

    async def scenario() -> None:
        admission = Admission(2)
        with suppress(ZeroDivisionError), admission.admit():
            admission.close()
            idle = asyncio.create_task(admission.idle())
            await asyncio.sleep(0)
            assert not idle.done()
            raise ZeroDivisionError
        with pytest.raises(Draining), admission.admit():
            pass
        await idle

    asyncio.run(scenario())


def test_work_runs_beside_the_loop_in_its_context() -> None:
    """Work runs in another thread, sees the caller's context, and its result and errors come back."""
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")

    def work(_: threading.Event) -> tuple[str, int]:
        return variable.get(), threading.get_ident()

    def fail(_: threading.Event) -> None:
        raise ZeroDivisionError

    async def scenario() -> None:
        workers = Workers(5)
        variable.set("bound")
        value, thread = await workers.run(work)
        assert "bound" == value
        assert threading.get_ident() != thread
        with pytest.raises(ZeroDivisionError):
            await workers.run(fail)
        workers.close()

    asyncio.run(scenario())


def test_abandoned_work_is_told_and_counts_until_it_ends() -> None:
    """Work that nobody waits for learns of it, and holds its place until it has really ended."""
    begun, released, told = threading.Event(), threading.Event(), threading.Event()

    def work(abandoned: threading.Event) -> None:
        begun.set()
        if abandoned.wait(60):
            told.set()
        released.wait(60)

    async def scenario() -> None:
        workers = Workers(1)
        call = asyncio.create_task(workers.run(work))
        await asyncio.to_thread(begun.wait, 60)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await asyncio.to_thread(told.wait, 60)
        with pytest.raises(Overloaded):
            await workers.run(lambda _: None)
        released.set()
        await asyncio.to_thread(workers._pool.shutdown)
        assert not workers._pending

    asyncio.run(scenario())


def test_work_that_has_not_begun_is_dropped() -> None:
    """Work whose caller goes while it waits in the queue is never done, and gives its place back."""
    released = threading.Event()
    done: list[threading.Event] = []

    async def scenario() -> None:
        workers = Workers(THREADS + 1)
        busy = [asyncio.create_task(workers.run(lambda _: released.wait(60))) for _ in range(THREADS)]
        await asyncio.sleep(0)
        queued = asyncio.create_task(workers.run(done.append))
        await asyncio.sleep(0)
        queued.cancel()
        with pytest.raises(asyncio.CancelledError):
            await queued
        assert THREADS == workers._pending
        released.set()
        await asyncio.gather(*busy)
        workers.close()

    asyncio.run(scenario())
    assert [] == done
