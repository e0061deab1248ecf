"""Rosters: the vectors of law §3.9, and rows that cannot stand."""

from dataclasses import replace
from datetime import date

import pytest

from engine.errors import InvalidAnswers
from engine.rules import roster, roster_question
from engine.rules.ballot_box import CastBy, Ground, Returned, Standard, sift
from engine.rules.roster import Owner, Policies, Roster, Unit


def units(*given: tuple[str, int, str]) -> Roster:
    """Units of (number, area in m², owners joined by +)."""
    return Roster(
        tuple(
            Unit(number, "1", metres * 100, "住宅", tuple(Owner(name, name) for name in owners.split("+") if name))
            for number, metres, owners in given
        )
    )


def read(*rows: dict[str, str]) -> Roster:
    """A roster as a spreadsheet gives it."""
    return roster.read([{"unit_no": str(number), **row} for number, row in enumerate(rows, 1)])


def counted(estate: Roster, **policies: str) -> tuple[int, int]:
    electorate = roster.assemble(estate, Policies(**policies))
    return electorate.persons, electorate.area // 100


@pytest.mark.vector("RV-01")
def test_one_owner_of_three_units_is_one_person() -> None:
    assert counted(units(("1", 80, "X"), ("2", 90, "X"), ("3", 100, "X"))) == (1, 270)


@pytest.mark.vector("RV-02")
def test_a_couple_with_one_flat_is_one_person() -> None:
    electorate = roster.assemble(read({"area": "89.50", "owners": "甲；乙", "owner_ids": "A；B"}))
    assert (electorate.persons, electorate.area) == (1, 89_50)


@pytest.mark.vector("RV-03")
def test_the_developer_is_one_person_for_all_it_still_holds() -> None:
    unsold = [Unit(f"u{n}", "1", 100_00, "住宅", (), "UNSOLD") for n in range(10)]
    sold = [Unit(f"s{n}", "1", 100_00, "住宅", (Owner("B", f"B{n}"),), "SOLD_UNDELIVERED") for n in range(4)]
    assert counted(Roster((*unsold, *sold))) == (1, 1_400)


@pytest.mark.vector("RV-04")
def test_a_common_owner_merges_only_where_the_rules_say_so() -> None:
    estate = units(("1", 100, "A"), ("2", 80, "A+B"))
    assert counted(estate) == (2, 180)
    assert counted(estate, same_buyer_key="any_common_owner") == (1, 180)


def test_a_chain_of_common_owners_is_one_person_whatever_the_order() -> None:
    given = [("1", 10, "A+B"), ("2", 10, "C+D"), ("3", 10, "B+C"), ("4", 10, "E")]
    for order in (given, given[::-1]):
        assert counted(units(*order), same_buyer_key="any_common_owner") == (2, 40)


@pytest.mark.vector("RV-05")
def test_the_same_couple_owns_two_units_in_either_order() -> None:
    assert counted(units(("1", 100, "A+B"), ("2", 80, "B+A"))) == (1, 180)


@pytest.mark.vector("RV-06")
def test_parking_counts_only_as_the_rules_say() -> None:
    # 480 flats of together 50,000.00 m²
    flats = [Unit(f"f{n}", "1", 104_16 + 8 * (n < 40), "住宅", (Owner("A", f"A{n}"),)) for n in range(480)]
    held = [Unit(f"p{n}", "1", 12_50, "车位", (Owner("A", f"A{n % 480}"),)) for n in range(150)]
    others = [Unit(f"q{n}", "1", 12_50, "车位", (Owner("Q", f"Q{n}"),)) for n in range(50)]
    estate = Roster((*flats, *held, *others))
    assert counted(estate) == (480, 50_000)
    assert counted(estate, parking_counting="area_and_headcount") == (530, 52_500)
    assert counted(estate, parking_counting="area_only") == (480, 52_500)


@pytest.mark.vector("RV-07")
def test_branches_count_for_the_company_they_belong_to() -> None:
    own = [{"area": "50", "owners": "某某公司", "owner_ids": "91320404MA1XTR0X5K"}] * 17
    branch = {"area": "50", "owners": "某某公司分公司", "legal_person_ids": "91320404MA1XTR0X5K"}
    branches = [{**branch, "owner_ids": f"9132040400000000{n}"} for n in range(3)]
    electorate = roster.assemble(read(*own, *branches))
    assert (electorate.persons, electorate.area) == (1, 1_000_00)


