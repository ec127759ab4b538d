from __future__ import annotations

from typing import Any

import pytest

from licet.policy.model import Leaf
from licet.policy.release import Release
from licet.v1.outcome_pb2 import OUTCOME_PROHIBITED, OUTCOME_UNDETERMINED
from tests.support.packages import PACKAGE, faults_of, load, rule, rules_file
from tests.support.shipments import decided, request


def _release(definitions: list[str], when: Any, **fields: Any) -> Release:
    """The folder with more definitions, and a rule `zz.x` that prohibits."""
    return load(
        {
            "zz/definitions.yaml": PACKAGE["zz/definitions.yaml"] + "".join(f"  - {line}\n" for line in definitions),
            "zz/rules/more.yaml": rules_file(rule("zz.x", {"prohibit": {"basis": "EMBARGO"}}, when, **fields)),
        }
    )


def _fires(release: Release, **facts: Any) -> bool:
    outcome = decided(release, request(**facts)).outcome
    assert outcome != OUTCOME_UNDETERMINED
    return bool(outcome == OUTCOME_PROHIBITED)


_PARTIES = [
    {"reference": "seller", "roles": ["PARTY_ROLE_EXPORTER"], "country": "ZZ"},
    {"reference": "buyer", "roles": ["PARTY_ROLE_END_USER"], "country": "DE"},
]


def test_a_definition_may_use_others_and_has_parameters() -> None:
    """A definition means what it says wherever it is used, with the arguments that it is given."""
    definitions = [
        "{id: goes_to_friends, is: place_is_friendly(dest)}",
        "{id: 'place_is_friendly(p: Place)', is: 'p in groups.allies'}",
        "{id: 'is_heavy(limit: double)', is: 'item.quantity > limit'}",
    ]
    release = _release(definitions, ["goes_to_friends", "is_heavy(10.0)"])
    item = {"line": "1", "classifications": {"zz.list": {"codes": ["A1"]}}}
    assert _fires(release, items=[{**item, "quantity": {"value": "11"}}])
    assert not _fires(release, items=[{**item, "quantity": {"value": "10"}}])


def test_a_definition_may_take_a_group_of_places() -> None:
    """A parameter `places` is a group: what is in it, is not, and is not known, as if the group stood there."""
    release = _release(
        ["{id: 'bound(there: places)', is: 'dest in there || tx.parties.exists(p, place(p) in there)'}"], "bound(groups.allies)"
    )
    facts: list[dict[str, Any]] = [{"destination": {"country": country}} for country in ("DE", "ZZ")]
    named = _release([], "dest in groups.allies || tx.parties.exists(p, place(p) in groups.allies)")
    for each in (*facts, {"destination": {"country": "ZZ"}, "parties": [{**party, "country": "ZZ"} for party in _PARTIES]}):
        assert decided(release, request(**each)).outcome == decided(named, request(**each)).outcome


def test_a_loop_of_a_definition_catches_no_argument() -> None:
    """A definition that loops with the same variable as its caller still reads the caller's element: nothing is captured."""
    release = _release(
        ["{id: 'alike(x: Party)', is: 'tx.parties.all(p, p.country == x.country)'}"], "tx.parties.exists(p, alike(p))"
    )
    assert not _fires(release, parties=_PARTIES)
    assert _fires(release, parties=[{**party, "country": "DE"} for party in _PARTIES])


def test_the_variable_of_a_rule_may_have_the_name_of_a_loop_in_a_definition() -> None:
    """A definition knows nothing of the variables where it is used, and is not refused for them."""
    release = _release([], "under('A1') && c.country == 'ZZ'", for_each={"c": "tx.parties"})
    assert _fires(release, parties=_PARTIES)


def test_an_enum_and_a_place_keep_what_they_are_through_definitions() -> None:
    """What a definition gives is known by its kind: an enum is compared with that enum's values only."""
    base = {"zz/definitions.yaml": PACKAGE["zz/definitions.yaml"] + "  - {id: sort, is: item.kind}\n"}
    good = rules_file(rule("zz.x", {"require": {"basis": "LIST"}}, "sort == COMMODITY && place(dest.country) in groups.allies"))
    assert () == faults_of({**base, "zz/rules/more.yaml": good})
    bad = rules_file(rule("zz.x", {"require": {"basis": "LIST"}}, "sort == END_USER"))
    (fault,) = faults_of({**base, "zz/rules/more.yaml": bad})
    assert "values of different kinds are mixed: ItemKind and PartyRole" in fault.message


@pytest.mark.parametrize(
    ("quantifier", "country", "code", "wanted"),
    [
        ("all", "DE", "B1", True),
        ("all", "DE", "A1", False),
        ("any", "DE", "A1", True),
        ("any", "CN", "A1", False),
        ("none", "CN", "A1", True),
        ("none", "DE", "A1", False),
    ],
)
def test_a_definition_may_be_a_tree(quantifier: str, country: str, code: str, *, wanted: bool) -> None:
    """A definition of `all`, `any` or `none` is true when all, any or none of its conditions are."""
    release = _release([f"{{id: tree, {quantifier}: [dest in groups.allies, under('B1')]}}"], "tree")
    items = [{"line": "1", "classifications": {"zz.list": {"codes": [code]}}}]
    assert wanted is _fires(release, destination={"country": country}, items=items)


def test_only_acts_read_what_physically_happens() -> None:
    """A definition `act.*` may read tx.activity; one that uses an act is no act and need not be."""
    release = _release(["{id: leaves, is: act.export}"], "leaves")
    assert _fires(release)
    (fault,) = faults_of(
        {"zz/definitions.yaml": PACKAGE["zz/definitions.yaml"] + "  - {id: acts.export, is: tx.activity == EXPORT}\n"}
    )
    assert "tx.activity is read outside a definition act.*" in fault.message


def test_an_item_in_a_definition_makes_the_rule_one_for_each_item() -> None:
    """A rule that mentions the item only by way of a definition is judged for each line item."""
    release = _release([], "under('A1')")
    package = release.packages["zz"]
    assert package.rules_by_id["zz.x"].per_item
    assert isinstance(package.rules_by_id["zz.x"].when, Leaf)
    assert not package.rules_by_id["zz.reach"].per_item
