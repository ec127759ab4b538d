from __future__ import annotations

import datetime
from typing import Any

import pytest

from licet.policy.catalogue import Standing
from tests.support.packages import CATALOGUES, PACKAGE, faults_of, load, replaced, rule, rules_file

_MEMBERS = "regimes/members.csv"


def _codes(regime: str, relation: str, *, members: str = "", **fields: Any) -> list[str]:
    """The faults of a rule that derives from a regime, with more lines of members."""
    whole = rule("zz.x", {"require": {"basis": "LIST"}}, "true", derives_from=[{"regime": regime, "relation": relation}], **fields)
    return [fault.code for fault in faults_of({"zz/rules/more.yaml": rules_file(whole), _MEMBERS: CATALOGUES[_MEMBERS] + members})]


@pytest.mark.parametrize("relation", ["implements", "extends"])
def test_a_rule_implements_only_a_regime_that_its_jurisdiction_stands_in(relation: str) -> None:
    """`implements` and `extends` claim membership; without it they are faults, with it they are not."""
    assert [] == _codes("CLUB", relation)
    assert ["NOT_A_MEMBER"] == _codes("OTHERS", relation)


def test_law_may_follow_a_regime_without_membership() -> None:
    """`aligned` claims no membership, and `own` nothing at all."""
    assert [] == _codes("OTHERS", "aligned")
    assert [] == _codes("OTHERS", "own")


@pytest.mark.parametrize(
    ("standing", "wanted"),
    [
        ("member", []),
        ("participant", []),
        ("party", []),
        ("adherent", []),
        ("covered", []),
        ("aligned", ["NOT_A_MEMBER"]),
        ("observer", ["NOT_A_MEMBER"]),
        ("signatory", ["NOT_A_MEMBER"]),
        ("contested", ["NOT_A_MEMBER"]),
        ("none", ["NOT_A_MEMBER"]),
    ],
)
def test_some_standings_are_membership(standing: str, wanted: list[str]) -> None:
    """Members, participants, parties, adherents and those covered may implement a regime; those who only watch or signed may not."""
    assert wanted == _codes("OTHERS", "implements", members=f"ZZ,OTHERS,{standing},2001-01-01,,source,,\n")


def test_a_membership_that_ended_or_has_not_begun_is_none() -> None:
    """What counts is the standing on the day the sources were checked, or the later day from which the rule is in force."""
    assert ["NOT_A_MEMBER"] == _codes("OTHERS", "implements", members="ZZ,OTHERS,member,2001-01-01,2020-01-01,source,,\n")
    assert ["NOT_A_MEMBER"] == _codes("OTHERS", "implements", members="ZZ,OTHERS,member,2027-01-01,,source,,\n")
    later = [{"from": "2027-06-01"}]
    assert [] == _codes("OTHERS", "implements", members="ZZ,OTHERS,member,2027-01-01,,source,,\n", in_force=later)


@pytest.mark.parametrize("relation", ["implements", "aligned", "own"])
def test_a_proposed_regime_never_reaches_a_live_decision(relation: str) -> None:
    """A rule that derives from a regime which is only proposed does not load, however it stands to it."""
    assert ["PROPOSED_REGIME"] == _codes("DREAM", relation)


def test_a_regime_without_list_of_members_is_believed() -> None:
    """Where the catalogue lists no members at all nothing is claimed against it."""
    regimes = CATALOGUES["regimes/regimes.yaml"] + (
        "  - {id: LOOSE, name: Loose Club, kind: multilateral, status: in-force, cite: S, provenance: source}\n"
    )
    whole = rule("zz.x", {"require": {"basis": "LIST"}}, "true", derives_from=[{"regime": "LOOSE", "relation": "implements"}])
    assert () == faults_of({"regimes/regimes.yaml": regimes, "zz/rules/more.yaml": rules_file(whole)})


def test_a_part_of_a_regime_counts_its_members_as_the_whole_does() -> None:
    """A regime with a parent takes members from it; one that has its own line goes by that."""
    part = "  - {id: PART, parent: OTHERS, name: Part, kind: multilateral, status: in-force, cite: S, provenance: source}\n"
    whole = rule("zz.x", {"require": {"basis": "LIST"}}, "true", derives_from=[{"regime": "PART", "relation": "implements"}])
    changed = {"regimes/regimes.yaml": CATALOGUES["regimes/regimes.yaml"] + part, "zz/rules/more.yaml": rules_file(whole)}
    assert ["NOT_A_MEMBER"] == [fault.code for fault in faults_of(changed)]
    members = CATALOGUES[_MEMBERS] + "ZZ,OTHERS,member,2001-01-01,,source,,\n"
    assert () == faults_of({**changed, _MEMBERS: members})


def test_each_row_answers_for_its_own_regime() -> None:
    """Where rows name their regimes the fault stands at the row that names a wrong one; `unilateral` needs no membership."""
    changed = replaced("zz/tables/entries.csv", "A2.b,case-by-case,CLUB", "A2.b,case-by-case,CLUB; OTHERS")
    (fault,) = faults_of(changed)
    assert "zz/tables/entries.csv:3:1: NOT_A_MEMBER" == f"{fault.at}: {fault.code}"
    assert "zz.list implements OTHERS, in which ZZ does not stand on 2026-01-01" == fault.message


def test_a_bloc_stands_where_its_members_do() -> None:
    """A bloc without a line of its own is a member where one of its members, on that date, is."""
    places = CATALOGUES["places.yaml"].replace("blocs: []\n", "blocs:\n  - {code: ZB, members: [{is: DE, from: 2010-01-01}]}\n")
    catalogues = load({"places.yaml": places}).catalogues
    assert Standing.MEMBER is catalogues.standing("ZB", "OTHERS", datetime.date(2010, 1, 1))
    assert Standing.NONE is catalogues.standing("ZB", "OTHERS", datetime.date(2009, 12, 31))
    assert Standing.NONE is catalogues.standing("ZB", "CLUB", datetime.date(2010, 1, 1))


def test_the_package_of_the_tests_stands_in_its_club() -> None:
    """The rule of the folder that implements the club loads because Testland is a member."""
    assert "implements" in PACKAGE["zz/rules/rules.yaml"]
    changed = replaced(_MEMBERS, "ZZ,CLUB,member,2001-01-01,,", "ZZ,CLUB,member,2001-01-01,2010-01-01,")
    assert {"NOT_A_MEMBER"} == {fault.code for fault in faults_of(changed)}
