"""Recording what officers do about decisions, and reading it back. The caller appends; what it appends is made here."""

from __future__ import annotations

from typing import Any

from licet.decision.view import show
from licet.ledger.blobs import new_key, stored
from licet.ledger.envelope import Envelope, Kind
from licet.ledger.store import Draft, Entry
from licet.replay.actions import Standing, check_action, name_of, shown
from licet.replay.records import Records
from licet.v1 import action_pb2, licensing_service_pb2
from licet.v1 import decision_service_pb2 as pb


def standing(records: Records, entry: Entry) -> Standing:
    """A decision with what was done about it. Raises `StoreError`."""
    return Standing(records.decision(entry), actions(records, entry))


def actions(records: Records, decision: Entry) -> tuple[action_pb2.RecordedAction, ...]:
    """What was done about a decision, in order. Raises `StoreError`."""
    about = records.home.store.about(decision.envelope.id)
    return tuple(recorded(records, entry) for entry in about if entry.envelope.kind is Kind.ACTION)


def recorded(records: Records, entry: Entry) -> action_pb2.RecordedAction:
    """An action, read back from its entry. Raises `StoreError`."""
    records.check(entry)
    envelope = entry.envelope
    found = action_pb2.RecordedAction(
        id=envelope.id, decision_id=envelope.about, proof=records.proof(entry.index, records.home.store.tree), leaf=entry.leaf
    )
    found.recorded_at.FromJsonString(envelope.decided_at)
    data = records.content(envelope.id, envelope.request)
    if data is None:
        found.erased = True
        found.action.MergeFrom(action_pb2.Action(kind=f"ACTION_KIND_{envelope.outcome}"))
    else:
        found.action.CopyFrom(pb.RecordActionRequest.FromString(data).action)
    return found


def shown_decision(records: Records, id_: str, audience: int) -> pb.GetDecisionResponse:
    """A decision with its actions, as an audience sees them. Raises `NoDecisionError`, `StoreError`."""
    entry = records.entry(id_)
    decision, asked = records.decision(entry), records.request(entry)
    seen = [shown(each, decision, audience) for each in actions(records, entry)]
    erased = not decision.HasField("result")
    show(decision, audience)
    request = asked if audience != licensing_service_pb2.AUDIENCE_PUBLIC else None
    return pb.GetDecisionResponse(decision=decision, request=request, leaf=entry.leaf, actions=seen, erased=erased)


def same_action(records: Records, entry: Entry, request: Any) -> bool:
    """Whether an entry is of this very request. Raises `StoreError`."""
    if entry.envelope.kind is not Kind.ACTION:
        return False
    data = records.content(entry.envelope.id, entry.envelope.request)
    return data is not None and pb.RecordActionRequest.FromString(data) == request


def draft(records: Records, request: Any, *, id_: str, at: str, caller: str, private: bool) -> Draft:
    """The entry of an action, good as long as nothing else is done about the decision.

    It is encrypted under a key of its own where that is wanted, or where the decision is. Raises `InvalidRequest` where the action
    does not fit the decision, `NoDecisionError`, `StoreError`.
    """
    entry = records.entry(request.decision_id)
    about = records.home.store.about(request.decision_id)
    check_action(request.action, standing(records, entry))
    key = new_key() if private or records.home.store.key(request.decision_id) is not None else None
    frees = entry.index if request.action.kind == action_pb2.ACTION_KIND_WITHDRAWAL else None
    return action_draft(entry, request, id_=id_, at=at, caller=caller, key=key, seen=len(about), frees=frees)


def action_draft(
    decision: Entry, request: Any, *, id_: str, at: str, caller: str, key: bytes | None, seen: int, frees: int | None = None
) -> Draft:
    """The entry of an action, whatever it is."""
    content = stored(request.SerializeToString(deterministic=True), key)
    envelope = Envelope(
        kind=Kind.ACTION,
        id=id_,
        about=decision.envelope.id,
        request=content.digest,
        result="",
        release="",
        engine="",
        language="",
        settings="",
        as_of="",
        decided_at=at,
        caller=caller,
        outcome=name_of(request.action.kind),
        disposition="",
    )
    return Draft(envelope, (content,), request.request_id, key, seen=seen, frees=frees)


__all__ = ["action_draft", "actions", "draft", "recorded", "same_action", "shown_decision", "standing"]
