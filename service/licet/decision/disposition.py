"""Disposition: the one field that an ERP acts on, with every reason against PROCEED (policies/MEANING.md, section 6)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from licet.decision.matching import Subject
from licet.decision.resolution import Outcome, Resolved, between, needs_to_do
from licet.decision.risk import Raised, Risk
from licet.decision.settings import Settings
from licet.engine.protocol import Verdict
from licet.engine.reference import Explained
from licet.policy import model as m
from licet.v1 import transaction_pb2

_DENIED = frozenset((m.Review.DENIAL.value, m.Review.PRESUMPTION_OF_DENIAL.value))
_OURSELVES = frozenset((transaction_pb2.PARTY_ROLE_EXPORTER, transaction_pb2.PARTY_ROLE_SELLER))


class Disposition(IntEnum):
    """What to do, ordered from the mildest; numbered as on the wire."""

    PROCEED = 1
    HOLD = 2
    STOP = 3


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """One reason against PROCEED. `code` is stable."""

    disposition: Disposition
    code: str
    text: str
    jurisdiction: str = ""
    rule: str = ""


def reasons(
    subject: Subject,
    resolved: tuple[Resolved, ...],
    explained: Iterable[Explained],
    risks: Iterable[Risk],
    flags: Iterable[Raised],
) -> tuple[Reason, ...]:
    """Every reason against PROCEED, the gravest first; none means PROCEED."""
    reached = {(r.instrument.id, r.item) for r in resolved if r.outcome is not Outcome.NOT_SUBJECT}
    found = {reason for each in resolved for reason in _of_outcome(each)}
    found |= set(_of_obligations(explained, reached))
    found |= {
        Reason(Disposition.HOLD, "NOT_COVERED", f"no package covers the law of {place}", place.lower())
        for place in subject.uncovered
    }
    found |= {_of_flag(flag) for flag in flags if not flag.cleared}
    found |= {reason for risk in risks for reason in _of_risk(risk)}
    found |= set(_of_screening(subject.transaction, subject.date, subject.settings))
    return tuple(sorted(found, key=lambda r: (-r.disposition, r.code, r.jurisdiction, r.rule, r.text)))


def disposition_of(found: Iterable[Reason]) -> Disposition:
    """The gravest of the reasons, PROCEED without any."""
    return max((reason.disposition for reason in found), default=Disposition.PROCEED)


def _of_outcome(resolved: Resolved) -> Iterable[Reason]:
    where = f"line {resolved.item}, {resolved.instrument.title}"
    jurisdiction = resolved.jurisdiction
    match resolved.outcome:
        case Outcome.PROHIBITED:
            yield Reason(Disposition.STOP, "PROHIBITED", f"{where}: prohibited", jurisdiction)
        case Outcome.LICENSE_REQUIRED:
            # In the floor only what is certain is required, and what may be exempted is not.
            denied = any(isinstance(e.effect, m.Require) and e.effect.review in _DENIED for e in resolved.floor.required)
            what = "a license is required and would be refused or presumed refused" if denied else "a license is required"
            yield Reason(Disposition.STOP if denied else Disposition.HOLD, "LICENSE_REQUIRED", f"{where}: {what}", jurisdiction)
        case Outcome.UNDETERMINED:
            yield from _of_referrals(resolved, where)
        case Outcome.AUTHORIZED:
            yield from _of_needs(resolved, where)
        case _:
            pass


def _of_referrals(resolved: Resolved, where: str) -> Iterable[Reason]:
    """Why it is open: another law may govern, or facts are missing, or both."""
    fired = (e for e in resolved.ceiling.referred if e.finding.verdict is Verdict.FIRED)
    laws = sorted({e.effect.to for e in fired if isinstance(e.effect, m.Refer)})
    if laws:
        text = f"{where}: another law may govern that is not modeled here ({', '.join(laws)})"
        yield Reason(Disposition.HOLD, "REFERRED", text, resolved.jurisdiction)
    if not laws or between(resolved.floor.outcome, resolved.ceiling.unreferred) is Outcome.UNDETERMINED:
        yield Reason(Disposition.HOLD, "UNDETERMINED", f"{where}: facts are missing", resolved.jurisdiction)


def _of_needs(resolved: Resolved, where: str) -> Iterable[Reason]:
    """The needs still to do of the authorization that wants least; none while any is ready, or a held license serves."""
    run = resolved.shown
    ready = [use for use in run.uses if use.open and use.id in run.lifted_by]  # several rules may grant one authorization
    if any(name not in {use.id for use in ready} for name in run.lifted_by) or not ready:
        return
    best = min(ready, key=lambda use: (len(needs_to_do(use)), use.id))
    for need in needs_to_do(best):
        text = f"{where}: before {best.id} is used: {need.text}"
        yield Reason(Disposition.HOLD, "NEED_TO_DO", text, resolved.jurisdiction, best.explained.rule.id)


def _of_obligations(explained: Iterable[Explained], reached: set[tuple[str, str]]) -> Iterable[Reason]:
    """Obligations to be met before the transaction, where their instrument reaches it."""
    for each in explained:
        effect = each.effect
        if not isinstance(effect, m.Oblige) or effect.need.timing is not m.Timing.BEFORE:
            continue
        if each.finding.verdict not in (Verdict.FIRED, Verdict.UNDETERMINED) or each.needs[0] is True:
            continue
        if any(instrument == each.rule.instrument and each.finding.item in ("", item) for instrument, item in reached):
            yield Reason(Disposition.HOLD, "OBLIGATION_TO_DO", effect.need.text, each.rule.jurisdiction, each.rule.id)


def _of_flag(flag: Raised) -> Reason:
    text = f"red flag {flag.id}: {flag.text}" if flag.certain else f"red flag {flag.id} cannot be excluded: {flag.text}"
    return Reason(Disposition.HOLD, "RED_FLAG", text, flag.jurisdiction, flag.rule)


def _of_risk(risk: Risk) -> Iterable[Reason]:
    for tier, text in ((risk.tier, "the risk tier is {}"), (risk.worst, "the risk tier could be {}")):
        if tier is not None and tier.hold:
            yield Reason(Disposition.HOLD, "RISK_TIER", text.format(tier.tier), risk.jurisdiction)
            return


def _of_screening(transaction: Any, date: datetime.date, settings: Settings) -> Iterable[Reason]:
    """Every party but the exporter and seller must have been screened, and not too long ago."""
    if not settings.screening_required:
        return
    for party in transaction.parties:
        if set(party.roles) <= _OURSELVES:
            continue
        if not party.HasField("screened_on"):
            yield Reason(
                Disposition.HOLD,
                "UNSCREENED",
                f"party {party.reference} has not been screened (screened_on is not set)",
            )
            continue
        screened = datetime.date(party.screened_on.year, party.screened_on.month, party.screened_on.day)
        if screened > date:
            yield Reason(
                Disposition.HOLD,
                "UNSCREENED",
                f"party {party.reference} is said to be screened after the legal date, on {screened}",
            )
        elif (date - screened).days > settings.screening_max_age_days:
            yield Reason(
                Disposition.HOLD,
                "SCREENING_STALE",
                f"party {party.reference} was screened on {screened}, more than {settings.screening_max_age_days} days before",
            )
