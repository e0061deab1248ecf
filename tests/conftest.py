"""The shipped library, the cases as carried, and both databases for whoever asks for a store."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import store
from engine.use_cases.library import Library, shipped
from tests import postgresql
from tests.carrying import Carried


@pytest.fixture(scope="session")
def library() -> Library:
    """The published files that come with Daoru."""
    return shipped()


@pytest.fixture(scope="session")
def carried(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Carried:
    """The cases, each carried once by all workers together."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "carried"
    folder.mkdir(exist_ok=True)
    return Carried(folder, library)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A server for the whole session."""
    if not postgresql.available():
        pytest.skip("没有可用的 PostgreSQL，也没有 Debian 软件包 postgresql")
    with postgresql.server() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, on each kind of server in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'daoru.db'}"
        return
    with postgresql.database(request.getfixturevalue("postgresql_server")) as url:
        yield url


@pytest.fixture
def opened(address: str, tmp_path: Path) -> Iterator[store.Store]:
    """An empty store, on each database in turn."""
    made = store.open(address, files=tmp_path / "files", synchronous="NORMAL")
    yield made
    made.close()
