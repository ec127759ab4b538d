"""What a ledger holds, read back as messages: what was asked, what was decided, under which release, and what proves it."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from licet.decision.sources import to_date
from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Matcher
from licet.engine.rete import ReteEngine
from licet.ledger.blobs import BlobError, content
from licet.ledger.envelope import Kind
from licet.ledger.home import Home
from licet.ledger.releases import ReleaseError, entry_on, restored, unpacked
from licet.ledger.store import DamagedError, Entry
from licet.ledger.verify import Tree, leaf_hash
from licet.policy.release import Release
from licet.replay.evidence import Evidence, Proved
from licet.replay.replay import Replayed, impossible, replay
from licet.v1 import action_pb2, decision_pb2, licensing_service_pb2

_RELEASES = 4
"""Releases that replays keep compiled."""


class NoDecisionError(LookupError):
    """The ledger holds no decision of that id."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A release as the ledger keeps it: its entry, and its sources as stored."""

    entry: Entry
    blob: bytes


class Records:
    """The records of one log.

    All methods raise `StoreError` where the database cannot be read, and `DamagedError` where a record is not what was recorded.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self._restored = lru_cache(maxsize=_RELEASES)(self._with_engine)

    def entry(self, id_: str) -> Entry:
        """The entry of a decision, whose leaf is the one in the tree. Raises `NoDecisionError`."""
        entry = self.home.store.named(id_)
        if entry is None:
            raise NoDecisionError(id_)
        self.check(entry)
        if entry.envelope.kind is not Kind.DECISION:
            raise NoDecisionError(id_)
        return entry

    def check(self, entry: Entry) -> None:
        """The leaf of an entry is the one in the tree. Raises `DamagedError`."""
        if self.home.store.leaf_hash(entry.index) != leaf_hash(entry.leaf):
            raise DamagedError(f"entry {entry.index}, whose leaf has another hash than the tree holds")

    def request(self, entry: Entry) -> Any:
        """What was asked; None where its key was erased."""
        data = self.content(entry.envelope.id, entry.envelope.request)
        return licensing_service_pb2.EvaluateRequest.FromString(data) if data is not None else None

    def decision(self, entry: Entry) -> decision_pb2.Decision:
        """What was decided, whole, with the newest proof; without `result` where its key was erased."""
        envelope = entry.envelope
        decision = decision_pb2.Decision(
            id=envelope.id,
            release=envelope.release,
            engine=envelope.engine,
            language=envelope.language,
            as_of=to_date(datetime.date.fromisoformat(envelope.as_of)),
            settings=decision_pb2.EvaluationSettings(**json.loads(envelope.settings)),
            proof=self.proof(entry.index, self.home.store.tree),
        )
        decision.decided_at.FromJsonString(envelope.decided_at)
        if (request := self.request(entry)) is not None:
            transaction = request.transaction.SerializeToString(deterministic=True)
            decision.request_id, decision.transaction_digest = request.request_id, hashlib.sha256(transaction).hexdigest()
        if (usage := self.content(envelope.id, envelope.usage) if envelope.usage else None) is not None:
            decision.limits.CopyFrom(decision_pb2.LimitUse.FromString(usage))
        if (result := self.content(envelope.id, envelope.result)) is not None:
            decision.result.CopyFrom(decision_pb2.Result.FromString(result))
        return decision

    def proof(self, index: int, tree: Tree) -> decision_pb2.Proof:
        """Where an entry stands, with the signed checkpoint of a tree that covers it."""
        return decision_pb2.Proof(origin=self.home.store.origin, index=index, checkpoint=self.home.checkpoint(tree))

    def release(self, digest: str) -> Release:
        """A release that was used, compiled from the sources that were kept. Raises `ReleaseError`."""
        return restored(self._sources(digest), digest)

    def replayed(self, entry: Entry, audience: int, rete: ReteEngine | None = None) -> Replayed:
        """What a decision comes to when the compiled engine computes it again under its own release; `rete` says what it thinks."""
        try:
            self.check(entry)
            request, recorded = self.request(entry), self.decision(entry)
        except DamagedError as error:
            return impossible(f"the record is damaged: {error}")
        if request is None:
            return impossible("what was asked has been erased")
        try:
            release, matcher = self._restored(entry.envelope.release)
        except ReleaseError as error:
            return impossible(str(error))
        return replay(request, recorded, release, matcher, audience=audience, rete=rete)

    def evidence(self, id_: str, actions: Sequence[action_pb2.RecordedAction] = ()) -> Evidence:
        """Everything about a decision, for an auditor, with what was done about it. What was erased is left out, and said.

        Raises `NoDecisionError`, and `ReleaseError` where the release is gone.
        """
        entry = self.entry(id_)
        kept = self._kept(entry.envelope.release)
        tree = self.home.store.tree
        return Evidence(
            decision=self._proved(entry, tree),
            release=self._proved(kept.entry, tree),
            request_blob=self._blob(entry.envelope.request),
            result_blob=self._blob(entry.envelope.result),
            release_blob=kept.blob,
            usage_blob=self._blob(entry.envelope.usage) if entry.envelope.usage else None,
            checkpoint=self.home.checkpoint(tree),
            key=self.home.store.key(id_),
            asked=self.request(entry),
            decided=self.decision(entry),
            actions=tuple(actions),
            sources=unpacked(self._sources(entry.envelope.release)),
            replayed=self.replayed(entry, licensing_service_pb2.AUDIENCE_AUDITOR),
        )

    def _proved(self, entry: Entry, tree: Tree) -> Proved:
        return Proved(entry.leaf, entry.index, self.home.store.inclusion(entry.index, tree.size))

    def _with_engine(self, digest: str) -> tuple[Release, Matcher]:
        return self.release(digest), CompiledEngine()

    def _sources(self, digest: str) -> bytes:
        try:
            return content(self._kept(digest).blob)
        except BlobError as error:
            raise ReleaseError(f"the sources of the release {digest}: {error}") from None

    def _kept(self, digest: str) -> _Kept:
        entry = entry_on(self.home.store, digest)
        if entry is not None and (blob := self.home.store.blob(entry.envelope.request)) is not None:
            return _Kept(entry, blob)
        raise ReleaseError(f"the ledger does not hold the release {digest}")

    def _blob(self, digest: str) -> bytes:
        data = self.home.store.blob(digest)
        if data is None:
            raise DamagedError(f"blob {digest}, which is missing")
        if hashlib.sha256(data).hexdigest() != digest:
            raise DamagedError(f"blob {digest}, whose bytes have another digest")
        return data

    def content(self, id_: str, digest: str) -> bytes | None:
        """What a blob of an entry holds; None where its key was erased."""
        try:
            return content(self._blob(digest), self.home.store.key(id_))
        except BlobError as error:
            if self.home.store.is_erased(id_):
                return None
            raise DamagedError(f"blob {digest}: {error}") from error
