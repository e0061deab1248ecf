"""Which way leads to a body of the owners, when one can act, and what each way asks (manual 4A–4E; law LC-03)."""

from dataclasses import replace
from datetime import date

import pytest

from engine.rules import election, owners_body, property_committee
from engine.rules.convening import AgendaItem
from engine.rules.election import Candidate, Conditions, FirstMeeting, Group, Request, Seats
from engine.rules.exact import Ratio
from engine.rules.owners_body import Body, Consent, Sizes
from engine.rules.property_committee import Composition, Member

TODAY = date(2026, 3, 2)
SIZES = Sizes(least=5, most=11, years_max=5, lasts_until=date(2026, 9, 2))
BODY = Body(
    kind="OC",
    size=7,
    seats_filled=7,
    members_listed=7,
    undeclared_members=0,
    term_start=date(2024, 6, 1),
    term_end=date(2029, 5, 31),
    filing_no="备〔2024〕1号",
    filed_on=date(2024, 6, 20),
    seal_keeper="COMMUNITY",
)


@pytest.mark.parametrize(
    "changed, because",
    [
        ({"term_end": date(2026, 9, 1)}, "撑不到导入需要的 2026-09-02"),
        ({"term_end": date(2026, 3, 1)}, "任期已于 2026-03-01 届满"),
        ({"company_staff": 1}, "物业企业任职"),
        ({"size": 8}, "应为单数"),
        ({"seats_filled": 3, "members_listed": 3}, "不足应有席位 7 个的一半"),
    ],
)
def test_a_committee_cannot_act_when_one_thing_is_amiss(changed: dict[str, object], because: str) -> None:
    assert owners_body.act(BODY, SIZES, TODAY).name == "READY"
    outcome = owners_body.act(replace(BODY, **changed), SIZES, TODAY)  # type: ignore[arg-type]
    assert outcome.name == "NOT_READY"
    assert any(because in sentence for sentence in outcome.figures["missing"])


def test_a_committee_whose_term_lasts_just_long_enough_may_act() -> None:
    assert owners_body.act(replace(BODY, term_end=date(2026, 9, 2)), SIZES, TODAY).name == "READY"


def test_arrears_of_a_member_are_told_and_stop_nothing() -> None:
    outcome = owners_body.act(replace(BODY, unpaid_members=2), SIZES, TODAY)
    assert (outcome.name, outcome.figures["unpaid_members"]) == ("READY", 2)


def test_representatives_need_the_owners_decision_and_no_filing() -> None:
    three = replace(BODY, kind="ALL_OWNERS", size=3, seats_filled=3, members_listed=3, filing_no="", filed_on=None)
    assert owners_body.act(replace(three, decided=True), SIZES, TODAY).name == "READY"
    assert owners_body.act(three, SIZES, TODAY).name == "NOT_READY"


@pytest.mark.parametrize(
    "principal_route, org_status, measure, standing, way",
    [
        ("USE_OC", "OC_VALID", "", "", "USE"),
        ("FORM_OC", "NONE", "", "", "FIRST_ASSEMBLY"),
        ("FORM_OC", "OC_EXPIRED", "", "", "RE_ELECT"),
        ("FORM_PMC", "NONE", "", "", "FORM_PMC"),
        ("ALL_OWNERS", "NONE", "", "", "JOIN"),
        ("FORM_OC", "NONE", "", "OC", "USE"),
        ("FORM_PMC", "NONE", "", "OC", "FORM_PMC"),
        ("USE_OC", "OC_VALID", "RE_ELECT", "", "RE_ELECT"),
        ("FORM_PMC", "NONE", "RE_ELECT", "", "FIRST_ASSEMBLY"),
        ("FORM_OC", "OC_INACTIVE", "FORM_PMC", "", "FORM_PMC"),
    ],
)
def test_the_way_to_a_body(principal_route: str, org_status: str, measure: str, standing: str, way: str) -> None:
    assert owners_body.way(principal_route, org_status, measure, standing).name == way


def test_a_majority_joins_a_neighbour_but_only_all_may_do_without_an_assembly() -> None:
    most, everybody = Consent("PASSED", 20, 21), Consent("PASSED", 21, 21)
    assert owners_body.joined(most, without_assembly=False).name == "AGREED"
    assert owners_body.joined(most, without_assembly=True).name == "NOT_AGREED"
    assert owners_body.joined(everybody, without_assembly=True).name == "AGREED"
    assert owners_body.joined(Consent("REJECTED", 21, 21), without_assembly=False).name == "NOT_AGREED"


ROSTER = {f"1-{number}": frozenset({f"业主{number}"}) for number in range(1, 22)}
CONDITIONS = Conditions(area_min=50, households_min=50, applicants_min=10)
TEN = [f"1-{number}" for number in range(1, 11)]


