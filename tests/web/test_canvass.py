"""The canvass: three taps a door, nothing twice and nothing lost, refused means no more, and who may see what."""

import re
import threading
import uuid
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from engine.errors import Conflict, InvalidAnswers, NotPermitted
from engine.rules.doors import Result
from engine.store import disclosures, standings
from engine.store import doors as kept
from engine.use_cases import canvass_team, canvassing, figures, visit_photos, visiting
from engine.use_cases.dossier import Dossier
from tests import photographs
from tests.canvassing import CADRE, EVENING, GRID, LAWYER, ROOT, VOLUNTEER, Canvassing, shown
from tests.district import District


@pytest.fixture
def going(district: District) -> Canvassing:
    """The reference estate with its 151 doors, none visited."""
    return Canvassing.begin(district)


def given(result: str = "SUPPORT", **more: str) -> dict[str, str]:
    return {"result": result, "key": str(uuid.uuid4()), **more}


def test_a_visit_is_three_taps_and_the_next_door_opens_by_itself(district: District, going: Canvassing) -> None:
    grid = district.browser(GRID)
    page = grid.get(f"{ROOT}/grid").text
    first = going.id_of("1-2601")
    assert f"href=d/{first} " in page
    answer = going.knock(grid, "1-2601", "SUPPORT")
    assert answer.location == f"{ROOT}/next?after={first}"
    onward = grid.get(answer.location)
    assert onward.location == f"{ROOT}/d/{going.id_of('1-2501')}?was={first}"
    there = grid.get(onward.location).text
    assert "1-2501" in there
    assert "撤销" in there
    (row,) = going.rows()
    assert (row.attitude, row.on, row.time, row.round) == ("SUPPORT", "2026-02-06", "19:30", 1)
    assert (row.actor, row.visitors) == ("吴倩", "吴倩")
    undone = {"do": "withdraw", "key": row.key, "revision": "1"}
    assert grid.post(f"{ROOT}/d/{first}", undone, ROOT).status_code == 302
    assert going.rows() == []
    with going.at_work() as canvass:
        (before,) = kept.history(canvass.dossier.work, 1, row.key)
    assert (before["what"], before["attitude"]) == ("WITHDRAWN", "SUPPORT")


def test_the_owner_is_masked_and_dialled_without_being_shown_and_that_is_noted(
    district: District, going: Canvassing
) -> None:
    grid, door = district.browser(GRID), f"{ROOT}/d/{going.id_of('1-0101')}"
    page = grid.get(door).text
    assert "汪**" in page
    assert "tel:" not in page
    dialled = grid.post(door, {"do": "dial"}, ROOT).text
    assert 'href="tel:' in dialled
    number = dialled.partition('href="tel:')[2].partition('"')[0]
    assert number not in shown(dialled)
    with district.opened.work("测试", district.clock.now) as work:
        noted, _ = disclosures.of_estate(work, 1, 1)
    assert [(one.actor, one.subject, one.purpose) for one in noted] == [("吴倩", "1-0101", "约上门走访")]


def test_what_is_wrong_is_said_by_field_keeps_what_was_typed_and_changes_nothing(
    district: District, going: Canvassing
) -> None:
    grid = district.browser(GRID)
    for result, more, said in (
        ("", {}, "没有选结果"),
        ("CALL_BACK", {}, "约了时间要写明哪一天"),
        ("HESITANT", {"again": "other", "follow_up": "2026-02-01"}, "早于走访日期"),
        ("SUPPORT", {"promise": "换灯", "promise_due": "2026-05-01"}, "承诺要有人落实"),
        ("SUPPORT", {"promise": "换灯", "promise_owner": "林芳"}, "承诺要有期限"),
        ("SUPPORT", {"on": "2026-02-07", "time": "09:00"}, "晚于现在（2026-02-06 19:30）"),
        ("SUPPORT", {"on": "2026-02-06", "time": "19:31"}, "请核对日期，或手机的日期和时间设置"),
        ("SUPPORT", {"concerns": "MOON"}, "没有“MOON”这种疑虑"),
        ("SUPPORT", {"note": "很" * 501}, "备注不超过 500 个字"),
    ):
        answer = going.knock(grid, "1-0101", result, **more)
        assert (answer.status_code, said in answer.text) == (422, True), said
        assert all(value in answer.text for name, value in more.items() if name == "promise")
    assert going.rows() == []
    assert going.knock(grid, "1-0101", "SUPPORT", on="2026-02-06", time="19:30").status_code == 302


