from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from licet.ledger.verify import leaf_hash
from licet.v1 import decision_service_pb2 as pb
from tests.rpc.test_ledger import decisions, evaluate
from tests.support.records import licet

if TYPE_CHECKING:
    from tests.support.servers import Server


def asked(server: Server, decision: Any, audience: str = "AUDITOR") -> Any:
    """The replay of a decision, with a second opinion."""
    request = pb.ReplayDecisionRequest(id=decision.id, audience=f"AUDIENCE_{audience}", second_opinion=True)
    return decisions(server).ReplayDecision(request, timeout=60).replay


@pytest.mark.parametrize("audience", ["AUDITOR", "EXPORTER", "PUBLIC"])
def test_a_second_engine_says_what_it_confirms(server: Server, shipment: Callable[..., Any], audience: str) -> None:
    """It confirms findings of an identical replay, and names no restricted rule but to auditors."""
    replay = asked(server, evaluate(server, shipment("YY")), audience)
    assert pb.REPLAY_VERDICT_IDENTICAL == replay.verdict
    opinion = replay.second_opinion
    assert 0 < opinion.confirmed <= opinion.findings
    assert opinion.confirmed + opinion.taken == opinion.findings
    assert [] == list(opinion.contradicted)
    assert opinion.engine.startswith("rete ")
    assert audience == "AUDITOR" or "secret" not in str(replay).lower()


def test_no_second_engine_is_asked_unless_wanted(server: Server, shipment: Callable[..., Any]) -> None:
    """A replay without is as before."""
    made = evaluate(server, shipment())
    replay = decisions(server).ReplayDecision(pb.ReplayDecisionRequest(id=made.id), timeout=60).replay
    assert not replay.HasField("second_opinion")


def _changed(data: Path, sql: str) -> None:
    """A record as another software would have made it: the tree has the hash of the leaf."""
    with sqlite3.connect(data / "licet.db") as connection:
        assert connection.execute(sql).rowcount
        for index, leaf in connection.execute('SELECT "index", leaf FROM entries').fetchall():
            connection.execute('UPDATE nodes SET hash = ? WHERE level = 0 AND "index" = ?', (leaf_hash(leaf), index))
    connection.close()


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (
            """UPDATE entries SET leaf = CAST(replace(CAST(leaf AS TEXT), '"language":"1"', '"language":"99"') AS BLOB)""",
            "version 99 of the policy language",
        ),
        (
            """UPDATE entries SET leaf = CAST(replace(CAST(leaf AS TEXT), '"release":"', '"release":"0') AS BLOB)
               WHERE kind = 'decision'""",
            "does not hold the release",
        ),
    ],
    ids=["newer language", "unknown release"],
)
def test_what_cannot_be_replayed_says_why(
    start: Callable[..., Server], shipment: Callable[..., Any], tmp_path: Path, sql: str, why: str
) -> None:
    """By the server, and on the command line with an exit code that scripts see."""
    data = tmp_path / "data"
    server = start(data=data)
    made = evaluate(server, shipment())
    assert 0 == server.stop()
    _changed(data, sql)
    replay = asked(start(data=data), made)
    assert (pb.REPLAY_VERDICT_IMPOSSIBLE, True) == (replay.verdict, why in replay.why), replay.why
    done = licet("replay", made.id, "--data", data)
    assert 1 == done.returncode
    assert why in " ".join(done.stdout.split())


def test_replays_for_machines_and_for_people(start: Callable[..., Server], shipment: Callable[..., Any], tmp_path: Path) -> None:
    """A line of JSON each, or two tables; from a day or an entry on, and as an audience may see them."""
    data = tmp_path / "data"
    server = start(data=data)
    made = [evaluate(server, shipment(place)) for place in ("DE", "YY", "YY")]
    assert 0 == server.stop()
    done = licet("replay", "--since", made[1].proof.index, "--json", "--audience", "exporter", "--data", data)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [made[1].id, made[2].id] == [line["id"] for line in lines]
    assert {("REPLAY_VERDICT_IDENTICAL", True)} == {(line["verdict"], line["second_opinion"]["confirmed"] > 0) for line in lines}
    assert "secret" not in done.stdout
    page = licet("replay", "--since", "2020-01-01", "--data", data)
    assert 0 == page.returncode, page.stderr
    assert all(word in page.stdout for word in ("Second opinion", "confirmed", "contradicted"))
    fast = licet("replay", "--all", "--no-second-opinion", "--data", data)
    assert "Second opinion" not in fast.stdout
    assert 2 == licet("replay", "--since", "yesterday", "--data", data).returncode
