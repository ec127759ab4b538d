from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from licet.cli import policies
from licet.cli.exits import Exit
from licet.cli.scenarios import command
from licet.cli.scenarios.changes import drop, put
from licet.cli.scenarios.checks import failures
from licet.cli.scenarios.files import read_folder_cases
from licet.cli.scenarios.known import known_names
from licet.cli.scenarios.run import Run, run
from licet.cli.scenarios.scenario import CasesError, Scenario
from licet.cli.scenarios.source import read_cases
from licet.cli.scenarios.tally import Exercised, exercised, joined
from licet.cli.scenarios.witness import Answer, Witness, decided
from licet.engine.compiled import CompiledEngine
from licet.engine.protocol import Case, Finding
from licet.policy.folder import embedded_folder, read_folder
from licet.policy.reading import Faults
from licet.policy.release import Release, load_release
from licet.policy.text import Mapping, Scalar, plain_data, read_yaml

Licet = Callable[..., Any]
_FILE = "us/cases/test.cases.yaml"
_BASE = """\
title: Pumps
base:
  activity: EXPORT
  date: 2026-11-22
  origin: US
  destination: CU
  parties:
    - {reference: seller, roles: EXPORTER, name: Gulf Coast Pumps Inc., country: US, established_in: US}
    - {reference: buyer, roles: [PURCHASER, ULTIMATE_CONSIGNEE, END_USER], name: Aguas, country: CU, screened_on: 2026-11-20}
  items:
    - {line: "1", kind: COMMODITY, classifications: {us.eccn: EAR99}, quantity: 1, value: 4000 USD, country_of_origin: US}
"""
_CASE = "cases:\n  - id: cuba\n    title: A pump to Cuba\n    expect:\n"
_ENGINE = CompiledEngine()


def _read(release: Release, text: str) -> tuple[Scenario, ...]:
    faults = Faults()
    found = read_cases(_FILE, text.encode(), known_names(release), faults)
    if faults.found:
        raise CasesError(faults.found)
    return found


def _case(release: Release, expect: str, before: str) -> Scenario:
    """The one case that expects something of the pump to Cuba."""
    text = _BASE + f"cases:\n  - id: cuba\n    title: A pump to Cuba\n{before}    expect:\n      {expect}\n"
    (scenario,) = _read(release, text)
    return scenario


@cache
def _answer(release: Release, before: str) -> Answer:
    return decided(_case(release, "closed: LVS", before), release, _ENGINE)


def _run(release: Release, expect: str, *, before: str = "") -> Run:
    """That case run; each shipment is decided once for all tests."""
    scenario, answer = _case(release, expect, before), _answer(release, before)
    return Run(scenario, failures(scenario, answer), exercised(scenario, answer))


def _faults(release: Release, text: str) -> list[str]:
    with pytest.raises(CasesError) as error:
        _read(release, text)
    return [str(fault) for fault in error.value.faults]


# ---- changes ------------------------------------------------------------------------------------------------------------


_TREE = """\
destination: CN
parties:
  - {reference: buyer, country: CN}
items:
  - {line: "1", classifications: {us.eccn: 5A992.c}}
"""