def test_a_visit_sent_twice_is_kept_once(district: District, going: Canvassing) -> None:
    grid, key = district.browser(GRID), str(uuid.uuid4())
    for _ in range(2):
        assert going.knock(grid, "1-0101", "SUPPORT", key=key).status_code == 302
    assert len(going.rows()) == 1
    refused = going.knock(grid, "1-0102", "SUPPORT", key=key)
    assert "已经用在另一户" in refused.text


def test_two_phones_edit_one_visit_the_second_sees_the_first_and_nothing_is_lost(
    district: District, going: Canvassing
) -> None:
    grid, cadre, key = district.browser(GRID), district.browser(CADRE), str(uuid.uuid4())
    going.knock(grid, "1-0101", "HESITANT", key=key, note="想看合同")
    first = {"key": key, "revision": "1", "note": "看过合同，同意了", "visitors": "周敏"}
    assert going.knock(cadre, "1-0101", "SUPPORT", **first).status_code == 302
    second = {"key": key, "revision": "1", "note": "还要问家人", "visitors": "吴倩"}
    clash = going.knock(grid, "1-0101", "HESITANT", **second)
    assert clash.status_code == 409
    assert "另一部手机先改了这次走访" in clash.text
    assert "看过合同，同意了" in clash.text
    assert "还要问家人" in clash.text
    assert 'name="revision" value="2"' in clash.text
    (row,) = going.rows()
    assert (row.attitude, row.note, row.revision) == ("SUPPORT", "看过合同，同意了", 2)
    # sent again it is kept beside the visit once only
    going.knock(grid, "1-0101", "HESITANT", **second)
    with going.at_work() as canvass:
        before = kept.history(canvass.dossier.work, 1, key)
    assert [(one["what"], one["note"]) for one in before] == [("CHANGED", "想看合同"), ("CONFLICT", "还要问家人")]
    assert going.knock(grid, "1-0101", "HESITANT", **{**second, "revision": "2"}).status_code == 302
    (row,) = going.rows()
    assert (row.attitude, row.note, row.revision) == ("NEUTRAL", "还要问家人", 3)


def test_a_door_that_refused_gets_no_visit_until_a_lead_opens_it_for_a_reason(
    district: District, going: Canvassing
) -> None:
    grid, volunteer = district.browser(GRID), district.browser_of("volunteer")
    grid.post(f"{ROOT}/team", {"units": "1-0101, 1-0102", "person": VOLUNTEER})
    assert going.knock(volunteer, "1-0101", "REFUSED").status_code == 302
    district.clock.pass_by(hours=2)
    assert "已经表示拒访，不再上门" in going.knock(volunteer, "1-0101", "SUPPORT").text
    door = f"{ROOT}/d/{going.id_of('1-0101')}"
    assert "只有负责走访的人可以重新开放" in volunteer.get(door).text
    assert volunteer.post(door, {"do": "reopen", "why": "业主来电"}, ROOT).status_code == 403
    assert "请写明理由" in grid.post(door, {"do": "reopen", "why": ""}, ROOT).text
    with going.at_work("volunteer") as canvass:
        assert canvassing.next_door(canvass, "1-0102", "") is None
    assert grid.post(door, {"do": "reopen", "why": "业主来电约见"}, ROOT).status_code == 302
    assert going.knock(volunteer, "1-0101", "SUPPORT").status_code == 302
    assert [event["reason"] for event in district.log(1) if event["kind"] == "DoorReopened"] == ["业主来电约见"]


def test_a_visit_made_before_the_refusal_and_sent_after_it_is_kept(going: Canvassing) -> None:
    with going.at_work() as canvass:
        visiting.record(canvass, "1-0101", given("REFUSED", on="2026-02-06", time="19:00"))
    with going.at_work(CADRE) as canvass:
        visiting.record(canvass, "1-0101", given("NOBODY", on="2026-02-06", time="18:00"))
    with pytest.raises(InvalidAnswers, match="拒访"), going.at_work(CADRE) as canvass:
        visiting.record(canvass, "1-0101", given("NOBODY", on="2026-02-06", time="19:10"))
    assert [row.attitude for row in going.rows()] == ["", "NOT_MET"]


