"""Photos: sent in parts or with the form, kept once as they came, shown without their place, never beyond the scope."""

import hashlib
import io
import re
from typing import Any

import pytest
from PIL import Image

from engine.use_cases.photos import PART
from engine.worker import Tending
from tests import photographs
from tests.district import CASE, Browser, District, posted
from web import bounds

PLAN = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})
KEY = "3b241101-e2bb-4255-8caf-4136c566a962"


def _begin(browser: Browser, content: bytes, key: str = KEY, **said: str) -> Any:
    given = {"key": key, "field": "plan_scan", "name": "现场.jpg", "size": str(len(content)), **said}
    return browser.post("/tasks/1/photos", given, "/tasks/1")


def _add(browser: Browser, at: int, part: bytes, key: str = KEY) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/").text)
    assert found is not None
    return browser.client.post(f"/tasks/1/photos/{key}?at={at}", data=part, headers={"X-CSRFToken": found[1]})


def _sent(browser: Browser, content: bytes, key: str = KEY, **said: str) -> Any:
    assert _begin(browser, content, key, **said).json == {"received": 0}
    return _add(browser, 0, content, key)


def _photo(answer: Any) -> str:
    found = re.search(r'href="(/photos/\d+)"', answer.json["tile"])
    assert found is not None
    return found[1]


def test_a_photo_broken_off_goes_on_where_it_was_and_arrives_once(district: District) -> None:
    district.enter()
    housing, taken = district.browser("区住建"), photographs.noisy(1600, 1200)
    half = len(taken) // 2
    assert _begin(housing, taken).json == {"received": 0}
    assert _add(housing, 0, taken[:half]).json == {"received": half}
    # the answer was lost: the same part comes again and is not added again
    assert _add(housing, 0, taken[:half]).json == {"received": half}
    # the page was opened anew
    assert _begin(housing, taken).json == {"received": half}
    done = _add(housing, half, taken[half:])
    assert done.json["sha256"] == hashlib.sha256(taken).hexdigest()
    for again in (_begin(housing, taken), _add(housing, half, taken[half:])):
        assert again.json == done.json
    assert district.opened.files.read(done.json["sha256"]) == taken
    assert housing.get("/tasks/1").text.count('class="tile"') == 1
    assert not list((district.opened.files.root / "incoming").iterdir())


@pytest.mark.parametrize("kind", ["JPEG", "HEIF"])
def test_a_photo_is_upright_small_and_without_its_place_for_others_and_whole_for_a_reason(
    district: District, kind: str
) -> None:
    estate = district.enter()
    housing, cadre, street = (district.browser(lane) for lane in ("区住建", "社区干部", "街道"))
    taken = photographs.photo(1200, 800, kind, turned=6)
    page = _photo(_sent(housing, taken))
    small = cadre.get(f"{page}/small")
    assert small.headers["Cache-Control"] == "private, no-cache"
    assert small.headers["X-Content-Type-Options"] == "nosniff"
    assert cadre.client.get(f"{page}/small", headers={"If-None-Match": small.headers["ETag"]}).status_code == 304
    assert len(small.data) <= 30 * 1024
    for copy in (small, cadre.get(f"{page}/screen")):
        image = Image.open(io.BytesIO(copy.data))
        assert image.width < image.height  # taken across, held upright
        assert image.convert("RGB").getpixel((image.width - 5, 5))[0] > 200  # type: ignore[index]
        assert not image.getexif()
        assert b"Exif" not in copy.data
    assert "有定位（下载原件的人可见）" in cadre.get(page).text
    assert "119.946" not in cadre.get(page).text
    assert cadre.post(f"{page}/original", {"reason": "看一看"}, page).status_code == 403
    told = street.get(page).text
    assert "31.780100, 119.946900（±12 米）" in told
    assert "2026-01-04 09:30:12+08:00" in told
    assert "800×1200" in told
    assert street.post(f"{page}/original", {"reason": ""}, page).status_code == 422
    fetched = street.post(f"{page}/original", {"reason": "核对现场"}, page)
    assert fetched.data == taken
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert district.log(estate)[-1]["reason"] == "核对现场"
    assert "下载照片原件" in street.get(f"/estates/{estate}/log").text


