"""Packs: bounded by national law, complete, chosen by place and day."""

import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from engine.errors import InvalidDefinition, NotFound
from engine.rules import jurisdiction
from engine.rules.deadlines import PERIODS, Length, Period, length_of
from engine.rules.national import LIMITS
from engine.use_cases.library import Library

JURISDICTIONS = Path(__file__).parents[3] / "workflows" / "jurisdictions"
HERE = (JURISDICTIONS / "changzhou-zhonglou.toml").read_text()
THERE = (JURISDICTIONS / "hangzhou.toml").read_text()
ZHONGLOU = jurisdiction.read(HERE, file="changzhou-zhonglou.toml")
HANGZHOU = jurisdiction.read(THERE, file="hangzhou.toml")


def changed(key: str, old: str, new: str, text: str = HERE) -> str:
    head, _, rest = text.partition(f"\n[{key}]\n")
    assert old in rest.split("\n[", 1)[0], f"{key} does not say {old}"
    return f"{head}\n[{key}]\n{rest.replace(old, new, 1)}"


#: The parameters of manual §3.2 and §3.4, law's value where the two differ (decisions 9).
MANUAL = {
    "quorum_area": Fraction(2, 3), "quorum_headcount": Fraction(2, 3), "pass_ordinary": Fraction(1, 2),
    "pass_special": Fraction(3, 4), "assembly_notice": 15, "agenda_lock": "LOCKED", "voting_window": 15,
    "result_notice": 3, "non_voter_rule": "NOT_COUNTED", "requisition": 20, "prep_group_setup": 60,
    "prep_group_first_assembly": 90, "prep_group_notice": 7, "oc_filing": 30, "pmc_size_min": 9, "pmc_size_max": 13,
    "pmc_member_notice": 7, "pmc_term": 3, "renewal_decision_lead": 180, "dismissal_notice": 60,
    "renewal_last_call": 60,
    "company_no_renew_notice": 90, "indefinite_term_notice": 60, "contract_publish": 10, "contract_filing": 30,
    "handover_exit": 15, "inspection_start": 10, "inspection_notice": 30, "emergency_service_max": 6,
    "plan_comment_period": 7, "fee_rise_notice": 30, "support_rate_min": 95, "visit_coverage_min": 80,
    "response_min": 67, "remuneration_ratio": 10, "disclosure_month_day": 10, "challenge_reply": 7,
    "sla_register": 5, "sla_on_site": 40, "sla_small": 3, "sla_plan": 2, "sla_visit": 7,
    "budget_cycle_start": "12-01", "budget_publish_by": "01-31",
}  # fmt: skip

#: The keys of law §8, under the names that the packs give them.
LAW = {
    "local.regulation": "local_regulation", "organ.none.path": "organ_none_path",
    "mgmt_committee.size": "pmc_size_min", "first_assembly.conditions": "first_assembly_area_min",
    "committee.size": "oc_size_min", "committee.term": "oc_term_max", "extraordinary.proposal": "requisition",
    "notice.days": "assembly_notice", "notice.count_mode": "notice_count_mode", "vote.window.min": "voting_window_min",
    "vote.window.max": "voting_window_max", "vote.extension": "voting_extension", "delivery.modes": "delivery_modes",
    "vote.unreturned": "non_voter_rule", "vote.same_buyer_key": "same_buyer_key", "vote.partial_units": "partial_units",
    "vote.blank_item": "blank_item", "vote.duplicate": "duplicate_ballot", "vote.area_basis": "area_basis",
    "vote.parking_counting": "parking_counting", "vote.debtor_limit": "debtor_limit", "vote.proxy_max": "proxy_max",
    "vote.maintenance_scope": "maintenance_scope", "evote.platform_mode": "evote_platform_mode",
    "evote.identity": "evote_identity", "result.publish_days": "result_notice", "objection.days": "objection_period",
    "ballot.retention": "ballot_retention", "selection.method": "selection_method",
    "dismissal.notice": "dismissal_notice", "exit.days": "handover_exit",
    "handover.refusal_grounds": "handover_refusal_grounds", "takeover.filing": "takeover_filing",
    "contract.filing": "contract_filing", "common_income.share_to_fund": "common_income_share_to_fund",
    "common_income.publish": "common_income_publish", "common_income.class": "common_income_class",
    "disclosure.min": "disclosure_min", "remuneration.range.min": "remuneration_ratio_min",
    "remuneration.range.max": "remuneration_ratio_max", "account.holder": "account_holder",
    "trust.label": "trust_label", "supervisor.required": "supervisor_required", "support.target": "support_rate_min",
    "price.mode": "fee_mode", "credit.rules": "credit_rules", "warranty_deposit": "warranty_deposit",
    "civil_defence.lease_max": "civil_defence_lease_max", "holiday.calendar": "holiday_calendar",
    "pi.officer_threshold": "pi_officer_threshold", "pi.audit_cycle": "pi_audit_cycle", "late_fee.cap": "late_fee_cap",
    "platform.city": "platform_city",
}  # fmt: skip


