"""At the end of a run: what tests counted, whichever process they ran in.

A test that counts says `record_property("counted", [title, {kind: number}])`; counts under one title are added up.
A scenario says which rules it exercised (`"exercised"`, as JSON); what any of them exercised is told by jurisdiction.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what was counted."""
    counted: dict[str, Counter[str]] = {}
    for title, counts in _recorded(terminalreporter, "counted"):
        counted.setdefault(title, Counter()).update(counts)
    for title, counts in sorted(counted.items()):
        terminalreporter.write_line(f"{title}: {', '.join(f'{kind} {count}' for kind, count in counts.most_common())}")
    for line in _exercised([json.loads(each) for each in _recorded(terminalreporter, "exercised")]):
        terminalreporter.write_line(line)


def _recorded(reporter: pytest.TerminalReporter, wanted: str) -> Iterator[Any]:
    """What tests recorded under a name."""
    for reports in reporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                yield from (value for name, value in getattr(report, "user_properties", ()) if name == wanted)


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
