"""Packages and rules as readers of the API see them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import Enum
from math import prod
from typing import Any

import yaml

from licet.decision.sources import Sources, to_date
from licet.language import tree as t
from licet.policy import model as m
from licet.policy.conditions import as_expr
from licet.policy.release import Release
from licet.v1 import policy_service_pb2, source_pb2

RESTRICTED = "A restricted control"
_QUANTIFIERS: Mapping[type[m.Condition], str] = {m.AllOf: "all", m.AnyOf: "any", m.NoneOf: "none"}


# ---- packages --------------------------------------------------------------------------------------------------------


def jurisdiction_info(package: m.Package) -> policy_service_pb2.JurisdictionInfo:
    """A package as a reader sees it."""
    policy = package.policy
    return policy_service_pb2.JurisdictionInfo(
        jurisdiction=policy.jurisdiction,
        name=policy.name,
        version=policy.version,
        authority=policy.authority,
        checked=to_date(policy.checked),
        extends=policy.extends,
        places=policy.places,
        instruments=[
            policy_service_pb2.Instrument(id=each.id, title=each.title, cite=each.cite, limbs=each.limbs)
            for each in policy.instruments
        ],
        covers=policy.covers,
        not_covered=policy.not_covered,
        recalled=policy.recalled,
    )


def package_info(package: m.Package) -> policy_service_pb2.PackageInfo:
    """A package as a release lists it."""
    own = f"{package.jurisdiction}/"
    return policy_service_pb2.PackageInfo(
        jurisdiction=package.jurisdiction,
        version=package.policy.version,
        digest=package.digest,
        rule_count=sum(_count(rule, package) for rule in package.rules),
        row_count=sum(len(table.rows) for table in package.tables.values() if table.at.file.startswith(own)),
    )


def release_version(release: Release) -> str:
    """The version of a release: the newest of its packages'."""
    return max((package.policy.version for package in release.packages.values()), key=_calendar)


def _calendar(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdigit() else -1, part) for part in version.split("."))


def _count(rule: m.Rule, package: m.Package) -> int:
    """How many rules a rule stands for: one a row. How often a list repeats it depends on the transaction."""
    return prod(len({row.key for row in package.tables[loop.table].rows}) for loop in rule.loops if loop.table)


# ---- rules -----------------------------------------------------------------------------------------------------------


def is_public(rule: m.Rule) -> bool:
    """Whether everyone may see the rule."""
    return rule.disclosure is m.Disclosure.PUBLIC


def rule_info(rule: m.Rule, release: Release, date: datetime.date) -> policy_service_pb2.Rule:
    """A rule as its package states it, its source as of a date. A restricted one shows its citation, and no more."""
    source = _source(rule, release, date)
    if not is_public(rule):
        cited = source_pb2.Source(cite=source.cite, disclosure=source.disclosure, package_version=source.package_version)
        return policy_service_pb2.Rule(jurisdiction=rule.jurisdiction, title=RESTRICTED, source=cited)
    return policy_service_pb2.Rule(
        id=rule.id,
        jurisdiction=rule.jurisdiction,
        title=rule.title,
        instrument=rule.instrument,
        phase=f"PHASE_{rule.phase.name}",
        effect=f"EFFECT_KIND_{_effect_name(rule.effect).upper()}",
        effect_text=effect_text(rule.effect),
        source=source,
        rationale=rule.rationale,
        about=condition_text(rule.about) if rule.about is not None else "",
        when=condition_text(rule.when),
        in_force=map(_interval, rule.in_force),
        for_each=_for_each(rule.loops),
        status=f"RULE_STATUS_{rule.status.name}",
        cause=rule.cause,
        tables=sorted(set(_tables(rule))),
    )


def _source(rule: m.Rule, release: Release, date: datetime.date) -> source_pb2.Source:
    derivations = tuple(m.Derivation(_text(d.regime), d.relation, _text(d.entry)) for d in rule.derives_from)
    interval = rule.interval_on(date)
    return Sources(release, date).of_rule(rule, cite=_text(rule.cite), derives_from=derivations, interval=interval, at=rule.at)


def _text(text: m.Text) -> str:
    """A text as the package states it."""
    return text if isinstance(text, str) else f"={text.text}"


def _interval(interval: m.Interval) -> policy_service_pb2.InForceInterval:
    end = to_date(interval.end) if interval.end is not None else None
    return policy_service_pb2.InForceInterval(from_date=to_date(interval.start), by=interval.by, to_date=end, to_by=interval.end_by)


# ---- texts -----------------------------------------------------------------------------------------------------------


def condition_text(condition: m.Condition) -> str:
    """A condition as a policy file states it: CEL, or YAML of `all`, `any` and `none` over it."""
    data = _condition(condition)
    if isinstance(condition, m.AllOf):
        (first, *more) = data["all"]
        data = data["all"] if more else first
    return data if isinstance(data, str) else _yaml(data)


def effect_text(effect: m.Effect) -> str:
    """An effect with its fields, in YAML."""
    return _yaml({_effect_name(effect): _stated(effect)}, flow=True)


def _effect_name(effect: m.Effect) -> str:
    return m.EFFECT_NAMES[type(effect)]


def _condition(condition: m.Condition) -> Any:
    if isinstance(condition, m.Leaf):
        return condition.text
    return {_QUANTIFIERS[type(condition)]: [_condition(part) for part in condition.parts]}


def _stated(effect: m.Effect | m.Need) -> Any:
    match effect:
        case m.Bar():
            return {"all_except" if effect.all_except else "authorizations": _plain(effect.authorizations)}
        case m.Oblige():
            return _stated(effect.need)
        case _:
            stated = {field.name: _plain(getattr(effect, field.name)) for field in fields(effect)}
            return {name: value for name, value in stated.items() if value not in ("", [], None)}


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return str(value.value)
        case m.Bound():
            return _text(value)
        case m.Need():
            return _stated(value)
        case m.Leaf() | m.AllOf() | m.AnyOf() | m.NoneOf():
            return _condition(value)
        case tuple():
            return [_plain(part) for part in value]
        case _:
            return value


def _yaml(data: Any, *, flow: bool = False) -> str:
    style = True if flow else False  # noqa: SIM210  # None would be a third style
    return str(
        yaml.dump(data, Dumper=yaml.CSafeDumper, default_flow_style=style, sort_keys=False, allow_unicode=True, width=10_000)
    ).strip()


def _for_each(loops: tuple[m.Loop, ...]) -> str:
    named = {loop.var: loop.text for loop in loops}
    if len(loops) == 1 and loops[0].table:
        return loops[0].text
    return _yaml(named, flow=True) if named else ""


def _tables(rule: m.Rule) -> Iterator[str]:
    """The tables that a rule reads, by its own conditions or by definitions."""
    yield from (loop.table for loop in rule.loops if loop.table)
    for expression in _expressions(rule):
        for node in expression.nodes():
            match node:
                case t.Column():
                    yield node.table
                case t.Var(name) if name.startswith("tables."):
                    yield name.removeprefix("tables.")


def _expressions(rule: m.Rule) -> Iterator[t.Expr]:
    conditions = [rule.about, rule.when]
    if isinstance(rule.effect, m.Authorize):
        conditions += [need.met for need in rule.effect.needs]
    if isinstance(rule.effect, m.Oblige):
        conditions.append(rule.effect.need.met)
    yield from (as_expr(condition) for condition in conditions if condition is not None)
    yield from (loop.over for loop in rule.loops if loop.over is not None)
