from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, create_engine, select, update

from licet.ledger import schema
from licet.ledger.blobs import stored
from licet.ledger.envelope import Kind
from licet.ledger.notes import Signer
from licet.ledger.store import opened
from licet.ledger.uses import uses_of
from licet.v1 import decision_pb2, licensing_service_pb2
from tests.support.records import found_in
from tests.unit.ledger.conftest import LOG
from tests.unit.ledger.test_store import draft

KEY = Signer.new(LOG).key
COLUMNS = [column.name for column in schema.uses.columns]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A log of three entries: two use of a limit, and the last frees what the second used."""
    url = f"sqlite:///{tmp_path / 'licet.db'}"
    store = opened(url, LOG)
    for id_, parties in (("a", ["x", "y"]), ("b", [])):
        limits = decision_pb2.LimitUse()
        limits.used.add(authorization="SMALL", period="2026", code="A1", currency="EUR", amount="40", parties=parties)
        request, usage = stored(licensing_service_pb2.EvaluateRequest().SerializeToString()), stored(limits.SerializeToString())
        plain = draft(id_)
        envelope = replace(plain.envelope, request=request.digest, usage=usage.digest)
        store.append([replace(plain, envelope=envelope, blobs=(*plain.blobs, request, usage), uses=uses_of(limits))])
    plain = draft("c")
    envelope = replace(plain.envelope, kind=Kind.ACTION, about="b", outcome="WITHDRAWAL")
    store.append([replace(plain, envelope=envelope, frees=1)])
    store.close()
    return url


def test_what_was_used_follows_from_the_entries(url: str) -> None:
    """The table holds what the records of the entries say, but for what was freed; nothing is at fault."""
    engine = create_engine(url)
    with engine.connect() as connection:
        assert [(0, "x"), (0, "y")] == [(row.index, row.party) for row in connection.execute(select(schema.uses)).mappings()]
        assert [] == [fault for fault in found_in(connection, KEY) if fault.what.startswith("use")]
    engine.dispose()


@pytest.mark.parametrize("column", COLUMNS)
def test_any_flipped_bit_is_found_and_named(url: str, column: str) -> None:
    """In any column of what was used, in any row, at any place."""
    engine = create_engine(url)
    number = isinstance(schema.uses.columns[column].type, BigInteger)

    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(party=st.sampled_from(["x", "y"]), at=st.integers(0, 100), bit=st.integers(0, 2))
    def flip(party: str, at: int, bit: int) -> None:
        with engine.connect() as connection:
            mine = (schema.uses.c.index == 0) & (schema.uses.c.party == party)
            value = connection.execute(select(schema.uses.columns[column]).where(mine)).scalar_one()
            place = at % len(value) if not number else 0
            changed = value ^ 1 << bit if number else value[:place] + chr(ord(value[place]) ^ 1 << bit) + value[place + 1 :]
            if column == "party" and changed in ("x", "y"):
                return
            connection.execute(update(schema.uses).where(mine).values({column: changed}))
            assert "use of entry 0" in {fault.what for fault in found_in(connection, KEY)}
            connection.rollback()

    flip()
    engine.dispose()


def test_a_row_that_is_gone_or_freed_and_still_there_is_named(url: str) -> None:
    """Neither can somebody make room under a limit, nor take it away."""
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(schema.uses.delete().where(schema.uses.c.party == "x"))
        assert ["use of entry 0"] == [fault.what for fault in found_in(connection, KEY) if fault.what.startswith("use")]
        connection.rollback()
        row = {"log": LOG, "number": 0, "party": "", "authorization": "SMALL", "period": "2026", "code": "A1", "currency": "EUR"}
        connection.execute(schema.uses.insert(), [{**row, "index": 1, "amount": "40"}, {**row, "index": 9, "amount": "40"}])
        found = [fault.what for fault in found_in(connection, KEY) if fault.what.startswith("use")]
        assert ["use of entry 1", "use of entry 9"] == sorted(found)
    engine.dispose()
