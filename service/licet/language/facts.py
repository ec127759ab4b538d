"""Reading facts: what a transaction states, and what an unset fact means (policies/MEANING.md, section 1).

A fact is stated, or it is what its vocabulary entry says of silence: asked for, assumed with a statement unless a guard over
stated facts forbids it, or not claimed. Silence about a list is silence: it is empty only where it is stated to be complete.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import FieldDescriptor

from licet.language.law import Law, Scheme, Within
from licet.language.values import (
    NOT_CLAIMED,
    Code,
    Codes,
    Path,
    Reading,
    ReadingSource,
    Ref,
    Unknown,
    Why,
    unknown,
)

_DECIMAL, _DATE, _MONEY = "google.type.Decimal", "google.type.Date", "google.type.Money"
WHOLE = "whole"
"""Marks a place that is a country as a whole."""
_FACT, _PLACE = "licet.v1.Fact", "licet.v1.Place"


class FactClass(StrEnum):
    """What an unset fact means: unknown, assumed with a statement, or not claimed."""

    ASK = "ask"
    ASSUME = "assume"
    CLAIM = "claim"


class Mode(StrEnum):
    """For what facts are read: `for` of an assumption and the meaning of an unset claim depend on it."""

    CONTROL = "controls"
    RELIEF = "authorizations"
    NEED = "needs"
    """As RELIEF, but an unset claim is unknown: a need is to do, an authorization is available if."""
    GUARD = "guards"
    """Over stated facts: an unset fact counts as not stated."""


@dataclass(frozen=True, slots=True)
class FactEntry:
    """One entry of the vocabulary. `guard` gives true, false or unknown for a reader in GUARD mode and its bindings."""

    pattern: str
    kind: FactClass
    question: str = ""
    type: str = ""
    unit: str = ""
    value: str = ""
    serves: frozenset[Mode] = frozenset()
    statement: str = ""
    only_if_known: tuple[str, ...] = ()
    """Facts without which nothing is assumed: they are asked for instead."""
    guard: Callable[[FactReader, Mapping[str, Any]], bool | Unknown] | None = None


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All entries by pattern."""

    entries: Mapping[str, FactEntry]
    _found: dict[str, FactEntry | None] = field(default_factory=dict, repr=False)

    def find(self, pattern: str) -> FactEntry | None:
        """The entry of a fact, or of the message it is a field of; never of the list whose element it is in."""
        if pattern not in self._found:
            self._found[pattern] = next(
                (self.entries[prefix] for prefix in _message_prefixes(pattern) if prefix in self.entries), None
            )
        return self._found[pattern]


