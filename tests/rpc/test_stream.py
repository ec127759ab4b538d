from __future__ import annotations

import itertools
import queue
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.rpc import code_pb2

from licet.v1 import licensing_service_pb2 as pb
from licet.v1 import licensing_service_pb2_grpc, outcome_pb2
from tests.rpc.conftest import Refusal
from tests.rpc.test_edge import ready

if TYPE_CHECKING:
    from tests.support.servers import Server

METHOD = "/licet.v1.LicensingService/EvaluateStream"
WINDOW = 16
HANG_UPS = 6


def ask(id_: str, request: Any) -> pb.EvaluateStreamRequest:
    """A message of a stream."""
    return pb.EvaluateStreamRequest(id=id_, request=request)


def converse(server: Server, *messages: Any, request_id: str = "stream", timeout: float | None = 60) -> Any:
    """A stream that sends these messages and no others."""
    return server.licensing.EvaluateStream(iter(messages), timeout=timeout, metadata=(("x-request-id", request_id),))


class Open:
    """A stream to which one can say something at any time."""

    def __init__(self, server: Server, request_id: str, timeout: float | None = 60) -> None:
        self._said: queue.SimpleQueue[Any] = queue.SimpleQueue()
        metadata = (("x-request-id", request_id),)
        self.call = server.licensing.EvaluateStream(iter(self._said.get, None), timeout=timeout, metadata=metadata)

    def say(self, *messages: Any) -> None:
        """Sends messages; None says that they were the last."""
        for message in messages:
            self._said.put(message)


def ended(call: Any) -> tuple[list[Any], Refusal]:
    """The replies of a stream that must fail, and its refusal."""
    replies: list[Any] = []
    with pytest.raises(grpc.RpcError) as caught:
        replies.extend(call)
    return replies, Refusal.of(caught.value)


# ---- answers ------------------------------------------------------------------------------------------------------------


def test_every_id_is_answered_exactly_once(server: Server, shipment: Callable[..., Any]) -> None:
    """Some hundred messages, sent as fast as they go, each get one reply, and it is theirs."""
    places = {str(n): "YY" if n % 3 else "DE" for n in range(400)}
    replies = list(converse(server, *(ask(id_, shipment(destination=place)) for id_, place in places.items()), request_id="many"))
    assert sorted(places) == sorted(reply.id for reply in replies)
    wanted = {"DE": outcome_pb2.OUTCOME_AUTHORIZED, "YY": outcome_pb2.OUTCOME_PROHIBITED}
    assert not [reply.id for reply in replies if reply.decision.result.outcome != wanted[places[reply.id]]]
    line = server.logged("stream", request_id="many")
    assert (400, 400) == (line["asked"], line["told"])
    assert line["most_unanswered"] <= WINDOW


def test_a_short_decision_overtakes_a_long_one(server: Server, shipment: Callable[..., Any], large: Any) -> None:
    """Replies come when they are ready, not in the order of the questions."""
    replies = [reply.id for reply in converse(server, ask("long", large), *(ask(str(n), shipment()) for n in range(3)))]
    assert ["0", "1", "2", "long"] == sorted(replies)
    assert "long" == replies[-1]


def test_replies_come_while_the_caller_still_asks(server: Server, shipment: Callable[..., Any]) -> None:
    """A caller may wait for a reply before it asks on, and use an id again once it is answered."""
    stream = Open(server, "talk")
    for place in ("DE", "YY", "DE"):
        stream.say(ask("again", shipment(destination=place)))
        assert "again" == next(stream.call).id
    stream.say(None)
    assert [] == list(stream.call)
    assert grpc.StatusCode.OK == stream.call.code()
    assert "talk" == dict(stream.call.trailing_metadata())["x-request-id"]


def test_a_stream_of_nothing_is_answered_with_nothing(server: Server) -> None:
    """A caller that asks nothing gets nothing, and no error."""
    assert [] == list(converse(server))


