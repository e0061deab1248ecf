"""The ballots of a vote: each serial in one place, what comes from elsewhere turned away, entered twice and blind."""

import hashlib
import json
import random
import re
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted
from engine.rules import ballot_life
from engine.rules.ballot_life import State
from engine.spreadsheets import read_content
from engine.store import disclosures, documents, registers, tables, template_versions
from engine.use_cases import ballot_amending, ballot_entry, ballots, counting, registering, voting
from tests.district import Browser, District
from tests.documents import contracts, word
from tests.voting import BODY, CADRE, CASES, COUNTING, GRID, SUPERVISOR, Voting, returned

ALL_FOR, ONE_AGAINST = "1 1 1 1 1 1 1 1", "1 1 1 1 1 1 2 1"
ROOT = "/estates/1/ballots"


@pytest.fixture
def going(district: District) -> Voting:
    """The reference estate with its 151 ballots printed, on a day of its vote."""
    return Voting.begin(district)


def marked(text: str, serial: int) -> dict[str, Any]:
    return {"serial": serial, **{f"mark-{no}": mark for no, mark in enumerate(text.split(), 1)}}


def post(browser: Browser, address: str, given: dict[str, Any]) -> Any:
    return browser.post(f"{ROOT}{address}", given, f"{ROOT}/find?code=")


def test_a_ballot_is_given_out_delivered_and_taken_back_on_the_pages(district: District, going: Voting) -> None:
    grid = district.browser("网格员")
    assert post(grid, "/issue", {"do": "issue", "serials": "1-3、7", "person": "吴倩"}).status_code == 302
    assert [serial for serial, state in going.states().items() if state == State.ISSUED] == [1, 2, 3, 7]
    assert "领出还没有送达的" in grid.get(f"{ROOT}/issue").text
    page = grid.get(f"{ROOT}/1").text
    assert "登记送达" in page
    delivered = {"do": "deliver", "mode": "VISIT", "receiver": "汪建春", "on": "2026-04-14"}
    assert post(grid, "/1", delivered).status_code == 302
    assert "已经登记送达；污损、遗失的请换发" in post(grid, "/1", delivered).text
    assert "登记收回" in grid.get(f"{ROOT}/1").text
    stranger = {"do": "take", "signed": "是", "signed_by": "路人甲", "on": "2026-04-15"}
    assert "请在“签名人是”里选他是谁" in post(grid, "/1", stranger).text
    assert "不在表决期" in post(grid, "/1", {"do": "take", "signed": "是", "on": "2026-04-12"}).text
    assert post(grid, "/1", {"do": "take", "signed": "是", "on": "2026-04-15"}).status_code == 302
    assert going.states()[1] == State.RETURNED
    assert post(grid, "/2", {"do": "refuse", "note": "4 月 15 日晚，郑洁在场，不愿收"}).status_code == 302
    assert post(grid, "/issue", {"do": "back", "serials": "2 3"}).status_code == 302
    assert going.states()[2] == State.IN_HAND
    overview = grid.get(ROOT).text
    assert "✓ 印制 = 在手 + 在外 + 收回 + 作废换发 + 作废" in overview
    assert "赞成" in overview  # only to say that it is not shown
    assert "按面积" in overview
    assert "按第 1 版业主名册计票，2026-" in overview
    assert "民法典 278 ¶2、1259" in overview
    register = grid.get(f"{ROOT}/register?state=unentered").text
    assert register.count('class="row-link"') == 1
    assert "录入 0 / 2" in re.sub(r"<[^>]+>", "", register)
    everything = grid.get(f"{ROOT}/register").text
    assert everything.count('class="row-link"') == 50
    assert "第 1 / 4 页" in everything


