"""Missing items on the pages: demand, street and evidence follow each other by date, each a paper with its articles."""

import io
import re
from datetime import timedelta
from typing import Any

import docx
import pytest
import sqlalchemy as sa

from engine.store import tables
from tests.district import Browser, District

ROOT = "/estates/1/handover/gaps"


@pytest.fixture
def going(district: District) -> District:
    """The reference estate once its list, with one thing missing, is entered."""
    district.replay("inspect_and_list")
    return district


def post(browser: Browser, **given: Any) -> Any:
    return browser.post(ROOT, given)


def paper(browser: Browser, page: str, kind: str) -> str:
    """The words of the paper of that code."""
    number = max(re.findall(rf"/papers/(XQ0001-{kind}-[0-9-]+)", page))
    found = docx.Document(io.BytesIO(browser.get(f"/papers/{number}").data))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in found.paragraphs), *cells])


def test_a_missing_item_climbs_from_demand_to_street_to_evidence_by_date(going: District) -> None:
    body = going.browser("业委会/物管会")
    early = post(body, do="REPORT")
    assert (early.status_code, "请先走完上一步" in early.text) == (422, True)
    assert post(body, do="DEMAND").status_code == 302
    page = body.get(ROOT).text
    demand = paper(body, page, "L-92")
    said = ("常顺物业", "房屋质量保证书与使用说明书", "《物业管理条例》第二十九条、第五十八条", "2026年7月26日以前")
    assert [one for one in said if one not in demand] == []
    again = post(body, do="DEMAND")
    assert again.status_code == 422
    going.clock.now += timedelta(days=7)
    body = going.browser("业委会/物管会")
    waits = post(body, do="REPORT")
    assert (waits.status_code, "2026-07-27 起可以出具" in waits.text) == (422, True)
    going.clock.now += timedelta(days=1)
    body = going.browser("业委会/物管会")
    assert post(body, do="REPORT").status_code == 302
    report = paper(body, body.get(ROOT).text, "L-93")
    assert "已经书面催告（XQ0001-L-92-2026-001，2026年7月19日）" in report
    going.clock.now += timedelta(days=16)
    body = going.browser("业委会/物管会")
    assert post(body, do="EVIDENCE").status_code == 302
    evidence = paper(body, body.get(ROOT).text, "L-94")
    assert "应退合计 140000.00 元，140 户；原企业没有确认" in evidence
    assert "2026年7月19日查明缺失；2026年7月19日催告函；2026年7月27日报街道" in evidence
    assert [one["kind"] for one in going.log(1)[-3:]] == ["HandoverGapsPursued"] * 3


def test_what_was_handed_over_after_all_is_pursued_no_further(going: District) -> None:
    company = going.browser("物业企业")
    page = company.get(ROOT).text
    item = page.split('name="item" value="')[1].split('"')[0]
    today = going.clock.now.date().isoformat()
    for given, said in (
        ({"note": " ", "on": today}, "没有写怎样补交"),
        ({"note": "原件", "on": "2026-07-18"}, "早于查明缺失的日期"),
        ({"note": "原件", "on": "2026-07-20"}, "晚于今天"),
        ({"note": "原件", "on": today, "item": "9999"}, "不在缺项里"),
    ):
        answer = post(company, do="good", **{"item": item, **given})
        assert (answer.status_code, said in answer.text) == (422, True), said
    assert post(company, do="good", item=item, on=today, note="韩志刚交丁宁，原件一册").status_code == 302
    assert "补交</span>" in company.get(ROOT).text
    nothing = post(going.browser("业委会/物管会"), do="DEMAND")
    assert nothing.status_code == 422


def test_who_does_not_write_letters_is_refused(going: District) -> None:
    assert post(going.browser("物业企业"), do="DEMAND").status_code == 403
    assert post(going.browser("街道"), do="good").status_code == 403
    assert going.browser_of("elsewhere").get(ROOT).status_code == 404
    assert "由业委会/物管会、社区干部出具" in going.browser("街道").get(ROOT).text


def test_the_closing_of_what_was_left_is_filled_in_from_what_was_handed_over_after_all(district: District) -> None:
    district.replay("close_outstanding_items")
    company = district.browser("物业企业")
    item = company.get(ROOT).text.split('name="item" value="')[1].split('"')[0]
    today = district.clock.now.date().isoformat()
    assert post(company, do="good", item=item, on=today, note="韩志刚交丁宁，原件一册").status_code == 302
    with district.opened.work("测试", district.clock.now) as work:
        named = sa.select(tables.task.c.id, tables.task.c.lane).where(tables.task.c.name == "close_outstanding_items")
        task, lane = work.connection.execute(named).one()
    page = district.browser(lane).get(f"/tasks/{task}").text
    assert "取自交接确认书的遗留事项和登记的补交" in page
    assert 'value="房屋质量保证书与使用说明书"' in page
    assert 'value="室内消火栓"' in page
    assert "韩志刚交丁宁，原件一册" in page
