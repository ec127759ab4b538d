from __future__ import annotations

import asyncio
from typing import Any, NoReturn

import grpc
import pytest
from grpc_status import rpc_status
from structlog.testing import capture_logs

from licet.engine.protocol import Case
from licet.v1 import licensing_service_pb2, licensing_service_pb2_grpc
from tests.support.servers import running


class Faulty:
    """An engine with a fault whose text quotes the request."""

    name = "faulty"

    def match(self, case: Case) -> NoReturn:
        """Fails."""
        raise ValueError(f"cannot match {case.transaction.parties[0].name}")


def shipment() -> Any:
    """A request that names a party."""
    request = licensing_service_pb2.EvaluateRequest()
    request.transaction.items.add()
    request.transaction.parties.add(name="Acme Ltd").roles.append(9)  # type: ignore[arg-type]  # END_USER
    return request


async def failed(stub: Any) -> Any:
    """The error of a call."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Evaluate(shipment(), timeout=60)
    return caught.value


async def failing_call() -> Any:
    """The error that a caller of a faulty server gets."""
    async with running(Faulty) as server, grpc.aio.insecure_channel(server.address) as channel:
        stub: Any = licensing_service_pb2_grpc.LicensingServiceStub(channel)
        errors = [await failed(stub) for _ in range(2)]
        return errors[1]  # the server outlives a fault


def test_a_fault_of_ours_is_told_to_the_log_alone() -> None:
    """The caller gets INTERNAL and the request id; the log gets the place under that id; neither gets the exception's text."""
    with capture_logs() as logs:
        error = asyncio.run(failing_call())
    assert grpc.StatusCode.INTERNAL == error.code()
    assert "Acme" not in str(error)
    assert "ValueError" not in str(error)
    (detail,) = (d for d in rpc_status.from_call(error).details if "ErrorInfo" in d.type_url)
    assert b"INTERNAL" in detail.value
    faults = [line for line in logs if line["event"] == "fault" and line["log_level"] == "error"]
    assert 2 == len(faults)
    assert "ValueError" == faults[0]["exception"]
    assert "match" in faults[0]["frames"][-1]
    assert "Acme" not in str([line for line in logs if line["log_level"] != "debug"])
