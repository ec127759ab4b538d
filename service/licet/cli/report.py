"""The short report: one decision on a page, the disposition first, then why, then what is left to answer or to do.

Colors only help; nothing is said by color alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from licet.cli import words
from licet.v1 import decision_pb2, outcome_pb2, source_pb2, trace_pb2, transaction_pb2

MAX_WIDTH = 110
MAX_REASONS = 6
MAX_CONSIDERED = 5
MAX_QUESTIONS = 5
_LABEL_WIDTH = 13
_FREE = frozenset((outcome_pb2.OUTCOME_NO_LICENSE_REQUIRED, outcome_pb2.OUTCOME_AUTHORIZED))
_CONTROLS = frozenset((source_pb2.EFFECT_KIND_REQUIRE, source_pb2.EFFECT_KIND_PROHIBIT))
_NEAR_MISSES: Mapping[int, str] = {
    decision_pb2.AUTHORIZATION_STATE_AVAILABLE_IF: "available if",
    decision_pb2.AUTHORIZATION_STATE_CLOSED_BY_NEED: "closed",
    decision_pb2.AUTHORIZATION_STATE_BARRED: "barred",
    decision_pb2.AUTHORIZATION_STATE_NOT_COVERING: "not enough",
}
_USABLE = frozenset((decision_pb2.AUTHORIZATION_STATE_OPEN, decision_pb2.AUTHORIZATION_STATE_POSSIBLE))


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
            yield _hanging("–", text, 1)
        if len(texts) > MAX_REASONS:
            yield _hanging("–", f"and {len(texts) - MAX_REASONS} more reasons", 1)

    # ---- jurisdictions ----

    def _concerned(self) -> list[Any]:
        """Jurisdictions that have something to say, the gravest first."""
        concerned = [j for j in self.result.jurisdictions if j.outcome > outcome_pb2.OUTCOME_NOT_SUBJECT]
        return sorted(concerned, key=lambda j: -j.outcome)

    def _others(self) -> Iterator[RenderableType]:
        others = [j.name for j in self.result.jurisdictions if j.outcome <= outcome_pb2.OUTCOME_NOT_SUBJECT]
        if others:
            yield Text()
            yield _dim(f" Not concerned: {', '.join(others)}")

    def _jurisdiction(self, jurisdiction: Any) -> Iterator[RenderableType]:
        text, color = words.OUTCOMES[jurisdiction.outcome]
        yield Text.assemble((f" {jurisdiction.name}", "bold"), ": ", (text, color))
        if jurisdiction.outcome not in _FREE:
            yield _dim(f"   Authority: {jurisdiction.competent_authority}")
        mine = [d for d in self.result.determinations if d.jurisdiction == jurisdiction.jurisdiction]
        for item in dict.fromkeys(d.item for d in mine):
            yield from self._item(item, [d for d in mine if d.item == item])
        yield from _duties(mine)
        if jurisdiction.outcome in _FREE:
            yield from self._considered(jurisdiction.jurisdiction)
        if jurisdiction.risk.score:
            factors = ", ".join(f"{f.factor} (+{f.points})" for f in jurisdiction.risk.factors)
            yield _row("risk", [Text(f"{jurisdiction.risk.tier}, {jurisdiction.risk.score} points: {factors}", "dim")])

    def _item(self, item: str, determinations: list[Any]) -> Iterator[RenderableType]:
        reached = [d for d in determinations if d.outcome > outcome_pb2.OUTCOME_NOT_SUBJECT]
        if not reached:
            return
        if len(self._lines()) > 1:
            yield Padding(Text(words.item_name(self.transaction, item), "italic"), (0, 0, 0, 3))
        quiet = [d for d in reached if _is_quiet(d)]
        for determination in reached:
            if determination not in quiet:
                yield from _determination(determination)
                yield from self._referrals(determination)
        by_outcome: dict[int, list[str]] = {}
        for determination in quiet:
            by_outcome.setdefault(determination.outcome, []).append(_law(determination))
        for outcome, laws in by_outcome.items():
            yield Padding(Text.assemble(*_outcome_of(", ".join(laws), outcome)), (0, 0, 0, 3))

    def _referrals(self, determination: Any) -> Iterator[RenderableType]:
        """Laws that are not modeled: those that govern, then those that may once the missing facts are known."""
        fired = {
            rule for step in self.result.trace.steps if step.verdict == trace_pb2.VERDICT_FIRED for rule in (step.rule, *step.rules)
        }
        certain = [each for each in determination.referrals if each.rule in fired]
        if certain:
            yield _row("other law", map(_referral, certain))
        possible = sorted({each.to for each in determination.referrals} - {each.to for each in certain})
        if possible:
            yield _row("perhaps", [_dim(f"another law governs, not modeled here: {', '.join(possible)}")])

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
            lines.append(_dim(f"and {len(steps) - MAX_CONSIDERED} more; `licet explain` shows all"))
        if lines:
            yield _row("looked at", lines)

    # ---- what is left ----

    def _flags(self) -> Iterator[RenderableType]:
        if self.result.red_flags:
            yield Text()
            yield Text(" Red flags", "bold")
        for flag in self.result.red_flags:
            state = (f"cleared by {flag.cleared_by or 'the exporter'}", "green") if flag.cleared else ("not cleared", "yellow")
            yield _hanging("⚑", Text.assemble(f"{flag.text.rstrip('.')} – ", state, (f"  {flag.id}", "cyan")), 1)

    def _questions(self) -> Iterator[RenderableType]:
        """Those that settle the answer alone come first; where there are such, the others can wait."""
        closing = [q for q in self.result.questions if q.closes_alone]
        shown = (closing or list(self.result.questions))[:MAX_QUESTIONS]
        if not shown:
            return
        yield Text()
        yield Text(" To be answered", "bold")
        for number, question in enumerate(shown, 1):
            yield _hanging(f"{number}.", _question(question), 1)
        left = len(self.result.questions) - len(shown)
        if left:
            later = "that may then fall away" if closing else "besides"
            yield _dim(f"    and {left} more {later}; `--json` has all")

    def _assumptions(self) -> Iterator[RenderableType]:
        statements = list(dict.fromkeys(a.statement for a in self.result.assumptions if a.statement))
        if statements:
            yield Text()
            yield Text.assemble((" Assumed", "bold"), (" – whoever ships declares that this is true", "dim"))
        for statement in statements:
            yield _hanging("•", statement, 1)

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
            yield _dim(
                f" Policies: {read}. They name {gaps} limits of what they cover, and {recalled} points from memory: `--json`."
            )


# ---- one determination --------------------------------------------------------------------------------------------------


def _is_quiet(determination: Any) -> bool:
    """Whether there is nothing to say of it but its outcome."""
    said = (determination.requirements, determination.prohibitions, determination.exemptions, determination.referrals)
    more = (determination.authorizations, determination.licenses)
    return determination.outcome in _FREE and not any((*said, *more))


def _law(determination: Any) -> str:
    sure = sorted({nexus.limb for nexus in determination.nexus if nexus.verdict == trace_pb2.VERDICT_FIRED})
    perhaps = sorted({nexus.limb for nexus in determination.nexus} - set(sure))
    by = f"by {', '.join(sure)}" if sure else f"perhaps by {', '.join(perhaps)}" if perhaps else ""
    return f"{determination.instrument_title} ({by})" if by else str(determination.instrument_title)


def _outcome_of(law: str, outcome: int) -> tuple[Any, ...]:
    text, color = words.OUTCOMES[outcome]
    return law, ": ", (text, color)


def _determination(determination: Any) -> Iterator[RenderableType]:
    heading = Text.assemble(*_outcome_of(_law(determination), determination.outcome))
    if determination.outcome == outcome_pb2.OUTCOME_LICENSE_REQUIRED and determination.ceiling > determination.outcome:
        heading.append(f", and possibly {words.outcome(determination.ceiling)}", "red")
    yield Padding(heading, (0, 0, 0, 3))
    yield from _certain(determination)
    yield from _possible(determination)
    for exemption in determination.exemptions:
        yield _row("exempt", [_basis(", ".join(exemption.bases), exemption.title, exemption.source)])
    for held in determination.licenses:
        yield _row("license", [_held(held)])
    yield from _authorizations(determination)


def _certain(determination: Any) -> Iterator[RenderableType]:
    for prohibition in determination.prohibitions:
        if prohibition.certain:
            lift = (
                "an authority may derogate" if prohibition.derogation == decision_pb2.DEROGATION_AUTHORITY else "nobody can lift it"
            )
            yield _row("forbidden", [_basis(prohibition.basis, prohibition.title, prohibition.source, lift)])
    for requirement in determination.requirements:
        if requirement.certain:
            notify = requirement.kind == decision_pb2.REQUIREMENT_KIND_NOTIFICATION
            line = _basis(requirement.basis, requirement.title, requirement.source, words.REVIEWS.get(requirement.review, ""))
            yield _row("must notify" if notify else "controlled", [line])


def _possible(determination: Any) -> Iterator[RenderableType]:
    possible = [*determination.prohibitions, *determination.requirements]
    bases = sorted(
        {f"{each.basis} ({each.title})" for each in possible if not each.certain and each.basis and not each.basis.startswith("?")}
    )
    others = sum(1 for each in possible if not each.certain) and not bases
    if bases:
        shown = bases[:MAX_CONSIDERED] + ([f"and {len(bases) - MAX_CONSIDERED} more"] if len(bases) > MAX_CONSIDERED else [])
        yield _row("possible", [_dim(f"facts are missing for {', '.join(shown)}")])
    elif others:
        yield _row("possible", [_dim("facts are missing to say which control applies")])


def _basis(basis: str, title: str, source: Any, last: str = "") -> Text:
    line = Text.assemble((basis, "bold"), f" – {title}" if title and title != basis else "")
    more = [part for part in (words.regimes(source), words.citation(source), last) if part]
    line.append(" – " + " – ".join(more) if more else "", "dim")
    return line


def _referral(referral: Any) -> Text:
    said = "a determination under it is stated" if referral.settled else "ask, and state the answer under determinations_elsewhere"
    return Text.assemble(
        (referral.to, "bold"), f" governs, and is not modeled: {said}", (f" – {words.citation(referral.source)}", "dim")
    )


def _held(held: Any) -> Text:
    if held.state == decision_pb2.AUTHORIZATION_STATE_OPEN:
        return Text(f"{held.number} covers this", "green")
    may = "may cover this" if held.state == decision_pb2.AUTHORIZATION_STATE_POSSIBLE else "does not cover this"
    return Text(f"{held.number} {may}: {', '.join(held.why_not)}")


def _authorizations(determination: Any) -> Iterator[RenderableType]:
    for each in determination.authorizations:
        if each.state in _USABLE:
            label = "covered by" if each.state == decision_pb2.AUTHORIZATION_STATE_OPEN else "may be under"
            yield _row(label, [_authorization(each), *map(_need, each.needs)])
    if determination.outcome == outcome_pb2.OUTCOME_UNDETERMINED:
        return
    for state, label in _NEAR_MISSES.items():
        lines = dict.fromkeys(_near_miss(each) for each in determination.authorizations if each.state == state)
        if lines:
            yield _row(label, [_dim("; ".join(lines))])


def _authorization(authorization: Any) -> Text:
    line = Text.assemble(
        (authorization.id, "bold"), f" – {authorization.title}", (f" – {words.citation(authorization.source)}", "dim")
    )
    if authorization.missing:
        line.append(f" – depends on {', '.join(authorization.missing)}", "yellow")
    return line


def _near_miss(authorization: Any) -> str:
    name = f"{authorization.id} ({authorization.title})"
    match authorization.state:
        case decision_pb2.AUTHORIZATION_STATE_AVAILABLE_IF:
            return f"{name}, if you can claim {', '.join(authorization.missing)}"
        case decision_pb2.AUTHORIZATION_STATE_CLOSED_BY_NEED:
            refused = [need.text for need in authorization.needs if need.state == decision_pb2.NEED_STATE_REFUSED]
            return f"{name}, since this is not there: {', '.join(refused)}"
        case decision_pb2.AUTHORIZATION_STATE_BARRED:
            return f"{name}, by {', '.join(authorization.barred_by)}"
        case _:
            return f"{name} covers only {', '.join(authorization.covers)}"


def _need(need: Any) -> RenderableType:
    """A need or duty; what is to be done before shipping stands out."""
    mark, color = words.NEEDS.get(need.state, ("☐", "yellow"))
    text, when = need.text.rstrip("."), need.due or words.TIMINGS.get(need.timing, "")
    if need.state == decision_pb2.NEED_STATE_TO_DO and need.timing == decision_pb2.TIMING_BEFORE:
        text = f"Before shipping: {text}"
    elif need.state == decision_pb2.NEED_STATE_TO_DO:
        color = "dim"
    return _marked(mark, color, text, f" – {when}" if when else "")


def _duties(determinations: Iterable[Any]) -> Iterator[RenderableType]:
    """What follows anyway, once for all lines."""
    lines = {each.text: _need(each) for determination in determinations for each in determination.obligations}
    if lines:
        yield _row("duties", lines.values())


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
    return _marked("✗", "dim", f"{step.title}{_rows(step)}", f" – {words.citation(step.source)}{reason}")


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


# ---- layout -------------------------------------------------------------------------------------------------------------


def _dim(text: str) -> Text:
    return Text(text, "dim")


def _row(label: str, lines: Iterable[RenderableType]) -> RenderableType:
    grid = Table.grid(padding=(0, 1), expand=False)
    grid.add_column(width=_LABEL_WIDTH, no_wrap=True)
    grid.add_column()
    grid.add_row(Text(label, "dim"), Group(*lines))
    return Padding(grid, (0, 0, 0, 5))


def _hanging(mark: str, text: str | Text, indent: int) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, justify="right", min_width=2)
    grid.add_column()
    grid.add_row(mark, Text(text) if isinstance(text, str) else text)
    return Padding(grid, (0, 0, 0, indent))


def _marked(mark: str, color: str, text: str, rest: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(Text(mark, color), Text.assemble(text, (rest, "dim")))
    return grid


__all__ = ["MAX_WIDTH", "console", "report", "show"]
