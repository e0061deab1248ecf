"""Scanned ballots: heaps in any order, each page filed by its code, what cannot be settled by a person, shown blind."""

import io
import random
import re
from typing import Any

import pytest
import sqlalchemy as sa

from engine import pages
from engine.ballot_scanning import BallotScanner
from engine.rules.ballot_life import State
from engine.rules.ballot_scan import Verdict
from engine.store import ballot_scans, disclosures, registers, tables
from engine.store.ballot_scans import Page
from engine.use_cases import ballot_entry, ballots, voting
from tests.ballot_heaps import heap, printed_code, sheet
from tests.district import Browser, District
from tests.voting import BODY, CADRE, COUNTING, GRID, Voting

ROOT = "/estates/1/ballots"
MARKS = {f"mark-{no}": "1" for no in range(1, 9)}


@pytest.fixture
def going(district: District) -> Voting:
    """The reference estate with its 151 ballots printed, on a day of its vote; 1 to 4 are back."""
    made = Voting.begin(district)
    for serial in (1, 2, 3, 4):
        made.out_and_back(serial)
    return made


def codes(going: Voting, *serials: int) -> list[str]:
    with going.district.opened.work("测试", going.district.clock.now) as work:
        return [printed_code(work, serial) for serial in serials]


def sent(browser: Browser, *files: tuple[bytes, str]) -> Any:
    given = {"files": [(io.BytesIO(content), name) for content, name in files]}
    answer = browser.post(f"{ROOT}/scans", given, f"{ROOT}/scans")
    # a large upload lies in a temporary file, which the test client leaves to be collected
    answer.request.environ["wsgi.input"].close()
    return answer


def look(district: District) -> None:
    """Look at every page that waits."""
    scanner = BallotScanner(district.opened, district.library)
    while scanner.round(district.clock.now):
        pass


def found(district: District, batch: int = 1) -> list[Page]:
    with district.opened.work("测试", district.clock.now) as work:
        return ballot_scans.pages(work, batch)


def settle(browser: Browser, no: int, **given: str) -> Any:
    return browser.post(f"{ROOT}/scans/1/{no}", given, f"{ROOT}/scans/1")


@pytest.mark.skipif(not pages.available(), reason="没有 poppler-utils")
def test_a_heap_in_any_order_is_filed_by_its_codes_and_what_is_not_ours_is_told_with_its_reason(
    district: District, going: Voting
) -> None:
    seed, other = random.Random(1), district.enter("邻苑")
    with district.opened.work("测试", district.clock.now) as work:
        paper = {"estate_id": other, "number": "XQ0002-D-47-2026-001", "kind": "ballot", "title": "表决票"}
        work.insert(tables.document, [{**paper, "token": "b" * 26}])
        elsewhere = (registers.ballot.c.serial == 151) & (registers.ballot.c.estate_id == 1)
        work.execute(sa.update(registers.ballot).where(elsewhere).values(meeting=-1))
    with going.at_work(GRID) as vote:
        ballots.replace(vote, 6, {"reason": "污损"})
    one, two, three, five, spoiled, earlier = codes(going, 1, 2, 3, 5, 6, 151)
    forged = re.sub(r"#3\.", "#4.", three)
    sheets = [
        sheet([three], seed), sheet([one], seed, turned=180), sheet([], seed, lines=0), sheet([two], seed, turned=90),
        sheet([five], seed), sheet([], seed), sheet([one], seed), sheet([f"https://x.cn/v/{'b' * 26}#3.1"], seed),
        sheet([earlier], seed), sheet([forged], seed), sheet([spoiled], seed), sheet([one, two], seed),
        sheet(["https://example.cn/menu"], seed),
    ]  # fmt: skip
    grid = district.browser("网格员")
    answer = sent(grid, (heap(sheets), "整叠.pdf"))
    assert answer.location == f"{ROOT}/scans/1"
    assert "已看 0 / 13 页" in grid.get(answer.location).text
    look(district)
    filed, twice, foreign = Verdict.FILED, Verdict.TWICE, Verdict.FOREIGN
    assert [(page.verdict, page.serial) for page in found(district)] == [
        (filed, 3), (filed, 1), (Verdict.BLANK, 0), (filed, 2), (filed, 5), (Verdict.UNREADABLE, 0), (twice, 1),
        (foreign, 0), (foreign, 0), (foreign, 0), (foreign, 6), (Verdict.UNREADABLE, 0), (foreign, 0),
    ]  # fmt: skip
    shown = grid.get(f"{ROOT}/scans/1").text
    for said in (
        "第 000005 号票还没有登记收回；请看着票面登记谁签的名", "没有读到二维码；请看着图输入票号",
        "第 000001 号票已有扫描件（第 1 批第 2 张）；同一号只计一张，可能是复印件", "这是另一个小区的表决票",
        "第 000151 号票是另一次会议的", "查询码却不是这一号的：不是我们印的票", "第 000006 号票已经作废换发",
        "一页上有第 000001、000002 号票的二维码", "不是表决票的票号，也不是票上的二维码",
    ):  # fmt: skip
        assert said in shown, said
    assert "8 张等您处理" in grid.get(f"{ROOT}/scans").text
    assert "000004" in grid.get(f"{ROOT}/scans").text  # is back, and was not scanned
    assert [event["kind"] for event in district.log(1)][-1] == "BallotsScanned"


