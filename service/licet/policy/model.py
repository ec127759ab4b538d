"""A compiled package: rules with lowered conditions, dated groups and tables, and what one law says on one date. Frozen values."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from licet.language.faults import Position
from licet.language.law import Cell
from licet.language.tree import Expr


class Phase(StrEnum):
    """The phase of a rule: what kind of question it answers."""

    REACH = "reach"
    CONTROL = "control"
    RELIEF = "relief"
    DUTY = "duty"
    RISK = "risk"


class Relation(StrEnum):
    """How a rule stands to a regime."""

    IMPLEMENTS = "implements"
    EXTENDS = "extends"
    ALIGNED = "aligned"
    OWN = "own"


class Provenance(StrEnum):
    """Whether a legal fact was read in a source or recalled."""

    SOURCE = "source"
    MIXED = "mixed"
    RECALLED = "recalled"


class Disclosure(StrEnum):
    """Whether exporters see a rule."""

    PUBLIC = "public"
    RESTRICTED = "restricted"


class RuleStatus(StrEnum):
    """Stayed law is shown, not applied."""

    ACTIVE = "active"
    STAYED = "stayed"


class RequirementKind(StrEnum):
    """What a requirement asks for."""

    LICENSE = "license"
    NOTIFICATION = "notification"


class Review(StrEnum):
    """Under which policy the authority reviews an application."""

    UNSTATED = "unstated"
    DENIAL = "denial"
    PRESUMPTION_OF_DENIAL = "presumption-of-denial"
    CASE_BY_CASE = "case-by-case"
    PRESUMPTION_OF_APPROVAL = "presumption-of-approval"


class Derogation(StrEnum):
    """Whether an authority can lift a prohibition."""

    NONE = "none"
    AUTHORITY = "authority"


class Timing(StrEnum):
    """When something is to be had or done."""

    BEFORE = "before"
    AFTER = "after"
    STANDING = "standing"


class GroupKind(StrEnum):
    """What a group is a set of."""

    PLACES = "places"
    WORDS = "words"
    PURPOSES = "purposes"


@dataclass(frozen=True, slots=True)
class Interval:
    """A half-open interval of legal dates, with the instruments that made its boundaries."""

    start: datetime.date
    by: str = ""
    end: datetime.date | None = None
    end_by: str = ""

    def holds(self, date: datetime.date) -> bool:
        """Whether the date lies in the interval."""
        return self.start <= date and (self.end is None or date < self.end)


ALWAYS = Interval(datetime.date.min)


# ---- conditions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leaf:
    """One CEL condition, as written and lowered."""

    expr: Expr
    text: str
    at: Position


@dataclass(frozen=True, slots=True)
class AllOf:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Some part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """No part holds."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Leaf | AllOf | AnyOf | NoneOf


def leaves(condition: Condition | None) -> Iterator[Leaf]:
    """The leaves of a condition, in the order written."""
    if isinstance(condition, Leaf):
        yield condition
    elif condition is not None:
        for part in condition.parts:
            yield from leaves(part)


@dataclass(frozen=True, slots=True)
class Bound:
    """A field of an effect that reads what `for_each` binds (`=row.column`)."""

    expr: Expr
    text: str


Text: TypeAlias = str | Bound


