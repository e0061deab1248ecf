"""A template is changed in Word: its faults are named, a second person approves it, and papers follow the day."""

import io
import re
from typing import Any

import pytest

from engine.documents import identity
from engine.documents.identity import Identity
from engine.store import accounts as accounts_store
from engine.store import uploads
from engine.use_cases import accounts, revising
from tests import photographs
from tests.district import CASE, COMMUNITY, PASSWORD, Browser, District, posted
from tests.documents import contracts, word
from tests.unit.documents.test_arriving import BROUGHT
from tests.unit.documents.test_packages import in_body, packed, plain

TEMPLATE = "/templates/annual_plan"
_MARK = '<w:ins w:id="{0}" w:author="李律师" w:date="2026-06-01T08:00:00Z"><w:r><w:t>改{0}</w:t></w:r></w:ins>'
#: What a changed contract may hold, and a template may not.
UNSETTLED = {
    "5,000 tracked changes": (
        packed(in_body(f"<w:p>{''.join(map(_MARK.format, range(5_000)))}</w:p>".encode())),
        "年度计划.docx",
        "含有 5,000 处未处理的修订",
    ),
    "a paper that was issued": (
        identity.mark(plain(), Identity("XQ0099-D-01-2026-001", 1)), "年度计划.docx", "这是已经生成的文书（XQ0099",
    ),
}  # fmt: skip
_PLAN = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})


@pytest.fixture
def office(district: District) -> District:
    """The district with an administrator at its top and one at a community, beside the adviser of that."""
    with district.opened.work("测试", district.clock.now) as work:
        accounts.add(work, "admin", "孙宁", PASSWORD, "钟楼区", ["管理员"])
        accounts.add(work, "lower", "李远", PASSWORD, COMMUNITY, ["管理员"])
    return district


def issue(district: District, name: str) -> bytes:
    """Have an estate entered and its annual plan decided; returns the paper that was printed."""
    estate = district.enter(name)
    housing = district.browser("区住建")
    task = re.search(r"/tasks/(\d+)", housing.get(f"/estates/{estate}").text)
    assert task is not None
    photo = {"plan_scan.new": (io.BytesIO(photographs.photo()), "计划.jpg")}
    assert housing.post(task[0], {"do": "complete", **_PLAN, **photo}).status_code == 302
    district.work_on(estate)
    return paper(district, estate)


def paper(district: District, estate: int) -> bytes:
    return district.browser("街道").get(f"/papers/XQ{estate:04d}-D-01-2026-001").data


def bring(browser: Browser, content: bytes, why: str = "用语更正", name: str = "年度计划.docx") -> Any:
    return browser.post(TEMPLATE, {"file": (io.BytesIO(content), name), "why": why})


def decide(browser: Browser, version: int, **given: str) -> Any:
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.get(f"{TEMPLATE}/{version}").text)
    return browser.post(f"{TEMPLATE}/{version}", {**dict(hidden), **given})


def says(content: bytes, words: str) -> bool:
    return words in "".join(word.paragraphs(content))


def test_a_changed_template_counts_from_its_day_on_once_a_second_person_approved_it(office: District) -> None:
    before = issue(office, "桂语苑")
    adviser, administrator = office.browser("法律顾问"), office.browser_of("admin")
    changed = contracts.replaced(adviser.get(f"{TEMPLATE}/1/file").data, ("年度", "本年度"))
    brought = bring(adviser, changed)
    assert brought.location == f"{TEMPLATE}/2"
    own = adviser.get(f"{TEMPLATE}/2").text
    assert "检查通过" in own
    assert "<ins>本</ins>" in own
    assert "实质 1" in own
    assert "另一位" in own
    assert decide(adviser, 2, do="approve", on="2026-01-04").status_code == 422
    assert not says(issue(office, "翠竹苑"), "本年度")
    refused = decide(administrator, 2, do="approve", on="2026-01-03")
    assert refused.status_code == 422
    assert "不能早于今天" in refused.text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', administrator.get(f"{TEMPLATE}/2").text))
    for _ in range(2):  # a double click counts once
        pressed = administrator.post(f"{TEMPLATE}/2", {**hidden, "do": "approve", "on": "2026-01-06"})
        assert pressed.status_code == 302
    assert not says(issue(office, "银杏苑"), "本年度")
    office.clock.pass_by(days=2)
    adviser, administrator = office.browser("法律顾问"), office.browser_of("admin")
    assert says(issue(office, "海棠苑"), "本年度")
    assert paper(office, 1) == before
    assert decide(administrator, 2, do="stop").status_code == 422
    assert decide(administrator, 2, do="stop", why="措辞有误").status_code == 302
    assert not says(issue(office, "玉兰苑"), "本年度")
    assert says(paper(office, 4), "本年度")
    page = adviser.get(TEMPLATE).text
    assert "措辞有误" in page
    assert "出具 1 份" in page


def test_the_values_of_a_paper_are_found_where_its_own_template_prints_them(office: District) -> None:
    adviser, total = office.browser("法律顾问"), "{{ set_annual_plan.target_total }}"
    shipped = adviser.get(f"{TEMPLATE}/1/file").data
    assert (
        bring(adviser, contracts.replaced(shipped, (f"导入小区{total}个", f"拟请{total}个小区导入"))).status_code == 302
    )
    assert decide(office.browser_of("admin"), 2, do="approve", on="2026-01-04").status_code == 302
    printed = issue(office, "桂语苑")
    [line] = [one for one in word.paragraphs(printed) if "拟请" in one]
    with office.opened.work("测试", office.clock.now) as work:
        account = accounts_store.by_login(work, "admin")
        assert account is not None
        found = revising.versions(work, accounts.member(work, account), "XQ0001-D-01-2026-001")
        values = {name: row[0] for name, row in uploads.printed(work, found.known.id, 1).items()}
        template = revising.template_of(work, office.library, "annual_plan", found.newest, values)
    [(name, start, end)] = template.places(line)
    assert (name, line[start:end]) == ("set_annual_plan.target_total", str(_PLAN["target_total"]))


