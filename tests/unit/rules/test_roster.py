"""Rosters: the vectors of law §3.9, and rows that cannot stand."""

import pytest

from engine.errors import InvalidAnswers
from engine.rules import roster
from engine.rules.roster import Owner, Policies, Roster, Unit


def units(*given: tuple[str, int, str]) -> Roster:
    """Units of (number, area in m², owners joined by +)."""
    return Roster(
        tuple(
            Unit(number, "1", metres * 100, "住宅", tuple(Owner(name, name) for name in owners.split("+") if name))
            for number, metres, owners in given
        )
    )


def counted(estate: Roster, **policies: str) -> tuple[int, int]:
    electorate = roster.assemble(estate, Policies(**policies))
    return electorate.persons, electorate.area // 100


def test_rv_01_one_owner_of_three_units_is_one_person() -> None:
    assert counted(units(("1", 80, "X"), ("2", 90, "X"), ("3", 100, "X"))) == (1, 270)


def test_rv_02_a_couple_with_one_flat_is_one_person() -> None:
    assert counted(units(("1", 89, "A+B"))) == (1, 89)


def test_rv_03_the_developer_is_one_person_for_all_it_still_holds() -> None:
    unsold = [Unit(f"u{n}", "1", 100_00, "住宅", (), "UNSOLD") for n in range(10)]
    sold = [Unit(f"s{n}", "1", 100_00, "住宅", (Owner("B", f"B{n}"),), "SOLD_UNDELIVERED") for n in range(4)]
    assert counted(Roster((*unsold, *sold))) == (1, 1_400)


def test_rv_04_a_common_owner_merges_only_where_the_rules_say_so() -> None:
    estate = units(("1", 100, "A"), ("2", 80, "A+B"))
    assert counted(estate) == (2, 180)
    assert counted(estate, same_buyer_key="any_common_owner") == (1, 180)


def test_rv_05_the_same_couple_owns_two_units_in_either_order() -> None:
    assert counted(units(("1", 100, "A+B"), ("2", 80, "B+A"))) == (1, 180)


def test_rv_06_parking_counts_only_as_the_rules_say() -> None:
    flats = [Unit(f"f{n}", "1", 100_00, "住宅", (Owner("A", f"A{n}"),)) for n in range(480)]
    held = [Unit(f"p{n}", "1", 12_50, "车位", (Owner("A", f"A{n % 480}"),)) for n in range(150)]
    others = [Unit(f"q{n}", "1", 12_50, "车位", (Owner("Q", f"Q{n}"),)) for n in range(50)]
    estate = Roster((*flats, *held, *others))
    assert counted(estate) == (480, 48_000)
    assert counted(estate, parking_counting="area_and_headcount") == (530, 50_500)
    assert counted(estate, parking_counting="area_only") == (480, 50_500)


def test_mv8_and_mv9_developer_and_owner_of_several_count_once() -> None:
    unsold = [Unit(f"u{n}", "1", 50_00, "住宅", (), "UNSOLD") for n in range(60)]
    assert counted(Roster(tuple(unsold))) == (1, 3_000)
    assert counted(units(("1", 70, "X"), ("2", 70, "X"), ("3", 70, "X"))) == (1, 210)


def test_equal_names_without_identity_stay_apart() -> None:
    rows = [{"房号": number, "建筑面积": "80", "产权人": "张伟"} for number in ("1", "2")]
    assert roster.assemble(roster.read(rows)).persons == 2


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
    "name, shown", [("张伟", "张**"), ("欧阳娜娜", "欧阳**"), ("常州某某有限公司", "常州**"), ("", "——")]
)
def test_public_lists_mask_names(name: str, shown: str) -> None:
    assert roster.masked(name) == shown
