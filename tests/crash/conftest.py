"""One undisturbed journey to compare with."""

from pathlib import Path

import pytest

from trials import kills


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> kills.Undisturbed:
    """The reference journey, carried without a kill."""
    return kills.carry_undisturbed(Path(tmp_path_factory.mktemp("undisturbed")))
