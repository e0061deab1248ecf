"""The service contract in every pair of its variants: whole, numbered through, and never at odds with itself."""

import itertools
import re
from collections.abc import Mapping
from types import SimpleNamespace

import cn2an
import pytest

from engine.documents import catalogue
from engine.documents.facts import Answered, Facts, build
from engine.use_cases.library import Library
from tests.documents import word
from tests.unit.documents.test_rendering import sample

#: By fact that decides a clause: its values, and for each what the contract then says and must not say.
VARIANTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "finalise_contract.fund_route": {
        "F1": ("受托人为本小区单独开立的项目专户", "业主大会或者业主委员会名义开立"),
        "F2": ("业主大会或者业主委员会名义开立", "单独开立的项目专户"),
        "F3": ("协助方只协助核准", "两方指令一致"),
        "F4": ("信托公司不提供物业服务", "协助方"),
        "F5": ("出纳和会计分别管理", "单独开立的项目专户"),
    },
    "draft_plan.remuneration_base": {
        "RECEIVED_FEE": ("以实际收到的物业费为基数", "固定酬金"),
        "RECEIVED_ALL": ("物业费和公共收益为基数", "固定酬金"),
        "EXECUTED_EXPENSE": ("实际发生并经核准的支出为基数", "固定酬金"),
        "FIXED": ("每年收取固定酬金", "%收取酬金"),
    },
    "draft_plan.deficit_rule": {
        "REDUCE_SERVICE": ("调减服务项目", "以固有财产补足"),
        "OWNERS_BEAR_WITH_VOTE": ("业主共同决定是否分摊", "以固有财产补足"),
        "COMPANY_BEARS": ("由受托人以固有财产补足", "调减方案"),
    },
    "verify_owners_body.body_kind": {
        "OC": ("由业主委员会依据业主共同决定签署", "自动承继"),
        "PMC": ("法律顾问已就签署资格出具意见", "业主委员会换届不影响"),
        "ALL_OWNERS": ("由推选的业主代表依据授权签署", "业主委员会换届不影响"),
    },
    "hold_diagnosis_meeting.route": {
        "CONVERT_EXISTING": ("对既往账目的审计", "自原物业服务企业退出"),
        "REPLACE_BY_AGREEMENT": ("自原物业服务企业退出、办理交接之日起接管", "此前没有物业服务企业"),
        "NEW_COMPANY": ("此前没有物业服务企业", "原物业服务合同终止之前"),
        "MERGE_NEIGHBOUR": ("收费、预算和账目单列", "此前没有物业服务企业"),
        "SELF_GOVERN": ("执行机构不收取酬金", "收取固定酬金"),
        # a new company for an estate that is in custody meanwhile
        "CUSTODY": ("先行托管", "此前没有物业服务企业"),
    },
    # a developer's preliminary contract ends when the new one takes effect, so that this may not be before the service
    "submit_application.contract_type": {
        "OWNERS_ASSEMBLY": ("本合同自双方签章之日起生效", "前期物业服务合同于同日终止"),
        "PRELIMINARY": ("约定的服务开始之日起生效，前期物业服务合同于同日终止", "自双方签章之日起生效"),
    },
    "draft_plan.performance_withhold": {
        "20": ("作为考核预留", "暂缓支付当期酬金"),
        "": ("暂缓支付当期酬金", "作为考核预留"),
    },
}
#: What a self-governed estate does away with, whatever else was chosen.
_SELF_GOVERNED = (
    "%收取酬金",
    "收取固定酬金",
    "以固有财产补足",
    "作为考核预留",
    "暂缓支付当期酬金",
    "项目经理为",
    "日书面通知受托人",
)
_OVERRULED = {"draft_plan.remuneration_base", "draft_plan.deficit_rule", "draft_plan.performance_withhold"}
CHOICES = {fact: list(values) for fact, values in VARIANTS.items()}
PAIRS = [
    ((one, this), (other, that))
    for one, other in itertools.combinations(CHOICES, 2)
    for this in CHOICES[one]
    for that in CHOICES[other]
]


def contract(library: Library, chosen: Mapping[str, str]) -> list[str]:
    """What the contract says, paragraph by paragraph, with these choices and the first value for every other."""
    return word.paragraphs(library.template("service_contract").render(facts_of(library, chosen)))


