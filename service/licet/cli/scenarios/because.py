"""Why a rule came to what it did, in a line that its author can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from licet.cli.scenarios.witness import Answer, greatest
from licet.engine.protocol import Finding, Verdict
from licet.engine.reference import explain
from licet.language.values import Unknown
from licet.policy.model import Phase
from licet.v1 import outcome_pb2, trace_pb2

_VERDICTS = {
    trace_pb2.VERDICT_FIRED: Verdict.FIRED,
    trace_pb2.VERDICT_UNDETERMINED: Verdict.UNDETERMINED,
    trace_pb2.VERDICT_CONSIDERED: Verdict.CONSIDERED,
    trace_pb2.VERDICT_NOT_FIRED: Verdict.NOT_FIRED,
}
_MOST = 4


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a rule comes from: its citation and its regimes."""

    cite: str
    regimes: tuple[str, ...]


def verdict_of(answer: Answer, rule: str) -> Verdict:
    """What a rule or row came to; of several rows or items, the greatest.

    The decision shows it, save where it is not certain that the rule's instrument reaches the shipment: then what was noted counts.
    """
    steps = steps_of(answer, rule)
    if steps:
        return greatest({_VERDICTS[step.verdict] for step in steps})
    return greatest({finding.verdict for finding in answer.findings(rule)}) if _may_reach(answer, rule) else Verdict.NOT_FIRED


def _may_reach(answer: Answer, rule: str) -> bool:
    """Whether the instrument of a rule may reach the shipment; whether it does is what rules of reach say themselves."""
    seen = answer.seen_of(rule)
    stated = seen.case.package.rules_by_id[rule.partition("[")[0]] if seen is not None else None
    free = outcome_pb2.OUTCOME_NOT_SUBJECT
    return stated is not None and (
        stated.phase is Phase.REACH
        or any(d.instrument == stated.instrument and d.ceiling != free for d in answer.result.determinations)
    )


def steps_of(answer: Answer, rule: str) -> tuple[Any, ...]:
    """The steps of the trace that speak of a rule or row."""
    return tuple(step for step in answer.result.trace.steps if _speaks_of(step, rule, answer))


def _speaks_of(step: Any, rule: str, answer: Answer) -> bool:
    bare = step.rule.partition("[")[0]
    if rule in (bare, step.rule) or rule in step.rules:
        return True
    # A step that stands for many rows names the first of them only.
    hidden = step.count > len(step.rules) and rule.startswith(f"{bare}[")
    return hidden and any(finding.verdict is _VERDICTS[step.verdict] for finding in answer.findings(rule))


def origins_of(answer: Answer, rule: str) -> tuple[Origin, ...]:
    """Where a rule or row comes from, as bound in this decision."""
    steps = steps_of(answer, rule)
    if not any(step.count > 1 and "[" in rule for step in steps):
        return tuple(origin_of(step) for step in steps)
    # A step that stands for many rows speaks of the first only.
    seen = answer.seen_of(rule)
    explained = explain(seen.case, answer.findings(rule)) if seen is not None else ()
    return tuple(Origin(e.cite, tuple(r.strip() for d in e.derives_from for r in str(d.regime).split(";"))) for e in explained)


def origin_of(step: Any) -> Origin:
    """Where the rule of a step comes from."""
    return Origin(step.source.cite, tuple(derivation.regime for derivation in step.source.derives_from))


def why(answer: Answer, rule: str) -> str:
    """Why a rule or row came to its verdict: the fact it lacks, or the condition that failed with what it read."""
    verdict = verdict_of(answer, rule)
    step = next((step for step in steps_of(answer, rule) if _VERDICTS[step.verdict] is verdict), None)
    if step is None:
        return _why_silent(answer, rule)
    if verdict is Verdict.UNDETERMINED:
        return "it lacks " + _list(step.missing)
    if step.note:
        return str(step.note)
    wanted = trace_pb2.TRUTH_TRUE if verdict is Verdict.FIRED else trace_pb2.TRUTH_FALSE
    leaves = [leaf for leaf in step.leaves if leaf.truth == wanted]
    chosen = next((leaf for leaf in leaves if not leaf.in_about), leaves[0] if leaves else None)
    return _leaf(chosen.text, chosen.readings, holds=verdict is Verdict.FIRED) if chosen is not None else ""


def _why_silent(answer: Answer, rule: str) -> str:
    """Why a rule does not show: its law does not reach the shipment, or it does not speak of it."""
    findings = answer.findings(rule)
    if not findings:
        return "it goes through nothing that is in this shipment"
    if any(finding.verdict is not Verdict.NOT_FIRED for finding in findings):
        return "whether its instrument reaches this shipment is not known, or it does not"
    if len(findings) > _MOST:
        return f"none of its {len(findings):,} rows speaks of this shipment"
    return _first_false(answer, findings[0])


def _first_false(answer: Answer, finding: Finding) -> str:
    seen = answer.seen_of(finding.rule)
    for explained in explain(seen.case, (finding,)) if seen is not None else ():
        if explained.binding.empty:
            return "the list that it goes through is empty, or assumed to be"
        false = [leaf for leaf in explained.leaves if leaf.value is False and not isinstance(leaf.value, Unknown)]
        if false:
            return _leaf(false[0].text, false[0].readings, holds=False)
    return ""


def _leaf(text: str, readings: Iterable[Any], *, holds: bool) -> str:
    read = list(dict.fromkeys(f"{r.path} is {r.value or 'not stated'}" for r in readings if r.path))
    values = f"{_list(read)}; " if read else ""
    return f"{values}`{text}` {'holds' if holds else 'does not hold'}"


def _list(texts: Iterable[str]) -> str:
    listed = list(texts)
    more = f" and {len(listed) - _MOST} more" if len(listed) > _MOST else ""
    return ", ".join(listed[:_MOST]) + more
