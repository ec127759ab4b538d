"""What officers do about decisions: whether an action fits the decision as it stands, and who sees what of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from licet.decision.errors import InvalidRequest, Violation
from licet.decision.view import for_audience
from licet.v1 import action_pb2 as pb
from licet.v1 import decision_pb2, licensing_service_pb2, outcome_pb2

MAX_NAME: Final = 200
MAX_REASON: Final = 10_000
_OWN: Final = MappingProxyType(
    {
        "disposition": pb.ACTION_KIND_OVERRIDE,
        "red_flag": pb.ACTION_KIND_RED_FLAG_CLEARANCE,
        "dispute": pb.ACTION_KIND_DISPUTE_RESOLUTION,
        "result": pb.ACTION_KIND_DISPUTE_RESOLUTION,
    }
)
"""Fields that only one kind of action has, and needs."""
_OPEN_TO_EXPORTERS: Final = frozenset((pb.ACTION_KIND_DISPUTE, pb.ACTION_KIND_WITHDRAWAL))
"""What the exporter's own people say. What an officer writes may speak of what exporters must not read."""


def name_of(kind: int) -> str:
    """The name of a kind without prefix, as leaves have it."""
    value = pb.ActionKind.DESCRIPTOR.values_by_number.get(kind)
    return value.name.removeprefix("ACTION_KIND_") if value is not None else str(kind)


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision with what was done about it since."""

    decision: decision_pb2.Decision
    actions: Sequence[pb.RecordedAction]

    @property
    def open_disputes(self) -> tuple[str, ...]:
        """The ids of disputes that are not resolved."""
        resolved = {each.action.dispute for each in self._of(pb.ACTION_KIND_DISPUTE_RESOLUTION)}
        return tuple(each.id for each in self._of(pb.ACTION_KIND_DISPUTE) if each.id not in resolved)

    @property
    def uncleared(self) -> tuple[str, ...]:
        """The red flags that the decision raised and nobody cleared."""
        cleared = {each.action.red_flag for each in self._of(pb.ACTION_KIND_RED_FLAG_CLEARANCE)}
        flags = self.decision.result.red_flags
        return tuple(dict.fromkeys(flag.id for flag in flags if not flag.cleared and flag.id not in cleared))

    @property
    def is_held(self) -> bool:
        """Whether a legal hold lies on it."""
        return len(self._of(pb.ACTION_KIND_LEGAL_HOLD)) > len(self._of(pb.ACTION_KIND_LEGAL_HOLD_RELEASE))

    @property
    def is_withdrawn(self) -> bool:
        """Whether its shipment did not go."""
        return bool(self._of(pb.ACTION_KIND_WITHDRAWAL))

    def _of(self, kind: int) -> tuple[pb.RecordedAction, ...]:
        return tuple(each for each in self.actions if each.action.kind == kind)


def check_action(action: pb.Action, standing: Standing) -> None:
    """Raises `InvalidRequest` naming every field at fault; returns when the action fits the decision as it stands."""
    violations = [*_written(action), *_fields(action)]
    if not standing.decision.HasField("result"):
        violations.append(Violation("decision_id", "what was decided has been erased; nothing is done about it any more"))
    else:
        violations += _fits(action, standing)
    if violations:
        raise InvalidRequest(violations)


def _written(action: pb.Action) -> Iterator[Violation]:
    officer = action.officer
    if not officer.id.strip():
        yield Violation("action.officer.id", "is empty; say who acts, as the firm's own books name the person")
    for name in ("id", "name", "role"):
        if len(text := getattr(officer, name)) > MAX_NAME or not text.isprintable():
            yield Violation(f"action.officer.{name}", f"expected at most {MAX_NAME} printable characters")
    if not action.reason.strip():
        yield Violation("action.reason", "is empty; say why, in words that another officer will understand years later")
    if len(action.reason) > MAX_REASON:
        yield Violation("action.reason", f"holds {len(action.reason)} characters, at most {MAX_REASON} are allowed")


def _fields(action: pb.Action) -> Iterator[Violation]:
    kinds = pb.ActionKind.DESCRIPTOR.values_by_number
    if action.kind == pb.ACTION_KIND_UNSPECIFIED or action.kind not in kinds:
        yield Violation("action.kind", f"{action.kind} is no kind of action; name one of {_kinds()}")
    if action.kind == pb.ACTION_KIND_ERASURE:
        yield Violation("action.kind", "an erasure is recorded by `licet audit erase` alone, which looks at retention first")
    for field, kind in _OWN.items():
        given = getattr(action, field)
        if given and action.kind != kind:
            yield Violation(f"action.{field}", f"is set, and belongs to {name_of(kind)} alone; leave it out")
        if not given and action.kind == kind:
            yield Violation(f"action.{field}", f"is not set; {name_of(kind)} needs it")


def _kinds() -> str:
    refused = (pb.ACTION_KIND_UNSPECIFIED, pb.ACTION_KIND_ERASURE)
    return ", ".join(name_of(number) for number in pb.ActionKind.DESCRIPTOR.values_by_number if number not in refused)


def _fits(action: pb.Action, standing: Standing) -> Iterator[Violation]:
    match action.kind:
        case pb.ACTION_KIND_OVERRIDE if action.disposition:
            yield from _override(action.disposition, standing.decision.result.disposition)
        case pb.ACTION_KIND_RED_FLAG_CLEARANCE if action.red_flag and action.red_flag not in standing.uncleared:
            left = ", ".join(standing.uncleared) or "none"
            yield Violation("action.red_flag", f"{action.red_flag[:80]} is no red flag of the decision that is not cleared: {left}")
        case pb.ACTION_KIND_DISPUTE_RESOLUTION:
            if action.dispute and action.dispute not in standing.open_disputes:
                left = ", ".join(standing.open_disputes) or "none"
                yield Violation("action.dispute", f"{action.dispute[:80]} is no open dispute about the decision: {left}")
            if action.result not in pb.DisputeResult.values():
                yield Violation("action.result", f"{action.result} is no result of a dispute; expected UPHELD or REJECTED")
        case pb.ACTION_KIND_WITHDRAWAL if standing.is_withdrawn:
            yield Violation("action.kind", "the decision was withdrawn before")
        case pb.ACTION_KIND_LEGAL_HOLD if standing.is_held:
            yield Violation("action.kind", "a legal hold lies on the decision already")
        case pb.ACTION_KIND_LEGAL_HOLD_RELEASE if not standing.is_held:
            yield Violation("action.kind", "no legal hold lies on the decision")
        case _:
            pass


def _override(wanted: int, decided: int) -> Iterator[Violation]:
    if wanted not in outcome_pb2.Disposition.values():
        yield Violation("action.disposition", f"{wanted} is no disposition; expected PROCEED, HOLD or STOP")
    elif wanted == decided:
        name = outcome_pb2.Disposition.Name(outcome_pb2.Disposition.ValueType(decided)).removeprefix("DISPOSITION_")
        yield Violation("action.disposition", f"{name} is what was decided; an override orders something else")


# ---- who sees what ------------------------------------------------------------------------------------------------------


def shown(recorded: pb.RecordedAction, decision: decision_pb2.Decision, audience: int) -> pb.RecordedAction:
    """A copy for an audience; `decision` is whole.

    AUDITOR sees all. EXPORTER sees who acted, and not what an officer wrote where the decision rests on anything restricted. PUBLIC
    sees that something was done, and when.
    """
    view = pb.RecordedAction()
    view.CopyFrom(recorded)
    if audience == licensing_service_pb2.AUDIENCE_AUDITOR:
        return view
    action = view.action
    if audience == licensing_service_pb2.AUDIENCE_PUBLIC:
        action.CopyFrom(pb.Action(kind=action.kind, result=action.result, disposition=action.disposition))
    elif action.kind not in _OPEN_TO_EXPORTERS and _is_restricted(decision.result):
        action.ClearField("reason")
        if action.red_flag in _hidden_flags(decision.result):
            action.ClearField("red_flag")
    return view


def _is_restricted(result: decision_pb2.Result) -> bool:
    view: Any = for_audience(result, licensing_service_pb2.AUDIENCE_EXPORTER)
    return bool(view != result)


def _hidden_flags(result: decision_pb2.Result) -> frozenset[str]:
    view = for_audience(result, licensing_service_pb2.AUDIENCE_EXPORTER)
    return frozenset(flag.id for flag, seen in zip(result.red_flags, view.red_flags, strict=True) if flag.rule != seen.rule)


__all__ = ["Standing", "check_action", "name_of", "shown"]
