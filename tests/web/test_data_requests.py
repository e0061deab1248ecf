"""Requests about personal data: taken in, made sure who asks, decided, answered on paper, carried out."""

import io
import re
from datetime import date, datetime, time, timedelta
from typing import Any

import docx
import pytest
import sqlalchemy as sa

from engine.store import alerts as stored
from engine.store import data_requests, documents, identities, paper_sheets, registers
from engine.use_cases import alerts
from engine.use_cases.alerts import ZONE
from tests import photographs
from tests.district import Browser, District
from tests.web.test_disclosures import ROSTER
from tests.web.test_vault import keep

ROOT = "/estates/1/privacy/requests"
_UNIT, _PHONE = ROSTER[1][0], ROSTER[1][ROSTER[0].index("电话")]
_NAME = ROSTER[1][ROSTER[0].index("产权人")]
_REQUEST = {
    "unit_no": _UNIT, "owner": _NAME, "relation": "SELF", "asked_by": "", "channel": "DESK",
    "content": "想知道存了什么",
}  # fmt: skip


@pytest.fixture
def voted(district: District) -> District:
    """The reference estate with its roster, its visits and a frozen vote."""
    district.replay("prepare_meeting_notice")
    return district


def ask(district: District, browser: Browser, kind: str, **given: str) -> Any:
    return browser.post(ROOT, {**_REQUEST, "kind": kind, "received_on": district.clock.now.date().isoformat(), **given})


def step(browser: Browser, do: str, key: int = 1, **given: Any) -> Any:
    return browser.post(f"{ROOT}/{key}", {"do": do, **given})


def row(district: District, key: int = 1) -> Any:
    with district.opened.work("测试", district.clock.now) as work:
        return data_requests.one(work, 1, key)


def photo(district: District) -> str:
    """A photo of a visit; the SHA-256 of its original."""
    with district.opened.work("吴倩", district.clock.now) as work:
        digests = [documents.keep(work, photographs.photo() + bytes([one])) for one in range(3)]
        row = dict(zip(("sha256", "screen", "small"), digests, strict=True))
        named = {"unit_no": _UNIT, "visit_key": "k", "key": "p", "taken_at": "", "at": work.at, "actor": "吴倩"}
        work.insert(registers.visit_photo, [{"estate_id": 1, **named, **row}])
    return digests[0]


def paper(browser: Browser, no: int = 1) -> str:
    content = browser.get(f"/papers/XQ0001-L-96-2026-{no:03}").data
    found = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in found.tables for line in table.rows for cell in line.cells]
    return "\n".join([*(one.text for one in found.paragraphs), *cells])


def test_who_is_known_is_told_everything_that_is_held_and_nobody_else_sees_it(voted: District) -> None:
    cadre = voted.browser("社区干部")
    assert ask(voted, cadre, "ACCESS").status_code == 302
    early = step(cadre, "decide", outcome="GRANTED", reason="依法提供")
    assert (early.status_code, row(voted).decided_at) == (403, None)
    assert step(cadre, "prove", proof="SEEN").status_code == 302
    page = cadre.get(f"{ROOT}/1").text
    assert (_PHONE in page, _NAME in page, f"{_NAME[0]}**" in page) == (False, False, True)
    assert step(cadre, "decide", outcome="GRANTED", reason="经核实是业主本人").status_code == 302
    said = paper(cadre)
    for each in (
        f"{_NAME}：",
        f"{_NAME}；{_UNIT}；合计",
        _PHONE,
        "“查阅”",
        "决定：同意",
        "《个人信息保护法》第四十五条",
        "走访的日期和态度",
    ):
        assert each in said, each
    assert voted.browser("网格员").get("/papers/XQ0001-L-96-2026-001").status_code == 403
    log = [event for event in voted.log(1) if event["kind"].startswith("DataRequest")]
    assert [event["kind"] for event in log] == ["DataRequestTaken", "DataRequestDecided"]
    assert _NAME not in str(log)
    assert row(voted).done_at
    again = step(cadre, "decide", outcome="GRANTED", reason="再来一次")
    assert again.status_code == 403


