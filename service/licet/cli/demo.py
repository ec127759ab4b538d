"""The tour, `make demo`: starts a server on loopback, decides the example shipments through gRPC, prints them, stops the server.

The server is this software with the policies that it ships and default settings, whatever the environment says. The exit code
is 1 where an example comes out otherwise than its file expects.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from rich.console import Console
from rich.table import Table
from rich.text import Text

from licet.cli import words
from licet.cli.exits import Exit
from licet.cli.failing import failing
from licet.cli.remote import Remote, remote
from licet.cli.report import console, report, show
from licet.cli.shipment import Shipment, ShipmentError, read_shipment
from licet.cli.trouble import ServerTrouble, told
from licet.client import LicetClientError
from licet.decision.errors import InvalidRequest
from licet.v1 import decision_pb2, outcome_pb2

START_SECONDS = 60.0
STOP_SECONDS = 10.0
CALL_SECONDS = 30.0
_POLL_SECONDS = 0.05
_COMMANDS = (
    ("licet explain {folder}/08-us-phones-to-vietnam-military.yaml", "every rule behind an answer, and the values it read"),
    ("licet evaluate {folder}/02-de-amplifier-to-china.yaml --json", "the whole decision, for machines"),
    ("licet policy rule us.744.21", "a rule as the lawyers wrote it"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """An example with its decision, and how long the call took."""

    shipment: Shipment
    decision: decision_pb2.Decision
    milliseconds: float

    @property
    def as_expected(self) -> bool:
        """Whether it came out as the file expects; a file that expects nothing is content."""
        result, expected = self.decision.result, self.shipment.expected
        disposition = not expected.disposition or expected.disposition == result.disposition
        return disposition and (not expected.outcome or expected.outcome == result.outcome)


def examples_folder() -> Path:
    """Where the example shipments lie: `examples` here, else beside the sources."""
    here = Path("examples")
    return here if here.is_dir() else Path(__file__).resolve().parents[3] / "examples"


def main(arguments: Sequence[str] = ()) -> int:
    """Runs the tour over a folder of examples; gives the exit code."""
    folder = Path(arguments[0]) if arguments else examples_folder()
    out = console()
    with failing():
        shipments = [read_shipment(path) for path in sorted(folder.glob("*.yaml"))]
        if not shipments:
            raise FileNotFoundError(f"{folder} holds no example shipments")
        out.print(Text("Starting a server on loopback with the policies that Licet ships …", "dim"))
        with served() as address, remote(address, CALL_SECONDS) as server:
            out.print(Text(f"It listens at {address}. {len(shipments)} shipments follow, each asked through gRPC.\n", "dim"))
            shown = [_ask(server, shipment, out) for shipment in shipments]
    show(out, _closing(shown))
    _next(out, folder)
    return Exit.PROCEED if all(each.as_expected for each in shown) else Exit.FAILED


# ---- the server ---------------------------------------------------------------------------------------------------------


@contextmanager
def served(*options: str) -> Iterator[str]:
    """The address of a healthy server, on a port that was free; the server is stopped at the end. Raises `ServerTrouble`."""
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as data:
        # Its own process group: Ctrl-C reaches this process alone, which then stops the server.
        process = subprocess.Popen(  # noqa: S603  # our own module, under the interpreter that runs this
            _command("--data", data, *options),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
            start_new_session=True,
        )
        try:
            address = _address(process, log)
            with remote(address, CALL_SECONDS) as server:
                if not server.client.healthy():
                    raise ServerTrouble("NOT_SERVING", f"{address}: the server says that it does not serve")
            yield address
        except LicetClientError as error:
            raise ServerTrouble(error.reason, f"{told(error)}; its log ends: {_last_words(log)}") from error
        finally:
            _stop(process)


def _command(*options: str) -> list[str]:
    usual = ("--listen", "127.0.0.1:0", "--log-format", "json", "--drain-seconds", "2")
    return [sys.executable, "-m", "licet.cli.main", "serve", *usual, *options]


def _environment() -> dict[str, str]:
    """The environment without settings of Licet: the tour runs with defaults."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LICET_")}


def _address(process: subprocess.Popen[bytes], log: IO[bytes]) -> str:
    """Where the server listens, from its log. Raises `ServerTrouble` with its last words where it ends, or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        ended = process.poll() is not None
        for line in _lines(log):
            if line.get("event") == "serving":
                return str(line["address"])
        if ended:
            break
        time.sleep(_POLL_SECONDS)
    raise ServerTrouble("NOT_STARTED", f"the server did not start: {_last_words(log)}")


def _read(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode(errors="replace")


def _lines(log: IO[bytes]) -> Iterator[dict[str, object]]:
    for line in _read(log).splitlines():
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(found, dict):
            yield found


def _last_words(log: IO[bytes]) -> str:
    lines = _read(log).strip().splitlines()
    return "; ".join(lines[-3:]) if lines else "and says nothing"


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stops the server that was started here, gently, then not."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# ---- what is shown ------------------------------------------------------------------------------------------------------


def _ask(server: Remote, shipment: Shipment, out: Console) -> Shown:
    started = time.perf_counter()
    try:
        decision = server.answer(shipment.request).decision
    except InvalidRequest as error:
        raise ShipmentError(shipment.faults_of(error.violations)) from None
    shown = Shown(shipment, decision, (time.perf_counter() - started) * 1000)
    show(out, report(decision, shipment.request.transaction, shipment.title))
    if not shown.as_expected:
        out.print(Text(f" Not as expected: {_expected(shipment)}", "bold red"))
    out.print()
    return shown


def _expected(shipment: Shipment) -> str:
    disposition = words.short(outcome_pb2.Disposition, shipment.expected.disposition)
    return f"the example expects {disposition}, {words.outcome(shipment.expected.outcome)}"


def _closing(shown: Sequence[Shown]) -> Table:
    table = Table(title=Text("All of them", "bold"), title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column, justify in (("shipment", "left"), ("", "left"), ("by law", "left"), ("ms", "right")):
        table.add_column(column, justify="right" if justify == "right" else "left")
    for each in shown:
        name, color = words.DISPOSITIONS.get(each.decision.result.disposition, ("?", "red"))
        mark = "" if each.as_expected else "  (not as expected)"
        table.add_row(
            each.shipment.title or each.shipment.file,
            Text(name, color),
            f"{words.outcome(each.decision.result.outcome)}{mark}",
            f"{each.milliseconds:.0f}",
        )
    return table


def _next(out: Console, folder: Path) -> None:
    out.print()
    out.print(Text("Next, try", "bold"))
    program = _program()
    for command, what in _COMMANDS:
        out.print(Text(f"  {program}{command.removeprefix('licet').format(folder=folder)}"), soft_wrap=True)
        out.print(Text(f"      {what}", "dim"))


def _program() -> str:
    """How to call `licet` from here."""
    beside = Path(sys.executable).with_name("licet")
    try:
        return str(beside.relative_to(Path.cwd())) if beside.is_file() else "licet"
    except ValueError:
        return "licet"


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    """Ends the tour on a signal in the ordinary way, so that the server is stopped."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _leave)
    sys.exit(main(sys.argv[1:]))
