"""Counting votes: the vectors of law §3.8 and §3.10, of the manual §7.3, and what holds for every vote."""

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidAnswers
from engine.rules import roster, tally
from engine.rules.roster import Owner, Policies, Roster, Unit
from engine.rules.tally import Ballot, Count, Item, Share, Thresholds

ORDINARY, SPECIAL = Item(1, 4), Item(1, 8)


def counted(item: Item, total: Share, participating: Share, approving: Share) -> Count:
    nobody = Share(0, 0)
    return Count(item, total, participating, approving, nobody, nobody, Thresholds(), {})


def share(metres: str, persons: int) -> Share:
    return Share(int(Fraction(metres.replace(",", "")) * 100), persons)


BASE = share("90000", 900)

#: id, item, total, participating, approving, quorum area, quorum persons, approved area, approved persons
VECTORS = [
    ("TV-01", ORDINARY, share("100000", 900), share("70000", 620), share("40000", 330), True, True, True, True),
    ("TV-02", ORDINARY, BASE, share("60000.00", 600), share("30000.01", 301), True, True, True, True),
    ("TV-03", ORDINARY, BASE, share("59999.99", 600), share("45000", 450), False, True, True, True),
    ("TV-04a", ORDINARY, share("90000", 901), share("60000", 600), share("40000", 400), True, False, True, True),
    ("TV-04b", ORDINARY, share("90000", 901), share("60000", 601), share("40000", 400), True, True, True, True),
    ("TV-05", ORDINARY, BASE, share("60000", 600), share("30000.00", 301), True, True, False, True),
    ("TV-06", ORDINARY, BASE, share("60000", 600), share("30000.01", 300), True, True, True, False),
    ("TV-07", SPECIAL, BASE, share("60000", 600), share("45000.00", 450), True, True, True, True),
    ("TV-08", SPECIAL, BASE, share("60000", 600), share("45000", 449), True, True, True, False),
    ("TV-09a", SPECIAL, BASE, share("60000", 601), share("45000", 450), True, True, True, False),
    ("TV-09b", SPECIAL, BASE, share("60000", 601), share("45000", 451), True, True, True, True),
    ("TV-10", ORDINARY, BASE, share("66000", 640), share("40000", 300), True, True, True, False),
    ("TV-11", ORDINARY, BASE, share("60000", 600), share("29000", 290), True, True, False, False),
    ("TV-12s", ORDINARY, BASE, share("58000", 580), share("40000", 400), False, False, True, True),
    ("TV-12r", ORDINARY, BASE, share("90000", 900), share("72000", 720), True, True, True, True),
    ("TV-13", ORDINARY, BASE, share("56000", 560), share("55000", 550), False, False, True, True),
    ("TV-14", SPECIAL, BASE, share("90000", 900), share("67500", 675), True, True, True, True),
    ("TV-15a", ORDINARY, share("100000", 900), share("66666.66", 600), share("40000", 400), False, True, True, True),
    ("TV-15b", ORDINARY, share("100000", 900), share("66666.67", 600), share("40000", 400), True, True, True, True),
    ("TV-16o", ORDINARY, BASE, share("0", 0), share("0", 0), False, False, False, False),
    ("TV-16s", SPECIAL, BASE, share("0", 0), share("0", 0), False, False, False, False),
    ("TV-17a", SPECIAL, BASE, share("60000.01", 600), share("45000.00", 460), True, True, False, True),
    ("TV-17b", SPECIAL, BASE, share("60000.01", 600), share("45000.01", 460), True, True, True, True),
    ("TV-18a", ORDINARY, BASE, share("62000", 620), share("34000", 321), True, True, True, True),
    ("TV-18b", ORDINARY, BASE, share("62000", 620), share("33000", 311), True, True, True, True),
    ("TV-18c", ORDINARY, BASE, share("62000", 620), share("32000", 310), True, True, True, False),
    ("TV-19o", ORDINARY, BASE, share("63000", 630), share("44000", 440), True, True, True, True),
    ("TV-19s", SPECIAL, BASE, share("63000", 630), share("44000", 440), True, True, False, False),
    ("TV-25", ORDINARY, BASE, share("61000", 599), share("50000", 500), True, False, True, True),
    ("TV-26", ORDINARY, share("10.00", 3), share("6.67", 2), share("3.34", 2), True, True, True, True),
    ("TV-26b", ORDINARY, share("10.00", 3), share("6.66", 2), share("3.34", 2), False, True, True, True),
    ("MV1", ORDINARY, share("150", 150), share("100", 100), share("60", 60), True, True, True, True),
    ("MV2a", ORDINARY, share("151", 151), share("101", 100), share("60", 60), True, False, True, True),
    ("MV2b", ORDINARY, share("151", 151), share("101", 101), share("60", 60), True, True, True, True),
    ("MV3a", ORDINARY, share("408", 408), share("272", 272), share("136", 136), True, True, False, False),
    ("MV3b", ORDINARY, share("408", 408), share("272", 272), share("137", 137), True, True, True, True),
    ("MV4a", SPECIAL, share("408", 408), share("272", 272), share("204", 204), True, True, True, True),
    ("MV4b", SPECIAL, share("408", 408), share("272", 272), share("203", 203), True, True, False, False),
    ("MV5", ORDINARY, share("83404", 782), share("60000", 521), share("40000", 300), True, False, True, True),
    ("MV6", ORDINARY, share("83404", 782), share("55000", 540), share("40000", 300), False, True, True, True),
    ("MV7", ORDINARY, share("83404", 782), share("57900", 540), share("28900", 271), True, True, False, True),
]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector[0] for vector in VECTORS])
def test_the_vectors_of_the_law(vector: tuple[str, Item, Share, Share, Share, bool, bool, bool, bool]) -> None:
    _, item, total, participating, approving, *expected = vector
    found = counted(item, total, participating, approving)
    assert [found.quorum_area, found.quorum_persons, found.approved_area, found.approved_persons] == expected
    assert found.passed is all(expected)


