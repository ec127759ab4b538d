from __future__ import annotations

import datetime
from typing import Any, Final

import pytest

from licet.language.law import Grammar, Scheme, Within
from licet.language.values import Codes, Why
from tests.support.expressions import World, lacks, transaction
from tests.support.packages import CATALOGUES, PACKAGE, load

_SCHEMES = """\
  - {id: yy.list, title: National list, grammar: paragraphs, pattern: '[A-Z][0-9]+(\\.[a-z0-9]+)*', negative: [NLR]}
  - id: wide.list
    title: Wide list
    grammar: paragraphs
    pattern: '[A-Z][0-9]+(\\.[a-z0-9]+)*'
    negative: [NLR]
    answered_by: [yy.list]
  - {id: hs, title: Harmonized System, grammar: digits, pattern: '([0-9]{2}){1,5}'}
  - {id: cas, title: CAS number, grammar: cas, pattern: '[0-9]{2,7}-[0-9]{2}-[0-9]', negative: [NLR]}
"""
_RELEASE: Final = load({"schemes.yaml": CATALOGUES["schemes.yaml"] + _SCHEMES})
_WORLD: Final = World(_RELEASE)


def _item(**codes: Any) -> Any:
    """One item with a code under each scheme; `_` in a name stands for the dot."""
    stated = {scheme.replace("_", "."): code if isinstance(code, dict) else {"codes": [code]} for scheme, code in codes.items()}
    return transaction(items=[{"line": "1", "classifications": stated}])


def _under(scheme: str, entry: str) -> str:
    return f'item.classifications["{scheme}"].codes.exists(c, within(c, "{entry}"))'


# ---- paragraphs ----


@pytest.mark.parametrize(
    ("code", "entry", "wanted"),
    [
        ("A2.b", "A2.b", True),
        ("A2.b.3", "A2.b", True),
        ("A2.b.3.c", "A2.b", True),
        ("A2.b", "A2", True),
        ("A2.ba", "A2.b", None),  # no entry: not below A2.b, only spelled like it
        ("B1", "A2.b", False),
        ("A2.b", "B1", False),
        ("A2.b", "A2.b.3", None),  # above the entry
        ("NLR", "A2.b", False),
        ("a2.b", "A2.b", None),  # not written so
        ("", "A2.b", None),
        ("A2.b ", "A2.b", True),  # blanks around carry no meaning
    ],
)
def test_a_code_is_within_an_entry_at_paragraph_boundaries(code: str, entry: str, wanted: bool | None) -> None:
    """A code is within an entry when it is the entry or lies below it at a dot; unknown above it or when it is no code."""
    value = _WORLD.value(_under("zz.list", entry), _item(zz_list=code))
    assert wanted is (None if lacks(value) else value)


def test_a_code_above_the_entry_asks_for_the_paragraph() -> None:
    """A code above the entry is unknown for that reason, at the classification that was stated."""
    value = _WORLD.value(_under("zz.list", "A2.b"), _item(zz_list="A2"))
    assert {("items[1].classifications[zz.list]", Why.ABOVE)} == lacks(value)


@pytest.mark.parametrize("code", ["A9", "A1O", "2A.b", "A2.c", "EAR99"])
def test_a_typo_does_not_free_a_shipment(code: str) -> None:
    """A code that is no entry, nor above or below one, is unknown for that reason, also against `all` codes."""
    for entry in ("A1", "A2.b", "B1"):
        value = _WORLD.value(_under("zz.list", entry), _item(zz_list=code))
        assert {("items[1].classifications[zz.list]", Why.NOT_AN_ENTRY)} == lacks(value)
    value = _WORLD.value("listed(item, tables.entries)", _item(zz_list=code))
    assert {("items[1].classifications[zz.list]", Why.NOT_AN_ENTRY)} == lacks(value)


def test_an_item_without_classification_is_unknown() -> None:
    """An item that is not classified is neither listed nor unlisted."""
    value = _WORLD.value("listed(item, tables.entries)", transaction(items=[{"line": "1"}]))
    assert {("items[1].classifications[zz.list]", Why.UNSET)} == lacks(value)


def test_listed_looks_at_every_code() -> None:
    """An item is listed when one of its codes is; a negative code beside it changes nothing."""
    assert _WORLD.value("listed(item, tables.entries)", _item(zz_list={"codes": ["NLR", "B1"]})) is True
    assert _WORLD.value("listed(item, tables.entries)", _item(zz_list="NLR")) is False


