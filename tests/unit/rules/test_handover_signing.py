"""Three people sign a group of the handover list; a refusal needs two named witnesses who are no party."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules import handover_signing
from engine.rules.handover_signing import Side, Signed

TODAY = date(2026, 7, 1)
ITEM = {"group": "印章", "name": "小区专用章", "qty": "1", "state": "GOOD"}
CONTENT = handover_signing.digest([ITEM])
GIVER = Signed("印章", Side.GIVER, "原经理", TODAY, CONTENT)
TAKER = Signed("印章", Side.TAKER, "新经理", TODAY, CONTENT)
WITNESS = Signed("印章", Side.WITNESS, "街道老李", TODAY, CONTENT)
REFUSED = replace(GIVER, refused=True, reason="不认表决结果，当场离开", witnesses=("社区小王", "业主老陈"))


def fields(new: Signed, *others: Signed) -> list[str]:
    return [one.field for one in handover_signing.problems(new, TODAY, {one.side: one for one in others})]


def test_a_group_is_complete_once_three_different_people_have_signed() -> None:
    assert handover_signing.standing("印章", CONTENT, [GIVER, TAKER]).lacking == (Side.WITNESS,)
    assert handover_signing.standing("印章", CONTENT, [GIVER, TAKER, WITNESS]).complete
    assert fields(WITNESS, GIVER, TAKER) == []
    assert fields(replace(WITNESS, name="原经理"), GIVER, TAKER) == ["name"]
    assert fields(replace(GIVER, name=" ")) == ["name"]
    assert fields(replace(GIVER, on=date(2026, 7, 2))) == ["on"]


def test_a_witnessed_refusal_stands_for_the_signature_and_an_unwitnessed_one_does_not() -> None:
    assert fields(REFUSED, TAKER) == []
    standing = handover_signing.standing("印章", CONTENT, [REFUSED, TAKER, WITNESS])
    assert (standing.complete, standing.refused) == (True, True)
    for witnesses in ((), ("社区小王",), ("社区小王", "社区小王"), ("社区小王", " ")):
        assert fields(replace(REFUSED, witnesses=witnesses), TAKER) == ["witnesses"]
    assert fields(replace(REFUSED, witnesses=("社区小王", "新经理")), TAKER) == ["witnesses"]
    assert fields(replace(REFUSED, witnesses=("社区小王", "原经理")), TAKER) == ["witnesses"]
    assert fields(replace(REFUSED, reason="")) == ["reason"]
    assert fields(replace(WITNESS, refused=True, reason="走了", witnesses=("甲", "乙"))) == ["side"]


@pytest.mark.parametrize(("name", "lapses"), [("state", True), ("qty", True), ("dispute", True), ("remark", False)])
def test_a_signature_lapses_when_what_was_signed_is_changed(name: str, lapses: bool) -> None:
    changed = handover_signing.digest([{**ITEM, name: "另写"}])
    standing = handover_signing.standing("印章", changed, [GIVER, TAKER, WITNESS])
    assert (standing.lapsed == (Side.GIVER, Side.TAKER, Side.WITNESS)) is lapses
    again = replace(GIVER, content=changed)
    assert (Side.GIVER in handover_signing.standing("印章", changed, [GIVER, again]).lapsed) is False


def test_the_groups_that_are_not_complete_are_named_once_somebody_has_begun_to_sign() -> None:
    groups = {"印章": CONTENT, "停车": handover_signing.digest([])}
    assert handover_signing.unsigned(groups, []) == []
    assert handover_signing.unsigned(groups, [GIVER]) == ["印章", "停车"]
    assert handover_signing.unsigned(groups, [GIVER, TAKER, WITNESS]) == ["停车"]


@given(st.lists(st.sampled_from([GIVER, TAKER, WITNESS, REFUSED, replace(TAKER, content="0" * 64)]), max_size=8))
def test_what_counts_of_a_side_is_what_was_recorded_of_it_last(signed: list[Signed]) -> None:
    standing = handover_signing.standing("印章", CONTENT, signed)
    last = {one.side: one for one in signed}
    assert dict(standing.by_side) == last
    assert standing.complete == (set(last) == set(Side) and all(one.content == CONTENT for one in last.values()))
