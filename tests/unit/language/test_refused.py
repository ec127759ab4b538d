from __future__ import annotations

from typing import Final

import pytest

from tests.support.expressions import complaints, names_of
from tests.support.packages import load

_TABLES = {
    "zz/tables/tables.yaml": """\
tables:
  - {id: entries, title: List, instrument: zz.act, cite: Annex, history_from: 2001-01-01}
  - {id: pairs, title: Pairs, instrument: zz.act, cite: Annex, history_from: 2001-01-01}
""",
    "zz/tables/pairs.csv": "*entry:code(zz.list),*reason:word,note:text?\nA1,NS,\n",
}
_NAMES: Final = names_of(load(_TABLES))


def _complaint(text: str) -> tuple[int, int, str]:
    """Line, column and text of the one complaint about a text."""
    (found,) = complaints(text, _NAMES)
    return found.line, found.column, found.message


# (text, column, what the message says): every message names what was found and, where there is a way out, the way out.
_REFUSED: Final = [
    # silence proves nothing
    ("has(item.quantity)", 4, "has() is refused: silence proves nothing; compare the fact"),
    ("size(tx.parties) > 1", 5, "size() is refused: silence proves nothing; use exists or all"),
    ("tx.parties.size() > 1", 16, "size() is refused: silence proves nothing"),
    # lists have no order
    ('tx.parties[0].country == "DE"', 11, "a list has no order; use exists, all or filter"),
    ("[1, 2][0] == 1", 7, "a list has no order; use exists, all or filter"),
    ('tx.parties.filter(p, true)[0].country == "DE"', 27, "a list has no order; use exists, all or filter"),
    # enums
    ("tx.parties.exists(p, p.business == p.relation)", 33, "values of different kinds are mixed: Business and PartyRelation"),
    ("item.kind == 1", 11, "values of different kinds are mixed: ItemKind and a value that is no enum"),
    ("1 == item.kind", 3, "values of different kinds are mixed: ItemKind and a value that is no enum"),
    ("item.kind < ItemKind.SOFTWARE", 11, "values of ItemKind have no order; name the wanted values in a list"),
    ("tx.end_use.purposes.exists(u, u in [CIVIL, END_USER])", 36, "values of different kinds are mixed: PartyRole and Purpose"),
    (
        "tx.end_use.purposes.exists(u, u in [CIVIL, 2])",
        36,
        "values of different kinds are mixed: Purpose and a value that is no enum",
    ),
    ("END_USER in tx.end_use.purposes", 10, "values of different kinds are mixed: PartyRole and Purpose"),
    ("END_USER in groups.weapons", 10, "values of different kinds are mixed: PartyRole and Purpose"),
    ("2 in groups.weapons", 3, "values of different kinds are mixed: Purpose and a value that is no enum"),
    ("item.kind + 1 == 2", 11, "an enum is no number; compare it with its values by name"),
    ("item.kind + item.kind == item.kind", 11, "an enum is no number"),
    ("([CIVIL] + [END_USER]).exists(x, true)", 10, "values of different kinds are mixed: PartyRole and Purpose"),
    ("-item.kind == 1", 1, "an enum is no number"),
    ("(item.kind == COMMODITY ? 1 : item.kind) == 1", 25, "values of different kinds are mixed"),
    ("sum(tx.items.map(i, i.kind)) == 1", 4, "an enum is no number"),
    # keys
    ('item.technical["tpp"] > 5', 15, "tpp is declared in no vocabulary or scheme; declare it in the vocabulary"),
    ('item.circumstances["zz.sampel"] == true', 19, "zz.sampel is declared in no vocabulary or scheme"),
    ('tx.circumstances["zz.sample"] == true', 17, "zz.sample is declared in no vocabulary or scheme"),
    ('item.classifications["zz.lst"].codes.exists(c, true)', 21, "zz.lst is declared in no vocabulary or scheme"),
    ("item.technical[item.unit] > 5", 15, "a key of technical must be written out"),
    # the physical act
    ("tx.activity == EXPORT", 3, "tx.activity is read outside a definition act.*; read the legal act instead, e.g. act.export"),
    # loops
    ("tx.parties.exists(item, true)", 18, "the loop variable item hides another name; choose another name"),
    ("tx.parties.exists(tx, true)", 18, "the loop variable tx hides another name"),
    ("tx.parties.exists(groups, true)", 18, "the loop variable groups hides another name"),
    ("tx.parties.exists(row, true)", 18, "the loop variable row hides another name"),
    ("tx.parties.exists(END_USER, true)", 18, "the loop variable END_USER hides another name"),
    ("tx.parties.exists(Knowledge, true)", 18, "the loop variable Knowledge hides another name"),
    ("tx.parties.exists(p, tx.items.exists(p, true))", 37, "the loop variable p hides another name"),
    ('tx.parties.exists_one(p, p.country == "DE")', 22, "exists_one() is refused: silence proves nothing; use exists or all"),
    ('groups.allies.exists(g, g.country == "DE")', 21, "only a list can be looped over"),
    ("item.technical.exists(k, true)", 22, "only a list can be looped over"),
    # what a condition must be
    ("tx.destination", 1, "a condition must be true or false, this is licet.v1.Place"),
    ("item.quantity", 1, "a condition must be true or false, this is google.type.Decimal"),
    (
        'item.circumstances["zz.sample"]',
        1,
        "a condition must be true or false, this is licet.v1.Fact; compare it with true or false",
    ),
    ('"yes"', 1, "a condition must be true or false, this is STRING"),
    ("tx.parties.filter(p, p.military)", 1, "a condition must be true or false, this is LIST"),
    # ordering and equality of what has none
    ('tx.reference < "x"', 14, "found no matching overload for '_<_' applied to '(string, string)'"),
    ("true < false", 6, "found no matching overload for '_<_' applied to '(bool, bool)'"),
    ("tx.origin == tx.destination", 11, "found no matching overload for '_==_'"),
    ("tx == tx", 4, "found no matching overload for '_==_'"),
    ("tx.parties == tx.parties", 12, "found no matching overload for '_==_'"),
    ("[1] == [1]", 5, "found no matching overload for '_==_'"),
    ("item.value > 5000", 12, "found no matching overload for '_>_' applied to '(google.type.Money, int)'"),
    ("item.unit == 5", 11, "found no matching overload for '_==_' applied to '(string, int)'"),
    ("item.published == 1", 16, "found no matching overload for '_==_' applied to '(bool, int)'"),
    ("tx.date == tx.reference", 9, "found no matching overload for '_==_'"),
    # what cannot be written
    ('{"a": 1} == {"a": 1}', 10, "found no matching overload for '_==_'"),
    ('"a" in {"a": 1}', 8, "maps and messages cannot be written in a condition; use a table or a group"),
    ("google.type.Date{year: 2026} == tx.date", 1, "maps and messages cannot be written in a condition"),
    ('licet.v1.Place{country: "DE"} in groups.allies', 1, "maps and messages cannot be written in a condition"),
    ("item.unit == null", 14, "a literal of kind null is not supported"),
    ('item.unit.matches("k.*")', 18, "matches() is refused: name the texts in a list"),
    ("[1, 'a'].exists(x, true)", 1, "values of different kinds are mixed in a list"),
    ("1u == 1u", 4, "found no matching overload for '_==_'"),
    ('item.unit + "s" == "kgs"', 11, "found no matching overload for '_+_' applied to '(string, string)'"),
    ("dyn(1) == 1", 4, "undeclared reference to 'dyn'"),
    ('timestamp("2026-01-01T00:00:00Z").getFullYear() == 2026', 10, "the function timestamp is not supported"),
    # dates, roles, groups
    ('date("2026-02-30") < tx.date', 5, 'date() wants a literal date; such as date("2020-06-29")'),
    ("date(tx.reference) < tx.date", 5, "date() wants a literal date"),
    ('date("26-1-1") < tx.date', 5, "date() wants a literal date"),
    ("parties(1).exists(p, true)", 8, "parties wants a role, such as END_USER"),
    ("party(CIVIL).military", 6, "party wants a role, such as END_USER"),
    ("tx.destination.country in groups.allies", 24, "found no matching overload for '@in'"),
    ("tx.parties.exists(p, p in groups.allies)", 24, "found no matching overload for '@in'"),
    # what is not there
    ('tx.destinaton.country == "DE"', 3, "undefined field 'destinaton' not found in struct 'licet.v1.Transaction'"),
    ('tx.parties.filter(p, p.military).exists(q, q.contry == "DE")', 45, "undefined field 'contry' not found"),
    (
        "tx.parties.filter(p, p.military).exists(q, q.country == 5)",
        54,
        "found no matching overload for '_==_' applied to '(string, int)'",
    ),
    ("tx.items.map(i, i.unit).exists(u, u > 5)", 37, "found no matching overload for '_>_' applied to '(string, int)'"),
    ("tx.destination in groups.allys", 25, "undeclared reference to 'groups.allys'"),
    ("listed(item, tables.entry)", 20, "undeclared reference to 'tables.entry'"),
    ('tables.pairs.note["A1"] == ""', 13, "expression of type 'table' cannot be the operand of a select operation"),
    ("nowhere", 1, "undeclared reference to 'nowhere'"),
    ("item.kind == SOFTWARE", 14, "undeclared reference to 'SOFTWARE'"),
    ("item.kind ==", 13, "Syntax error"),
    ("", 1, "Syntax error"),
]


