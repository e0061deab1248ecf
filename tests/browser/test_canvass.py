"""The canvass on a phone of 360 px: three taps a door, and a building canvassed while there is no network."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route

from engine.store import doors, registers, tables
from engine.use_cases import canvass_team
from tests import photographs
from tests.browser.test_desk import DESK, PHONE, narrow, signed_in
from tests.canvassing import EVENING, GRID, ROOT, VOLUNTEER, Canvassing
from tests.district import PASSWORD, District


def test_three_taps_record_a_visit_and_open_the_next_door(chromium: Browser, district: District, pages: str) -> None:
    going = Canvassing.begin(district)
    page = signed_in(chromium, pages, GRID, PHONE)
    page.goto(f"{pages}{ROOT}/grid")
    narrow(page)
    page.click(".doors a >> nth=0")
    page.click(".six label:has-text('支持')")
    page.click("button:has-text('保存并下一户')")
    page.wait_for_selector("h1:has-text('1-2501')")
    narrow(page)
    assert [(row.unit_no, row.attitude) for row in going.rows()] == [("1-2601", "SUPPORT")]
    page.click("button:has-text('撤销')")
    page.wait_for_selector("[role=status]:has-text('已撤回')")
    assert going.rows() == []


def test_the_floors_of_a_building_lie_within_a_phone_however_many_doors_they_have(
    chromium: Browser, district: District, pages: str
) -> None:
    going = Canvassing.begin(district)
    unit = registers.unit
    with district.opened.work("测试", district.clock.now) as work:
        keys = work.connection.execute(sa.select(unit.c.id).order_by(unit.c.id)).scalars().all()
        for building, wide, first in ((6, 6, 0), (8, 8, 30), (10, 10, 60)):
            for number, key in enumerate(keys[first : first + 2 * wide]):
                no = f"{building}-{number // wide + 11}{number % wide + 1:02d}"
                work.execute(sa.update(unit).where(unit.c.id == key).values(unit_no=no, building=str(building)))
    page = signed_in(chromium, pages, GRID, PHONE)
    for building, lines in ((6, [6]), (8, [4, 4]), (10, [5, 5])):
        page.goto(f"{pages}{ROOT}/grid?building={building}")
        narrow(page)
        assert page.eval_on_selector(".grid-of", "(grid) => grid.scrollWidth <= grid.clientWidth")
        cells = (
            page.locator(".doors p")
            .first.locator("a")
            .evaluate_all("(doors) => doors.map((door) => [door.offsetTop, door.offsetWidth, door.offsetHeight])")
        )
        tops = [top for top, _, _ in cells]
        assert [tops.count(top) for top in sorted(set(tops))] == lines
        assert all(width >= 48 <= height for _, width, height in cells)
    assert going.rows() == []


def _volunteer(chromium: Browser, pages: str) -> Page:
    page = chromium.new_context(viewport=PHONE, locale="zh-CN").new_page()  # type: ignore[arg-type]
    page.goto(pages)
    page.fill("#login", "volunteer")
    page.fill("#password", PASSWORD)
    page.click("button:has-text('登录')")
    page.wait_for_selector("h1:has-text('待办')")
    return page


def _visit(page: Page, unit: str, result: str) -> None:
    page.wait_for_selector(f"#rounds h2:has-text('{unit}')")
    page.click(f"#rounds .six label:has-text('{result}')")
    page.click("#rounds button:has-text('保存并下一户')")


def test_a_building_is_canvassed_without_a_network_and_every_visit_arrives_once(
    chromium: Browser, district: District, pages: str
) -> None:
    going = Canvassing.begin(district)
    lead = district.browser(GRID)
    units = ["1-0106", "1-0105", "1-0104", "1-0103"]
    lead.post(f"{ROOT}/team", {"units": " ".join(units), "person": VOLUNTEER})
    page = _volunteer(chromium, pages)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 31.774126, "longitude": 119.973214, "accuracy": 12})
    page.goto(f"{pages}{ROOT}/round")
    page.wait_for_selector("#rounds[data-ready='1']")
    page.wait_for_function("async () => (await (await caches.open('daoru-rounds-1')).keys()).length > 4")
    narrow(page)
    page.context.set_offline(True)
    page.click("#rounds .doors button >> nth=0")
    page.wait_for_selector("#rounds .position:has-text('位置已记下')")
    page.context.set_geolocation({"latitude": 31.774326, "longitude": 119.973214, "accuracy": 12})
    _visit(page, "1-0103", "支持")
    page.wait_for_selector("#rounds .position:has-text('位置已记下')")
    _visit(page, "1-0104", "反对")
    page.wait_for_selector("#rounds .net:has-text('2 条没有传完')")
    narrow(page)
    assert going.rows() == []
    # the page is killed in the middle of the round, and comes back without a network
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(f"{pages}{ROOT}/round")
    page.wait_for_selector("#rounds .net:has-text('2 条没有传完')")
    page.click("#rounds .doors button >> nth=2")
    _visit(page, "1-0105", "无人")
    _visit(page, "1-0106", "拒访")
    page.wait_for_selector("#rounds .net:has-text('4 条没有传完')")
    context.set_offline(False)
    page.wait_for_selector("#rounds .net:has-text('都已上传')")
    page.reload()
    page.wait_for_selector("#rounds[data-ready='1']")
    assert sorted((row.unit_no, row.attitude, row.refused, row.actor) for row in going.rows()) == [
        ("1-0103", "SUPPORT", 0, VOLUNTEER), ("1-0104", "OPPOSE", 0, VOLUNTEER),
        ("1-0105", "NOT_MET", 0, VOLUNTEER), ("1-0106", "", 1, VOLUNTEER),
    ]  # fmt: skip
    # one form for many doors: each visit keeps where it was recorded itself
    assert {row.unit_no: row.latitude for row in going.rows() if row.unit_no < "1-0105"} == {
        "1-0103": 3_177_413, "1-0104": 3_177_433,
    }  # fmt: skip
    page.click("#rounds .doors button >> nth=3")
    assert "不再上门" in page.inner_text("#rounds .recap")


def _round(chromium: Browser, going: Canvassing, pages: str, *units: str) -> Page:
    """The page of a round of a volunteer, ready to be taken along."""
    lead = going.district.browser(GRID)
    lead.post(f"{ROOT}/team", {"units": " ".join(units), "person": VOLUNTEER})
    page = _volunteer(chromium, pages)
    page.goto(f"{pages}{ROOT}/round")
    page.wait_for_selector("#rounds[data-ready='1']")
    page.wait_for_function("async () => (await (await caches.open('daoru-rounds-1')).keys()).length > 4")
    return page


def _photos_kept(page: Page) -> int:
    """How many photos lie in this browser."""
    return int(
        page.evaluate(
            """() => new Promise((found) => {
                const asked = indexedDB.open("daoru-rounds");
                asked.onsuccess = () => {
                    const counted = asked.result.transaction("photos").objectStore("photos").count();
                    counted.onsuccess = () => { asked.result.close(); found(counted.result); };
                };
            })"""
        )
    )


def test_photos_of_a_round_wait_without_a_network_arrive_once_and_go_with_the_packet(
    chromium: Browser, district: District, pages: str, tmp_path: Path
) -> None:
    going, scene = Canvassing.begin(district), tmp_path / "scene.jpg"
    scene.write_bytes(photographs.photo(3000, 2000))
    page = _round(chromium, going, pages, "1-0103", "1-0104")
    page.context.set_offline(True)
    page.click("#rounds .doors button >> nth=0")
    page.click("#rounds summary:has-text('照片')")
    for _ in range(2):
        page.set_input_files("#shot", str(scene))
        page.wait_for_selector("#rounds .tile canvas")
    page.click("#rounds .tile button >> nth=0")
    narrow(page)
    _visit(page, "1-0103", "支持")
    page.wait_for_selector("#rounds .net:has-text('1 条、1 张照片没有传完')")
    # killed and come back: the photo is still there, and any page says that something waits
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(f"{pages}{ROOT}/round")
    page.wait_for_selector("#rounds .net:has-text('1 条、1 张照片没有传完')")
    page.wait_for_selector(".unsent:has-text('待传 2')")
    context.set_offline(False)
    page.wait_for_selector("#rounds .net:has-text('都已上传')")
    page.reload()
    page.wait_for_selector("#rounds[data-ready='1']")
    assert _photos_kept(page) == 0
    with going.at_work() as canvass:
        found = doors.photos_at(canvass.dossier.work, 1, "1-0103")
        [[photo]] = found.values()
        assert (photo.actor, [row.key for row in going.rows()]) == (VOLUNTEER, list(found))
        content = canvass.dossier.work.files.read(photo.sha256)
    assert not photographs.located(content)
    with Image.open(BytesIO(content)) as opened:
        assert opened.size == (1600, 1067)
    # the packet closes while a photo waits: neither stays in the phone
    context.set_offline(True)
    page.click("#rounds .doors button >> nth=1")
    page.click("#rounds summary:has-text('照片')")
    page.set_input_files("#shot", str(scene))
    page.wait_for_selector("#rounds .tile canvas")
    _visit(page, "1-0104", "无人")
    page.wait_for_selector("#rounds .net:has-text('1 条、1 张照片没有传完')")
    with district.opened.work("测试", district.clock.now) as work:
        work.execute(sa.update(tables.estate).values(status="suspended"))
    context.set_offline(False)
    page.wait_for_selector("#rounds .clashes:has-text('小区已暂停')")
    page.wait_for_selector("#rounds [role=status]:has-text('名单已从本机删除')")
    assert _photos_kept(page) == 0
    assert page.locator("#rounds .doors button").count() == 0


def test_signing_out_asks_and_leaves_neither_packet_nor_photo_in_the_phone(
    chromium: Browser, district: District, pages: str, tmp_path: Path
) -> None:
    going, scene = Canvassing.begin(district), tmp_path / "scene.jpg"
    scene.write_bytes(photographs.photo())
    page = _round(chromium, going, pages, "1-0103", "1-0104")
    page.route("**/canvass/visits", lambda route: route.abort())
    page.click("#rounds .doors button >> nth=0")
    page.click("#rounds summary:has-text('照片')")
    page.set_input_files("#shot", str(scene))
    page.wait_for_selector("#rounds .tile canvas")
    _visit(page, "1-0103", "支持")
    page.wait_for_selector("#rounds .net:has-text('1 条、1 张照片没有传完')")
    page.goto(f"{pages}/me")
    page.wait_for_selector(".unsent:has-text('待传 2')")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.click("main button:has-text('退出登录')")
    assert asked == ["还有 2 项走访没有传完，现在退出会丢失。仍要继续吗？"]
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("main button:has-text('退出登录')")
    page.wait_for_selector("#login")
    assert page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)") == []


def test_two_phones_change_one_visit_and_the_second_chooses(chromium: Browser, district: District, pages: str) -> None:
    going, grid = Canvassing.begin(district), district.browser(GRID)
    page = _round(chromium, going, pages, "1-0103", "1-0104")

    def answer_lost(route: Route) -> None:
        route.fetch()
        route.abort()

    def corrected_elsewhere(unit: str, number: int) -> None:
        page.route("**/canvass/visits", answer_lost)
        page.click(f"#rounds .doors button >> nth={number}")
        with page.expect_event("requestfailed"):
            _visit(page, unit, "反对")
        key = next(row.key for row in going.rows() if row.unit_no == unit)
        going.knock(grid, unit, "HESITANT", key=key, revision="1", note="还要问家人")
        page.unroute("**/canvass/visits")
        page.click("#rounds button:has-text('立即上传')")
        page.wait_for_selector(f"#rounds .clashes:has-text('{unit}：另一部手机先改了')")

    corrected_elsewhere("1-0103", 0)
    narrow(page)
    page.click("#rounds .clashes button:has-text('用我的')")
    page.wait_for_selector("#rounds .clashes:empty", state="attached")
    corrected_elsewhere("1-0104", 1)
    page.click("#rounds .clashes button:has-text('保留他的')")
    page.wait_for_selector("#rounds .clashes:empty", state="attached")
    page.wait_for_selector("#rounds .net:has-text('都已上传')")
    assert sorted((row.unit_no, row.attitude, row.revision) for row in going.rows()) == [
        ("1-0103", "OPPOSE", 3), ("1-0104", "NEUTRAL", 2),
    ]  # fmt: skip


def test_whoever_carries_a_phone_with_a_wrong_date_is_told(chromium: Browser, district: District, pages: str) -> None:
    going = Canvassing.begin(district)
    going.district.browser(GRID).post(f"{ROOT}/team", {"units": "1-0103", "person": VOLUNTEER})
    page = _volunteer(chromium, pages)
    page.clock.install(time=EVENING + timedelta(days=1))
    page.goto(f"{pages}{ROOT}/round")
    page.wait_for_selector("#rounds .clock:has-text('手机时钟快了 1 天')")
    narrow(page)
    page.click("#rounds .doors button >> nth=0")
    _visit(page, "1-0103", "支持")
    page.wait_for_selector("#rounds .net:has-text('都已上传')")
    assert [(row.on, row.flag) for row in going.rows()] == [
        ("2026-02-06", "手机时钟快了 1 天，走访时间已按服务器时间改正")
    ]


def test_the_desk_may_be_installed_and_opens_without_a_network_at_the_round(
    chromium: Browser, district: District, pages: str
) -> None:
    page = _round(chromium, Canvassing.begin(district), pages, "1-0103")
    session = page.context.new_cdp_session(page)
    # a window of the tests keeps nothing, and so may install nothing: that is the one thing that Chromium misses
    missing = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in missing] == ["in-incognito"]
    assert session.send("Page.getAppManifest")["errors"] == []
    page.context.set_offline(True)
    page.goto(pages)
    page.wait_for_selector("#rounds[data-ready='1']")
    assert page.url == f"{pages}{ROOT}/round"


def _drag(page: Page, what: Locator, onto: Locator) -> None:
    """As a hand does, bit by bit: a pointer that leaps takes nothing along."""
    onto.scroll_into_view_if_needed()
    what.hover()
    page.mouse.down()
    place = onto.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2, steps=12)
    page.mouse.up()


def test_packets_are_dragged_onto_a_person(chromium: Browser, district: District, pages: str) -> None:
    going = Canvassing.begin(district)
    page = signed_in(chromium, pages, GRID, DESK)
    page.goto(f"{pages}{ROOT}/team")
    narrow(page)
    page.wait_for_selector("[data-packet][draggable='true']")
    page.check("[data-packet] input >> nth=1")
    page.check("[data-packet] input >> nth=2")
    _drag(page, page.locator("[data-packet]").nth(2), page.locator(f"[data-taker]:has-text('{VOLUNTEER}')"))
    page.wait_for_selector(f"[role=status]:has-text('分给{VOLUNTEER}')")
    with going.at_work() as canvass:
        holders = [[name for name, _ in one.holders] for one in canvass_team.team(canvass).packets]
    assert holders[:4] == [[], [VOLUNTEER], [VOLUNTEER], []]