def test_a_failure_fails_its_message_only(server: Server, shipment: Callable[..., Any]) -> None:
    """What cannot be decided is told under its id with code, reason and fields, and the stream goes on."""
    messages = [ask("bad", shipment(destination="de")), pb.EvaluateStreamRequest(id="empty"), ask("good", shipment())]
    found = {reply.id: reply for reply in converse(server, *messages)}
    assert {"bad": "error", "empty": "error", "good": "decision"} == {id_: r.WhichOneof("result") for id_, r in found.items()}
    wrong = found["bad"].error
    assert (code_pb2.INVALID_ARGUMENT, "INVALID_REQUEST") == (wrong.code, wrong.reason)
    fields = {"transaction.destination.country", "transaction.parties[buyer-1].country"}
    assert fields == {violation.field for violation in wrong.violations}
    assert {"transaction"} == {violation.field for violation in found["empty"].error.violations}


# ---- what a stream may not say ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id_", ["", "x" * 201, "a\nb", "unanswered"], ids=["empty", "long", "control", "unanswered"])
def test_an_id_that_tells_nothing_apart_ends_the_stream(server: Server, shipment: Callable[..., Any], large: Any, id_: str) -> None:
    """A message whose reply could not be told from others ends the stream, after what was read before it is answered."""
    replies, refusal = ended(converse(server, ask("unanswered", large), ask(id_, shipment()), ask("after", shipment())))
    assert ["unanswered"] == [reply.id for reply in replies]
    assert (grpc.StatusCode.INVALID_ARGUMENT, {"id"}) == (refusal.code, set(refusal.violations))


