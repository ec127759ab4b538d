from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from licet.policy.stored import unfold

if TYPE_CHECKING:
    from tests.support.servers import Server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the cache is to be."""
    return tmp_path / "cache"


def answer(server: Server, request: Any) -> Any:
    """What a server says of a request, less what tells one call from another."""
    return server.licensing.Evaluate(request, timeout=60).decision.result


def test_a_second_start_is_from_the_cache(start: Callable[..., Server], shipment: Callable[..., Any], folder: Path) -> None:
    """The first start makes the release and keeps it, the second reads it, answers the same, and confirms it; edits or no."""
    first = start(cache=folder, reload_seconds=0)
    assert first.logged("serving")["from_cache"] is False
    expected = answer(first, shipment())
    first.logged("cache_written")
    assert 0 == first.stop()
    second = start(cache=folder, reload_seconds=0)
    assert second.logged("serving")["from_cache"] is True
    assert expected == answer(second, shipment())
    second.logged("cache_confirmed")
    assert 0 == second.stop()


def test_a_file_with_another_law_is_found_out_while_it_serves(
    start: Callable[..., Server], shipment: Callable[..., Any], folder: Path
) -> None:
    """A file that somebody changed, hash and all, is told as an error, and from then on the sources decide."""
    first = start(cache=folder)
    expected = answer(first, shipment())
    first.logged("cache_written")
    assert 0 == first.stop()
    (path,) = folder.glob("*.licet")
    head, _, body = path.read_bytes().partition(b"\n")
    wrong = zlib.compress(unfold(body).replace(b"Export Act s. 2", b"Export Act s. 9"))
    path.write_bytes(b" ".join((*head.split()[:3], hashlib.sha256(wrong).hexdigest().encode())) + b"\n" + wrong)
    second = start(cache=folder)
    assert "error" == second.logged("cache_wrong")["level"]
    second.logged("cache_written")  # by then what the sources say is served
    assert expected == answer(second, shipment())
    assert 0 == second.stop()
    third = start(cache=folder)
    assert third.logged("serving")["from_cache"] is True
    third.logged("cache_confirmed")
    assert expected == answer(third, shipment())


def test_a_folder_of_others_is_refused(start: Callable[..., Server], folder: Path) -> None:
    """The server does not start with a cache that others may write, and says what to do."""
    folder.mkdir()
    folder.chmod(0o777)
    server = start(cache=folder)
    assert 2 == server.process.wait(60)
    assert "chmod 700" in "".join(server.said)
