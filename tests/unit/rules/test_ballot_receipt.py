"""A ballot's receipt: what is told at each place of its life, and that nothing of the choice is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import ballot_life
from engine.rules.ballot_box import SAYS, Ground
from engine.rules.ballot_life import State
from engine.rules.ballot_receipt import ARRIVED, COUNTED, NOT_BACK, NOT_COUNTED, Standing, receipt

_BACK = [state for state in State if ballot_life.class_of(state) == "returned"]


@pytest.mark.parametrize("state", sorted(ballot_life.NOT_BACK))
def test_what_is_not_back_says_whether_it_may_still_come(state: State) -> None:
    assert receipt(Standing(state)).status == NOT_BACK
    assert "请在截止前交回" in receipt(Standing(state)).says
    assert "按没有交回办理" in receipt(Standing(state, closed=True)).says


@pytest.mark.parametrize("state", _BACK)
def test_what_came_back_has_arrived_and_counts_once_it_is_counted(state: State) -> None:
    found = receipt(Standing(state, returned_on="2026-04-15"))
    assert found.status == (COUNTED if state is State.FINAL else ARRIVED)
    assert "2026-04-15" in found.says


@pytest.mark.parametrize("ground", Ground)
@pytest.mark.parametrize("state", _BACK)
def test_what_is_no_ballot_says_why_and_how_to_mend_it(state: State, ground: Ground) -> None:
    found = receipt(Standing(state, returned_on="2026-04-15", ground=ground))
    assert found.status == NOT_COUNTED
    assert SAYS[ground] in found.says


def test_a_replaced_ballot_names_the_one_that_counts_and_a_void_vote_says_so() -> None:
    spoiled = receipt(Standing(State.SPOILED, spoiled_why="污损", replaced_by=152))
    assert spoiled.status == NOT_COUNTED
    assert spoiled.says == "这张票已作废（污损），不再使用。请使用换发的第 000152 号票。"
    assert "重新表决时另发新票" in receipt(Standing(State.VOID)).says


@given(st.builds(Standing, st.sampled_from(State), st.sampled_from(["", "2026-04-15"]), st.none()))
def test_no_receipt_tells_a_choice(one: Standing) -> None:
    assert not [word for word in ("同意", "反对", "弃权", "空白") if word in receipt(one).says]
