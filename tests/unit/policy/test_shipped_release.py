from __future__ import annotations

import datetime
from typing import Final

import pytest

from licet.policy.folder import embedded_folder, read_folder
from licet.policy.model import Bound, Provenance
from licet.policy.release import Release, load_release
from tests.support.shipments import TODAY

_FILES: Final = read_folder(embedded_folder())


@pytest.fixture(scope="module")
def release() -> Release:
    """The shipped policies, loaded once."""
    return load_release(_FILES)


def test_the_shipped_policies_load(release: Release) -> None:
    """The policies that Licet ships have no faults; a bloc is resolved with its members."""
    assert {"de", "eu", "fr", "nl", "us"} <= set(release.packages)
    families = {family.head: set(family.jurisdictions) for family in release.families}
    assert {"eu", "de", "fr", "nl"} <= families["eu"]
    assert {"us"} == families["us"]


def test_the_shipped_digest_is_stable(release: Release) -> None:
    """Loading the shipped policies again, their files in another order, gives the same digests."""
    again = load_release(dict(sorted(_FILES.items(), reverse=True)))
    assert release.digest == again.digest
    assert {folder: p.digest for folder, p in release.packages.items()} == {f: p.digest for f, p in again.packages.items()}


def test_every_shipped_rule_has_a_source(release: Release) -> None:
    """No rule without regime, citation and dates that name the instrument which made them, or say that they are recalled."""
    for package in release.packages.values():
        for rule in package.rules:
            assert rule.cite, rule.id
            assert rule.derives_from, rule.id
            assert rule.in_force, rule.id
            assert all(i.by or rule.provenance is not Provenance.SOURCE for i in rule.in_force), rule.id
            assert isinstance(rule.cite, (str, Bound))


@pytest.mark.parametrize(
    "date", [datetime.date(1990, 1, 1), datetime.date(2020, 12, 23), TODAY, datetime.date(2100, 1, 1)], ids=str
)
def test_the_shipped_law_is_there_on_every_date(release: Release, date: datetime.date) -> None:
    """For any date each package gives its groups and tables, or says that it has no history so far back."""
    for jurisdiction, package in release.packages.items():
        law = release.law(jurisdiction, date)
        assert set(package.groups) == set(law.groups)
        assert set(package.tables) == set(law.tables)
        for id_, group in law.groups.items():
            assert (group is None) is (date < _reaches_back(release, jurisdiction, id_)), id_


def _reaches_back(release: Release, jurisdiction: str, id_: str) -> datetime.date:
    """Since when a group and all that it is built from are known."""
    groups = release.packages[jurisdiction].groups
    group = groups[id_]
    parts = (
        _reaches_back(release, jurisdiction, part)
        for part in (*(str(part.value) for part in group.union), *group.minus, *group.all_except)
    )
    return max(group.history_from, *parts, datetime.date.min)


def test_the_shipped_schemes_know_their_entries(release: Release) -> None:
    """Both lists that ship have tables of entries: a paragraph is known, a typo is not."""
    eccn = release.schemes["us.eccn"]
    assert eccn.entries
    assert eccn.knows("3A001.b.2")
    assert not eccn.knows("3A00I")
