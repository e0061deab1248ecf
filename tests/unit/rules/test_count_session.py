"""The counting session: one part for each person, boxes that add up, and nothing counted before everybody signed."""

import pytest

from engine.rules import count_session
from engine.rules.count_session import Barred, Box, Part, Session

PEOPLE = {
    Part.HOST: ("周敏",),
    Part.CALLER: ("陆小芳",),
    Part.COUNTER: ("蒋德胜", "卫雪梅"),
    Part.SCRUTINEER: ("吴倩", "沈国良"),
}
BARRED = Barred(candidates=("高远",), company=("裴经理",), body=("王建华",))
CLOSED = Session(PEOPLE, {"1": Box("1", True, 126)}, closed=True)


def people(**changed: tuple[str, ...]) -> dict[Part, tuple[str, ...]]:
    return {**PEOPLE, **{Part(part): names for part, names in changed.items()}}


def fields(problems: list[count_session.Problem]) -> list[str]:
    return [problem.field for problem in problems]


@pytest.mark.parametrize(
    "named, wrong, said",
    [
        ({}, [], ""),
        ({"HOST": ()}, ["HOST"], "没有写主持人"),
        ({"HOST": ("周敏", "李刚")}, ["HOST"], "主持人只能有一人"),
        ({"SCRUTINEER": ("吴倩",)}, ["SCRUTINEER"], "监票人至少 2 人，写了 1 人"),
        ({"SCRUTINEER": ("吴倩", "吴倩")}, ["SCRUTINEER", "SCRUTINEER"], "监票人至少 2 人，写了 1 人"),
        ({"CALLER": ("蒋德胜",)}, ["COUNTER"], "蒋德胜写在唱票人、计票人里写了两次"),
        ({"CALLER": ("高远",)}, ["CALLER"], "高远是候选人"),
        ({"HOST": ("裴经理",)}, ["HOST"], "物业企业的人"),
        ({"SCRUTINEER": ("吴倩", "王建华")}, ["SCRUTINEER"], "不能监督自己组织的表决"),
        # who sits in the owners' body may well hold the count, as it convenes the vote
        ({"HOST": ("王建华",)}, [], ""),
    ],
)
def test_one_person_has_one_part_and_nobody_watches_over_his_own_vote(
    named: dict[str, tuple[str, ...]], wrong: list[str], said: str
) -> None:
    found = count_session.people_problems(people(**named), BARRED, 2)
    assert fields(found) == wrong
    assert not said or said in found[0].message


def test_a_pack_may_ask_for_more_who_watch() -> None:
    assert fields(count_session.people_problems(PEOPLE, BARRED, 3)) == ["SCRUTINEER"]


@pytest.mark.parametrize(
    "box, wrong",
    [
        (Box("1 号箱", True, 0), []),
        (Box("", True, 12), ["label"]),
        (Box("1 号箱", True, -1), ["papers"]),
        (Box("1 号箱", False, 12), ["note"]),
        (Box("1 号箱", False, 12, "左上角撕开，当场拍照"), []),
    ],
)
def test_a_broken_seal_says_what_was_seen(box: Box, wrong: list[str]) -> None:
    assert fields(count_session.box_problems(box)) == wrong


@pytest.mark.parametrize(
    "papers, difference, wrong",
    [(126, "", []), (125, "", ["difference"]), (127, "", ["difference"]), (127, "多一张复印件，已剔除", [])],
)
def test_papers_found_are_those_that_came_back_or_the_difference_is_explained(
    papers: int, difference: str, wrong: list[str]
) -> None:
    session = Session(PEOPLE, {"1": Box("1", True, 100), "2": Box("2", True, papers - 100)})
    assert fields(count_session.closing_problems(session, 126, difference)) == wrong


def test_a_count_without_a_box_or_in_a_pause_is_not_closed() -> None:
    assert fields(count_session.closing_problems(Session(PEOPLE, {}, paused="等裁定员"), 0, "")) == ["close", "boxes"]


def test_votes_are_counted_once_the_session_is_closed_signed_and_named_as_in_the_form() -> None:
    everybody = tuple(name for names in PEOPLE.values() for name in names)
    signed = Session(PEOPLE, CLOSED.boxes, closed=True, signed=everybody)
    assert signed.finished
    assert count_session.counting_problems(signed, "陆小芳、蒋德胜、卫雪梅", "吴倩、沈国良") == []
    assert fields(count_session.counting_problems(signed, "陆小芳、蒋德胜", "沈国良")) == ["counters", "scrutineers"]
    [unsigned] = count_session.counting_problems(CLOSED, "陆小芳、蒋德胜、卫雪梅", "吴倩、沈国良")
    assert "周敏、陆小芳、蒋德胜、卫雪梅、吴倩、沈国良还没有在计票记录上签字" in unsigned.message
    open_ = Session(PEOPLE, CLOSED.boxes)
    assert fields(count_session.counting_problems(open_, "", "")) == ["counted_on"]


@pytest.mark.parametrize(
    ("written", "is_there"),
    [
        ("王明", True), ("李强、王明", True), ("居委会代表王明，李强", True), ("王明（业主）；李强", True),
        ("王明辉、李强", False), ("李强（王明的邻居）", False), ("", False),
    ],
)  # fmt: skip
def test_whoever_is_written_down_is_told_from_a_longer_name(written: str, is_there: bool) -> None:
    assert count_session.is_named("王明", written) is is_there
    problems = count_session.paper_problems("赵敏", written, Barred(body=["王明"]), 0)
    assert [problem.field for problem in problems] == ["scrutineers"] * is_there


@pytest.mark.parametrize(
    ("counters", "scrutineers", "said"),
    [
        ("赵敏", "社区居民委员会王明、李强", ""),
        ("赵敏", "王明（居委会） 李强", ""),
        ("赵敏", "王明", "监票人至少 2 人，写了 1 人"),
        ("赵敏", "王明、王明", "监票人至少 2 人，写了 1 人"),
        ("赵敏、李强", "王明、李强（业主）", "李强既计票又监票"),
        ("赵敏", "王明、非委员业主 2 人", "“非委员业主 2 人”不是姓名"),
        ("赵敏", "社区居民委员会代表、业主两名", "“社区居民委员会代表”不是姓名"),
        ("工作人员3人", "王明、李强", "“工作人员3人”不是姓名"),
    ],
)
def test_whoever_counts_and_watches_on_paper_is_named_and_nobody_does_both(
    counters: str, scrutineers: str, said: str
) -> None:
    problems = count_session.paper_problems(counters, scrutineers, Barred(), 2)
    assert (problems[0].message if problems else "").startswith(said)
    assert bool(problems) is bool(said)
