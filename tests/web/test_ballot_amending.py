"""Who signed is cured before the close and corrected before the count; late ones are kept, deliveries proved."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine import pictures
from engine.rules import ballot_box
from engine.rules.ballot_life import State
from engine.store import archives, documents, registers, retention, tables
from engine.store import ballots as ballots_store
from engine.use_cases import ballot_receipts, ballots, counting, vote_papers
from tests import photographs
from tests.district import Browser, District
from tests.voting import GRID, Voting

ROOT = "/estates/1/ballots"
CLOSED = datetime(2026, 4, 29, 2, tzinfo=UTC)


@pytest.fixture
def going(district: District) -> Voting:
    """The reference estate with its 151 ballots printed, on a day of its vote."""
    return Voting.begin(district)


def post(browser: Browser, serial: int, given: Mapping[str, Any]) -> Any:
    return browser.post(f"{ROOT}/{serial}", dict(given), f"{ROOT}/find?code=")


def set_aside(going: Voting) -> list[ballot_box.Ground]:
    with going.at_work() as vote:
        return [one.ground for one in counting.sifted(vote.dossier, unopened=True).set_aside]


def test_an_unsigned_ballot_is_cured_before_the_close_and_not_after_it(district: District, going: Voting) -> None:
    grid = district.browser(GRID)
    for serial in (1, 2):
        with going.at_work(GRID) as vote:
            ballots.deliver(vote, serial, {"mode": "VISIT", "receiver": "业主"})
        post(grid, serial, {"do": "take", "signed": "否"})
    assert set_aside(going) == [ballot_box.Ground.UNSIGNED] * 2
    cure = {"do": "amend", "why": "CURED", "signed": "是", "note": "4 月 16 日业主到社区补签"}
    for without, said in (("why", "没有选择是业主补正"), ("note", "没有写情况"), ("signed", "没有要改的")):
        answer = post(grid, 1, {**cure, without: "否" if without == "signed" else ""})
        assert (answer.status_code, said in answer.text) == (422, True), without
    assert post(grid, 1, cure).status_code == 302
    assert set_aside(going) == [ballot_box.Ground.UNSIGNED]
    assert going.states()[1] == State.RETURNED
    page = grid.get(f"{ROOT}/1").text
    assert "业主补正" in page
    assert "改了有无签名。4 月 16 日业主到社区补签" in page
    district.clock.now = CLOSED
    grid = district.browser(GRID)
    late = post(grid, 2, cure)
    assert (late.status_code, "截止后不能再补正" in late.text) == (422, True)
    assert post(grid, 2, {**cure, "why": "CORRECTED", "note": "票上有签名，登记时看漏了"}).status_code == 302
    assert set_aside(going) == []
    assert [event["kind"] for event in district.log(1)[-2:]] == ["BallotAmended", "BallotAmended"]


def test_a_co_owner_brings_the_designation_and_a_proxy_a_whole_mandate(district: District, going: Voting) -> None:
    grid = district.browser(GRID)
    for serial in (1, 2):
        with going.at_work(GRID) as vote:
            ballots.deliver(vote, serial, {"mode": "VISIT", "receiver": "业主"})
    post(grid, 1, {"do": "take", "signed": "是", "signed_by": "汪小春", "cast_by": "CO_OWNER"})
    post(grid, 2, {"do": "take", "signed": "是", "signed_by": "石磊", "cast_by": "PROXY", "matter": "本次表决"})
    assert set_aside(going) == [ballot_box.Ground.NO_DESIGNATION, ballot_box.Ground.BAD_MANDATE]
    shown = grid.get(f"{ROOT}/2").text
    assert 'value="石磊"' in shown
    assert 'value="本次表决"' in shown
    same = {"do": "amend", "why": "CURED", "signed": "是", "note": "补交"}
    designated = {**same, "signed_by": "汪小春", "cast_by": "CO_OWNER", "designated": "是"}
    assert post(grid, 1, designated).status_code == 302
    mandate = {"matter": "本次表决", "scope": "全部事项", "valid_from": "2026-04-13", "valid_to": "2026-04-28"}
    whole = {**same, **mandate, "signed_by": "石磊", "cast_by": "PROXY", "mandate_signed": "是"}
    assert post(grid, 2, whole).status_code == 302
    assert set_aside(going) == []


def test_a_ballot_that_came_after_the_close_is_kept_on_record_and_counts_for_nothing(
    district: District, going: Voting
) -> None:
    grid = district.browser(GRID)
    with going.at_work(GRID) as vote:
        ballots.deliver(vote, 1, {"mode": "VISIT", "receiver": "业主"})
    late = {"do": "late", "note": "4 月 29 日上午业主送到社区，装袋留存"}
    assert "现在还没有截止；请登记收回" in post(grid, 1, late).text
    district.clock.now = CLOSED
    grid = district.browser(GRID)
    assert "不在表决期" in post(grid, 1, {"do": "take", "signed": "是"}).text
    assert "没有写情况" in post(grid, 1, {"do": "late", "note": ""}).text
    before = going.states()
    assert post(grid, 1, late).status_code == 302
    assert going.states() == before
    assert "截止后才交来，不计入" in grid.get(f"{ROOT}/register?state=delivered").text
    with district.opened.work("测试", district.clock.now) as work:
        digits = documents.receipt(work.public.key, 1, 1)
        tokens = sa.select(tables.document.c.token).where(tables.document.c.kind == "ballot")
        token = work.connection.execute(tokens).scalar_one()
        told = ballot_receipts.receipt(work, district.library, token, "1", digits)
    assert told.receipt.status == "不计入"
    assert "截止以后才收到" in told.receipt.says
    with going.at_work() as vote:
        assert vote_papers.vote(vote.dossier)["invalid_reasons"] == "另有截止以后才交来的1张，列入未收回"


def test_a_delivery_says_by_whom_and_keeps_a_photo_without_its_position(district: District, going: Voting) -> None:
    grid, photo = district.browser(GRID), photographs.photo()
    given = {"do": "deliver", "mode": "VISIT", "receiver": "汪建春", "by": "吴倩"}
    wrong = post(grid, 1, {**given, "photo": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "签收单.pdf")})
    assert (wrong.status_code, "这是 PDF，不是照片" in wrong.text) == (422, True)
    forged = {**given, "proof_file": "0" * 64, "proof_screen": "0" * 64}
    assert post(grid, 2, forged).status_code == 302
    assert post(grid, 1, {**given, "photo": (io.BytesIO(photo), "签收单.jpg")}).status_code == 302
    page = grid.get(f"{ROOT}/1").text
    assert "吴倩送" in page
    shown = grid.get(f"{ROOT}/1/delivery.jpg")
    assert shown.status_code == 200
    read = pictures.read(shown.data)
    assert read is not None
    assert (read.latitude, read.taken_at) == ("", "")
    with district.opened.work("测试", district.clock.now) as work:
        [one, two] = [found[0] for serial in (1, 2) if (found := ballots_store.by_serial(work, 1, serial))]
        assert work.files.read(one.proof_file or "") == photo
        kept = (one.proof_file, one.proof_screen)
        assert all(retention.named(work.connection, digest or "") for digest in kept)  # nobody unlinks them
        assert archives.files(work, 1)[one.proof_file or ""] == "表决票送达照片 第 1 号.jpg"
    for digest in kept:
        with district.opened.engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(sa.delete(tables.file).where(tables.file.c.sha256 == digest))
    assert (two.proof_file, two.delivered_by) == (None, "吴倩")
    assert grid.get(f"{ROOT}/2/delivery.jpg").status_code == 404
    assert district.browser("法律顾问").get(f"{ROOT}/1/delivery.jpg").status_code == 403


def test_whoever_was_told_to_vote_on_a_platform_gets_paper_on_request(district: District, going: Voting) -> None:
    ballot = registers.ballot
    with district.opened.work("测试", district.clock.now) as work:
        told = {"state": "DELIVERED", "delivered_on": "2026-04-13", "delivery_mode": "ELECTRONIC", "receiver": ""}
        work.execute(sa.update(ballot).where(ballot.c.serial.in_((1, 2))).values(told))
    grid = district.browser(GRID)
    assert "业主要纸质票" in grid.get(f"{ROOT}/1").text
    paper = {"do": "deliver", "mode": "PICK_UP", "receiver": "汪建春"}
    assert post(grid, 1, paper).status_code == 302
    assert "改发纸质票" in grid.get(f"{ROOT}/1").text
    assert "业主要纸质票" not in grid.get(f"{ROOT}/1").text
    again = post(grid, 1, paper)
    assert (again.status_code, "已经登记送达" in again.text) == (422, True)
    with going.at_work(GRID) as vote:
        ballots.take(vote, 1, {"signed": "是"})
    assert going.states()[1] == State.RETURNED
