from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

if TYPE_CHECKING:
    from tests.rpc.conftest import Refusal
    from tests.support.servers import Server


def returned_id(call: Any) -> str:
    """The request id in the metadata of a reply."""
    return str(dict(call.trailing_metadata())["x-request-id"])


def test_a_request_id_comes_back(server: Server, shipment: Callable[..., Any]) -> None:
    """The caller's request id is in the reply's metadata and in the log."""
    _, call = server.licensing.Evaluate.with_call(shipment(), timeout=60, metadata=(("x-request-id", "erp/4711:a"),))
    assert "erp/4711:a" == returned_id(call)
    assert "OK" == server.logged("call", request_id="erp/4711:a")["code"]


@pytest.mark.parametrize("offered", [None, "", "x" * 129, "two words", 'a"b', "-"])
def test_a_request_id_that_is_not_sane_is_replaced(server: Server, shipment: Callable[..., Any], offered: str | None) -> None:
    """Without a plain request id the server makes one, and nothing of the caller's gets into the log."""
    metadata = () if offered is None else (("x-request-id", offered),)
    _, call = server.licensing.Evaluate.with_call(shipment(), timeout=60, metadata=metadata)
    assert str(uuid.UUID(returned_id(call))) == returned_id(call)


def test_a_refusal_carries_the_request_id(server: Server, refused: Callable[..., Refusal], shipment: Callable[..., Any]) -> None:
    """A call that fails names its request id in the details, so that a caller can quote it."""
    request = shipment()
    request.release = "none"
    refusal = refused(server.licensing.Evaluate, request, metadata=(("x-request-id", "quote-me"),))
    assert "quote-me" == refusal.request_id
    line = server.logged("call", request_id="quote-me")
    assert ("NOT_FOUND", "RELEASE_UNKNOWN") == (line["code"], line["reason"])


def test_the_callers_deadline_is_kept(server: Server, shipment: Callable[..., Any], large: Any) -> None:
    """A call whose time is up ends for caller and server, and the server goes on serving."""
    stub = server.licensing
    with pytest.raises(grpc.RpcError) as caught:
        stub.Evaluate(large, timeout=0.2, metadata=(("x-request-id", "late"),))
    assert grpc.StatusCode.DEADLINE_EXCEEDED == caught.value.code()
    assert "DEADLINE_EXCEEDED" == server.logged("call", request_id="late")["code"]
    assert stub.Evaluate(shipment(), timeout=60).decision.id


def test_a_call_without_deadline_gets_one(start: Callable[..., Server], large: Any, refused: Callable[..., Refusal]) -> None:
    """The server's default deadline ends a call that brought none of its own."""
    server = start(default_deadline_seconds=0.2)
    refusal = refused(server.licensing.Evaluate, large, timeout=None)
    assert (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED") == (refusal.code, refusal.reason)


def test_a_caller_may_go(server: Server, shipment: Callable[..., Any], large: Any) -> None:
    """A call that its caller cancels ends, and the server goes on serving."""
    stub = server.licensing
    call = stub.Evaluate.future(large, timeout=60, metadata=(("x-request-id", "gone"),))
    ready(server)
    call.cancel()
    assert "CANCELLED" == server.logged("call", request_id="gone")["code"]
    assert stub.Evaluate(shipment(), timeout=60).decision.id


def ready(server: Server) -> None:
    """Returns once the server has taken what was sent before on other connections, as far as a client can tell."""
    stub = health_pb2_grpc.HealthStub(server.channel())
    for _ in range(20):
        stub.Check(health_pb2.HealthCheckRequest(), timeout=60)


def test_the_server_answers_while_it_computes(server: Server, shipment: Callable[..., Any], large: Any) -> None:
    """A decision that takes long keeps neither health nor a short decision waiting until it is done."""
    call = server.licensing.Evaluate.future(large, timeout=60)
    ready(server)
    assert server.licensing.Evaluate(shipment(), timeout=60).decision.id
    assert not call.done(), "the large decision was meant to take longer"
    call.cancel()


def test_too_many_calls_are_told_to_retry(
    start: Callable[..., Server], shipment: Callable[..., Any], large: Any, refused: Callable[..., Refusal]
) -> None:
    """Above the limit a call is refused with the time after which to retry, and what is under way is answered."""
    server = start(max_concurrent_calls=1)
    stub = server.licensing
    under_way: Any = None

    def until_refused(request: Any, **options: Any) -> None:
        """Calls until a call fails. The one that is in the way may not have arrived yet, or have been refused itself."""
        nonlocal under_way
        for _ in range(1_000):
            if under_way is None or under_way.done():
                under_way = stub.Evaluate.future(large, timeout=60)
            stub.Evaluate(request, **options)

    refusal = refused(until_refused, shipment())
    assert (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED") == (refusal.code, refusal.reason)
    assert 1.0 == refusal.retry_seconds
    assert "1" == refusal.metadata["limit"]
    assert under_way.result().decision.id
    assert stub.Evaluate(shipment(), timeout=60).decision.id
