from __future__ import annotations

import datetime
from typing import Any, Final

import pytest

from licet.language.values import Why
from tests.support.expressions import World, lacks, transaction
from tests.support.packages import load

_GROUPS = """\
history_from: 2001-01-01
groups:
  - {id: europe, title: Europe, kind: places, cite: Annex, members: [DE, UA, GB]}
  - {id: crimea, title: Crimea, kind: places, cite: Annex, members: [CRIMEA]}
  - {id: sevastopol, title: Sevastopol, kind: places, cite: Annex, members: [UA-40]}
  - {id: donetsk, title: Donetsk, kind: places, cite: Annex, members: [UA-14]}
  - {id: occupied, title: Occupied part of Donetsk, kind: places, cite: Annex, members: [UA-14-OCCUPIED]}
  - {id: china, title: China, kind: places, cite: Annex, members: [CN]}
  - {id: northern_ireland, title: Northern Ireland, kind: places, cite: Annex, members: [GB-NIR]}
  - {id: free_europe, title: Europe less Crimea, kind: places, cite: Annex, union: [europe], minus: [crimea]}
  - {id: all_europe, title: Europe after all, kind: places, cite: Annex, union: [free_europe, europe]}
  - {id: not_europe, title: Elsewhere, kind: places, cite: Annex, all_except: [europe]}
  - {id: not_free, title: All but free Europe, kind: places, cite: Annex, all_except: [free_europe]}
  - {id: lost, title: 'Europe less free Europe', kind: places, cite: Annex, union: [europe], minus: [free_europe]}
  - {id: island, title: Europe and an island, kind: places, cite: Annex, union: [less_britain, northern_ireland]}
  - {id: less_britain, title: Europe less Britain, kind: places, cite: Annex, union: [europe], minus: [britain]}
  - {id: britain, title: Britain, kind: places, cite: Annex, members: [GB]}
  - {id: less_china, title: Europe less China, kind: places, cite: Annex, union: [europe], minus: [china]}
  - {id: with_china, title: 'Europe less China, and China', kind: places, cite: Annex, union: [less_china, china]}
  - {id: with_member, title: Europe and China, kind: places, cite: Annex, members: [CN], union: [less_china]}
"""
_TREATED = """\
treat:
  - {place: HK, as: CN, from: 2020-12-23, by: Act 7, cite: Act 7}
"""
_RELEASE: Final = load({"zz/groups/more.yaml": _GROUPS, "zz/places.yaml": _TREATED})
_WORLD: Final = World(_RELEASE)


def _to(country: str, region: str = "") -> Any:
    return transaction(destination={"country": country, **({"region": region} if region else {})})


def _in(group: str, facts: Any, world: World = _WORLD) -> bool | str:
    """Whether the destination is in the group; where unknown, the path of the fact that it lacks."""
    value = world.value(f"tx.destination in groups.{group}", facts)
    if isinstance(value, bool):
        return value
    ((path, why),) = lacks(value)
    assert why is (Why.REGION if path.endswith("region") else Why.UNSET)
    return path


@pytest.mark.parametrize(
    ("group", "country", "region", "wanted"),
    [
        ("europe", "DE", "", True),
        ("europe", "US", "", False),
        ("europe", "UA", "UA-43", True),  # a part of a member
        ("crimea", "DE", "", False),  # no part of it is a member
        ("crimea", "UA", "", "destination.region"),
        ("crimea", "UA", "UA-43", True),  # arrives as
        ("crimea", "UA", "UA-40", True),
        ("crimea", "UA", "CRIMEA", True),
        ("crimea", "UA", "UA-14", False),
        ("sevastopol", "UA", "UA-43", False),
        ("donetsk", "UA", "UA-14", True),
        ("donetsk", "UA", "UA-14-OCCUPIED", True),
        ("occupied", "UA", "UA-14", "destination.region"),  # only a part of the region is
        ("occupied", "UA", "UA-14-OCCUPIED", True),
        ("occupied", "UA", "UA-43", False),
        ("northern_ireland", "GB", "", "destination.region"),
        ("northern_ireland", "GB", "GB-NIR", True),
    ],
)
def test_a_place_is_in_a_group_whole_in_part_or_not(group: str, country: str, region: str, wanted: bool | str) -> None:
    """A place is in a group that holds it, unknown while only a part of it is and the region is not stated, else not."""
    assert wanted == _in(group, _to(country, region))


def test_a_place_without_country_is_unknown() -> None:
    """Where no country is stated, no group holds the place and none excludes it."""
    assert _in("europe", transaction()) == "destination.country"
    assert _in("not_europe", transaction()) == "destination.country"


@pytest.mark.parametrize(
    ("group", "country", "region", "wanted"),
    [
        ("not_europe", "US", "", True),
        ("not_europe", "DE", "", False),
        ("not_europe", "UA", "UA-43", False),
        ("free_europe", "DE", "", True),
        ("free_europe", "UA", "", "destination.region"),
        ("free_europe", "UA", "UA-43", False),
        ("free_europe", "UA", "UA-14", True),
        ("free_europe", "US", "", False),
        ("not_free", "US", "", True),
        ("not_free", "UA", "", "destination.region"),
        ("not_free", "UA", "UA-43", True),
        ("not_free", "UA", "UA-14", False),
        ("not_free", "DE", "", False),
    ],
)
def test_a_group_less_another_and_everything_but_a_group(group: str, country: str, region: str, wanted: bool | str) -> None:
    """What is taken out of a group is out, part by part; a group of all except others holds what they do not."""
    assert wanted == _in(group, _to(country, region))


