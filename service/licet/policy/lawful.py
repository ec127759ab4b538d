"""The last stage of loading, as a lawyer reads: every rule derives from a regime its jurisdiction stands in, and no claim harms.

A claim is a fact that can only help the exporter: unset, it is false. It may stand only where its truth makes an answer milder.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from enum import IntFlag

from licet.language import tree as t
from licet.language.facts import FactClass, Vocabulary
from licet.language.faults import Position
from licet.language.tree import Expr, Function
from licet.policy.catalogue import UNILATERAL, Catalogues, RegimeStatus, Standing
from licet.policy.conditions import as_expr
from licet.policy.model import Authorize, Exempt, Leaf, NoneOf, Package, Relation, Rule, leaves
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
            _check_claims(rule, vocabularies[jurisdiction], faults)


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


def _stands(place: str, regime: str, catalogues: Catalogues, date: datetime.date, package: Package) -> bool:
    return catalogues.standing(place, regime, max(date, package.policy.checked)) in _IN


# ---- claims -------------------------------------------------------------------------------------------------------------


def _check_claims(rule: Rule, vocabulary: Vocabulary, faults: Faults) -> None:
    relief = isinstance(rule.effect, Authorize | Exempt)
    wanted = Polarity.HELPS if relief else Polarity.HINDERS
    loops = {loop.var: pattern for loop in rule.loops if loop.over is not None and (pattern := _pattern(loop.over, {}))}
    bound = {var: f"{pattern}[*]" for var, pattern in loops.items()}
    for leaf, polarity in _leaves_with_polarity(rule):
        for pattern, found in _claims(leaf.expr, polarity, bound, vocabulary):
            if found & ~wanted:
                faults.add(
                    leaf.at,
                    "CLAIM",
                    f"{rule.id} reads the claim {pattern} where its truth could make the answer stricter",
                    "a claim can only help: use it in an exemption or authorization, or negated in a control",
                )


def _leaves_with_polarity(rule: Rule) -> Iterator[tuple[Leaf, Polarity]]:
    for condition in (rule.about, rule.when):
        for leaf in leaves(condition):
            negative = _under_none(condition, leaf)
            yield leaf, Polarity.HINDERS if negative else Polarity.HELPS


def _under_none(condition: object, leaf: Leaf) -> bool:
    if condition is leaf or not hasattr(condition, "parts"):
        return False
    for part in condition.parts:
        if part is leaf or any(inner is leaf for inner in leaves(part)):
            return isinstance(condition, NoneOf) != _under_none(part, leaf)
    return False


def _claims(node: Expr, polarity: Polarity, bound: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[tuple[str, Polarity]]:
    """Every claim read below a node, with how its truth can move the whole."""
    pattern = _pattern(node, bound)
    if pattern is not None:
        entry = vocabulary.find(pattern)
        if entry is not None and entry.kind is FactClass.CLAIM:
            yield pattern, polarity
        return
    if isinstance(node, t.Call) and node.function is Function.HELD:
        yield "held()", polarity
    both = Polarity.HELPS | Polarity.HINDERS
    match node:
        case t.Not():
            yield from _claims(node.of, polarity.flipped(), bound, vocabulary)
        case t.Exists() | t.ForAll() | t.Gather():
            yield from _loop_claims(node, polarity, bound, vocabulary)
        case t.Compare():
            yield from _comparison_claims(node, polarity, bound, vocabulary)
        case t.Member():
            yield from _claims(node.element, polarity, bound, vocabulary)
            yield from _claims(node.of, polarity, bound, vocabulary)
        case t.Choice():
            yield from _claims(node.test, both, bound, vocabulary)
            yield from _claims(node.then, polarity, bound, vocabulary)
            yield from _claims(node.other, polarity, bound, vocabulary)
        case t.And() | t.Or() | t.Named():
            for child in node.children():
                yield from _claims(child, polarity, bound, vocabulary)
        case _:
            for child in node.children():
                yield from _claims(child, both, bound, vocabulary)


def _loop_claims(
    node: t.Exists | t.ForAll | t.Gather, polarity: Polarity, bound: Mapping[str, str], vocabulary: Vocabulary
) -> Iterator[tuple[str, Polarity]]:
    over = polarity.flipped() if isinstance(node, t.ForAll) else polarity
    yield from _claims(node.over, over, bound, vocabulary)
    pattern = _pattern(node.over, bound)
    inner = {**bound, node.var: f"{pattern}[*]"} if pattern is not None else bound
    yield from _claims(node.body, polarity, inner, vocabulary)
    if isinstance(node, t.Gather) and node.where is not None:
        yield from _claims(node.where, polarity, inner, vocabulary)


def _comparison_claims(
    node: t.Compare, polarity: Polarity, bound: Mapping[str, str], vocabulary: Vocabulary
) -> Iterator[tuple[str, Polarity]]:
    """`claim == true` moves as the claim does, `claim == false` the other way; an unset claim compares as false with texts."""
    negated = (node.op is t.CompareOp.NE) != any(
        isinstance(side, t.Const) and side.value is False for side in (node.left, node.right)
    )
    for side in (node.left, node.right):
        yield from _claims(side, polarity.flipped() if negated else polarity, bound, vocabulary)


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
        case t.Gather() if node.body == t.Var(node.var):
            return _pattern(node.over, bound)
    return None


__all__ = ["as_expr", "check_law", "regimes_named", "relation_to"]
