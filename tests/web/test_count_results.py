"""What came of a vote: both bases and every reading on one page, and what ``daoru tally`` counts again to the same."""

import csv
import io
import json
import re
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
import sqlalchemy as sa

from engine.rules import tally_question
from engine.store import disclosures, signed_copies, tables, views, votes
from engine.use_cases import ballot_entry, counting
from tests.district import Browser, District
from tests.voting import BODY, CADRE, COUNTING, SUPERVISOR, Voting

ROOT = "/estates/1/ballots"
ALL_FOR = "1 1 1 1 1 1 1 1"
COUNSEL = "法律顾问"


@pytest.fixture
def counted(district: District) -> Voting:
    """The reference estate's vote after its count."""
    district.replay("announce_result")
    district.clock.now = COUNTING
    return Voting(district)


def taken(browser: Browser, purpose: str = "复核计票") -> Any:
    return browser.post(f"{ROOT}/count.json", {"purpose": purpose}, f"{ROOT}/result")


def test_the_result_shows_both_bases_of_each_item_and_the_readings(counted: Voting) -> None:
    page = counted.district.browser("区住建").get(f"{ROOT}/result").text
    assert page.count('<h2><span class="number">') == 8
    assert page.count("精确分数和口径") == 8
    with counted.at_work() as vote:
        first = counting.envelopes(vote.dossier)[0].count
    for share in (first.participating, first.approving):
        assert f"{share.persons} / " in page
        assert f"{share.area // 100}.{share.area % 100:02d} / " in page
    assert "每一种的结果都相同" in page or "没有会影响结果的口径争议" in page
    assert "逐票数据的用途" not in page
    assert "逐票数据的用途" in counted.district.browser(COUNSEL).get(f"{ROOT}/result").text


def test_the_result_says_what_shows_that_counters_and_scrutineers_signed(counted: Voting) -> None:
    district = counted.district

    def says(what: str) -> bool:
        return what in district.browser(BODY).get(f"{ROOT}/result").text

    def file_copy(version: int) -> None:
        """A scan of the count sheet, as it is once somebody filed it."""
        document, copy = tables.document, signed_copies.signed_copy
        of = (document.c.estate_id == 1) & (document.c.kind == "count_sheet")
        with district.opened.work("测试", district.clock.now) as work:
            key = work.connection.execute(sa.select(sa.func.max(document.c.id)).where(of)).scalar_one()
            given = {"document_id": key, "version": version, "sha256": "0" * 64, "status": signed_copies.FILED}
            work.insert(copy, [{**given, "brought_at": work.at, "brought_by": "周敏"}])

    assert says("没有凭据")
    file_copy(0)  # of an earlier version
    assert says("没有凭据")
    file_copy(1)
    assert says("计票统计表（双口径）的签署件已归档")


def test_before_the_count_there_is_no_result_and_nothing_to_take(district: District) -> None:
    going = Voting.begin(district)
    going.out_and_back(1)
    cadre = district.browser(CADRE)
    assert "还没有计票" in cadre.get(f"{ROOT}/result").text
    assert cadre.get(f"{ROOT}/count.xlsx").status_code == 422
    assert taken(cadre).status_code == 422


def test_what_is_taken_out_is_counted_by_the_tally_to_the_very_items_of_the_count(counted: Voting) -> None:
    district = counted.district
    # some owners leave an item blank, as their area decides under another reading
    with counted.at_work() as vote:
        dossier = vote.dossier
        for one in [one for one in dossier.ballot_returns if counting.said(dossier, one) == ALL_FOR][:30]:
            votes.change(dossier.work, votes.returned(one.ballot_id, one.no), ALL_FOR, "4" + ALL_FOR[1:])
    sent = taken(district.browser(COUNSEL))
    assert sent.status_code == 200
    asked = json.loads(sent.data)
    told = tally_question.answer(asked)["items"]
    with counted.at_work() as vote:
        found = counting.envelopes(vote.dossier)
        owners = {owner.name for unit in vote.dossier.roster.units for owner in unit.owners}
        numbers = {unit.unit_no for unit in vote.dossier.roster.units}
        serials = [counted.units()[serial] for serial in sorted(counted.units())]
    assert isinstance(told, list)
    assert [(item["outcome"], item["status"], item["questions"]) for item in told] == [
        (one.count.outcome, one.status, list(one.questions)) for one in found
    ]
    assert "CONTESTED" in {one.status for one in found}
    for item, one in zip(told, found, strict=True):
        for name in ("total", "participating", "approving", "against", "abstaining"):
            share = getattr(one.count, name)
            assert (item[f"{name}_area"], item[f"{name}_persons"]) == (
                f"{share.area // 100}.{share.area % 100:02d}", share.persons,
            )  # fmt: skip
        assert len(item["deciding"]) == len(one.deciding)
    # nothing in it names anybody, and its order is not that of the serials
    text = sent.data.decode()
    assert not any(name in text for name in owners)
    assert not any(f'"{number}"' in text for number in numbers)
    areas = [unit["area"] for unit in asked["units"]]
    assert len(areas) == len(serials)
    assert areas != sorted(areas)


