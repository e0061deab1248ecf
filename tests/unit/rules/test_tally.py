"""Counting votes: the vectors of law §3.8 and §3.10, and of the manual §7.3."""

from fractions import Fraction

import pytest

from engine.rules import roster, tally
from engine.rules.roster import Owner, Policies, Roster, Unit
from engine.rules.tally import Ballot, Count, Following, Item, Share, Thresholds

ORDINARY, SPECIAL = Item(1, 4), Item(1, 8)


def counted(item: Item, total: Share, participating: Share, approving: Share) -> Count:
    nobody = Share(0, 0)
    return Count(item, total, participating, approving, nobody, nobody, Thresholds())


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
    ("TV-16", ORDINARY, BASE, share("0", 0), share("0", 0), False, False, False, False),
    ("TV-16", SPECIAL, BASE, share("0", 0), share("0", 0), False, False, False, False),
    ("TV-17a", SPECIAL, BASE, share("60000.01", 600), share("45000.00", 460), True, True, False, True),
    ("TV-17b", SPECIAL, BASE, share("60000.01", 600), share("45000.01", 460), True, True, True, True),
    ("TV-18a", ORDINARY, BASE, share("62000", 620), share("34000", 321), True, True, True, True),
    ("TV-18b", ORDINARY, BASE, share("62000", 620), share("33000", 311), True, True, True, True),
    ("TV-18c", ORDINARY, BASE, share("62000", 620), share("32000", 310), True, True, True, False),
    ("TV-19", ORDINARY, BASE, share("63000", 630), share("44000", 440), True, True, True, True),
    ("TV-19", SPECIAL, BASE, share("63000", 630), share("44000", 440), True, True, False, False),
    ("TV-25", ORDINARY, BASE, share("61000", 599), share("50000", 500), True, False, True, True),
    ("TV-26", ORDINARY, share("10.00", 3), share("6.67", 2), share("3.34", 2), True, True, True, True),
    ("TV-26", ORDINARY, share("10.00", 3), share("6.66", 2), share("3.34", 2), False, True, True, True),
    ("MV1", ORDINARY, share("150", 150), share("100", 100), share("60", 60), True, True, True, True),
    ("MV2", ORDINARY, share("151", 151), share("101", 100), share("60", 60), True, False, True, True),
    ("MV2", ORDINARY, share("151", 151), share("101", 101), share("60", 60), True, True, True, True),
    ("MV3", ORDINARY, share("408", 408), share("272", 272), share("136", 136), True, True, False, False),
    ("MV3", ORDINARY, share("408", 408), share("272", 272), share("137", 137), True, True, True, True),
    ("MV4", SPECIAL, share("408", 408), share("272", 272), share("204", 204), True, True, True, True),
    ("MV4", SPECIAL, share("408", 408), share("272", 272), share("203", 203), True, True, False, False),
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


@pytest.mark.vector("TV-20")
def test_an_unsigned_ballot_is_no_ballot() -> None:
    found = one(CAST)
    assert (found.total, found.participating, found.approving) == (
        share("1100", 9), share("720", 6), share("510", 4),
    )  # fmt: skip
    assert (found.quorum_persons, found.quorum_area, found.outcome) == (True, False, "NO_QUORUM")


@pytest.mark.vector("TV-21")
def test_cured_it_counts() -> None:
    found = one(CURED)
    assert (found.participating, found.approving, found.passed) == (share("780", 7), share("570", 5), True)
    assert not one(CURED, SPECIAL).passed


@pytest.mark.vector("TV-22")
def test_the_developer_is_one_person() -> None:
    found = one([*CURED, Ballot("U10", (2,)), Ballot("U11", (2,))])
    assert (found.participating, found.approving, found.passed) == (share("970", 8), share("570", 5), True)


@pytest.mark.vector("TV-23")
def test_parking_by_area_goes_with_its_owner_and_does_not_change_the_result() -> None:
    found = one(CURED, policies=Policies(parking_counting="area_only"))
    assert (found.total, found.participating, found.approving) == (
        share("1112.50", 9), share("792.50", 7), share("570", 5),
    )  # fmt: skip
    assert found.passed
    [enveloped] = tally.envelope(ESTATE, [ORDINARY], CURED, fixed={"same_buyer_key", "partial_units"})
    assert (enveloped.status, enveloped.readings) == ("PASS_ROBUST", 6)


def test_a_space_counted_by_area_brings_area_and_never_a_head() -> None:
    estate = Roster((unit("1", "90", "A"), unit("2", "90", "B"), unit("P", "12.50", "outsider", usage="车位")))
    policies = Policies(parking_counting="area_only")
    electorate = roster.assemble(estate, policies)
    assert (electorate.area, electorate.persons) == (192_50, 2)
    [found] = tally.count(electorate, [ORDINARY], [Ballot("1", (1,)), Ballot("P", (1,))], policies)
    assert found.participating == found.approving == share("102.50", 1)


