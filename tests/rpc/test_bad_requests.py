from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from licet.v1 import licensing_service_pb2, transaction_pb2

if TYPE_CHECKING:
    from tests.rpc.conftest import Refusal
    from tests.support.servers import Server

EVALUATE = "/licet.v1.LicensingService/Evaluate"
METHODS = (
    EVALUATE,
    "/licet.v1.LicensingService/EvaluateBatch",
    "/licet.v1.PolicyService/ListJurisdictions",
    "/licet.v1.PolicyService/GetRelease",
    "/licet.v1.PolicyService/ListRules",
    "/licet.v1.PolicyService/GetRule",
)


def dated(request: Any, year: int, month: int, day: int) -> None:
    """Sets the legal date."""
    date = request.transaction.date
    date.year, date.month, date.day = year, month, day


def every_enum(request: Any) -> None:
    """Sets enums, at every depth, to a number that does not exist."""
    request.assumptions, request.trace, request.audience = 99, 99, 99
    request.transaction.activity = 99
    request.transaction.parties[0].roles.append(99)
    request.transaction.items[0].kind = 99


def unspecified(request: Any) -> None:
    """Sets enums to the value that says nothing."""
    request.transaction.activity = 0
    request.transaction.parties[0].roles.append(0)


def text_of(characters: int) -> Callable[[Any], None]:
    """Sets a text of that length."""

    def spoil(request: Any) -> None:
        request.transaction.parties[0].name = "x" * characters

    return spoil


def parties(count: int, name: str) -> Callable[[Any], None]:
    """Adds parties."""

    def spoil(request: Any) -> None:
        request.transaction.parties.extend([transaction_pb2.Party(name=name)] * count)

    return spoil


def country(value: str) -> Callable[[Any], None]:
    """Sets countries."""

    def spoil(request: Any) -> None:
        request.transaction.destination.country = value
        request.transaction.parties[0].country = value

    return spoil


def frame_and_transaction(request: Any) -> None:
    """Spoils the request beside its transaction, and the transaction too."""
    request.audience = 7
    country("de")(request)


