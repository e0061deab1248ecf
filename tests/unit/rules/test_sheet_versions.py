"""A checklist printed before its form changed says which line is which now."""

from engine.rules.sheet_versions import told

PRINTED = ["1 踏勘日期 　　年　月　日", "2 电梯 □有 □无", "3 消防 □好 □坏", "4 备注 ＿＿＿＿"]


def lines(*found: tuple[str, str, str]) -> list[dict[str, str]]:
    return [dict(zip(("no", "label", "answer"), one, strict=True)) for one in found]


def test_nothing_is_told_of_a_paper_that_is_as_the_page() -> None:
    now = [(no, *rest.split(" ", 1)) for no, rest in (line.split(" ", 1) for line in PRINTED)]
    assert told(PRINTED, lines(*now)) == ""


def test_what_moved_came_went_and_is_asked_otherwise_is_named() -> None:
    now = lines(
        ("1", "踏勘日期", "　　年　月　日"),
        ("2", "房屋结构", "□砖混 □框架"),
        ("3", "电梯", "□有 □无"),
        ("4", "消防", "□好 □一般 □坏"),
    )
    assert told(PRINTED, now).split("；") == [
        "纸上 2 是页面 3、纸上 3 是页面 4",
        "页面上没有了：4 备注",
        "选项或单位改过，请对照：3 消防",
        "页面上新加的，请补问：2 房屋结构",
    ]


def test_of_two_lines_of_one_label_each_is_matched_once() -> None:
    printed = ["1 项目（第 1 行） ＿＿＿＿", "2 电话 ＿＿＿＿", "3 电话 ＿＿＿＿"]
    now = lines(("1", "电话", "＿＿＿＿"), ("2", "电话", "＿＿＿＿"), ("3", "电话", "＿＿＿＿"))
    assert told(printed, now).split("；") == [
        "纸上 2 是页面 1、纸上 3 是页面 2",
        "页面上没有了：1 项目（第 1 行）",
        "页面上新加的，请补问：3 电话",
    ]


def test_a_long_list_is_cut_and_counted() -> None:
    now = lines(*((str(no), f"项目 {no}", "＿＿＿＿") for no in range(1, 11)))
    assert "等 10 处" in told([], now)
