"""Two servers on one log, at the same moment: one tree, one decision for each request, and the death of one stops nobody."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest

from tests.support.load import Load, Told, wrong
from tests.support.records import checkpoint
from tests.support.servers import Server


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_servers_race_on_one_log(
    start: Callable[..., Server],
    new_url: Callable[[str], str],
    tmp_path: Path,
    kind: str,
    record_property: Callable[[str, object], None],
) -> None:
    """They begin the log together, get the same requests together, and one is killed; the other answers what that one left."""
    url, told = new_url(kind), Told()
    one, other = [start(data=tmp_path / "data", database=url) for _ in range(2)]
    assert one.address != other.address
    with Load(told, one, "same"), Load(told, other, "same"), Load(told, other, "own", lasting=True):
        assert told.grows(60)
        one.stop(signal.SIGKILL)
        assert told.grows(len(told.acknowledged) + 60)
    assert {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED} >= set(told.refused)
    told.ask_again(other)
    assert ([], {}) == wrong(told, tmp_path / "data", url)
    assert len(told.acknowledged) == len(told.indices) == len(told.asked)
    third = start(data=tmp_path / "data", database=url)
    assert checkpoint(other) == checkpoint(third)
    counts = {"times": 1, "acknowledged": len(told.acknowledged), "lost": 0, "twice": 0}
    record_property("fault", [f"two servers race on one {kind}, one is killed", counts])
