"""Where decisions come from: this process, or a server. Both give the same messages and refuse in the same way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from licet.decision.errors import InvalidRequest
from licet.v1 import decision_pb2, licensing_service_pb2

Answer = decision_pb2.Decision | InvalidRequest


class Answers(Protocol):
    """Something that decides. Where it is a server, all methods raise `LicetClientError` for what is no fault of the request."""

    def evaluate(self, request: licensing_service_pb2.EvaluateRequest) -> decision_pb2.Decision:
        """The decision. Raises `InvalidRequest`."""
        ...

    def evaluate_all(self, requests: Sequence[licensing_service_pb2.EvaluateRequest]) -> Iterator[tuple[int, Answer]]:
        """Each request's place and answer, as they come."""
        ...
