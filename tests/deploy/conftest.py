from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.support.databases import new_database, postgresql


@pytest.fixture(scope="module")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server for the tests of a file."""
    with postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture
def database(postgresql_server: str) -> str:
    """An empty database."""
    return new_database(postgresql_server, uuid.uuid4().hex)
