"""Ballots in a browser: out and back on a phone, and entered twice by keys to the very result of ``daoru tally``."""

import random
from datetime import timedelta
from typing import Any

from playwright.sync_api import Browser, Page

from engine.ballot_scanning import BallotScanner
from engine.rules.ballot_life import State
from engine.use_cases import counting
from tests.ballot_heaps import printed_code, sheet
from tests.browser.test_desk import DESK, PHONE, narrow, signed_in
from tests.district import District
from tests.voting import BODY, CADRE, GRID, ITEMS, Voting, returned, tallied


def test_a_ballot_goes_to_the_door_and_comes_back_on_a_phone(chromium: Browser, district: District, pages: str) -> None:
    going = Voting.begin(district)
    page = signed_in(chromium, pages, GRID, PHONE)
    page.goto(f"{pages}/estates/1/ballots/issue")
    page.fill("#serials", "1-30")
    page.fill("#person", "吴倩")
    page.click("button:has-text('领出')")
    page.wait_for_selector("[role=status]:has-text('已登记领出 30 张')")
    narrow(page)
    page.click("a.serial:has-text('000012')")
    page.wait_for_selector("h1:has-text('第 000012 号票')")
    narrow(page)
    page.fill("#deliver-receiver", "业主")
    page.click("button:has-text('登记送达')")
    page.wait_for_selector("[role=status]:has-text('已登记送达')")
    page.click("button:has-text('登记收回')")
    page.wait_for_selector("[role=status]:has-text('已登记收回')")
    narrow(page)
    # the code of the next one, as a scanner types it
    page.fill("#code", "13")
    page.press("#code", "Enter")
    page.wait_for_selector("h1:has-text('第 000013 号票')")
    for there in ("", "/register", "/entry", "/disputes"):
        page.goto(f"{pages}/estates/1/ballots{there}")
        narrow(page)
    assert (going.states()[12], going.states()[13]) == (State.RETURNED, State.ISSUED)


def test_the_code_of_a_ballot_leads_whoever_is_signed_in_to_that_ballot(
    chromium: Browser, district: District, pages: str
) -> None:
    Voting.begin(district)
    with district.opened.work("测试", district.clock.now) as work:
        token = work.connection.exec_driver_sql("SELECT token FROM document WHERE kind = 'ballot'").scalar_one()
    owner = chromium.new_page(locale="zh-CN")
    owner.goto(f"{pages}/v/{token}#12")
    owner.wait_for_selector("a:has-text('登记第 000012 号票')")
    page = signed_in(chromium, pages, GRID, PHONE)
    page.goto(f"{pages}/v/{token}#12")
    page.wait_for_selector("h1:has-text('第 000012 号票')")
    assert "/v/" in owner.url


def test_a_heap_is_scanned_and_its_ballots_are_entered_beside_their_scans(
    chromium: Browser, district: District, pages: str
) -> None:
    going, seed = Voting.begin(district), random.Random(5)
    for serial in (1, 2, 3):
        going.out_and_back(serial)
    with district.opened.work("测试", district.clock.now) as work:
        codes = [printed_code(work, serial) for serial in (1, 2, 3)]
    sheets = [sheet([codes[2]], seed), sheet([codes[0]], seed, turned=180), sheet([], seed), sheet([codes[0]], seed)]
    phone = signed_in(chromium, pages, GRID, PHONE)
    phone.goto(f"{pages}/estates/1/ballots/scans")
    narrow(phone)
    files: list[Any] = [{"name": f"{no}.jpg", "mimeType": "image/jpeg", "buffer": one} for no, one in enumerate(sheets)]
    phone.set_input_files("#files", files)
    phone.click("button:has-text('上传并归票')")
    scanner = BallotScanner(district.opened, district.library)
    while scanner.round(district.clock.now):
        pass
    phone.wait_for_selector("h2:has-text('读不出票号')")
    narrow(phone)
    phone.fill("#serial-3", "2")
    phone.click("button:has-text('归到这一号')")
    phone.wait_for_selector("[role=status]:has-text('已归到第 000002 号票')")
    phone.click("button:has-text('扫了两次')")
    phone.wait_for_selector("[role=status]:has-text('改用这一张')")
    phone.goto(f"{pages}/estates/1/ballots/entry")
    phone.wait_for_selector("[data-scan] img")
    narrow(phone)
    desk = signed_in(chromium, pages, CADRE, DESK)
    desk.goto(f"{pages}/estates/1/ballots/scans")
    desk.goto(f"{pages}/estates/1/ballots/scans/1")
    desk.goto(f"{pages}/estates/1/ballots/entry")
    desk.wait_for_function("() => document.querySelector('[data-scan] img').naturalWidth > 0")
    narrow(desk)
    for key in ("+", "r", "1", "1", "2"):
        desk.keyboard.press(key)
    picture = desk.locator("[data-scan] img")
    assert "150%" in (picture.get_attribute("style") or "")
    assert desk.locator(".mark-row input:checked").count() == 3
    for key in ("1", "1", "1", "1", "1", "Enter"):
        desk.keyboard.press(key)
    desk.wait_for_selector("h2:has-text('第 000002 号')")
    assert desk.locator("[role=status]:has-text('第 000001 号已录入')").count()


def _key_in(page: Page, pages: str, votes: dict[int, list[int]]) -> int:
    """Enter by keys whatever the page asks for, until nothing is left; returns the keystrokes of the last one."""
    page.goto(f"{pages}/estates/1/ballots/entry")
    strokes = 0
    while page.locator("form[data-entry]").count():
        serial = int(page.input_value("form[data-entry] [name=serial]"))
        keys = [*map(str, votes[serial]), "Enter"]
        for key in keys[:-1]:
            page.keyboard.press(key)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        strokes = len(keys)
    return strokes


def test_ballots_entered_twice_by_keys_come_to_the_result_of_the_tally(
    chromium: Browser, district: District, pages: str
) -> None:
    going = Voting.begin(district)
    unit_of, cast = going.units(), returned()
    votes = {serial: cast[unit] for serial, unit in unit_of.items() if unit in cast}
    for serial in votes:
        going.out_and_back(serial)
    first, second = (signed_in(chromium, pages, lane, DESK) for lane in (CADRE, GRID))
    wrong = min(votes)
    strokes = _key_in(first, pages, votes)
    # one ballot is read otherwise by the second
    assert strokes == len(ITEMS) + 1
    _key_in(second, pages, {**votes, wrong: [2, *votes[wrong][1:]]})
    assert going.states()[wrong] == State.DISPUTED
    arbiter = signed_in(chromium, pages, BODY, DESK)
    arbiter.goto(f"{pages}/estates/1/ballots/disputes")
    arbiter.check(f"fieldset.differs input[value='{votes[wrong][0]}']")
    arbiter.fill("[name=reason]", "原票第一项勾在同意")
    arbiter.click("button:has-text('裁定')")
    arbiter.wait_for_selector("[role=status]:has-text('已裁定')")
    assert {going.states()[serial] for serial in votes} == {State.RECONCILED}
    district.clock.now += timedelta(days=1)
    with going.at_work() as vote:
        found = [envelope.count.figures() for envelope in counting.envelopes(vote.dossier)]
    told = tallied(cast)
    names = ("participating", "approving", "against", "abstaining")
    for ours, theirs in zip(found, told["items"], strict=True):
        assert ours["outcome"] == theirs["outcome"]
        for name in names:
            assert ours[f"{name}_persons"] == theirs[f"{name}_persons"]
            assert f"{ours[f'{name}_area'] // 100}.{ours[f'{name}_area'] % 100:02d}" == theirs[f"{name}_area"]