def facts_of(library: Library, chosen: Mapping[str, str]) -> Facts:
    """Facts with these choices and the first value for every other."""
    facts: Facts = sample(library, "")
    wanted = {fact: values[0] for fact, values in CHOICES.items()} | chosen
    for fact, value in wanted.items():
        task, key = fact.split(".")
        setattr(facts.values[task], f"{key}_code", value)
        if key == "performance_withhold":
            setattr(facts.values[task], key, value)
    route = wanted["hold_diagnosis_meeting.route"]
    executive = route == "SELF_GOVERN"
    facts.values["select_company"].provider_kind_code = "EXECUTIVE" if executive else "COMPANY"
    served = route in {"CONVERT_EXISTING", "REPLACE_BY_AGREEMENT"}
    facts.values["submit_application"].company_status_code = "COMPANY_EXISTS" if served else "NONE"
    held = {"start_custody": Answered((), {})} if route == "CUSTODY" else {}
    facts.values["answered"] = build(held, {}).values["answered"]
    facts.values["finalise_contract"].subcontracts = [SimpleNamespace(scope="绿化养护", contractor="甲公司")]
    return facts


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: " ".join(value or "none" for _, value in pair))
def test_two_choices_go_together_in_one_contract(pair: tuple[tuple[str, str], ...], library: Library) -> None:
    said = contract(library, dict(pair))
    whole = "\n".join(said)
    assert not re.search(r"\{[{%#]|[}%#]\}|None|undefined", whole)
    numbers = [
        cn2an.cn2an(found[1]) for line in said if (found := re.match(r"第([一二三四五六七八九十百零]+)条　", line))
    ]
    assert numbers == list(range(1, len(numbers) + 1))
    executive = ("hold_diagnosis_meeting.route", "SELF_GOVERN") in pair
    for fact, value in pair:
        says, not_says = VARIANTS[fact][value]
        assert (says in whole) is not (executive and fact in _OVERRULED), says
        assert not_says not in whole, not_says
    for word_of_a_company in _SELF_GOVERNED if executive else ():
        assert word_of_a_company not in whole, word_of_a_company


@pytest.mark.parametrize(
    ("route", "said"),
    [
        ("F1", "核准支付、保管其凭证"),
        ("F2", "核准支付、保管其凭证"),
        ("F3", "审查、同意每笔支付"),
        ("F4", "核准支付、保管其凭证"),
        ("F5", "同意超过限额的支付"),
    ],
)
def test_the_owners_body_holds_a_key_only_where_the_account_gives_it_one(
    route: str, said: str, library: Library
) -> None:
    whole = "\n".join(contract(library, {"finalise_contract.fund_route": route}))
    assert f"业主组织负责{said}，" in whole
    assert ("凭证由受托人与业主组织分别保管" in whole) is ("保管其凭证" in said)


@pytest.mark.parametrize(
    ("route", "taken_over", "by"),
    [
        ("CONVERT_EXISTING", "受托人按照前一份合同预收、结转的费用和结余", "模式切换结转表"),
        ("REPLACE_BY_AGREEMENT", "原物业服务企业移交的预收费用和结余", "费用清算确认书"),
        ("NEW_COMPANY", "业主此前自行筹集、移交的结余", ""),
        ("CUSTODY", "托管单位移交的预收费用和结余", "托管结算移交确认书"),
    ],
)
def test_what_is_taken_over_is_listed_by_the_paper_that_settles_it_and_deposits_never(
    route: str, taken_over: str, by: str, library: Library
) -> None:
    said = contract(library, {"hold_diagnosis_meeting.route": route})
    assert f"（四）{taken_over}；" in said
    listed = next(line for line in said if "以共有资金购置的资产随时增列" in line)
    assert listed.startswith(("前一份合同", "原物业", "托管")) is bool(by)
    assert f"以{by}为准" in listed or not by
    assert "押金归交纳人所有" in listed


def test_no_two_kinds_of_document_share_a_code() -> None:
    codes = [kind.code for kind in catalogue.KINDS.values()]
    assert sorted(codes) == sorted(set(codes)), "two kinds with one code would take each other's numbers"
