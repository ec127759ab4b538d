"""What the package of the European Union says on a date, in the same plain statements as `eu_reference.py`."""

from __future__ import annotations

import re

from licet.language.law import Law, PlaceGroup, Row
from licet.language.values import Codes
from licet.policy.model import Package
from tests.law.eu_reference import AUTHORIZATIONS

_GROUPS = {"EU003": "eu003_eu004", "EU004": "eu003_eu004", "EU008": "eu008_excluded"}


def _rows(law: Law, table: str) -> tuple[Row, ...]:
    found = law.tables.get(table)
    return found.rows if found is not None else ()


def entries(law: Law) -> set[str]:
    """Every entry of Annex I with its regime."""
    return {f"{_code(row, 'entry')} {row.cells['regime']}" for row in _rows(law, "annex_i")}


def _code(row: Row, column: str) -> str:
    cell = row.cells[column]
    return "; ".join(sorted(cell.include)) if isinstance(cell, Codes) else str(cell)


def annex_iv(law: Law) -> set[str]:
    """Every code of Annex IV with its part."""
    return {f"{_code(row, 'entry')} {row.cells['part']}" for row in _rows(law, "annex_iv")}


def section_i(law: Law) -> set[str]:
    """The codes of Annex II, Section I."""
    return {_code(row, "entry") for row in _rows(law, "section_i")}


def destinations(law: Law) -> set[str]:
    """Where each general authorization leads; for EU008, where it does not."""
    found: set[str] = set()
    for id_ in AUTHORIZATIONS:
        group = law.groups[_GROUPS.get(id_, id_.lower())]
        assert isinstance(group, PlaceGroup)
        found |= {f"{id_} {place}" for place in group.members}
    return found


def items(law: Law) -> set[str]:
    """What the general authorizations that list their items take up, and what the others leave out, by code."""
    said = {str(row.cells["id"]): row.cells["items"] for row in _rows(law, "ugea")}
    wanted = {"EU002": "", "EU005": "", "EU005-for-goods": "", "EU006": "", "EU008-all": ""}
    wanted |= {"EU003-excluded": " without", "EU004-excluded": " without"}
    found: set[str] = set()
    for name, word in wanted.items():
        codes = said[name]
        assert isinstance(codes, Codes)
        found |= {f"{name.partition('-')[0]}{word} {code}" for code in codes.include}
    return found


def embargoes(law: Law) -> set[str]:
    """Countries under an arms embargo, disputed ones as well."""
    found: set[str] = set()
    for name in ("arms_embargo", "arms_embargo_disputed"):
        group = law.groups[name]
        assert isinstance(group, PlaceGroup)
        found |= set(group.members)
    return found


def articles(package: Package) -> set[str]:
    """Articles of the Regulation that some rule cites, with paragraph and without."""
    found: set[str] = set()
    for rule in package.rules:
        for cite in re.findall(r"2021/821, Articles? ([^;]*)", str(rule.cite)):
            for number, paragraph in re.findall(r"(?<![\d(])(\d+)(\(\d+\))?", cite):
                found |= {number, number + paragraph}
    return found
