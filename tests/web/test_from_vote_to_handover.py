"""The reference estate from the opened vote to a signed handover, by the pages alone, each on its day by its person."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import lxml.html
from PIL import Image
from werkzeug.datastructures import MultiDict

from engine.carry import run, submitting
from engine.carry.casefile import Beside, Step
from engine.use_cases.library import ONBOARDING
from tests.district import CASE, Browser, District, posted
from tests.web.test_handover import hidden

ROOT = "/estates/1"
#: So many ballots are given out, brought back and read one by one; the others come as sheets.
_BY_HAND = 6
CADRE, GRID, BODY, SUPERVISOR = "社区干部", "网格员", "业委会/物管会", "监察人"


def test_an_estate_goes_from_the_opened_vote_to_a_signed_handover_by_its_pages(district: District) -> None:
    district.replay("deliveries")
    first = next(step.number for step in CASE.steps if "deliveries" in step.rows)
    last = next(step.number for step in CASE.steps if step.task == "sign_handover_certificate")
    for step in CASE.steps[first - 1 : last]:
        district.clock.now = max(district.clock.now, run.morning(step.on))
        district.clock.pass_by(minutes=20)
        district.work_on(1)
        _ON_ITS_PAGES.get(next(iter(step.rows), step.task), _done)(district, step)
        district.clock.pass_by(minutes=1)
        district.work_on(1)
    decided = {one["gate"]: one["outcome"] for one in district.log(1) if one["kind"] == "GateDecided"}
    assert (decided["vote"], decided["selection"], decided["signing"], decided["handover"]) == (
        "PASSED", "VOTED", "READY", "PARTIAL",
    )  # fmt: skip
    kinds = {one["kind"] for one in district.log(1)}
    assert {
        "BallotsIssued",
        "BallotsDelivered",
        "BallotsReturned",
        "BallotRuled",
        "CountOpened",
        "CountClosed",
    } <= kinds
    body = district.browser(BODY)
    page = body.get(f"{ROOT}/handover").text
    assert page.count("签齐") >= 20
    assert "交接确认书已经签署" in page
    assert "交接确认书" in body.get(f"{ROOT}/papers").text


# steps


def _done(district: District, step: Step) -> None:
    """Open a task and hand it in, with what its page shows and what the case answers."""
    definition, form = district.library.definition(ONBOARDING), district.library.form(step.task)
    browser = district.browser(definition.elements[step.task].lane)
    address = _task(browser, form.title)
    shown = _form(browser.get(address).text)
    answers = submitting.dated(step.answers, step.on)
    tables = tuple(f"{one.key}." for one in form.fields if one.kind == "table" and one.key in answers)
    files = {one.key for one in form.fields if one.kind == "files"}
    given = MultiDict((name, said) for name, said in shown if not name.startswith(tables or ("\0",)) and name != "do")
    for name, said in posted({key: said for key, said in answers.items() if key not in files}).items():
        given.setlist(name, said if isinstance(said, list) else [said])
    for name in files & answers.keys():
        given.setlist(f"{name}.new", [_upload(one) for one in answers[name]])
    answer = browser.client.post(address, data={**given.to_dict(flat=False), "do": "complete"})
    assert answer.status_code == 302, f"{step.task}: {_problems(answer.text)}"


def _upload(said: Any) -> tuple[io.BytesIO, str]:
    """A file as a browser sends it; in place of the case's scan one that a viewer opens."""
    assert isinstance(said, Beside)
    if said.path.suffix != ".pdf":
        return io.BytesIO(said.path.read_bytes()), said.path.name
    written = io.BytesIO()
    Image.new("RGB", (595, 842), "white").save(written, "PDF")
    return io.BytesIO(written.getvalue()), said.path.name


def _task(browser: Browser, title: str) -> str:
    """The task of that title in somebody's inbox."""
    for link in lxml.html.fromstring(browser.get("/").text).find_class("row-link"):
        if title in link.text_content():
            return str(link.get("href"))
    raise AssertionError(f"{title} is in nobody's inbox")


def _form(page: str) -> list[tuple[str, str]]:
    """What the form of a page would send as it stands."""
    forms = [one for one in lxml.html.fromstring(page).forms if "revision" in dict(one.form_values())]
    # of a choice without a value a browser sends nothing more than its name
    return [(name, "" if said == "on" and name.endswith(".state") else said) for name, said in forms[0].form_values()]


def _problems(page: str) -> str:
    told = lxml.html.fromstring(page).xpath("//*[@role='alert' or contains(@class, 'wrong')]")
    return " ".join(" ".join(one.text_content().split()) for one in told)


# registers


