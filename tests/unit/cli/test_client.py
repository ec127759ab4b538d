from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from licet.cli.client import SERVICE, Client, NotServed, ServerTrouble
from licet.decision.errors import InvalidRequest
from licet.v1 import licensing_service_pb2, licensing_service_pb2_grpc

_REQUEST = licensing_service_pb2.EvaluateRequest()


class _Fails(licensing_service_pb2_grpc.LicensingServiceServicer):
    """Answers every call with one status."""

    def __init__(self, status: status_pb2.Status | None) -> None:
        self.status = status

    def Evaluate(self, _request: Any, context: Any) -> Any:  # noqa: N802  # gRPC names the method
        if self.status is not None:
            context.abort_with_status(rpc_status.to_status(self.status))
        return licensing_service_pb2.EvaluateResponse()


@contextmanager
def _server(status: status_pb2.Status | None, *, serving: bool = True) -> Iterator[Client]:
    with ThreadPoolExecutor(2) as workers:
        server = grpc.server(workers, options=[("grpc.so_reuseport", 0)])
        licensing_service_pb2_grpc.add_LicensingServiceServicer_to_server(_Fails(status), server)
        checks = health.HealthServicer()
        said = health_pb2.HealthCheckResponse
        checks.set(SERVICE, said.SERVING if serving else said.NOT_SERVING)
        health_pb2_grpc.add_HealthServicer_to_server(checks, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield Client(f"127.0.0.1:{port}", 10)
        finally:
            server.stop(None).wait()


def _status(code: int, message: str, *details: Any) -> status_pb2.Status:
    status = status_pb2.Status(code=code, message=message)
    for detail in details:
        status.details.add().Pack(detail)
    return status


def test_fields_at_fault_come_back_whole() -> None:
    """A `BadRequest` becomes the same error that deciding in this process raises."""
    bad = error_details_pb2.BadRequest()
    bad.field_violations.add(field="transaction.items", description="is empty")
    bad.field_violations.add(field="transaction.origin.country", description="is no country")
    with _server(_status(code_pb2.INVALID_ARGUMENT, "bad", bad)) as client, pytest.raises(InvalidRequest) as caught:
        client.evaluate(_REQUEST)
    assert ["transaction.items", "transaction.origin.country"] == [v.field for v in caught.value.violations]


def test_an_unknown_release_is_bad_input() -> None:
    """A release that the server does not hold is the caller's fault, and the server's text says which one it holds."""
    info = error_details_pb2.ErrorInfo(reason="RELEASE_UNKNOWN", domain="licet")
    with (
        _server(_status(code_pb2.NOT_FOUND, "is not served here", info)) as client,
        pytest.raises(NotServed, match="is not served here"),
    ):
        client.evaluate(_REQUEST)


def test_trouble_carries_reason_and_request_id() -> None:
    """An internal error keeps its stable reason and the id under which the server's log has it."""
    info = error_details_pb2.ErrorInfo(reason="INTERNAL", domain="licet")
    request = error_details_pb2.RequestInfo(request_id="req-7")
    with _server(_status(code_pb2.INTERNAL, "the server failed", info, request)) as client, pytest.raises(ServerTrouble) as caught:
        client.evaluate(_REQUEST)
    assert caught.value.reason == "INTERNAL"
    assert "req-7" in str(caught.value)


def test_a_status_without_details_is_trouble() -> None:
    """A server that is no Licet, or an old one, gives trouble with its code as the reason."""
    with _server(_status(code_pb2.PERMISSION_DENIED, "no")) as client, pytest.raises(ServerTrouble) as caught:
        client.evaluate(_REQUEST)
    assert caught.value.reason == "PERMISSION_DENIED"


def test_nobody_there_is_trouble_with_advice() -> None:
    """A place where nobody listens gives advice."""
    with pytest.raises(ServerTrouble, match="licet serve"):
        Client("127.0.0.1:1", 5).evaluate(_REQUEST)


@pytest.mark.parametrize("serving", [True, False])
def test_health_is_asked_of_the_service(serving: bool) -> None:
    """The server is healthy where it says that the licensing service serves."""
    with _server(None, serving=serving) as client:
        assert client.healthy() is serving