def test_the_code_of_a_ballot_opens_its_page_and_one_from_elsewhere_is_turned_away(
    district: District, going: Voting
) -> None:
    other = district.enter("邻苑")
    with district.opened.work("测试", district.clock.now) as work:
        tokens = sa.select(tables.document.c.token).where(tables.document.c.kind == "ballot")
        token = work.connection.execute(tokens).scalar_one()
        paper = {"estate_id": other, "number": "XQ0002-D-23-2026-001", "kind": "ballot", "title": "表决票"}
        work.insert(tables.document, [{**paper, "token": "b" * 26}])
        elsewhere = (registers.ballot.c.serial == 151) & (registers.ballot.c.estate_id == 1)
        work.execute(sa.update(registers.ballot).where(elsewhere).values(meeting=-1))
    grid = district.browser("网格员")
    assert grid.get(f"/ballots/{token}/12").location == f"{ROOT}/12"
    assert grid.get(f"/ballots/{token}").location == ROOT
    assert f'data-ballots="/ballots/{token}"' in grid.get(f"/v/{token}").text
    assert grid.get(f"/ballots/{'a' * 26}/12").status_code == 404
    assert grid.get(f"{ROOT}/find?code=https://daoru.example.cn/v/{token}%2312").location == f"{ROOT}/12"
    assert grid.get(f"{ROOT}/find?code=000012").location == f"{ROOT}/12"
    before = going.states()
    for code, said in (
        (f"{'b' * 26}%2312", "另一个小区的表决票"),
        ("151", "另一次会议的，本次表决不收"),
        (f"{'c' * 26}%2312", "不是表决票上的"),
        ("厨房", "不是表决票的票号"),
        (token, "二维码里没有票号"),
    ):
        answer = grid.get(f"{ROOT}/find?code={code}")
        assert (answer.status_code, said in answer.text) == (422, True), code
    assert grid.get(f"{ROOT}/152").status_code == 404
    outsider = district.browser_of("elsewhere")
    assert outsider.get(f"/ballots/{token}/12").status_code == 404
    assert going.states() == before


def test_a_photocopy_is_turned_away_and_kept_on_record(district: District, going: Voting) -> None:
    going.out_and_back(5)
    grid = district.browser("网格员")
    again = post(grid, "/5", {"do": "take", "signed": "是", "on": "2026-04-16"})
    assert again.status_code == 422
    assert "第 000005 号票已经收回，等待录入" in again.text
    assert post(grid, "/5", {"do": "double", "note": "复印件，夹在票箱里"}).status_code == 302
    assert "又收到 1 张同号的" in grid.get(f"{ROOT}/register?state=unentered").text
    assert going.states()[5] == State.RETURNED
    assert district.log(1)[-1]["kind"] == "BallotDoubled"


def test_a_unit_sold_after_the_freeze_is_flagged_and_the_new_owner_votes(district: District, going: Voting) -> None:
    rows = read_content("roster.csv", (CASES / "reference-roster.csv").read_bytes())
    sold = going.units()[9]
    changed = [
        type(row)({**row, "产权人": "新业主甲", "证件号": "320404199901010019"}, row.sheet, row.number)
        if row["房号"] == sold
        else row
        for row in rows
    ]
    with district.opened.work(going.member(CADRE).name, district.clock.now) as work:
        registering.enter(work, district.library, 1, "roster", changed, b"k")
    grid = district.browser("网格员")
    with going.at_work(GRID) as vote:
        ballots.deliver(vote, 9, {"mode": "VISIT", "receiver": "新业主甲"})
    assert "名册冻结以后换了业主，现为 新**" in grid.get(f"{ROOT}/9").text
    came = {"do": "take", "signed": "是", "signed_by": "新业主甲", "on": "2026-04-16"}
    refused = post(grid, "/9", came)
    assert "在名册冻结后换了业主：由新业主表决" in refused.text
    assert going.states()[9] == State.DELIVERED
    assert post(grid, "/9", {**came, "note": "不动产权证 2026-04-10 登记"}).status_code == 302
    with going.at_work() as vote:
        [back] = vote.dossier.ballot_returns
        assert (back.cast_by, back.settled) == ("OWNER", False)
        took = min(count.participating.area for count in counting.took_part(vote.dossier))
        assert took == vote.dossier.electorate.units[sold].area


