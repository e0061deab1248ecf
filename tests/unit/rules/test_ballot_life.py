"""A ballot is in one place at any time; a box is sealed once each serial is found, counted once each was read."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rules import ballot_life
from engine.rules.ballot_life import Act, State

SERIALS = range(1, 7)
OPERATIONS = st.lists(st.tuples(st.sampled_from(SERIALS), st.sampled_from(Act)), max_size=60)


@given(OPERATIONS)
@settings(max_examples=300, deadline=None)
def test_what_was_printed_is_in_hand_out_returned_spoiled_or_void_after_every_operation(
    operations: list[tuple[int, Act]],
) -> None:
    states = dict.fromkeys(SERIALS, State.IN_HAND)
    printed = len(states)
    for serial, act in operations:
        before = dict(states)
        end = ballot_life.after(states[serial], act)
        if end is not None:
            states[serial] = end
            if act is Act.SPOIL:  # the next serial takes its place, and is out with its owner
                printed += 1
                states[max(states) + 1] = State.DELIVERED
        found = ballot_life.classes(printed, states.values())
        assert found.balanced
        assert [one for one in before if before[one] != states[one]] in ([], [serial])


@given(OPERATIONS)
@settings(max_examples=200, deadline=None)
def test_a_box_is_sealed_when_nothing_is_with_a_deliverer_and_counted_when_nothing_is_unread_or_undecided(
    operations: list[tuple[int, Act]],
) -> None:
    states = dict.fromkeys(SERIALS, State.IN_HAND)
    for serial, act in operations:
        states[serial] = ballot_life.after(states[serial], act) or states[serial]
    reached = set(states.values())
    assert bool(ballot_life.sealing_problems(len(states), states)) == (State.ISSUED in reached)
    unsettled = {State.RETURNED, State.ENTERED, State.DISPUTED, State.OBJECTED}
    assert bool(ballot_life.counting_problems(states)) == bool(unsettled & reached)


def test_a_missing_ballot_keeps_the_box_open_and_says_so() -> None:
    states = dict.fromkeys(range(1, 151), State.RECONCILED)
    [problem] = ballot_life.sealing_problems(151, states)
    assert "印制 151 张，登记簿上有 150 张" in problem.message
    assert "逐号清点" in problem.message


@pytest.mark.parametrize("act", Act)
def test_every_state_has_a_word_and_says_what_to_do_where_an_act_does_not_fit(act: Act) -> None:
    for state in State:
        assert ballot_life.WORDS[state]
        if ballot_life.after(state, act) is None:
            assert ballot_life.why_not(12, state).startswith("第 000012 号票")


@pytest.mark.parametrize("state", [State.SPOILED, State.VOID])
def test_nothing_brings_back_a_ballot_that_is_spoiled_or_void(state: State) -> None:
    assert [act for act in Act if ballot_life.after(state, act)] == []


def test_an_entry_is_needed_from_two_people_before_a_ballot_counts() -> None:
    reach = {State.RETURNED}
    for act in (Act.ENTER, Act.AGREE):
        reach = {end for state in reach if (end := ballot_life.after(state, act))}
    assert reach == {State.RECONCILED}
    assert ballot_life.after(State.RETURNED, Act.AGREE) is None
    assert ballot_life.entrant_problem("吴倩", "吴倩")
    assert not ballot_life.entrant_problem("吴倩", "郑洁")
    assert ballot_life.arbiter_problem("郑洁", ["吴倩", "郑洁"])
    assert not ballot_life.arbiter_problem("钱进", ["吴倩", "郑洁"])


@pytest.mark.parametrize("seed", range(5))
def test_every_error_of_one_entry_is_found_by_the_other(seed: int) -> None:
    dice = random.Random(seed)
    found = made = 0
    for _ in range(1000):
        true = [dice.choice((1, 1, 1, 2, 3, 4, 0)) for _ in range(9)]
        wrong = [
            dice.choice([m for m in (0, 1, 2, 3, 4) if m != mark]) if dice.random() < 0.02 else mark for mark in true
        ]
        differ = ballot_life.compared(true, wrong)
        made += sum(one != other for one, other in zip(true, wrong, strict=True))
        found += len(differ)
    assert made > 100
    assert found == made
