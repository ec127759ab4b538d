from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from licet.cli import policies
from licet.cli.exits import Exit
from licet.policy.folder import embedded_folder
from licet.policy.release import Release

Licet = Callable[..., Any]


@pytest.fixture
def _read_once(monkeypatch: pytest.MonkeyPatch, release: Release) -> None:
    """Commands find the shipped policies read already."""
    monkeypatch.setattr(policies, "load", lambda _folder: release)


def test_the_shipped_policies_have_no_faults(licet: Licet, release: Release) -> None:
    """A check of sound policies counts rules and rows, names the digest, and ends with 0."""
    shown = licet("policy", "check")
    assert shown.exit_code == Exit.PROCEED
    assert "no faults" in shown.stdout
    assert release.digest[:16] in shown.stdout


def test_all_faults_are_listed_with_their_places(licet: Licet, tmp_path: Path) -> None:
    """A check lists every fault of a stage, each with file, line, column, code and hint, and ends with 3."""
    folder = tmp_path / "policies"
    shutil.copytree(embedded_folder(), folder)
    for file in (folder / "de/rules/national-list.yaml", folder / "fr/rules/national-list.yaml"):
        file.write_text(file.read_text().replace("concept:", "conzept:"))
    shown = licet("policy", "check", folder)
    assert shown.exit_code == Exit.POLICY
    for package in ("de", "fr"):
        assert f"{folder / package}/rules/national-list.yaml:" in shown.stderr
    assert "did you mean concept?" in shown.stderr


def test_a_folder_that_is_not_there(licet: Licet, tmp_path: Path) -> None:
    """A check of no folder is bad input, and no traceback."""
    shown = licet("policy", "check", tmp_path / "none")
    assert shown.exit_code == Exit.USAGE
    assert "no folder of policies" in shown.stderr


@pytest.mark.usefixtures("_read_once")
def test_rules_are_listed_by_jurisdiction(licet: Licet) -> None:
    """A list of rules can be limited to one package."""
    shown = licet("policy", "rules", "-j", "de")
    assert "de.reach.export" in shown.stdout
    assert "us.744.21" not in shown.stdout
    assert licet("policy", "rules", "-j", "atlantis").exit_code == Exit.USAGE


@pytest.mark.usefixtures("_read_once")
def test_a_rule_is_shown_with_its_test_and_place(licet: Licet) -> None:
    """One rule is shown as its package states it; a row of a table shows its rule."""
    for id_ in ("us.744.21", "us.744.21[5A992]"):
        shown = licet("policy", "rule", id_)
        assert shown.exit_code == Exit.PROCEED
        for words in ("15 CFR 744.21", "dest in groups.meu_listed_items", "us/rules/end-use.yaml:", "85 FR 23459"):
            assert words in shown.stdout


@pytest.mark.usefixtures("_read_once")
def test_a_misspelled_rule_gets_a_hint(licet: Licet) -> None:
    """A rule that is not there is bad input, with the nearest that is."""
    shown = licet("policy", "rule", "us.744.22x")
    assert shown.exit_code == Exit.USAGE
    assert "us.744.22" in shown.stderr
