"""151 ballots on phones, from the hand that carries them to the result that ``daoru tally`` gives.

Three go by hand, the others as a cadre really enters them: by sheets, each one recorded act.
"""

import csv
import io
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from engine import cli
from engine.rules.ballot_life import State
from engine.use_cases import counting
from tests.browser.filling import fill
from tests.browser.test_desk import PHONE, narrow, signed_in
from tests.district import CASE, District
from tests.voting import BODY, CADRE, CASES, GRID, SUPERVISOR, Voting, returned, tallied

BY_HAND = (1, 2, 3)
VOTE = "estates/1/ballots"
PARTS = {"HOST": "周敏", "CALLER": "陆小芳", "COUNTER": "蒋德胜", "SCRUTINEER": "方志明、罗静"}
NAMED = {"counters": "陆小芳、蒋德胜", "scrutineers": "方志明、罗静"}


class Round:
    """Everybody's phone on one day of the vote."""

    def __init__(self, chromium: Browser, pages: str, district: District) -> None:
        self.chromium, self.pages, self.district = chromium, pages, district
        self.phones: dict[str, Page] = {}

    def day(self, month: int, day: int) -> None:
        """Another day: what waits is done, and everybody signs in anew."""
        self.district.clock.now = datetime(2026, month, day, 2, tzinfo=UTC)
        self.district.work_on(1)
        while self.phones:
            self.phones.popitem()[1].close()

    def at(self, lane: str, address: str) -> Page:
        """The phone of whoever holds that lane, at a page."""
        if lane not in self.phones:
            self.phones[lane] = signed_in(self.chromium, self.pages, lane, PHONE)
        page = self.phones[lane]
        page.goto(f"{self.pages}/{address}")
        narrow(page)
        return page

    def done(self, lane: str, task: str, **answers: str) -> None:
        """Do a step of the journey as the case answers it."""
        step = next(step for step in CASE.steps if step.task == task)
        step, form = replace(step, answers={**step.answers, **answers}), self.district.library.form(task)
        page = self.at(lane, "")
        page.click(f".row-link:has-text('{form.title}')")
        page.wait_for_selector(f"h1:has-text('{form.title}')")
        fill(page, step, form)
        narrow(page)
        page.click("button:has-text('提交')")
        page.wait_for_selector(".flash:has-text('已提交')")
        self.district.work_on(1)

    def sheet(self, lane: str, what: str, rows: list[dict[str, str]]) -> None:
        """Hand in a sheet."""
        page, told = self.at(lane, f"estates/1/registers/{what}"), io.StringIO()
        written = csv.DictWriter(told, rows[0])
        written.writeheader()
        written.writerows(rows)
        file: Any = {"name": f"{what}.csv", "mimeType": "text/csv", "buffer": told.getvalue().encode()}
        page.set_input_files("#sheet", file)
        page.click("button:has-text('上传')")
        page.click(f"button:has-text('登记这 {len(rows)} 行')")
        page.wait_for_selector("[role=status]")


def _rows(name: str, without: set[str]) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8-sig") as file:
        return [row for row in csv.DictReader(file) if row["unit_no"] not in without]


def _enter(page: Page, marks: Mapping[int, list[int]]) -> None:
    """Enter the ballots that the page asks for, by tapping."""
    for _ in marks:
        serial = int(page.input_value("form[data-entry] [name=serial]"))
        for no, mark in enumerate(marks[serial], 1):
            page.check(f"[name=mark-{no}][value='{mark}']")
        narrow(page)
        page.click("button:has-text('录入，下一张')")
        page.wait_for_selector("[role=status]:has-text('已录入')")


def test_151_ballots_are_carried_out_brought_back_entered_twice_and_counted_on_phones(
    chromium: Browser,
    district: District,
    pages: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    going, round_ = Voting.begin(district), Round(chromium, pages, district)
    _carried_out(round_, going)
    _brought_back_and_read_twice(round_, going)
    _counted(round_)
    taken = _taken_from_the_result(round_)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(taken)))
    assert cli.main(["tally"]) == 0
    again = json.loads(capsys.readouterr().out)["items"]
    with going.at_work() as vote:
        ours = [found.count.figures() for found in counting.envelopes(vote.dossier)]
    for found, *told in zip(ours, again, tallied(returned())["items"], strict=True):
        for other in told:
            _same(found, other)


