"""What came back is a ballot by the rules of law §3.4, or is set aside with its reason."""

import random
from dataclasses import replace
from datetime import date

import pytest

from engine.rules import ballot_box, roster, tally
from engine.rules.ballot_box import CastBy, Ground, Mandate, Returned, Standard, UnreturnedRule, sift
from engine.rules.roster import Owner, Roster, Unit
from engine.rules.tally import Item

OPENS, DAY, CLOSES = date(2026, 4, 13), date(2026, 4, 20), date(2026, 4, 28)
WINDOW = Standard(OPENS, CLOSES, proxy_max=3)
MANDATE = Mandate("代理人甲", "业主大会表决", "全部事项", OPENS, CLOSES, signed=True)


def unit(number: str, *owners: str, area: int = 100_00, status: str = "DELIVERED") -> Unit:
    return Unit(number, "1", area, "住宅", tuple(Owner(name, name) for name in owners), status)


ESTATE = Roster(
    (
        unit("U1", "A"), unit("U2", "A"), unit("U3", "B", "C"), unit("U4", "D"), unit("U5", "E"), unit("U6", "F"),
        unit("U7", status="UNSOLD"), unit("U8", "G", status="SOLD_UNDELIVERED"),
    )
)  # fmt: skip
EVERYBODY = roster.assemble(ESTATE)


def came(unit_no: str, cast_by: CastBy = CastBy.OWNER, mark: int = 1, **more: object) -> Returned:
    return replace(Returned(unit_no, (mark,), DAY, cast_by), **more)


def grounds(*returned: Returned, standard: Standard = WINDOW) -> list[Ground]:
    return [one.ground for one in sift(returned, EVERYBODY, standard).set_aside]


@pytest.mark.parametrize(
    "unit_no, signed_by, expected",
    [
        ("U1", "A", CastBy.OWNER),
        ("U1", "", CastBy.OWNER),
        ("U1", "D", None),
        ("U3", "B、C", CastBy.OWNER),
        ("U3", "C", CastBy.CO_OWNER),
        ("U3", "C、D", None),
        ("U7", "宏远置业", CastBy.DEVELOPER),
        ("U8", "", CastBy.DEVELOPER),
        ("U8", "G", None),
    ],
)
def test_the_roster_says_by_what_right_an_owner_signed(unit_no: str, signed_by: str, expected: CastBy | None) -> None:
    assert ballot_box.signer(EVERYBODY.units[unit_no], signed_by) == expected


@pytest.mark.parametrize(
    "returned",
    [
        came("U1"),
        came("U3", CastBy.CO_OWNER, designated=True),
        came("U4", CastBy.GUARDIAN, proven=True),
        came("U4", CastBy.HEIR, proven=True),
        came("U4", CastBy.PROXY, mandate=MANDATE),
        came("U7", CastBy.DEVELOPER),
        came("U8", CastBy.DEVELOPER),
        came("U1", on=OPENS),
        came("U1", on=CLOSES),
        came("U1", mark=tally.BLANK),
    ],
    ids=["owner", "designated co-owner", "guardian", "heir", "proxy", "developer, unsold", "developer, undelivered",
         "first day", "last day", "signed and blank"],
)  # fmt: skip
def test_whoever_may_vote_for_the_unit_casts_a_ballot(returned: Returned) -> None:
    sifted = sift([returned], EVERYBODY, WINDOW)
    assert [(ballot.unit_no, ballot.marks) for ballot in sifted.ballots] == [(returned.unit_no, returned.marks)]
    assert sifted.set_aside == ()


@pytest.mark.parametrize(
    "unit_no, signed_by, refused",
    [
        ("U7", "临桥置业有限公司（代理人 甲）", False),
        ("U7", "G", True),
        ("U8", "G", True),
        ("U8", "临桥置业有限公司", False),
        ("U4", "D", False),
    ],
    ids=["unsold, the developer", "unsold, another", "undelivered, its buyer", "undelivered, the developer", "owner"],
)
def test_only_the_developer_signs_for_what_it_has_not_delivered(unit_no: str, signed_by: str, refused: bool) -> None:
    named = Roster((*ESTATE.units, unit("U9", "临桥置业有限公司", status="UNSOLD")))
    found = ballot_box.unsold_problem(EVERYBODY.units[unit_no], named.developer, signed_by)
    assert ("临桥置业有限公司盖章表决" in found) is refused


def test_whoever_signs_is_taken_where_no_developer_is_on_record() -> None:
    assert ballot_box.unsold_problem(EVERYBODY.units["U7"], ESTATE.developer, "G") == ""


