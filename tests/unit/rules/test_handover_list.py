"""The handover list says something of each of the twenty groups, and of each defect what becomes of it."""

import pytest

from engine.rules import handover_list

ROW = {"group": "质保资料", "name": "电梯质保书", "state": "GOOD", "safety": ""}


def test_there_are_twenty_groups_and_the_baseline_is_among_them():
    assert len(set(handover_list.GROUPS)) == 20
    assert set(handover_list.BASELINE) < set(handover_list.GROUPS)


def test_a_group_nobody_wrote_about_is_named():
    listed = set(handover_list.GROUPS) - {"印章", "停车"}
    assert handover_list.uncovered(listed) == ["停车", "印章"]
    [problem] = handover_list.coverage_problems(listed, handover_list.GROUPS, "inspected_on")
    assert "停车、印章" in problem.message
    assert handover_list.coverage_problems(handover_list.GROUPS, handover_list.GROUPS, "inspected_on") == []


def test_an_empty_list_is_asked_for_first():
    [problem] = handover_list.coverage_problems((), handover_list.BASELINE, "inspected_on")
    assert "还没有登记" in problem.message


@pytest.mark.parametrize(
    "change, fields",
    [
        ({}, []),
        ({"group": "DOC"}, ["group"]),
        ({"state": "FINE"}, ["state"]),
        ({"state": "NONE"}, []),
        ({"safety": "POOL"}, ["safety"]),
        ({"name": " "}, ["name"]),
        ({"state": "MISSING"}, ["missing_plan"]),
        ({"state": "MISSING", "missing_plan": "三十日内补交"}, []),
        ({"state": "DEFECT", "dispute": "双方对缺陷成因有争议"}, []),
    ],
)
def test_a_row_says_what_it_is_and_what_becomes_of_its_defect(change, fields):
    found = handover_list.row_problems("handover_items[0]", {**ROW, **change})
    assert [problem.field for problem in found] == [f"handover_items[0].{field}" for field in fields]
