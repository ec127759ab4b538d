"""Both clients, driven in one way; a real Licet in another process; and small real servers that misbehave as told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from licet.client import Answer, AsyncClient, Client
from licet.v1 import decision_pb2, licensing_service_pb2, licensing_service_pb2_grpc, policy_service_pb2, policy_service_pb2_grpc
from tests.support.servers import PATIENCE, POLICIES, Server
from tests.support.servers import large as make_large
from tests.support.servers import shipment as make_shipment


class Driven(Protocol):
    """A client of either kind, with what comes bit by bit as a list."""

    def evaluate(self, subject: Any, **options: Any) -> decision_pb2.Decision: ...
    def batch(self, subjects: Iterable[Any], **options: Any) -> tuple[Answer, ...]: ...
    def stream(self, subjects: Iterable[Any], *, most: int = ..., **options: Any) -> tuple[list[Answer], Any]: ...
    def jurisdictions(self, **options: Any) -> list[policy_service_pb2.JurisdictionInfo]: ...
    def rules(self, **options: Any) -> list[policy_service_pb2.Rule]: ...
    def release(self, *digest: str) -> policy_service_pb2.Release: ...
    def rule(self, id_: str) -> policy_service_pb2.Rule: ...
    def healthy(self) -> bool: ...
    def close(self) -> None: ...


class Blocking:
    """`Client`, as it is."""

    def __init__(self, address: str, **settings: Any) -> None:
        self.client = Client(address, **settings)
        self.evaluate = self.client.evaluate
        self.batch = self.client.evaluate_batch
        self.release = self.client.get_release
        self.rule = self.client.get_rule
        self.healthy = self.client.healthy
        self.close = self.client.close

    def end(self) -> None:
        """Nothing of it is left."""
        self.close()

    def jurisdictions(self, **options: Any) -> list[policy_service_pb2.JurisdictionInfo]:
        return list(self.client.list_jurisdictions(**options))

    def rules(self, **options: Any) -> list[policy_service_pb2.Rule]:
        return list(self.client.list_rules(**options))

    def stream(self, subjects: Iterable[Any], *, most: int = 1_000_000, **options: Any) -> tuple[list[Answer], Any]:
        """So many answers, and the stream, which is cancelled if it is not at its end."""
        found: list[Answer] = []
        with self.client.evaluate_stream(subjects, **options) as stream:
            for answer in stream:
                found.append(answer)
                if len(found) == most:
                    break
        return found, stream


class Looped:
    """`AsyncClient`, on a loop of its own."""

    def __init__(self, address: str, **settings: Any) -> None:
        self.runner = asyncio.Runner()
        self.client = self.runner.run(self._made(address, settings))

    async def _made(self, address: str, settings: dict[str, Any]) -> AsyncClient:
        return AsyncClient(address, **settings)

    def evaluate(self, subject: Any, **options: Any) -> decision_pb2.Decision:
        return self.runner.run(self.client.evaluate(subject, **options))

    def batch(self, subjects: Iterable[Any], **options: Any) -> tuple[Answer, ...]:
        return self.runner.run(self.client.evaluate_batch(subjects, **options))

    def stream(self, subjects: Iterable[Any], *, most: int = 1_000_000, **options: Any) -> tuple[list[Answer], Any]:
        return self.runner.run(self._stream(subjects, most, options))

    async def _stream(self, subjects: Iterable[Any], most: int, options: dict[str, Any]) -> tuple[list[Answer], Any]:
        found: list[Answer] = []
        async with self.client.evaluate_stream(subjects, **options) as stream:
            async for answer in stream:
                found.append(answer)
                if len(found) == most:
                    break
        return found, stream

    def jurisdictions(self, **options: Any) -> list[policy_service_pb2.JurisdictionInfo]:
        return self.runner.run(_all(self.client.list_jurisdictions(**options)))

    def rules(self, **options: Any) -> list[policy_service_pb2.Rule]:
        return self.runner.run(_all(self.client.list_rules(**options)))

    def release(self, *digest: str) -> policy_service_pb2.Release:
        return self.runner.run(self.client.get_release(*digest))

    def rule(self, id_: str) -> policy_service_pb2.Rule:
        return self.runner.run(self.client.get_rule(id_))

    def healthy(self) -> bool:
        return self.runner.run(self.client.healthy())

    def close(self) -> None:
        self.runner.run(self.client.close())

    def end(self) -> None:
        """The loop is gone."""
        self.close()
        self.runner.close()


async def _all(entries: Any) -> list[Any]:
    return [entry async for entry in entries]


@pytest.fixture(params=["blocking", "asyncio"])
def connect(request: pytest.FixtureRequest) -> Iterator[Callable[..., Driven]]:
    """Makes a client of either kind: `connect(address, timeout=5)`."""
    made: list[Any] = []

    def open_(address: str, **settings: Any) -> Driven:
        settings.setdefault("timeout", PATIENCE)
        made.append(Blocking(address, **settings) if request.param == "blocking" else Looped(address, **settings))
        return cast("Driven", made[-1])

    yield open_
    for each in made:
        each.end()


@pytest.fixture
def client(connect: Callable[..., Driven], server: Server) -> Driven:
    """A client of either kind, connected to the shared server."""
    return connect(server.address)


# ---- a real Licet ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server with default settings, in another process."""
    shared = Server.spawn(POLICIES)
    yield shared
    assert shared.stop() == 0, "".join(shared.said)
    shared.close()


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    """Starts a server of the test's own: `start(max_concurrent_calls=1)`."""
    servers: list[Server] = []

    def spawn(**settings: object) -> Server:
        servers.append(Server.spawn(POLICIES, **settings))
        return servers[-1]

    yield spawn
    for each in servers:
        each.close()