def _tree(text: str = _TREE) -> Mapping:
    node, faults = read_yaml("x.yaml", text.encode())
    assert not faults
    assert isinstance(node, Mapping)
    return node


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("destination", "VN", lambda d: d["destination"] == "VN"),
        ("parties[buyer].military", "yes", lambda d: d["parties"] == [{"reference": "buyer", "country": "CN", "military": "yes"}]),
        ("parties[bank]", "{country: DE}", lambda d: d["parties"][1] == {"reference": "bank", "country": "DE"}),
        ("items[2]", "{unit: kg}", lambda d: d["items"][1] == {"line": "2", "unit": "kg"}),
        ("items[1].classifications[us.eccn]", "EAR99", lambda d: d["items"][0]["classifications"] == {"us.eccn": "EAR99"}),
        ("items[1].technical[ghz]", "18", lambda d: d["items"][0]["technical"] == {"ghz": "18"}),
        ("end_use.purposes", "CIVIL", lambda d: d["end_use"] == {"purposes": "CIVIL"}),
        ("transit[1]", "TR", lambda d: d["transit"] == ["TR"]),
    ],
)
def test_a_path_names_what_is_replaced_or_added(path: str, value: str, expected: Callable[[Any], bool]) -> None:
    """A value is set at its path, an element by its name; the base stays as it is."""
    base, faults = _tree(), Faults()
    node, _ = read_yaml("x.yaml", value.encode())
    assert node is not None
    assert expected(plain_data(put(base, Scalar(path, base.at), node, faults)))
    assert [] == faults.found
    assert plain_data(_tree()) == plain_data(base)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("parties[seller].country", "there is no element seller, only buyer"),
        ("destination.region", "state the whole"),
        ("parties.country", "name the element in brackets"),
        ("parties[", "is no path"),
        ("[1].x", "is no path"),
        (".x", "is no path"),
    ],
)
def test_a_path_that_leads_nowhere_is_a_fault(path: str, told: str) -> None:
    """Paths that cannot be followed change nothing, and say why."""
    base, faults = _tree(), Faults()
    assert base is put(base, Scalar(path, base.at), Scalar("x", base.at), faults)
    (fault,) = faults.found
    assert told in str(fault)


def test_a_fact_can_be_left_out() -> None:
    """What stands at a path is dropped, a whole element too; dropping nothing is a fault."""
    base, faults = _tree(), Faults()
    assert {"reference": "buyer"} == plain_data(drop(base, Scalar("parties[buyer].country", base.at), faults))["parties"][0]
    assert [] == plain_data(drop(base, Scalar("items[1]", base.at), faults))["items"]
    assert [] == faults.found
    drop(base, Scalar("parties[buyer].military", base.at), faults)
    assert "nothing stands at parties[buyer].military" in str(faults.found[0])


# ---- faults -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (_BASE + _CASE + "      fire: us.746.2\n", "16:7: UNKNOWN_KEY: expect has no field fire (did you mean fires?)"),
        (_BASE + _CASE + "      fires: us.746.22\n", "16:14: UNKNOWN_NAME: us.746.22 is no rule (did you mean us.746.2?)"),
        (_BASE + _CASE + "      not_fired: us.lvs[5A001/9]\n", "16:18: UNKNOWN_NAME: the table lvs has no row 5A001/9"),
        (_BASE + _CASE + "      fires: us.746.2[x]\n", "us.746.2 has no rows"),
        (_BASE + _CASE + "      outcome: LICENCE_REQUIRED\n", "16:16: UNKNOWN_NAME: LICENCE_REQUIRED is no outcome (did you mean LICENSE_REQUIRED?)"),
        (_BASE + _CASE + "      outcome: {eaar: PROHIBITED}\n", "eaar is no instrument and no jurisdiction (did you mean ear?)"),
        (_BASE + _CASE + "      closed: LSV\n", "LSV is no authorization (did you mean LVS?)"),
        (_BASE + _CASE + "      basis: EMBARGO-CUB\n", "EMBARGO-CUB is no basis (did you mean EMBARGO-CU?)"),
        (_BASE + _CASE + "      regime: WAS\n", "WAS is no regime (did you mean WA?)"),
        (_BASE + _CASE + "      at_most_questions: few\n", "expected a whole number"),
        (_BASE + _CASE + "      {}\n", "EMPTY: expect says nothing"),
        (_BASE + _CASE + "      fires: []\n", "EMPTY: fires is an empty list"),
        (_BASE + _CASE + "      asks: [items[1].value]\n", "YAML"),
        (_BASE + "cases:\n  - {id: a, title: b}\n", "13:5: MISSING: the case has no expect"),
        (_BASE + "cases:\n  - {id: a, title: b, wiht: {}, expect: {fires: us.746.2}}\n", "UNKNOWN_KEY: the case has no field wiht (did you mean with?)"),
        (_BASE + "cases:\n  - {id: a, title: b, with: {destinatoin: CU}, expect: {fires: us.746.2}}\n", "did you mean destination?"),
        (_BASE + "cases:\n  - {id: a, title: b, without: date, expect: {fires: us.746.2}}\n", "the case a has no date"),
        (_BASE + "cases:\n  - {id: a, title: b, for_each: {table: cll, rows: x}, expect: {fires: us.746.2}}\n", "cll is no table of us (did you mean ccl?)"),
        (_BASE + "cases:\n  - {id: a, title: b, for_each: {table: ccl, rows: 1C350/CB/CB9}, expect: {fires: us.746.2}}\n", "has no row 1C350/CB/CB9"),
        (_BASE + "cases:\n  - {id: a, title: =row.entri, for_each: {table: ccl, rows: 1C350/CB/CB2}, expect: {fires: us.746.2}}\n", "no column entri (did you mean entry?)"),
        (_BASE + "cases: []\n", "at least one case"),
        ("title: x\nbase: {expect: {outcome: PROHIBITED}}\ncases:\n  - {id: a, title: b, expect: {fires: us.746.2}}\n", "2:8: UNKNOWN_KEY: base has no field expect"),
    ],
)  # fmt: skip
def test_a_fault_has_its_place_and_a_hint(release: Release, text: str, told: str) -> None:
    """Whatever cannot be checked is a fault with file, line and column, and the nearest name that there is."""
    assert any(told in fault for fault in _faults(release, text)), _faults(release, text)


