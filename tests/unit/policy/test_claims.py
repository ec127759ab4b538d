from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.support.packages import CATALOGUES, PACKAGE, faults_of, rule, rules_file

_EFFECTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "reach": {"reach": {"limb": "export"}},
    "require": {"require": {"basis": "LIST"}},
    "prohibit": {"prohibit": {"basis": "EMBARGO"}},
    "bar": {"bar": {"authorizations": ["ZZ-ALLY"]}},
    "refer": {"refer": {"to": "itar"}},
    "exempt": {"exempt": {"bases": ["LIST"]}},
    "authorize": {"authorize": {"id": "A", "title": "A", "covers": ["LIST"]}},
    "oblige": {"oblige": {"text": "Report", "timing": "after"}},
    "flag": {"flag": {"id": "f", "text": "Odd"}},
    "score": {"score": {"points": "5", "factor": "x"}},
}
_MILDER: Final = frozenset(("exempt", "authorize"))
_DEFINITIONS = PACKAGE["zz/definitions.yaml"] + (
    "  - {id: published, is: item.published}\n  - {id: free, none: [item.quantity > 5, published]}\n  - {id: 'is_set(b: bool)', is: b}\n"
)
_FACTS = CATALOGUES["vocabulary.yaml"] + (
    "  - {path: reference, class: claim}\n"
    "  - {path: 'items[*].goods', class: claim}\n"
    "  - {path: 'items[*].technical[purity]', type: number, class: claim}\n"
    "  - {path: 'parties[*].listings[*].scope', class: claim}\n"
)
_TABLES = {
    "zz/tables/tables.yaml": PACKAGE["zz/tables/tables.yaml"] + "  - {id: t, title: T, cite: C, history_from: 2001-01-01}\n",
    "zz/tables/t.csv": "*k:word,plain:fact?,turned:fact?,when:expr?\n1,zz.sample,!zz.sample,item.published\n2,,,\n",
}


def _claims(effect: Mapping[str, Any], when: Any, **fields: Any) -> tuple[str, ...]:
    """What is wrong with the claims of a rule: the texts of its faults."""
    changed = {
        "zz/definitions.yaml": _DEFINITIONS,
        "vocabulary.yaml": _FACTS,
        **_TABLES,
        "zz/rules/more.yaml": rules_file(rule("zz.x", effect, when, **fields)),
    }
    faults = faults_of(changed)
    assert {"CLAIM"} >= {fault.code for fault in faults}, faults
    return tuple(fault.message for fault in faults)


# What makes the whole truer when the claim is made, and what makes it less so.
_HELPING: Final = [
    "item.published",
    "item.published == true",
    "item.published != false",
    "!(item.published == false)",
    "!!item.published",
    "item.quantity > 5 && item.published",
    "item.quantity > 5 || item.published",
    "tx.items.exists(i, i.published)",
    "tx.items.all(i, i.published)",
    "tx.items.filter(i, i.published).exists(i, true)",
    'item.circumstances["zz.sample"] == true',
    'tx.reference == "x"',
    'tx.reference != "x"',  # a text that is not claimed compares as false, whichever way
    'item.technical["purity"] >= 5',
    "item.goods.exists(g, g == FOOD)",
    "FOOD in item.goods",
    'held("zz.registration")',
    "published",
    "is_set(item.published)",
    "item.quantity > 5 ? item.published : item.mass_market",
    {"any": ["item.quantity > 5", "item.published"]},
    {"none": [{"none": ["item.published"]}]},
    {"none": ["!item.published"]},
]
_HINDERING: Final = [
    "!item.published",
    "item.published == false",
    "item.published != true",
    "tx.items.all(i, !i.published)",
    "!tx.items.exists(i, i.published)",
    'item.circumstances["zz.sample"] == false',
    '!(tx.reference == "x")',
    "item.goods.all(g, g == FOOD)",
    '!held("zz.registration")',
    "free",
    "!published",
    {"none": ["item.published"]},
    {"none": [{"any": ["item.quantity > 5", "published"]}]},
    {"all": ["item.quantity > 5", {"none": ["item.published"]}]},
]
_BOTH: Final = [
    "item.published ? item.quantity > 5 : item.quantity > 6",
    "item.published == item.mass_market",
    "item.published || !item.published",
]


