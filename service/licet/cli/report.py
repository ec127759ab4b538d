"""The short report: one decision on a page, the disposition first, then why, then what is left to answer or to do.

Colors only help; nothing is said by color alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from licet.cli import words
from licet.cli.determinations import FREE, determination_lines, duties, is_quiet, law, outcome_of, referral_line
from licet.cli.layout import dim, hanging, marked, row
from licet.v1 import decision_pb2, outcome_pb2, source_pb2, trace_pb2, transaction_pb2

MAX_WIDTH = 110
MAX_REASONS = 6
MAX_CONSIDERED = 5
MAX_QUESTIONS = 5
_CONTROLS = frozenset((source_pb2.EFFECT_KIND_REQUIRE, source_pb2.EFFECT_KIND_PROHIBIT))


def console(*, stderr: bool = False) -> Console:
    """A console that is never wider than a page; plain where it does not write to a terminal."""
    made = Console(stderr=stderr, highlight=False)
    made.width = min(made.width, MAX_WIDTH)
    return made


def show(to: Console, renderable: RenderableType) -> None:
    """Prints; where nobody watches, without the blanks that fill lines up on a terminal."""
    if to.is_terminal:
        to.print(renderable)
        return
    with to.capture() as capture:
        to.print(renderable)
    to.file.write("\n".join(line.rstrip() for line in capture.get().split("\n")))


def report(
    decision: decision_pb2.Decision, transaction: transaction_pb2.Transaction | None = None, title: str = ""
) -> RenderableType:
    """The report of a decision; the transaction, where it is at hand, gives names to line items."""
    return Group(*_Report(decision, transaction).parts(title))


@dataclass(frozen=True, slots=True)
class _Report:
    decision: decision_pb2.Decision
    transaction: transaction_pb2.Transaction | None

    @property
    def result(self) -> decision_pb2.Result:
        return self.decision.result

    def parts(self, title: str) -> Iterator[RenderableType]:
        if title:
            yield Rule(style="dim")
            yield Padding(Text(title, "bold"), (0, 0, 0, 1))
        yield Padding(self._head(), (0, 0, 0, 1))
        yield from self._reasons()
        for jurisdiction in self._concerned():
            yield Text()
            yield from self._jurisdiction(jurisdiction)
        yield from self._others()
        yield from self._flags()
        yield from self._questions()
        yield from self._assumptions()
        yield from self._coverage()

    # ---- head ----

    def _head(self) -> RenderableType:
        name, color = words.DISPOSITIONS.get(self.result.disposition, ("HOLD", "yellow"))
        line = Text.assemble((f" {name} ", f"bold reverse {color}"), f"  {words.outcome(self.result.outcome)}")
        on = words.date(self.decision.as_of)
        line.append(f", by the law of {on}" if on else "", "dim")
        lines: list[RenderableType] = [line]
        if len(self._lines()) == 1:
            lines.append(Text(words.item_name(self.transaction, self._lines()[0]), "italic"))
        return Group(*lines, Text(self.result.summary))

    def _lines(self) -> list[str]:
        """The line items."""
        return list(dict.fromkeys(d.item for d in self.result.determinations))

    def _reasons(self) -> Iterator[RenderableType]:
        texts = list(dict.fromkeys(reason.text for reason in self.result.reasons))
        for text in texts[:MAX_REASONS]:
            yield hanging("–", text, 1)
        if len(texts) > MAX_REASONS:
            yield hanging("–", f"and {len(texts) - MAX_REASONS} more reasons", 1)

    # ---- jurisdictions ----

    def _concerned(self) -> list[Any]:
        """Jurisdictions that have something to say, the gravest first."""
        concerned = [j for j in self.result.jurisdictions if j.outcome > outcome_pb2.OUTCOME_NOT_SUBJECT]
        return sorted(concerned, key=lambda j: -j.outcome)

    def _others(self) -> Iterator[RenderableType]:
        others = [j.name for j in self.result.jurisdictions if j.outcome <= outcome_pb2.OUTCOME_NOT_SUBJECT]
        if others:
            yield Text()
            yield dim(f" Not concerned: {', '.join(others)}")

    def _jurisdiction(self, jurisdiction: Any) -> Iterator[RenderableType]:
        text, color = words.OUTCOMES.get(jurisdiction.outcome, words.UNKNOWN)
        yield Text.assemble((f" {jurisdiction.name}", "bold"), ": ", (text, color))
        if jurisdiction.outcome not in FREE:
            yield dim(f"   Authority: {jurisdiction.competent_authority}")
        mine = [d for d in self.result.determinations if d.jurisdiction == jurisdiction.jurisdiction]
        for item in dict.fromkeys(d.item for d in mine):
            yield from self._item(item, [d for d in mine if d.item == item])
        yield from duties(mine)
        if jurisdiction.outcome in FREE:
            yield from self._considered(jurisdiction.jurisdiction)
        if jurisdiction.risk.score:
            factors = ", ".join(f"{f.factor} (+{f.points})" for f in jurisdiction.risk.factors)
            yield row("risk", [Text(f"{jurisdiction.risk.tier}, {jurisdiction.risk.score} points: {factors}", "dim")])

    def _item(self, item: str, determinations: list[Any]) -> Iterator[RenderableType]:
        reached = [d for d in determinations if d.outcome > outcome_pb2.OUTCOME_NOT_SUBJECT]
        if not reached:
            return
        if len(self._lines()) > 1:
            yield Padding(Text(words.item_name(self.transaction, item), "italic"), (0, 0, 0, 3))
        quiet = [d for d in reached if is_quiet(d)]
        for determination in reached:
            if determination not in quiet:
                yield from determination_lines(determination)
                yield from self._referrals(determination)
        by_outcome: dict[int, list[str]] = {}
        for determination in quiet:
            by_outcome.setdefault(determination.outcome, []).append(law(determination))
        for outcome, laws in by_outcome.items():
            yield Padding(Text.assemble(*outcome_of(", ".join(laws), outcome)), (0, 0, 0, 3))

    def _referrals(self, determination: Any) -> Iterator[RenderableType]:
        """Laws that are not modeled: those that govern, then those that may once the missing facts are known."""
        fired = {
            rule for step in self.result.trace.steps if step.verdict == trace_pb2.VERDICT_FIRED for rule in (step.rule, *step.rules)
        }
        certain = [each for each in determination.referrals if each.rule in fired]
        if certain:
            yield row("other law", map(referral_line, certain))
        possible = sorted({each.to for each in determination.referrals} - {each.to for each in certain})
        if possible:
            yield row("perhaps", [dim(f"another law governs, not modeled here: {', '.join(possible)}")])

    def _considered(self, jurisdiction: str) -> Iterator[RenderableType]:
        """Rules that speak of the case and do not fire: the reasons for a free answer."""
        steps = [
            step
            for step in self.result.trace.steps
            if step.jurisdiction == jurisdiction and step.verdict == trace_pb2.VERDICT_CONSIDERED and step.effect in _CONTROLS
        ]
        steps.sort(key=_weight, reverse=True)
        lines: list[RenderableType] = [_why_not(step) for step in steps[:MAX_CONSIDERED]]
        if len(steps) > MAX_CONSIDERED:
            lines.append(dim(f"and {len(steps) - MAX_CONSIDERED} more; `licet explain` shows all"))
        if lines:
            yield row("looked at", lines)

    # ---- what is left ----

    def _flags(self) -> Iterator[RenderableType]:
        if self.result.red_flags:
            yield Text()
            yield Text(" Red flags", "bold")
        for flag in self.result.red_flags:
            state = (f"cleared by {flag.cleared_by or 'the exporter'}", "green") if flag.cleared else ("not cleared", "yellow")
            yield hanging("⚑", Text.assemble(f"{flag.text.rstrip('.')} – ", state, (f"  {flag.id}", "cyan")), 1)

    def _questions(self) -> Iterator[RenderableType]:
        """Those that settle the answer alone come first; where there are such, the others can wait."""
        closing = [q for q in self.result.questions if q.closes_alone]
        shown = (closing or list(self.result.questions))[:MAX_QUESTIONS]
        if not shown:
            return
        yield Text()
        yield Text(" To be answered", "bold")
        for number, question in enumerate(shown, 1):
            yield hanging(f"{number}.", _question(question), 1)
        left = len(self.result.questions) - len(shown)
        if left:
            later = "that may then fall away" if closing else "besides"
            yield dim(f"    and {left} more {later}; `--json` has all")

    def _assumptions(self) -> Iterator[RenderableType]:
        statements = list(dict.fromkeys(a.statement for a in self.result.assumptions if a.statement))
        if statements:
            yield Text()
            yield Text.assemble((" Assumed", "bold"), (" – whoever ships declares that this is true", "dim"))
        for statement in statements:
            yield hanging("•", statement, 1)

    def _coverage(self) -> Iterator[RenderableType]:
        yield Text()
        for coverage in self.result.coverage:
            if coverage.not_covered_place:
                yield Text(f" {coverage.name}: {coverage.note}", "yellow")
        concerned = {j.jurisdiction for j in self._concerned()}
        mine = [c for c in self.result.coverage if c.jurisdiction in concerned and not c.not_covered_place]
        read = ", ".join(f"{c.jurisdiction} {c.version} (sources read {words.date(c.checked)})" for c in mine)
        gaps, recalled = sum(len(c.not_covered) for c in mine), sum(len(c.recalled) for c in mine)
        if mine:
            yield dim(
                f" Policies: {read}. They name {gaps} limits of what they cover, and {recalled} points from memory: `--json`."
            )


# ---- considered, questions ----------------------------------------------------------------------------------------------


def _weight(step: Any) -> tuple[bool, int]:
    """What explains most comes first: tests that failed on a stated fact, then those that failed on an assumption."""
    leaf = _failing(step)
    stated = leaf is not None and any(r.source == trace_pb2.READING_SOURCE_STATED for r in leaf.readings)
    return stated, step.count


def _failing(step: Any) -> Any:
    """The first test that failed."""
    failed = [leaf for leaf in step.leaves if leaf.truth == trace_pb2.TRUTH_FALSE]
    return next((leaf for leaf in failed if not leaf.in_about), failed[0] if failed else None)


def _why_not(step: Any) -> RenderableType:
    leaf = _failing(step)
    reason = f" – {step.note}" if step.note else f" – no, since {_because(leaf)}" if leaf is not None else ""
    return marked("✗", "dim", f"{step.title}{_rows(step)}", f" – {words.citation(step.source)}{reason}")


def _rows(step: Any) -> str:
    """Which rows of a table a step stands for."""
    keys = [rule.partition("[")[2].removesuffix("]") for rule in step.rules if "[" in rule]
    more = f" and {step.count - 2} more" if step.count > 2 else ""
    return f" [{', '.join(keys[:2])}{more}]" if keys else ""


def _because(leaf: Any) -> str:
    read = list(dict.fromkeys(f"{r.path} is {r.value or 'not stated'}" for r in leaf.readings if r.value))
    return " and ".join(read[:2]) if read else f"not {leaf.text}"


def _question(question: Any) -> Text:
    text = Text.assemble(question.text)
    if question.detail:
        text.append(f" {question.detail}.", "dim")
    text.append(f"  {question.path}", "cyan")
    if question.closes_alone:
        text.append(" – settles the answer alone", "dim")
    return text


__all__ = ["MAX_WIDTH", "console", "report", "show"]
