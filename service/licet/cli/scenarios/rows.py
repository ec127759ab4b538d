"""One case for each of some rows of a table: `=row` stands for the row's key, `=row.COLUMN` for one of its cells.

Where a cell holds codes, the first stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf

from licet.language.law import Cell
from licet.language.values import Codes
from licet.policy.model import Package, TableRow
from licet.policy.reading import Faults, Fields, nearest
from licet.policy.text import Mapping, Node, Scalar, Sequence

_ROW = re.compile(r"=row(?:\.([A-Za-z_][A-Za-z0-9_]*))?")


def rows_of(node: Node, package: Package, faults: Faults) -> Iterator[TableRow]:
    """The rows that `for_each: {table: ccl, rows: [...]}` names; a table or row that is not there is a fault."""
    fields = Fields.of(node, "for_each", faults)
    name, wanted = fields.text("table", required=True), fields.scalars("rows", required=True)
    fields.done()
    if name and name not in package.tables:
        faults.add(
            fields.position("table"), "UNKNOWN_NAME", f"{name} is no table of {package.jurisdiction}", nearest(name, package.tables)
        )
        return
    rows = {row.key: row for row in package.tables[name].rows} if name else {}
    for scalar in wanted:
        if scalar.text in rows:
            yield rows[scalar.text]
        else:
            faults.add(scalar.at, "UNKNOWN_NAME", f"the table {name} has no row {scalar.text}", nearest(scalar.text, rows))


def bound(node: Node, row: TableRow, faults: Faults) -> Node:
    """The node with the row's cells in place of `=row.COLUMN`; a column that is not there is a fault."""
    missing = sorted({column for column in _columns(node) if column not in row.cells})
    for column in missing:
        faults.add(node.at, "UNKNOWN_NAME", f"the row {row.key} has no column {column}", nearest(column, row.cells))
    texts = {column: _cell(cell) for column, cell in row.cells.items()}
    return _filled(node, {**dict.fromkeys(missing, ""), **texts, "": row.key})


def _columns(node: Node) -> Iterator[str]:
    match node:
        case Scalar():
            yield from (column for column in _ROW.findall(node.text) if column)
        case Sequence():
            yield from (column for item in node.items for column in _columns(item))
        case Mapping():
            yield from (column for _, value in node.entries for column in _columns(value))


def _filled(node: Node, texts: MappingOf[str, str]) -> Node:
    match node:
        case Scalar():
            return Scalar(_ROW.sub(lambda found: texts[found[1] or ""], node.text), node.at, node.plain)
        case Sequence():
            return Sequence(tuple(_filled(item, texts) for item in node.items), node.at)
        case Mapping():
            return Mapping(tuple((key, _filled(value, texts)) for key, value in node.entries), node.at)


def _cell(cell: Cell) -> str:
    """A cell in words."""
    match cell:
        case Codes():
            return cell.include[0] if cell.include else ""
        case bool():
            return "yes" if cell else "no"
        case _:
            return str(cell)
