"""A server that is killed at any moment loses nothing of which it has told anybody."""

from __future__ import annotations

import os
import random
import signal
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.support.load import Load, Told, wrong
from tests.support.servers import Server

KILLS = int(os.environ.get("LICET_KILLS", "50"))
"""How often; every fifth time before the server has begun to serve."""


def test_no_acknowledged_decision_is_lost_when_the_server_is_killed(
    start: Callable[..., Server], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Killed under load again and again, it comes back at once with every decision that a caller has seen, in one sound tree.

    The tree is hashed anew from the entries, by who trusts neither the server nor its nodes, and held against every checkpoint that
    a caller was shown. A request that had no answer is asked again and has one decision, whether or not it was recorded before.
    """
    chance, told = random.Random(20261122), Told()  # noqa: S311  # the same moments each time
    restarts, worked = [], []
    for kill in range(KILLS):
        begun = time.perf_counter()
        server = start(data=tmp_path, reload_seconds=0)
        if kill % 5 == 4:
            time.sleep(chance.uniform(0, 1.5))
            server.stop(signal.SIGKILL)
            continue
        assert server.address
        restarts.append(time.perf_counter() - begun)
        worked.append(sum(psutil.Process(server.process.pid).cpu_times()[:2]))
        known = len(told.acknowledged)
        with Load(told, server, f"kill-{kill}"):
            assert told.grows(known)
            time.sleep(chance.uniform(0, 0.3))
            server.stop(signal.SIGKILL)
        if kill % 10 == 0:
            assert ([], {}) == wrong(told, tmp_path)
    server = start(data=tmp_path)
    told.ask_again(server)
    assert ([], {}) == wrong(told, tmp_path)
    assert len(told.acknowledged) == len(told.indices) == len(told.asked), "every request has one decision, and an entry of its own"
    note = f"restarts: median {statistics.median(restarts):.2f} s, longest {max(restarts):.2f} s, "
    note += (
        f"of which the processor worked {statistics.median(worked):.2f} s; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    counts = {"times": KILLS, "acknowledged": len(told.acknowledged), "shown checkpoints": len(told.checkpoints), "lost": 0}
    record_property("fault", ["server killed under load or at its start", counts, note])