def _sent(browser: Browser, what: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Enter a sheet on its page."""
    written = io.StringIO()
    sheet = csv.DictWriter(written, list(rows[0]))
    sheet.writeheader()
    sheet.writerows(rows)
    address, file = f"{ROOT}/registers/{what}", (io.BytesIO(written.getvalue().encode()), f"{what}.csv")
    preview = browser.post(address, {"do": "preview", "sheet": file})
    assert preview.status_code == 200, _problems(preview.text)
    shown = next(one for one in lxml.html.fromstring(preview.text).forms if "kept" in dict(one.form_values()))
    answer = browser.client.post(address, data={**dict(shown.form_values()), "do": "enter"})
    assert answer.status_code == 302, _problems(answer.text)


def _serials(district: District) -> dict[str, int]:
    """The serial of each unit's ballot, as the register lists them."""
    found, page = {}, 1
    browser = district.browser(GRID)
    while True:
        links = lxml.html.fromstring(browser.get(f"{ROOT}/ballots/register?page={page}").text).find_class("row-link")
        fresh = {words[1]: int(words[0]) for words in (one.text_content().split() for one in links)}
        if not fresh.keys() - found.keys():
            return found
        found, page = {**found, **fresh}, page + 1


def _act(browser: Browser, serial: int, do: str, **given: str) -> None:
    answer = browser.post(f"{ROOT}/ballots/{serial}", {"do": do, **given})
    assert answer.status_code == 302, _problems(answer.text)


def _delivered(district: District, step: Step) -> None:
    """Six ballots are taken to the door by one person, the others come as a sheet."""
    rows, grid, serials = step.rows["deliveries"], district.browser(GRID), _serials(district)
    met = [row for row in rows if row["mode"] == "VISIT"][:_BY_HAND]
    wanted = " ".join(str(serials[row["unit_no"]]) for row in met)
    assert grid.post(f"{ROOT}/ballots/issue", {"serials": wanted, "person": "吴倩"}).status_code == 302
    for row in met:
        _act(grid, serials[row["unit_no"]], "deliver", mode="VISIT", receiver=row["receiver"], on=row["on"])
    _sent(grid, "deliveries", [row for row in rows if row not in met])


def _returned(district: District, step: Step) -> None:
    """Ballots that were delivered by hand come back folded, the others as a sheet."""
    rows, grid, serials = step.rows["ballots"], district.browser(GRID), _serials(district)
    by_hand = rows[1 : 1 + _BY_HAND]
    for row in by_hand:
        _act(grid, serials[row["unit_no"]], "take", signed="是", signed_by=row["signed_by"], on=row["on"])
    _sent(grid, "ballots", [row for row in rows if row not in by_hand])


def _counted(district: District, step: Step) -> None:
    """What came back folded is read by two, a third decides where they differ, and the count is held and signed."""
    marks = {row["unit_no"]: row["marks"].split() for one in CASE.steps for row in one.rows.get("ballots", ())}
    units = {serial: unit for unit, serial in _serials(district).items()}
    wrong = 0
    for lane in (CADRE, GRID):
        browser = district.browser(lane)
        while serial := _next(browser):
            said = marks[units[serial]]
            if lane == GRID and not wrong:
                said, wrong = ["2", *said[1:]], serial
            chosen = {f"mark-{no}": mark for no, mark in enumerate(said, 1)}
            answer = browser.post(f"{ROOT}/ballots/entry", {"serial": str(serial), **chosen})
            assert answer.status_code == 302, _problems(answer.text)
    ruled = {f"mark-{no}": mark for no, mark in enumerate(marks[units[wrong]], 1)}
    ruling = {"serial": str(wrong), "reason": "对照原票，第二遍看错一栏", **ruled}
    answer = district.browser(SUPERVISOR).post(f"{ROOT}/ballots/disputes", ruling)
    assert answer.status_code == 302, _problems(answer.text)
    counters, watching = ["许梅", "孙力"], ["马晓云", "罗静"]
    people = {"HOST": "周敏", "CALLER": counters[0], "COUNTER": counters[1], "SCRUTINEER": "、".join(watching)}
    papers = str(sum(len(one.rows.get("ballots", ())) for one in CASE.steps))
    signing = {f"sign-{name}": "1" for name in ("周敏", *counters, *watching)}
    cadre = district.browser(CADRE)
    box = {"label": "1 号箱", "sealed": "是", "papers": papers}
    for do, given in (("open", people), ("box", box), ("close", {}), ("sign", signing)):
        answer = cadre.post(f"{ROOT}/ballots/count", {"do": do, **given})
        assert answer.status_code == 302, f"{do}: {_problems(answer.text)}"
    named = {"counters": "、".join(counters), "scrutineers": f"居民委员会代表{'、业主'.join(watching)}"}
    _done(district, replace(step, answers={**step.answers, **named}))


def _next(browser: Browser) -> int:
    """The serial that the page of entries offers, 0 where none waits."""
    found = [dict(one.form_values()) for one in lxml.html.fromstring(browser.get(f"{ROOT}/ballots/entry").text).forms]
    return next((int(one["serial"]) for one in found if "serial" in one), 0)


def _listed(district: District, step: Step) -> None:
    _sent(district.browser(BODY), "handover_items", step.rows["handover_items"])


def _prepaid(district: District, step: Step) -> None:
    _sent(district.browser("会计审计"), "prepaid", step.rows["prepaid"])


def _inspected(district: District, step: Step) -> None:
    """Each side signs every group before the list is handed in."""
    body = district.browser(BODY)
    for side, name in (("GIVER", "韩志刚"), ("TAKER", "丁宁"), ("WITNESS", "陈立")):
        content = hidden(body.get(f"{ROOT}/handover").text, "content")
        given = {"side": side, "name": name, "on": step.on.isoformat(), "content": content}
        answer = body.post(f"{ROOT}/handover", given)
        assert answer.status_code == 302, _problems(answer.text)
    _done(district, step)


_ON_ITS_PAGES = {
    "deliveries": _delivered, "ballots": _returned, "count_votes": _counted, "handover_items": _listed,
    "prepaid": _prepaid, "inspect_and_list": _inspected,
}  # fmt: skip
