"""Handing a lane to another person: the open tasks go along, what was done stays, and it is on record."""

import pytest

from engine import events
from engine.store import accounts as accounts_store
from engine.store import administration
from engine.use_cases import accounts, telling
from tests.district import COMMUNITY, OTHER, PASSWORD, District

LANE = 0  # 社区干部


@pytest.fixture
def staffed(district: District) -> District:
    """The district with a second cadre at the community."""
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "second", "刘洋", PASSWORD, COMMUNITY, ["社区干部"])
    return district


def test_the_open_tasks_of_a_lane_go_to_the_next_person_and_the_log_says_why(staffed: District) -> None:
    estate = staffed.replay("submit_application")
    assert "提交导入申请" in staffed.browser("社区干部").get("/").text
    street = staffed.browser("街道")
    answer = street.post(f"/estates/{estate}/lanes/{LANE}", {"name": "刘洋", "reason": "周敏休假"})
    assert answer.status_code == 302, answer.text
    assert "提交导入申请" not in staffed.browser("社区干部").get("/").text
    assert "提交导入申请" in staffed.browser_of("second").get("/").text
    assert "社区干部由周敏转给刘洋：周敏休假" in street.get(f"/estates/{estate}/log").text


@pytest.mark.parametrize(
    "given, said",
    [
        ({"name": "吴倩", "reason": "换人"}, "没有“社区干部”的角色"),
        ({"name": "周敏", "reason": "换人"}, "已经由周敏办理"),
        ({"name": "刘洋", "reason": "  "}, "要写明理由"),
        ({"name": "外人", "reason": "换人"}, "没有“社区干部”的角色"),
    ],
)
def test_a_wrong_hand_over_is_refused_with_what_was_typed(staffed: District, given: dict[str, str], said: str) -> None:
    estate = staffed.enter()
    answer = staffed.browser("街道").post(f"/estates/{estate}/lanes/{LANE}", given)
    assert answer.status_code == 422
    assert said in answer.text
    assert [event for event in staffed.log(estate) if event["kind"] == "LaneHandedOver"] == []


def test_nobody_is_offered_the_people_of_another_community(staffed: District) -> None:
    with staffed.opened.work("测试", staffed.clock.now) as work:
        accounts.add(work, "other-street", "高远", PASSWORD, OTHER, ["街道"])
    page = staffed.browser_of("other-street").get("/estates/new").text
    assert "外人" in page
    assert "周敏" not in page


def test_every_event_is_told_in_words() -> None:
    kinds = {event.__name__ for event in events.Event.__subclasses__()}
    assert kinds == set(telling._LINES)


def test_a_role_held_elsewhere_gives_no_power_here(staffed: District) -> None:
    with staffed.opened.work("测试", staffed.clock.now) as work:
        accounts.add(work, "both", "谢芳", PASSWORD, OTHER, ["街道"])
    with staffed.opened.work("测试", staffed.clock.now) as work:
        known = accounts_store.by_login(work, "both")
        assert known is not None
        here = next(key for key, path in accounts_store.paths(work).items() if path == COMMUNITY)
        administration.give_role(work, known.id, here, "网格员")
    estate, both = staffed.enter(), staffed.browser_of("both")
    assert both.get(f"/estates/{estate}").status_code == 200
    answer = both.post(f"/estates/{estate}/lanes/{LANE}", {"name": "刘洋", "reason": "换人"}, "/estates/new")
    assert answer.status_code == 403
    assert COMMUNITY not in both.get("/estates/new").text