def test_a_clock_wrong_by_a_day_is_set_right_and_flagged_and_one_later_than_now_is_refused(going: Canvassing) -> None:
    ahead, behind = EVENING + timedelta(days=1), EVENING - timedelta(days=1)
    for unit, clock in (("1-0101", ahead), ("1-0102", behind), ("1-0103", EVENING + timedelta(minutes=9))):
        taken = (clock - timedelta(minutes=30)).isoformat()
        with going.at_work() as canvass:
            visiting.record(canvass, unit, given(taken_at=taken, sent_at=clock.isoformat()))
    assert [(row.on, row.time, row.flag) for row in going.rows()] == [
        ("2026-02-06", "19:00", "手机时钟快了 1 天，走访时间已按服务器时间改正"),
        ("2026-02-06", "19:00", "手机时钟慢了 1 天，走访时间已按服务器时间改正"),
        ("2026-02-06", "19:09", ""),
    ]
    with pytest.raises(InvalidAnswers, match="晚于现在"), going.at_work() as canvass:
        later = {"taken_at": (EVENING + timedelta(hours=1)).isoformat(), "sent_at": EVENING.isoformat()}
        visiting.record(canvass, "1-0104", given(**later))
    with pytest.raises(InvalidAnswers, match="没有说明走访时间"), going.at_work() as canvass:
        visiting.record(canvass, "1-0104", given(taken_at="昨天"))


def test_the_figure_of_the_card_follows_every_visit_exactly(district: District, going: Canvassing) -> None:
    keys: list[str] = []
    for unit, result in (("1-0101", "SUPPORT"), ("1-0102", "AGAINST"), ("1-0101", "NOBODY"), ("1-0103", "SUPPORT")):
        one = given(result)
        keys.append(one["key"])
        with going.at_work() as canvass:
            visiting.record(canvass, unit, one)
    assert going.figure() == (2, 3)
    with going.at_work() as canvass:
        visiting.record(canvass, "1-0102", given("SUPPORT", key=keys[1], revision="1"))
    assert going.figure() == (3, 3)
    with going.at_work() as canvass:
        visiting.withdraw(canvass, keys[3], 1)
    assert going.figure() == (2, 2)
    with district.opened.work("测试", district.clock.now) as work:
        dossier = Dossier(work, district.library, 1)
        assert figures.worked_out(dossier) == standings.figure(work, 1)


def test_phones_that_record_at_the_same_time_lose_nothing(district: District, going: Canvassing) -> None:
    wrong: list[BaseException] = []

    def phone(number: int) -> None:
        try:
            for turn in range(3):
                for _ in range(20):
                    try:
                        with going.at_work() as canvass:
                            visiting.record(canvass, "1-0101", given("SUPPORT", note=f"{number}-{turn}"))
                        break
                    except Conflict:
                        continue
        except BaseException as error:
            wrong.append(error)

    phones = [threading.Thread(target=phone, args=(number,)) for number in range(6)]
    for one in phones:
        one.start()
    for one in phones:
        one.join()
    assert not wrong
    assert sorted(row.note for row in going.rows()) == sorted(
        f"{number}-{turn}" for number in range(6) for turn in range(3)
    )
    assert going.figure() == (1, 1)


def test_nobody_home_at_several_doors_at_once_leaves_out_those_that_refused(
    district: District, going: Canvassing
) -> None:
    grid = district.browser(GRID)
    going.knock(grid, "1-0102", "REFUSED")
    page = grid.get(f"{ROOT}/grid?pick=1").text
    assert 'name="units" value="1-0101"' in page
    sent = {"units": ["1-0101", "1-0102", "1-0103"], "do": "nobody", "once": "abc"}
    assert grid.post(f"{ROOT}/grid?building=1", sent, f"{ROOT}/grid?pick=1").status_code == 302
    assert "1-0102 已拒访，没有登记" in grid.get(f"{ROOT}/grid?building=1").text
    assert grid.post(f"{ROOT}/grid?building=1", sent, f"{ROOT}/grid?pick=1").status_code == 302
    assert [row.unit_no for row in going.rows()] == ["1-0102", "1-0101", "1-0103"]
    assert "○1" in grid.get(f"{ROOT}/grid?building=1&show=missed").text
    assert "请选 1 到 200 户" in grid.post(f"{ROOT}/grid", {"do": "nobody"}, f"{ROOT}/grid").text


