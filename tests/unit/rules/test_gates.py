"""Gates G1, G2, G4, G6, G8 and the supervisor: each condition alone opens or shuts them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from engine.errors import InvalidAnswers, Problem
from engine.rules import intake, owners_body, plan, signing, supervisor, survey
from engine.rules.intake import Application, Screening
from engine.rules.owners_body import Body, Sizes
from engine.rules.plan import Comment, Consultation, Limits, Terms
from engine.rules.remuneration import Base
from engine.rules.signing import Account, Appointment, Contract, Filing, Resolution, Signing, Voted
from engine.rules.supervisor import Nominee
from engine.rules.survey import Survey

TODAY = date(2026, 5, 20)

# G1

SCREENING = Screening(True, True, True, True, True, "桂语社区第三网格党支部", "ACCEPT")
CHECKS = ("boundary_clear", "not_in_demolition", "no_suit_on_committee", "no_open_case", "contact_named")
APPLICATION = Application(2004, 15_702_50, 15_702_50, "NONE", None, "NONE", None, None)


@pytest.mark.parametrize("changed", [*({name: False} for name in CHECKS), {"party_organisation": " "}])
def test_an_estate_is_accepted_only_when_every_check_holds(changed: dict[str, object]) -> None:
    assert intake.screen(SCREENING).name == "ACCEPT"
    with pytest.raises(InvalidAnswers, match="不能准予导入"):
        intake.screen(replace(SCREENING, **changed))


@pytest.mark.parametrize("result", ["RETURN", "DEFER"])
def test_returning_or_deferring_needs_a_reason(result: str) -> None:
    with pytest.raises(InvalidAnswers, match="写明理由"):
        intake.screen(replace(SCREENING, result=result))
    assert intake.screen(replace(SCREENING, result=result, note="四至不清")).name == result


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"built_year": 1948}, "built_year"),
        ({"built_year": 2027}, "built_year"),
        ({"residential_area": 15_702_51}, "residential_area"),
        ({"households": 151, "rented_households": 152}, "rented_households"),
        ({"org_status": "OC_VALID"}, "org_term_end"),
        ({"company_status": "COMPANY_EXISTS"}, "contract_type"),
        ({"contract_type": "OWNERS_ASSEMBLY"}, "contract_end"),
    ],
)
def test_facts_of_an_application_fit_together(changed: dict[str, object], field: str) -> None:
    assert intake.application_problems(APPLICATION, TODAY) == []
    found = intake.application_problems(replace(APPLICATION, **changed), TODAY)
    assert [problem.field for problem in found] == [field]


# G2

STANDARD = survey.Standard(area_tolerance=1, photos_min=20, years_min=3)
SURVEY = Survey(
    households=151,
    units_listed=151,
    units_without_area=0,
    listed_area=9_900,
    registered_area=10_000,
    account_years=(2023, 2024, 2025),
    missing_reason="",
    hazards=("NONE", "MINOR"),
    photo_count=20,
    contracts_scanned=True,
    data_notice_version="2026-1",
    impact_assessed=True,
)


@pytest.mark.parametrize(
    "changed",
    [
        {"units_listed": 150},
        {"units_without_area": 1},
        {"listed_area": 9_899},
        {"listed_area": 10_101},
        {"registered_area": 0},
        {"account_years": (2024, 2025, 2025)},
        {"hazards": ()},
        {"hazards": ("NONE", "")},
        {"photo_count": 19},
        {"contracts_scanned": False},
        {"data_notice_version": ""},
        {"impact_assessed": False},
    ],
)
def test_a_survey_is_complete_at_its_lines_and_not_beyond(changed: dict[str, object]) -> None:
    assert survey.complete(SURVEY, STANDARD).name == "COMPLETE"
    outcome = survey.complete(replace(SURVEY, **changed), STANDARD)
    assert (outcome.name, len(outcome.figures["missing"])) == ("INCOMPLETE", 1)


def test_missing_accounts_may_be_explained_in_writing() -> None:
    two = replace(SURVEY, account_years=(2024, 2025), missing_reason="原物业拒绝提供 2023 年账目")
    assert survey.complete(two, STANDARD).name == "COMPLETE"


# G4

SIZES = Sizes(least=5, most=11, years_max=5)
BODY = Body("OC", 7, 4, 4, 0, date(2024, 6, 1), date(2029, 5, 31), "临街业备12号", date(2024, 6, 20), "COMMUNITY")


@pytest.mark.parametrize(
    "changed",
    [
        {"size": 6},
        {"size": 13, "seats_filled": 7, "members_listed": 7},
        {"size": 3, "seats_filled": 3, "members_listed": 3},
        {"seats_filled": 3, "members_listed": 3},
        {"seats_filled": 8, "members_listed": 8},
        {"members_listed": 5},
        {"undeclared_members": 1},
        {"term_end": date(2029, 6, 1)},
        {"term_start": date(2026, 5, 21)},
        {"term_end": date(2026, 5, 19)},
        {"filing_no": ""},
        {"filed_on": None},
        {"seal_keeper": " "},
    ],
)
def test_a_body_acts_only_within_its_law(changed: dict[str, object]) -> None:
    assert owners_body.act(BODY, SIZES, TODAY).name == "READY"
    outcome = owners_body.act(replace(BODY, **changed), SIZES, TODAY)
    assert (outcome.name, len(outcome.figures["missing"])) == ("NOT_READY", 1)


def test_a_term_from_a_leap_day_may_run_to_the_end_of_february() -> None:
    leap = replace(BODY, term_start=date(2024, 2, 29), term_end=date(2029, 2, 28), filed_on=date(2024, 3, 20))
    assert owners_body.act(leap, SIZES, TODAY).name == "READY"
    assert owners_body.act(replace(leap, term_end=date(2029, 3, 1)), SIZES, TODAY).name == "NOT_READY"


# G6

CONSULTATION = Consultation(date(2026, 3, 12), date(2026, 3, 12), date(2026, 3, 19), days=7)
LIMITS = Limits(years_max=5, ratio_max=15, withhold_max=50)
TERMS = Terms(5, Decimal("1.20"), 15, 50)


@pytest.mark.parametrize(
    "changed, opinion",
    [
        ({"closed_on": date(2026, 3, 18)}, "NO_OBJECTION"),
        ({"closed_on": None}, "NO_OBJECTION"),
        ({"committee_told_on": None}, "NO_OBJECTION"),
        ({"comments": (Comment("取消储备", False, " "),)}, "NO_OBJECTION"),
        ({}, "MUST_CHANGE"),
    ],
)
def test_a_plan_goes_to_the_vote_after_comments_and_review(changed: dict[str, object], opinion: str) -> None:
    for view in ("NO_OBJECTION", "WITH_RISK"):
        assert plan.review([], [], CONSULTATION, {"法律顾问": view}).name == "CLEAR"
    outcome = plan.review([], [], replace(CONSULTATION, **changed), {"法律顾问": "NO_OBJECTION", "街道": opinion})
    assert (outcome.name, len(outcome.figures["missing"])) == ("REVISE", 1)


def test_a_missing_clause_or_an_unbalanced_budget_sends_the_plan_back() -> None:
    every = list(plan.MANDATORY_CLAUSES)
    assert plan.missing_clauses(every) == []
    assert plan.missing_clauses(every[1:]) == [plan.MANDATORY_CLAUSES[every[0]]]
    assert plan.review(["目的"], [], CONSULTATION, {"会计": "NO_OBJECTION"}).name == "REVISE"
    assert (
        plan.review([], [Problem("lines", "支出超过收入。")], CONSULTATION, {"会计": "NO_OBJECTION"}).name == "REVISE"
    )


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"contract_years": 6}, "contract_years"),
        ({"contract_years": 0}, "contract_years"),
        ({"fee_std_new": Decimal("-0.01")}, "fee_std_new"),
        ({"remuneration_ratio": Decimal("15.01")}, "remuneration_ratio"),
        ({"performance_withhold": 51}, "performance_withhold"),
    ],
)
def test_terms_stay_within_the_pack(changed: dict[str, object], field: str) -> None:
    assert plan.terms_problems(TERMS, LIMITS) == []
    assert [problem.field for problem in plan.terms_problems(replace(TERMS, **changed), LIMITS)] == [field]


# G8

SIGNED = date(2026, 5, 13)
FILE = Signing(
    voted=Voted("PASSED", date(2026, 4, 30), date(2026, 5, 8), "", Decimal("1.20"), 10, 3),
    contract=Contract(
        company="惠邻物业服务有限公司",
        company_code="91320404MA1XTR0X5X",
        project_manager="丁宁",
        fee_std=Decimal("1.20"),
        remuneration_ratio=10,
        service_start=date(2026, 7, 20),
        service_end=date(2029, 7, 19),
        signed_on=SIGNED,
        committee_signatory="沈国强",
        company_signatory="顾晓峰",
        witness="居委会",
        covenant_signed=True,
    ),
    body=BODY,
    resolution=Resolution(date(2026, 5, 12), members_total=7, members_present=4, members_for=4),
    account=Account("银行", "专户", "6027", date(2026, 5, 19), True, Decimal(0)),
    appointment=Appointment(True, date(2026, 5, 18), date(2026, 5, 20), date(2029, 5, 19)),
    filing=Filing(*[date(2026, 5, 20)] * 4),
)


@pytest.mark.parametrize(
    "part, changed",
    [
        ("voted", {"outcome": "CONTESTED"}),
        ("voted", {"result_posted_on": date(2026, 5, 14)}),
        ("voted", {"objections_closed_on": None}),
        ("voted", {"objections_closed_on": date(2026, 5, 14)}),
        ("voted", {"company": "另一家物业"}),
        ("voted", {"fee_max": Decimal("1.19")}),
        ("voted", {"ratio_max": 9}),
        ("voted", {"years_max": 2}),
        ("contract", {"service_end": date(2029, 7, 20)}),
        ("contract", {"committee_signatory": " "}),
        ("contract", {"company_signatory": ""}),
        ("contract", {"witness": ""}),
        ("contract", {"covenant_signed": False}),
        ("contract", {"company_code": ""}),
        ("contract", {"project_manager": ""}),
        ("body", {"term_end": date(2026, 5, 12)}),
        ("body", {"filing_no": ""}),
        ("resolution", {"decided_on": date(2026, 5, 14)}),
        ("resolution", {"members_present": 3, "members_for": 3}),
        ("resolution", {"members_for": 3}),
        ("account", {"number": ""}),
        ("account", {"dual_control_tested_on": None}),
        ("account", {"rejected_payment_tested": False}),
        ("account", {"opening_balance": Decimal("-0.01")}),
        ("appointment", {"eligible": False}),
        ("appointment", {"issued_on": None}),
        ("appointment", {"term_end": date(2026, 5, 19)}),
        ("filing", {"filed_on": None}),
        ("filing", {"published_on": None}),
        ("filing", {"filed_on": date(2026, 5, 12)}),
    ],
)
def test_a_signing_is_ready_only_when_nothing_is_missing(part: str, changed: dict[str, object]) -> None:
    assert signing.ready(FILE, TODAY).name == "READY"
    outcome = signing.ready(replace(FILE, **{part: replace(getattr(FILE, part), **changed)}), TODAY)
    assert (outcome.name, len(outcome.figures["missing"])) == ("INCOMPLETE", 1)


@pytest.mark.parametrize(
    "old_end, fields", [(date(2026, 7, 19), []), (date(2026, 7, 20), ["service_start"]), (None, [])]
)
def test_the_new_service_starts_after_the_old_contract_can_have_ended(old_end: date | None, fields: list[str]) -> None:
    assert [problem.field for problem in signing.start_problems(date(2026, 7, 20), old_end)] == fields


def test_representatives_of_all_owners_have_nothing_to_file() -> None:
    assert signing.ready(replace(FILE, body=replace(BODY, kind="ALL_OWNERS", filing_no="")), TODAY).name == "READY"


def test_a_management_committee_signs_with_counsel() -> None:
    assert signing.ready(FILE, TODAY).figures["counsel"] is False
    assert signing.ready(replace(FILE, body=replace(BODY, kind="PMC")), TODAY).figures["counsel"] is True


# the supervisor

NOMINEE = Nominee(False, False, date(2026, 5, 20), date(2029, 5, 19))


@pytest.mark.parametrize(
    "changed", [{"related_to_company": True}, {"committee_member": True}, {"term_end": date(2026, 5, 20)}]
)
def test_a_supervisor_is_independent(changed: dict[str, object]) -> None:
    assert supervisor.eligible(NOMINEE).name == "ELIGIBLE"
    assert supervisor.eligible(replace(NOMINEE, **changed)).name == "CONFLICT"


@pytest.mark.parametrize(
    "base, ratio, fixed, field",
    [
        (Base.RECEIVED_FEE, None, Decimal(0), "remuneration_ratio"),
        (Base.FIXED, Decimal(10), None, "remuneration_fixed"),
        (Base.FIXED, None, Decimal(0), None),
        (Base.RECEIVED_FEE, Decimal(0), None, None),
    ],
)
def test_the_contract_states_the_share_on_the_base_that_was_voted(
    base: Base, ratio: Decimal | None, fixed: Decimal | None, field: str | None
) -> None:
    assert [problem.field for problem in signing.share_problems(base, ratio, fixed)] == ([field] if field else [])
