from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from licet.client import InvalidRequest, NotFound
from licet.v1 import decision_pb2, outcome_pb2

if TYPE_CHECKING:
    from tests.client.conftest import Driven, Scripted
    from tests.support.servers import Server

Shipment = Callable[..., Any]


def test_a_request_is_decided(client: Driven, shipment: Shipment) -> None:
    """`evaluate` gives the server's decision about a whole request."""
    decision = client.evaluate(shipment())
    assert decision.id
    assert outcome_pb2.OUTCOME_UNSPECIFIED != decision.result.outcome


def test_a_transaction_is_decided_under_options(client: Driven, shipment: Shipment) -> None:
    """`evaluate` takes a bare transaction too, with what else is asked as keywords."""
    decision = client.evaluate(shipment().transaction, jurisdictions=["zz"], request_id="so-4711", validate_only=True)
    assert "so-4711" == decision.request_id
    assert ["zz"] == [each.jurisdiction for each in decision.result.jurisdictions]


def test_options_take_the_place_of_what_a_request_says(client: Driven, shipment: Shipment) -> None:
    """A keyword replaces the field of a request, lists included, and leaves the caller's own message as it was."""
    request = shipment()
    request.jurisdictions.append("yy")
    request.request_id = "first"
    decision = client.evaluate(request, jurisdictions=["zz"], request_id="second")
    assert "second" == decision.request_id
    assert ["zz"] == [each.jurisdiction for each in decision.result.jurisdictions]
    assert ("first", ["yy"]) == (request.request_id, list(request.jurisdictions))


def test_fields_at_fault_are_named(client: Driven, shipment: Shipment) -> None:
    """A request that cannot be meant raises `InvalidRequest` with every field at fault and the id under which the server has it."""
    request = shipment()
    request.transaction.origin.country = "Germany"
    request.transaction.items[0].quantity.value = "many"
    with pytest.raises(InvalidRequest) as caught:
        client.evaluate(request)
    assert {"transaction.origin.country", "transaction.items[0].quantity"} <= {
        violation.field.replace("[1]", "[0]").removesuffix(".value") for violation in caught.value.violations
    }
    assert "INVALID_REQUEST" == caught.value.reason
    assert len(caught.value.violations) == caught.value.total
    assert caught.value.request_id
    assert "transaction.origin.country" in str(caught.value)


def test_violations_that_did_not_fit_are_counted(client: Driven, large: Any) -> None:
    """Where the reply holds only some of the violations, `total` says how many there are."""
    for party in large.transaction.parties:
        party.country = "Germany"
    with pytest.raises(InvalidRequest) as caught:
        client.evaluate(large)
    assert 0 < len(caught.value.violations) < caught.value.total
    assert "more" in str(caught.value)


def test_a_release_that_is_not_served_is_not_found(client: Driven, shipment: Shipment) -> None:
    """A pinned release that the server does not hold raises `NotFound` with the name and a stable reason."""
    with pytest.raises(NotFound, match="not kept here") as caught:
        client.evaluate(shipment(), release="f" * 64)
    assert ("RELEASE_UNKNOWN", "f" * 64) == (caught.value.reason, caught.value.name)


def test_a_batch_is_answered_in_order(client: Driven, shipment: Shipment) -> None:
    """`evaluate_batch` gives an answer a subject, in their order; what cannot be decided is the error of its own answer."""
    bad = shipment()
    bad.transaction.origin.country = "Germany"
    subjects = [shipment(), bad, shipment().transaction]
    answers = client.batch(subjects, jurisdictions=["zz"])
    assert [0, 1, 2] == [answer.index for answer in answers]
    assert all(answer.subject is subject for answer, subject in zip(answers, subjects, strict=True))
    assert ["zz"] == [each.jurisdiction for each in answers[2].result().result.jurisdictions]
    with pytest.raises(InvalidRequest) as caught:
        answers[1].result()
    assert ["transaction.origin.country"] == [violation.field for violation in caught.value.violations]
    assert answers[1].error is caught.value
    assert caught.value.request_id


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_of_none_or_too_many_is_refused(client: Driven, shipment: Shipment, count: int) -> None:
    """A batch that the server does not take as a whole raises, and answers nothing."""
    with pytest.raises(InvalidRequest):
        client.batch([shipment()] * count)


@pytest.mark.parametrize("size", [0, 1, 4])
def test_rules_come_over_all_pages(client: Driven, size: int) -> None:
    """`list_rules` gives every rule once, whatever the size of a page."""
    ids = ["yy.reach", "zz.list", "zz.old", "zz.party", "zz.permit", "zz.reach", ""]
    assert ids == [rule.id for rule in client.rules(page_size=size)]


def test_rules_can_be_chosen(client: Driven) -> None:
    """`list_rules` passes on jurisdiction, date and release."""
    now = client.rules(jurisdiction="zz", date=datetime.date(2026, 1, 1))
    then = client.rules(jurisdiction="zz", date=datetime.date(2009, 12, 31), release=client.release().digest)
    assert {"zz.old"} == {rule.id for rule in then} - {rule.id for rule in now}
    with pytest.raises(NotFound) as caught:
        client.rules(jurisdiction="qq")
    assert ("JURISDICTION_UNKNOWN", "qq") == (caught.value.reason, caught.value.name)


def test_jurisdictions_come_over_all_pages(client: Driven) -> None:
    """`list_jurisdictions` gives every jurisdiction of the release."""
    assert ["yy", "zz"] == [each.jurisdiction for each in client.jurisdictions(page_size=1)]


def test_releases_and_rules_can_be_got(client: Driven, server: Server) -> None:
    """`get_release` and `get_rule` give what the server holds; what it does not raises `NotFound`."""
    digest = server.logged("serving")["release"]
    assert digest == client.release().digest == client.release(digest).digest
    assert "Listed item" == client.rule("zz.list").title
    with pytest.raises(NotFound, match=r"did you mean zz\.list") as caught:
        client.rule("zz.lisst")
    assert ("RULE_UNKNOWN", "zz.lisst") == (caught.value.reason, caught.value.name)


def test_health_can_be_asked(client: Driven) -> None:
    """`healthy` says whether the licensing service serves."""
    assert client.healthy()


def test_a_decision_may_be_long(connect: Callable[..., Driven], scripted: Callable[..., Scripted], shipment: Shipment) -> None:
    """A decision above the 4 MiB that gRPC takes by default arrives."""
    long = 5 * 1024 * 1024
    served = scripted(decision=decision_pb2.Decision(release="x" * long))
    assert long == len(connect(served.address).evaluate(shipment()).release)
