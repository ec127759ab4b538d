from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

import pytest

from licet.cli.local import load
from licet.cli.scenarios.files import read_folder_cases
from licet.cli.scenarios.run import run
from licet.cli.scenarios.scenario import CasesError, Scenario
from licet.engine.compiled import CompiledEngine
from licet.language.faults import PolicyError
from licet.policy.folder import embedded_folder
from licet.policy.release import Release

Record = Callable[[str, object], None]


@cache
def _release() -> Release:
    return load()


@cache
def _engine() -> CompiledEngine:
    return CompiledEngine()


def _scenarios() -> tuple[Scenario, ...]:
    """The scenarios of the shipped policies; none where a file has faults, which a test of its own tells."""
    try:
        return read_folder_cases(embedded_folder(), _release())
    except (CasesError, PolicyError):
        return ()


def test_the_files_of_scenarios_have_no_faults() -> None:
    """Every file of scenarios reads as one, and every package that has some has cases."""
    assert read_folder_cases(embedded_folder(), _release())


@pytest.mark.parametrize("scenario", _scenarios(), ids=lambda scenario: scenario.name)
def test_a_shipment_is_answered_as_its_scenario_says(scenario: Scenario, record_property: Record) -> None:
    """Every scenario beside the rules comes out as it expects, by the compiled engine and the walk alike."""
    ran = run(scenario, _release(), _engine())
    record_property("exercised", json.dumps([scenario.jurisdiction, ran.exercised.plain()]))
    assert ran.passed, "\n".join(map(str, ran.failures))
