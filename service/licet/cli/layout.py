"""How the lines of a report are laid out: labels, marks, hanging indents."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_LABEL_WIDTH = 13


def dim(text: str) -> Text:
    """Text that stands back."""
    return Text(text, "dim")


def row(label: str, lines: Iterable[RenderableType]) -> RenderableType:
    """Lines behind a label."""
    grid = Table.grid(padding=(0, 1), expand=False)
    grid.add_column(width=_LABEL_WIDTH, no_wrap=True)
    grid.add_column()
    grid.add_row(Text(label, "dim"), Group(*lines))
    return Padding(grid, (0, 0, 0, 5))


def hanging(mark: str, text: str | Text, indent: int) -> RenderableType:
    """A mark, and text that hangs from it."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, justify="right", min_width=2)
    grid.add_column()
    grid.add_row(mark, Text(text) if isinstance(text, str) else text)
    return Padding(grid, (0, 0, 0, indent))


def marked(mark: str, color: str, text: str, rest: str) -> RenderableType:
    """A colored mark, text, and more text that stands back."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(Text(mark, color), Text.assemble(text, (rest, "dim")))
    return grid
