"""A tree of text into API messages, by their descriptors: the same field names, with short forms that a person likes to write.

Dates are `2026-11-22`, money is `1200 EUR`, a place is `DE` or `UA-43`, a classification is a code or a list of codes, an enum
value is its short name. The field's own type decides what a text means: `NO` is Norway in a country, and "no" in a yes/no field.
Every fault is noted and reading goes on, so that all come out at once.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from licet.language.faults import Position
from licet.policy.reading import Faults, nearest
from licet.policy.text import Mapping, Node, Scalar, Sequence

_BOOLS = {"true": True, "yes": True, "false": False, "no": False}
_FACT_ALIASES = {
    "bool": "bool_value",
    "number": "decimal_value",
    "decimal": "decimal_value",
    "text": "string_value",
    "string": "string_value",
}
_FACT_ALIASES |= {"date": "date_value", "place": "place_value", "code": "code_value", "codes": "codes_value"}
_ELEMENT_NAMES = ("reference", "line")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
_AMOUNT = re.compile(r"(?P<amount>\d{1,15}(\.\d{1,9})?) ?(?P<currency>[A-Z]{3})")
_REGION = re.compile(r"(?P<country>[A-Z]{2})-[A-Z0-9]{1,3}(-[A-Z0-9]{1,4})?")
_NANO = 10**9
_MILLS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))  # currencies of three decimals


@dataclass(frozen=True, slots=True)
class Reader:
    """Fills messages from trees. `places` holds where each path of a message was written."""

    faults: Faults
    places: dict[str, Position] = field(default_factory=dict)

    def fill(self, message: Any, node: Node, path: str) -> None:
        """Sets every field of a message that the node states."""
        self.places.setdefault(path, node.at)
        name = message.DESCRIPTOR.full_name
        if not isinstance(node, Mapping):
            self._short(message, node, path)
        elif name == "google.type.Money" and {key.text for key, _ in node.entries} & {"amount", "currency"}:
            self._amount_mapping(message, node, path)
        else:
            for key, value in node.entries:
                self.entry(message, key, value, path)

    def entry(self, message: Any, key: Scalar, value: Node, path: str, also: tuple[str, ...] = ()) -> None:
        """Sets one field by its name; `also` are names that are known besides the fields'."""
        descriptor = _field(message.DESCRIPTOR, key.text)
        if descriptor is None:
            names = (*(f.name for f in message.DESCRIPTOR.fields), *also)
            self.faults.add(key.at, "UNKNOWN_FIELD", f"{_what(message)} has no field {key.text}", nearest(key.text, names))
        else:
            self.set(message, descriptor, value, f"{path}.{descriptor.name}" if path else descriptor.name)

    def set(self, message: Any, field_: Any, node: Node, path: str) -> None:
        """Sets one field to what a node states."""
        self.places.setdefault(path, node.at)
        if _is_map(field_):
            self._map(getattr(message, field_.name), field_, node, path)
        elif field_.is_repeated:
            self._list(getattr(message, field_.name), field_, node, path)
        elif field_.message_type is not None:
            inner = getattr(message, field_.name)
            inner.SetInParent()
            self.fill(inner, node, path)
        else:
            value = self._scalar(field_, node)
            if value is not None:
                setattr(message, field_.name, value)

    # ---- lists and maps ----

    def _list(self, values: Any, field_: FieldDescriptor, node: Node, path: str) -> None:
        if isinstance(node, Mapping):
            self.faults.add(node.at, "SHAPE", f"{field_.name} should be a list", "begin each entry with a dash")
            return
        items = node.items if isinstance(node, Sequence) else (node,)
        if not items:
            hint = f"leave it out, or name {_pattern(path)} under `complete:` where all of them are empty"
            self.faults.add(node.at, "EMPTY", f"{field_.name} is an empty list, which states nothing", hint)
        for number, item in enumerate(items, 1):
            self.places.setdefault(f"{path}[{number}]", item.at)
            if field_.message_type is not None:
                self.fill(values.add(), item, f"{path}[{_element_name(item) or number}]")
            elif (value := self._scalar(field_, item)) is not None:
                values.append(value)

    def _map(self, values: Any, field_: Any, node: Node, path: str) -> None:
        if not isinstance(node, Mapping) or not node.entries:
            self.faults.add(node.at, "SHAPE", f"{field_.name} should be a mapping of keys to values", _map_hint(field_.name))
            return
        value_field = field_.message_type.fields_by_name["value"]
        for key, value in node.entries:
            where = f"{path}[{key.text}]"
            if value_field.message_type is not None:
                values[key.text].SetInParent()
                self.fill(values[key.text], value, where)
            elif (scalar := self._scalar(value_field, value)) is not None:
                values[key.text] = scalar

    # ---- short forms of messages ----

    def _short(self, message: Any, node: Scalar | Sequence, path: str) -> None:
        form = _SHORT.get(message.DESCRIPTOR.full_name)
        if form is None or (isinstance(node, Sequence) and message.DESCRIPTOR.full_name not in _FROM_LISTS):
            written = _WRITTEN.get(message.DESCRIPTOR.full_name, "")
            hint = f"or write {written}" if written else ""
            self.faults.add(node.at, "SHAPE", f"{_what(message)} should be a mapping of fields to values", hint)
        elif isinstance(node, Sequence) or self._says(node, _what(message)):
            form(self, message, node, path)

    def _date(self, message: Any, node: Scalar, path: str) -> None:
        try:
            if not _DATE.fullmatch(node.text):
                raise ValueError
            date = datetime.date.fromisoformat(node.text)
        except ValueError:
            self.faults.add(node.at, "DATE", f"{_shown(path)} is {node.text}, expected a date such as 2026-11-22")
            return
        message.year, message.month, message.day = date.year, date.month, date.day

    def _decimal(self, message: Any, node: Scalar, path: str) -> None:
        try:
            message.value = f"{Decimal(node.text):f}" if _NUMBER.fullmatch(node.text) else ""
        except InvalidOperation:
            message.value = ""
        if not message.value:
            hint = "write it without unit or thousands separators" if re.match(r"\d", node.text) else ""
            self.faults.add(node.at, "NUMBER", f"{_shown(path)} is {node.text}, expected a number such as 12.5", hint)

    def _money(self, message: Any, node: Scalar, path: str) -> None:
        found = _AMOUNT.fullmatch(node.text)
        if found is not None and re.search(r"\.\d{3}$", found["amount"]) and found["currency"] not in _MILLS:
            hint = "write 1200 for twelve hundred, 1.20 for one and a fifth"
            self.faults.add(node.at, "MONEY", f"{_shown(path)} is {node.text}, whose point may separate thousands", hint)
        elif found is None:
            hint = "an amount without separators, then the ISO 4217 code of the currency"
            self.faults.add(node.at, "MONEY", f"{_shown(path)} is {node.text}, expected an amount such as 1200 EUR", hint)
        else:
            _set_money(message, Decimal(found["amount"]), found["currency"])

    def _amount_mapping(self, message: Any, node: Mapping, path: str) -> None:
        texts = {key.text: value.text for key, value in node.entries if isinstance(value, Scalar)}
        if texts.keys() != {"amount", "currency"}:
            self.faults.add(node.at, "MONEY", f"{_shown(path)} should have amount and currency, and nothing else")
        else:
            self._money(message, Scalar(f"{texts['amount']} {texts['currency']}", node.at), path)

    def _place(self, message: Any, node: Scalar, _path: str) -> None:
        region = _REGION.fullmatch(node.text)
        message.country = region["country"] if region else node.text
        if region:
            message.region = node.text

    def _codes(self, message: Any, node: Scalar | Sequence, path: str) -> None:
        self._list(message.codes, message.DESCRIPTOR.fields_by_name["codes"], node, f"{path}.codes")

    def _country(self, message: Any, node: Scalar, _path: str) -> None:
        message.country = node.text

    def _fact(self, message: Any, node: Scalar | Sequence, path: str) -> None:
        if isinstance(node, Sequence):
            self._codes(message.codes_value, node, path)
        elif not node.plain:
            message.string_value = node.text
        elif node.text in _BOOLS:
            message.bool_value = _BOOLS[node.text]
        elif _NUMBER.fullmatch(node.text):
            self._decimal(message.decimal_value, node, path)
        elif _DATE.fullmatch(node.text):
            self._date(message.date_value, node, path)
        else:
            message.string_value = node.text

    # ---- scalars ----

    def _says(self, node: Scalar, what: str) -> bool:
        if node.text.strip() and not (node.plain and node.text in ("~", "null")):
            return True
        self.faults.add(node.at, "NO_VALUE", f"{what} has no value", "leave it out when the fact is not known")
        return False

    def _scalar(self, field_: FieldDescriptor, node: Node) -> Any:
        """The value, or None with a fault noted."""
        if not isinstance(node, Scalar):
            self.faults.add(node.at, "SHAPE", f"{field_.name} should be a single value")
            return None
        if not self._says(node, field_.name):
            return None
        text = node.text.strip()
        if field_.enum_type is not None:
            return self._enum(field_.enum_type, field_.name, text, node.at)
        if field_.type == FieldDescriptor.TYPE_BOOL:
            if text.lower() not in _BOOLS:
                self.faults.add(
                    node.at,
                    "YES_NO",
                    f"{field_.name} is {text}, expected yes or no",
                    "leave it out when the fact is not known",
                )
            return _BOOLS.get(text.lower())
        if field_.type == FieldDescriptor.TYPE_STRING:
            return text
        if re.fullmatch(r"-?\d{1,9}", text):
            return int(text)
        self.faults.add(node.at, "NUMBER", f"{field_.name} is {text}, expected a whole number")
        return None

    def _enum(self, enum: EnumDescriptor, name: str, text: str, at: Position) -> int | None:
        prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
        values = {value.name.removeprefix(prefix): value.number for value in enum.values if value.number}
        short = text.removeprefix(f"{enum.name}.").removeprefix(prefix)
        if short in values:
            return values[short]
        hint = f"did you mean {short.upper()}?" if short.upper() in values else nearest(short.upper(), values)
        expected = ", ".join(values) if len(values) <= 12 else f"one of {len(values)} values such as {next(iter(values))}"
        self.faults.add(at, "CHOICE", f"{name} is {text}, expected {expected}", hint)
        return None