@pytest.mark.parametrize(
    "by_developer, applicants, delivered, moved_in, fields",
    [
        (False, TEN, Ratio(50, 100), Ratio(0, 21), []),
        (False, TEN, Ratio(49, 100), Ratio(11, 21), []),
        (False, TEN, Ratio(49, 100), Ratio(10, 21), ["delivered_area"]),
        (False, TEN[:9], Ratio(50, 100), Ratio(21, 21), ["applicants"]),
        (True, [], Ratio(50, 100), Ratio(21, 21), []),
    ],
)
def test_who_may_ask_for_a_first_assembly(
    by_developer: bool, applicants: list[str], delivered: Ratio, moved_in: Ratio, fields: list[str]
) -> None:
    found = election.request_problems(Request(by_developer, applicants, delivered, moved_in), CONDITIONS, ROSTER)
    assert [problem.field for problem in found] == fields


OWNERS_HALF = ["OWNER"] * 4 + ["STREET", "COMMUNITY", "DEVELOPER"]


@pytest.mark.parametrize(
    "sources, head, fields",
    [
        (OWNERS_HALF, "STREET", []),
        (OWNERS_HALF, "OWNER", ["head"]),
        ([*OWNERS_HALF, "OWNER"], "STREET", ["members"]),
        (["OWNER"] * 3 + ["STREET"] * 4, "STREET", ["members"]),
        (["OWNER"] * 3 + ["STREET"] * 2, "STREET", ["members"]),
    ],
)
def test_a_group_is_odd_large_enough_half_of_owners_and_led_by_the_street(
    sources: list[str], head: str, fields: list[str]
) -> None:
    found = election.group_problems(Group(sources, head), size_min=7, owner_share_min=50)
    assert [problem.field for problem in found] == fields


@pytest.mark.parametrize("today, name", [(date(2027, 3, 25), "ON_TIME"), (date(2027, 3, 26), "OVERDUE")])
def test_dv_12_the_first_assembly_is_planned_within_ninety_days(today: date, name: str) -> None:
    outcome = election.timely(date(2027, 1, 10), today, notice_days=15, due_on=date(2027, 4, 10))
    assert outcome.name == name


def _stands(number: int, *, staff: bool = False, declared: bool = True) -> Candidate:
    return Candidate(f"业主{number}", f"1-{number}", staff, declared)


FIVE = [_stands(number) for number in range(1, 6)]


@pytest.mark.parametrize(
    "candidates, seats, fields",
    [
        (FIVE, Seats(5, 5, 11), []),
        (FIVE, Seats(4, 5, 11), ["seats", "seats"]),
        (FIVE[:4], Seats(5, 5, 11), ["candidates"]),
        (FIVE[:2], Seats(2, 5, 11, by_election=True), []),
        ([*FIVE[:4], _stands(5, staff=True)], Seats(5, 5, 11), ["candidates[4].company_staff"]),
        ([*FIVE[:4], _stands(5, declared=False)], Seats(5, 5, 11), ["candidates[4].conflict_declared"]),
        ([*FIVE[:4], Candidate("租户", "1-5", False, True)], Seats(5, 5, 11), ["candidates[4].unit_no"]),
    ],
)
def test_who_may_stand(candidates: list[Candidate], seats: Seats, fields: list[str]) -> None:
    assert [problem.field for problem in election.candidate_problems(candidates, seats, ROSTER)] == fields


def test_the_agenda_asks_for_those_who_were_published_and_for_both_texts() -> None:
    rules = AgendaItem(1, "议事规则", 1, True)
    covenant = AgendaItem(2, "管理规约", 2, True)
    one = AgendaItem(3, "选举甲", 3, False, "甲")
    assert election.agenda_problems([rules, covenant, one], 1, ["甲"], 1, first=True) == []
    assert election.agenda_problems([one], 1, ["甲"], 1, first=False) == []
    assert [p.field for p in election.agenda_problems([rules, one], 1, ["甲"], 1, first=True)] == ["items"]
    assert [p.field for p in election.agenda_problems([one], 2, ["甲", "乙"], 1, first=False)] == ["items", "seats"]


@pytest.mark.parametrize(
    "vote, names, first, name",
    [
        ("PASSED", 5, True, "FORMED"),
        ("PARTIAL", 3, True, "FORMED"),
        ("PARTIAL", 2, True, "NOT_FORMED"),
        ("NO_QUORUM", 0, True, "NOT_FORMED"),
        ("PARTIAL", 3, False, "ELECTED"),
        ("REJECTED", 0, False, "NOT_ELECTED"),
    ],
)
def test_a_committee_is_there_when_half_its_seats_are_filled(vote: str, names: int, first: bool, name: str) -> None:
    assert election.elected(vote, ["某"] * names, 5, first).name == name


