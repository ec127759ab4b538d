from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.policy.digest import digest
from licet.policy.release import load_release
from tests.support.packages import CATALOGUES, PACKAGE, load, policy_files, replaced

_DIGEST: Final = load().digest
_ROOT: Final = Path(__file__).resolve().parents[3]
_PRINT: Final = """
from tests.support.packages import load
release = load()
print(release.digest, {folder: package.digest for folder, package in release.packages.items()})
"""


@settings(max_examples=20, deadline=None)
@given(st.permutations(sorted(policy_files())))
def test_the_order_of_files_does_not_count(names: list[str]) -> None:
    """A folder whose files come in another order has the same digest."""
    files = policy_files()
    assert _DIGEST == load_release({name: files[name] for name in names}).digest


def test_a_digest_does_not_depend_on_the_process() -> None:
    """Processes with other hash seeds give the same digests."""
    found = set()
    for seed in ("0", "1", "4242"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{_ROOT}:{_ROOT / 'service'}"}
        done = subprocess.run([sys.executable, "-c", _PRINT], env=environment, capture_output=True, text=True, check=True)
        found.add(done.stdout)
    release = load()
    assert {f"{release.digest} { {folder: package.digest for folder, package in release.packages.items()} }\n"} == found


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            "zz/rules/rules.yaml",
            "history_from: 2001-01-01\n",
            "# The law of Testland.\n\nhistory_from:   2001-01-01 # since ever\n",
        ),
        ("zz/rules/rules.yaml", "when: act.export", 'when: "act.export"'),
        ("zz/rules/rules.yaml", "when: act.export", "when: >-\n      act.export"),
        ("zz/policy.yaml", "places: [ZZ]", "places:\n  - ZZ"),
        ("zz/policy.yaml", "jurisdiction: zz\nname: Testland\n", "name: Testland\njurisdiction: zz\n"),
        ("zz/tables/entries.csv", "A1,denial,CLUB,\n", "\n A1 ,denial , CLUB,\n"),
        ("zz/tables/entries.csv", "A1,denial,CLUB,\n", '"A1","denial","CLUB",""\n'),
        ("concepts.yaml", "concepts:\n", "concepts: # shared\n"),
    ],
)
def test_comments_and_layout_do_not_count(file: str, old: str, new: str) -> None:
    """Comments, blanks, quotes, line ends and the order of keys leave the digest as it is."""
    changed = replaced(file, old, new)
    assert _DIGEST == load(changed).digest
    windows = changed[file]
    assert isinstance(windows, str)
    assert _DIGEST == load({file: windows.replace("\n", "\r\n")}).digest
    assert _DIGEST == load({file: "\ufeff" + windows}).digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("zz/rules/rules.yaml", 'tx.destination.country != "ZZ"', 'tx.destination.country != "DE"'),
        ("zz/rules/rules.yaml", "cite: Export Act s. 1", "cite: Export Act s. 1a"),
        ("zz/rules/rules.yaml", "title: Listed item", "title: listed item"),
        ("zz/policy.yaml", "version: 2026.11.0", "version: 2026.11.1"),
        ("zz/groups/places.yaml", "from: 2020-01-01", "from: 2020-01-02"),
        ("zz/tables/entries.csv", "A1,denial", "A1,case-by-case"),
        ("zz/definitions.yaml", "title: Destination", "title: Where to"),
        ("vocabulary.yaml", "question: How much?", "question: How many?"),
        ("places.yaml", "name: Norway", "name: Kingdom of Norway"),
        ("regimes/members.csv", "ZZ,CLUB,member", "ZZ,CLUB,party"),
        ("schemes.yaml", "changed: 2024-01-01", "changed: 2024-01-02"),
        ("concepts.yaml", "meaning: The item is on the list.", "meaning: It is on the list."),
        ("regimes/regimes.yaml", "cite: Club statutes", "cite: Statutes of the Club"),
    ],
)
def test_content_counts(file: str, old: str, new: str) -> None:
    """A change of any content, in a package or a catalogue, is another release; a package's own digest changes with its files only."""
    changed, unchanged = load(replaced(file, old, new)), load()
    assert unchanged.digest != changed.digest
    assert file.startswith("zz/") is (unchanged.packages["zz"].digest != changed.packages["zz"].digest)


def test_more_and_fewer_files_count() -> None:
    """A file more, or a package more, is another release."""
    more = load({"zz/vocabulary.csv": "name,type,class,question\nzz.new,bool,ask,Is it?\n"})
    assert _DIGEST != more.digest
    other = {name.replace("zz/", "yy/"): text.replace("zz", "yy") for name, text in PACKAGE.items() if "/tables/" not in name}
    other["yy/rules/rules.yaml"] = "history_from: 2001-01-01\nrules: []\n"
    other["yy/definitions.yaml"] = "definitions: []\n"
    both = load(other)
    assert {"yy", "zz"} == set(both.packages)
    assert load().packages["zz"].digest == both.packages["zz"].digest
    assert _DIGEST != both.digest


def test_test_cases_beside_the_rules_do_not_count() -> None:
    """Files of cases that stand beside the rules are no law."""
    assert _DIGEST == load({"zz/rules/rules.cases.yaml": "cases: []\n"}).digest


def test_a_digest_is_over_canonical_json() -> None:
    """A digest is the SHA-256 of canonical JSON, as anyone can compute it from the data."""
    data: Any = {"b": ["ü", ""], "a": {"10": "x", "9": "y"}}
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert rfc8785.dumps(data).decode() == text
    assert hashlib.sha256(text.encode()).hexdigest() == digest(data)


def test_content_moved_from_one_file_to_another_counts() -> None:
    """The same texts under other file names are another release: a name says what a text means."""
    assert _DIGEST != load({"regimes/regimes.yaml": None, "regimes/others.yaml": CATALOGUES["regimes/regimes.yaml"]}).digest
