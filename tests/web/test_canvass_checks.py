"""Whether a canvass can be believed: what asks for a question is asked by somebody else; a sample stands beside."""

import re
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import Conflict
from engine.rules import call_back_sample
from engine.store import canvass_checks as kept
from engine.use_cases import confirmed, visiting
from engine.use_cases.stages.consent import GATES
from engine.watching import Watcher
from tests.canvassing import CADRE, EVENING, GRID, ROOT, VOLUNTEER, Canvassing, shown, units
from tests.district import Browser, District

CHECKS = f"{ROOT}/checks"


@pytest.fixture
def going(district: District) -> Canvassing:
    """The reference estate with its 151 doors, none visited."""
    return Canvassing.begin(district)


def hurry(going: Canvassing, count: int, who: str = GRID) -> None:
    """As many doors recorded within ten minutes."""
    going.district.clock.now = EVENING + timedelta(hours=1)
    with going.at_work(who) as canvass:
        for number, unit in enumerate(units()[:count]):
            said = {"result": "SUPPORT", "key": f"hurry-{number:04d}", "on": "2026-02-06", "time": f"18:0{number % 10}"}
            visiting.record(canvass, unit, said)


def once(browser: Browser, page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', browser.get(page).text)
    assert found
    return found[1]


def post(browser: Browser, **given: Any) -> Any:
    return browser.post(CHECKS, {"once": once(browser, CHECKS), **given}, CHECKS)


def test_whoever_leads_is_told_once_the_day_is_over_and_never_of_the_own_day(
    district: District, going: Canvassing
) -> None:
    hurry(going, 10)
    watcher = Watcher(district.opened, district.library)
    watcher.round(district.clock.now)
    # the day is not over yet
    assert "走访抽查" not in district.browser(CADRE).get("/alerts").text
    district.clock.now += timedelta(days=1)
    for _ in range(2):
        Watcher(district.opened, district.library).round(district.clock.now)
    page = district.browser(CADRE).get("/alerts").text
    assert page.count("走访抽查：吴倩 2026-02-06 的走访有要问一问的，请核") == 1
    assert "走访抽查" not in district.browser(GRID).get("/alerts").text
    cadre = district.browser(CADRE)
    [first] = re.findall(r'action="(/alerts/\d+)"[^>]*>(?:(?!</form>).)*走访抽查', cadre.get("/alerts").text, re.DOTALL)
    assert cadre.post(first, {}, "/alerts").location == CHECKS
    post(cadre, do="decide", person="吴倩", on="2026-02-06", decision="CLEAR", reason="问过本人，记录补登")
    district.clock.now += timedelta(days=1)
    Watcher(district.opened, district.library).round(district.clock.now)
    assert "走访抽查" not in district.browser(CADRE).get("/alerts").text
    assert "走访抽查" in district.browser(CADRE).get("/alerts?tab=all").text


def test_a_day_that_asks_waits_in_the_inbox_of_whoever_has_to_look_until_it_is_decided(
    district: District, going: Canvassing
) -> None:
    hurry(going, 10)

    def look() -> None:
        Watcher(district.opened, district.library).round(district.clock.now)

    def tab(page: str) -> int:
        found = re.search(r'待办 <span class="number">\((\d+)\)', page)
        assert found
        return int(found[1])

    cadre, said = district.browser(CADRE), "核一核：吴倩 2026-02-06 的走访"
    before = tab(cadre.get("/").text)
    district.clock.now += timedelta(days=1)
    look()
    cadre = district.browser(CADRE)
    page = cadre.get("/").text
    assert (page.count(said), page.count(f'href="{CHECKS}"'), tab(page)) == (1, 1, before + 1)
    assert said not in cadre.get("/?tab=done").text
    # reading the message is not deciding; nobody looks into the own day
    cadre.post("/alerts/read", {}, "/alerts")
    assert said in cadre.get("/").text
    assert said not in district.browser(GRID).get("/").text
    post(cadre, do="decide", person="吴倩", on="2026-02-06", decision="CLEAR", reason="问过本人，记录补登")
    page = cadre.get("/").text
    assert (said in page, tab(page)) == (False, before)
    look()
    assert said not in cadre.get("/").text


def test_a_day_whose_visits_were_taken_back_waits_no_more(district: District, going: Canvassing) -> None:
    hurry(going, 10)
    district.clock.now += timedelta(days=1)
    Watcher(district.opened, district.library).round(district.clock.now)
    assert "核一核：吴倩 2026-02-06 的走访" in district.browser(CADRE).get("/").text
    with going.at_work() as canvass:
        for number in range(10):
            visiting.withdraw(canvass, f"hurry-{number:04d}", 1)
    Watcher(district.opened, district.library).round(district.clock.now)
    cadre = district.browser(CADRE)
    assert "核一核" not in cadre.get("/").text
    assert "吴倩 2026-02-06 的走访已改正，不用再核" in cadre.get("/alerts?tab=all").text


def test_a_day_that_cannot_be_asks_for_a_question_and_somebody_else_settles_it(
    district: District, going: Canvassing
) -> None:
    hurry(going, 10)
    grid, cadre = district.browser(GRID), district.browser(CADRE)
    page = shown(cadre.get(CHECKS).text)
    assert "吴倩 2026-02-06 · 10 户 待核" in page
    assert "谈得很快 ：18:00 到 18:09 登记谈了 10 户；十分钟一般最多谈 6 户。" in page
    assert "不是结论" in page
    # nobody settles their own day
    own = {"do": "decide", "person": "吴倩", "on": "2026-02-06", "decision": "CLEAR", "reason": "我走得快"}
    assert "由另一位负责走访的人来核" in grid.get(CHECKS).text
    assert post(grid, **own).status_code == 403
    answer = post(cadre, **{**own, "reason": ""})
    assert answer.status_code == 422
    assert "请写明问了谁、怎么说的" in answer.text
    assert post(cadre, **{**own, "decision": "CALL_BACK", "reason": "说两人分头走"}).status_code == 302
    page = shown(cadre.get(CHECKS).text)
    assert "已定回访" in page
    assert "回访这几户：说两人分头走 周敏" in page
    with going.at_work(CADRE) as canvass:
        called = kept.calls(canvass.dossier.work, 1, 1)
    assert [one.unit_no for one in called] == units()[:10]
    # what is found later of the same day asks anew; the same finding does not
    hurry_more = {"result": "SUPPORT", "on": "2026-02-06"}
    with going.at_work() as canvass:
        for number, unit in enumerate(units()[20:25]):
            late = {**hurry_more, "time": f"06:0{number}", "key": f"night-{number:04d}"}
            visiting.record(canvass, unit, late)
    page = shown(cadre.get(CHECKS).text)
    assert "夜里登记 ：5 户登记的走访时间在 22 点到 7 点之间。" in page
    assert "15 户 待核" in page


def test_who_does_not_lead_the_canvass_does_not_see_what_is_asked(district: District, going: Canvassing) -> None:
    assert district.browser("法律顾问").get(CHECKS).status_code == 403
    assert "抽查" not in shown(district.browser("法律顾问").get(ROOT).text)


def test_a_sample_is_drawn_by_a_seed_that_the_log_had_before_and_stands_beside_the_rate(
    district: District, going: Canvassing
) -> None:
    cadre = district.browser(CADRE)
    answer = post(cadre, do="plan")
    assert answer.status_code == 422
    assert "还没有一户答复" in answer.text
    with going.at_work() as canvass:
        for number, unit in enumerate(units()[:40]):
            result = "AGAINST" if number < 2 else "SUPPORT"
            visiting.record(canvass, unit, {"result": result, "key": f"visit-{number:04d}"})
    assert post(cadre, do="draw").status_code == 404
    assert post(cadre, do="plan").status_code == 302
    page = shown(cadre.get(CHECKS).text)
    assert "40 户，登记支持 38 户" in page
    with going.at_work(CADRE) as canvass:
        work = canvass.dossier.work
        (sample,) = kept.samples(work, 1, 1)
        assert kept.calls(work, 1, 1) == []
    assert sample.seed in district.browser(CADRE).get("/estates/1/log").text
    assert post(cadre, do="draw").status_code == 302
    assert post(cadre, do="draw").status_code == 404
    with going.at_work(CADRE) as canvass:
        work, pack = canvass.dossier.work, canvass.dossier.pack
        drawn = [one.unit_no for one in kept.calls(work, 1, 1)]
        assert drawn == call_back_sample.draw(units()[:40], sample.size, sample.seed)
        calls = kept.calls(work, 1, 1)
        told = confirmed.figures(work, 1, 1, pack)
    assert (told["drawn"], told["open"], told["whole"]) == (sample.size, sample.size, 40)
    # who recorded the visit does not call back; one who was not reached may be tried again, an answer stands
    assert post(district.browser(GRID), do="hear", call=str(calls[0].id), heard="SUPPORT").status_code == 403
    assert post(cadre, do="hear", call=str(calls[0].id), heard="AWAY").status_code == 302
    assert post(cadre, do="hear", call=str(calls[0].id), heard="NEVER", note="说没人来过").status_code == 302
    again = post(cadre, do="hear", call=str(calls[0].id), heard="SUPPORT")
    assert again.status_code == 422
    assert "已由周敏回访登记" in again.text
    for one in calls[1:]:
        assert post(cadre, do="hear", call=str(one.id), heard="SUPPORT").status_code == 302
    page = shown(cadre.get(CHECKS).text)
    assert "1 户说没有人来问过" in page
    assert "95% 的把握" in page
    with going.at_work(CADRE) as canvass:
        decided = GATES["consent"].decide(canvass.dossier)
    assert "call_back" not in decided.outcome.figures, "the round that runs is not the one that was closed"
    estate = shown(cadre.get("/estates/1").text)
    assert "抽查回访：从答复的 40 户里随机抽" in estate
    assert "1 户说没有人来问过" in estate


def test_two_who_enter_a_call_back_at_once_do_not_write_over_each_other(district: District, going: Canvassing) -> None:
    hurry(going, 10)
    decided = {"do": "decide", "person": "吴倩", "on": "2026-02-06", "decision": "CALL_BACK", "reason": "再问问"}
    assert post(district.browser(CADRE), **decided).status_code == 302
    with going.at_work(CADRE) as canvass:
        one = kept.calls(canvass.dossier.work, 1, 1)[0]
    with going.at_work(CADRE) as canvass:
        kept.hear(canvass.dossier.work, one, "NEVER", "")
    with pytest.raises(Conflict), going.at_work(CADRE) as canvass:
        kept.hear(canvass.dossier.work, one, "SUPPORT", "")


def test_a_visit_keeps_where_the_phone_was_and_nothing_that_is_no_place(district: District, going: Canvassing) -> None:
    going.knock(district.browser(GRID), "1-0101", "SUPPORT", latitude="31.774126", longitude="119.973214")
    going.knock(district.browser(GRID), "1-0102", "SUPPORT", latitude="91.0", longitude="119.9")
    going.knock(district.browser(GRID), "1-0103", "SUPPORT", latitude="abc", longitude="")
    assert [(row.latitude, row.longitude) for row in going.rows()] == [
        (3_177_413, 11_997_321), (None, None), (None, None),
    ]  # fmt: skip


def test_an_evening_at_many_doors_with_volunteers_asks_nothing(district: District, going: Canvassing) -> None:
    district.browser(GRID).post(f"{ROOT}/team", {"units": " ".join(units()[:20]), "person": VOLUNTEER})
    with going.at_work("volunteer") as canvass:
        for number, unit in enumerate(units()[:8]):
            said = {
                "result": "SUPPORT",
                "on": "2026-02-06",
                "time": f"18:{number * 6:02d}",
                "key": f"even-{number:04d}",
            }
            visiting.record(canvass, unit, said)
    assert "这一轮没有要问的" in district.browser(CADRE).get(CHECKS).text
