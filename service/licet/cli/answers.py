"""Where a decision comes from: this process, or a server. Both give the same message or raise the same errors."""

from __future__ import annotations

from typing import Protocol

from licet.v1 import decision_pb2, licensing_service_pb2


class Answers(Protocol):
    """Something that decides."""

    def evaluate(self, request: licensing_service_pb2.EvaluateRequest) -> decision_pb2.Decision:
        """The decision. Raises `InvalidRequest`, or `ServerTrouble` where a server was asked."""
        ...
