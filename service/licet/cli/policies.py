"""`licet policy`: check a folder of policies, run its scenarios, list its rules, show one."""

from __future__ import annotations

import datetime
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from licet.api.rules import is_public, package_info, rule_info
from licet.cli import words
from licet.cli.failing import failing
from licet.cli.lint import lint
from licet.cli.local import load
from licet.cli.report import console, show
from licet.cli.scenarios.command import read_scenarios, run_cases
from licet.policy.folder import embedded_folder
from licet.policy.reading import nearest
from licet.policy.release import Release
from licet.v1 import policy_service_pb2, source_pb2

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich", help="Check and test policies, and look at their rules.")

Folder = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="Folder of policies. Without it, the ones that Licet ships.", show_default=False),
]
Policies = Annotated[
    Path | None,
    typer.Option(
        "--policies", metavar="DIR", help="Folder of policies. Without it, the ones that Licet ships.", show_default=False
    ),
]


@app.command()
def check(folder: Folder = None) -> None:
    """Read a folder of policies, with the scenarios beside the rules, and list every fault at once.

    Each fault stands on a line of its own: [bold]file:line:column: CODE: what is wrong (what to do)[/bold]. Faults are
    found in stages (text, schema, names, expressions, law); all of one stage come together.

    Exit codes: 0 no faults, 3 faults, 2 no such folder.
    """
    started = time.perf_counter()
    with failing(prefix=folder):
        release = load(folder)
        read_scenarios(folder or embedded_folder(), release)
    show(console(), _summary(release, folder or embedded_folder(), time.perf_counter() - started))


app.command("test")(run_cases)
app.command()(lint)


def _summary(release: Release, folder: Path, seconds: float) -> Table:
    infos = [package_info(package) for package in release.packages.values()]
    table = Table(title=Text(f"{folder}: no faults"), title_justify="left", box=None, pad_edge=False, show_footer=True)
    table.add_column("package", "release")
    table.add_column("version")
    for name in ("rule_count", "row_count"):
        total = sum(getattr(info, name) for info in infos)
        table.add_column(name.partition("_")[0] + "s", f"{total:,}", justify="right")
    table.add_column("digest", f"{release.digest[:16]}…  read in {seconds:.1f} s")
    for info in infos:
        table.add_row(info.jurisdiction, info.version, f"{info.rule_count:,}", f"{info.row_count:,}", f"{info.digest[:16]}…")
    return table


@app.command()
def rules(
    policies: Policies = None,
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", "-j", help="Only of this jurisdiction: us, eu, de …", show_default=False)
    ] = "",
) -> None:
    """List rules with what they do and where they come from. A decision table is one rule here."""
    with failing(prefix=policies):
        release = load(policies)
    if jurisdiction and jurisdiction not in release.packages:
        raise typer.BadParameter(f"there is no package {jurisdiction}; expected one of {', '.join(release.packages)}")
    table = Table(box=None, pad_edge=False)
    for column in ("id", "effect", "title", "cite"):
        table.add_column(column, overflow="fold")
    for package in release.packages.values():
        for rule in package.rules if jurisdiction in ("", package.jurisdiction) else ():
            info = rule_info(rule, release, _today())
            effect = words.short(source_pb2.EffectKind, info.effect).lower() if is_public(rule) else ""
            table.add_row(info.id or "(restricted)", effect, info.title, info.source.cite)
    show(console(), table)


@app.command()
def rule(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Id of the rule, such as us.744.21")], policies: Policies = None
) -> None:
    """Show one rule: what it does, when, why, since when, and where it stands in the files."""
    with failing(prefix=policies):
        release = load(policies)
    found = {rule.id: rule for package in release.packages.values() for rule in package.rules}
    bare = id_.partition("[")[0]
    if bare not in found:
        raise typer.BadParameter(f"there is no rule {id_}; {nearest(bare, found) or '`licet policy rules` lists them'}")
    show(console(), _rule(rule_info(found[bare], release, _today())))


def _rule(info: policy_service_pb2.Rule) -> Table:
    since = "; ".join(
        f"from {words.date(i.from_date)} ({i.by})" + (f" to {words.date(i.to_date)}" if i.HasField("to_date") else "")
        for i in info.in_force
    )
    rows = {
        "rule": info.id or "(restricted)",
        "title": info.title,
        "instrument": info.instrument,
        "effect": info.effect_text,
        "from": words.regimes(info.source),
        "cite": words.citation(info.source),
        "in force": since,
        "for each": info.for_each,
        "about": info.about,
        "when": info.when,
        "why": info.rationale,
        "status": f"stayed: {info.cause}" if info.status == policy_service_pb2.RULE_STATUS_STAYED else "",
        "stands in": info.source.location,
    }
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows.items():
        if value:
            table.add_row(name, Text(value))
    return table


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