def test_a_deletion_takes_away_what_may_go_and_says_why_the_rest_stays(voted: District) -> None:
    cadre = voted.browser("社区干部")
    assert keep(cadre).status_code == 302
    with voted.opened.work("测试", voted.clock.now) as work:
        at = registers.visit.c.unit_no == _UNIT
        work.execute(sa.update(registers.visit).where(at).values(note="家有老人", concerns="FEE"))
    digest = photo(voted)
    assert ask(voted, cadre, "DELETE").status_code == 302
    assert step(cadre, "prove", proof="SEEN").status_code == 302
    page = cadre.get(f"{ROOT}/1").text
    assert "《民法典》第二百七十八条：业主身份和面积是计算表决权的依据" in page
    assert 'value="identity"' not in page
    nothing = step(cadre, "decide", reason="业主要求")
    assert (nothing.status_code, "没有勾选要删除的" in nothing.text) == (422, True)
    chosen = ["phone", "notes", "vault", "identity"]
    assert step(cadre, "decide", chosen=chosen, reason="按业主要求删除").status_code == 302
    said = paper(cadre)
    assert "决定：部分同意" in said
    assert said.count("已删除") == 3
    # the reply is kept: what was deleted does not stay in it
    assert f"{_NAME}；" not in said
    assert "保留：《民法典》第二百七十八条：业主身份和面积是计算表决权的依据" in said
    with voted.opened.work("测试", voted.clock.now) as work:
        chosen_rows = sa.select(registers.owner.c.phone).join(registers.unit)
        assert set(work.connection.execute(chosen_rows.where(registers.unit.c.unit_no == _UNIT)).scalars()) == {""}
        notes = sa.select(registers.visit.c.note, registers.visit.c.concerns, registers.visit.c.attitude).where(at)
        kept = work.connection.execute(notes).all()
        assert work.register(registers.visit_photo, 1) == []
        assert not work.files.path(digest).exists()
        [number] = work.connection.execute(sa.select(identities.identity_number)).all()
    assert {(one.note, one.concerns) for one in kept} == {("已删除", "")}
    assert any(one.attitude for one in kept)
    assert (number.sealed, number.purged_why) == (None, "业主请求删除")


def proven_delivery(district: District) -> None:
    """A photo of how the ballot of the unit was delivered, and two pages of forms, one of which tells of others too."""
    with district.opened.work("吴倩", district.clock.now) as work:
        digest = documents.keep(work, photographs.photo() + b"door")
        work.execute(sa.update(registers.ballot).where(registers.ballot.c.unit_no == _UNIT).values(proof_file=digest))
        for number, doors in enumerate(([_UNIT], [_UNIT, "9-9999"])):
            of = {"kind": "PACKET", "packet": "p", "title": "", "task_id": None, "round": 1, "version": ""}
            paper_sheets.add(work, 1, tuple(doors), {**of, "number": f"n{number}", "token": f"t{number}"})
    with district.opened.work("吴倩", district.clock.now) as work:
        for sheet in paper_sheets.listed(work, 1):
            page = documents.keep(work, photographs.photo() + sheet.number.encode())
            paper_sheets.bring(work, sheet, page, 0, page)


def test_a_deletion_reaches_the_forms_of_one_door_and_says_which_photos_stay(voted: District) -> None:
    voted.replay("close_voting")
    cadre = voted.browser("社区干部")
    proven_delivery(voted)
    ask(voted, cadre, "DELETE")
    step(cadre, "prove", proof="SEEN")
    assert (
        step(cadre, "decide", chosen=["notes", "forms", "delivery_photos"], reason="按业主要求删除").status_code == 302
    )
    said = paper(cadre)
    for each in (
        "表决票送达的照片",
        "保留：《民法典》第二百八十条：送达是表决有效的证据，决定可能被请求撤销",
        "手填走访表的照片（同页有别户）",
        "保留：《个人信息保护法》第四十七条：同一页有别户的记录，不能只删一户，期满随整页清除",
    ):
        assert each in said, each
    with voted.opened.work("测试", voted.clock.now) as work:
        left = paper_sheets.pages(work, [sheet.id for sheet in paper_sheets.listed(work, 1)])
        assert [len(pages) for pages in left.values()] == [1]
        [page] = next(iter(left.values()))
        assert work.files.path(page.sha256).exists()
        delivered = sa.select(registers.ballot.c.proof_file).where(registers.ballot.c.unit_no == _UNIT)
        assert all(work.files.path(digest).exists() for digest in work.connection.execute(delivered).scalars())


def test_whoever_answers_is_told_when_it_comes_before_its_last_day_and_after_it(voted: District) -> None:
    cadre, street = voted.browser("社区干部"), voted.browser("街道")
    ask(voted, cadre, "ACCESS")
    due = date.fromisoformat(row(voted).due_on)
    page = street.get("/alerts").text
    assert "新的个人信息请求：查阅，最晚 2026-04-15（周三）答复" in page
    assert (_NAME in page, _UNIT in page) == (False, False)
    # whoever took it in knows
    assert "个人信息请求" not in cadre.get("/alerts").text.split("<main", 1)[1]
    for left, said in ((8, ""), (7, "快到期"), (3, "快到期"), (1, "快到期"), (0, ""), (-1, "已过期")):
        voted.clock.now = datetime.combine(due - timedelta(days=left), time(9), ZONE)
        before = counted(voted)
        alerts.remind(voted.opened, "导入台", voted.clock.now)
        alerts.remind(voted.opened, "导入台", voted.clock.now)
        assert counted(voted) - before == (2 if said else 0), left
        if said:
            assert f"个人信息请求{said}：查阅" in voted.browser("社区干部").get("/alerts").text
    cadre = voted.browser("社区干部")
    [first, *_] = re.findall(r'action="(/alerts/\d+)"', cadre.get("/alerts").text)
    assert cadre.post(first, {}, "/alerts").location == f"{ROOT}/1"
    step(cadre, "prove", proof="SEEN")
    step(cadre, "decide", outcome="GRANTED", reason="经核实是业主本人")
    for lane in ("社区干部", "街道"):
        assert "个人信息请求" not in voted.browser(lane).get("/alerts").text.split("<main", 1)[1]


