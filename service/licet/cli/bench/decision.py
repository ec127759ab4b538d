"""Part two: where the time of one decision goes, from the bytes of the request to the bytes of the reply."""

from __future__ import annotations

import functools
import importlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass

from licet.cli.bench.engines import Engine, made
from licet.cli.bench.material import TODAY, Source
from licet.cli.bench.series import Run, Table, interleaved
from licet.cli.bench.stopwatch import REST, Stage, Stopwatch
from licet.decision.decide import decide
from licet.decision.settings import Settings
from licet.decision.view import for_audience
from licet.engine.protocol import Case, Finding, Matcher
from licet.engine.reference import Explained
from licet.policy.release import Release
from licet.v1 import decision_pb2, licensing_service_pb2

_MICRO = 1_000_000.0
WHOLE, UNWATCHED = "a decision", "a decision, unwatched"
PARSE, WITHOUT, WITH, VIEW, SERIALIZE = "parse", "match without assumptions", "match with assumptions", "audience", "serialize"
_FUNCTIONS = (
    ("check", "decide", "check_request"),
    ("canonical", "decide", "canonical"),
    ("coverage", "decide", "families_asked"),
    ("coverage", "decide", "uncovered_places"),
    ("resolve", "world", "_joined"),
    ("needed assumptions", "world", "_needed"),
    ("judge again", "world", "judge"),
    ("explain", "matching", "explain"),
    ("questions", "decide", "questions"),
    ("summary", "decide", "summarize"),
    ("trace", "decide", "_traced"),
    ("trace", "decide", "build_trace"),
    ("encode", "decide", "encode"),
)
"""Stages by module of `licet.decision` and the name under which it calls the function."""
STAGES = (
    *(PARSE, "check", "canonical", "coverage", WITHOUT, WITH, "resolve", "needed assumptions", "questions", "summary", "trace"),
    *("encode", VIEW, SERIALIZE, REST),
)
"""The stages in the order of `decide`."""
_PARTS = ("resolve", "explain", "judge again")
"""What happens within several stages."""


def stages() -> tuple[Stage, ...]:
    """The functions of every stage. Reasons are worked out when they are first asked for, wherever that is: they explain, too."""
    listed = (Stage(stage, importlib.import_module(f"licet.decision.{module}"), name) for stage, module, name in _FUNCTIONS)
    lazy = (name for name, value in vars(Explained).items() if isinstance(value, functools.cached_property))
    return (*listed, *(Stage("explain", Explained, name) for name in lazy))


def decision(source: Source, engines: Sequence[Engine], rounds: int) -> Iterator[Table]:
    """The table of stages."""
    release = source.release()
    requests = [request.SerializeToString() for request in source.requests()]
    with ExitStack() as stack:
        matchers = {engine.value: stack.enter_context(made(engine)) for engine in engines}
        runs = {name: _run(Deciding(release, matcher), requests) for name, matcher in matchers.items()}
        rows = interleaved(runs, rounds)
    notes = (
        f"Time of the processor, in this process: the mean of {len(requests)} shipments.",
        "Indented: what of a stage is spent on something that others do, too.",
        "Stages are timed from outside, by wrapping their functions; unwatched is what a decision takes without.",
    )
    ordered = {row: rows[row] for row in _order(rows)}
    yield Table("One decision", "µs", ordered, part_of=WHOLE, notes=notes)


@dataclass(frozen=True, slots=True)
class Deciding:
    """Decides as a server does, without the network."""

    release: Release
    matcher: Matcher
    watch: Stopwatch | None = None

    def reply(self, raw: bytes) -> bytes:
        """The serialized reply to a serialized request."""
        with self._stage(PARSE):
            request = licensing_service_pb2.EvaluateRequest.FromString(raw)
        matcher = _Watched(self.matcher, self.watch) if self.watch is not None else self.matcher
        decided = decide(request, self.release, matcher, today=TODAY, settings=Settings())
        with self._stage(VIEW):
            frame = decision_pb2.Decision(result=for_audience(decided.result, request.audience))
            response = licensing_service_pb2.EvaluateResponse(decision=frame)
        with self._stage(SERIALIZE):
            return response.SerializeToString()

    def _stage(self, name: str) -> AbstractContextManager[None]:
        return self.watch.stage(name) if self.watch is not None else nullcontext()


@dataclass(frozen=True, slots=True)
class _Watched:
    """An engine whose matches belong to stages."""

    matcher: Matcher
    watch: Stopwatch

    @property
    def name(self) -> str:
        """The engine's own name."""
        return self.matcher.name

    def match(self, case: Case) -> tuple[Finding, ...]:
        """What the engine finds."""
        with self.watch.stage(WITH if case.active is None else WITHOUT):
            return self.matcher.match(case)


def _run(deciding: Deciding, requests: Sequence[bytes]) -> Run:
    def run() -> Mapping[str, float]:
        started = time.process_time()
        for raw in requests:
            deciding.reply(raw)
        unwatched = time.process_time() - started
        watch = Stopwatch()
        watched = Deciding(deciding.release, deciding.matcher, watch)
        with watch.running(stages()):
            for raw in requests:
                watched.reply(raw)
        seconds = {WHOLE: sum(watch.spent.values()), UNWATCHED: unwatched, **_rows(watch.spent)}
        return {row: value * _MICRO / len(requests) for row, value in seconds.items()}

    return run


def _rows(spent: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Each stage in all, and each part of it."""
    rows: dict[str, float] = {}
    for (outer, inner), seconds in spent.items():
        rows[outer] = rows.get(outer, 0.0) + seconds
        if inner != outer:
            rows[_part(outer, inner)] = seconds
    return rows


def _part(stage: str, part: str) -> str:
    return f"  {stage}: {part}"


def _order(rows: Mapping[str, object]) -> Iterator[str]:
    wanted = (row for stage in STAGES for row in (stage, *(_part(stage, part) for part in _PARTS)))
    return (row for row in (WHOLE, UNWATCHED, *wanted) if row in rows)
