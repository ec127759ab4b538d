"""What durable-rules is trusted with, on both sides of the pipe: each bound lies well within what it was seen to hold."""

from __future__ import annotations

from typing import Final

MOST_ALTERNATIVES: Final = 50
"""Conjunctions in one ruleset: more than 64 pending matches of a fact are an error, 256 rules that end in one test a crash."""
MOST_PROPERTIES: Final = 200
"""Properties of one fact; the engine knows 252."""
MOST_TESTS: Final = 60
"""Tests in one conjunction."""
MOST_NUMBER: Final = 2**31 - 1
"""The greatest number in a fact; none is below zero."""
MOST_FRAME: Final = 64 * 1024 * 1024
"""Bytes of one request."""
MOST_PAIRS: Final = 60_000
"""Lasting facts of one program; each is kept as nearly seven kilobytes."""
MOST_TABLE_ROWS: Final = 20_000
"""Rows of the decision tables of one package."""
MOST_MATCHES: Final = 100_000
"""Rows looked at in one evaluation; an item without classification may match any."""
MOST_INSTANCES: Final = 5_000
"""Items and bindings of one case."""
MOST_ELEMENTS: Final = 20_000
"""Different values read of one case."""
MOST_PROGRAMS: Final = 16
"""Programs, of a package on some interval of dates, that are kept."""
MOST_MEMORY: Final = 768 * 1024
"""Kilobytes that the child may grow to before another takes its place: lasting facts keep a trace of every match."""
