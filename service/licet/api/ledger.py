"""Record, then answer: the decisions of this server in its ledger, and back."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from licet.api.errors import DecisionUnknown, LedgerDamaged, LedgerUnavailable, Overloaded, RefusedToStart, RequestIdTaken
from licet.api.ids import decision_id
from licet.api.releases import Loaded
from licet.api.settings import ServerSettings
from licet.api.usage import limits_asked
from licet.ledger.blobs import Blob, new_key, stored
from licet.ledger.envelope import Envelope, Kind
from licet.ledger.home import Home, HomeError, open_home
from licet.ledger.publishing import published
from licet.ledger.recorder import Counts, FullError, Recorder
from licet.ledger.releases import entry_on, keeping, kept
from licet.ledger.store import DamagedError, Draft, Entry, OutdatedError, Recorded, StoreError
from licet.ledger.uses import Reading, uses_of
from licet.policy.release import Release
from licet.replay.acting import draft, recorded, same_action
from licet.replay.records import NoDecisionError, Records
from licet.v1 import action_pb2, decision_pb2, outcome_pb2

_THREADS = 2
_T = TypeVar("_T")


def open_ledger(settings: ServerSettings) -> Ledger:
    """The ledger that the settings name, made if it is not there. Raises `RefusedToStart`."""
    try:
        home = open_home(
            settings.data,
            origin=settings.origin,
            database=settings.database,
            signing_key=settings.signing_key,
            new_origin=settings.new_origin,
        )
    except HomeError as error:
        raise RefusedToStart("LEDGER_UNREADABLE", [str(error)]) from error
    return Ledger(home, most=settings.max_concurrent_calls, private=settings.private)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is decided: a request as received, the release that answers, and what had been used of its limits."""

    request: Any
    release: Release
    reading: Reading | None = None