@pytest.mark.parametrize(
    "returned, ground, curable",
    [
        (came("U9"), Ground.NOT_ON_ROSTER, True),
        (came("U1", signed=False), Ground.UNSIGNED, True),
        (came("U1", on=date(2026, 4, 12)), Ground.EARLY, True),
        (came("U1", on=date(2026, 4, 29)), Ground.LATE, False),
        (came("U1", is_copy=True), Ground.COPY, True),
        (came("U1", CastBy.TENANT), Ground.WRONG_PERSON, True),
        (came("U1", CastBy.UNKNOWN), Ground.WRONG_PERSON, True),
        (came("U8"), Ground.WRONG_PERSON, True),
        (came("U1", CastBy.DEVELOPER), Ground.WRONG_PERSON, True),
        (came("U4", CastBy.GUARDIAN), Ground.NO_PROOF, True),
        (came("U4", CastBy.HEIR), Ground.NO_PROOF, True),
        (came("U3", CastBy.CO_OWNER), Ground.NO_DESIGNATION, True),
        (came("U3", CastBy.CO_OWNER, designated=True, objected=True), Ground.OBJECTED, True),
        (came("U4", CastBy.PROXY), Ground.BAD_MANDATE, True),
    ],
    ids=lambda value: value.value if isinstance(value, Ground) else "",
)
def test_what_is_no_ballot_is_set_aside_with_its_reason(returned: Returned, ground: Ground, curable: bool) -> None:
    [aside] = sift([returned], EVERYBODY, WINDOW).set_aside
    assert (aside.ground, aside.curable) == (ground, curable)
    assert returned.unit_no in aside.problem.message
    assert "；" in aside.problem.message


@pytest.mark.parametrize(
    "mandate",
    [
        replace(MANDATE, agent=" "),
        replace(MANDATE, matter=""),
        replace(MANDATE, scope=""),
        replace(MANDATE, signed=False),
        replace(MANDATE, valid_to=date(2026, 4, 19)),
        replace(MANDATE, valid_from=date(2026, 4, 21)),
    ],
    ids=["no agent", "no matter", "no scope", "unsigned", "run out", "not yet begun"],
)
def test_a_mandate_states_agent_matter_scope_and_period_and_is_signed(mandate: Mandate) -> None:
    assert grounds(came("U4", CastBy.PROXY, mandate=mandate)) == [Ground.BAD_MANDATE]


def test_rules_may_accept_copies() -> None:
    assert grounds(came("U1", is_copy=True), standard=replace(WINDOW, copies_accepted=True)) == []


@pytest.mark.vector("RV-10")
def test_an_agent_with_five_mandates_brings_five_persons() -> None:
    areas = (80_00, 90_00, 100_00, 90_00, 100_00)
    five = roster.assemble(Roster(tuple(unit(str(n), f"O{n}", area=area) for n, area in enumerate(areas))))
    returned = [came(str(n), CastBy.PROXY, mandate=MANDATE) for n in range(5)]
    sifted = sift(returned, five, replace(WINDOW, proxy_max=None))
    [found] = tally.count(five, [Item(1, 4)], sifted.ballots)
    assert (found.participating.persons, found.participating.area) == (5, 460_00)


def test_mandates_beyond_the_packs_number_are_set_aside_whatever_the_order_of_counting() -> None:
    returned = [came(no, CastBy.PROXY, mandate=MANDATE) for no in ("U1", "U2", "U3", "U4", "U5", "U6")]
    chance = random.Random(165)
    for _ in range(20):
        chance.shuffle(returned)
        sifted = sift(returned, EVERYBODY, WINDOW)
        assert {(one.unit_no, one.ground) for one in sifted.set_aside} == {
            ("U5", Ground.TOO_MANY_MANDATES), ("U6", Ground.TOO_MANY_MANDATES),
        }, "U1 and U2 belong to one person and are one mandate"  # fmt: skip
        assert [ballot.unit_no for ballot in sifted.ballots] == ["U1", "U2", "U3", "U4"]


def test_another_agent_has_a_number_of_his_own() -> None:
    other = replace(MANDATE, agent="代理人乙")
    returned = [came(no, CastBy.PROXY, mandate=MANDATE) for no in ("U1", "U3", "U4")]
    assert grounds(*returned, came("U5", CastBy.PROXY, mandate=other)) == []


