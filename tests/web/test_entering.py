"""Entering an estate in the browser: once for each form, with people who can see it."""

import re

from engine.use_cases import accounts
from tests.district import CASE, COMMUNITY, OTHER, PASSWORD, District


def _form(district: District, community: str = COMMUNITY) -> dict[str, str]:
    page = district.browser("街道").get("/estates/new").text
    node, once = re.search(rf'value="(\d+)">{community}<', page), re.search(r'name="once" value="([^"]+)"', page)
    assert node is not None
    assert once is not None
    people = {f"people.{lane}": person for lane, person in CASE.people.items()}
    return {"name": "桂语苑", "place": CASE.place, "node": node[1], "once": once[1], **people}


def test_a_form_sent_twice_enters_one_estate(district: District) -> None:
    street, given = district.browser("街道"), _form(district)
    assert street.post("/estates/new", given).location == "/estates/1"
    again = street.post("/estates/new", given)
    assert again.location == "/estates"
    page = street.get(again.location).text
    assert "已经提交过，没有重复登记" in page
    assert '小区 <span class="soft number">(1)</span>' in page


def test_nobody_is_given_a_lane_of_an_estate_that_lies_outside_their_scope(district: District) -> None:
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "district", "区里", PASSWORD, "钟楼区", ["区住建"])
    wide = district.browser_of("district")
    given = {**_form(district), "people.社区干部": "外人"}
    answer = wide.post("/estates/new", given)
    assert answer.status_code == 422
    assert "“外人”是别处的“社区干部”，看不到这个小区" in answer.text
    assert answer.text.count("看不到这个小区") == 2  # in the list of problems and beside the field
    given["people.区住建"] = "区里"
    given["people.社区干部"] = CASE.people["社区干部"]
    assert wide.post("/estates/new", given).status_code == 302
    assert OTHER not in wide.get("/estates").text


def test_nobody_is_given_two_lanes_that_must_be_apart(district: District) -> None:
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "both", "两头", PASSWORD, "钟楼区/永红街道", ["社区干部", "街道", "监察人"])
    street = district.browser("街道")
    answer = street.post("/estates/new", {**_form(district), "people.社区干部": "两头", "people.街道": "两头"})
    assert answer.status_code == 422
    assert "两头不能办理“街道”：在这个小区办“社区干部”的事：社区申请和自评" in answer.text
    assert "selected>两头<" in answer.text
    # a cadre may be supervisor: no pair names these two
    allowed = {**_form(district), "people.社区干部": "两头", "people.监察人": "两头"}
    assert street.post("/estates/new", allowed).status_code == 302
