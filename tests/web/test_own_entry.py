"""Owners look up their own entry of the roster with a code and a number, see nobody else's, and object to it."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.store import owner_codes
from engine.use_cases import own_entry
from tests import noticing as posting
from tests.district import CASE, District
from tests.freezing import CADRE, GRID, PAGE, Freezing

SLIPS = "/estates/1/owners/slips"
ROSTER = next(step.rows["roster"] for step in CASE.steps if "roster" in step.rows)
ONE, OTHER = ROSTER[0], ROSTER[1]


@pytest.fixture
def going(district: District) -> Freezing:
    """The estate whose roster is next to be frozen, with a slip for every unit."""
    going = Freezing.begin(district)
    answer = district.browser(CADRE).post(SLIPS, {"do": "make"})
    assert answer.status_code == 302, answer.text
    return going


def code(district: District, unit: str = ONE["房号"]) -> str:
    """What stands on the slip of a unit."""
    cadre = district.browser(CADRE)
    pages = (cadre.post(f"{SLIPS}/print", {"page": str(page)}, SLIPS).text for page in range(1, 5))
    found = (re.search(rf"{unit}</strong>.*?number\">([\d ]+)<", text, re.DOTALL) for text in pages)
    return next(one[1] for one in found if one is not None)


def anybody(district: District) -> FlaskClient:
    """Somebody who is not signed in."""
    return district.app.test_client()


def look(district: District, given: str, last: str) -> Any:
    """Ask for the entry of a code."""
    return anybody(district).post("/my-entry", data={"code": given, "last": last})


def last_of(row: Any) -> str:
    """The last four signs of the identity number of a row."""
    return str(row["证件号"]).split("；")[0][-4:]


def test_an_owner_sees_the_own_entry_masked_and_nobody_elses(going: Freezing) -> None:
    answer = look(going.district, code(going.district), last_of(ONE))
    assert answer.status_code == 200, answer.text
    name = ONE["产权人"].split("；")[0]
    for said in (ONE["房号"], f"{name[0]}**", "第 1 版"):
        assert said in answer.text
    for hidden in (name, ONE["证件号"], last_of(ONE), OTHER["房号"]):
        assert hidden not in answer.text
    assert "业主本人凭核对码核对" in going.district.browser(CADRE).get("/estates/1/owners/looks").text


def test_telephone_and_full_width_digits_do_too(going: Freezing) -> None:
    with_phone = next(row for row in ROSTER if row["电话"])
    written = code(going.district, with_phone["房号"]).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert look(going.district, written, f" {with_phone['电话'][-4:]} ").status_code == 200


def test_wrong_codes_and_wrong_numbers_read_alike(going: Freezing) -> None:
    right = code(going.district)
    answers = [
        look(going.district, given, last)
        for given, last in (("0" * 16, last_of(ONE)), (right, "0000"), ("", ""), ("'; --", "x"))
    ]
    assert {answer.status_code for answer in answers} == {422}
    texts = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert len(texts) == 1
    assert ONE["房号"] not in texts.pop()


def test_five_wrong_answers_use_a_code_up_until_another_slip_is_given_out(going: Freezing) -> None:
    given = code(going.district)
    for _ in range(own_entry.TRIES):
        assert look(going.district, given, "0000").status_code == 422
    assert look(going.district, given, last_of(ONE)).status_code == 422
    cadre = going.district.browser(CADRE)
    assert ONE["房号"] in cadre.get(SLIPS).text
    assert cadre.post(SLIPS, {"do": "renew", "unit": ONE["房号"]}).status_code == 302
    assert look(going.district, given, last_of(ONE)).status_code == 422
    assert look(going.district, code(going.district), last_of(ONE)).status_code == 200


def test_four_wrong_answers_are_forgotten_by_a_right_one(going: Freezing) -> None:
    given = code(going.district)
    for _ in range(2):
        for _ in range(own_entry.TRIES - 1):
            look(going.district, given, "0000")
        assert look(going.district, given, last_of(ONE)).status_code == 200


def test_one_address_asks_only_so_often(going: Freezing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_entry, "EACH", 2)
    answers = [look(going.district, "1" * 16, "0000").status_code for _ in range(3)]
    assert answers == [422, 422, 429]


def test_no_code_lies_in_the_database(going: Freezing) -> None:
    given = code(going.district).replace(" ", "")
    with going.district.opened.engine.connect() as connection:
        rows = connection.execute(owner_codes.owner_code.select()).all()
    assert len(rows) == len(ROSTER)
    assert not [row for row in rows if given in str(tuple(row))]


def test_only_the_cadre_has_slips(going: Freezing) -> None:
    assert going.district.browser(GRID).post(f"{SLIPS}/print", {"page": "1"}, SLIPS).status_code == 403
    assert going.district.browser(GRID).post(SLIPS, {"do": "make"}).status_code == 403


def _object(district: District, page: str, **given: str) -> Any:
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket is not None
    said = {"about": "面积", "content": "不动产证登记 105.00 平方米"}
    return anybody(district).post("/my-entry", data={"ticket": ticket[1], **said, **given})


def test_an_objection_holds_the_freezing_up_until_it_is_decided(going: Freezing) -> None:
    going.propose()
    page = look(going.district, code(going.district), last_of(ONE)).text
    answer = _object(going.district, page)
    assert answer.status_code == 200
    assert "已提交" in answer.text
    refused = going.freeze()
    assert refused.status_code == 422
    assert f"还有 1 条没有答复（{ONE['房号']}）" in refused.text
    cadre = going.district.browser(CADRE)
    shown = cadre.get(PAGE).text
    voice = re.search(r'name="voice" value="(\d+)"', shown)
    assert voice is not None
    undecided = cadre.post(PAGE, {"voice": voice[1], "answer": "查登记簿为 104.00 平方米"})
    assert undecided.status_code == 422
    assert "成立不成立" in undecided.text
    assert "查登记簿为 104.00 平方米" in undecided.text
    assert (
        cadre.post(PAGE, {"voice": voice[1], "answer": "查登记簿为 104.00 平方米", "ruling": "REJECTED"}).status_code
        == 302
    )
    own = look(going.district, code(going.district), last_of(ONE)).text
    assert "不成立。" in own
    assert "查登记簿为 104.00 平方米" in own
    assert going.freeze().status_code == 302


def test_an_objection_that_says_nothing_keeps_what_was_typed(going: Freezing) -> None:
    page = look(going.district, code(going.district), last_of(ONE)).text
    answer = _object(going.district, page, about="", content="少")
    assert answer.status_code == 422
    assert "没有选哪里不对" in answer.text
    assert ">少</textarea>" in answer.text
    for _ in range(own_entry.WAITING):
        assert _object(going.district, page).status_code == 200
    assert "在等答复" in _object(going.district, page).text


def test_a_ticket_that_is_forged_or_old_or_of_a_slip_that_was_renewed_lets_nobody_in(going: Freezing) -> None:
    page = look(going.district, code(going.district), last_of(ONE)).text
    for ticket in ("", "1.1.99999999999.00", "x.y.z.w", "²."):
        answer = anybody(going.district).post(
            "/my-entry", data={"ticket": ticket, "about": "面积", "content": "不对不对"}
        )
        assert answer.status_code == 422
        assert ONE["房号"] not in answer.text
    going.district.clock.pass_by(minutes=21)
    assert "开得太久了" in _object(going.district, page).text


def test_an_objection_that_stands_and_weighs_stops_the_opening_of_the_vote(district: District) -> None:
    going = posting.Posting.begin(district)
    cadre = district.browser(CADRE)
    assert cadre.post(SLIPS, {"do": "make"}).status_code == 302
    page = look(district, code(district), last_of(ONE)).text
    assert "名册公示到" in page
    assert _object(district, page).status_code == 200
    voices = f"{posting.ROOT}/{going.notices['roster']}/voices"
    voice = re.search(r'name="voice" value="(\d+)"', cadre.get(voices).text)
    assert voice is not None
    given = {"voice": voice[1], "answer": "登记簿为 105.00 平方米，名册有误", "ruling": "WEIGHT"}
    assert cadre.post(voices, given).status_code == 302
    grid = going.person(GRID)
    for day in (0, 3, 8):
        going.on(day)
        going.round(grid, "roster")
    district.work_on(1)
    answer = going.complete("settle_roster_objections", CADRE, {})
    assert answer.status_code == 302, answer.text
    district.work_on(1)
    decided = [one for one in district.log(1) if one["kind"] == "GateDecided" and one["gate"] == "opening"]
    assert decided[-1]["outcome"] == "PROCEDURE_FLAW"
