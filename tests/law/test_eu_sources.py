from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache
from typing import Final

import pytest

from licet.language.law import Law
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import Release, load_release
from tests.law import eu_packaged, eu_reference
from tests.law.sides import Sides, Topics, said

pytestmark = pytest.mark.skipif(not eu_reference.FOLDER.is_dir(), reason="the reference is not beside this repository")

_ON: Final = datetime.date(2026, 11, 22)
_TOPICS: Final[Topics] = {
    "entries": (eu_reference.entries, eu_packaged.entries),
    "annex_iv": (eu_reference.annex_iv, eu_packaged.annex_iv),
    "section_i": (eu_reference.section_i, eu_packaged.section_i),
    "destinations": (eu_reference.destinations, eu_packaged.destinations),
    "items": (eu_reference.items, eu_packaged.items),
    "embargoes": (eu_reference.embargoes, eu_packaged.embargoes),
}
_SIDES: Final = Sides(_TOPICS, tuple(said("eu_differences.yaml")["differences"]))


@cache
def _files() -> Mapping[str, bytes]:
    return read_folder(embedded_folder())


@cache
def _release() -> Release:
    return load_release(_files())


@cache
def _shipped() -> Law:
    return _release().law("eu", _ON)


@pytest.mark.parametrize("topic", _TOPICS)
def test_the_package_says_what_the_reference_says(topic: str) -> None:
    """Every fact of the reference is in the package and nothing else, save for the differences that are listed with a reason."""
    assert list(_SIDES.wrong(topic, _shipped())) == []


def test_every_article_has_a_rule() -> None:
    """Each article and step of knowledge of the reference is cited by a rule, or stands under `not_covered`."""
    left = eu_reference.articles() - eu_packaged.articles(_release().packages["eu"])
    policy = (embedded_folder() / "eu" / "policy.yaml").read_text(encoding="utf-8")
    not_covered = policy.partition("not_covered:")[2].partition("recalled:")[0]
    # 3(2) only points to the others; 11(8) is an option of the Member States.
    assert left == {"3(2)", "11(8)"}
    assert "11(2) and (8)" in not_covered


def test_the_reference_is_all_there() -> None:
    """The check reads as much as the reference says of itself; an empty file would agree with an empty package."""
    sizes = {topic: len(there()) for topic, (there, _) in _TOPICS.items()}
    assert sizes["entries"] == 379
    assert sizes["annex_iv"] == 70
    assert sizes["section_i"] == 13
    assert sizes["destinations"] > 140
    assert sizes["items"] > 150
    assert sizes["embargoes"] == 22


def test_every_difference_has_a_topic_and_a_reason() -> None:
    """A difference is listed for a reason that a reader can judge."""
    assert _SIDES.badly_listed() == []


_ERRORS: Final = {
    "entries": ("eu/tables/annex_i.csv", "\n2B350,chemical plant kit,AG", "\n2B350,chemical plant kit,WA"),
    "annex_iv": ("eu/tables/annex_iv.csv", "\n1D103,I,", "\n1D103,II,"),
    "section_i": ("eu/tables/section_i.csv", "\n1A102,,,source", ""),
    "destinations": ("eu/groups/places.yaml", "members: [AR, BR, CL, ID, IL,", "members: [AR, BR, CL, ID,"),
    "items": ("eu/tables/ugea.csv", "1C350.1; ", ""),
    "embargoes": ("eu/groups/embargoes.yaml", '      - {is: ZW, note: "2011/101/CFSP"}\n', ""),
}
"""An error that a hand could make, for each topic."""


def test_an_error_in_the_package_is_found() -> None:
    """Each of these errors alone makes its topic fail, so the check can fail."""
    assert _SIDES.missed(_ERRORS, _files(), lambda files: load_release(files).law("eu", _ON)) == []
