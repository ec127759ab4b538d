from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from licet.v1 import licensing_service_pb2, outcome_pb2, policy_service_pb2
from tests.rpc.test_edge import ready

if TYPE_CHECKING:
    from tests.support.servers import Server

RELOAD = "licet.v1.PolicyReload"
OFTEN = 0.05
SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


@pytest.fixture
def folder(policies_folder: Path, tmp_path: Path) -> Path:
    """A copy of the law, to edit."""
    return shutil.copytree(policies_folder, tmp_path / "policies")


def edit(folder: Path, old: str, new: str) -> None:
    """Replaces a text of the rules, as editors do: whole, under the same name."""
    rules = folder / "zz" / "rules" / "rules.yaml"
    text = rules.read_text()
    assert old in text
    beside = rules.with_suffix(".new")
    beside.write_text(text.replace(old, new))
    os.replace(beside, rules)  # noqa: PTH105  # the same, and says that it overwrites


def allow_no_more(folder: Path) -> None:
    """The permit for allies no longer holds for Germany."""
    edit(folder, 'when: [tx.destination.country == "DE"]', 'when: [tx.destination.country == "YY"]')


def spoil(folder: Path) -> None:
    """Four conditions have a typo."""
    edit(folder, "tx.destination.country", "tx.destinaton.country")


def mend(folder: Path) -> None:
    """The typos are gone."""
    edit(folder, "tx.destinaton.country", "tx.destination.country")


def decide(server: Server, request: Any) -> Any:
    """The decision on a request."""
    return server.licensing.Evaluate(request, timeout=60).decision


def release(server: Server) -> Any:
    """What GetRelease says."""
    return server.policies.GetRelease(policy_service_pb2.GetReleaseRequest(), timeout=60).release


def health(server: Server, service: str) -> int:
    """The health of a service."""
    reply = health_pb2_grpc.HealthStub(server.channel()).Check(health_pb2.HealthCheckRequest(service=service), timeout=60)
    return int(reply.status)


def test_an_edit_changes_the_answer(start: Callable[..., Server], folder: Path, shipment: Callable[..., Any]) -> None:
    """A sound edit is served under a digest of its own, without a restart; the release before may still be pinned."""
    server = start(folder, reload_seconds=OFTEN)
    before = decide(server, shipment())
    assert outcome_pb2.OUTCOME_AUTHORIZED == before.result.outcome
    allow_no_more(folder)
    line = server.logged("reloaded", before=before.release)
    after = decide(server, shipment())
    assert outcome_pb2.OUTCOME_LICENSE_REQUIRED == after.result.outcome
    assert line["release"] == after.release == release(server).digest
    assert before.release != after.release
    request = shipment()
    request.release = after.release
    assert after.release == decide(server, request).release
    request.release = before.release
    assert before.result == decide(server, request).result
    assert SERVING == health(server, RELOAD)
    assert not release(server).reload_faults


def test_a_broken_edit_is_told_and_not_served(start: Callable[..., Server], folder: Path, shipment: Callable[..., Any]) -> None:
    """While an edit has faults the last good release answers, and log, health and GetRelease say so; mended, it is served."""
    server = start(folder, reload_seconds=OFTEN)
    before = decide(server, shipment())
    watch = health_pb2_grpc.HealthStub(server.channel()).Watch(health_pb2.HealthCheckRequest(service=RELOAD), timeout=60)
    assert SERVING == next(watch).status
    spoil(folder)
    line = server.logged("reload_failed", release=before.release)
    assert (4, 4, "warning") == (line["faults"], len(line["first"]), line["level"])
    assert "destinaton" in line["first"][0]
    assert NOT_SERVING == next(watch).status
    assert [SERVING, SERVING] == [health(server, ""), health(server, "licet.v1.LicensingService")]
    assert before.result == decide(server, shipment()).result
    shown = release(server)
    assert (before.release, 4, 4) == (shown.digest, shown.reload_fault_count, len(shown.reload_faults))
    assert all(fault.startswith("zz/rules/rules.yaml:") for fault in shown.reload_faults)
    assert shown.reload_failed_at.ToDatetime() > shown.loaded_at.ToDatetime()
    assert "destinaton" not in str(shown), "the text of a rule may be restricted"
    for _ in range(5):
        ready(server)
    assert 1 == sum(each["event"] == "reload_failed" for each in server.lines), "once an edit, not once a look"

    allow_no_more_and_mend(folder)
    server.logged("reloaded", before=before.release)
    assert SERVING == next(watch).status
    mended = release(server)
    assert before.release != mended.digest
    assert (0, 0, False) == (mended.reload_fault_count, len(mended.reload_faults), mended.HasField("reload_failed_at"))
    assert outcome_pb2.OUTCOME_LICENSE_REQUIRED == decide(server, shipment()).result.outcome