@pytest.mark.parametrize(
    ("group", "country", "region", "wanted"),
    [
        ("all_europe", "UA", "UA-43", True),  # taken out of one part, whole in the other
        ("all_europe", "UA", "", True),
        ("with_china", "CN", "", True),
        ("with_member", "CN", "", True),
        ("with_china", "DE", "", True),
        ("island", "GB", "GB-NIR", True),
        ("island", "GB", "", "destination.region"),
        ("island", "DE", "", True),
        ("lost", "UA", "UA-43", True),  # what the group taken out does not hold stays
        ("lost", "UA", "UA-14", False),
        ("lost", "DE", "", False),
    ],
)
def test_what_one_group_takes_out_another_may_hold(group: str, country: str, region: str, wanted: bool | str) -> None:
    """A union holds what any part of it holds, whatever the other parts leave out; a difference keeps what is not taken."""
    assert wanted == _in(group, _to(country, region))


def test_a_place_may_be_treated_as_another_since_a_date() -> None:
    """A place that this law treats as another is in that one's groups from the date on, and not before."""
    assert _in("china", _to("HK")) is True
    assert _in("china", _to("HK"), World(_RELEASE, datetime.date(2020, 12, 23))) is True
    assert _in("china", _to("HK"), World(_RELEASE, datetime.date(2020, 12, 22))) is False


def test_a_country_by_its_code_is_a_place() -> None:
    """`place(code)` and `place(party)` are places: a party's region counts, a bare code has none."""
    facts = transaction(parties=[{"reference": "b", "country": "UA", "region": "UA-43"}, {"reference": "c", "country": "UA"}])
    text = "tx.parties.{}(p, place(p) in groups.crimea)"
    assert _WORLD.value(text.format("exists"), facts) is True
    assert {("parties[c].region", Why.REGION)} == lacks(_WORLD.value(text.format("all"), facts))
    assert _WORLD.value("tx.parties.all(p, place(p.country) in groups.europe)", facts) is True


_CHART = {
    "zz/tables/tables.yaml": """\
tables:
  - {id: entries, title: List, instrument: zz.act, cite: Annex, history_from: 2001-01-01}
  - {id: chart, title: Chart, instrument: zz.act, cite: Annex, history_from: 2001-01-01}
  - {id: limits, title: Limits, instrument: zz.act, cite: Annex, history_from: 2001-01-01}
""",
    "zz/tables/chart.csv": "*place:place,NS:mark,RS:mark\nDE,,\nCN,X,\nUA,,\nCRIMEA,X,X\n",
    "zz/tables/limits.csv": "*entry:code(zz.list),limit:money(USD)\nA1,5000\nA2.b,1000.50\n",
}
_CHARTED: Final = World(load({**_CHART, "zz/places.yaml": _TREATED}))


@pytest.mark.parametrize(
    ("country", "region", "column", "wanted"),
    [
        ("CN", "", "NS", True),
        ("CN", "", "RS", False),
        ("DE", "", "NS", False),
        ("HK", "", "NS", True),  # treated as CN
        ("UA", "", "NS", False),
        ("UA", "CRIMEA", "RS", True),
    ],
)
def test_a_chart_is_marked_for_a_place(country: str, region: str, column: str, wanted: bool) -> None:
    """The mark of a chart is that of the region's row, else of the row of the country, or of the place it is treated as."""
    assert wanted is _CHARTED.value(f'marked(tables.chart, tx.destination, "{column}")', _to(country, region))


def test_a_place_that_the_chart_lacks_is_a_failure() -> None:
    """A country without a row is unknown because the chart lacks it, and not unmarked."""
    assert {("", Why.ERROR)} == lacks(_CHARTED.value('marked(tables.chart, tx.destination, "NS")', _to("US")))
    assert {("destination.country", Why.UNSET)} == lacks(
        _CHARTED.value('marked(tables.chart, tx.destination, "NS")', transaction())
    )


def test_a_table_is_looked_up_by_its_key() -> None:
    """A look-up gives the cell of the row; an unknown key is unknown as it is, one that the table lacks is a failure."""
    stated = transaction(items=[{"line": "1", "unit": "A2.b"}])
    assert _CHARTED.value("tables.limits.limit[item.unit] == 1000.5", stated) is True
    assert {("items[1].unit", Why.UNSET)} == lacks(
        _CHARTED.value("tables.limits.limit[item.unit] > 1.0", transaction(items=[{"line": "1"}]))
    )
    assert {("", Why.ERROR)} == lacks(_CHARTED.value('tables.limits.limit["B1"] > 1.0', stated))


def test_a_region_that_nobody_knows_is_no_other_region() -> None:
    """A mistyped region of a country that is a member only in part is asked about, never "elsewhere"."""
    assert _in("crimea", _to("UA", "UA-4")) == "destination.region"