def _message_prefixes(pattern: str) -> Iterable[str]:
    while pattern:
        yield pattern
        head, dot, tail = pattern.rpartition(".")
        if not dot or "]" in tail or head.endswith("[*]"):
            return
        pattern = head


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money."""

    currency: str
    amount: Decimal


@dataclass(slots=True)
class Noted:
    """What a reader noted while it read: the readings for the trace, and the assumptions made, or put off until a fact is known."""

    readings: list[Reading] = field(default_factory=list)
    relied: set[str] = field(default_factory=set)


class FactReader:
    """Reads one transaction for one mode. `active` are the assumptions in use (None: all that the vocabulary offers)."""

    def __init__(
        self,
        transaction: Any,
        vocabulary: Vocabulary,
        law: Law,
        *,
        mode: Mode,
        active: frozenset[str] | None,
        noted: Noted | None = None,
    ) -> None:
        self.transaction = transaction
        self.law = law
        self.vocabulary = vocabulary
        self.mode = mode
        self.active = active
        self.noted = noted
        self.root = Ref(transaction, Path())
        self._complete = frozenset(path.replace("[*]", "") for path in transaction.complete)
        self._guards: dict[tuple[str, str], bool | Unknown] = {}
        self._known: dict[tuple[str, str, str], Any] = {}

    def in_mode(self, mode: Mode, noted: Noted | None = None) -> FactReader:
        """A reader of the same facts for another purpose."""
        reader = FactReader(self.transaction, self.vocabulary, self.law, mode=mode, active=self.active, noted=noted)
        reader._guards = self._guards
        return reader

    def items(self) -> tuple[Ref, ...]:
        """The line items, in canonical order."""
        return tuple(Ref(item, Path("items").element(item.line)) for item in self.transaction.items)

    # ---- reading ----

    def field(self, of: Any, name: str) -> Any:
        """The value of a field: stated, or what silence means."""
        if not isinstance(of, Ref):
            return unknown("", Why.ERROR, f"{name} is read of something that has no fields")
        if self.noted is not None:
            return self._field(of, name)
        key = (of.path.text, of.scheme, name)
        if key not in self._known:
            self._known[key] = self._field(of, name)
        return self._known[key]

    def _field(self, of: Ref, name: str) -> Any:
        descriptor = of.message.DESCRIPTOR.fields_by_name[name]
        path = of.path.field(name)
        if descriptor.is_repeated:
            return self._list(of, descriptor, path)
        if descriptor.message_type is not None and descriptor.message_type.full_name not in _SCALAR_MESSAGES:
            return Ref(getattr(of.message, name), path)
        if descriptor.has_presence and not of.message.HasField(name):
            return self.unset(path, False if descriptor.type == FieldDescriptor.TYPE_BOOL else NOT_CLAIMED, descriptor)
        return self._stated(path, _scalar(getattr(of.message, name), descriptor, path), descriptor)

    def entry(self, of: Any, map_name: str, key: str) -> Any:
        """The value under a key of a map of facts; a classification may be answered by another scheme's code."""
        if not isinstance(of, Ref):
            return unknown("", Why.ERROR, f"{map_name} is read of something that has no fields")
        stated = getattr(of.message, map_name)
        path = of.path.field(map_name)
        if map_name == "classifications":
            found = self._answering(stated, key)
            return Ref(_empty_classification(of) if found is None else stated[found], path.key(found or key), key)
        if key not in stated:
            entry = self.vocabulary.find(path.key(key).pattern)
            return self.unset(path.key(key), False if entry is not None and entry.type == "bool" else NOT_CLAIMED, None)
        return self._stated(path.key(key), _from_message(stated[key], path.key(key)), None)

    def _answering(self, stated: Any, key: str) -> str | None:
        """The scheme that answers for one: itself, or another that may and lists the item; "not listed" there says nothing here."""
        if key in stated:
            return key
        schemes: Mapping[str, Scheme] = self.law.schemes
        others = (schemes[other] for other in (schemes[key].answered_by if key in schemes else ()) if other in stated)
        return next((s.id for s in others if any(s.normal(code) not in s.negative for code in stated[s.id].codes)), None)

    def circumstance(self, name: str) -> Any:
        """`fact.NAME`: a circumstance of the transaction."""
        return self.entry(self.root, "circumstances", name)

    def parties(self, role: int) -> Any:
        """All parties with a role. When nobody has it: unknown, unless an assumption names another role."""
        having = tuple(ref for ref in self._party_refs() if role in ref.message.roles)
        if having or "parties" in self._complete:
            return having
        name = _short(_role_enum(self.transaction), role)
        path = Path(f"roles[{name}]")
        entry = self.vocabulary.find(path.pattern)
        assumed = self._assumed(path, entry) if entry is not None and entry.kind is FactClass.ASSUME else None
        if assumed is None or self.mode is Mode.GUARD:
            return unknown(path.text, Why.UNSET)
        if isinstance(assumed, Unknown):
            return assumed
        other = _role_enum(self.transaction).values_by_name[f"PARTY_ROLE_{assumed}"].number
        return unknown(path.text, Why.UNSET) if other == role else self.parties(other)

    def place(self, of: Any) -> Ref | Unknown:
        """Where a party is, or a country named by its code, as a place."""
        if isinstance(of, Ref):
            return of
        return Ref(type(self.transaction.destination)(country=of), Path(f"place[{of}]"))

    def country(self, code: str) -> Ref:
        """A country as a whole, of which no region is read or asked for."""
        return Ref(type(self.transaction.destination)(country=code), Path(f"country[{code}]"), WHOLE)

    def covering(self, concerns: tuple[Ref, ...], item: Ref) -> tuple[Ref, ...]:
        """Of these concerns, those that cover an item: that name its line, or none."""
        kept = []
        for concern in concerns:
            lines = tuple(concern.message.covers)
            if lines:
                self._note(concern.path.field("covers"), ", ".join(lines), ReadingSource.STATED)
            if not lines or item.message.line in lines:
                kept.append(concern)
        return tuple(kept)

    def money(self, amount: Any, currency: str) -> Any:
        """An amount in a currency, by the transaction's own rates."""
        if not isinstance(amount, Money):
            return unknown("", Why.ERROR, "an amount of money was expected")
        if amount.currency == currency:
            return amount.amount
        for rate in self.transaction.rates:
            if (rate.from_currency, rate.to_currency) == (amount.currency, currency) and rate.HasField("rate"):
                return amount.amount * Decimal(rate.rate.value)
        return unknown(f"rates[{amount.currency}-{currency}]", Why.UNSET, "", "rates")

    def used(self, authorization: str, period: str) -> Any:
        """The value used up in a period under an authorization or note, as stated."""
        stated = [u for u in self.transaction.usage if u.authorization == authorization and u.period == period]
        if stated and all(u.HasField("value") for u in stated):
            return sum((Decimal(u.value.units) + Decimal(u.value.nanos) / 10**9 for u in stated), Decimal(0))
        if not stated and "usage" in self._complete:
            return Decimal(0)
        value = self.unset(Path("usage"), Decimal(0), None)
        return value if isinstance(value, Unknown) else Decimal(0)

    def used_of(self, authorization: str, period: str, entry: Code, currency: str) -> Any:
        """The value used up for codes of an entry by parties of the transaction, in a currency.

        Use that states no party counts; unknown where some use may count and its code or value is not stated.
        """
        spent = [u for u in self.transaction.usage if u.authorization == authorization and u.period == period]
        if not spent:
            return self.used(authorization, period)
        scheme, total = self.law.schemes[entry.scheme], Decimal(0)
        wanted = Codes(scheme.id, (scheme.normal(entry),))
        known = {party.reference for party in self.transaction.parties}
        for usage in spent:
            stands = scheme.within(usage.code, wanted) if usage.HasField("code") else Within.ABOVE
            if stands is Within.OUTSIDE or (usage.HasField("party") and usage.party not in known):
                continue
            spending = Money(usage.value.currency_code, Decimal(usage.value.units) + Decimal(usage.value.nanos) / 10**9)
            value = self.money(spending, currency)
            if stands is not Within.INSIDE or not usage.HasField("value") or isinstance(value, Unknown):
                return unknown("usage", Why.UNSET, f"what was used for {entry}", "usage")
            total += value
        return total

    def held(self, id_: str, date: datetime.date) -> bool | Unknown:
        """Whether a document or registration is held and valid: true, false where the caller says no, else a claim not made."""
        path = Path(f"documents[{id_}]")
        papers = [p for p in (*self.transaction.documents, *self.transaction.registrations) if p.id == id_]
        states = {_short(p.DESCRIPTOR.fields_by_name["status"].enum_type, p.status) for p in papers if _valid(p, date)}
        if "HELD" in states:
            self._note(path, "held", ReadingSource.STATED)
            return True
        if "NOT_HELD" in states:
            self._note(path, "not held", ReadingSource.STATED)
            return False
        if self.mode is Mode.NEED:
            return unknown(path.text, Why.UNSET, id_)
        self._note(path, "not claimed", ReadingSource.NOT_CLAIMED)
        return False

    def checked_again(self, code: Code) -> Any:
        """False (not listed) on the assumption that an older negative answer was checked against the changed list."""
        path = Path(f"{code.path.text}.as_of", "items[*].classifications[*].as_of")
        return self.unset(path, False, None)

    # ---- silence ----

    def unset(self, path: Path, empty: Any, descriptor: FieldDescriptor | None) -> Any:
        """What an unset fact is; `empty` is its value when it is not claimed or assumed to be none."""
        if self.mode is Mode.GUARD:
            return empty
        entry = self.vocabulary.find(path.pattern)
        if entry is None or entry.kind is FactClass.ASK:
            return self._asked(path, entry)
        if entry.kind is FactClass.CLAIM:
            if self.mode is Mode.NEED:
                return self._asked(path, entry)
            self._note(path, "not claimed", ReadingSource.NOT_CLAIMED)
            return empty
        assumed = self._assumed(path, entry)
        if assumed is None:
            return self._asked(path, entry)
        if isinstance(assumed, Unknown):
            return assumed
        if assumed.startswith("="):
            return self._elsewhere(assumed[1:] + path.pattern[len(entry.pattern) :])
        return _assumed_value(assumed, empty, descriptor)

    def _elsewhere(self, path: str) -> Any:
        """What stands at another path of the transaction."""
        value: Any = self.root
        for name in path.split("."):
            if isinstance(value, Unknown):
                break
            value = self.field(value, name)
        return value

    def _stated_otherwise(self, entry: FactEntry) -> bool:
        """Whether a place that is assumed to be another is stated in part, and differs from it."""
        own, other = self.root.message, self.root.message
        for name in entry.pattern.split("."):
            own = getattr(own, name, None)
        for name in entry.value.removeprefix("=").split("."):
            other = getattr(other, name, None)
        return hasattr(own, "ListFields") and any(getattr(other, field.name, None) != value for field, value in own.ListFields())

    def _asked(self, path: Path, entry: FactEntry | None) -> Unknown:
        text, pattern = path.text, path.pattern
        if entry is not None and len(entry.pattern) < len(pattern):
            text = text[: len(text) - (len(pattern) - len(entry.pattern))]
            pattern = entry.pattern
        self._note(path, "", ReadingSource.UNSET)
        return unknown(text, Why.UNSET, "", pattern)

    def _assumed(self, path: Path, entry: FactEntry) -> str | Unknown | None:
        """The assumed value as text; None where no assumption may be made; unknown where a guard asks for a fact."""
        serves = Mode.RELIEF if self.mode is Mode.NEED else self.mode
        if serves not in entry.serves or (self.active is not None and entry.pattern not in self.active):
            return None
        if entry.value.startswith("=") and self._stated_otherwise(entry):
            return None
        unknown_first = self._first_known(path, entry)
        guarded = self._guarded(path, entry) if unknown_first is None else unknown_first
        if guarded is True:
            return None
        if self.noted is not None:
            self.noted.relied.add(entry.pattern)
        if isinstance(guarded, Unknown):
            return guarded
        self._note(path, entry.value, ReadingSource.ASSUMED)
        return entry.value

    def _first_known(self, path: Path, entry: FactEntry) -> Unknown | None:
        """What is unknown of the facts that must be known before anything is assumed."""
        for wanted in entry.only_if_known:
            value: Any = self.root
            names = wanted
            if wanted.startswith("items[*].") and path.text.startswith("items["):
                value, names = self._bound(path)["item"], wanted.removeprefix("items[*].")
            for name in names.split("."):
                value = self.field(value, name)
                if isinstance(value, Unknown):
                    return value
        return None

    def _guarded(self, path: Path, entry: FactEntry) -> bool | Unknown:
        if entry.guard is None:
            return False
        bound = self._bound(path)
        key = (entry.pattern, path.text.partition("]")[0] if bound else "")
        if key not in self._guards:
            self._guards[key] = entry.guard(self.in_mode(Mode.GUARD), {"tx": self.root, **bound})
        return self._guards[key]

    def _bound(self, path: Path) -> dict[str, Any]:
        root, _, rest = path.text.partition("[")
        name = rest.partition("]")[0]
        if root == "items":
            return {"item": next(ref for ref in self.items() if ref.path.text == f"items[{name}]")}
        if root == "parties":
            return {"party": next(ref for ref in self._party_refs() if ref.path.text == f"parties[{name}]")}
        return {}

    # ---- helpers ----

    def _party_refs(self) -> tuple[Ref, ...]:
        return tuple(Ref(p, Path("parties").element(p.reference)) for p in self.transaction.parties)

    def _list(self, of: Ref, descriptor: FieldDescriptor, path: Path) -> Any:
        values = getattr(of.message, descriptor.name)
        if not values and not self._complete & {path.pattern.replace("[*]", ""), path.text}:
            return self.unset(path, (), descriptor)
        if of.message.DESCRIPTOR.full_name == "licet.v1.Classification" and descriptor.name == "codes":
            as_of = _date(of.message.as_of) if of.message.HasField("as_of") else None
            elements: tuple[Any, ...] = tuple(Code.of(code, of.scheme, of.path, as_of) for code in values)
        elif descriptor.message_type is not None:
            elements = tuple(Ref(v, path.element(element_name(v, n))) for n, v in enumerate(values, 1))
        else:
            elements = tuple(values)
        shown = ", ".join(v.path.text.rpartition("[")[2].rstrip("]") if isinstance(v, Ref) else str(v) for v in elements)
        self._note(path, _enum_list(descriptor, elements) or shown or "none", ReadingSource.STATED)
        return elements

    def _stated(self, path: Path, value: Any, descriptor: FieldDescriptor | None) -> Any:
        if self.noted is not None:
            self._note(path, _show(value, descriptor), ReadingSource.STATED)
        return value

    def _note(self, path: Path, value: str, source: ReadingSource) -> None:
        if self.noted is not None:
            self.noted.readings.append(Reading(path.text, value, source))


