"""Signing in: sessions live in the database, end for good, and open only what lies in one's scope."""

import pytest

from tests.district import PASSWORD, Browser, District


def test_a_page_asks_for_a_sign_in_and_comes_back_afterwards(district: District) -> None:
    browser = Browser(district.app.test_client())
    asked = browser.get("/?tab=done")
    assert asked.status_code == 302
    assert asked.location == "/sign-in?next=/?tab%3Ddone"
    back = browser.post("/sign-in", {"login": "user0", "password": PASSWORD, "next": "/?tab=done"}, asked.location)
    assert back.location == "/?tab=done"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1", "//[", "/\n//evil.example"],
)
def test_nobody_is_sent_out_of_the_application_after_signing_in(district: District, elsewhere: str) -> None:
    answer = Browser(district.app.test_client()).post(
        "/sign-in", {"login": "user0", "password": PASSWORD, "next": elsewhere}
    )
    assert answer.location == "/"


def test_an_address_that_cannot_be_read_is_no_way_back(district: District) -> None:
    for address in ("//[", "http://["):
        assert Browser(district.app.test_client()).get(f"/sign-in?next={address}").status_code == 200


def test_a_sign_that_a_database_cannot_hold_is_refused_in_words(district: District) -> None:
    browser = district.browser("街道")
    for address in ("/estates?q=%00", "/papers/%00"):
        answer = browser.get(address)
        assert answer.status_code == 400, address
        assert "请求不完整" in answer.text
    assert browser.post("/estates/new", {"name": "桂\0苑"}).status_code == 400
    assert browser.post("/sign-in", {"login": "user\0", "password": PASSWORD}).status_code == 400


def test_a_wrong_password_keeps_the_login_and_says_nothing_about_who_exists(district: District) -> None:
    browser = Browser(district.app.test_client())
    known = browser.post("/sign-in", {"login": "user0", "password": "不对"})
    unknown = browser.post("/sign-in", {"login": "nobody", "password": "不对"})
    assert (known.status_code, unknown.status_code) == (422, 422)
    assert "登录名或密码不对" in known.text
    assert "登录名或密码不对" in unknown.text
    assert 'value="user0"' in known.text


def test_after_five_failures_even_the_right_password_waits_a_quarter_of_an_hour(district: District) -> None:
    browser = Browser(district.app.test_client())
    for _ in range(5):
        browser.post("/sign-in", {"login": "user0", "password": "不对"})
    assert "15 分钟后再试" in browser.post("/sign-in", {"login": "user0", "password": PASSWORD}).text
    district.clock.pass_by(minutes=16)
    assert browser.post("/sign-in", {"login": "user0", "password": PASSWORD}).status_code == 302


def test_a_cookie_copied_before_signing_out_is_worth_nothing(district: District) -> None:
    browser = district.browser("社区干部")
    copied = browser.client.get_cookie("daoru")
    assert copied is not None
    browser.post("/sign-out", {}, "/")
    thief = Browser(district.app.test_client())
    thief.client.set_cookie("daoru", copied.value)
    assert thief.get("/").status_code == 302


def test_a_session_ends_after_two_hours_without_a_request_and_after_twelve_in_any_case(district: District) -> None:
    browser = district.browser("社区干部")
    for _ in range(6):
        district.clock.pass_by(hours=1.9)
        assert browser.get("/").status_code == 200
    district.clock.pass_by(hours=0.7)
    assert browser.get("/").status_code == 302
    idle = district.browser("社区干部")
    district.clock.pass_by(hours=2.1)
    assert idle.get("/").status_code == 302


def test_a_post_without_the_token_of_a_page_changes_nothing(district: District) -> None:
    browser = district.browser("街道")
    answer = browser.client.post("/estates/new", data={"name": "无令牌苑"})
    assert answer.status_code == 400
    assert "没有保存" in answer.text
    assert "无令牌苑" not in browser.get("/estates").text


def test_every_page_forbids_inline_scripts_frames_and_caching(district: District) -> None:
    headers = district.browser("街道").get("/").headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_lies_in_another_community_answers_as_if_it_did_not_exist(district: District) -> None:
    estate = district.enter()
    stranger, cadre = district.browser_of("elsewhere"), district.browser("社区干部")
    assert cadre.get(f"/estates/{estate}").status_code == 200
    for address in (
        f"/estates/{estate}",
        f"/estates/{estate + 999}",
        "/tasks/1",
        "/tasks/999",
        "/papers/XQ0001-D-01-2026-001",
    ):
        there = stranger.get(address)
        assert there.status_code == 404, address
    # a page says nothing but the address that was asked
    here, nowhere = (stranger.get(f"/estates/{key}").text for key in (estate, estate + 999))
    assert here == nowhere.replace(f"/estates/{estate + 999}", f"/estates/{estate}")
    assert "桂语苑" not in stranger.get("/estates").text + stranger.get("/?tab=scope").text


def test_only_street_and_district_enter_estates(district: District) -> None:
    assert district.browser("社区干部").get("/estates/new").status_code == 403
    assert district.browser("区住建").get("/estates/new").status_code == 200
