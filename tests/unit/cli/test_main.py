from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import Parse

from licet.cli.demo import served
from licet.cli.exits import Exit, exit_of
from licet.policy.release import Release
from licet.v1 import decision_pb2, outcome_pb2, trace_pb2

Licet = Callable[..., Any]
Example = Callable[[str], Path]


@pytest.mark.parametrize(("start", "code"), [("06", Exit.PROCEED), ("02", Exit.HOLD), ("18", Exit.STOP)])
def test_the_exit_code_is_the_disposition(licet: Licet, example: Example, start: str, code: Exit) -> None:
    """Scripts can act on the exit code alone."""
    assert licet("evaluate", example(start)).exit_code == code


def test_an_unknown_disposition_is_a_hold() -> None:
    """What this version does not know lets no shipment go."""
    assert exit_of(outcome_pb2.DISPOSITION_UNSPECIFIED) is Exit.HOLD
    assert exit_of(99) is Exit.HOLD


def test_the_report_begins_with_what_to_do(licet: Licet, example: Example) -> None:
    """A reader sees the disposition first, then law, basis, regime, citation and authorization."""
    shown = licet("evaluate", example("01")).stdout
    assert shown.index("PROCEED") < shown.index("European Union: authorized") < shown.index("eu.annex-i")
    for word in ("Wassenaar", "Regulation (EU) 2021/821", "EU001", "✓ Register", "Assumed"):
        assert word in shown


def test_json_is_the_decision(licet: Licet, example: Example, release: Release) -> None:
    """`--json` prints the Decision as proto3 JSON, and nothing else."""
    shown = licet("evaluate", example("02"), "--json")
    decision = Parse(shown.stdout, decision_pb2.Decision())
    assert decision.result.outcome == outcome_pb2.OUTCOME_LICENSE_REQUIRED
    assert decision.release == release.digest
    assert "decided_at" in json.loads(shown.stdout)


def test_explain_shows_conditions_and_where_values_come_from(licet: Licet, example: Example) -> None:
    """The tree names each rule with its conditions, the values read with their source, and the place in the policy file."""
    shown = licet("explain", example("08"))
    assert shown.exit_code == Exit.PROCEED
    for words in (
        "us.744.21[5A992]",
        "✗ dest in groups.meu_listed_items",
        "destination.country = VN  stated",
        "assumed",
        "us/rules/end-use.yaml:",
    ):
        assert words in shown.stdout


def test_explain_as_json_is_the_trace(licet: Licet, example: Example) -> None:
    """`licet explain --json` prints the trace."""
    trace = Parse(licet("explain", example("08"), "--json").stdout, trace_pb2.Trace())
    assert any(step.verdict == trace_pb2.VERDICT_FIRED for step in trace.steps)


def test_a_full_trace_shows_more(licet: Licet, example: Example) -> None:
    """`--full-trace` shows rules that do not speak of the case too, and changes no answer."""
    short, full = (licet("explain", example("06"), "-j", "us", *more) for more in ((), ("--full-trace",)))
    assert len(short.stdout) < len(full.stdout)
    assert short.exit_code == full.exit_code


def test_a_question_may_be_limited(licet: Licet, example: Example) -> None:
    """`--jurisdiction` asks only the laws named."""
    decision = Parse(licet("evaluate", example("06"), "-j", "us", "--json").stdout, decision_pb2.Decision())
    assert ["us"] == [jurisdiction.jurisdiction for jurisdiction in decision.result.jurisdictions]


def test_assumptions_may_be_refused(licet: Licet, example: Example) -> None:
    """`--refuse-assumptions` turns what would be assumed into questions."""
    decision = Parse(licet("evaluate", example("06"), "--refuse-assumptions", "--json").stdout, decision_pb2.Decision())
    assert not decision.result.assumptions
    assert decision.result.questions


def test_the_legal_date_may_be_set(licet: Licet, example: Example) -> None:
    """`--date` takes the place of the date in the file."""
    decision = Parse(licet("evaluate", example("06"), "--date", "2026-11-23", "--json").stdout, decision_pb2.Decision())
    assert (2026, 11, 23) == (decision.as_of.year, decision.as_of.month, decision.as_of.day)


def test_another_release_is_refused(licet: Licet, example: Example) -> None:
    """A pinned release that is not the one at hand is bad input, named with the one that is."""
    shown = licet("evaluate", example("06"), "--release", "0" * 64)
    assert shown.exit_code == Exit.USAGE
    assert "is not this release" in shown.stderr


def test_a_misspelled_field_is_bad_input_with_its_place(licet: Licet, tmp_path: Path) -> None:
    """A file with a misspelled field is refused with file, line, column and a hint."""
    file = tmp_path / "pump.yaml"
    file.write_text("activity: EXPORT\ndestinatoin: BR\n")
    shown = licet("evaluate", file)
    assert shown.exit_code == Exit.USAGE
    assert f"{file}:2:1: UNKNOWN_FIELD" in shown.stderr
    assert "did you mean destination?" in shown.stderr
    assert not shown.stdout


def test_what_a_decision_refuses_is_shown_in_the_file(licet: Licet, tmp_path: Path) -> None:
    """A value that reads well and cannot be meant is refused at its place, with all others."""
    file = tmp_path / "pump.yaml"
    file.write_text("origin: Germany\nparties: [{reference: a, roles: END_USER, country: FRA}]\nitems: [{line: 1}]\n")
    shown = licet("evaluate", file)
    assert shown.exit_code == Exit.USAGE
    assert f"{file}:1:" in shown.stderr
    assert f"{file}:2:" in shown.stderr


