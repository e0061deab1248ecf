"""An estate moves three stages by browser alone: each person does their own steps, the cadre on a phone that fails."""

from pathlib import Path

from playwright.sync_api import Browser, Page

from engine.forms import Form
from engine.use_cases.library import ONBOARDING, Library
from tests.browser.filling import fill
from tests.browser.test_desk import DESK, PHONE, enter, narrow, signed_in
from tests.district import CASE

#: Who works on a phone.
_PHONES = ("社区干部", "网格员")
_LAST = "hold_diagnosis_meeting"
_STEPS = CASE.steps[: next(step.number for step in CASE.steps if step.task == _LAST)]
_ROSTER = Path(__file__).parents[1] / "cases/reference-roster.csv"


def test_an_estate_moves_three_stages_by_everybody_in_a_browser_of_their_own(
    chromium: Browser, served: str, library: Library
) -> None:
    people: dict[str, Page] = {"街道": signed_in(chromium, served, "街道", DESK)}
    enter(people["街道"], served)
    for step in _STEPS:
        if step.rows:
            _import_roster(people["社区干部"], served)
            continue
        lane = library.definition(ONBOARDING).elements[step.task].lane
        page = _finder(chromium, served, people, lane, library.form(step.task))
        fill(page, step, library.form(step.task))
        narrow(page)
        # a photo that is still on its way holds the form back
        page.wait_for_function("() => !document.querySelector('.tile.coming progress:not([hidden])')")
        page.click("button:has-text('提交')")
        page.wait_for_selector(".flash:has-text('已提交')")
    street = people["街道"]
    street.goto(f"{served}/estates/1")
    for _ in range(50):
        # the job loop decides what the meeting came to
        if street.locator(".rail .done").count() == 3:
            break
        street.wait_for_timeout(200)
        street.reload()
    assert [one.inner_text()[:4] for one in street.locator(".rail .now").all()] == ["▶ S4", "▶ S5"]


def _finder(chromium: Browser, served: str, people: dict[str, Page], lane: str, form: Form) -> Page:
    """The browser of whoever holds that lane, opened at the step of that form, which the inbox offers."""
    if lane not in people:
        people[lane] = signed_in(chromium, served, lane, PHONE if lane in _PHONES else DESK)
    for _ in range(50):
        people[lane].goto(served)
        found = people[lane].locator(f".row-link:has-text('{form.title}')")
        if found.count():
            found.first.click()
            people[lane].wait_for_selector(f"h1:has-text('{form.title}')")
            # a photo chosen before the script is there would be taken up by it later, in the middle of handing in
            people[lane].wait_for_load_state()
            return people[lane]
        people[lane].wait_for_timeout(200)
    raise AssertionError(f"{lane} does not find {form.title}")


def _import_roster(page: Page, served: str) -> None:
    page.goto(f"{served}/estates/1/registers/roster")
    page.click("a:has-text('到名册导入')")
    page.set_input_files("#sheet", _ROSTER)
    page.click("button:has-text('上传')")
    page.click("button:has-text('下一步：检查')")
    page.click("button:has-text('导入为新的一版')")
    page.wait_for_selector("[role=status]:has-text('已导入第 1 版')")
