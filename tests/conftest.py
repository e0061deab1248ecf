"""The shipped library, the cases as carried, and both databases for whoever asks for a store."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine import store
from engine.use_cases.library import Library, shipped
from tests import postgresql, replays
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


@pytest.fixture(scope="session", autouse=True)
def _replays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """How far the reference estate was carried, each point once by all workers together."""
    base, alone = tmp_path_factory.getbasetemp(), "PYTEST_XDIST_WORKER" not in os.environ
    folder = (base if alone else base.parent) / "replays"
    folder.mkdir(exist_ok=True)
    replays.keep_in(folder)
    yield
    replays.keep_in(None)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop what the workers kept on a server, when all have ended."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    if "PYTEST_XDIST_WORKER" not in os.environ and factory is not None:
        replays.drop_all(factory.getbasetemp() / "replays")


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


def nothing(url: str) -> None:
    """A database of the newest schema with nothing in it."""
    store.open(url, files=Path("unused"), synchronous="OFF").close()


@pytest.fixture(scope="session")
def prepare() -> Callable[[str], None]:
    """What the databases of :func:`opened` have in them; a folder of tests may say otherwise."""
    return nothing


@pytest.fixture(scope="session")
def sqlite_original(tmp_path_factory: pytest.TempPathFactory, prepare: Callable[[str], None]) -> Path:
    """The database that each test gets a copy of."""
    path = tmp_path_factory.mktemp("original") / "daoru.db"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_copies(postgresql_server: str, prepare: Callable[[str], None]) -> Iterator[postgresql.Copies]:
    """The same on PostgreSQL."""
    copies = postgresql.Copies(postgresql_server, prepare)
    yield copies
    copies.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[store.Store]:
    """A store of its own, on each database in turn; a copy, since making the schema takes longer than most tests."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            path = shutil.copy(request.getfixturevalue("sqlite_original"), tmp_path / "daoru.db")
            url = f"sqlite:///{path}"
        else:
            url = stack.enter_context(request.getfixturevalue("postgresql_copies").one())
        # nothing of a copy outlives its test, so that nothing waits for the disk
        made = store.open(url, files=tmp_path / "files", synchronous="OFF", public=replays.PUBLIC)
        stack.callback(made.close)
        yield made
