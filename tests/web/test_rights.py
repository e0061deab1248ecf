"""Every page as every role, against a table that people read: ``rights.tsv``, never derived from the code."""

import io
from pathlib import Path

from flask import Flask

from engine import pages, pdf
from engine.store import registers
from engine.use_cases import accounts
from engine.use_cases.library import shipped
from tests import photographs
from tests.district import CASE, COMMUNITY, PASSWORD, Browser, District, posted
from tests.documents import contracts

TABLE = [line.split("\t") for line in (Path(__file__).parent / "rights.tsv").read_text().splitlines()]
WHO, ROWS = TABLE[0][2:], TABLE[1:]
_PLAN = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})
#: The two roles that hold no lane.
_UNLANED = {"admin": ("管理员", "孙宁"), "author": ("流程作者", "钱进")}
#: What stands for the parts of an address: the first of each.
_PARTS = {
    "<key:task_id>": "1",
    "<key:target_id>": "1",
    "<key:estate_id>": "1",
    "<key:alert_id>": "1",
    "<path:token>": "a" * 26,
    "<token>": "a" * 26,
    "<key:serial>": "1",
    "<key:unit_id>": "1",
    "<key:sheet_id>": "1",
    "<key:page_id>": "1",
    "<key:number_id>": "1",
    "<key:request_id>": "1",
    "<path:number>": "XQ0001-D-01-2026-001",
    "<process_id>": "intake",
    "<step>": "submit_application",
    "<key:comment_id>": "1",
    "<what>": "visits",
    "<int:place>": "0",
    "<key:leave_id>": "1",
    "<any(claim, release, give_back, recall, take_up, urge):what>": "claim",
    "<any(transfer, delegate, hold):what>": "transfer",
    "<key:account_id>": "1",
    # the community: the district and the street above it are made first
    "<key:node_id>": "3",
    "<key:job_id>": "1",
    "<key:timer_id>": "1",
    "<key:entry>": "1",
    "<key:dispatch_id>": "1",
    "<key:copy_id>": "1",
    "<version>": shipped().packs[0].version,
    "<page>": "board",
    "<key:view_id>": "1",
    "<key:photo_id>": "1",
    "<any(screen, small):size>": "small",
    "<any(users, jobs, timers, packs, definitions, templates, looks, log):what>": "timers",
    "<any(tasks, papers):what>": "papers",
    "<int:version>": "1",
    "<kind>": "team_notice",
    "<int:page>": "1",
    "<int:no>": "1",
    "<int:side>": "1",
    "<key:batch_id>": "1",
    "<key:upload_id>": "1",
    "<key:remark_id>": "1",
    "<key:decision_id>": "1",
    "<key:material_id>": "1",
    "<key:notice_id>": "1",
    "<key:posting_id>": "1",
    "<digest>": "0" * 64,
    "<upload>": "3b241101-e2bb-4255-8caf-4136c566a962",
}
#: Who has a task is asked of one that is open: the cadre's; of one that is done, whether it may be undone.
_OPEN, _DONE = "/tasks/<key:task_id>/", ("/undo", "/take-back")


def _routes(app: Flask) -> set[tuple[str, str]]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return {(method, rule.rule) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def test_the_table_names_every_page(district: District) -> None:
    assert {(method, rule) for method, rule, *_ in ROWS} == _routes(district.app)


def settle(district: District) -> None:
    """Let there be one of each thing that an address names, and somebody of each role."""
    with district.opened.work("测试", district.clock.now) as work:
        for login, (role, name) in _UNLANED.items():
            accounts.add(work, login, name, PASSWORD, COMMUNITY, [role])
    estate = district.enter()
    with district.opened.work("测试", district.clock.now) as work:
        notice = {"estate_id": estate, "task": "post_plan_for_comment", "subject": "plan", "posted_on": "2026-01-04"}
        work.insert(registers.notice, [notice])
        work.insert(registers.posting, [{"notice_id": 1, "board": 1, "place": "大厅"}])
    housing = district.browser("区住建")
    photo = {"plan_scan.new": (io.BytesIO(photographs.photo()), "计划.jpg")}
    assert housing.post("/tasks/1", {"do": "complete", **_PLAN, **photo}).status_code == 302
    district.work_on(estate)
    street, paper = district.browser("街道"), "/papers/XQ0001-D-01-2026-001"
    changed = contracts.replaced(street.get(paper).data, ("年度", "本年度"))
    remarked = {"clause": "全文", "category": "advice", "text": "请核对"}
    assert street.post(f"{paper}/remarks", remarked, f"{paper}/examine").status_code == 302
    assert street.post(f"{paper}/signed", {"files": (io.BytesIO(photographs.photo()), "签署页.jpg")}).status_code == 302
    assert street.post(f"{paper}/versions", {"file": (io.BytesIO(changed), "计划.docx")}).status_code == 302


def test_every_page_answers_every_role_as_the_table_says(district: District) -> None:
    settle(district)
    wrong = []
    for place, who in enumerate(WHO):
        usual = browser_of(district, who)
        for method, rule, *wanted in ROWS:
            browser = browser_of(district, who) if rule.startswith("/sign") else usual
            address = address_of(rule)
            answer = browser.get(address) if method == "GET" else browser.post(address, {}, "/sign-in")
            due = wanted[place]
            if due == "200" and rule.endswith("/pdf") and pdf.missing(signed=True):
                due = "501"
            if due == "200" and rule.endswith("<int:page>.png") and not (pdf.available() and pages.available()):
                due = "404"
            if str(answer.status_code) != due:
                wrong.append(f"{who} {method} {rule}: {answer.status_code}, not {due}")
    assert not wrong, "\n".join(wrong)


def browser_of(district: District, who: str) -> Browser:
    """The browser of whoever stands in that column of the table."""
    if who == "没有登录":
        return Browser(district.app.test_client())
    return district.browser_of(login_of(who))


def login_of(who: str) -> str:
    """The login of whoever stands in that column of the table."""
    logins = {"外社区干部": "elsewhere", **{role: login for login, (role, _) in _UNLANED.items()}}
    return logins.get(who) or f"user{list(CASE.people).index(who)}"


def address_of(rule: str) -> str:
    """An address of that rule, once a district is settled."""
    rule = rule.replace("/exports/<what>", "/exports/board")
    if rule.startswith(_OPEN) and not rule.endswith(_DONE):
        rule = rule.replace("<key:task_id>", "2")
    for part, value in _PARTS.items():
        rule = rule.replace(part, value)
    return rule


def test_each_lane_stands_in_the_table() -> None:
    assert set(CASE.people) <= set(WHO)
