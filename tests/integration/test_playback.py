"""What the log alone says of an estate at its newest entry is what the tables say of it now."""

import pytest

from engine.carry import casefile, run
from engine.store import Store, desk, estates
from engine.use_cases import playback, versions
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from tests import going_back
from tests.carrying import CASES


@pytest.mark.parametrize("case", ["reference", "vote-void-count", "suspended", "withdrawn", "revoked"])
def test_stages_and_steps_told_by_the_log_are_those_of_the_tables(case: str, opened: Store, library: Library) -> None:
    read = casefile.read(CASES / f"{case}.yaml")
    run.replay(read, opened, library, going_back.KEY, lambda line: None)
    with opened.work("测试", run.morning(read.steps[-1].on)) as work:
        log, definition = Dossier(work, library, 1).log, versions.of(work, library, 1)
        kept = [(one.stage, one.entered_at, one.left_at) for one in estates.stays(work, 1)]
        told = [(one.stage, one.entered_at, one.left_at) for one in playback.stays_of(log)]
        assert told == kept
        marks, now = playback.marks_of(definition, log), desk.marks(work, 1)
    tasks = definition.user_tasks.keys()
    done = {name for name, mark in now.items() if mark == "done" and name in tasks}
    assert done <= marks.keys()
    assert {name for name in marks if name in tasks} <= now.keys()
