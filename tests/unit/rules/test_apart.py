"""Who must be somebody else: each pair with its source, the same from both sides, and no lane apart from itself."""

import pytest

from engine.process.lint import LANES
from engine.rules import apart


@pytest.mark.parametrize(
    "lane, acts_in, forbidden",
    [
        ("监察人", ["物业企业"], True),
        ("监察人", ["业委会/物管会"], True),
        ("监察人", ["社区干部"], False),
        ("法律顾问", ["物业企业"], True),
        ("会计审计", ["业委会/物管会"], True),
        ("会计审计", ["法律顾问"], False),
        ("街道", ["社区干部"], True),
        ("区住建", ["街道"], True),
        ("社区干部", ["网格员"], False),
        ("社区干部", ["社区干部"], False),
        ("社区干部", [], False),
        ("网格员", ["社区干部", "物业企业"], True),
    ],
)
def test_who_acts_in_one_lane_may_not_act_in_another_that_checks_it(
    lane: str, acts_in: list[str], forbidden: bool
) -> None:
    assert bool(apart.conflict(lane, acts_in)) is forbidden


@pytest.mark.parametrize("lane", LANES)
def test_what_is_apart_is_so_from_both_sides(lane: str) -> None:
    assert lane not in apart.apart_from(lane)
    for other in apart.apart_from(lane):
        assert lane in apart.apart_from(other)


def test_every_rule_names_lanes_of_the_diagrams_and_its_source() -> None:
    for rule in apart.RULES:
        assert rule.one | rule.other <= set(LANES)
        assert rule.source


@pytest.mark.parametrize("lane", LANES)
def test_a_role_that_does_for_another_is_not_apart_from_it(lane: str) -> None:
    assert not set(apart.roles_for(lane)) & set(apart.apart_from(lane))
