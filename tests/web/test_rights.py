"""Every page as every role, against a table that people read: ``rights.tsv``, never derived from the code."""

from pathlib import Path

from flask import Flask

from tests.district import CASE, Browser, District, posted

TABLE = [line.split("\t") for line in (Path(__file__).parent / "rights.tsv").read_text().splitlines()]
WHO, ROWS = TABLE[0][2:], TABLE[1:]
_PLAN = posted({**CASE.steps[0].answers, "decided_on": "2026-01-04"})
#: What stands for the parts of an address: the first of each.
_PARTS = {
    "<key:task_id>": "1",
    "<key:estate_id>": "1",
    "<path:number>": "XQ0001-D-01-2026-001",
    "<process_id>": "intake",
    "<what>": "visits",
    "<int:place>": "0",
}


def _routes(app: Flask) -> set[tuple[str, str]]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return {(method, rule.rule) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def test_the_table_names_every_page(district: District) -> None:
    assert {(method, rule) for method, rule, *_ in ROWS} == _routes(district.app)


def test_every_page_answers_every_role_as_the_table_says(district: District) -> None:
    estate = district.enter()
    housing = district.browser("区住建")
    assert housing.post("/tasks/1", {"do": "complete", **_PLAN}).status_code == 302
    district.work_on(estate)
    for place, who in enumerate(WHO):
        for method, rule, *wanted in ROWS:
            browser, address = _browser(district, who), _address(rule)
            answer = browser.get(address) if method == "GET" else browser.post(address, {}, "/sign-in")
            assert str(answer.status_code) == wanted[place], f"{who} {method} {rule}"


def _browser(district: District, who: str) -> Browser:
    if who == "没有登录":
        return Browser(district.app.test_client())
    return district.browser_of("elsewhere") if who == "外社区干部" else district.browser(who)


def _address(rule: str) -> str:
    for part, value in _PARTS.items():
        rule = rule.replace(part, value)
    return rule


def test_each_lane_stands_in_the_table() -> None:
    assert set(CASE.people) <= set(WHO)
