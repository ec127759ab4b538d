from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import pytest

from licet.policy.folder import embedded_folder
from tests.law import packaged, reference
from tests.law.shipped import files, law_of, shipped
from tests.law.sides import Sides, Topics, said

pytestmark = pytest.mark.skipif(not reference.FOLDER.is_dir(), reason="the reference is not beside this repository")

_SAID: Final[Mapping[str, Any]] = said("us_differences.yaml")
_TOPICS: Final[Topics] = {
    "chart": (reference.chart, packaged.chart),
    "territories": (reference.territories, packaged.territories),
    "groups": (reference.groups, packaged.groups),
    "entries": (reference.entries, packaged.entries),
    "reasons": (reference.reasons, packaged.reasons),
    "control_lines": (reference.control_lines, packaged.control_lines),
    "footnotes": (reference.footnotes, packaged.footnotes),
    "hts": (reference.hts, packaged.hts),
    "chemicals": (reference.chemicals, packaged.chemicals),
    "military_end_use": (reference.military_end_use, packaged.military_end_use),
    "exceptions": (reference.exceptions, packaged.exceptions),
}


_SIDES: Final = Sides(_TOPICS, tuple(_SAID["differences"]))


@pytest.mark.parametrize("topic", _TOPICS)
def test_the_package_says_what_the_reference_says(topic: str) -> None:
    """Every fact of the reference is in the package and nothing else, save for the differences that are listed with a reason."""
    assert list(_SIDES.wrong(topic, shipped("us"))) == []


def test_the_reference_is_all_there() -> None:
    """The check reads as much as the reference says of itself; an empty file would agree with an empty package."""
    sizes = {topic: len(there()) for topic, (there, _) in _TOPICS.items()}
    assert sizes["entries"] == 638
    assert sizes["control_lines"] == 1590
    assert sizes["hts"] == 445
    assert sizes["chart"] > 2000
    assert sizes["groups"] > 800
    assert min(sizes.values()) > 0


def test_every_difference_has_a_topic_and_a_reason() -> None:
    """A difference is listed for a reason that a reader can judge."""
    assert _SIDES.badly_listed() == []


_MUTATIONS: Final = {
    "chart": ("us/tables/chart.csv", "\nAD,Andorra,X,X,,X", "\nAD,Andorra,X,,,X"),
    "territories": ("us/places.yaml", "{place: HK, as: CN", "{place: HK, as: GB"),
    "groups": ("us/groups/country_groups.yaml", "      - AR\n", ""),
    "entries": ("us/tables/eccns.csv", "parts,0,A,active,,,WA-ML", "parts,0,A,active,,,WA"),
    "control_lines": ("us/tables/ccl.csv", "\n0A501,FC,FC1,0A501 except 0A501.y", "\n0A501,FC,FC1,0A501 except 0A501.x"),
    "reasons": ("us/tables/ccl.csv", "\n1A001,NS,NS2,", "\n1A001,NS,NS1,"),
    "hts": ("us/tables/hts746_7.csv", "\n840710,", "\n840711,"),
    "chemicals": ("us/tables/chemicals_ccl.csv", "1C350.b.1,", "1C350.b.2,"),
    "exceptions": ("us/tables/lvs.csv", ",b,3000,", ",b,9000,"),
    "military_end_use": ("us/tables/meu_items.csv", "\n1C990,", "\n1C991,"),
    "footnotes": ("us/tables/ccl_formulas.csv", "\n0A501,NS,footnote-10,", "\n0A501,NS,footnote-11,"),
}
"""An error that a hand could make, for each topic."""


def test_an_error_in_the_package_is_found() -> None:
    """Each of these errors alone makes its topic fail, so the check can fail."""
    assert _SIDES.missed(_MUTATIONS, files(), partial(law_of, "us")) == []


@pytest.mark.parametrize("noted", _SAID["disagreements"], ids=lambda noted: str(noted["reference"][1]))
def test_where_sources_disagree_the_package_says_so(noted: Mapping[str, tuple[str, str]]) -> None:
    """A disagreement that the reference notes is told to whoever reads the package."""
    file, text = noted["reference"]
    assert text in (reference.FOLDER / file).read_text(encoding="utf-8")
    file, text = noted["package"]
    assert text in " ".join(_files_text(file).split()), f"us/{file} does not say {text!r}"


def _files_text(name: str) -> str:
    return (embedded_folder() / "us" / name).read_text(encoding="utf-8")
