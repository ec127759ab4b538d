"""What one law says of one item, in lines: controls, authorizations with their needs, near misses, duties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from licet.cli import words
from licet.cli.layout import dim, marked, row
from licet.v1 import decision_pb2, outcome_pb2, trace_pb2

MAX_POSSIBLE = 5
FREE = frozenset((outcome_pb2.OUTCOME_NO_LICENSE_REQUIRED, outcome_pb2.OUTCOME_AUTHORIZED))
_NEAR_MISSES: Mapping[int, str] = {
    decision_pb2.AUTHORIZATION_STATE_AVAILABLE_IF: "available if",
    decision_pb2.AUTHORIZATION_STATE_CLOSED_BY_NEED: "closed",
    decision_pb2.AUTHORIZATION_STATE_BARRED: "barred",
    decision_pb2.AUTHORIZATION_STATE_NOT_COVERING: "not enough",
}
_USABLE = frozenset((decision_pb2.AUTHORIZATION_STATE_OPEN, decision_pb2.AUTHORIZATION_STATE_POSSIBLE))


def is_quiet(determination: Any) -> bool:
    """Whether there is nothing to say of it but its outcome."""
    said = (determination.requirements, determination.prohibitions, determination.referrals)
    more = (determination.authorizations, determination.licenses)
    return determination.outcome in FREE and not any((*said, *more))


def law(determination: Any) -> str:
    """The name of a law, with the limbs by which it reaches the item."""
    sure = sorted({nexus.limb for nexus in determination.nexus if nexus.verdict == trace_pb2.VERDICT_FIRED})
    perhaps = sorted({nexus.limb for nexus in determination.nexus} - set(sure))
    by = f"by {', '.join(sure)}" if sure else f"perhaps by {', '.join(perhaps)}" if perhaps else ""
    return f"{determination.instrument_title} ({by})" if by else str(determination.instrument_title)


def outcome_of(law: str, outcome: int) -> tuple[Any, ...]:
    """A law and its outcome, colored."""
    text, color = words.OUTCOMES.get(outcome, words.UNKNOWN)
    return law, ": ", (text, color)


def determination_lines(determination: Any) -> Iterator[RenderableType]:
    """All that one law says of one item, but for duties and other laws."""
    heading = Text.assemble(*outcome_of(law(determination), determination.outcome))
    if determination.outcome == outcome_pb2.OUTCOME_LICENSE_REQUIRED and determination.ceiling > determination.outcome:
        heading.append(f", and possibly {words.outcome(determination.ceiling)}", "red")
    yield Padding(heading, (0, 0, 0, 3))
    yield from _certain(determination)
    yield from _possible(determination)
    for exemption in determination.exemptions if determination.requirements or determination.prohibitions else ():
        label = "exempt" if exemption.certain else "may be exempt"
        yield row(label, [_basis(", ".join(exemption.bases), exemption.title, exemption.source)])
    for held in determination.licenses:
        yield row("license", [_held(held)])
    yield from _authorizations(determination)


def _certain(determination: Any) -> Iterator[RenderableType]:
    for prohibition in determination.prohibitions:
        if prohibition.certain:
            lift = (
                "an authority may derogate" if prohibition.derogation == decision_pb2.DEROGATION_AUTHORITY else "nobody can lift it"
            )
            yield row("forbidden", [_basis(prohibition.basis, prohibition.title, prohibition.source, lift)])
    for requirement in determination.requirements:
        if requirement.certain:
            notify = requirement.kind == decision_pb2.REQUIREMENT_KIND_NOTIFICATION
            line = _basis(requirement.basis, requirement.title, requirement.source, words.REVIEWS.get(requirement.review, ""))
            yield row("must notify" if notify else "controlled", [line])


def _possible(determination: Any) -> Iterator[RenderableType]:
    possible = [*determination.prohibitions, *determination.requirements]
    bases = sorted(
        {f"{each.basis} ({each.title})" for each in possible if not each.certain and each.basis and not each.basis.startswith("?")}
    )
    others = sum(1 for each in possible if not each.certain) and not bases
    if bases:
        shown = bases[:MAX_POSSIBLE] + ([f"and {len(bases) - MAX_POSSIBLE} more"] if len(bases) > MAX_POSSIBLE else [])
        yield row("possible", [dim(f"facts are missing for {', '.join(shown)}")])
    elif others:
        yield row("possible", [dim("facts are missing to say which control applies")])


def _basis(basis: str, title: str, source: Any, last: str = "") -> Text:
    line = Text.assemble((basis, "bold"), f" – {title}" if title and title != basis else "")
    more = [part for part in (words.regimes(source), words.citation(source), last) if part]
    line.append(" – " + " – ".join(more) if more else "", "dim")
    return line


def referral_line(referral: Any) -> Text:
    """A law that governs and is not modeled."""
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
            yield row(label, [_authorization(each), *map(_need, each.needs)])
    if determination.outcome == outcome_pb2.OUTCOME_UNDETERMINED:
        return
    for state, label in _NEAR_MISSES.items():
        lines = dict.fromkeys(_near_miss(each) for each in determination.authorizations if each.state == state)
        if lines:
            yield row(label, [dim("; ".join(lines))])


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
    return marked(mark, color, text, f" – {when}" if when else "")


def duties(determinations: Iterable[Any]) -> Iterator[RenderableType]:
    """What follows anyway, once for all lines."""
    lines = {each.text: _need(each) for determination in determinations for each in determination.obligations}
    if lines:
        yield row("duties", lines.values())