def counted(district: District) -> int:
    with district.opened.work("测试", district.clock.now) as work:
        of = sa.select(sa.func.count()).where(stored.alert.c.kind.in_(alerts.OF_REQUESTS))
        return int(work.connection.execute(of).scalar_one())


def test_a_withdrawal_ends_the_calls_and_leaves_what_was_done(voted: District) -> None:
    cadre = voted.browser("社区干部")
    assert ask(voted, cadre, "WITHDRAW", relation="AGENT", asked_by="李代理").status_code == 302
    assert step(cadre, "prove", proof="MANDATE").status_code == 302
    assert step(cadre, "decide", chosen=["calls"], reason="业主撤回同意").status_code == 302
    said = paper(cadre)
    assert "李代理（受托人）：" in said
    assert "今后不再就征集意愿上门联系您" in said
    with voted.opened.work("测试", voted.clock.now) as work:
        calls = work.register(registers.visit, 1)
    assert [one.refused for one in calls if one.unit_no == _UNIT][-1] == 1


def test_a_correction_waits_for_the_roster(voted: District) -> None:
    cadre = voted.browser("社区干部")
    assert ask(voted, cadre, "CORRECT", content="姓名写错一个字").status_code == 302
    step(cadre, "prove", proof="CALLED")
    assert step(cadre, "decide", outcome="GRANTED", reason="与产权证核对一致").status_code == 302
    assert "名册导入" in cadre.get(f"{ROOT}/1").text
    early = step(cadre, "finish")
    assert (early.status_code, "还是决定时的第 1 版" in early.text, row(voted).done_at) == (422, True, None)
    assert step(cadre, "finish", note="下一次导入时更正，已交接").status_code == 302
    assert "已办结" in cadre.get(ROOT).text


def test_who_is_not_proven_is_only_refused_and_a_refusal_needs_its_ground(voted: District) -> None:
    cadre = voted.browser("社区干部")
    assert ask(voted, cadre, "COPY", owner="没有此人").status_code == 302
    unknown = step(cadre, "prove", proof="SEEN")
    assert (unknown.status_code, "没有这个姓名的业主" in unknown.text) == (422, True)
    assert step(cadre, "prove", proof="NONE").status_code == 302
    granted = step(cadre, "decide", outcome="GRANTED", reason="给他看看")
    assert granted.status_code == 422
    bare = step(cadre, "decide", outcome="REFUSED", reason="没有这个人")
    assert (bare.status_code, "没有法律依据不能拒绝" in bare.text, "没有这个人" in bare.text) == (422, True, True)
    assert step(cadre, "decide", outcome="REFUSED", ground="UNPROVEN", reason="两次未能核实").status_code == 302
    said = paper(cadre)
    for each in ("决定：不同意", "第四十四条、第五十条", "依法向人民法院起诉", "两次未能核实"):
        assert each in said, each


def test_what_is_missing_is_named_and_what_was_typed_stays(voted: District) -> None:
    cadre = voted.browser("社区干部")
    answer = ask(voted, cadre, "", unit_no="", relation="HEIR", received_on="2099-01-01", content="想看看我家的")
    assert answer.status_code == 422
    for each in ("没有选择请求什么", "没有填房号", "没有填请求人的姓名", "晚于今天", "想看看我家的"):
        assert each in answer.text, each


def test_the_district_sees_what_is_late_and_nobody_named(voted: District) -> None:
    cadre = voted.browser("社区干部")
    assert ask(voted, cadre, "ACCESS").status_code == 302
    due = row(voted).due_on
    # 15 working days
    assert due == "2026-04-15"
    housing = voted.browser("区住建")
    assert f"{due} 前答复" in housing.get("/privacy/requests").text
    voted.clock.now += timedelta(days=30)
    page = voted.browser("区住建").get("/privacy/requests").text
    assert f"超期，应在 {due} 前答复" in page
    assert (_NAME in page, _UNIT in page) == (False, False)
    assert voted.browser("物业企业").get("/privacy/requests").status_code == 403
    assert voted.browser_of("elsewhere").get("/privacy/requests").text.count(due) == 0