_SCALAR_MESSAGES = frozenset((_DECIMAL, _DATE, _MONEY, _FACT))
_ELEMENT_NAMES = ("reference", "line", "number", "id", "catalog_id")


def element_name(message: Any, position: int) -> str:
    """The name of a list's element in paths: its own name where it has one, else its place in canonical order."""
    fields = message.DESCRIPTOR.fields_by_name
    return next((str(getattr(message, n)) for n in _ELEMENT_NAMES if n in fields and getattr(message, n)), str(position))


def _empty_classification(of: Ref) -> Any:
    value = of.message.DESCRIPTOR.fields_by_name["classifications"].message_type.fields_by_name["value"]
    return message_factory.GetMessageClass(value.message_type)()


def _role_enum(transaction: Any) -> Any:
    return transaction.DESCRIPTOR.fields_by_name["parties"].message_type.fields_by_name["roles"].enum_type


def short_enum(enum: Any, number: int) -> str:
    """The short name of an enum value: without the prefix that the wire carries."""
    return _short(enum, number)


def _short(enum: Any, number: int) -> str:
    value = enum.values_by_number.get(number)
    if value is None:
        return str(number)
    zero = enum.values_by_number[0].name
    return str(value.name).removeprefix(zero.removesuffix("UNSPECIFIED"))


