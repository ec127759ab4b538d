"""The summary: two or three sentences that a logistics clerk understands, naming what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from licet.decision.disposition import Disposition
from licet.decision.questions import Question
from licet.decision.resolution import Outcome, Resolved, basis_of
from licet.decision.world import World
from licet.engine.protocol import Verdict

_OPENING = {
    Disposition.PROCEED: "This may go.",
    Disposition.HOLD: "Hold this.",
    Disposition.STOP: "Stop: this may not go.",
}


def summarize(world: World, asked: Sequence[Question]) -> str:
    """Two or three sentences: what to do, why, and what next."""
    sentences = [_OPENING[world.disposition], _why(world), _next(world, asked)]
    return " ".join(sentence for sentence in sentences if sentence)


def _why(world: World) -> str:
    gravest = max(world.resolved, key=lambda r: r.outcome, default=None)
    if gravest is None:
        return ""
    where = f"line {gravest.item}" if len({r.item for r in world.resolved}) > 1 else "it"
    law = gravest.instrument.title
    match gravest.outcome:
        case Outcome.NOT_SUBJECT:
            return "None of the laws modelled here reaches it."
        case Outcome.NO_LICENSE_REQUIRED:
            laws = sorted({r.instrument.title for r in world.resolved if r.outcome is Outcome.NO_LICENSE_REQUIRED})
            return f"No license is required under {_and(laws)}."
        case Outcome.AUTHORIZED:
            return f"Under {law} {_authorized(gravest, where)}."
        case Outcome.UNDETERMINED:
            return f"Under {law} {where} cannot be decided yet."
        case Outcome.LICENSE_REQUIRED:
            return f"Under {law} {where} needs a license{_bases(gravest)}."
        case Outcome.PROHIBITED:
            return f"Under {law} {where} is prohibited."


def _authorized(resolved: Resolved, where: str) -> str:
    names = _and(sorted(resolved.shown.lifted_by))
    return f"{where} may go under {names}"


def _bases(resolved: Resolved) -> str:
    bases = sorted({basis_of(e) for e in resolved.shown.required if e.finding.verdict is Verdict.FIRED})
    return f" ({', '.join(bases)})" if bases else ""


def _next(world: World, asked: Sequence[Question]) -> str:
    codes = {reason.code: reason for reason in reversed(world.reasons)}
    if "PROHIBITED" in codes:
        return "Do not ship; refer it to export compliance."
    if "LICENSE_REQUIRED" in codes:
        return "Apply for a license, or ask export compliance whether an authorization fits."
    if asked:
        return f"Please answer: {asked[0].text}" + (f" (and {len(asked) - 1} more)" if len(asked) > 1 else "")
    for code in (
        "REFERRED",
        "UNDETERMINED",
        "NOT_COVERED",
        "UNSCREENED",
        "SCREENING_STALE",
        "RED_FLAG",
        "NEED_TO_DO",
        "OBLIGATION_TO_DO",
        "RISK_TIER",
    ):
        if code in codes:
            return f"To go on: {codes[code].text.rstrip('.')}."
    return "Keep the statements below true, and keep the records."


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
