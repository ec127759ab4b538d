"""Yearly limits: which a release knows, and what a decision uses of them.

A limit is whatever a rule asks about by `used(…)`. A decision uses it where the authorization lifts what is required of an item, or
where the rule itself exempts. What is stopped uses nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from licet.decision.canonical import canonical
from licet.language import tree as t
from licet.policy.conditions import as_expr
from licet.policy.model import Authorize, Disclosure, Need, Package, Rule, needs_of
from licet.policy.release import Release
from licet.v1 import decision_pb2, outcome_pb2, transaction_pb2

_YEAR = "year"
_RECEIVING = frozenset(
    (
        transaction_pb2.PARTY_ROLE_ULTIMATE_CONSIGNEE,
        transaction_pb2.PARTY_ROLE_INTERMEDIATE_CONSIGNEE,
        transaction_pb2.PARTY_ROLE_END_USER,
        transaction_pb2.PARTY_ROLE_RECIPIENT,
        transaction_pb2.PARTY_ROLE_PURCHASER,
    )
)


@dataclass(frozen=True, slots=True, order=True)
class Limit:
    """A limit that a rule asks about. Without a scheme any code may be meant, without a currency any."""

    jurisdiction: str
    rule: str
    authorization: str
    period: str
    scheme: str
    currency: str
    restricted: bool
    """Whether only auditors may read of it."""

    def period_on(self, date: datetime.date) -> str:
        """The period that a legal date falls in, or the one that the rule names."""
        return str(date.year) if self.period == _YEAR else self.period


@dataclass(frozen=True, slots=True, order=True)
class Spent:
    """What an item uses of a limit. An amount that is not stated is empty."""

    authorization: str
    period: str
    code: str
    currency: str
    amount: str


def limits_of(release: Release) -> tuple[Limit, ...]:
    """The limits that a release knows, in order."""
    return tuple(sorted({limit for package in release.packages.values() for limit in _limits(package)}))


def receiving(transaction: Any) -> tuple[Any, ...]:
    """The parties for whom limits count: whoever receives, by whatever name."""
    return tuple(party for party in transaction.parties if not _RECEIVING.isdisjoint(party.roles))


def spent(result: decision_pb2.Result, transaction: Any, limits: Iterable[Limit], date: datetime.date) -> tuple[Spent, ...]:
    """What a decision uses of limits, for each item once."""
    if result.disposition == outcome_pb2.DISPOSITION_STOP:
        return ()
    used = {(limit.authorization, d.item): limit for limit in limits for d in result.determinations if _uses(d, limit)}
    if not used:
        return ()
    items = {item.line: item for item in canonical(transaction, date).items}
    return tuple(each for (_, line), limit in sorted(used.items()) for each in _spent(items[line], limit, transaction, date))


def _uses(determination: Any, limit: Limit) -> bool:
    lifted = {name for control in (*determination.requirements, *determination.prohibitions) for name in control.lifted_by}
    if limit.authorization in lifted:
        return True
    return any(exemption.certain and exemption.rule.partition("[")[0] == limit.rule for exemption in determination.exemptions)


def _spent(item: Any, limit: Limit, transaction: Any, date: datetime.date) -> Iterator[Spent]:
    schemes = [limit.scheme] if limit.scheme else sorted(item.classifications)
    codes = sorted({code for scheme in schemes if scheme in item.classifications for code in item.classifications[scheme].codes})
    currency, amount = _amount(item, limit.currency, transaction)
    for code in codes or [""]:
        yield Spent(limit.authorization, limit.period_on(date), code, currency, amount)


def _amount(item: Any, currency: str, transaction: Any) -> tuple[str, str]:
    """The value of an item in the currency of a limit where a rate leads there, else in its own."""
    if not item.HasField("value"):
        return currency, ""
    amount = Decimal(item.value.units) + Decimal(item.value.nanos) / 10**9
    if currency not in ("", item.value.currency_code):
        for rate in transaction.rates:
            if (rate.from_currency, rate.to_currency) == (item.value.currency_code, currency) and rate.HasField("rate"):
                return currency, f"{amount * Decimal(rate.rate.value):f}"
    return item.value.currency_code, f"{amount:f}"


# ---- rules that ask -----------------------------------------------------------------------------------------------------


def _limits(package: Package) -> Iterator[Limit]:
    for rule in package.rules:
        for expression in _expressions(rule):
            for node in expression.nodes():
                if isinstance(node, t.Call) and node.function is t.Function.USED:
                    yield _limit(package, rule, node.args)


def _expressions(rule: Rule) -> Iterator[t.Expr]:
    needs: tuple[Need, ...] = needs_of(rule.effect)
    conditions = (rule.about, rule.when, *(need.met for need in needs))
    yield from (as_expr(condition) for condition in conditions if condition is not None)


def _limit(package: Package, rule: Rule, args: tuple[t.Expr, ...]) -> Limit:
    own = rule.effect.id if isinstance(rule.effect, Authorize) else ""
    authorization, period = _text(args[0], own), _text(args[1], _YEAR)
    entry, currency = (args[2], _text(args[3], "")) if len(args) > 2 else (None, "")
    scheme = ""
    if isinstance(entry, t.Var):
        tables = {loop.var: package.tables[loop.table].scheme for loop in rule.loops if loop.table}
        scheme = tables.get(entry.name.partition(".")[0], "")
    restricted = rule.disclosure is Disclosure.RESTRICTED
    return Limit(package.jurisdiction, rule.id, authorization, period, scheme, currency, restricted)


def _text(expression: t.Expr, otherwise: str) -> str:
    return expression.value if isinstance(expression, t.Const) and isinstance(expression.value, str) else otherwise


__all__ = ["Limit", "Spent", "limits_of", "receiving", "spent"]
