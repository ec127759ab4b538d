"""`DecisionService`: shows what was recorded, and proves it."""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import structlog

from licet.api.capacity import Workers
from licet.api.errors import LedgerUnavailable
from licet.api.ids import MAX_REQUEST_ID, caller_of
from licet.api.ledger import Ledger
from licet.api.paging import DEFAULT_SIZE, MAX_SIZE
from licet.decision.errors import InvalidRequest, Violation
from licet.engine.rete import ReteEngine
from licet.ledger.envelope import Kind
from licet.ledger.store import Entry
from licet.ledger.verify import leaf_hash
from licet.replay.acting import shown_decision
from licet.replay.actions import name_of
from licet.replay.told import replay_message
from licet.v1 import decision_service_pb2 as pb
from licet.v1 import decision_service_pb2_grpc

_AT_ONCE = 100
log = structlog.get_logger("licet.api")
_T = TypeVar("_T")


class Decisions(decision_service_pb2_grpc.DecisionServiceServicer):
    """The service, over a ledger. All its methods raise `LedgerUnavailable`."""

    def __init__(self, ledger: Ledger, workers: Workers) -> None:
        self._ledger = ledger
        self._workers = workers
        self._rete = ReteEngine()

    def close(self) -> None:
        """No process of the second opinion is left."""
        self._rete.close()

    async def GetDecision(self, request: Any, context: Any) -> pb.GetDecisionResponse:
        """A decision as it was recorded. Raises `DecisionUnknown`."""
        return await self._read(partial(shown_decision, self._ledger.records, request.id, request.audience))

    async def RecordAction(self, request: Any, context: Any) -> pb.RecordActionResponse:
        """Records what an officer does about a decision. Raises what `Ledger.act` raises."""
        if len(request.request_id) > MAX_REQUEST_ID or not request.request_id.isprintable():
            raise InvalidRequest([Violation("request_id", f"expected at most {MAX_REQUEST_ID} printable characters")])
        action = await self._ledger.act(caller_of(context), request)
        kind = name_of(action.action.kind)
        log.info("action", id=action.id, decision=action.decision_id, kind=kind, officer=action.action.officer.id)
        return pb.RecordActionResponse(action=action)

    async def ListDecisions(self, request: Any, context: Any) -> pb.ListDecisionsResponse:
        """A page of decisions, in the order of the log. Raises `InvalidRequest`."""
        start, size = _start(request.page_token), _size(request.page_size)
        return await self._read(partial(self._list, start, size))

    async def GetCheckpoint(self, request: Any, context: Any) -> pb.GetCheckpointResponse:
        """The newest checkpoint, and the key that checks it."""
        home = self._ledger.records.home
        checkpoint = await self._read(lambda: home.checkpoint(home.store.tree))
        return pb.GetCheckpointResponse(checkpoint=checkpoint, public_key=str(home.signer.key))

    async def GetInclusionProof(self, request: Any, context: Any) -> pb.GetInclusionProofResponse:
        """What proves an entry. Raises `InvalidRequest` where the log does not hold it."""
        return await self._read(partial(self._inclusion, request))

    async def GetConsistencyProof(self, request: Any, context: Any) -> pb.GetConsistencyProofResponse:
        """What proves that the log only grew. Raises `InvalidRequest` where it never had these sizes."""
        return await self._read(partial(self._consistency, request))

    async def ReplayDecision(self, request: Any, context: Any) -> pb.ReplayDecisionResponse:
        """A decision, computed again. Raises `DecisionUnknown`."""
        entry = await self._read(partial(self._ledger.records.entry, request.id))
        return pb.ReplayDecisionResponse(replay=await self._replayed(entry, request))

    async def ReplayDecisions(self, request: Any, context: Any) -> None:
        """Writes a reply for each decision from an entry on. Raises `InvalidRequest`."""
        if request.first_index < 0 or request.most < 0:
            raise InvalidRequest([Violation("first_index", "expected 0 or more, and `most` alike")])
        total = max((await self._read(lambda: self._ledger.records.home.store.tree)).size - request.first_index, 0)
        done = made = 0
        while done < total and (not request.most or made < request.most):
            most = min(_AT_ONCE, total - done)
            entries = await self._read(partial(self._ledger.records.home.store.since, request.first_index + done, most))
            for entry in entries:
                done += 1
                if entry.envelope.kind is not Kind.DECISION or (request.most and made >= request.most):
                    continue
                made += 1
                replay = await self._replayed(entry, request)
                await context.write(pb.ReplayDecisionsResponse(replay=replay, done=done, total=total))

    async def _replayed(self, entry: Entry, request: Any) -> pb.Replay:
        return await self._workers.run(partial(self._replay, entry, request))

    def _replay(self, entry: Entry, request: Any, _: threading.Event) -> pb.Replay:
        rete = self._rete if request.second_opinion else None
        return replay_message(entry, self._ledger.records.replayed(entry, request.audience, rete))

    async def _read(self, work: Callable[[], _T]) -> _T:
        return await self._ledger.read(work)

    def _list(self, start: int, size: int) -> pb.ListDecisionsResponse:
        entries = self._ledger.records.home.store.since(start, size + 1)
        token = _token(entries[size].index) if len(entries) > size else ""
        found = [_summary(entry) for entry in entries[:size] if entry.envelope.kind is Kind.DECISION]
        return pb.ListDecisionsResponse(decisions=found, next_page_token=token)

    def _inclusion(self, request: Any) -> pb.GetInclusionProofResponse:
        store = self._ledger.records.home.store
        size = request.tree_size or store.tree.size
        try:
            hashes, tree = store.inclusion(request.index, size), store.tree_at(size)
        except ValueError as error:
            raise InvalidRequest([Violation("index", str(error))]) from None
        entry = store.entry(request.index)
        if entry is None:
            raise LedgerUnavailable
        return pb.GetInclusionProofResponse(
            index=request.index,
            tree_size=size,
            leaf_hash=leaf_hash(entry.leaf),
            hashes=hashes,
            checkpoint=self._ledger.records.home.checkpoint(tree),
        )

    def _consistency(self, request: Any) -> pb.GetConsistencyProofResponse:
        store = self._ledger.records.home.store
        size = request.second_tree_size or store.tree.size
        try:
            hashes, tree = store.consistency(request.first_tree_size, size), store.tree_at(size)
        except ValueError as error:
            raise InvalidRequest([Violation("first_tree_size", str(error))]) from None
        return pb.GetConsistencyProofResponse(
            first_tree_size=request.first_tree_size,
            second_tree_size=size,
            hashes=hashes,
            checkpoint=self._ledger.records.home.checkpoint(tree),
        )


def _summary(entry: Entry) -> pb.DecisionSummary:
    envelope = entry.envelope
    summary = pb.DecisionSummary(
        id=envelope.id,
        index=entry.index,
        release=envelope.release,
        as_of=envelope.as_of,
        outcome=envelope.outcome,
        disposition=envelope.disposition,
    )
    summary.decided_at.FromJsonString(envelope.decided_at)
    return summary


def _size(asked: int) -> int:
    if asked < 0:
        raise InvalidRequest([Violation("page_size", f"is {asked}, expected 0 or more")])
    return min(asked or DEFAULT_SIZE, MAX_SIZE)


def _token(index: int) -> str:
    return base64.urlsafe_b64encode(str(index).encode()).decode()


def _start(token: str) -> int:
    """Where a page begins. A log only grows, so a token is good forever."""
    try:
        text = base64.b64decode(token, altchars=b"-_", validate=True).decode("ascii") if token else "0"
    except (binascii.Error, ValueError):
        text = ""
    if not text.isdigit() or len(text) > 18:
        raise InvalidRequest([Violation("page_token", "is no token that this server gave; begin again without one")])
    return int(text)
