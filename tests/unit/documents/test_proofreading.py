"""What was read on a scan, held against what the page should say."""

import pytest

from engine.documents.proofreading import Doubt, Read, doubts, match

PAGES = [
    "第一条 物业费每平方米每月 0.65 元，由全体业主按建筑面积承担，按月交纳。",
    "第二条 单笔超过 20,000.00 元的支出，应当先经业主组织会议书面同意。",
]


def words(text: str) -> list[Read]:
    """Words as a reader tells them, side by side on one line."""
    return [Read(word, (place * 100, 0, 80, 20), (1,)) for place, word in enumerate(text.split(" "))]


def test_a_page_is_known_by_what_stands_on_it_in_whatever_order() -> None:
    assert match(PAGES, "单笔超过 20,000.00元的支出应当先经业主组织会议书面问意 第二条").page == 2


def test_what_stands_on_no_page_is_foreign_and_two_pages_that_say_the_same_are_left_to_a_person() -> None:
    assert match(PAGES, "房屋租赁合同出租人和承租人约定租金按季度支付").foreign
    alike = match([PAGES[0], PAGES[0]], PAGES[0])
    assert (alike.page, alike.foreign) == (None, False)


@pytest.mark.parametrize(
    ("read", "told"),
    [
        ("单笔超过 20,000.00 元的支出", []),
        ("单笔超过 20，000.00 元的支出", []),
        ("单笔超过 80,000.00 元的支出", [("2000000", "8000000")]),
        ("单笔超过 元的支出", [("2000000", "")]),
    ],
)
def test_a_number_is_held_against_what_was_read_whatever_marks_stand_in_it(
    read: str, told: list[tuple[str, str]]
) -> None:
    found = doubts("单笔超过 20,000.00 元的支出", [words(read)])
    assert [(one.due, one.read) for one in found] == told


def test_a_doubt_says_what_stands_around_it_and_where_the_other_number_is() -> None:
    [one] = doubts("物业费每月 0.65 元", [words("物业费每月 0.66 元")])
    assert one == Doubt("065", "066", "物业费每月 0.65 元", (100, 0, 80, 20))
    assert one.changed


@pytest.mark.parametrize(("read", "told"), [("629%6", []), ("6296", []), ("659%", ["62"]), ("92%", ["62"])])
def test_a_sign_of_per_cent_that_was_read_as_digits_is_no_changed_number(read: str, told: list[str]) -> None:
    assert [one.due for one in doubts("上年度收缴率 62% 逐年", [words(f"上年度收缴率 {read} 逐年")])] == told


def test_one_of_several_readings_that_finds_a_number_is_enough() -> None:
    assert doubts("合计 1,787.50 元", [words("合计 1,737.50 元"), words("1,787.50")]) == []


def test_a_line_of_which_nothing_was_read_is_named() -> None:
    due = "第一条 受托人应当单独开立共有资金账户\n第二条 受托人不得挪用"
    assert [one.due for one in doubts(due, [words("第二条 受托人不得挪用")])] == [
        "第一条 受托人应当单独开立共有资金账户"
    ]
