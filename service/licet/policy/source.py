"""The shape of a package's files: each YAML mapping becomes a source value whose texts still have their places."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from licet.language.faults import Position
from licet.policy.model import (
    ALWAYS,
    EFFECTS,
    Basis,
    Derogation,
    Disclosure,
    GroupKind,
    Instrument,
    Interval,
    Phase,
    Policy,
    Provenance,
    Relation,
    RequirementKind,
    Retention,
    RetentionStart,
    Review,
    RuleStatus,
    Tier,
    Timing,
    Treated,
)
from licet.policy.reading import Faults, Fields, nearest, read_mapping
from licet.policy.text import CsvText, Node, Scalar
from licet.policy.text import Mapping as MappingNode
from licet.policy.text import Sequence as SequenceNode

_LONG_AGO = datetime.date.min
_YES, _NO = ("yes", "true"), ("no", "false")


@dataclass(frozen=True, slots=True)
class NeedSource:
    """A need or obligation before its condition is compiled."""

    text: str
    timing: Timing
    met: Node | None
    due: str
    cite: str


@dataclass(frozen=True, slots=True)
class EffectSource:
    """An effect before names are checked: its kind and its fields as texts."""

    kind: str
    at: Position
    texts: Mapping[str, Scalar]
    lists: Mapping[str, tuple[Scalar, ...]]
    needs: tuple[NeedSource, ...]


@dataclass(frozen=True, slots=True)
class DerivationSource:
    """A regime line of a rule."""

    regime: Scalar
    relation: Relation
    entry: Scalar | None


@dataclass(frozen=True, slots=True)
class RuleSource:
    """A rule before names and expressions are checked."""

    id: Scalar
    title: str
    instrument: Scalar
    phase: Phase
    effect: EffectSource
    derives_from: tuple[DerivationSource, ...]
    concept: Scalar
    cite: Scalar
    in_force: tuple[Interval, ...]
    history_from: datetime.date
    status: RuleStatus
    cause: str
    provenance: Provenance
    disclosure: Disclosure
    rationale: str
    about: Node | None
    when: Node
    for_each: Node | None
    at: Position


@dataclass(frozen=True, slots=True)
class MemberSource:
    """A member of a group as written."""

    value: Scalar
    interval: Interval


@dataclass(frozen=True, slots=True)
class GroupSource:
    """A group before its members are checked."""

    id: Scalar
    title: str
    kind: GroupKind
    instrument: Scalar | None
    cite: str
    provenance: Provenance
    history_from: datetime.date
    members: tuple[MemberSource, ...]
    union: tuple[MemberSource, ...]
    minus: tuple[Scalar, ...]
    all_except: tuple[Scalar, ...]
    at: Position


@dataclass(frozen=True, slots=True)
class TableSource:
    """What tables.yaml says of a table, with its CSV."""

    id: Scalar
    file: str
    title: str
    instrument: Scalar | None
    cite: str
    provenance: Provenance
    history_from: datetime.date
    at: Position


@dataclass(frozen=True, slots=True)
class DefinitionSource:
    """A definition before its body is compiled."""

    id: Scalar
    title: str
    body: Node


@dataclass(frozen=True, slots=True)
class FactSource:
    """A vocabulary entry before its guard is compiled."""

    path: Scalar
    kind: str
    type: str
    unit: str
    question: str
    value: str
    serves: tuple[str, ...]
    statement: str
    only_if_known: tuple[str, ...]
    unless: Node | None


@dataclass(frozen=True, slots=True)
class PackageSource:
    """Everything a package's files say."""

    policy: Policy
    rules: tuple[RuleSource, ...]
    groups: tuple[GroupSource, ...]
    tables: tuple[TableSource, ...]
    csv: Mapping[str, CsvText]
    definitions: tuple[DefinitionSource, ...]
    facts: tuple[FactSource, ...]
    treated: tuple[Treated, ...]
    digest: str


def required_scalar(fields: Fields, key: str) -> Scalar:
    """A text with its place; a stand-in where it is missing (the fault is noted)."""
    text = fields.text(key, required=True)
    return Scalar(text, fields.position(key))


def _optional_scalar(fields: Fields, key: str) -> Scalar | None:
    return Scalar(fields.text(key), fields.position(key)) if fields.has(key) else None


