"""What tests ask of a ledger: decisions of a server, its checkpoints, and whether the whole of it is what was recorded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from licet.ledger.inspection import Fault, Signed, inspected
from licet.ledger.papers import key_faults, signed
from licet.ledger.snapshot import snapshot
from licet.ledger.verify import Key
from licet.replay.requests import request_id_of
from licet.v1 import decision_service_pb2 as pb
from licet.v1 import decision_service_pb2_grpc, licensing_service_pb2_grpc
from tests.support.servers import Server, shipment

ORIGIN = "licet.local/decisions"


def decided(server: Server, request_id: str = "", destination: str = "DE", timeout: float = 60) -> Any:
    """A decision of the server."""
    request = shipment(destination)
    request.request_id = request_id
    stub = licensing_service_pb2_grpc.LicensingServiceStub(server.shared)
    return stub.Evaluate(request, timeout=timeout, metadata=(("x-caller", "erp"),)).decision


def decisions(server: Server) -> Any:
    """A stub of DecisionService."""
    return decision_service_pb2_grpc.DecisionServiceStub(server.shared)


def checkpoint(server: Server) -> str:
    """The newest checkpoint, as an auditor keeps it."""
    note: str = decisions(server).GetCheckpoint(pb.GetCheckpointRequest(), timeout=60).checkpoint
    return note


def database_of(data: Path, url: str = "") -> str:
    """The URL of the database of a ledger."""
    return url or f"sqlite:///{data / 'licet.db'}"


def faults(data: Path, url: str = "", checkpoints: Sequence[Path] = (), key: Path | None = None) -> list[Fault]:
    """Every fault of a ledger, its database and the files beside it."""
    found = papers(data, checkpoints, key)
    public = Key.parsed((key or data / "licet.pub").read_text())
    with snapshot(database_of(data, url)) as connection:
        looked = found_in(connection, public, [each for each in found if isinstance(each, Signed)])
    return [each for each in found if isinstance(each, Fault)] + looked


def papers(data: Path, checkpoints: Sequence[Path] = (), key: Path | None = None) -> list[Signed | Fault]:
    """What the files beside a database say, and what is wrong with them."""
    public = Key.parsed((key or data / "licet.pub").read_text())
    return [*key_faults(data, public), *signed(data, checkpoints, public)]


def found_in(connection: Connection, key: Key, trees: Sequence[Signed] = ()) -> list[Fault]:
    """Every fault of a database."""
    return [fault for looked in inspected(connection, key, trees, request_id_of) for fault in looked.faults]


def licet(*words: object, under: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Runs the command line. `under` are words before it."""
    command = [*under, sys.executable, "-m", "licet.cli.main", *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
