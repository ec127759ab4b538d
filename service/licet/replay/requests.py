"""What a stored request says of itself."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import DecodeError

from licet.ledger.envelope import Envelope, Kind
from licet.v1 import decision_service_pb2, licensing_service_pb2


def request_id_of(envelope: Envelope, asked: bytes) -> str | None:
    """The request id under which an entry was asked for; None where its request does not say. Raises ValueError for no request."""
    match envelope.kind:
        case Kind.DECISION:
            return _request_id(licensing_service_pb2.EvaluateRequest, asked)
        case Kind.ACTION:
            return _request_id(decision_service_pb2.RecordActionRequest, asked)
        case Kind.RELEASE:
            return f"release\n{envelope.id}"
        case _:
            return None


def _request_id(message: Any, asked: bytes) -> str:
    try:
        return str(message.FromString(asked).request_id)
    except DecodeError as error:
        raise ValueError(str(error)) from None
