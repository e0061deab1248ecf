"""The shipped library, the cases as carried, and both databases for whoever asks for a store."""

import contextlib
import functools
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine import store
from engine.use_cases.library import Library, shipped
from tests import postgresql, replays
from tests.carrying import Carried

#: Fills the empty database at an address.
Prepare = Callable[[str], None]


@pytest.fixture(scope="session")
def library() -> Library:
    """The published files that come with Daoru."""
    return shipped()


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def carried(common: Path, library: Library) -> Carried:
    """The cases, each carried once by all workers together."""
    folder = common / "carried"
    folder.mkdir(exist_ok=True)
    return Carried(folder, library)


@pytest.fixture(scope="session", autouse=True)
def _replays(common: Path) -> Iterator[None]:
    """How far the reference estate was carried, each point once by all workers together."""
    folder = common / "replays"
    folder.mkdir(exist_ok=True)
    replays.keep_in(folder)
    yield
    replays.keep_in(None)


def pytest_collection() -> None:
    """Look for no garbage while ten thousand tests are collected: hardly any of it is."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage again, but not among the tests and the modules, which stay to the end."""
    gc.freeze()
    gc.enable()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop what the workers kept on a server, when all have ended."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    if "PYTEST_XDIST_WORKER" not in os.environ and factory is not None:
        replays.drop_all(factory.getbasetemp() / "replays")
        postgresql.stop(factory.getbasetemp())


@pytest.fixture(scope="session")
def postgresql_server(common: Path) -> str:
    """A server for the whole run."""
    if not postgresql.available():
        pytest.skip("没有可用的 PostgreSQL，也没有 Debian 软件包 postgresql")
    return postgresql.shared(common)


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
def prepare() -> Prepare:
    """What the databases of :func:`opened` have in them; a folder of tests may say otherwise."""
    return nothing


@pytest.fixture(scope="session")
def sqlite_originals(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Prepare], Path]:
    """The database that each test gets a copy of, by what it has in it."""

    @functools.cache
    def original(prepare: Prepare) -> Path:
        path = tmp_path_factory.mktemp("original") / "daoru.db"
        prepare(f"sqlite:///{path}")
        return path

    return original


@pytest.fixture(scope="session")
def postgresql_copies(postgresql_server: str) -> Iterator[Callable[[Prepare], postgresql.Copies]]:
    """The same on PostgreSQL."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def copies(prepare: Prepare) -> postgresql.Copies:
            made = postgresql.Copies(postgresql_server, prepare)
            stack.callback(made.close)
            return made

        yield copies


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def opened(request: pytest.FixtureRequest, tmp_path: Path, prepare: Prepare) -> Iterator[store.Store]:
    """A store of its own, on each database in turn; a copy, since making the schema takes longer than most tests."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            path = shutil.copy(request.getfixturevalue("sqlite_originals")(prepare), tmp_path / "daoru.db")
            url = f"sqlite:///{path}"
        else:
            url = stack.enter_context(request.getfixturevalue("postgresql_copies")(prepare).one())
        # nothing of a copy outlives its test, so that nothing waits for the disk
        made = store.open(url, files=tmp_path / "files", synchronous="OFF", public=replays.PUBLIC)
        stack.callback(made.close)
        yield made
