from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from licet.api.errors import Draining, MalformedRequest, StreamIdle
from licet.api.streams import Conversation
from licet.decision.errors import InvalidRequest, LicetError


@dataclass(frozen=True)
class Message:
    """What is asked: here, its own reply."""

    id: str


@dataclass
class Caller:
    """The other end of a stream, in this process. An error among what it says stands for bytes that are no message."""

    says: Iterable[str | LicetError | None]
    replies: list[str] = field(default_factory=list)
    read: int = 0
    taking: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._next = iter(self.says)
        self.taking.set()
        self.gate.set()

    async def said(self) -> Message | None:
        """The next message."""
        await asyncio.sleep(0)
        said = next(self._next, None)
        if isinstance(said, LicetError):
            raise said
        if said == "(silence)":
            await asyncio.Event().wait()
        self.read += said is not None
        return Message(said) if said is not None else None

    async def take(self, reply: str) -> None:
        """Takes a reply."""
        await self.taking.wait()
        self.replies.append(reply)

    async def answer(self, message: Message) -> str:
        """The reply to a message."""
        await self.gate.wait()
        return message.id

    def conversation(self, window: int = 4, at_once: int = 2, idle_seconds: float = 60) -> Conversation:
        """A conversation with this caller."""
        return Conversation(
            read=self.said, answer=self.answer, write=self.take, window=window, at_once=at_once, idle_seconds=idle_seconds
        )


async def never() -> None:
    """Does not return."""
    await asyncio.Event().wait()


def run(scenario: Callable[[], Awaitable[Any]]) -> None:
    """Runs a scenario, after which no task may be left."""

    async def whole() -> None:
        await asyncio.wait_for(scenario(), 60)
        await settle()
        assert {asyncio.current_task()} == asyncio.all_tasks()

    asyncio.run(whole())


async def settle() -> None:
    """Returns once nothing more happens by itself."""
    for _ in range(200):
        await asyncio.sleep(0)


def test_all_is_answered_once() -> None:
    """Every message has one reply when the conversation is over."""

    async def scenario() -> None:
        caller = Caller(str(n) for n in range(100))
        await caller.conversation().run(never())
        assert sorted(map(str, range(100))) == sorted(caller.replies)

    run(scenario)


def test_no_more_is_read_than_the_window_holds() -> None:
    """While replies are not taken no more than the window is read; taken, the reading goes on."""

    async def scenario() -> None:
        caller = Caller(str(n) for n in range(100))
        caller.taking.clear()
        talk = asyncio.create_task(caller.conversation(window=7).run(never()))
        await settle()
        assert (7, []) == (caller.read, caller.replies)
        caller.taking.set()
        await talk
        assert 100 == len(caller.replies)

    run(scenario)


@pytest.mark.parametrize("second", ["a", "", "x" * 201, "\0"], ids=["unanswered", "empty", "long", "control"])
def test_an_id_that_tells_nothing_apart_ends_it(second: str) -> None:
    """What was read before a bad id is answered, then the conversation ends with the fault."""

    async def scenario() -> None:
        caller = Caller(["a", second, "never read"])
        caller.gate.clear()
        talk = asyncio.create_task(caller.conversation().run(never()))
        await settle()
        caller.gate.set()
        with pytest.raises(InvalidRequest) as caught:
            await talk
        assert ["id"] == [violation.field for violation in caught.value.violations]
        assert ["a"] == caller.replies

    run(scenario)


def test_an_answered_id_may_be_used_again() -> None:
    """An id is taken from its message until its reply, and no longer."""

    async def scenario() -> None:
        caller = Caller(["a"] * 3)
        await caller.conversation(window=1).run(never())
        assert ["a"] * 3 == caller.replies

    run(scenario)


def test_what_is_no_message_ends_it() -> None:
    """What was read before garbage is answered, then the conversation ends with the fault."""

    async def scenario() -> None:
        caller = Caller(["a", "b", MalformedRequest("Message")])
        with pytest.raises(MalformedRequest):
            await caller.conversation().run(never())
        assert ["a", "b"] == sorted(caller.replies)

    run(scenario)


def test_told_to_stop_it_answers_what_it_has() -> None:
    """Stopped, a conversation reads no further, answers what it has read, and says that it drains."""

    async def scenario() -> None:
        stop = asyncio.Event()
        caller = Caller(["a", "b", "(silence)"])
        caller.gate.clear()
        talk = asyncio.create_task(caller.conversation().run(stopped(stop)))
        await settle()
        stop.set()
        await settle()
        assert not talk.done()
        caller.gate.set()
        with pytest.raises(Draining):
            await talk
        assert ["a", "b"] == sorted(caller.replies)

    run(scenario)


async def stopped(stop: asyncio.Event) -> None:
    """Returns once it is set."""
    await stop.wait()


def test_silence_ends_it_but_not_while_it_answers() -> None:
    """Nothing said and nothing under way for too long ends a conversation; a long answer does not."""

    async def scenario() -> None:
        caller = Caller(["a", "(silence)"])
        caller.gate.clear()
        talk = asyncio.create_task(caller.conversation(idle_seconds=0.01).run(never()))
        assert not (await asyncio.wait([talk], timeout=0.1))[0], "an answer is under way"
        caller.gate.set()
        with pytest.raises(StreamIdle):
            await talk
        assert ["a"] == caller.replies

    run(scenario)


def test_a_caller_that_takes_nothing_is_silent() -> None:
    """Replies that are not taken for too long end a conversation, though the caller would ask on."""

    async def scenario() -> None:
        caller = Caller(str(n) for n in range(100))
        caller.taking.clear()
        with pytest.raises(StreamIdle):
            await caller.conversation(idle_seconds=0.05).run(never())
        assert [] == caller.replies

    run(scenario)


@pytest.mark.parametrize("when", ["reading", "answering", "writing"])
def test_cancelled_it_leaves_no_task(when: str) -> None:
    """Cancelled at any point, a conversation ends at once, and nothing of it goes on."""

    async def scenario() -> None:
        caller = Caller(["a", "b", "c", "(silence)"])
        if when == "answering":
            caller.gate.clear()
        if when == "writing":
            caller.taking.clear()
        talk = asyncio.create_task(caller.conversation().run(never()))
        await settle()
        talk.cancel()
        with pytest.raises(asyncio.CancelledError):
            await talk

    run(scenario)


def test_a_lost_caller_ends_it() -> None:
    """An error of the transport when a reply is sent ends the conversation with that error, and nothing of it goes on."""

    class Lost(Caller):
        async def take(self, reply: str) -> None:
            raise ConnectionError(reply)

    async def scenario() -> None:
        with pytest.raises(ConnectionError):
            await Lost(["a", "b", "(silence)"]).conversation().run(never())

    run(scenario)
