"""Ledgers that releases made (make_ledgers.py). Whatever software this is, they are read, proved, and replayed as they were."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from licet.ledger.envelope import Kind
from licet.ledger.home import Home
from licet.ledger.notes import Signer
from licet.ledger.store import Entry, opened
from licet.replay.records import Records
from licet.replay.replay import Replayed, Verdict
from licet.v1 import licensing_service_pb2
from tests.support.records import ORIGIN, database_of, faults

HERE = Path(__file__).parent
KEPT, DIVERGING = (sorted(HERE.glob(f"{kind}-*")) for kind in ("kept", "diverging"))


@contextmanager
def _records(kept: Path, to: Path) -> Iterator[Records]:
    """A copy of a ledger, which opening brings up to date."""
    folder = shutil.copytree(kept, to / kept.name)
    with closing(opened(database_of(folder), ORIGIN)) as store:
        yield Records(Home(folder, store, Signer.new(ORIGIN)))


def _replays(records: Records) -> dict[str, tuple[Entry, Replayed]]:
    """Every decision of a log, replayed, by id."""
    entries = [entry for entry in records.home.store.since(0, 1_000) if entry.envelope.kind is Kind.DECISION]
    return {e.envelope.id: (e, records.replayed(e, licensing_service_pb2.AUDIENCE_AUDITOR)) for e in entries}


@pytest.mark.parametrize("kept", [*KEPT, *DIVERGING], ids=lambda kept: kept.name)
def test_a_kept_ledger_is_what_was_recorded(kept: Path, tmp_path: Path) -> None:
    """Entries, tree, blobs and the checkpoint of then fit each other, once opening has brought the tables up to date."""
    with _records(kept, tmp_path) as records:
        size = records.home.store.tree.size
    assert f"\n{size}\n" in (kept / "checkpoint").read_text()
    assert [] == faults(tmp_path / kept.name)


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name)
def test_a_kept_ledger_replays_for_ever(kept: Path, tmp_path: Path) -> None:
    """Each decision comes out as it was recorded, whatever law, engine and settings it was made by; an erased one says that it is."""
    with _records(kept, tmp_path) as records:
        found = _replays(records)
        erased = {id_ for id_ in found if records.home.store.is_erased(id_)}
        assert 1 == len(erased)
        for id_, (entry, replay) in found.items():
            if id_ in erased:
                assert (Verdict.IMPOSSIBLE, True) == (replay.verdict, "erased" in replay.why)
            else:
                assert Verdict.IDENTICAL == replay.verdict, f"{kept.name}, entry {entry.index}: {replay}"
        envelopes = [entry.envelope for entry, _ in found.values()]
        assert 10 == len(found)
        assert 2 == len({envelope.release for envelope in envelopes})
        assert {"compiled", "reference"} == {envelope.engine.partition(" ")[0] for envelope in envelopes}
        assert 2 == len({envelope.settings for envelope in envelopes})
        assert {"AUTHORIZED", "LICENSE_REQUIRED"} <= {envelope.outcome for envelope in envelopes}


@pytest.mark.parametrize("kept", DIVERGING, ids=lambda kept: kept.name)
def test_what_was_not_decided_so_does_not_replay(kept: Path, tmp_path: Path) -> None:
    """A result of other rules is found and the rule named; what cannot be replayed says why; the sound ones beside them are found sound."""
    with _records(kept, tmp_path) as records:
        found = {id_: replay for id_, (_, replay) in _replays(records).items()}
    other = found.pop("by-other-rules")
    assert Verdict.DIVERGED == other.verdict
    assert other.difference is not None
    assert ("disposition", "zz.permit") == (other.difference.path, other.difference.rule)
    why = {
        "newer-language": "version 99",
        "unknown-release": "does not hold the release ffff",
        "altered-release-used": "make the release",
    }
    for id_, words in why.items():
        replay = found.pop(id_)
        assert Verdict.IMPOSSIBLE == replay.verdict
        assert words in replay.why
    assert [Verdict.IDENTICAL] * 2 == [replay.verdict for replay in found.values()]
