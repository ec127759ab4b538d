"""`licet policy test`: runs the scenarios beside the rules."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from licet.cli.exits import Exit
from licet.cli.failing import failing
from licet.cli.local import load
from licet.cli.report import console
from licet.cli.scenarios.files import read_folder_cases
from licet.cli.scenarios.run import Run, run_all
from licet.cli.scenarios.scenario import CasesError, Scenario
from licet.cli.scenarios.tally import Tally, joined, tallies
from licet.cli.scenarios.telling import as_json, failed_lines, summary_lines
from licet.engine.compiled import CompiledEngine
from licet.language.faults import PolicyError
from licet.policy.folder import embedded_folder
from licet.policy.reading import nearest
from licet.policy.release import Release


def run_cases(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="Folder of policies. Without it, the ones that Licet ships.", show_default=False),
    ] = None,
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", "-j", help="Only the cases of this jurisdiction: us, eu, de …", show_default=False)
    ] = "",
    case: Annotated[
        str,
        typer.Option(
            "--case", help="Only this case: its id, or the file's topic and the id, as in 744.21/navy", show_default=False
        ),
    ] = "",
    coverage: Annotated[bool, typer.Option("--coverage", help="Name every rule that was and was not exercised.")] = False,
    as_json_: Annotated[bool, typer.Option("--json", help="Print cases, failures and coverage as JSON.")] = False,
) -> None:
    """Run the scenarios beside the rules ([bold]*.cases.yaml[/bold]), and say which rules they exercised.

    Each case is decided by the compiled engine, and the reference walks every match as well: where they differ, the case fails.

    Exit codes: 0 all as expected, 1 a case failed, 3 faults in the policies or the cases, 2 bad options or no cases.
    """
    where = _from_here(folder or embedded_folder())
    with failing(prefix=where, as_json=as_json_):
        release = load(folder)
        scenarios = _wanted(read_scenarios(where, release), jurisdiction, case)
    runs = tuple(run_all(scenarios, release, CompiledEngine()))
    counted = tallied(release, runs) if coverage or as_json_ or not case else ()  # of one case, nobody asks what it leaves out
    if as_json_:
        typer.echo(json.dumps(as_json(runs, counted), ensure_ascii=False, indent=2))
    else:
        _tell(runs, counted, where, coverage=coverage)
    if not all(run.passed for run in runs):
        raise typer.Exit(Exit.FAILED)


def _from_here(folder: Path) -> Path:
    """The folder as seen from the current one, where it lies below."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_absolute() and folder.is_relative_to(here) else folder


def read_scenarios(folder: Path, release: Release) -> tuple[Scenario, ...]:
    """The scenarios of a folder. Raises `PolicyError` with their faults, which are told as those of policies are; OSError."""
    try:
        return read_folder_cases(folder, release)
    except CasesError as error:
        raise PolicyError(error.faults) from error


def _wanted(scenarios: Iterable[Scenario], jurisdiction: str, case: str) -> tuple[Scenario, ...]:
    every = tuple(scenarios)
    found = tuple(s for s in every if jurisdiction in ("", s.jurisdiction) and _is_named(s, case))
    if found:
        return found
    if case:
        raise typer.BadParameter(f"there is no case {case}; {nearest(case, (s.id for s in every)) or 'ids stand in the files'}")
    raise typer.BadParameter(f"there are no cases{f' of {jurisdiction}' if jurisdiction else ' here'}: no file ends in .cases.yaml")


def _is_named(scenario: Scenario, case: str) -> bool:
    """Whether a name means the case: its id with or without the row, its topic and id, or its whole name."""
    names = (scenario.id, scenario.name.split("/", 1)[1], scenario.name)
    return not case or any(case in (name, name.partition("[")[0]) for name in names)


def tallied(release: Release, runs: Sequence[Run]) -> tuple[Tally, ...]:
    """The counts of the jurisdictions of these runs."""
    cases = Counter(run.scenario.jurisdiction for run in runs)
    return tallies(release, cases, joined(run.exercised for run in runs))


def _tell(runs: Sequence[Run], counted: Iterable[Tally], folder: Path, *, coverage: bool) -> None:
    to = console()
    for run in runs:
        for line in failed_lines(run, folder) if not run.passed else ():
            to.print(line, markup=False, soft_wrap=True)
    for line in summary_lines(runs, counted, coverage=coverage):
        to.print(line, markup=False, soft_wrap=True)
