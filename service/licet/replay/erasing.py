"""Erasing what a record says of persons, once no law has it kept any more. That it was decided stays, with its proof."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any

from licet.decision.coverage import families_asked
from licet.decision.errors import InvalidRequest, Violation
from licet.ledger.releases import ReleaseError
from licet.ledger.store import Draft, Entry
from licet.policy.model import Provenance, Retention, RetentionStart
from licet.replay.acting import action_draft, standing
from licet.replay.records import Records

UNSTATED = Retention(10, RetentionStart.YEAR_END, "no law of the release says how long, so ten years", Provenance.RECALLED)
"""What holds where nothing states how long a record is kept."""


class RetainedError(Exception):
    """The record must be kept; the text says until when and by which law, or that a legal hold lies on it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The first day on which a record may be erased, and the law that says so."""

    until: datetime.date
    by: str


def kept_until(records: Records, entry: Entry) -> Kept:
    """How long a decision is kept with what was done about it: by all laws that were asked, the longest counts.

    The clock starts when the last of it was recorded. Laws count from the export, which no ledger knows: where goods go later, a
    legal hold keeps the record.
    Raises `StoreError`, and `ReleaseError` where the release of then cannot be had.
    """
    release, request = records.release(entry.envelope.release), records.request(entry)
    asked = [j for family in families_asked(release, request.jurisdictions if request else ()) for j in family.jurisdictions]
    laws = [(each, j) for j in asked for each in release.packages[j].policy.retention]
    about = (entry, *records.home.store.about(entry.envelope.id))
    last = max(datetime.date.fromisoformat(each.envelope.decided_at[:10]) for each in about)
    found = [Kept(law.until(last), f"{law.cite} ({jurisdiction})") for law, jurisdiction in laws]
    return max(found, key=lambda kept: (kept.until, kept.by), default=Kept(UNSTATED.until(last), UNSTATED.cite))


def erasure(records: Records, request: Any, *, today: datetime.date, id_: str, at: str, caller: str) -> Draft:
    """The entry that erases a decision's content and that of its actions, good as long as nothing else is done about it.

    `request` holds the action, of kind ERASURE: it stays readable, so its reason names no person. Raises `RetainedError` where the
    record must be kept, `InvalidRequest` where there is nothing to erase, `NoDecisionError`, `ReleaseError`, `StoreError`.
    """
    entry, store = records.entry(request.decision_id), records.home.store
    about = store.about(request.decision_id)
    if store.key(request.decision_id) is None:
        erased = store.is_erased(request.decision_id)
        why = "was erased before" if erased else "is not private: it was recorded in plain, and cannot be erased"
        raise InvalidRequest([Violation("decision_id", f"the record {why}")])
    for name, text in (("officer.id", request.action.officer.id), ("reason", request.action.reason)):
        if not text.strip():
            raise InvalidRequest([Violation(f"action.{name}", "is empty; say who erases, and why")])
    if standing(records, entry).is_held:
        raise RetainedError("a legal hold lies on the decision; release it first")
    kept = _kept(records, entry)
    if today < kept.until:
        raise RetainedError(f"the record is kept until {kept.until}, by {kept.by}")
    ids = (request.decision_id, *(each.envelope.id for each in about))
    made = action_draft(entry, request, id_=id_, at=at, caller=caller, key=None, seen=len(about), frees=entry.index)
    return replace(made, erases=ids)


def _kept(records: Records, entry: Entry) -> Kept:
    try:
        return kept_until(records, entry)
    except ReleaseError as error:
        last = datetime.date.fromisoformat(entry.envelope.decided_at[:10])
        return Kept(UNSTATED.until(last), f"{UNSTATED.cite} ({error})")


__all__ = ["UNSTATED", "Kept", "RetainedError", "erasure", "kept_until"]
