from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from licet.language.law import Law
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import load_release
from tests.law import packaged, reference

pytestmark = pytest.mark.skipif(not reference.FOLDER.is_dir(), reason="the reference is not beside this repository")

_ON: Final = datetime.date(2026, 11, 22)
_SAID: Final[Mapping[str, Any]] = yaml.safe_load((Path(__file__).parent / "differences.yaml").read_text(encoding="utf-8"))
_TOPICS: Final[Mapping[str, tuple[Callable[[], set[str]], Callable[[Law], set[str]]]]] = {
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


@dataclass(frozen=True, order=True)
class Difference:
    """What one side says and the other does not."""

    side: str
    text: str


def _law(files: Mapping[str, bytes]) -> Law:
    return load_release(files).law("us", _ON)


@cache
def _files() -> Mapping[str, bytes]:
    return read_folder(embedded_folder())


@cache
def _shipped() -> Law:
    return _law(_files())


def _differences(topic: str, law: Law) -> set[Difference]:
    there, here = _TOPICS[topic][0](), _TOPICS[topic][1](law)
    return {Difference("reference", text) for text in there - here} | {Difference("package", text) for text in here - there}


def _wrong(topic: str, law: Law) -> Iterator[str]:
    """Differences that nobody listed, and listed ones that are not there, or not so often."""
    left = _differences(topic, law)
    for listed in _SAID["differences"]:
        for side in ("reference", "package") if listed["topic"] == topic else ():
            pattern, count = listed.get(side), listed.get("count", 1)
            met = {each for each in left if pattern and each.side == side and fnmatchcase(each.text, pattern)}
            left -= met
            if pattern and len(met) != count:
                yield f"listed, but {len(met)} and not {count}: only the {side} says {pattern}"
    yield from (f"not listed: only the {each.side} says {each.text}" for each in sorted(left))


@pytest.mark.parametrize("topic", _TOPICS)
def test_the_package_says_what_the_reference_says(topic: str) -> None:
    """Every fact of the reference is in the package and nothing else, save for the differences that are listed with a reason."""
    assert list(_wrong(topic, _shipped())) == []


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
    for listed in _SAID["differences"]:
        assert listed["topic"] in _TOPICS, listed
        assert len(listed["reason"]) > 30, listed


def _cut(file: str, line: str, instead: str = "") -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        text = files[file].decode()
        assert line in text, f"{line} no longer stands in {file}"
        files[file] = text.replace(line, instead, 1).encode()

    return change


_MUTATIONS: Final = {
    "chart": _cut("us/tables/chart.csv", "\nAD,Andorra,X,X,,X", "\nAD,Andorra,X,,,X"),
    "territories": _cut("us/places.yaml", "{place: HK, as: CN", "{place: HK, as: GB"),
    "groups": _cut("us/groups/country_groups.yaml", "      - AR\n"),
    "entries": _cut("us/tables/eccns.csv", "parts,0,A,active,,,WA-ML", "parts,0,A,active,,,WA"),
    "control_lines": _cut("us/tables/ccl.csv", "\n0A501,FC,FC1,0A501 except 0A501.y", "\n0A501,FC,FC1,0A501 except 0A501.x"),
    "reasons": _cut("us/tables/ccl.csv", "\n1A001,NS,NS2,", "\n1A001,NS,NS1,"),
    "hts": _cut("us/tables/hts746_7.csv", "\n840710,", "\n840711,"),
    "chemicals": _cut("us/tables/chemicals_ccl.csv", "1C350.b.1,", "1C350.b.2,"),
    "exceptions": _cut("us/tables/lvs.csv", ",b,3000,", ",b,9000,"),
    "military_end_use": _cut("us/tables/meu_items.csv", "\n1C990,", "\n1C991,"),
    "footnotes": _cut("us/tables/ccl_formulas.csv", "\n0A501,NS,footnote-10,", "\n0A501,NS,footnote-11,"),
}
"""An error that a hand could make, for each topic."""


def test_an_error_in_the_package_is_found() -> None:
    """Each of these errors alone makes its topic fail, so the check can fail."""
    files = dict(_files())
    for change in _MUTATIONS.values():
        change(files)
    law = _law(files)
    missed = [topic for topic in _MUTATIONS if not list(_wrong(topic, law))]
    assert missed == []


@pytest.mark.parametrize("said", _SAID["disagreements"], ids=lambda said: str(said["reference"][1]))
def test_where_sources_disagree_the_package_says_so(said: Mapping[str, tuple[str, str]]) -> None:
    """A disagreement that the reference notes is told to whoever reads the package."""
    file, text = said["reference"]
    assert text in (reference.FOLDER / file).read_text(encoding="utf-8")
    file, text = said["package"]
    assert text in " ".join(_files_text(file).split()), f"us/{file} does not say {text!r}"


def _files_text(name: str) -> str:
    return (embedded_folder() / "us" / name).read_text(encoding="utf-8")
