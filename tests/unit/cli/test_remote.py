from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from licet.cli.remote import NotServed, Remote, remote
from licet.cli.trouble import told
from licet.client import LicetClientError, ServerFault
from licet.decision.errors import InvalidRequest
from licet.v1 import licensing_service_pb2, licensing_service_pb2_grpc

_REQUEST = licensing_service_pb2.EvaluateRequest()


class _Fails(licensing_service_pb2_grpc.LicensingServiceServicer):
    """Answers every call with one status."""

    def __init__(self, status: status_pb2.Status) -> None:
        self.status = status

    def Evaluate(self, _request: Any, context: Any) -> Any:  # noqa: N802  # gRPC names the method
        context.abort_with_status(rpc_status.to_status(self.status))


@contextmanager
def _server(status: status_pb2.Status) -> Iterator[Remote]:
    with ThreadPoolExecutor(2) as workers:
        server = grpc.server(workers, options=[("grpc.so_reuseport", 0)])
        licensing_service_pb2_grpc.add_LicensingServiceServicer_to_server(_Fails(status), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            with remote(f"127.0.0.1:{port}", 10) as asked:
                yield asked
        finally:
            server.stop(None).wait()


def _status(code: int, message: str, *details: Any) -> status_pb2.Status:
    status = status_pb2.Status(code=code, message=message)
    for detail in details:
        status.details.add().Pack(detail)
    return status


def test_fields_at_fault_are_refused_as_here() -> None:
    """A `BadRequest` becomes the same error that deciding in this process raises."""
    bad = error_details_pb2.BadRequest()
    bad.field_violations.add(field="transaction.items", description="is empty")
    bad.field_violations.add(field="transaction.origin.country", description="is no country")
    with _server(_status(code_pb2.INVALID_ARGUMENT, "bad", bad)) as asked, pytest.raises(InvalidRequest) as caught:
        asked.answer(_REQUEST)
    assert ["transaction.items", "transaction.origin.country"] == [v.field for v in caught.value.violations]


def test_an_unknown_release_is_bad_input() -> None:
    """A release that the server does not hold is the caller's fault, and the server's text says which one it holds."""
    info = error_details_pb2.ErrorInfo(reason="RELEASE_UNKNOWN", domain="licet")
    status = _status(code_pb2.NOT_FOUND, "is not served here", info)
    with _server(status) as asked, pytest.raises(NotServed, match="is not served here"):
        asked.answer(_REQUEST)


def test_trouble_is_told_with_the_request_id() -> None:
    """An internal error is told with the place and the id under which the server's log has it."""
    request = error_details_pb2.RequestInfo(request_id="req-7")
    with _server(_status(code_pb2.INTERNAL, "the server failed", request)) as asked, pytest.raises(ServerFault) as caught:
        asked.answer(_REQUEST)
    assert f"{asked.client.address}: the server failed; request id req-7" == told(caught.value)


def test_nobody_there_is_told_with_advice() -> None:
    """A place where nobody listens gives advice."""
    with remote("127.0.0.1:1", 5) as asked, pytest.raises(LicetClientError) as caught:
        asked.answer(_REQUEST)
    assert "there is no answer" in told(caught.value)
    assert "licet serve" in told(caught.value)


def test_trouble_amid_several_ends_them() -> None:
    """What is no fault of a request ends the asking."""
    with remote("127.0.0.1:1", 5) as asked, pytest.raises(LicetClientError):
        list(asked.answer_all([_REQUEST, _REQUEST]))
