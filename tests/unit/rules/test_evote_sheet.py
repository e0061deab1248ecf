"""A platform's file is read as platforms word it; what is unclear is told by row, what it calls void is left out."""

from collections.abc import Mapping
from datetime import date

import pytest

from engine.rules import evote_sheet

ITEMS = {1: "本小区采用信托制物业服务模式", 2: "聘任陆文渊为监察人"}
ROW = {
    "楼栋": "1幢",
    "房号": "0101",
    "投票时间": "2026-04-20 13:22:05",
    "投票人": "汪**",
    "事项1": "同意",
    "事项2": "弃权",
}


def read(*rows: Mapping[str, str]) -> evote_sheet.Read:
    return evote_sheet.read(list(enumerate(rows, 2)), ITEMS)


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        {"房号": "1-0101", "表决时间": "2026/4/20", "姓名": "汪**", "议题一": "赞成", "议题二": "3"},
        {"户号": "１－０１０１", "提交时间": "2026年4月20日 13:22", "业主": "汪**", "第1项": "√", "第2项": "弃权"},
        {"房号": "1-0101", "投票日期": "2026.4.20", "业主": "汪**", f"1、{ITEMS[1]}": "支持", ITEMS[2]: " 弃权 "},
    ],
)
def test_headings_days_and_marks_are_read_as_platforms_word_them(row: dict[str, str]) -> None:
    found = read(row)
    assert found.problems == []
    assert found.cast == [evote_sheet.Cast(2, "1-0101", date(2026, 4, 20), "汪**", (1, 3))]


def test_an_item_that_was_left_out_is_blank_and_what_the_platform_calls_void_is_no_vote() -> None:
    found = read({**ROW, "状态": "有效", "事项2": ""}, {**ROW, "房号": "0102", "状态": "测试"})
    assert ([one.marks for one in found.cast], found.void) == ([(1, 4)], 1)


@pytest.mark.parametrize(
    "rows, said",
    [
        ([{**ROW, "事项1": "看情况"}], "第 2 行第 1 项写的是“看情况”"),
        ([{**ROW, "投票时间": "昨天"}], "第 2 行的投票时间“昨天”看不出是哪一天"),
        ([{**ROW, "投票时间": "2026-02-30"}], "看不出是哪一天"),
        ([ROW, ROW], "第 3 行和第 2 行是同一户“1-0101”的两次有效表决"),
        ([{name: cell for name, cell in ROW.items() if name != "事项2"}], "没有找到第 2 项“聘任陆文渊为监察人”的列"),
        (
            [{name: cell for name, cell in ROW.items() if name != "房号"}],
            "没有找到“房号”这一列；表里有：楼栋、投票时间",
        ),
        ([], "没有找到“房号”这一列；表里有：（没有列名）"),
    ],
)
def test_what_is_unclear_is_told_with_its_row(rows: list[dict[str, str]], said: str) -> None:
    assert any(said in problem.message for problem in read(*rows).problems)
