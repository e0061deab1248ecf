"""The paper twin 纸质表: doors and checklists printed with a code, brought back as photos, typed in beside them."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.rules import canvass as rules
from engine.rules import doors
from engine.rules.doors import Result
from engine.store.paper_sheets import CHECKLIST
from engine.use_cases import desk, paper_sheets
from web import access
from web.canvass import canvass_of
from web.photos import PRIVATE

pages = Blueprint("paper_sheets", __name__)
_UNDER = "/estates/<key:estate_id>/sheets"
_FIELDS = ("result", "on", "time", "concerns", "note", "follow_up", "visitors")


@pages.get(_UNDER)
@access.signed_in
def sheets(estate_id: int) -> Any:
    """The sheets that are one's own: print one, bring back what was filled in."""
    return _sheets(estate_id)


def _sheets(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        canvass = canvass_of(work, estate_id)
        ready = bool(canvass.roster_version) and not canvass.locked
        people = sorted({one.person for one in canvass.standing.held.values() if one.person}) if ready else []
        page = render_template(
            "paper_sheets.html", canvass=canvass, estate=canvass.estate, ready=ready, problems=problems,
            mine=paper_sheets.mine(canvass) if canvass.roster_version else [], checklist=CHECKLIST,
            people=people if canvass.leads else [one for one in people if one == access.member().name],
            buildings=canvass.layout.buildings if ready and canvass.leads else [], given=request.form,
        )  # fmt: skip
    return page, 422 if problems else 200


@pages.post(_UNDER)
@access.signed_in
@access.once
def act(estate_id: int) -> Any:
    """Print the doors of a person or a building, or bring what was filled in."""
    try:
        with access.work() as work:
            canvass = canvass_of(work, estate_id)
            access.sign(work)
            if request.form.get("do") == "print":
                return _printed(paper_sheets.print_packet(canvass, request.form.get("packet", "")))
            files = [(one.filename or "", one.read()) for one in request.files.getlist("files")]
            found, said = paper_sheets.bring(canvass, files)
    except InvalidAnswers as error:
        return _sheets(estate_id, error.problems)
    for one in [f"收到 {len(found)} 张表：{'、'.join(one.number for one in found)}。", *said]:
        flash(one)
    if len(found) == 1:
        return redirect(url_for("paper_sheets.sheet", estate_id=estate_id, sheet_id=found[0].id))
    return redirect(url_for("paper_sheets.sheets", estate_id=estate_id))


def _printed(number: str) -> Any:
    return redirect(url_for("papers.view", number=number))


@pages.post("/tasks/<key:task_id>/sheet")
@access.signed_in
@access.once
def checklist(task_id: int) -> Any:
    """Print the form of a task."""
    with access.work() as work:
        task = desk.task(work, access.member(), task_id)
        canvass = canvass_of(work, task.estate_id)
        access.sign(work)
        number = paper_sheets.print_checklist(canvass, task)
    return _printed(number)


@pages.get(f"{_UNDER}/<key:sheet_id>")
@access.signed_in
def sheet(estate_id: int, sheet_id: int) -> Any:
    """A sheet beside its photos, to be typed in."""
    return _sheet(estate_id, sheet_id)


def _sheet(estate_id: int, sheet_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        canvass = canvass_of(work, estate_id)
        back = paper_sheets.back(canvass, sheet_id)
        if back.sheet.kind == CHECKLIST:
            return redirect(url_for("tasks.task", task_id=back.sheet.task_id, sheet=back.sheet.number))
        page = render_template(
            "paper_sheet.html", canvass=canvass, estate=canvass.estate, back=back, problems=problems,
            words=doors.WORDS, results=list(Result), concerns=rules.CONCERNS, given=request.form,
        )  # fmt: skip
    return page, 422 if problems else 200


@pages.post(f"{_UNDER}/<key:sheet_id>")
@access.signed_in
def type_in(estate_id: int, sheet_id: int) -> Any:
    """Enter the rows of a sheet."""
    form = request.form
    try:
        with access.work() as work:
            canvass = canvass_of(work, estate_id)
            content = paper_sheets.back(canvass, sheet_id).sheet.content
            rows = {unit: _row(place) for place, unit in enumerate(content)}
            done = paper_sheets.type_in(canvass, sheet_id, rows)
    except InvalidAnswers as error:
        return _sheet(estate_id, sheet_id, error.problems)
    flash(f"已录入 {done} 户。" + ("还有没填的，可以接着录。" if done < len(form.getlist("rows")) else ""))
    return redirect(url_for("paper_sheets.sheet", estate_id=estate_id, sheet_id=sheet_id))


def _row(place: int) -> dict[str, str]:
    given = {name: " ".join(request.form.getlist(f"{name}-{place}")) for name in _FIELDS}
    # day and people are written once for the whole sheet, unless a row has its own
    said = any(given[name] for name in ("result", "time", "note"))
    shared = {name: request.form.get(name, "") for name in ("on", "visitors")}
    return {name: value or (shared.get(name, "") if said else "") for name, value in given.items()}


@pages.get(f"{_UNDER}/<key:sheet_id>/pages/<key:page_id>")
@access.signed_in
def page(estate_id: int, sheet_id: int, page_id: int) -> Any:
    """A page that came back, upright and without a position."""
    with access.work() as work:
        content = paper_sheets.picture(canvass_of(work, estate_id), sheet_id, page_id)
    answer = make_response(content)
    answer.mimetype = "image/jpeg"
    answer.headers["Cache-Control"] = PRIVATE
    return answer
