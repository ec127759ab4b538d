"""At the end of a run: what tests counted, whichever process they ran in.

A test that counts says `record_property("counted", [title, {kind: number}])`; counts under one title are added up.
"""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what was counted."""
    counted: dict[str, Counter[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ():
                if name == "counted":
                    title, counts = value
                    counted.setdefault(title, Counter()).update(counts)
    for title, counts in sorted(counted.items()):
        terminalreporter.write_line(f"{title}: {', '.join(f'{kind} {count}' for kind, count in counts.most_common())}")
