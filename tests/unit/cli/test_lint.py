from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from licet.cli import lint
from licet.cli.exits import Exit
from licet.cli.scenarios.files import read_folder_cases
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import Release, load_release

Licet = Callable[..., Any]


@pytest.fixture
def _read_once(monkeypatch: pytest.MonkeyPatch, release: Release) -> None:
    """The command finds the shipped policies read already."""
    monkeypatch.setattr(lint, "load", lambda _folder: release)


@pytest.mark.usefixtures("_read_once")
def test_nothing_shipped_is_refused(licet: Licet) -> None:
    """No shipped rule claims a regime in which its jurisdiction does not stand, nor lacks rationale, citation or concept."""
    shown = licet("policy", "lint", "--json")
    assert shown.exit_code == Exit.PROCEED
    found = json.loads(shown.stdout)
    assert all(package["refused"] == [] for package in found.values())
    assert found["us"]["cases"] > 0
    assert all(sum(shares.values()) > 0 for shares in found["us"]["provenance"].values())


@pytest.mark.usefixtures("_read_once")
def test_rules_without_cases_fail_a_strict_review(licet: Licet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package without scenarios passes, and fails with --strict; an unknown package is bad input."""
    monkeypatch.setattr(lint, "read_scenarios", lambda _folder, _release: ())
    assert licet("policy", "lint", "-j", "de").exit_code == Exit.PROCEED
    assert licet("policy", "lint", "-j", "de", "--strict").exit_code == Exit.FAILED
    assert licet("policy", "lint", "-j", "atlantis").exit_code == Exit.USAGE


def test_what_cases_expect_by_name_counts(release: Release) -> None:
    """A rule of which cases say that it fires and that it does not is in neither list."""
    us = next(r for r in lint.reviews(release, read_folder_cases(embedded_folder(), release)) if r.jurisdiction == "us")
    assert not {"us.744.21", "us.ccl"} & {*us.no_hit, *us.no_miss}


def test_a_regime_joined_after_the_rule_is_refused(licet: Licet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A jurisdiction that joined a regime only later did not implement it before; the row or rule is named with its place."""
    files = dict(read_folder(embedded_folder()))
    members = files["regimes/members.csv"].decode()
    assert "\nUS,AG,participant,1985-01-01" in members
    files["regimes/members.csv"] = members.replace("\nUS,AG,participant,1985-01-01", "\nUS,AG,participant,2024-01-01").encode()
    later = load_release(files)
    monkeypatch.setattr(lint, "load", lambda _folder: later)
    monkeypatch.setattr(lint, "read_scenarios", lambda _folder, _release: ())
    shutil.copytree(embedded_folder() / "us", tmp_path / "us")
    shown = licet("policy", "lint", tmp_path)
    assert shown.exit_code == Exit.POLICY
    assert "NOT_A_MEMBER: us.ccl: it claims to implement AG" in shown.stdout
    assert "us/tables/ccl.csv:" in shown.stdout
