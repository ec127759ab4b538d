from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import yaml

from licet.api.rules import condition_text, effect_text, package_info, release_version, rule_info
from licet.language import tree as t
from licet.language.faults import Position
from licet.policy import model as m
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.release import Release, load_release

POLICIES = Path(__file__).parents[2] / "rpc" / "policies"
DATE = datetime.date(2026, 11, 1)


def leaf(text: str) -> m.Leaf:
    """A condition of one CEL text."""
    return m.Leaf(t.Const(value=True), text, Position("", 1, 1))


A, B, C = leaf("a == 1"), leaf("b: [2]"), leaf("c")
CONDITIONS: list[tuple[m.Condition, object]] = [
    (A, "a == 1"),
    (m.AllOf((A,)), "a == 1"),
    (m.AllOf((A, B)), ["a == 1", "b: [2]"]),
    (m.AnyOf((A, m.NoneOf((B, m.AllOf((C,)))))), {"any": ["a == 1", {"none": ["b: [2]", {"all": ["c"]}]}]}),
]


@pytest.mark.parametrize(("condition", "wanted"), CONDITIONS, ids=["leaf", "one", "all", "nested"])
def test_a_condition_reads_as_in_a_policy_file(condition: m.Condition, wanted: object) -> None:
    """The text of a condition is the YAML that means it."""
    assert wanted == yaml.safe_load(condition_text(condition))


NEED = m.Need("Keep: the invoice", m.Timing.AFTER, m.AnyOf((A, C)), "", "s. 1")
EFFECTS: list[tuple[m.Effect, object]] = [
    (m.Reach("export"), {"reach": {"limb": "export"}}),
    (
        m.Require(m.Bound(t.Var("row.basis"), "row.basis"), m.RequirementKind.LICENSE, "denial"),
        {"require": {"basis": "=row.basis", "kind": "license", "review": "denial"}},
    ),
    (m.Prohibit("X", m.Derogation.NONE), {"prohibit": {"basis": "X", "derogation": "none"}}),
    (m.Exempt(("A", "B")), {"exempt": {"bases": ["A", "B"]}}),
    (m.Bar(("A",), all_except=True), {"bar": {"all_except": ["A"]}}),
    (m.Bar(("A",), all_except=False), {"bar": {"authorizations": ["A"]}}),
    (m.Refer("itar"), {"refer": {"to": "itar"}}),
    (m.Flag("F", "NO"), {"flag": {"id": "F", "text": "NO"}}),
    (m.Score(0, "none"), {"score": {"points": 0, "factor": "none"}}),
    (
        m.Oblige(NEED),
        {"oblige": {"text": "Keep: the invoice", "timing": "after", "met": {"any": ["a == 1", "c"]}, "cite": "s. 1"}},
    ),
    (
        m.Authorize("G", "General", ("A",), (NEED,)),
        {
            "authorize": {
                "id": "G",
                "title": "General",
                "covers": ["A"],
                "needs": [{"text": "Keep: the invoice", "timing": "after", "met": {"any": ["a == 1", "c"]}, "cite": "s. 1"}],
            }
        },
    ),
]


@pytest.mark.parametrize(("effect", "wanted"), EFFECTS, ids=lambda value: type(value).__name__)
def test_an_effect_reads_as_in_a_policy_file(effect: m.Effect, wanted: object) -> None:
    """The text of an effect is the YAML that means it, on one line."""
    assert wanted == yaml.safe_load(effect_text(effect))
    assert "\n" not in effect_text(effect)


def test_every_kind_of_effect_is_shown() -> None:
    """No kind of effect is left out of these tests."""
    assert set(m.EFFECT_NAMES) == {type(effect) for effect, _ in EFFECTS}


@pytest.fixture(scope="module")
def release() -> Release:
    """The invented law."""
    return load_release(read_folder(POLICIES))


def test_a_loop_over_lists_is_shown_with_its_variables(release: Release) -> None:
    """What a rule is repeated for reads as in its package."""
    assert "{p: tx.parties}" == rule_info(release.packages["zz"].rules_by_id["zz.party"], release, DATE).for_each


def test_the_newest_package_gives_the_release_its_version(release: Release) -> None:
    """Versions are compared as calendars, not as texts."""
    assert "2026.11.0" == release_version(release)


def test_every_rule_of_the_embedded_policies_can_be_shown() -> None:
    """Every rule that Licet ships has a text for its test and effect, a citation, and a regime."""
    release = load_release(read_folder(embedded_folder()))
    for package in release.packages.values():
        assert package_info(package).rule_count >= len(package.rules)
        for rule in package.rules:
            shown = rule_info(rule, release, DATE)
            assert shown.source.cite
            assert shown.source.derives_from
            assert shown.when
            assert yaml.safe_load(shown.effect_text)
