from __future__ import annotations

import datetime
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from licet.ledger.home import open_home
from licet.ledger.verify import Key, check_bundle
from licet.replay.erasing import RetainedError, erasure, kept_until
from licet.replay.records import Records
from licet.v1 import action_pb2
from licet.v1 import decision_service_pb2 as pb
from tests.rpc.test_actions import ERP, act
from tests.rpc.test_ledger import decisions, evaluate
from tests.support.limited import small
from tests.support.packages import PACKAGE, policy_files
from tests.support.records import ORIGIN, licet

if TYPE_CHECKING:
    from tests.rpc.conftest import Refusal
    from tests.support.servers import Server

WHO = ("--officer", "e-17", "--reason", "The person asked for it.")


def law(folder: Path, *retention: str) -> Path:
    """The law of Testland, which says so how long records are kept."""
    listed = "".join(f"  - {{{each}}}\n" for each in retention)
    policy = PACKAGE["zz/policy.yaml"] + (f"retention:\n{listed}" if retention else "")
    for name, data in policy_files({"zz/policy.yaml": policy}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


FIVE, NONE = "years: 5, from: year-end, cite: Act 7", "years: 0, from: decision, cite: Act 8"


def test_what_no_law_keeps_can_be_erased(
    start: Callable[..., Server], refused: Callable[..., Refusal], tmp_path: Path, where: dict[str, Any]
) -> None:
    """No file holds a word or a key of it then; its proof, its frame and who erased it stay, and everything says that it is erased."""
    url, ledger = where.get("database"), [str(word) for name in where for word in (f"--{name}", where[name])]
    server = start(law(tmp_path / "law", NONE), private=True, **where)
    request = small(1, "Jane Q. Roe", destination={"country": "DE"})
    made, other = evaluate(server, request), evaluate(server, small(1, "Others"))
    act(server, made, "DISPUTE", reason="Jane Roe lives elsewhere.")
    before = decisions(server).GetDecision(pb.GetDecisionRequest(id=made.id), timeout=60)
    keys = _keys(tmp_path / "data") if not url else []
    assert 0 == (done := licet("audit", "erase", made.id, *WHO, *ledger)).returncode, done.stdout + done.stderr
    assert 0 == licet("audit", "erase", made.id, *WHO, *ledger).returncode, "it may be said again"

    after = decisions(server).GetDecision(pb.GetDecisionRequest(id=made.id, audience="AUDIENCE_AUDITOR"), timeout=60)
    assert after.erased
    assert not after.HasField("request")
    assert not after.decision.HasField("result")
    assert (before.leaf, before.decision.decided_at) == (after.leaf, after.decision.decided_at)
    dispute, erased = after.actions
    assert (True, "") == (dispute.erased, dispute.action.reason)
    assert (action_pb2.ACTION_KIND_ERASURE, "e-17") == (erased.action.kind, erased.action.officer.id)
    assert "erased" in decisions(server).ReplayDecision(pb.ReplayDecisionRequest(id=made.id), timeout=60).replay.why
    nothing = pb.RecordActionRequest(decision_id=made.id, action=dispute.action)
    assert {"decision_id"} < {*refused(decisions(server).RecordAction, nothing, metadata=ERP).violations}
    assert decisions(server).GetDecision(pb.GetDecisionRequest(id=other.id), timeout=60).decision.HasField("result")

    if not url:
        files = [file.read_bytes() for file in (tmp_path / "data").iterdir() if file.is_file()]
        assert keys
        assert not any(key in data for key in keys[:1] for data in files)
    assert "ERASED" in licet("decision", "show", made.id, *ledger).stdout
    assert 0 == licet("audit", "export", made.id, "--to", tmp_path / "evidence.zip", *ledger).returncode
    with zipfile.ZipFile(tmp_path / "evidence.zip") as bundle:
        held = {name: bundle.read(name) for name in bundle.namelist()}
    assert list(check_bundle(held, Key.parsed((tmp_path / "data" / "licet.pub").read_text())))
    assert {"request.json", "data.key"}.isdisjoint(held)
    assert b"has been erased" in held["report.html"]
    assert ["ACTION_KIND_DISPUTE", "ACTION_KIND_ERASURE"] == [each["action"]["kind"] for each in json.loads(held["actions.json"])]
    assert 0 == server.stop()
    assert 0 == (checked := licet("audit", "verify", *ledger)).returncode, checked.stdout


def _keys(data: Path) -> list[bytes]:
    """The data keys of a ledger, those of the first entry first."""
    with sqlite3.connect(data / "licet.db") as connection:
        found = connection.execute("SELECT key FROM keys JOIN entries USING (log, id) ORDER BY entries.[index]").fetchall()
    connection.close()
    return [key for (key,) in found]


def test_what_a_law_keeps_is_not_erased_before_its_time(start: Callable[..., Server], tmp_path: Path) -> None:
    """The longest of the laws that were asked counts, by the release of then; the refusal says until when, and by which law."""
    data = tmp_path / "data"
    server = start(law(tmp_path / "law", FIVE, NONE), data=data, private=True)
    made, plainly = evaluate(server, small(1)), evaluate(server, small(1, "Held"))
    act(server, plainly, "LEGAL_HOLD")
    assert 0 == server.stop()
    year = made.decided_at.ToDatetime().year + 6
    refusal = licet("audit", "erase", made.id, *WHO, "--data", data)
    assert 1 == refusal.returncode
    assert f"until {year}-01-01, by Act 7 (zz)" in refusal.stderr
    assert "legal hold" in licet("audit", "erase", plainly.id, *WHO, "--data", data).stderr
    assert 2 == licet("audit", "erase", made.id, "--officer", "e-17", "--reason", " ", "--data", data).returncode
    assert 2 == licet("audit", "erase", "nobody", *WHO, "--data", data).returncode
    home = open_home(data, origin=ORIGIN)
    records = Records(home)
    request = pb.RecordActionRequest(decision_id=made.id)
    request.action.officer.id, request.action.reason = "e-17", "late"
    request.action.kind = action_pb2.ACTION_KIND_ERASURE
    for day, late in ((datetime.date(year - 1, 12, 31), False), (datetime.date(year, 1, 1), True)):
        given: dict[str, Any] = {"today": day, "id_": f"e-{day}", "at": f"{day}T00:00:00Z", "caller": ""}
        if late:
            home.store.append([erasure(records, request, **given)])
        else:
            with pytest.raises(RetainedError):
                erasure(records, request, **given)
    assert home.store.is_erased(made.id)
    home.close()


def test_what_is_not_private_cannot_be_erased_and_what_no_law_speaks_of_is_kept_for_ten_years(
    start: Callable[..., Server], tmp_path: Path
) -> None:
    """Both are said."""
    data = tmp_path / "data"
    server = start(law(tmp_path / "law"), data=data)
    made = evaluate(server, small(1))
    assert 0 == server.stop()
    assert "is not private" in licet("audit", "erase", made.id, *WHO, "--data", data).stderr
    home = open_home(data, origin=ORIGIN)
    records = Records(home)
    assert datetime.date(made.decided_at.ToDatetime().year + 11, 1, 1) == kept_until(records, records.entry(made.id)).until
    home.close()
