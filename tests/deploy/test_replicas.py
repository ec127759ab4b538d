"""Two servers, one database, one address.

The address is one that gRPC resolves to both servers, and its client takes them in turn, as it does with a name that a fleet's DNS
gives: a forwarder of connections would leave all calls of one client with one server.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest

from licet.client import Client
from licet.ledger.notes import Signer
from licet.ledger.verify import Key, Tree, check_checkpoint, check_consistency
from licet.v1 import decision_service_pb2 as pb
from licet.v1 import decision_service_pb2_grpc, licensing_service_pb2
from tests.support.servers import PATIENCE, POLICIES, Server, shipment

_EVALUATE = "/licet.v1.LicensingService/Evaluate"


@dataclass(frozen=True)
class Fleet:
    """Replicas, the address of all of them, and the key with which all of them sign."""

    replicas: tuple[Server, ...]
    key: Key

    @property
    def address(self) -> str:
        return "ipv4:" + ",".join(replica.address for replica in self.replicas)


@pytest.fixture
def fleet(database: str, tmp_path: Path) -> Iterator[Fleet]:
    """Two replicas that start at the same moment on an empty database."""
    signer = Signer.new("licet.local/decisions")
    key = tmp_path / "signing.pem"
    key.write_bytes(signer.pem())
    with ExitStack() as stack:
        replicas = tuple(Server.spawn(POLICIES, database=database, signing_key=key) for _ in range(2))
        for replica in replicas:
            stack.callback(replica.close)
        yield Fleet(replicas, signer.key)


def _decided_by(replica: Server) -> int:
    """How many decisions a replica was asked for."""
    return sum(line.get("event") == "call" and line.get("method") == _EVALUATE for line in list(replica.lines))


def _decisions(replica: Server) -> Any:
    return decision_service_pb2_grpc.DecisionServiceStub(replica.channel())


def _listed(replica: Server) -> dict[str, int]:
    """The ids of all decisions that a replica knows of, with their places in the log."""
    found: dict[str, int] = {}
    token = ""
    while True:
        page = _decisions(replica).ListDecisions(pb.ListDecisionsRequest(page_size=200, page_token=token), timeout=PATIENCE)
        found |= {each.id: each.index for each in page.decisions}
        token = page.next_page_token
        if not token:
            return found


def test_a_client_of_the_address_reaches_each_and_sees_one_log(fleet: Fleet) -> None:
    """Calls of one client go to both; what one recorded the other finds, proves, and gives again to whoever asks again."""
    with Client(fleet.address) as client:
        made = [client.evaluate(shipment(), request_id=f"order-{n}") for n in range(10)]
    assert all(_decided_by(replica) for replica in fleet.replicas)
    places = {each.id: each.proof.index for each in made}
    assert 10 == len(set(places.values()))
    sizes = []
    for replica in fleet.replicas:
        assert places == _listed(replica)
        checkpoint = check_checkpoint(
            _decisions(replica).GetCheckpoint(pb.GetCheckpointRequest(), timeout=PATIENCE).checkpoint, fleet.key
        )
        sizes.append(checkpoint)
        for number, decision in enumerate(made):
            request = licensing_service_pb2.EvaluateRequest(transaction=shipment().transaction, request_id=f"order-{number}")
            assert decision.id == replica.licensing.Evaluate(request, timeout=PATIENCE).decision.id
        other = licensing_service_pb2.EvaluateRequest(transaction=shipment("YY").transaction, request_id="order-3")
        with pytest.raises(grpc.RpcError) as refused:
            replica.licensing.Evaluate(other, timeout=PATIENCE)
        assert grpc.StatusCode.ALREADY_EXISTS == refused.value.code()
    assert sizes[0] == sizes[1]


def test_a_replica_that_is_killed_under_load_loses_nothing(fleet: Fleet) -> None:
    """Callers of the address go on with the other replica; each request has one entry, in one tree, whoever was asked how often."""
    wanted, halfway = 160, threading.Event()
    first, second = fleet.replicas
    with Client(fleet.address) as client:

        def ask(number: int) -> tuple[str, int, str]:
            if number == wanted // 2:
                halfway.set()
            decision = client.evaluate(shipment(), request_id=f"order-{number}")
            return decision.id, decision.proof.index, decision.proof.checkpoint

        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(ask, number) for number in range(wanted)]
            assert halfway.wait(PATIENCE)
            first.stop(signal.SIGKILL)
            answered = [each.result(PATIENCE) for each in asked]
    assert _decided_by(first)
    assert wanted == len({index for _, index, _ in answered})
    assert {id_: index for id_, index, _ in answered} == _listed(second)
    now = check_checkpoint(_decisions(second).GetCheckpoint(pb.GetCheckpointRequest(), timeout=PATIENCE).checkpoint, fleet.key)
    for shown in {checkpoint for _, _, checkpoint in answered}:
        then = check_checkpoint(shown, fleet.key)
        proof = _decisions(second).GetConsistencyProof(
            pb.GetConsistencyProofRequest(first_tree_size=then.size, second_tree_size=now.size), timeout=PATIENCE
        )
        check_consistency(Tree(then.size, then.root), Tree(now.size, now.root), proof.hashes)


def test_a_replica_with_another_key_does_not_start(fleet: Fleet, database: str) -> None:
    """It would sign what the others disown; it says what to do."""
    assert fleet.replicas[0].address
    code, said = Server.spawn(POLICIES, database=database).refusal()
    assert 4 == code
    assert "give each server of a log the same signing key" in said


def test_the_health_check_of_the_image() -> None:
    """It ends with 0 while the server decides, and with 1 and the reason where there is none."""
    server = Server.spawn(POLICIES)
    command = [sys.executable, "-m", "licet.client.health", server.address]
    assert 0 == subprocess.run(command, check=False, timeout=PATIENCE).returncode
    server.stop()
    server.close()
    gone = subprocess.run(command, check=False, timeout=PATIENCE, capture_output=True, text=True)
    assert 1 == gone.returncode
    assert gone.stderr
