"""The posts of a budget make its line of pay to the cent, and never cost more than the line that pays them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import budget_posts
from engine.rules.budget import Line
from engine.rules.budget_posts import Post

LINES = (
    Line("E01", "管理服务人员费用", "岗位表", Decimal(12), "月", Decimal("8600.00")),
    Line("E03", "清洁卫生", "分包询价", Decimal(12), "月", Decimal("2000.00")),
    Line("I01", "住宅物业费", "面积×标准", Decimal(12), "月", Decimal("9000.00")),
)
MANAGER = Post("E01", "项目经理", 1, Decimal("3500.00"), 12)
GUARDS = Post("E01", "秩序维护", 3, Decimal("1700.00"), 12)


def said(*posts: Post) -> list[str]:
    return [problem.field for problem in budget_posts.check(posts, LINES)]


def test_posts_that_make_the_pay_stand_and_one_paid_elsewhere_costs_nothing() -> None:
    assert said(MANAGER, GUARDS, Post("E01", "电工", 1, Decimal(0), 12)) == []
    assert budget_posts.total([MANAGER, GUARDS]) == Decimal("103200.00")


@pytest.mark.parametrize("cost, message", [("3500.01", "103200.12 元"), ("3499.99", "103199.88 元")])
def test_a_cent_more_or_less_than_the_line_of_pay_is_told_with_both_sums(cost: str, message: str) -> None:
    [problem] = budget_posts.check([Post("E01", "项目经理", 1, Decimal(cost), 12), GUARDS], LINES)
    assert (problem.field, message in problem.message, "103200.00 元" in problem.message) == ("posts", True, True)


def test_pay_without_any_post_is_refused_and_no_pay_needs_none() -> None:
    assert said() == ["posts"]
    assert budget_posts.check([], LINES[1:]) == []


@pytest.mark.parametrize("cost, fields", [("1000.00", []), ("1000.01", ["posts"])])
def test_another_line_pays_its_posts_and_may_pay_more(cost: str, fields: list[str]) -> None:
    assert said(MANAGER, GUARDS, Post("E03", "保洁", 2, Decimal(cost), 12)) == fields


@pytest.mark.parametrize(
    "post, field",
    [
        (Post("I01", "门岗", 1, Decimal(1), 12), "code"),
        (Post("E00", "门岗", 1, Decimal(1), 12), "code"),
        (Post("E05", "门岗", 1, Decimal(1), 12), "code"),
        (Post("E01", "门岗", 0, Decimal(1), 12), "headcount"),
        (Post("E01", "门岗", 1, Decimal(1), 13), "months"),
        (Post("E01", "门岗", 1, Decimal(1), 0), "months"),
        (Post("E01", "门岗", 1, Decimal("-0.01"), 12), "monthly_cost"),
    ],
)
def test_a_post_that_cannot_be_is_named_with_its_row(post: Post, field: str) -> None:
    assert said(MANAGER, post) == [f"posts[1].{field}"]


@given(
    st.lists(
        st.builds(
            Post,
            st.just("E01"),
            st.just("岗位"),
            st.integers(1, 50),
            st.decimals(0, 50_000, places=2),
            st.integers(1, 12),
        ),
        min_size=1,
    )
)
def test_whatever_the_posts_come_to_is_the_only_pay_that_stands(posts: list[Post]) -> None:
    due = budget_posts.total(posts)
    for off, stands in ((Decimal(0), True), (Decimal("0.01"), False)):
        lines = [Line("E01", "人员", "岗位表", Decimal(1), "年", due + off)]
        assert (budget_posts.check(posts, lines) == []) is stands
