from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.rpc import code_pb2, error_details_pb2

from licet.client import (
    NO_RETRY,
    Cancelled,
    Client,
    DeadlineExceeded,
    InvalidRequest,
    LicetClientError,
    NotFound,
    NotServed,
    Overloaded,
    Refused,
    ServerFault,
    TryLater,
    Unreachable,
)
from licet.client.errors import error_of_item
from licet.v1 import licensing_service_pb2 as pb
from tests.client.conftest import retry_in, status

if TYPE_CHECKING:
    from tests.client.conftest import Driven, Scripted
    from tests.support.servers import Server

Connect = Callable[..., "Driven"]
Serve = Callable[..., "Scripted"]
Shipment = Callable[..., Any]
KINDS: dict[int, type[LicetClientError]] = {
    code_pb2.CANCELLED: Cancelled,
    code_pb2.UNKNOWN: ServerFault,
    code_pb2.INVALID_ARGUMENT: InvalidRequest,
    code_pb2.DEADLINE_EXCEEDED: DeadlineExceeded,
    code_pb2.NOT_FOUND: NotFound,
    code_pb2.ALREADY_EXISTS: Refused,
    code_pb2.PERMISSION_DENIED: Refused,
    code_pb2.RESOURCE_EXHAUSTED: Refused,
    code_pb2.FAILED_PRECONDITION: Refused,
    code_pb2.ABORTED: Refused,
    code_pb2.OUT_OF_RANGE: InvalidRequest,
    code_pb2.UNIMPLEMENTED: NotServed,
    code_pb2.INTERNAL: ServerFault,
    code_pb2.UNAVAILABLE: Unreachable,
    code_pb2.DATA_LOSS: ServerFault,
    code_pb2.UNAUTHENTICATED: Refused,
}


def grpc_name(code: int) -> str:
    """The name of a code."""
    return next(known.name for known in grpc.StatusCode if known.value[0] == code)


def test_every_status_code_has_its_error() -> None:
    """No code that gRPC knows is left to chance."""
    assert {code.value[0] for code in grpc.StatusCode} - {0} == set(KINDS)


@pytest.mark.parametrize("code", KINDS, ids=grpc_name)
def test_a_code_becomes_its_error(scripted: Serve, shipment: Shipment, code: int) -> None:
    """A status without details becomes the error of its code, with the code's name as the reason and the request id sent."""
    served = scripted(status(code, "so it is"))
    with Client(served.address, request_id=lambda: "erp-7") as client, pytest.raises(LicetClientError) as caught:
        client.evaluate(shipment())
    assert KINDS[code] is type(caught.value)
    assert (grpc_name(code), "erp-7", served.address) == (
        caught.value.reason,
        caught.value.request_id,
        caught.value.address,
    )
    assert "so it is" == str(caught.value)


def test_details_are_read(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """Reason, request id and delay come from the details of the status where it has them."""
    failure = status(
        code_pb2.RESOURCE_EXHAUSTED,
        "busy",
        error_details_pb2.ErrorInfo(reason="OVERLOADED", domain="licet"),
        error_details_pb2.RequestInfo(request_id="req-7"),
        retry_in(1.5),
    )
    with pytest.raises(Overloaded) as caught:
        connect(scripted(failure).address).evaluate(shipment())
    assert ("OVERLOADED", "req-7", 1.5) == (caught.value.reason, caught.value.request_id, caught.value.retry_after)
    assert isinstance(caught.value, TryLater)


def test_reasons_of_others_mean_nothing(scripted: Serve, shipment: Shipment) -> None:
    """A proxy's `ErrorInfo` gives no reason of ours."""
    failure = status(code_pb2.UNAVAILABLE, "no upstream", error_details_pb2.ErrorInfo(reason="OVERLOADED", domain="proxy.example"))
    with Client(scripted(failure).address) as client, pytest.raises(Unreachable) as caught:
        client.evaluate(shipment())
    assert "UNAVAILABLE" == caught.value.reason


def test_an_item_fails_as_a_call_would() -> None:
    """The error of an item of a batch or stream is the one that the same status would raise."""
    item = pb.BatchItemError(code=code_pb2.RESOURCE_EXHAUSTED, reason="OVERLOADED", message="busy", retry_delay={"seconds": 2})
    busy = error_of_item(item, request_id="req-7", address="here")
    assert isinstance(busy, Overloaded)
    assert (2.0, "OVERLOADED", "req-7") == (busy.retry_after, busy.reason, busy.request_id)
    item = pb.BatchItemError(
        code=code_pb2.INVALID_ARGUMENT,
        reason="INVALID_REQUEST",
        violations=[{"field": "transaction.items", "description": "is empty"}],
        metadata={"violations": "120"},
    )
    bad = error_of_item(item, request_id="req-7", address="here")
    assert isinstance(bad, InvalidRequest)
    assert (["transaction.items"], 120) == ([violation.field for violation in bad.violations], bad.total)
    assert "and 119 more" in str(bad)
    item = pb.BatchItemError(code=code_pb2.NOT_FOUND, reason="RELEASE_UNKNOWN", metadata={"name": "abc"})
    unknown = error_of_item(item, request_id="", address="")
    assert isinstance(unknown, NotFound)
    assert "abc" == unknown.name


def test_nobody_there_is_unreachable(connect: Connect, shipment: Shipment) -> None:
    """Where nobody listens, the call fails at once, and says so."""
    with pytest.raises(Unreachable) as caught:
        connect("127.0.0.1:1", retry=NO_RETRY).evaluate(shipment())
    assert ("UNAVAILABLE", "127.0.0.1:1") == (caught.value.reason, caught.value.address)
    assert caught.value.request_id


def test_the_deadline_is_kept(connect: Connect, server: Server, shipment: Shipment, large: Any) -> None:
    """A call that takes too long ends when its time is up, for the server too, and the client can be used on."""
    client = connect(server.address, request_id=iter(["too-late", "then"]).__next__)
    with pytest.raises(DeadlineExceeded) as caught:
        client.evaluate(large, timeout=0.2)
    assert "too-late" == caught.value.request_id
    assert "DEADLINE_EXCEEDED" == server.logged("call", request_id="too-late")["code"]
    assert client.evaluate(shipment()).id


def test_the_clients_own_deadline_holds_where_a_call_names_none(connect: Connect, server: Server, large: Any) -> None:
    """The default of the client bounds a call without a timeout."""
    with pytest.raises(DeadlineExceeded):
        connect(server.address, timeout=0.2).evaluate(large)


def test_a_request_that_is_too_large_is_refused(connect: Connect, start: Callable[..., Server], large: Any) -> None:
    """What the server does not take for its size is refused, and not tried again."""
    server = start(max_message_bytes=1024)
    with pytest.raises(Refused) as caught:
        connect(server.address).evaluate(large, request_id="so-1")
    assert "RESOURCE_EXHAUSTED" == caught.value.reason


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
def test_a_timeout_that_is_none_is_refused(timeout: float, shipment: Shipment) -> None:
    """Only a number of seconds above 0 bounds a call."""
    with pytest.raises(ValueError, match="expected a number of seconds above 0"):
        Client("127.0.0.1:1", timeout=timeout)
    with Client("127.0.0.1:1") as client, pytest.raises(ValueError, match="expected a number of seconds above 0"):
        client.evaluate(shipment(), timeout=timeout)


def test_an_empty_address_is_refused() -> None:
    """A client needs somewhere to ask."""
    with pytest.raises(ValueError, match="address is empty"):
        Client("")
