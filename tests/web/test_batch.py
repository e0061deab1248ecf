"""Papers of one kind over several estates: only what differs is shown, and several are approved by their hashes."""

import io
import re

import pytest

from engine.store import desk as listing
from tests import photographs
from tests.district import CASE, Browser, District, posted
from tests.documents.contracts import replaced

KIND = "/examining/annual_plan"
NAMES = {1: "桂语苑", 2: "枫林苑", 3: "柳岸苑"}
_PLAN = posted(dict(CASE.steps[0].answers))


def number(estate: int) -> str:
    """The plan of an estate."""
    return f"XQ000{estate}-D-01-2026-001"


@pytest.fixture
def three(district: District) -> District:
    """Three estates whose plans are under examination."""
    housing, adviser = district.browser("区住建"), district.browser("法律顾问")
    for place, name in NAMES.items():
        estate = district.enter(name)
        assert estate == place
        with district.opened.work("测试", district.clock.now) as work:
            (task,) = listing.open_tasks(work, estate)
        photo = {"plan_scan.new": (io.BytesIO(photographs.photo()), "计划.jpg")}
        plan = {**_PLAN, "decided_on": f"2026-01-0{place}", **photo}
        assert housing.post(f"/tasks/{task.id}", {"do": "complete", **plan}).status_code == 302
        district.work_on(estate)
        said = {"clause": "全文", "category": "advice", "text": "请核对"}
        assert adviser.post(f"/papers/{number(estate)}/remarks", said, f"/papers/{number(estate)}/examine").location
    return district


def revise(browser: Browser, paper: str, *change: tuple[str, str]) -> None:
    """Bring a changed file and let it become the next version."""
    changed = replaced(browser.get(f"/papers/{paper}").data, *change)
    address = browser.post(f"/papers/{paper}/versions", {"file": (io.BytesIO(changed), "计划.docx")}).location
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', browser.get(address).text))
    assert browser.post(address, {**hidden, "do": "confirm", "why": "按意见修改"}).status_code == 302


def card(page: str, estate: str) -> str:
    """What the batch shows of an estate."""
    return next(one for one in page.split("<section")[1:] if f">{estate}</h2>" in one).partition("</section>")[0]


def mark(page: str, estate: str) -> str:
    """What ticking an estate sends."""
    found = re.search(r'name="paper" value="([^"]+)"', card(page, estate))
    assert found
    return found[1]


def test_a_batch_shows_of_each_estate_only_values_that_differ_and_clauses_changed_by_hand(three: District) -> None:
    adviser = three.browser("法律顾问")
    assert KIND in adviser.get("/examining").text
    page = adviser.get(KIND).text
    for place, estate in NAMES.items():
        assert "条款与共同文本相同" in card(page, estate)
        assert re.findall("<dd>(.*?)</dd>", card(page, estate)) == [f"2026年1月{place}日"]
        # the same in all three estates: told once, above
        assert CASE.people["区住建"] not in card(page, estate)
    assert CASE.people["区住建"] in page.partition("各份相同的填入内容")[2].partition("</details>")[0]
    for estate in (1, 3):
        revise(three.browser("社区干部"), number(estate), ("年度", "本年度"))
    page = adviser.get(KIND).text
    assert "<ins>本</ins>" in card(page, NAMES[1])
    assert f"同样的不同还见于：{NAMES[3]}" in card(page, NAMES[1])
    assert "条款与共同文本相同" in card(page, NAMES[2])


def test_each_approval_is_bound_to_the_hash_that_was_shown_and_refusals_are_said_by_name(three: District) -> None:
    adviser, cadre = three.browser("法律顾问"), three.browser("社区干部")
    page = adviser.get(KIND).text
    chosen = [mark(page, estate) for estate in NAMES.values()]
    revise(cadre, number(2), ("年度", "本年度"))
    said = {"clause": "全文", "category": "must", "text": "户数不符"}
    assert cadre.post(f"/papers/{number(3)}/remarks", said, f"/papers/{number(3)}/examine").status_code == 302
    told = adviser.post(KIND, {"paper": chosen}).text
    assert "通过 1 份，没有通过 2 份" in told
    result = told[told.index('role="status"') :].partition("</section>")[0]
    assert re.search(f"✕ {NAMES[2]}.*您看的不是现行版：现在是第 2 版", result)
    assert re.search(f"✕ {NAMES[3]}.*还有 1 条“必须改”没有办结", result)
    decided = [event for event in three.log(1) if event["kind"] == "PaperExamined"]
    assert [event["sha256"] for event in decided] == [chosen[0].split("|")[2]]
    assert not [event for estate in (2, 3) for event in three.log(estate) if event["kind"] == "PaperExamined"]
    # sent again, it is refused and nothing is decided twice
    assert "没有通过 1 份" in adviser.post(KIND, {"paper": chosen[:1]}).text
    assert len([event for event in three.log(1) if event["kind"] == "PaperExamined"]) == 1


def test_nobody_approves_a_batch_but_its_adviser(three: District) -> None:
    chosen = mark(three.browser("法律顾问").get(KIND).text, NAMES[1])
    told = three.browser("街道").post(KIND, {"paper": [chosen]}, "/examining").text
    assert "由审阅人何静决定" in told
    assert three.browser("街道").get("/examining/unknown").status_code == 404
