"""A real server in another process, and what tests ask of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from licet.v1 import (
    licensing_service_pb2,
    licensing_service_pb2_grpc,
    policy_service_pb2_grpc,
    transaction_pb2,
)

PATIENCE = 60
"""Seconds after which a test gives up. Nothing takes a fraction of it unless something is broken."""
POLICIES = Path(__file__).parent / "policies"
_COMMAND = (sys.executable, "-m", "licet.cli.main", "serve")


@dataclass
class Server:
    """A server process. `lines` holds its log so far."""

    process: subprocess.Popen[str]
    lines: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _closers: list[Callable[[], None]] = field(default_factory=list)

    @classmethod
    def spawn(cls, policies: Path | None, **settings: object) -> Server:
        """A process with these settings and no others; it need not come up."""
        given = {"listen": "127.0.0.1:0", "log_format": "json", **settings}
        if policies is not None:
            given["policies"] = policies
        env = {name: value for name, value in os.environ.items() if not name.startswith("LICET_")}  # noqa: TID251  # a process gets it
        env |= {f"LICET_{name.upper()}": str(value) for name, value in given.items()}
        process = subprocess.Popen(_COMMAND, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        server = cls(process)
        reader = threading.Thread(target=server._read, daemon=True)
        reader.start()
        server._closers.append(lambda: reader.join(PATIENCE))
        return server

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stderr:
            for line in stderr:
                with self._news:
                    self.said.append(line)
                    with suppress(json.JSONDecodeError):
                        self.lines.append(json.loads(line))
                    self._news.notify_all()
        with self._news:
            self.lines.append({"event": "closed"})
            self._news.notify_all()

    def logged(self, event: str, **wanted: object) -> dict[str, Any]:
        """The first log line of an event with these fields, once it is there."""
        with self._news:
            if not self._news.wait_for(lambda: self._find(event, wanted) or self._find("closed", {}), PATIENCE):
                pytest.fail(f"no log line {event} {wanted} in {self.said}")
            found = self._find(event, wanted)
        return found or pytest.fail(f"the server ended without {event} {wanted}: {''.join(self.said)}")

    def _find(self, event: str, wanted: dict[str, object]) -> dict[str, Any] | None:
        lines = (line for line in self.lines if line.get("event") == event)
        return next((line for line in lines if line.items() >= wanted.items()), None)

    @property
    def address(self) -> str:
        """Where it listens, once it does."""
        return str(self.logged("serving")["address"])

    def channel(self) -> grpc.Channel:
        """A new channel to it."""
        channel = grpc.insecure_channel(
            self.address, options=[("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
        )
        self._closers.insert(0, channel.close)
        return channel

    def raw(self, method: str) -> Any:
        """A method that takes bytes as they are."""
        return self.channel().unary_unary(method)

    @property
    def licensing(self) -> Any:
        """A stub of LicensingService."""
        return licensing_service_pb2_grpc.LicensingServiceStub(self.channel())

    @property
    def policies(self) -> Any:
        """A stub of PolicyService."""
        return policy_service_pb2_grpc.PolicyServiceStub(self.channel())

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Asks it to stop, and gives its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def refusal(self) -> tuple[int, str]:
        """The exit code and the words of a server that does not start."""
        code = self.process.wait(PATIENCE)
        self.close()
        return code, "".join(self.said)

    def close(self) -> None:
        """Nothing of it is left."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        while self._closers:
            self._closers.pop(0)()


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


# ---- requests -----------------------------------------------------------------------------------------------------------


def _shipment(destination: str = "DE", code: str = "A1") -> Any:
    request = licensing_service_pb2.EvaluateRequest()
    transaction = request.transaction
    transaction.activity = transaction_pb2.ACTIVITY_EXPORT
    transaction.origin.country = "ZZ"
    transaction.destination.country = destination
    party = transaction.parties.add(reference="buyer-1", name="Acme Ltd", country=destination, military=False, government=False)
    party.roles.append(transaction_pb2.PARTY_ROLE_END_USER)
    item = transaction.items.add(line="1")
    item.classifications["zz.list"].codes.append(code)
    item.quantity.value = "2000"
    return request


@pytest.fixture
def shipment() -> Callable[..., Any]:
    """Makes a request that can be decided: `shipment(destination="YY", code="A2")`."""
    return _shipment


@pytest.fixture
def large() -> Any:
    """A request that takes a second or more to decide."""
    request = _shipment()
    party, item = request.transaction.parties.pop(), request.transaction.items.pop()
    party.ClearField("reference")
    item.ClearField("line")
    request.transaction.parties.extend([party] * 200)
    request.transaction.items.extend([item] * 200)
    return request


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
