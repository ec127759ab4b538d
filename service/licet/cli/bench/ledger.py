"""Part four: what it costs to record before answering, what the store takes, how much room it needs, how long a replay takes."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import os
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import grpc

from licet.cli.bench.calling import Asked, Caller
from licet.cli.bench.engines import Engine
from licet.cli.bench.material import Source
from licet.cli.bench.series import Run, Series, Table, interleaved
from licet.cli.bench.server import dated, ended_in_order, spread, started
from licet.ledger.blobs import Blob, content
from licet.ledger.envelope import Kind
from licet.ledger.home import DATABASE, Home, open_home
from licet.ledger.store import Draft, Entry, Store, opened
from licet.replay.records import Records
from licet.v1 import licensing_service_pb2

NOT, SQLITE, POSTGRESQL = "not recorded", "SQLite", "PostgreSQL"
IN_FLIGHT = 16
AT_ONCE = (1, 16, 64)
REPLAYED, SHOWN = 1_000, 10_000
_SYNCS = 20
_HASH = 32


def ledger(source: Source, rounds: int, seconds: float, database: str) -> Iterator[Table]:
    """The tables. Raises `ServerTrouble`, `HomeError`, `StoreError`; a log is left behind in `database`, if one is named."""
    requests = dated(spread(source.requests()))
    with ended_in_order(), tempfile.TemporaryDirectory() as folder:
        places = _places(Path(folder), database)
        yield _served(source, requests, places, rounds, seconds)
        home = open_home(places[SQLITE].folder, origin=places[SQLITE].origin)
        try:
            decided = _decided(home)
            yield _appended(home, decided, places, rounds, seconds)
            yield _room(home, decided, places[SQLITE].folder / DATABASE)
            yield _replayed(home, decided)
        finally:
            home.close()


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """Where a ledger of this run lies."""

    folder: Path
    database: str
    origin: str

    @property
    def options(self) -> tuple[str, ...]:
        """For `licet serve`."""
        named = ("--database", self.database) if self.database else ()
        return ("--data", str(self.folder), "--origin", self.origin, *named)


def _places(folder: Path, database: str) -> dict[str, _Place]:
    origin = f"licet.bench/{uuid.uuid4()}"
    places = {SQLITE: _Place(folder / "sqlite", "", origin)}
    return places | ({POSTGRESQL: _Place(folder / "postgresql", database, origin)} if database else {})


# ---- decisions, recorded and not ----------------------------------------------------------------------------------------


def _served(
    source: Source,
    requests: Sequence[licensing_service_pb2.EvaluateRequest],
    places: Mapping[str, _Place],
    rounds: int,
    seconds: float,
) -> Table:
    with ExitStack() as stack:
        addresses = {name: started(stack, source, Engine.COMPILED, *place.options) for name, place in places.items()}
        runs = {NOT: _run(addresses[SQLITE], requests, seconds, record=False)}
        runs |= {name: _run(address, requests, seconds, record=True) for name, address in addresses.items()}
        rows = interleaved(runs, rounds)
    notes = (
        f"The same {len(requests)} shipments in each column; not recorded: validate_only, asked of the server with SQLite.",
        "Every request is a new one, and each recorded decision is synced before it is answered; a batch is decided one by one.",
        f"One sync of a file took {_sync_ms(places[SQLITE].folder):.2f} ms here.",
    )
    return Table("Record, then answer", "decisions/s", rows, against=NOT, notes=notes)


class _Recording(Caller):
    """Gives each request an id of its own, so that none was made before."""

    def __init__(self, channel: grpc.aio.Channel, asked: Asked) -> None:
        super().__init__(channel, asked)
        self._batch_of = licensing_service_pb2.EvaluateBatchRequest.FromString(asked.batch)
        self._ask_batch: Any = channel.unary_unary("/licet.v1.LicensingService/EvaluateBatch")

    async def one(self, request: bytes) -> bytes:
        """As `Caller.one`. Serialized fields that follow others are of the same message."""
        return await super().one(request + licensing_service_pb2.EvaluateRequest(request_id=str(uuid.uuid4())).SerializeToString())

    async def batch(self) -> bytes:
        """As `Caller.batch`."""
        for request in self._batch_of.requests:
            request.request_id = str(uuid.uuid4())
        reply: bytes = await self._ask_batch(self._batch_of.SerializeToString())
        return reply


def _run(address: str, requests: Sequence[licensing_service_pb2.EvaluateRequest], seconds: float, *, record: bool) -> Run:
    asking = licensing_service_pb2.EvaluateBatchRequest(requests=requests).requests
    for request in asking:
        request.validate_only = not record
    asked = Asked.of(asking)

    async def measured() -> Mapping[str, float]:
        async with _Recording.at(address, asked) as caller:
            return {
                "unary, 1 at a time": await caller.unary_rate(seconds, 1),
                f"unary, {IN_FLIGHT} at a time": await caller.unary_rate(seconds, IN_FLIGHT),
                f"batches of {len(asked.unary)}": await caller.batch_rate(seconds),
            }

    return lambda: asyncio.run(measured())


def _sync_ms(folder: Path) -> float:
    with (folder / "sync").open("wb", buffering=0) as file:
        started_at = time.perf_counter()
        for _ in range(_SYNCS):
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
    return (time.perf_counter() - started_at) / _SYNCS * 1_000


# ---- the store alone ----------------------------------------------------------------------------------------------------


def _decided(home: Home) -> list[Entry]:
    entries = home.store.since(0, REPLAYED * 2)
    return [entry for entry in entries if entry.envelope.kind is Kind.DECISION][:REPLAYED]


def _appended(home: Home, decided: Sequence[Entry], places: Mapping[str, _Place], rounds: int, seconds: float) -> Table:
    drafts = _drafts(home.store, decided)
    with ExitStack() as stack:
        runs: dict[str, Run] = {}
        for name, place in places.items():
            url = place.database or f"sqlite:///{place.folder / 'appended.db'}"
            store = opened(url, f"{place.origin}/appended")
            stack.callback(store.close)
            runs[name] = _appending(store, drafts, seconds)
        rows = interleaved(runs, rounds)
    return Table(
        "The store alone, one process", "entries/s", rows, against=SQLITE, notes=("With requests and results of real size.",)
    )


def _drafts(store: Store, decided: Sequence[Entry]) -> Iterator[Draft]:
    """Entries as those that were recorded, without end, each with an id and blobs of its own."""
    recorded = [(e.envelope, [store.blob(digest) or b"" for digest in (e.envelope.request, e.envelope.result)]) for e in decided]
    for number, (envelope, blobs) in enumerate(itertools.cycle(recorded)):
        request, result = (Blob(data + number.to_bytes(8)) for data in blobs)
        id_ = f"{envelope.id}-{number}"
        yield Draft(dataclasses.replace(envelope, id=id_, request=request.digest, result=result.digest), (request, result), id_)


def _appending(store: Store, drafts: Iterator[Draft], seconds: float) -> Run:
    def rate(at_once: int) -> float:
        begun, count = time.perf_counter(), 0
        while not count or time.perf_counter() - begun < seconds:
            store.append(list(itertools.islice(drafts, at_once)))
            count += at_once
        return count / (time.perf_counter() - begun)

    return lambda: {f"{at_once} at once": rate(at_once) for at_once in AT_ONCE}


# ---- room and replay ----------------------------------------------------------------------------------------------------


def _room(home: Home, decided: Sequence[Entry], file: Path) -> Table:
    def mean(of: Callable[[Entry], int]) -> Mapping[str, Series]:
        return {"bytes": Series((sum(map(of, decided)) / len(decided),))}

    def blob(digest: str) -> bytes:
        return home.store.blob(digest) or b""

    kept = [entry for entry in home.store.since(0, REPLAYED) if entry.envelope.kind is Kind.RELEASE]
    release = sum(len(blob(digest)) for entry in kept for digest in (entry.envelope.request, entry.envelope.result))
    rows = {
        "leaf": mean(lambda entry: len(entry.leaf)),
        "request, compressed": mean(lambda entry: len(blob(entry.envelope.request))),
        "  as serialized": mean(lambda entry: len(content(blob(entry.envelope.request)))),
        "result, compressed": mean(lambda entry: len(blob(entry.envelope.result))),
        "  as serialized ": mean(lambda entry: len(content(blob(entry.envelope.result)))),
        "nodes of the tree": {"bytes": Series((2.0 * _HASH,))},
        "all, with rows and indexes (SQLite)": {"bytes": Series(((file.stat().st_size - release) / home.store.tree.size,))},
    }
    notes = (
        f"The mean of {len(decided)} decisions. A tree of n entries has 2 n nodes of {_HASH} bytes.",
        "Equal results are kept once, as those of shipments asked again and again are here; distinct ones add up.",
        f"The last line is the file over its entries, without the release: {release:,} bytes, once for all.",
    )
    return Table("Room for one decision", "", rows, notes=notes)


def _replayed(home: Home, decided: Sequence[Entry]) -> Table:
    records = Records(home)

    verdicts: Counter[str] = Counter()

    def run() -> Mapping[str, float]:
        begun = time.perf_counter()
        verdicts.update(records.replayed(entry, licensing_service_pb2.AUDIENCE_AUDITOR).verdict.value for entry in decided)
        return {f"{SHOWN:,} decisions": (time.perf_counter() - begun) / len(decided) * SHOWN}

    rows = interleaved({"s": run}, 1, warm=False)
    found = ", ".join(f"{name} {count}" for name, count in verdicts.items())
    notes = (f"{len(decided)} were replayed, in one process; the rest is extrapolated. Verdicts: {found}.",)
    return Table("Replay", "", rows, notes=notes)
