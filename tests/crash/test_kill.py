"""Killed at any moment, a journey goes on to the same papers."""

import pytest

from trials import kills


@pytest.mark.parametrize("seed", range(10))
def test_a_killed_journey_resumes_to_the_same_end(seed: int, undisturbed: kills.Undisturbed) -> None:
    killed = kills.kill_and_resume(seed, 10, undisturbed)
    assert killed.mid_run
    assert killed.same, killed.difference
