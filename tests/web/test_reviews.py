"""The pre-review of an estate's contract: what the adviser sees and lets stand, and what stops the signing."""

import html
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import forms
from engine.carry import casefile, run
from engine.carry.casefile import CaseError
from engine.documents import identity
from engine.documents.catalogue import KINDS
from engine.documents.identity import Identity
from engine.store import Store, documents
from engine.use_cases import contract_review
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from tests.district import CASE, District, posted
from tests.documents.contracts import parts, replaced

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture
def finalised(district: District) -> District:
    """The reference estate with its contract issued and about to be signed."""
    district.replay("sign_contract")
    return district


def contract_on(page: str) -> str:
    [version] = set(re.findall(r'name="contract" value="(\w+)"', page))
    return version


def waived(district: District, **given: str) -> int:
    adviser = district.browser("法律顾问")
    sent = {"rule": "RC-39", "contract": contract_on(adviser.get("/estates/1/review").text), **given}
    return adviser.post("/estates/1/review", sent).status_code


def test_before_there_is_a_contract_the_page_says_so(district: District) -> None:
    estate = district.enter()
    assert "还没有可以预审的合同" in district.browser("法律顾问").get(f"/estates/{estate}/review").text


def test_the_contract_is_read_from_the_paper_and_what_is_not_known_yet_is_named(finalised: District) -> None:
    with finalised.opened.work("测试", finalised.clock.now) as work:
        dossier = Dossier(work, finalised.library, 1)
        found = {one.rule.id: one for one in contract_review.review(dossier)}
    # known at the signing or after it: decision, arrival, keys, supervisor; and four standards are lacking
    assert set(found) == {"RC-04", "RC-07", "RC-20", "RC-39", "RC-42"}
    assert "还没有送达凭证" in found["RC-07"].says[0]
    assert found["RC-39"].absent == ("contract.supervisor", "监察人")


def test_the_adviser_sees_each_finding_with_its_article_and_the_step_that_mends_it(finalised: District) -> None:
    page = finalised.browser("法律顾问").get("/estates/1/review").text
    assert "监察人独立" in page
    assert "信托法 22、49；信托制监察人约定" in page
    assert "/estates/1/steps/nominate_supervisor" in page
    assert "放行这条意见" in page
    assert "放行这条意见" not in finalised.browser("社区干部").get("/estates/1/review").text


def test_what_the_adviser_lets_stand_is_on_record_with_name_reason_and_version(finalised: District) -> None:
    assert waived(finalised, reason="监察人签约以后提名") == 302
    page = finalised.browser("社区干部").get("/estates/1/review").text
    assert "放行：监察人签约以后提名" in page
    assert "放行预审意见 RC-39 监察人独立" in finalised.browser("社区干部").get("/estates/1/log").text
    assert [event["rule"] for event in finalised.log(1) if event["kind"] == "ReviewWaived"] == ["RC-39"]


