from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from structlog.testing import capture_logs

from licet.api.engines import Trust
from licet.api.releases import load
from licet.api.server import AGREEMENT
from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Case, Finding, Matcher, Verdict
from licet.engine.reference import ReferenceEngine
from licet.v1 import decision_pb2, licensing_service_pb2_grpc, outcome_pb2
from tests.support.pairs import cases_of
from tests.support.servers import POLICIES, running, shipment

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


class Forgetful:
    """An engine that misses whatever fires."""

    name = "forgetful"

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings but those that fired."""
        return tuple(f for f in ReferenceEngine().match(case) if f.verdict is not Verdict.FIRED)


class Fanciful:
    """An engine that takes what is not so for certain."""

    name = "fanciful"

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings, of which each is said to have fired."""
        return tuple(sorted(replace(f, verdict=Verdict.FIRED) for f in ReferenceEngine().match(case)))


async def _served(engine: Callable[[], Matcher], one_in: int, calls: int) -> tuple[list[decision_pb2.Decision], int]:
    """The decisions of a server with this engine, one after another, and what health says then."""
    async with running(engine, check_one_in=one_in) as server, grpc.aio.insecure_channel(server.address) as channel:
        licensing: Any = licensing_service_pb2_grpc.LicensingServiceStub(channel)
        decisions = [(await licensing.Evaluate(shipment("YY"), timeout=60)).decision for _ in range(calls)]
        health: Any = health_pb2_grpc.HealthStub(channel)
        reply = await health.Check(health_pb2.HealthCheckRequest(service=AGREEMENT), timeout=60)
        return decisions, reply.status


@pytest.mark.parametrize("engine", [Forgetful, Fanciful])
def test_the_caller_of_a_wrong_engine_gets_the_answer_of_the_reference(engine: Callable[[], Matcher]) -> None:
    """A missed rule and a made-up one are found out before the answer; from then on the reference answers; log and health say so."""
    (right, *_), healthy = asyncio.run(_served(ReferenceEngine, 1, 1))
    assert SERVING == healthy
    with capture_logs() as lines:
        decisions, health = asyncio.run(_served(engine, 1, 3))
    assert [right.result] * 3 == [decision.result for decision in decisions]
    assert all(decision.engine.startswith("reference ") for decision in decisions)
    assert NOT_SERVING == health
    alarms = [line for line in lines if line["event"] == "engines_disagree"]
    assert alarms
    assert all(line["log_level"] == "error" and line["jurisdiction"] == "zz" for line in alarms)


def test_a_missed_rule_is_found_out_after_n_decisions_at_the_latest() -> None:
    """Decisions before the checked one are what the engine says: that is the price of checking one in N."""
    (right, *_), _ = asyncio.run(_served(ReferenceEngine, 1, 1))
    assert outcome_pb2.OUTCOME_PROHIBITED == right.result.outcome
    decisions, health = asyncio.run(_served(Forgetful, 3, 4))
    assert ["forgetful", "forgetful", "reference", "reference"] == [decision.engine.split()[0] for decision in decisions]
    assert [right.result] * 2 == [decision.result for decision in decisions[2:]]
    assert NOT_SERVING == health


def test_the_default_engine_is_trusted_as_long_as_it_is_right() -> None:
    """Compiled answers under its own name, also where it is checked each time."""
    decisions, health = asyncio.run(_served(CompiledEngine, 1, 3))
    assert all(decision.engine.startswith("compiled ") for decision in decisions)
    assert SERVING == health


def test_trust_that_is_lost_stays_lost_under_another_release() -> None:
    """An edit of the policies makes a new engine, of the same faulty kind."""
    alarms: list[str] = []
    trust = Trust(1, lambda: alarms.append(threading.current_thread().name))
    case = _case()
    trust.matcher(Forgetful()).match(case)
    for _ in range(3):
        assert "reference" == trust.matcher(Forgetful()).name
    assert 1 == len(alarms)


def test_an_answer_begun_before_trust_was_lost_does_not_stand() -> None:
    """Another thread may be deciding by the engine while a difference is found."""
    trust, engine = Trust(2, lambda: None), Forgetful()
    begun = trust.matcher(engine)
    assert begun is engine
    assert trust.answer_again(begun) is None
    trust.matcher(engine).match(_case())
    again = trust.answer_again(begun)
    assert again is not None
    assert "reference" == again.name
    assert trust.answer_again(again) is None


def _case() -> Case:
    cases = cases_of(load(POLICIES, ReferenceEngine).release, shipment("YY").transaction, None)
    return next(case for case in cases if case.package.jurisdiction == "zz")
