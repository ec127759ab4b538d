from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from licet.policy.differences import ChangeKind, differences
from licet.policy.folder import read_folder
from licet.policy.release import Release, load_release

POLICIES = Path(__file__).parents[2] / "rpc" / "policies"
RULES, TABLE, POLICY = "zz/rules/rules.yaml", "zz/tables/entries.csv", "zz/policy.yaml"


@cache
def released(*edits: tuple[str, str, str]) -> Release:
    """The invented law, with texts of files replaced."""
    files = dict(read_folder(POLICIES))
    for name, old, new in edits:
        assert old.encode() in files[name]
        files[name] = files[name].replace(old.encode(), new.encode())
    return load_release(files)


def test_the_same_law_does_not_differ() -> None:
    """However it is laid out: comments and empty lines move every rule, and change none."""
    moved = released((RULES, "history_from", "# a comment\n\nhistory_from"))
    assert released().digest == moved.digest
    assert () == differences(released(), moved)


CASES: Final[tuple[tuple[Any, Any], ...]] = (
    (
        (RULES, 'tx.destination.country == "DE"', 'tx.destination.country == "YY"'),
        ("rule", "zz.permit", ChangeKind.CHANGED, [("when", 'tx.destination.country == "DE"', 'tx.destination.country == "YY"')]),
    ),
    (
        (RULES, "{from: 2001-01-01, by: Export Act, to: 2010-01-01, to_by: Repeal Act}", "{from: 2001-01-01, by: Export Act}"),
        (
            "rule",
            "zz.old",
            ChangeKind.CHANGED,
            [("in_force", "from 2001-01-01 (Export Act) to 2010-01-01 (Repeal Act)", "from 2001-01-01 (Export Act)")],
        ),
    ),
    (
        (RULES, "title: Permit for allies\n    inst", "title: Permit\n    inst"),
        ("rule", "zz.permit", ChangeKind.CHANGED, [("title", "Permit for allies", "Permit")]),
    ),
    ((TABLE, "A2,case-by-case", "A2,denial"), ("row", "entries[A2]", ChangeKind.CHANGED, [("review", "case-by-case", "denial")])),
    ((TABLE, "B1,case-by-case\n", ""), ("row", "entries[B1]", ChangeKind.REMOVED, [])),
    ((TABLE, "B1,case-by-case\n", "B1,case-by-case\nB2,denial\n"), ("row", "entries[B2]", ChangeKind.ADDED, [])),
    (
        (POLICY, "covers: [Listed items]", "covers: [Listed items, Parties]"),
        ("policy", "zz", ChangeKind.CHANGED, [("covers", "", "Parties")]),
    ),
    (
        ("zz/definitions.yaml", '== "ZZ"', '== "YY"'),
        (
            "rule",
            "zz.reach",
            ChangeKind.CHANGED,
            [("definitions", "", "the same words; a definition that they use says something else")],
        ),
    ),
    (
        ("regimes/regimes.yaml", "Suppliers' Club", "The Club"),
        ("regime", "CLUB", ChangeKind.CHANGED, [("name", "Suppliers' Club", "The Club")]),
    ),
    (
        ("places.yaml", "{code: DE, name: Germany}", "{code: DE, name: Deutschland}"),
        ("places", "", ChangeKind.CHANGED, None),
    ),
)


@pytest.mark.parametrize(("edit", "expected"), CASES, ids=[case[1][1] or case[1][0] for case in CASES])
def test_what_differs_is_named(
    edit: tuple[str, str, str], expected: tuple[str, str, ChangeKind, list[tuple[str, str, str]] | None]
) -> None:
    """A change of the law is one change, with what it said and says, and nothing else; the other way round it is undone."""
    (change,) = differences(released(), released(edit))
    fields = [(each.field, each.before, each.after) for each in change.fields]
    assert expected == (change.element, change.id, change.kind, fields if expected[3] is not None else None)
    (back,) = differences(released(edit), released())
    assert [(field, after, before) for field, before, after in fields] == [(e.field, e.before, e.after) for e in back.fields] or (
        fields[0][0] == "definitions"
    )


def test_places_are_those_of_each_release() -> None:
    """A rule that moved and changed shows where it stood, and where it stands."""
    edits = ((RULES, "history_from", "\n\nhistory_from"), (RULES, "title: Repealed", "title: Long repealed"))
    (change,) = differences(released(), released(*edits))
    lines = [int(place.rpartition(":")[2]) for place in (change.place_before, change.place_after)]
    assert 2 == lines[1] - lines[0]


def test_one_jurisdiction_can_be_asked() -> None:
    """Then nothing of others shows, nor what packages share."""
    edits = (("regimes/regimes.yaml", "Suppliers' Club", "The Club"), (TABLE, "A2,case-by-case", "A2,denial"))
    assert ["", "zz"] == [each.jurisdiction for each in differences(released(), released(*edits))]
    assert ["zz"] == [each.jurisdiction for each in differences(released(), released(*edits), "zz")]
    assert () == differences(released(), released(*edits), "yy")
