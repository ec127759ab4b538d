from __future__ import annotations

from typing import Any, Final

import pytest

from licet.v1.outcome_pb2 import OUTCOME_AUTHORIZED, OUTCOME_LICENSE_REQUIRED
from tests.support.packages import PACKAGE, faults_of, load, rule, rules_file
from tests.support.shipments import decided, request

_POLICY = """\
jurisdiction: de
name: Germany
version: 2026.11.0
language: "1"
authority: Federal Office
checked: 2026-01-01
extends: zz
places: [DE]
instruments:
  - {id: de.act, title: National Act, cite: National Act, limbs: [export]}
bases:
  - {id: NATIONAL, title: National list}
covers: [National list]
not_covered: [Everything else]
"""
_REACH: Final = rule("de.reach", {"reach": {"limb": "export"}}, "act.export", instrument="de.act")


def _member(*rules: dict[str, Any], **files: str) -> dict[str, str | bytes | None]:
    """Germany, as a member of the bloc Testland, with rules."""
    return {"de/policy.yaml": _POLICY, "de/rules/rules.yaml": rules_file(_REACH, *rules), **files}


def test_a_member_sees_what_its_bloc_defines() -> None:
    """A member's rules may use the definitions, groups, tables, facts and instruments of the bloc."""
    when = ["under('A1')", "dest in groups.allies", "listed(item, tables.entries)", 'item.technical["frame_rate_hz"] > 9']
    mine = rule("de.x", {"require": {"basis": "NATIONAL"}}, when, instrument="de.act")
    release = load(_member(mine, rule("de.y", {"require": {"basis": "LIST"}}, "true")))
    assert {"de.reach", "de.x", "de.y"} == set(release.packages["de"].rules_by_id)
    assert set(release.packages["zz"].groups) <= set(release.packages["de"].groups)


def test_a_bloc_does_not_see_its_members() -> None:
    """A bloc's rules know nothing of a member's bases, instruments or groups."""
    groups = "history_from: 2001-01-01\ngroups: [{id: mine, title: M, kind: places, cite: A, members: [DE]}]\n"
    bloc = rules_file(rule("zz.x", {"require": {"basis": "NATIONAL"}}, "true", instrument="de.act"))
    faults = faults_of({**_member(), "de/groups/mine.yaml": groups, "zz/rules/more.yaml": bloc})
    assert ["UNKNOWN_NAME", "UNKNOWN_NAME"] == [fault.code for fault in faults]
    named = rules_file(rule("zz.x", {"require": {"basis": "LIST"}}, "dest in groups.mine"))
    (fault,) = faults_of({**_member(), "de/groups/mine.yaml": groups, "zz/rules/more.yaml": named})
    assert "undeclared reference to 'groups.mine'" in fault.message


def test_a_family_is_a_bloc_with_its_members() -> None:
    """A bloc and its members are one family; a jurisdiction that extends nothing is one alone."""
    (family,) = load(_member()).families
    assert ("zz", ("zz", "de")) == (family.head, family.jurisdictions)
    assert {"LIST", "END-USE", "EMBARGO", "NATIONAL"} == set(load(_member()).bases(family))


def test_a_members_authorization_may_cover_a_basis_of_the_bloc() -> None:
    """What a member authorizes under the bloc's instrument lifts the bloc's requirement; each rule stays its package's own."""
    permit = rule(
        "de.permit",
        {"authorize": {"id": "DE-1", "title": "National permit", "covers": ["LIST"]}},
        'tx.destination.country == "CN"',
    )
    plain, opened = (load(files) for files in (_member(), _member(permit)))
    facts = {"destination": {"country": "CN"}}
    assert OUTCOME_LICENSE_REQUIRED == decided(plain, request(**facts)).outcome
    result = decided(opened, request(**facts))
    bloc = next(each for each in result.determinations if each.instrument == "zz.act")
    assert OUTCOME_AUTHORIZED == bloc.outcome
    assert [("DE-1", "de")] == [(each.id, each.jurisdiction) for each in bloc.authorizations if each.id == "DE-1"]


def test_a_member_of_a_member_is_a_fault() -> None:
    """Only a package that extends nothing is a bloc."""
    policy = _POLICY.replace("jurisdiction: de", "jurisdiction: us").replace("extends: zz", "extends: de").replace("[DE]", "[US]")
    faults = faults_of({**_member(), "us/policy.yaml": policy.replace("de.act", "us.act")})
    assert ["EXTENDS"] == [fault.code for fault in faults]
    assert "us extends de, which is no bloc of this release" == faults[0].message


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"de/policy.yaml": _POLICY.replace("id: de.act", "id: zz.act")}, "the instrument zz.act belongs to"),
        (
            {
                "de/groups/g.yaml": "history_from: 2001-01-01\ngroups: [{id: allies, title: A, kind: places, cite: A, members: [US]}]\n"
            },
            "the group allies stands twice; first at zz/groups/places.yaml",
        ),
        (
            {
                "de/tables/tables.yaml": PACKAGE["zz/tables/tables.yaml"].replace("zz.act", "de.act"),
                "de/tables/entries.csv": PACKAGE["zz/tables/entries.csv"],
            },
            "the table entries stands twice; first at zz/tables/tables.yaml",
        ),
        ({"de/definitions.yaml": "definitions: [{id: dest, is: tx.origin}]\n"}, "the definition dest stands twice"),
    ],
)
def test_a_member_redefines_nothing_of_its_bloc(files: dict[str, str], message: str) -> None:
    """A name of the bloc cannot mean something else in a member's package."""
    messages = [fault.message for fault in faults_of({**_member(), "de/rules/rules.yaml": None, **files})]
    assert any(message in each for each in messages), messages


def test_the_folder_has_one_package_to_begin_with() -> None:
    """The folder that the tests start from holds Testland alone, which extends nothing."""
    assert "extends" not in PACKAGE["zz/policy.yaml"]
    assert {"zz"} == set(load().packages)