def test_two_people_enter_a_ballot_and_neither_sees_the_other_or_whose_it_is(district: District, going: Voting) -> None:
    going.out_and_back(1)
    going.out_and_back(2)
    unit = going.units()[1]
    cadre, grid = district.browser("社区干部"), district.browser("网格员")
    for first in (True, False):
        shown = (cadre if first else grid).get(f"{ROOT}/entry").text
        assert "第 000001 号" in shown
        assert unit not in shown
        assert "checked" not in shown
        if first:
            answer = post(cadre, "/entry", marked(ONE_AGAINST, 1))
            assert answer.location.endswith("/entry?after=1")
            after = cadre.get(answer.location).text
            assert f"第 000001 号已录入：{unit}，" in after
            assert "第 000002 号" in after
            same = post(cadre, "/entry", marked(ALL_FOR, 1))
            assert same.status_code == 422
            assert "第二遍须由另一人录入" in same.text
    assert going.states()[1] == State.ENTERED
    left_out = {**marked(ONE_AGAINST, 1), "mark-4": ""}
    kept = post(grid, "/entry", left_out).text
    assert "第 4 项没有选" in kept
    assert kept.count(" checked") == 7
    assert post(grid, "/entry", marked(ONE_AGAINST, 1)).status_code == 302
    assert going.states()[1] == State.RECONCILED
    with going.at_work() as vote:
        first, second = vote.dossier.ballot_returns
        assert (counting.said(vote.dossier, first), second.settled) == (ONE_AGAINST, False)
    assert district.browser("法律顾问").get(f"{ROOT}/entry").text.count("data-entry") == 0
    assert post(district.browser("法律顾问"), "/entry", marked(ALL_FOR, 2)).status_code == 403


def test_entries_that_differ_wait_for_a_third_person_who_decides_with_a_reason(
    district: District, going: Voting
) -> None:
    going.out_and_back(1)
    cadre, grid, body = (district.browser(lane) for lane in (CADRE, GRID, BODY))
    post(cadre, "/entry", marked(ALL_FOR, 1))
    post(grid, "/entry", marked(ONE_AGAINST, 1))
    assert going.states()[1] == State.DISPUTED
    for entrant in (cadre, grid):
        shown = entrant.get(f"{ROOT}/disputes").text
        assert "须由第三人裁定" in shown
        assert "第一遍" not in shown
        assert post(entrant, "/disputes", {**marked(ALL_FOR, 1), "reason": "我看过"}).status_code == 422
    shown = body.get(f"{ROOT}/disputes").text
    assert "第一遍" in shown
    assert going.units()[1] not in shown
    wrong = post(body, "/disputes", marked(ONE_AGAINST, 1))
    assert "没有写裁定理由" in wrong.text
    ruled = {**marked(ONE_AGAINST, 1), "reason": "第七项勾在反对，原票清楚"}
    assert post(body, "/disputes", ruled).status_code == 302
    assert going.states()[1] == State.RECONCILED
    with going.at_work() as vote:
        assert counting.said(vote.dossier, vote.dossier.ballot_returns[0]) == ONE_AGAINST
    assert [event["kind"] for event in district.log(1)[-2:]] == ["BallotDisputed", "BallotRuled"]
    assert "1 1 1" not in json.dumps(district.log(1)[-4:])


def test_a_ballot_that_was_entered_wrongly_is_corrected_by_the_arbiter(district: District, going: Voting) -> None:
    going.out_and_back(1)
    for lane in (CADRE, GRID):
        with going.at_work(lane) as vote:
            ballot_entry.enter(vote, 1, ALL_FOR)
    grid, supervisor = district.browser("网格员"), district.browser(SUPERVISOR)
    assert post(grid, "/1", {"do": "object", "note": "第七项原票勾在反对"}).status_code == 302
    assert going.states()[1] == State.OBJECTED
    assert "第七项原票勾在反对" in supervisor.get(f"{ROOT}/disputes").text
    assert post(supervisor, "/disputes", {**marked(ONE_AGAINST, 1), "reason": "核对原票属实"}).status_code == 302
    with going.at_work() as vote:
        assert counting.said(vote.dossier, vote.dossier.ballot_returns[0]) == ONE_AGAINST


