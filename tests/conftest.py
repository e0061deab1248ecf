"""Both databases for whoever asks for a store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import store
from engine.use_cases.library import Library, shipped
from tests import postgresql


@pytest.fixture(scope="session")
def library() -> Library:
    """The published files that come with Daoru."""
    return shipped()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A server for the whole session."""
    if not postgresql.available():
        pytest.skip("没有可用的 PostgreSQL，也没有 Debian 软件包 postgresql")
    with postgresql.server() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[store.Store]:
    """An empty store, on each database in turn."""
    if request.param == "sqlite":
        made = store.open(f"sqlite:///{tmp_path / 'daoru.db'}", files=tmp_path / "files", synchronous="NORMAL")
        yield made
        made.close()
        return
    with postgresql.database(request.getfixturevalue("postgresql_server")) as url:
        made = store.open(url, files=tmp_path / "files")
        yield made
        made.close()
