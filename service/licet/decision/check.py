"""Checking a request: what cannot be meant is refused, every field at fault named at once."""

from __future__ import annotations

import datetime
import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from licet.decision.errors import InvalidRequest, Violation
from licet.language.facts import Vocabulary
from licet.policy.release import Release

MAX_ITEMS = 200
MAX_PARTIES = 200
MAX_ENTRIES = 1_000
MAX_TEXT = 10_000
_COUNTRY_FIELDS = frozenset(
    (
        "country",
        "established_in",
        "birth_country",
        "headquarters",
        "ultimate_parent_country",
        "country_of_origin",
    )
)
_LIMITS = {"licet.v1.Transaction.items": MAX_ITEMS, "licet.v1.Transaction.parties": MAX_PARTIES}
_FACT_TYPES = {
    "bool": "bool_value",
    "number": "decimal_value",
    "text": "string_value",
    "date": "date_value",
    "place": "place_value",
    "code": "code_value",
    "codes": "codes_value",
}
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}(-[A-Z0-9]{1,4})?|XI")
_COMPONENT_ORIGIN = "licet.v1.Item.Component.origin"


def check_request(request: Any, release: Release) -> None:
    """Raises `InvalidRequest` naming every field at fault; returns when the request can be meant."""
    violations = [*_limits(request.transaction)]
    if not violations:
        violations = [*_violations(request, release)]
    if violations:
        raise InvalidRequest(violations)


def _limits(transaction: Any) -> Iterator[Violation]:
    """Sizes first: a request too large is not looked at any further."""
    for name in ("items", "parties"):
        found, most = len(getattr(transaction, name)), _LIMITS[f"licet.v1.Transaction.{name}"]
        if found > most:
            yield Violation(f"transaction.{name}", f"holds {found} entries, at most {most} are allowed; split the transaction")


def _violations(request: Any, release: Release) -> Iterator[Violation]:
    transaction = request.transaction
    if not request.HasField("transaction"):
        yield Violation("transaction", "is missing; state what is to be decided")
        return
    if not transaction.items:
        yield Violation("transaction.items", "is empty; state at least one line item (a service is an item of kind SERVICE)")
    for jurisdiction in request.jurisdictions:
        if jurisdiction not in release.packages:
            yield Violation("jurisdictions", f"{jurisdiction} is not served; this release serves {', '.join(release.packages)}")
    yield from _unique(transaction.parties, "reference", "transaction.parties")
    yield from _unique(transaction.items, "line", "transaction.items")
    for number, party in enumerate(transaction.parties, 1):
        if not party.roles:
            yield Violation(f"transaction.parties[{_name(party.reference, number)}].roles", "is empty; say what part the party has")
    yield from _message(transaction, "transaction", release.catalogues.places.countries)
    yield from _keys(transaction, release)
    yield from _covered(transaction)
    yield from _complete(transaction)


def _name(name: str, number: int) -> str:
    return name or str(number)


def _unique(messages: Iterable[Any], name: str, path: str) -> Iterator[Violation]:
    counted = Counter(getattr(message, name) for message in messages if getattr(message, name))
    for value, count in counted.items():
        if count > 1:
            yield Violation(f"{path}[{value[:80]}].{name}", f"{value[:80]} stands {count} times; give each its own")


# ---- every field by its type --------------------------------------------------------------------------------------------


def _message(message: Any, path: str, countries: frozenset[str]) -> Iterator[Violation]:
    yield from _region_of_country(message, path)
    for field, value in message.ListFields():
        where = f"{path}.{field.name}"
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            yield from _map(value, where, countries)
        elif field.is_repeated:
            yield from _repeated(field, value, where, countries)
        else:
            yield from _value(field, value, where, countries)


def _region_of_country(message: Any, path: str) -> Iterator[Violation]:
    """A region must lie in the country stated beside it; XI stands for Northern Ireland."""
    fields = message.DESCRIPTOR.fields_by_name
    if "country" not in fields or "region" not in fields or not (message.country and message.region):
        return
    country = "GB" if message.region == "XI" else message.region.partition("-")[0]
    if country != message.country:
        yield Violation(
            f"{path}.region", f"{message.region[:80]} does not lie in {message.country[:80]}; state country and region alike"
        )


