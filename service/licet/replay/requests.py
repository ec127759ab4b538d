"""What a stored request says of itself."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from licet.ledger.envelope import Envelope, Kind
from licet.v1 import licensing_service_pb2


def request_id_of(envelope: Envelope, asked: bytes) -> str | None:
    """The request id under which an entry was asked for; None where its request does not say. Raises ValueError for no request."""
    match envelope.kind:
        case Kind.DECISION:
            try:
                request_id: str = licensing_service_pb2.EvaluateRequest.FromString(asked).request_id
            except DecodeError as error:
                raise ValueError(str(error)) from None
            return request_id
        case Kind.RELEASE:
            return f"release\n{envelope.id}"
        case _:
            return None