def test_the_ballot_for_a_flat_and_another_one_for_its_space_hold_the_person() -> None:
    estate = Roster((unit("1", "90", "A"), unit("2", "90", "B"), unit("P", "12.50", "A", usage="车位")))
    policies = Policies(parking_counting="area_and_headcount")
    ballots = [Ballot("1", (1,)), Ballot("P", (2,)), Ballot("2", (1,))]
    [found] = tally.count(roster.assemble(estate, policies), [ORDINARY], ballots, policies)
    assert (found.participating, found.approving) == (share("192.50", 2), share("90", 1))
    [enveloped] = tally.envelope(estate, [ORDINARY], ballots)
    assert enveloped.status == "CONTESTED"
    assert enveloped.questions == ("parking_counting",)


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


@pytest.mark.vector("RV-04")
def test_a_common_owner_who_decides_is_contested_by_question_and_ballots() -> None:
    estate = Roster((unit("1", "100", "A"), unit("2", "100", "A", "B"), unit("3", "100", "C"), unit("4", "100", "D")))
    ballots = [Ballot("1", (1,)), Ballot("2", (1,)), Ballot("3", (2,))]
    [found] = tally.envelope(estate, [ORDINARY], ballots)
    assert (found.status, found.questions, found.deciding) == ("CONTESTED", ("same_buyer_key",), ("1", "2"))
    [settled] = tally.envelope(estate, [ORDINARY], ballots, fixed={"same_buyer_key"})
    assert (settled.status, settled.questions, settled.deciding) == ("PASS_ROBUST", (), ())


def test_equal_names_without_identity_that_decide_are_contested() -> None:
    estate = roster.read([{"unit_no": no, "area": "100", "owners": name} for no, name in
                          (("1", "张伟"), ("2", "张伟"), ("3", "李娜"), ("4", "王芳"))])  # fmt: skip
    ballots = [Ballot("1", (1,)), Ballot("2", (1,)), Ballot("3", (2,))]
    [found] = tally.envelope(estate, [ORDINARY], ballots)
    assert (found.status, found.questions, found.deciding) == ("CONTESTED", ("equal_names",), ("1", "2"))


@pytest.mark.vector("RV-11")
@pytest.mark.parametrize("order", [1, -1])
def test_paper_yes_and_electronic_no_take_part_once_and_approve_nothing(order: int) -> None:
    estate = Roster((unit("1", "100", "A"), unit("2", "100", "B"), unit("3", "100", "C")))
    ballots = [Ballot("1", (1,)), Ballot("1", (2,)), Ballot("2", (1,))][::order]
    [found] = tally.count(roster.assemble(estate), [ORDINARY], ballots)
    assert (found.participating, found.approving) == (share("200", 2), share("100", 1))
    [enveloped] = tally.envelope(estate, [ORDINARY], [*ballots, Ballot("3", (2,))])
    assert enveloped.readings == 2


def test_the_same_ballot_on_paper_and_electronically_counts_once() -> None:
    estate = Roster((unit("1", "100", "A"), unit("2", "100", "B")))
    twice = [Ballot("1", (1,)), Ballot("1", (1,)), Ballot("2", (2,))]
    for policy in tally.READINGS["duplicate_ballot"]:
        policies = Policies(duplicate_ballot=policy)
        [found] = tally.count(roster.assemble(estate), [ORDINARY], twice, policies)
        assert (found.participating, found.approving) == (share("200", 2), share("100", 1))


@pytest.mark.vector("RV-12")
def test_a_person_who_returns_one_of_two_ballots() -> None:
    estate = Roster((unit("1", "100", "X"), unit("2", "80", "X")))
    ballots = [Ballot("1", (1,))]
    for policy, area in (("returned_only", "100"), ("all_units", "180")):
        policies = Policies(partial_units=policy)
        [found] = tally.count(roster.assemble(estate, policies), [ORDINARY], ballots, policies)
        assert found.participating == found.approving == share(area, 1)


@pytest.mark.vector("RV-13")
def test_a_person_who_contradicts_himself_takes_part_and_approves_nothing() -> None:
    estate = Roster((unit("1", "100", "X"), unit("2", "80", "X")))
    ballots = [Ballot("1", (1,)), Ballot("2", (2,))]
    [found] = tally.count(roster.assemble(estate), [ORDINARY], ballots)
    assert (found.participating, found.approving) == (share("180", 1), share("0", 0))
    excluded = Policies(duplicate_ballot="excluded")
    [found] = tally.count(roster.assemble(estate), [ORDINARY], ballots, excluded)
    assert found.participating == share("0", 0)


