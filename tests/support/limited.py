"""An invented law with a yearly limit: what Testland lists goes free up to 100 EUR a year for one consignee and entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from licet.v1 import licensing_service_pb2
from tests.support.packages import CATALOGUES, policy_files, rule, rules_file
from tests.support.shipments import request

_FACTS: Final = """\
  - {path: usage, class: assume, value: none, for: [controls, authorizations], statement: The limit is kept.}
  - {path: rates, class: ask, question: What is the rate?}
"""
_LIMIT: Final = rule(
    "zz.small",
    {"authorize": {"id": "SMALL", "title": "Small shipments", "covers": ["all"]}},
    ['sum(tx.items.map(i, true, money(i.value, "EUR"))) + used("SMALL", "year", row.entry, "EUR") <= 100.0'],
    for_each="tables.entries",
    about="under(row.entry)",
)


def limited_folder(folder: Path, disclosure: str = "public") -> Path:
    """Writes the law into a folder."""
    limit = {**_LIMIT, "disclosure": disclosure}
    changed = {"vocabulary.yaml": CATALOGUES["vocabulary.yaml"] + _FACTS, "zz/rules/more.yaml": rules_file(limit)}
    for name, data in policy_files(changed).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


def small(units: int, buyer: str = "Acme", **fields: Any) -> licensing_service_pb2.EvaluateRequest:
    """A shipment of so many euros to China, which nothing but the limit frees."""
    parties = [
        {"reference": "seller", "roles": ["PARTY_ROLE_EXPORTER"], "country": "ZZ"},
        {"name": buyer, "roles": ["PARTY_ROLE_ULTIMATE_CONSIGNEE", "PARTY_ROLE_END_USER"], "country": "CN", "military": False},
    ]
    items = [{"classifications": {"zz.list": {"codes": ["A1"]}}, "value": {"currencyCode": "EUR", "units": str(units)}}]
    return request(**{"destination": {"country": "CN"}, "parties": parties, "items": items, **fields})
