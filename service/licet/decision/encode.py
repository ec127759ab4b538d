"""Encoding: what was decided as the `Result` message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from licet.decision.coverage import concerned
from licet.decision.disposition import Reason
from licet.decision.held import HeldCover
from licet.decision.matching import Subject
from licet.decision.questions import Question, unanswerable
from licet.decision.resolution import End, Outcome, Resolved, Use, basis_of, expand, is_barred, join
from licet.decision.risk import Raised, Risk
from licet.decision.sources import Sources, to_date
from licet.decision.world import Assumed, World
from licet.engine.protocol import Verdict
from licet.engine.reference import Explained
from licet.language.values import Unknown
from licet.policy import model as m
from licet.v1 import decision_pb2, outcome_pb2, trace_pb2

MAX_RULES = 10
_REVIEWS = {
    m.Review.UNSTATED.value: decision_pb2.REVIEW_POLICY_UNSTATED,
    m.Review.DENIAL.value: decision_pb2.REVIEW_POLICY_DENIAL,
    m.Review.PRESUMPTION_OF_DENIAL.value: decision_pb2.REVIEW_POLICY_PRESUMPTION_OF_DENIAL,
    m.Review.CASE_BY_CASE.value: decision_pb2.REVIEW_POLICY_CASE_BY_CASE,
    m.Review.PRESUMPTION_OF_APPROVAL.value: decision_pb2.REVIEW_POLICY_PRESUMPTION_OF_APPROVAL,
}
_KINDS = {
    m.RequirementKind.LICENSE: decision_pb2.REQUIREMENT_KIND_LICENSE,
    m.RequirementKind.NOTIFICATION: decision_pb2.REQUIREMENT_KIND_NOTIFICATION,
}
_DEROGATIONS = {
    m.Derogation.NONE: decision_pb2.DEROGATION_NONE,
    m.Derogation.AUTHORITY: decision_pb2.DEROGATION_AUTHORITY,
}
_TIMINGS = {
    m.Timing.BEFORE: decision_pb2.TIMING_BEFORE,
    m.Timing.AFTER: decision_pb2.TIMING_AFTER,
    m.Timing.STANDING: decision_pb2.TIMING_STANDING,
}
_VERDICTS = {Verdict.FIRED: trace_pb2.VERDICT_FIRED, Verdict.UNDETERMINED: trace_pb2.VERDICT_UNDETERMINED}
_DECIDING = frozenset(_VERDICTS)


def encode(subject: Subject, world: World, asked: Iterable[Question], summary: str, trace: Any) -> decision_pb2.Result:
    """The result of a world."""
    sources = Sources(subject.release, subject.date)
    result = decision_pb2.Result(
        disposition=outcome_pb2.Disposition.Name(world.disposition.value),
        outcome=outcome_pb2.Outcome.Name(_overall(subject, world)),
        summary=summary,
        trace=trace,
    )
    result.reasons.extend(map(_reason, world.reasons))
    result.jurisdictions.extend(_jurisdictions(subject, world))
    ordered = sorted(world.resolved, key=lambda r: (r.jurisdiction, r.instrument.id, subject.lines.index(r.item)))
    result.determinations.extend(_Determination(subject, each, sources).encode() for each in ordered)
    result.questions.extend(map(_question, asked))
    result.assumptions.extend(map(_assumption, world.assumed))
    result.red_flags.extend(map(_flag, world.flags))
    result.coverage.extend(_coverage(subject, world))
    return result


def _overall(subject: Subject, world: World) -> int:
    outcome = join(*(r.outcome for r in world.resolved))
    if subject.uncovered and outcome.permissive:
        return outcome_pb2.OUTCOME_NOT_COVERED
    return outcome.value


def _reason(reason: Reason) -> Any:
    return decision_pb2.DispositionReason(code=reason.code, text=reason.text, jurisdiction=reason.jurisdiction, rule=reason.rule)


def _question(question: Question) -> Any:
    return decision_pb2.Question(
        path=question.path,
        text=question.text,
        detail=question.detail,
        closes_alone=question.closes_alone,
        waiting=len(question.rules),
        rules=question.rules[:MAX_RULES],
        jurisdictions=question.jurisdictions,
    )


def _flag(flag: Raised) -> Any:
    text = flag.text if flag.certain else f"cannot be excluded: {flag.text}"
    return decision_pb2.RaisedFlag(
        id=flag.id,
        text=text,
        cleared=flag.cleared,
        cleared_by=flag.cleared_by,
        how=flag.how,
        rule=flag.rule,
        jurisdiction=flag.jurisdiction,
    )


# ---- jurisdictions, coverage, assumptions -------------------------------------------------------------------------------


def _told(subject: Subject, world: World) -> tuple[str, ...]:
    """The jurisdictions that the answer tells of: members of a bloc only where they are concerned, or were asked for."""
    reached = {r.jurisdiction for r in world.resolved if r.outcome is not Outcome.NOT_SUBJECT}
    packages = {j: subject.release.packages[j].policy for found in world.found for j in found.family.jurisdictions}
    return tuple(
        sorted(
            j
            for j, policy in packages.items()
            if not policy.extends or j in reached or j in subject.asked or concerned(policy, subject.transaction)
        )
    )


def _jurisdictions(subject: Subject, world: World) -> list[Any]:
    risks = {risk.jurisdiction: risk for risk in world.risks}
    encoded = []
    for jurisdiction in _told(subject, world):
        policy = subject.release.packages[jurisdiction].policy
        answering = jurisdiction if policy.instruments else policy.extends
        outcome = join(*(r.outcome for r in world.resolved if r.jurisdiction == answering))
        message = decision_pb2.JurisdictionResult(
            jurisdiction=jurisdiction,
            name=policy.name,
            outcome=outcome_pb2.Outcome.Name(outcome.value),
            competent_authority=_authority(subject, jurisdiction),
        )
        if jurisdiction in risks:
            message.risk.CopyFrom(_risk(risks[jurisdiction]))
        encoded.append(message)
    return encoded


def _authority(subject: Subject, jurisdiction: str) -> str:
    """Who decides: in a bloc, the authority of the member where the exporter is established, else of the place of export."""
    release = subject.release
    members = {place: p.policy for p in release.packages.values() if p.policy.extends == jurisdiction for place in p.policy.places}
    exporters = [p for p in subject.transaction.parties if 1 in p.roles]
    places = [place for p in exporters for place in (p.established_in, p.country) if place] + [subject.transaction.origin.country]
    found = next((members[place] for place in places if place in members), None)
    return found.authority if found is not None else release.packages[jurisdiction].policy.authority


def _risk(risk: Risk) -> Any:
    message = decision_pb2.Risk(tier=risk.tier.tier if risk.tier else "", score=risk.score)
    for factor, points, rule in risk.factors:
        message.factors.add(factor=factor, points=points, rule=rule)
    return message


def _coverage(subject: Subject, world: World) -> list[Any]:
    encoded = []
    for jurisdiction in _told(subject, world):
        policy = subject.release.packages[jurisdiction].policy
        encoded.append(
            decision_pb2.Coverage(
                jurisdiction=jurisdiction,
                name=policy.name,
                version=policy.version,
                checked=to_date(policy.checked),
                covers=policy.covers,
                not_covered=policy.not_covered,
                recalled=policy.recalled,
            )
        )
    names = subject.release.catalogues.place_names
    for place in subject.uncovered:
        note = "The law of this place is not in this release; it may require a license."
        encoded.append(
            decision_pb2.Coverage(jurisdiction=place.lower(), name=names.get(place, place), not_covered_place=True, note=note)
        )
    return encoded


def _assumption(assumed: Assumed) -> Any:
    return decision_pb2.Assumption(
        path=assumed.pattern, statement=assumed.statement, value=assumed.value, rules=assumed.rules[:MAX_RULES]
    )


# ---- determinations -----------------------------------------------------------------------------------------------------


class _Determination:
    """Encodes one instrument's answer on one item."""

    def __init__(self, subject: Subject, resolved: Resolved, sources: Sources) -> None:
        self.subject = subject
        self.resolved = resolved
        self.sources = sources
        self.bases = subject.release.bases(next(f for f in subject.release.families if resolved.jurisdiction in f.jurisdictions))

    def encode(self) -> Any:
        """The message."""
        resolved = self.resolved
        message = decision_pb2.Determination(
            jurisdiction=resolved.jurisdiction,
            instrument=resolved.instrument.id,
            instrument_title=resolved.instrument.title,
            item=resolved.item,
            outcome=outcome_pb2.Outcome.Name(resolved.outcome.value),
            floor=outcome_pb2.Outcome.Name(resolved.floor.outcome.value),
            ceiling=outcome_pb2.Outcome.Name(resolved.ceiling.outcome.value),
            steps=self._steps(),
        )
        for each in self._of(m.Reach):
            message.nexus.add(limb=each.effect_as(m.Reach).limb, rule=each.finding.name, verdict=_VERDICTS[each.finding.verdict])
            if each.finding.verdict is Verdict.FIRED:
                message.acts.append(each.effect_as(m.Reach).limb)
        if not resolved.floor.reached:
            return message
        message.requirements.extend(_once(map(self._requirement, self._of(m.Require)), "basis", "review", "kind", "certain"))
        message.prohibitions.extend(_once(map(self._prohibition, self._of(m.Prohibit)), "basis", "derogation", "certain"))
        message.exemptions.extend(map(self._exemption, self._of(m.Exempt)))
        message.referrals.extend(_once(map(self._referral, self._of(m.Refer)), "to"))
        message.authorizations.extend(self._authorizations())
        message.licenses.extend(map(self._license, resolved.held))
        message.obligations.extend(self._obligation(e) for e in self._of(m.Oblige))
        return message

    def _of(self, kind: type[m.Effect]) -> list[Explained]:
        among = dict.fromkeys((*self.resolved.explained, *self.resolved.relief))
        return [e for e in among if isinstance(e.effect, kind) and e.finding.verdict in _DECIDING]

    def _steps(self) -> list[str]:
        resolved = self.resolved
        if resolved.floor.outcome == resolved.ceiling.outcome:
            return [*resolved.shown.steps, *unanswerable(resolved)]
        floor = [f"at the mildest: {step}" for step in resolved.floor.steps]
        ceiling = [f"at the strictest: {step}" for step in resolved.ceiling.steps]
        return [*floor, *ceiling, *unanswerable(resolved)]

    def _lifted_by(self, basis: str) -> list[str]:
        run = self.resolved.shown
        if basis in run.exempted:
            return ["exempt"]
        return list(run.lifted_by)

    def _title(self, basis: str) -> str:
        return self.bases[basis].title if basis in self.bases else ""

    def _requirement(self, each: Explained) -> Any:
        effect = each.effect_as(m.Require)
        basis = basis_of(each)
        review = effect.review if isinstance(effect.review, str) else m.Review.UNSTATED.value
        return decision_pb2.Requirement(
            basis=basis,
            title=self._title(basis),
            kind=_KINDS[effect.kind],
            review=_REVIEWS[review],
            rule=each.finding.name,
            source=self.sources.of(each),
            certain=each.finding.verdict is Verdict.FIRED,
            lifted_by=self._lifted_by(basis),
        )

    def _prohibition(self, each: Explained) -> Any:
        effect = each.effect_as(m.Prohibit)
        basis = basis_of(each)
        return decision_pb2.Prohibition(
            basis=basis,
            title=self._title(basis),
            derogation=_DEROGATIONS[effect.derogation],
            rule=each.finding.name,
            source=self.sources.of(each),
            certain=each.finding.verdict is Verdict.FIRED,
            lifted_by=self._lifted_by(basis),
        )

    def _exemption(self, each: Explained) -> Any:
        effect = each.effect_as(m.Exempt)
        return decision_pb2.Exemption(
            bases=effect.bases,
            title=each.rule.title,
            rule=each.finding.name,
            source=self.sources.of(each),
            certain=each.finding.verdict is Verdict.FIRED,
        )

    def _referral(self, each: Explained) -> Any:
        effect = each.effect_as(m.Refer)
        settled = any(d.law == effect.to for d in self.subject.transaction.determinations_elsewhere)
        return decision_pb2.Referral(to=effect.to, rule=each.finding.name, source=self.sources.of(each), settled=settled)

    def _obligation(self, each: Explained) -> Any:
        effect = each.effect_as(m.Oblige)
        need = _need(effect.need, each.needs[0])
        return decision_pb2.Obligation(
            text=need.text,
            timing=need.timing,
            state=need.state,
            due=need.due,
            cite=need.cite,
            rule=each.finding.name,
            source=self.sources.of(each),
        )

    def _license(self, held: HeldCover) -> Any:
        state = decision_pb2.AUTHORIZATION_STATE_NOT_COVERING
        if held.number in self.resolved.shown.lifted_by:
            state = decision_pb2.AUTHORIZATION_STATE_OPEN
        elif isinstance(held.fits, Unknown):
            state = decision_pb2.AUTHORIZATION_STATE_POSSIBLE
        return decision_pb2.HeldLicenseUse(number=held.number, state=state, why_not=held.why_not)

    # ---- authorizations ----

    def _authorizations(self) -> list[Any]:
        if not any(run.required for run in (self.resolved.floor, self.resolved.ceiling)):
            return []
        # What leaves nothing to cover in the floor may still cover in the ceiling.
        runs = (self.resolved.ceiling.uses, (use for use in self.resolved.floor.uses if use.covering))
        uses = {use.explained.finding: use for run in runs for use in run}
        barred = {use.explained.finding for use in self.resolved.ceiling.uses if use.barred_by}
        shown = [self._authorization(e, uses.get(e.finding), e.finding in barred) for e in self._candidates()]
        return _once(sorted(shown, key=lambda a: (a.state, a.id, len(a.missing), a.rule)), "id", "state")

    def _candidates(self) -> list[Explained]:
        """Authorizations that fired, may fire, or would open if a claim were made."""
        return [
            e
            for e in self.resolved.relief
            if isinstance(e.effect, m.Authorize) and (e.finding.verdict in _DECIDING or (e.lacking_claims and self._would_help(e)))
        ]

    def _would_help(self, each: Explained) -> bool:
        """Whether an authorization covers all that is certainly required and nothing certainly bars it: else no claim opens it."""
        effect, inputs = each.effect_as(m.Authorize), self.resolved.inputs
        wanted = frozenset(basis_of(e) for e in self.resolved.floor.required)
        barred = any(is_barred(each, bar) for bar in inputs.counting(m.Bar, End.FLOOR))
        return not barred and wanted <= expand(effect.covers, inputs.bases)

    def _authorization(self, each: Explained, use: Use | None, may_be_barred: bool) -> Any:
        effect = each.effect_as(m.Authorize)
        message = decision_pb2.Authorization(
            id=effect.id,
            title=effect.title,
            jurisdiction=each.rule.jurisdiction,
            covers=effect.covers,
            state=self._state(each, use, may_be_barred),
            rule=each.finding.name,
            source=self.sources.of(each),
            barred_by=use.barred_by if use is not None else (),
            missing=each.lacking_claims or sorted({missing.path for missing in each.missing}),
        )
        message.needs.extend(_need(need, state) for need, state in zip(effect.needs, each.needs, strict=True))
        return message

    def _state(self, each: Explained, use: Use | None, may_be_barred: bool) -> Any:
        if each.finding.verdict not in _DECIDING:
            return decision_pb2.AUTHORIZATION_STATE_AVAILABLE_IF
        if use is not None and use.barred_by:
            return decision_pb2.AUTHORIZATION_STATE_BARRED
        if use is not None and use.refused:
            return decision_pb2.AUTHORIZATION_STATE_CLOSED_BY_NEED
        if use is not None and not use.covering:
            return decision_pb2.AUTHORIZATION_STATE_NOT_COVERING
        if each.finding.verdict is Verdict.UNDETERMINED or may_be_barred:
            return decision_pb2.AUTHORIZATION_STATE_POSSIBLE
        return decision_pb2.AUTHORIZATION_STATE_OPEN


def _once(messages: Iterable[Any], *fields: str) -> list[Any]:
    """The messages, those alike in these fields once unless they are certain: the trace has all, with counts."""
    kept: list[Any] = []
    seen: set[tuple[Any, ...]] = set()
    for message in messages:
        key = tuple(getattr(message, field) for field in fields)
        if key not in seen or getattr(message, "certain", False):
            kept.append(message)
        seen.add(key)
    return kept


def _need(need: m.Need, state: bool | Unknown) -> Any:
    states = {True: decision_pb2.NEED_STATE_MET, False: decision_pb2.NEED_STATE_REFUSED}
    encoded = decision_pb2.NEED_STATE_TO_DO if isinstance(state, Unknown) else states[state]
    return decision_pb2.Need(text=need.text, timing=_TIMINGS[need.timing], state=encoded, due=need.due, cite=need.cite)
