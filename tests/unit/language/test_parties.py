from __future__ import annotations

from typing import Any, Final

import pytest

from licet.language.facts import Mode
from licet.language.values import Why
from tests.support.expressions import World, lacks, transaction
from tests.support.packages import CATALOGUES, load

_ROLES = """\
  - path: 'roles[END_USER]'
    class: assume
    value: ULTIMATE_CONSIGNEE
    for: [controls]
    statement: The ultimate consignee uses the goods himself.
    unless: 'tx.red_flags.exists(f, f.cleared == false)'
  - {path: 'roles[BANK]', class: assume, value: BANK, for: [controls], statement: Nonsense.}
"""
_PLAIN: Final = World(load())
_ASSUMED: Final = World(load({"vocabulary.yaml": CATALOGUES["vocabulary.yaml"] + _ROLES}))


def _parties(*parties: tuple[str, str, str], **fields: Any) -> Any:
    """Parties as reference, country and roles."""
    stated = [
        {"reference": reference, "country": country, "roles": [f"PARTY_ROLE_{role}" for role in roles.split()]}
        for reference, country, roles in parties
    ]
    return transaction(parties=stated, **fields)


def test_the_party_with_a_role() -> None:
    """`party` is the one party with the role; `parties` are all of them."""
    facts = _parties(("a", "ZZ", "EXPORTER"), ("b", "DE", "ULTIMATE_CONSIGNEE END_USER"), ("c", "NO", "PURCHASER"))
    assert _PLAIN.value('party(END_USER).country == "DE"', facts) is True
    assert _PLAIN.value('parties(END_USER).all(p, p.country == "DE")', facts) is True
    assert _PLAIN.value('parties(END_USER).exists(p, p.country == "NO")', facts) is False


def test_nobody_with_a_role_is_unknown_and_not_absent() -> None:
    """When nobody has the role, both are unknown, and the role is what they lack."""
    facts = _parties(("a", "ZZ", "EXPORTER"))
    for text in (
        'party(END_USER).country == "DE"',
        'parties(END_USER).exists(p, p.country == "DE")',
        'parties(END_USER).all(p, p.country == "DE")',
        "place(party(END_USER)) in groups.allies",
    ):
        assert {("roles[END_USER]", Why.UNSET)} == lacks(_PLAIN.value(text, facts)), text


def test_where_the_parties_are_complete_nobody_has_the_role() -> None:
    """When the list of parties is stated to be whole, `parties` of a role that nobody has is empty."""
    facts = _parties(("a", "ZZ", "EXPORTER"), complete=["parties"])
    assert _PLAIN.value("parties(END_USER).exists(p, true)", facts) is False
    assert {("", Why.ERROR)} == lacks(_PLAIN.value('party(END_USER).country == "DE"', facts))


def test_several_parties_with_a_role_are_not_one() -> None:
    """`party` of a role that two have fails, whichever comes first; `parties` looks at both."""
    facts = _parties(("a", "DE", "END_USER"), ("b", "DE", "END_USER"))
    assert {("", Why.ERROR)} == lacks(_PLAIN.value('party(END_USER).country == "DE"', facts))
    assert _PLAIN.value('parties(END_USER).all(p, p.country == "DE")', facts) is True


def test_another_role_may_stand_in() -> None:
    """An assumption names who stands in for a role that nobody has; its guard and its purpose hold as for any other."""
    facts = _parties(("a", "ZZ", "EXPORTER"), ("b", "DE", "ULTIMATE_CONSIGNEE"))
    assert _ASSUMED.value('party(END_USER).country == "DE"', facts) is True
    lacking = {("roles[END_USER]", Why.UNSET)}
    assert lacking == lacks(_ASSUMED.value('party(END_USER).country == "DE"', facts, mode=Mode.RELIEF))
    assert lacking == lacks(_ASSUMED.value('party(END_USER).country == "DE"', facts, active=frozenset()))
    flagged = _parties(("b", "DE", "ULTIMATE_CONSIGNEE"), redFlags=[{"catalogId": "x", "cleared": False}])
    assert lacking == lacks(_ASSUMED.value('party(END_USER).country == "DE"', flagged))


def test_where_the_one_who_stands_in_is_missing_too_his_role_is_asked_for() -> None:
    """When neither has a party, what is lacking is the role that would stand in."""
    value = _ASSUMED.value('party(END_USER).country == "DE"', _parties(("a", "ZZ", "EXPORTER")))
    assert {("roles[ULTIMATE_CONSIGNEE]", Why.UNSET)} == lacks(value)


def test_a_role_does_not_stand_in_for_itself() -> None:
    """An assumption that names its own role is none."""
    assert {("roles[BANK]", Why.UNSET)} == lacks(_ASSUMED.value("parties(BANK).exists(p, true)", _parties()))


@pytest.mark.parametrize(("roles", "wanted"), [("END_USER", True), ("PURCHASER END_USER BANK", True), ("PURCHASER", False)])
def test_roles_are_a_set(roles: str, wanted: bool) -> None:
    """A role is looked for among all the roles of a party."""
    assert wanted is _PLAIN.value("tx.parties.exists(p, END_USER in p.roles)", _parties(("b", "DE", roles)))