@pytest.mark.vector("RV-09")
def test_a_guardian_signs_for_a_childs_flat_and_it_is_one_person() -> None:
    sifted = sift([came("U4", CastBy.GUARDIAN, proven=True)], EVERYBODY, WINDOW)
    [found] = tally.count(EVERYBODY, [Item(1, 4)], sifted.ballots)
    assert (found.participating.persons, found.approving.persons) == (1, 1)


@pytest.mark.parametrize(
    "second, approving", [(1, 1), (2, 0)], ids=["the same choice counts once", "another choice is held"]
)
def test_two_ballots_for_one_unit_take_part_once(second: int, approving: int) -> None:
    sifted = sift([came("U4"), came("U4", mark=second)], EVERYBODY, WINDOW)
    [found] = tally.count(EVERYBODY, [Item(1, 4)], sifted.ballots)
    assert (found.participating.persons, found.approving.persons) == (1, approving)


@pytest.mark.parametrize("second", [1, 2])
@pytest.mark.parametrize(
    "rule, paper_on, kept, aside",
    [
        (ballot_box.HELD, DAY, ["paper", "platform"], []),
        (ballot_box.PAPER, DAY, ["paper"], ["platform"]),
        (ballot_box.ELECTRONIC, DAY, ["platform"], ["paper"]),
        (ballot_box.FIRST, OPENS, ["paper"], ["platform"]),
        (ballot_box.FIRST, CLOSES, ["platform"], ["paper"]),
        (ballot_box.LAST, OPENS, ["platform"], ["paper"]),
        (ballot_box.LAST, CLOSES, ["paper"], ["platform"]),
        # nobody knows which came first on one day: the unit is held
        (ballot_box.FIRST, DAY, ["paper", "platform"], []),
        (ballot_box.LAST, DAY, ["paper", "platform"], []),
    ],
)
def test_adopted_rules_say_which_of_paper_and_platform_counts_whatever_either_says(
    rule: str, paper_on: date, kept: list[str], aside: list[str], second: int
) -> None:
    marks = {"paper": second, "platform": 1}
    paper, platform = came("U4", mark=second, on=paper_on), came("U4", electronic=True)
    standard = replace(WINDOW, duplicates=rule)
    found = sift([paper, platform], EVERYBODY, standard)
    assert [one.marks for one in found.ballots] == sorted((marks[name],) for name in kept)
    assert [(one.place, one.ground, one.curable) for one in found.set_aside] == [
        (["paper", "platform"].index(name), Ground.OVERRULED, False) for name in aside
    ]


def test_what_is_no_ballot_prevails_over_none() -> None:
    standard = replace(WINDOW, duplicates=ballot_box.PAPER)
    unsigned, platform = came("U4", signed=False), came("U4", electronic=True)
    found = sift([unsigned, platform], EVERYBODY, standard)
    assert len(found.ballots) == 1
    assert grounds(unsigned, platform, standard=standard) == [Ground.UNSIGNED]


def test_two_papers_of_one_unit_are_no_matter_of_the_channel() -> None:
    found = sift([came("U4"), came("U4", mark=2)], EVERYBODY, replace(WINDOW, duplicates=ballot_box.PAPER))
    assert (len(found.ballots), found.set_aside) == (2, ())


def test_a_cured_ballot_counts_though_the_first_one_was_set_aside() -> None:
    sifted = sift([came("U4", signed=False), came("U4")], EVERYBODY, WINDOW)
    assert [ballot.unit_no for ballot in sifted.ballots] == ["U4"]
    assert [one.place for one in sifted.set_aside] == [0]


ADOPTED = UnreturnedRule(date(2025, 6, 1), date(2026, 3, 26), shown=True, delivered=frozenset({"U1"}))


def test_an_adopted_and_announced_clause_lets_unreturned_ballots_follow() -> None:
    found = ballot_box.following(ADOPTED)
    assert found is not None
    assert (found.delivered, found.classes) == (frozenset({"U1"}), frozenset({1, 2, 4, 5, 9}))
    signed_off = ballot_box.following(replace(ADOPTED, counsel_for=frozenset({8})))
    assert signed_off is not None
    assert 8 in signed_off.classes


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"adopted_on": None}, "unreturned.adopted_on"),
        ({"adopted_on": date(2026, 3, 26)}, "unreturned.adopted_on"),
        ({"shown": False}, "unreturned.shown"),
    ],
    ids=["never adopted", "adopted by this very meeting", "effect not shown"],
)
def test_without_the_conditions_of_the_law_nothing_follows(changed: dict[str, object], field: str) -> None:
    rule = replace(ADOPTED, **changed)
    assert ballot_box.following(rule) is None
    assert [problem.field for problem in ballot_box.unreturned_problems(rule)] == [field]
