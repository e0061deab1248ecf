"""A vote is convened by those who may, on an agenda that says what is asked and what decides."""

from dataclasses import replace
from datetime import date

import pytest

from engine.errors import Problem
from engine.rules import convening
from engine.rules.convening import AgendaItem, Convening
from engine.rules.signing import Resolution

AGENDA = [AgendaItem(1, "采用信托制物业服务模式", 9, key=True), AgendaItem(2, "经营停车和广告", 8, key=False)]
BY_COMMITTEE = Convening(
    convenor="OC",
    resolution=Resolution(date(2026, 3, 23), members_total=7, members_present=4, members_for=4),
    agenda_posted_on=date(2026, 3, 16),
    body_kind="OC",
    term_end=date(2027, 5, 31),
)


def fields(problems: list[Problem]) -> list[str]:
    return [problem.field for problem in problems]


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"no": 2}, "items[1].no"),
        ({"no": 3, "text": " "}, "items[1].text"),
        ({"no": 3, "item_class": 0}, "items[1].item_class"),
        ({"no": 3, "item_class": 10}, "items[1].item_class"),
    ],
)
def test_every_item_has_a_number_a_text_and_a_class(changed: dict[str, object], field: str) -> None:
    added = replace(AgendaItem(3, "开立共有资金账户", 9, key=False), **changed)
    assert field in fields(convening.agenda_problems([AGENDA[1], added, replace(AGENDA[0], no=9)]))


def test_an_agenda_names_at_least_one_key_item() -> None:
    assert convening.agenda_problems(AGENDA) == []
    assert fields(convening.agenda_problems([])) == ["items"]
    assert fields(convening.agenda_problems([AGENDA[1]])) == ["items"]


def test_new_business_in_the_budget_is_an_item_of_class_eight_of_its_own() -> None:
    assert convening.business_problems(AGENDA, ("I05",)) == []
    assert convening.business_problems(AGENDA[:1], ()) == []
    [problem] = convening.business_problems(AGENDA[:1], ("I05",))
    assert "I05" in problem.message
    assert "第 8 类" in problem.message


def test_an_election_has_nothing_to_do_with_the_budget() -> None:
    election = [AgendaItem(1, "通过议事规则", 1, key=True), AgendaItem(2, "选举罗静", 3, key=False, candidate="罗静")]
    assert convening.business_problems(election, ("I05",)) == []


@pytest.mark.parametrize("item_class, majority", [(5, "ORDINARY"), (6, "SPECIAL"), (8, "SPECIAL"), (9, "ORDINARY")])
def test_three_classes_need_three_quarters(item_class: int, majority: str) -> None:
    assert AgendaItem(1, "x", item_class, key=True).majority == majority


@pytest.mark.parametrize(
    "present, in_favour, posted, refused",
    [
        (4, 4, date(2026, 3, 16), []),
        (4, 4, date(2026, 3, 17), ["agenda_posted_on"]),
        (3, 3, date(2026, 3, 16), ["members_for"]),
        (7, 3, date(2026, 3, 16), ["members_for"]),
        (4, 5, date(2026, 3, 16), ["members_for"]),
    ],
    ids=["just enough", "agenda six days before", "not over half present", "fewer than half of all", "more than came"],
)
def test_a_committee_convenes_by_its_own_rules(present: int, in_favour: int, posted: date, refused: list[str]) -> None:
    decided = Resolution(date(2026, 3, 23), members_total=7, members_present=present, members_for=in_favour)
    assert fields(
        convening.convening_problems(replace(BY_COMMITTEE, resolution=decided, agenda_posted_on=posted), 7)
    ) == (refused)


@pytest.mark.parametrize(
    "changed, refused",
    [
        ({}, []),
        ({"convenor": "PMC"}, ["convenor"]),
        ({"body_kind": ""}, ["convenor"]),
        ({"term_end": date(2026, 3, 22)}, ["convenor"]),
        ({"term_end": date(2026, 3, 23)}, []),
        ({"convenor": "PREP_GROUP", "body_kind": "", "term_end": None, "agenda_posted_on": None}, []),
        ({"convenor": "ALL_OWNERS", "body_kind": "ALL_OWNERS", "agenda_posted_on": None}, []),
    ],
    ids=[
        "the verified body",
        "another body",
        "none verified",
        "term over",
        "last day of the term",
        "preparatory group",
        "representatives of all owners",
    ],
)
def test_a_vote_is_convened_by_the_verified_body_in_its_term_or_by_a_preparatory_group(
    changed: dict[str, object], refused: list[str]
) -> None:
    assert fields(convening.convening_problems(replace(BY_COMMITTEE, **changed), 7)) == refused


