"""Bars that name authorizations: a name stands for its paragraphs, a row may name them, and none may be left open."""

from __future__ import annotations

from typing import Any, Final

import pytest

from licet.decision.decide import decide
from licet.decision.settings import Settings
from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Matcher
from licet.engine.reference import ReferenceEngine
from licet.policy.model import Bar, is_paragraph
from licet.v1 import decision_pb2
from tests.support.packages import PACKAGE, faults_of, load, policy_files, replaced, rule, rules_file
from tests.support.shipments import TODAY, request

_OPEN, _BARRED = decision_pb2.AUTHORIZATION_STATE_OPEN, decision_pb2.AUTHORIZATION_STATE_BARRED
_PARAGRAPHS: Final = ("GOV(a)", "GOV(b)(1)", "GOV(b)(2)", "GOVERN")
_PERMITS: Final = [
    rule(f"zz.p{n}", {"authorize": {"id": id_, "title": id_, "covers": ["all"]}}, "true") for n, id_ in enumerate(_PARAGRAPHS)
]


def _with_bar(effect: dict[str, Any], rows: str = "", **fields: Any) -> dict[str, str | bytes | None]:
    tables = PACKAGE["zz/tables/tables.yaml"] + "  - {id: t, title: T, cite: C, history_from: 2001-01-01}\n"
    files: dict[str, str | bytes | None] = {
        "zz/rules/more.yaml": rules_file(rule("zz.bar", {"bar": effect}, "true", **fields), *_PERMITS)
    }
    return files | ({"zz/tables/tables.yaml": tables, "zz/tables/t.csv": rows} if rows else {})


def _open(files: dict[str, str | bytes | None], engine: Matcher) -> set[str]:
    result = decide(request(), load(files), engine, today=TODAY, settings=Settings()).result
    (determination,) = result.determinations
    states = {a.id: a.state for a in determination.authorizations}
    assert set(states.values()) <= {_OPEN, _BARRED}
    return {id_ for id_, state in states.items() if state == _OPEN}


_EVERYTHING: Final = {*_PARAGRAPHS, "ZZ-ALLY"}


@pytest.mark.parametrize("engine", [ReferenceEngine(), CompiledEngine()], ids=["reference", "compiled"])
@pytest.mark.parametrize(
    ("effect", "left"),
    [
        ({"authorizations": ["GOV"]}, {"GOVERN", "ZZ-ALLY"}),
        ({"authorizations": ["GOV(b)"]}, {"GOV(a)", "GOVERN", "ZZ-ALLY"}),
        ({"authorizations": ["GOV(b)(2)", "ZZ-ALLY"]}, {"GOV(a)", "GOV(b)(1)", "GOVERN"}),
        ({"all_except": ["GOV(b)"]}, {"GOV(b)(1)", "GOV(b)(2)"}),
        ({"all_except": ["GOV"]}, {"GOV(a)", "GOV(b)(1)", "GOV(b)(2)"}),
        ({"all_except": []}, set()),
    ],
)
def test_a_name_stands_for_its_paragraphs(effect: dict[str, Any], left: set[str], engine: Matcher) -> None:
    """What a bar names it names with all paragraphs, and nothing that only begins alike; no name at all leaves nothing open."""
    assert left == _open(_with_bar(effect), engine)


@pytest.mark.parametrize("engine", [ReferenceEngine(), CompiledEngine()], ids=["reference", "compiled"])
@pytest.mark.parametrize(
    ("key", "cell", "left"),
    [
        ("all_except", "GOV(b); ZZ-ALLY", {"GOV(b)(1)", "GOV(b)(2)", "ZZ-ALLY"}),
        ("all_except", "", set()),
        ("authorizations", "GOV(a)", _EVERYTHING - {"GOV(a)"}),
        ("authorizations", "", _EVERYTHING),
    ],
)
def test_a_row_may_name_them(key: str, cell: str, left: set[str], engine: Matcher) -> None:
    """A column of words holds the names; an empty cell names none."""
    rows = f"*k:word,names:words?\n1,{cell}\n"
    assert left == _open(_with_bar({key: ["=row.names"]}, rows, for_each="tables.t"), engine)


