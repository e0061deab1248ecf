"""An estate's pack: another version is compared in words; its bureau moves it there, or an administrator several."""

from dataclasses import replace
from pathlib import Path

from engine.store import Store
from engine.use_cases import accounts
from engine.use_cases.library import Library
from tests.district import PASSWORD, District, later_pack


def test_an_administrator_moves_several_estates_at_once_and_reads_of_each_what_became_of_it(
    opened: Store, library: Library, tmp_path: Path
) -> None:
    newer, district = later_pack(library), District(opened, library, tmp_path)
    first, second, third = district.enter(), district.enter("兰馨园"), district.enter("梅苑")
    with opened.work("测试", district.clock.now) as work:
        accounts.add(work, "admin", "孙宁", PASSWORD, "钟楼区", ["管理员"])
        accounts.add(work, "afar", "韩雪", PASSWORD, "天宁区", ["管理员"])
        old = work.estate(first).pack_version
    district.app.extensions["daoru"] = replace(
        district.app.extensions["daoru"], library=replace(library, packs=(*library.packs, newer))
    )
    admin, address = district.browser_of("admin"), f"/admin/packs/{old}"
    assert "先在上面选那个版本比较" in admin.get(address).text
    preview = admin.get(f"{address}?against={newer.version}").text
    assert "结果异议期" in preview
    assert preview.count('name="estate"') == 3
    given = {"to": newer.version, "reason": "区里公布了新版本", "estate": [str(first), str(second)]}
    unreasoned = admin.post(address, {**given, "reason": " "})
    assert unreasoned.status_code == 422
    assert "要写明依据" in unreasoned.text
    assert unreasoned.text.count(" checked") == 2
    with opened.work("测试", district.clock.now) as work:
        work.set_status(second, "withdrawn")
    result = admin.post(address, given).text
    assert "1 个成功，1 个失败" in result
    assert "小区“兰馨园”已结束办理" in result
    again = admin.post(address, given).text
    assert "0 个成功，2 个失败" in again
    moves = [event["reason"] for event in district.log(first) if event["kind"] == "EstateMovedToPack"]
    assert moves == ["区里公布了新版本"]
    assert "EstateMovedToPack" not in [event["kind"] for event in district.log(third)]
    assert "规则包变更为" in admin.get("/admin/log").text
    afar = district.browser_of("afar").post(address, {**given, "estate": [str(third)]}, "/admin")
    assert "0 个成功，1 个失败" in afar.text
    assert "梅苑" not in afar.text


def test_an_estate_is_moved_to_another_version_by_its_bureau_with_a_reason(
    opened: Store, library: Library, tmp_path: Path
) -> None:
    newer = later_pack(library)
    district = District(opened, library, tmp_path)
    estate = district.enter()
    assert "没有别的版本" in district.browser("区住建").get(f"/estates/{estate}/pack").text
    district.app.extensions["daoru"] = replace(
        district.app.extensions["daoru"], library=replace(library, packs=(*library.packs, newer))
    )
    bureau, address = district.browser("区住建"), f"/estates/{estate}/pack"
    shown = bureau.get(f"{address}?to={newer.version}").text
    assert "结果异议期" in shown
    assert "7 天 → 10 天" in shown
    assert "不能换" in district.browser("街道").get(f"{address}?to={newer.version}").text
    given = {"to": newer.version, "reason": "区里公布了新版本"}
    assert district.browser("街道").post(address, given).status_code == 403
    unreasoned = bureau.post(address, {**given, "reason": " "}, f"{address}?to={newer.version}")
    assert unreasoned.status_code == 422
    assert "没有写明理由" in unreasoned.text
    assert bureau.post(address, given, f"{address}?to={newer.version}").status_code == 302
    assert [event["reason"] for event in district.log(estate) if event["kind"] == "EstateMovedToPack"] == [
        given["reason"]
    ]