def test_a_position_comes_from_the_browser_where_the_photo_has_none_and_nowhere_where_nobody_told(
    district: District,
) -> None:
    district.enter()
    housing, bare = district.browser("区住建"), photographs.photo(place=False)
    told = {"latitude": "31.780100", "longitude": "119.946900", "accuracy": "18.7"}
    assert "±18 米" in housing.get(_photo(_sent(housing, bare, **told))).text
    nowhere = _sent(
        housing, photographs.photo(640, 480, place=False), key=KEY.replace("3b", "4c"), latitude="nan", longitude="x"
    )
    assert "无定位" in nowhere.json["tile"]
    assert "无定位" in housing.get(_photo(nowhere)).text


@pytest.mark.parametrize(
    "content, why",
    [
        (photographs.photo()[:-2000], "已损坏"),
        (b"\xff\xd8\xff\xe0 a photo", "已损坏"),
        (photographs.bomb(), "像素太多"),
        (photographs.with_script(), "夹带了脚本"),
        (photographs.with_archive(), "夹带了脚本、网页或压缩包"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG 图形，不是照片"),
        (b"GIF89a" + bytes(200), "不是照片"),
        (b"MZ\x90\x00" + bytes(200), "不是照片"),
        (photographs.photo(kind="HEIF")[:-600], "已损坏"),
        (b"\x00\x00\x00\x1cftypheic\x00\x00\x00\x00mif1heicmiaf" + bytes(200), "已损坏"),
        (b"%PDF-1.7\n1 0 obj", "PDF 文件不完整"),
    ],
    ids=[
        "cut off",
        "a head only",
        "bomb",
        "script",
        "archive",
        "svg",
        "gif",
        "program",
        "heic cut off",
        "heic head only",
        "half a pdf",
    ],
)
def test_what_is_no_photo_is_refused_in_words_and_nothing_else_is_lost(
    district: District, content: bytes, why: str
) -> None:
    district.enter()
    housing = district.browser("区住建")
    # with the form, beside a good one
    good, bad = photographs.photo(), (io.BytesIO(content), "坏.jpg")
    given = {**PLAN, "do": "complete", "revision": "0", "plan_scan.new": [(io.BytesIO(good), "好.jpg"), bad]}
    answer = housing.post("/tasks/1", given)
    assert answer.status_code == 422
    assert "“坏.jpg”没有保存" in answer.text
    assert why in answer.text
    page = housing.get("/tasks/1").text
    assert f'value="{hashlib.sha256(good).hexdigest()}" checked' in page
    assert f'value="{PLAN["plan_no"]}"' in page
    # in parts
    sent = _sent(housing, content)
    assert sent.status_code == 422
    assert why in sent.json["refused"]
    assert hashlib.sha256(content).hexdigest() not in {path.name for path in district.opened.files.root.rglob("*")}


def test_a_pdf_is_kept_as_it_is_and_comes_as_a_file(district: District) -> None:
    district.enter()
    housing, scan = district.browser("区住建"), b"%PDF-1.4\n%%EOF\n"
    page = _photo(_sent(housing, scan, name="决定.pdf"))
    assert housing.get(f"{page}/small").status_code == 404
    fetched = housing.post(f"{page}/original", {"reason": "核对"}, page)
    assert (fetched.data, fetched.mimetype) == (scan, "application/octet-stream")


def test_a_photo_lies_within_the_scope_of_its_estate_and_only_whoever_has_the_task_adds_one(district: District) -> None:
    district.enter()
    housing, cadre, outside = district.browser("区住建"), district.browser("社区干部"), district.browser_of("elsewhere")
    page = _photo(_sent(housing, photographs.photo()))
    for address in (page, f"{page}/small", f"{page}/screen", "/photos/99"):
        assert outside.get(address).status_code == 404
    assert outside.post(f"{page}/original", {"reason": "核对"}, "/").status_code == 404
    assert _begin(outside, b"x").status_code == 404
    assert _begin(cadre, b"x").status_code == 403
    assert _add(cadre, 0, b"x").status_code == 403


@pytest.mark.parametrize(
    "said, status",
    [
        ({"field": "plan_no"}, 422),
        ({"field": "nothing"}, 422),
        ({"field": "targets.0.number"}, 422),
        ({"field": "plan_scan.0"}, 422),
        ({"size": "0"}, 422),
        ({"size": str(41 * 1024 * 1024)}, 422),
        ({"size": "-1"}, 422),
        ({"size": ""}, 422),
        ({"key": "../../etc/passwd"}, 404),
        ({"key": ""}, 404),
    ],
)
def test_a_forged_upload_is_refused(district: District, said: dict[str, str], status: int) -> None:
    district.enter()
    given = {"content": b"x", **said}
    assert _begin(district.browser("区住建"), **given).status_code == status  # type: ignore[arg-type]


def test_files_that_are_too_large_together_are_named_and_what_was_typed_beside_them_is_kept(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    district.enter()
    housing, first, second = district.browser("区住建"), photographs.photo(), photographs.noisy(800, 600)
    monkeypatch.setattr(bounds, "FILES", len(second))
    given = {**PLAN, "do": "complete", "revision": "0", "plan_scan.new": [
        (io.BytesIO(first), "甲.jpg"), (io.BytesIO(second), "乙.jpg")]}  # fmt: skip
    answer = housing.post("/tasks/1", given)
    assert answer.status_code == 422
    assert 'href="#plan_scan">这次选的 2 个文件一共 1 MB' in answer.text
    assert "最大的是“乙.jpg” 1 MB" in answer.text
    page = housing.get("/tasks/1").text
    assert f'value="{PLAN["plan_no"]}"' in page
    assert 'class="tile"' not in page
    # a form with nothing typed leads back to its page
    sheet = {"do": "preview", "sheet": (io.BytesIO(second), "名册.csv")}
    answer = district.browser("社区干部").post("/estates/1/registers/visits", sheet)
    assert answer.status_code == 413
    assert "每个 40 MB" in answer.text
    assert 'href="/estates/1/registers/visits">回到刚才的页面' in answer.text


def test_a_photo_of_twenty_megapixels_is_kept(district: District) -> None:
    district.enter()
    housing, taken = district.browser("区住建"), photographs.noisy(5472, 3648)
    assert len(taken) > 5_000_000
    assert _begin(housing, taken).json == {"received": 0}
    parts = [_add(housing, at, taken[at : at + PART]) for at in range(0, len(taken), PART)]
    assert "✓ 已上传" in parts[-1].json["tile"]
    assert district.opened.files.read(hashlib.sha256(taken).hexdigest()) == taken


def test_what_was_never_sent_to_the_end_is_swept_after_a_month_whoever_began_it(district: District) -> None:
    district.enter()
    housing, taken = district.browser("区住建"), photographs.photo()
    incoming = district.opened.files.root / "incoming"
    tending = Tending(district.opened, district.library)
    _begin(housing, taken)
    _add(housing, 0, taken[:1000])
    for days, left in ((29, 1), (2, 0)):
        district.clock.pass_by(days=days)
        tending.round(district.clock.now)
        assert len(list(incoming.iterdir())) == left
    # the phone comes back and sends it from its first byte
    assert _sent(district.browser("区住建"), taken).json["sha256"] == hashlib.sha256(taken).hexdigest()


def test_a_task_that_is_over_takes_no_photo(district: District) -> None:
    district.enter()
    housing = district.browser("区住建")
    assert housing.post("/tasks/1", {"do": "complete", **PLAN}).status_code == 302
    late = {"do": "complete", **PLAN, "plan_scan.new": (io.BytesIO(photographs.photo()), "晚.jpg")}
    answer = housing.post("/tasks/1", late, "/")
    assert (answer.status_code, "已由蒋涛办结" in answer.text) == (404, True)
    assert housing.get("/photos/1").status_code == 404


def test_whoever_examines_a_paper_sees_its_evidence_as_small_pictures_without_their_place(district: District) -> None:
    district.enter()
    housing = district.browser("区住建")
    _sent(housing, photographs.photo())
    taken = re.search(r'data-sha="(\w+)"', housing.get("/tasks/1").text)
    assert taken
    assert housing.post("/tasks/1", {"do": "complete", **PLAN, "plan_scan": taken[1]}).status_code == 302
    district.work_on(1)
    page = district.browser("法律顾问").get("/papers/XQ0001-D-01-2026-001/examine").text
    shown = page[page.index('class="evidence"') :].partition("</ul>")[0]
    assert 'href="/photos/1"' in shown
    assert '<img src="/photos/1/small"' in shown
    copy = district.browser("法律顾问").get("/photos/1/small").data
    with Image.open(io.BytesIO(copy)) as small:
        assert not small.getexif()
