"""What came of one of many: an answer each, and how far a stream is. Nothing here waits."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass, field

from licet.client.calls import Options, Subject, as_request
from licet.client.connection import Begun
from licet.client.errors import LicetClientError
from licet.v1 import decision_pb2, licensing_service_pb2

WINDOW = 16
"""How many messages of a stream are under way at a time; a server reads no further than its own window."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What came of one subject: a decision, or the error that `evaluate` would raise for it."""

    index: int
    """The place of the subject among those given, from 0 on."""
    subject: Subject
    """What was asked about, as it was given."""
    decision: decision_pb2.Decision | None = None
    error: LicetClientError | None = None

    def result(self) -> decision_pb2.Decision:
        """The decision. Raises the error where there is none."""
        if self.decision is None:
            assert self.error is not None  # noqa: S101  # one of the two is there
            raise self.error
        return self.decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a stream is."""

    asked: int
    answered: int
    """Those that failed included."""
    failed: int
    total: int | None
    """How many there will be, where that is known."""


Result = licensing_service_pb2.EvaluateBatchResult | licensing_service_pb2.EvaluateStreamResponse


def answer(result: Result, index: int, subject: Subject, begun: Begun) -> Answer:
    """The answer that a result of a batch, or a reply of a stream, holds. Raises `ServerFault` where it holds none."""
    if result.HasField("decision"):
        return Answer(index=index, subject=subject, decision=result.decision)
    if result.HasField("error"):
        return Answer(index=index, subject=subject, error=begun.item_error(result.error))
    raise begun.fault("the server gave an answer that holds nothing; is it of another version?")


def answers(results: Sequence[Result], subjects: Sequence[Subject], begun: Begun) -> tuple[Answer, ...]:
    """The answers of a batch. Raises `ServerFault` where there is not one a subject."""
    if len(results) != len(subjects):
        raise begun.fault(f"the server gave {len(results)} answers to {len(subjects)} requests")
    return tuple(
        answer(result, index, subject, begun) for index, (result, subject) in enumerate(zip(results, subjects, strict=True))
    )


@dataclass(slots=True)
class Book:
    """Keeps what a stream has asked and not yet got an answer to. One thread may ask while another settles."""

    begun: Begun
    options: Options
    total: int | None
    asked: int = 0
    answered: int = 0
    failed: int = 0
    open: dict[str, tuple[int, Subject]] = field(default_factory=dict)

    def ask(self, subject: Subject) -> licensing_service_pb2.EvaluateStreamRequest:
        """The message that asks about a subject."""
        index, request = self.asked, as_request(subject, self.options)
        self.open[str(index)] = (index, subject)
        self.asked += 1
        return licensing_service_pb2.EvaluateStreamRequest(id=str(index), request=request)

    def settle(self, reply: licensing_service_pb2.EvaluateStreamResponse) -> Answer:
        """The answer that a reply holds. Raises `ServerFault` for a reply to what is not open."""
        if reply.id not in self.open:
            raise self.begun.fault(f"the server answered {reply.id!r}, which is not open")
        index, subject = self.open.pop(reply.id)
        settled = answer(reply, index, subject, self.begun)
        self.answered += 1
        self.failed += settled.error is not None
        return settled

    def end(self) -> None:
        """The server has nothing more to say. Raises `ServerFault` where it owes answers."""
        if self.open:
            raise self.begun.fault(f"the server ended the stream and left {len(self.open)} unanswered")

    def progress(self) -> Progress:
        """How far it is."""
        return Progress(asked=self.asked, answered=self.answered, failed=self.failed, total=self.total)

    def unanswered(self) -> tuple[Subject, ...]:
        """What was asked and has no answer, in the order of asking."""
        return tuple(subject for _, subject in sorted(self.open.copy().values(), key=lambda each: each[0]))


def total(subjects: object) -> int | None:
    """How many there are, where that can be said without taking them."""
    return len(subjects) if isinstance(subjects, Sized) else None


def checked_window(window: int) -> int:
    """The window. Raises ValueError for one that lets nothing through."""
    if window < 1:
        raise ValueError(f"the window is {window}; expected 1 or more")
    return window