def test_a_first_meeting_has_more_than_half_and_one_chairman() -> None:
    jobs = {"甲": "主任", "乙": "委员", "丙": "委员", "丁": "委员"}
    good = FirstMeeting(list(jobs), present=3, members_for=2, officers=jobs)
    assert election.first_meeting_problems(good) == []
    assert [p.field for p in election.first_meeting_problems(replace(good, present=2))] == ["present"]
    assert [p.field for p in election.first_meeting_problems(replace(good, members_for=1))] == ["members_for"]
    nobody = replace(good, officers=dict.fromkeys(jobs, "委员"))
    assert [p.field for p in election.first_meeting_problems(nobody)] == ["members"]


def test_a_filing_follows_the_election_and_goes_to_both_offices_with_its_papers() -> None:
    both, papers = ["DISTRICT", "STREET"], list(election.FILED)
    day = date(2026, 12, 20)
    assert election.filing_problems(day, day, papers, both) == []
    assert [p.field for p in election.filing_problems(day, date(2026, 12, 19), papers, both)] == ["filed_on"]
    assert [p.field for p in election.filing_problems(day, day, papers[1:], both)] == ["papers"]
    assert [p.field for p in election.filing_problems(day, day, papers, ["STREET"])] == ["filed_with"]


def test_dv_6_a_late_filing_says_why() -> None:
    due = date(2027, 1, 19)
    assert election.late_problems("业委会备案", due, due, "") == []
    assert election.late_problems("业委会备案", date(2027, 1, 20), due, "材料补齐") == []
    assert [p.field for p in election.late_problems("业委会备案", date(2027, 1, 20), due, "")] == ["late_reason"]


ELECTED_ON = date(2026, 12, 20)


@pytest.mark.parametrize(
    "term_end, expires, leaves_on",
    [
        (date(2026, 12, 31), True, date(2026, 12, 31)),
        (date(2026, 12, 20), True, ELECTED_ON),
        (date(2026, 9, 30), True, ELECTED_ON),
        (None, True, ELECTED_ON),
        (date(2027, 12, 31), False, ELECTED_ON),
    ],
    ids=["in term", "on its last day", "nobody to hand over to", "no term on record", "replaced before its term ends"],
)
def test_t_17_an_old_committee_hands_over_from_the_end_of_its_term(
    term_end: date | None, expires: bool, leaves_on: date
) -> None:
    assert election.leaves_on(term_end, ELECTED_ON, expires=expires) == leaves_on


ASKED = Composition(least=9, most=13, owner_share_min=50)


def _members(owners: int, others: int) -> list[Member]:
    return [Member(f"业主{n}", "OWNER", f"1-{n}", False) for n in range(1, owners + 1)] + [
        Member(f"干部{n}", "COMMUNITY", "", False) for n in range(1, others + 1)
    ]


@pytest.mark.parametrize(
    "owners, others, chair, fields",
    [
        (5, 4, "干部1", []),
        (4, 5, "干部1", ["members"]),
        (5, 5, "干部1", ["members"]),
        (4, 3, "干部1", ["members"]),
        (5, 4, "无名", ["chair"]),
    ],
)
def test_a_property_committee_is_odd_within_bounds_and_half_of_owners(
    owners: int, others: int, chair: str, fields: list[str]
) -> None:
    found = property_committee.member_problems(_members(owners, others), chair, ASKED, ROSTER)
    assert [problem.field for problem in found] == fields


def test_a_property_committee_is_established_after_its_notice_and_for_no_longer_than_allowed() -> None:
    posted = date(2026, 3, 2)
    assert property_committee.show_problems(posted, date(2026, 3, 9), 7) == []
    assert [p.field for p in property_committee.show_problems(posted, date(2026, 3, 8), 7)] == ["closed_on"]
    day, up = date(2026, 3, 10), date(2029, 3, 10)
    assert property_committee.establishment_problems(day, day, day, date(2029, 3, 9), up) == []
    assert [p.field for p in property_committee.establishment_problems(day, day, day, up, up)] == ["term_end"]
    early = property_committee.establishment_problems(date(2026, 3, 9), day, date(2026, 3, 8), date(2029, 3, 1), up)
    assert [p.field for p in early] == ["established_on", "term_start"]


def test_an_objection_that_is_sustained_changes_the_members() -> None:
    day = date(2026, 3, 2)
    assert property_committee.objections(day, date(2026, 3, 9), 7, []).name == "CLEAR"
    assert property_committee.objections(day, date(2026, 3, 9), 7, ["迁居"]).name == "OBJECTED"
