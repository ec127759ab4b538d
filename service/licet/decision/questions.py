"""Questions: the facts that part floor from ceiling, the most decisive first, each with its text and the rules that wait for it.

Where it is not even known whether an instrument reaches the transaction, only the facts of its nexus are asked for: an exporter is
not asked to classify under a law that may not concern him.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from licet.decision.matching import Subject
from licet.decision.resolution import End, Inputs, Outcome, Resolved, Settled, between, resolve_run
from licet.engine.protocol import Finding, Verdict
from licet.engine.reference import Explained
from licet.language.facts import Vocabulary
from licet.language.values import Missing, Why
from licet.policy import model as m

_UNANSWERABLE = frozenset((Why.HISTORY, Why.ERROR))


@dataclass(frozen=True, slots=True)
class Question:
    """One fact to ask for."""

    path: str
    text: str
    detail: str
    closes_alone: bool
    rules: tuple[str, ...]
    jurisdictions: tuple[str, ...]


@dataclass(slots=True)
class _Asked:
    missing: Missing
    rules: set[str] = field(default_factory=set)
    jurisdictions: set[str] = field(default_factory=set)
    closes: list[bool] = field(default_factory=list)


def questions(
    subject: Subject, resolved: Iterable[Resolved], doubts: Iterable[Explained], settled: Settled
) -> tuple[Question, ...]:
    """All questions of the determinations that facts leave open, and of the doubts that hold; the most decisive first."""
    asked: dict[str, _Asked] = {}
    for doubt in doubts:
        for missing in doubt.leading:
            if missing.why not in _UNANSWERABLE and missing.path:
                _note(asked, missing, doubt.finding, doubt.rule.jurisdiction)
    for each in resolved:
        if each.outcome is Outcome.UNDETERMINED:
            _ask(each, settled, asked)
    found = [_question(a, subject) for a in asked.values()]
    return tuple(sorted(found, key=lambda q: (not q.closes_alone, -len(q.rules), q.path)))


def unanswerable(resolved: Resolved) -> tuple[str, ...]:
    """Why rules cannot be evaluated at all: no law of that date, or an expression that fails."""
    speaking = (e for e in resolved.explained if resolved.floor.reached or isinstance(e.effect, m.Reach))
    undetermined = (e for e in speaking if e.finding.verdict is Verdict.UNDETERMINED)
    found = {
        f"{e.rule.id}: {missing.why}: {missing.detail}"
        for e in undetermined
        for missing in e.missing
        if missing.why in _UNANSWERABLE
    }
    return tuple(sorted(found))


def _ask(resolved: Resolved, settled: Settled, asked: dict[str, _Asked]) -> None:
    open_ = parting(resolved)
    for explained in open_:
        for missing in explained.leading:
            if missing.why not in _UNANSWERABLE and missing.path:
                _note(asked, missing, explained.finding, resolved.jurisdiction)
    for referral in unsettled(resolved, settled):
        elsewhere = Missing(
            f"determinations_elsewhere[{referral.effect_as(m.Refer).to}]",
            "determinations_elsewhere",
            Why.UNSET,
            referral.rule.title,
        )
        _note(asked, elsewhere, referral.finding, resolved.jurisdiction)
    for held in resolved.held:
        for missing in held.missing():
            _note(
                asked,
                missing,
                Finding("held license", held.number, resolved.item, Verdict.UNDETERMINED),
                resolved.jurisdiction,
            )
    for path, each in asked.items():
        if any(missing.path == path for explained in open_ for missing in explained.missing):
            each.closes.append(_closes(path, resolved.inputs))


def _note(asked: dict[str, _Asked], missing: Missing, finding: Finding, jurisdiction: str) -> None:
    each = asked.setdefault(missing.path, _Asked(missing))
    if missing.why is not Why.UNSET:
        each.missing = max(each.missing, missing, key=lambda m_: (m_.why is not Why.UNSET, m_.detail))
    each.rules.add(finding.name)
    each.jurisdictions.add(jurisdiction)


def asked_first(resolved: Iterable[Resolved]) -> frozenset[str]:
    """The paths that would be asked for first: what must not grow when an assumption is dropped."""
    return frozenset(
        missing.path for each in resolved if each.outcome is Outcome.UNDETERMINED for e in parting(each) for missing in e.leading
    )


def unsettled(resolved: Resolved, settled: Settled) -> tuple[Explained, ...]:
    """Referrals to laws that are not modeled, which apply and which the caller has not settled."""
    referrals = (e for e in resolved.explained if isinstance(e.effect, m.Refer) and e.finding.verdict is Verdict.FIRED)
    return tuple(e for e in referrals if isinstance(e.effect, m.Refer) and e.effect.to not in settled.outcomes)


def parting(resolved: Resolved) -> tuple[Explained, ...]:
    """The undetermined findings that part floor from ceiling."""
    undetermined = tuple(
        e for e in dict.fromkeys((*resolved.explained, *resolved.relief)) if e.finding.verdict is Verdict.UNDETERMINED
    )
    if not resolved.floor.reached:
        return tuple(e for e in undetermined if isinstance(e.effect, m.Reach))
    controls = tuple(e for e in undetermined if e.rule.phase is m.Phase.CONTROL)
    relief = tuple(e for e in undetermined if e.rule.phase is m.Phase.RELIEF and resolved.ceiling.required)
    return (*controls, *relief)


def _closes(path: str, inputs: Inputs) -> bool:
    """Whether knowing this fact alone leaves nothing open, however it turns out."""
    return all(_turned(path, verdict, inputs) for verdict in (Verdict.FIRED, Verdict.NOT_FIRED))


def _turned(path: str, verdict: Verdict, inputs: Inputs) -> bool:
    def turn(explained: Explained) -> Explained:
        waits = explained.finding.verdict is Verdict.UNDETERMINED and any(missing.path == path for missing in explained.missing)
        return explained.turned(verdict) if waits else explained

    turned = replace(inputs, explained=tuple(map(turn, inputs.explained)), relief=tuple(map(turn, inputs.relief)))
    floor, ceiling = (resolve_run(end, turned).outcome for end in (End.FLOOR, End.CEILING))
    return between(floor, ceiling) is not Outcome.UNDETERMINED


def _question(asked: _Asked, subject: Subject) -> Question:
    missing = asked.missing
    vocabularies = [subject.release.vocabularies[j] for j in sorted(asked.jurisdictions)]
    rules = tuple(sorted(asked.rules))
    closes = bool(asked.closes) and all(asked.closes)
    return Question(missing.path, _text(missing, vocabularies), _detail(missing), closes, rules, tuple(sorted(asked.jurisdictions)))


def _text(missing: Missing, vocabularies: Iterable[Vocabulary]) -> str:
    if missing.pattern == "determinations_elsewhere":
        return f"{missing.detail}: what does that law say? It may govern, and is not modeled here."
    match missing.why:
        case Why.ABOVE:
            return f"Which paragraph of {missing.detail} does the item fall in?"
        case Why.NOT_AN_ENTRY:
            return f"{missing.detail} is no entry of the list: what is the right code?"
        case Why.REGION:
            return f"Which part of {missing.detail} is it?"
        case _:
            found = (vocabulary.find(missing.pattern) for vocabulary in vocabularies)
            text = next((entry.question or entry.statement for entry in found if entry is not None), "")
            return text or f"What is {missing.path}?"


def _detail(missing: Missing) -> str:
    if missing.pattern == "determinations_elsewhere":
        return "have it decided under that law and state the outcome; silence never clears it"
    match missing.why:
        case Why.ABOVE:
            return f"{missing.detail} alone is above the entries that matter; state the full paragraph"
        case Why.NOT_AN_ENTRY:
            return f"{missing.detail} is no entry, nor above or below one; a code that is not known is never taken as not listed"
        case Why.REGION:
            return "a law treats parts of it differently; state the region (ISO 3166-2)"
        case _:
            return missing.detail
