from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from licet.v1 import decision_service_pb2, outcome_pb2
from licet.v1 import policy_service_pb2 as pb
from tests.rpc.test_ledger import evaluate, replays
from tests.rpc.test_reload import OFTEN, allow_no_more, edit

if TYPE_CHECKING:
    from tests.rpc.conftest import Refusal
    from tests.support.servers import Server

IDENTICAL = decision_service_pb2.REPLAY_VERDICT_IDENTICAL


@pytest.fixture
def folder(policies_folder: Path, tmp_path: Path) -> Path:
    """A copy of the law, to edit."""
    return shutil.copytree(policies_folder, tmp_path / "policies")


def pinned(request: Any, release: str) -> Any:
    """The request, of this release."""
    request.release = release
    return request


def test_a_release_that_is_kept_may_be_pinned(
    start: Callable[..., Server], folder: Path, shipment: Callable[..., Any], tmp_path: Path
) -> None:
    """After an edit and a restart the release of before still answers who names it, as it did; its rules are shown as they were."""
    server = start(folder, data=tmp_path / "data")
    before = evaluate(server, shipment())
    assert 0 == server.stop()
    allow_no_more(folder)
    server = start(folder, data=tmp_path / "data")
    after = evaluate(server, shipment())
    again = evaluate(server, pinned(shipment(), before.release))
    assert (before.release, before.result) == (again.release, again.result)
    assert [outcome_pb2.OUTCOME_AUTHORIZED, outcome_pb2.OUTCOME_LICENSE_REQUIRED] == [d.result.outcome for d in (before, after)]
    rules = [
        server.policies.GetRule(pb.GetRuleRequest(id="zz.permit", release=each), timeout=60).rule.when
        for each in (before.release, after.release, "")
    ]
    assert ['tx.destination.country == "DE"', *['tx.destination.country == "YY"'] * 2] == rules
    shown = server.policies.GetRelease(pb.GetReleaseRequest(digest=before.release), timeout=60).release
    assert (before.release, ["yy", "zz"]) == (shown.digest, [each.jurisdiction for each in shown.packages])
    assert {IDENTICAL} == {each.verdict for each in replays(server)}


def test_a_release_that_never_decided_is_not_kept(
    start: Callable[..., Server], folder: Path, shipment: Callable[..., Any], refused: Callable[..., Refusal]
) -> None:
    """What was served and edited away before it decided anything cannot be pinned: nobody is answered by what is not kept."""
    server = start(folder, reload_seconds=OFTEN)
    before = server.logged("serving")["release"]
    allow_no_more(folder)
    server.logged("reloaded", before=before)
    refusal = refused(server.licensing.Evaluate, pinned(shipment(), before))
    assert (grpc.StatusCode.NOT_FOUND, "RELEASE_UNKNOWN") == (refusal.code, refusal.reason)


@pytest.mark.parametrize("at", ["restart", "reload"])
def test_a_comment_changes_no_record(
    start: Callable[..., Server], folder: Path, shipment: Callable[..., Any], tmp_path: Path, at: str
) -> None:
    """A comment moves the lines to which a trace points, and no law: what decides is still what is kept, and replays as it was."""
    server = start(folder, data=tmp_path / "data", reload_seconds=OFTEN)
    before = evaluate(server, shipment("YY"))
    if at == "restart":
        assert 0 == server.stop()
        edit(folder, "history_from", "# said once more\nhistory_from")
        server = start(folder, data=tmp_path / "data")
    else:
        edit(folder, "history_from", "# said once more\nhistory_from")
        server.logged("reloaded")
    after = evaluate(server, shipment("YY"))
    assert (before.release, before.result) == (after.release, after.result)
    assert [IDENTICAL] * 2 == [each.verdict for each in replays(server)]


def test_a_damaged_release_is_told_and_never_decides(
    start: Callable[..., Server], folder: Path, shipment: Callable[..., Any], refused: Callable[..., Refusal], tmp_path: Path
) -> None:
    """Where a byte of what is kept was changed, a pin is refused with the reason, and the active release is as before."""
    server = start(folder, data=tmp_path / "data", reload_seconds=OFTEN)
    before = evaluate(server, shipment()).release
    allow_no_more(folder)
    server.logged("reloaded", before=before)
    with sqlite3.connect(tmp_path / "data" / "licet.db") as connection:
        connection.execute(
            "UPDATE blobs SET data = CAST(data || x'00' AS BLOB) WHERE length(data) = (SELECT max(length(data)) FROM blobs)"
        )
    refusal = refused(server.licensing.Evaluate, pinned(shipment(), before))
    assert (grpc.StatusCode.FAILED_PRECONDITION, "RELEASE_UNUSABLE") == (refusal.code, refusal.reason)
    assert "was changed" in refusal.message
    assert before != evaluate(server, shipment()).release
