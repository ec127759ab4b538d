"""Resolution: per item and instrument, the floor and the ceiling, and what they come to (semantics.md, section 5).

The floor takes every undetermined reach, control and bar as not fired and every undetermined relief as fired; the ceiling the
reverse. Every completion of the unknown facts lies between the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from licet.decision.held import HeldCover
from licet.decision.matching import Found
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
    def id(self) -> str:
        """The authorization's id."""
        assert isinstance(self.explained.effect, m.Authorize)
        return self.explained.effect.id


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
class Resolved:
    """One instrument's answer on one item, with both runs."""

    jurisdiction: str
    instrument: m.Instrument
    item: str
    floor: Run
    ceiling: Run
    outcome: Outcome
    explained: tuple[Explained, ...]
    relief: tuple[Explained, ...]
    held: tuple[HeldCover, ...]

    @property
    def shown(self) -> Run:
        """The run that the outcome rests on."""
        return self.ceiling if self.outcome == self.ceiling.outcome else self.floor


@dataclass(frozen=True, slots=True)
class Settled:
    """What the caller states of laws that are not modelled: law to outcome."""

    outcomes: Mapping[str, Outcome]


def resolve(
    found: Found,
    jurisdiction: str,
    instrument: m.Instrument,
    item: str,
    *,
    bases: Mapping[str, m.Basis],
    held: tuple[HeldCover, ...],
    settled: Settled,
) -> Resolved:
    """The answer of one instrument on one item."""
    explained = found.of_instrument(instrument.id, item)
    relief = found.relief(item)
    floor, ceiling = (resolve_run(end, explained, relief, bases, held, settled) for end in (End.FLOOR, End.CEILING))
    return Resolved(
        jurisdiction, instrument, item, floor, ceiling, between(floor.outcome, ceiling.outcome), explained, relief, held
    )


def between(floor: Outcome, ceiling: Outcome) -> Outcome:
    """What a floor and a ceiling come to."""
    if floor == ceiling or ceiling.permissive:
        return ceiling
    return floor if floor >= Outcome.LICENSE_REQUIRED else Outcome.UNDETERMINED


def _counts(explained: Explained, end: End, *, relief: bool) -> bool:
    """Whether a finding counts in a run."""
    verdict = explained.finding.verdict
    undetermined = End.FLOOR if relief else End.CEILING
    return verdict is Verdict.FIRED or (verdict is Verdict.UNDETERMINED and end is undetermined)


def resolve_run(
    end: End,
    explained: tuple[Explained, ...],
    relief: tuple[Explained, ...],
    bases: Mapping[str, m.Basis],
    held: tuple[HeldCover, ...],
    settled: Settled,
) -> Run:
    """One run: every undetermined finding counts for or against, as the end of the interval wants."""

    def counting(kind: type[m.Effect], among: tuple[Explained, ...], *, is_relief: bool = False) -> tuple[Explained, ...]:
        return tuple(e for e in among if isinstance(e.effect, kind) and _counts(e, end, relief=is_relief))

    reached = bool(counting(m.Reach, explained))
    if not reached:
        return Run(end, Outcome.NOT_SUBJECT, False, (), (), frozenset(), (), (), ("no limb of the instrument's nexus holds",), (), Outcome.NOT_SUBJECT)
    exempted = frozenset(
        basis
        for e in counting(m.Exempt, relief, is_relief=True)
        if isinstance(e.effect, m.Exempt)
        for basis in expand(e.effect.bases, bases)
    )
    required = tuple(e for e in counting(m.Require, explained) if basis_of(e) not in exempted)
    prohibited = tuple(e for e in counting(m.Prohibit, explained) if basis_of(e) not in exempted)
    bars = counting(m.Bar, relief)
    wanted = frozenset(basis_of(e) for e in required)
    uses = tuple(_use(e, bars, wanted, bases) for e in counting(m.Authorize, relief, is_relief=True))
    return _conclude(end, required, prohibited, exempted, uses, held, counting(m.Refer, explained), settled)


def basis_of(explained: Explained) -> str:
    """The basis of a requirement or prohibition; a finding whose row could not be read has one of its own."""
    effect = explained.effect
    assert isinstance(effect, m.Require | m.Prohibit)
    return effect.basis if isinstance(effect.basis, str) and effect.basis else f"?{explained.finding.name}"