@pytest.mark.parametrize(("text", "column", "message"), _REFUSED, ids=[text or "nothing" for text, _, _ in _REFUSED])
def test_what_has_no_meaning_is_refused_at_its_place(text: str, column: int, message: str) -> None:
    """What the language does not mean is refused when compiled, with line, column and what to do."""
    found = _complaint(text)
    assert (1, column) == found[:2]
    assert message in found[2]


def test_every_complaint_of_the_checker_is_reported() -> None:
    """A text with two misspelt fields gets both complaints, each at its own line and column."""
    found = complaints('tx.destinaton.country == "DE" &&\n  tx.orgin.country == "DE"', _NAMES)
    assert [(1, 3), (2, 5)] == [(each.line, each.column) for each in found]


def test_a_column_counts_characters_and_not_bytes() -> None:
    """Letters of more than one byte before the fault count as one column each."""
    (found,) = complaints('tx.reference == "ÄÖ€" && tx.orgin.country == "DE"', _NAMES)
    assert (1, 28) == (found.line, found.column)
    (lowered,) = complaints('tx.reference == "ÄÖ€" &&\n tx.parties[0].military', _NAMES)
    assert (2, 12) == (lowered.line, lowered.column)


_ACCEPTED: Final = [
    "item.quantity > 5",
    "item.quantity >= 5.5",
    'item.technical["frame_rate_hz"] >= 9',
    'money(item.value, "USD") <= 5000',
    'tx.date < date("2020-06-29")',
    'item.circumstances["zz.sample"] == true',
    "fact.zz.fair == true",
    'tx.circumstances["zz.fair"] == true',
    "tx.end_use.purposes.exists(u, u in groups.weapons)",
    "tx.end_use.purposes.exists(u, u in [CIVIL, NUCLEAR_CIVIL])",
    "tx.end_use.concerns.exists(c, c.knowledge == Knowledge.AWARE)",
    "[1].filter(x, x > 0).exists(y, y in [y, 2])",
    'tx.items.map(i, i.unit).exists(u, u.startsWith("k"))',
    'sum(tx.items.map(i, i.published, money(i.value, "USD"))) <= 5000',
    "item.kind in []",
    'tables.entries.review["A1"] == "denial"',
    "tx.parties.all(p, place(p) in groups.allies)",
]


@pytest.mark.parametrize("text", _ACCEPTED)
def test_what_authors_write_is_accepted(text: str) -> None:
    """What the guide for authors shows compiles."""
    assert () == complaints(text, _NAMES)