def test_a_scheme_whose_entries_are_not_here_takes_every_code_of_its_form() -> None:
    """Without a table of entries a code of the right form is known; one of another form is not."""
    assert _WORLD.value(_under("yy.list", "A1"), _item(yy_list="C7")) is False
    value = _WORLD.value(_under("yy.list", "A1"), _item(yy_list="7C"))
    assert {("items[1].classifications[yy.list]", Why.NOT_AN_ENTRY)} == lacks(value)


# ---- exceptions from entries ----

_PARAGRAPHS: Final = Scheme.of("list", Grammar.PARAGRAPHS, r"[A-Z][0-9]+(\.[a-z0-9]+)*", negative=frozenset(("NLR",)))


@pytest.mark.parametrize(
    ("code", "codes", "wanted"),
    [
        ("A2.b", Codes("list", ("A2",), ("A2.y",)), Within.INSIDE),
        ("A2.y", Codes("list", ("A2",), ("A2.y",)), Within.OUTSIDE),
        ("A2.y.1", Codes("list", ("A2",), ("A2.y",)), Within.OUTSIDE),
        ("A2", Codes("list", ("A2",), ("A2.y",)), Within.ABOVE),
        ("B1", Codes("list", ("A2",), ("A2.y",)), Within.OUTSIDE),
        ("B1", Codes("list", (), (), everything=True), Within.INSIDE),
        ("NLR", Codes("list", (), (), everything=True), Within.OUTSIDE),
        ("A2.y", Codes("list", (), ("A2.y",), everything=True), Within.OUTSIDE),
        ("A2", Codes("list", (), ("A2.y",), everything=True), Within.ABOVE),
        ("A2.b", Codes("list", ("A1", "A2.b"), ()), Within.INSIDE),
        ("A2.b", Codes("list", (), ()), Within.OUTSIDE),
        ("A2.ba", Codes("list", ("A2.b",), ()), Within.OUTSIDE),  # spelled like it, and not below it
        ("A2.b", Codes("list", ("A2.ba",), ()), Within.OUTSIDE),
        ("A21", Codes("list", ("A2",), ()), Within.OUTSIDE),
    ],
)
def test_codes_less_exceptions(code: str, codes: Codes, wanted: Within) -> None:
    """A code excepted from the entries is outside; one above an exception is unknown, for it may be either."""
    assert wanted is _PARAGRAPHS.within(code, codes)


# ---- digits ----


@pytest.mark.parametrize(
    ("code", "entry", "wanted"),
    [
        ("854231", "8542", True),
        ("8542.31", "8542", True),
        ("8542 31", "854231", True),
        ("854231", "8542.31", True),
        ("8542", "854231", None),
        ("8541", "8542", False),
        ("85423", "8542", None),  # codes have an even number of digits
        ("chips", "8542", None),
    ],
)
def test_customs_codes_nest_by_their_digits(code: str, entry: str, wanted: bool | None) -> None:
    """A customs code lies below every prefix of it; dots and blanks carry no meaning in either."""
    value = _WORLD.value(_under("hs", entry), _item(hs=code))
    assert wanted is (None if lacks(value) else value)


@pytest.mark.parametrize(
    ("code", "wanted"), [("8542", True), ("854231", True), ("85", True), ("8541", False), ("8542319000", True)]
)
def test_a_customs_code_is_known_by_the_entries_around_it(code: str, wanted: bool) -> None:
    """With a table of entries a customs code is known when it is an entry, or above or below one."""
    scheme = Scheme.of("hs", Grammar.DIGITS, "([0-9]{2}){1,5}", entries=frozenset(("8542",)))
    assert wanted is scheme.knows(code)


def test_a_dot_means_nothing_in_an_exact_scheme() -> None:
    """In a scheme of exact codes nothing is above or below anything else."""
    scheme = Scheme.of("x", Grammar.EXACT, "[a-z.]+", entries=frozenset(("a.b",)))
    assert scheme.knows("a.b")
    assert not scheme.knows("a")
    assert not scheme.knows("a.b.c")
    assert Within.OUTSIDE is scheme.stands("a.b.c", "a.b")


# ---- CAS numbers ----


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("7732-18-5", True),  # water
        ("7732-18-4", False),  # its check digit is 5
        ("107-44-8", True),  # sarin
        ("107-44-9", False),
        ("7732-185", False),
    ],
)
def test_a_chemical_number_has_a_check_digit(code: str, wanted: bool) -> None:
    """A CAS number whose check digit is wrong is no entry, hence unknown; a right one is itself and nothing else."""
    value = _WORLD.value(_under("cas", "7732-18-5"), _item(cas=code))
    if wanted:
        assert (code == "7732-18-5") is value
    else:
        assert {("items[1].classifications[cas]", Why.NOT_AN_ENTRY)} == lacks(value)


# ---- schemes that answer others ----


