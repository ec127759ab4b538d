"""`licet policy lint`: what a reviewer would ask of policies that have no faults."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from licet.cli.exits import Exit
from licet.cli.failing import failing
from licet.cli.local import load
from licet.cli.report import console, show
from licet.cli.scenarios.command import read_scenarios
from licet.cli.scenarios.scenario import Kind, Scenario
from licet.language.faults import Position
from licet.policy.folder import embedded_folder
from licet.policy.lawful import unfounded
from licet.policy.model import Package, Provenance, Rule
from licet.policy.release import Release

_SHARES = (*(each.value for each in Provenance),)
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Refusal:
    """What no reviewer would sign."""

    rule: str
    at: Position
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """What there is to say of one package. `no_hit` and `no_miss`: rules that no case expects to fire, or not to."""

    jurisdiction: str
    rules: int
    cases: int
    refusals: tuple[Refusal, ...]
    no_hit: tuple[str, ...]
    no_miss: tuple[str, ...]
    provenance: Mapping[str, Mapping[str, int]]
    """Of rules, groups, tables and rows: how many are from a source, mixed or recalled."""


def reviews(release: Release, scenarios: Iterable[Scenario]) -> tuple[Review, ...]:
    """The review of every package."""
    every = tuple(scenarios)
    return tuple(
        _review(release, package, tuple(s for s in every if s.jurisdiction == jurisdiction))
        for jurisdiction, package in release.packages.items()
    )


def _review(release: Release, package: Package, scenarios: tuple[Scenario, ...]) -> Review:
    hit, missed = _expected(scenarios, Kind.FIRES), _expected(scenarios, Kind.CONSIDERED, Kind.NOT_FIRED)
    ids = tuple(rule.id for rule in package.rules)
    return Review(
        package.jurisdiction,
        len(ids),
        len(scenarios),
        tuple(refusal for rule in package.rules for refusal in _refusals(rule, package, release)),
        tuple(id_ for id_ in ids if id_ not in hit),
        tuple(id_ for id_ in ids if id_ not in missed),
        _provenance(package),
    )


def _expected(scenarios: Iterable[Scenario], *kinds: Kind) -> frozenset[str]:
    return frozenset(e.wanted.partition("[")[0] for s in scenarios for e in s.expectations if e.kind in kinds)


def _refusals(rule: Rule, package: Package, release: Release) -> Iterator[Refusal]:
    for regime, day, at in unfounded(rule, package, release.catalogues):
        place = package.jurisdiction.upper()
        text = f"it claims to implement {regime}, in which {place} did not stand on {day}; say `relation: aligned`, or date it"
        yield Refusal(rule.id, at, "NOT_A_MEMBER", text)
    for what in ("rationale", "cite", "concept"):
        if not getattr(rule, what):
            yield Refusal(rule.id, rule.at, "UNSAID", f"it has no {what}")


def _provenance(package: Package) -> dict[str, dict[str, int]]:
    tables = package.tables.values()
    rows = [str(row.cells.get("provenance") or table.provenance.value) for table in tables for row in table.rows]
    counted = {
        "rules": Counter(rule.provenance.value for rule in package.rules),
        "groups": Counter(group.provenance.value for group in package.groups.values()),
        "tables": Counter(table.provenance.value for table in tables),
        "rows": Counter(rows),
    }
    return {what: {share: counts[share] for share in _SHARES} for what, counts in counted.items()}


# ---- the command --------------------------------------------------------------------------------------------------------


def lint(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="Folder of policies. Without it, the ones that Licet ships.", show_default=False),
    ] = None,
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", "-j", help="Only of this jurisdiction: us, eu, de …", show_default=False)
    ] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Fail where no case hits a rule, or none misses it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the review as JSON.")] = False,
) -> None:
    """Review policies: regimes that are claimed without membership, rules that no scenario hits or misses, what is recalled.

    A rule is refused whose jurisdiction did not stand in a regime that it claims to implement while it was in force, or that
    lacks rationale, citation or concept. Here counts what scenarios expect by name; which rules they exercised is told by
    [bold]licet policy test --coverage[/bold].

    Exit codes: 0 nothing is refused, 1 with --strict: a rule lacks cases, 3 refused, or faults in the policies, 2 bad options.
    """
    with failing(prefix=folder, as_json=as_json):
        release = load(folder)
        scenarios = read_scenarios(folder or embedded_folder(), release)
    if jurisdiction and jurisdiction not in release.packages:
        raise typer.BadParameter(f"there is no package {jurisdiction}; expected one of {', '.join(release.packages)}")
    found = tuple(review for review in reviews(release, scenarios) if jurisdiction in ("", review.jurisdiction))
    if as_json:
        typer.echo(json.dumps({review.jurisdiction: _plain(review) for review in found}, ensure_ascii=False, indent=2))
    else:
        _tell(found, folder or embedded_folder())
    if any(review.refusals for review in found):
        raise typer.Exit(Exit.POLICY)
    if strict and any(review.no_hit or review.no_miss for review in found):
        raise typer.Exit(Exit.FAILED)


def _plain(review: Review) -> dict[str, Any]:
    refused = [{"rule": r.rule, "file": r.at.file, "line": r.at.line, "code": r.code, "text": r.text} for r in review.refusals]
    counts = {"rules": review.rules, "cases": review.cases}
    return {**counts, "refused": refused, "no_hit": review.no_hit, "no_miss": review.no_miss, "provenance": review.provenance}


def _tell(found: Iterable[Review], folder: Path) -> None:
    to, table = console(), Table(box=None, pad_edge=False)
    for name in (
        "package",
        "rules",
        "cases",
        "refused",
        "no hit",
        "no miss",
        *(f"{what} {_SHARES[-1]}" for what in ("rules", "rows")),
    ):
        table.add_column(name, justify="left" if name == "package" else "right")
    for review in found:
        for refusal in review.refusals:
            place = f"{folder / refusal.at.file}:{refusal.at.line}"
            to.print(f"{place}: {refusal.code}: {refusal.rule}: {refusal.text}", markup=False, soft_wrap=True)
        for what, ids in (("expects to fire", review.no_hit), ("expects not to fire", review.no_miss)):
            if ids and review.cases:
                more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
                to.print(f"{review.jurisdiction}: no case {what}: {', '.join(ids[:_SHOWN])}{more}", markup=False, soft_wrap=True)
        counts = (review.rules, review.cases, len(review.refusals), len(review.no_hit), len(review.no_miss))
        shares = (review.provenance["rules"]["recalled"], review.provenance["rows"]["recalled"])
        table.add_row(review.jurisdiction, *(Text(f"{count:,}") for count in (*counts, *shares)))
    show(to, table)