def test_of_two_who_act_on_one_serial_at_once_the_second_is_refused(going: Voting) -> None:
    going.out_and_back(1)
    opened, now = going.district.opened, going.district.clock.now
    given = {"mode": "VISIT", "receiver": "业主"}
    races: list[tuple[int, Any, Any]] = [
        (2, lambda vote: ballots.deliver(vote, 2, given), lambda vote: ballots.deliver(vote, 2, given)),
        (3, lambda vote: ballots.issue(vote, "3", "甲"), lambda vote: ballots.deliver(vote, 3, given)),
        (1, lambda vote: ballot_entry.enter(vote, 1, ALL_FOR), lambda vote: ballot_entry.enter(vote, 1, ALL_FOR)),
    ]
    for _, first, second in races:
        with pytest.raises(Conflict), opened.work(going.member(GRID).name, now) as late:
            second(going.vote(late, GRID))
            with opened.work(going.member(CADRE).name, now) as early:
                first(going.vote(early, CADRE))
    assert [going.states()[serial] for serial, _, _ in races] == [State.DELIVERED, State.ISSUED, State.ENTERED]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_tried_each_serial_stays_in_one_class_and_none_is_lost(going: Voting, seed: int) -> None:
    dice = random.Random(seed)
    tried = {
        "issue": lambda vote, serial: ballots.issue(vote, str(serial), "吴倩"),
        "back": lambda vote, serial: ballots.hand_back(vote, str(serial)),
        "deliver": lambda vote, serial: ballots.deliver(vote, serial, {"mode": "VISIT", "receiver": "业主"}),
        "refuse": lambda vote, serial: ballots.refuse(vote, serial, "不收"),
        "miss": lambda vote, serial: ballots.miss(vote, serial, "无人"),
        "take": lambda vote, serial: ballots.take(vote, serial, {"signed": "是"}),
        "enter": lambda vote, serial: ballot_entry.enter(vote, serial, dice.choice((ALL_FOR, ONE_AGAINST))),
        "rule": lambda vote, serial: ballot_entry.rule(vote, serial, ALL_FOR, "原票清楚"),
        "object": lambda vote, serial: ballot_entry.objected(vote, serial, "录错"),
        "double": lambda vote, serial: ballots.doubled(vote, serial, "复印件"),
        "amend": lambda vote, serial: ballot_amending.amend(
            vote, serial, {"why": "CURED", "signed": dice.choice(("是", "否")), "note": "补签"}
        ),
        "late": lambda vote, serial: ballot_amending.late(vote, serial, "截止后送来"),
        "spoil": lambda vote, serial: ballots.replace(
            vote, serial, {"mode": "VISIT", "receiver": "业主", "reason": "污损"}
        ),
    }
    weights = [2, 1, 5, 1, 1, 5, 8, 2, 1, 1, 2, 1, 1]
    done = 0
    for _ in range(120):
        [what], serial = dice.choices(list(tried), weights), dice.choice([1, 2, 3, 4, 5, 6, 152, 153])
        before = going.states()
        try:
            with going.at_work(dice.choice((CADRE, GRID, BODY))) as vote:
                tried[what](vote, serial)
            done += 1
        except (InvalidAnswers, NotPermitted, NotFound):
            assert going.states() == before
        after = going.states()
        with going.at_work() as vote:
            classes = ballot_life.classes(voting.printed(vote.dossier), after.values())
        assert classes.balanced
        changed = [one for one in before if before[one] != after[one]]
        assert changed in ([], [serial])
        assert len(after) - len(before) == (what == "spoil" and changed == [serial])
    assert done > 10


def test_a_replacement_is_a_paper_of_its_own_and_its_code_opens_the_new_ballot(
    district: District, going: Voting
) -> None:
    grid = district.browser("网格员")
    assert post(grid, "/4", {"do": "replace", "reason": ""}).status_code == 422
    assert post(grid, "/4", {"do": "replace", "reason": "票面漏印一项"}).status_code == 302
    assert (going.states()[4], going.states()[152]) == (State.SPOILED, State.IN_HAND)
    with district.opened.work("测试", district.clock.now) as work:
        papers = [paper for paper in work.documents(1) if paper.kind == "ballot"]
        assert [paper.number for paper in papers] == ["XQ0001-D-47-2026-001", "XQ0001-D-47-2026-002"]
        content, digits = work.files.read(papers[1].sha256), documents.receipt(work.public.key, 1, 152)
    texts = word.paragraphs(content)
    assert sum("裁　切" in text for text in texts) == 2
    [code] = {word.scanned(picture) for picture in word.codes(content)}
    assert code.endswith(f"#000152.{digits}")
    assert grid.get(f"{ROOT}/find?code={quote(code)}").location == f"{ROOT}/152"
    assert "登记送达" in grid.get(f"{ROOT}/152").text


