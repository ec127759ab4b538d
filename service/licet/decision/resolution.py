"""Resolution: per item and instrument, the floor and the ceiling, and what they come to (policies/MEANING.md, section 5).

The floor takes every undetermined reach, control and bar as not fired and every undetermined relief as fired; the ceiling the
reverse. Every completion of the unknown facts lies between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from licet.decision.held import HeldCover
from licet.engine.protocol import Verdict
from licet.engine.reference import Explained
from licet.language.values import Unknown
from licet.policy import model as m


class Outcome(IntEnum):
    """What a law says, ordered from the mildest; numbered as on the wire."""

    NOT_SUBJECT = 1
    NO_LICENSE_REQUIRED = 2
    AUTHORIZED = 3
    UNDETERMINED = 4
    LICENSE_REQUIRED = 5
    PROHIBITED = 6

    @property
    def permissive(self) -> bool:
        """Whether the outcome lets the transaction go."""
        return self <= Outcome.AUTHORIZED


def join(*outcomes: Outcome) -> Outcome:
    """The greatest outcome: associative, commutative, idempotent; NOT_SUBJECT is neutral."""
    return max(outcomes, default=Outcome.NOT_SUBJECT)


class End(StrEnum):
    """The two runs."""

    FLOOR = "floor"
    CEILING = "ceiling"


@dataclass(frozen=True, slots=True)
class Use:
    """An authorization in one run: whether it is open, what closes it, and whether it covers what is required."""

    explained: Explained
    barred_by: tuple[str, ...]
    refused: bool
    covering: bool

    @property
    def open(self) -> bool:
        """Whether it lifts everything that is required."""
        return self.covering and not self.barred_by and not self.refused

    @property
    def id(self) -> str:
        """The authorization's id."""
        return self.explained.effect_as(m.Authorize).id


@dataclass(frozen=True, slots=True)
class Run:
    """One run: what counted, and what it came to."""

    end: End
    outcome: Outcome
    reached: bool
    required: tuple[Explained, ...]
    prohibited: tuple[Explained, ...]
    exempted: frozenset[str]
    uses: tuple[Use, ...]
    lifted_by: tuple[str, ...]
    """Authorizations and held licenses that lift everything that is required."""
    steps: tuple[str, ...]
    referred: tuple[Explained, ...]
    """Referrals to other laws that count in this run and are not settled as permissive."""
    unreferred: Outcome
    """What the run would come to without them."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What the caller states of laws that are not modelled: law to outcome."""

    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What both runs of one instrument rest on.

    Relief and bars may stand under other instruments of the family: they count where a limb of those holds, certainly or possibly.
    """

    instrument: str
    explained: tuple[Explained, ...]
    relief: tuple[Explained, ...]
    possible: frozenset[str]
    certain: frozenset[str]
    bases: Mapping[str, m.Basis]
    held: tuple[HeldCover, ...]
    settled: Settled

    def counting(self, kind: type[m.Effect], end: End) -> tuple[Explained, ...]:
        """Findings with this effect that count in a run."""
        is_relief = kind in (m.Authorize, m.Exempt)
        generous = end is (End.FLOOR if is_relief else End.CEILING)
        counted = (Verdict.FIRED, Verdict.UNDETERMINED) if generous else (Verdict.FIRED,)
        if not is_relief and kind is not m.Bar:
            return tuple(e for e in self.explained if e.finding.verdict in counted and isinstance(e.effect, kind))
        reaching = {self.instrument} | (self.possible if generous else self.certain)
        speaking = (e for e in self.relief if e.rule.instrument in reaching)
        return tuple(e for e in speaking if e.finding.verdict in counted and isinstance(e.effect, kind))


@dataclass(frozen=True, slots=True)
class Resolved:
    """One instrument's answer on one item, with both runs."""

    jurisdiction: str
    instrument: m.Instrument
    item: str
    inputs: Inputs
    floor: Run
    ceiling: Run
    outcome: Outcome

    @property
    def explained(self) -> tuple[Explained, ...]:
        """The instrument's own findings."""
        return self.inputs.explained

    @property
    def relief(self) -> tuple[Explained, ...]:
        """Relief and bars of the family."""
        return self.inputs.relief

    @property
    def held(self) -> tuple[HeldCover, ...]:
        """How each held license stands to the item."""
        return self.inputs.held

    @property
    def shown(self) -> Run:
        """The run that the outcome rests on."""
        return self.ceiling if self.outcome == self.ceiling.outcome else self.floor


def resolve(jurisdiction: str, instrument: m.Instrument, item: str, inputs: Inputs) -> Resolved:
    """The answer of one instrument on one item."""
    floor, ceiling = (resolve_run(end, inputs) for end in (End.FLOOR, End.CEILING))
    return Resolved(jurisdiction, instrument, item, inputs, floor, ceiling, between(floor.outcome, ceiling.outcome))


def between(floor: Outcome, ceiling: Outcome) -> Outcome:
    """What a floor and a ceiling come to."""
    if floor == ceiling or ceiling.permissive:
        return ceiling
    return floor if floor >= Outcome.LICENSE_REQUIRED else Outcome.UNDETERMINED


