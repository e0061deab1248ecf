"""A district for every test of pages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.store import Store
from engine.use_cases.library import Library
from tests.district import District, people


@pytest.fixture(scope="session")
def prepare() -> Callable[[str], None]:
    """The district's people are there."""
    return people


@pytest.fixture
def district(opened: Store, library: Library, tmp_path: Path) -> District:
    """A district with people and no estate, on each database in turn."""
    return District(opened, library, tmp_path)
