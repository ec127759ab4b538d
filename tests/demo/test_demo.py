from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from licet.cli.exits import Exit

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
_COMMAND = [sys.executable, "-m", "licet.cli.demo"]
_PATIENCE = 120


def _folder(tmp_path: Path, *starts: str) -> Path:
    folder = tmp_path / "shipments"
    folder.mkdir()
    for start in starts:
        file = next(path for path in EXAMPLES.glob("*.yaml") if path.name.startswith(start))
        shutil.copy(file, folder)
    return folder


def _run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environment}  # a process gets it
    return subprocess.run([*_COMMAND, str(folder)], capture_output=True, text=True, timeout=_PATIENCE, check=False, env=env)


def _nobody_listens(output: str) -> bool:
    found = re.search(r"listens at 127\.0\.0\.1:(\d+)", output)
    assert found is not None, output
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(found[1]))) != 0


def test_the_demo_decides_through_a_server_and_stops_it(tmp_path: Path) -> None:
    """The demo starts a server, prints a report a shipment and a table, names the next commands, and leaves nothing running."""
    done = _run(_folder(tmp_path, "01", "18"))
    assert done.returncode == Exit.PROCEED, done.stderr
    for words in ("PROCEED", "STOP", "EU001", "Entity List", "All of them", "Next, try", "explain"):
        assert words in done.stdout
    assert _nobody_listens(done.stdout)


def test_an_unexpected_outcome_fails_the_demo(tmp_path: Path) -> None:
    """An example that comes out otherwise than it says is named, and the exit code says so."""
    folder = _folder(tmp_path, "06")
    file = next(folder.glob("*.yaml"))
    file.write_text(file.read_text().replace("disposition: PROCEED", "disposition: STOP"))
    done = _run(folder)
    assert done.returncode == Exit.FAILED
    assert "the example expects STOP" in done.stdout
    assert _nobody_listens(done.stdout)


def test_the_demo_runs_with_defaults_whatever_the_environment_says(tmp_path: Path) -> None:
    """Settings in the environment do not reach the server of the demo."""
    assert _run(_folder(tmp_path, "06"), LICET_POLICIES="/nowhere", LICET_LISTEN="nonsense").returncode == Exit.PROCEED


def test_a_folder_without_examples_is_named(tmp_path: Path) -> None:
    """The demo of an empty folder says so and starts nothing."""
    done = _run(tmp_path)
    assert done.returncode == Exit.USAGE
    assert "no example shipments" in done.stderr


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_ended_stops_its_server(tmp_path: Path, ending: signal.Signals) -> None:
    """Whoever ends the demo early leaves no server behind."""
    folder = _folder(tmp_path, "02")
    for number in range(30):
        shutil.copy(next(folder.glob("02*")), folder / f"03-again-{number:02}.yaml")
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}  # a process gets it
    with subprocess.Popen([*_COMMAND, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        output = ""
        until = time.monotonic() + _PATIENCE  # a test that waits gives up some time
        while "listens at" not in output and time.monotonic() < until:  # as above
            output += process.stdout.readline()
        process.send_signal(ending)
        process.communicate(timeout=_PATIENCE)
    assert process.returncode == 128 + ending
    assert _nobody_listens(output)
