from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from licet.language.law import Law
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import Release, load_release
from tests.law import eu_packaged, eu_reference

pytestmark = pytest.mark.skipif(not eu_reference.FOLDER.is_dir(), reason="the reference is not beside this repository")

_ON: Final = datetime.date(2026, 11, 22)
_LISTED: Final[list[Mapping[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "eu_differences.yaml").read_text(encoding="utf-8")
)["differences"]
_TOPICS: Final[Mapping[str, tuple[Callable[[], set[str]], Callable[[Law], set[str]]]]] = {
    "entries": (eu_reference.entries, eu_packaged.entries),
    "annex_iv": (eu_reference.annex_iv, eu_packaged.annex_iv),
    "section_i": (eu_reference.section_i, eu_packaged.section_i),
    "destinations": (eu_reference.destinations, eu_packaged.destinations),
    "items": (eu_reference.items, eu_packaged.items),
    "embargoes": (eu_reference.embargoes, eu_packaged.embargoes),
}


@cache
def _files() -> Mapping[str, bytes]:
    return read_folder(embedded_folder())


@cache
def _release() -> Release:
    return load_release(_files())


@cache
def _shipped() -> Law:
    return _release().law("eu", _ON)


def _wrong(topic: str, law: Law) -> Iterator[str]:
    """Differences that nobody listed, and listed ones that are not there, or not so often."""
    there, here = _TOPICS[topic][0](), _TOPICS[topic][1](law)
    for side, left in (("reference", there - here), ("package", here - there)):
        for listed in (each for each in _LISTED if each["topic"] == topic and side in each):
            wanted = listed.get(f"count_{side}", listed.get("count", 1))
            met = {text for text in left if fnmatchcase(text, listed[side])}
            left.difference_update(met)
            if len(met) != wanted:
                yield f"listed, but {len(met)} and not {wanted}: only the {side} says {listed[side]}"
        yield from (f"not listed: only the {side} says {text}" for text in sorted(left))


@pytest.mark.parametrize("topic", _TOPICS)
def test_the_package_says_what_the_reference_says(topic: str) -> None:
    """Every fact of the reference is in the package and nothing else, save for the differences that are listed with a reason."""
    assert list(_wrong(topic, _shipped())) == []


def test_every_article_has_a_rule() -> None:
    """Each article and step of knowledge of the reference is cited by a rule, or stands under `not_covered`."""
    left = eu_reference.articles() - eu_packaged.articles(_release().packages["eu"])
    said = (embedded_folder() / "eu" / "policy.yaml").read_text(encoding="utf-8")
    not_covered = said.partition("not_covered:")[2].partition("recalled:")[0]
    # 3(2) only points to the others; 11(2) and (8) are options of the Member States.
    assert left == {"3(2)", "11(2)", "11(8)"}
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
    for listed in _LISTED:
        assert listed["topic"] in _TOPICS, listed
        assert len(listed["reason"]) > 20, listed


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
    files = dict(_files())
    for file, line, instead in _ERRORS.values():
        text = files[file].decode()
        assert line in text, f"{line} no longer stands in {file}"
        files[file] = text.replace(line, instead, 1).encode()
    law = load_release(files).law("eu", _ON)
    assert [topic for topic in _ERRORS if not list(_wrong(topic, law))] == []
