"""Makes the ledgers that this folder keeps: `python -m tests.replay.make_ledgers`, from the root of the repository.

A ledger is made once, by a release, and then stays as it is: later software must replay it. A new release adds a folder of its own;
until it is out, whoever changes what is recorded or decided makes its folder anew, and no other.
Nothing here is secret: the keys that signed are thrown away.
"""

from __future__ import annotations

import dataclasses
import datetime
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import licet
from licet.cli.shipment import read_shipment
from licet.ledger.envelope import Envelope, Kind
from licet.ledger.home import DATABASE, LAST, PUBLIC, open_home
from licet.ledger.store import Draft
from licet.replay.erasing import erasure
from licet.replay.records import Records
from licet.v1 import action_pb2, licensing_service_pb2_grpc
from licet.v1 import decision_service_pb2 as pb
from tests.support.records import ORIGIN, decided, decisions
from tests.support.servers import PATIENCE, POLICIES, Server

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).parent / f"kept-{licet.__version__}"
DIVERGING = Path(__file__).parent / f"diverging-{licet.__version__}"
_SHIPPED = ("02-de-amplifier-to-china", "06-us-pump-to-brazil", "08-us-phones-to-vietnam-military", "14-us-camera-with-a-typo")
_OFFICER = action_pb2.Officer(id="e-17", name="Ada Ross", role="Export control officer")


def keep_identical(data: Path) -> None:
    """Decisions of every kind: by the small law and by the shipped one, by each engine, plain and private, one of them erased."""
    with _serving(data) as server:
        decided(server, "order-1", "DE")
        decided(server, "order-2", "YY")
        made = decided(server)
        action = action_pb2.Action(kind=action_pb2.ACTION_KIND_DISPUTE, officer=_OFFICER, reason="The buyer is no dealer.")
        decisions(server).RecordAction(pb.RecordActionRequest(decision_id=made.id, action=action), timeout=PATIENCE)
    with _serving(data, engine="reference", screening_required="false") as server:
        decided(server, "order-3", "YY")
    with _serving(data, private="true") as server:
        decided(server, "order-4", "DE")
        erased = decided(server, "order-5", "YY")
    with _serving(data, ROOT / "policies") as server:
        stub = licensing_service_pb2_grpc.LicensingServiceStub(server.shared)
        for name in _SHIPPED:
            stub.Evaluate(read_shipment(ROOT / "examples" / f"{name}.yaml").request, timeout=PATIENCE)
    with closing(open_home(data, origin=ORIGIN)) as home:
        gone = action_pb2.Action(kind=action_pb2.ACTION_KIND_ERASURE, officer=_OFFICER, reason="No law has it kept any more.")
        request = pb.RecordActionRequest(decision_id=erased.id, action=gone)
        late = datetime.date(2100, 1, 1)
        home.store.append([erasure(Records(home), request, today=late, id_="erasure-1", at="2100-01-01T00:00:00Z", caller="")])


def keep_diverging(data: Path) -> None:
    """What must not replay as it was recorded: a result of other rules, a newer language, releases that are altered or not there."""
    with _serving(data) as server:
        sound = decided(server)
    with tempfile.TemporaryDirectory() as folder:
        changed = shutil.copytree(POLICIES, Path(folder) / "changed")
        rules = changed / "zz" / "rules" / "rules.yaml"
        before = rules.read_text()
        rules.write_text(before.replace('when: [tx.destination.country == "DE"]', 'when: [tx.destination.country == "YY"]'))
        if rules.read_text() == before:
            raise ValueError("the rule that was to be changed is not there")
        with _serving(data, changed) as server:
            other = decided(server)
    with closing(open_home(data, origin=ORIGIN)) as home:
        entries = [home.store.named(id_) for id_ in (sound.id, other.id)]
        sound_, other_ = (entry.envelope for entry in entries if entry is not None)
        sources = {e.envelope.release: e.envelope for e in home.store.since(0, 100) if e.envelope.kind is Kind.RELEASE}
        altered = dataclasses.replace(sources[other.release], id="a" * 64, release="a" * 64, result="")
        forged = {
            "by-other-rules": {"result": other_.result},
            "newer-language": {"language": "99"},
            "unknown-release": {"release": "f" * 64},
            "altered-release-used": {"release": altered.release},
        }
        home.store.append(
            [
                Draft(altered, (), f"release\n{altered.id}"),
                *(Draft(_forged(sound_, id_, **fields)) for id_, fields in forged.items()),
            ]
        )


def _forged(envelope: Envelope, id_: str, **fields: Any) -> Envelope:
    return dataclasses.replace(envelope, id=id_, **fields)


@contextmanager
def _serving(data: Path, policies: Path = POLICIES, **settings: str) -> Iterator[Server]:
    server = Server.spawn(policies, data=data, **settings)
    try:
        yield server
        if server.stop():
            raise RuntimeError("".join(server.said))
    finally:
        server.close()


def _keep(make: Any, to: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        make(data)
        with closing(sqlite3.connect(data / DATABASE)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")  # one file
            connection.execute("VACUUM")
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir()
        for name in (DATABASE, PUBLIC, LAST):
            shutil.copy(data / name, to)


if __name__ == "__main__":
    _keep(keep_identical, KEPT)
    _keep(keep_diverging, DIVERGING)
