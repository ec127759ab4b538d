"""Part three: what a server in another process decides in a second, beside a bare one that sends messages of the same sizes."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import NoReturn

from licet.cli.bench.calling import STREAMED, Asked, Caller, recorded
from licet.cli.bench.echo import Pair, written
from licet.cli.bench.engines import Engine
from licet.cli.bench.material import TODAY, Source
from licet.cli.bench.series import Run, Table, interleaved
from licet.cli.demo import served
from licet.cli.trouble import ServerTrouble
from licet.v1 import licensing_service_pb2

ECHO = "echo"
IN_FLIGHT = 4
SHIPMENTS = 6
"""At most so many, spread over the examples: each way of asking takes all of them, however slow the engine."""
_STOP_SECONDS = 10.0


def server(source: Source, engines: Sequence[Engine], rounds: int, seconds: float) -> Iterator[Table]:
    """The table of decisions a second. Raises `ServerTrouble`; the servers are stopped in any case."""
    requests = dated(spread(source.requests()))
    asked = Asked.of(requests)
    with ended_in_order(), ExitStack() as stack:
        addresses = {engine.value: started(stack, source, engine) for engine in engines}
        pairs = asyncio.run(recorded(list(addresses.values())[-1], requests))
        addresses = {ECHO: stack.enter_context(_echo(pairs)), **addresses}
        rows = interleaved({name: _run(address, asked, seconds) for name, address in addresses.items()}, rounds, warm=False)
    yield Table("A server in another process", "decisions/s", rows, against=ECHO, notes=(_sizes(asked, pairs),))


def spread(requests: Sequence[licensing_service_pb2.EvaluateRequest]) -> Sequence[licensing_service_pb2.EvaluateRequest]:
    """A few of them, from all over."""
    return requests[:: -(-len(requests) // SHIPMENTS)]


def dated(
    requests: Sequence[licensing_service_pb2.EvaluateRequest],
) -> tuple[licensing_service_pb2.EvaluateRequest, ...]:
    """The same requests, each with a legal date, so that no answer hangs on the day."""
    for request in requests:
        date = request.transaction.date
        if not request.transaction.HasField("date"):
            date.year, date.month, date.day = TODAY.year, TODAY.month, TODAY.day
    return tuple(requests)


def started(stack: ExitStack, source: Source, engine: Engine, *options: str) -> str:
    """The address of a server that is stopped with the stack."""
    usual = ("--policies", str(source.policies), "--engine", engine.value, "--reload-seconds", "0")
    return stack.enter_context(served(*usual, *options))


@contextmanager
def _echo(pairs: Sequence[Pair]) -> Iterator[str]:
    """Where the bare server listens; it ends with its standard input, so at the latest with this process."""
    command = [sys.executable, "-m", "licet.cli.bench.echo"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603  # our own module
        assert process.stdin is not None  # noqa: S101  # for the type checker: both are pipes
        assert process.stdout is not None  # noqa: S101  # as above
        try:
            process.stdin.write(written(pairs))
            process.stdin.flush()
            if not (port := process.stdout.readline().decode().strip()):
                raise ServerTrouble("NOT_STARTED", "the bare server did not start")
            yield f"127.0.0.1:{port}"
            process.stdin.close()
            process.wait(_STOP_SECONDS)
        finally:
            process.kill()


def _run(address: str, asked: Asked, seconds: float) -> Run:
    async def measured() -> Mapping[str, float]:
        async with Caller.at(address, asked) as caller:
            return {
                "unary, 1 at a time": await caller.unary_rate(seconds, 1),
                f"unary, {IN_FLIGHT} at a time": await caller.unary_rate(seconds, IN_FLIGHT),
                f"batches of {len(asked.unary)}": await caller.batch_rate(seconds),
                f"streams of {len(asked.stream)}": await caller.stream_rate(seconds),
            }

    return lambda: asyncio.run(measured())


def _sizes(asked: Asked, pairs: Sequence[Pair]) -> str:
    unary = pairs[: len(asked.unary)]
    sent, told = (sum(len(pair[side]) for pair in unary) / len(unary) for side in (0, 1))
    return (
        f"{len(unary)} shipments; a stream asks each {STREAMED} times. Requests of {sent:,.0f} bytes and replies of {told:,.0f} on "
        "average, over loopback. The client shares the machine, and does not parse."
    )


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Whoever ends this process leaves no server behind."""
    before = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
