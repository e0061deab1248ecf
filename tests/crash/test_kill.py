"""Killed at any moment, a journey goes on to the same events, numbers and papers."""

import pytest

from trials import kills


def test_the_journey_to_be_killed_has_every_stage(undisturbed: kills.Undisturbed) -> None:
    assert len(set(undisturbed.stages)) == 10
    assert undisturbed.left.rows["document_version"] == 66


# every stage, and many moments of each, are met by ./run trials
@pytest.mark.parametrize("seed", [0, 4, 9])
def test_a_journey_killed_in_a_stage_resumes_to_the_same_end(seed: int, undisturbed: kills.Undisturbed) -> None:
    killed = kills.kill_and_resume(seed, undisturbed)
    assert killed.stage == undisturbed.stages[seed]
    assert killed.mid_run
    assert killed.stage in killed.met
    assert 0 < killed.events < undisturbed.left.timeline.count(b'"kind"')
    assert killed.same, killed.difference
