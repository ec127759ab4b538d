from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

import pytest

from licet.engine.compiled import _KEPT, CompiledEngine, boundaries
from licet.engine.protocol import Case, Finding, Verdict
from licet.engine.reference import ReferenceEngine
from licet.policy.release import Release
from tests.support.packages import CATALOGUES, PACKAGE, load, policy_files, rule, rules_file
from tests.support.pairs import agreed, case_of, cases_of
from tests.support.shipments import request
from tests.support.variations import boundaries_of

_DAY: Final = datetime.timedelta(days=1)
_TABLE: Final = "  - {id: late, title: Late, instrument: zz.act, cite: Annex, history_from: 2010-01-01}\n"
_LATE: Final = """\
*entry:code(zz.list),codes:codes(zz.list),from:date?,to:date?
A1,A1 except A1.c,,2020-03-01
A2,A2,2015-06-01,
B1,B1,2016-01-01,2018-01-01
"""
_IN: Final = 'item.classifications["zz.list"].codes.exists(c, within(c, row.codes))'
_RULES: Final = rules_file(
    rule("zz.late", {"require": {"basis": "LIST"}}, ['tx.destination.country != "ZZ"'], for_each="tables.late", about=_IN),
    rule("zz.stayed", {"require": {"basis": "LIST"}}, _IN, for_each="tables.late", status="stayed", cause="A court"),
    rule(
        "zz.ended",
        {"prohibit": {"basis": "EMBARGO"}},
        "dest in groups.allies",
        in_force=[{"from": "2005-01-01", "by": "A", "to": "2012-01-01", "to_by": "B"}],
    ),
    rule(
        "zz.again",
        {"flag": {"id": "F", "text": "Look"}},
        "item.quantity > 0",
        in_force=[{"from": "2005-01-01", "by": "A", "to": "2012-01-01", "to_by": "B"}, {"from": "2014-01-01", "by": "C"}],
    ),
    rule("zz.party", {"flag": {"id": "G", "text": "Look"}}, "who.military", for_each={"who": "tx.parties"}),
    history_from="2004-01-01",
)


def _dated(**changed: str) -> Release:
    files: Mapping[str, str] = {
        "zz/tables/tables.yaml": PACKAGE["zz/tables/tables.yaml"] + _TABLE,
        "zz/tables/late.csv": _LATE,
        "zz/rules/dated.yaml": _RULES,
        **changed,
    }
    return load(dict(files))


def _on(day: datetime.date, *codes: str, country: str = "NO") -> Any:
    items = [
        {"line": str(n), "classifications": {"zz.list": {"codes": [code]}}, "quantity": {"value": "1"}}
        for n, code in enumerate(codes, 1)
    ]
    date = {"year": day.year, "month": day.month, "day": day.day}
    return request(date=date, items=items, destination={"country": country}).transaction


def _case(release: Release, transaction: Any) -> Case:
    return next(cases_of(release, transaction, None))


def _verdicts(found: tuple[Finding, ...], rule_id: str) -> dict[str, Verdict]:
    return {f.bound: f.verdict for f in found if f.rule == rule_id}


# ---- dates --------------------------------------------------------------------------------------------------------------


def test_every_boundary_of_the_law_is_known() -> None:
    """Beginnings and ends of rules, rows and group members, and where histories begin, are the boundaries, in order."""
    (package,) = _dated().packages.values()
    found = [day for day in boundaries(package) if day != datetime.date.min]
    assert sorted(boundaries_of(package)) == found
    years = {
        "2001-01-01",
        "2004-01-01",
        "2005-01-01",
        "2010-01-01",
        "2012-01-01",
        "2014-01-01",
        "2015-06-01",
        "2016-01-01",
        "2018-01-01",
        "2020-01-01",
        "2020-03-01",
    }
    assert years <= {str(day) for day in found}


def test_a_specialization_is_the_law_of_each_day_beside_a_boundary() -> None:
    """On every boundary, the day before and the day after, forth and back in time, one engine gives what the reference gives."""
    release, engine = _dated(), CompiledEngine()
    (package,) = release.packages.values()
    days = sorted({day + n * _DAY for day in boundaries_of(package) for n in (-1, 0, 1)})
    seen = set()
    for day in (*days, *reversed(days), *days[::3]):
        for country in ("NO", "DE"):
            seen.add(agreed(_case(release, _on(day, "A1", "A2", "B1.x", "A1.c", country=country)), engine))
    assert 15 <= len(seen), "the law differs from interval to interval"


def test_one_specialization_serves_an_interval() -> None:
    """Dates between two boundaries share one; dates beside a boundary do not."""
    release, engine = _dated(), CompiledEngine()
    for day in (datetime.date(2017, 1, 1), datetime.date(2017, 12, 31), datetime.date(2016, 1, 1)):
        engine.match(_case(release, _on(day, "A1")))
    assert 1 == len(engine._specialized)
    engine.match(_case(release, _on(datetime.date(2018, 1, 1), "A1")))
    assert 2 == len(engine._specialized)


