from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import pytest
import yaml

from licet.language.law import Law, Row
from licet.language.values import Codes
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import Release, load_release
from tests.law import eu_reference

pytestmark = pytest.mark.skipif(not eu_reference.FOLDER.is_dir(), reason="the reference is not beside this repository")

_ON: Final = datetime.date(2026, 11, 22)
# Articles of the reference that ask nothing of a shipment of goods, or that stand under another number here.
_NOT_GOODS: Final = {"2c/2d": "forms and consultation of authorities", "12ga": "a clause on intellectual property"}


@cache
def _release() -> Release:
    return load_release(read_folder(embedded_folder()))


def _law(on: datetime.date = _ON) -> Law:
    return _release().law("eu", on)


def _rows(table: str, on: datetime.date = _ON) -> tuple[Row, ...]:
    at = _law(on).tables[table]
    assert at is not None
    return at.rows


def _members(group: str) -> set[str]:
    at = _law().groups[group]
    assert at is not None
    return set(map(str, at.members))


def _said() -> Mapping[str, Any]:
    text = (eu_reference.FOLDER / "russia_belarus.yaml").read_text(encoding="utf-8")
    said: Mapping[str, Any] = yaml.safe_load(text)
    return said


def _cited() -> str:
    package = _release().packages["eu"]
    rows = [str(row.cells["cite"]) for t in ("sanctioned_goods", "sanctioned_dual_use", "listed_firms") for row in _rows(t)]
    return " ".join([*(rule.cite for rule in package.rules if isinstance(rule.cite, str)), *rows])


def test_every_article_of_the_reference_is_cited() -> None:
    """Each article on Russia and Belarus of the reference has a rule or row that cites it, or a reason why not."""
    said = _said()
    wanted = {each["id"] for each in (*said["russia"], *said["belarus"]) if each["id"][0].isdigit()}
    cited = _cited()
    missing = {id_ for id_ in wanted - set(_NOT_GOODS) if id_ not in cited}
    assert missing == set()


def test_the_partner_countries_are_those_of_the_reference() -> None:
    """Annex VIII, as the reference recalls it."""
    assert _members("partner_countries") == set(_said()["partner_countries_annex_VIII"]["list"])


def test_the_common_high_priority_items_are_those_of_the_reference() -> None:
    """All fifty codes, and those of the list of 2023-12 before the five of 2024."""
    path = eu_reference.FOLDER.parent / "plurilateral" / "common_high_priority_list.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    reference = {row["hs6"] for row in csv.DictReader(lines)}
    assert {str(row.cells["code"]) for row in _rows("common_high_priority")} == reference
    before = {str(row.cells["code"]) for row in _rows("common_high_priority", datetime.date(2024, 3, 20))}
    assert len(before) == 45
    assert before < reference


def test_common_high_priority_items_are_banned_for_russia() -> None:
    """Every code of the list is among the tariff codes that are banned."""
    banned: set[str] = set()
    for row in _rows("sanctioned_tariff"):
        codes = row.cells["codes"]
        assert isinstance(codes, Codes)
        banned.update(codes.include)
    assert {str(row.cells["code"]) for row in _rows("common_high_priority")} <= banned


def test_whole_embargoes_are_those_that_the_reference_calls_whole() -> None:
    """Countries to which no arms may go: whole embargoes of the reference, without those that are disputed, Haiti (partial) and Syria."""
    lines = (eu_reference.FOLDER / "arms_embargoes.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    whole = {row["iso2"] for row in rows if row["scope"].startswith("whole")} - {"AM", "AZ", "CN"}
    assert _members("arms_embargo_whole") == whole - {"HT", "SY"}


@pytest.mark.parametrize(
    ("day", "bans"),
    [
        (datetime.date(2022, 2, 25), 0),
        (datetime.date(2022, 2, 26), 3),
        (datetime.date(2022, 4, 9), 8),
        (datetime.date(2023, 6, 24), 10),
        (datetime.date(2023, 12, 19), 12),
        (datetime.date(2024, 5, 27), 13),
    ],
)
def test_bans_on_russia_grow_by_package(day: datetime.date, bans: int) -> None:
    """How many annexes are banned for Russia on the days of the packages."""
    rows = [row for row in _rows("sanctioned_goods", day) if row.key.endswith("/russia")]
    assert len(rows) == bans