def _interval(fields: Fields) -> Interval:
    start, end = fields.date("from"), fields.date("to")
    interval = Interval(start or _LONG_AGO, fields.text("by"), end, fields.text("to_by"))
    if end is not None and start is not None and end <= start:
        fields.faults.add(fields.position("to"), "DEAD_INTERVAL", f"the interval from {start} to {end} holds no day")
    return interval


# ---- policy.yaml --------------------------------------------------------------------------------------------------------


def read_policy(fields: Fields) -> Policy:
    """What policy.yaml says."""
    checked = fields.date("checked", required=True)
    extends = fields.text("extends")
    return Policy(
        jurisdiction=fields.text("jurisdiction", required=True),
        name=fields.text("name", required=True),
        version=fields.text("version", required=True),
        language=fields.text("language", required=True),
        authority=fields.text("authority", required=True),
        checked=checked or datetime.date.min,
        extends=extends,
        places=fields.texts("places", required=True),
        instruments=fields.each("instruments", _instrument, "instrument", required=not extends),
        bases=fields.each("bases", _basis, "basis"),
        tiers=tuple(sorted(fields.each("tiers", _tier, "tier"), key=lambda tier: tier.start)),
        retention=fields.each("retention", _retention, "retention"),
        covers=fields.texts("covers", required=True),
        not_covered=fields.texts("not_covered", required=True),
        recalled=fields.texts("recalled"),
        at=fields.at,
    )


def _instrument(fields: Fields) -> Instrument:
    return Instrument(
        fields.text("id", required=True),
        fields.text("title", required=True),
        fields.text("cite", required=True),
        fields.texts("limbs", required=True),
    )


def _retention(fields: Fields) -> Retention:
    years = fields.text("years", required=True)
    whole = re.fullmatch(r"[0-9]{1,2}", years) is not None
    if not whole:
        fields.faults.add(fields.position("years"), "NUMBER", f"years of retention is {years}, expected a whole number")
    return Retention(
        int(years) if whole else 0,
        fields.choice("from", RetentionStart),
        fields.text("cite", required=True),
        fields.choice("provenance", Provenance, Provenance.SOURCE),
    )


def _basis(fields: Fields) -> Basis:
    return Basis(fields.text("id", required=True), fields.text("title", required=True), fields.text("set"))


def _tier(fields: Fields) -> Tier:
    start = fields.text("from", required=True)
    whole = re.fullmatch(r"[0-9]{1,4}", start) is not None
    if not whole:
        fields.faults.add(fields.position("from"), "NUMBER", f"from of tier is {start}, expected a whole number")
    hold = fields.text("hold", "no")
    if hold not in _YES + _NO:
        fields.faults.add(fields.position("hold"), "CHOICE", f"hold of tier is {hold}, expected yes or no")
    return Tier(fields.text("tier", required=True), int(start) if whole else 0, hold in _YES)


def read_treated(fields: Fields) -> Treated:
    """A place that the law treats as another."""
    return Treated(
        fields.text("place", required=True),
        fields.text("as", required=True),
        _interval(fields),
        fields.text("cite", required=True),
        fields.at,
    )


# ---- rules --------------------------------------------------------------------------------------------------------------


def read_rule(fields: Fields, history_from: datetime.date) -> RuleSource:
    """A rule; every field that a rule must have and lacks is a fault."""
    about, when = fields.node("about"), fields.node("when", required=True)
    status = fields.choice("status", RuleStatus, RuleStatus.ACTIVE)
    cause = fields.text("cause", required=status is RuleStatus.STAYED)
    stated = fields.each("in_force", _interval_from, "in_force", required=True)
    in_force = tuple(sorted(stated, key=lambda interval: interval.start))
    _check_intervals(fields, in_force)
    return RuleSource(
        id=required_scalar(fields, "id"),
        title=fields.text("title", required=True),
        instrument=required_scalar(fields, "instrument"),
        phase=fields.choice("phase", Phase),
        effect=_effect(fields),
        derives_from=_derivations(fields),
        concept=required_scalar(fields, "concept"),
        cite=required_scalar(fields, "cite"),
        in_force=in_force,
        history_from=history_from,
        status=status,
        cause=cause,
        provenance=fields.choice("provenance", Provenance, Provenance.SOURCE),
        disclosure=fields.choice("disclosure", Disclosure, Disclosure.PUBLIC),
        rationale=fields.text("rationale"),
        about=about,
        when=when if when is not None else Scalar("true", fields.at),
        for_each=fields.node("for_each"),
        at=fields.at,
    )


