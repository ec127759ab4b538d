"""What goes wrong, told in one way: every fault on a line with its place, then the exit code. Machines get JSON on request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer

from licet.api.errors import RefusedToStart
from licet.cli.exits import Exit
from licet.cli.report import console
from licet.cli.shipment import Shipment, ShipmentError
from licet.cli.trouble import ServerTrouble, told
from licet.client import LicetClientError
from licet.decision.errors import InvalidRequest
from licet.engine.checked import Disagreement
from licet.engine.protocol import EngineDisagreement, Finding
from licet.engine.rete import ReteUnavailableError
from licet.language.faults import Fault, PolicyError, Position

_MOST_NAMED = 10


@contextmanager
def failing(*, shipment: Shipment | None = None, prefix: Path | None = None, as_json: bool = False) -> Iterator[None]:
    """Turns what a command may raise into lines on standard error and an exit code.

    `shipment` gives places to what a decision refused; `prefix` is the folder that faults of policies are named under.
    """
    try:
        yield
    except ShipmentError as error:
        _fail(Exit.USAGE, error.reason, error.faults, as_json=as_json)
    except InvalidRequest as error:
        faults = shipment.faults_of(error.violations) if shipment is not None else ()
        _fail(Exit.USAGE, error.reason, faults, text=str(error), as_json=as_json)
    except PolicyError as error:
        _fail(Exit.POLICY, error.reason, _under(prefix, error.faults), as_json=as_json)
    except LicetClientError as error:
        _fail(Exit.SERVER, error.reason, (), text=told(error), as_json=as_json)
    except (ServerTrouble, ReteUnavailableError) as error:
        _fail(Exit.SERVER, error.reason, (), text=str(error), as_json=as_json)
    except EngineDisagreement as error:
        text = f"{error.reason}: {error}; nothing is answered on such a finding: report this, and choose another engine"
        _fail(Exit.SERVER, error.reason, (), text=text, as_json=as_json)
    except RefusedToStart as error:
        code = (
            Exit.POLICY
            if error.reason in ("POLICY_FAULTS", "RELEASE_UNSIGNED")
            else Exit.USAGE
            if error.reason == "BAD_SETTING"
            else Exit.SERVER
        )
        _fail(code, error.reason, (), text=str(error), as_json=as_json)
    except BrokenPipeError:
        raise  # nobody reads on: no fault of a file
    except OSError as error:
        _fail(Exit.USAGE, "FILE", (), text=f"{error.filename}: {error.strerror}" if error.filename else str(error), as_json=as_json)


def _under(prefix: Path | None, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    if prefix is None:
        return tuple(faults)
    return tuple(Fault(Position(str(prefix / f.at.file), f.at.line, f.at.column), f.code, f.message, f.hint) for f in faults)


def tell_refusal(shipment: Shipment, error: InvalidRequest, *, as_json: bool = False) -> None:
    """Writes what was refused of a shipment on standard error, at its places in the file."""
    _tell(error.reason, shipment.faults_of(error.violations), text=str(error), as_json=as_json)


def tell_disagreement(disagreement: Disagreement, *, as_json: bool = False) -> None:
    """Writes on standard error how the checked engine and the walk differ; the walk is the answer."""
    found = f"only compiled finds {_named(disagreement.only_fast)}, only the walk {_named(disagreement.only_reference)}"
    text = (
        f"{disagreement.reason}: the compiled engine errs in {disagreement.jurisdiction}: {found}. "
        "The answer is that of the walk (reference); keep the shipment and report this"
    )
    _tell(disagreement.reason, (), text=text, as_json=as_json)


def tell_contradictions(shipment: Shipment, told: Iterable[str], *, as_json: bool = False) -> None:
    """Writes on standard error what the second opinion contradicts."""
    reason = "SECOND_OPINION_CONTRADICTS"
    lines = (f"{reason}: {shipment.file}: {line}" for line in told)
    _tell(reason, (), text="\n".join(lines), as_json=as_json)


def _named(findings: Iterable[Finding]) -> str:
    named = [f"{f.name}{f' line {f.item}' if f.item else ''} {f.verdict}" for f in findings]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return f"{', '.join(named[:_MOST_NAMED])}{more}" if named else "nothing"


def _fail(code: Exit, reason: str, faults: Iterable[Fault], *, text: str = "", as_json: bool = False) -> NoReturn:
    _tell(reason, tuple(faults), text=text, as_json=as_json)
    raise SystemExit(int(code))


def _tell(reason: str, faults: tuple[Fault, ...], *, text: str, as_json: bool) -> None:
    if as_json:
        plain = {"reason": reason, "message": text, "faults": [_plain(fault) for fault in faults]}
        typer.echo(json.dumps(plain, ensure_ascii=False), err=True)
        return
    to = console(stderr=True)
    for line in map(str, faults) if faults else text.splitlines():
        to.print(line, markup=False, soft_wrap=True)
    if len(faults) > 1:
        to.print(f"{len(faults)} faults", style="bold red")


def _plain(fault: Fault) -> dict[str, str | int]:
    at = fault.at
    return {"file": at.file, "line": at.line, "column": at.column, "code": fault.code, "message": fault.message, "hint": fault.hint}
