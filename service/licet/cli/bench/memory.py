"""The memory of one engine, measured in a process of its own: prints what each step added, in MiB, as JSON."""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from pathlib import Path

from licet.cli.bench.engines import Engine, made
from licet.cli.bench.material import Source, cases_of

_KIB = 1024.0
_PROCESSES = Path("/proc")


def main(engine: str, policies: str, examples: str) -> None:
    """Loads, matches every case, and prints."""
    source = Source(Path(policies), Path(examples))
    requests = source.requests()
    started = _resident()
    release = source.release()
    cases = cases_of(release, requests)
    loaded = _resident()
    with made(Engine(engine)) as matcher:
        for case in (case for mine in cases.values() for case in mine):
            matcher.match(case)
        matched, children = _resident(), _of_children()
    steps = {"interpreter and modules": started, "release": loaded - started, "engine": matched - loaded}
    print(json.dumps({**steps, "its processes": children, "in all": matched + children}))


def _resident() -> float:
    """The resident memory of this process; its peak where the system does not tell."""
    gc.collect()
    fields = _status(_PROCESSES / "self")
    if "VmRSS" in fields:
        return _mib(fields["VmRSS"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _KIB / (_KIB if sys.platform == "darwin" else 1)


def _of_children() -> float:
    """The resident memory of the processes that this one started; nought where the system does not tell."""
    every = (_status(folder) for folder in _PROCESSES.glob("[0-9]*"))
    mine = (fields for fields in every if fields.get("PPid") == str(os.getpid()))
    return sum(_mib(fields.get("VmRSS", "0 kB")) for fields in mine)


def _status(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _mib(text: str) -> float:
    return float(text.split(maxsplit=1)[0]) / _KIB


if __name__ == "__main__":
    main(*sys.argv[1:])
