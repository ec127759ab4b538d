from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from google.rpc import code_pb2

from licet.client import AsyncClient, Client, Closed, DeadlineExceeded, InvalidRequest, Progress, Refused, ServerFault, Unreachable
from licet.v1 import licensing_service_pb2 as pb
from tests.client.conftest import status, until
from tests.support.servers import PATIENCE

if TYPE_CHECKING:
    from tests.client.conftest import Driven, Scripted
    from tests.support.servers import Server

Connect = Callable[..., "Driven"]
Serve = Callable[..., "Scripted"]
Shipment = Callable[..., Any]


def test_every_subject_is_answered_once(client: Driven, shipment: Shipment) -> None:
    """A stream answers every subject once, more of them than its window holds, each with its place and the subject itself."""
    subjects = [shipment() if n % 2 else shipment().transaction for n in range(50)]
    answers, stream = client.stream(subjects, window=4, jurisdictions=["zz"])
    assert list(range(50)) == sorted(answer.index for answer in answers)
    assert all(answer.subject is subjects[answer.index] for answer in answers)
    assert all(["zz"] == [each.jurisdiction for each in answer.result().result.jurisdictions] for answer in answers)
    assert Progress(asked=50, answered=50, failed=0, total=50) == stream.progress
    assert () == stream.unanswered()


def test_what_cannot_be_decided_is_an_answer(client: Driven, shipment: Shipment) -> None:
    """A subject at fault gets its error as its answer, and the stream goes on."""
    bad = shipment()
    bad.transaction.origin.country = "Germany"
    answers, stream = client.stream(iter([shipment(), bad, shipment()]))
    found = {answer.index: answer for answer in answers}
    assert found[0].result().id
    assert found[2].result().id
    assert isinstance(found[1].error, InvalidRequest)
    assert ["transaction.origin.country"] == [violation.field for violation in found[1].error.violations]
    assert Progress(asked=3, answered=3, failed=1, total=None) == stream.progress


def test_progress_is_told_at_each_answer(client: Driven, shipment: Shipment) -> None:
    """The callback hears of every answer, in order, and of how many there will be."""
    told: list[Progress] = []
    client.stream([shipment()] * 5, window=2, on_progress=told.append)
    assert [1, 2, 3, 4, 5] == [progress.answered for progress in told]
    assert all(progress.answered <= progress.asked <= progress.answered + 2 for progress in told)
    assert {5} == {progress.total for progress in told}


def test_a_stream_of_nothing_ends(client: Driven) -> None:
    """A stream without subjects gives no answers."""
    answers, stream = client.stream([])
    assert ([], 0) == (answers, stream.progress.total)


@pytest.mark.parametrize("window", [1, 3])
def test_no_more_is_asked_than_the_window_holds(connect: Connect, scripted: Serve, shipment: Shipment, window: int) -> None:
    """While answers are out, the window's subjects are taken from the iterator, and no more."""
    served, taken = scripted(), []

    def subjects() -> Iterator[Any]:
        for n in range(10):
            taken.append(n)
            yield shipment()

    with pytest.raises(DeadlineExceeded):
        connect(served.address).stream(subjects(), window=window, timeout=1)
    assert window == len(taken)


def test_what_the_iterator_raises_comes_out(client: Driven, shipment: Shipment) -> None:
    """An error of the caller's own iterator is raised where the answers are taken, after those that were asked before."""

    def subjects() -> Iterator[Any]:
        yield shipment()
        raise LookupError("no such order")

    seen: list[Progress] = []
    with pytest.raises(LookupError, match="no such order"):
        client.stream(subjects(), on_progress=seen.append)
    assert 1 == len(seen)


def test_what_is_no_subject_is_an_error_of_the_caller(client: Driven) -> None:
    """Something that is neither transaction nor request is a TypeError, as in `evaluate`."""
    with pytest.raises(TypeError):
        client.stream(["a shipment"])
    with pytest.raises(TypeError):
        client.evaluate("a shipment")


def test_a_stream_can_be_left(client: Driven, server: Server, shipment: Shipment) -> None:
    """A stream that is left early is cancelled, takes no further subjects, and the client can be used on."""
    taken: list[int] = []

    def endless() -> Iterator[Any]:
        while True:
            taken.append(len(taken))
            yield shipment()

    answers, stream = client.stream(endless(), most=3, window=2)
    assert 3 == len(answers)
    assert 3 <= len(taken) <= 6
    assert stream.progress.answered == 3
    assert client.evaluate(shipment()).id


def test_a_stream_that_is_dropped_ends(server: Server, shipment: Shipment) -> None:
    """A loop that is broken off leaves no thread waiting: the iterator of subjects is let go."""
    let_go = threading.Event()

    def endless() -> Iterator[Any]:
        try:
            while True:
                yield shipment()
        finally:
            let_go.set()

    with Client(server.address) as client:
        for answer in client.evaluate_stream(endless(), window=1):
            assert answer.decision is not None
            break
        gc.collect()
        assert let_go.wait(PATIENCE)


