from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final

import pytest

from licet.language.law import Law, Row
from licet.language.values import Codes
from tests.law.shipped import files, law_of, shipped
from tests.law.sides import Sides, Topics, said

_REFERENCE: Final = Path(__file__).parents[3] / "shared" / "reference" / "regimes" / "chemicals.csv"
pytestmark = pytest.mark.skipif(not _REFERENCE.is_file(), reason="the reference is not beside this repository")

_NO_NUMBER: Final = "no CAS"


# ---- what the reference says --------------------------------------------------------------------------------------------


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    with _REFERENCE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(line for line in file if not line.startswith("#")))


def _under(column: str, met: Callable[[str], bool]) -> Callable[[], set[str]]:
    return lambda: {row["cas"] or f"{_NO_NUMBER} {row['name']}" for row in _rows() if met(row[column])}


def _codes_said() -> set[str]:
    """Each chemical with each entry; a cross-reference in parentheses and the word "recalled" are no entry."""
    found = set()
    for row in _rows():
        for code in re.findall(r"\b(?:1C\d{3}[.\w]*|ML\d+)", row["eu_code"].partition("(")[0]):
            found.add(f"{row['cas'] or _NO_NUMBER} {code}")
    return found


# ---- what the package says ----------------------------------------------------------------------------------------------


def _table(law: Law, name: str) -> tuple[Row, ...]:
    found = law.tables.get(name)
    return found.rows if found is not None else ()


def _numbers(*tables: str) -> Callable[[Law], set[str]]:
    return lambda law: {str(row.cells["cas"]) for table in tables for row in _table(law, table)}


def _codes(law: Law) -> set[str]:
    found = set()
    for row in (row for table in ("chemicals", "chemicals_ml") for row in _table(law, table)):
        entries = row.cells["entries"]
        assert isinstance(entries, Codes)
        found |= {f"{row.cells['cas']} {code}" for code in entries.include}
    return found


def _schedule_1(law: Law) -> set[str]:
    return {str(row.cells["cas"]) for row in _table(law, "chemicals_ml") if str(row.cells["schedule"]) == "1"}


_TOPICS: Final[Topics] = {
    "consent": (_under("rotterdam", bool), _numbers("pic_1", "pic_2", "pic_3", "pic_bans")),
    "pollutants": (_under("stockholm", bool), _numbers("pops")),
    "ozone": (_under("montreal", lambda cell: bool(cell) and not cell.startswith("F")), _numbers("ozone", "ozone_ii")),
    "gases": (_under("montreal", lambda cell: cell.startswith("F")), _numbers("fgas")),
    "mercury": (_under("minamata", bool), _numbers("mercury")),
    "precursors": (_under("un1988", bool), _numbers("precursors", "precursors_3")),
    "schedule_1": (_under("cwc_schedule", lambda cell: cell == "1"), _schedule_1),
    "codes": (_codes_said, _codes),
}
_SIDES: Final = Sides(_TOPICS, tuple(said("eu_chemicals_differences.yaml")["differences"]))


# ---- the two compared ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", _TOPICS)
def test_the_package_says_what_the_reference_says(topic: str) -> None:
    """Each chemical that the reference puts under a law is in the Union's tables for it; what else they hold is counted."""
    assert list(_SIDES.wrong(topic, shipped("eu"))) == []


def test_the_reference_is_all_there() -> None:
    """An empty file would agree with an empty package."""
    assert len(_rows()) > 300
    assert {topic: len(there()) for topic, (there, _) in _TOPICS.items()} == {
        "consent": 61,
        "pollutants": 39,
        "ozone": 19,
        "gases": 12,
        "mercury": 1,
        "precursors": 36,
        "schedule_1": 39,
        "codes": 131,
    }


def test_every_difference_has_a_topic_and_a_reason() -> None:
    """A difference is listed for a reason that a reader can judge."""
    assert _SIDES.badly_listed() == []


_MUTATIONS: Final = {
    "consent": ("eu/tables/pic_3.csv", "\n52-68-6,", "\n64-17-5,"),
    "pollutants": ("eu/tables/pops.csv", "\n50-29-3,", "\n64-17-5,"),
    "ozone": ("eu/tables/ozone.csv", "\n75-69-4,", "\n64-17-5,"),
    "gases": ("eu/tables/fgas.csv", "\n811-97-2,", "\n64-17-5,"),
    "mercury": ("eu/tables/mercury.csv", "\n7439-97-6,", "\n64-17-5,"),
    "precursors": ("eu/tables/precursors.csv", "\n90-82-4,", "\n64-17-5,"),
    "schedule_1": ("eu/tables/chemicals_ml.csv", "\n107-44-8,", "\n64-17-5,"),
    "codes": ("eu/tables/chemicals.csv", ",1C450.a.4,", ",1C450.a.5,"),
}
"""An error that a hand could make, for each topic."""


def test_an_error_in_the_package_is_found() -> None:
    """Each of these errors alone makes its topic fail, so the check can fail."""
    assert _SIDES.missed(_MUTATIONS, files(), partial(law_of, "eu")) == []
