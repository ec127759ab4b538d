"""Yearly limits as the ledger counts them: what a decision asks about, what it is told, and what it leaves behind."""

from __future__ import annotations

import datetime
import hashlib
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final
from weakref import WeakKeyDictionary

from licet.decision.canonical import legal_date
from licet.decision.coverage import families_asked
from licet.decision.limits import Limit, limits_of, receiving, spent
from licet.ledger.uses import Limits, Reading
from licet.policy.release import Release
from licet.v1 import decision_pb2, transaction_pb2

_NANOS: Final = 10**9
_MOST: Final = 2**63 - 1
_MOST_NAMES: Final = 1_000
"""Beyond, what anybody used counts: a statement takes no more names."""


_known: Final[WeakKeyDictionary[Release, tuple[Limit, ...]]] = WeakKeyDictionary()


def limits(release: Release) -> tuple[Limit, ...]:
    """The limits of a release, which are looked for once."""
    if release not in _known:
        _known[release] = limits_of(release)
    return _known[release]


def limits_asked(request: Any, release: Release, today: datetime.date) -> Limits | None:
    """What to ask the ledger for before a request is decided; None where no law that is asked has a limit."""
    if not limits(release):
        return None
    asked = {j for family in families_asked(release, request.jurisdictions) for j in family.jurisdictions}
    date = _date(request.transaction, today)
    names = frozenset((limit.authorization, limit.period_on(date)) for limit in limits(release) if limit.jurisdiction in asked)
    parties = names_of(request.transaction)
    return Limits(names, parties if len(parties) <= _MOST_NAMES else frozenset()) if names else None


def _date(transaction: Any, today: datetime.date) -> datetime.date:
    """The legal date; any date where that is none, since the request will be refused."""
    try:
        return legal_date(transaction) if transaction.HasField("date") else today
    except ValueError:
        return today


def limits_before(reading: Reading | None, release: Release) -> decision_pb2.LimitUse:
    """What had been used, added up by authorization, period, code and currency."""
    if reading is None:
        return decision_pb2.LimitUse()
    totals: dict[tuple[str, str, str, str], list[str]] = {}
    for use in reading.uses:
        totals.setdefault((use.authorization, use.period, use.code, use.currency), []).append(use.amount)
    return decision_pb2.LimitUse(
        tree_size=reading.size,
        before=[_usage(*key, amounts) for key, amounts in sorted(totals.items())],
        restricted=sorted({limit.authorization for limit in limits(release) if limit.restricted}),
    )


def add_limits(decision: decision_pb2.Decision, before: decision_pb2.LimitUse, request: Any, release: Release) -> None:
    """The decision says how limits stood and what it uses of them, where there is anything to say."""
    date = datetime.date(decision.as_of.year, decision.as_of.month, decision.as_of.day)
    parties = sorted(names_of(request.transaction))
    for each in spent(decision.result, request.transaction, limits(release), date):
        before.used.add(
            authorization=each.authorization,
            period=each.period,
            code=each.code,
            currency=each.currency,
            amount=each.amount,
            parties=parties,
        )
    if before.before or before.used:
        decision.limits.CopyFrom(before)


def names_of(transaction: Any) -> frozenset[str]:
    """Digests of all names of the parties that receive; none where nobody is named, or one of them has no name."""
    named = [frozenset(_names(party)) for party in receiving(transaction)]
    return frozenset().union(*named) if all(named) else frozenset()


def _names(party: Any) -> Iterator[str]:
    if party.reference:
        yield _digest("reference", party.reference)
    if name := "".join(each for each in unicodedata.normalize("NFKC", party.name).casefold() if each.isalnum()):
        yield _digest("name", party.country, name)
    for scheme, number in party.identifiers.items():
        yield _digest("identifier", scheme.casefold(), number.casefold())


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _usage(authorization: str, period: str, code: str, currency: str, amounts: list[str]) -> transaction_pb2.Usage:
    """One total. Where an amount is not known the total is not, and a fraction too small to write is rounded up."""
    usage = transaction_pb2.Usage(authorization=authorization, period=period)
    if code:
        usage.code = code
    if all(amounts):
        nanos = int((sum(map(Decimal, amounts), Decimal(0)) * _NANOS).to_integral_value(ROUND_CEILING))
        usage.value.currency_code = currency
        usage.value.units, usage.value.nanos = (nanos // _NANOS, nanos % _NANOS) if nanos // _NANOS <= _MOST else (_MOST, 0)
    return usage


__all__ = ["add_limits", "limits_asked", "limits_before", "names_of"]
