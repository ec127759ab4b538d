from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.rpc import code_pb2

from licet.v1 import licensing_service_pb2 as pb
from licet.v1 import outcome_pb2
from tests.rpc.test_edge import ready

if TYPE_CHECKING:
    from tests.rpc.conftest import Refusal
    from tests.support.servers import Server

MOST = 100
NAME = ("x-request-id", "batch-1")


def batch(*requests: Any) -> pb.EvaluateBatchRequest:
    """A batch of these requests."""
    return pb.EvaluateBatchRequest(requests=requests)


def results(server: Server, *requests: Any) -> list[Any]:
    """What came of each."""
    return list(server.licensing.EvaluateBatch(batch(*requests), timeout=60).results)


def test_every_request_has_its_result_in_order(server: Server, shipment: Callable[..., Any]) -> None:
    """As many as a batch may hold are each decided, and the results stand in the order of the requests."""
    requests = [shipment(destination="YY" if n % 2 else "DE") for n in range(MOST)]
    for number, request in enumerate(requests):
        request.request_id = f"order-{number}"
    decisions = [result.decision for result in results(server, *requests)]
    assert [request.request_id for request in requests] == [decision.request_id for decision in decisions]
    wanted = [outcome_pb2.OUTCOME_PROHIBITED if n % 2 else outcome_pb2.OUTCOME_AUTHORIZED for n in range(MOST)]
    assert wanted == [decision.result.outcome for decision in decisions]
    assert MOST == len({decision.id for decision in decisions})


def test_a_result_is_what_evaluate_gives(server: Server, shipment: Callable[..., Any]) -> None:
    """In a batch a request has the same result as alone, for its own audience."""
    request = shipment(destination="YY")
    request.audience = pb.AUDIENCE_AUDITOR
    alone = server.licensing.Evaluate(request, timeout=60).decision
    first, second = (result.decision for result in results(server, request, shipment(destination="YY")))
    assert alone.result == first.result
    assert alone.transaction_digest == first.transaction_digest
    assert "zz.secret" in str(first)
    assert "zz.secret" not in str(second)


def test_a_failure_fails_its_item_only(server: Server, shipment: Callable[..., Any]) -> None:
    """What cannot be decided is told with code, reason and fields, and what stands beside it is decided."""
    bad, pinned = shipment(destination="de"), shipment()
    pinned.release = "0" * 64
    found = results(server, shipment(), bad, pb.EvaluateRequest(), pinned, shipment())
    assert ["decision", "error", "error", "error", "decision"] == [result.WhichOneof("result") for result in found]
    wrong = found[1].error
    assert (code_pb2.INVALID_ARGUMENT, "INVALID_REQUEST") == (wrong.code, wrong.reason)
    fields = {"transaction.destination.country", "transaction.parties[buyer-1].country"}
    assert fields == {violation.field for violation in wrong.violations}
    assert "2" == wrong.metadata["violations"]
    assert {"transaction"} == {violation.field for violation in found[2].error.violations}
    assert (code_pb2.NOT_FOUND, "RELEASE_UNKNOWN") == (found[3].error.code, found[3].error.reason)
    assert pinned.release == found[3].error.metadata["name"]
    assert all(each.error.message and not each.error.HasField("retry_delay") for each in found[1:4])


def test_the_error_of_an_item_says_what_evaluate_would(
    server: Server, shipment: Callable[..., Any], refused: Callable[..., Refusal]
) -> None:
    """Reason, message and fields are the same whether a request is refused alone or in a batch."""
    bad = shipment(destination="Germany")
    alone = refused(server.licensing.Evaluate, bad)
    (item,) = (result.error for result in results(server, bad))
    assert (alone.reason, alone.message, alone.metadata) == (item.reason, item.message, dict(item.metadata))
    assert alone.violations == {violation.field: violation.description for violation in item.violations}


def test_a_thousand_faults_of_an_item_are_counted(server: Server, shipment: Callable[..., Any]) -> None:
    """An item with more faults than anybody reads shows the first hundred and counts them all."""
    request = shipment()
    request.transaction.parties[0].roles.extend([99] * 900)
    (result,) = results(server, request)
    assert (100, "900") == (len(result.error.violations), result.error.metadata["violations"])


