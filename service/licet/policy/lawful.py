"""The last stage of loading, as a lawyer reads: every rule derives from a regime its jurisdiction stands in, and no claim harms.

A claim is a fact that can only help the exporter: unset, it is false. It may stand only where its truth makes an answer milder.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntFlag

from licet.language import tree as t
from licet.language.facts import FactClass, Vocabulary
from licet.language.faults import Position
from licet.language.tree import Expr, Function
from licet.policy.catalogue import UNILATERAL, Catalogues, RegimeStatus, Standing
from licet.policy.model import Authorize, Condition, Exempt, Leaf, NoneOf, Package, Relation, Rule, Score, needs_of
from licet.policy.reading import Faults

_IN = frozenset((Standing.MEMBER, Standing.PARTICIPANT, Standing.PARTY, Standing.ADHERENT, Standing.COVERED))
_CLAIMS = frozenset((Relation.IMPLEMENTS, Relation.EXTENDS))


class Polarity(IntFlag):
    """Whether the truth of a part can make the whole true, false, or either."""

    HELPS = 1
    HINDERS = 2

    def flipped(self) -> Polarity:
        """The polarity under a negation."""
        return Polarity((2 if self & Polarity.HELPS else 0) | (1 if self & Polarity.HINDERS else 0))


def check_law(
    packages: Mapping[str, Package], vocabularies: Mapping[str, Vocabulary], catalogues: Catalogues, faults: Faults
) -> None:
    """Faults of law: a regime that the jurisdiction does not stand in, a proposed regime, a claim that could harm."""
    for jurisdiction, package in packages.items():
        for rule in package.rules:
            _check_regimes(rule, package, catalogues, faults)
            _check_claims(rule, package, vocabularies[jurisdiction], faults)


# ---- regimes ------------------------------------------------------------------------------------------------------------


def regimes_named(rule: Rule, package: Package) -> Iterator[tuple[str, Relation, Position]]:
    """Every regime a rule may derive from, with the relation and the place that names it; rows name their own."""
    for derivation in rule.derives_from:
        if isinstance(derivation.regime, str):
            yield derivation.regime, derivation.relation, rule.at
            continue
        column = derivation.regime.text.removeprefix("row.")
        for loop in rule.loops:
            if loop.table and column in package.tables[loop.table].columns:
                for row in package.tables[loop.table].rows:
                    for regime in str(row.cells[column]).split(";"):
                        if regime.strip():
                            yield regime.strip(), derivation.relation, row.at


def relation_to(regime: str, stated: Relation) -> Relation:
    """A rule's relation to a regime; to `unilateral` it is always the jurisdiction's own."""
    return Relation.OWN if regime == UNILATERAL else stated


def _check_regimes(rule: Rule, package: Package, catalogues: Catalogues, faults: Faults) -> None:
    place = package.jurisdiction.upper()
    date = rule.in_force[-1].start
    for regime, stated, at in regimes_named(rule, package):
        entry = catalogues.regimes[regime]
        if entry.status is RegimeStatus.PROPOSED:
            faults.add(
                at,
                "PROPOSED_REGIME",
                f"{rule.id} derives from {regime}, which is only proposed",
                "proposed regimes serve what-if only",
            )
        claims = relation_to(regime, stated) in _CLAIMS
        if claims and catalogues.has_members(regime) and not _stands(place, regime, catalogues, date, package):
            faults.add(
                at,
                "NOT_A_MEMBER",
                f"{rule.id} {stated} {regime}, in which {place} does not stand on {max(date, package.policy.checked)}",
                "say `relation: aligned` where the law follows a regime without membership",
            )


def unfounded(rule: Rule, package: Package, catalogues: Catalogues) -> Iterator[tuple[str, datetime.date, Position]]:
    """The regimes that a rule claims to implement or extend while its jurisdiction does not stand in them, with the day.

    Looked at are the first and the last day of each interval, as far as this package answers for it.
    """
    place, named = package.jurisdiction.upper(), tuple(dict.fromkeys(regimes_named(rule, package)))
    for interval in rule.in_force:
        first = max(interval.start, rule.history_from)
        last = max(first, package.policy.checked) if interval.end is None else interval.end - datetime.timedelta(days=1)
        for regime, stated, at in named if first <= last else ():
            if relation_to(regime, stated) in _CLAIMS and catalogues.has_members(regime):
                days = (day for day in (first, last) if catalogues.standing(place, regime, day) not in _IN)
                yield from ((regime, day, at) for day in tuple(days)[:1])


def _stands(place: str, regime: str, catalogues: Catalogues, date: datetime.date, package: Package) -> bool:
    return catalogues.standing(place, regime, max(date, package.policy.checked)) in _IN


# ---- claims -------------------------------------------------------------------------------------------------------------

_BOTH = Polarity.HELPS | Polarity.HINDERS


def _check_claims(rule: Rule, package: Package, vocabulary: Vocabulary, faults: Faults) -> None:
    milder = isinstance(rule.effect, Authorize | Exempt) or (isinstance(rule.effect, Score) and rule.effect.points < 0)
    reading = _Claims(vocabulary, dict(_cells(rule, package)))
    bound: dict[str, str] = {}
    found: list[tuple[Position, str, Polarity]] = []
    for loop in rule.loops:
        if loop.over is not None:
            found += [(rule.at, claim, seen) for claim, seen in reading.below(loop.over, Polarity.HELPS, bound)]
            pattern = _pattern(loop.over, bound)
            bound |= {loop.var: f"{pattern}[*]"} if pattern is not None else {}
    for leaf, polarity in (*_leaves(rule.about), *_leaves(rule.when)):
        found += [(leaf.at, claim, seen) for claim, seen in reading.below(leaf.expr, polarity, bound)]
    _report(rule, found, Polarity.HELPS if milder else Polarity.HINDERS, faults)
    # That a need or obligation is met always makes the answer milder.
    met = [pair for need in needs_of(rule.effect) for pair in _leaves(need.met)]
    found = [(leaf.at, claim, seen) for leaf, polarity in met for claim, seen in reading.below(leaf.expr, polarity, bound)]
    _report(rule, found, Polarity.HELPS, faults)


def _report(rule: Rule, found: list[tuple[Position, str, Polarity]], wanted: Polarity, faults: Faults) -> None:
    for at, claim, polarity in found:
        if polarity & ~wanted:
            faults.add(
                at,
                "CLAIM",
                f"{rule.id} reads the claim {claim} where its truth could make the answer stricter",
                "a claim can only help: use it in an exemption or authorization, or negated in a control",
            )


def _leaves(condition: Condition | None, polarity: Polarity = Polarity.HELPS) -> Iterator[tuple[Leaf, Polarity]]:
    """The leaves of a condition, each with how its truth moves the whole."""
    if isinstance(condition, Leaf):
        yield condition, polarity
    elif condition is not None:
        for part in condition.parts:
            yield from _leaves(part, polarity.flipped() if isinstance(condition, NoneOf) else polarity)


def _cells(rule: Rule, package: Package) -> Iterator[tuple[str, tuple[Expr, ...]]]:
    """The conditions that stand in cells of the tables that a rule goes through, by the variable that reads them."""
    for loop in rule.loops:
        if loop.table:
            table = package.tables[loop.table]
            for column in table.columns:
                cells = dict.fromkeys(cell for row in table.rows if isinstance(cell := row.cells[column], Expr))
                yield f"row.{column}", tuple(cells)


@dataclass(frozen=True, slots=True)
class _Claims:
    """Finds the claims that an expression reads, with how the truth of each can move the whole."""

    vocabulary: Vocabulary
    cells: Mapping[str, tuple[Expr, ...]]

    def below(self, node: Expr, polarity: Polarity, bound: Mapping[str, str]) -> Iterator[tuple[str, Polarity]]:
        """The claims at a node and below; `bound` are loop variables with the patterns of what they stand for."""
        pattern = _pattern(node, bound) if isinstance(node, t.Var | t.Select | t.Entry) else None
        if pattern is not None:
            entry = self.vocabulary.find(pattern)
            if entry is not None and entry.kind is FactClass.CLAIM:
                yield pattern, polarity
            return
        match node:
            case t.Not():
                yield from self.below(node.of, polarity.flipped(), bound)
            case t.Exists() | t.ForAll() | t.Gather():
                yield from self._in_loop(node, polarity, bound)
            case t.Compare():
                yield from self._compared(node, polarity, bound)
            case t.Choice():
                yield from self.below(node.test, _BOTH, bound)
                yield from self._all((node.then, node.other), polarity, bound)
            case t.And() | t.Or() | t.Named() | t.Member():
                yield from self._all(node.children(), polarity, bound)
            case t.Var():
                yield from self._all(self.cells.get(node.name, ()), polarity, bound)
            case t.Call() if node.function is Function.HELD:
                yield "held()", polarity
            case _:
                yield from self._all(node.children(), _BOTH, bound)

    def _all(self, nodes: Iterable[Expr], polarity: Polarity, bound: Mapping[str, str]) -> Iterator[tuple[str, Polarity]]:
        for node in nodes:
            yield from self.below(node, polarity, bound)

    def _in_loop(
        self, node: t.Exists | t.ForAll | t.Gather, polarity: Polarity, bound: Mapping[str, str]
    ) -> Iterator[tuple[str, Polarity]]:
        over = polarity.flipped() if isinstance(node, t.ForAll) else polarity
        yield from self.below(node.over, over, bound)
        pattern = _pattern(node.over, bound)
        inner = {**bound, node.var: f"{pattern}[*]"} if pattern is not None else bound
        yield from self.below(node.body, polarity, inner)
        if isinstance(node, t.Gather) and node.where is not None:
            yield from self.below(node.where, polarity, inner)

    def _compared(self, node: t.Compare, polarity: Polarity, bound: Mapping[str, str]) -> Iterator[tuple[str, Polarity]]:
        """`claim == true` moves as the claim does, `claim == false` the other way; a text that is not claimed compares as false."""
        sides = (node.left, node.right)
        stated = next((side.value for side in sides if isinstance(side, t.Const) and isinstance(side.value, bool)), None)
        if stated is not None and (node.op is t.CompareOp.NE) == stated:
            polarity = polarity.flipped()
        if all(_pattern(side, bound) is not None for side in sides):
            polarity = _BOTH
        yield from self._all(sides, polarity, bound)


def _pattern(node: Expr, bound: Mapping[str, str]) -> str | None:
    """The vocabulary pattern of the fact that a node reads, if it reads one."""
    match node:
        case t.Var():
            return {"tx": "", "item": "items[*]", "party": "parties[*]", **bound}.get(node.name)
        case t.Select():
            of = _pattern(node.of, bound)
            return None if of is None else f"{of}.{node.field}".lstrip(".")
        case t.Entry():
            of = _pattern(node.of, bound)
            return None if of is None else f"{of}[{node.key}]"
        case t.Named():
            return _pattern(node.body, bound)
        case t.Call() if node.function is Function.PARTY:
            return "parties[*]"
        case t.Call() if node.function is Function.PARTIES:
            return "parties"
        case t.Call() if node.function is Function.COVERING:
            return _pattern(node.args[0], bound)
        case t.Gather() if node.body == t.Var(node.var):
            return _pattern(node.over, bound)
    return None


__all__ = ["check_law", "regimes_named", "relation_to", "unfounded"]
