"""Transactions with every fact unset, stated or complete in turn; which facts are still open, and how each may turn out.

A `Slot` is one fact that a transaction leaves open, with the ways to state it. An `Option` says what it declares in the words of
the vocabulary (`says`), so that it can be told whether it contradicts an assumption.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.type import date_pb2, decimal_pb2, money_pb2
from hypothesis import strategies as st

from licet.v1 import outcome_pb2
from licet.v1 import transaction_pb2 as pb
from tests.support.generated import BOUNDARY, DAYS, LAST

Transaction = pb.Transaction
State = Callable[[Any], None]
At = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to state a fact; `says` is what that declares in the words of the vocabulary, where an assumption could say so too."""

    label: str
    state: State
    says: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A fact that is open: its path, the pattern under which a vocabulary knows it, the ways to state it, other facts stated with it."""

    path: str
    pattern: str
    options: tuple[Option, ...]


def copied(transaction: Transaction, *states: State) -> Transaction:
    """A copy with something stated."""
    copy = Transaction()
    copy.CopyFrom(transaction)
    for state in states:
        state(copy)
    return copy


def date(value: datetime.date) -> date_pb2.Date:
    """A date as a message."""
    return date_pb2.Date(year=value.year, month=value.month, day=value.day)


def decimal(text: str) -> decimal_pb2.Decimal:
    """A number as a message."""
    return decimal_pb2.Decimal(value=text)


def money(amount: int, currency: str) -> money_pb2.Money:
    """An amount as a message."""
    return money_pb2.Money(currency_code=currency, units=amount)


# ---- one fact -----------------------------------------------------------------------------------------------------------


def _set(at: At, name: str, value: Any) -> State:
    def state(transaction: Any) -> None:
        message = at(transaction)
        if hasattr(value, "DESCRIPTOR"):
            getattr(message, name).CopyFrom(value)
        elif isinstance(value, list):
            getattr(message, name).extend(value)
        else:
            setattr(message, name, value)

    return state


def _complete(path: str) -> State:
    def state(transaction: Any) -> None:
        if path not in transaction.complete:
            transaction.complete.append(path)

    return state


def _both(*states: State) -> State:
    def state(transaction: Any) -> None:
        for each in states:
            each(transaction)

    return state


def _scalar(tx: Any, at: At, prefix: tuple[str, str], name: str, values: Mapping[str, Any]) -> Iterator[Slot]:
    """A field with presence; the keys of `values` are what a vocabulary would say."""
    if not at(tx).HasField(name):
        options = tuple(Option(label, _set(at, name, value), label) for label, value in values.items())
        yield Slot(f"{prefix[0]}{name}", f"{prefix[1]}{name}", options)


def _fact(tx: Any, at: At, prefix: tuple[str, str], map_name: str, key: str, values: Mapping[str, Any]) -> Iterator[Slot]:
    """A key of a map of facts."""
    if key not in getattr(at(tx), map_name):

        def setter(value: Any) -> State:
            return lambda transaction: getattr(at(transaction), map_name)[key].CopyFrom(value)

        options = tuple(Option(label, setter(value), label) for label, value in values.items())
        yield Slot(f"{prefix[0]}{map_name}[{key}]", f"{prefix[1]}{map_name}[{key}]", options)


_YES_NO: Final = {"no": pb.Fact(bool_value=False), "yes": pb.Fact(bool_value=True)}
_BOOL: Final = {"no": False, "yes": True}

# ---- places -------------------------------------------------------------------------------------------------------------

_REGIONS: Final = ("BB-1-D", "BB-1-E", "BB-2", "BB-3", "BB-1")


def _region(tx: Any, at: At, prefix: tuple[str, str], alike: tuple[str, ...] = ()) -> Iterator[Slot]:
    """The region of a place, and the part of a region that is stated too coarsely."""
    message = at(tx)
    slot = (f"{prefix[0]}region", f"{prefix[1]}region")
    if not message.HasField("region"):
        regions = _REGIONS if message.country == "BB" else (f"{message.country}-1",) if message.country else ()
        yield Slot(*slot, tuple(Option(r, _set(at, "region", r), "=destination" if r in alike else "") for r in regions))
    elif message.region == "BB-1":
        yield Slot(*slot, tuple(Option(f"refined {r}", _set(at, "region", r)) for r in _REGIONS[:2]))


def _place(tx: Any, at: At, name: str, countries: tuple[str, ...] = ("AA", "BB", "CC")) -> Iterator[Slot]:
    prefix = (f"{name}.", f"{name}.")
    yield from _scalar(tx, at, prefix, "country", {country: country for country in countries})
    yield from _region(tx, at, prefix)


def _place_of_use(tx: Any) -> Iterator[Slot]:
    def at(transaction: Any) -> Any:
        return transaction.end_use.place_of_use

    def same(transaction: Any) -> None:
        transaction.end_use.place_of_use.CopyFrom(transaction.destination)

    if not at(tx).HasField("country"):
        options = [Option("the destination", same, "=destination")] if tx.destination.HasField("country") else []
        for country, region in (("AA", ""), ("BB", "BB-2"), ("BB", "")):
            place = pb.Place(country=country, region=region) if region else pb.Place(country=country)
            says = "=destination" if place == tx.destination else ""
            options.append(Option(f"{country} {region}", _set(lambda t: t.end_use, "place_of_use", place), says))
        yield Slot("end_use.place_of_use", "end_use.place_of_use", tuple(options))
    else:
        # That the goods are used at the destination says nothing of the region where another country is stated.
        alike = (tx.destination.region,) if tx.destination.country == at(tx).country else _REGIONS
        yield from _region(tx, at, ("end_use.place_of_use.", "end_use.place_of_use."), alike)


# ---- lists --------------------------------------------------------------------------------------------------------------


def _list(tx: Any, path: str, at: At, name: str, values: Mapping[str, list[Any]]) -> Iterator[Slot]:
    """A list of the transaction: stated to be empty, or with entries."""
    if not getattr(at(tx), name) and path not in tx.complete:
        options = [Option("none", _complete(path), "none")]
        options += [Option(label, _set(at, name, value)) for label, value in values.items()]
        yield Slot(path, path, tuple(options))


def _party_list(tx: Any, name: str, values: Mapping[str, Any]) -> Iterator[Slot]:
    """A list that each party has. `complete` speaks of all parties at once, entries of one."""
    path = f"parties.{name}"
    open_ = [n for n, party in enumerate(tx.parties) if not getattr(party, name)]
    if not open_ or path in tx.complete:
        return
    options = [Option("none", _complete(path), "none")]
    for number in {open_[0], open_[-1]}:
        for label, value in values.items():
            entry = _set(lambda t, n=number: t.parties[n], name, [value])  # type: ignore[misc]  # mypy: a default in a lambda
            options.append(Option(f"party {number} {label}, others none", _both(entry, _complete(path))))
            options.append(Option(f"party {number} {label}", entry))
    yield Slot(f"parties[*].{name}", f"parties[*].{name}", tuple(options))


# ---- parties ------------------------------------------------------------------------------------------------------------


def _roles(tx: Any) -> Iterator[Slot]:
    """Nobody has a role: then nobody has it (all parties are named), or someone named, but for the exporter, has it too.

    A party that is not named is no way to state this: the list of parties has entries, so it is stated.
    """
    if not tx.parties or "parties" in tx.complete:
        return
    consignees = [n for n, party in enumerate(tx.parties) if pb.PARTY_ROLE_ULTIMATE_CONSIGNEE in party.roles]
    for name in ("ULTIMATE_CONSIGNEE", "END_USER", "BROKER"):
        role = pb.PartyRole.Value(f"PARTY_ROLE_{name}")
        if any(role in party.roles for party in tx.parties):
            continue
        options = [Option("nobody", _complete("parties"))]
        for n in range(1, len(tx.parties)):
            says = "ULTIMATE_CONSIGNEE" if name == "END_USER" and consignees == [n] else ""
            options.append(Option(f"party {n}", _set(lambda t, n=n: t.parties[n], "roles", [role]), says))  # type: ignore[misc]  # as above
        yield Slot(f"roles[{name}]", f"roles[{name}]", tuple(options))


def _nobody(tx: Any) -> Iterator[Slot]:
    """No party is named at all; those who turn up have been screened."""
    if tx.parties or "parties" in tx.complete:
        return
    screened = date(datetime.date(tx.date.year, tx.date.month, tx.date.day))

    def parties(country: str) -> list[pb.Party]:
        roles = [pb.PARTY_ROLE_ULTIMATE_CONSIGNEE, pb.PARTY_ROLE_END_USER]
        return [
            pb.Party(reference="seller", roles=[pb.PARTY_ROLE_EXPORTER], country="ZZ"),
            pb.Party(reference="buyer", roles=roles, country=country, screened_on=screened),
        ]

    options = tuple(Option(country, _set(lambda t: t, "parties", parties(country))) for country in ("AA", "BB"))
    yield Slot("parties", "parties", options)


def _party(tx: Any, number: int) -> Iterator[Slot]:
    def at(transaction: Any) -> Any:
        return transaction.parties[number]

    prefix = (f"parties[{number}].", "parties[*].")
    yield from _scalar(tx, at, prefix, "country", {"AA": "AA", "BB": "BB"})
    yield from _region(tx, at, prefix)
    yield from _scalar(tx, at, prefix, "military", _BOOL)
    yield from _scalar(tx, at, prefix, "government", _BOOL)
    yield from _scalar(tx, at, prefix, "business", {"TRADER": pb.BUSINESS_TRADER, "MANUFACTURER": pb.BUSINESS_MANUFACTURER})
    for n, listing in enumerate(at(tx).listings):
        inner = (f"{prefix[0]}listings[{n}].", "parties[*].listings[*].")
        if not listing.HasField("list"):
            yield from _scalar(tx, lambda t, n=n: at(t).listings[n], inner, "list", {"L1": "L1", "L3": "L3"})  # type: ignore[misc]  # as above
    for n, owner in enumerate(at(tx).owners):
        inner = (f"{prefix[0]}owners[{n}].", "parties[*].owners[*].")
        if not owner.HasField("percent"):
            shares = {"60": decimal("60"), "10": decimal("10")}
            yield from _scalar(tx, lambda t, n=n: at(t).owners[n], inner, "percent", shares)  # type: ignore[misc]  # as above


# ---- items --------------------------------------------------------------------------------------------------------------

_CODES: Final = (["A1.b.1"], ["NLR"], ["A2"], ["A1.b.2", "B1.a"], ["A1"], ["Q9"], ["B1"])
_BELOW: Final[Mapping[str, tuple[str, ...]]] = {
    "A1": ("A1.a", "A1.b.1", "A1.b.2"),
    "B1": ("B1.a",),
    "Q9": ("A1.b.1", "A2", "NLR"),
    "Z9": ("A1.b.1", "A2"),
    "8": ("85", "01"),
}


def _codes(at: At, scheme: str, codes: list[str], as_of: datetime.date | None = None) -> State:
    def state(transaction: Any) -> None:
        classification = at(transaction).classifications[scheme]
        del classification.codes[:]
        classification.codes.extend(codes)
        if as_of is not None:
            classification.as_of.CopyFrom(date(as_of))

    return state


def _classified(tx: Any, at: At, prefix: tuple[str, str]) -> Iterator[Slot]:
    """Unclassified; classified above the entries or with a typo; or by a negative answer older than the list."""
    stated = at(tx).classifications
    path, pattern = (f"{p}classifications[zz.list]" for p in prefix)
    answered = "yy.list" in stated and "NLR" not in stated["yy.list"].codes
    if "zz.list" not in stated and not answered:
        options = [Option("; ".join(codes), _codes(at, "zz.list", codes)) for codes in _CODES]
        options.append(Option("NLR of last year", _codes(at, "zz.list", ["NLR"], datetime.date(2025, 6, 1))))
        yield Slot(path, pattern, tuple(options))
        if "yy.list" not in stated:
            others = tuple(Option(f"yy.list {c[0]}", _codes(at, "yy.list", c)) for c in (["NLR"], ["A1.b.1"], ["A1"], ["Z9"]))
            yield Slot(f"{prefix[0]}classifications[yy.list]", f"{prefix[1]}classifications[yy.list]", others)
    for scheme in ("zz.list", "yy.list", "hs"):
        if scheme in stated:
            yield from _refined(at, prefix, scheme, tuple(stated[scheme].codes))
    since = (tx.date.year, tx.date.month, tx.date.day) >= (BOUNDARY.year, BOUNDARY.month, BOUNDARY.day)
    if since and "zz.list" in stated and stated["zz.list"].HasField("as_of") and stated["zz.list"].as_of.year < BOUNDARY.year:
        again = Option("still not listed", _codes(at, "zz.list", ["NLR"], LAST), "none")
        listed = Option("listed since", _codes(at, "zz.list", ["A1.b.1"], LAST))
        yield Slot(f"{path}.as_of", "items[*].classifications[*].as_of", (again, listed))
    for scheme, codes in (("zz.extra", (["NLR"], ["X1"], ["X2"])), ("hs", (["8517"], ["0101"], ["8"]))):
        if scheme not in stated:
            path, pattern = (f"{p}classifications[{scheme}]" for p in prefix)
            yield Slot(path, pattern, tuple(Option(c[0], _codes(at, scheme, c), "none" if c == ["NLR"] else "") for c in codes))


def _refined(at: At, prefix: tuple[str, str], scheme: str, codes: tuple[str, ...]) -> Iterator[Slot]:
    """A code above the entries, or none, in the place of which the right one can be stated."""
    for code in codes:
        if code in _BELOW:
            rest = [other for other in codes if other != code]
            options = tuple(Option(f"{code} is {below}", _codes(at, scheme, [below, *rest])) for below in _BELOW[code])
            yield Slot(f"{prefix[0]}classifications[{scheme}]", f"{prefix[1]}classifications[{scheme}]", options)
            return


def _item(tx: Any, number: int) -> Iterator[Slot]:
    def at(transaction: Any) -> Any:
        return transaction.items[number]

    prefix = (f"items[{number}].", "items[*].")
    yield from _classified(tx, at, prefix)
    yield from _scalar(tx, at, prefix, "kind", {"COMMODITY": pb.ITEM_KIND_COMMODITY, "SOFTWARE": pb.ITEM_KIND_SOFTWARE})
    yield from _scalar(tx, at, prefix, "quantity", {"3": decimal("3"), "6": decimal("6")})
    yield from _scalar(tx, at, prefix, "unit", {"pieces": "pieces"})
    yield from _scalar(
        tx,
        at,
        prefix,
        "value",
        {n: money(a, c) for n, a, c in (("800", 800, "USD"), ("5000", 5000, "USD"), ("900 EUR", 900, "EUR"))},
    )
    yield from _scalar(tx, at, prefix, "country_of_origin", {"ZZ": "ZZ", "AA": "AA"})
    yield from _fact(tx, at, prefix, "technical", "power", {n: pb.Fact(decimal_value=decimal(n)) for n in ("5", "10")})
    yield from _fact(tx, at, prefix, "controlled_content_percent", "zz", {n: decimal(n) for n in ("0", "25", "40")})
    yield from _fact(tx, at, prefix, "circumstances", "zz.q1", _YES_NO)
    yield from _fact(tx, at, prefix, "circumstances", "zz.q2", _YES_NO)


# ---- licenses -----------------------------------------------------------------------------------------------------------


_PAPER_LISTS: Final[Mapping[str, tuple[list[Any], ...]]] = {
    "bases": (["B1", "B2", "P1"], ["B2"]),
    "codes": (["A1", "A2", "B1"], ["A1.b.1"], ["B1"]),
    "destinations": (
        [pb.Place(country="AA"), pb.Place(country="BB"), pb.Place(country="CC")],
        [pb.Place(country="BB", region="BB-2"), pb.Place(country="AA")],
    ),
    "parties": (["Acme", "third-1"], ["buyer"], ["Other"]),
    "purposes": ([pb.PURPOSE_CIVIL, pb.PURPOSE_MILITARY_OTHER], [pb.PURPOSE_CIVIL]),
}
_PAPER_SCALARS: Final[Mapping[str, tuple[Any, ...]]] = {
    "jurisdiction": ("zz", "yy"),
    "instrument": ("zz.act", "zz.other"),
    "valid_from": (date(datetime.date(2020, 1, 1)), date(BOUNDARY)),
    "valid_to": (date(datetime.date(2030, 1, 1)), date(BOUNDARY)),
    "value_left": (money(10_000, "USD"), money(1_000, "USD")),
    "quantity_left": (decimal("20"), decimal("5")),
    "unit": ("pieces", "kg"),
}
LIMITS: Final = (*_PAPER_LISTS, *_PAPER_SCALARS)
"""The fields in which a license sets limits; what fits most of these transactions stands first."""


def _license(tx: Any, number: int) -> Iterator[Slot]:
    """The fields that a held license leaves unset and does not call unlimited."""

    def at(transaction: Any) -> Any:
        return transaction.licenses[number]

    held = at(tx)
    for name in LIMITS:
        values: tuple[Any, ...] = (*_PAPER_LISTS.get(name, ()), *_PAPER_SCALARS.get(name, ()))
        unset = not getattr(held, name) if name in _PAPER_LISTS else not held.HasField(name)
        if unset and name not in held.unlimited:
            options = tuple(Option(str(value), _set(at, name, value)) for value in values)
            yield Slot(f"licenses[{number}].{name}", f"licenses[*].{name}", options)


@st.composite
def held_licenses(draw: st.DrawFn) -> pb.HeldLicense:
    """A license that mostly fits, with fields that do not, are unset, or set no limit."""
    held = pb.HeldLicense(number="N-1")
    for name in LIMITS:
        kind = draw(st.sampled_from(("fits", "fits", "fits", "fits", "unset", "other", "unlimited")))
        values: tuple[Any, ...] = (*_PAPER_LISTS.get(name, ()), *_PAPER_SCALARS.get(name, ()))
        if kind == "unlimited":
            held.unlimited.append(name)
        elif kind != "unset":
            _set(lambda h: h, name, values[0] if kind == "fits" else draw(st.sampled_from(values[1:])))(held)
    return held


def held_license(*, full: bool) -> pb.HeldLicense:
    """A license that fits what these transactions mostly are, in every respect; or one that says nothing."""
    held = pb.HeldLicense(number="N-1" if full else "N-2")
    if full:
        held.unlimited.extend(("value_left", "quantity_left", "parties", "purposes", "codes"))
        for name in ("bases", "destinations", "jurisdiction", "instrument", "valid_from", "valid_to"):
            _set(lambda h: h, name, (*_PAPER_LISTS.get(name, ()), *_PAPER_SCALARS.get(name, ()))[0])(held)
    return held


# ---- the whole ----------------------------------------------------------------------------------------------------------

_OUTCOMES: Final = (outcome_pb2.OUTCOME_NO_LICENSE_REQUIRED, outcome_pb2.OUTCOME_LICENSE_REQUIRED, outcome_pb2.OUTCOME_PROHIBITED)


_FLAGS: Final[Mapping[str, list[Any]]] = {
    "cleared": [pb.RedFlag(catalog_id="F1", cleared=True)],
    "uncleared": [pb.RedFlag(catalog_id="F9", cleared=False)],
    "once of twice": [pb.RedFlag(catalog_id="F1", cleared=True), pb.RedFlag(catalog_id="F1", cleared=False)],
    "nothing said": [pb.RedFlag(cleared_by="Officer"), pb.RedFlag(cleared=True)],
}


def slots(tx: Transaction) -> Iterator[Slot]:
    """Every fact that a transaction leaves open and that may be asked for or assumed; claims are not among them."""
    yield from _place(tx, lambda t: t.destination, "destination")
    yield from _place(tx, lambda t: t.origin, "origin", ("ZZ", "YY", "AA"))
    yield from _list(
        tx,
        "transit",
        lambda t: t,
        "transit",
        {"AA": [pb.Place(country="AA")], "BB-2": [pb.Place(country="BB", region="BB-2")], "BB": [pb.Place(country="BB")]},
    )
    for number in range(len(tx.transit)):
        yield from _region(tx, lambda t, n=number: t.transit[n], (f"transit[{number}].", "transit[*]."))  # type: ignore[misc]  # mypy: a default in a lambda
    yield from _scalar(
        tx, lambda t: t, ("", ""), "contract_date", {str(d): date(d) for d in (BOUNDARY, BOUNDARY - datetime.timedelta(1))}
    )
    yield from _fact(tx, lambda t: t, ("", ""), "circumstances", "zz.fair", _YES_NO)
    yield from _nobody(tx)
    yield from _roles(tx)
    for number in range(len(tx.parties)):
        yield from _party(tx, number)
    yield from _party_list(
        tx,
        "listings",
        {"L1": pb.Party.Listing(list="L1"), "L3": pb.Party.Listing(list="L3"), "unnamed": pb.Party.Listing(entry="E")},
    )
    yield from _party_list(tx, "owners", {"60": pb.Party.Owner(percent=decimal("60")), "unknown share": pb.Party.Owner(name="O")})
    purposes = {"civil": [pb.PURPOSE_CIVIL], "military": [pb.PURPOSE_MILITARY_OTHER], "nuclear": [pb.PURPOSE_NUCLEAR_EXPLOSIVE]}
    yield from _list(tx, "end_use.purposes", lambda t: t.end_use, "purposes", {k: list(v) for k, v in purposes.items()})
    aware = pb.EndUse.Concern(purpose=pb.PURPOSE_NUCLEAR_EXPLOSIVE, knowledge=pb.KNOWLEDGE_AWARE)
    yield from _list(
        tx,
        "end_use.concerns",
        lambda t: t.end_use,
        "concerns",
        {
            "aware": [aware],
            "of something": [pb.EndUse.Concern(knowledge=pb.KNOWLEDGE_SUSPECTED)],
            "nothing known": [pb.EndUse.Concern(reference="R")],
            "aware, of one line": [
                pb.EndUse.Concern(purpose=pb.PURPOSE_NUCLEAR_EXPLOSIVE, knowledge=pb.KNOWLEDGE_AWARE, covers=[tx.items[-1].line])
            ],
        },
    )
    yield from _concerns(tx)
    yield from _place_of_use(tx)
    for number in range(len(tx.items)):
        yield from _item(tx, number)
    for number in range(len(tx.licenses)):
        yield from _license(tx, number)
    used = {str(n): [pb.Usage(authorization="N1", period="2026", value=money(n, "USD"))] for n in (40, 60)}
    yield from _list(tx, "usage", lambda t: t, "usage", {k: list(v) for k, v in used.items()})
    yield from _elsewhere(tx)
    yield from _list(
        tx,
        "red_flags",
        lambda t: t,
        "red_flags",
        _FLAGS,
    )


def _concerns(tx: Any) -> Iterator[Slot]:
    for n in range(len(tx.end_use.concerns)):
        at: At = lambda t, n=n: t.end_use.concerns[n]  # type: ignore[misc]  # noqa: E731  # mypy: a default in a lambda; one line
        prefix = (f"end_use.concerns[{n}].", "end_use.concerns[*].")
        yield from _scalar(tx, at, prefix, "purpose", {"nuclear": pb.PURPOSE_NUCLEAR_EXPLOSIVE, "civil": pb.PURPOSE_CIVIL})
        yield from _scalar(tx, at, prefix, "knowledge", {"aware": pb.KNOWLEDGE_AWARE, "none": pb.KNOWLEDGE_NONE})


def _elsewhere(tx: Any) -> Iterator[Slot]:
    """Exchange rates and determinations under other laws: lists whose further entries say more."""
    if not tx.rates and any(item.value.currency_code == "EUR" for item in tx.items):
        rates = {r: [pb.Rate(from_currency="EUR", to_currency="USD", rate=decimal(r))] for r in ("1.05", "1.5")}
        yield Slot("rates", "rates", tuple(Option(k, _set(lambda t: t, "rates", list(v))) for k, v in rates.items()))
    if not tx.determinations_elsewhere:
        stated = [pb.DeterminationElsewhere(law="other", outcome=outcome) for outcome in _OUTCOMES]
        options = tuple(Option(str(d.outcome), _set(lambda t: t, "determinations_elsewhere", [d])) for d in stated)
        yield Slot("determinations_elsewhere[other]", "determinations_elsewhere", options)


# ---- claims -------------------------------------------------------------------------------------------------------------


def claims(tx: Transaction) -> Iterator[Option]:
    """Claims that a transaction does not make yet."""
    for number in range(len(tx.items)):
        at: At = lambda t, n=number: t.items[n]  # type: ignore[misc]  # noqa: E731  # mypy: a default in a lambda; one line
        item = at(tx)
        if not item.HasField("published"):
            yield Option(f"item {number} published", _set(at, "published", True))
        if not item.goods:
            yield Option(f"item {number} food", _set(at, "goods", [pb.GOODS_FOOD]))
            yield Option(f"item {number} medicine", _set(at, "goods", [pb.GOODS_MEDICINE]))
        if not item.HasField("previously_exported_under"):
            yield Option(f"item {number} under N1", _set(at, "previously_exported_under", "N1"))
            yield Option(f"item {number} under N2", _set(at, "previously_exported_under", "N2"))
        for slot in _fact(tx, at, ("", ""), "circumstances", "zz.claim", {"yes": pb.Fact(bool_value=True)}):
            yield Option(f"item {number} zz.claim", slot.options[0].state)
    if not tx.end_use.HasField("temporary"):
        yield Option("temporary", _set(lambda t: t.end_use, "temporary", True))
    if not tx.end_use.HasField("return_date"):
        for day in (LAST, LAST + datetime.timedelta(1)):
            yield Option(f"returns {day}", _set(lambda t: t.end_use, "return_date", date(day)))
    if not tx.documents:
        yield Option("registered", _set(lambda t: t, "documents", [pb.Document(id="zz.reg", status=pb.HOLDING_STATUS_HELD)]))
    if not tx.licenses:
        yield Option("license", _set(lambda t: t, "licenses", [held_license(full=True)]))
        yield Option("license unknown", _set(lambda t: t, "licenses", [held_license(full=False)]))
    screened = date(datetime.date(tx.date.year, tx.date.month, tx.date.day))
    for number, party in enumerate(tx.parties):
        if not party.HasField("screened_on"):
            yield Option(f"party {number} screened", _set(lambda t, n=number: t.parties[n], "screened_on", screened))  # type: ignore[misc]  # mypy: a default in a lambda


# ---- strategies ---------------------------------------------------------------------------------------------------------


def _skeleton(draw: st.DrawFn, *, named: bool) -> Transaction:
    """Who and what; everything else is open."""
    day = draw(st.sampled_from(DAYS))
    tx = Transaction(date=date(day))
    tx.activity = draw(st.sampled_from((pb.ACTIVITY_EXPORT,) * 4 + (pb.ACTIVITY_BROKERING,)))
    consignee, user = pb.PARTY_ROLE_ULTIMATE_CONSIGNEE, pb.PARTY_ROLE_END_USER
    others = draw(st.sampled_from(([[consignee]], [[consignee, user]], [[consignee], [user]], [[pb.PARTY_ROLE_PURCHASER]], [])))
    if others:
        tx.parties.add(roles=[pb.PARTY_ROLE_EXPORTER], country="ZZ", reference="seller")
    for number, roles in enumerate(others):
        party = tx.parties.add(roles=roles, reference="buyer" if number == 0 else f"third-{number}", name="Acme")
        age = draw(st.sampled_from((5, 5, 5, 5, 40, -1, None)))
        if age is not None:
            party.screened_on.CopyFrom(date(day - datetime.timedelta(days=age)))
    for number in range(draw(st.sampled_from((1, 1, 2)))):
        tx.items.add(line=str(number + 1))
    if not named:
        for party in tx.parties:
            party.ClearField("reference")
        for item in tx.items:
            item.ClearField("line")
    return tx


@st.composite
def transactions(draw: st.DrawFn, text: str = "", *, named: bool = True, unset: int = 5) -> Transaction:
    """A transaction in which each fact is unset (about `unset` times in ten), stated or complete.

    Facts that nothing in `text` reads stay unset, the origin and the destination are mostly stated, and claims are seldom made.
    """
    tx = _skeleton(draw, named=named)
    if draw(st.integers(0, 7)):
        tx.origin.country = "ZZ"
    if draw(st.integers(0, 3)):
        tx.destination.country = draw(st.sampled_from(("AA", "BB", "CC")))
    if draw(st.integers(0, 4)) == 4:
        tx.licenses.append(held_license(full=draw(st.booleans())))
    for _ in range(2):
        for slot in list(slots(tx)):
            if relevant(slot, text) and draw(st.integers(0, 9)) >= unset and slot.options:
                draw(st.sampled_from(slot.options)).state(tx)
    for option in list(claims(tx)):
        if draw(st.integers(0, 14)) == 14:
            option.state(tx)
    if draw(st.integers(0, 9)) == 9:
        del tx.documents[:]
        tx.documents.add(id="zz.reg", status=pb.HOLDING_STATUS_NOT_HELD)
    return tx


_READ_BY: Final[Mapping[str, str]] = {
    "destination.country": "",
    "destination.region": "groups.",
    "origin.country": "",
    "origin.region": "tx.origin in",
    "transit[*].region": "transit",
    "parties": "parties",
    "parties[*].country": ".country",
    "parties[*].region": "place(",
    "parties[*].listings[*].list": ".listings",
    "parties[*].owners[*].percent": ".owners",
    "end_use.concerns[*].purpose": ".concerns",
    "end_use.concerns[*].knowledge": ".concerns",
    "items[*].value": "money(",
    "items[*].classifications[yy.list]": "zz.list",
    "items[*].classifications[*].as_of": "zz.list",
    "items[*].controlled_content_percent[zz]": ".controlled_content_percent",
    "rates": "money(",
    "usage": "used(",
    "determinations_elsewhere": "refer",
}
"""What stands in the text of a policy that reads a fact, where it is not the last name of the fact."""


def relevant(slot: Slot, text: str) -> bool:
    """Whether a policy with this text may read the fact; licenses are read by every policy."""
    if not text or slot.pattern.startswith("licenses"):
        return True
    if slot.pattern in _READ_BY:
        return _READ_BY[slot.pattern] in text
    head, _, key = slot.pattern.removesuffix("]").rpartition("[")
    return key in text if head and slot.pattern.endswith("]") else f".{slot.pattern.rpartition('.')[2]}" in text