def test_all_faults_come_together(release: Release) -> None:
    """Faults of the base, of changes and of expectations are told at once, each one time, sorted by place."""
    text = (_BASE + "cases:\n  - {id: a, title: b, expect: {fires: us.none}}\n  - {id: c, title: d, expect: {}}\n").replace(
        "CU,", "CUB,"
    )
    found = _faults(release, text.replace("origin: US\n", "origine: US\n"))
    assert 3 == len(found)
    assert sorted(found, key=lambda fault: int(fault.split(":")[1])) == found


def test_ids_are_told_apart(tmp_path: Path, release: Release) -> None:
    """Two cases of one name are a fault, whichever files they stand in."""
    for folder in ("us/cases", "us/rules"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "x.cases.yaml").write_text(_BASE + _CASE + "      fires: us.746.2\n")
    with pytest.raises(CasesError) as error:
        read_folder_cases(tmp_path, release)
    assert "us/x/cuba stands twice" in str(error.value)


# ---- expectations -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("met", "unmet"),
    [
        ("outcome: LICENSE_REQUIRED", "outcome: PROHIBITED"),
        ("outcome: {ear: LICENSE_REQUIRED, us: LICENSE_REQUIRED}", "outcome: {ear: AUTHORIZED}"),
        ("disposition: STOP", "disposition: PROCEED"),
        ("fires: us.746.2", "fires: us.746.4"),
        ("not_fired: us.746.4", "not_fired: us.746.2"),
        ("not_fired: us.lvs[5A001/1]", "considered: us.lvs[5A001/1]"),
        ("basis: EMBARGO-CU", "basis: EMBARGO-KP"),
        ("review: denial", "review: presumption-of-denial"),
        ("{fires: us.746.2, cite: 15 CFR 746.2}", "{fires: us.746.2, cite: 15 CFR 746.4}"),
        ("{fires: us.746.2, regime: unilateral}", "{fires: us.746.2, regime: WA}"),
        ("closed: LVS", "open: LVS"),
        ("closed: SPP", "possible: SPP"),
        ("at_most_questions: 9", "asks: destination.country"),
        ("at_most_statements: 9", "at_most_statements: 0"),
        ("closed: TSR", "red_flags: us.WMD"),
        ("closed: TSR", "assumes: origin.country"),
        ("not_fired: us.746.9", "undetermined: us.746.9"),
    ],
)
def test_every_expectation_can_be_met_and_missed(release: Release, met: str, unmet: str) -> None:
    """An expectation that holds passes; one that does not fails at its own place, with what was found."""
    assert _run(release, met).passed
    ran = _run(release, unmet)
    assert ran.failures
    assert all(failure.at.line == 16 and failure.found for failure in ran.failures)