def test_what_could_not_be_read_is_filed_by_a_person_and_a_second_with_its_serial_is_told_apart(
    district: District, going: Voting
) -> None:
    seed = random.Random(2)
    [one] = codes(going, 1)
    photos = [(sheet(held, seed), "photo.jpg") for held in ([one], [], [one], [one], [])]
    grid = district.browser("网格员")
    sent(grid, *photos)
    look(district)
    assert grid.get(f"{ROOT}/scans/1/2.jpg").data[:2] == b"\xff\xd8"
    with district.opened.work("测试", district.clock.now) as work:
        kept = [work.files.read(one) for page in found(district) for one in (page.source, page.picture) if one]
    assert [content for content in kept if content.startswith(b"\xff\xd8")] == []  # is sealed
    assert grid.get(f"{ROOT}/scans/1/1.jpg").status_code == 404  # is filed: it is seen by whoever enters it
    for typed, said in (("", "没有写票号"), ("一号", "没有写票号"), ("400", "第 000400 号"), ("000400", "没有")):
        answer = settle(grid, 2, do="assign", serial=typed)
        assert (answer.status_code, said in answer.text) == (422, True), typed
    assert 'value="000400"' in settle(grid, 2, do="assign", serial="000400").text
    assert settle(grid, 2, do="assign", serial="000002").status_code == 302
    assert settle(grid, 2, do="assign", serial="3").status_code == 422
    assert settle(grid, 5, do="assign", serial="1").status_code == 302
    assert found(district)[4].verdict is Verdict.TWICE
    assert grid.get(f"{ROOT}/scans/1/3/first.jpg").data[:2] == b"\xff\xd8"
    assert "没有写情况" in settle(grid, 3, do="copy", note=" ").text
    assert settle(grid, 3, do="copy", note="黑白复印，夹在票箱里").status_code == 302
    assert settle(grid, 4, do="instead").status_code == 302
    assert settle(grid, 5, do="leaf").status_code == 302
    filed = [(page.no, page.serial, page.side) for page in found(district) if page.verdict is Verdict.FILED]
    assert filed == [(2, 2, 1), (4, 1, 1), (5, 1, 2)]
    assert "又收到 1 张同号的" in grid.get(f"{ROOT}/register?state=unentered").text
    with going.at_work() as vote:
        lines = [line.what for line in ballots.page(vote, 1).history]
    assert lines == ["DELIVERED", "TAKEN", "SCANNED", "DUPLICATE", "SCANNED", "SCANNED"]
    assert "都归好了" in grid.get(f"{ROOT}/scans/1").text