def allow_no_more_and_mend(folder: Path) -> None:
    """The typos are gone, and the permit too."""
    edit(folder, 'when: [tx.destinaton.country == "DE"]', 'when: [tx.destinaton.country == "YY"]')
    mend(folder)


def test_an_edit_taken_back_is_as_if_it_never_was(start: Callable[..., Server], folder: Path, shipment: Callable[..., Any]) -> None:
    """Undoing a broken edit brings back the same digest, and the fault is forgotten."""
    server = start(folder, reload_seconds=OFTEN)
    before = decide(server, shipment())
    spoil(folder)
    server.logged("reload_failed")
    mend(folder)
    assert before.release == server.logged("reloaded")["release"]
    assert before.result == decide(server, shipment()).result
    assert not release(server).reload_faults
    assert SERVING == health(server, RELOAD)


def test_a_folder_that_is_gone_is_told(start: Callable[..., Server], folder: Path, shipment: Callable[..., Any]) -> None:
    """A folder that cannot be read is a broken edit too: the last good release answers, and callers learn no path."""
    server = start(folder, reload_seconds=OFTEN)
    assert server.address
    folder.rename(folder.with_name("elsewhere"))
    assert "cannot be read" in server.logged("reload_failed")["first"][0]
    assert decide(server, shipment()).id
    assert ["the folder of policies cannot be read"] == list(release(server).reload_faults)
    folder.with_name("elsewhere").rename(folder)
    server.logged("reloaded")
    assert not release(server).reload_faults


def test_a_decision_under_way_keeps_its_release(
    start: Callable[..., Server], folder: Path, shipment: Callable[..., Any], large: Any
) -> None:
    """A call, and the rest of a batch, end under the release they began with; a stream goes on under the new one."""
    server = start(folder, reload_seconds=OFTEN)
    old = decide(server, shipment()).release
    batch = licensing_service_pb2.EvaluateBatchRequest(requests=[large, shipment()])
    calls = server.licensing.Evaluate.future(large, timeout=60), server.licensing.EvaluateBatch.future(batch, timeout=60)
    ready(server)
    allow_no_more(folder)
    server.logged("reloaded", before=old)
    assert not calls[1].done(), "the large decision was meant to take longer"
    assert old != decide(server, shipment()).release
    one, several = (call.result() for call in calls)
    decisions = [one.decision, *(result.decision for result in several.results)]
    assert [old] * 3 == [decision.release for decision in decisions]
    assert outcome_pb2.OUTCOME_AUTHORIZED == decisions[2].result.outcome


def test_reloading_can_be_turned_off(start: Callable[..., Server], folder: Path, shipment: Callable[..., Any]) -> None:
    """Told not to, the server does not look at its policies again, and health has no such service."""
    server = start(folder, reload_seconds=0)
    before = decide(server, shipment())
    allow_no_more(folder)
    for _ in range(5):
        ready(server)
    assert before.release == decide(server, shipment()).release
    with pytest.raises(grpc.RpcError) as caught:
        health(server, RELOAD)
    assert grpc.StatusCode.NOT_FOUND == caught.value.code()


def test_a_server_stops_while_it_follows(start: Callable[..., Server], folder: Path) -> None:
    """Following the policies keeps no server from stopping, broken edit or not."""
    server = start(folder, reload_seconds=OFTEN)
    assert server.address
    spoil(folder)
    server.logged("reload_failed")
    assert 0 == server.stop(), "".join(server.said)
