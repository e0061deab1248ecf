"""A district for every test of pages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine import store
from engine.store import Store
from engine.use_cases.library import Library
from tests.district import Clock, District, settle


def _people(url: str) -> None:
    opened = store.open(url, files=Path("unused"), synchronous="NORMAL")
    settle(opened, Clock().now)
    opened.close()


@pytest.fixture(scope="session")
def prepare() -> Callable[[str], None]:
    """The district's people are there, since keeping ten passwords takes longer than most tests."""
    return _people


@pytest.fixture
def district(opened: Store, library: Library, tmp_path: Path) -> District:
    """A district with people and no estate, on each database in turn."""
    return District(opened, library, tmp_path)