@pytest.mark.parametrize(
    "given, said",
    [
        ({"reason": " "}, "放行要写明理由"),
        ({"rule": "RC-18", "reason": "另有账户"}, "没有这条审查意见"),
        ({"rule": "RC-10", "reason": "没有问题"}, "没有这条审查意见"),
        ({"contract": "0" * 64, "reason": "旧的一版"}, "合同已经改过"),
    ],
)
def test_a_waiver_that_cannot_stand_is_refused_and_what_was_typed_stays(
    finalised: District, given: dict[str, str], said: str
) -> None:
    adviser = finalised.browser("法律顾问")
    sent = {"rule": "RC-39", "contract": contract_on(adviser.get("/estates/1/review").text), **given}
    answer = adviser.post("/estates/1/review", sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert [event for event in finalised.log(1) if event["kind"] == "ReviewWaived"] == []


def test_a_waiver_lapses_when_the_finding_says_something_else(finalised: District) -> None:
    assert waived(finalised, rule="RC-39", reason="监察人签约后提名") == 302
    page = finalised.browser("法律顾问").get("/estates/1/review").text
    assert "不再算数的放行" not in page
    assert waived(finalised, rule="RC-39", reason="再放行一次") == 422


def test_a_blocker_in_the_words_of_the_contract_stops_the_signing(opened: Store, library: Library) -> None:
    """Twenty days to leave are more than the place allows, and the paper says twenty."""
    case = casefile.read(CASES / "reference.yaml")
    steps = [step for step in case.steps if step.number <= _number(case, "sign_contract")]
    longer = [
        replace(step, answers={**step.answers, "exit_days": "20"}) if step.task == "draft_contract_terms" else step
        for step in steps
    ]
    with pytest.raises(CaseError, match=r"RC-36.*退场期限 20 天"):
        run.replay(replace(case, steps=tuple(longer)), opened, library, run.Options(person_key=b"k"), lambda line: None)


def test_a_blocker_that_lacks_a_fact_stops_the_signing_and_names_the_step(
    finalised: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for an estate whose contract was final before the fact was asked."""
    answers = Dossier.answers

    def before(dossier: Dossier, task: str) -> Mapping[str, Any]:
        known = answers(dossier, task)
        unasked = {"subcontracts": [{**row, "percent": None} for row in known.get("subcontracts") or ()]}
        return {**known, **unasked} if task == "finalise_contract" else known

    monkeypatch.setattr(Dossier, "answers", before)
    adviser = finalised.browser("法律顾问").get("/estates/1/review").text
    assert "RC-19" in adviser
    step = next(one for one in CASE.steps if one.task == "sign_contract")
    with finalised.opened.work("测试", finalised.clock.now) as work:
        dossier = Dossier(work, finalised.library, 1)
        form = finalised.library.form("sign_contract")
        given = {**step.answers, "signed_on": str(step.on), "signed_scan": ["0" * 64]}
        problems = contract_review.signing_problems(dossier, forms.read(form, given))
    assert [one.message for one in problems] == [
        "预审未通过（RC-19 不整体转委托）：没有填写“占服务支出的比例”，无法审查；请补上。请到“合同定稿”改正。"
    ]


def _number(case: casefile.Case, task: str) -> int:
    return next(step.number for step in case.steps if step.task == task)


def test_a_contract_is_not_final_while_a_promise_at_the_door_is_open(district: District) -> None:
    district.replay("finalise_contract")
    adviser = district.browser("法律顾问")
    found = re.search(r"/tasks/\d+", adviser.get("/estates/1/steps/finalise_contract").text)
    assert found
    address = found[0]
    assert "晚间增加一次楼道巡查。" in adviser.get(address).text
    assert "取自走访登记和竞聘条件" in adviser.get(address).text
    step = next(one for one in CASE.steps if one.task == "finalise_contract")
    unsettled = {**step.answers, "fund_route": "F1", "promises": step.answers["promises"][:1]}
    page = adviser.post(address, {"do": "complete", **posted(unsettled)})
    assert page.status_code == 422
    assert "承诺“晚间增加一次楼道巡查。”还没有处理" in page.text


# against the clause library


def clauses_page(district: District, **query: int) -> str:
    asked = "&".join(f"{name}={number}" for name, number in query.items())
    return district.browser("法律顾问").get(f"/estates/1/review/clauses?{asked}").text


def counted(page: str) -> dict[str, int]:
    said = re.search(r'<p class="counted".*?</p>', page, re.DOTALL)
    assert said
    return {word: int(many) for word, many in re.findall(r'class="tag state-\w+">(\S+) (\d+)<', said[0])}


def test_what_the_review_finds_stands_at_its_clause_with_its_gravity_in_words(finalised: District) -> None:
    with finalised.opened.work("测试", finalised.clock.now) as work:
        [paper] = [one for one in Dossier(work, finalised.library, 1).issued if one.kind == "service_contract"]
    address = f"/papers/{paper.number}/examine"
    adviser = finalised.browser("法律顾问")
    page = adviser.get(address).text
    clause = next(one for one in page.split('<section class="clause-read"') if "监察人的独立" in one[:400])
    assert re.search(r'href="#check-RC-39"><span class="tag risk-M">§ 中风险</span>', clause)
    outline = page[page.index('class="outline') : page.index("</nav>", page.index('class="outline'))]
    assert re.search(r'监察人的独立[^<]*</span> <span class="tag risk-M">§ 中风险</span>', outline)
    assert re.search(r'id="check-RC-39">.*?依据：.*?所在条款：<a href="#clause-\d+">', page, re.DOTALL)
    assert '未处理 <span class="number">5</span>，已放行 <span class="number">0</span>' in page
    ruled = "最高人民法院关于审理建筑物区分所有权纠纷案件适用法律若干问题的解释"
    assert re.search(f"计算：计入表决的专有部分[^<]*</div><div[^>]*>依据：{ruled} 8、9", page)
    assert waived(finalised, rule="RC-39", reason="监察人签约以后提名") == 302
    page = adviser.get(address).text
    check = page[page.index('id="check-RC-39"') :].partition("</details>")[0]
    assert "§ 已放行" in check
    assert "放行：监察人签约以后提名" in check
    assert '已放行 <span class="number">1</span>' in page
    assert "check-RC" not in adviser.get("/papers/XQ0001-D-03-2026-001/examine").text


def test_before_the_contract_is_issued_there_is_nothing_to_hold_against_the_library(district: District) -> None:
    estate = district.enter()
    page = district.browser("法律顾问").get(f"/estates/{estate}/review/clauses").text
    assert "服务合同还没有生成" in page


def test_the_contract_as_issued_says_what_the_library_says(finalised: District) -> None:
    page = clauses_page(finalised)
    assert "没有禁用的写法" in page
    assert counted(page) == {"与条款库一致": len(finalised.library.playbook.clauses)}
    assert "/estates/1/review/clauses" in finalised.browser("法律顾问").get("/estates/1/review").text


def test_a_contract_changed_in_word_is_held_against_the_library_clause_by_clause(finalised: District) -> None:
    with finalised.opened.work("测试", finalised.clock.now) as work:
        dossier = Dossier(work, finalised.library, 1)
        [paper] = [one for one in dossier.issued if one.kind == "service_contract"]
        content = work.files.read(str(paper.sha256))
    changed = replaced(
        content,
        ("三日内补办核准", "五日内补办核准"),
        ("应当提前60日书面通知受托人。", "解聘受托人的，应当支付六个月酬金的违约金。"),
        ("每月设固定的开放日", "每年设固定的开放日"),
        ("受托人不得强制或者变相强制业主接受有偿服务。", "业主可以参加。"),
    )
    adviser = finalised.browser("法律顾问")
    sent = adviser.post(f"/papers/{paper.number}/versions", {"file": (io.BytesIO(changed), "改稿.docx")})
    upload = sent.location.rpartition("/")[2]
    assert f"/estates/1/review/clauses?upload={upload}" in adviser.get(sent.location).text
    page = clauses_page(finalised, upload=int(upload))
    assert "改稿.docx" in page
    total = len(finalised.library.playbook.clauses)
    assert counted(page) == {"改过": 3, "可接受的写法": 1, "与条款库一致": total - 4}
    assert "禁用的写法 1 处" in page
    assert "限制解聘" in page
    assert "五日内补办" in page
    assert counted(clauses_page(finalised)) == {"与条款库一致": total}
    assert adviser.get("/estates/1/review/clauses?upload=999").status_code == 404
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', adviser.get(sent.location).text))
    assert adviser.post(sent.location, {**hidden, "do": "confirm", "why": "对方修改"}).status_code == 302
    assert counted(clauses_page(finalised))["改过"] == 3
    assert counted(clauses_page(finalised, version=1)) == {"与条款库一致": total}
    library = adviser.get("/templates/clauses").text
    assert library.count("1 份中改过 1 份") == 4
    assert re.search(r'id="clause-open_day"><summary>.{0,300}1 份中改过 1 份', library)


def test_the_adviser_reads_the_clause_library_with_where_we_stand_on_each_wording(district: District) -> None:
    page = district.browser("法律顾问").get("/templates/clauses").text
    for clause in district.library.playbook.clauses:
        assert f"{clause.called}　{clause.title}" in page
    assert "账户路径是“" in page
    assert "其余情形" in page
    assert "您管辖范围内还没有在 Word 里改过的合同" in page
    assert "/templates/clauses" in district.browser("法律顾问").get("/templates").text
    assert district.browser("社区干部").get("/templates/clauses").status_code == 403


def issue_contract(district: District, estate: int) -> None:
    """Issue the contract of the reference estate for another one, under a number of its own."""
    kind = KINDS["service_contract"]
    issued = parts(district.browser("法律顾问").get("/papers/XQ0001-D-36-2026-001").data)
    with district.opened.work("测试", district.clock.now) as work:
        number = documents.take_number(work, estate, kind, 2026)
        content = identity.mark(issued, Identity(number, 1))
        template = district.library.template(kind.name).sha256
        documents.issue_beside(work, estate, kind, number, content, template, {})


def revise(district: District, estate: int, *change: tuple[str, str]) -> None:
    """Change an estate's contract in Word and let it become the next version."""
    adviser, paper = district.browser("法律顾问"), f"/papers/XQ000{estate}-D-36-2026-001"
    changed = replaced(adviser.get(paper).data, *change)
    address = adviser.post(f"{paper}/versions", {"file": (io.BytesIO(changed), "改稿.docx")}).location
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', adviser.get(address).text))
    assert adviser.post(address, {**hidden, "do": "confirm", "why": "对方要求"}).status_code == 302


def test_what_estates_change_most_often_is_shown_first_and_from_three_on_a_change_of_the_template_is_proposed(
    finalised: District,
) -> None:
    district = finalised
    for name in ("枫林苑", "柳岸苑"):
        issue_contract(district, district.enter(name))
    sooner, later = ("三日内补办核准", "五日内补办核准"), ("三日内补办核准", "七日内补办核准")
    open_day = ("每月设固定的开放日", "每年设固定的开放日")
    revise(district, 1, sooner, open_day)
    revise(district, 2, later, open_day)
    adviser = district.browser("法律顾问")
    before = adviser.get("/templates/clauses").text
    assert "改得最多的条款" in before
    assert "提出新版模板" not in before
    district.clock.pass_by(minutes=1)
    revise(district, 3, sooner)
    page = adviser.get("/templates/clauses").text
    section = page[page.index("改得最多的条款") : page.index('aria-label="章"')]
    [first, second] = re.findall(r'<li class="told-fact">.*?</li>', section, re.DOTALL)
    assert 'href="#clause-emergency"' in first
    assert "3 份改过" in first
    assert "建议改模板" in first
    # the two that agree before the one that stands alone, each with its contracts
    assert first.index("<ins>五</ins>") < first.index("<ins>七</ins>")
    assert re.findall(r"papers/(XQ000\d)-D-36", first) == ["XQ0003", "XQ0001", "XQ0002"]
    assert "2 份改过" in second
    assert "建议改模板" not in second
    assert "民法典 496、498" in section
    proposed = re.search(r'class="btn btn-quiet" href="([^"]+)"', first)
    assert proposed
    form = adviser.get(html.unescape(proposed[1])).text
    assert "紧急支出，3 份合同中改过 3 份</textarea>" in form


def test_a_batch_tells_each_value_once_and_a_choice_in_words(finalised: District) -> None:
    page = finalised.browser("法律顾问").get("/examining/service_contract").text
    told = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page)
    assert [value for label, value in told if label == "项目经理支付限额"] == ["3,000.00"]
    assert not [value for _, value in told if re.fullmatch(r"[A-Z][A-Z0-9_]+", value)]
