"""The count of a vote on its pages: opened by named people, box after box, closed, signed, and only then counted."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.errors import Conflict
from engine.rules import jurisdiction
from engine.rules.ballot_life import State
from engine.store import Store, disclosures, documents, tables
from engine.use_cases import accounts, ballot_receipts, count_session, voting
from engine.use_cases.library import Library
from tests.district import CASE, COMMUNITY, PASSWORD, Browser, District, posted
from tests.documents import word
from tests.voting import BODY, CADRE, COUNTING, ITEMS, SUPERVISOR, Voting

ROOT = "/estates/1/ballots"
PEOPLE = {"HOST": "周敏", "CALLER": "陆小芳", "COUNTER": "蒋德胜、卫雪梅", "SCRUTINEER": "吴倩 沈国良"}
EVERYBODY = ("周敏", "陆小芳", "蒋德胜", "卫雪梅", "吴倩", "沈国良")


@pytest.fixture
def sealed(district: District) -> Voting:
    """The reference estate with its box sealed, on the day of the count."""
    district.replay("count_votes")
    district.clock.now = COUNTING
    return Voting(district)


def did(browser: Browser, do: str, **given: str) -> Any:
    return browser.post(f"{ROOT}/count", {"do": do, **given})


def signed(browser: Browser, *names: str) -> Any:
    return did(browser, "sign", **{f"sign-{name}": "是" for name in names})


def task(district: District, name: str) -> str:
    """The address of the task of that name that was opened last."""
    with district.opened.work("测试", district.clock.now) as work:
        of = (tables.task.c.estate_id == 1) & (tables.task.c.name == name)
        newest = work.connection.execute(sa.select(sa.func.max(tables.task.c.id)).where(of)).scalar_one()
    return f"/tasks/{newest}"


def answers(name: str, **given: str) -> dict[str, Any]:
    """The answers of the case to a task, as its form completes it, with some of them otherwise."""
    step = next(step for step in CASE.steps if step.task == name)
    stated = {key: step.on.isoformat() if value == "=on" else value for key, value in step.answers.items()}
    return posted({"do": "complete", **stated, **given})


def test_a_count_is_opened_by_people_who_may_and_by_nobody_twice(district: District, sealed: Voting) -> None:
    cadre = district.browser(CADRE)
    assert "开始计票" in cadre.get(f"{ROOT}/count").text
    twice = did(cadre, "open", **{**PEOPLE, "CALLER": "蒋德胜"})
    assert twice.status_code == 422
    assert "蒋德胜写在唱票人、计票人里写了两次" in twice.text
    assert 'value="吴倩 沈国良"' in twice.text
    assert "监票人至少 2 人" in did(cadre, "open", **{**PEOPLE, "SCRUTINEER": "吴倩"}).text
    company = CASE.people["物业企业"]
    assert f"{company}是物业企业的人" in did(cadre, "open", **{**PEOPLE, "CALLER": company}).text
    assert did(cadre, "open", **PEOPLE).status_code == 302
    assert did(cadre, "open", **PEOPLE).status_code == 422
    assert district.log(1)[-1]["kind"] == "CountOpened"
    assert "计票开始" in cadre.get("/estates/1/log").text
    for lane in ("网格员", "法律顾问", "监察人"):
        assert did(district.browser(lane), "box", label="1 号箱", papers="3").status_code == 403, lane


def test_boxes_are_counted_against_the_register_and_everybody_signs_before_the_votes_are_counted(
    district: District, sealed: Voting
) -> None:
    cadre, body = district.browser(CADRE), district.browser(BODY)
    did(cadre, "open", **PEOPLE)
    proposed = body.get(task(district, "count_votes")).text
    assert "取自计票现场记录" in proposed
    assert "陆小芳、蒋德胜、卫雪梅" in proposed
    assert "没有写情况" in did(cadre, "box", label="东门", sealed="否", papers="60").text
    assert "不是张数" in did(cadre, "box", label="东门", papers="六十").text
    did(cadre, "box", label="东门", papers="60")
    did(cadre, "box", label="西门", sealed="否", papers="65", note="封条左角翘起，当场拍照")
    page = cadre.get(f"{ROOT}/count").text
    assert "差 1 张" in page
    assert "没有写暂停的原因" in did(cadre, "pause").text
    did(cadre, "pause", pause="午休，票由吴倩看管")
    assert "请先继续" in did(cadre, "close").text
    did(cadre, "pause")
    assert "请重新清点，仍然不符的写明原因" in did(cadre, "close").text
    # the box was counted wrongly: it is entered again
    did(cadre, "box", label="东门", papers="61")
    assert "✓ 相符" in cadre.get(f"{ROOT}/count").text
    refused = body.post(task(district, "count_votes"), answers("count_votes"))
    assert "计票现场记录还没有结束" in refused.text
    assert did(cadre, "close").status_code == 302
    assert district.log(1)[-1] | {"no": 0, "at": "", "actor": ""} == {
        "no": 0, "at": "", "actor": "", "kind": "CountClosed", "session": 1, "found": 126, "came_back": 126,
    }  # fmt: skip
    assert "没有选谁签了字" in signed(cadre).text
    assert signed(cadre, *EVERYBODY[:5]).status_code == 302
    named = {"counters": "陆小芳、蒋德胜、卫雪梅", "scrutineers": "吴倩、沈国良"}
    assert (
        "沈国良还没有在计票记录上签字" in body.post(task(district, "count_votes"), answers("count_votes", **named)).text
    )
    assert signed(district.browser(SUPERVISOR), "沈国良").status_code == 302
    assert "这里没有写" in body.post(task(district, "count_votes"), answers("count_votes")).text
    assert body.post(task(district, "count_votes"), answers("count_votes", **named)).status_code == 302
    district.work_on(1)
    assert "现场记录不再改动" in cadre.get(f"{ROOT}/count").text
    assert "计票现场记录，各人已签字" in cadre.get(f"{ROOT}/result").text
    said = word.paragraphs(_paper(district, "scrutiny_record"))
    assert "西门：封条有破损，清点65张（封条左角翘起，当场拍照）。" in said
    assert "各箱共126张，登记收回的纸质表决票126张，两者相符。" in said
    assert "中途暂停：午休，票由吴倩看管。" in said
    assert [line for line in said if line.startswith("监票人　沈国良（签字）")]


def test_whoever_is_of_the_body_or_of_the_company_is_known_by_name(district: District, sealed: Voting) -> None:
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "second", "韩经理", PASSWORD, COMMUNITY, ["物业企业"])
    cadre, body = district.browser(CADRE), district.browser(BODY)
    # a member of the committee beside the one who holds the lane, a second person of the company
    refused = did(cadre, "open", **{**PEOPLE, "SCRUTINEER": "林芳、沈国良", "COUNTER": "韩经理"}).text
    assert "林芳是业委会或物管会的人，不能监督自己组织的表决" in refused
    assert "韩经理是物业企业的人" in refused
    on_paper = answers("count_votes", counters="韩经理", scrutineers="居委会代表、林芳")
    refused = body.post(task(district, "count_votes"), on_paper)
    assert refused.status_code == 422
    assert "林芳是业委会或物管会的人" in refused.text
    assert "韩经理是物业企业的人" in refused.text
    assert did(cadre, "open", **{**PEOPLE, "COUNTER": "林芳"}).status_code == 302  # who only counts may be of the body


def test_ballots_are_called_one_by_one_without_unit_name_or_sum_while_the_count_goes_on(
    district: District, sealed: Voting
) -> None:
    cadre, page = district.browser(CADRE), f"{ROOT}/count/calling"
    assert cadre.get(page).status_code == 422  # not opened
    did(cadre, "open", **PEOPLE)
    serials, units = [], sealed.units()
    after = 0
    for _ in range(2):
        shown = cadre.get(f"{page}?after={after}").text
        after = int(re.search(r"第 (\d{6}) 号", shown)[1])  # type: ignore[index]
        serials.append(after)
        assert units[after] not in shown
        assert "陆小芳" in shown
        assert shown.count('class="called-text"') == len(ITEMS)
    assert serials == sorted(set(serials))
    cadre.get(f"{page}?after=0")
    with district.opened.work("测试", district.clock.now) as work:
        noted, _ = disclosures.of_estate(work, 1, 1, f"第 {serials[0]:06d} 号票")
    assert [(one.actor, one.purpose) for one in noted] == [(CASE.people[CADRE], "公开唱票")]  # seen again, noted once
    assert "唱票完毕" in cadre.get(f"{page}?after=9999").text
    did(cadre, "pause", pause="午休，票由吴倩看管")
    paused = cadre.get(page).text
    assert "午休，票由吴倩看管" in paused
    assert "called-text" not in paused
    assert district.browser("网格员").get(page).status_code == 403


def _paper(district: District, kind: str) -> bytes:
    with district.opened.work("测试", district.clock.now) as work:
        document, version = tables.document, tables.document_version
        chosen = sa.select(version.c.sha256).join(document, document.c.id == version.c.document_id)
        found = work.connection.execute(chosen.where(document.c.kind == kind).order_by(document.c.id.desc())).scalars()
        return work.files.read(found.first())


def test_a_closed_count_is_opened_again_with_a_reason_and_its_signatures_lapse(sealed: Voting) -> None:
    cadre = sealed.district.browser(CADRE)
    did(cadre, "open", **PEOPLE)
    did(cadre, "box", label="东门", papers="127")
    assert did(cadre, "close", difference="多出一张复印件，已剔除").status_code == 302
    signed(cadre, *EVERYBODY)
    assert "没有写为什么重新打开" in did(cadre, "reopen").text
    assert did(cadre, "reopen", reopen="复印件夹在票里，重新清点").status_code == 302
    with sealed.at_work() as vote:
        session = count_session.held(vote.dossier).session
    assert (session.closed, session.signed, session.difference) == (False, (), "")


def test_of_two_people_who_record_at_the_same_moment_one_is_told_to_look_again(sealed: Voting) -> None:
    did(sealed.district.browser(CADRE), "open", **PEOPLE)
    with pytest.raises(Conflict), sealed.at_work() as slow:
        count_session.box(slow, {"label": "东门", "papers": "60"})
        with sealed.at_work(BODY) as quick:
            count_session.box(quick, {"label": "西门", "papers": "66"})
    with sealed.at_work() as vote:
        assert list(count_session.held(vote.dossier).session.boxes) == ["西门"]


def test_nothing_is_counted_before_the_box_is_sealed(district: District) -> None:
    Voting.begin(district)
    cadre = district.browser(CADRE)
    assert "票箱还没有封存" in cadre.get(f"{ROOT}/count").text
    assert did(cadre, "open", **PEOPLE).status_code == 422


def test_a_recount_reopens_the_ballots_and_has_a_session_of_its_own(district: District) -> None:
    district.replay("settle_objections")
    district.clock.now = datetime(2026, 5, 8, 2, tzinfo=UTC)
    district.work_on(1)
    going = Voting(district)
    with going.at_work() as vote:
        assert set(voting.states(vote.dossier).values()) >= {State.FINAL}
    body = district.browser(BODY)
    sent = body.post(task(district, "settle_objections"), answers("settle_objections", recount="true"))
    assert sent.status_code == 302, re.sub(r"<[^>]+>", "", sent.text)[-600:]
    district.work_on(1)
    cadre = district.browser(CADRE)
    assert "计票（第 2 次）" in cadre.get(f"{ROOT}/count").text
    assert did(cadre, "open", **PEOPLE).status_code == 302
    with going.at_work() as vote:
        found = set(voting.states(vote.dossier).values())
    assert State.RECONCILED in found
    assert State.FINAL not in found
    assert "提出异议" in cadre.get(f"{ROOT}/1").text


def test_where_the_place_shows_participation_to_the_convenors_alone_others_wait_for_the_seal(
    opened: Store, library: Library, tmp_path: Path
) -> None:
    now = next(pack for pack in library.packs if pack.place == CASE.place)
    text = now.text.replace(
        'title = "表决期间参与情况"\nvalue = "SHOWN"', 'title = "表决期间参与情况"\nvalue = "CONVENORS"'
    )
    strict = jurisdiction.read(text, file="strict.toml")
    packs = tuple(strict if pack is now else pack for pack in library.packs)
    going = Voting.begin(District(opened, replace(library, packs=packs), tmp_path))
    going.out_and_back(1)
    shown = {lane: going.district.browser(lane).get(ROOT).text for lane in (CADRE, "物业企业", "区住建")}
    assert "还差多少" in shown[CADRE]
    assert "参与（按面积）" in shown[CADRE]
    for lane in ("物业企业", "区住建"):
        assert "封箱以前参与情况只给组织表决的人看" in shown[lane]
        assert not re.search("还差多少|参与（按|收回</th>|1 / 151", shown[lane]), lane
        assert "参与（按" not in going.district.browser(lane).get("/estates/1").text
    assert "表决票回收" not in going.district.browser("区住建").get("/board").text
    with going.at_work() as vote:
        assert voting.hidden(vote.dossier, ["物业企业"])
        assert not voting.hidden(vote.dossier, [BODY])


def test_the_ballots_of_a_vote_that_was_declared_void_are_void(district: District, sealed: Voting) -> None:
    body = district.browser(BODY)
    flawed = {"flaw_found": "WRONG_ROSTER", "flaw_note": "1-0101 的面积登记有误"}
    assert body.post(task(district, "count_votes"), answers("count_votes", **flawed)).status_code == 302
    district.work_on(1)
    void = {
        "declared_on": "2026-04-29",
        "reason": "名册面积有误",
        "minutes_ref": "纪要 9 号",
        "ballots_kept": "社区封存",
    }
    assert body.post(task(district, "declare_vote_void"), {"do": "complete", **void}).status_code == 302
    district.work_on(1)
    assert "这次表决已宣布作废，票随之作废" in district.browser(CADRE).get(ROOT).text
    with district.opened.work("测试", district.clock.now) as work:
        of = tables.document.c.kind == "ballot"
        token = work.connection.execute(sa.select(tables.document.c.token).where(of)).scalars().first()
        digits = documents.receipt(work.public.key, 1, 1)
        told = ballot_receipts.receipt(work, district.library, str(token), "1", digits)
    assert told.receipt.status == "不计入"
    assert "那次表决已经作废" in told.receipt.says