GARBAGE = {
    "noise": b"\xff" * 100,
    "a length that lies": b"\x12\xff\xff\xff\xff\x0f",
    "no UTF-8": b"\x0a\x03\xc3\x28\xff",
    "ten thousand groups in each other": b"\xc3\x3e" * 10_000,
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_garbage_ends_the_stream(server: Server, shipment: Callable[..., Any], garbage: bytes) -> None:
    """Bytes that are no message have no id to answer: the stream ends, after what was read before is answered."""
    messages = [ask("before", shipment()).SerializeToString(), garbage]
    raw: Any = server.channel().stream_stream(METHOD)
    replies, refusal = ended(raw(iter(messages), timeout=60))
    assert ["before"] == [pb.EvaluateStreamResponse.FromString(raw).id for raw in replies]
    assert (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST") == (refusal.code, refusal.reason)
    assert "licet.v1.EvaluateStreamRequest" in refusal.violations["request"]
    assert ["next"] == [reply.id for reply in converse(server, ask("next", shipment()))]


def test_a_message_too_large_is_not_read(start: Callable[..., Server], shipment: Callable[..., Any]) -> None:
    """A message above the limit ends its stream before it is read, and the server goes on serving."""
    server = start(max_message_bytes=100_000)
    large = shipment()
    large.transaction.parties[0].name = "x" * 200_000
    with pytest.raises(grpc.RpcError) as caught:
        list(converse(server, ask("large", large)))
    assert grpc.StatusCode.RESOURCE_EXHAUSTED == caught.value.code()
    assert ["next"] == [reply.id for reply in converse(server, ask("next", shipment()))]


# ---- how much at a time ---------------------------------------------------------------------------------------------------


def test_a_caller_that_reads_slowly_is_not_asked_for_more(start: Callable[..., Server], shipment: Callable[..., Any]) -> None:
    """While a caller takes no replies the server reads no further than its window; read on, every id is answered."""
    server, most = start(stream_window=4), 600
    fixed = [("grpc.http2.bdp_probe", 0), ("grpc.use_local_subchannel_pool", 1)]  # the transport buffers 64 KiB and no more
    with grpc.insecure_channel(server.address, options=fixed) as channel:
        stub: Any = licensing_service_pb2_grpc.LicensingServiceStub(channel)
        request = shipment()
        request.trace = pb.TRACE_LEVEL_FULL
        messages = (ask(str(n), request) for n in range(most))
        call = stub.EvaluateStream(messages, timeout=60, metadata=(("x-request-id", "slow"),))
        decided = standstill(server)
        assert 4 <= decided < most / 4, "what fits the window and the buffers of the transport"
        assert "slow" not in {line.get("request_id") for line in server.lines if line["event"] == "stream"}
        assert sorted(map(str, range(most))) == sorted(reply.id for reply in call)
    line = server.logged("stream", request_id="slow")
    assert (most, most) == (line["asked"], line["told"])
    assert line["most_unanswered"] <= 4


def standstill(server: Server) -> int:
    """How many decisions there are once no more come."""
    seen = [-1, 0]
    while seen[-1] == 0 or seen[-1] != seen[-2]:
        for _ in range(10):
            ready(server)
        seen.append(sum(line.get("event") == "decision" for line in server.lines))
    return seen[-1]


def test_too_many_streams_are_told_to_retry(start: Callable[..., Server], shipment: Callable[..., Any]) -> None:
    """Above the limit a stream is refused with the time after which to retry; one that ends makes room; calls go on."""
    server = start(max_concurrent_streams=1)
    stream = Open(server, "first")
    stream.say(ask("a", shipment()))
    assert "a" == next(stream.call).id
    _, refusal = ended(converse(server, ask("b", shipment())))
    assert (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", 1.0) == (refusal.code, refusal.reason, refusal.retry_seconds)
    assert server.licensing.Evaluate(shipment(), timeout=60).decision.id
    stream.say(None)
    assert [] == list(stream.call)
    assert ["c"] == [reply.id for reply in converse(server, ask("c", shipment()))]


def test_overload_is_told_and_never_queued(start: Callable[..., Server], large: Any) -> None:
    """Where there is no place to compute a message is refused with a delay, and the stream goes on."""
    server = start(max_concurrent_calls=1)
    replies = list(converse(server, *(ask(str(n), large) for n in range(3))))
    assert ["0", "1", "2"] == sorted(reply.id for reply in replies)
    refused = [reply.error for reply in replies if reply.HasField("error")]
    assert 2 == len(refused)
    assert {(code_pb2.RESOURCE_EXHAUSTED, "OVERLOADED", 1)} == {(r.code, r.reason, r.retry_delay.seconds) for r in refused}


# ---- how a stream ends --------------------------------------------------------------------------------------------------------


def test_the_callers_deadline_is_kept(server: Server, shipment: Callable[..., Any], large: Any) -> None:
    """A stream whose time is up ends for caller and server, and the server goes on serving."""
    with pytest.raises(grpc.RpcError) as caught:
        list(converse(server, *(ask(str(n), large) for n in range(10)), request_id="late-stream", timeout=0.3))
    assert grpc.StatusCode.DEADLINE_EXCEEDED == caught.value.code()
    assert "DEADLINE_EXCEEDED" == server.logged("call", request_id="late-stream")["code"]
    assert ["next"] == [reply.id for reply in converse(server, ask("next", shipment()))]


def test_a_message_has_the_default_deadline(start: Callable[..., Server], shipment: Callable[..., Any], large: Any) -> None:
    """A decision that takes too long is told so under its id; a stream without a deadline goes on."""
    server = start(default_deadline_seconds=0.3)
    stream = Open(server, "patient", timeout=None)
    stream.say(ask("long", large))
    error = next(stream.call).error
    assert (code_pb2.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED") == (error.code, error.reason)
    for n in itertools.count():
        stream.say(ask(f"short-{n}", shipment()))
        if next(stream.call).HasField("decision"):  # what was given up still computes for a moment
            break
    stream.say(None)
    assert [] == list(stream.call)


def test_a_stream_without_use_ends(start: Callable[..., Server], shipment: Callable[..., Any], large: Any) -> None:
    """A stream in which nothing happens ends after a while, but not while a decision is under way."""
    server = start(stream_idle_seconds=0.3)
    stream = Open(server, "idle")
    stream.say(ask("long", large), ask("short", shipment()))
    replies, refusal = ended(stream.call)
    assert ["long", "short"] == sorted(reply.id for reply in replies)
    assert (grpc.StatusCode.DEADLINE_EXCEEDED, "STREAM_IDLE") == (refusal.code, refusal.reason)
    assert all(reply.HasField("decision") for reply in replies)


def test_a_caller_that_takes_no_replies_is_left(start: Callable[..., Server], shipment: Callable[..., Any]) -> None:
    """A stream whose caller neither reads nor goes ends as one without use, and its place is free again."""
    server = start(stream_idle_seconds=0.5, max_concurrent_streams=1)
    request = shipment()
    request.trace = pb.TRACE_LEVEL_FULL
    fixed = [("grpc.http2.bdp_probe", 0), ("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(server.address, options=fixed) as channel:
        stub: Any = licensing_service_pb2_grpc.LicensingServiceStub(channel)
        call = stub.EvaluateStream((ask(str(n), request) for n in range(600)), metadata=(("x-request-id", "stuck"),))
        assert "STREAM_IDLE" == server.logged("call", request_id="stuck")["reason"]
        assert ["next"] == [reply.id for reply in converse(server, ask("next", shipment()))]
        replies, refusal = ended(call)
    assert len(replies) < 100
    assert "STREAM_IDLE" == refusal.reason, "told once the caller reads on"


def test_a_stream_is_answered_before_the_server_stops(
    start: Callable[..., Server], shipment: Callable[..., Any], large: Any
) -> None:
    """After SIGTERM a stream reads no further: what was read is answered, then the caller is told to go elsewhere."""
    server = start(drain_seconds=60)
    stream = Open(server, "draining")
    stream.say(ask("long", large), ask("short", shipment()))
    assert "short" == next(stream.call).id
    server.process.send_signal(signal.SIGTERM)
    until_turned_away(server, shipment())
    stream.say(ask("too late", shipment()))
    replies, refusal = ended(stream.call)
    assert ["long"] == [reply.id for reply in replies]
    assert (grpc.StatusCode.UNAVAILABLE, "DRAINING") == (refusal.code, refusal.reason)
    assert refusal.retry_seconds is not None
    assert 0 == server.process.wait(60), "".join(server.said)


def until_turned_away(server: Server, request: Any) -> None:
    """Returns once the server takes nothing new."""
    stub = server.licensing
    try:
        while True:
            stub.Evaluate(request, timeout=60)
    except grpc.RpcError as error:
        if Refusal.of(error).reason != "DRAINING":
            raise


def threads(server: Server) -> int:
    """How many threads the server has."""
    return len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))


def hang_ups(server: Server, large: Any) -> Iterator[str]:
    """Streams whose caller hangs up while decisions are under way, by request id."""
    for n in range(HANG_UPS):
        call = converse(server, *(ask(str(m), large) for m in range(2 * WINDOW)), request_id=f"gone-{n}")
        ready(server)
        call.cancel()
        yield f"gone-{n}"


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_a_caller_that_hangs_up_leaves_nothing_behind(
    start: Callable[..., Server], shipment: Callable[..., Any], large: Any
) -> None:
    """After callers have hung up mid-stream their places are free, no thread is left, and nothing was logged as a fault."""
    server = start(max_concurrent_streams=1)
    list(converse(server, *(ask(str(n), shipment()) for n in range(50))))
    before = threads(server)
    for request_id in hang_ups(server, large):
        assert "CANCELLED" == server.logged("call", request_id=request_id)["code"]
        assert server.logged("stream", request_id=request_id)
    replies = list(converse(server, *(ask(str(n), shipment()) for n in range(4)), request_id="after"))
    assert 4 == len(replies), "a place among the streams"
    assert all(until_computed(server, shipment()) for _ in range(4)), "a place to compute"
    assert threads(server) < before + HANG_UPS / 2, "the transport may have begun one or two of its own"
    assert not [line for line in server.lines if line.get("level") in ("warning", "error")]
    assert 0 == server.stop()


def until_computed(server: Server, request: Any) -> bool:
    """True once a call is answered; what a thread had begun ends within one step of its work."""
    stub = server.licensing
    for _ in range(1_000):
        try:
            return bool(stub.Evaluate(request, timeout=60).decision.id)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise
    return False