def _interval_from(fields: Fields) -> Interval:
    fields.node("from", required=True)
    return _interval(fields)


def _check_intervals(fields: Fields, intervals: tuple[Interval, ...]) -> None:
    if fields.has("in_force") and not intervals:
        fields.faults.add(fields.position("in_force"), "EMPTY", "in_force names no interval", "say from when the rule is in force")
    ordered = sorted(intervals, key=lambda interval: interval.start)
    for before, after in pairwise(ordered):
        if before.end is None or after.start < before.end:
            fields.faults.add(
                fields.position("in_force"), "OVERLAP", f"two intervals of {fields.text('id')} overlap at {after.start}"
            )


def _derivations(fields: Fields) -> tuple[DerivationSource, ...]:
    derivations = fields.each("derives_from", _derivation, "derives_from", required=True)
    if fields.has("derives_from") and not derivations:
        at = fields.position("derives_from")
        fields.faults.add(at, "EMPTY", "derives_from names no regime", "name one; `unilateral` for law of its own")
    return derivations


def _derivation(fields: Fields) -> DerivationSource:
    return DerivationSource(
        required_scalar(fields, "regime"), fields.choice("relation", Relation), _optional_scalar(fields, "entry")
    )


_EFFECT_TEXTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # kind: (required, optional) texts
    "reach": (("limb",), ()),
    "require": (("basis",), ("kind", "review")),
    "prohibit": (("basis",), ("derogation",)),
    "bar": ((), ()),
    "refer": (("to",), ()),
    "exempt": ((), ()),
    "authorize": (("id", "title"), ()),
    "oblige": (("text", "timing"), ("due", "cite")),
    "flag": (("id", "text"), ()),
    "score": (("points", "factor"), ()),
}
_EFFECT_LISTS: Mapping[str, tuple[str, ...]] = {
    "bar": ("authorizations", "all_except"),
    "exempt": ("bases",),
    "authorize": ("covers",),
}


def _effect(rule: Fields) -> EffectSource:
    outer = Fields.of(rule.node("effect", required=True), "effect", rule.faults, rule.at)
    kinds = [kind for kind in EFFECTS if outer.has(kind)]
    for kind in outer.nodes.keys() - EFFECTS.keys():
        rule.faults.add(
            outer.keys[kind],
            "UNKNOWN_EFFECT",
            f"{kind} is no effect",
            nearest(kind, EFFECTS) or "one of " + ", ".join(EFFECTS),
        )
    if len(kinds) != 1:
        if outer.nodes.keys() <= EFFECTS.keys() and rule.has("effect"):
            rule.faults.add(
                outer.at,
                "EFFECT",
                f"a rule has one effect, found {', '.join(kinds) or 'none'}",
                "write one rule for each",
            )
        return EffectSource("", outer.at, {}, {}, ())
    kind = kinds[0]
    return _effect_fields(kind, Fields.of(outer.nodes[kind], kind, rule.faults), rule)


def _effect_fields(kind: str, fields: Fields, rule: Fields) -> EffectSource:
    required, optional = _EFFECT_TEXTS[kind]
    texts = {key: required_scalar(fields, key) for key in required}
    texts |= {key: Scalar(fields.text(key), fields.position(key)) for key in optional if fields.has(key)}
    lists = {key: fields.scalars(key) for key in _EFFECT_LISTS.get(kind, ()) if fields.has(key)}
    bars_everything = "all_except" in lists and "authorizations" not in lists
    if kind in _EFFECT_LISTS and not any(lists.values()) and not bars_everything:
        wanted = " or ".join(_EFFECT_LISTS[kind])
        rule.faults.add(fields.at, "EMPTY", f"{kind} names nothing", f"name at least one under {wanted}")
    if len([key for key, scalars in lists.items() if scalars]) > 1:
        rule.faults.add(fields.at, "EFFECT", f"{kind} names both {' and '.join(lists)}", "write one rule for each")
    needs: tuple[NeedSource, ...] = ()
    if kind == "authorize":
        needs = fields.each("needs", _need, "need")
    elif kind == "oblige":
        needs = (_need(fields),)
    fields.done()
    return EffectSource(kind, fields.at, texts, lists, needs)