@pytest.mark.parametrize("key, value", MANUAL.items(), ids=MANUAL)
def test_every_parameter_of_the_manual_stands_in_the_pack(key: str, value: int | str | Fraction) -> None:
    assert ZHONGLOU.value(key) == value


@pytest.mark.parametrize("key", LAW.values(), ids=LAW)
def test_every_key_of_the_law_stands_in_the_pack(key: str) -> None:
    assert key in ZHONGLOU.parameters


@pytest.mark.parametrize("period", PERIODS.values(), ids=PERIODS)
def test_every_period_that_a_place_may_set_stands_in_both_packs(period: Period) -> None:
    if period.id == "T-21":
        assert not period.key, "a preliminary contract ends with the new one: no place may set that"
        return
    for pack in (ZHONGLOU, HANGZHOU):
        found = length_of(pack.parameter(period.key))
        assert found.unit == period.unit
        if period.length is not None:
            assert found == Length(period.length, period.unit, found.calendar)


def test_the_periods_are_all_thirty_eight() -> None:
    assert list(PERIODS) == [f"T-{number:02d}" for number in range(1, 39)]


@pytest.mark.parametrize("pack", [ZHONGLOU, HANGZHOU], ids=lambda pack: pack.place)
def test_every_parameter_says_where_it_comes_from_and_which_way_is_stricter(pack: jurisdiction.Pack) -> None:
    for parameter in pack.parameters.values():
        assert re.search(r"[一-鿿]", parameter.title)
        assert len(parameter.source) > 3
        assert parameter.confidence in {"A", "B", "C", "U", "inferred"}
        assert (parameter.direction == "") == isinstance(parameter.value, str)
        assert (parameter.calendar in {"natural", "working"}) == (parameter.unit == "days")


def test_the_national_bound_stands_beside_the_value_in_both_packs() -> None:
    for text in (HERE, THERE):
        stated = set(re.findall(r"^\[(\w+)\]\n(?:(?!\[).*\n)*?limit = ", text, re.MULTILINE))
        assert stated == set(LIMITS)


def test_both_packs_have_the_same_keys() -> None:
    assert set(ZHONGLOU.parameters) == set(HANGZHOU.parameters)
    assert list(jurisdiction.unfit([ZHONGLOU, HANGZHOU])) == []


