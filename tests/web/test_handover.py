"""The handover on the pages: items with photos, three signatures of a group, and nothing lost between two phones."""

import io
import re
from typing import Any

import pytest

from tests import photographs
from tests.district import Browser, District

ROOT = "/estates/1/handover"
KEYS, SEALS = f"{ROOT}/groups/6", f"{ROOT}/groups/17"
ITEM = {
    "do": "item", "name": "小区专用章", "state": "GOOD", "qty": "1", "unit": "枚", "location": "物业办公室",
    "given_by": "原经理", "received_by": "新经理", "witness": "街道老李", "on": "2026-07-01",
}  # fmt: skip


@pytest.fixture
def going(district: District) -> District:
    """The reference estate on the day its handover list is to be written."""
    district.replay("handover_items")
    return district


def post(browser: Browser, address: str, **given: Any) -> Any:
    return browser.post(address, given)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def test_an_item_is_entered_photographed_and_changed_on_the_page(going: District) -> None:
    body = going.browser("业委会/物管会")
    today = going.clock.now.date().isoformat()
    assert post(body, SEALS, **{**ITEM, "on": today}).status_code == 302
    page = body.get(SEALS).text
    item, revision = hidden(page, "item"), hidden(page, "revision")
    photo = (io.BytesIO(photographs.photo()), "章.jpg")
    given = {**ITEM, "on": today, "item": item, "revision": revision, "state": "MISSING", "photos": photo}
    refused = post(body, SEALS, **given)
    assert (refused.status_code, "请写补交、整改的安排" in refused.text) == (422, True)
    photo = (io.BytesIO(photographs.photo()), "章.jpg")
    assert post(body, SEALS, **{**given, "photos": photo, "missing_plan": "三日内补交"}).status_code == 302
    page = body.get(SEALS).text
    assert "照片 1 张" in page
    assert "缺失" in page
    picture = re.search(r'src="(/photos/\d+/small)"', page)
    assert picture is not None
    assert body.get(picture[1]).mimetype == "image/jpeg"
    assert '<span class="tag old">缺失 1</span>' in body.get(ROOT).text
    assert [event["kind"] for event in going.log(1)[-2:]] == ["HandoverItemChanged"] * 2


def test_of_two_phones_that_change_one_item_the_second_is_told_and_keeps_what_was_typed(going: District) -> None:
    body, company = going.browser("业委会/物管会"), going.browser("物业企业")
    today = going.clock.now.date().isoformat()
    post(body, SEALS, **{**ITEM, "on": today})
    page = body.get(SEALS).text
    known = {**ITEM, "on": today, "item": hidden(page, "item"), "revision": hidden(page, "revision")}
    assert post(company, SEALS, **{**known, "remark": "章面磨损"}).status_code == 302
    late = post(body, SEALS, **{**known, "location": "消控室柜子"})
    assert late.status_code == 422
    assert "“小区专用章”刚被别人改过" in late.text
    assert 'value="消控室柜子"' in late.text
    assert 'value="章面磨损"' in company.get(SEALS).text
    again = {**known, "location": "消控室柜子", "revision": hidden(late.text, "revision")}
    assert post(body, SEALS, **again).status_code == 302


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": " "}, "没有填写移交项目名称"),
        ({"state": ""}, "状态应为"),
        ({"on": "2031-01-01"}, "晚于今天"),
        ({"on": "七月一日"}, "不是日期"),
        ({"qty": "-1"}, "是负数"),
        ({"remark": "长" * 501}, "太长了"),
        ({"item": "999999", "revision": "0"}, None),
    ],
)
def test_a_wrong_item_is_refused_and_what_was_typed_stays(going: District, given: dict[str, str], said: str) -> None:
    body = going.browser("业委会/物管会")
    today = going.clock.now.date().isoformat()
    answer = post(body, SEALS, **{**ITEM, "on": today, **given})
    if said is None:
        assert answer.status_code == 404
        return
    assert (answer.status_code, said in answer.text) == (422, True)
    assert 'value="物业办公室"' in answer.text
    assert "还没有登记" in body.get(SEALS).text