COUNTRIES = {"transaction.destination.country", "transaction.parties[buyer-1].country"}
BAD: dict[str, tuple[Callable[[Any], Any], set[str]]] = {
    "nothing": (lambda request: request.Clear(), {"transaction"}),
    "empty transaction": (lambda request: request.transaction.Clear(), {"transaction.items"}),
    "enum numbers that do not exist": (
        every_enum,
        {
            "assumptions",
            "trace",
            "audience",
            "transaction.activity",
            "transaction.parties[buyer-1].roles[2]",
            "transaction.items[1].kind",
        },
    ),
    "enums that say nothing": (unspecified, {"transaction.activity", "transaction.parties[buyer-1].roles[2]"}),
    "no such day": (lambda request: dated(request, 2025, 2, 29), {"transaction.date"}),
    "all zero date": (lambda request: request.transaction.date.SetInParent(), {"transaction.date"}),
    "negative date": (lambda request: dated(request, -1, -1, -1), {"transaction.date"}),
    "date without a day": (lambda request: dated(request, 2025, 2, 0), {"transaction.date"}),
    "year 9999": (lambda request: dated(request, 9999, 12, 31), {"transaction.date"}),
    "year 2 ** 31 - 1": (lambda request: dated(request, 2**31 - 1, 1, 1), {"transaction.date"}),
    "small country": (country("de"), COUNTRIES),
    "long country": (country("Germany"), COUNTRIES),
    "no such country": (country("QQ"), COUNTRIES),
    "empty country": (country(""), COUNTRIES),
    "country of zeros": (country("\0\0"), COUNTRIES),
    "country in other letters": (country("DЕ"), COUNTRIES),  # the second is Cyrillic
    "not a number": (
        lambda request: request.transaction.items[0].quantity.MergeFrom(type(request.transaction.items[0].quantity)(value="ten")),
        {"transaction.items[1].quantity"},
    ),
    "ten megabytes of parties": (parties(100_000, "x" * 100), {"transaction.parties"}),
    "a name of ten megabytes": (text_of(10 * 1024 * 1024), {"transaction.parties[buyer-1].name"}),
    "request id with control characters": (lambda request: setattr(request, "request_id", "a\nb"), {"request_id"}),
    "request id without end": (lambda request: setattr(request, "request_id", "a" * 1000), {"request_id"}),
    "jurisdiction that is not served": (lambda request: request.jurisdictions.append("xx"), {"jurisdictions"}),
    "a million jurisdictions": (lambda request: request.jurisdictions.extend(["zz"] * 1_000_000), {"jurisdictions"}),
    "frame and transaction": (
        frame_and_transaction,
        {"audience", *COUNTRIES},
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_request_names_its_fields(
    server: Server, shipment: Callable[..., Any], refused: Callable[..., Refusal], case: str
) -> None:
    """What cannot be meant is refused naming every field at fault, and the server goes on serving."""
    spoil, fields = BAD[case]
    request = shipment()
    spoil(request)
    stub = server.licensing
    refusal = refused(stub.Evaluate, request)
    assert (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST") == (refusal.code, refusal.reason)
    assert fields == set(refusal.violations)
    assert str(len(fields)) == refusal.metadata["violations"]
    assert all(refusal.violations.values()), "each says what is wrong"
    assert stub.Evaluate(shipment(), timeout=60).decision.id


@pytest.mark.parametrize("garbage", [b"\xff" * 100, b"\x0a\xff\xff\xff\xff\x0f", b"garbage"], ids=["noise", "length", "text"])
@pytest.mark.parametrize("method", METHODS)
def test_garbage_is_the_callers_fault(
    server: Server, shipment: Callable[..., Any], refused: Callable[..., Refusal], method: str, garbage: bytes
) -> None:
    """Bytes that are no message are INVALID_ARGUMENT for every method, and the server goes on serving."""
    refusal = refused(server.raw(method), garbage)
    assert (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST") == (refusal.code, refusal.reason)
    assert {"request"} == set(refusal.violations)
    assert f"licet.v1.{method.rpartition('/')[2]}Request" in refusal.violations["request"]
    assert server.licensing.Evaluate(shipment(), timeout=60).decision.id


def test_text_that_is_no_utf_8_is_the_callers_fault(server: Server, refused: Callable[..., Refusal]) -> None:
    """A string field with bytes that are no UTF-8 is refused like any other garbage."""
    raw = licensing_service_pb2.EvaluateRequest(request_id="abc").SerializeToString().replace(b"abc", b"\xc3\x28\xff")
    assert refused(server.raw(EVALUATE), raw).reason == "MALFORMED_REQUEST"


def test_a_thousand_faults_still_reach_the_caller(
    server: Server, shipment: Callable[..., Any], refused: Callable[..., Refusal]
) -> None:
    """More faults than the metadata can carry are counted, and as many are shown as fit."""
    request = shipment()
    for n in range(190):
        party = request.transaction.parties.add(reference=f"{n} {'ü' * 70}", country="ß" * 90)
        party.roles.append(99)
    refusal = refused(server.licensing.Evaluate, request)
    assert grpc.StatusCode.INVALID_ARGUMENT == refusal.code
    assert str(2 * 190) == refusal.metadata["violations"]
    assert 5 <= len(refusal.violations) < 2 * 190


def test_a_message_too_large_is_not_read(start: Callable[..., Server], shipment: Callable[..., Any]) -> None:
    """A message above the limit is refused before it is read, and the server goes on serving."""
    server = start(max_message_bytes=100_000)
    request = shipment()
    request.transaction.parties[0].name = "x" * 200_000
    stub = server.licensing
    with pytest.raises(grpc.RpcError) as caught:
        stub.Evaluate(request, timeout=60)
    assert grpc.StatusCode.RESOURCE_EXHAUSTED == caught.value.code()
    assert stub.Evaluate(shipment(), timeout=60).decision.id


def test_an_unknown_method_is_unimplemented(server: Server) -> None:
    """A method that this server does not have is UNIMPLEMENTED, as gRPC clients expect."""
    with pytest.raises(grpc.RpcError) as caught:
        server.raw("/licet.v1.LicensingService/EvaluateEverything")(b"", timeout=60)
    assert grpc.StatusCode.UNIMPLEMENTED == caught.value.code()