def test_faults_are_json_for_machines(licet: Licet, tmp_path: Path) -> None:
    """With `--json`, faults too are JSON, on standard error."""
    file = tmp_path / "pump.yaml"
    file.write_text("activty: EXPORT\n")
    found = json.loads(licet("evaluate", file, "--json").stderr)
    assert found["reason"] == "SHIPMENT_FAULTS"
    assert (1, 1, "UNKNOWN_FIELD") == tuple(found["faults"][0][name] for name in ("line", "column", "code"))


def test_a_file_that_is_not_there_is_bad_input(licet: Licet, tmp_path: Path) -> None:
    """A missing file is named, without a traceback."""
    shown = licet("evaluate", tmp_path / "none.yaml")
    assert shown.exit_code == Exit.USAGE
    assert "none.yaml" in shown.stderr


def test_a_shipment_may_come_from_standard_input(licet: Licet, example: Example) -> None:
    """`-` reads YAML from standard input."""
    assert licet("evaluate", "-", input=example("06").read_bytes()).exit_code == Exit.PROCEED


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a server with the shipped policies listens."""
    with served() as where:
        yield where


@pytest.fixture(params=["here", "server"])
def source(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Options for deciding in this process, and by a server."""
    return () if request.param == "here" else ("--server", request.getfixturevalue("address"))


def test_several_shipments_have_one_exit_code(licet: Licet, example: Example, source: tuple[str, ...]) -> None:
    """Several files are reported in their order, and the exit code is that of the gravest disposition."""
    shown = licet("evaluate", example("18"), example("06"), example("02"), *source)
    assert Exit.STOP == shown.exit_code, shown.stderr
    assert shown.stdout.index("STOP") < shown.stdout.index("PROCEED") < shown.stdout.index("HOLD")
    assert Exit.HOLD == licet("evaluate", example("06"), example("02"), *source).exit_code


def test_several_shipments_are_lines_of_json(licet: Licet, example: Example, source: tuple[str, ...]) -> None:
    """With `--json` each decision of several is a line, with the file it is about."""
    files = [example("06"), example("02")]
    lines = [json.loads(line) for line in licet("evaluate", *files, "--json", *source).stdout.splitlines()]
    assert [str(file) for file in files] == [line["file"] for line in lines]
    assert ["DISPOSITION_PROCEED", "DISPOSITION_HOLD"] == [line["decision"]["result"]["disposition"] for line in lines]


def test_a_bad_shipment_among_several_is_named(licet: Licet, example: Example, source: tuple[str, ...], tmp_path: Path) -> None:
    """What is refused is told at its place, the others are decided, and the exit code says that not all could be."""
    file = tmp_path / "pump.yaml"
    file.write_text("origin: Germany\nitems: [{line: 1}]\n")
    shown = licet("evaluate", example("06"), file, example("18"), *source)
    assert Exit.USAGE == shown.exit_code
    assert f"{file}:1:" in shown.stderr
    assert "PROCEED" in shown.stdout
    assert "STOP" in shown.stdout


def test_files_that_cannot_be_read_are_all_named(licet: Licet, tmp_path: Path) -> None:
    """Faults of several files are told at once, and nothing is decided."""
    files = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    for file in files:
        file.write_text("activty: EXPORT\n")
    shown = licet("evaluate", *files)
    assert Exit.USAGE == shown.exit_code
    assert all(f"{file}:1:1: UNKNOWN_FIELD" in shown.stderr for file in files)
    assert not shown.stdout


def test_nobody_listening_is_server_trouble(licet: Licet, example: Example) -> None:
    """A server that cannot be reached is told apart from a bad shipment, with advice."""
    shown = licet("evaluate", example("06"), "--server", "127.0.0.1:1", "--timeout", "5")
    assert shown.exit_code == Exit.SERVER
    assert "licet serve" in shown.stderr


def test_nobody_listening_to_several_is_server_trouble(licet: Licet, example: Example) -> None:
    """Several shipments for a server that is not there end with advice."""
    shown = licet("evaluate", example("06"), example("02"), "--server", "127.0.0.1:1", "--timeout", "5")
    assert Exit.SERVER == shown.exit_code
    assert "licet serve" in shown.stderr


def test_a_server_brings_its_own_policies(licet: Licet, example: Example, tmp_path: Path) -> None:
    """`--policies` beside `--server` is a contradiction, and refused."""
    assert licet("evaluate", example("06"), "--server", "127.0.0.1:1", "--policies", tmp_path).exit_code == Exit.USAGE


def test_a_bad_setting_is_refused_at_once(licet: Licet) -> None:
    """The server does not start on a bad setting, and says which one."""
    shown = licet("serve", "--listen", "nowhere", "--drain-seconds", "-1")
    assert shown.exit_code == Exit.USAGE
    assert "listen" in shown.stderr
    assert "drain_seconds" in shown.stderr


@pytest.mark.parametrize("command", [(), ("evaluate",), ("explain",), ("serve",), ("policy",), ("policy", "check"), ("version",)])
def test_every_command_has_help(licet: Licet, command: tuple[str, ...]) -> None:
    """`--help` works everywhere and says what the command does."""
    shown = licet(*command, "--help")
    assert shown.exit_code == 0
    assert "Usage" in shown.stdout


def test_help_teaches_the_exit_codes(licet: Licet) -> None:
    """The codes that scripts rely on stand in the help."""
    shown = " ".join(licet("evaluate", "--help").stdout.split())
    for code in ("0 proceed", "10 hold", "20 stop", "2 bad options", "4 server trouble"):
        assert code in shown


def test_licet_runs_as_a_program() -> None:
    """The module runs on its own, without the entry point."""
    done = subprocess.run([sys.executable, "-m", "licet.cli.main", "version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("licet ")