@pytest.mark.vector("RV-08")
def test_a_dead_owners_flat_stays_in_both_totals() -> None:
    electorate = roster.assemble(units(("1", 80, "已故"), ("2", 90, "B")))
    assert (electorate.persons, electorate.area) == (2, 170_00)
    late = Returned("1", (1,), date(2026, 4, 20), CastBy.HEIR)
    window = Standard(date(2026, 4, 13), date(2026, 4, 28), 3)
    assert [one.ground for one in sift([late], electorate, window).set_aside] == [Ground.NO_PROOF]
    assert len(sift([replace(late, proven=True)], electorate, window).ballots) == 1


@pytest.mark.vector("RV-14")
def test_a_flat_split_into_two_titles_is_two_units_and_one_person() -> None:
    estate = units(("1a", 40, "A"), ("1b", 50, "A"))
    assert (len(estate.units), *counted(estate)) == (2, 1, 90)


@pytest.mark.vector("RV-15")
def test_two_flats_merged_into_one_title_are_one_unit() -> None:
    estate = units(("1", 180, "A"))
    assert (len(estate.units), *counted(estate)) == (1, 1, 180)


@pytest.mark.vector("RV-16")
def test_the_registered_area_goes_before_survey_and_contract() -> None:
    [unit] = read({"登记面积": "89.97", "实测面积": "90.10", "合同面积": "90.00"}).units
    assert (unit.area, unit.area_source) == (89_97, "register")


@pytest.mark.vector("RV-17")
def test_without_a_registered_area_the_survey_counts_and_is_flagged() -> None:
    [unit] = read({"实测面积": "90.10", "合同面积": "90.00"}).units
    assert (unit.area, unit.area_source) == (90_10, "survey")
    answered = roster_question.answer({"units": [{"unit_no": "1", "area_survey": "90.10"}]})
    assert answered["not_registered"] == ["1"]


@pytest.mark.vector("RV-18")
def test_civil_defence_spaces_are_never_units_that_count() -> None:
    estate = read({"area": "80", "owners": "甲"}, {"area": "12.50", "owners": "甲", "usage": "人防车位"})
    for policy in ("exclude", "area_only", "area_and_headcount"):
        assert counted(estate, parking_counting=policy) == (1, 80)


@pytest.mark.vector("MV8")
@pytest.mark.vector("MV9")
def test_developer_and_owner_of_several_count_once() -> None:
    unsold = [Unit(f"u{n}", "1", 50_00, "住宅", (), "UNSOLD") for n in range(60)]
    assert counted(Roster(tuple(unsold))) == (1, 3_000)
    assert counted(units(("1", 70, "X"), ("2", 70, "X"), ("3", 70, "X"))) == (1, 210)


def test_equal_names_without_identity_stay_apart() -> None:
    rows = [{"房号": number, "建筑面积": "80", "产权人": "张伟"} for number in ("1", "2")]
    assert roster.assemble(roster.read(rows)).persons == 2
    assert roster.assemble(roster.read(rows), Policies(equal_names="merged")).persons == 1
    assert roster_question.same_names(roster.read(rows)) == [["1", "2"]]


def test_an_equal_name_joins_the_one_identified_owner_of_that_name_and_never_two() -> None:
    named = {"area": "80", "owners": "张伟"}
    merged = Policies(equal_names="merged")
    assert roster.assemble(read({**named, "owner_ids": "A"}, named), merged).persons == 1
    two = read({**named, "owner_ids": "A"}, {**named, "owner_ids": "B"}, named)
    assert roster.assemble(two, merged).persons == 3


def test_names_that_differ_or_are_identified_ask_nobody() -> None:
    estate = read({"area": "80", "owners": "张伟", "owner_ids": "A"}, {"area": "80", "owners": "李娜"})
    assert roster_question.same_names(estate) == []


@pytest.mark.parametrize(
    "area, says",
    [
        ("89.975", "超过两位小数"),
        ("-89.97", "不是大于 0 的数"),
        ("", "没有建筑面积"),
        ("八十九", "不是大于 0 的数"),
        ("0", "不是大于 0 的数"),
    ],
)
def test_an_area_that_cannot_stand_names_its_row(area: str, says: str) -> None:
    rows = [{"unit_no": "1", "area": "80.00"}, {"unit_no": "2", "area": area}]
    with pytest.raises(InvalidAnswers) as refused:
        roster.read(rows)
    [problem] = refused.value.problems
    assert problem.field == "units[1].area"
    assert "第 2 行" in problem.message
    assert says in problem.message