def unit(number: str, metres: str, *owners: str, usage: str = "住宅", status: str = "DELIVERED") -> Unit:
    named = tuple(Owner(name, name) for name in owners)
    return Unit(number, "1", int(Fraction(metres) * 100), usage, named, status)


#: Law §3.10: twelve units and a parking title.
ESTATE = Roster(
    (
        unit("U1", "100", "A"), unit("U2", "80", "A"), unit("U3", "90", "B", "C"), unit("U4", "90", "D"),
        unit("P1", "12.50", "D", usage="车位"), unit("U5", "120", "E"), unit("U6", "60", "F"), unit("U7", "60", "G"),
        unit("U8", "110", "H"), unit("U9", "70", "H"), unit("U10", "95", status="UNSOLD"),
        unit("U11", "95", "K", status="SOLD_UNDELIVERED"), unit("U12", "130", "L"),
    )
)  # fmt: skip
CAST = [
    Ballot("U1", (1,)), Ballot("U2", (1,)), Ballot("U3", (1,)), Ballot("U4", (2,)), Ballot("U5", (3,)),
    Ballot("U6", (1,), signed=False), Ballot("U7", (1,)), Ballot("U8", (1,)), Ballot("U9", (1,)),
]  # fmt: skip
CURED = [*(ballot for ballot in CAST if ballot.unit_no != "U6"), Ballot("U6", (1,))]


def one(ballots: list[Ballot], item: Item = ORDINARY, policies: Policies | None = None) -> Count:
    policies = policies or Policies()
    return tally.count(roster.assemble(ESTATE, policies), [item], ballots, policies)[0]


def test_tv_20_an_unsigned_ballot_is_no_ballot() -> None:
    found = one(CAST)
    assert (found.total, found.participating, found.approving) == (
        share("1100", 9), share("720", 6), share("510", 4),
    )  # fmt: skip
    assert (found.quorum_persons, found.quorum_area, found.outcome) == (True, False, "NO_QUORUM")


def test_tv_21_cured_it_counts() -> None:
    found = one(CURED)
    assert (found.participating, found.approving, found.passed) == (share("780", 7), share("570", 5), True)
    assert not one(CURED, SPECIAL).passed


def test_tv_22_the_developer_is_one_person() -> None:
    found = one([*CURED, Ballot("U10", (2,)), Ballot("U11", (2,))])
    assert (found.participating, found.approving, found.passed) == (share("970", 8), share("570", 5), True)


def test_tv_23_parking_by_area_changes_the_total_and_not_the_result() -> None:
    with_parking = [*CURED, Ballot("P1", (2,))]
    assert roster.assemble(ESTATE, Policies(parking_counting="area_only")).area == 1_112_50
    [found] = tally.envelope(ESTATE, [ORDINARY], with_parking, fixed={"same_buyer_key", "partial_units"})
    assert found.status == "PASS_ROBUST"


def test_a_blank_that_decides_is_contested_and_named() -> None:
    estate = Roster(tuple(unit(f"{number}", "100", f"O{number}") for number in range(6)))
    ballots = [Ballot(str(number), (mark,)) for number, mark in enumerate((1, 1, 2, 4))]
    [found] = tally.envelope(estate, [ORDINARY], ballots)
    assert found.status == "FAIL_ROBUST"
    ballots.append(Ballot("4", (1,)))
    ballots[1] = Ballot("1", (4,))
    [found] = tally.envelope(estate, [ORDINARY], [*ballots, Ballot("5", (1,))])
    assert found.status == "CONTESTED"
    assert set(found.deciding) == {"1", "3"}


