"""A finding stands at the clauses that it names, else at those that its rule is about."""

import pytest

from engine.rules.prereview import RULES, places
from engine.rules.prereview.registry import Finding

HEADED = {
    "开头": "信托制物业服务合同",
    "第二十六条": "保险。受托人",
    "第三十条": "催交。业主",
    "附件一　收费": "附件一　收费",
}


def test_every_rule_says_which_clause_it_is_about() -> None:
    assert set(places.ABOUT) == set(RULES), "a new rule needs its row in engine/rules/prereview/places.py"


@pytest.mark.parametrize(
    "rule, says, at",
    [
        ("RC-32", "没有约定催告。", ("第三十条",)),
        ("RC-41", "第 二十六 条的免责（“概不负责”）无效；请删去。", ("第二十六条",)),
        ("RC-40", "第 附件一 条有“保本”；请改用别的说法。", ("附件一　收费",)),
        ("RC-40", "第 首部 条有“保本”；请改用别的说法。", ("开头",)),
        ("RC-32", "第 九十九 条写有“停水”。", ("第三十条",)),
        ("RC-55", "没有选聘记录。", ()),
    ],
    ids=["by its rule", "by its number", "an annex", "the head", "a number that is not there", "no place"],
)
def test_a_finding_stands_where_it_is_mended(rule: str, says: str, at: tuple[str, ...]) -> None:
    assert places.places(Finding(RULES[rule], (says,)), HEADED) == at