def test_a_unit_listed_twice_is_refused() -> None:
    with pytest.raises(InvalidAnswers, match="重复"):
        roster.read([{"unit_no": "1", "area": "80"}, {"unit_no": "1", "area": "80"}])


@pytest.mark.parametrize(
    "row, column, says",
    [
        ({"owners": "甲", "owner_ids": "A；B"}, "owner_ids", "有 1 个产权人、2 个证件号"),
        ({"owners": "甲；；乙", "owner_ids": "A；；B"}, "owner_ids", "对不上"),
        ({"owner_ids": "A"}, "owner_ids", "有 0 个产权人、1 个证件号"),
        ({"owners": "甲", "legal_person_ids": "；X"}, "legal_person_ids", "总公司信用代码"),
        ({"owners": "甲", "房号": "2-0101"}, "unit_no", "“unit_no”是“2”、“房号”是“2-0101”"),
        ({"owners": "甲", "登记面积": "80.00", "建筑面积": "81.00"}, "area", "只保留一列"),
        ({"owners": "甲", "usage": "宅基地"}, "usage", "用途“宅基地”不认识；计入的写住宅"),
    ],
)
def test_what_would_change_who_counts_is_refused_by_row_and_column(row: dict[str, str], column: str, says: str) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        read({"area": "80.00", "owners": "丙"}, {"area": "80.00", **row})
    [problem] = refused.value.problems
    assert problem.field == f"units[1].{column}"
    assert "第 2 行" in problem.message
    assert says in problem.message


def test_what_says_the_same_twice_and_numbers_that_are_missing_are_read() -> None:
    whole = {"房号": "1", "建筑面积": "80.00", "登记面积": "80.00", "产权人": "甲；乙；丙", "证件号": "A；；C；"}
    [unit] = read(whole).units
    assert [owner.identified for owner in unit.owners] == [True, False, True]


@pytest.mark.parametrize("usage", ["商铺", "办公", "其他", "地下车位", "储藏间", "物业用房", ""])
def test_a_use_that_is_known_is_read(usage: str) -> None:
    assert len(read({"area": "80.00", "用途": usage}).units) == 1


@pytest.mark.parametrize(
    "name, shown", [("张伟", "张**"), ("欧阳娜娜", "欧阳**"), ("常州某某有限公司", "常州**"), ("", "——")]
)
def test_public_lists_mask_names(name: str, shown: str) -> None:
    assert roster.masked(name) == shown


def test_an_area_of_another_source_that_cannot_stand_names_its_column() -> None:
    with pytest.raises(InvalidAnswers) as refused:
        roster.read([{"unit_no": "1", "area": "80.00", "实测面积": "八十"}])
    assert [problem.field for problem in refused.value.problems] == ["units[0].area_survey"]


@pytest.mark.parametrize(
    "request_, field",
    [
        ({"units": {}}, "units"),
        ({}, "units"),
        ({"units": ["1"]}, "units[0]"),
        ({"units": []}, "units"),
        ({"units": [{"unit_no": "1", "area": "80", "sise": "1"}]}, "units[0].sise"),
        ({"units": [{"unit_no": "1", "area": True}]}, "units[0].area"),
        ({"units": [{"unit_no": "1", "area": 89.975}]}, "units[0].area"),
        ({"units": [{"unit_no": "1", "area": "80", "status": "sold"}]}, "units[0].status"),
        (
            {"units": [{"unit_no": "1", "area": "80"}], "policies": {"parking_counting": "all"}},
            "policies.parking_counting",
        ),
        ({"units": [{"unit_no": "1", "area": "80"}], "policies": {"parking": "exclude"}}, "policies.parking"),
        ({"units": [{"unit_no": "1", "area": "80"}], "policies": []}, "policies"),
        ({"units": [{"unit_no": "1", "area": "80"}], "rules": {}}, "rules"),
    ],
)
def test_a_question_that_cannot_be_answered_names_its_field(request_: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        roster_question.answer(request_)
    assert [problem.field for problem in refused.value.problems] == [field]