def _enum_list(descriptor: FieldDescriptor, values: tuple[Any, ...]) -> str:
    return ", ".join(_short(descriptor.enum_type, v) for v in values) if descriptor.enum_type is not None else ""


def _show(value: Any, descriptor: FieldDescriptor | None) -> str:
    if descriptor is not None and descriptor.enum_type is not None:
        return _short(descriptor.enum_type, value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money):
        return f"{value.amount} {value.currency}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _date(message: Any) -> datetime.date:
    return datetime.date(message.year, message.month, message.day)


def _valid(paper: Any, date: datetime.date) -> bool:
    starts = not paper.HasField("valid_from") or _date(paper.valid_from) <= date
    return starts and (not paper.HasField("valid_to") or date <= _date(paper.valid_to))


def _scalar(value: Any, descriptor: FieldDescriptor, path: Path) -> Any:
    return _from_message(value, path) if descriptor.message_type is not None else value


def _from_message(value: Any, path: Path) -> Any:
    """A scalar message as the value it stands for; a text that is no number is unknown, with that reason."""
    name = value.DESCRIPTOR.full_name
    try:
        if name == _DECIMAL:
            return Decimal(value.value)
        if name == _MONEY:
            return Money(value.currency_code, Decimal(value.units) + Decimal(value.nanos) / 10**9)
        if name == _DATE:
            return _date(value)
    except (InvalidOperation, ValueError) as error:
        return unknown(path.text, Why.ERROR, str(error), path.pattern)
    return _from_fact(value, path)


def _from_fact(fact: Any, path: Path) -> Any:
    kind = fact.WhichOneof("value")
    if kind is None:
        return unknown(path.text, Why.UNSET, "", path.pattern)
    inner = getattr(fact, kind)
    if kind == "place_value":
        return Ref(inner, path)
    if kind == "codes_value":
        return tuple(inner.codes)
    return inner if kind in ("bool_value", "string_value", "code_value") else _from_message(inner, path)


def _assumed_value(text: str, empty: Any, descriptor: FieldDescriptor | None) -> Any:
    if text in ("none", "no"):
        return empty
    if text == "yes":
        return True
    if descriptor is not None and descriptor.enum_type is not None:
        values = {_short(descriptor.enum_type, v.number): v.number for v in descriptor.enum_type.values}
        number = values[text]
        return (number,) if descriptor.is_repeated else number
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