def test_a_replacement_is_printed_from_the_template_of_the_first_printing(district: District, going: Voting) -> None:
    shipped = district.library.templates["ballots/ballot.docx"]
    changed = contracts.replaced(shipped, ("同意", "赞同"))
    with district.opened.work("李远", district.clock.now) as work:
        assert work.has_file(hashlib.sha256(shipped).hexdigest())
        template_versions.add(work, "ballot", 2, "表决票.docx", changed, "用语", [])
    with district.opened.work("孙宁", district.clock.now) as work:
        [version] = template_versions.versions(work, "ballot")
        template_versions.decide(work, version, "", "2026-04-14")
    with going.at_work(GRID) as vote:
        assert vote.dossier.template("ballot").sha256 == hashlib.sha256(changed).hexdigest()
        ballots.replace(vote, 4, {"reason": "票面漏印一项"})
    with district.opened.work("测试", district.clock.now) as work:
        first, second = (paper for paper in work.documents(1) if paper.kind == "ballot")
        texts = ["".join(word.paragraphs(work.files.read(paper.sha256))) for paper in (first, second)]
    assert all("同意" in text and "赞同" not in text for text in texts)


def test_two_percent_of_errors_in_one_entry_are_all_found_and_nothing_is_counted_until_each_is_decided(
    going: Voting,
) -> None:
    dice, votes, unit_of = random.Random(7), returned(), going.units()
    serials = [serial for serial, unit in unit_of.items() if unit in votes][:40]
    wrong = set()
    for serial in serials:
        going.out_and_back(serial)
        true = [dice.choice((1, 1, 2, 3)) for _ in range(8)]
        second = [0 if dice.random() < 0.02 else mark for mark in true]
        if second != true:
            wrong.add(serial)
        for lane, marks in ((CADRE, true), (GRID, second)):
            with going.at_work(lane) as vote:
                ballot_entry.enter(vote, serial, " ".join(map(str, marks)))
    assert wrong
    with going.at_work(BODY) as vote:
        assert {one.ballot.serial for one in ballot_entry.disputes(vote)} == wrong
        said = [problem.message for problem in voting.counting_problems(vote.dossier)]
    assert len(said) == 1
    assert said[0].endswith("等待裁定员；请先裁定。")
    assert f"{min(wrong):06d}" in said[0]


def test_the_box_is_not_sealed_while_a_ballot_is_missing(going: Voting) -> None:
    with going.district.opened.work("测试", going.district.clock.now) as work:
        work.execute(sa.delete(registers.ballot).where(registers.ballot.c.serial == 150))
    with going.at_work() as vote:
        [problem] = voting.sealing_problems(vote.dossier)
    assert "印制 151 张，登记簿上有 150 张" in problem.message


def test_what_a_ballot_says_is_shown_with_whose_it_is_only_after_the_count_for_a_purpose_and_on_record(
    district: District,
) -> None:
    district.replay("announce_result")
    going = Voting(district)
    district.clock.now = COUNTING
    cadre = district.browser("社区干部")
    assert "没有选择用途" in post(cadre, "/1/marks", {}).text
    shown = post(cadre, "/1/marks", {"purpose": "答复业主本人"})
    assert "同意" in shown.text
    assert post(district.browser("网格员"), "/1/marks", {"purpose": "答复业主本人"}).status_code == 403
    with district.opened.work("测试", district.clock.now) as work:
        looks = work.connection.execute(sa.select(disclosures.disclosure.c.subject, disclosures.disclosure.c.actor))
        assert [tuple(look) for look in looks] == [("第 000001 号票", going.member(CADRE).name)]
    assert "已计票" in cadre.get(f"{ROOT}/1").text
    assert "票箱已经封存" in cadre.get(ROOT).text
    assert post(cadre, "/7", {"do": "deliver", "mode": "VISIT", "receiver": "甲"}).status_code == 403


def test_before_the_count_nobody_is_shown_what_a_ballot_says(going: Voting) -> None:
    going.out_and_back(1)
    with pytest.raises(NotPermitted, match="计票以前不显示"), going.at_work() as vote:
        ballots.look_at_marks(vote, 1, "答复业主本人")


def test_an_estate_without_a_frozen_roster_says_that_no_ballot_can_be_given_out(district: District) -> None:
    district.enter()
    cadre = district.browser("社区干部")
    for page in ("", "/register", "/issue", "/entry"):
        assert "名册未定版，不能发票" in cadre.get(f"{ROOT}{page}").text, page
    assert post(cadre, "/issue", {"do": "issue", "serials": "1", "person": "甲"}).status_code == 403
