"""Individual licenses that the exporter holds: whether one covers an item, in three values (MEANING.md, section 5).

A license covers only if basis, code, destination, parties, end use, validity, and the value and quantity left after all lines
of this transaction fit. A field that the license leaves unset is unknown, not unlimited, unless the license names it under
`unlimited`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from licet.decision.matching import Subject
from licet.language.law import Scheme, Within
from licet.language.values import Codes, Missing, Path, Unknown, Why, unknown
from licet.language.walk import all_of, any_of
from licet.v1 import transaction_pb2

_CONSIGNEES = frozenset(
    (
        transaction_pb2.PARTY_ROLE_END_USER,
        transaction_pb2.PARTY_ROLE_ULTIMATE_CONSIGNEE,
        transaction_pb2.PARTY_ROLE_PURCHASER,
    )
)


@dataclass(frozen=True, slots=True)
class HeldCover:
    """How one held license stands to one item under one instrument, its bases aside."""

    number: str
    fits: bool | Unknown
    bases: frozenset[str] | None
    """The bases it names; None where it names none."""
    why_not: tuple[str, ...]
    path: str

    def covers_all(self, wanted: frozenset[str], *, certain: bool) -> bool:
        """Whether it covers every wanted basis: certainly, or possibly."""
        if not wanted:
            return False
        named = wanted <= self.bases if self.bases is not None else not certain
        return named and (self.fits is True or (not certain and isinstance(self.fits, Unknown)))

    def missing(self) -> frozenset[Missing]:
        """The facts of the license that are not stated and would matter."""
        lacking = self.fits.missing if isinstance(self.fits, Unknown) else frozenset()
        if self.bases is None and self.fits is not False:
            lacking |= unknown(f"{self.path}.bases", Why.UNSET, "", "licenses[*].bases").missing
        return lacking


def held_covers(subject: Subject, item: Any, jurisdictions: tuple[str, ...], instrument: str) -> tuple[HeldCover, ...]:
    """How each held license stands to an item; licenses of other jurisdictions are left out."""
    transaction, date, schemes = subject.transaction, subject.date, subject.release.schemes
    covers = []
    for number, held in enumerate(transaction.licenses, 1):
        if held.HasField("jurisdiction") and held.jurisdiction not in jurisdictions:
            continue
        path = Path("licenses").element(held.number or str(number))
        tests = {
            "jurisdiction": lambda h: h.jurisdiction in jurisdictions if h.HasField("jurisdiction") else None,
            "instrument": lambda h: h.instrument == instrument if h.HasField("instrument") else None,
            "codes": lambda h: _codes(h, item, schemes),
            "destinations": lambda h: _destinations(h, transaction.destination),
            "parties": lambda h: _parties(h, transaction),
            "purposes": lambda h: _purposes(h, transaction),
            "valid_from": lambda h: _day(h.valid_from) <= date if h.HasField("valid_from") else None,
            "valid_to": lambda h: date <= _day(h.valid_to) if h.HasField("valid_to") else None,
            "value_left": lambda h: _value(h, transaction, schemes),
            "quantity_left": lambda h: _quantity(h, transaction, schemes),
        }
        results = {name: _tested(held, name, test, path) for name, test in tests.items()}
        why_not = tuple(sorted(f"{name} does not fit" for name, value in results.items() if value is False))
        unknowns = tuple(sorted(f"{name} is not known to fit" for name, value in results.items() if isinstance(value, Unknown)))
        bases = frozenset(held.bases) if held.bases else None
        covers.append(HeldCover(held.number or str(number), all_of(results.values()), bases, (*why_not, *unknowns), path.text))
    return tuple(covers)


def _tested(held: Any, name: str, test: Callable[[Any], bool | None], path: Path) -> bool | Unknown:
    if name in held.unlimited:
        return True
    value = test(held)
    if value is None:
        return unknown(path.field(name).text, Why.UNSET, "", f"licenses[*].{name}")
    return value


def _day(date: Any) -> datetime.date:
    return datetime.date(date.year, date.month, date.day)


def _codes(held: Any, item: Any, schemes: Mapping[str, Scheme]) -> bool | None:
    if not held.codes:
        return None
    values: list[bool | Unknown] = []
    for scheme_id, classification in item.classifications.items():
        scheme = schemes[scheme_id]
        codes = Codes(scheme_id, tuple(scheme.normal(code) for code in held.codes))
        standing = {scheme.within(code, codes) for code in classification.codes}
        values.append(Within.INSIDE in standing or (unknown("", Why.ABOVE) if Within.ABOVE in standing else False))
    result = any_of(values)
    return None if isinstance(result, Unknown) else result


def _destinations(held: Any, destination: Any) -> bool | None:
    if not held.destinations or not destination.HasField("country"):
        return None
    for place in held.destinations:
        if place.country == destination.country:
            if not place.HasField("region") or place.region == destination.region:
                return True
            if not destination.HasField("region"):
                return None
    return False


def _parties(held: Any, transaction: Any) -> bool | None:
    if not held.parties:
        return None
    named = set(held.parties)
    consignees = [party for party in transaction.parties if _CONSIGNEES & set(party.roles)]
    if not consignees:
        return None
    return all(named & {party.reference, party.name} - {""} for party in consignees)


def _purposes(held: Any, transaction: Any) -> bool | None:
    if not held.purposes or not transaction.end_use.purposes:
        return None
    return set(transaction.end_use.purposes) <= set(held.purposes)


def _covered_lines(held: Any, transaction: Any, schemes: Mapping[str, Scheme]) -> list[Any]:
    return [item for item in transaction.items if _codes(held, item, schemes) is not False]


def _value(held: Any, transaction: Any, schemes: Mapping[str, Scheme]) -> bool | None:
    if not held.HasField("value_left"):
        return None
    lines = _covered_lines(held, transaction, schemes)
    currency = held.value_left.currency_code
    if any(not line.HasField("value") or line.value.currency_code != currency for line in lines):
        return None
    return sum((_amount(line.value) for line in lines), Decimal(0)) <= _amount(held.value_left)


def _amount(money: Any) -> Decimal:
    return Decimal(money.units) + Decimal(money.nanos) / 10**9


def _quantity(held: Any, transaction: Any, schemes: Mapping[str, Scheme]) -> bool | None:
    if not held.HasField("quantity_left"):
        return None
    lines = _covered_lines(held, transaction, schemes)
    if any(not line.HasField("quantity") or line.unit != held.unit for line in lines):
        return None
    return sum((Decimal(line.quantity.value) for line in lines), Decimal(0)) <= Decimal(held.quantity_left.value)
