"""Of values side by side, what most papers say is told once, so that the exception is what is read."""

from engine.documents import batch


def test_what_more_than_half_say_is_usual_and_half_is_not() -> None:
    papers = [{"days": "15", "route": "甲", "name": "一"}, {"days": "15", "route": "甲", "name": "二"}]
    papers += [{"days": "10", "route": "乙", "name": "三"}, {"days": "15", "route": "乙", "name": "四"}]
    assert batch.usual(papers) == {"days": "15"}


def test_what_all_say_is_not_told_as_usual_and_a_paper_that_does_not_print_a_value_counts_among_all() -> None:
    papers = [{"same": "是", "seldom": "1"}, {"same": "是", "seldom": "1"}, {"same": "是"}, {"same": "是"}]
    assert batch.usual(papers) == {}
    assert batch.usual([*papers, {"same": "是", "seldom": "1"}]) == {"seldom": "1"}