def test_a_faulty_template_is_kept_with_every_fault_by_its_place_and_cannot_be_approved(office: District) -> None:
    adviser, administrator = office.browser("法律顾问"), office.browser_of("admin")
    file = adviser.get(f"{TEMPLATE}/1/file").data
    document = contracts.parts(file)["word/document.xml"].decode()
    name = re.search(r"\{\{ ([\w.]+) \}\}", document)
    assert name is not None
    shown = adviser.get(bring(adviser, contracts.replaced(file, (name[1], name[1] + "x"))).location).text
    assert "检查出 1 处毛病" in shown
    assert re.search(r"正文第 \d+ 段", shown)
    assert name[1] + "x }}" in shown
    assert decide(administrator, 2, do="approve", on="2026-01-05").status_code == 422
    assert "检查未过" in administrator.get(TEMPLATE).text


def test_what_law_asks_for_is_refused_where_it_is_dropped_and_shown_to_the_second_person_in_other_words(
    office: District,
) -> None:
    adviser, administrator = office.browser("法律顾问"), office.browser_of("admin")
    file = adviser.get(f"{TEMPLATE}/1/file").data
    asked = "支持率是工作目标，不代替业主大会表决"
    dropped = word.rewritten(file, lambda text: text.replace(asked, "请各社区抓紧办理"))
    shown = adviser.get(bring(adviser, dropped, why="精简").location).text
    assert f"没有写明“{asked}”。依据：导入手册（D-01）。" in shown
    reworded = word.rewritten(file, lambda text: text.replace(asked, "支持率只是工作目标，不能代替业主大会的表决"))
    bring(adviser, reworded, why="换说法")
    shown = administrator.get(f"{TEMPLATE}/3").text
    assert "换了说法 1 处" in shown
    assert f"原来的说法：“{asked}”" in shown
    assert decide(administrator, 3, do="approve", on="2026-01-04").status_code == 302
    bring(adviser, contracts.replaced(reworded, ("年度", "本年度")), why="用语更正")
    assert "换了说法" not in administrator.get(f"{TEMPLATE}/4").text


def test_who_keeps_templates_below_the_district_may_bring_but_not_approve_or_stop(office: District) -> None:
    adviser, lower, top = office.browser("法律顾问"), office.browser_of("lower"), office.browser_of("admin")
    bring(adviser, contracts.replaced(adviser.get(f"{TEMPLATE}/1/file").data, ("年度", "本年度")))
    assert "由区一级的法律顾问或管理员批准" in lower.get(f"{TEMPLATE}/2").text
    assert decide(lower, 2, do="approve", on="2026-01-04").status_code == 422
    assert decide(top, 2, do="approve", on="2026-01-04").status_code == 302
    assert decide(lower, 2, do="stop", why="措辞有误").status_code == 422
    assert decide(top, 2, do="stop", why="措辞有误").status_code == 302


def test_what_is_no_template_or_has_no_reason_is_turned_away_and_the_reason_typed_stays(office: District) -> None:
    adviser = office.browser("法律顾问")
    same = bring(adviser, adviser.get(f"{TEMPLATE}/1/file").data, why="没改什么")
    assert same.status_code == 422
    assert "没有改动" in same.text
    assert "没改什么</textarea>" in same.text
    assert "要写明为什么改" in bring(adviser, b"x", why="").text
    assert "这是 PDF" in bring(adviser, b"%PDF-1.7", why="试").text
    assert "这是《现场踏勘记录表》的模板" in bring(adviser, adviser.get("/templates/survey_record/1/file").data).text


def test_each_bad_file_has_its_own_words_and_is_either_turned_away_or_kept_with_its_fault(office: District) -> None:
    adviser, said = office.browser("法律顾问"), dict[str, str]()
    for fault, (content, name, says) in {**BROUGHT, **UNSETTLED}.items():
        answer = bring(adviser, content, why="试", name=name)
        page = answer.text if answer.status_code == 422 else adviser.get(answer.location).text
        assert says in page, (fault, page)
        if answer.status_code == 302:
            assert "检查未过" in page
            assert adviser.get(f"{answer.location}/file").data == content
        found = re.search(r'<ol class="faults">.*?</ol>|<div class="wrong">.*?</div>', page, re.S)
        said[fault] = found[0] if found else ""
    assert "" not in said.values()


def test_bringing_approving_and_stopping_stand_in_the_log_of_administration(office: District) -> None:
    adviser, administrator = office.browser("法律顾问"), office.browser_of("admin")
    changed = contracts.replaced(adviser.get(f"{TEMPLATE}/1/file").data, ("年度", "本年度"))
    bring(adviser, changed)
    decide(administrator, 2, do="approve", on="2026-01-04", why="同意")
    log = administrator.get("/admin/log").text
    assert "上传模板第 2 版：检查通过，待批准；用语更正" in log
    assert "批准模板第 2 版，2026-01-04 起生效：同意" in log