def test_a_scan_is_seen_only_by_whoever_has_that_ballot_to_enter_or_to_decide_on(
    district: District, going: Voting
) -> None:
    cadre, grid, body, adviser = (district.browser(lane) for lane in (CADRE, GRID, BODY, "法律顾问"))
    sent(
        cadre,
        *((sheet([held], random.Random(serial)), f"{serial}.jpg") for serial, held in enumerate(codes(going, 1, 2))),
    )
    look(district)
    scan = f"{ROOT}/1/scan/1.jpg"
    shown = cadre.get(f"{ROOT}/entry").text
    assert f'src="{scan}"' in shown
    assert f'data-ahead="{ROOT}/2/scan/1.jpg ' in shown
    assert cadre.get(scan).headers["Cache-Control"] == "private, max-age=120"
    assert adviser.get(scan).status_code == 403
    assert "上传并归票" not in adviser.get(f"{ROOT}/scans").text
    cadre.post(f"{ROOT}/entry", {"serial": "1", **MARKS}, f"{ROOT}/entry")
    assert cadre.get(scan).status_code == 403
    grid.post(f"{ROOT}/entry", {"serial": "1", **MARKS, "mark-7": "2"}, f"{ROOT}/entry")
    assert going.states()[1] == State.DISPUTED
    assert [one.get(scan).status_code for one in (cadre, grid, body)] == [403, 403, 200]
    for _ in range(2):
        assert f'src="{scan}"' in body.get(f"{ROOT}/disputes").text
    with district.opened.work("测试", district.clock.now) as work:
        noted, _ = disclosures.of_estate(work, 1, 1, "第 000001 号票")
    assert [(one.actor, one.purpose) for one in noted] == [(going.member(BODY).name, "裁定两次录入")]
    assert scan not in grid.get(f"{ROOT}/disputes").text
    with going.at_work(BODY) as vote:
        ballot_entry.rule(vote, 1, "1 1 1 1 1 1 2 1", "原票清楚")
    assert body.get(scan).status_code == 403


def test_after_the_count_a_picture_stands_beside_what_was_entered_for_a_purpose_that_is_noted(
    district: District,
) -> None:
    district.replay("announce_result")
    district.clock.now = COUNTING
    going, cadre = Voting(district), district.browser(CADRE)
    [held] = codes(going, 1)
    sent(cadre, (sheet([held], random.Random(8)), "1.jpg"))
    look(district)
    assert [page.verdict for page in found(district)] == [Verdict.FILED]
    shown = "data:image/jpeg;base64,"
    assert cadre.get(f"{ROOT}/1/scan/1.jpg").status_code == 403  # nobody has it to enter any more
    assert shown not in cadre.post(f"{ROOT}/1/marks", {"purpose": "好奇"}, f"{ROOT}/1").text
    asked = {"purpose": "处理对计票的异议"}
    assert shown in cadre.post(f"{ROOT}/1/marks", asked, f"{ROOT}/1").text
    assert "没有扫描件；请对照封存的原票" in cadre.post(f"{ROOT}/2/marks", asked, f"{ROOT}/2").text
    with district.opened.work("测试", district.clock.now) as work:
        noted, _ = disclosures.of_estate(work, 1, 1, "第 000001 号票")
    assert [(one.actor, one.purpose) for one in noted] == [(going.member(CADRE).name, "处理对计票的异议")]


def test_ballots_that_were_scanned_are_opened_so_that_the_vote_is_not_extended(
    district: District, going: Voting
) -> None:
    with going.at_work() as vote:
        assert not voting.opened(vote.dossier)
    sent(district.browser(CADRE), (sheet([], random.Random(3)), "1.jpg"))
    with going.at_work() as vote:
        assert voting.opened(vote.dossier)


@pytest.mark.parametrize(
    "content, name, said",
    [(b"", "空.pdf", "没有选择文件"), (b"%PDF-1.4 broken", "坏.pdf", "“坏.pdf”"), (b"GIF89a", "图.gif", "不是照片")],
)
def test_a_file_that_is_no_scan_is_refused_by_its_name_and_nothing_is_kept(
    content: bytes, name: str, said: str, district: District, going: Voting
) -> None:
    answer = sent(district.browser(CADRE), (content, name))
    assert answer.status_code == 422
    assert said in answer.text
    assert found(district) == []
