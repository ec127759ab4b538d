"""A real server in another process, and what tests ask of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from tests.support.databases import new_database, postgresql
from tests.support.servers import PATIENCE, POLICIES, Server
from tests.support.servers import large as make_large
from tests.support.servers import shipment as make_shipment


@pytest.fixture
def policies_folder() -> Path:
    """The invented law that these tests serve."""
    return POLICIES


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    """Starts a server of the test's own: `start(drain_seconds=1)`."""
    servers: list[Server] = []

    def spawn(policies: Path | None = POLICIES, **settings: object) -> Server:
        servers.append(Server.spawn(policies, **settings))
        return servers[-1]

    yield spawn
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server with default settings, shared by the tests that do it no harm."""
    shared = Server.spawn(POLICIES)
    yield shared
    assert shared.stop() == 0, "".join(shared.said)
    shared.close()
    assert len(shared.lines) - 1 == len(shared.said), "every line is an event in JSON"
    assert not [line for line in shared.lines if line.get("level") in ("warning", "error")], "nothing went wrong on our side"


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The settings of a ledger in each kind of database."""
    if request.param == "sqlite":
        yield {"data": tmp_path / "data"}
        return
    with postgresql(tmp_path / "postgresql") as url:
        yield {"data": tmp_path / "data", "database": new_database(url, uuid.uuid4().hex)}


# ---- requests -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shipment() -> Callable[..., Any]:
    """Makes a request that can be decided: `shipment(destination="YY", code="A2")`."""
    return make_shipment


@pytest.fixture
def large() -> Any:
    """A request that takes a second or more to decide."""
    return make_large()


# ---- refusals -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refusal:
    """How a call failed, with the details of its trailing metadata."""

    code: grpc.StatusCode
    message: str
    reason: str
    metadata: dict[str, str]
    violations: dict[str, str]
    request_id: str
    retry_seconds: float | None

    @classmethod
    def of(cls, error: Any) -> Refusal:
        """What the error says; fails if it says it in another way than it should."""
        status = rpc_status.from_call(error)
        assert status is not None, f"no details: {error}"
        info = _detail(status, error_details_pb2.ErrorInfo())
        retry = _detail(status, error_details_pb2.RetryInfo())
        assert info.domain == "licet"
        return cls(
            code=error.code(),
            message=status.message,
            reason=info.reason,
            metadata=dict(info.metadata),
            violations={v.field: v.description for v in _detail(status, error_details_pb2.BadRequest()).field_violations},
            request_id=_detail(status, error_details_pb2.RequestInfo()).request_id,
            retry_seconds=retry.retry_delay.ToTimedelta().total_seconds() if retry.HasField("retry_delay") else None,
        )


def _detail(status: Any, message: Any) -> Any:
    for detail in status.details:
        if detail.Unpack(message):
            break
    return message


@pytest.fixture
def refused() -> Callable[..., Refusal]:
    """Makes a call that must fail, and gives its refusal: `refused(stub.Method, request)`."""

    def call(method: Callable[..., Any], request: Any, **options: Any) -> Refusal:
        with pytest.raises(grpc.RpcError) as caught:
            method(request, timeout=options.pop("timeout", PATIENCE), **options)
        return Refusal.of(caught.value)

    return call