@pytest.fixture
def shipment() -> Callable[..., Any]:
    """Makes a request that can be decided: `shipment(destination="YY", code="A2")`."""
    return make_shipment


@pytest.fixture
def large() -> Any:
    """A request that takes a second or more to decide."""
    return make_large()


# ---- servers that misbehave as told ------------------------------------------------------------------------------------


async def until(true: Callable[[], bool]) -> None:
    """Returns once it is true."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110  # what is waited for happens in another thread
            await asyncio.sleep(0.01)


def status(code: int, message: str, *details: Any) -> status_pb2.Status:
    """A status with details."""
    made = status_pb2.Status(code=code, message=message)
    for detail in details:
        made.details.add().Pack(detail)
    return made


def retry_in(seconds: float) -> error_details_pb2.RetryInfo:
    """The detail that says when to try again."""
    info = error_details_pb2.RetryInfo()
    info.retry_delay.FromNanoseconds(int(seconds * 1e9))
    return info


@dataclass
class Script(licensing_service_pb2_grpc.LicensingServiceServicer, policy_service_pb2_grpc.PolicyServiceServicer):
    """Fails each call with the next status of its script, until none is left; then answers with nothing in particular."""

    failures: list[status_pb2.Status] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    """The metadata of every call."""
    asked: list[str] = field(default_factory=list)
    """The ids of the messages that a stream brought."""
    go: threading.Event = field(default_factory=threading.Event)
    """Streams answer once it is set."""
    decision: decision_pb2.Decision = field(default_factory=decision_pb2.Decision)
    """What `Evaluate` answers."""
    replies: list[licensing_service_pb2.EvaluateStreamResponse] | None = None
    """What a stream gets instead of answers."""

    def _met(self, context: Any) -> None:
        self.seen.append({key: value for key, value in context.invocation_metadata() if isinstance(value, str)})
        if self.failures:
            context.abort_with_status(rpc_status.to_status(self.failures.pop(0)))

    def Evaluate(self, _request: Any, context: Any) -> Any:  # noqa: N802  # gRPC names the methods
        self._met(context)
        return licensing_service_pb2.EvaluateResponse(decision=self.decision)

    def EvaluateBatch(self, request: Any, context: Any) -> Any:  # noqa: N802  # as above
        self._met(context)
        return licensing_service_pb2.EvaluateBatchResponse(results=[{"decision": {}} for _ in request.requests])

    def EvaluateStream(self, messages: Any, context: Any) -> Any:  # noqa: N802  # as above
        self._met(context)
        if self.replies is not None:
            yield from self.replies
            return
        reader = threading.Thread(target=self._read, args=(messages,), daemon=True)
        reader.start()
        self.go.wait(PATIENCE)
        reader.join(PATIENCE)
        for id_ in self.asked:
            yield licensing_service_pb2.EvaluateStreamResponse(id=id_, decision={})

    def _read(self, messages: Any) -> None:
        with suppress(grpc.RpcError):
            for message in messages:
                self.asked.append(message.id)

    def GetRelease(self, _request: Any, context: Any) -> Any:  # noqa: N802  # as above
        self._met(context)
        return policy_service_pb2.GetReleaseResponse()


@dataclass(frozen=True)
class Scripted:
    """A server under a script, and where it listens."""

    script: Script
    address: str

    @property
    def calls(self) -> int:
        """How many calls it has met."""
        return len(self.script.seen)


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    """Starts a small real server that fails as told and then answers: `scripted(status(…), status(…))`."""
    stops: list[Callable[[], None]] = []

    def serve(*failures: status_pb2.Status, credentials: grpc.ServerCredentials | None = None, **told: Any) -> Scripted:
        workers = ThreadPoolExecutor(4)
        server = grpc.server(workers, options=[("grpc.so_reuseport", 0)])
        script = Script(list(failures), **told)
        licensing_service_pb2_grpc.add_LicensingServiceServicer_to_server(script, server)
        policy_service_pb2_grpc.add_PolicyServiceServicer_to_server(script, server)
        local = "localhost:0" if credentials else "127.0.0.1:0"
        port = server.add_secure_port(local, credentials) if credentials else server.add_insecure_port(local)
        server.start()

        def stop() -> None:
            script.go.set()
            server.stop(None).wait(PATIENCE)
            workers.shutdown()

        stops.append(stop)
        return Scripted(script, f"{local.partition(':')[0]}:{port}")

    yield serve
    for stop in stops:
        stop()