class Ledger:
    """An open log, from which everything of a server reads, and to which it appends."""

    def __init__(self, home: Home, *, most: int, private: bool) -> None:
        """At most `most` decisions wait to be recorded. `private` encrypts each under a key of its own."""
        self.records = Records(home)
        """What the log holds."""
        self._private = private
        self._closed = False
        self._recorder = Recorder(home.store.append, most)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="licet-ledger")

    @property
    def counts(self) -> Counts:
        """What became of decisions since the start."""
        return self._recorder.counts

    async def found(self, caller: str, request: Any) -> decision_pb2.Decision | None:
        """What was decided on a request before. Raises `RequestIdTaken` where its id stands for another, `LedgerUnavailable`."""
        if not request.request_id or not request.request_id.isprintable():  # the ledger's own are not
            return None
        entry = await self.read(partial(self.records.home.store.requested, caller, request.request_id))
        return await self.read(partial(self._same, entry, request)) if entry is not None else None

    async def keep(self, loaded: Loaded) -> None:
        """A release is in the ledger, once, and so is what was signed of it. Raises `Overloaded`, `LedgerUnavailable`."""
        if await self.read(partial(entry_on, self.records.home.store, loaded.release.digest)) is None:
            await self._recorded(await self.read(partial(_keeping, loaded)))
        if loaded.statement:
            await self._recorded(await self.read(partial(_stated, loaded)))

    async def used(self, request: Any, release: Release, today: datetime.date) -> Reading | None:
        """What had been used of the limits of the laws that a request asks; None where they have none. `LedgerUnavailable`."""
        asked = limits_asked(request, release, today)
        return await self.read(partial(self.records.home.store.reading, asked)) if asked is not None else None

    async def record(self, caller: str, asked: Asked, decision: decision_pb2.Decision) -> decision_pb2.Decision:
        """The decision with its proof, once it is durable; that of an earlier call where the same request was made before.

        Raises `RequestIdTaken`, `Overloaded`, `LedgerUnavailable` where it was not recorded, and `OutdatedError` where others used
        of a limit since it was read: then it is to be decided again.
        """
        request = asked.request
        recorded = await self._recorded(await self.read(partial(self._draft, caller, asked, decision)))
        if recorded.again:
            return await self.read(partial(self._same, recorded.entry, request))
        decision.proof.CopyFrom(await self.read(partial(self.records.proof, recorded.entry.index, recorded.tree)))
        return decision

    async def act(self, caller: str, request: Any) -> action_pb2.RecordedAction:
        """The action with its proof, once it is durable; that of an earlier call where the same request was made before.

        Raises `InvalidRequest` where it does not fit the decision as it stands, `DecisionUnknown`, `RequestIdTaken`, `Overloaded`,
        and `LedgerUnavailable` where it was not recorded.
        """
        store = self.records.home.store
        named = bool(request.request_id) and request.request_id.isprintable()
        entry = await self.read(partial(store.requested, caller, request.request_id)) if named else None
        while entry is None:
            at = Timestamp()
            at.GetCurrentTime()
            made = partial(draft, self.records, request, id_=decision_id(at.ToDatetime(datetime.UTC)), at=_text(at), caller=caller)
            with suppress(OutdatedError):  # something else was done about the decision meanwhile
                entry = (await self._recorded(await self.read(partial(made, private=self._private)))).entry
        return await self.read(partial(self._same_action, entry, request))

    def _same_action(self, entry: Entry, request: Any) -> action_pb2.RecordedAction:
        """What an entry says, if it is of this very request."""
        if not same_action(self.records, entry, request):
            raise RequestIdTaken(request.request_id, entry.envelope.id)
        return recorded(self.records, entry)

    async def _recorded(self, entry: Draft) -> Recorded:
        try:
            return await asyncio.wrap_future(self._recorder.record(entry))
        except FullError as error:
            raise Overloaded(error.most) from None
        except StoreError as error:
            raise LedgerUnavailable from error

    def _same(self, entry: Entry, request: Any) -> decision_pb2.Decision:
        """What an entry says, if it is of this very request."""
        if entry.envelope.kind is not Kind.DECISION or self.records.request(entry) != request:
            raise RequestIdTaken(request.request_id, entry.envelope.id)
        return self.records.decision(entry)

    def _draft(self, caller: str, asked: Asked, decision: decision_pb2.Decision) -> Draft:
        key = new_key() if self._private else None
        parts = [asked.request, decision.result, *([decision.limits] if decision.HasField("limits") else [])]
        blobs = tuple(stored(part.SerializeToString(deterministic=True), key) for part in parts)
        envelope = _envelope(caller, decision, *blobs)
        return Draft(envelope, blobs, asked.request.request_id, key, uses=uses_of(decision.limits), reading=asked.reading)

    # ---- reading ----

    async def read(self, work: Callable[[], _T]) -> _T:
        """What the work returns, which runs in a thread of the ledger's.

        Raises `DecisionUnknown`, `LedgerDamaged`, `LedgerUnavailable`.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except NoDecisionError as error:
            raise DecisionUnknown(str(error)) from None
        except DamagedError as error:
            raise LedgerDamaged(str(error)) from error
        except StoreError as error:
            raise LedgerUnavailable from error

    def close(self) -> None:
        """Everything that waited is recorded, and the last checkpoint kept."""
        if not self._closed:
            self._closed = True
            self._recorder.close()
            self._pool.shutdown()
            self.records.home.close()


def _keeping(loaded: Loaded) -> Draft:
    return keeping(kept(loaded.release, loaded.sources, lowered=not loaded.form), caller="", at=_loaded_at(loaded))


def _stated(loaded: Loaded) -> Draft:
    id_ = decision_id(loaded.loaded_at)
    return published(loaded.statement, loaded.release.digest, by="", at=_loaded_at(loaded), id_=id_)


def _loaded_at(loaded: Loaded) -> str:
    at = Timestamp()
    at.FromDatetime(loaded.loaded_at)
    return _text(at)


def _envelope(caller: str, decision: decision_pb2.Decision, request: Blob, result: Blob, usage: Blob | None = None) -> Envelope:
    settings = decision.settings
    facts = {name.name: getattr(settings, name.name) for name in settings.DESCRIPTOR.fields}
    return Envelope(
        kind=Kind.DECISION,
        id=decision.id,
        about="",
        request=request.digest,
        result=result.digest,
        release=decision.release,
        engine=decision.engine,
        language=decision.language,
        settings=json.dumps(facts, sort_keys=True, separators=(",", ":")),
        as_of=datetime.date(decision.as_of.year, decision.as_of.month, decision.as_of.day).isoformat(),
        decided_at=_text(decision.decided_at),
        caller=caller,
        outcome=outcome_pb2.Outcome.Name(decision.result.outcome).removeprefix("OUTCOME_"),
        disposition=outcome_pb2.Disposition.Name(decision.result.disposition).removeprefix("DISPOSITION_"),
        usage=usage.digest if usage is not None else "",
    )


def _text(instant: Timestamp) -> str:
    text: str = instant.ToJsonString()
    return text