def test_a_packet_of_doors_belongs_to_a_person_who_sees_and_records_those_only(
    district: District, going: Canvassing
) -> None:
    grid, volunteer = district.browser(GRID), district.browser_of("volunteer")
    assert "还没有分给您的门户" in volunteer.get(ROOT).text
    assert going.knock(volunteer, "1-0101", "SUPPORT").status_code == 403
    assert "清册中没有房号“9-9999”" in grid.post(f"{ROOT}/team", {"units": "9-9999", "person": VOLUNTEER}).text
    assert "不在可以走访的人里" in grid.post(f"{ROOT}/team", {"units": "1-0101", "person": "路人"}).text
    assert grid.post(f"{ROOT}/team", {"units": "1-0101、1-0102", "person": VOLUNTEER}).status_code == 302
    home = shown(volunteer.get(ROOT).text)
    assert "0 / 2" in home
    assert going.knock(volunteer, "1-0101", "SUPPORT").status_code == 302
    assert going.knock(volunteer, "1-0103", "SUPPORT").status_code == 403
    assert volunteer.get(f"{ROOT}/d/{going.id_of('1-0103')}").status_code == 403
    assert volunteer.post(f"{ROOT}/team", {"units": "1-0103", "person": VOLUNTEER}, ROOT).status_code == 403
    assert "1 / 2" in shown(volunteer.get(ROOT).text)
    assert volunteer.get(f"{ROOT}/next?after={going.id_of('1-0101')}").location.startswith(
        f"{ROOT}/d/{going.id_of('1-0102')}"
    )


def test_who_does_not_canvass_sees_sums_and_never_what_a_household_said(district: District, going: Canvassing) -> None:
    going.knock(district.browser(GRID), "1-0101", "AGAINST", note="担心涨价太多")
    lawyer = district.browser(LAWYER)
    page = lawyer.get(f"{ROOT}/grid").text
    assert f'href=d/{going.id_of("1-0101")} class="x">0101<' in page
    assert "✕" not in page.partition('class="grid-of"')[2]
    team = lawyer.get(f"{ROOT}/team").text
    assert "担心涨价太多" not in team
    assert "走访人" not in shown(team).replace("分工", "")
    assert lawyer.get(f"{ROOT}/d/{going.id_of('1-0101')}").status_code == 403


def test_the_meter_says_its_bases_and_that_it_is_no_vote(district: District, going: Canvassing) -> None:
    grid = district.browser(GRID)
    going.knock(grid, "1-0101", "SUPPORT")
    going.knock(grid, "1-0102", "AGAINST")
    page = shown(grid.get(f"{ROOT}/grid").text)
    assert "支持意向 1 / 2 户 50.0%" in page
    assert "不具有表决效力" in page
    for base in ("占答复的 · 按人", "占答复的 · 按面积", "占全部的 · 按户", "占全部的 · 按面积"):
        assert base in page


def test_the_team_page_counts_by_building_and_person_and_lists_promises_with_who_keeps_them(
    district: District, going: Canvassing
) -> None:
    grid = district.browser(GRID)
    promise = {"promise": "三个月内更换电梯光幕", "promise_owner": "林芳", "promise_due": "2026-05-01"}
    going.knock(grid, "1-0101", "SUPPORT", on="2026-02-06", time="18:00", **promise)
    going.knock(grid, "1-0102", "CALL_BACK", again="2026-02-07", on="2026-02-06", time="19:00")
    page = shown(grid.get(f"{ROOT}/team").text)
    assert "三个月内更换电梯光幕 1-0101 · 2026-02-06 吴倩答应 · 林芳 · 2026-05-01 前" in page
    assert "1-0102 2026-02-07" in page
    with going.at_work() as canvass:
        (line,) = canvass_team.team(canvass).lines
        (one,) = canvass_team.team(canvass).canvassers
    assert (line.results["支持"], line.results["约时间"], line.results["未访"]) == (1, 1, 149)
    assert (one.name, one.doors, one.visits, one.hours, one.pace) == ("吴倩", 2, 2, "1.0", "2.0")


def test_nothing_is_recorded_before_the_canvass_begins_or_after_a_round_was_closed(district: District) -> None:
    district.replay("hold_briefing")
    grid = district.browser(GRID)
    assert "入户征集没有在进行" in grid.get(ROOT).text
    assert "入户征集没有在进行" in grid.get(f"{ROOT}/grid").text
    answer: Any = grid.post(f"{ROOT}/grid", {"units": "1-0101", "do": "nobody"}, ROOT)
    assert answer.status_code == 403


def test_the_log_says_how_many_visits_and_never_whose(district: District, going: Canvassing) -> None:
    going.knock(district.browser(GRID), "1-0101", "SUPPORT", note="家里有病人")
    last = district.log(1)[-1]
    assert {"kind": "VisitsRecorded", "visits": 1}.items() <= last.items()
    assert "1-0101" not in str(last)