def _map(values: Any, path: str, countries: frozenset[str]) -> Iterator[Violation]:
    if len(values) > MAX_ENTRIES:
        yield Violation(path, f"holds {len(values)} entries, at most {MAX_ENTRIES} are allowed")
        return
    for key, value in values.items():
        where = f"{path}[{key[:80]}]"
        if isinstance(value, str):
            yield from _text(value, where)
        else:
            yield from _scalar_message(value, where)
            yield from _message(value, where, countries)


def _repeated(field: FieldDescriptor, values: Any, path: str, countries: frozenset[str]) -> Iterator[Violation]:
    if len(values) > MAX_ENTRIES:
        yield Violation(path, f"holds {len(values)} entries, at most {MAX_ENTRIES} are allowed")
        return
    for number, value in enumerate(values, 1):
        name = next((getattr(value, n) for n in ("reference", "line") if getattr(value, n, "")), "") if field.message_type else ""
        yield from _value(field, value, f"{path}[{_name(name[:80], number)}]", countries)


def _value(field: FieldDescriptor, value: Any, path: str, countries: frozenset[str]) -> Iterator[Violation]:
    if field.enum_type is not None:
        yield from _enum(field, value, path)
    elif field.message_type is not None:
        yield from _scalar_message(value, path)
        yield from _message(value, path, countries)
    elif isinstance(value, str):
        yield from _text(value, path)
        if field.name in _COUNTRY_FIELDS or field.full_name == _COMPONENT_ORIGIN:
            yield from _country(value, path, countries)
        elif field.name == "region" and value and not _REGION.fullmatch(value):
            yield Violation(path, f"{value[:80]} is no region; expected an ISO 3166-2 code such as GB-NIR")


def _enum(field: FieldDescriptor, value: int, path: str) -> Iterator[Violation]:
    enum: Any = field.enum_type
    known = enum.values_by_number
    if value not in known:
        yield Violation(path, f"{value} is no value of {enum.name}; this server may be older than the caller")
    elif value == 0:
        yield Violation(path, f"{known[0].name} says nothing; leave the field unset when the fact is not known")


def _text(value: str, path: str) -> Iterator[Violation]:
    if len(value) > MAX_TEXT:
        yield Violation(path, f"is {len(value)} characters long, at most {MAX_TEXT} are allowed")


def _country(value: str, path: str, countries: frozenset[str]) -> Iterator[Violation]:
    if value not in countries:
        hint = f"; did you mean {value.upper()}?" if value.upper() in countries else ""
        yield Violation(path, f"{value[:80]!r} is no country; expected an ISO 3166-1 alpha-2 code such as DE{hint}")


def _scalar_message(value: Any, path: str) -> Iterator[Violation]:
    match value.DESCRIPTOR.full_name:
        case "google.type.Date":
            yield from _date(value, path)
        case "google.type.Decimal":
            yield from _decimal(value.value, path)
        case "google.type.Money":
            yield from _money(value, path)
        case _:
            pass


def _date(value: Any, path: str) -> Iterator[Violation]:
    try:
        date = datetime.date(value.year, value.month, value.day)
    except ValueError:
        yield Violation(path, f"{value.year}-{value.month}-{value.day} is no date; year, month and day must all be stated")
        return
    if not 1900 <= date.year <= 2200:
        yield Violation(path, f"{date} is no sensible date; expected one between 1900 and 2200")


def _decimal(text: str, path: str) -> Iterator[Violation]:
    try:
        number = Decimal(text)
    except InvalidOperation:
        yield Violation(path, f"{text[:80]!r} is no number; expected one such as 12.5")
        return
    if not number.is_finite() or len(text) > 60 or abs(number.adjusted()) > 30:
        yield Violation(path, f"{text[:80]} is no sensible number")
    elif "percent" in path.rpartition(".")[2] and not 0 <= number <= 100:
        yield Violation(path, f"{text} is no percentage; expected one from 0 to 100")


