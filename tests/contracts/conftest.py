"""The databases that the `Store` suites run on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.protocols import Store
from monitor.store import open_store
from tests.conftest import new_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return "sqlite:///monitor.db"
    server: str = request.getfixturevalue("postgres")
    return new_database(server, request.node.name)


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(url, folder=tmp_path)
    yield opened
    opened.close()