def test_another_persons_visit_is_corrected_and_not_taken_back(going: Canvassing) -> None:
    one = given(Result.SUPPORT)
    with going.at_work() as canvass:
        visiting.record(canvass, "1-0101", one)
    with pytest.raises(NotPermitted, match="由他本人撤回"), going.at_work(CADRE) as canvass:
        visiting.withdraw(canvass, one["key"], 1)
    with pytest.raises(Conflict), going.at_work() as canvass:
        visiting.withdraw(canvass, one["key"], 2)


def test_what_a_phone_sends_late_twice_or_wrongly_is_answered_visit_by_visit(
    district: District, going: Canvassing
) -> None:
    grid, volunteer = district.browser(GRID), district.browser_of("volunteer")
    assert volunteer.get(f"{ROOT}/packet").status_code == 403
    grid.post(f"{ROOT}/team", {"units": "1-0101 1-0102", "person": VOLUNTEER})
    packet = volunteer.get(f"{ROOT}/packet")
    assert [(door["unit_no"], door["due"]) for door in packet.json["doors"]] == [("1-0101", True), ("1-0102", True)]
    assert packet.json["doors"][0]["owner"] == "汪**"
    assert "phone" not in packet.text

    def send(unit_no: str, **more: str) -> Any:
        clock = {"taken_at": (EVENING - timedelta(hours=2)).isoformat(), "sent_at": EVENING.isoformat()}
        return volunteer.post(f"{ROOT}/visits", {"unit_no": unit_no, **clock, **more}, ROOT)

    one = given("HESITANT", note="想看合同")
    for state in ("KEPT", "AGAIN"):
        assert send("1-0101", **one).json == {"state": state, "revision": 1, "said": "", "flag": ""}
    corrected = send("1-0101", **{**one, "result": "SUPPORT", "revision": "1"})
    assert corrected.json == {"state": "CORRECTED", "revision": 2, "said": "", "flag": ""}
    clash = send("1-0101", **{**one, "result": "AGAINST", "revision": "1"}).json
    assert (clash["state"], clash["revision"]) == ("CONFLICT", 2)
    assert "另一部手机先改了：2026-02-06 17:30 支持，想看合同" in clash["said"]
    elsewhere = send("1-0103", **given())
    assert (elsewhere.status_code, "不是分给您的" in elsewhere.json["refused"]) == (403, True)
    wrong = send("1-0102", **given("CALL_BACK"))
    assert (wrong.status_code, "哪一天" in wrong.json["refused"]) == (422, True)
    assert [(row.unit_no, row.time, row.attitude) for row in going.rows()] == [("1-0101", "17:30", "SUPPORT")]
    assert volunteer.get(f"{ROOT}/round").status_code == 200
    assert "caches" in volunteer.get("/rounds-worker.js").text


def test_a_photo_of_a_visit_is_kept_once_and_shown_to_whom_the_door_is_shown(
    district: District, going: Canvassing
) -> None:
    grid, volunteer, key = district.browser(GRID), district.browser_of("volunteer"), str(uuid.uuid4())
    grid.post(f"{ROOT}/team", {"units": "1-0101", "person": VOLUNTEER})
    going_up = {"unit_no": "1-0101", "visit": key, "key": str(uuid.uuid4())}

    def send(**more: Any) -> Any:
        picture = (BytesIO(photographs.photo()), "photo.jpg")
        return volunteer.post(f"{ROOT}/photos", {**going_up, "photo": picture, **more}, ROOT)

    assert [send().json["new"] for _ in range(2)] == [True, False]
    assert "不是分给您的" in send(unit_no="1-0102", key=str(uuid.uuid4())).json["refused"]
    assert "不是照片" in send(key=str(uuid.uuid4()), photo=(BytesIO(b"no photo"), "a.jpg")).json["refused"]
    for _ in range(visit_photos.MOST - 1):
        assert send(key=str(uuid.uuid4())).status_code == 200
    assert "最多 5 张" in send(key=str(uuid.uuid4())).json["refused"]
    going.knock(volunteer, "1-0101", "SUPPORT", key=key)
    door = f"{ROOT}/d/{going.id_of('1-0101')}"
    shown_there = re.findall(rf'src="({door}/photos/\d+/small)"', volunteer.get(door).text)
    assert len(shown_there) == visit_photos.MOST
    answer = volunteer.get(shown_there[0])
    assert (answer.mimetype, photographs.located(answer.data)) == ("image/jpeg", False)
    assert grid.get(shown_there[0]).status_code == 200
    grid.post(f"{ROOT}/team", {"units": "1-0101", "person": ""})
    assert volunteer.get(shown_there[0]).status_code == 403
    assert district.browser(LAWYER).get(shown_there[0]).status_code == 403
    assert grid.get(shown_there[0].replace(str(going.id_of("1-0101")), str(going.id_of("1-0102")))).status_code == 404


