"""What holds for every vote, whoever takes part and whatever the adopted rules leave open (law §3)."""

import random
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules import roster, tally
from engine.rules.roster import Owner, Policies, Roster, Unit
from engine.rules.tally import Ballot, Following, Item, Share, Thresholds
from engine.rules.voices import Boxes

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
def test_a_mark_changed_to_approval_never_turns_a_pass_into_a_failure(
    vote: tuple[Roster, list[Ballot], Item],
) -> None:
    estate, ballots, item = vote
    [before] = tally.count(roster.assemble(estate), [item], ballots)
    for place, ballot in enumerate(ballots):
        changed = [*ballots[:place], Ballot(ballot.unit_no, (1,)), *ballots[place + 1 :]]
        [after] = tally.count(roster.assemble(estate), [item], changed)
        assert after.passed or not before.passed


@given(votes())
def test_one_more_approval_never_turns_a_pass_into_a_failure(vote: tuple[Roster, list[Ballot], Item]) -> None:
    estate, ballots, item = vote
    electorate = roster.assemble(estate)
    [before] = tally.count(electorate, [item], ballots)
    returned = {ballot.unit_no for ballot in ballots}
    spoken = {electorate.person_of[ballot.unit_no] for ballot in ballots if ballot.marks != (1,)}
    for one_more in electorate.units.keys() - returned:
        # whoever has said something else before does not approve by this ballot, he contradicts himself
        if electorate.person_of[one_more] not in spoken:
            [after] = tally.count(electorate, [item], [*ballots, Ballot(one_more, (1,))])
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


@given(votes())
def test_a_robust_result_is_the_result_of_every_reading(vote: tuple[Roster, list[Ballot], Item]) -> None:
    estate, ballots, item = vote
    [found] = tally.envelope(estate, [item], ballots)
    results = set()
    for values in product(*tally.READINGS.values()):
        policies = Policies(**dict(zip(tally.READINGS, values, strict=True)))
        [counted_] = tally.count(roster.assemble(estate, policies), [item], ballots, policies)
        results.add(counted_.passed)
    expected = {(True,): "PASS_ROBUST", (False,): "FAIL_ROBUST"}.get(tuple(results), "CONTESTED")
    assert found.status == expected


@st.composite
def tangled_votes(draw: st.DrawFn) -> tuple[Roster, list[Ballot], Following]:
    """Owners who bear few names, with a number or without, co-owners, parking, the developer; ballots given twice."""
    size = draw(st.integers(1, 7))
    owners = [
        draw(st.lists(st.tuples(st.sampled_from("王李"), st.sampled_from(["", "1", "2", "3"])), max_size=2))
        for _ in range(size)
    ]
    units = tuple(
        Unit(
            str(number), "1", draw(st.integers(1, 20_000)), draw(st.sampled_from(["住宅", "住宅", "车位", "物业用房"])),
            tuple(Owner(name, key or f"name:{name}@{number}") for name, key in owners[number]),
            draw(st.sampled_from(["DELIVERED", "DELIVERED", "DELIVERED", "UNSOLD"])),
        )
        for number in range(size)
    )  # fmt: skip
    returned = draw(st.lists(st.sampled_from(range(size))))
    ballots = [Ballot(str(number), (draw(marks), draw(marks)), draw(st.booleans())) for number in returned]
    return Roster(units), ballots, Following(frozenset(map(str, draw(st.sets(st.integers(0, size))))))


@settings(max_examples=300, deadline=None)
@given(tangled_votes())
def test_what_is_summed_once_for_all_readings_is_what_each_counts_by_itself(
    vote: tuple[Roster, list[Ballot], Following],
) -> None:
    estate, ballots, following = vote
    items = [Item(1, 4), Item(2, 8)]
    boxes = Boxes(estate, items, ballots)
    for values in product(*tally.READINGS.values()):
        policies = Policies(**dict(zip(tally.READINGS, values, strict=True)))
        itself = tally.count(roster.assemble(estate, policies), items, ballots, policies, following=following)
        assert boxes.under(policies).count(policies, Thresholds(), following) == itself, policies


def test_a_name_without_number_is_taken_for_whoever_counts_by_that_name() -> None:
    """Two owners of the name have numbers, one of them a parking space alone: where it counts, nobody can be meant."""
    owners = {"1": ("王", "A"), "2": ("王", "name:王@2"), "P": ("王", "B")}
    units = [Unit(no, "1", 90_00, "车位" if no == "P" else "住宅", (Owner(*one),)) for no, one in owners.items()]
    ballots = [Ballot("1", (1,)), Ballot("2", (1,))]
    boxes = Boxes(Roster(tuple(units)), [Item(1, 4)], ballots)
    for parking, persons in (("exclude", 1), ("area_and_headcount", 2)):
        reading = Policies(equal_names="merged", parking_counting=parking)
        assert boxes.under(reading).count(reading, Thresholds(), None)[0].participating.persons == persons