def test_three_sign_a_group_and_a_change_makes_their_signatures_lapse(going: District) -> None:
    body, street = going.browser("业委会/物管会"), going.browser("街道")
    today = going.clock.now.date().isoformat()
    post(body, SEALS, **{**ITEM, "on": today})
    content = hidden(body.get(SEALS).text, "content")
    for side, name in (("GIVER", "原经理"), ("TAKER", "新经理"), ("WITNESS", "街道老李")):
        signing = {"do": "sign", "side": side, "name": name, "on": today, "content": content}
        assert post(street, SEALS, **signing).status_code == 302, side
    assert "✓ 签齐" in body.get(ROOT).text
    page = body.get(SEALS).text
    known = {**ITEM, "on": today, "item": hidden(page, "item"), "revision": hidden(page, "revision")}
    assert post(body, SEALS, **{**known, "qty": "2"}).status_code == 302
    assert "签后改过" in body.get(ROOT).text
    stale = {"do": "sign", "side": "GIVER", "name": "原经理", "on": today, "content": content}
    assert "这一组的内容刚被改过" in post(street, SEALS, **stale).text
    sheet = {"sheet": (io.BytesIO("类别,名称,状态\n印章,另一枚,完好\n".encode()), "l.csv"), "do": "enter"}
    answer = body.post("/estates/1/registers/handover_items", sheet)
    assert (answer.status_code, "不能再用整张表覆盖" in answer.text) == (422, True)


def test_whoever_has_signed_the_whole_list_is_recorded_once_for_every_group(district: District) -> None:
    district.replay("inspect_and_list")
    body, today = district.browser("业委会/物管会"), district.clock.now.date().isoformat()
    page = body.get(ROOT).text
    signing = {"side": "GIVER", "name": "原经理", "on": today, "content": hidden(page, "content")}
    assert post(body, ROOT, **{**signing, "side": ""}).status_code == 422
    assert post(body, ROOT, **{**signing, "content": "0" * 64}).status_code == 422
    assert post(body, ROOT, **signing).status_code == 302
    page = body.get(ROOT).text
    # a group that lacks something says so beside its signatures
    assert (page.count("已签 1 / 3"), page.count('tag old">缺失 1<')) == (20, 1)
    again = post(body, ROOT, **signing)
    assert (again.status_code, "没有要签的组" in again.text) == (422, True)
    twice = post(body, ROOT, **{**signing, "side": "TAKER"})
    assert (twice.status_code, "应是三个人" in twice.text) == (422, True)


def test_a_refusal_needs_two_named_witnesses_who_are_no_party(going: District) -> None:
    body = going.browser("业委会/物管会")
    today = going.clock.now.date().isoformat()
    post(body, SEALS, **{**ITEM, "on": today})
    content = hidden(body.get(SEALS).text, "content")
    refusal = {
        "do": "sign", "side": "GIVER", "name": "原经理", "on": today, "content": content, "refused": "是",
        "reason": "7 月 1 日上午在办公室说“不认”，离开", "witness1": "社区小王",
    }  # fmt: skip
    answer = post(body, SEALS, **refusal)
    assert (answer.status_code, "要有 2 位在场见证人" in answer.text) == (422, True)
    assert 'value="社区小王"' in answer.text
    assert post(body, SEALS, **{**refusal, "witness2": "业主老陈"}).status_code == 302
    page = body.get(SEALS).text
    assert "见证：社区小王、业主老陈" in page
    assert going.log(1)[-1]["refused"] is True
    unlisted = post(body, KEYS, **{**refusal, "witness2": "业主老陈"})
    assert (unlisted.status_code, "还没有登记任何一项" in unlisted.text) == (422, True)


def test_who_does_not_write_the_list_or_comes_from_elsewhere_is_refused(going: District) -> None:
    assert post(going.browser("法律顾问"), SEALS, **ITEM).status_code == 403
    assert post(going.browser("街道"), SEALS, **ITEM).status_code == 403
    assert going.browser_of("elsewhere").get(SEALS).status_code == 404
    assert going.browser("街道").get(f"{ROOT}/groups/21").status_code == 404
    assert going.browser("街道").get(f"{ROOT}/groups/0").status_code == 404
