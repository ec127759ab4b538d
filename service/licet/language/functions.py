"""The functions that a policy may call (policies/README.md says what each is for). An argument is never unknown here."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from licet.language.arithmetic import compute
from licet.language.kleene import any_of, failed, unknowns
from licet.language.law import Within
from licet.language.places import rows_of_place
from licet.language.scope import Scope
from licet.language.tree import ArithOp, Function
from licet.language.values import Code, Codes, Path, Ref, Unknown, Why, unknown

_NO_ENTRIES_OF = Path("")


def _marked(args: tuple[Any, ...], scope: Scope) -> Any:
    table, place, column = args
    rows = rows_of_place(table, place, scope)
    if isinstance(rows, Unknown):
        return rows
    return any_of(_mark(row.cells.get(column)) for row in rows)


def _mark(cell: Any) -> bool | Unknown:
    return cell if isinstance(cell, Unknown) else cell is True


# ---- codes --------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def _one_entry(scheme: str, entry: str) -> Codes:
    return Codes(scheme, (entry,))


def _within(args: tuple[Any, ...], scope: Scope) -> Any:
    code, entries = args
    if entries is None:
        return False
    stated, wanted = getattr(code, "scheme", ""), getattr(entries, "scheme", "")
    if stated and wanted and stated != wanted:
        return failed(f"a code of {stated} was looked for among codes of {wanted}")
    scheme = scope.law.schemes.get(stated or wanted)
    if scheme is None:
        return failed(f"the code {code} has no scheme")
    if isinstance(entries, str):
        entries = _one_entry(scheme.id, scheme.normal(entries))
    return _standing(scheme.within(str(code), entries), code, scope)


def _standing(standing: Within, code: Any, scope: Scope) -> Any:
    path = getattr(code, "path", _NO_ENTRIES_OF)
    match standing:
        case Within.INSIDE:
            return True
        case Within.ABOVE:
            return unknown(path.text, Why.ABOVE, str(code), path.pattern)
        case Within.NOT_AN_ENTRY:
            return unknown(path.text, Why.NOT_AN_ENTRY, str(code), path.pattern)
        case Within.OUTSIDE:
            return _outside(code, scope)


def _outside(code: Any, scope: Scope) -> Any:
    """A code outside the entries; a negative answer older than the list rests on the assumption that it was checked again."""
    if not isinstance(code, Code) or code.as_of is None:
        return False
    scheme = scope.law.schemes[code.scheme]
    if scheme.normal(code) not in scheme.negative or scheme.changed is None or not code.as_of < scheme.changed <= scope.law.date:
        return False
    checked_again = scope.facts.checked_again(code)
    return checked_again if isinstance(checked_again, Unknown) else False


def _listed(args: tuple[Any, ...], scope: Scope) -> Any:
    item, table = args
    classification = scope.facts.entry(item, "classifications", table.scheme)
    codes = classification if isinstance(classification, Unknown) else scope.facts.field(classification, "codes")
    if isinstance(codes, Unknown):
        return codes
    scheme = scope.law.schemes[table.scheme]
    return any_of(_standing(table.stands(str(code), scheme), code, scope) for code in codes)


# ---- parties, amounts, dates, papers ------------------------------------------------------------------------------------


def _parties(args: tuple[Any, ...], scope: Scope) -> Any:
    return scope.facts.parties(args[0])


def _party(args: tuple[Any, ...], scope: Scope) -> Any:
    parties = scope.facts.parties(args[0])
    if isinstance(parties, Unknown):
        return parties
    return parties[0] if len(parties) == 1 else failed("several parties have that role")


def _place(args: tuple[Any, ...], scope: Scope) -> Any:
    return scope.facts.place(args[0])


def _latest(args: tuple[Any, ...], scope: Scope) -> Any:
    """The country of the latest tie, as a whole: nobody is a citizen of a region."""
    ties: tuple[Ref, ...] = args[0]
    countries = tuple(scope.facts.field(tie, "country") for tie in ties)
    if (lacking := unknowns(*countries)) is None and len(set(countries)) > 1:
        dates = tuple(scope.facts.field(tie, "since") for tie in ties)
        if (lacking := unknowns(*dates)) is None:
            countries = tuple(country for country, date in zip(countries, dates, strict=True) if date == max(dates))
    if lacking is not None:
        return lacking
    if len(set(countries)) != 1:
        return failed("several countries since the same day" if countries else "there is no country to choose from")
    return scope.facts.country(countries[0])


def _sum(args: tuple[Any, ...], scope: Scope) -> Any:
    total: Any = 0
    for amount in args[0]:
        total = compute(ArithOp.ADD, total, amount)
    return total


def _money(args: tuple[Any, ...], scope: Scope) -> Any:
    return scope.facts.money(args[0], args[1])


def _used(args: tuple[Any, ...], scope: Scope) -> Any:
    authorization, period, *of = args
    if not of:
        return scope.facts.used(authorization, period)
    return scope.facts.used_of(authorization, str(scope.law.date.year) if period == "year" else period, *of)


def _date(args: tuple[Any, ...], scope: Scope) -> Any:
    return datetime.date.fromisoformat(args[0])


def _days(args: tuple[Any, ...], scope: Scope) -> Any:
    return (args[1] - args[0]).days


def _years_after(args: tuple[Any, ...], scope: Scope) -> Any:
    start, years = args
    if not datetime.MINYEAR <= start.year + years <= datetime.MAXYEAR:
        return failed("the date is out of range")
    last = calendar.monthrange(start.year + years, start.month)[1]
    return start.replace(year=start.year + years, day=min(start.day, last))


def _same_year(args: tuple[Any, ...], scope: Scope) -> Any:
    return args[0].year == args[1].year


def _held(args: tuple[Any, ...], scope: Scope) -> Any:
    return scope.facts.held(args[0], scope.law.date)


def _starts_with(args: tuple[Any, ...], scope: Scope) -> Any:
    return args[0].startswith(args[1])


def _ends_with(args: tuple[Any, ...], scope: Scope) -> Any:
    return args[0].endswith(args[1])


def _contains(args: tuple[Any, ...], scope: Scope) -> Any:
    return args[1] in args[0]


def _covering(args: tuple[Any, ...], scope: Scope) -> Any:
    concerns, item = args
    return scope.facts.covering(concerns, item)


FUNCTIONS: Mapping[Function, Callable[[tuple[Any, ...], Scope], Any]] = {
    Function.WITHIN: _within,
    Function.LISTED: _listed,
    Function.MARKED: _marked,
    Function.PARTY: _party,
    Function.PARTIES: _parties,
    Function.PLACE: _place,
    Function.LATEST: _latest,
    Function.SUM: _sum,
    Function.MONEY: _money,
    Function.USED: _used,
    Function.DATE: _date,
    Function.DAYS: _days,
    Function.YEARS_AFTER: _years_after,
    Function.SAME_YEAR: _same_year,
    Function.HELD: _held,
    Function.STARTS_WITH: _starts_with,
    Function.ENDS_WITH: _ends_with,
    Function.CONTAINS: _contains,
    Function.COVERING: _covering,
}
