"""A real server in another process, and what it can be asked. It serves an invented law unless told otherwise."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import grpc
import pytest

from licet.api.ledger import open_ledger
from licet.api.releases import Releases, load
from licet.api.server import Running
from licet.api.settings import read_settings
from licet.engine.protocol import Matcher
from licet.v1 import (
    licensing_service_pb2,
    licensing_service_pb2_grpc,
    policy_service_pb2_grpc,
    transaction_pb2,
)

PATIENCE = 60
"""Seconds after which a test gives up. Nothing takes a fraction of it unless something is broken."""
POLICIES = Path(__file__).resolve().parents[1] / "rpc" / "policies"
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
    def spawn(cls, policies: Path | None, *, under: Any = (), **settings: object) -> Server:
        """A process with these settings and no others; it need not come up. `under` are words before its command, such as `env`."""
        data = tempfile.TemporaryDirectory()
        given = {"listen": "127.0.0.1:0", "log_format": "json", "data": data.name, **settings}
        if policies is not None:
            given["policies"] = policies
        env = {name: value for name, value in os.environ.items() if not name.startswith("LICET_")}  # a process gets it
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed server has its modules compiled
        env |= {f"LICET_{name.upper()}": str(value) for name, value in given.items()}
        server = cls.run((*under, *_COMMAND), env)
        server._closers.append(data.cleanup)
        return server

    @classmethod
    def run(cls, command: Sequence[str], env: Mapping[str, str], cwd: Path | None = None) -> Server:
        """A process of this command, which logs in JSON."""
        process = subprocess.Popen(command, env=env, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
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

    @cached_property
    def shared(self) -> grpc.Channel:
        """A channel for all who need none of their own."""
        return self.channel()

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


@asynccontextmanager
async def running(engine: Callable[[], Matcher], **settings: object) -> AsyncIterator[Running]:
    """A server in this process, with an engine of the test's, under the invented law; its ledger is gone afterwards."""
    with tempfile.TemporaryDirectory() as data:
        given = read_settings(listen="127.0.0.1:0", data=data, **settings)
        server = Running(given, Releases(load(POLICIES, engine)), open_ledger(given))
        await server.begin()
        try:
            yield server
        finally:
            await server.stop(10)


def shipment(destination: str = "DE", code: str = "A1") -> Any:
    """A request that can be decided under the invented law."""
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


def large() -> Any:
    """A request that takes a second or more to decide."""
    request = shipment()
    party, item = request.transaction.parties.pop(), request.transaction.items.pop()
    party.ClearField("reference")
    item.ClearField("line")
    request.transaction.parties.extend([party] * 200)
    request.transaction.items.extend([item] * 200)
    return request
