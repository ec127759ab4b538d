"""A loss of power, which a kill does not imitate: the disk forgets what it was not told to keep."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.load import Load, Told, wrong
from tests.support.records import decided
from tests.support.servers import Server
from tests.support.shims import SHIMS, Disk, compiled

LOSSES = 5


@pytest.fixture
def disk(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Disk:
    """A disk of the test's own."""
    return Disk(compiled("disk", tmp_path_factory.mktemp("shim")), tmp_path / "data")


def lose_power(disk: Disk, start: Callable[..., Server], told: Told, chance: random.Random, **under: object) -> None:
    """A server works on the disk until its power fails."""
    server = start(data=disk.folder, under=disk.under(**under), reload_seconds=0)
    assert server.address
    name = str(chance.random())
    known = len(told.acknowledged)
    with Load(told, server, name):
        assert told.grows(known + 10)
        time.sleep(chance.uniform(0, 0.3))
        server.stop(signal.SIGKILL)


@pytest.mark.parametrize("how", ["all that was not synced is lost", "some sectors of it are lost"])
def test_no_answer_leaves_before_the_disk_has_it(
    start: Callable[..., Server], disk: Disk, how: str, record_property: Callable[[str, object], None]
) -> None:
    """After a loss of power at any moment every decision that a caller has seen is there, in one sound tree."""
    chance, told = random.Random(20261122), Told()  # noqa: S311  # the same moments each time
    for _ in range(LOSSES):
        lose_power(disk, start, told, chance)
        disk.cut(chance if how.startswith("some") else None)
        assert ([], {}) == wrong(told, disk.folder)
    server = start(data=disk.folder)
    told.ask_again(server)
    assert ([], {}) == wrong(told, disk.folder)
    assert len(told.acknowledged) == len(told.asked)
    record_property("fault", [f"power lost: {how}", {"times": LOSSES, "acknowledged": len(told.acknowledged), "lost": 0}])


def test_a_commit_that_does_not_wait_for_the_disk_is_found_out(
    start: Callable[..., Server], disk: Disk, record_property: Callable[[str, object], None]
) -> None:
    """The same loss of power under `synchronous=NORMAL` loses decisions that callers have seen: this test sees what it should."""
    server = start(data=disk.folder)
    decided(server)
    assert 0 == server.stop()
    told = Told()
    careless = f"{SHIMS / 'normal'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    lose_power(disk, start, told, random.Random(1), PYTHONPATH=careless)  # noqa: S311  # as above
    disk.cut()
    _, lost = wrong(told, disk.folder)
    assert lost
    counts = {"times": 1, "acknowledged": len(told.acknowledged), "lost": len(lost)}
    record_property("fault", ["power lost under synchronous=NORMAL, the planted mistake", counts])


def test_the_key_that_signed_survives_with_a_database_elsewhere(
    start: Callable[..., Server], disk: Disk, new_url: Callable[[str], str]
) -> None:
    """Before anything is signed, the disk has the key, and the folder its name."""
    server = start(data=disk.folder, database=new_url("postgresql"), under=disk.under())
    told = decided(server)
    key = (disk.folder / "licet.pub").read_text()
    server.stop(signal.SIGKILL)
    disk.cut()
    assert told.proof.checkpoint
    assert key == (disk.folder / "licet.pub").read_text()
    shutil.copy(disk.folder / "licet.key", disk.folder / "copy")
    from licet.ledger.notes import Signer

    assert key.strip() == str(Signer.read("licet.local/decisions", disk.folder / "copy").key)
