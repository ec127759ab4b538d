"""Individual licenses that the exporter holds: whether one covers an item, in three values (MEANING.md, section 5).

A license covers only if basis, code, destination, parties, end use, validity, and the value and quantity left after all lines
of this transaction fit. A field that the license leaves unset is unknown, not unlimited, unless the license names it under
`unlimited`. What the transaction leaves open is unknown too: an item that is not classified may yet fall under the license.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from licet.decision.matching import Subject
from licet.language.kleene import all_of, any_of
from licet.language.law import Within
from licet.language.values import Codes, Missing, Path, Unknown, Why, unknown
from licet.v1 import transaction_pb2

_CONSIGNEES = frozenset(
    (
        transaction_pb2.PARTY_ROLE_END_USER,
        transaction_pb2.PARTY_ROLE_ULTIMATE_CONSIGNEE,
        transaction_pb2.PARTY_ROLE_PURCHASER,
    )
)

_LIMITS = (
    "jurisdiction",
    "instrument",
    "codes",
    "destinations",
    "parties",
    "purposes",
    "valid_from",
    "valid_to",
    "value_left",
    "quantity_left",
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
    covers = []
    for number, held in enumerate(subject.transaction.licenses, 1):
        if held.HasField("jurisdiction") and held.jurisdiction not in jurisdictions:
            continue
        paper = _License(held, Path("licenses").element(held.number or str(number)), subject, jurisdictions, instrument)
        results = {name: paper.fits(name, item) for name in _LIMITS}
        why_not = tuple(sorted(f"{name} does not fit" for name, value in results.items() if value is False))
        unknowns = tuple(sorted(f"{name} is not known to fit" for name, value in results.items() if isinstance(value, Unknown)))
        bases = frozenset(held.bases) if held.bases else None
        covers.append(
            HeldCover(held.number or str(number), all_of(results.values()), bases, (*why_not, *unknowns), paper.path.text)
        )
    return tuple(covers)


@dataclass(frozen=True, slots=True)
class _License:
    """One license, before it is held against an item under an instrument."""

    held: Any
    path: Path
    subject: Subject
    jurisdictions: tuple[str, ...]
    instrument: str

    def fits(self, limit: str, item: Any) -> bool | Unknown:
        """Whether the item fits one limit of the license."""
        held, date = self.held, self.subject.date
        if limit in held.unlimited:
            return True
        if not self._states(limit):
            return self._unset(limit)
        match limit:
            case "instrument":
                return bool(held.instrument == self.instrument)
            case "codes":
                return self._codes(item)
            case "destinations":
                return self._destinations()
            case "parties":
                return self._parties()
            case "purposes":
                return self._purposes()
            case "valid_from":
                return _day(held.valid_from) <= date
            case "valid_to":
                return date <= _day(held.valid_to)
            case "value_left":
                return self._total(self._value, _amount(held.value_left))
            case "quantity_left":
                left = Decimal(held.quantity_left.value)
                return self._total(self._quantity, left) if self._states("unit") else self._unset("unit")
            case _:  # a license of another jurisdiction was left out
                return True

    def _states(self, name: str) -> bool:
        repeated = self.held.DESCRIPTOR.fields_by_name[name].is_repeated
        return bool(getattr(self.held, name)) if repeated else self.held.HasField(name)

    def _unset(self, name: str) -> Unknown:
        return unknown(self.path.field(name).text, Why.UNSET, "", f"licenses[*].{name}")

    # ---- what is sent ----

    def _codes(self, item: Any) -> bool | Unknown:
        """The codes of a license are read under the schemes of its jurisdiction, and under those that belong to none."""
        readable = self._readable()
        stated = [scheme_id for scheme_id in readable if scheme_id in item.classifications]
        if not stated:
            return _open(_line(item).field("classifications").key(readable[0] if readable else "?"))
        return any_of(self._under(scheme_id, code, item) for scheme_id in stated for code in item.classifications[scheme_id].codes)

    def _readable(self) -> tuple[str, ...]:
        return tuple(
            scheme.id
            for scheme in self.subject.release.schemes.values()
            if ("." not in scheme.id or scheme.id.partition(".")[0] in self.jurisdictions)
            and any(scheme.pattern.fullmatch(scheme.normal(code)) for code in self.held.codes)
        )

    def _under(self, scheme_id: str, code: str, item: Any) -> bool | Unknown:
        scheme = self.subject.release.schemes[scheme_id]
        entries = Codes(scheme_id, tuple(scheme.normal(entry) for entry in self.held.codes))
        path = _line(item).field("classifications").key(scheme_id)
        match scheme.within(code, entries):
            case Within.INSIDE:
                return True
            case Within.OUTSIDE:
                return False
            case Within.ABOVE:
                return unknown(path.text, Why.ABOVE, code, path.pattern)
            case Within.NOT_AN_ENTRY:
                return unknown(path.text, Why.NOT_AN_ENTRY, code, path.pattern)

    # ---- where to, to whom, what for ----

    def _destinations(self) -> bool | Unknown:
        destination, places = self.subject.transaction.destination, self.subject.release.catalogues.places
        if not destination.HasField("country"):
            return _open(Path("destination").field("country"))

        def covered(place: Any) -> bool | Unknown:
            if place.country != destination.country:
                return False
            if not place.HasField("region") or places.lies_in(destination.region, place.region):
                return True
            # No region, or a region of which only a part is covered.
            part = not destination.HasField("region") or places.lies_in(place.region, destination.region)
            return unknown("destination.region", Why.REGION, destination.region or destination.country) if part else False

        return any_of(map(covered, self.held.destinations))

    def _parties(self) -> bool | Unknown:
        named = set(self.held.parties)
        consignees = [party for party in self.subject.transaction.parties if _CONSIGNEES & set(party.roles)]
        if not consignees:
            return False if "parties" in self.subject.transaction.complete else _open(Path("roles[ULTIMATE_CONSIGNEE]"))

        def covered(party: Any) -> bool | Unknown:
            if named & {party.reference, party.name} - {""}:
                return True
            return False if party.name else _open(Path("parties").element(party.reference).field("name"))

        return all_of(map(covered, consignees))

    def _purposes(self) -> bool | Unknown:
        purposes, complete = self.subject.transaction.end_use.purposes, self.subject.transaction.complete
        if not purposes and "end_use.purposes" not in complete:
            return _open(Path("end_use").field("purposes"))
        return bool(purposes) and set(purposes) <= set(self.held.purposes)

    # ---- how much is left ----

    def _total(self, amount_of: Callable[[Any], Decimal | Unknown], left: Decimal) -> bool | Unknown:
        """Whether all lines that fall under the codes fit together; lines that may fall under them may count."""
        codes = [(line, self.fits("codes", line)) for line in self.subject.transaction.items]
        lines = [(amount_of(line), covered) for line, covered in codes if covered is not False]
        known = [(amount, covered) for amount, covered in lines if not isinstance(amount, Unknown)]
        if sum(amount for amount, covered in known if covered is True) > left:
            return False
        if len(known) == len(lines) and sum(amount for amount, _ in known) <= left:
            return True
        return Unknown(frozenset(m for pair in lines for value in pair if isinstance(value, Unknown) for m in value.missing))

    def _value(self, item: Any) -> Decimal | Unknown:
        alike = item.HasField("value") and item.value.currency_code == self.held.value_left.currency_code
        return _amount(item.value) if alike else _open(_line(item).field("value"))

    def _quantity(self, item: Any) -> Decimal | Unknown:
        if not item.HasField("quantity"):
            return _open(_line(item).field("quantity"))
        return Decimal(item.quantity.value) if item.unit == self.held.unit else _open(_line(item).field("unit"))


def _line(item: Any) -> Path:
    return Path("items").element(item.line)


def _open(path: Path) -> Unknown:
    """A fact of the transaction that is not stated, or not so that it can be compared."""
    return unknown(path.text, Why.UNSET, "", path.pattern)


def _day(date: Any) -> datetime.date:
    return datetime.date(date.year, date.month, date.day)


def _amount(money: Any) -> Decimal:
    return Decimal(money.units) + Decimal(money.nanos) / 10**9
