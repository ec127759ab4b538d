"""A PostgreSQL that is killed and comes back: calls fail meanwhile, and our server goes on without being started again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest

from licet.ledger.store import StoreError, opened
from tests.support.databases import Postgres, new_database
from tests.support.load import Load, Told, waited, wrong
from tests.support.records import ORIGIN
from tests.support.servers import Server

KILLS = 3


@pytest.fixture
def postgres_to_kill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server that no other test uses."""
    server = Postgres(tmp_path_factory.mktemp("postgresql"))
    yield server
    server.close()


def test_a_database_that_is_killed_comes_back(
    start: Callable[..., Server], postgres_to_kill: Postgres, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Killed under load and started again: nothing acknowledged is missing, nothing is there twice, and nobody restarts us."""
    url, told, data = new_database(postgres_to_kill.url, "licet"), Told(), tmp_path / "data"
    server = start(data=data, database=url)
    with Load(told, server, "caller", lasting=True):
        for _ in range(KILLS):
            assert told.grows(len(told.acknowledged) + 20)
            refused = len(told.refused)
            postgres_to_kill.kill()
            assert told.fails(refused + 5)
            postgres_to_kill.start()
            assert told.grows(len(told.acknowledged) + 20)
    assert {grpc.StatusCode.UNAVAILABLE} == set(told.refused)
    assert server.process.poll() is None
    told.ask_again(server)
    assert ([], {}) == wrong(told, data, url)
    assert len(told.acknowledged) == len(told.indices) == len(told.asked), "every request has one decision"
    counts = {"times": KILLS, "acknowledged": len(told.acknowledged), "refused": len(told.refused), "lost": 0, "twice": 0}
    record_property("fault", ["PostgreSQL killed under load, and started again", counts])


@pytest.mark.parametrize("name", ["synchronous_commit", "fsync", "full_page_writes"])
def test_a_database_that_could_lose_an_answer_is_refused(postgres_to_kill: Postgres, name: str) -> None:
    """Nobody appends to a PostgreSQL whose commits a loss of power may take back; the text names the setting."""
    opened(postgres_to_kill.url, ORIGIN).close()
    postgres_to_kill.set(name, "off")
    assert waited(lambda: refusal(postgres_to_kill.url))
    assert f"{name} is off: an answer could be lost; expected on" == refusal(postgres_to_kill.url)


def refusal(url: str) -> str:
    """Why the log is not opened; empty where it is."""
    try:
        opened(url, ORIGIN).close()
    except StoreError as error:
        return str(error)
    return ""
