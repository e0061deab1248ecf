"""The ledger of prepaid fees on the pages: from the old company's sheet to an account that can be settled."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from engine.store import tables
from tests.district import CASE, Browser, District, posted

ROOT = "/estates/1/handover/prepaid"
CASES = Path(__file__).parents[1] / "cases"
HEADINGS = ("房间号", "业主姓名", "预收金额（元）", "预交月数", "剩余月数")


@pytest.fixture
def going(district: District) -> District:
    """The reference estate before its prepaid fees are listed."""
    district.replay("prepaid")
    return district


def rows() -> list[tuple[str, ...]]:
    with (CASES / "reference-prepaid.csv").open() as file:
        return [
            (row["unit_no"], "某人", row["amount"], row["months_paid"], row["months_left"])
            for row in csv.DictReader(file)
        ]


def workbook(listed: list[tuple[str, ...]]) -> tuple[io.BytesIO, str]:
    made, content = openpyxl.Workbook(), io.BytesIO()
    for row in (HEADINGS, *listed):
        made.active.append(row)
    made.save(content)
    return io.BytesIO(content.getvalue()), "预收明细.xlsx"


def post(browser: Browser, **given: Any) -> Any:
    return browser.post(ROOT, given)


def taken_in(going: District) -> Browser:
    accountant = going.browser("会计审计")
    assert post(accountant, do="sheet", sheet=workbook(rows())).status_code == 302
    return accountant


def content(page: str) -> str:
    found = re.search(r'name="content" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def placing(page: str, **given: Any) -> dict[str, Any]:
    """All rows of a page, as a browser posts them ticked."""
    revisions = dict(re.findall(r'name="(rev-\d+)" value="(\d+)"', page))
    return {"do": "place", "unit": [name.removeprefix("rev-") for name in revisions], **revisions, **given}


def test_a_sheet_of_the_old_company_is_read_in_and_its_names_are_not_kept(going: District) -> None:
    accountant = taken_in(going)
    page = accountant.get(ROOT).text
    assert "140,000.00" in page
    assert "没有用到、也不保存的列：业主姓名" in page
    assert "某人" not in accountant.get(ROOT).text.replace("业主姓名", "")
    assert going.log(1)[-1]["kind"] == "PrepaidFeesListed"


def test_a_sheet_with_faults_is_refused_row_by_row_and_changes_nothing(going: District) -> None:
    listed = [
        ("9-9999", "甲", "100", "12", "8"),
        ("1-0101", "甲", "100", "12", "13"),
        ("1-0102", "甲", "一百", "1", "1"),
    ]
    answer = post(going.browser("会计审计"), do="sheet", sheet=workbook(listed))
    assert answer.status_code == 422
    for said in ("第 2 行：名册里没有“9-9999”", "第 3 行：剩余 13 个月", "第 4 行：金额“一百”"):
        assert said in answer.text
    assert "台账还没有登记" in going.browser("会计审计").get(ROOT).text
    nothing = post(going.browser("会计审计"), do="sheet")
    assert (nothing.status_code, "没有选择表格" in nothing.text) == (422, True)


def test_what_the_company_states_otherwise_is_shown_by_building_and_bars_the_close(going: District) -> None:
    accountant = taken_in(going)
    page = accountant.get(ROOT).text
    buildings = len(re.findall(r'name="building-\d+"', page))
    stated = {f"building-{place}": "0" for place in range(buildings)} | {"building-0": "139999.99"}
    given = {"do": "acknowledge", "content": content(page), "total": "139999.99", "units": str(len(rows()))}
    given |= {**stated, "name": "原经理", "on": going.clock.now.date().isoformat()}
    odd = post(accountant, **{**given, "total": "140000.00"})
    assert (odd.status_code, "分幢相加是 139999.99 元" in odd.text) == (422, True)
    assert post(accountant, **given).status_code == 302
    page = accountant.get(ROOT).text
    assert "✕ 139,999.99" in page
    assert "合计按户相加 140000.00 元，原企业确认 139999.99 元" in page


def test_the_accounts_are_not_settled_before_each_unit_has_a_disposition_and_the_units_are_named(
    going: District,
) -> None:
    accountant = taken_in(going)
    step = next(one for one in CASE.steps if one.task == "inspect_and_list")
    task = going_on(going, "inspect_and_list", step)
    settle = next(one for one in CASE.steps if one.task == "settle_accounts")
    answer = accountant.post(f"/tasks/{task}", {"do": "complete", **_plain(settle)})
    assert answer.status_code == 422
    assert "户应退的预收费没有去向：1-0101" in answer.text, re.findall(r"<li><a href[^>]*>([^<]+)", answer.text)[:5]
    page = accountant.get(ROOT).text
    unproved = post(accountant, **placing(page, disposition="TRANSFERRED", done_on="2026-07-19", voucher=" "))
    assert (unproved.status_code, "没有写凭证" in unproved.text) == (422, True)
    while 'name="unit"' in (page := accountant.get(ROOT).text):
        given = placing(page, disposition="TRANSFERRED", done_on="2026-07-19", voucher="回单 8831")
        assert post(accountant, **given).status_code == 302
    stale = post(accountant, **{**given, "show": "all"})
    assert (stale.status_code, "刚被别人改过" in stale.text) == (422, True)
    assert "✓ 每一户都有去向" in accountant.get(ROOT).text
    answer = accountant.post(f"/tasks/{task}", {"do": "complete", **_plain(settle)})
    assert answer.status_code == 302, re.findall(r'class="wrong"[^>]*>([^<]+)', answer.text)


def _plain(step: Any) -> dict[str, Any]:
    """The answers of a step as its form posts them, without files."""
    given = {key: value for key, value in posted(step.answers).items() if "=file" not in str(value)}
    return {key: step.on.isoformat() if value == "=on" else value for key, value in given.items()}


def going_on(going: District, name: str, step: Any) -> int:
    """Complete that step on its page, let the papers be made, and name the task that is open then."""
    given = _plain(step)
    answer = going.browser("物业企业").post(f"/tasks/{opened(going, name)}", {"do": "complete", **given})
    assert answer.status_code == 302, re.findall(r'class="wrong"[^>]*>([^<]+)', answer.text)
    going.work_on(1)
    return opened(going, "settle_accounts")


def opened(going: District, name: str) -> int:
    """The open task of that name."""
    with going.opened.work("测试", going.clock.now) as work:
        found = sa.select(tables.task.c.id).where((tables.task.c.name == name) & (tables.task.c.status == "open"))
        return int(work.connection.execute(found).scalar_one())


def test_units_are_shown_to_whom_they_belong_and_each_look_is_noted(going: District) -> None:
    taken_in(going)
    street = going.browser("街道").get(ROOT)
    assert "1-0101" not in street.text
    assert "逐户的欠费和预交费只给" in street.text
    assert "1-0101" in going.browser("会计审计").get(ROOT).text
    with going.opened.work("测试", going.clock.now) as work:
        looks = work.connection.exec_driver_sql("SELECT subject FROM disclosure WHERE purpose = '清算费用'").fetchall()
    assert looks[-1][0].startswith("预收费 1-0101 至 ")
    assert post(going.browser("街道"), do="place").status_code == 403