def _need(fields: Fields) -> NeedSource:
    return NeedSource(
        fields.text("text", required=True),
        fields.choice("timing", Timing),
        fields.node("met"),
        fields.text("due"),
        fields.text("cite"),
    )


EFFECT_CHOICES = {"kind": RequirementKind, "review": Review, "derogation": Derogation}


# ---- groups, tables, definitions, vocabulary ----------------------------------------------------------------------------


def read_group(fields: Fields, history_from: datetime.date) -> GroupSource:
    """A group."""
    group = GroupSource(
        id=required_scalar(fields, "id"),
        title=fields.text("title", required=True),
        kind=fields.choice("kind", GroupKind),
        instrument=_optional_scalar(fields, "instrument"),
        cite=fields.text("cite", required=True),
        provenance=fields.choice("provenance", Provenance, Provenance.SOURCE),
        history_from=fields.date("history_from") or history_from,
        members=_members("members", fields),
        union=_members("union", fields),
        minus=fields.scalars("minus"),
        all_except=fields.scalars("all_except"),
        at=fields.at,
    )
    if not (group.members or group.union or group.all_except):
        fields.faults.add(fields.at, "EMPTY", f"the group {group.id.text} has no members", "name members, union or all_except")
    fields.text("note")
    return group


def _members(key: str, fields: Fields) -> tuple[MemberSource, ...]:
    node = fields.node(key)
    if node is None:
        return ()
    if not isinstance(node, SequenceNode):
        fields.faults.add(node.at, "SHAPE", f"{key} should be a list")
        return ()
    return tuple(_member(item, fields.faults) for item in node.items)


def _member(node: Node, faults: Faults) -> MemberSource:
    if isinstance(node, Scalar):
        return MemberSource(node, ALWAYS)

    def read(fields: Fields) -> MemberSource:
        fields.text("note"), fields.text("cite"), fields.text("provenance")
        return MemberSource(required_scalar(fields, "is"), _interval(fields))

    return read_mapping(node, "member", faults, read)


def read_table(fields: Fields, history_from: datetime.date) -> TableSource:
    """An entry of tables.yaml."""
    id_ = required_scalar(fields, "id")
    fields.text("source"), fields.text("note"), fields.date("checked")
    return TableSource(
        id=id_,
        file=fields.text("file", f"{id_.text}.csv"),
        title=fields.text("title", required=True),
        instrument=_optional_scalar(fields, "instrument"),
        cite=fields.text("cite", required=True),
        provenance=fields.choice("provenance", Provenance, Provenance.SOURCE),
        history_from=fields.date("history_from", required=history_from == _LONG_AGO) or history_from,
        at=fields.at,
    )


def read_definition(fields: Fields) -> DefinitionSource:
    """A definition: `is:`, or `all:`, `any:`, `none:` directly."""
    id_ = required_scalar(fields, "id")
    title = fields.text("title")
    quantifier = next((key for key in ("all", "any", "none") if fields.has(key)), None)
    if quantifier is not None:
        inner = fields.node(quantifier)
        body: Node = MappingNode(((Scalar(quantifier, fields.keys[quantifier]), inner or Scalar("", fields.at)),), fields.at)
    else:
        body = fields.node("is", required=True) or Scalar("true", fields.at)
    return DefinitionSource(id_, title, body)


def read_fact(fields: Fields) -> FactSource:
    """A vocabulary entry."""
    kind = fields.text("class", required=True)
    entry = FactSource(
        path=required_scalar(fields, "path"),
        kind=kind,
        type=fields.text("type"),
        unit=fields.text("unit"),
        question=fields.text("question"),
        value=fields.text("value"),
        serves=fields.texts("for"),
        statement=fields.text("statement"),
        only_if_known=fields.texts("only_if_known"),
        unless=fields.node("unless"),
    )
    fields.text("note")
    return entry
