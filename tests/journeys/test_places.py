"""The same estate in two places: the pack alone decides how it goes on."""

import shutil
from pathlib import Path

import pytest

from engine.carry.casefile import JourneyDiffers
from engine.use_cases.library import Library
from tests.carrying import CASES, carry

CASE = "hangzhou-committee.yaml"


def test_a_committee_of_seven_may_act_in_hangzhou_and_not_in_changzhou(tmp_path: Path, library: Library) -> None:
    carry(CASES / CASE, tmp_path / "hangzhou", library)
    folder = tmp_path / "cases"
    shutil.copytree(CASES, folder)
    elsewhere = folder / CASE
    elsewhere.write_text(elsewhere.read_text().replace("place: hangzhou", "place: changzhou-zhonglou"))
    with pytest.raises(JourneyDiffers, match="NOT_READY"):
        carry(elsewhere, tmp_path / "changzhou", library)


def test_a_vote_of_ten_days_is_announced_in_hangzhou_and_refused_in_changzhou(tmp_path: Path, library: Library) -> None:
    answers = "answers: {voting_closes_on: 2026-04-23}"
    told = """case: ten-days
like: reference.yaml
place: {place}
until: prepare_meeting_notice
steps:
  - on: 2026-03-25
    task: prepare_meeting_notice
    {answers}
expect: {{status: running}}
"""
    shutil.copytree(CASES, tmp_path / "cases")
    case = tmp_path / "cases" / "ten-days.yaml"
    case.write_text(told.format(place="hangzhou", answers=answers))
    carry(case, tmp_path / "hangzhou", library)
    refused = answers + "\n    refused: 表决期 10 天，应为 15 到 60 天；请调整截止日"
    case.write_text(told.format(place="changzhou-zhonglou", answers=refused))
    carry(case, tmp_path / "changzhou", library)
