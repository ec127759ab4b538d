from __future__ import annotations

import datetime
from typing import Any, Final

import pytest

from licet.v1 import trace_pb2
from licet.v1.outcome_pb2 import OUTCOME_AUTHORIZED, OUTCOME_LICENSE_REQUIRED, OUTCOME_NOT_SUBJECT, OUTCOME_UNDETERMINED
from tests.support.expressions import World, transaction
from tests.support.packages import PACKAGE, load, replaced, rule, rules_file
from tests.support.shipments import decided, request


def _on(day: datetime.date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


_DATED: Final = load(
    {
        "zz/rules/more.yaml": rules_file(
            rule(
                "zz.x",
                {"require": {"basis": "EMBARGO"}},
                'tx.destination.country == "DE"',
                in_force=[{"from": "2010-01-01", "to": "2012-01-01"}, {"from": "2015-01-01", "by": "Act 9"}],
            )
        )
    }
)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2009-12-31", False),
        ("2010-01-01", True),
        ("2011-12-31", True),
        ("2012-01-01", False),
        ("2014-12-31", False),
        ("2015-01-01", True),
        ("2026-11-22", True),
    ],
)
def test_intervals_are_half_open(day: str, *, wanted: bool) -> None:
    """A rule is in force from the first day of an interval to the day before its end."""
    (determination,) = decided(_DATED, request(date=_on(_date(day)))).determinations
    assert wanted is ("EMBARGO" in {each.basis for each in determination.requirements})


def test_a_rule_that_only_its_dates_keep_from_firing_is_considered() -> None:
    """Outside its dates a rule whose condition holds is considered, not silent."""
    steps = decided(_DATED, request(date=_on(_date("2013-01-01")))).trace.steps
    assert {"zz.x": trace_pb2.VERDICT_CONSIDERED} == {step.rule: step.verdict for step in steps if step.rule == "zz.x"}


def test_stayed_law_is_shown_and_not_applied() -> None:
    """A stayed rule whose condition holds does not fire; the trace shows it as considered."""
    stayed = rule("zz.x", {"prohibit": {"basis": "EMBARGO"}}, "true", status="stayed", cause="Suspended by order")
    result = decided(load({"zz/rules/more.yaml": rules_file(stayed)}), request())
    assert OUTCOME_AUTHORIZED == result.outcome
    assert [trace_pb2.VERDICT_CONSIDERED] == [step.verdict for step in result.trace.steps if step.rule == "zz.x"]


# ---- dates before the history -------------------------------------------------------------------------------------------


def _before_history(**changed: Any) -> Any:
    """The result on a day before some part of the law is known; the rest is known since 2001."""
    release = load(changed.pop("files"))
    return decided(release, request(date=_on(_date("2010-06-01")), **changed))


def test_rules_before_their_history_are_undetermined() -> None:
    """For a date before `history_from` of a file of rules its rules are undetermined, never answered with later law."""
    files = replaced("zz/rules/rules.yaml", "history_from: 2001-01-01", "history_from: 2015-01-01")
    result = _before_history(files=files)
    assert OUTCOME_UNDETERMINED == result.outcome
    assert {trace_pb2.VERDICT_UNDETERMINED} == {step.verdict for step in result.trace.steps}
    assert OUTCOME_UNDETERMINED != decided(load(files), request()).outcome


def test_a_table_before_its_history_is_undetermined() -> None:
    """For a date before a table's history the rule over it is one undetermined finding."""
    result = _before_history(files=replaced("zz/tables/tables.yaml", "history_from: 2001-01-01", "history_from: 2015-01-01"))
    undetermined = {step.rule for step in result.trace.steps if step.verdict == trace_pb2.VERDICT_UNDETERMINED}
    assert {"zz.list[*]"} == undetermined


@pytest.mark.parametrize(
    ("about", "when", "in_force", "wanted"),
    [
        ("within_any", "true", "2001-01-01", trace_pb2.VERDICT_UNDETERMINED),
        ('tx.destination.country == "NO"', "within_any", "2001-01-01", None),
        ('tx.destination.country == "DE"', "within_any", "2001-01-01", trace_pb2.VERDICT_UNDETERMINED),
        ("within_any", 'tx.destination.country == "NO"', "2001-01-01", trace_pb2.VERDICT_CONSIDERED),
        ("within_any", "true", "2012-01-01", None),
    ],
)
def test_what_reads_no_row_is_judged_without_the_table(about: str, when: str, in_force: str, wanted: int | None) -> None:
    """Rows that are not held make a rule undetermined only where it is in force and nothing else in it rules it out."""
    row = 'item.classifications["zz.list"].codes.exists(c, within(c, row.entry))'
    own = rule(
        "zz.own", {"require": {"basis": "EMBARGO"}}, when.replace("within_any", row), about=[about.replace("within_any", row)]
    )
    own |= {"for_each": "tables.entries", "in_force": [{"from": in_force}]}
    files = replaced("zz/tables/tables.yaml", "history_from: 2001-01-01", "history_from: 2015-01-01")
    files["zz/rules/more.yaml"] = rules_file(own)
    steps = {step.rule: step.verdict for step in _before_history(files=files).trace.steps}
    assert wanted == steps.get("zz.own[*]")


def test_a_group_before_its_history_is_undetermined() -> None:
    """For a date before a group's history what asks for its members is undetermined: an authorization is not granted."""
    files = replaced("zz/groups/places.yaml", "history_from: 2001-01-01", "history_from: 2015-01-01")
    result = _before_history(files=files)
    assert {"zz.permit"} == {step.rule for step in result.trace.steps if step.verdict == trace_pb2.VERDICT_UNDETERMINED}
    assert OUTCOME_AUTHORIZED == decided(load(files), request()).outcome
    assert result.outcome not in (OUTCOME_AUTHORIZED, OUTCOME_NOT_SUBJECT)


