"""Checklists: every item says how it stands, why and with what proof, who marked it and when."""

import hashlib
import io
import re
from typing import Any

import pytest

from tests import photographs
from tests.district import CASE, Browser, District, posted

SURVEY = CASE.steps[next(number for number, step in enumerate(CASE.steps) if step.task == "record_site_survey")].answers


def _survey(district: District) -> tuple[Browser, str]:
    district.replay("record_site_survey")
    cadre = district.browser("社区干部")
    found = re.search(r'href="(/tasks/\d+)">(?:(?!</a>).)*现场踏勘登记', cadre.get("/").text, re.DOTALL)
    assert found is not None
    return cadre, found[1]


def _given(**changed: Any) -> dict[str, Any]:
    """The survey as a form posts it, each item under its number; ``changed`` replaces cells of lifts."""
    options = ["STRUCTURE", "ROOF", "LIFT"]
    rows = sorted(
        SURVEY["facilities"], key=lambda row: options.index(row["category"]) if row["category"] in options else 9
    )
    cells = {**SURVEY, "surveyed_on": "2026-01-12", "facilities": [dict(row) for row in rows]}
    for row in cells["facilities"]:
        row.pop("photos", None)
    cells["facilities"][2].update(changed)
    return {name: value for name, value in posted(cells).items() if value is not None}


def test_an_item_that_is_blocked_needs_a_reason_and_a_photo_and_one_that_does_not_apply_a_reason(
    district: District,
) -> None:
    cadre, task = _survey(district)
    answer = cadre.post(task, {**_given(state="BLOCKED", reason=""), "do": "complete", "revision": "0"})
    assert answer.status_code == 422
    assert "“原因”没有填写" in answer.text
    assert "“电梯”选了“受阻”，没有照片" in answer.text
    assert 'href="#facilities.2.photos"' in answer.text
    page = cadre.get(task).text
    assert "✕ 受阻 1" in page
    photo = {"facilities.2.photos.new": (io.BytesIO(photographs.photo()), "机房.jpg")}
    answer = cadre.post(task, {**_given(state="NOT_APPLICABLE", reason=""), "do": "complete", "revision": "1"})
    assert answer.text.count("“原因”没有填写") == 2
    answer = cadre.post(task, {**_given(state="SEEN"), "do": "complete", "revision": "2"})
    assert "“电梯”还缺信息；请补齐后选“已完成”，办不成的选“受阻”" in answer.text
    blocked = _given(state="BLOCKED", reason="机房锁着，约周四再看")
    assert cadre.post(task, {**blocked, **photo, "do": "complete", "revision": "3"}).status_code == 302
    with district.opened.work("测试", district.clock.now) as work:
        rows = next(done for done in work.answered(1) if done.name == "record_site_survey").answers["facilities"]
    lift = next(row for row in rows if row["category"] == "LIFT")
    assert lift["photos"] == [hashlib.sha256(photographs.photo()).hexdigest()]
    assert (lift["qty"], lift["checked_by"]) == (None, CASE.people["社区干部"])


def test_what_nobody_began_is_named_and_the_bar_counts_only_what_applies(district: District) -> None:
    cadre, task = _survey(district)
    lift = {"category": "LIFT", "state": "NOT_APPLICABLE", "reason": "没有电梯"}
    begun = {f"facilities.2.{key}": value for key, value in lift.items()}
    begun |= {"facilities.0.category": "STRUCTURE", "facilities.0.state": "DONE", "facilities.1.category": "ROOF"}
    answer = cadre.post(task, {**begun, "do": "complete", "revision": "0"})
    assert "“设施设备”还有 15 项没有开始：屋面外墙、消防" in answer.text
    assert 'value="1" max="16"' in answer.text
    assert "○ 未开始 15 · – 不适用 1" in answer.text


def test_each_item_keeps_who_marked_it_and_when_until_it_changes_and_nobody_can_forge_it(district: District) -> None:
    cadre, task = _survey(district)
    first = {"facilities.0.category": "STRUCTURE", "facilities.0.state": "DONE", "facilities.0.checked_by": "别人"}
    page = cadre.post(task, {**first, "do": "save", "revision": "0"}).text
    assert "别人" not in page
    assert "已完成 · 周敏 2026-01-12 10:00" in page
    district.clock.pass_by(hours=1)
    second = {**first, "facilities.2.category": "LIFT", "facilities.2.state": "SEEN"}
    page = cadre.post(task, {**second, "do": "save", "revision": "1"}).text
    assert "已完成 · 周敏 2026-01-12 10:00" in page
    assert "还缺信息 · 周敏 2026-01-12 11:00" in page
    changed = {**second, "facilities.0.state": "BLOCKED"}
    assert "受阻 · 周敏 2026-01-12 11:00" in cadre.post(task, {**changed, "do": "save", "revision": "2"}).text


def test_an_item_may_stand_at_several_places(district: District) -> None:
    cadre, task = _survey(district)
    begun = {"facilities.2.category": "LIFT", "facilities.2.state": "DONE", "facilities.2.location": "1 幢"}
    added = cadre.post(task, {**begun, "do": "row:facilities.LIFT", "revision": "0"})
    assert added.location == f"{task}?rows=facilities.LIFT#facilities.LIFT"
    assert 'name="facilities.17.category" value="LIFT"' in cadre.get(added.location).text
    more = {**begun, "facilities.17.category": "LIFT", "facilities.17.location": "2 幢"}
    page = cadre.post(task, {**more, "do": "save", "revision": "1"}).text
    assert 'name="facilities.17.location" value="2 幢"' in page
    assert cadre.post(task, {**more, "do": "drop:facilities.17", "revision": "2"}).status_code == 302
    assert "2 幢" not in cadre.get(task).text


@pytest.mark.parametrize("count, said", [(9, ""), (10, "最多 9 份")])
def test_an_item_has_nine_photos_at_most(district: District, count: int, said: str) -> None:
    cadre, task = _survey(district)
    photos = {
        "facilities.2.photos.new": [(io.BytesIO(photographs.photo(80, 60 + n)), f"{n}.jpg") for n in range(count)]
    }
    begun = {"facilities.2.category": "LIFT", "facilities.2.state": "BLOCKED"}
    answer = cadre.post(task, {**begun, **photos, "do": "complete", "revision": "0"})
    assert ("最多 9 份" in answer.text) is bool(said)


def test_a_word_that_no_form_has_is_refused_and_the_page_still_opens(district: District) -> None:
    cadre, task = _survey(district)
    answer = cadre.post(task, {**_given(state="on"), "do": "complete", "revision": "0"})
    assert answer.status_code == 422
    assert "“情况”填的是“on”：没有这个选项" in answer.text
    assert cadre.get(task).status_code == 200
