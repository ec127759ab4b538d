"""Part one: what each engine costs on the cases of the shipments, in time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from licet.cli.bench.engines import Engine, made
from licet.cli.bench.material import Source, cases_of
from licet.cli.bench.series import Run, Table, interleaved
from licet.engine.protocol import Case, Matcher
from licet.policy.folder import read_folder
from licet.policy.release import load_release

_MILLI = 1000.0
_PROBE_ROUNDS = 3
_PROBE_SECONDS = 600
_Cases = Mapping[str, tuple[Case, ...]]


def matching(source: Source, engines: Sequence[Engine], rounds: int) -> Iterator[Table]:
    """Tables of loading, matching, first use and memory."""
    yield _loading(source, rounds)
    requests = source.requests()
    cases = cases_of(source.release(), requests)
    yield _matches(cases, engines, rounds, len(requests))
    yield _first_use(cases, engines, rounds)
    yield _memory(source, engines, min(rounds, _PROBE_ROUNDS))


def _loading(source: Source, rounds: int) -> Table:
    def run() -> Mapping[str, float]:
        started = time.perf_counter()
        files = read_folder(source.policies)
        read = time.perf_counter()
        load_release(files)
        return {"reading the folder": (read - started) * _MILLI, "making the release": (time.perf_counter() - read) * _MILLI}

    return Table("Loading the release from its files", "ms", interleaved({"this process": run}, rounds))


def _matches(cases: _Cases, engines: Sequence[Engine], rounds: int, shipments: int) -> Table:
    with ExitStack() as stack:
        matchers = {engine.value: stack.enter_context(made(engine)) for engine in engines}
        rows = interleaved({name: _sweep(matcher, cases, shipments) for name, matcher in matchers.items()}, rounds)
        notes = (f"{shipments} shipments; every package asked, with all assumptions.", _agreement(matchers, cases))
    return Table("One match", "ms", rows, against=Engine.REFERENCE.value, notes=notes)


def _sweep(matcher: Matcher, cases: _Cases, shipments: int) -> Run:
    def run() -> Mapping[str, float]:
        spent = {jurisdiction: _seconds(partial(_match_all, matcher, mine)) for jurisdiction, mine in cases.items()}
        each = {jurisdiction: seconds * _MILLI / len(cases[jurisdiction]) for jurisdiction, seconds in spent.items()}
        return {**each, "a shipment": sum(spent.values()) * _MILLI / shipments}

    return run


def _match_all(matcher: Matcher, cases: Sequence[Case]) -> None:
    for case in cases:
        matcher.match(case)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _agreement(matchers: Mapping[str, Matcher], cases: _Cases) -> str:
    """Whether the engines found the same: a fast wrong answer is no answer."""
    every = [case for mine in cases.values() for case in mine]
    differing = sum(len({matcher.match(case) for matcher in matchers.values()}) > 1 for case in every)
    return (
        f"The engines differ in {differing} of {len(every)} cases!" if differing else f"All found the same in {len(every)} cases."
    )


def _first_use(cases: _Cases, engines: Sequence[Engine], rounds: int) -> Table:
    rows = interleaved({engine.value: _fresh(engine, cases) for engine in engines}, rounds)
    notes = ("What a fresh engine's first match of each package costs more than its second: specializing, generating, starting.",)
    return Table("First use", "ms", rows, notes=notes)


def _fresh(engine: Engine, cases: _Cases) -> Run:
    def run() -> Mapping[str, float]:
        with made(engine) as matcher:
            found = {jurisdiction: _excess(matcher, mine[0]) for jurisdiction, mine in cases.items()}
        return {**found, "all packages": sum(found.values())}

    return run


def _excess(matcher: Matcher, case: Case) -> float:
    first = _seconds(lambda: matcher.match(case))
    return max(0.0, first - _seconds(lambda: matcher.match(case))) * _MILLI


def _memory(source: Source, engines: Sequence[Engine], rounds: int) -> Table:
    rows = interleaved({engine.value: _probe(source, engine) for engine in engines}, rounds, warm=False)
    notes = (
        "Resident memory, by steps, of a fresh process that loads the release and matches every case.",
        "What loading let go is used again, so an engine takes somewhat more than its step shows.",
    )
    return Table("Memory", "MiB", rows, against=Engine.REFERENCE.value, notes=notes)


def _probe(source: Source, engine: Engine) -> Run:
    command = [sys.executable, "-m", "licet.cli.bench.memory", engine.value, str(source.policies), str(source.examples)]

    def run() -> Mapping[str, float]:
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=_PROBE_SECONDS)  # noqa: S603  # our own module
        found: dict[str, float] = json.loads(done.stdout)
        return found

    return run
