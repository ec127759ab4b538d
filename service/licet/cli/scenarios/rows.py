"""One case for each of some rows of a table: `=row` stands for the row's key, `=row.COLUMN` for one of its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    match node:
        case Scalar():
            return Scalar(_ROW.sub(lambda found: _text(found[1], row, node, faults), node.text), node.at, node.plain)
        case Sequence():
            return Sequence(tuple(bound(item, row, faults) for item in node.items), node.at)
        case Mapping():
            return Mapping(tuple((key, bound(value, row, faults)) for key, value in node.entries), node.at)


def _text(column: str | None, row: TableRow, at: Scalar, faults: Faults) -> str:
    if column is None:
        return row.key
    if column not in row.cells:
        faults.add(at.at, "UNKNOWN_NAME", f"the row {row.key} has no column {column}", nearest(column, row.cells))
        return ""
    return _cell(row.cells[column])


def _cell(cell: Cell) -> str:
    """A cell in words; of codes, the first."""
    match cell:
        case Codes():
            return cell.include[0] if cell.include else ""
        case bool():
            return "yes" if cell else "no"
        case _:
            return str(cell)