def test_a_dropped_stream_leaves_no_task(server: Server, shipment: Shipment) -> None:
    """An asynchronous loop that is broken off leaves no task behind."""

    async def scene() -> None:
        before = asyncio.all_tasks()
        async with AsyncClient(server.address) as client:
            async for answer in client.evaluate_stream(iter(shipment, None), window=1):
                assert answer.decision is not None
                break
            gc.collect()
            await until(lambda: asyncio.all_tasks() <= before)

    asyncio.run(asyncio.wait_for(scene(), PATIENCE))


def test_a_cancelled_stream_says_so(server: Server, shipment: Shipment) -> None:
    """After `cancel` the stream raises `Closed`, and a second `cancel` does nothing."""
    with Client(server.address) as client:
        stream = client.evaluate_stream(iter(shipment, None))
        next(stream)
        stream.cancel()
        stream.cancel()
        with pytest.raises(Closed):
            list(stream)


def test_a_cancelled_stream_says_so_to_tasks(server: Server, shipment: Shipment) -> None:
    """After `cancel` the asynchronous stream raises `Closed`, and the task goes on."""

    async def scene() -> None:
        async with AsyncClient(server.address) as client:
            stream = client.evaluate_stream(iter(shipment, None))
            await anext(stream)
            stream.cancel()
            with pytest.raises(Closed):
                [answer async for answer in stream]
            assert (await client.evaluate(shipment())).id

    asyncio.run(scene())


def test_a_task_that_is_cancelled_stays_so(scripted: Serve, shipment: Shipment) -> None:
    """Cancelling the task that waits for an answer is no error of the client's."""
    served = scripted()

    async def scene() -> None:
        async with AsyncClient(served.address) as client:

            async def take() -> None:
                async for _ in client.evaluate_stream([shipment()]):
                    raise AssertionError

            task = asyncio.create_task(take())
            await until(lambda: bool(served.script.asked))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(scene())


def test_subjects_may_come_asynchronously(server: Server, shipment: Shipment) -> None:
    """The asynchronous client takes an asynchronous iterator, and raises what it raises."""

    async def subjects() -> AsyncIterator[Any]:
        for _ in range(3):
            await asyncio.sleep(0)
            yield shipment()
        raise LookupError("no such order")

    async def scene() -> None:
        async with AsyncClient(server.address) as client:
            stream = client.evaluate_stream(subjects(), window=2)
            found = {(await anext(stream)).result().id for _ in range(3)}
            with pytest.raises(LookupError):
                await anext(stream)
        assert 3 == len(found)

    asyncio.run(scene())


def test_a_stream_that_fails_says_what_is_unanswered(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """The failure of a whole stream is raised, with the id it had, and it is not opened again."""
    served = scripted(status(code_pb2.UNAVAILABLE, "the server is stopping"))
    with pytest.raises(Unreachable, match="stopping") as caught:
        connect(served.address).stream([shipment()])
    assert served.script.seen[0]["x-request-id"] == caught.value.request_id
    assert 1 == served.calls


def test_what_is_unanswered_is_known(scripted: Serve, shipment: Shipment) -> None:
    """After a stream has failed, `unanswered` gives what was asked without an answer, in order, to be asked again."""
    served = scripted()
    subjects = [shipment() for _ in range(3)]
    with Client(served.address) as client:
        stream = client.evaluate_stream(subjects, timeout=1)
        with pytest.raises(DeadlineExceeded):
            next(stream)
        assert [id(subject) for subject in subjects] == [id(subject) for subject in stream.unanswered()]


def test_a_message_that_cannot_be_taken_ends_the_stream(
    connect: Connect, start: Callable[..., Server], shipment: Shipment, large: Any
) -> None:
    """A message that is too large for the server is the end of its stream."""
    with pytest.raises(Refused):
        connect(start(max_message_bytes=1024).address).stream([shipment(), large])


@pytest.mark.parametrize(
    "replies",
    [
        [pb.EvaluateStreamResponse(id="7", decision={})],
        [pb.EvaluateStreamResponse(id="0")],
        [pb.EvaluateStreamResponse(id="0", decision={}), pb.EvaluateStreamResponse(id="0", decision={})],
    ],
    ids=["of nobody", "empty", "twice"],
)
def test_a_reply_against_the_contract_is_the_servers_fault(
    connect: Connect, scripted: Serve, shipment: Shipment, replies: list[pb.EvaluateStreamResponse]
) -> None:
    """A reply that answers nothing that is open, or says nothing, is never taken for a decision."""
    served = scripted(replies=replies)
    with pytest.raises(ServerFault) as caught:
        connect(served.address).stream([shipment()])
    assert "UNEXPECTED_REPLY" == caught.value.reason


def test_a_window_of_nothing_is_refused(client: Driven) -> None:
    """A window lets at least one through."""
    with pytest.raises(ValueError, match="expected 1 or more"):
        client.stream([], window=0)
