"""At the end of a run: with which seed, how many pairs, and what they were like."""

from __future__ import annotations

import pytest

from tests.support.pairs import seen


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what was compared."""
    for title, counts in seen.items():
        terminalreporter.write_line(f"{title}: {', '.join(f'{kind} {count}' for kind, count in counts.most_common())}")
