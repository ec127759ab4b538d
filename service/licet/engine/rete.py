"""The second opinion: durable-rules, a forward-chaining engine in C, asked whether a decision's findings are right.

It runs in a process of its own, started on demand and again when it has died; nothing that becomes of it changes a decision. What
it cannot be trusted with is refused beforehand; a refusal, a death or a time that ran out is "not available", never a verdict. It
decides joins, tables and nesting itself and takes other leaves from the tree walk; the opinion says how many of each.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import OrderedDict
from contextlib import suppress
from datetime import date
from typing import Any, Final, Self
from weakref import WeakKeyDictionary, finalize

from licet.engine.protocol import Case, Finding
from licet.engine.rete_case import Request, TooLarge, request_of
from licet.engine.rete_limits import MOST_MEMORY, MOST_PROGRAMS
from licet.engine.rete_opinion import Contradiction, Judged, SecondOpinion, compared, judged
from licet.engine.rete_pack import compile_program
from licet.engine.rete_program import Program, Refusal, boundaries, interval_of
from licet.policy.model import Package

LATE: Final = "no answer in time"
"""The reason of a refusal whose child took too long, and was ended."""
_CHILD = (sys.executable, "-P", "-m", "licet.engine.rete_child")


class ReteUnavailableError(Exception):
    """The engine was chosen to decide, and cannot; `refusals` say why."""

    reason = "RETE_UNAVAILABLE"

    def __init__(self, jurisdiction: str, refusals: tuple[Refusal, ...]) -> None:
        self.jurisdiction = jurisdiction
        self.refusals = refusals
        shown = "; ".join(
            f"{each.rule or 'all rules'}: {each.reason}{f' ({each.detail})' if each.detail else ''}" for each in refusals
        )
        super().__init__(f"durable-rules gives no findings for {jurisdiction}: {shown}; choose another engine")


class ReteEngine:
    """durable-rules behind `opinion`, and behind the `Matcher` protocol for whoever chooses it. Close it when done."""

    name = "rete"

    def __init__(self, *, timeout: float = 20.0, command: tuple[str, ...] = _CHILD) -> None:
        self._child = Child(command, timeout)
        self._boundaries: WeakKeyDictionary[Package, tuple[date, ...]] = WeakKeyDictionary()
        self._programs: OrderedDict[tuple[Package, int], Program] = OrderedDict()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the child process. The engine may be used again, which starts another."""
        self._child.stop()

    def opinion(self, case: Case, findings: tuple[Finding, ...]) -> SecondOpinion:
        """Which findings of another engine this one confirms, which it contradicts, and of which it says nothing."""
        return compared(findings, self._judged(case))

    def match(self, case: Case) -> tuple[Finding, ...]:
        """All findings but NOT_FIRED, sorted. Raises `ReteUnavailableError` where any rule is not available."""
        found = self._judged(case)
        if found.refusals:
            raise ReteUnavailableError(case.package.jurisdiction, found.refusals)
        return tuple(sorted(Finding(*key, verdict) for key, verdict in found.verdicts.items()))

    def _judged(self, case: Case) -> Judged:
        program = self._program(case)
        if any(not refusal.rule for refusal in program.refusals):
            return Judged(refusals=program.refusals)
        try:
            request = request_of(case, program)
            notes = self._child.notes(program, request)
        except TooLarge as error:
            return Judged(refusals=(Refusal("", "the case is too large", str(error)),))
        except NotAvailable as error:
            return Judged(refusals=(Refusal("", error.reason, error.detail),))
        return judged(case, program, request, notes)

    def _program(self, case: Case) -> Program:
        """The package's program for the interval in which the date lies; the few in use are kept."""
        with self._lock:
            if case.package not in self._boundaries:
                self._boundaries[case.package] = boundaries(case.package)
            key = case.package, interval_of(self._boundaries[case.package], case.law.date)
            if key not in self._programs:
                self._programs[key] = compile_program(case.package, case.law)
            self._programs.move_to_end(key)
            while len(self._programs) > MOST_PROGRAMS:
                self._programs.popitem(last=False)
            return self._programs[key]


# ---- the child ----------------------------------------------------------------------------------------------------------


class NotAvailable(Exception):  # noqa: N818  # told as a refusal
    """The child gave no answer."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason}: {detail}" if detail else reason)


class Child:
    """The child process: started when first asked, ended when it is late or broken, and started again. One request at a time."""

    def __init__(self, command: tuple[str, ...] = _CHILD, timeout: float = 20.0) -> None:
        self._command = command
        self._timeout = timeout
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._loaded: set[str] = set()
        self._finish: finalize[..., Any] | None = None
        self.starts = 0
        """How many processes were started."""
        self.memory = 0
        """Kilobytes that the process had at its last answer."""

    @property
    def pid(self) -> int | None:
        """The process, if one runs."""
        return self._process.pid if self._process is not None else None

    def notes(self, program: Program, request: Request) -> list[list[int]]:
        """What fired. Raises `NotAvailable`."""
        with self._lock:
            self._running()
            if program.id not in self._loaded:
                self._load(program)
            ask = {
                "do": "evaluate",
                "program": program.id,
                "seconds": int(self._timeout) + 1,
                "elements": request.elements,
                "instances": request.instances,
            }
            answer = self._ask(json.dumps(ask, separators=(",", ":")).encode())
            notes: list[list[int]] = answer["notes"]
            if self.memory > MOST_MEMORY:
                self._stop()
            return notes

    def ask(self, request: bytes) -> dict[str, Any]:
        """The answer to any request. Raises `NotAvailable`."""
        with self._lock:
            return self._ask(request)

    def stop(self) -> None:
        """Ends the process."""
        with self._lock:
            self._stop()

    def _load(self, program: Program) -> None:
        if len(self._loaded) >= MOST_PROGRAMS:
            self._stop()
        self._ask(program.load)
        self._loaded.add(program.id)

    def _ask(self, request: bytes) -> dict[str, Any]:
        process = self._running()
        late = threading.Event()

        def kill() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._timeout, kill)
        timer.start()
        try:
            answer = _exchange(process, request)
        except BaseException:
            self._stop()  # an answer may still be on its way
            raise
        finally:
            timer.cancel()
        if answer is None:
            self._stop()
            raise NotAvailable(LATE, f"{self._timeout:g} s") if late.is_set() else NotAvailable("its process died")
        if "broken" in answer:
            self._stop()
            raise NotAvailable("its process gave up", str(answer["broken"]))
        if "refused" in answer:
            raise NotAvailable("refused", str(answer["refused"]))
        self.memory = int(answer.get("memory", 0))
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        if self._process is None:
            self._process = _started(self._command)
            self._finish = finalize(self, _end, self._process)
            self.starts += 1
        return self._process

    def _stop(self) -> None:
        self._loaded.clear()
        self._process = None
        if self._finish is not None:
            self._finish()


def _started(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603  # our own module, by our own interpreter
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise NotAvailable("its process cannot be started", str(error)) from None


def _exchange(process: subprocess.Popen[bytes], request: bytes) -> dict[str, Any] | None:
    """The answer to a request; None where the process ended before it gave one."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(len(request).to_bytes(4, "big") + request)
        process.stdin.flush()
        head = process.stdout.read(4)
        length = int.from_bytes(head, "big")
        body = process.stdout.read(length)
        answer = json.loads(body) if len(body) == length else None  # it may have died in the midst of it
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):  # what was not yet written cannot be any more
                stream.close()


__all__ = ["LATE", "Child", "Contradiction", "NotAvailable", "Refusal", "ReteEngine", "ReteUnavailableError", "SecondOpinion"]