def test_a_group_built_from_one_without_history_has_none() -> None:
    """A union, difference or complement reaches back no further than each of its parts."""
    text = PACKAGE["zz/groups/places.yaml"] + (
        "  - {id: young, title: Y, kind: places, cite: A, history_from: 2015-01-01, members: [CN]}\n"
        "  - {id: joined, title: J, kind: places, cite: A, union: [allies, young]}\n"
        "  - {id: lessened, title: L, kind: places, cite: A, union: [allies], minus: [young]}\n"
        "  - {id: others, title: O, kind: places, cite: A, all_except: [young]}\n"
    )
    release = load({"zz/groups/places.yaml": text})
    for group in ("joined", "lessened", "others"):
        assert release.law("zz", _date("2014-12-31")).groups[group] is None
        assert release.law("zz", _date("2015-01-01")).groups[group] is not None
    assert release.law("zz", _date("2014-12-31")).groups["allies"] is not None


# ---- members over time --------------------------------------------------------------------------------------------------

_MOVING = PACKAGE["zz/groups/places.yaml"] + (
    "  - {id: club, title: C, kind: places, cite: A, members: [DE, {is: GB, from: 2005-01-01, to: 2020-02-01}, {is: UA, from: 2010-01-01}]}\n"
    "  - {id: out, title: O, kind: places, cite: A, members: [{is: UA, from: 2015-01-01}]}\n"
    "  - {id: rest, title: R, kind: places, cite: A, union: [club], minus: [out]}\n"
    "  - {id: both, title: B, kind: places, cite: A, union: [club, out]}\n"
    "  - {id: others, title: O, kind: places, cite: A, all_except: [club]}\n"
    "  - {id: grown, title: G, kind: places, cite: A, members: [CN], union: [{is: club, from: 2008-01-01, to: 2012-01-01}, {is: out, from: 2018-01-01}]}\n"
    "  - {id: uses, title: U, kind: purposes, cite: A, members: [CIVIL, {is: SPACE, from: 2015-01-01}]}\n"
)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2007-12-31", {"CN"}),
        ("2008-01-01", {"CN", "DE", "GB"}),
        ("2011-12-31", {"CN", "DE", "GB", "UA"}),
        ("2012-01-01", {"CN"}),
        ("2018-01-01", {"CN", "UA"}),
    ],
)
def test_a_group_may_be_a_part_of_another_for_a_time(day: str, wanted: set[str]) -> None:
    """A dated part brings its members of the day while it is a part, and nothing before or after."""
    world = World(load({"zz/groups/places.yaml": _MOVING}), _date(day))
    held = {
        c
        for c in ("DE", "GB", "UA", "CN", "NO")
        if world.value("tx.destination in groups.grown", transaction(destination={"country": c})) is True
    }
    assert wanted == held


@pytest.mark.parametrize(
    ("day", "club", "rest", "both"),
    [
        ("2004-12-31", {"DE"}, {"DE"}, {"DE"}),
        ("2005-01-01", {"DE", "GB"}, {"DE", "GB"}, {"DE", "GB"}),
        ("2010-01-01", {"DE", "GB", "UA"}, {"DE", "GB", "UA"}, {"DE", "GB", "UA"}),
        ("2015-01-01", {"DE", "GB", "UA"}, {"DE", "GB"}, {"DE", "GB", "UA"}),
        ("2020-01-31", {"DE", "GB", "UA"}, {"DE", "GB"}, {"DE", "GB", "UA"}),
        ("2020-02-01", {"DE", "UA"}, {"DE"}, {"DE", "UA"}),
    ],
)
def test_groups_follow_their_members_dates(day: str, club: set[str], rest: set[str], both: set[str]) -> None:
    """On each day a group holds the members in force on it, and so do groups joined, lessened and turned round."""
    release = load({"zz/groups/places.yaml": _MOVING})
    world = World(release, _date(day))
    for group, members in (("club", club), ("rest", rest), ("both", both), ("others", {"CN", "NO", "GB", "UA", "DE"} - club)):
        for country in ("DE", "GB", "UA", "CN", "NO"):
            value = world.value(f"tx.destination in groups.{group}", transaction(destination={"country": country}))
            assert (country in members) is value, (group, country)


def test_groups_of_purposes_follow_their_dates() -> None:
    """A purpose belongs to a group from its date on."""
    release = load({"zz/groups/places.yaml": _MOVING})
    text = "tx.end_use.purposes.exists(u, u in groups.uses)"
    facts = transaction(endUse={"purposes": ["PURPOSE_SPACE"]})
    assert World(release, _date("2014-12-31")).value(text, facts) is False
    assert World(release, _date("2015-01-01")).value(text, facts) is True


def test_a_place_is_treated_as_another_from_its_date() -> None:
    """The rules of a place that the law treats as another reach it from the date on."""
    embargo = rule("zz.x", {"require": {"basis": "EMBARGO"}}, "dest in groups.embargoed")
    release = load(
        {
            "zz/places.yaml": "treat:\n  - {place: HK, as: CN, from: 2020-12-23, cite: Act 7}\n",
            "zz/rules/more.yaml": rules_file(embargo),
        }
    )
    for day, wanted in (("2020-12-22", False), ("2020-12-23", True)):
        result = decided(release, request(date=_on(_date(day)), destination={"country": "HK"}))
        assert OUTCOME_LICENSE_REQUIRED == result.outcome
        assert wanted is ("EMBARGO" in {each.basis for d in result.determinations for each in d.requirements})
