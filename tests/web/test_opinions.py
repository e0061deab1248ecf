"""The opinion on a paper: what was reviewed, found, said and decided, as it stood at the decision and for ever."""

import io
import re
import zipfile

import docx
import pytest

from engine.store import archives
from tests.district import Browser, District
from tests.documents.contracts import replaced

CONTRACT = "XQ0001-D-36-2026-001"
PAPER, PAGE = f"/papers/{CONTRACT}", f"/papers/{CONTRACT}/examine"
OPINION = "XQ0001-L-91-2026-001"
CHANGED = (
    ("三日内补办核准", "五日内补办核准"),
    ("应当提前60日书面通知受托人。", "解聘受托人的，应当支付六个月酬金的违约金。"),
    ("每月设固定的开放日", "每年设固定的开放日"),
    ("受托人不得强制或者变相强制业主接受有偿服务。", "业主可以参加。"),
)


@pytest.fixture
def finalised(district: District) -> District:
    """The reference estate with its contract issued and about to be signed."""
    district.replay("sign_contract")
    return district


def decide(adviser: Browser, decision: str, **given: str) -> None:
    page = adviser.get(PAGE).text
    seen = re.search(r'name="seen" value="(\d+)"><input type="hidden" name="sha256" value="(\w+)"', page)
    assert seen, page
    answer = adviser.post(PAGE, {"decision": decision, "seen": seen[1], "sha256": seen[2], **given})
    assert answer.status_code == 302, answer.text


def issue(browser: Browser) -> str:
    """Press the newest button; the number of the opinion."""
    buttons = re.findall(rf'action="({PAPER}/opinions/\d+)"', browser.get(PAGE).text)
    answer = browser.post(buttons[0], {}, PAGE)
    assert answer.status_code == 302, answer.text
    return answer.location.removeprefix("/papers/").removesuffix("/view")


def words(content: bytes) -> str:
    """Every line of a paper, those of its tables too, in their order."""
    body = docx.Document(io.BytesIO(content)).element.body
    return "\n".join("".join(part.text or "" for part in line.iter() if part.tag.endswith("}t"))
                     for line in body.iter() if line.tag.endswith("}p"))  # fmt: skip


def revise(browser: Browser, content: bytes) -> None:
    """Bring a changed file and let it become the next version."""
    address = browser.post(f"{PAPER}/versions", {"file": (io.BytesIO(content), "合同.docx")}).location
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.get(address).text))
    assert browser.post(address, {**hidden, "do": "confirm", "why": "按企业意见修改"}).status_code == 302


def test_the_opinion_says_what_was_reviewed_what_was_found_and_how_each_finding_stood(finalised: District) -> None:
    adviser = finalised.browser("法律顾问")
    contract = re.findall(r'name="contract" value="(\w+)"', adviser.get("/estates/1/review").text)[0]
    waived = {"rule": "RC-39", "contract": contract, "reason": "监察人签约以后提名"}
    assert adviser.post("/estates/1/review", waived).status_code == 302
    remark = {"clause": "第三条", "category": "advice", "text": "面积以测绘报告为准", "suggestion": "以实测面积为准"}
    assert adviser.post(f"{PAPER}/remarks", remark, PAGE).status_code == 302
    decide(adviser, "approved")
    number = issue(adviser)
    assert number == OPINION
    said = words(adviser.get(f"/papers/{number}").data)
    assert f"《信托制物业服务合同》\n编号\n{CONTRACT}\n版本\n第1版" in said
    assert contract in said
    assert "可以使用，予以通过" in said
    assert "对照合同预审规则55条，提出意见5项，其中必须改正的1项；已由法律顾问说明理由放行的1项" in said
    assert "放行：监察人签约以后提名" in said
    assert "信托法 22、49；信托制监察人约定" in said
    assert "RC-04" in said
    assert "办结以前不能签约" in said
    assert "全部与条款库一致" in said
    assert "第三条（建议）" in said
    assert "建议改为：以实测面积为准" in said
    assert "没有办结。" in said
    assert "何静对第1版作出第二部分的决定" in said