def _money(value: Any, path: str) -> Iterator[Violation]:
    if not re.fullmatch(r"[A-Z]{3}", value.currency_code):
        yield Violation(
            f"{path}.currency_code",
            f"{value.currency_code[:80]!r} is no currency; expected an ISO 4217 code such as EUR",
        )
    if abs(value.nanos) > 999_999_999 or value.units * value.nanos < 0:
        yield Violation(f"{path}.nanos", f"{value.nanos} does not fit {value.units} units")
    if value.units < 0 or value.nanos < 0:
        yield Violation(path, "is negative; expected a value of zero or more")


# ---- keys of fact maps --------------------------------------------------------------------------------------------------


def _keys(transaction: Any, release: Release) -> Iterator[Violation]:
    known = _declared(release.vocabularies.values())
    for key, fact in transaction.circumstances.items():
        yield from _fact(key, fact, "transaction.circumstances", "circumstances", known)
    for number, item in enumerate(transaction.items, 1):
        path = f"transaction.items[{_name(item.line, number)}]"
        for name in ("technical", "circumstances"):
            for key, fact in getattr(item, name).items():
                yield from _fact(key, fact, f"{path}.{name}", f"items[*].{name}", known)
        yield from _schemes(item.classifications, path, release)
        for jurisdiction, percent in item.controlled_content_percent.items():
            if f"items[*].controlled_content_percent[{jurisdiction}]" not in known:
                yield Violation(f"{path}.controlled_content_percent[{jurisdiction[:80]}]", "is read by no law of this release")
            elif _is_number(percent.value) and not 0 <= Decimal(percent.value) <= 100:
                yield Violation(
                    f"{path}.controlled_content_percent[{jurisdiction}]",
                    f"{percent.value} is no percentage from 0 to 100",
                )


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _declared(vocabularies: Iterable[Vocabulary]) -> Mapping[str, str]:
    return {path: entry.type for vocabulary in vocabularies for path, entry in vocabulary.entries.items()}


def _fact(key: str, fact: Any, path: str, pattern: str, known: Mapping[str, str]) -> Iterator[Violation]:
    declared = known.get(f"{pattern}[{key}]")
    where = f"{path}[{key[:80]}]"
    if declared is None:
        names = [name[len(pattern) + 1 : -1] for name in known if name.startswith(f"{pattern}[")]
        close = difflib.get_close_matches(key, names, n=1)
        yield Violation(where, "is a fact that no law of this release asks for" + (f"; did you mean {close[0]}?" if close else ""))
        return
    stated = fact.WhichOneof("value")
    wanted = _FACT_TYPES.get(declared)
    if stated is None:
        yield Violation(where, "has no value; leave the key out when the fact is not known")
    elif wanted is not None and stated != wanted:
        yield Violation(where, f"is stated as {stated.removesuffix('_value')}, expected {wanted.removesuffix('_value')}")


def _schemes(classifications: Mapping[str, Any], path: str, release: Release) -> Iterator[Violation]:
    for scheme, classification in classifications.items():
        where = f"{path}.classifications[{scheme[:80]}]"
        if scheme not in release.schemes:
            close = difflib.get_close_matches(scheme, release.schemes, n=1)
            yield Violation(where, "is no scheme of codes" + (f"; did you mean {close[0]}?" if close else ""))
        elif not any(code.strip() for code in classification.codes):
            yield Violation(f"{where}.codes", "is empty; leave the scheme out when the item is not classified, or say NLR")


def _covered(transaction: Any) -> Iterator[Violation]:
    """A concern that covers a line which is not there would be lost: it covers lines of this transaction, or all."""
    lines = {item.line for item in transaction.items if item.line}
    for number, concern in enumerate(transaction.end_use.concerns, 1):
        for line in concern.covers:
            if line not in lines:
                yield Violation(
                    f"transaction.end_use.concerns[{_name(concern.reference[:80], number)}].covers",
                    f"{line[:80]!r} is no line of the items; name one of them, or leave this empty where all are covered",
                )


def _complete(transaction: Any) -> Iterator[Violation]:
    for path in transaction.complete:
        descriptor = transaction.DESCRIPTOR
        for name in re.sub(r"\[.*?\]", "", path).split("."):
            field = descriptor.fields_by_name.get(name) if descriptor is not None else None
            if field is None:
                yield Violation(
                    "transaction.complete",
                    f"{path[:80]} is no list of a transaction; expected one such as parties.listings",
                )
                break
            descriptor = field.message_type