@pytest.mark.parametrize(
    "changed, seats, field",
    [
        ({"item_class": 9}, 1, "items[0].candidate"),
        ({"key": True}, 1, "items[0].key"),
        ({}, None, "seats"),
        ({}, 2, "seats"),
    ],
)
def test_a_candidate_stands_in_an_election_for_a_seat_that_there_is(
    changed: dict[str, object], seats: int | None, field: str
) -> None:
    standing = replace(AgendaItem(1, "补选罗静为委员", 3, key=False, candidate="罗静"), **changed)
    assert fields(convening.agenda_problems([standing], seats)) == [field]
    twice = [replace(standing, item_class=3, key=False), AgendaItem(2, "补选罗静", 3, key=False, candidate="罗静")]
    assert "items" in fields(convening.agenda_problems(twice, 2))


@pytest.mark.parametrize(
    "convenor, adopted, refused",
    [
        ("OC", date(2026, 3, 22), []),
        ("OC", date(2026, 3, 23), ["rules_adopted_on"]),
        ("OC", None, ["rules_adopted_on"]),
        ("PREP_GROUP", date(2021, 5, 20), ["unreturned_rule"]),
    ],
)
def test_silence_follows_the_majority_only_by_rules_adopted_before(
    convenor: str, adopted: date | None, refused: list[str]
) -> None:
    found = convening.unreturned_problems("FOLLOW_MAJORITY", adopted, convenor, date(2026, 3, 23))
    assert fields(found) == refused
    assert convening.unreturned_problems("NOT_COUNTED", adopted, convenor, date(2026, 3, 23)) == []


@pytest.mark.parametrize(
    "convenor, adopted, refused",
    [
        ("OC", date(2026, 3, 22), []),
        ("OC", date(2026, 3, 23), ["duplicate_adopted_on"]),
        ("OC", None, ["duplicate_adopted_on"]),
        ("PREP_GROUP", date(2021, 5, 20), ["duplicate_rule"]),
    ],
)
def test_one_channel_prevails_only_by_rules_adopted_before(
    convenor: str, adopted: date | None, refused: list[str]
) -> None:
    assert fields(convening.duplicate_problems("PAPER", adopted, convenor, date(2026, 3, 23))) == refused
    for held in (None, "HELD"):
        assert convening.duplicate_problems(held, adopted, convenor, date(2026, 3, 23)) == []


@pytest.mark.parametrize(
    "item_class, material", [(1, "RULES"), (2, "COVENANT"), (3, "CANDIDATES"), (4, "CONTRACT_TERMS")]
)
def test_owners_are_given_what_they_decide_on(item_class: int, material: str) -> None:
    items = [AgendaItem(1, "x", item_class, key=True)]
    assert fields(convening.material_problems(items, ["PLAN"])) == ["attachments"]
    assert convening.material_problems(items, ["PLAN", material]) == []
    assert convening.material_problems([AGENDA[0]], []) == []


@pytest.mark.parametrize(
    "text, item_class, said",
    [
        ("选聘惠邻物业，并利用共用部位经营停车与广告", 4, "第 8 类"),
        ("改变公共部位三号楼大堂的用途，设服务站", 9, "第 8 类"),
        ("通过年度计划，续筹专项维修资金", 9, "第 6 类"),
        ("改建小区东门附属用房，费用从公共收益列支", 9, "第 7 类"),
        # the whole as an item of three quarters, or without any such matter
        ("选聘惠邻物业，并利用共用部位经营停车与广告", 8, ""),
        ("使用维修资金更换三号楼电梯", 5, ""),
        ("公共收益的使用和公布办法", 9, ""),
        ("选聘惠邻物业服务有限公司并通过合同主要条款", 4, ""),
    ],
)
def test_a_question_that_bundles_what_needs_three_quarters_is_refused_or_takes_that_majority(
    text: str, item_class: int, said: str
) -> None:
    found = convening.agenda_problems([AgendaItem(1, text, item_class, key=True)])
    assert fields(found) == (["items[0].text"] if said else [])
    assert all(said in problem.message for problem in found)
