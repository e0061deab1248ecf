"""Notices on their boards: proved day by day, broken, mended, and what the journey does with it."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from engine.use_cases import publications, voting
from engine.use_cases.dossier import Dossier
from tests import photographs
from tests.district import District
from tests.noticing import BOARDS, CADRE, GRID, POSTED, ROOT, Posting
from tests.web.test_opinions import words


@pytest.fixture
def going(district: District) -> Posting:
    """The meeting notice and the roster posted on three boards."""
    return Posting.begin(district)


def shown(going: Posting, subject: str) -> publications.Publication:
    with going.district.opened.work("测试", going.district.clock.now) as work:
        found = publications.one(Dossier(work, going.district.library, 1), going.notices[subject])
    assert found is not None
    return found


def settle(going: Posting, day: int) -> str:
    """Try to end the publication of the roster as of that day; what the page says, empty when it was ended.

    The step opens when the days of the roster are over.
    """
    going.on(8)
    going.district.work_on(1)
    on = (POSTED + timedelta(day)).date().isoformat()
    answer = going.complete("settle_roster_objections", CADRE, {"settled_on": on})
    return "" if answer.status_code == 302 else answer.text


def test_a_notice_hangs_on_every_board_that_the_estate_keeps(going: Posting) -> None:
    page = going.person(GRID).get(f"{ROOT}/{going.notices['meeting']}").text
    assert all(name in page for name in BOARDS)
    assert "第 0 天 / 15 天" in page
    assert "2026-04-10 满期" in page
    overview = going.person("街道").get(ROOT).text
    assert "会议公告" in overview
    assert "业主名册公示" in overview
    assert "登记公告栏" not in overview


def test_three_photos_on_each_board_prove_that_it_hung_and_the_step_may_end(going: Posting) -> None:
    grid = going.person(GRID)
    going.round(grid, "roster")
    going.on(3)
    going.round(grid, "roster")
    early = settle(going, 6)
    assert "业主名册公示还不能结束" in early
    assert "公示到 2026-04-02 才满 7 天" in early
    assert "没有期满照片；请拍照登记" in settle(going, 8)
    going.round(grid, "roster")
    assert shown(going, "roster").whole == 3
    assert "全部满期" in grid.get(ROOT).text
    assert settle(going, 8) == ""
    ended = [event for event in going.district.log(1) if event["kind"] == "PublicationEnded"]
    assert [(one["subject"], one["boards"], one["whole"], one["restarted"]) for one in ended] == [("roster", 3, 3, 0)]


def test_one_photo_less_turns_it_red_and_two_witnesses_mend_it(going: Posting) -> None:
    grid, board = going.person(GRID), BOARDS[1]
    going.round(grid, "roster")
    going.on(3)
    going.round(grid, "roster", BOARDS[0], BOARDS[2])
    going.on(7)
    going.round(grid, "roster")
    page = grid.get(f"{ROOT}/{going.notices['roster']}").text
    assert f"<strong>{board}</strong>：缺中间照片，张贴没有证据" in page
    assert f"{board}：缺中间照片" in settle(going, 7)
    told = {"do": "WITNESSED", "on": "2026-03-29", "note": "李红"}
    assert "两名看到的人的姓名" in grid.post(going.board("roster", board), told).text
    told["note"] = "李红、王建在场，公告完整"
    assert grid.post(going.board("roster", board), told).status_code == 302
    assert settle(going, 7) == ""


def test_a_notice_that_was_gone_counts_anew_and_its_vote_may_not_open_too_early(going: Posting) -> None:
    grid, board = going.person(GRID), BOARDS[2]
    for subject in ("roster", "meeting"):
        going.round(grid, subject)
    going.on(3)
    going.round(grid, "roster")
    going.on(5)
    gone = {"do": "GONE", "on": "2026-03-31", "note": "李红巡查，公告被撕"}
    assert "请写明情况" in grid.post(going.board("meeting", board), {**gone, "note": ""}).text
    assert grid.post(going.board("meeting", board), gone).status_code == 302
    page = grid.get(going.board("meeting", board)).text
    assert "2026-03-31 发现公告不在，有据可查的只有 0 天，不满 15 天" in page
    assert "公示期从重新贴好那天起重新计算" in page
    going.on(7)
    going.round(grid, "roster")
    # the roster is whole, but the meeting notice is gone at one board
    said = settle(going, 7)
    assert f"会议公告还不能结束。{board}：2026-03-31 发现公告不在" in said
    assert grid.post(going.board("meeting", board), {"do": "AGAIN", "on": "2026-04-02", "note": ""}).status_code == 302
    found = shown(going, "meeting")
    assert (str(found.completed_on), str(found.end)) == ("2026-04-02", "2026-04-17")
    assert settle(going, 7) == ""
    with going.district.opened.work("测试", going.district.clock.now) as work:
        outcome = voting.opening(Dossier(work, going.district.library, 1))
    assert outcome.name == "PROCEDURE_FLAW"
    assert "2026-04-17" in str(outcome.figures)
    assert [one["until"] for one in going.district.log(1) if one["kind"] == "PostingSeen"][-1] == "2026-04-17"


def test_where_every_owner_was_reached_a_board_does_not_decide(going: Posting) -> None:
    cadre, board = going.person(CADRE), BOARDS[0]
    people = f"{ROOT}/{going.notices['meeting']}/people"
    units = " ".join(shown(going, "meeting").units)
    going.on(5)
    assert (
        cadre.post(going.board("meeting", board), {"do": "GONE", "on": "2026-03-31", "note": "被撕"}).status_code == 302
    )
    mail = {"to": "owners", "units": units, "mode": "REGISTERED_MAIL", "on": "2026-03-28"}
    refused = cadre.post(people, mail)
    assert refused.status_code == 422
    assert "没有写送达证明" in refused.text
    assert units.split()[0] in refused.text
    assert cadre.post(people, {**mail, "proof": "XA320400001CN"}).status_code == 302
    committee = {"to": "committee", "mode": "VISIT", "receiver": "郑洁", "on": "2026-03-27"}
    assert cadre.post(people, committee).status_code == 302
    found = shown(going, "meeting")
    assert (found.served, str(found.completed_on), found.committee_on) == (True, "2026-03-28", "2026-03-27")
    page = cadre.get(people).text
    assert f"{len(found.units)} / {len(found.units)} 户有送达记录，最后一户 2026-03-28" in page
    assert "郑洁" not in page
    assert "郑*" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"units": "9-9999"}, "名册里没有 9-9999"),
        ({"units": ""}, "没有写房号"),
        ({"on": "2026-03-25"}, "早于公告 2026-03-26"),
        ({"on": "2026-04-30"}, "晚于今天"),
        ({"mode": "DOOR"}, "没有选送达方式"),
        ({"receiver": ""}, "没有写签收人"),
    ],
)
def test_an_arrival_that_cannot_be_is_refused_and_keeps_what_was_typed(
    going: Posting, changed: dict[str, str], said: str
) -> None:
    unit = shown(going, "meeting").units[0]
    given = {"to": "owners", "units": unit, "mode": "VISIT", "receiver": "汪建春", "on": "2026-03-26", **changed}
    answer = going.person(CADRE).post(f"{ROOT}/{going.notices['meeting']}/people", given)
    assert (answer.status_code, said in answer.text) == (422, True), answer.text
    assert given["units"] in answer.text
    assert not shown(going, "meeting").arrivals


def test_a_photo_older_than_the_notice_or_used_before_is_refused_and_a_wrong_clock_is_flagged(going: Posting) -> None:
    grid, board = going.person(GRID), BOARDS[0]
    older = going.photograph(grid, "meeting", board, going.photo(POSTED - timedelta(1)))
    assert "照片摄于 2026-03-25，早于公告张贴的 2026-03-26，不能证明张贴" in older.text
    one = going.photo()
    assert going.photograph(grid, "meeting", board, one).status_code == 302
    again = going.photograph(grid, "meeting", BOARDS[1], one)
    assert f"这张照片已经登记为{board} 2026-03-26 的；同一张照片只能用一次" in again.text
    assert "没有选照片" in going.photograph(grid, "meeting", board, b"").text
    assert "不是照片" in going.photograph(grid, "meeting", board, b"<svg/>").text
    assert "这是 PDF" in going.photograph(grid, "meeting", board, b"%PDF-1.4 %%EOF").text
    ahead = going.photo(POSTED + timedelta(1))
    assert going.photograph(grid, "meeting", BOARDS[1], ahead).status_code == 302
    untold = photographs.photo(333, 240, taken="")
    assert going.photograph(grid, "meeting", BOARDS[2], untold).status_code == 302
    seen = {one.posting.name: [(each.on, each.doubt) for each in one.seen] for one in shown(going, "meeting").boards}
    assert seen == {
        BOARDS[0]: [("2026-03-26", "")],
        BOARDS[1]: [("2026-03-26", "照片的拍摄时间晚于收到的时间，手机时间不准，按收到的日期算")],
        BOARDS[2]: [("2026-03-26", "照片里没有拍摄时间，按收到的日期算")],
    }
    page = grid.get(going.board("meeting", BOARDS[0])).text
    address = page.split('<img src="')[1].split('"')[0]
    picture = grid.get(address)
    assert picture.data.startswith(b"\xff\xd8")
    assert b"GPS" not in picture.data
    assert grid.get(address.replace("/small", "/screen")).status_code == 200
    assert grid.get(address.replace(address.split("/")[6], "0" * 64)).status_code == 404
    assert going.district.browser_of("elsewhere").get(address).status_code == 404


def test_an_owner_objects_within_the_days_and_has_an_answer_before_they_end(going: Posting) -> None:
    grid = going.person(GRID)
    for day in (0, 3, 7):
        going.on(day)
        going.round(grid, "roster")
    voices, unit = f"{ROOT}/{going.notices['roster']}/voices", shown(going, "roster").units[3]
    said = {"matter": "OBJECTION", "unit_no": unit, "name": "汪建春", "content": "面积少了三平方米", "on": "2026-04-01"}
    assert "名册里没有“x”" in grid.post(voices, {**said, "unit_no": "x"}).text
    assert grid.post(voices, said).status_code == 302
    assert f"业主名册公示还有 1 条异议或询问没有答复（{unit}）" in settle(going, 7)
    page = grid.get(voices).text
    assert "汪建春" not in page
    assert "面积少了三平方米" in page
    voice = str(shown(going, "roster").voices[0].id)
    assert grid.post(voices, {"voice": voice, "answer": ""}).status_code == 422
    answered = {"voice": voice, "answer": "已对照登记簿更正"}
    assert "没有选这条异议成立不成立" in grid.post(voices, answered).text
    assert grid.post(voices, {**answered, "ruling": "UPHELD"}).status_code == 302
    assert "成立，面积和人数不变。" in grid.get(voices).text
    assert "已由" in grid.post(voices, {"voice": voice, "answer": "再答复一次"}).text
    assert settle(going, 7) == ""
    log = [event for event in going.district.log(1) if event["kind"] == "OwnerHeard"]
    assert [one["answered"] for one in log] == [False, True]
    assert "面积少了" not in str(log)


def test_boards_are_kept_once_each_and_may_be_given_up(going: Posting) -> None:
    cadre = going.person(CADRE)
    again = cadre.post(ROOT, {"boards": f"3 幢 1 单元\n{BOARDS[0]}"})
    assert again.status_code == 422
    assert f"{BOARDS[0]} 已经有了" in again.text
    assert "3 幢 1 单元" in again.text
    assert cadre.post(ROOT, {"do": "retire", "name": BOARDS[0]}).status_code == 302
    assert f"{BOARDS[0]} 不再使用" in cadre.get(ROOT).text
    assert cadre.post(ROOT, {"do": "retire", "name": BOARDS[0]}).status_code == 404
    assert cadre.post(ROOT, {"boards": BOARDS[0]}).status_code == 302
    assert going.person("会计审计").post(ROOT, {"boards": "x"}).status_code == 403


def test_the_paper_lists_every_board_with_its_days_and_photos(going: Posting) -> None:
    grid = going.person(GRID)
    going.round(grid, "roster")
    going.on(3)
    going.round(grid, "roster", BOARDS[0], BOARDS[1])
    going.on(8)
    going.round(grid, "roster")
    one, units = f"{ROOT}/{going.notices['roster']}", shown(going, "roster").units
    arrived = {"to": "owners", "units": units[0], "mode": "VISIT", "receiver": "汪建春", "on": "2026-03-28"}
    assert grid.post(f"{one}/people", arrived).status_code == 302
    told = {"matter": "QUESTION", "unit_no": units[1], "name": "汪建春", "content": "面积怎么算", "on": "2026-04-01"}
    assert grid.post(f"{one}/voices", told).status_code == 302
    answer = grid.post(f"{one}/proof", {})
    assert answer.location == "/papers/XQ0001-L-95-2026-001/view"
    assert grid.get(answer.location).status_code == 200
    said = words(grid.get("/papers/XQ0001-L-95-2026-001").data)
    for name, state in zip(BOARDS, ("满期", "满期", "缺少证据"), strict=True):
        assert f"{name}\n2026年3月26日\n2026年4月2日\n7\n{state}" in said
    assert "连续公示满期并有照片或者两人见证的有2处" in said
    assert "本说明还不能作为公示期满的证明" in said
    assert f"{BOARDS[2]}：缺中间照片，张贴没有证据" in said
    marks = [each.sha256[:16] for board in shown(going, "roster").boards for each in board.seen]
    assert len(marks) == 8
    with zipfile.ZipFile(BytesIO(grid.get("/papers/XQ0001-L-95-2026-001").data)) as paper:
        drawn = [paper.read(name) for name in paper.namelist() if re.fullmatch(r"word/media/photo\d+\.jpg", name)]
        body = paper.read("word/document.xml").decode()
    assert [content[:3] for content in drawn] == [b"\xff\xd8\xff"] * 8
    # board by board, day by day, and no mark is left where a photo stands
    assert re.findall(r'descr="照片([0-9a-f]{16})"', body) == marks
    assert "⟦" not in said
    assert "照片共8张，以下8张按公告栏和拍摄日期排列" in said
    assert all(mark in said for mark in marks)
    assert f"名册{len(units)}户中，有送达记录的1户，最后一户于2026年3月28日送达；居民委员会没有送达记录" in said
    assert f"询问\n{units[1]}\n2026年4月1日\n没有答复" in said
    assert "汪建春" not in said
    assert "面积怎么算" not in said
    told = {"do": "WITNESSED", "on": "2026-03-29", "note": "李红、王建在场，公告完整"}
    assert grid.post(going.board("roster", BOARDS[2]), told).status_code == 302
    later = words(grid.get(grid.post(f"{one}/proof", {}).location.removesuffix("/view")).data)
    assert "全部公告栏均已连续公示满7日" in later
    assert "李红、王建在场，公告完整" in later


def test_a_copy_of_a_photo_that_was_sent_on_is_the_same_photo(going: Posting) -> None:
    grid, one = going.person(GRID), photographs.scene(1)
    assert going.photograph(grid, "meeting", BOARDS[0], one).status_code == 302
    copied = going.photograph(grid, "meeting", BOARDS[1], photographs.sent_on(one))
    assert (copied.status_code, f"和{BOARDS[0]} 2026-03-26 的是同一张，压缩或转发过" in copied.text) == (422, True)
    # the same board from a step aside is a photo of its own
    assert going.photograph(grid, "meeting", BOARDS[1], photographs.scene(1, aside=24)).status_code == 302


def test_a_board_is_put_where_somebody_stands_and_only_where_it_is_kept(going: Posting) -> None:
    grid, board = going.person(GRID), going.board("meeting", BOARDS[0])
    page = f"{ROOT}/{going.notices['meeting']}"
    assert "data-at" not in grid.get(page).text
    assert "手机没有说明位置" in grid.post(board, {"do": "place", "latitude": "91", "longitude": "0"}).text
    there = {"do": "place", "latitude": "31.780100", "longitude": "119.946900"}
    assert grid.post(board, there).status_code == 302
    # a photo that tells where it was taken puts its board too
    assert going.photograph(grid, "meeting", BOARDS[2]).status_code == 302
    told = re.findall(r'data-at="([^"]+)"', grid.get(page).text)
    assert told == ["31.780100,119.946900", "31.780100,119.946900"]
    assert grid.post(ROOT, {"do": "retire", "name": BOARDS[1]}).status_code == 302
    assert "没有登记为公告栏" in grid.post(going.board("meeting", BOARDS[1]), there).text
    assert going.person("法律顾问").post(board, there).status_code == 403