def test_a_failure_says_which_condition_failed_and_what_it_read(release: Release) -> None:
    """A rule that does not fire is told with its false condition; an undetermined one with the fact that it lacks."""
    assert "does not hold" in _run(release, "fires: us.746.9").failures[0].why
    assert "CU" in _run(release, "fires: us.746.9").failures[0].why
    lacking = _run(release, "fires: us.746.6", before="    with:\n      destination: UA\n").failures[0]
    assert "is undetermined" in lacking.found
    assert "it lacks destination.region" in lacking.why


def test_silence_is_not_read_as_a_miss(release: Release) -> None:
    """Where it is not known whether the law reaches the shipment, no rule of it counts as kept from firing."""
    before = "    without: destination\n    with:\n      end_use.purposes: CHEMICAL_OR_BIOLOGICAL\n"
    assert not _run(release, "not_fired: us.746.2", before=before).passed
    assert _run(release, "undetermined: [us.746.2, us.744.4]", before=before).passed


def test_a_law_that_is_not_asked_is_no_miss(release: Release) -> None:
    """A rule of a jurisdiction that is not asked fails the case, whatever is expected of it; asked, it is judged."""
    rule = next(rule.id for rule in release.packages["eu"].rules if rule.about is None)
    (failure,) = _run(release, f"not_fired: {rule}").failures
    assert "only us was asked" in failure.found
    assert not any(
        "asked" in failure.found
        for failure in _run(release, f"not_fired: {rule}", before="    with: {jurisdictions: [us, eu]}\n").failures
    )


def test_a_shipment_that_is_refused_fails_the_case(release: Release) -> None:
    """A shipment that cannot be meant fails at the line at fault, and no expectation hides it."""
    ran = _run(release, "closed: LVS", before="    with:\n      destination: QQ\n")
    assert not ran.passed
    assert 16 == ran.failures[0].at.line


def test_engines_that_disagree_fail_the_case(release: Release) -> None:
    """A finding that the fast engine misses fails the case, though the answer is that of the walk."""

    class Blind:
        name = "blind"

        def match(self, case: Case) -> tuple[Finding, ...]:
            return tuple(finding for finding in _ENGINE.match(case) if finding.rule != "us.746.2")

    (scenario,) = _read(release, _BASE + _CASE + "      fires: us.746.2\n")
    ran = run(scenario, release, Blind())
    assert any("us.746.2" in failure.found for failure in ran.failures)
    assert not Witness(_ENGINE).disagreements
    assert decided(scenario, release, Blind()).result.outcome


def test_rows_of_a_table_give_their_cells(release: Release) -> None:
    """One case over rows stands for one case a row, with citation and regime as the row has them."""
    text = _BASE + (
        "cases:\n  - id: china\n    title: =row.entry\n    for_each: {table: ccl, rows: [1C350/CB/CB2, 1A001/NS/NS2]}\n"
        "    with:\n      destination: CN\n      items[1].classifications: {us.eccn: =row.codes}\n"
        "    expect:\n      {basis: =row.column, cite: =row.cite, regime: =row.regime}\n"
    )
    first, second = _read(release, text)
    assert "us/test/china[1C350/CB/CB2]" == first.name
    assert ["CB2", "15 CFR 742.2(a)(2)", "AG"] == [e.wanted for e in first.expectations]
    assert ["1A001"] == list(second.shipment.request.transaction.items[0].classifications["us.eccn"].codes)


# ---- coverage -----------------------------------------------------------------------------------------------------------


def test_what_cases_exercise_is_joined(release: Release) -> None:
    """A rule that fired in one case and was kept from firing in another counts as both, through JSON too."""
    both = [
        _run(release, "closed: LVS").exercised,
        _run(release, "closed: LVS", before="    with:\n      destination: PA\n").exercised,
    ]
    found = joined(Exercised.of_plain(json.loads(json.dumps(each.plain()))) for each in both)
    assert "us.746.2" in found.fired
    assert "us.746.2" in found.missed
    assert found == joined(reversed(both))


