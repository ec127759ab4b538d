"""The second opinion as a person reads it, beside the report, and as JSON. A contradiction comes before everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

import licet
from licet.cli.layout import dim, hanging, marked
from licet.engine.rete import Contradiction, ReteEngine, SecondOpinion
from licet.replay.second_opinion import UNDER, Opinion, Second, contradictions

MAX_RULES = 5
MAX_CONTRADICTIONS = 10


def beside(main: RenderableType, second: Second | None) -> RenderableType:
    """A report with the second opinion after it; what is contradicted stands before it."""
    if second is None:
        return main
    return Group(*_incident(second), main, Text(), *_section(second))


# ---- contradictions -----------------------------------------------------------------------------------------------------


def _incident(second: Second) -> Iterator[RenderableType]:
    if second.agrees:
        return
    yield Text.assemble((" INCIDENT ", "bold reverse red"), "  The second engine contradicts findings behind this answer.")
    yield Text(" Do not ship on it, whatever it says below. Keep this output and the shipment, and report them.")
    told = list(contradictions(second))
    for text in told[:MAX_CONTRADICTIONS]:
        yield hanging("≠", text, 1)
    if len(told) > MAX_CONTRADICTIONS:
        yield hanging("≠", f"and {len(told) - MAX_CONTRADICTIONS} more; `--json` has all", 1)
    yield Text()


# ---- the section --------------------------------------------------------------------------------------------------------


def _section(second: Second) -> Iterator[RenderableType]:
    yield Text.assemble((" Second opinion", "bold"), (" – by durable-rules; it never changes the answer", "dim"))
    answer = [each for each in second.opinions if each.of_the_answer]
    for each in answer:
        yield marked(*_mark(each), f"{each.name}: ", _said([each]))
    if share := _share([each.said for each in answer]):
        yield Padding(dim(share), (0, 0, 0, 3))
    others = [each for each in second.opinions if not each.of_the_answer]
    if others:
        worlds = " and ".join(UNDER[under] for under in dict.fromkeys(each.under for each in others))
        yield Padding(dim(f"Asked {worlds} as well: {_said(others)}."), (0, 0, 0, 3))
    for text in _unavailable(second.opinions):
        yield hanging("?", text, 1)


def _mark(opinion: Opinion) -> tuple[str, str]:
    if opinion.said.contradicted:
        return " ≠", "red"
    return (" ?", "yellow") if opinion.said.not_available else (" ✓", "green")


def _said(opinions: Sequence[Opinion]) -> str:
    """What is said of findings, added up."""
    findings, confirmed = sum(each.findings for each in opinions), sum(each.said.confirmed for each in opinions)
    taken, contradicted = sum(each.said.taken for each in opinions), sum(len(each.said.contradicted) for each in opinions)
    parts = [f"{confirmed} of {findings} findings confirmed" if findings else "nothing found"]
    parts += [f"{taken} agree only because they were taken from the walk"] if taken else []
    parts += [f"{contradicted} contradicted"] if contradicted else []
    return ", ".join(parts)


def _share(said: Sequence[SecondOpinion]) -> str:
    """How much of the rules' conditions the second engine decides itself."""
    decided, partly = sum(each.decided_leaves for each in said), sum(each.partly_taken_leaves for each in said)
    total = decided + sum(each.taken_leaves for each in said)
    if not total:
        return ""
    share = f"{decided} itself and {partly} in part; the rest it took from the walk"
    return f"Of the {total} conditions of these rules it decided {share}."


def _unavailable(opinions: Sequence[Opinion]) -> Iterator[str]:
    """A line for each reason and set of rules of which there is no opinion, with the packages; with worlds, if not in all."""
    asked = Counter(each.name for each in opinions)
    worlds: dict[tuple[str, str, tuple[str, ...]], dict[str, list[str]]] = {}
    for each in opinions:
        for (reason, detail), rules in each.refusals.items():
            worlds.setdefault((reason, detail, rules), {}).setdefault(each.name, []).append(UNDER[each.under])
    for (reason, detail, rules), where in worlds.items():
        why = f"{reason} ({detail})" if detail else reason
        names = (name if len(under) == asked[name] else f"{name} {' and '.join(under)}" for name, under in where.items())
        yield f"not available for {_rules(rules)}: {why} – {', '.join(names)}"


def _rules(rules: Sequence[str]) -> str:
    if "" in rules:
        return "the whole package"
    more = f" and {len(rules) - MAX_RULES} more" if len(rules) > MAX_RULES else ""
    return f"{len(rules)} rule{'s' if len(rules) > 1 else ''} ({', '.join(rules[:MAX_RULES])}{more})"


# ---- JSON ---------------------------------------------------------------------------------------------------------------


def plain(second: Second) -> dict[str, Any]:
    """The second opinion for machines."""
    return {
        "engine": f"{ReteEngine.name} {licet.__version__}",
        "library": f"durable-rules {version('durable-rules')}",
        "agrees": second.agrees,
        "complete": second.complete,
        "opinions": [_opinion(each) for each in second.opinions],
    }


def _opinion(opinion: Opinion) -> dict[str, Any]:
    said = opinion.said
    return {
        "jurisdiction": opinion.jurisdiction,
        "under": opinion.under.value,
        "of_the_answer": opinion.of_the_answer,
        "findings": opinion.findings,
        "confirmed": said.confirmed,
        "taken": said.taken,
        "contradicted": [_contradiction(each) for each in said.contradicted],
        "not_available": [
            {"reason": reason, "detail": detail, "count": len(rules), "rules": [rule for rule in rules if rule]}
            for (reason, detail), rules in opinion.refusals.items()
        ],
        "conditions": {"decided": said.decided_leaves, "taken": said.taken_leaves, "partly_taken": said.partly_taken_leaves},
    }


def _contradiction(each: Contradiction) -> dict[str, str]:
    return {
        "finding": each.finding,
        "item": each.item,
        "ours": f"VERDICT_{each.ours.name}",
        "theirs": f"VERDICT_{each.theirs.name}",
    }
