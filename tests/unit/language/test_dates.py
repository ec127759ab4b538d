from __future__ import annotations

from typing import Any, Final

import pytest

from licet.language.facts import Mode
from licet.language.values import Why
from tests.support.expressions import World, lacks, transaction
from tests.support.packages import load

_WORLD: Final = World(load())


def _on(year: int, month: int, day: int, **fields: Any) -> Any:
    return transaction(date={"year": year, "month": month, "day": day}, **fields)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('tx.date < date("2026-03-01")', True),
        ('tx.date <= date("2026-02-28")', True),
        ('tx.date == date("2026-02-28")', True),
        ('tx.date != date("2026-02-28")', False),
        ('tx.date > date("2026-02-28")', False),
        ('tx.date >= date("2025-12-31")', True),
        ('days(date("2026-02-27"), tx.date) == 1', True),
        ('days(tx.date, date("2026-03-01")) == 1', True),
        ('days(tx.date, date("2026-02-27")) == -1', True),
        ('years_after(tx.date, 2) == date("2028-02-28")', True),
        ('years_after(date("2024-02-29"), 1) == date("2025-02-28")', True),
        ('years_after(date("2024-02-29"), 4) == date("2028-02-29")', True),
        ('same_year(tx.date, date("2026-12-31"))', True),
        ('same_year(tx.date, date("2025-12-31"))', False),
    ],
)
def test_dates_are_calendar_days(text: str, wanted: bool) -> None:
    """Dates compare, differ in whole days, and move by whole years; the 29th of February moves to the 28th."""
    assert wanted is _WORLD.value(text, _on(2026, 2, 28))


def test_a_date_that_is_not_stated_is_unknown() -> None:
    """A comparison with a date that is unset is unknown, and the date is what it lacks."""
    assert {("contract_date", Why.UNSET)} == lacks(_WORLD.value('tx.contract_date < date("2026-03-01")', transaction()))
    assert {("contract_date", Why.UNSET)} == lacks(_WORLD.value("days(tx.contract_date, tx.date) > 30", _on(2026, 1, 1)))


def test_a_date_that_is_no_day_is_unknown_with_that_reason() -> None:
    """The 30th of February is no date: what reads it is unknown because of that."""
    assert {("date", Why.ERROR)} == lacks(_WORLD.value('tx.date < date("2026-03-01")', _on(2026, 2, 30)))


def test_a_date_beyond_the_calendar_is_unknown() -> None:
    """A move beyond the last year fails, and what reads it is unknown."""
    assert {("", Why.ERROR)} == lacks(_WORLD.value("years_after(tx.date, 9000) > tx.date", _on(2026, 1, 1)))


# ---- documents and registrations ----


def _paper(status: str, **fields: Any) -> dict[str, Any]:
    return {"id": "zz.registration", **({"status": f"HOLDING_STATUS_{status}"} if status else {}), **fields}


def _day(day: int) -> dict[str, int]:
    return {"year": 2026, "month": 11, "day": day}


@pytest.mark.parametrize("kind", ["documents", "registrations"])
@pytest.mark.parametrize(
    ("papers", "elsewhere", "in_need"),
    [
        ([_paper("HELD")], True, True),
        ([_paper("NOT_HELD")], False, False),
        ([_paper("REQUESTED")], False, None),
        ([_paper("")], False, None),
        ([], False, None),
        ([_paper("HELD", id="zz.other")], False, None),
        ([_paper("HELD", validFrom=_day(22), validTo=_day(22))], True, True),  # both days count
        ([_paper("HELD", validTo=_day(21))], False, None),
        ([_paper("HELD", validFrom=_day(23))], False, None),
        ([_paper("NOT_HELD"), _paper("HELD")], True, True),
    ],
)
def test_a_paper_is_held_refused_or_to_do(kind: str, papers: list[dict[str, Any]], elsewhere: bool, in_need: bool | None) -> None:
    """A paper is held when it is HELD and valid on the date, not held when the caller says so; else to do in a need, else false."""
    facts = transaction(**{kind: papers})  # the date is 2026-11-22
    for mode in (Mode.CONTROL, Mode.RELIEF):
        assert elsewhere is _WORLD.value('held("zz.registration")', facts, mode=mode)
    value = _WORLD.value('held("zz.registration")', facts, mode=Mode.NEED)
    assert in_need is (None if lacks(value) else value)
    assert lacks(value) == (set() if in_need is not None else {("documents[zz.registration]", Why.UNSET)})