def test_what_an_earlier_review_found_and_what_departs_from_the_library_is_told(finalised: District) -> None:
    cadre, adviser = finalised.browser("社区干部"), finalised.browser("法律顾问")
    revise(cadre, replaced(adviser.get(PAPER).data, *CHANGED))
    decide(adviser, "returned", reason="解聘违约金不能接受")
    first = issue(adviser)
    returned = words(adviser.get(f"/papers/{first}").data)
    assert "不宜使用，退回修改。理由：解聘违约金不能接受" in returned
    assert "合同中有条款库禁用的写法1处" in returned
    assert "RC-35\n通知期（中）。没有填写“解聘通知期”" in returned
    assert re.search(r"条款库：.*三日内补办核准.*\n合同：.*五日内补办核准", returned)
    assert re.search(r"紧急支出（可接受的写法）", returned)
    assert "不一致的4条如下" in returned
    revise(cadre, replaced(adviser.get(PAPER).data, *((new, old) for old, new in CHANGED)))
    decide(adviser, "approved")
    approved = words(adviser.get(f"/papers/{issue(adviser)}").data)
    assert "全部与条款库一致" in approved
    assert "没有条款库禁用的写法" in approved
    assert re.search(r"前次审阅提出、本版已经改正的1项：\n.*RC-35\n通知期.*\n.*第2版时提出", approved, re.DOTALL)
    assert "第2版：退回修改\n解聘违约金不能接受" in approved
    assert adviser.get(f"/papers/{first}").status_code == 200


def test_the_opinion_does_not_change_with_what_becomes_known_later(finalised: District) -> None:
    adviser = finalised.browser("法律顾问")
    decide(adviser, "approved")
    contract = re.findall(r'name="contract" value="(\w+)"', adviser.get("/estates/1/review").text)[0]
    later = {"rule": "RC-39", "contract": contract, "reason": "后来才放行"}
    assert adviser.post("/estates/1/review", later).status_code == 302
    assert adviser.post(f"{PAPER}/remarks", {"clause": "全文", "category": "memo", "text": "后来的话"}, PAGE)
    first = adviser.get(f"/papers/{issue(adviser)}").data
    assert "后来" not in words(first)
    assert "已由法律顾问说明理由放行的0项" in words(first)
    assert issue_again(adviser) == OPINION
    assert adviser.get(f"/papers/{OPINION}").data == first
    assert f'href="/papers/{OPINION}/view"' in adviser.get(PAGE).text


def issue_again(browser: Browser) -> str:
    """As somebody does who pressed the button twice."""
    answer = browser.post(f"{PAPER}/opinions/1", {}, PAGE)
    return answer.location.removeprefix("/papers/").removesuffix("/view")


def test_the_opinion_is_verified_listed_and_archived_as_every_paper(finalised: District) -> None:
    adviser, cadre = finalised.browser("法律顾问"), finalised.browser("社区干部")
    decide(adviser, "approved")
    issue(adviser)
    content = cadre.get(f"/papers/{OPINION}").data
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert any(name.startswith("word/media/") for name in parts.namelist())
    assert "法律审阅意见书" in cadre.get("/estates/1/papers").text
    assert f"出具法律审阅意见书 {OPINION}" in cadre.get("/estates/1/log").text
    with finalised.opened.work("测试", finalised.clock.now) as work:
        assert OPINION in {paper.number for paper in archives.papers(work, 1)}
        [token] = work.connection.exec_driver_sql(f"SELECT token FROM document WHERE number = '{OPINION}'").scalars()
    verified = cadre.get(f"/v/{token}").text
    assert "法律审阅意见书" in verified
    assert "现行有效" in verified


def test_only_whoever_examines_issues_it_and_the_company_does_not_read_it(finalised: District) -> None:
    adviser, company = finalised.browser("法律顾问"), finalised.browser("物业企业")
    decide(adviser, "approved")
    refused = finalised.browser("社区干部").post(f"{PAPER}/opinions/1", {}, PAGE)
    assert refused.status_code == 403
    assert "由审阅人何静出具" in refused.text
    assert f"{PAPER}/opinions/" not in company.get(PAGE).text
    issue(adviser)
    assert company.get(f"/papers/{OPINION}").status_code == 403
    assert finalised.browser("街道").get(f"/papers/{OPINION}").status_code == 200


def test_an_opinion_is_neither_examined_nor_changed(finalised: District) -> None:
    adviser = finalised.browser("法律顾问")
    decide(adviser, "approved")
    issue(adviser)
    assert adviser.get(f"/papers/{OPINION}/examine").status_code == 403
    assert "不能改" in adviser.get(f"/papers/{OPINION}/versions").text
    assert "仍为旧值" not in adviser.get("/estates/1/papers").text


def test_a_paper_without_a_pre_review_has_an_opinion_too(finalised: District) -> None:
    adviser = finalised.browser("法律顾问")
    covenant = "/papers/XQ0001-D-37-2026-001"
    page = adviser.get(f"{covenant}/examine").text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page[page.index("decision-bar") :]))
    assert adviser.post(f"{covenant}/examine", hidden).status_code == 302
    number = adviser.post(f"{covenant}/opinions/1", {}, f"{covenant}/examine").location.split("/")[2]
    said = words(adviser.get(f"/papers/{number}").data)
    assert "信义约定（承诺书）" in said
    assert "合同预审" not in said
    assert "三、审阅中提出的意见" in said
