"""The tables of the direct-product rules that follow from the list say what the list says."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

_TABLES: Final = Path(__file__).parents[3] / "policies" / "us" / "tables"
_ENTRY: Final = "*entry:code(us.eccn)"


def _rows(name: str) -> list[dict[str, str]]:
    with (_TABLES / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _active(**wanted: str) -> set[str]:
    rows = (row for row in _rows("eccns") if row["status:word"] == "active")
    return {row[_ENTRY] for row in rows if all(row[column] in values.split() for column, values in wanted.items())}


def _inputs(name: str, column: str = "input") -> set[str]:
    row = next(row for row in _rows("fdp_inputs") if row["*inputs:word"] == name)
    return set(row[f"{column}:codes(us.eccn)"].split("; "))


def test_inputs_are_the_product_groups_of_the_list() -> None:
    """Any ECCN in "product groups D or E" is every such entry of the list, for all categories or for 3 to 9."""
    groups = {"group:word": "D E"}
    assert _active(**groups) == _inputs("any") == _inputs("any", "plant")
    assert _active(**groups, **{"category:word": "3 4 5 6 7 8 9"}) == _inputs("category-3-to-9")
    assert _active(**groups, **{"series:word?": "600"}) == _inputs("600")
    assert {"9D515", "9E515"} == _inputs("9x515")


def test_sets_of_entries_are_those_of_the_list() -> None:
    """The 600 series, 9x515 and Categories 3 to 9 are the entries that the list marks so."""
    for series, table in (("600", "series_600"), ("9x515", "series_9x515")):
        assert {row[_ENTRY] for row in _rows("eccns") if row["series:word?"] == series} == {row[_ENTRY] for row in _rows(table)}
    assert _active(**{"category:word": "3 4 5 6 7 8 9"}) == {row[_ENTRY] for row in _rows("category_3_to_9")}


def test_what_is_controlled_for_national_security() -> None:
    """Every entry with a control line for national security is among the products of 734.9(b), and no other; so are its inputs."""
    lines = [row for name in ("ccl", "ccl_use", "ccl_formulas") for row in _rows(name)]
    entries = {row[_ENTRY] for row in lines if row["*reason:word"] == "NS"}
    assert entries == {row["*entry:word"] for row in _rows("ns_items")}
    assert entries & _active(**{"group:word": "D E"}) == _inputs("ns")