@pytest.mark.parametrize("mark", [tally.BLANK, tally.INVALID])
@pytest.mark.parametrize("policy, part", [("participating", 2), ("excluded", 1)])
def test_a_signed_ballot_without_one_clear_mark_is_participation_or_nothing(mark: int, policy: str, part: int) -> None:
    estate = Roster((unit("1", "100", "A"), unit("2", "100", "B")))
    [found] = tally.count(
        roster.assemble(estate), [ORDINARY], [Ballot("1", (mark,)), Ballot("2", (1,))], Policies(blank_item=policy)
    )
    assert (found.participating.persons, found.approving.persons) == (part, 1)


def test_each_item_has_its_own_participation() -> None:
    estate = Roster((unit("1", "100", "A"), unit("2", "100", "B")))
    two = [Item(1, 4), Item(2, 4)]
    counted = tally.count(
        roster.assemble(estate), two, [Ballot("1", (1, 4)), Ballot("2", (1, 1))], Policies(blank_item="excluded")
    )
    assert [each.participating.persons for each in counted] == [2, 1]


#: Ninety units, fifty-eight ballots back, forty of them for it: too few by the strict tally.
NINETY = Roster(tuple(unit(str(number), "100", f"O{number}") for number in range(90)))
FIFTY_EIGHT = [Ballot(str(number), (1 if number < 40 else 2,)) for number in range(58)]
EVERYBODY = Following(frozenset(str(number) for number in range(90)))


def test_both_tallies_are_kept_where_the_rules_let_unreturned_ballots_follow() -> None:
    [found] = tally.envelope(NINETY, [ORDINARY], FIFTY_EIGHT, following=EVERYBODY)
    [strict] = tally.count(roster.assemble(NINETY), [ORDINARY], FIFTY_EIGHT)
    [ruled] = tally.count(roster.assemble(NINETY), [ORDINARY], FIFTY_EIGHT, following=EVERYBODY)
    assert (found.count, found.ruled) == (strict, ruled)
    [without] = tally.envelope(NINETY, [ORDINARY], FIFTY_EIGHT)
    assert without.ruled is None


@pytest.mark.vector("TV-12s")
@pytest.mark.vector("TV-12r")
def test_the_rule_based_tally_makes_a_failed_vote_contested_and_never_passed() -> None:
    [found] = tally.envelope(NINETY, [ORDINARY], FIFTY_EIGHT, following=EVERYBODY)
    assert (found.status, found.questions) == ("CONTESTED", ("unreturned",))
    assert found.count.outcome == "NO_QUORUM"
    [strict] = tally.envelope(NINETY, [ORDINARY], FIFTY_EIGHT)
    assert strict.status == "FAIL_ROBUST"
    [followed] = tally.count(roster.assemble(NINETY), [ORDINARY], FIFTY_EIGHT, following=EVERYBODY)
    assert (followed.participating, followed.approving) == (share("9000", 90), share("7200", 72))


def test_only_units_with_proof_of_delivery_follow() -> None:
    some = Following(frozenset({"58", "59", "0"}))
    [followed] = tally.count(roster.assemble(NINETY), [ORDINARY], FIFTY_EIGHT, following=some)
    assert followed.participating == share("6000", 60)


@pytest.mark.parametrize("item_class, follows", [(1, True), (3, False), (4, True), (6, False), (7, False), (8, False)])
def test_elections_and_special_matters_follow_nobody(item_class: int, follows: bool) -> None:
    [found] = tally.count(roster.assemble(NINETY), [Item(1, item_class)], FIFTY_EIGHT, following=EVERYBODY)
    assert (found.participating.persons == 90) is follows


def test_a_majority_against_is_followed_too() -> None:
    against = [Ballot(ballot.unit_no, (2,)) for ballot in FIFTY_EIGHT]
    [found] = tally.count(roster.assemble(NINETY), [ORDINARY], against, following=EVERYBODY)
    assert (found.participating.persons, found.approving.persons, found.outcome) == (90, 0, "REJECTED")


def test_the_envelope_is_the_full_product_of_what_is_open() -> None:
    estate = Roster((unit("1", "90", "A"), unit("2", "90", "A", "B"), unit("P", "12.50", "A", usage="车位")))
    ballots = [Ballot("1", (4,)), Ballot("2", (1,))]
    [found] = tally.envelope(estate, [ORDINARY], ballots)
    assert found.readings == 2 * 3 * 2 * 2 * 2
    assert tally.envelope(estate, [ORDINARY], ballots, fixed={"parking_counting"})[0].readings == 2 * 2 * 2 * 2
    assert tally.envelope(estate, [ORDINARY], ballots, fixed=set(tally.READINGS))[0].readings == 1
