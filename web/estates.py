"""Estates 小区: the list, one estate's page, and entering a new one."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers
from engine.process.lint import LANES
from engine.store import desk as listing
from engine.use_cases import desk, picturing, sheets
from engine.use_cases.picturing import Picture
from web import access
from web.forms import whole
from web.tasks import asked_page

pages = Blueprint("estates", __name__, url_prefix="/estates")


@pages.get("")
@access.signed_in
def listed() -> Any:
    """A page of the estates in scope."""
    words, page = request.args.get("q", ""), asked_page()
    with access.work() as work:
        found, total = desk.estates(work, access.member(), page, words)
    last = max(1, -(-total // listing.PAGE))
    return render_template("estates.html", estates=found, total=total, page=page, last=last, words=words)


@pages.get("/<key:estate_id>")
@access.signed_in
def estate(estate_id: int) -> Any:
    """One estate."""
    with access.work() as work:
        shown = desk.estate_page(work, access.here().library, access.member(), estate_id)
    now, registers = access.here().now(), sheets.SHEETS.values()
    return render_template("estate.html", page=shown, estate=shown.estate, now=now, registers=registers)


@pages.get("/<key:estate_id>/diagram/<process_id>")
@access.signed_in
def diagram(estate_id: int, process_id: str) -> Any:
    """A diagram of the estate's journey, with an equal list of its steps."""
    shown = _picture(estate_id, process_id)
    marks = {step.id: step.mark for step in shown.steps if step.mark}
    calls = {step.id: step.called for step in shown.steps if step.called}
    return render_template("diagram.html", picture=shown, estate_id=estate_id, marks=marks, calls=calls)


@pages.get("/<key:estate_id>/diagram/<process_id>.bpmn")
@access.signed_in
def source(estate_id: int, process_id: str) -> Any:
    """The diagram's file, for the viewer on the page."""
    return Response(_picture(estate_id, process_id).source, mimetype="application/xml")


def _picture(estate_id: int, process_id: str) -> Picture:
    with access.work() as work:
        return picturing.picture(work, access.here().library, access.member(), estate_id, process_id)


@pages.get("/new")
@access.signed_in
def new() -> Any:
    """The form for entering an estate."""
    return _new({}, ())


@pages.post("/new")
@access.signed_in
@access.once
def enter() -> Any:
    """Enter an estate and start its journey."""
    given = request.form
    node = whole(given.get("node", ""), 0)
    people = {lane: name for lane in LANES if (name := given.get(f"people.{lane}", ""))}
    try:
        with access.work() as work:
            access.sign(work)
            entered = desk.enter(
                work,
                access.here().library,
                access.member(),
                given.get("name", ""),
                given.get("place", ""),
                node,
                people,
            )
    except InvalidAnswers as error:
        return _new(given, error.problems), 422
    flash(f"已登记小区“{given['name'].strip()}”，办理从申请开始。")
    return redirect(url_for("estates.estate", estate_id=entered))


def _new(given: Any, problems: Any) -> Any:
    with access.work() as work:
        offered = desk.choices(work, access.member())
    packs = {pack.place: pack.title for pack in access.here().library.packs}
    wrong: dict[str, str] = {}
    for problem in problems:
        wrong.setdefault(problem.field, problem.message)
    return render_template(
        "new_estate.html", offered=offered, packs=packs, given=given, problems=problems, wrong=wrong, lanes=LANES
    )
