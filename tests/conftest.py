"""At the end of a run: what tests counted, whichever process they ran in.

A test that counts says `record_property("counted", [title, {kind: number}])`; counts under one title are added up.
A test of a fault says `record_property("fault", [fault, {kind: number}])`, and may add a note: that makes the table of faults.
A scenario says which rules it exercised (`"exercised"`, as JSON); what any of them exercised is told by jurisdiction.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

# Tests fork only to run programs. What gRPC does around a fork can crash the child before it is one.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what was counted."""
    counted: dict[str, Counter[str]] = {}
    for title, counts in _recorded(terminalreporter, "counted"):
        counted.setdefault(title, Counter()).update(counts)
    for title, counts in sorted(counted.items()):
        terminalreporter.write_line(f"{title}: {', '.join(f'{kind} {count}' for kind, count in counts.most_common())}")
    for line in _faults(list(_recorded(terminalreporter, "fault"))):
        terminalreporter.write_line(line)
    for line in _exercised([json.loads(each) for each in _recorded(terminalreporter, "exercised")]):
        terminalreporter.write_line(line)


def _recorded(reporter: pytest.TerminalReporter, wanted: str) -> Iterator[Any]:
    """What tests recorded under a name."""
    for reports in reporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                yield from (value for name, value in getattr(report, "user_properties", ()) if name == wanted)


def _faults(recorded: list[Any]) -> Iterator[str]:
    """The faults that were survived, a line each; nothing where none was tried."""
    if not recorded:
        return
    counted: dict[str, Counter[str]] = {}
    notes: dict[str, list[str]] = {}
    for name, counts, *said in recorded:
        counted.setdefault(name, Counter()).update(counts)
        notes.setdefault(name, []).extend(said)
    yield "faults survived:"
    width = max(map(len, counted))
    for name, counter in sorted(counted.items()):
        yield f"  {name:<{width}}  {'; '.join([', '.join(f'{kind} {n:,}' for kind, n in counter.items()), *notes[name]])}"


def _exercised(recorded: list[Any]) -> Iterator[str]:
    """What the scenarios exercised, by jurisdiction; nothing where none ran."""
    if not recorded:
        return
    from licet.cli.local import load
    from licet.cli.scenarios.tally import Exercised, joined, tallies
    from licet.cli.scenarios.telling import tally_lines
    from licet.language.faults import PolicyError

    try:
        release = load()
    except PolicyError:  # told by the tests
        return
    found = joined(Exercised.of_plain(plain) for _, plain in recorded)
    for tally in tallies(release, Counter(jurisdiction for jurisdiction, _ in recorded), found):
        yield from (f"scenarios of {line}" if not line.startswith(" ") else line for line in tally_lines(tally))
