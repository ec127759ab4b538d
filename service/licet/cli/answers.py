"""Where decisions come from: this process, or a server. Both give the same messages and refuse in the same way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from licet.cli.exits import Exit, exit_of
from licet.decision.errors import InvalidRequest
from licet.replay.second_opinion import Second
from licet.v1 import decision_pb2, licensing_service_pb2


@dataclass(frozen=True, slots=True)
class Answered:
    """A decision, and what a second engine says of it, where one was asked."""

    decision: decision_pb2.Decision
    second: Second | None = None

    @property
    def exit(self) -> Exit:
        """The exit code: that of the disposition, and no milder than a hold where the second opinion contradicts it."""
        code = exit_of(self.decision.result.disposition)
        return code if self.second is None or self.second.agrees else max(code, Exit.HOLD)


Answer: TypeAlias = Answered | InvalidRequest


class Answers(Protocol):
    """Something that decides. Where it is a server, all methods raise `LicetClientError` for what is no fault of the request."""

    def answer(self, request: licensing_service_pb2.EvaluateRequest) -> Answered:
        """The decision. Raises `InvalidRequest`."""
        ...

    def answer_all(self, requests: Sequence[licensing_service_pb2.EvaluateRequest]) -> Iterator[tuple[int, Answer]]:
        """Each request's place and answer, as they come."""
        ...
