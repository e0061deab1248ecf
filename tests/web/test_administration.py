"""Administration: accounts with one-time passwords, roles, the leaver's handover, the tree, and the log of it all."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from engine.store import accounts as store
from engine.store import tables
from engine.use_cases import accounts
from tests.district import COMMUNITY, OTHER, PASSWORD, Browser, District
from tests.web.test_own_account import enrolled

STREET = "钟楼区/永红街道"


@pytest.fixture
def admin(district: District) -> Browser:
    """The browser of an administrator of the street, where a second cadre stands by."""
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "admin", "孙宁", PASSWORD, STREET, ["管理员"])
        accounts.add(work, "second", "刘洋", PASSWORD, COMMUNITY, ["社区干部"])
        accounts.add(work, "afar", "韩雪", PASSWORD, "天宁区/茶山街道", ["社区干部", "管理员"])
    return district.browser_of("admin")


def _node(district: District, path: str) -> int:
    with district.opened.work("测试", district.clock.now) as work:
        return next(key for key, known in store.paths(work).items() if known == path)


def _user(admin: Browser, name: str) -> str:
    page = admin.get(admin.post("/admin", {"q": name}).location).text
    found = re.search(rf'href="(/admin/users/\d+)"><span><span class="title">{name}<', page)
    assert found is not None, page
    return found[1]


def _log(admin: Browser) -> str:
    return admin.get("/admin/log").text


def test_a_new_account_begins_with_a_one_time_password_that_opens_one_page(district: District, admin: Browser) -> None:
    given = {"login": "zhang", "name": "张敏", "node": _node(district, COMMUNITY), "role": "网格员"}
    shown = admin.post("/admin/users/new", given)
    found = re.search(r'class="one-time number">([a-z0-9-]{14})<', shown.text)
    assert found is not None, shown.text
    browser = Browser(district.app.test_client())
    assert browser.post("/sign-in", {"login": "zhang", "password": found[1]}).status_code == 302
    assert browser.get("/").location == "/me/password"
    assert browser.get("/estates").location == "/me/password"
    new = {"given": found[1], "wanted": PASSWORD, "again": PASSWORD}
    assert browser.post("/me/password", new).status_code == 302
    assert browser.get("/").status_code == 200
    assert "建立账号“zhang”，角色：钟楼区/永红街道/怡和社区的网格员" in _log(admin)
    assert found[1] not in _log(admin)


def test_a_one_time_password_is_worth_nothing_after_a_week(district: District, admin: Browser) -> None:
    address = _user(admin, "刘洋")
    shown = admin.post(address, {"do": "password"})
    found = re.search(r'class="one-time number">([a-z0-9-]{14})<', shown.text)
    assert found is not None
    stranger = Browser(district.app.test_client())
    assert stranger.post("/sign-in", {"login": "second", "password": PASSWORD}).status_code == 422
    district.clock.pass_by(days=8)
    assert "一次性密码已过期" in stranger.post("/sign-in", {"login": "second", "password": found[1]}).text


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"login": "Zhang"}, "登录名应为"),
        ({"name": "周敏"}, "已有人叫“周敏”"),
        ({"node": "999"}, "没有选择组织"),
        ({"role": "市长"}, "没有选择角色"),
    ],
)
def test_a_wrong_account_is_refused_in_words_and_keeps_what_was_typed(
    district: District, admin: Browser, wrong: dict[str, str], said: str
) -> None:
    given = {"login": "zhang", "name": "张敏", "node": str(_node(district, COMMUNITY)), "role": "网格员", **wrong}
    answer = admin.post("/admin/users/new", given)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{given["name"]}"' in answer.text
    assert "/admin/users/" not in admin.get(admin.post("/admin", {"q": "zhang"}).location).text.replace(
        "/admin/users/new", ""
    )


def test_nobody_reaches_beyond_their_part_of_the_organisation(district: District, admin: Browser) -> None:
    assert "韩雪" not in admin.get("/admin").text
    for number in range(1, 20):
        answer = admin.get(f"/admin/users/{number}")
        assert answer.status_code in {200, 404}
        assert "韩雪" not in answer.text
    elsewhere = _node(district, "天宁区/茶山街道")
    assert admin.get(f"/admin/nodes/{elsewhere}").status_code == 404
    assert admin.post(f"/admin/nodes/{elsewhere}", {"do": "add", "name": "新社区"}, "/admin").status_code == 404
    given = {"do": "give", "node": elsewhere, "role": "街道"}
    assert admin.post(_user(admin, "刘洋"), given).status_code == 422


def test_an_administrator_gives_and_takes_roles_but_never_their_own(district: District, admin: Browser) -> None:
    address, node = _user(admin, "刘洋"), _node(district, OTHER)
    assert admin.post(address, {"do": "give", "node": node, "role": "网格员"}).status_code == 302
    assert "已经是" in admin.post(address, {"do": "give", "node": node, "role": "网格员"}).text
    assert "清潭社区" in admin.get(address).text
    assert admin.post(address, {"do": "take", "node": node, "role": "网格员"}).status_code == 302
    last = {"do": "take", "node": _node(district, COMMUNITY), "role": "社区干部"}
    assert "最后一个角色" in admin.post(address, last).text
    own = admin.post(_user(admin, "孙宁"), {"do": "give", "node": node, "role": "街道"})
    assert own.status_code == 403
    assert "不能自己给自己加权" in own.text


def test_a_role_that_somebody_works_by_is_not_taken_away_under_them(district: District, admin: Browser) -> None:
    district.enter()
    address = _user(admin, "周敏")
    admin.post(address, {"do": "give", "node": _node(district, OTHER), "role": "网格员"})
    refused = admin.post(address, {"do": "take", "node": _node(district, COMMUNITY), "role": "社区干部"})
    assert refused.status_code == 422
    assert "还凭这个角色办理桂语苑的社区干部" in refused.text


def _lanes(page: str) -> dict[str, Any]:
    return dict.fromkeys(re.findall(r'name="(to\.\d+\.[^"]+)"', page), "")


def test_a_leaver_hands_over_lane_by_lane_and_only_then_the_account_is_closed(
    district: District, admin: Browser
) -> None:
    first, second = district.enter(), district.enter("兰馨园")
    leaver = district.browser("社区干部")
    address = _user(admin, "周敏")
    early = admin.post(address, {"do": "disable", "reason": "离职"})
    assert "还有 2 项角色没有交接" in early.text
    given = _lanes(admin.get(f"{address}/leave").text)
    assert set(given) == {f"to.{first}.社区干部", f"to.{second}.社区干部"}
    chosen = {f"to.{first}.社区干部": "刘洋", f"to.{second}.社区干部": "外人"}
    assert "要写明理由" in admin.post(f"{address}/leave", chosen).text
    result = admin.post(f"{address}/leave", {**chosen, "reason": "离职"}).text
    assert "已转</span> 桂语苑的社区干部 → 刘洋" in result
    assert "没有转</span> 兰馨园的社区干部 → 外人" in result
    assert admin.post(f"{address}/leave", {f"to.{second}.社区干部": "刘洋", "reason": "离职"}).status_code == 200
    assert admin.post(address, {"do": "disable", "reason": "离职"}).status_code == 302
    assert leaver.get("/").status_code == 302
    stranger = Browser(district.app.test_client())
    assert stranger.post("/sign-in", {"login": "user0", "password": PASSWORD}).status_code == 422
    assert "社区干部由周敏转给刘洋：离职" in district.browser("街道").get(f"/estates/{first}/log").text
    log = _log(admin)
    assert "停用账号：离职" in log
    assert "接手桂语苑的社区干部：离职" in log


def test_single_tasks_of_a_leaver_go_back_to_their_lane_or_to_who_delegated_them(
    district: District, admin: Browser
) -> None:
    district.replay("submit_application")
    cadre, second = district.browser("社区干部"), district.browser_of("second")
    task = re.findall(r'href="(/tasks/\d+)"', cadre.get("/").text)[0]
    cadre.post(f"{task}/release", {}, task)
    second.post(f"{task}/claim", {}, task)
    address = _user(admin, "刘洋")
    assert '提交导入申请 <span class="soft">→ 周敏' in admin.get(f"{address}/leave").text
    assert admin.post(address, {"do": "disable", "reason": "离职"}).status_code == 302
    assert task in cadre.get("/").text
    assert "由刘洋转给周敏：账号停用：离职" in district.browser("街道").get("/estates/1/log").text
    assert admin.post(address, {"do": "enable"}).status_code == 302
    cadre.post(f"{task}/delegate", {"name": "刘洋", "reason": "人手不够"})
    assert admin.post(address, {"do": "disable", "reason": "离职"}).status_code == 302
    assert 'name="do" value="complete"' in cadre.get(task).text
    assert "从刘洋收回：提交导入申请" in district.browser("街道").get("/estates/1/log").text


def test_an_administrator_helps_who_has_lost_the_phone(district: District, admin: Browser) -> None:
    enrolled(district)
    assert admin.post(_user(admin, "周敏"), {"do": "factor"}).status_code == 302
    assert district.browser("社区干部").get("/").status_code == 200


def test_the_tree_is_of_any_depth_and_scope_follows_it(district: District, admin: Browser) -> None:
    grid = f"{COMMUNITY}/第一网格"
    community = _node(district, COMMUNITY)
    assert admin.post(f"/admin/nodes/{community}", {"do": "add", "name": "第一网格"}).status_code == 302
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "grid", "宋佳", PASSWORD, f"{grid}/三号楼", ["网格员"])
        accounts.add(work, "city", "冯涛", PASSWORD, "钟楼区", ["区住建"])
    estate = district.enter()
    with district.opened.work("测试", district.clock.now) as work:
        work.execute(_placed(estate, _node(district, grid)))
    assert district.browser_of("city").get(f"/estates/{estate}").status_code == 200
    assert district.browser("社区干部").get(f"/estates/{estate}").status_code == 200
    assert district.browser_of("grid").get(f"/estates/{estate}").status_code == 404
    assert "三号楼" in admin.get("/admin/nodes").text


def _placed(estate: int, node: int) -> Any:
    return sa.update(tables.estate).where(tables.estate.c.id == estate).values(node_id=node)


def test_a_district_of_one_level_works_as_well(district: District) -> None:
    with district.opened.work("测试", district.clock.now) as work:
        for login, name, role in (("only", "何洁", "街道"), ("root", "罗平", "管理员")):
            accounts.add(work, login, name, PASSWORD, "经开区", [role])
    street = district.browser_of("only")
    page = street.get("/estates/new").text
    assert re.findall(r'<option value="\d+"[^>]*>([^<]+)</option>', page)[:1] == ["经开区"]
    assert "经开区" in district.browser_of("root").get("/admin/nodes").text


def test_a_node_is_renamed_and_moved_with_what_lies_below(district: District, admin: Browser) -> None:
    community, other = _node(district, COMMUNITY), _node(district, OTHER)
    assert admin.post(f"/admin/nodes/{other}", {"do": "rename", "name": "清潭一社区"}).status_code == 302
    assert admin.post(f"/admin/nodes/{other}", {"do": "move", "parent": community}).status_code == 302
    with district.opened.work("测试", district.clock.now) as work:
        assert store.paths(work)[other] == f"{COMMUNITY}/清潭一社区"
    log = _log(admin)
    assert "改名为“清潭一社区”" in log
    assert f"移到“{COMMUNITY}”" in log


@pytest.mark.parametrize(
    "given, said",
    [
        ({"do": "move", "parent": "self"}, "不能移到自己或自己的下级里"),
        ({"do": "move", "parent": "street"}, "已经在“钟楼区/永红街道”里"),
        ({"do": "move", "parent": "0"}, "没有选择移到哪里"),
        ({"do": "rename", "name": "清潭社区"}, "已经有“清潭社区”"),
        ({"do": "rename", "name": "a/b"}, "不含“/”"),
        ({"do": "add", "name": " "}, "名称应为 1–60 个字"),
    ],
)
def test_a_change_of_the_tree_that_cannot_be_is_refused_in_words(
    district: District, admin: Browser, given: dict[str, str], said: str
) -> None:
    community = _node(district, COMMUNITY)
    there = {"self": str(community), "street": str(_node(district, STREET))}
    given = {key: there.get(value, value) for key, value in given.items()}
    answer = admin.post(f"/admin/nodes/{community}", given)
    assert answer.status_code == 422
    assert said in answer.text
    assert "还没有变更" in _log(admin)


def test_a_move_that_would_leave_somebody_without_sight_of_their_work_is_refused(
    district: District, admin: Browser
) -> None:
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "chief", "曹阳", PASSWORD, "钟楼区", ["管理员"])
        accounts.add(work, "other", "许静", PASSWORD, "钟楼区/南大街街道", ["街道"])
    chief = district.browser_of("chief")
    address, node = _user(chief, "陈立"), _node(district, STREET)
    assert chief.post(address, {"do": "give", "node": node, "role": "街道"}).status_code == 302
    take = {"do": "take", "node": _node(district, COMMUNITY), "role": "街道"}
    assert chief.post(address, take).status_code == 302
    district.enter()
    community, target = _node(district, COMMUNITY), _node(district, "钟楼区/南大街街道")
    refused = chief.post(f"/admin/nodes/{community}", {"do": "move", "parent": target})
    assert refused.status_code == 422
    assert "桂语苑的街道陈立" in refused.text


def test_other_roles_have_nothing_of_administration(district: District, admin: Browser) -> None:
    cadre = district.browser("社区干部")
    for address in ("/admin", "/admin/nodes", "/admin/log", "/admin/packs"):
        assert cadre.get(address).status_code == 403
    assert ">管理<" not in cadre.get("/").text
    assert ">管理<" in admin.get("/").text


def test_a_form_that_is_sent_twice_gives_a_role_once(district: District, admin: Browser) -> None:
    address, node = _user(admin, "刘洋"), _node(district, OTHER)
    given = {"do": "give", "node": node, "role": "网格员", "once": "the-same-form"}
    assert admin.post(address, given).location == address
    assert admin.post(address, given).location == "/admin"
    assert _log(admin).count("给予角色") == 1
