"""A clock that somebody sets back, and forth: ids stay unique, the log has its own order, and nothing is refused for it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from licet.v1 import decision_service_pb2 as pb
from tests.support.load import Load, Told, wrong
from tests.support.records import decided, decisions, licet
from tests.support.servers import Server
from tests.support.shims import compiled, environment

STEPS = (0, -3_600, 7_200, -90 * 86_400, -30, 0)
"""The seconds by which the clock goes wrong, one after another."""


def test_a_clock_that_is_set_back(
    start: Callable[..., Server], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Under load, while calls are under way, over a restart, and with requests asked again that were answered before."""
    clock, data, told, times = tmp_path / "clock", tmp_path / "data", Told(), []
    clock.write_text("0")
    under = environment({"LD_PRELOAD": compiled("clock", tmp_path), "SHIM_CLOCK": clock})
    server = start(data=data, under=under)
    for number, wrong_by in enumerate(STEPS):
        if number == 4:
            assert 0 == server.stop()
            server = start(data=data, under=under)
        known = len(told.acknowledged)
        with Load(told, server, f"step-{number}", lasting=True):
            assert told.grows(known + 5)
            clock.write_text(str(wrong_by))
            assert told.grows(known + 20)
        times.append(decided(server).decided_at.ToDatetime())
    told.ask_again(server)
    assert [] == told.refused
    assert ([], {}) == wrong(told, data)
    assert times != sorted(times), "the clock did go back"
    assert abs(times[3] - times[2] - datetime.timedelta(days=-90, hours=-2)) < datetime.timedelta(minutes=5)
    listed = [each.index for each in listed_by(server)]
    assert listed == sorted(listed)
    assert 0 == server.stop()
    replayed = licet("replay", "--all", "--data", data)
    assert 0 == replayed.returncode, replayed.stdout + replayed.stderr
    counts = {"times": len(STEPS) - 1, "acknowledged": len(told.acknowledged), "refused": 0}
    record_property("fault", ["clock set back and forth", counts])


def listed_by(server: Server) -> list[pb.DecisionSummary]:
    """Every decision, as the server lists them, page by page."""
    stub, found, token = decisions(server), [], ""
    while True:
        page = stub.ListDecisions(pb.ListDecisionsRequest(page_size=50, page_token=token), timeout=60)
        found += page.decisions
        token = page.next_page_token
        if not token:
            return found