def expand(names: tuple[str, ...], bases: Mapping[str, m.Basis]) -> frozenset[str]:
    """Basis ids named directly or by the set they belong to."""
    return frozenset(id_ for id_, basis in bases.items() if id_ in names or (basis.set and basis.set in names))


def _use(explained: Explained, bars: tuple[Explained, ...], wanted: frozenset[str], bases: Mapping[str, m.Basis]) -> Use:
    effect = explained.effect
    assert isinstance(effect, m.Authorize)
    barred = tuple(sorted(b.finding.name for b in bars if isinstance(b.effect, m.Bar) and b.effect.stops(effect.id)))
    refused = any(need is False for need in explained.needs)
    return Use(explained, barred, refused, bool(wanted) and wanted <= expand(effect.covers, bases))


def _referred(end: End, referrals: tuple[Explained, ...], settled: Settled) -> Outcome:
    """What referrals to other laws come to: settled as the caller states, else possibly a license in the ceiling."""
    outcomes = [Outcome.NOT_SUBJECT]
    for referral in referrals:
        assert isinstance(referral.effect, m.Refer)
        stated = settled.outcomes.get(referral.effect.to)
        if stated is None:
            outcomes.append(Outcome.LICENSE_REQUIRED if end is End.CEILING else Outcome.NOT_SUBJECT)
        elif not stated.permissive:
            outcomes.append(Outcome.LICENSE_REQUIRED if stated is Outcome.UNDETERMINED else stated)
    return join(*outcomes)


def _conclude(
    end: End,
    required: tuple[Explained, ...],
    prohibited: tuple[Explained, ...],
    exempted: frozenset[str],
    uses: tuple[Use, ...],
    held: tuple[HeldCover, ...],
    referrals: tuple[Explained, ...],
    settled: Settled,
) -> Run:
    wanted = frozenset(basis_of(e) for e in required)
    derogable = frozenset(basis_of(e) for e in prohibited if isinstance(e.effect, m.Prohibit) and e.effect.derogation is m.Derogation.AUTHORITY)
    banned = frozenset(basis_of(e) for e in prohibited)
    licenses = tuple(h.number for h in held if h.covers_all(wanted | banned, certain=end is End.CEILING))
    open_ = tuple(u.id for u in uses if u.covering and not u.barred_by and not u.refused)
    steps: list[str] = []
    lifted: tuple[str, ...] = ()
    if banned and not (banned <= derogable and licenses):
        outcome = Outcome.PROHIBITED
        steps.append(f"prohibited on {_names(banned)}" + ("; an authority could derogate" if banned <= derogable else ""))
    elif not wanted and not banned:
        outcome = Outcome.NO_LICENSE_REQUIRED
        steps.append("no control of the instrument applies" + (f"; exempted: {_names(exempted)}" if exempted else ""))
    else:
        lifted = tuple(sorted({*(() if banned else open_), *licenses}))
        outcome = Outcome.AUTHORIZED if lifted else Outcome.LICENSE_REQUIRED
        steps.append(f"required on {_names(wanted | banned)}")
        steps.append(f"covered as a whole by {', '.join(lifted)}" if lifted else "no single authorization that is open covers all of it")
    unreferred, referred = outcome, _referred(end, referrals, settled)
    if referred > outcome:
        steps.append("another law, which is not modeled here, may govern")
        outcome = referred
    open_referrals = tuple(e for e in referrals if not _settled_as_free(e, settled))
    return Run(end, outcome, True, required, prohibited, exempted, uses, lifted, tuple(steps), open_referrals, unreferred)


def _settled_as_free(referral: Explained, settled: Settled) -> bool:
    assert isinstance(referral.effect, m.Refer)
    stated = settled.outcomes.get(referral.effect.to)
    return stated is not None and stated.permissive


def _names(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def needs_to_do(use: Use) -> tuple[m.Need, ...]:
    """Needs of an authorization that are to be met before it is used and are not yet."""
    effect = use.explained.effect
    assert isinstance(effect, m.Authorize)
    return tuple(
        need
        for need, state in zip(effect.needs, use.explained.needs, strict=True)
        if isinstance(state, Unknown) and need.timing is m.Timing.BEFORE
    )
