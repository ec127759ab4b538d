from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.databases import new_database, postgresql
from tests.support.servers import POLICIES, Server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server for the session."""
    with postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture(scope="session")
def new_url(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """The setting of an empty database of a kind; that of SQLite is the file in the folder of the ledger."""

    def url(kind: str) -> str:
        return "" if kind == "sqlite" else new_database(request.getfixturevalue("postgres"), uuid.uuid4().hex)

    return url


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    """Starts a server of the test's own: `start(data=folder)`; a name without value is left out."""
    servers: list[Server] = []

    def spawn(*, policies: Path = POLICIES, **settings: object) -> Server:
        servers.append(Server.spawn(policies, **{name: value for name, value in settings.items() if value != ""}))
        return servers[-1]

    yield spawn
    for server in servers:
        server.close()
