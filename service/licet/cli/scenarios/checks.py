"""What a scenario expects against what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from licet.cli.scenarios.because import Origin, origin_of, origins_of, steps_of, verdict_of, why
from licet.cli.scenarios.scenario import Expectation, Kind, Scenario
from licet.cli.scenarios.witness import Answer
from licet.cli.words import short
from licet.engine.protocol import Verdict
from licet.language.faults import Position
from licet.v1 import decision_pb2, outcome_pb2, source_pb2, trace_pb2

_OPEN = frozenset((decision_pb2.AUTHORIZATION_STATE_OPEN,))
_POSSIBLE = frozenset((decision_pb2.AUTHORIZATION_STATE_POSSIBLE, decision_pb2.AUTHORIZATION_STATE_AVAILABLE_IF))
_REQUIRING = frozenset((source_pb2.EFFECT_KIND_REQUIRE, source_pb2.EFFECT_KIND_PROHIBIT))
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that was not met: what was expected, what was found, and why, each in words."""

    at: Position
    expected: str
    found: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.at}: expected {self.expected}; found {self.found}" + (f" – {self.why}" if self.why else "")


def failures(scenario: Scenario, answer: Answer) -> tuple[Failure, ...]:
    """All expectations that were not met; none means that the scenario passes. Engines that disagree fail it too."""
    if answer.refused:
        return tuple(Failure(f.at, "a shipment that can be meant", f.message, f.hint) for f in answer.refused)
    return (*_disagreements(scenario, answer), *(f for e in scenario.expectations if (f := _check(e, scenario, answer))))


def _disagreements(scenario: Scenario, answer: Answer) -> Iterator[Failure]:
    for each in answer.disagreements:
        found = (
            f"only compiled {_names(f.name for f in each.only_fast)}, only reference {_names(f.name for f in each.only_reference)}"
        )
        yield Failure(scenario.at, "the same findings of both engines", found, "this is a fault of the software: report it")


def _check(expectation: Expectation, scenario: Scenario, answer: Answer) -> Failure | None:
    return _CHECKS[expectation.kind](expectation, scenario, answer)


# ---- outcomes -----------------------------------------------------------------------------------------------------------


def _outcome(expectation: Expectation, _: Scenario, answer: Answer) -> Failure | None:
    found = short(outcome_pb2.Outcome, _outcome_of(answer.result, expectation.of))
    where = f" under {expectation.of}" if expectation.of else ""
    return _same(expectation, f"outcome {expectation.wanted}{where}", found, _rules_behind(answer))


def _outcome_of(result: decision_pb2.Result, of: str) -> int:
    """The outcome of the decision, of a jurisdiction, or the greatest of an instrument."""
    if not of:
        return result.outcome
    jurisdictions = [j.outcome for j in result.jurisdictions if j.jurisdiction == of]
    instruments = [d.outcome for d in result.determinations if d.instrument == of]
    return max((*jurisdictions, *instruments), default=outcome_pb2.OUTCOME_UNSPECIFIED)


def _disposition(expectation: Expectation, _: Scenario, answer: Answer) -> Failure | None:
    found = short(outcome_pb2.Disposition, answer.result.disposition)
    return _same(expectation, f"disposition {expectation.wanted}", found, "; ".join(r.text for r in answer.result.reasons[:2]))


def _same(expectation: Expectation, expected: str, found: str, reason: str) -> Failure | None:
    return None if found == expectation.wanted else Failure(expectation.at, expected, found or "none", reason)


def _rules_behind(answer: Answer) -> str:
    """What makes the outcome: requirements that stand, or the questions that keep it open."""
    steps = [s for s in answer.result.trace.steps if s.effect in _REQUIRING and s.verdict == trace_pb2.VERDICT_FIRED]
    fired, asked = _names(step.rule for step in steps), _names(question.path for question in answer.result.questions)
    parts = (f"controls that fired: {fired}" if steps else "no control fired", f"asked: {asked}" if answer.result.questions else "")
    return "; ".join(part for part in parts if part)


# ---- rules --------------------------------------------------------------------------------------------------------------


_VERDICTS: Mapping[Kind, tuple[Verdict, str]] = {
    Kind.FIRES: (Verdict.FIRED, "to fire"),
    Kind.UNDETERMINED: (Verdict.UNDETERMINED, "to be undetermined"),
    Kind.CONSIDERED: (Verdict.CONSIDERED, "to be considered, and not to fire"),
    Kind.NOT_FIRED: (Verdict.NOT_FIRED, "not to speak of the shipment"),
}


def _verdict(expectation: Expectation, _: Scenario, answer: Answer) -> Failure | None:
    wanted, words = _VERDICTS[expectation.kind]
    if answer.seen_of(expectation.wanted) is None:
        asked = f"only {_names(answer.seen)} was asked"
        return Failure(expectation.at, f"{expectation.wanted} {words}", asked, "`jurisdictions:` in `base` says who is asked")
    found = verdict_of(answer, expectation.wanted)
    if found is wanted:
        return None
    return Failure(expectation.at, f"{expectation.wanted} {words}", f"it {_FOUND[found]}", why(answer, expectation.wanted))


_FOUND = {
    Verdict.FIRED: "fired",
    Verdict.UNDETERMINED: "is undetermined",
    Verdict.CONSIDERED: "was considered and did not fire (write it under `considered`, if that is meant)",
    Verdict.NOT_FIRED: "did not fire",
}


def _behind(scenario: Scenario, answer: Answer) -> tuple[Origin, ...]:
    """What `cite` and `regime` speak of: the rules that the case names, else all that fired."""
    if scenario.rules:
        return tuple(origin for rule in scenario.rules for origin in origins_of(answer, rule))
    return tuple(origin_of(step) for step in answer.result.trace.steps if step.verdict == trace_pb2.VERDICT_FIRED)


