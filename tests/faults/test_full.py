"""A disk that is full, or read only: the call fails, nothing is answered unrecorded, and all goes on once there is room."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import grpc
import pytest
from grpc_status import rpc_status

from licet.v1 import decision_service_pb2 as pb
from tests.support.load import Load, Told, wrong
from tests.support.records import decided, decisions, licet
from tests.support.servers import Server
from tests.support.shims import Disk, compiled, without_privilege


@contextmanager
def tmpfs(folder: Path) -> Iterator[None]:
    """The folder is a small disk of its own; skipped where nobody lets us."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "none", folder], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(file: Path) -> None:
    """Takes all the room that is left."""
    with suppress(OSError), file.open("wb", buffering=0) as taken:
        while True:
            taken.write(bytes(4096))


def assert_unavailable(server: Server) -> None:
    """A decision is refused, in the words for whoever may try again."""
    with pytest.raises(grpc.RpcError) as caught:
        decided(server)
    assert grpc.StatusCode.UNAVAILABLE == caught.value.code()
    status = rpc_status.from_call(caught.value)
    assert status is not None
    assert any(b"LEDGER_UNAVAILABLE" in detail.value for detail in status.details)


def through_a_full_disk(server: Server, data: Path, full: Callable[[], None], room: Callable[[], None], url: str = "") -> Told:
    """Callers ask, the disk fills, they are refused, there is room again, they are answered; nothing is lost or made up."""
    told = Told()
    with Load(told, server, "caller", lasting=True):
        assert told.grows(20)
        full()
        assert told.fails(20)
        before = len(told.acknowledged)
        assert_unavailable(server)
        known = next(iter(told.acknowledged))
        assert known == decisions(server).GetDecision(pb.GetDecisionRequest(id=known), timeout=60).decision.id
        room()
        assert told.grows(before + 20)
    assert {grpc.StatusCode.UNAVAILABLE} == set(told.refused)
    told.ask_again(server)
    assert ([], {}) == wrong(told, data, url)
    assert len(told.acknowledged) == len(told.asked)
    return told


def test_a_disk_that_takes_nothing_more(
    start: Callable[..., Server], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Every write fails for want of room; reading goes on, and so does the server once there is room."""
    disk = Disk(compiled("disk", tmp_path), tmp_path / "data")
    server = start(data=disk.folder, under=disk.under())
    told = through_a_full_disk(server, disk.folder, disk.full.touch, disk.full.unlink)
    counts = {"times": 1, "acknowledged": len(told.acknowledged), "refused": len(told.refused), "lost": 0}
    record_property("fault", ["disk full, and room again", counts])


def test_a_file_system_without_room(
    start: Callable[..., Server], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The same on a real file system of sixteen megabytes; and a server that starts there says why it does not."""
    data = tmp_path / "data"
    with tmpfs(data):
        server = start(data=data)
        assert server.address
        told = through_a_full_disk(server, data, lambda: fill(data / "filler"), (data / "filler").unlink)
        assert 0 == server.stop()
        for file in data.iterdir():
            file.unlink()
        fill(data / "filler")
        code, said = start(data=data).refusal()
        assert (4, True) == (code, "cannot be opened" in said), said
    counts = {"times": 1, "acknowledged": len(told.acknowledged), "refused": len(told.refused), "lost": 0}
    record_property("fault", ["disk full, and room again", counts])


def test_a_folder_that_becomes_read_only(
    start: Callable[..., Server], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """While the server runs it refuses what it cannot record; before it starts it says so; an auditor reads all the same."""
    data = tmp_path / "data"
    server = start(data=data, under=without_privilege())
    assert server.address
    told = through_a_full_disk(server, data, lambda: read_only(data), lambda: writable(data))
    assert 0 == server.stop()
    read_only(data)
    try:
        code, said = start(data=data, under=without_privilege()).refusal()
        assert (4, True) == (code, "cannot be opened" in said), said
        checked = licet("audit", "verify", "--data", data, under=without_privilege())
        assert 0 == checked.returncode, checked.stdout + checked.stderr
    finally:
        writable(data)
    counts = {"times": 1, "acknowledged": len(told.acknowledged), "refused": len(told.refused), "lost": 0}
    record_property("fault", ["folder read only, and writable again", counts])


def read_only(folder: Path) -> None:
    """Nothing may be written in it."""
    for file in folder.iterdir():
        file.chmod(0o400)
    folder.chmod(0o500)


def writable(folder: Path) -> None:
    """As it was."""
    folder.chmod(0o700)
    for file in folder.iterdir():
        file.chmod(0o600)