def resolve_run(end: End, inputs: Inputs) -> Run:
    """One run: every undetermined finding counts for or against, as the end of the interval wants."""
    if not inputs.counting(m.Reach, end):
        nexus = ("no limb of the instrument's nexus holds",)
        return Run(end, Outcome.NOT_SUBJECT, False, (), (), frozenset(), (), (), nexus, (), Outcome.NOT_SUBJECT)
    exempts = inputs.counting(m.Exempt, end)
    exempted = frozenset(basis for e in exempts for basis in expand(e.effect_as(m.Exempt).bases, inputs.bases))
    required = tuple(e for e in inputs.counting(m.Require, end) if basis_of(e) not in exempted)
    prohibited = tuple(e for e in inputs.counting(m.Prohibit, end) if basis_of(e) not in exempted)
    bars = inputs.counting(m.Bar, end)
    wanted = frozenset(basis_of(e) for e in required)
    uses = tuple(_use(e, bars, wanted, inputs.bases) for e in inputs.counting(m.Authorize, end))
    outcome, lifted, concluded = _conclude(end, inputs, required, prohibited, uses)
    steps = list(concluded)
    if not wanted and not prohibited and exempted:
        steps.append(f"exempted: {_names(exempted)}")
    referrals = inputs.counting(m.Refer, end)
    referred = _referred(end, referrals, inputs.settled)
    if referred > outcome:
        steps.append("another law, which is not modeled here, may govern")
    open_ = tuple(e for e in referrals if not _settled_as_free(e, inputs.settled))
    return Run(end, join(outcome, referred), True, required, prohibited, exempted, uses, lifted, tuple(steps), open_, outcome)


def basis_of(explained: Explained) -> str:
    """The basis of a requirement or prohibition; a finding whose row could not be read has one of its own."""
    basis = explained.effect.basis if isinstance(explained.effect, m.Require | m.Prohibit) else ""
    return basis if isinstance(basis, str) and basis else f"?{explained.finding.name}"


def expand(names: tuple[str, ...], bases: Mapping[str, m.Basis]) -> frozenset[str]:
    """Basis ids named directly or by the set they belong to."""
    return frozenset(id_ for id_, basis in bases.items() if id_ in names or (basis.set and basis.set in names))


def _use(explained: Explained, bars: tuple[Explained, ...], wanted: frozenset[str], bases: Mapping[str, m.Basis]) -> Use:
    effect = explained.effect_as(m.Authorize)
    barred = tuple(sorted(b.finding.name for b in bars if is_barred(explained, b)))
    refused = any(need is False for need in explained.needs)
    return Use(explained, barred, refused, bool(wanted) and wanted <= expand(effect.covers, bases))


def is_barred(explained: Explained, by: Explained) -> bool:
    """Whether a bar closes an authorization: by name of whatever instrument, as one of the rest only of its own."""
    bar = by.effect_as(m.Bar)
    return bar.stops(explained.effect_as(m.Authorize).id) and (
        not bar.all_except or by.rule.instrument == explained.rule.instrument
    )


def _referred(end: End, referrals: tuple[Explained, ...], settled: Settled) -> Outcome:
    """What referrals to other laws come to: settled as the caller states; else free in the floor, forbidden in the ceiling."""
    outcomes = [Outcome.NOT_SUBJECT]
    for referral in referrals:
        stated = settled.outcomes.get(referral.effect_as(m.Refer).to)
        if stated is None:
            outcomes.append(Outcome.PROHIBITED if end is End.CEILING else Outcome.NOT_SUBJECT)
        elif not stated.permissive:
            outcomes.append(Outcome.LICENSE_REQUIRED if stated is Outcome.UNDETERMINED else stated)
    return join(*outcomes)


def _settled_as_free(referral: Explained, settled: Settled) -> bool:
    stated = settled.outcomes.get(referral.effect_as(m.Refer).to)
    return stated is not None and stated.permissive


def _conclude(
    end: End, inputs: Inputs, required: tuple[Explained, ...], prohibited: tuple[Explained, ...], uses: tuple[Use, ...]
) -> tuple[Outcome, tuple[str, ...], tuple[str, ...]]:
    """What controls and relief come to, what lifted them, and the steps in words."""
    wanted = frozenset(basis_of(e) for e in required)
    banned = frozenset(basis_of(e) for e in prohibited)
    absolute = frozenset(basis_of(e) for e in prohibited if e.effect_as(m.Prohibit).derogation is m.Derogation.NONE)
    licenses = tuple(h.number for h in inputs.held if h.covers_all(wanted | banned, certain=end is End.CEILING))
    if banned and (absolute or not licenses):
        derogable = "" if absolute else "; an authority could derogate"
        return Outcome.PROHIBITED, (), (f"prohibited on {_names(banned)}{derogable}",)
    if not wanted and not banned:
        return Outcome.NO_LICENSE_REQUIRED, (), ("no control of the instrument applies",)
    open_ = () if banned else tuple(u.id for u in uses if u.open)
    lifted = tuple(sorted({*open_, *licenses}))
    step = f"covered as a whole by {', '.join(lifted)}" if lifted else "no single authorization that is open covers all of it"
    return Outcome.AUTHORIZED if lifted else Outcome.LICENSE_REQUIRED, lifted, (f"required on {_names(wanted | banned)}", step)


def _names(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def needs_to_do(use: Use) -> tuple[m.Need, ...]:
    """Needs of an authorization that are to be met before it is used and are not yet."""
    needs = zip(use.explained.effect_as(m.Authorize).needs, use.explained.needs, strict=True)
    return tuple(need for need, state in needs if isinstance(state, Unknown) and need.timing is m.Timing.BEFORE)
