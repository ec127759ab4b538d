"""What was used of an authorization for one entry of a list, in a currency, in the year of the legal date."""

from __future__ import annotations

from typing import Any, Final

import pytest

from licet.decision.decide import decide
from licet.decision.settings import Settings
from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Matcher
from licet.engine.reference import ReferenceEngine
from licet.v1 import outcome_pb2
from tests.support.packages import CATALOGUES, load, rule, rules_file
from tests.support.shipments import TODAY, request

_FACTS: Final = """\
  - {path: usage, class: assume, value: none, for: [controls, authorizations], statement: The limit is kept.}
  - {path: rates, class: ask, question: What is the rate?}
"""
_LIMIT: Final = rule(
    "zz.limit",
    {"authorize": {"id": "SMALL", "title": "Small", "covers": ["all"]}},
    ['used("SMALL", "year", row.entry, "EUR") <= 100.0'],
    for_each="tables.entries",
    about="under(row.entry)",
)
_RELEASE: Final = load({"vocabulary.yaml": CATALOGUES["vocabulary.yaml"] + _FACTS, "zz/rules/more.yaml": rules_file(_LIMIT)})
_OPEN, _NEEDED, _UNKNOWN = outcome_pb2.OUTCOME_AUTHORIZED, outcome_pb2.OUTCOME_LICENSE_REQUIRED, outcome_pb2.OUTCOME_UNDETERMINED


def _use(units: str, currency: str = "EUR", **fields: Any) -> dict[str, Any]:
    use = {"authorization": "SMALL", "period": "2026", "code": "A1", "value": {"currencyCode": currency, "units": units}, **fields}
    return {key: value for key, value in use.items() if value is not None}


@pytest.mark.parametrize("engine", [ReferenceEngine(), CompiledEngine()], ids=["reference", "compiled"])
@pytest.mark.parametrize(
    ("usage", "wanted"),
    [
        ([], _OPEN),
        ([_use("100")], _OPEN),
        ([_use("101")], _NEEDED),
        ([_use("60"), _use("60")], _NEEDED),
        ([_use("60"), _use("60", code="A1.x")], _NEEDED),
        ([_use("60"), _use("60", code="B1")], _OPEN),
        ([_use("999", period="2025")], _OPEN),
        ([_use("999", authorization="LARGE")], _OPEN),
        ([_use("999", party="stranger")], _OPEN),
        ([_use("101", party="buyer")], _NEEDED),
        ([_use("60", code=None)], _UNKNOWN),
        ([_use("60", code="A")], _UNKNOWN),
        ([_use("60", value=None)], _UNKNOWN),
        ([_use("60", currency="USD")], _UNKNOWN),
    ],
)
def test_use_of_an_entry_in_the_year(usage: list[dict[str, Any]], wanted: int, engine: Matcher) -> None:
    """What is stated for the entry or below counts; another year, entry or party does not; what may count and is not whole is asked."""
    shipment = request(destination={"country": "CN"}, usage=usage)
    assert wanted == decide(shipment, _RELEASE, engine, today=TODAY, settings=Settings()).result.outcome
