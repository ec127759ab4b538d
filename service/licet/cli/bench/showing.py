"""Tables of measurements, for people and for machines."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from typing import Any

import rich.table
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

import licet
from licet.cli.bench.series import Series, Table
from licet.cli.layout import dim

_DIGITS = 3


def machine() -> dict[str, Any]:
    """What was measured on, as far as it explains numbers."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "licet": licet.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load_before": load,
    }


def machine_line(facts: Mapping[str, Any]) -> RenderableType:
    """The same as a line."""
    load = f", load {facts['load_before']:.1f} before" if facts["load_before"] is not None else ""
    return dim(f"Licet {facts['licet']}, Python {facts['python']}, {facts['system']}, {facts['cores']} cores{load}")


def shown(table: Table) -> RenderableType:
    """A table: the median of the rounds, how much they scatter, and ratios."""
    grid = rich.table.Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(table.unit, header_style="dim", no_wrap=True)
    for column in table.columns:
        grid.add_column(column, justify="right")
        grid.add_column("±", justify="right", style="dim")
        if column in table.measured:
            grid.add_column(_measure(table), justify="right", style="bold")
    for row in table.rows:
        grid.add_row(row, *_cells(table, row))
    return Group(Text(table.title, "bold"), grid, *(Padding(dim(note), (0, 0, 0, 2)) for note in table.notes), Text())


def _measure(table: Table) -> str:
    return "part" if table.part_of else f"× {table.against}"


def _cells(table: Table, row: str) -> Iterator[str]:
    for column in table.columns:
        series = table.rows[row][column]
        yield _number(series.median)
        yield f"{series.noise:.0%}"
        if column in table.measured:
            ratio = table.ratio(row, column)
            yield "" if ratio is None else f"{ratio.median:.1%}" if table.part_of else _number(ratio.median)


def _number(value: float) -> str:
    """Three digits that count; more where the number is larger."""
    if not value:
        return "0"
    whole = len(str(int(abs(value))))
    if abs(value) >= 1:
        return f"{value:,.{max(0, _DIGITS - whole)}f}"
    return f"{value:.{_DIGITS}g}" if abs(value) >= 10**-_DIGITS else f"{value:.0e}"


def plain(table: Table) -> dict[str, Any]:
    """A table as JSON holds it."""
    rows = {row: {column: _plain(table, row, column) for column in table.columns} for row in table.rows}
    return {
        "title": table.title,
        "unit": table.unit,
        "ratio_to": table.part_of or table.against,
        "rows": {row.strip(): columns for row, columns in rows.items()},
        "notes": list(table.notes),
    }


def _plain(table: Table, row: str, column: str) -> dict[str, Any]:
    ratio = table.ratio(row, column)
    found = _of(table.rows[row][column])
    return {**found, "ratio": _of(ratio)} if ratio is not None else found


def _of(series: Series) -> dict[str, Any]:
    return {"median": series.median, "noise": series.noise, "rounds": list(series.values)}
