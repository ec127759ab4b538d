"""The trace: each rule that fired, is undetermined or was considered, with its conditions and the values they read.

Undetermined and considered rows of one table with the same missing facts, or the same first failing condition, are one step with a
count and the first ten ids. At most 2,000 steps; beyond, a count per verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from licet.decision.sources import Sources
from licet.engine.protocol import Finding, Verdict
from licet.engine.reference import Explained, ExplainedLeaf
from licet.language.values import ReadingSource, Unknown
from licet.policy import model as m
from licet.v1 import trace_pb2

MAX_STEPS = 2_000
MAX_IDS = 10
_VERDICTS = {
    Verdict.FIRED: trace_pb2.VERDICT_FIRED,
    Verdict.UNDETERMINED: trace_pb2.VERDICT_UNDETERMINED,
    Verdict.CONSIDERED: trace_pb2.VERDICT_CONSIDERED,
    Verdict.NOT_FIRED: trace_pb2.VERDICT_NOT_FIRED,
}
_READING_SOURCES = {
    ReadingSource.STATED: trace_pb2.READING_SOURCE_STATED,
    ReadingSource.ASSUMED: trace_pb2.READING_SOURCE_ASSUMED,
    ReadingSource.NOT_CLAIMED: trace_pb2.READING_SOURCE_NOT_CLAIMED,
    ReadingSource.TABLE: trace_pb2.READING_SOURCE_TABLE,
    ReadingSource.DERIVED: trace_pb2.READING_SOURCE_DERIVED,
    ReadingSource.UNSET: trace_pb2.READING_SOURCE_UNSET,
}
_ORDER = {Verdict.FIRED: 0, Verdict.UNDETERMINED: 1, Verdict.CONSIDERED: 2, Verdict.NOT_FIRED: 3}


def build_trace(explained: Iterable[Explained], sources: Sources) -> trace_pb2.Trace:
    """The trace of these findings."""
    groups = _grouped(explained)
    trace = trace_pb2.Trace()
    omitted: Counter[tuple[str, Verdict]] = Counter()
    for number, group in enumerate(groups):
        if number < MAX_STEPS:
            trace.steps.append(_step(group, sources))
        else:
            omitted[group[0].rule.jurisdiction, group[0].finding.verdict] += len(group)
    trace.omitted = sum(omitted.values())
    for (jurisdiction, verdict), count in sorted(omitted.items()):
        trace.omitted_counts.add(jurisdiction=jurisdiction, verdict=_VERDICTS[verdict], count=count)
    return trace


def _grouped(explained: Iterable[Explained]) -> list[list[Explained]]:
    groups: dict[object, list[Explained]] = {}
    for each in explained:
        groups.setdefault(_group_key(each), []).append(each)
    found = [sorted(group, key=lambda e: e.finding) for group in groups.values()]
    return sorted(found, key=lambda g: (g[0].rule.jurisdiction, _ORDER[g[0].finding.verdict], g[0].finding))


def _group_key(each: Explained) -> object:
    if not each.rule.loops or each.finding.verdict is Verdict.FIRED:
        return each.finding
    undetermined = each.finding.verdict is Verdict.UNDETERMINED
    why: object = each.missing if undetermined else each.failing
    return each.rule.id, each.finding.item, each.finding.verdict, why, each.binding.dormant


def _step(group: list[Explained], sources: Sources) -> Any:
    first = group[0]
    step = trace_pb2.TraceStep(
        jurisdiction=first.rule.jurisdiction,
        rule=first.finding.name if len(group) == 1 else first.rule.id,
        item=first.finding.item,
        verdict=_VERDICTS[first.finding.verdict],
        title=first.rule.title,
        source=sources.of(first),
        effect=f"EFFECT_KIND_{m.EFFECT_NAMES[type(first.effect)].upper()}",
        missing=sorted({_missing_text(missing) for missing in first.missing}),
        count=len(group),
        rules=[e.finding.name for e in group[:MAX_IDS]],
        note=first.binding.dormant,
    )
    step.leaves.extend(_leaf(leaf) for leaf in first.leaves)
    return step


def _missing_text(missing: Any) -> str:
    return (
        f"{missing.path} ({missing.why}{': ' + missing.detail if missing.detail else ''})"
        if missing.path
        else f"{missing.why}: {missing.detail}"
    )


def _leaf(leaf: ExplainedLeaf) -> Any:
    truth = (
        trace_pb2.TRUTH_UNKNOWN
        if isinstance(leaf.value, Unknown)
        else trace_pb2.TRUTH_TRUE
        if leaf.value
        else trace_pb2.TRUTH_FALSE
    )
    message = trace_pb2.TraceLeaf(text=leaf.text, truth=truth, location=f"{leaf.at.file}:{leaf.at.line}", in_about=leaf.in_about)
    for reading in leaf.readings:
        message.readings.add(path=reading.path, value=reading.value, source=_READING_SOURCES[reading.source])
    return message


def not_shown(every: Iterable[Finding], shown: Iterable[Explained]) -> Iterator[Finding]:
    """Findings that the trace does not show yet: what a full trace adds."""
    known = {(e.finding.rule, e.finding.bound, e.finding.item) for e in shown}
    return (f for f in every if (f.rule, f.bound, f.item) not in known)


__all__ = ["MAX_STEPS", "build_trace", "not_shown"]
