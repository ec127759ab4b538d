from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import grpc

from licet.engine.protocol import Matcher
from licet.v1 import decision_service_pb2 as pb
from licet.v1 import decision_service_pb2_grpc, licensing_service_pb2, licensing_service_pb2_grpc
from tests.support.servers import running, shipment
from tests.unit.api.test_engines import Forgetful


async def _replayed(engine: Callable[[], Matcher], audience: Any) -> Any:
    """The replay of a decision that was made by an engine."""
    async with running(engine, check_one_in=1_000) as server, grpc.aio.insecure_channel(server.address) as channel:
        licensing: Any = licensing_service_pb2_grpc.LicensingServiceStub(channel)
        made = (await licensing.Evaluate(shipment("YY"), timeout=60)).decision
        decisions: Any = decision_service_pb2_grpc.DecisionServiceStub(channel)
        return (await decisions.ReplayDecision(pb.ReplayDecisionRequest(id=made.id, audience=audience), timeout=60)).replay


def test_a_wrong_decision_is_found_by_its_replay() -> None:
    """What an engine missed shows as the first difference, with the rule that came to another end and what it read."""
    replay = asyncio.run(_replayed(Forgetful, licensing_service_pb2.AUDIENCE_AUDITOR))
    assert pb.REPLAY_VERDICT_DIVERGED == replay.verdict
    difference = replay.difference
    assert "disposition" == difference.path
    assert difference.recorded != difference.recomputed == "DISPOSITION_STOP"
    assert difference.rule.startswith("zz.")
    assert difference.facts


def test_a_difference_shows_no_restricted_rule_to_exporters() -> None:
    """That it diverged shows to all; the rule that only auditors see is not named."""
    replay = asyncio.run(_replayed(Forgetful, licensing_service_pb2.AUDIENCE_EXPORTER))
    assert pb.REPLAY_VERDICT_DIVERGED == replay.verdict
    assert "secret" not in str(replay).lower()