def _carried_out(round_: Round, going: Voting) -> None:
    """All are given out; three are delivered and come back by hand, the others are delivered by a sheet."""
    round_.day(4, 16)
    page = round_.at(GRID, f"{VOTE}/issue")
    page.fill("#serials", "1-151")
    page.fill("#person", "吴倩")
    page.click("button:has-text('领出')")
    page.wait_for_selector("[role=status]:has-text('已登记领出 151 张')")
    for serial in BY_HAND:
        page = round_.at(GRID, f"{VOTE}/{serial}")
        page.fill("#deliver-receiver", "业主")
        page.click("button:has-text('登记送达')")
        page.click("button:has-text('登记收回')")
        page.wait_for_selector("[role=status]:has-text('已登记收回')")
    round_.sheet(GRID, "deliveries", _rows("reference-deliveries.csv", _by_hand(going)))
    round_.done(GRID, "deliver_ballots", finished_on="2026-04-16")


def _by_hand(going: Voting) -> set[str]:
    units = going.units()
    return {units[serial] for serial in BY_HAND}


def _brought_back_and_read_twice(round_: Round, going: Voting) -> None:
    """The others come back by a sheet; the three are read by two people who do not see each other's reading."""
    round_.day(4, 25)
    round_.sheet(CADRE, "ballots", _rows("reference-ballots.csv", _by_hand(going)))
    round_.day(4, 26)
    round_.done(BODY, "check_participation")
    round_.day(4, 29)
    round_.done(CADRE, "close_voting")
    cast, unit_of = returned(), going.units()
    votes = {serial: cast[unit_of[serial]] for serial in BY_HAND}
    for lane in (CADRE, GRID):
        _enter(round_.at(lane, f"{VOTE}/entry"), votes)
    assert sum(state == State.RECONCILED for state in going.states().values()) == len(cast) == 126


def _counted(round_: Round) -> None:
    """A session is held, each ballot may be called from the wall, everybody signs, and the votes are counted."""
    page = round_.at(CADRE, f"{VOTE}/count")
    for part, names in PARTS.items():
        page.fill(f"#open-{part}", names)
    page.click("button:has-text('开始计票')")
    page.click("a:has-text('唱票大屏')")
    page.wait_for_selector("h1:has-text('第 000001 号')")
    narrow(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('第 000002 号')")
    page.click("a:has-text('回到计票现场')")
    for box, papers in (("东门票箱", "70"), ("西门票箱", "56")):
        page.fill("#box-label", box)
        page.fill("#box-papers", papers)
        page.click("button:has-text('登记这一箱')")
        page.wait_for_selector(f"tr:has-text('{box}')")
    page.click("summary:has-text('结束现场')")
    page.click("button:has-text('结束，准备签字')")
    page = round_.at(SUPERVISOR, f"{VOTE}/count")
    for box in page.locator("[name^='sign-']").all():
        box.check()
    page.click("button:has-text('登记签字')")
    page.wait_for_selector("[role=status]:has-text('已登记签字')")
    round_.done(BODY, "count_votes", **NAMED)


def _taken_from_the_result(round_: Round) -> bytes:
    """What the result's page gives out to be counted again."""
    page = round_.at(CADRE, f"{VOTE}/result")
    assert page.locator("h2:has-text('✓ 通过')").count() == 8
    page.select_option("#take-purpose", "复核计票")
    with page.expect_download() as download:
        page.click("button:has-text('导出逐票数据')")
    return download.value.path().read_bytes()


def _same(found: dict[str, Any], other: dict[str, Any]) -> None:
    assert found["outcome"] == other["outcome"] == "PASSED"
    for name in ("participating", "approving", "against", "abstaining"):
        area = found[f"{name}_area"]
        assert found[f"{name}_persons"] == other[f"{name}_persons"]
        assert f"{area // 100}.{area % 100:02d}" == other[f"{name}_area"]