def test_a_row_that_cannot_be_read_stops_everything() -> None:
    """Where the law of the date is not known the bar may stop anything: the answer is not permissive."""
    tables = PACKAGE["zz/tables/tables.yaml"] + "  - {id: t, title: T, cite: C, history_from: 2026-12-01}\n"
    files = _with_bar({"all_except": ["=row.names"]}, "*k:word,names:words?\n1,GOV\n", for_each="tables.t")
    release = load({**files, "zz/tables/tables.yaml": tables})
    (bar,) = (r.effect for r in release.packages["zz"].rules if isinstance(r.effect, Bar))
    assert bar.stops("GOV(a)")
    result = decide(request(), release, ReferenceEngine(), today=TODAY, settings=Settings()).result
    assert result.outcome not in (1, 2, 3)


def test_paragraphs_end_at_brackets() -> None:
    """`GOVERN` is no paragraph of `GOV`, and no authorization is a paragraph of its own paragraph."""
    assert is_paragraph("GOV(b)(2)", "GOV(b)")
    assert not is_paragraph("GOVERN", "GOV")
    assert not is_paragraph("GOV", "GOV(b)")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (_with_bar({"all_except": ["GOV(c)"]}), "GOV(c) is no authorization"),
        (
            _with_bar({"all_except": ["=row.names"]}, "*k:word,names:words?\n1,GOVV\n", for_each="tables.t"),
            "GOVV is no authorization, and zz.bar reads it as one",
        ),
        (
            _with_bar({"all_except": ["=row.k"]}, "*k:word,names:words?\n1,\n", for_each="tables.t"),
            "row.k is STRING, expected a list of words",
        ),
        (
            _with_bar({"all_except": ["=row.names", "GOV"]}, "*k:word,names:words?\n1,\n", for_each="tables.t"),
            "a list that a row names holds nothing else",
        ),
    ],
)
def test_what_a_bar_may_not_say(files: dict[str, str | bytes | None], message: str) -> None:
    """Unknown names, in the rule or in the row, a column that holds no words, and a row's list mixed with others."""
    assert [message] == [fault.message for fault in faults_of(files)]


# ---- what holds for every rule of a file ----


def test_a_file_says_once_what_holds_for_its_rules() -> None:
    """A field that a rule lacks is as `defaults` says; a rule's own field goes before."""
    shared = "defaults: {instrument: zz.act, phase: reach, concept: nexus, cite: Shared, derives_from: [{regime: unilateral, relation: own}], in_force: [{from: 2001-01-01}]}\n"
    first = "  - {id: zz.one, title: One, effect: {reach: {limb: export}}, when: act.export}\n"
    second = "  - {id: zz.two, title: Two, cite: Own, effect: {reach: {limb: export}}, when: act.export}\n"
    package = load({"zz/rules/more.yaml": f"history_from: 2001-01-01\n{shared}rules:\n{first}{second}"}).packages["zz"]
    assert ("Shared", "Own") == (package.rules_by_id["zz.one"].cite, package.rules_by_id["zz.two"].cite)
    assert "zz/rules/more.yaml" not in policy_files()


def test_defaults_are_fields_of_rules() -> None:
    """A field that no rule has is a fault of each rule that would take it, and only files of rules have defaults."""
    wrong = "history_from: 2001-01-01\ndefaults: {priority: 5}\nrules: []\n"
    assert not faults_of({"zz/rules/more.yaml": wrong})
    bad = replaced("zz/rules/rules.yaml", "history_from: 2001-01-01", "history_from: 2001-01-01\ndefaults: {priority: 5}")
    assert {"rule has no field priority"} == {fault.message for fault in faults_of(bad)}
    groups = replaced("zz/groups/places.yaml", "history_from: 2001-01-01", "history_from: 2001-01-01\ndefaults: {kind: places}")
    assert any("defaults" in fault.message for fault in faults_of(groups))