@pytest.mark.parametrize("effect", _EFFECTS)
@pytest.mark.parametrize("when", ["item.published", "!item.published"])
def test_a_claim_stands_only_where_its_truth_is_milder(effect: str, when: str) -> None:
    """A claim may open an exemption or authorization, and keep any other rule from firing; never the reverse."""
    allowed = (effect in _MILDER) is (when == "item.published")
    assert allowed is (not _claims(_EFFECTS[effect], when))
    assert allowed is (not _claims(_EFFECTS[effect], "true", about=when))


@pytest.mark.parametrize("when", _HELPING, ids=str)
def test_what_a_claim_makes_truer(when: Any) -> None:
    """Through definitions, quantifiers, negations and comparisons the polarity of a claim is followed: here it helps."""
    assert () == _claims(_EFFECTS["exempt"], when)
    assert () != _claims(_EFFECTS["require"], when)


@pytest.mark.parametrize("when", _HINDERING, ids=str)
def test_what_a_claim_makes_less_true(when: Any) -> None:
    """Through definitions, quantifiers, negations and comparisons the polarity of a claim is followed: here it hinders."""
    assert () == _claims(_EFFECTS["require"], when)
    assert () != _claims(_EFFECTS["exempt"], when)


@pytest.mark.parametrize("when", _BOTH)
def test_a_claim_that_moves_both_ways_stands_nowhere(when: str) -> None:
    """Where a claim's truth can move the whole either way it is refused in every rule."""
    assert () != _claims(_EFFECTS["require"], when)
    assert () != _claims(_EFFECTS["exempt"], when)


@pytest.mark.parametrize("when", ["item.quantity > 5", "tx.parties.exists(p, p.military)", "dest in groups.allies"])
def test_facts_of_other_classes_stand_anywhere(when: str) -> None:
    """What is asked for or assumed may make an answer stricter or milder."""
    for effect in _EFFECTS.values():
        assert () == _claims(effect, when)


@pytest.mark.parametrize(
    ("when", "helps", "hinders"),
    [("row.plain", True, False), ("row.turned", False, True), ("row.when", True, False), ("!row.when", False, True)],
)
def test_a_claim_in_the_cell_of_a_table_counts(when: str, *, helps: bool, hinders: bool) -> None:
    """A condition that stands in a cell is followed like one that stands in the rule."""
    assert helps is (not _claims(_EFFECTS["exempt"], when, for_each="tables.t"))
    assert hinders is (not _claims(_EFFECTS["require"], when, for_each="tables.t"))


def test_a_claim_of_what_a_rule_goes_through_counts() -> None:
    """A claim read of a loop's element, also of a loop that depends on another, is followed."""
    loops = {"p": "tx.parties", "l": "p.listings"}
    assert () != _claims(_EFFECTS["require"], 'l.scope == "all"', for_each=loops)
    assert () == _claims(_EFFECTS["exempt"], 'l.scope == "all"', for_each=loops)


def test_a_need_that_a_claim_refuses_is_a_fault() -> None:
    """That a need or obligation is met always makes the answer milder: a claim may meet it, not refuse it."""
    for met, allowed in (("item.published", True), ("!item.published", False)):
        need = {"text": "Publish", "timing": "before", "met": met}
        authorize = {"authorize": {"id": "A", "title": "A", "covers": ["LIST"], "needs": [need]}}
        assert allowed is (not _claims(authorize, "true"))
        assert allowed is (not _claims({"oblige": need}, "true"))


def test_points_that_are_taken_off_are_milder() -> None:
    """A score of negative points helps: a claim may bring it about."""
    minus = {"score": {"points": "-5", "factor": "x"}}
    assert () == _claims(minus, "item.published")
    assert () != _claims(minus, "!item.published")


def test_the_fault_stands_at_the_condition_and_names_the_claim() -> None:
    """The fault points at the condition and says which rule reads which claim, and what to do."""
    text = PACKAGE["zz/rules/rules.yaml"].replace("when: act.export", "when: [act.export, item.published]")
    (fault,) = faults_of({"zz/rules/rules.yaml": text})
    assert "zz/rules/rules.yaml:12:24: CLAIM" == f"{fault.at}: {fault.code}"
    assert "zz.reach reads the claim items[*].published where its truth could make the answer stricter" == fault.message
    assert fault.hint.startswith("a claim can only help")
