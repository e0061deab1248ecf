"""What owners were promised is in a clause of the contract or declined for a reason, before it is final."""

import pytest

from engine.rules.promises import Settled, open_still, problems

LIFT, PATROL = "电梯光幕在进场后三个月内更换。", "晚间增加一次楼道巡查。"


def said(*settled: Settled) -> list[str]:
    return [f"{one.field}：{one.message}" for one in problems([LIFT, PATROL], settled)]


def test_every_promise_has_a_clause_or_a_reason() -> None:
    assert said(Settled(LIFT, "", "由原企业付款"), Settled("晚间增加一次 楼道巡查", "20", "")) == []
    assert said(Settled(LIFT, "20", "")) == [
        f"promises：承诺“{PATROL}”还没有处理；请加一行，写明写入第几条，或者不写入的理由。"
    ]


@pytest.mark.parametrize(
    "row, field",
    [
        (Settled(PATROL, "", " "), "promises[1].clause"),
        (Settled(PATROL, "20", "也写理由"), "promises[1].clause"),
        (Settled(PATROL, "服务标准那条", ""), "promises[1].clause"),
        (Settled(LIFT, "20", ""), "promises[1].promise"),
    ],
)
def test_a_row_that_settles_nothing_is_named(row: Settled, field: str) -> None:
    assert any(one.startswith(f"{field}：") for one in said(Settled(LIFT, "", "由原企业付款"), row))


def test_the_same_promise_at_two_doors_is_one() -> None:
    assert open_still([LIFT, PATROL, LIFT], []) == [LIFT, PATROL]


@pytest.mark.parametrize(
    "written, number",
    [
        ("20", "二十"),
        ("第二十条", "二十"),
        ("第 12 条", "十二"),
        ("附件8", "附件八"),
        ("附件八", "附件八"),
        ("前面", ""),
    ],
)
def test_a_clause_is_known_however_its_number_is_written(written: str, number: str) -> None:
    assert Settled(PATROL, written, "").number == number
