"""The figure on an estate's card is at every moment the one that its registers give."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.carry import casefile, run
from engine.store import Store, standings
from engine.store.standings import Figure
from engine.use_cases import figures, overview
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from tests import going_back
from tests.carrying import CASES


@pytest.mark.parametrize("case", ["reference", "revoked", "vote-void-count"])
def test_the_kept_figure_is_the_one_counted_at_every_step(case: str, opened: Store, library: Library) -> None:
    seen: set[str] = set()

    def compare(step: Any, moment: datetime) -> None:
        if step.number == 1:
            return
        with opened.work("测试", moment) as work:
            kept, counted = standings.figure(work, 1), figures.worked_out(Dossier(work, library, 1))
        assert kept == counted, f"before step {step.number}, {step.task or step.rows}"
        if kept.figure_whole:
            seen.add(kept.figure_of)

    read = casefile.read(CASES / f"{case}.yaml")
    run.replay(read, opened, library, going_back.KEY, lambda line: None, compare)
    assert seen >= {"consent", "owners_vote"}


def test_the_card_and_the_page_of_an_estate_say_the_same_of_the_canvass(opened: Store, library: Library) -> None:
    read = casefile.read(CASES / "reference.yaml")
    steps = read.steps[: next(step.number for step in read.steps if step.task == "canvass_households") - 1]
    run.replay(replace(read, steps=steps), opened, library, going_back.KEY, lambda line: None)
    with opened.work("测试", run.morning(steps[-1].on)) as work:
        kept = standings.figure(work, 1)
        shown = overview.gauging.intention(Dossier(work, library, 1), {}, ["consent"], visited=True)
    assert shown is not None
    assert (kept.figure_part, kept.figure_whole) == (shown.target.part, shown.target.whole)


def test_an_undone_step_takes_its_figure_with_it(opened: Store, library: Library) -> None:
    read = casefile.read(CASES / "reference.yaml")
    upto = next(step.number for step in read.steps if "ballots" in step.rows)
    steps = read.steps[:upto]
    run.replay(replace(read, steps=steps), opened, library, going_back.KEY, lambda line: None)
    now, street = run.morning(steps[-1].on) + timedelta(hours=1), going_back.district(opened, read.people["街道"])
    with opened.work(street.name, now) as work:
        before = standings.figure(work, 1)
        frozen = next(one.task_id for one in work.answered(1) if one.name == "freeze_roster")
    fall = going_back.go_back(opened, library, street, frozen, now, "reference")
    with opened.work(street.name, now) as work:
        kept, counted = standings.figure(work, 1), figures.worked_out(Dossier(work, library, 1))
    assert before.figure_part > 0
    assert not isinstance(fall, str), fall
    assert kept == counted == Figure("owners_vote", 0, 0)