def test_rv_12_a_person_who_returns_one_of_two_ballots() -> None:
    estate = Roster((unit("1", "100", "X"), unit("2", "80", "X")))
    ballots = [Ballot("1", (1,))]
    for policy, area in (("returned_only", "100"), ("all_units", "180")):
        policies = Policies(partial_units=policy)
        [found] = tally.count(roster.assemble(estate, policies), [ORDINARY], ballots, policies)
        assert found.participating == found.approving == share(area, 1)


def test_rv_13_a_person_who_contradicts_himself_takes_part_and_approves_nothing() -> None:
    estate = Roster((unit("1", "100", "X"), unit("2", "80", "X")))
    [found] = tally.count(roster.assemble(estate), [ORDINARY], [Ballot("1", (1,)), Ballot("2", (2,))])
    assert (found.participating, found.approving) == (share("180", 1), share("0", 0))


def test_tv_12_the_rule_based_tally_makes_a_failed_vote_contested_and_never_passed() -> None:
    estate = Roster(tuple(unit(str(number), "100", f"O{number}") for number in range(90)))
    ballots = [Ballot(str(number), (1 if number < 40 else 2,)) for number in range(58)]
    [found] = tally.envelope(estate, [ORDINARY], ballots, unreturned_clause=True)
    assert found.status == "CONTESTED"
    assert found.count.outcome == "NO_QUORUM"
    [strict] = tally.envelope(estate, [ORDINARY], ballots)
    assert strict.status == "FAIL_ROBUST"


# what holds for every vote

marks = st.sampled_from([0, 1, 2, 3, 4])


@st.composite
def votes(draw: st.DrawFn) -> tuple[Roster, list[Ballot], Item]:
    size = draw(st.integers(1, 8))
    units = tuple(
        Unit(str(number), "1", draw(st.integers(1, 20_000)), "住宅", (Owner("x", f"O{draw(st.integers(0, 5))}"),))
        for number in range(size)
    )
    returned = draw(st.lists(st.sampled_from(range(size)), unique=True))
    ballots = [Ballot(str(number), (draw(marks),), draw(st.booleans())) for number in returned]
    return Roster(units), ballots, Item(1, draw(st.sampled_from([4, 8])))


@given(votes(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_never_matters(vote: tuple[Roster, list[Ballot], Item], chance: random.Random) -> None:
    estate, ballots, item = vote
    shuffled = list(ballots)
    chance.shuffle(shuffled)
    assert tally.envelope(estate, [item], ballots) == tally.envelope(estate, [item], shuffled)


@given(votes())
def test_one_more_approval_never_turns_a_pass_into_a_failure(vote: tuple[Roster, list[Ballot], Item]) -> None:
    estate, ballots, item = vote
    [before] = tally.count(roster.assemble(estate), [item], ballots)
    for ballot in ballots:
        if ballot.marks == (1,) or not ballot.signed:
            continue
        changed = [Ballot(b.unit_no, (1,)) if b.unit_no == ballot.unit_no else b for b in ballots]
        [after] = tally.count(roster.assemble(estate), [item], changed)
        alone = sum(1 for u in estate.units if u.owners[0].key == owner_of(estate, ballot.unit_no)) == 1
        if alone:
            assert after.passed or not before.passed


@given(votes())
def test_participation_only_grows_with_ballots(vote: tuple[Roster, list[Ballot], Item]) -> None:
    estate, ballots, item = vote
    seen = Share(0, 0)
    for end in range(len(ballots) + 1):
        [found] = tally.count(roster.assemble(estate), [item], ballots[:end])
        assert found.participating.area >= seen.area
        assert found.participating.persons >= seen.persons
        seen = found.participating


def owner_of(estate: Roster, unit_no: str) -> str:
    return next(u.owners[0].key for u in estate.units if u.unit_no == unit_no)


@settings(max_examples=30)
@given(st.integers(0, 10**9))
def test_an_invalid_mark_is_refused_naming_the_ballot(mark: int) -> None:
    request = {
        "units": [{"unit_no": "1", "area": "80.00", "owners": "张三"}],
        "items": [{"no": 1, "item_class": 4}],
        "ballots": [{"unit_no": "1", "marks": [mark]}],
    }
    if mark <= 4:
        assert tally.answer(request)["total_persons"] == 1
    else:
        with pytest.raises(InvalidAnswers, match=r"ballots\[0\].marks"):
            tally.answer(request)
