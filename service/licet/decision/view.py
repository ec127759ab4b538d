"""Who sees what: the stored record is whole; a reply shows what its audience may see. Outcomes never change."""

from __future__ import annotations

from typing import Any

from licet.v1 import decision_pb2, licensing_service_pb2, source_pb2

_RESTRICTED = "A restricted control applies"


def show(decision: decision_pb2.Decision, audience: int) -> None:
    """The decision is as an audience sees it; the stored record is whole."""
    if decision.HasField("result"):
        decision.result.CopyFrom(for_audience(decision.result, audience))
    if audience != licensing_service_pb2.AUDIENCE_AUDITOR and decision.HasField("limits"):
        _hide_limits(decision.limits, public=audience == licensing_service_pb2.AUDIENCE_PUBLIC)


def _hide_limits(limits: decision_pb2.LimitUse, *, public: bool) -> None:
    restricted = {*limits.restricted}
    parts: tuple[Any, ...] = (limits.before, limits.used)
    for part in parts:
        kept = [each for each in part if not public and each.authorization not in restricted]
        del part[:]
        part.extend(kept)
    for each in limits.used:
        del each.parties[:]
    del limits.restricted[:]


def for_audience(result: decision_pb2.Result, audience: int) -> decision_pb2.Result:
    """A copy for an audience: AUDITOR sees all, EXPORTER restricted rules only by citation, PUBLIC besides no data of parties."""
    view = decision_pb2.Result()
    view.CopyFrom(result)
    if audience == licensing_service_pb2.AUDIENCE_AUDITOR:
        return view
    _hide_restricted(view)
    if audience == licensing_service_pb2.AUDIENCE_PUBLIC:
        _hide_parties(view)
    return view


def _restricted(source: source_pb2.Source) -> bool:
    return source.disclosure == source_pb2.DISCLOSURE_RESTRICTED


def _hide_restricted(view: decision_pb2.Result) -> None:
    hidden: set[str] = set()
    for step in view.trace.steps:
        if _restricted(step.source):
            hidden |= {step.rule, *step.rules}
            _blank_step(step)
    for determination in view.determinations:
        controls: list[Any] = [*determination.requirements, *determination.prohibitions]
        for each in controls:
            if _restricted(each.source):
                hidden.add(each.rule)
                each.basis, each.title, each.rule = "restricted", _RESTRICTED, ""
                each.source.CopyFrom(_cited(each.source))
        _hide_relief(determination, hidden)
        others: list[Any] = [*determination.exemptions, *determination.obligations, *determination.referrals]
        for other in others:
            if _restricted(other.source):
                hidden.add(other.rule)
                other.rule = ""
                other.source.CopyFrom(_cited(other.source))
        if hidden:
            del determination.steps[:]
    _hide_names(view, hidden)


def _hide_relief(determination: Any, hidden: set[str]) -> None:
    names = set()
    for authorization in determination.authorizations:
        if _restricted(authorization.source):
            hidden.add(authorization.rule)
            names.add(authorization.id)
            cited = _cited(authorization.source)
            state = authorization.state
            authorization.Clear()
            authorization.id, authorization.title, authorization.state = "restricted", _RESTRICTED, state
            authorization.source.CopyFrom(cited)
    controls: list[Any] = [*determination.requirements, *determination.prohibitions]
    for control in controls:
        lifted = ["restricted" if name in names else name for name in control.lifted_by]
        del control.lifted_by[:]
        control.lifted_by.extend(lifted)


def _blank_step(step: Any) -> None:
    source = _cited(step.source)
    jurisdiction, verdict, item, count = step.jurisdiction, step.verdict, step.item, step.count
    step.Clear()
    step.jurisdiction, step.verdict, step.item, step.count, step.title = jurisdiction, verdict, item, count, _RESTRICTED
    step.source.CopyFrom(source)


def _cited(source: source_pb2.Source) -> source_pb2.Source:
    return source_pb2.Source(cite=source.cite, disclosure=source.disclosure, package_version=source.package_version)


def _hide_names(view: decision_pb2.Result, hidden: set[str]) -> None:
    for reason in view.reasons:
        if reason.rule in hidden:
            reason.rule, reason.text = "", _RESTRICTED
    ruled: list[Any] = [*view.questions, *view.assumptions]
    for named in ruled:
        kept = [rule for rule in named.rules if rule not in hidden]
        del named.rules[:]
        named.rules.extend(kept)
    for flag in view.red_flags:
        if flag.rule in hidden:
            flag.rule, flag.text = "", _RESTRICTED
    for jurisdiction in view.jurisdictions:
        for factor in jurisdiction.risk.factors:
            if factor.rule in hidden:
                factor.rule, factor.factor = "", _RESTRICTED


def _hide_parties(view: decision_pb2.Result) -> None:
    for step in view.trace.steps:
        for leaf in step.leaves:
            kept = [reading for reading in leaf.readings if not reading.path.startswith("parties")]
            del leaf.readings[:]
            leaf.readings.extend(kept)
    for reason in view.reasons:
        if reason.code in ("UNSCREENED", "SCREENING_STALE"):
            reason.text = "a party is not screened, or was screened too long ago"
    for flag in view.red_flags:
        flag.cleared_by = flag.how = ""
