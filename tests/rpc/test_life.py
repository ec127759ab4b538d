from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

if TYPE_CHECKING:
    from tests.rpc.conftest import Refusal
    from tests.support.servers import Server


# ---- start --------------------------------------------------------------------------------------------------------------


def test_one_line_says_what_is_served(server: Server) -> None:
    """On start one log line names the address, the release and its packages."""
    line = server.logged("serving")
    assert ["yy 2025.2.0", "zz 2026.11.0"] == line["packages"]
    assert 64 == len(line["release"])
    assert line["address"].startswith("127.0.0.1:")
    assert 1 == sum(each["event"] == "serving" for each in server.lines)


def test_the_embedded_policies_are_the_default(start: Callable[..., Server]) -> None:
    """A server that is told no policies serves those it ships with."""
    packages = start(policies=None).logged("serving")["packages"]
    assert {"eu", "us"} <= {package.split()[0] for package in packages}


def test_a_taken_port_is_refused(server: Server, start: Callable[..., Server]) -> None:
    """A second server on a port in use does not start, and says which port."""
    code, said = start(listen=server.address).refusal()
    assert code not in (0, 1)
    assert f"cannot listen at {server.address}" in said
    assert "Traceback" not in said


def test_bad_policies_are_refused_with_all_faults(start: Callable[..., Server], policies_folder: Path, tmp_path: Path) -> None:
    """A server with faulty policies does not start, and names every fault with its place."""
    folder = shutil.copytree(policies_folder, tmp_path / "policies")
    rules = folder / "zz" / "rules" / "rules.yaml"
    spoilt = rules.read_text().replace("tx.destination.country", "tx.destinaton.country")
    rules.write_text(spoilt)
    wrong = [n for n, line in enumerate(spoilt.splitlines(), 1) if "destinaton" in line]
    code, said = start(folder).refusal()
    assert code not in (0, 1)
    assert len(wrong) == 4
    assert not [line for line in wrong if f"zz/rules/rules.yaml:{line}:" not in said]
    assert "Traceback" not in said


def test_a_missing_folder_is_refused(start: Callable[..., Server], tmp_path: Path) -> None:
    """A server whose policies are not there does not start, and names the folder."""
    code, said = start(tmp_path / "nowhere").refusal()
    assert code not in (0, 1)
    assert str(tmp_path / "nowhere") in said
    assert "Traceback" not in said


def test_bad_settings_are_refused_all_at_once(start: Callable[..., Server]) -> None:
    """A server with bad settings does not start, and names every one of them."""
    code, said = start(listen="localhost", drain_seconds=-1, log_level="loud", max_concurent_calls=5).refusal()
    assert code not in (0, 1)
    for name in ("LICET_LISTEN", "LICET_DRAIN_SECONDS", "LICET_LOG_LEVEL", "LICET_MAX_CONCURENT_CALLS"):
        assert name in said
    assert "Traceback" not in said


def test_settings_reach_the_decision(start: Callable[..., Server], shipment: Callable[..., Any]) -> None:
    """What the server is told about screening is what it decides by, and what it records."""
    decision = start(screening_required=False, screening_max_age_days=7).licensing.Evaluate(shipment(), timeout=60).decision
    assert (False, 7) == (decision.settings.screening_required, decision.settings.screening_max_age_days)
    assert "UNSCREENED" not in {reason.code for reason in decision.result.reasons}


# ---- stop ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_stops_at_once(start: Callable[..., Server], number: int) -> None:
    """A signal ends a server that has nothing to do, with exit code 0 and a log line."""
    server = start()
    assert server.address
    assert 0 == server.stop(number), "".join(server.said)
    assert server.logged("stopped")


def test_a_call_under_way_is_finished(
    start: Callable[..., Server], shipment: Callable[..., Any], large: Any, refused: Callable[..., Refusal]
) -> None:
    """After SIGTERM health is NOT_SERVING and new calls are turned away, while what is under way is answered."""
    server = start()
    stub, health = server.licensing, health_pb2_grpc.HealthStub(server.channel())
    watch = health.Watch(health_pb2.HealthCheckRequest(service="licet.v1.LicensingService"), timeout=60)
    assert health_pb2.HealthCheckResponse.SERVING == next(watch).status
    stub.Evaluate(shipment(), timeout=60)
    under_way = stub.Evaluate.future(large, timeout=60)
    for _ in range(20):
        health.Check(health_pb2.HealthCheckRequest(), timeout=60)
    server.process.send_signal(signal.SIGTERM)
    assert health_pb2.HealthCheckResponse.NOT_SERVING == next(watch).status
    reply = health.Check(health_pb2.HealthCheckRequest(), timeout=60)
    assert health_pb2.HealthCheckResponse.NOT_SERVING == reply.status
    refusal = refused(stub.Evaluate, shipment())
    assert (grpc.StatusCode.UNAVAILABLE, "DRAINING") == (refusal.code, refusal.reason)
    assert refusal.retry_seconds is not None
    assert under_way.result().decision.id
    assert 0 == server.process.wait(60)
    events = [line["event"] for line in server.lines]
    assert events.index("stopping") < len(events) - 1 - events[::-1].index("decision"), "the call ended before the signal"


@pytest.mark.parametrize("impatience", ["no time to drain", "second signal"])
def test_what_takes_too_long_is_given_up(
    start: Callable[..., Server], shipment: Callable[..., Any], large: Any, impatience: str
) -> None:
    """When the time to drain is up, or a second signal comes, calls under way end with an error and the server stops."""
    server = start(drain_seconds=0.05 if impatience == "no time to drain" else 60)
    stub, health = server.licensing, health_pb2_grpc.HealthStub(server.channel())
    stub.Evaluate(shipment(), timeout=60)
    under_way = stub.Evaluate.future(large, timeout=60)
    for _ in range(20):
        health.Check(health_pb2.HealthCheckRequest(), timeout=60)
    server.process.send_signal(signal.SIGTERM)
    if impatience == "second signal":
        server.logged("stopping")
        server.process.send_signal(signal.SIGTERM)
    assert under_way.exception().code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
    assert 0 == server.process.wait(60), "".join(server.said)


def test_the_port_is_free_again(start: Callable[..., Server]) -> None:
    """A server that stopped leaves its port to the next."""
    first = start()
    address = first.address
    assert 0 == first.stop()
    assert address == start(listen=address).address
