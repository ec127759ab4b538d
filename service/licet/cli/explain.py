"""The reasons as a tree: each rule with how it ended, its conditions, and the values they read with where they come from."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from licet.cli import words
from licet.v1 import decision_pb2, source_pb2, trace_pb2, transaction_pb2

LEGEND = "✓ fired or true   ✗ looked at, and not met   ? facts are missing   · does not speak of this case"
_MAX_READINGS = 8
_MAX_ROWS = 10


def explanation(
    decision: decision_pb2.Decision, transaction: transaction_pb2.Transaction | None = None, title: str = ""
) -> RenderableType:
    """The tree of a decision's trace, by jurisdiction."""
    result = decision.result
    name, color = words.DISPOSITIONS.get(result.disposition, ("HOLD", "yellow"))
    head = Text.assemble((name, f"bold {color}"), f", {words.outcome(result.outcome)}")
    root = Tree(Text(f"{title}: ", "bold") + head if title else head, guide_style="dim")
    for jurisdiction in result.jurisdictions:
        steps = [step for step in result.trace.steps if step.jurisdiction == jurisdiction.jurisdiction]
        _jurisdiction(
            root,
            jurisdiction,
            steps,
            [d for d in result.determinations if d.jurisdiction == jurisdiction.jurisdiction],
            transaction,
        )
    parts: list[RenderableType] = [root, Text(LEGEND, "dim")]
    if result.trace.omitted:
        parts.append(Text(f"{result.trace.omitted} more rules were judged and are not shown.", "dim"))
    return Group(*parts)


def _jurisdiction(root: Tree, jurisdiction: Any, steps: list[Any], determinations: list[Any], transaction: Any) -> None:
    text, color = words.OUTCOMES.get(jurisdiction.outcome, ("?", "yellow"))
    branch = root.add(Text.assemble((jurisdiction.name, "bold"), ": ", (text, color), (_counts(steps), "dim")))
    for step in steps:
        _step(branch, step)
    for determination in determinations:
        if determination.steps and determination.nexus:
            line = words.item_name(transaction, determination.item)
            how = branch.add(
                Text.assemble("⇒ ", f"{determination.instrument_title}, {line}: ", words.outcome(determination.outcome))
            )
            for step in determination.steps:
                how.add(Text(step, "dim"))


def _counts(steps: list[Any]) -> str:
    counted = Counter[int]()
    for step in steps:
        counted[step.verdict] += step.count or 1
    shown = [f"{words.VERDICTS[verdict][0]} {count}" for verdict, count in sorted(counted.items()) if verdict in words.VERDICTS]
    return f"   {'  '.join(shown)}" if shown else ""


def _step(branch: Tree, step: Any) -> None:
    mark, color = words.VERDICTS.get(step.verdict, ("?", "yellow"))
    count = f" × {step.count}" if step.count > 1 else ""
    effect = words.short(source_pb2.EffectKind, step.effect).lower() if step.effect else ""
    head = Text.assemble(
        (f"{mark} ", color), (f"{step.rule}{count}" if step.rule else "", "bold"), " " if step.rule else "", step.title
    )
    if step.item:
        head.append(f" · line {step.item}", "italic")
    facts = [
        part for part in (effect, words.regimes(step.source), words.citation(step.source), step.source.location, step.note) if part
    ]
    head.append(f"\n{' · '.join(facts)}", "dim")
    node = branch.add(head)
    if step.count > 1:
        node.add(Text(_rows(step), "dim"))
    for leaf in step.leaves:
        _leaf(node, leaf)
    if step.missing:
        node.add(Text(f"missing: {', '.join(step.missing)}", "yellow"))


def _rows(step: Any) -> str:
    shown = list(step.rules[:_MAX_ROWS])
    more = f" and {step.count - len(shown)} more" if step.count > len(shown) else ""
    return f"{', '.join(shown)}{more}"


def _leaf(node: Tree, leaf: Any) -> None:
    mark, color = words.TRUTHS.get(leaf.truth, ("?", "yellow"))
    text = Text.assemble(
        (f"{mark} ", color), leaf.text, ("  about" if leaf.in_about else "", "italic dim"), (f"  {leaf.location}", "dim")
    )
    branch = node.add(text)
    for reading in list(leaf.readings)[:_MAX_READINGS]:
        branch.add(_reading(reading))
    if len(leaf.readings) > _MAX_READINGS:
        branch.add(Text(f"and {len(leaf.readings) - _MAX_READINGS} more values", "dim"))


def _reading(reading: Any) -> Text:
    source = words.SOURCES.get(reading.source, "")
    unset = reading.source == trace_pb2.READING_SOURCE_UNSET
    value = "" if unset else f" = {reading.value or 'nothing'}"
    return Text.assemble((reading.path, "cyan"), value, (f"  {source}", "yellow" if unset else "dim"))