def test_a_form_with_photos_that_is_refused_keeps_them_and_asks_for_none_again(
    district: District, going: Canvassing
) -> None:
    grid, key = district.browser(GRID), str(uuid.uuid4())
    picture = (BytesIO(photographs.photo()), "photo.jpg")
    refused = going.knock(grid, "1-0101", "", key=key, photo=picture)
    assert refused.status_code == 422
    assert "已经收到 1 张" in refused.text
    assert going.knock(grid, "1-0101", "SUPPORT", key=key).status_code == 302
    assert f"{ROOT}/d/{going.id_of('1-0101')}/photos/1/small" in grid.get(f"{ROOT}/d/{going.id_of('1-0101')}").text
    wrong = going.knock(grid, "1-0102", "SUPPORT", photo=(BytesIO(b"%PDF-1.4 %%EOF"), "a.pdf"))
    assert "走访只收照片" in wrong.text
    assert [row.unit_no for row in going.rows()] == ["1-0101"]


def test_a_phone_is_told_what_was_set_right_of_its_clock(district: District, going: Canvassing) -> None:
    grid = district.browser(GRID)
    wrong = (EVENING + timedelta(days=1)).isoformat()
    sent = {"unit_no": "1-0101", "taken_at": wrong, "sent_at": wrong, **given()}
    told = grid.post(f"{ROOT}/visits", sent, ROOT).json
    assert told["flag"] == "手机时钟快了 1 天，走访时间已按服务器时间改正"
    assert [(row.on, row.time) for row in going.rows()] == [("2026-02-06", "19:30")]


def test_while_some_are_lacking_the_next_door_is_the_one_that_is_reached_most_easily(
    district: District, going: Canvassing
) -> None:
    grid = district.browser(GRID)
    going.knock(grid, "1-0101", "CALL_BACK", again="other", follow_up="2026-02-06", on="2026-02-05", time="19:00")
    going.knock(grid, "1-2601", "NOBODY", on="2026-02-05", time="19:00")
    page = grid.get(f"{ROOT}?order=need").text
    assert "好找的在前" in shown(page)
    listed = re.findall(rf'href="{ROOT}/d/(\d+)\?within=[^"]+"', page)
    assert listed[:2] == [str(going.id_of("1-0101"))] * 2  # the button, and the first of the list
    assert str(going.id_of("1-2601")) not in listed
    onward = going.knock(grid, "1-0101", "SUPPORT", within=canvassing.NEED)
    there = grid.get(onward.location)
    assert there.location.startswith(f"{ROOT}/d/{going.id_of('1-2501')}?was=")
    assert f'name="within" value="{canvassing.NEED}"' in grid.get(there.location).text
    with going.at_work() as canvass:
        order = canvassing.needed(canvass)
    assert (order[0], order[-1], len(order)) == ("1-2501", "1-2601", 150)


def test_packets_of_doors_are_given_by_a_plain_form_and_every_door_lies_in_one(
    district: District, going: Canvassing
) -> None:
    grid = district.browser(GRID)
    page = grid.get(f"{ROOT}/team").text
    keys = re.findall(r'name="packet" value="([^"]+)"', page)
    given_away = grid.post(f"{ROOT}/team", {"packet": keys[:2], "person": VOLUNTEER})
    assert given_away.status_code == 302
    with going.at_work() as canvass:
        bundles = canvass_team.team(canvass).packets
        held = {unit for unit in canvass.layout.order if canvass.holder(unit) == VOLUNTEER}
    assert sum(len(one.packet.units) for one in bundles) == 151
    assert held == {*bundles[0].packet.units, *bundles[1].packet.units}
    assert bundles[0].holders == [(VOLUNTEER, len(bundles[0].packet.units))]
    assert f"{VOLUNTEER} 已分 {len(held)} 户" in shown(grid.get(f"{ROOT}/team").text)
    unknown = grid.post(f"{ROOT}/team", {"packet": "9-9999", "person": VOLUNTEER})
    assert unknown.status_code == 404