BAD: dict[str, tuple[Callable[[Any], Any], set[str]]] = {
    "nothing": (lambda _: batch(), {"requests"}),
    "one too many": (lambda good: batch(*[good] * (MOST + 1)), {"requests"}),
    "a million": (lambda _: batch(*[pb.EvaluateRequest()] * 1_000_000), {"requests"}),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_batch_is_refused(
    server: Server, shipment: Callable[..., Any], refused: Callable[..., Refusal], case: str
) -> None:
    """A batch of nothing or of more than the limit is refused as a whole, naming the limit."""
    spoil, fields = BAD[case]
    refusal = refused(server.licensing.EvaluateBatch, spoil(shipment()))
    assert (grpc.StatusCode.INVALID_ARGUMENT, fields) == (refusal.code, set(refusal.violations))
    assert str(MOST) in refusal.violations["requests"]


def test_a_request_id_stands_once(server: Server, shipment: Callable[..., Any], refused: Callable[..., Refusal]) -> None:
    """A batch in which two requests have one id is refused naming both; requests without id are not compared."""
    one, other, two = shipment(), shipment(), shipment(destination="YY")
    one.request_id = two.request_id = "same"
    refusal = refused(server.licensing.EvaluateBatch, batch(one, other, shipment(), two))
    assert {"requests[1].request_id", "requests[4].request_id"} == set(refusal.violations)
    assert 2 == len(results(server, other, shipment()))


def test_the_callers_deadline_is_kept(server: Server, shipment: Callable[..., Any], large: Any) -> None:
    """A batch whose time is up ends for caller and server, and the server goes on serving."""
    with pytest.raises(grpc.RpcError) as caught:
        server.licensing.EvaluateBatch(batch(large, large, large), timeout=0.3, metadata=(("x-request-id", "late-batch"),))
    assert grpc.StatusCode.DEADLINE_EXCEEDED == caught.value.code()
    assert "DEADLINE_EXCEEDED" == server.logged("call", request_id="late-batch")["code"]
    assert results(server, shipment())[0].decision.id


def test_a_batch_without_deadline_gets_one(start: Callable[..., Server], large: Any, refused: Callable[..., Refusal]) -> None:
    """The server's default deadline ends a batch that brought none of its own."""
    refusal = refused(start(default_deadline_seconds=0.2).licensing.EvaluateBatch, batch(large), timeout=None)
    assert (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED") == (refusal.code, refusal.reason)


def test_a_caller_may_go(start: Callable[..., Server], shipment: Callable[..., Any], large: Any) -> None:
    """A batch that its caller cancels is given up, and its place with it."""
    server = start(max_concurrent_calls=1)
    call = server.licensing.EvaluateBatch.future(batch(shipment(), *[large] * 10), timeout=60, metadata=(NAME,))
    server.logged("decision")
    call.cancel()
    assert "CANCELLED" == server.logged("call", request_id=NAME[1])["code"]
    assert until_decided(server, shipment())


def until_decided(server: Server, request: Any) -> Any:
    """The decision, once the server has room again; what a thread has begun ends within one step of its work."""
    for _ in range(1_000):
        (result,) = call_until_admitted(server, batch(request)).results
        if result.WhichOneof("result") == "decision":
            return result.decision
        assert "OVERLOADED" == result.error.reason
    raise AssertionError("the server never had room again")


def call_until_admitted(server: Server, request: Any) -> Any:
    """The reply, once the call is let in."""
    stub = server.licensing
    for _ in range(1_000):
        try:
            return stub.EvaluateBatch(request, timeout=60)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise
    raise AssertionError("the call was never let in")


def test_too_many_batches_are_told_to_retry(
    start: Callable[..., Server], shipment: Callable[..., Any], large: Any, refused: Callable[..., Refusal]
) -> None:
    """A batch counts as one call: above the limit it is refused with the time after which to retry."""
    server = start(max_concurrent_calls=1)
    stub = server.licensing
    under_way = stub.EvaluateBatch.future(batch(shipment(), large), timeout=60)
    server.logged("decision")
    refusal = refused(stub.EvaluateBatch, batch(shipment()))
    assert (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", 1.0) == (refusal.code, refusal.reason, refusal.retry_seconds)
    assert ["decision", "decision"] == [result.WhichOneof("result") for result in under_way.result().results]


def test_an_item_may_be_told_to_retry(start: Callable[..., Server], shipment: Callable[..., Any], large: Any) -> None:
    """Where all places to compute are taken by a stream, an item of a batch is refused with a delay, and the batch goes on."""
    server = start(max_concurrent_calls=1)
    stream = server.licensing.EvaluateStream(iter([pb.EvaluateStreamRequest(id="a", request=large)]), timeout=60)
    ready(server)
    one, other = (result.error for result in results(server, shipment(), shipment()))
    assert one == other
    assert (code_pb2.RESOURCE_EXHAUSTED, 1) == (one.code, one.retry_delay.seconds)
    assert "1" == one.metadata["limit"]
    assert ["a"] == [reply.id for reply in stream if reply.HasField("decision")]
    assert results(server, shipment())[0].decision.id
