"""The annexes of the service contract that are made from the estate's own data, read back from the Word file."""

from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from engine.documents import show
from engine.rules.prereview import recognising
from engine.use_cases.library import CONTRACT, Library
from tests.unit.documents.test_contract_variants import contract, facts_of

#: By how the estate comes to its trustee the papers of the first day that its list of forms has, and has not.
FIRST_DAY: Mapping[str, tuple[set[str], set[str]]] = {
    "CONVERT_EXISTING": ({"模式切换结转表"}, {"交接确认书（三方）", "资料移交清单"}),
    "REPLACE_BY_AGREEMENT": ({"资料移交清单", "费用清算确认书", "交接确认书（三方）"}, {"模式切换结转表"}),
    "NEW_COMPANY": (set(), {"资料移交清单", "费用清算确认书", "交接确认书（三方）", "模式切换结转表"}),
    "SELF_GOVERN": (set(), {"资料移交清单", "模式切换结转表"}),
}


def annex(said: list[str], title: str) -> list[str]:
    """The paragraphs and cells of an annex."""
    heads = [place for place, one in enumerate(said) if one.startswith("附件") and "　" in one]
    start = next(place for place in heads if said[place].endswith(title))
    end = next((place for place in heads if place > start), len(said))
    return said[start + 1 : end]


@pytest.mark.parametrize("route", FIRST_DAY)
def test_the_list_of_forms_is_that_of_the_estate(route: str, library: Library) -> None:
    said = annex(contract(library, {"hold_diagnosis_meeting.route": route}), "表单清单")
    there, lacking = FIRST_DAY[route]
    assert there <= {*said}
    assert not lacking & {*said}
    always = {"承接查验记录（协议）", "支付申请单", "报价比较表", "月度公示表", "监察意见书", "季度考核表"}
    assert always <= {*said}
    by = "执行机构" if route == "SELF_GOVERN" else "受托人"
    assert said[said.index("支付申请单") + 2] == by
    assert ({"执行机构", "受托人"} - {by}).isdisjoint(said)


def test_each_form_names_the_clause_that_asks_for_it(library: Library) -> None:
    said = annex(contract(library, {}), "表单清单")
    named = {one.id: one.called for one in library.playbook.clauses}
    for form, clauses in {"报修和投诉工单": ("response",), "监察意见书": ("supervisor", "supervisor_reply")}.items():
        assert said[said.index(form) + 3] == "本合同" + "、".join(named[clause] for clause in clauses)


def test_the_list_of_forms_settles_nothing_in_place_of_a_clause(library: Library) -> None:
    paper = library.template(CONTRACT).render(facts_of(library, {"hold_diagnosis_meeting.route": "NEW_COMPANY"}))
    read = recognising.recognise(show.paragraphs(paper, file="合同"))
    [forms] = [one for one in read.clauses if str(one["text"]).partition("\n")[0].endswith("　表单清单")]
    assert forms["topics"] == ["OTHER"]
    assert "季度考核表" in str(forms["text"])


def test_the_posts_that_must_be_filled_print_their_hours_licence_and_cost(library: Library) -> None:
    facts = facts_of(library, {})
    guards = {"code": "E01", "name": "秩序维护", "headcount": "3", "shift": "三班", "certificates": "保安员证"}
    facts.values["budget"].posts = [SimpleNamespace(monthly_cost="1,700.00", months="12", amount="61,200.00", **guards)]
    facts.values["budget"].posts_total = "61,200.00"
    said = annex(list(show.paragraphs(library.template(CONTRACT).render(facts), file="合同")), "岗位和人员")
    assert "（二）至少配备的岗位，费用含工资、社保和福利；写零的由兼任的人或者服务单位派驻，不另付钱：" in said
    at = said.index("秩序维护")
    assert said[at - 1 : at + 9] == [*guards.values(), "1,700.00", "12", "61,200.00", "合计", "61,200.00"]


def test_an_estate_whose_budget_named_no_posts_says_who_sends_people(library: Library) -> None:
    facts = facts_of(library, {})
    facts.values["budget"].posts = []
    said = show.paragraphs(library.template(CONTRACT).render(facts), file="合同")
    assert any("首年预算没有列出自聘的岗位，服务由上表各科目的服务单位派人" in one for one in said)


def test_the_posts_print_number_price_and_the_sum_of_a_year_of_the_budget(library: Library) -> None:
    facts = facts_of(library, {})
    row = {"qty": "12", "unit": "月", "unit_price": "8,600.00", "amount": "103,200.00"}
    paid = SimpleNamespace(code="E01", name="管理服务人员费用", basis="客服 1 人、秩序 3 人", **row)
    other = SimpleNamespace(code="E02", name="设施日常维护", basis="近三年平均", **row)
    facts.values["budget"].expense_lines = [paid, other]
    read = recognising.recognise(show.paragraphs(library.template(CONTRACT).render(facts), file="合同"))
    [posts] = [one for one in read.clauses if str(one["text"]).partition("\n")[0].endswith("　岗位和人员")]
    assert "\nE01\n管理服务人员费用\n客服 1 人、秩序 3 人\n12月\n8,600.00\n103,200.00\n" in str(posts["text"])
    assert "设施日常维护" not in str(posts["text"])
