"""What is told of scenarios that ran: each failure so that its author can act, then the counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from licet.cli.scenarios.checks import Failure
from licet.cli.scenarios.run import Run
from licet.cli.scenarios.tally import Tally


def failed_lines(run: Run, folder: Path) -> Iterator[str]:
    """A failed case: its name and title, its source, then each expectation that was not met, with its place."""
    yield f"FAILED {run.scenario.name}: {run.scenario.title}"
    if run.scenario.source:
        yield f"  source: {run.scenario.source}"
    for failure in run.failures:
        yield from _failure(failure, folder)


def _failure(failure: Failure, folder: Path) -> Iterator[str]:
    yield f"  {folder / failure.at.file}:{failure.at.line}: expected {failure.expected}"
    yield f"    found: {failure.found}"
    if failure.why:
        yield f"    since: {failure.why}"


def summary_lines(runs: Sequence[Run], tallies: Iterable[Tally], *, coverage: bool = False) -> Iterator[str]:
    """How many passed; by jurisdiction, which rules and rows of tables they exercised. `coverage` names them all."""
    failed = sum(not run.passed for run in runs)
    yield f"{len(runs)} cases: {len(runs) - failed} passed, {failed} failed"
    for tally in tallies:
        yield from tally_lines(tally, coverage=coverage)


def tally_lines(tally: Tally, *, coverage: bool = False) -> Iterator[str]:
    """What the cases of one jurisdiction exercised."""
    counts = {"fired": tally.fired, "were kept from firing": tally.missed, "lacked facts": tally.undetermined}
    counts["were never exercised"] = tally.never
    told = ", ".join(f"{len(ids)} {what}" for what, ids in counts.items())
    yield f"{tally.jurisdiction}: {tally.cases} cases; of {tally.rules} rules {told}"
    if tally.tables:
        fired, rows = (sum(getattr(table, name) for table in tally.tables) for name in ("fired", "rows"))
        yield f"  rows of decision tables: {fired:,} of {rows:,} fired"
    if coverage:
        for what, ids in _lists(tally):
            yield f"  {what}: {', '.join(ids) if ids else 'none'}"
        yield from (f"  table {table.table}: {table.fired:,} of {table.rows:,} rows fired" for table in tally.tables)
    elif tally.never:
        yield f"  never exercised: {', '.join(tally.never)}"


def _lists(tally: Tally) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("fired", tally.fired),
        ("never fired", tally.never_fired),
        ("never kept from firing", tally.never_missed),
        ("never without facts", tuple(i for i in (*tally.fired, *tally.never_fired) if i not in tally.undetermined)),
        ("never exercised", tally.never),
    )


def as_json(runs: Sequence[Run], tallies: Iterable[Tally]) -> dict[str, Any]:
    """The same for machines."""
    return {
        "cases": [_case(run) for run in runs],
        "passed": sum(run.passed for run in runs),
        "failed": sum(not run.passed for run in runs),
        "coverage": {tally.jurisdiction: _tally(tally) for tally in tallies},
    }


def _case(run: Run) -> dict[str, Any]:
    at = run.scenario.at
    failures = [
        {"file": f.at.file, "line": f.at.line, "column": f.at.column, "expected": f.expected, "found": f.found, "why": f.why}
        for f in run.failures
    ]
    return {"name": run.scenario.name, "title": run.scenario.title, "file": at.file, "line": at.line, "failures": failures}


def _tally(tally: Tally) -> dict[str, Any]:
    lists = {"fired": tally.fired, "missed": tally.missed, "undetermined": tally.undetermined, "never_exercised": tally.never}
    tables = {table.table: {"fired": table.fired, "rows": table.rows} for table in tally.tables}
    return {"cases": tally.cases, "rules": tally.rules, **{name: list(ids) for name, ids in lists.items()}, "tables": tables}
