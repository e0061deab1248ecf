"""The pre-review: what each rule of law §7 finds, and that it finds nothing else."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents import show
from engine.errors import InvalidAnswers
from engine.rules import jurisdiction, prereview
from engine.rules.prereview import Finding, Limits, Severity, Waiver, facts, recognising, wording
from engine.rules.prereview.contract import Clause
from engine.rules.prereview.facts import Facts
from engine.rules.prereview.file import File
from engine.rules.prereview.topics import TOPICS
from engine.rules.prereview.wording import Wording
from engine.use_cases import library
from tests.contracts import BROKEN, CLEAN, DOCUMENTED, GONE, PACKS, ROOT, changed

SEVERITIES = {
    "B": "01 02 03 04 06 09 10 11 12 13 14 18 19 22 24 32 36 52",
    "H": "05 07 08 15 17 20 21 23 25 26 28 29 31 34 37 38 41 45",
    "M": "16 27 30 33 35 39 40 42 43 44 46 47 48 51 54 55",
    "L": "49 50 53",
}
"""As the table of law §7 has them."""


def file_of(request: Mapping[str, Any]) -> File:
    return facts.read(File, {name: value for name, value in request.items() if name not in {"place", "waivers"}})


def limits_of(request: Mapping[str, Any]) -> Limits:
    return Limits.of(jurisdiction.choose(PACKS, request["place"], date.fromisoformat(request["on"])))


def review(request: Mapping[str, Any]) -> list[Finding]:
    return prereview.review(file_of(request), limits_of(request))


def found(request: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {finding.rule.id: finding.says for finding in review(request)}


def test_all_fifty_five_rules_are_there_with_the_severity_of_the_law() -> None:
    assert sorted(prereview.RULES) == [f"RC-{number:02d}" for number in range(1, 56)]
    for severity, numbers in SEVERITIES.items():
        assert {id for id, one in prereview.RULES.items() if one.severity == severity} == {
            f"RC-{number}" for number in numbers.split()
        }


def test_every_rule_names_article_and_a_step_where_it_is_mended() -> None:
    tasks = library.shipped().tasks
    for rule in prereview.RULES.values():
        assert rule.articles, rule.id
        assert rule.title, rule.id
        assert rule.step in tasks, rule.id


@pytest.mark.parametrize("route", CLEAN)
def test_a_clean_contract_of_any_route_trips_nothing(route: str) -> None:
    assert found(changed(DOCUMENTED, CLEAN[route])) == {}


@pytest.mark.parametrize("rule, route, fault", BROKEN, ids=[f"{rule}-{next(iter(fault))}" for rule, _, fault in BROKEN])
def test_one_fault_trips_exactly_its_rule(rule: str, route: str, fault: Mapping[str, Any]) -> None:
    request = changed(changed(DOCUMENTED, CLEAN[route]), fault)
    says = found(request)
    assert list(says) == [rule], says
    assert all(sentence.endswith("。") for sentence in says[rule])


def test_every_rule_has_a_contract_that_trips_it() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(prereview.RULES)


def test_a_guided_price_binds_only_where_the_place_guides() -> None:
    request = changed(DOCUMENTED, {"contract.guided_price": "1.70"})
    [pack] = [one for one in PACKS if one.place == request["place"]]
    guided = jurisdiction.read(pack.text.replace('value = "MARKET"', 'value = "GUIDED"'), file="guided.toml")
    assert prereview.review(file_of(request), Limits.of(pack)) == []
    [finding] = prereview.review(file_of(request), Limits.of(guided))
    assert finding.rule.id == "RC-48"
    assert "1.70" in finding.says[0]


def test_an_older_pack_without_a_number_is_named_and_nothing_fails() -> None:
    """Estates keep the pack under which they were entered."""
    [pack] = [one for one in PACKS if one.place == DOCUMENTED["place"]]
    head, _, rest = pack.text.partition("\n[final_account_report]\n")
    older = jurisdiction.read(head + "\n[" + rest.partition("\n[")[2], file="older.toml")
    [finding] = prereview.review(file_of(DOCUMENTED), Limits.of(older))
    assert finding.rule.id == "RC-37"
    assert finding.absent == ("pack.final_account_days", "规则包：清算报告期限")


def test_an_early_end_is_estimated_to_the_cent() -> None:
    request = changed(changed(DOCUMENTED, CLEAN["dismissed within its term"]), {"old_contract.faults": []})
    # 488 days of months of 30.4375 days, at 12,000 yuan
    assert "192394.25" in found(request)["RC-08"][0]


@pytest.mark.parametrize("clear, on", [(True, "2026-12-08"), (False, "2026-12-08"), (True, "2026-12-30")])
def test_a_look_up_counts_by_what_it_found_and_when(clear: bool, on: str) -> None:
    request = changed(DOCUMENTED, {"company.honest": {"clear": clear, "by": "徐静", "on": on}})
    assert ("RC-05" not in found(request)) == (clear and on == "2026-12-08")


def test_a_fault_is_found_beside_a_fact_that_is_lacking() -> None:
    request = changed(DOCUMENTED, {"body.filing_no": "", "opinions": [{"rule": "RC-03"}], "body.kind": "PMC"})
    [signatory] = [one for one in review(request) if one.rule.id == "RC-03"]
    assert signatory.faults
    assert signatory.absent == ("opinions[0].by", "法律顾问")
    assert len(signatory.says) == len(signatory.faults) + 1


def test_nothing_given_passes_no_rule() -> None:
    """Each rule finds that it lacks something; the two that ask for nothing but what is stated say that it is not."""
    nothing = facts.read(File, {})
    findings = prereview.review(nothing, limits_of(DOCUMENTED))
    assert len(findings) == 55


def _paths(request: Mapping[str, Any], at: str = "") -> list[str]:
    """Every fact of a question, the outermost sections too."""
    found = []
    for name, value in request.items():
        path = f"{at}.{name}".lstrip(".")
        found.append(path)
        if isinstance(value, dict):
            found += _paths(value, path)
        for number, entry in enumerate(value if isinstance(value, list) else ()):
            if isinstance(entry, dict):
                found += _paths(entry, f"{path}[{number}]")
    return [path for path in found if path not in {"place", "on"}]


#: What the documented contract may be silent of: an item, a contract or a paper that no rule rests on.
SILENT = re.compile(
    r"resolution\.items\[2\]\..*|old_contract\.(credit_code|monthly_remuneration)|budget\.lines\[\d+\]\.repair"
    r"|register\.papers\[0\]\.(?!name).*"
)


def test_a_fact_that_is_left_out_is_never_passed_over() -> None:
    """Whatever is taken out of a contract without fault, some rule says so."""
    passed_over = [path for path in _paths(DOCUMENTED) if not found(changed(DOCUMENTED, {path: GONE}))]
    assert [path for path in passed_over if not SILENT.fullmatch(path)] == []


#: What one fault may change: a part of the contract, or all that stands in another part of the file.
_PART = re.compile(r"contract\.\w+|\w+")
#: A contract for less is within a lower bound that was voted: these two faults mend each other.
_SHARE = {"resolution.ratio_max", "contract.share.ratio"}


@given(st.lists(st.sampled_from(BROKEN), min_size=2, max_size=6))
def test_faults_do_not_hide_each_other(faults: list[tuple[str, str, Mapping[str, Any]]]) -> None:
    request: Mapping[str, Any] = DOCUMENTED
    wanted, touched = set(), set()
    for rule, route, fault in faults:
        places = {_PART.match(path)[0] for path in fault}  # type: ignore[index]
        places |= {"share"} if _SHARE & set(fault) else set()
        if route == next(iter(CLEAN)) and not places & touched and rule not in {"RC-01", "RC-25"}:
            request, touched = changed(request, fault), touched | places
            wanted.add(rule)
    assert wanted <= set(found(request))


@given(st.integers(0, 900), st.integers(0, 900), st.integers(0, 9_000_000), st.integers(0, 9_000_000))
def test_a_contract_rests_on_a_vote_that_carries(persons: int, approving: int, area: int, approving_area: int) -> None:
    """RC-01 and RC-24 say so exactly where 民法典 278 does, whatever the status claims."""
    figures = {
        "participating_persons": persons, "approving_persons": approving,
        "participating_area": f"{area // 100}.{area % 100:02d}",
        "approving_area": f"{approving_area // 100}.{approving_area % 100:02d}",
    }  # fmt: skip
    request = changed(DOCUMENTED, {f"resolution.items[{no}].{key}": v for no in (0, 1) for key, v in figures.items()})
    says = found(request)
    quorum = 3 * persons >= 2 * 900 and 3 * area >= 2 * 9_000_000
    sound = quorum and approving <= persons and approving_area <= area
    ordinary = sound and 2 * approving > persons and 2 * approving_area > area
    special = sound and 4 * approving >= 3 * persons and 4 * approving_area >= 3 * area
    assert ("RC-01" not in says, "RC-24" not in says) == (ordinary, special)


@pytest.mark.parametrize(
    "words, text, is_said",
    [
        (wording.CUTTING, "受托人不得以停水、停电的方式催交物业费", False),
        (wording.CUTTING, "欠费的，受托人可以停水", True),
        (wording.CUTTING, "业主违反约定的，停止供电", True),
        (wording.CUTTING, "因检修需要停水停电的，提前三日公告", False),
        (wording.CUTTING, "水泵每周试车，停水两小时内到场", False),
        (wording.CUTTING, "共用部位的水电费按实分摊", False),
        (wording.BLOCKING, "业主不得拖欠物业费，拖欠的受托人有权限制门禁", True),
        (wording.BLOCKING, "逾期不交的，不得限制业主出入", False),
        (wording.BLOCKING, "限制外来车辆出入", False),
        (wording.OWN_USE, "未经业主大会同意不得对外投资", False),
        (wording.OWN_USE, "受托人可以将共有资金质押", True),
        (wording.LUMP_SUM, "受托人自负盈亏", True),
        (wording.LUMP_SUM, "结余归全体业主，亏损经业主共同决定后处理", False),
        (wording.EXEMPTION, "因故意或者重大过失造成损失的，责任不得免除", False),
        (wording.EXEMPTION, "人身伤亡概不负责", True),
        (wording.WAIVER, "业主放弃单方解聘的权利", True),
        (wording.WAIVER, "业主可以依法解聘受托人", False),
        (wording.WITHHOLDING, "不得以任何理由拒绝移交", False),
        (wording.WITHHOLDING, "垫付款未结清的，受托人可以暂缓移交", True),
        (wording.AUTOMATIC_CHARGE, "亏损不得由业主自动分摊", False),
        (wording.AUTOMATIC_CHARGE, "不足部分由全体业主补足", True),
        (wording.AUTOMATIC_CHARGE, "亏损经业主共同决定后由业主分摊", False),
    ],
)
def test_a_clause_says_what_it_does_not_forbid(words: Wording, text: str, is_said: bool) -> None:
    clause = Clause(no="1", topics=(), text=text)
    assert bool(list(wording.said(words, [clause]))) is is_said


TEMPLATE = list(show.paragraphs((ROOT / "templates" / "contracts" / "service_contract.docx").read_bytes(), file="x"))


def test_our_own_contract_settles_every_topic_and_says_nothing_that_it_may_not() -> None:
    """Every variant of the template at once; only the route that gives the account to a trust company names one."""
    read = recognising.recognise(TEMPLATE)
    clauses = [facts.read(Clause, dict(one)) for one in read.clauses]
    assert set(TOPICS) - {topic for one in clauses for topic in one.topics} <= {"OTHER"}
    patterns = [one for one in vars(wording).values() if isinstance(one, Wording)]
    assert {words for one in patterns for _, words in wording.said(one, clauses)} <= {"信托公司"}
    assert len(patterns) == 9
    assert len(read.annexes) == 13


@pytest.mark.parametrize(
    "words, topic",
    [
        ("不得设定担保", "NO_PLEDGE"), ("受托人书面催告", "DUNNING"), ("按照附件十所列类别逐项移交", "HANDOVER"),
        ("公平的市场价格", "RELATED_PRICE"), ("经审计、业主组织和监察人确认", "FINAL_AUDIT"),
        ("不用于营销", "DATA_NO_MARKETING"), ("作为电梯使用单位", "LIFT_DUTY"), ("监察人有权查阅", "SUPERVISOR_POWERS"),
    ],
)  # fmt: skip
def test_a_clause_that_is_gone_is_missed(words: str, topic: str) -> None:
    left = [one for one in TEMPLATE if words not in one and not re.search(_ELSEWHERE.get(topic, "无此"), one)]
    assert topic not in {one for clause in recognising.recognise(left).clauses for one in _topics_of(clause)}


#: Other places of the template that settle the same.
_ELSEWHERE = {
    "NO_PLEDGE": "出借、担保、抵押|不得出租、抵押", "RELATED_PRICE": "三家以上报价", "HANDOVER": "移交",
    "DUNNING": "催告", "SUPERVISOR_POWERS": "监察人可以",
}  # fmt: skip


def _topics_of(clause: Mapping[str, Any]) -> list[str]:
    return list(clause["topics"])


def test_the_figures_of_a_contract_are_read_from_its_words() -> None:
    texts = [
        "第一条　应当提前六十日书面通知受托人。",
        "第二条　每日万分之3.5支付违约金。",
        "第三条　应当在15日内退出。",
    ]
    stated = recognising.terms(recognising.recognise(texts))
    assert (stated["notices"], stated["late_fee"], stated["ending"]) == ({"dismissal": 60}, "3.5", {"days": 15})
    assert "audit" not in stated
    assert "beneficiary_shares" not in stated


def test_blockers_are_never_waived_and_the_rest_only_with_a_name_and_a_reason() -> None:
    request = changed(DOCUMENTED, {"contract.late_fee": 8, "resolution.fee_max": "1.70"})
    findings = review(request)
    on = date(2026, 12, 20)
    good = Waiver("RC-33", "违约金上限当地尚无规定，双方约定", "徐静", on)
    blocker = Waiver("RC-02", "业主口头同意", "徐静", on)
    assert prereview.ready(findings, []).name == "BLOCKED"
    assert prereview.waiver_problems([good], findings, on) == []
    wrong = [blocker, good, good, Waiver("RC-50", "", "", date(2026, 12, 21))]
    assert [problem.field for problem in prereview.waiver_problems(wrong, findings, on)] == [
        "waivers[0].rule", "waivers[2].rule", "waivers[3].rule", "waivers[3].reason", "waivers[3].by", "waivers[3].on",
    ]  # fmt: skip
    outcome = prereview.ready(findings, [good])
    assert (outcome.name, outcome.figures["blocking"]) == ("BLOCKED", ["RC-02"])
    mended = review(changed(request, {"resolution.fee_max": "1.80"}))
    assert prereview.ready(mended, []).name == "OPEN"
    assert prereview.ready(mended, [good]).name == "CLEAR"


def _kinds(kind: type[Facts], seen: set[type[Facts]]) -> set[type[Facts]]:
    if kind in seen:
        return seen
    seen.add(kind)
    for hint in get_type_hints(kind).values():
        for inner in (hint, *get_args(hint)):
            if isinstance(inner, type) and issubclass(inner, Facts):
                _kinds(inner, seen)
    return seen


def test_every_fact_has_a_chinese_name() -> None:
    for kind in _kinds(File, set()):
        assert is_dataclass(kind)
        for one in fields(kind):
            assert one.name == "at" or not one.metadata["label"].isascii(), (kind, one.name)


@pytest.mark.parametrize(
    "change, field",
    [
        ({"contract.fee_std": 1.8}, "contract.fee_std：应为数"),
        ({"contract.fee_std": "1,80"}, "contract.fee_std：应为数"),
        ({"contract.signed_on": "2026-02-30"}, "contract.signed_on：不是日期"),
        ({"contract.clauses[0].topics": ["PURPOSES"]}, "contract.clauses[0].topics[0]：没有“PURPOSES”"),
        ({"contract.clauses": {}}, "contract.clauses：应为一份清单"),
        ({"contract.deadline": 1}, "contract.deadline：不认识这一项"),
        ({"company.alive.clear": "true"}, "company.alive.clear：应为 true 或 false"),
        ({"decision.members_for": -1}, "decision.members_for：应为 0 到"),
        ({"body": []}, "body：应为一个 JSON 对象"),
        ({"route": 3}, "route：应为文字"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_its_field(change: Mapping[str, Any], field: str) -> None:
    with pytest.raises(InvalidAnswers, match="没有计算") as refused:
        file_of(changed(DOCUMENTED, change))
    assert field in str(refused.value)


def test_amounts_are_exact() -> None:
    assert file_of(DOCUMENTED).contract.fee_std == Decimal("1.80")


def test_the_severity_says_what_blocks() -> None:
    assert [one for one in Severity if Finding(prereview.RULES["RC-01"], ("。",)).blocks] == list(Severity)