def _set_money(message: Any, amount: Decimal, currency: str) -> None:
    message.currency_code = currency
    message.units = int(amount)
    message.nanos = int((amount - int(amount)) * _NANO)


def _field(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    """The field that a key names: by its name, by its name in proto3 JSON, or for a `Fact` by the kind of value."""
    if descriptor.full_name == "licet.v1.Fact":
        name = _FACT_ALIASES.get(name, name)
    return descriptor.fields_by_name.get(name) or next((f for f in descriptor.fields if f.json_name == name), None)


def _is_map(field_: FieldDescriptor) -> bool:
    return field_.message_type is not None and field_.message_type.GetOptions().map_entry


def _element_name(node: Node) -> str:
    """The name by which paths speak of a list's element: its reference or line."""
    if not isinstance(node, Mapping):
        return ""
    names = {key.text: value.text for key, value in node.entries if isinstance(value, Scalar)}
    return next((names[name] for name in _ELEMENT_NAMES if names.get(name)), "")


def _pattern(path: str) -> str:
    return re.sub(r"\[.*?\]", "", path).removeprefix("transaction.")


def _shown(path: str) -> str:
    return path.removeprefix("transaction.")


def _what(message: Any) -> str:
    name = (
        "request"
        if message.DESCRIPTOR.name == "EvaluateRequest"
        else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", message.DESCRIPTOR.name).lower()
    )
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _map_hint(name: str) -> str:
    examples = {
        "classifications": "classifications: {us.eccn: 5A992.c}",
        "controlled_content_percent": "controlled_content_percent: {us: 30}",
    }
    return f"as in {examples[name]}" if name in examples else ""


_Form = Callable[[Reader, Any, Any, str], None]
_SHORT: dict[str, _Form] = {
    "google.type.Date": Reader._date,  # noqa: SLF001  # the table of the class's own forms
    "google.type.Decimal": Reader._decimal,  # noqa: SLF001  # as above
    "google.type.Money": Reader._money,  # noqa: SLF001  # as above
    "licet.v1.Place": Reader._place,  # noqa: SLF001  # as above
    "licet.v1.Codes": Reader._codes,  # noqa: SLF001  # as above
    "licet.v1.Classification": Reader._codes,  # noqa: SLF001  # as above
    "licet.v1.Fact": Reader._fact,  # noqa: SLF001  # as above
    "licet.v1.Party.CountryTie": Reader._country,  # noqa: SLF001  # as above
}
_FROM_LISTS = frozenset(("licet.v1.Codes", "licet.v1.Classification", "licet.v1.Fact"))
_WRITTEN = {
    "google.type.Date": "a date such as 2026-11-22",
    "google.type.Decimal": "a number such as 12.5",
    "google.type.Money": "an amount such as 1200 EUR",
    "licet.v1.Place": "a country such as DE",
    "licet.v1.Party.CountryTie": "a country such as DE",
}
