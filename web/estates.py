"""Estates 小区: the list, one estate's page, and entering a new one."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, NotFound
from engine.process.lint import LANES
from engine.store import desk as listing
from engine.use_cases import boarding, commenting, desk, gauging, overview, picturing, staffing
from engine.use_cases.picturing import Picture, Step
from web import access, lists
from web.forms import whole
from web.tasks import asked_page

pages = Blueprint("estates", __name__, url_prefix="/estates")
_SORTS = {"": "按名称", "urgent": "最急的在前", "longest": "在本阶段最久的在前", "newest": "最近登记的在前"}


@pages.get("")
@access.signed_in
def listed() -> Any:
    """A page of the estates in scope."""
    page, sort = asked_page(), request.args.get("sort") or "name"
    with access.work() as work:
        narrowed = lists.listing(work, "estates")
        found, total = boarding.listed(narrowed.lists, sort, page)
        last, today = max(1, -(-total // listing.PAGE)), narrowed.lists.day.today.isoformat()
        told = {"estates": found, "total": total, "page": page, "last": last, "today": today}
        return render_template("estates.html", **told, sorts=_SORTS, **lists.shown(narrowed))


@pages.get("/<key:estate_id>")
@access.signed_in
def estate(estate_id: int) -> Any:
    """One estate."""
    with access.work() as work:
        shown = overview.overview(work, access.here().library, access.member(), estate_id)
        said = commenting.listed(work, access.member(), shown.estate)
    return render_template(
        "estate.html",
        page=shown,
        estate=shown.estate,
        said=said,
        now=access.here().now(),
        lanes=LANES,
        not_a_vote=gauging.NOT_A_VOTE,
    )


@pages.get("/<key:estate_id>/lanes/<int:place>")
@access.signed_in
def lane(estate_id: int, place: int) -> Any:
    """The form for handing a lane to another person."""
    return _lane(estate_id, place, {}, ())


@pages.post("/<key:estate_id>/lanes/<int:place>")
@access.signed_in
def hand_over(estate_id: int, place: int) -> Any:
    """Hand a lane to another person."""
    given = request.form
    handed, name = _lane_at(place), given.get("name", "")
    try:
        with access.work() as work:
            staffing.reassign(work, access.member(), estate_id, handed, name, given.get("reason", ""))
    except InvalidAnswers as error:
        return _lane(estate_id, place, given, error.problems), 422
    flash(f"“{handed}”已转给{name}，在办的任务一并转过去。")
    return redirect(url_for("estates.estate", estate_id=estate_id))


def _lane_at(place: int) -> str:
    if place >= len(LANES):
        raise NotFound(what="这个角色")
    return LANES[place]


def _lane(estate_id: int, place: int, given: Any, problems: Any) -> Any:
    of = _lane_at(place)
    with access.work() as work:
        people = staffing.candidates(work, access.member(), estate_id)[of]
        now, shown = work.people(estate_id).get(of, ""), desk.estate(work, access.member(), estate_id)
    wrong = {problem.field: problem.message for problem in problems}
    return render_template(
        "lane.html", lane=of, people=people, holder=now, estate=shown, given=given, problems=problems, wrong=wrong
    )


@pages.get("/<key:estate_id>/diagram/<process_id>")
@access.signed_in
def diagram(estate_id: int, process_id: str) -> Any:
    """A diagram of the estate's journey, with an equal list of its steps."""
    shown = _picture(estate_id, process_id)
    marks = {step.id: step.mark for step in shown.steps if step.mark}
    links = {step.id: _step_address(estate_id, step) for step in shown.steps}
    return render_template("diagram.html", picture=shown, estate=shown.estate, marks=marks, addresses=links)


def _step_address(estate_id: int, step: Step) -> str:
    """Where a step leads: to the diagram it calls, else to its tasks and documents."""
    if step.called:
        return url_for("estates.diagram", estate_id=estate_id, process_id=step.called)
    return url_for("dossiers.step", estate_id=estate_id, step=step.id)


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
