"""The adviser examines the ballots of a vote: their common text, what each has of its own, one decision on the file."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.documents.catalogue import KINDS
from engine.store import tables
from engine.use_cases import ballot_text
from engine.use_cases.library import Library
from tests.district import Browser, District
from tests.documents.contracts import replaced


@pytest.fixture
def page(district: District) -> str:
    """The page on which the 149 ballots of the reference estate are examined."""
    district.replay("deliveries")
    return f"/papers/{number(district)}/examine"


def number(district: District) -> str:
    with district.opened.work("测试", district.clock.now) as work:
        [found] = [paper.number for paper in work.documents(1) if paper.kind == "ballot"]
    return str(found)


def looks(district: District) -> list[str]:
    """Who looked at what for which purpose, as the street reads it."""
    text = district.browser("街道").get("/estates/1/owners/looks").text
    return [line for line in re.findall(r"<li[^>]*>(.*?)</li>", text, re.S) if "表决票" in line]


def units(district: District) -> list[str]:
    with district.opened.work("测试", district.clock.now) as work:
        return [str(ballot.unit_no) for ballot in work.register(tables.metadata.tables["ballot"], 1)]


def decide(browser: Browser, page: str, decision: str, **given: str) -> object:
    shown = browser.get(page).text
    seen = re.search(r'name="seen" value="(\d+)"><input type="hidden" name="sha256" value="(\w+)"', shown)
    assert seen, shown
    return browser.post(page, {"decision": decision, "seen": seen[1], "sha256": seen[2], **given})


def test_ballots_come_to_the_adviser_as_one_paper_with_blanks_and_nobody_is_named_or_noted(
    district: District, page: str
) -> None:
    adviser = district.browser("法律顾问")
    assert page in adviser.get("/examining").text
    shown = adviser.get(page).text
    assert "张表决票，下面是共同文本" in shown
    assert "张全部相同" in shown
    for label in ("票号", "房号", "业主", "专有部分面积", "计票人数"):
        assert re.search(rf'class="filled" href="#origin-\d+" title="{label}：看来源"[^>]*>〔{label}〕</a>', shown)
    assert re.search(r"<dt>房号</dt><dd>\d+ 张，逐张不同", shown)
    assert "2026年" in shown, "what all ballots say alike stands there filled in"
    assert not [unit for unit in units(district) if re.search(rf"\b{unit}\b", shown)]
    assert "印制表决票" in shown
    assert "查询码〔查询码〕" in shown
    assert not looks(district)


def test_what_each_ballot_has_of_its_own_is_masked_until_it_is_read_on_purpose_and_on_record(
    district: District, page: str
) -> None:
    adviser, sheets = district.browser("法律顾问"), page.replace("/examine", "/sheets")
    first = units(district)[0]
    masked = adviser.get(sheets).text
    assert "000001" in masked
    assert "并入 ＊＊＊" in masked, "a unit that is counted with another one"
    assert masked.count(ballot_text.MASK) == 100 + masked.count("并入")
    assert not [unit for unit in units(district) if re.search(rf"\b{unit}\b", masked)]
    refused = adviser.post(sheets, {"purpose": "好奇"})
    assert refused.status_code == 422
    assert "看房号和业主要选一个用途" in refused.text
    assert first not in refused.text
    assert not looks(district)
    read = adviser.post(sheets, {"purpose": ballot_text.PURPOSES[0]}).text
    assert first in read
    assert ballot_text.MASK not in read
    assert "并入 1-0601" in read
    assert "第 1–50 张" in "".join(looks(district))
    assert ballot_text.PURPOSES[0] in "".join(looks(district))
    assert adviser.get(f"{sheets}?page=9").status_code == 404
    outside = district.browser("物业企业")
    assert {outside.get(one).status_code for one in (page, sheets)} == {403}
    assert outside.post(sheets, {"purpose": ballot_text.PURPOSES[0]}).status_code == 403
    assert district.browser_of("elsewhere").get(sheets).status_code == 404


def test_a_must_change_on_a_clause_of_the_ballot_hinders_the_one_approval_that_binds_the_whole_file(
    district: District, page: str
) -> None:
    adviser = district.browser("法律顾问")
    said = {"clause": "第二部分", "category": "must", "text": "代理人要附授权委托书"}
    assert adviser.post(page.replace("/examine", "/remarks"), said, page).status_code == 302
    refused = decide(adviser, page, "approved")
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert "还有 1 条“必须改”没有办结（第二部分），不能通过" in refused.text  # type: ignore[attr-defined]
    remark = re.search(r'id="remark-(\d+)"', adviser.get(page).text)
    assert remark
    adviser.post(f"{page.replace('/examine', '/remarks')}/{remark[1]}", {"do": "resolve"}, page)
    assert decide(adviser, page, "approved").status_code == 302  # type: ignore[attr-defined]
    with district.opened.work("测试", district.clock.now) as work:
        file = next(paper.sha256 for paper in work.documents(1) if paper.kind == "ballot")
    [examined] = [one for one in district.log(1) if one["kind"] == "PaperExamined"]
    assert (examined["decision"], examined["sha256"]) == ("approved", file)
    opine = re.search(r'action="(/papers/[^"]+/opinions/\d+)"', adviser.get(page).text)
    assert opine
    opinion = adviser.post(opine[1], {}, page)
    assert opinion.status_code == 302, "the opinion of ballots is issued as of any paper"


def test_a_ballot_that_says_something_else_is_shown_and_too_many_kinds_of_them_cannot_be_approved(
    district: District, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = '{{ "涂改有效" if ballot.serial == "000007" else "涂改无效" }}'
    file = KINDS["ballot"].template
    templates = {**library.templates, file: replaced(library.templates[file], ("涂改无效", odd))}
    other = District(district.opened, replace(library, templates=templates, _compiled={}), tmp_path / "other")
    other.replay("deliveries")
    page, adviser = f"/papers/{number(other)}/examine", other.browser("法律顾问")
    shown = adviser.get(page).text
    assert "另有 1 张还有别处与共同文本不同" in shown
    told = shown[shown.index("不同</span> 第 7 张") :].partition("</details>")[0]
    assert re.search("<del>[^<]*涂改无效[^<]*</del> <ins>[^<]*涂改有效[^<]*</ins>", told)
    assert adviser.get(page.replace("/examine", "/sheets")).text.count("与共同文本不同") == 1
    monkeypatch.setattr("engine.use_cases.examining.MOST_ODD", 0)
    refused = decide(adviser, page, "approved")
    assert "不能作为一批通过" in refused.text  # type: ignore[attr-defined]


def test_ballots_are_examined_in_the_batch_of_their_kind_too_and_approved_there_by_the_hash_of_their_file(
    district: District, page: str
) -> None:
    adviser = district.browser("法律顾问")
    shown = adviser.get("/examining/ballot").text
    assert "条款与共同文本相同" in shown
    assert not [unit for unit in units(district) if re.search(rf"\b{unit}\b", shown)]
    mark = re.search(r'name="paper" value="([^"]+)"', shown)
    assert mark
    done = adviser.post("/examining/ballot", {"paper": mark[1]})
    assert "通过 1 份" in done.text
    assert "这一版已由何静通过" in adviser.get(page).text
