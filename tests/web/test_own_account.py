"""My own account: a second factor whose codes are good once, another password, the places where I am signed in."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pyotp
import pytest
import sqlalchemy as sa

from engine.errors import InvalidAnswers
from engine.store import accounts as store
from engine.use_cases import accounts
from tests.district import PASSWORD, Browser, District


def _secret(browser: Browser) -> pyotp.TOTP:
    """Begin to enrol, and learn the secret as a phone does."""
    assert browser.post("/me/second-factor", {"do": "begin"}).status_code == 302
    page = browser.get("/me/second-factor").text
    assert "<svg" in page
    found = re.search(r'secret-letters">([A-Z2-7]{32})<', page)
    assert found is not None
    return pyotp.TOTP(found[1])


def enrolled(district: District, lane: str = "社区干部") -> tuple[pyotp.TOTP, list[str]]:
    """A phone that knows the second factor of whoever holds that lane, and the recovery codes."""
    browser = district.browser(lane)
    phone = _secret(browser)
    shown = browser.post("/me/second-factor", {"do": "confirm", "code": phone.at(district.clock.now)})
    assert "只显示这一次" in shown.text
    district.clock.pass_by(seconds=30)
    return phone, re.findall(r"<li class=\"number\">([a-z0-9-]{19})</li>", shown.text)


def _half_in(district: District) -> Browser:
    browser = Browser(district.app.test_client())
    answer = browser.post("/sign-in", {"login": "user0", "password": PASSWORD})
    assert answer.location.startswith("/sign-in/code")
    assert browser.get("/").status_code == 302
    return browser


def test_the_password_alone_opens_nothing_once_a_second_factor_is_on(district: District) -> None:
    phone, _ = enrolled(district)
    browser = _half_in(district)
    assert browser.get("/me").status_code == 302
    answer = browser.post("/sign-in/code", {"code": phone.at(district.clock.now)})
    assert answer.location == "/"
    assert browser.get("/").status_code == 200


def test_a_code_is_good_once_even_within_its_half_minute(district: District) -> None:
    phone, _ = enrolled(district)
    code = phone.at(district.clock.now)
    assert _half_in(district).post("/sign-in/code", {"code": code}).status_code == 302
    again = _half_in(district).post("/sign-in/code", {"code": code})
    assert again.status_code == 422
    assert "已经用过" in again.text


def test_of_two_who_use_one_code_at_the_same_moment_one_comes_in(district: District) -> None:
    phone, _ = enrolled(district)
    code, gate = phone.at(district.clock.now), Barrier(2)
    browsers = [_half_in(district), _half_in(district)]

    def enter(browser: Browser) -> int:
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in/code").text)
        assert token is not None
        gate.wait()
        return browser.client.post("/sign-in/code", data={"csrf_token": token[1], "code": code}).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(enter, browsers)) == [302, 422]


def test_a_recovery_code_is_good_once_and_five_wrong_codes_wait_a_quarter_of_an_hour(district: District) -> None:
    phone, codes = enrolled(district)
    assert len(codes) == 10
    assert _half_in(district).post("/sign-in/code", {"code": codes[0].upper()}).status_code == 302
    assert _half_in(district).post("/sign-in/code", {"code": codes[0]}).status_code == 422
    guesser = _half_in(district)
    for _ in range(4):
        assert guesser.post("/sign-in/code", {"code": "000000"}).status_code == 422
    refused = guesser.post("/sign-in/code", {"code": phone.at(district.clock.now)})
    assert "15 分钟后再试" in refused.text


def test_a_sign_in_that_waits_too_long_for_its_code_begins_anew(district: District) -> None:
    phone, _ = enrolled(district)
    browser = _half_in(district)
    district.clock.pass_by(minutes=6)
    assert browser.post("/sign-in/code", {"code": phone.at(district.clock.now)}, "/sign-in").location == "/sign-in"
    assert browser.get("/").status_code == 302


def test_a_second_factor_is_switched_on_only_by_a_phone_that_knows_it_and_off_only_with_the_password(
    district: District,
) -> None:
    browser = district.browser("社区干部")
    _secret(browser)
    assert browser.post("/me/second-factor", {"do": "confirm", "code": "000000"}).status_code == 422
    assert district.browser("社区干部").get("/").status_code == 200
    district.clock.pass_by(minutes=16)
    enrolled(district)
    assert browser.post("/me/second-factor", {"do": "drop", "password": "不对"}).status_code == 422
    assert browser.post("/me/second-factor", {"do": "drop", "password": PASSWORD}).status_code == 302
    assert district.browser("社区干部").get("/").status_code == 200


def test_the_database_alone_makes_no_codes(district: District) -> None:
    phone, codes = enrolled(district)
    with district.opened.work("测试", district.clock.now) as work:
        kept = str(work.connection.execute(sa.select(store.account)).all())
        kept += str(work.connection.execute(sa.text("SELECT * FROM recovery_code")).all())
    assert phone.secret not in kept
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


def test_another_password_asks_for_the_present_one_and_ends_every_other_session(district: District) -> None:
    here, elsewhere = district.browser("社区干部"), district.browser("社区干部")
    new = {"wanted": "另一段足够长的口令", "again": "另一段足够长的口令"}
    assert here.post("/me/password", {"given": "不对", **new}).status_code == 422
    assert elsewhere.get("/").status_code == 200
    assert here.post("/me/password", {"given": PASSWORD, **new}).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    stranger = Browser(district.app.test_client())
    assert stranger.post("/sign-in", {"login": "user0", "password": PASSWORD}).status_code == 422
    assert stranger.post("/sign-in", {"login": "user0", "password": new["wanted"]}).status_code == 302


@pytest.mark.parametrize(
    "given, said",
    [
        ({"wanted": "短", "again": "短"}, "密码应为 8–128 个字符"),
        ({"wanted": "另一段足够长的口令", "again": "另一段口令"}, "两次输入的新密码不一样"),
        ({"wanted": PASSWORD, "again": PASSWORD}, "和现在的一样"),
    ],
)
def test_a_new_password_that_cannot_be_is_refused_in_words(
    district: District, given: dict[str, str], said: str
) -> None:
    answer = district.browser("社区干部").post("/me/password", {"given": PASSWORD, **given})
    assert answer.status_code == 422
    assert said in answer.text


def test_i_see_where_i_am_signed_in_and_end_it_there(district: District) -> None:
    here, elsewhere = district.browser("社区干部"), district.browser("社区干部")
    other = district.browser("街道")
    page = here.get("/me").text
    [mark] = re.findall(r'name="mark" value="([0-9a-f]{16})"', page)
    assert other.post("/me/sessions", {"mark": mark}, "/me").status_code == 302
    assert elsewhere.get("/").status_code == 200
    assert here.post("/me/sessions", {"mark": mark}, "/me").status_code == 302
    assert elsewhere.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_guesses_made_side_by_side_are_counted_one_by_one(district: District) -> None:
    gate, now = Barrier(12), datetime.now(UTC)

    def guess(number: int) -> str:
        gate.wait()
        with pytest.raises(InvalidAnswers) as refused:
            accounts.sign_in(district.opened, "user0", f"猜测第 {number} 次", now)
        return str(refused.value)

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(guess, range(12)))
    assert sum("登录名或密码不对" in each for each in said) == accounts.FAILURES
    assert sum("输错次数太多" in each for each in said) == 12 - accounts.FAILURES


def test_signing_in_rightly_uses_up_no_attempt(district: District) -> None:
    for _ in range(accounts.FAILURES + 2):
        district.browser("社区干部")