def test_scenarios_change_no_digest() -> None:
    """The digest of a release does not depend on its scenarios."""
    files = dict(read_folder(embedded_folder()))
    without = {name: content for name, content in files.items() if not name.endswith(".cases.yaml")}
    assert without != files
    assert load_release(without).digest == load_release(files).digest


# ---- the command --------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, release: Release, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one file of cases, of which one fails; its policies are those that Licet ships."""
    for module in (command, policies):
        monkeypatch.setattr(module, "load", lambda _folder: release)
    (tmp_path / "us").mkdir()
    second = "  - id: free\n    title: Free to Cuba\n    source: none, it is wrong\n    expect: {outcome: NO_LICENSE_REQUIRED}\n"
    (tmp_path / "us/x.cases.yaml").write_text(_BASE + _CASE + "      fires: us.746.2\n" + second)
    return tmp_path


def test_a_failed_case_is_told_so_that_its_author_can_act(licet: Licet, folder: Path) -> None:
    """The report names the case, file and line, what was expected and found, and why; the code is 1."""
    shown = licet("policy", "test", folder)
    assert Exit.FAILED == shown.exit_code
    for told in ("FAILED us/x/free: Free to Cuba", "x.cases.yaml:20:", "found: LICENSE_REQUIRED", "us.746.2", "1 passed, 1 failed"):
        assert told in shown.stdout


def test_one_case_or_jurisdiction_can_be_chosen(licet: Licet, folder: Path) -> None:
    """A case runs alone by its id or longer names; what is not there is bad input, with a hint."""
    for name in ("cuba", "x/cuba", "us/x/cuba"):
        shown = licet("policy", "test", folder, "--case", name)
        assert Exit.PROCEED == shown.exit_code
        assert "1 cases: 1 passed" in shown.stdout
    wrong = licet("policy", "test", folder, "--case", "cubba")
    assert Exit.USAGE == wrong.exit_code
    assert "cuba" in wrong.stderr
    assert Exit.USAGE == licet("policy", "test", folder, "-j", "de").exit_code


def test_machines_get_json_and_lawyers_the_whole_coverage(licet: Licet, folder: Path) -> None:
    """JSON holds cases, failures and coverage; `--coverage` names every rule and table."""
    told = json.loads(licet("policy", "test", folder, "--json").stdout)
    assert (1, 1) == (told["passed"], told["failed"])
    assert "us.746.2" in told["coverage"]["us"]["fired"]
    assert 20 == told["cases"][1]["failures"][0]["line"]
    shown = licet("policy", "test", folder, "--coverage").stdout
    for words in ("never fired: ", "never kept from firing: ", "table ccl: 0 of "):
        assert words in shown


def test_faults_of_cases_end_as_faults_of_policies_do(licet: Licet, folder: Path) -> None:
    """A misspelled rule is told with its place and a hint, and the code is 3; a check of the policies tells it too."""
    file = folder / "us/x.cases.yaml"
    file.write_text(file.read_text().replace("fires: us.746.2", "fires: us.746.22"))
    for told in ("test", "check"):
        shown = licet("policy", told, folder)
        assert Exit.POLICY == shown.exit_code
        assert f"{file}:16:14: UNKNOWN_NAME" in shown.stderr


# ---- the manual ---------------------------------------------------------------------------------------------------------


def test_the_scenario_of_the_manual_runs(release: Release) -> None:
    """The file of scenarios that policies/README.md shows reads, and every case of it passes."""
    manual = (embedded_folder() / "README.md").read_text(encoding="utf-8")
    _, _, section = manual.partition("## Scenarios")
    found = re.search(r"^```yaml\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    scenarios = _read(release, found[1])
    assert scenarios
    for scenario in scenarios:
        assert () == run(scenario, release, _ENGINE).failures, scenario.name