# ---- effects ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Need:
    """What the user of an authorization must have or do. `met` unset: always to do."""

    text: str
    timing: Timing
    met: Condition | None
    due: str
    cite: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Nexus: the instrument reaches the transaction by a limb."""

    limb: str


@dataclass(frozen=True, slots=True)
class Require:
    """A license or notification is needed on a basis."""

    basis: Text
    kind: RequirementKind
    review: Text


@dataclass(frozen=True, slots=True)
class Prohibit:
    """It may not be done; an authority may derogate or not."""

    basis: Text
    derogation: Derogation


@dataclass(frozen=True, slots=True)
class Exempt:
    """Requirements on these bases are lifted without an authorization."""

    bases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Authorize:
    """A license exception or general authorization."""

    id: str
    title: str
    covers: tuple[str, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """Makes authorizations unusable: those named, or all except those named. A name stands for its paragraphs, too."""

    authorizations: tuple[str, ...] | Bound
    all_except: bool

    def stops(self, authorization: str) -> bool:
        """Whether the bar makes an authorization unusable; one whose row could not be read stops everything."""
        if isinstance(self.authorizations, Bound):
            return True
        return any(is_paragraph(authorization, name) for name in self.authorizations) != self.all_except


def is_paragraph(authorization: str, of: str) -> bool:
    """Whether an authorization is the one named, or one of its paragraphs: `GOV(b)(2)` is of `GOV(b)`, and `GOV(b)` of `GOV`."""
    return authorization == of or authorization.startswith(f"{of}(")


@dataclass(frozen=True, slots=True)
class Refer:
    """Another law, not modelled, may govern."""

    to: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A red flag."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """Risk points for a factor."""

    points: int
    factor: str


@dataclass(frozen=True, slots=True)
class Oblige:
    """A duty that follows anyway."""

    need: Need


Effect: TypeAlias = Reach | Require | Prohibit | Exempt | Authorize | Bar | Refer | Flag | Score | Oblige
EFFECTS: Mapping[str, tuple[type[Effect], Phase]] = {
    "reach": (Reach, Phase.REACH),
    "require": (Require, Phase.CONTROL),
    "prohibit": (Prohibit, Phase.CONTROL),
    "bar": (Bar, Phase.CONTROL),
    "refer": (Refer, Phase.CONTROL),
    "exempt": (Exempt, Phase.RELIEF),
    "authorize": (Authorize, Phase.RELIEF),
    "oblige": (Oblige, Phase.DUTY),
    "flag": (Flag, Phase.RISK),
    "score": (Score, Phase.RISK),
}
EFFECT_NAMES: Mapping[type[Effect], str] = {kind: name for name, (kind, _) in EFFECTS.items()}


def needs_of(effect: Effect) -> tuple[Need, ...]:
    """What the user of an authorization must have or do, or what an obligation asks for."""
    match effect:
        case Authorize():
            return effect.needs
        case Oblige():
            return (effect.need,)
        case _:
            return ()


# ---- rules --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Derivation:
    """The regime a rule derives from; a bound regime may name several, separated by `;`."""

    regime: Text
    relation: Relation
    entry: Text


@dataclass(frozen=True, slots=True)
class Loop:
    """One variable of `for_each`: over the rows of a table, or over a list."""

    var: str
    table: str = ""
    over: Expr | None = None
    text: str = ""
    """The list, as the package states it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, or with `loops` one rule for each row or element."""

    id: str
    title: str
    jurisdiction: str
    instrument: str
    phase: Phase
    effect: Effect
    derives_from: tuple[Derivation, ...]
    concept: str
    cite: Text
    in_force: tuple[Interval, ...]
    history_from: datetime.date
    status: RuleStatus
    cause: str
    provenance: Provenance
    disclosure: Disclosure
    rationale: str
    about: Condition | None
    when: Condition
    loops: tuple[Loop, ...]
    per_item: bool
    at: Position

    def interval_on(self, date: datetime.date) -> Interval | None:
        """The interval in force on a date."""
        return next((interval for interval in self.in_force if interval.holds(date)), None)


# ---- groups and tables --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """A dated member of a group, or a group that is a part of another."""

    value: str | int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Group:
    """A dated named set, possibly built from others."""

    id: str
    title: str
    kind: GroupKind
    instrument: str
    cite: str
    provenance: Provenance
    history_from: datetime.date
    members: tuple[Member, ...]
    union: tuple[Member, ...]
    """Other groups, by name, each for as long as it is a part."""
    minus: tuple[str, ...]
    all_except: tuple[str, ...]
    at: Position


@dataclass(frozen=True, slots=True)
class TableRow:
    """A dated row. `key` joins its key cells with `/`; a mark cell is a bool, an `expr` or `fact` cell a condition."""

    key: str
    cells: Mapping[str, Cell]
    interval: Interval
    at: Position


@dataclass(frozen=True, slots=True)
class Table:
    """A decision or look-up table."""

    id: str
    title: str
    instrument: str
    cite: str
    provenance: Provenance
    history_from: datetime.date
    columns: Mapping[str, str]
    """Column name to type, in order."""
    keys: tuple[str, ...]
    scheme: str
    code_column: str
    rows: tuple[TableRow, ...]
    at: Position


# ---- packages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Instrument:
    """One act of a jurisdiction with its own nexus and authorizations."""

    id: str
    title: str
    cite: str
    limbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """A control basis; `set` lets an authorization cover many at once."""

    id: str
    title: str
    set: str


@dataclass(frozen=True, slots=True)
class Tier:
    """A rung of the ladder of scrutiny, from a score on; `hold` turns PROCEED into HOLD."""

    tier: str
    start: int
    hold: bool


class RetentionStart(StrEnum):
    """From when records are kept: the decision, or the end of its calendar year."""

    DECISION = "decision"
    YEAR_END = "year-end"


@dataclass(frozen=True, slots=True)
class Retention:
    """How many years the law has records kept; `cite` says where."""

    years: int
    start: RetentionStart
    cite: str
    provenance: Provenance

    def until(self, decided: datetime.date) -> datetime.date:
        """The first day on which a record may be erased."""
        if self.start is RetentionStart.YEAR_END:
            return datetime.date(decided.year + 1 + self.years, 1, 1)
        last = calendar.monthrange(decided.year + self.years, decided.month)[1]
        return decided.replace(year=decided.year + self.years, day=min(decided.day, last))


@dataclass(frozen=True, slots=True)
class Treated:
    """A place that this law treats as another."""

    place: str
    as_place: str
    interval: Interval
    cite: str
    at: Position


@dataclass(frozen=True, slots=True)
class Policy:
    """What `policy.yaml` says."""

    jurisdiction: str
    name: str
    version: str
    language: str
    authority: str
    checked: datetime.date
    extends: str
    places: tuple[str, ...]
    instruments: tuple[Instrument, ...]
    bases: tuple[Basis, ...]
    tiers: tuple[Tier, ...]
    retention: tuple[Retention, ...]
    """How long records are kept, by each law that says so; of several the longest counts."""
    covers: tuple[str, ...]
    not_covered: tuple[str, ...]
    recalled: tuple[str, ...]
    at: Position


@dataclass(frozen=True, eq=False)
class Package:
    """One jurisdiction's law, compiled. Equal digests mean equal law."""

    policy: Policy
    digest: str
    rules: tuple[Rule, ...]
    groups: Mapping[str, Group]
    tables: Mapping[str, Table]
    treated: tuple[Treated, ...]
    rules_by_id: Mapping[str, Rule] = field(default_factory=dict)

    @property
    def jurisdiction(self) -> str:
        """The jurisdiction's id."""
        return self.policy.jurisdiction
