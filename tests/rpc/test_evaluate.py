from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from licet.v1 import decision_pb2, licensing_service_pb2, outcome_pb2, source_pb2

if TYPE_CHECKING:
    from tests.rpc.conftest import Refusal
    from tests.support.servers import Server


def evaluate(server: Server, request: Any) -> decision_pb2.Decision:
    """The decision on a request."""
    decision: decision_pb2.Decision = server.licensing.Evaluate(request, timeout=60).decision
    return decision


def test_a_decision_says_what_was_asked_of_which_rules_and_when(server: Server, shipment: Callable[..., Any]) -> None:
    """Every field of the frame is filled but what only limits and rehearsals have, and the result stands beside it."""
    request = shipment()
    request.request_id = "order-4711"
    decision = evaluate(server, request)
    unset = {field.name for field in decision.DESCRIPTOR.fields} - {field.name for field, _ in decision.ListFields()}
    assert {"limits", "unrecorded"} == unset
    assert request.request_id == decision.request_id
    assert server.logged("serving")["release"] == decision.release
    assert (True, 30) == (decision.settings.screening_required, decision.settings.screening_max_age_days)
    assert decision.engine.startswith("compiled ")
    assert outcome_pb2.OUTCOME_AUTHORIZED == decision.result.outcome
    assert outcome_pb2.DISPOSITION_HOLD == decision.result.disposition


def test_a_stated_date_is_the_legal_date(server: Server, shipment: Callable[..., Any]) -> None:
    """The legal date of a decision is the transaction's own."""
    request = shipment()
    request.transaction.date.year, request.transaction.date.month, request.transaction.date.day = 2020, 2, 29
    as_of = evaluate(server, request).as_of
    assert (2020, 2, 29) == (as_of.year, as_of.month, as_of.day)


def test_the_same_request_has_the_same_result(server: Server, shipment: Callable[..., Any]) -> None:
    """Two decisions on one request differ in id and time, and in nothing that follows from the request."""
    one, other = (evaluate(server, shipment()) for _ in range(2))
    assert one.id != other.id
    assert one.id < other.id, "later ids sort later"
    assert one.transaction_digest == other.transaction_digest
    assert one.result == other.result


def test_a_release_may_be_pinned(server: Server, shipment: Callable[..., Any]) -> None:
    """A call that names the digest of the release served is answered by it."""
    request = shipment()
    request.release = server.logged("serving")["release"]
    assert request.release == evaluate(server, request).release


def test_an_unknown_release_is_not_found(server: Server, shipment: Callable[..., Any], refused: Callable[..., Refusal]) -> None:
    """A pin to a release that is not served is refused, never answered by another."""
    request = shipment()
    request.release = "0" * 64
    refusal = refused(server.licensing.Evaluate, request)
    assert (grpc.StatusCode.NOT_FOUND, "RELEASE_UNKNOWN") == (refusal.code, refusal.reason)
    assert request.release == refusal.metadata["name"]


AUDIENCES = (
    licensing_service_pb2.AUDIENCE_UNSPECIFIED,
    licensing_service_pb2.AUDIENCE_EXPORTER,
    licensing_service_pb2.AUDIENCE_PUBLIC,
)


@pytest.mark.parametrize("audience", AUDIENCES, ids=licensing_service_pb2.Audience.Name)
def test_only_auditors_read_restricted_rules(server: Server, shipment: Callable[..., Any], audience: int) -> None:
    """A restricted rule shows its citation and nothing else, but to auditors, and changes the outcome for all alike."""
    request = shipment(destination="YY")
    request.audience = audience
    shown = evaluate(server, request).result
    request.audience = licensing_service_pb2.AUDIENCE_AUDITOR
    whole = evaluate(server, request).result
    assert outcome_pb2.OUTCOME_PROHIBITED == shown.outcome == whole.outcome
    for words in ("zz.secret", "SECRET-BASIS", "exporters must not read"):
        assert words not in str(shown)
        assert words in str(whole)
    assert "Confidential Order 7" in str(shown)
    restricted = [p.source for d in shown.determinations for p in d.prohibitions]
    assert [source_pb2.DISCLOSURE_RESTRICTED] == [source.disclosure for source in restricted]


def test_the_public_reads_no_party_data(server: Server, shipment: Callable[..., Any]) -> None:
    """For the public audience no name of a party is in the reply."""
    request = shipment()
    request.audience = licensing_service_pb2.AUDIENCE_PUBLIC
    assert "Acme" not in str(evaluate(server, request))


def test_nothing_known_is_a_question_and_no_error(server: Server) -> None:
    """A transaction with one item of which nothing is known is answered, and the answer asks."""
    request = licensing_service_pb2.EvaluateRequest()
    request.transaction.items.add()
    result = evaluate(server, request).result
    assert outcome_pb2.OUTCOME_UNDETERMINED == result.outcome
    assert outcome_pb2.DISPOSITION_HOLD == result.disposition
    assert result.questions


def test_concurrent_calls_each_get_their_own_answer(server: Server, shipment: Callable[..., Any]) -> None:
    """Forty calls at once are all answered, each with its own request's answer."""
    stub = server.licensing
    codes = {f"{destination}-{n}": destination for n in range(20) for destination in ("DE", "YY")}

    def ask(id_: str) -> decision_pb2.Decision:
        request = shipment(destination=codes[id_])
        request.request_id = id_
        decision: decision_pb2.Decision = stub.Evaluate(request, timeout=60).decision
        return decision

    with ThreadPoolExecutor(40) as pool:
        decisions = list(pool.map(ask, codes))
    wanted = {"DE": outcome_pb2.OUTCOME_AUTHORIZED, "YY": outcome_pb2.OUTCOME_PROHIBITED}
    assert list(codes) == [decision.request_id for decision in decisions]
    assert [wanted[place] for place in codes.values()] == [decision.result.outcome for decision in decisions]
    assert len(decisions) == len({decision.id for decision in decisions})


def test_a_decision_is_logged_once_and_names_no_party(server: Server, shipment: Callable[..., Any]) -> None:
    """The log has one line a decision, by its id, with outcome and release, and no word of who took part."""
    decision = evaluate(server, shipment())
    line = server.logged("decision", id=decision.id)
    assert ("AUTHORIZED", "HOLD") == (line["outcome"], line["disposition"])
    assert decision.release == line["release"]
    assert line["ms"] > 0
    server.logged("call", request_id=line["request_id"])
    assert 1 == sum(each.get("id") == decision.id for each in server.lines)
    assert not [said for said in server.said if "Acme" in said or "buyer-1" in said]