@pytest.mark.parametrize("key, old, new", [
    ("quorum_area", '"2/3"', '"1/2"'),
    ("quorum_headcount", '"2/3"', '"1/2"'),
    ("pass_ordinary", '"1/2"', '"1/3"'),
    ("pass_special", '"3/4"', '"2/3"'),
    ("assembly_notice", "value = 15", "value = 14"),
    ("extraordinary_notice", "value = 15", "value = 7"),
    ("indefinite_term_notice", "value = 60", "value = 59"),
    ("oc_filing", "value = 30", "value = 31"),
    ("oc_size_min", "value = 5", "value = 4"),
    ("requisition", "value = 20", "value = 21"),
    ("revocation_period", "value = 1", "value = 2"),
])  # fmt: skip
def test_beyond_a_national_limit_is_refused_naming_parameter_and_remedy(key: str, old: str, new: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        jurisdiction.read(changed(key, old, new), file="pack.toml")
    assert refused.value.element == key
    assert "国家规定" in str(refused.value)
    assert "请改正" in str(refused.value)


def test_hangzhous_own_seven_days_for_an_extraordinary_meeting_are_refused() -> None:
    with pytest.raises(InvalidDefinition, match="临时会议公告期” 7 低于国家规定的 15 （物业管理条例 14）"):
        jurisdiction.read(changed("extraordinary_notice", "value = 15", "value = 7", THERE), file="hangzhou.toml")


@pytest.mark.parametrize("key, old, new", [
    ("quorum_area", '"2/3"', '"3/4"'),
    ("assembly_notice", "value = 15", "value = 20"),
    ("oc_filing", "value = 30", "value = 20"),
])  # fmt: skip
def test_stricter_is_accepted_with_a_warning(key: str, old: str, new: str) -> None:
    pack = jurisdiction.read(changed(key, old, new), file="pack.toml")
    assert [warning.split("：")[0] for warning in pack.warnings] == [key]
    assert ZHONGLOU.warnings == ()


@pytest.mark.parametrize("key, old, new, says", [
    ("assembly_notice", "limit = 15", "limit = 7", "须照国家规定写明"),
    ("assembly_notice", "limit = 15\n", "", "须照国家规定写明"),
    ("assembly_notice", 'direction = "min"', 'direction = "max"', "须照国家规定写明"),
    ("voting_window_min", "value = 15", "value = 15\nlimit = 5", "没有限值"),
    ("voting_window_min", "value = 15", "value = 61", "大于"),
    ("voting_window", "value = 15", "value = 1.5", "不能是小数"),
    ("voting_window", "value = 15", "value = -1", "不小于 0"),
    ("voting_window", 'unit = "days"', 'unit = "weeks"', "不认识单位"),
    ("support_rate_min", "value = 95", "value = 950", "超过 100"),
    ("quorum_area", '"2/3"', "0.67", "2/3"),
    ("quorum_area", '"2/3"', '"2/0"', "2/3"),
    ("blank_item", '"participating"', '"ignored"', "participating、excluded"),
    ("agenda_lock", '"LOCKED"', '"OPEN"', "LOCKED"),
    ("delivery_modes", '"VISIT,PICK_UP', '"HAND,PICK_UP', "“HAND”不认识"),
    ("delivery_modes", '"VISIT,PICK_UP', '"VISIT,VISIT', "有重复"),
    ("delivery_modes", '"VISIT,PICK_UP', '"VISIT, PICK_UP', "中间用英文逗号"),
    ("budget_cycle_start", '"12-01"', '"13-01"', "月日"),
    ("proxy_max", 'confidence = "U"', 'confidence = "sure"', "可信度"),
    ("proxy_max", 'direction = "max"\n', "", "direction"),
    ("proxy_max", 'unit = "persons"', 'unit = "persons"\nnote = "x"', "不认识“note”"),
])  # fmt: skip
def test_a_parameter_that_cannot_stand_is_refused_by_name(key: str, old: str, new: str, says: str) -> None:
    with pytest.raises(InvalidDefinition, match=re.escape(says)) as refused:
        jurisdiction.read(changed(key, old, new), file="pack.toml")
    assert refused.value.element == key


def test_the_ways_of_delivery_of_a_place_are_those_that_a_meeting_notice_offers(library: Library) -> None:
    (asked,) = (one for one in library.form("prepare_meeting_notice").fields if one.key == "delivery_modes")
    assert set(jurisdiction.LISTS["delivery_modes"]) == set(asked.options)
    assert ZHONGLOU.words("delivery_modes") == ("VISIT", "PICK_UP", "REGISTERED_MAIL", "ELECTRONIC")


@pytest.mark.parametrize("old, new, key", [
    ("effective_from = 2024-01-01", 'effective_from = "2024"', "effective_from"),
    ("effective_from = 2024-01-01\n", "", "effective_from"),
    ('title = "常州市钟楼区"', "title = 1", "title"),
])  # fmt: skip
def test_a_pack_says_where_it_holds_and_from_when(old: str, new: str, key: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        jurisdiction.read(HERE.replace(old, new, 1), file="pack.toml")
    assert refused.value.element == key


def test_hangzhou_differs_in_at_least_fifteen_parameters() -> None:
    differences = ZHONGLOU.differences(HANGZHOU)
    assert len(differences) >= 15
    assert ("pmc_size_min", "9", "7") in differences
    assert ("voting_window_min", "15", "5") in differences


def test_the_pack_in_force_is_the_newest_that_has_begun() -> None:
    old = ZHONGLOU
    new = jurisdiction.read(HERE.replace("effective_from = 2024-01-01", "effective_from = 2026-07-01"), file="new")
    packs = [new, old]
    assert jurisdiction.choose(packs, "changzhou-zhonglou", date(2026, 6, 30)) is old
    assert jurisdiction.choose(packs, "changzhou-zhonglou", date(2026, 7, 1)) is new
    with pytest.raises(NotFound):
        jurisdiction.choose(packs, "nowhere", date(2026, 7, 1))


def test_packs_that_do_not_fit_together_are_named() -> None:
    shorter = jurisdiction.read(_without("proxy_max"), file="x")
    found = list(jurisdiction.unfit([ZHONGLOU, shorter]))
    assert any("缺少参数 proxy_max" in line for line in found)
    assert any("同地同日" in line for line in found)


def _without(key: str) -> str:
    return re.sub(rf"^\[{key}\]\n(?:(?!\[).*\n)*", "", HERE, flags=re.MULTILINE)


@pytest.mark.parametrize(
    "text, said",
    [
        (re.sub("zone = .*", 'zone = "Mars/Olympus"', HERE, count=1), "没有时区“Mars/Olympus”；请写 Asia/Shanghai"),
        (re.sub("zone = .*", 'zone = "../../etc/passwd"', HERE, count=1), "没有时区"),
        (changed("assembly_notice", "value = 15", "value = 999999999"), "值 999999999 太大；请核对位数"),
        (HERE + "\n[assembly_notice\n", "行不是 TOML 的写法，或一项写了两次；请改正"),
    ],
)
def test_a_pack_that_could_not_be_used_is_refused_before_it_is(text: str, said: str) -> None:
    with pytest.raises(InvalidDefinition, match=re.escape(said)):
        jurisdiction.read(text, file="x.toml")