def _cite(expectation: Expectation, scenario: Scenario, answer: Answer) -> Failure | None:
    cites = [origin.cite for origin in _behind(scenario, answer)]
    parts = (part.strip() for cite in cites for part in cite.split(";"))
    return _among(expectation, f"the citation {expectation.wanted}", (*cites, *parts), cites)


def _regime(expectation: Expectation, scenario: Scenario, answer: Answer) -> Failure | None:
    regimes = [regime for origin in _behind(scenario, answer) for regime in origin.regimes]
    return _among(expectation, f"the regime {expectation.wanted}", regimes, regimes)


# ---- requirements, authorizations ---------------------------------------------------------------------------------------


def _controls(scenario: Scenario, answer: Answer) -> tuple[Any, ...]:
    """Requirements and prohibitions: of the controls that the case names, or all where it names none."""
    every: tuple[Any, ...] = tuple(c for d in answer.result.determinations for c in (*d.requirements, *d.prohibitions))
    steps = (step for rule in scenario.rules for step in steps_of(answer, rule) if step.effect in _REQUIRING)
    named = {rule for step in steps for rule in (step.rule, *step.rules)}
    return tuple(control for control in every if control.rule in named) if named else every


def _basis(expectation: Expectation, scenario: Scenario, answer: Answer) -> Failure | None:
    bases = [control.basis for control in _controls(scenario, answer)]
    return _among(expectation, f"the basis {expectation.wanted}", bases, bases)


def _review(expectation: Expectation, scenario: Scenario, answer: Answer) -> Failure | None:
    controls = (control for control in _controls(scenario, answer) if isinstance(control, decision_pb2.Requirement))
    reviews = [short(decision_pb2.ReviewPolicy, control.review).lower().replace("_", "-") for control in controls]
    return _among(expectation, f"a review under {expectation.wanted}", reviews, reviews)


def _authorization(expectation: Expectation, _: Scenario, answer: Answer) -> Failure | None:
    every = [a for d in answer.result.determinations for a in d.authorizations if a.id == expectation.wanted]
    states = {authorization.state for authorization in every}
    met = {
        Kind.OPEN: bool(states & _OPEN),
        Kind.POSSIBLE: bool(states & _POSSIBLE) and not states & _OPEN,
        Kind.CLOSED: not states & (_OPEN | _POSSIBLE),
    }
    if met[expectation.kind]:
        return None
    found = _names(sorted(short(decision_pb2.AuthorizationState, state) for state in states)) if states else "it is not offered"
    behind = [f"barred by {_names(a.barred_by)}" for a in every if a.barred_by]
    behind += [f"it lacks {_names(a.missing)}" for a in every if a.missing]
    return Failure(expectation.at, f"{expectation.wanted} to be {expectation.kind}", found, "; ".join(behind[:2]))


# ---- questions, assumptions, flags --------------------------------------------------------------------------------------


def _asks(expectation: Expectation, _: Scenario, answer: Answer) -> Failure | None:
    paths = [question.path for question in answer.result.questions]
    return _among(expectation, f"a question for {expectation.wanted}", paths, paths)


def _assumes(expectation: Expectation, _: Scenario, answer: Answer) -> Failure | None:
    paths = [assumption.path for assumption in answer.result.assumptions]
    return _among(expectation, f"an assumption on {expectation.wanted}", paths, paths)


def _flag(expectation: Expectation, _: Scenario, answer: Answer) -> Failure | None:
    flags = [flag.id for flag in answer.result.red_flags]
    return _among(expectation, f"the red flag {expectation.wanted}", flags, flags)


def _at_most(expectation: Expectation, _: Scenario, answer: Answer) -> Failure | None:
    paths = [question.path for question in answer.result.questions]
    if len(paths) <= int(expectation.wanted):
        return None
    return Failure(expectation.at, f"at most {expectation.wanted} questions", f"{len(paths)}: {_names(paths)}")


def _at_most_stated(expectation: Expectation, _: Scenario, answer: Answer) -> Failure | None:
    """What the exporter declares, as a reply shows it: facts that share a statement count once."""
    statements = list(dict.fromkeys(assumption.statement for assumption in answer.result.assumptions))
    if len(statements) <= int(expectation.wanted):
        return None
    paths = [assumption.path for assumption in answer.result.assumptions]
    return Failure(expectation.at, f"at most {expectation.wanted} statements", f"{len(statements)}, on {_names(paths)}")


def _among(expectation: Expectation, expected: str, known: Iterable[str], shown: Iterable[str]) -> Failure | None:
    return None if expectation.wanted in known else Failure(expectation.at, expected, _names(dict.fromkeys(shown)))


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more or "none"


_CHECKS: Mapping[Kind, Callable[[Expectation, Scenario, Answer], Failure | None]] = {
    Kind.OUTCOME: _outcome,
    Kind.DISPOSITION: _disposition,
    **dict.fromkeys(_VERDICTS, _verdict),
    Kind.BASIS: _basis,
    Kind.REVIEW: _review,
    Kind.CITE: _cite,
    Kind.REGIME: _regime,
    Kind.OPEN: _authorization,
    Kind.POSSIBLE: _authorization,
    Kind.CLOSED: _authorization,
    Kind.ASKS: _asks,
    Kind.ASSUMES: _assumes,
    Kind.RED_FLAGS: _flag,
    Kind.AT_MOST_QUESTIONS: _at_most,
    Kind.AT_MOST_STATEMENTS: _at_most_stated,
}
