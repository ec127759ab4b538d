from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2

import licet.api
import licet.decision
from licet.api import errors
from licet.decision.errors import InvalidRequest, LicetError, Violation

PACKAGES = (licet.api, licet.decision)


def subclasses(root: type[LicetError]) -> Iterator[type[LicetError]]:
    """Every error below, at any depth, that a caller may see."""
    for package in PACKAGES:
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for each in root.__subclasses__():
        ours = each.__module__.startswith(tuple(package.__name__ for package in PACKAGES))
        if ours and each is not errors.RefusedToStart and not each.__name__.startswith("_"):
            yield each
            yield from subclasses(each)


def details(error: LicetError) -> dict[str, Any]:
    """The details of an error, by the name of their type."""
    found = {}
    for packed in errors.status_of(error, "id-1").details:
        name = packed.TypeName().rpartition(".")[2]
        found[name] = getattr(error_details_pb2, name)()
        packed.Unpack(found[name])
    return found


def test_every_error_has_a_status() -> None:
    """No error that a caller may see is without its line in the table."""
    assert [] == [each for each in subclasses(LicetError) if each is not errors.CallError and each.reason not in errors.STATUSES]


def test_every_reason_has_an_error() -> None:
    """The table has no line for a reason that nothing gives."""
    assert set(errors.STATUSES) == {each.reason for each in subclasses(LicetError) if each is not errors.CallError}


def test_an_error_nobody_foresaw_is_internal() -> None:
    """A reason that the table does not have is INTERNAL."""

    class Surprise(LicetError):  # noqa: N818  # a test's own
        reason = "SURPRISE"

    assert grpc.StatusCode.INTERNAL == errors.code_of(Surprise())


def test_details_say_who_failed_and_why() -> None:
    """Every refusal has a reason, a domain and the request id; a bad request names its fields."""
    found = details(InvalidRequest([Violation("a.b", "is wrong"), Violation("c", "is missing")]))
    assert ("INVALID_REQUEST", "licet", "2") == (
        found["ErrorInfo"].reason,
        found["ErrorInfo"].domain,
        found["ErrorInfo"].metadata["violations"],
    )
    assert "id-1" == found["RequestInfo"].request_id
    shown = [(v.field, v.description) for v in found["BadRequest"].field_violations]
    assert [("a.b", "is wrong"), ("c", "is missing")] == shown


def test_an_item_is_told_what_a_call_would_be() -> None:
    """The error of an item of a batch has code, reason, message, counts, fields and delay of the status that a call would get."""
    for error in (
        InvalidRequest([Violation("a.b", "is wrong")]),
        errors.Overloaded(5),
        errors.ReleaseUnknown("x"),
        errors.Internal(),
    ):
        found, status, item = details(error), errors.status_of(error, "id-1"), errors.item_error(error)
        info = found["ErrorInfo"]
        assert (status.code, status.message, info.reason, info.metadata) == (item.code, item.message, item.reason, item.metadata)
        assert list(found["BadRequest"].field_violations if "BadRequest" in found else []) == list(item.violations)
        assert ("RetryInfo" in found) == item.HasField("retry_delay")


@pytest.mark.parametrize("error", [errors.Overloaded(5), errors.Draining()], ids=["overloaded", "draining"])
def test_what_may_be_retried_says_when(error: LicetError) -> None:
    """An error that will pass says after which time to try again."""
    assert 1 == details(error)["RetryInfo"].retry_delay.seconds


@pytest.mark.parametrize("character", ["x", "ü", "語", "\x01", "😀"])
def test_details_are_small_enough_to_travel(character: str) -> None:
    """However much is wrong, message and details fit the 8 KiB of metadata that a client takes."""
    long = character * 10_000
    for error in (InvalidRequest([Violation(f"{n}{long}", long) for n in range(1_000)]), errors.ReleaseUnknown(long)):
        status = errors.status_of(error, "i" * 128)
        message = sum(1 if 32 <= byte < 127 else 3 for byte in status.message.encode())
        assert status.message
        assert message + status.ByteSize() * 4 / 3 + 500 < 8_192


def test_the_text_of_an_unforeseen_exception_stays_here() -> None:
    """What a caller learns of a fault of ours is that it is in the log."""
    assert "the server failed; its log has the cause under the request id" == errors.status_of(errors.Internal(), "x").message