def test_only_the_last_used_specializations_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not used for longest is dropped, and made again when it is needed."""
    monkeypatch.setattr("licet.engine.compiled._KEPT", 2)
    release, engine = _dated(), CompiledEngine()
    old, middle, new = (_case(release, _on(datetime.date(year, 6, 2), "A1", "A2")) for year in (2011, 2017, 2026))
    for case in (old, middle, old, new):
        agreed(case, engine)
    kept = list(engine._specialized)
    assert 2 == len(kept)
    special = engine._specialized[kept[0]]
    assert agreed(old, engine)
    assert special is engine._specialized[kept[0]], "used between, so kept"
    assert agreed(middle, engine)
    assert 2 == len(engine._specialized) < _KEPT


# ---- dormant law --------------------------------------------------------------------------------------------------------


def test_rows_that_only_dates_keep_out_are_considered() -> None:
    """A row out of force is considered where it would fire, and says nothing where it would not, or where that is unknown."""
    release, engine = _dated(), CompiledEngine()
    late = datetime.date(2026, 1, 1)
    fired = _verdicts(agreed(_case(release, _on(late, "A1.d")), engine), "zz.late")
    assert {"A1": Verdict.CONSIDERED} == fired
    assert {} == _verdicts(agreed(_case(release, _on(late, "A1.c")), engine), "zz.late")
    assert {} == _verdicts(agreed(_case(release, _on(late, "A1")), engine), "zz.late"), "above an exception: unknown, so not shown"
    assert {"A2": Verdict.FIRED} == _verdicts(agreed(_case(release, _on(late, "A2.b")), engine), "zz.late")
    assert {"A2": Verdict.CONSIDERED} == _verdicts(agreed(_case(release, _on(late, "A2.b", country="ZZ")), engine), "zz.late")


def test_rules_that_only_dates_keep_out_are_considered() -> None:
    """A rule that has ended, or has not begun, is considered where it would fire."""
    release, engine = _dated(), CompiledEngine()
    assert {"": Verdict.CONSIDERED} == _verdicts(
        agreed(_case(release, _on(datetime.date(2026, 1, 1), "B1", country="DE")), engine), "zz.ended"
    )
    assert {"": Verdict.FIRED} == _verdicts(
        agreed(_case(release, _on(datetime.date(2011, 12, 31), "B1", country="DE")), engine), "zz.ended"
    )
    assert {"": Verdict.CONSIDERED} == _verdicts(agreed(_case(release, _on(datetime.date(2013, 1, 1), "B1")), engine), "zz.again")
    assert {"": Verdict.FIRED} == _verdicts(agreed(_case(release, _on(datetime.date(2014, 1, 1), "B1")), engine), "zz.again")


def test_stayed_rules_are_considered_and_never_fire() -> None:
    """Stayed law is shown where it would fire, not applied, and asks nothing."""
    release, engine = _dated(), CompiledEngine()
    day = datetime.date(2016, 6, 1)
    assert {"B1": Verdict.CONSIDERED} == _verdicts(agreed(_case(release, _on(day, "B1.x")), engine), "zz.stayed")
    assert {} == _verdicts(agreed(_case(release, _on(day, "A1")), engine), "zz.stayed"), "above an exception: unknown"


def test_law_without_history_is_undetermined() -> None:
    """Before the history of a table or a file of rules, what reads it is undetermined as a whole."""
    release, engine = _dated(), CompiledEngine()
    assert {"*": Verdict.UNDETERMINED} == _verdicts(
        agreed(_case(release, _on(datetime.date(2009, 12, 31), "A1")), engine), "zz.late"
    )
    assert {"": Verdict.UNDETERMINED} == _verdicts(
        agreed(_case(release, _on(datetime.date(2003, 12, 31), "A1")), engine), "zz.ended"
    )


# ---- bits ---------------------------------------------------------------------------------------------------------------


def test_items_are_told_apart() -> None:
    """Each line gets the findings of its own code; facts of one line are not taken for those of another."""
    release, engine = _dated(), CompiledEngine()
    found = agreed(_case(release, _on(datetime.date(2016, 6, 1), "A1.d", "A2", "B1", "NLR")), engine)
    assert {"1": "A1", "2": "A2", "3": "B1"} == {f.item: f.bound for f in found if f.rule == "zz.late"}


def test_codes_above_unknown_and_excepted() -> None:
    """Above an entry or its exception, and for a typo, a row is undetermined; below an exception it says nothing."""
    release, engine = _dated(), CompiledEngine()
    day = datetime.date(2016, 6, 1)
    for code, wanted in (
        ("A1", {"A1": Verdict.UNDETERMINED}),
        ("A1.c.1", {}),
        ("A1.d", {"A1": Verdict.FIRED}),
        ("Q9", dict.fromkeys(("A1", "A2", "B1"), Verdict.UNDETERMINED)),
        ("NLR", {}),
    ):
        assert wanted == _verdicts(agreed(_case(release, _on(day, code)), engine), "zz.late"), code


_CELLS: Final = """\
*entry:code(zz.list),when:expr?
A1,item.quantity > 5
A2.b,tx.destination.country == "NO"
"""
_READS: Final = rules_file(
    rule("zz.cells", {"require": {"basis": "LIST"}}, "row.when", for_each="tables.late", about="under(row.entry)"),
    rule("zz.many", {"require": {"basis": "LIST"}}, "item.quantity > 5"),
    rule("zz.control", {"require": {"basis": "LIST"}}, "tx.parties.exists(p, p.military)"),
    rule("zz.relief", {"exempt": {"bases": ["LIST"]}}, "tx.parties.all(p, !p.military)"),
    history_from="2004-01-01",
)


def _reads(*items: Mapping[str, Any]) -> tuple[Finding, ...]:
    release = _dated(**{"zz/tables/late.csv": _CELLS, "zz/rules/dated.yaml": _READS})
    lines = [{"line": str(n), **item} for n, item in enumerate(items, 1)]
    return agreed(_case(release, request(items=lines, destination={"country": "NO"}).transaction), CompiledEngine())


def test_what_is_known_of_one_item_is_not_taken_for_another() -> None:
    """Conditions and cells that read the item are looked at for each item, those that do not once."""
    code = {"zz.list": {"codes": ["A1"]}}
    found = _reads(*({"classifications": code, "quantity": {"value": number}} for number in ("9", "1", "7")))
    for rule_id, other in (("zz.cells", Verdict.CONSIDERED), ("zz.many", None)):
        verdicts = {f.item: f.verdict for f in found if f.rule == rule_id}
        assert (Verdict.FIRED, other, Verdict.FIRED) == tuple(verdicts.get(line) for line in "123"), rule_id


def test_a_rule_that_may_speak_of_the_case_is_considered_when_its_test_fails() -> None:
    """Considered is what possibly speaks of the case and does not hold, also where it is unknown whether it speaks of it."""
    found = _reads({"classifications": {"zz.list": {"codes": ["A2"]}}, "quantity": {"value": "1"}}, {"quantity": {"value": "1"}})
    assert {"2": Verdict.CONSIDERED} == {f.item: f.verdict for f in found if f.rule == "zz.cells" and f.bound == "A1"}


def test_relief_reads_facts_more_strictly_than_controls() -> None:
    """An assumption that serves controls alone settles the control and leaves the relief open."""
    found = _reads({"classifications": {"zz.list": {"codes": ["NLR"]}}, "quantity": {"value": "1"}})
    assert {} == _verdicts(found, "zz.control")
    assert {"": Verdict.UNDETERMINED} == _verdicts(found, "zz.relief")


# ---- one engine, several releases ---------------------------------------------------------------------------------------

_EXTENDS: Final[Mapping[str, str]] = {
    "yy/policy.yaml": PACKAGE["zz/policy.yaml"]
    .replace("zz", "yy")
    .replace("Testland", "Member")
    .replace("places: [ZZ]", "places: [NO]")
    + "extends: zz\n",
    "yy/rules/rules.yaml": rules_file(
        rule("yy.list", {"require": {"basis": "LIST"}}, "under(row.entry)", for_each="tables.entries", instrument="yy.act")
    ),
}


@pytest.mark.parametrize(
    "changed",
    [
        {"zz/tables/entries.csv": PACKAGE["zz/tables/entries.csv"] + "A7,denial,CLUB,\n"},
        {"schemes.yaml": CATALOGUES["schemes.yaml"].replace("negative: [NLR]", "negative: [NLR, A7]")},
    ],
    ids=["a table of the bloc", "the schemes"],
)
def test_a_new_release_is_specialized_anew(changed: dict[str, str]) -> None:
    """What a package reads of its bloc and of the catalogues may change while its own files, and so its digest, do not."""
    before, after = load({**_EXTENDS}), load({**_EXTENDS, **changed})
    assert before.packages["yy"].digest == after.packages["yy"].digest
    engine = CompiledEngine()
    transaction = _on(datetime.date(2026, 1, 1), "A7.x" if "zz/tables/entries.csv" in changed else "A7")
    found = []
    for release in (before, after, before):
        case = case_of(release, "yy", next(cases_of(release, transaction, None)).transaction, None)
        found.append(_verdicts(agreed(case, engine), "yy.list"))
    assert found[0] != found[1]
    assert found[0] == found[2]


def test_equal_folders_are_found_in_equally() -> None:
    """Loading the same folder twice changes nothing of what is found."""
    first, second = (load({name: content.decode() for name, content in policy_files().items()}) for _ in range(2))
    engine, transaction = CompiledEngine(), request().transaction
    assert engine.match(_case(first, transaction)) == engine.match(_case(second, transaction))
    assert ReferenceEngine().match(_case(first, transaction)) == engine.match(_case(second, transaction))
