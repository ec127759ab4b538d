"""The scenarios of a folder of policies: every `*.cases.yaml` below it."""

from __future__ import annotations

from pathlib import Path

from licet.cli.scenarios.known import known_names
from licet.cli.scenarios.scenario import CasesError, Scenario
from licet.cli.scenarios.source import read_cases
from licet.policy.reading import Faults, no_duplicates
from licet.policy.release import Release
from licet.policy.text import Scalar

SUFFIX = ".cases.yaml"


def case_files(folder: Path) -> tuple[Path, ...]:
    """The files of scenarios below a folder, in order."""
    return tuple(sorted(folder.rglob(f"*{SUFFIX}")))


def read_folder_cases(folder: Path, release: Release) -> tuple[Scenario, ...]:
    """Every scenario below a folder. Raises `CasesError` with all faults of all files at once, OSError."""
    faults, known = Faults(), known_names(release)
    found: list[Scenario] = []
    for path in case_files(folder):
        found += read_cases(path.relative_to(folder).as_posix(), path.read_bytes(), known, faults)
    no_duplicates((Scalar(scenario.name, scenario.at) for scenario in found), "case", faults)
    if faults.found:
        raise CasesError(faults.found)
    return tuple(found)
