"""What is decided of the roster against list or rule is shown, has its reason, and may be put back."""

import re

import pytest

from engine.rules import roster
from engine.rules.roster import Policies
from tests.district import District
from tests.web.test_importing import ONE, TWO, Desk

LISTED = (
    "楼号,室号,建筑面积,用途,业主姓名,证件号,销售状态\n"
    f"1,101,89.97,住宅,王小明,{ONE},\n1,102,90,住宅,王小明,{ONE},\n1,103,60,商铺,李芳,{TWO},\n"
    f"1,104,50,住宅,王小明、李芳,{ONE}；{TWO},\n1,105,40,住宅,,,未售\n地库,B1,12.5,车位,李芳,{TWO},\n1,106,30,物业用房,,,\n"
)


@pytest.fixture
def desk(district: District) -> Desk:
    """The cadre with a list that is read."""
    made = Desk(district)
    made.send(LISTED.encode())
    made.columns()
    return made


def _decide(desk: Desk, what: str, choice: str, reason: str = "持不动产证到场核对") -> str:
    answer = desk.act("decide", kind="unit", what=what, choice=choice, reason=reason)
    assert answer.status_code == 302, answer.text
    return desk.page()


def _persons(desk: Desk) -> int:
    found = re.search(r'计入表决的</dt>.*?<span class="number">(\d+)</span> 人', desk.page(), re.DOTALL)
    assert found is not None
    return int(found[1])


def test_every_rule_is_shown_with_the_units_that_it_took(desk: Desk) -> None:
    page = desk.page()
    for said in (
        "同一业主多户：1 组", "王**：1-101、1-102", "共有：1 户", "1-104：王**、李**", "未售和未交付：1 个",
        "不计入：2 户", "地库-B1：车位", "1-106：物业用房", "车位、车库、储藏室不计（规则包）",
    ):  # fmt: skip
        assert said in page, said
    # 王小明, 李芳, both of them together, the developer
    assert _persons(desk) == 4


def test_a_unit_is_counted_apart_and_put_back(desk: Desk) -> None:
    page = _decide(desk, "1-102", "apart:yes", "同名同号抄错，证件号待补正")
    assert "1-102 单独算一人" in page
    assert _persons(desk) == 5
    desk.act("decide", kind="apart", what="1-102", choice="")
    assert _persons(desk) == 4


def test_use_and_state_of_a_unit_are_decided_and_kept_with_the_version(desk: Desk) -> None:
    _decide(desk, "1-103", "usage:社区用房", "规划核实为社区用房")
    assert _persons(desk) == 3
    _decide(desk, "1-105", "status:已交付", "交房单已签")
    assert "1-105 按已交付：交房单已签" in desk.page()
    desk.act("import")
    page = desk.page()
    assert "1-103 用途按社区用房：规划核实为社区用房" in page
    assert "1-105 按已交付：交房单已签" in page
    units = {unit.unit_no: unit for unit in desk.newest().units}
    assert (units["1-103"].usage, units["1-105"].status) == ("社区用房", "DELIVERED")
    assert "1-103" not in roster.assemble(desk.newest(), Policies()).units
    assert "规划核实为社区用房" in desk.cadre.get(f"{desk.address}/freeze").text


def test_what_is_decided_without_a_reason_or_of_no_unit_is_not_taken(desk: Desk) -> None:
    refused = desk.act("decide", kind="unit", what="1-103", choice="usage:车位", reason="是")
    assert refused.status_code == 422
    assert "请写明理由" in refused.text
    assert desk.act("decide", kind="unit", what="1-103", choice="", reason="核对过的").status_code == 422
    assert desk.act("decide", kind="unit", what="1-103", choice="usage:飞机库", reason="核对过的").status_code == 422
    assert desk.act("decide", kind="unit", what="", choice="apart:yes", reason="核对过的").status_code == 422
    assert "名册里没有这一户" in _decide(desk, "9-999", "apart:yes")
    refused = desk.act("import")
    assert refused.status_code == 422
    assert "名册里没有9-999" in refused.text


def test_a_sum_that_differs_from_the_registered_total_is_said_why(district: District) -> None:
    desk = Desk(district)
    district.replay("freeze_roster")
    district.clock.pass_by(days=1)
    desk.cadre = district.browser("社区干部")
    desk.send(LISTED.encode())
    desk.columns()
    page = desk.page()
    assert "<dt>登记的总面积</dt>" in page
    assert "清册少 <span" in page
    refused = desk.act("import")
    assert refused.status_code == 422
    assert "请核对，并写明相差的原因" in refused.text
    gap = re.search(r'name="kind" value="total"><input type="hidden" name="what" value="(-\d+)"', page)
    assert gap is not None
    desk.act("decide", kind="total", what=gap[1], choice="yes", reason="只导入一幢，其余待补")
    assert desk.act("import").status_code == 302
    assert "面积合计比登记的总面积少" in desk.page()
    assert "只导入一幢，其余待补" in desk.page()