def test_each_ballot_leaves_for_whom_it_belongs_to_for_a_purpose_and_on_record(counted: Voting) -> None:
    district = counted.district
    for lane in ("网格员", "业委会/物管会", "物业企业", "区住建"):
        assert taken(district.browser(lane)).status_code == 403, lane
    counsel = district.browser(COUNSEL)
    assert "没有选择用途" in taken(counsel, "好奇").text
    assert taken(counsel, "出具法律意见").status_code == 200
    assert taken(district.browser(SUPERVISOR)).status_code == 200
    with district.opened.work("测试", district.clock.now) as work:
        table = disclosures.disclosure
        chosen = sa.select(table.c.actor, table.c.kind, table.c.subject, table.c.purpose).order_by(table.c.id)
        looks = [tuple(row) for row in work.connection.execute(chosen)]
    assert looks == [
        (counted.member(COUNSEL).name, "表决", "逐票数据 126 张", "出具法律意见"),
        (counted.member(SUPERVISOR).name, "表决", "逐票数据 126 张", "复核计票"),
    ]


def test_each_ballot_leaves_as_a_sheet_too_masked_and_numbered(counted: Voting) -> None:
    district, counsel, purpose = counted.district, counted.district.browser(COUNSEL), {"purpose": "出具法律意见"}
    asked = json.loads(taken(counsel, "出具法律意见").data)
    book = counsel.post(f"{ROOT}/count.json", {**purpose, "form": "xlsx"}, f"{ROOT}/result")
    plain = counsel.post(f"{ROOT}/count.json", {**purpose, "form": "csv"}, f"{ROOT}/result")
    (note,), headings, *rows = csv.reader(io.StringIO(plain.data.decode("utf-8-sig")))
    assert headings == ["房号代号", "面积（㎡）", *(f"事项{no}" for no in range(1, 9))]
    assert sorted(rows) == sorted(
        [one["unit_no"], next(unit["area"] for unit in asked["units"] if unit["unit_no"] == one["unit_no"]),
         *(ballot_entry.MARKS[mark] for mark in one["marks"])] for one in asked["ballots"]
    )  # fmt: skip
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).active
    assert [list(row) for row in sheet.iter_rows(values_only=True)][2:] == rows
    with counted.at_work() as vote:
        words = {owner.name for unit in vote.dossier.roster.units for owner in unit.owners}
        words |= {unit.unit_no for unit in vote.dossier.roster.units}
    assert not words & {cell for row in rows for cell in row}
    number = re.search(r"DC\d{8}-\d{6}", note)
    assert number is not None
    assert number[0] in unquote(plain.headers["Content-Disposition"])
    with district.opened.work("测试", district.clock.now) as work:
        left = work.connection.execute(sa.select(views.export.c.what, views.export.c.rows)).all()
    assert [tuple(one) for one in left] == [("votes", 126), ("votes", 126)]
    wrong = counsel.post(f"{ROOT}/count.json", {**purpose, "form": "pdf"}, f"{ROOT}/result")
    assert (wrong.status_code, "没有选择格式" in wrong.text) == (422, True)
    assert counsel.post(f"{ROOT}/count.json", {"purpose": "", "form": "csv"}, f"{ROOT}/result").status_code == 422


def test_the_count_leaves_as_a_workbook_of_sums_and_on_record(counted: Voting) -> None:
    district = counted.district
    assert district.browser("网格员").get(f"{ROOT}/count.xlsx").status_code == 403
    sent = district.browser("街道").get(f"{ROOT}/count.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(sent.data)).active
    _, headings, *rows = sheet.iter_rows(values_only=True)
    with counted.at_work() as vote:
        found = counting.envelopes(vote.dossier)
    told = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [(row["参与人数"], row["同意人数"], row["同意面积（㎡）"]) for row in told] == [
        (one.count.participating.persons, one.count.approving.persons,
         f"{one.count.approving.area // 100}.{one.count.approving.area % 100:02d}") for one in found
    ]  # fmt: skip
    with district.opened.work("测试", district.clock.now) as work:
        whats = work.connection.execute(sa.select(views.export.c.what)).scalars().all()
    assert whats == ["count"]


def test_which_ballots_decide_a_contested_item_is_told_for_a_purpose_alone(counted: Voting) -> None:
    with counted.at_work() as vote:
        dossier = vote.dossier
        blank = [one for one in dossier.ballot_returns if counting.said(dossier, one) == ALL_FOR][:30]
        for one in blank:
            votes.change(dossier.work, votes.returned(one.ballot_id, one.no), ALL_FOR, "4" + ALL_FOR[1:])
        unit_of = {ballot.id: ballot.unit_no for ballot in dossier.ballots}
    some = unit_of[blank[0].ballot_id]
    counsel = counted.district.browser(COUNSEL)
    page = counsel.get(f"{ROOT}/result").text
    assert "涉及 30 户" in page
    assert some not in page
    assert "没有选择用途" in counsel.post(f"{ROOT}/result", {}).text
    assert some in counsel.post(f"{ROOT}/result", {"purpose": "出具法律意见"}).text
    assert counted.district.browser("街道").post(f"{ROOT}/result", {"purpose": "出具法律意见"}).status_code == 403
