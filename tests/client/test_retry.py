from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from google.rpc import code_pb2, error_details_pb2

from licet.client import NO_RETRY, Client, InvalidRequest, LicetClientError, Overloaded, Refused, Retry, Unreachable
from licet.client.retry import Attempts
from tests.client.conftest import retry_in, status
from tests.support.servers import PATIENCE

if TYPE_CHECKING:
    from tests.client.conftest import Driven, Scripted
    from tests.support.servers import Server

QUICK = Retry(attempts=4, first=0.01, longest=0.02)
BUSY = status(code_pb2.RESOURCE_EXHAUSTED, "busy", error_details_pb2.ErrorInfo(reason="OVERLOADED", domain="licet"), retry_in(0.05))
GONE = status(code_pb2.UNAVAILABLE, "the server is stopping")
Serve = Callable[..., "Scripted"]
Connect = Callable[..., "Driven"]
Shipment = Callable[..., Any]


def test_a_call_that_can_be_repeated_is(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """A call with a request id is made again after overload and after a lost connection, under one id in the server's log."""
    served = scripted(BUSY, GONE, BUSY)
    connect(served.address, retry=QUICK).evaluate(shipment(), request_id="so-1")
    assert 4 == served.calls
    assert 1 == len({seen["x-request-id"] for seen in served.script.seen})


@pytest.mark.parametrize("failure", [BUSY, GONE], ids=["overload", "gone"])
def test_a_call_that_cannot_be_repeated_is_not(connect: Connect, scripted: Serve, shipment: Shipment, failure: Any) -> None:
    """Without a request id a call is made once: the server could have decided before it was lost."""
    served = scripted(failure)
    with pytest.raises((Overloaded, Unreachable)):
        connect(served.address, retry=QUICK).evaluate(shipment())
    assert 1 == served.calls


def test_a_rehearsal_is_repeated(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """`validate_only` records nothing, so that it may be repeated without an id."""
    served = scripted(GONE)
    connect(served.address, retry=QUICK).evaluate(shipment(), validate_only=True)
    assert 2 == served.calls


def test_what_only_reads_is_repeated(connect: Connect, scripted: Serve) -> None:
    """Methods about policies are repeated."""
    served = scripted(GONE, GONE)
    connect(served.address, retry=QUICK).release()
    assert 3 == served.calls


def test_a_batch_is_repeated_if_each_of_it_can_be(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """One request without an id keeps a whole batch from being repeated."""
    first, second = shipment(), shipment()
    first.request_id = "so-1"
    served = scripted(GONE)
    client = connect(served.address, retry=QUICK)
    with pytest.raises(Unreachable):
        client.batch([first, second])
    assert 1 == served.calls
    served.script.failures.append(GONE)
    second.request_id = "so-2"
    assert 2 == len(client.batch([first, second]))
    assert 3 == served.calls


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (status(code_pb2.INVALID_ARGUMENT, "bad"), InvalidRequest),
        (status(code_pb2.RESOURCE_EXHAUSTED, "too large"), Refused),
        (status(code_pb2.INTERNAL, "oh", retry_in(0.01)), LicetClientError),
    ],
    ids=["invalid", "no word of when", "internal"],
)
def test_what_would_fail_again_is_not_repeated(
    connect: Connect, scripted: Serve, shipment: Shipment, failure: Any, kind: type[LicetClientError]
) -> None:
    """Only overload with a delay, and unavailability, are worth another try."""
    served = scripted(failure)
    with pytest.raises(kind):
        connect(served.address, retry=QUICK).evaluate(shipment(), request_id="so-1")
    assert 1 == served.calls


def test_attempts_are_bounded(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """After the last attempt the last error is raised."""
    served = scripted(*[GONE] * 3, *[BUSY] * 3)
    with pytest.raises(Overloaded) as caught:
        connect(served.address, retry=QUICK).evaluate(shipment(), request_id="so-1")
    assert 4 == served.calls
    assert ("OVERLOADED", 0.05) == (caught.value.reason, caught.value.retry_after)


def test_retries_can_be_turned_off(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """`NO_RETRY` makes every call once."""
    served = scripted(GONE)
    with pytest.raises(Unreachable):
        connect(served.address, retry=NO_RETRY).evaluate(shipment(), request_id="so-1")
    assert 1 == served.calls


def test_the_servers_delay_is_kept(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """The next attempt comes no earlier than the server asked for."""
    served = scripted(status(code_pb2.UNAVAILABLE, "later", retry_in(0.4)))
    started = time.monotonic()  # the delay is what is tested
    connect(served.address, retry=QUICK).evaluate(shipment(), request_id="so-1")
    assert 0.4 <= time.monotonic() - started  # as above


def test_no_wait_is_longer_than_the_call_may_take(connect: Connect, scripted: Serve, shipment: Shipment) -> None:
    """Where the server asks for more time than is left, the error is raised at once, and says how long to wait."""
    served = scripted(status(code_pb2.UNAVAILABLE, "much later", retry_in(3600)))
    with pytest.raises(Unreachable) as caught:
        connect(served.address, retry=QUICK, timeout=20).evaluate(shipment(), request_id="so-1")
    assert 3600 == caught.value.retry_after
    assert 1 == served.calls


def test_an_overloaded_licet_is_asked_again(connect: Connect, start: Callable[..., Server], shipment: Shipment, large: Any) -> None:
    """Calls that a busy server refuses are answered once there is room."""
    server, patient = start(max_concurrent_calls=1), Retry(attempts=1_000, first=0.02, longest=0.1)
    with Client(server.address, retry=patient, timeout=PATIENCE) as other, ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(other.evaluate, large, request_id="so-0")
        until_refused(other, shipment())
        assert connect(server.address, retry=patient).evaluate(shipment(), request_id="so-1").id
        assert under_way.result(PATIENCE).id


def until_refused(client: Client, request: Any) -> None:
    """Calls until the server is busy with something else."""
    with suppress(Overloaded):
        while True:
            client.evaluate(request)


# ---- the policy by itself ----------------------------------------------------------------------------------------------


def test_waits_grow_to_a_bound_and_vary() -> None:
    """Each wait is longer than the one before up to the longest, of which chance takes up to a half."""
    retry = Retry(first=1, factor=2, longest=5)
    assert [1, 2, 4, 5, 5] == [retry.wait(failures, None, 1.0) for failures in range(1, 6)]
    assert [0.5, 1, 2, 2.5, 2.5] == [retry.wait(failures, None, 0.0) for failures in range(1, 6)]
    assert 30.5 == retry.wait(1, 30, 0.0)


def test_a_wait_that_reaches_the_deadline_is_none() -> None:
    """An attempt that would begin when the time is up is not made."""
    attempts = Attempts(retry=Retry(first=1), repeatable=True, until=11.0, now=lambda: 10.0, chance=lambda: 1.0)
    with pytest.raises(Unreachable):
        attempts.wait_after(Unreachable("gone", reason="UNAVAILABLE"))
    attempts.until = 11.5
    attempts.failures = 0
    assert 1.0 == attempts.wait_after(Unreachable("gone", reason="UNAVAILABLE"))


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"first": -1}, {"factor": 0.5}, {"longest": 0.1}])
def test_a_policy_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    """A policy with values that cannot be meant is a ValueError."""
    with pytest.raises(ValueError, match="no policy"):
        Retry(**wrong)
