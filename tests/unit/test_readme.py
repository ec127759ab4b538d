"""What the README shows, works."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from licet.cli.demo import served
from licet.cli.exits import Exit
from licet.cli.shipment import parse_shipment

_ROOT = Path(__file__).resolve().parents[2]
_README = (_ROOT / "README.md").read_text(encoding="utf-8")
_PATIENCE = 120
_EXAMPLES = len(list((_ROOT / "examples").glob("*.yaml")))


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", _README, flags=re.MULTILINE | re.DOTALL)


def _commands() -> list[list[str]]:
    lines = (line for block in _blocks("sh") for line in block.splitlines())
    return [shlex.split(line, comments=True) for line in lines if line.strip()]


def _licet_commands() -> list[list[str]]:
    return [command for command in _commands() if command[0].endswith("/licet")]


@pytest.mark.parametrize("command", _licet_commands(), ids=[" ".join(command[1:]) for command in _licet_commands()])
def test_the_commands_of_the_readme_run(command: list[str]) -> None:
    """Every `licet` command of the README does what it says, from the root of the repository."""
    words = [found for word in command[1:] for found in (sorted(map(str, _ROOT.glob(word))) if "*" in word else [word])]
    done = subprocess.run(
        [sys.executable, "-m", "licet.cli.main", *words],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
        cwd=_ROOT,
    )
    assert done.returncode == Exit.PROCEED, done.stderr
    assert done.stdout


def test_the_make_targets_of_the_readme_exist() -> None:
    """Every `make` command of the README names a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (_ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = {target for command in _commands() if command[0] == "make" for target in command[1:]}
    assert {"demo", "test"} <= named
    assert named <= targets


def test_no_command_of_the_readme_is_left_out() -> None:
    """Every command shown is one that the tests above look at."""
    assert [] == [command for command in _commands() if command[0] != "make" and not command[0].endswith("/licet")]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where a server with the shipped policies listens."""
    with served() as where:
        yield where


_SHOWN = {
    "evaluate_stream": [f"{_EXAMPLES} of {_EXAMPLES}", "Hold this"],
    "InvalidRequest": ["DISPOSITION_HOLD", "screened", "['transaction.destination.country']"],
    "LicensingServiceStub": ["DISPOSITION_HOLD", "screened"],
}
"""What each snippet prints, by a word that only it has."""


@pytest.mark.parametrize("word", _SHOWN)
def test_the_python_of_the_readme_asks_a_server(address: str, word: str) -> None:
    """Each snippet runs as it stands against a server with the shipped policies, and prints what it says."""
    (snippet,) = (block for block in _blocks("python") if word in block)
    code = snippet.replace("127.0.0.1:50051", address)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=_PATIENCE, check=False, cwd=_ROOT)
    assert done.returncode == 0, done.stderr
    for shown in _SHOWN[word]:
        assert shown in done.stdout


def test_no_python_of_the_readme_is_left_out() -> None:
    """Every snippet is one that the test above runs."""
    assert len(_SHOWN) == len(_blocks("python"))


def test_the_shipment_of_the_readme_is_one() -> None:
    """The YAML of the README reads as a shipment."""
    (shipment,) = _blocks("yaml")
    assert parse_shipment("README.md", shipment.encode()).request.transaction.items[0].country_of_origin == "US"


def test_the_files_of_the_readme_exist() -> None:
    """Every link of the README leads somewhere."""
    for target in re.findall(r"\]\(([^)]+)\)", _README):
        assert (_ROOT / target).exists(), target


def test_the_exit_codes_of_the_readme_are_those_of_the_software() -> None:
    """The table of exit codes names every code that a user can meet."""
    (table,) = re.findall(r"^\| exit code \|.*?\n\n", _README, flags=re.MULTILINE | re.DOTALL)
    shown = set(map(int, re.findall(r"^\| (\d+) \|", table, flags=re.MULTILINE)))
    assert {code.value for code in Exit} - {Exit.FAILED} == shown