def test_a_national_code_answers_the_wider_list() -> None:
    """A code under a scheme named in `answered_by` answers the wider scheme, and the question names what was stated."""
    assert _WORLD.value(_under("wide.list", "A1"), _item(yy_list="A1.a")) is True
    value = _WORLD.value(_under("wide.list", "A1.a"), _item(yy_list="A1"))
    assert {("items[1].classifications[yy.list]", Why.ABOVE)} == lacks(value)


def test_the_wider_list_does_not_answer_the_national_one() -> None:
    """The reverse does not hold: a code of the wider list says nothing of the national one."""
    value = _WORLD.value(_under("yy.list", "A1"), _item(wide_list="A1"))
    assert {("items[1].classifications[yy.list].codes", Why.UNSET)} == lacks(value)


def test_a_code_under_the_scheme_itself_goes_first() -> None:
    """Where both are stated, the scheme's own code answers."""
    assert _WORLD.value(_under("wide.list", "A1"), _item(wide_list="B1", yy_list="A1")) is False


def test_codes_of_different_schemes_are_not_mixed_up() -> None:
    """A code looked for among entries of another scheme is a failure, hence unknown, never merely outside."""
    world = World(_RELEASE)
    world.names = world.names.local(world.names.row_variables("entries"))
    value = world.value(
        'item.classifications["yy.list"].codes.exists(c, within(c, row.entry))',
        _item(yy_list="A1"),
        variables={"row.entry": _RELEASE.packages["zz"].tables["entries"].rows[0].cells["entry"]},
    )
    assert {("", Why.ERROR)} == lacks(value)


# ---- negative codes that grow old ----

_AGED = CATALOGUES["vocabulary.yaml"] + (
    "  - {path: 'items[*].classifications[*].as_of', class: assume, value: \"no\", for: [controls], statement: Checked again.}\n"
)


def _as_of(code: str, year: int) -> Any:
    return _item(zz_list={"codes": [code], "asOf": {"year": year, "month": 6, "day": 1}})


def test_an_old_negative_code_must_be_checked_again() -> None:
    """`NLR` from before the list's last change is unknown where nothing is assumed; a newer one, or one without date, is not."""
    text = _under("zz.list", "A1")  # the list changed on 2024-01-01
    value = _WORLD.value(text, _as_of("NLR", 2023))
    assert {("items[1].classifications[zz.list].as_of", Why.UNSET)} == lacks(value)
    assert {("items[1].classifications[zz.list].as_of", Why.UNSET)} == lacks(_WORLD.value(text, _as_of(" NLR ", 2023)))
    assert _WORLD.value(text, _as_of("NLR", 2024)) is False
    assert _WORLD.value(text, _item(zz_list="NLR")) is False


def test_a_change_after_the_legal_date_does_not_count() -> None:
    """For a date before the list's change an older negative code stands."""
    before = World(_RELEASE, datetime.date(2023, 12, 31))
    assert before.value(_under("zz.list", "A1"), _as_of("NLR", 2023)) is False


def test_checking_again_may_be_assumed() -> None:
    """With the assumption in the vocabulary the old answer stands, for controls alone."""
    world = World(load({"vocabulary.yaml": _AGED}))
    assert world.value(_under("zz.list", "A1"), _as_of("NLR", 2023)) is False
    value = world.value(_under("zz.list", "A1"), _as_of("NLR", 2023), active=frozenset())
    assert {("items[1].classifications[zz.list].as_of", Why.UNSET)} == lacks(value)


def test_an_old_positive_code_stands() -> None:
    """Only negative answers grow old: a positive code is what it is."""
    assert _WORLD.value(_under("zz.list", "A1"), _as_of("A1", 2020)) is True
    assert _WORLD.value(_under("zz.list", "B1"), _as_of("A1", 2020)) is False


# ---- entries and dates ----


def test_an_entry_of_any_date_is_known() -> None:
    """A code that was or will be an entry is known on every date; only the rows in force count as listed."""
    table = PACKAGE["zz/tables/entries.csv"].replace("note:text?", "from:date?,to:date?")
    rows = table.replace("B1,case-by-case,unilateral,", "B1,case-by-case,unilateral,2025-01-01,")
    rows = "\n".join(line + "," if line.endswith("CLUB,") else line for line in rows.splitlines())
    rows = rows.replace("2025-01-01,", "2025-01-01,2026-01-01")
    release = load({"zz/tables/entries.csv": rows + "\n"})
    listed = "listed(item, tables.entries)"
    for year, wanted in ((2024, False), (2025, True), (2026, False)):
        world = World(release, datetime.date(year, 6, 1))
        assert wanted is world.value(listed, _item(zz_list="B1"))
        assert world.value(_under("zz.list", "B1"), _item(zz_list="B1")) is True
