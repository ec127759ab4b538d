"""Transactions varied by chance, led by what a release may read: its vocabulary, the codes of its lists, its places, its dates.

A `Variations` states and clears facts, sets codes to entries, above them, below them and to typos, and moves the legal date to the
boundaries of the law and one day beside. Equal seeds give equal variations.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import lru_cache
from random import Random  # cases for tests, drawn from a stated seed
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor

from licet.language.facts import FactClass
from licet.language.law import Grammar, Scheme
from licet.language.values import Codes
from licet.policy.model import Package
from licet.policy.release import Release
from licet.v1 import transaction_pb2
from tests.support.open_facts import date

_SEGMENT: Final = re.compile(r"([a-z_]+)(?:\[([^\]]*)\])?(?:\.|$)")
_NUMBERS: Final = ("0", "1", "5", "6", "9.5", "10", "25", "40", "60", "300", "4800", "1000000", "NaN", "many")
_WORDS: Final = ("", "buyer", "pieces", "N1", "F1")
_DAY: Final = datetime.timedelta(days=1)


@lru_cache(maxsize=64)
def boundaries_of(package: Package) -> frozenset[datetime.date]:
    """Every date on which a package says that its law changes, or that its history begins."""
    dated = [each.interval for group in package.groups.values() for each in group.members]
    dated += [each.interval for table in package.tables.values() for each in table.rows]
    dated += [each.interval for each in package.treated]
    dated += [interval for rule in package.rules for interval in rule.in_force]
    histories = {rule.history_from for rule in package.rules}
    histories |= {group.history_from for group in package.groups.values()} | {
        table.history_from for table in package.tables.values()
    }
    ends = (interval.end for interval in dated if interval.end is not None)
    return frozenset((*(interval.start for interval in dated), *ends, *histories)) - {datetime.date.min}


@lru_cache(maxsize=1_000)
def codes_of(package: Package, scheme: str) -> frozenset[str]:
    """The codes of a scheme that the tables of a package name: included or excepted."""
    rows = (row for table in package.tables.values() for row in table.rows)
    cells = (cell for row in rows for cell in row.cells.values() if isinstance(cell, Codes) and cell.scheme == scheme)
    return frozenset(code for cell in cells for code in (*cell.include, *cell.exclude))


def stands_above(code: str, scheme: Scheme, package: Package) -> bool:
    """Whether a code lies above some entry of its list, or above a code that a table names."""
    below = code + "." if scheme.grammar is Grammar.PARAGRAPHS else code
    return any(entry.startswith(below) and entry != code for entry in (*(scheme.entries or ()), *codes_of(package, scheme.id)))


class Variations:
    """Ways to vary a transaction under a release."""

    def __init__(self, release: Release, seed: str) -> None:
        self.chance = Random(seed)  # noqa: S311  # guards nothing
        entries = {pattern: entry for vocabulary in release.vocabularies.values() for pattern, entry in vocabulary.entries.items()}
        self._kinds = {pattern: entry.type for pattern, entry in entries.items()}
        self._patterns = sorted(pattern for pattern in entries if pattern != "date")
        self._claims = sorted(pattern for pattern, entry in entries.items() if entry.kind is FactClass.CLAIM)
        self.assumptions = tuple(sorted(pattern for pattern, entry in entries.items() if entry.kind is FactClass.ASSUME))
        self._schemes = release.schemes
        packages = release.packages.values()
        self._codes = {
            id_: sorted((scheme.entries or frozenset()).union(*(codes_of(package, id_) for package in packages)))
            for id_, scheme in release.schemes.items()
        }
        places = release.catalogues.places
        self._countries = sorted(places.countries)
        self._areas = sorted(places.part_of)
        self._boundaries = sorted({day for package in release.packages.values() for day in boundaries_of(package)})
        members = {m.value for p in release.packages.values() for group in p.groups.values() for m in group.members}
        self._words = (*_WORDS, *sorted(word for word in members if isinstance(word, str) and word not in places.countries))

    def varied(self, transaction: Any, most: int = 4) -> Any:
        """A copy with up to `most` changes."""
        copy = transaction_pb2.Transaction()
        copy.CopyFrom(transaction)
        for _ in range(self.chance.randint(0, most)):
            self.chance.choice(_CHANGES)(self, copy)
        return copy

    def active(self) -> frozenset[str] | None:
        """All assumptions, none, or some."""
        match self.chance.randrange(4):
            case 0:
                return None
            case 1:
                return frozenset()
            case _:
                return frozenset(pattern for pattern in self.assumptions if self.chance.random() < 0.5)

    # ---- changes ----

    def date(self, tx: Any) -> None:
        """The legal date on a boundary of the law, one day beside it, or any other."""
        day = self.chance.choice(self._boundaries) + self.chance.choice((-_DAY, _DAY * 0, _DAY * 0, _DAY, _DAY * 40))
        tx.date.CopyFrom(date(day))

    def code(self, tx: Any) -> None:
        """An item's code: an entry, above one, below one, a typo, a negative answer; of today or older than the list."""
        for item in self._some(tx.items):
            scheme = self._scheme(item)
            stated = item.classifications[scheme]
            del stated.codes[:]
            stated.codes.extend(self._code(scheme) for _ in range(self.chance.choice((1, 1, 1, 2))))
            stated.ClearField("as_of")
            if self.chance.random() < 0.3:
                stated.as_of.CopyFrom(date(self.chance.choice(self._boundaries) - _DAY))

    def unclassified(self, tx: Any) -> None:
        """An item without any code."""
        for item in self._some(tx.items):
            item.classifications.clear()

    def place(self, tx: Any) -> None:
        """Where it goes, starts, or passes, and where parties are."""
        at = self.chance.choice((tx.destination, tx.destination, tx.origin, tx.end_use.place_of_use, *tx.parties, *tx.transit))
        at.country = self.chance.choice(self._countries)
        at.ClearField("region")
        if self.chance.random() < 0.3:
            at.region = self.chance.choice(self._areas)
            at.country = at.region[:2]

    def fact(self, tx: Any) -> None:
        """A fact that some package knows is stated."""
        self._state(tx, self.chance.choice(self._patterns))

    def claim(self, tx: Any) -> None:
        """A claim is made."""
        if self._claims:
            self._state(tx, self.chance.choice(self._claims))

    def silence(self, tx: Any) -> None:
        """A stated fact is left out."""
        fields = list(_stated(tx))
        message, name = self.chance.choice(fields)
        message.ClearField(name)

    def complete(self, tx: Any) -> None:
        """A list is stated to be complete."""
        lists = [pattern for pattern in self._patterns if "[" not in pattern.replace("[*]", "")]
        tx.complete.append(self.chance.choice(("parties", "transit", *lists)).replace("[*]", ""))

    # ---- values ----

    def _some(self, messages: Any) -> tuple[Any, ...]:
        return (self.chance.choice(messages),) if messages else ()

    def _scheme(self, item: Any) -> str:
        stated = sorted(item.classifications)
        if stated and self.chance.random() < 0.7:
            return str(self.chance.choice(stated))
        listed = sorted(id_ for id_, scheme in self._schemes.items() if scheme.entries)
        scheme: str = self.chance.choice(listed or sorted(self._schemes))
        return scheme

    def _code(self, id_: str) -> str:
        scheme = self._schemes[id_]
        entry = self.chance.choice(self._codes[id_] or ["1"])
        if scheme.grammar is not Grammar.PARAGRAPHS:
            return self.chance.choice((entry, entry[:2], entry + "10", entry[:2] + "." + entry[2:]))
        match self.chance.randrange(10):
            case 0 | 1 | 2:
                return entry
            case 3 | 4 | 5:
                return entry.rpartition(".")[0] or entry
            case 6:
                return entry + self.chance.choice((".a", ".b.1", ".1", ".y.1"))
            case 7:
                return entry[:-1] + self.chance.choice("X9")
            case 8:
                return self.chance.choice(sorted(scheme.negative) or [entry])
            case _:
                return " " + self.chance.choice(sorted(scheme.negative) or [entry])

    def _state(self, tx: Any, pattern: str) -> None:
        """States a fact by its pattern: on some element of each list on the way, which is added where there is none."""
        message = tx
        if pattern.startswith("roles["):
            for party in self._some(tx.parties):
                party.roles.append(transaction_pb2.PartyRole.Value(f"PARTY_ROLE_{pattern[6:-1]}"))
            return
        steps = _SEGMENT.findall(pattern)
        for name, key in steps[:-1]:
            message = self._below(message, name, key)
        name, key = steps[-1]
        field = message.DESCRIPTOR.fields_by_name[name]
        if _is_map(field):
            self._into_map(message, field, key, self._kinds[pattern])
        elif field.is_repeated:
            values = getattr(message, name)
            if field.message_type is not None:
                values.add()
            elif len(values) < 3:
                values.append(self._scalar(field))
        elif field.message_type is None:
            setattr(message, name, self._scalar(field))
        elif (value := self._message(field.message_type.full_name)) is not None:
            getattr(message, name).CopyFrom(value)

    def _below(self, message: Any, name: str, key: str) -> Any:
        field = message.DESCRIPTOR.fields_by_name[name]
        value = getattr(message, name)
        if _is_map(field):
            return value[key if key != "*" else self.chance.choice(sorted(self._schemes))]
        if field.is_repeated:
            return self.chance.choice(value) if value else value.add()
        return value

    def _into_map(self, message: Any, field: FieldDescriptor, key: str, kind: str) -> None:
        values = message.DESCRIPTOR.fields_by_name[field.name].message_type.fields_by_name["value"]
        if values.message_type is None:
            getattr(message, field.name)[key or "us"] = self._scalar(values)
            return
        value, name = getattr(message, field.name)[key or "us"], values.message_type.full_name
        if name == "licet.v1.Classification":
            value.codes.append(self._code(key))
        elif name == "google.type.Decimal":
            value.value = self.chance.choice(_NUMBERS)
        elif kind == "number":
            value.decimal_value.value = self.chance.choice(_NUMBERS)
        else:
            value.bool_value = self.chance.random() < 0.5

    def _scalar(self, field: FieldDescriptor) -> Any:
        if field.enum_type is not None:
            return self.chance.choice(field.enum_type.values).number
        if field.type == FieldDescriptor.TYPE_BOOL:
            return self.chance.random() < 0.5
        if field.type == FieldDescriptor.TYPE_STRING:
            return self.chance.choice(self._countries if field.name.endswith(("country", "origin", "in")) else self._words)
        return self.chance.randrange(3)

    def _message(self, name: str) -> Any:
        match name:
            case "google.type.Decimal":
                return transaction_pb2.Item(quantity={"value": self.chance.choice(_NUMBERS)}).quantity
            case "google.type.Date":
                return date(self.chance.choice(self._boundaries))
            case "google.type.Money":
                units, currency = self.chance.choice((0, 800, 1001, 5000, 10**6)), self.chance.choice(("USD", "EUR"))
                return transaction_pb2.Item(value={"units": units, "currency_code": currency}).value
            case "licet.v1.Place":
                return transaction_pb2.Place(country=self.chance.choice(self._countries))
            case _:
                return None


_CHANGES: Final = (
    *(Variations.code,) * 3,
    *(Variations.date,) * 2,
    *(Variations.place,) * 2,
    *(Variations.fact,) * 3,
    *(Variations.silence,) * 3,
    Variations.claim,
    Variations.complete,
    Variations.unclassified,
)


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _stated(message: Any) -> Iterator[tuple[Any, str]]:
    """Every stated field, with the message that it is in; names and the legal date stay."""
    for field, value in message.ListFields():
        if field.name in ("date", "line", "reference"):
            continue
        yield message, field.name
        if _is_map(field):
            yield from (pair for key in sorted(value) if hasattr(value[key], "ListFields") for pair in _stated(value[key]))
        elif field.message_type is not None and not field.message_type.full_name.startswith("google."):
            for each in value if field.is_repeated else (value,):
                yield from _stated(each)
