"""A small shipment out of Testland, and what the law of a release says of it."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format

from licet.decision.decide import decide
from licet.decision.settings import Settings
from licet.engine.reference import ReferenceEngine
from licet.policy.release import Release
from licet.v1 import decision_pb2, licensing_service_pb2

TODAY = datetime.date(2026, 11, 22)
SHIPMENT: Mapping[str, Any] = {
    "activity": "ACTIVITY_EXPORT",
    "date": {"year": 2026, "month": 11, "day": 22},
    "origin": {"country": "ZZ"},
    "destination": {"country": "DE"},
    "parties": [
        {"reference": "seller", "roles": ["PARTY_ROLE_EXPORTER"], "country": "ZZ"},
        {"reference": "buyer", "roles": ["PARTY_ROLE_ULTIMATE_CONSIGNEE", "PARTY_ROLE_END_USER"], "country": "DE"},
    ],
    "items": [{"line": "1", "classifications": {"zz.list": {"codes": ["A1"]}}, "quantity": {"value": "1"}}],
}
"""A transaction as JSON: one item, a seller and a buyer."""


def request(**fields: Any) -> licensing_service_pb2.EvaluateRequest:
    """The shipment with some fields replaced or added; a field that is None is left out."""
    transaction = {key: value for key, value in {**copy.deepcopy(SHIPMENT), **fields}.items() if value is not None}
    return json_format.ParseDict({"transaction": transaction}, licensing_service_pb2.EvaluateRequest())


def decided(release: Release, wanted: licensing_service_pb2.EvaluateRequest) -> decision_pb2.Result:
    """The result of a request, by the reference engine."""
    return decide(wanted, release, ReferenceEngine(), today=TODAY, settings=Settings()).result
