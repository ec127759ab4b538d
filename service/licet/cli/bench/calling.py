"""Calls as raw bytes: what is measured is the server, not how a client reads what it is told."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc

from licet.cli.bench.echo import SERVICE, Pair
from licet.cli.trouble import ServerTrouble
from licet.v1 import licensing_service_pb2

CALL_SECONDS = 120.0
"""For one call, which may be a batch; far from what any takes."""
STREAMED = 2
"""How often a stream asks each shipment."""
_NO_LIMIT = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))


@dataclass(frozen=True, slots=True)
class Asked:
    """What servers are asked, serialized: each shipment by itself, all in one batch, and the messages of one stream."""

    unary: tuple[bytes, ...]
    batch: bytes
    stream: tuple[bytes, ...]

    @classmethod
    def of(cls, requests: Sequence[licensing_service_pb2.EvaluateRequest]) -> Asked:
        """The shipments in all three forms."""
        batch = licensing_service_pb2.EvaluateBatchRequest(requests=requests)
        numbered = enumerate(itertools.chain.from_iterable([requests] * STREAMED))
        stream = (licensing_service_pb2.EvaluateStreamRequest(id=str(number), request=request) for number, request in numbered)
        unary = tuple(request.SerializeToString() for request in requests)
        return cls(unary, batch.SerializeToString(), tuple(message.SerializeToString() for message in stream))


class Caller:
    """Asks a server at an address."""

    def __init__(self, channel: grpc.aio.Channel, asked: Asked) -> None:
        self._asked = asked
        self._unary: Any = channel.unary_unary(f"/{SERVICE}/Evaluate")
        self._batch: Any = channel.unary_unary(f"/{SERVICE}/EvaluateBatch")
        self._stream: Any = channel.stream_stream(f"/{SERVICE}/EvaluateStream")

    @classmethod
    @asynccontextmanager
    async def at(cls, address: str, asked: Asked) -> AsyncIterator[Caller]:
        """A caller with a connection that was used once. Raises `ServerTrouble` where a call fails."""
        try:
            async with grpc.aio.insecure_channel(address, options=_NO_LIMIT) as channel:
                caller = cls(channel, asked)
                await caller.one(asked.unary[0])
                yield caller
        except grpc.aio.AioRpcError as error:
            raise ServerTrouble(error.code().name, f"{address}: {error.details()}") from error

    async def one(self, request: bytes) -> bytes:
        """The reply to one request."""
        reply: bytes = await self._unary(request, timeout=CALL_SECONDS)
        return reply

    async def batch(self) -> bytes:
        """The reply to the batch."""
        reply: bytes = await self._batch(self._asked.batch, timeout=CALL_SECONDS)
        return reply

    async def stream(self) -> list[bytes]:
        """The replies of one stream, as they come."""
        return [reply async for reply in self._stream(iter(self._asked.stream), timeout=CALL_SECONDS)]

    async def unary_rate(self, seconds: float, in_flight: int) -> float:
        """Decisions a second by single calls, so many at a time."""
        clock = _Clock(seconds)
        todo = self._sweeps(clock)

        async def worker() -> int:
            count = 0
            for request in todo:
                await self.one(request)
                count += 1
            return count

        return clock.rate(sum(await asyncio.gather(*(worker() for _ in range(in_flight)))))

    def _sweeps(self, clock: _Clock) -> Iterator[bytes]:
        """Every shipment equally often: some cost far more than others."""
        while clock.more():
            yield from self._asked.unary

    async def batch_rate(self, seconds: float) -> float:
        """Decisions a second by batches, one after another."""
        return await self._repeated(self.batch, len(self._asked.unary), seconds)

    async def stream_rate(self, seconds: float) -> float:
        """Decisions a second by streams, one after another."""
        return await self._repeated(self.stream, len(self._asked.stream), seconds)

    async def _repeated(self, call: Callable[[], Any], decisions: int, seconds: float) -> float:
        clock, count = _Clock(seconds), 0
        while clock.more():
            await call()
            count += decisions
        return clock.rate(count)


class _Clock:
    """Starts at once, and says whether there is time for more; the first time there is."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._started = time.perf_counter()
        self._asked = False

    def more(self) -> bool:
        """Whether there is time for more."""
        first, self._asked = not self._asked, True
        return first or time.perf_counter() - self._started < self._seconds

    def rate(self, count: int) -> float:
        """So many a second, up to now."""
        return count / (time.perf_counter() - self._started)


async def recorded(address: str, requests: Sequence[licensing_service_pb2.EvaluateRequest]) -> tuple[Pair, ...]:
    """Every request of every form with the server's reply. Raises `ServerTrouble` where one was not decided."""
    asked = Asked.of(requests)
    async with Caller.at(address, asked) as caller:
        unary = [(request, await caller.one(request)) for request in asked.unary]
        batch = await caller.batch()
        stream = await caller.stream()
    pairs = (*unary, (asked.batch, batch), *_paired(asked, stream))
    results = licensing_service_pb2.EvaluateBatchResponse.FromString(batch).results
    if len(stream) != len(asked.stream) or not all(result.HasField("decision") for result in results):
        raise ServerTrouble("UNDECIDED", f"{address} does not decide every example shipment")
    return pairs


def _paired(asked: Asked, stream: Sequence[bytes]) -> Iterator[Pair]:
    """Replies of a stream come in any order; their ids are the numbers of the messages."""
    for reply in stream:
        yield asked.stream[int(licensing_service_pb2.EvaluateStreamResponse.FromString(reply).id)], reply
