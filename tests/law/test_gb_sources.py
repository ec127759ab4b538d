from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from licet.language.law import Law, PlaceGroup
from tests.law.shipped import files, law_of, shipped
from tests.law.sides import Sides, Topics, said

_REFERENCE: Final = Path(__file__).parents[3] / "shared" / "reference"
pytestmark = pytest.mark.skipif(not (_REFERENCE / "gb").is_dir(), reason="the reference is not beside this repository")

_CHEMICALS: Final = {
    "pic": "rotterdam",
    "pops": "stockholm",
    "ods": "montreal",
    "hfcs": "montreal",
    "precursors": "un1988",
    "precursors_ii": "un1988",
    "cwc_1": "cwc_schedule",
}
_OTHER_NAMES: Final = {"F-16/PROGRAMME": "PROGRAMME", "CLOSE-ALLY-2024": "CLOSE-ALLY"}


# ---- what the reference says --------------------------------------------------------------------------------------------


def _rows(name: str) -> list[dict[str, str]]:
    with (_REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def _order() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((_REFERENCE / "gb" / "export_control_order_2008.yaml").read_text(encoding="utf-8"))
    return found


def _dual_use_said() -> set[str]:
    """The entries of the Union's list, whose numbers that of Great Britain shares, by category of regime."""
    return {f"{row['code']} {row['digit_block'][0]}" for row in _rows("eu/annex_i_codes.csv")}


def _uk_lists_said() -> set[str]:
    order = _order()
    first, last = map(int, re.findall(r"\bML(\d+)", order["code_scheme"]["ML"]))
    entries = order["schedule_3_pl_entries"]
    codes = [code for entry in entries for code in ([entry["code"]] if "code" in entry else entry["codes"])]
    return {f"Schedule 2 ML{n}" for n in range(first, last + 1)} | {f"Schedule 3 {code}" for code in codes}


def _licenses_said() -> set[str]:
    return {_OTHER_NAMES.get(row["id"], row["id"]) for row in _rows("gb/ogels.csv")}


def _schedule_4_said() -> set[str]:
    parts = _order()["schedule_4"]
    return {f"part {p['part']} {place}" for p in parts for place in (p.get("list") or p.get("list_verified") or [])}


def _law_of(row: Mapping[str, str], table: str) -> bool:
    cell = row[_CHEMICALS[table]]
    match table:
        case "ods":
            return bool(cell) and not cell.startswith("F")
        case "hfcs":
            return cell.startswith("F")
        case "precursors":
            return cell == "I"
        case "precursors_ii":
            return cell == "II"
        case "cwc_1":
            return cell == "1"
        case _:
            return bool(cell)


def _chemicals_said() -> set[str]:
    found = set()
    for row in _rows("regimes/chemicals.csv"):
        for table in _CHEMICALS:
            if _law_of(row, table):
                found.add(f"{row['cas']} {table}" if row["cas"] else f"no CAS {table}")
    return found


# ---- what the package says ----------------------------------------------------------------------------------------------


def _column(law: Law, table: str, column: str) -> set[str]:
    found = law.tables.get(table)
    return {str(row.cells[column]) for row in found.rows} if found is not None else set()


def _dual_use(law: Law) -> set[str]:
    return {f"{code} {code[2]}" for code in _column(law, "dual_use", "entry")}


def _uk_lists(law: Law) -> set[str]:
    return {f"Schedule 2 {code}" for code in _column(law, "military", "entry")} | {
        f"Schedule 3 {code}" for code in _column(law, "pl", "entry")
    }


def _licenses(law: Law) -> set[str]:
    named = {id_ for table in ("ogels_dual_use", "ogels_uk_controlled", "ogels_military") for id_ in _column(law, table, "id")}
    named |= {"EU-MS"} if "ogel_eu" in law.groups else set()
    return named | ({"GEA"} if _column(law, "gea", "id") == {f"GEA00{n}" for n in range(1, 7)} else set())


def _schedule_4(law: Law) -> set[str]:
    found: set[str] = set()
    for part in (1, 2):
        group = law.groups[f"schedule_4_part_{part}"]
        assert isinstance(group, PlaceGroup)
        found |= {f"part {part} {member}" for member in group.members}
    return found


def _chemicals(law: Law) -> set[str]:
    return {f"{cas} {table}" for table in _CHEMICALS for cas in _column(law, table, "cas")}


_TOPICS: Final[Topics] = {
    "dual_use": (_dual_use_said, _dual_use),
    "uk_lists": (_uk_lists_said, _uk_lists),
    "licenses": (_licenses_said, _licenses),
    "schedule_4": (_schedule_4_said, _schedule_4),
    "chemicals": (_chemicals_said, _chemicals),
}
_SIDES: Final = Sides(_TOPICS, tuple(said("gb_differences.yaml")["differences"]))


# ---- the two compared ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", _TOPICS)
def test_the_package_says_what_the_reference_says(topic: str) -> None:
    """Every code, license, destination and chemical of the reference is in the package and nothing else, save for listed differences."""
    assert list(_SIDES.wrong(topic, shipped("gb"))) == []


def test_the_reference_is_all_there() -> None:
    """The check reads as much as the reference says of itself; an empty file would agree with an empty package."""
    sizes = {topic: len(there()) for topic, (there, _) in _TOPICS.items()}
    assert sizes["dual_use"] == 381
    assert sizes["licenses"] == 24
    assert sizes["chemicals"] > 190
    assert sizes["schedule_4"] > 20


def test_every_difference_has_a_topic_and_a_reason() -> None:
    """A difference is listed for a reason that a reader can judge."""
    assert _SIDES.badly_listed() == []


_MUTATIONS: Final = {
    "dual_use": ("gb/tables/dual_use.csv", "\n1A001,", "\n1A999,"),
    "uk_lists": ("gb/tables/pl.csv", "\nPL9004,", "\nPL9024,"),
    "licenses": ("gb/tables/ogels_dual_use.csv", "\nLOWVAL,", "\nLOW,"),
    "schedule_4": ("gb/groups/embargoes.yaml", "members: [IR, KP]", "members: [IR]"),
    "chemicals": ("gb/tables/pic.csv", "\n50-29-3,", "\n64-17-5,"),
}
"""An error that a hand could make, for each topic."""


def test_an_error_in_the_package_is_found() -> None:
    """Each of these errors alone makes its topic fail, so the check can fail."""
    assert _SIDES.missed(_MUTATIONS, files(), partial(law_of, "gb")) == []
