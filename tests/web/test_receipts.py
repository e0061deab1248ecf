"""The receipt of a ballot: by the owner's strip alone, never the choice, and nothing to whoever guesses."""

from typing import Any

import pytest
import sqlalchemy as sa

from engine.documents import code
from engine.store import documents, registers, tables
from engine.use_cases import ballot_entry, ballots
from tests.district import District
from tests.voting import BODY, CADRE, GRID, Voting

ALL_FOR = "1 1 1 1 1 1 1 1"


@pytest.fixture
def going(district: District) -> Voting:
    """The reference estate with its 151 ballots printed, on a day of its vote."""
    return Voting.begin(district)


def _token(district: District) -> str:
    with district.opened.work("测试", district.clock.now) as work:
        chosen = sa.select(tables.document.c.token).where(tables.document.c.kind == "ballot")
        return str(work.connection.execute(chosen.order_by(tables.document.c.id)).scalars().first())


def _digits(district: District, serial: int, estate: int = 1) -> str:
    with district.opened.work("测试", district.clock.now) as work:
        return documents.receipt(work.public.key, estate, serial)


def _ask(district: District, serial: int | str, digits: str, token: str = "") -> Any:
    given = {"serial": str(serial), "digits": digits}
    return district.app.test_client().post(f"/v/{token or _token(district)}/receipt", data=given)


def _told(district: District, serial: int) -> str:
    answer = _ask(district, serial, _digits(district, serial))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert not [word for word in ("同意", "反对", "弃权") if word in answer.text]
    return str(answer.text)


def test_the_owner_follows_a_ballot_from_the_printer_to_the_box(district: District, going: Voting) -> None:
    assert "还没有收到" in _told(district, 1)
    with going.at_work(GRID) as vote:
        ballots.deliver(vote, 1, {"mode": "VISIT", "receiver": "汪建春"})
    assert "已登记送达，还没有登记交回" in _told(district, 1)
    with going.at_work(GRID) as vote:
        ballots.take(vote, 1, {"signed": "是"})
    assert "已收到" in _told(district, 1)
    for lane in (CADRE, BODY):
        with going.at_work(lane) as vote:
            ballot_entry.enter(vote, 1, ALL_FOR)
    told = _told(district, 1)
    assert "这张票于 2026-04-16 收到。计票以后可以再查是否计入。" in told
    assert "汪" not in told


def test_an_unsigned_ballot_is_told_while_it_can_still_be_signed(district: District, going: Voting) -> None:
    with going.at_work(GRID) as vote:
        ballots.deliver(vote, 2, {"mode": "VISIT", "receiver": "业主"})
    with going.at_work(GRID) as vote:
        ballots.take(vote, 2, {"signed": "否"})
    assert "目前不能计入：没有业主签名，不是有效表决票；截止前补签可以计入。" in _told(district, 2)


def test_a_counted_ballot_says_so_and_one_of_a_vote_that_was_undone_too(district: District) -> None:
    district.replay("announce_result")
    assert "计票时已计入参与表决" in _told(district, 1)
    with district.opened.work("测试", district.clock.now) as work:
        work.execute(sa.update(registers.ballot).where(registers.ballot.c.serial == 1).values(meeting=-1))
    assert "那次表决已经作废" in _told(district, 1)
    with district.opened.work("测试", district.clock.now) as work:
        work.execute(sa.update(registers.ballot).where(registers.ballot.c.serial == 1).values(meeting=99))
    earlier = _told(district, 1)
    assert "这张票是以前一次会议的" in earlier
    assert "还没有收到" not in earlier  # it may well have come in, and counted


def test_a_replaced_ballot_leads_to_the_new_one(district: District, going: Voting) -> None:
    with going.at_work(GRID) as vote:
        ballots.deliver(vote, 3, {"mode": "VISIT", "receiver": "业主"})
    with going.at_work(GRID) as vote:
        ballots.replace(vote, 3, {"mode": "VISIT", "receiver": "业主", "reason": "污损"})
    assert "请使用换发的第 000152 号票" in _told(district, 3)


@pytest.mark.parametrize(
    ("serial", "digits"),
    [(1, "000000000000"), (2, "of 1"), (999, "of 999 elsewhere"), ("一号", "of 1"), (1, ""), (1, "查询码" * 5)],
)
def test_digits_of_another_ballot_tell_nothing(
    district: District, going: Voting, serial: int | str, digits: str
) -> None:
    digits = {"of 1": _digits(district, 1), "of 999 elsewhere": _digits(district, 999, 2)}.get(digits, digits)
    answer = _ask(district, serial, digits)
    assert answer.status_code == 422
    assert "票号和查询码对不上" in answer.text
    assert f'value="{serial}"' in answer.text


def test_a_token_that_is_no_ballots_tells_nothing_either(district: District, going: Voting) -> None:
    assert _ask(district, 1, _digits(district, 1), "b" * 26).status_code == 404


def test_the_strip_carries_the_digits_and_its_code_both_numbers(district: District, going: Voting) -> None:
    digits = _digits(district, 1)
    spaced = f"{digits[:4]}-{digits[4:8]} {digits[8:]}"
    assert _ask(district, "000001", spaced).status_code == 200
    held = code.held(f"{_token(district)}#000001.{digits}")
    assert held is not None
    assert held.token == _token(district)
    with going.at_work(GRID) as vote:
        assert ballots.serial_of(vote, f"{_token(district)}#000001.{digits}") == 1
        assert ballots.serial_of(vote, f"{_token(district)}#000001") == 1
