"""What the package of the United States says on a date, in the same plain statements as `reference.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from licet.language.law import Cell, Law, PlaceGroup, Row
from licet.language.tree import Const, Expr
from licet.language.values import Codes
from tests.law.reference import COLUMNS, GROUPS, OTHER_LISTS

_LINES: Mapping[str, tuple[str, str]] = {
    "ccl": ("", ""),
    "ccl_use": ("", ""),
    "ccl_formulas": ("", ""),
    "ccl_un": ("UN", "UN"),
    "ccl_short_supply": ("SS", "SS_754"),
    "ccl_footnote_5": ("RS", "RS_FN5"),
    "ccl_ai_diffusion": ("RS", ""),
}
"""Tables of control lines, with the reason and formula of those whose rows state none."""


def _rows(law: Law, table: str) -> tuple[Row, ...]:
    found = law.tables.get(table)
    return found.rows if found is not None else ()


def _text(cell: Cell) -> str:
    if isinstance(cell, Codes):
        text = "; ".join(sorted(cell.include)) or "all"
        return f"{text} except {'; '.join(sorted(cell.exclude))}" if cell.exclude else text
    return "" if cell is None else str(cell)


def _holds_always(cell: Cell) -> bool:
    return cell is None or not isinstance(cell, Expr) or cell == Const(True)


def chart(law: Law) -> set[str]:
    """Rows of the chart, with every mark, footnote and pointer."""
    found: set[str] = set()
    for row in _rows(law, "chart"):
        found |= {f"row {row.key}"}
        found |= {f"{row.key} {column}" for column in COLUMNS if row.cells[column] is True}
        found |= {f"{row.key} {column}?" for column in COLUMNS if not isinstance(row.cells[column], bool)}
        found |= {f"{row.key} footnote {n}" for n in _text(row.cells["footnotes"]).replace(";", " ").split()}
        found |= {f"{row.key} pointer {_text(row.cells['pointer'])}"} if row.cells["pointer"] else set()
    return found


def territories(law: Law) -> set[str]:
    """Places that are treated as others."""
    return {f"{place} as {other}" for place, other in law.treated_as.items()}


def groups(law: Law) -> set[str]:
    """Members of the Country Groups and of the other lists of destinations."""
    names = {name: name.replace(":", "").lower() for name in GROUPS} | {id_: id_ for id_ in OTHER_LISTS.values()}
    names |= {id_: id_ for id_ in ("meu_listed_items", "russia_belarus", "mil_intel", "rs_y_destinations")}
    found: set[str] = set()
    for name, id_ in names.items():
        group = law.groups[id_]
        assert isinstance(group, PlaceGroup), id_
        assert not group.complement, id_
        found |= {f"{name} {member}" for member in group.members}
        found |= {f"{name} without {member}" for member in group.less}
    return found


def entries(law: Law) -> set[str]:
    """Every ECCN with its status and regime."""
    return {
        f"{_text(row.cells['entry'])} {' '.join(filter(None, (_text(row.cells['status']), _text(row.cells['see']))))}"
        f", {_text(row.cells['regime'])}"
        for row in _rows(law, "eccns")
    }


def _lines(law: Law) -> Iterator[tuple[str, str, Row]]:
    """The control lines: entry with reason, column or formula, row."""
    for table, (reason, formula) in _LINES.items():
        for row in _rows(law, table):
            cells = row.cells
            stated = _text(cells.get("reason") or reason)
            column = _text(cells.get("column") or cells.get("formula") or formula)
            yield f"{_text(cells['entry'])} {stated}", column, row


def reasons(law: Law) -> set[str]:
    """Every ECCN with each of its columns or formulas."""
    return {f"{name.split()[0]} {column}" for name, column, _ in _lines(law) if not column.startswith("footnote")}


def control_lines(law: Law) -> set[str]:
    """Every control line: entry, reason, column or formula, scope; where it has a test of its own, what its note says of that."""
    found: set[str] = set()
    for name, column, row in _lines(law):
        if column.startswith("footnote"):
            continue
        note, codes, entry = _text(row.cells.get("note") or ""), row.cells["codes"], _text(row.cells["entry"])
        narrowed = not all(_holds_always(row.cells.get(test)) for test in ("test", "when")) or "use_for" in row.cells
        narrowed |= isinstance(codes, Codes) and _text(codes) != entry
        said = f"if {note.partition('; the entry prints')[0]}" if note and narrowed else _text(codes)
        found.add(f"{name} {column}: {said}")
    return found


def footnotes(law: Law) -> set[str]:
    """The entries for which a footnote of the chart keeps a license requirement that the chart does not mark."""
    return {f"{column.replace('-', ' ')}: {name.split()[0]}" for name, column, _ in _lines(law) if column.startswith("footnote")}


def hts(law: Law) -> set[str]:
    """The codes of the supplements to part 746."""
    tables = {"hts746_2": 2, "hts746_5": 5, "hts746_5_valued": 5, "hts746_7": 7}
    return {f"Supp. No. {n} {_text(row.cells['hs'])}" for table, n in tables.items() for row in _rows(law, table)}


def chemicals(law: Law) -> set[str]:
    """The chemicals that the list names by CAS number, with paragraph and the share from which a mixture counts."""
    rows = _rows(law, "chemicals_ccl")
    return {" ".join(_text(row.cells[column]) for column in ("paragraph", "cas", "from_percent")) for row in rows}


def military_end_use(law: Law) -> set[str]:
    """The entries of Supplement No. 2 to part 744, and whether only a part of each is meant."""
    return {
        f"{_text(row.cells['code'])}" + ("" if all(_holds_always(row.cells.get(test)) for test in ("test", "when")) else " in part")
        for row in _rows(law, "meu_items")
    }


def exceptions(law: Law) -> set[str]:
    """What the entries say of LVS (limits), GBS and TSR."""
    found = {f"LVS {_text(row.cells['entry'])} {_text(row.cells['limit'])}" for row in _rows(law, "lvs")}
    for name in ("gbs", "tsr"):
        found |= {f"{name.upper()} {_text(row.cells['entry'])}" for row in _rows(law, name)}
    return found
