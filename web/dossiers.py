"""The tabs of an estate's page beside the overview: tasks, registers, papers, one step, the log and its workbook."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request

from engine.errors import InvalidAnswers, Problem
from engine.store import desk as listing
from engine.use_cases import desk, exporting_estates, outside, sheets, stale, stepping, timeline
from engine.use_cases.dossier import Dossier
from engine.use_cases.timeline import GROUPS, Filter
from web import access, exports
from web.tasks import asked_page

pages = Blueprint("dossiers", __name__, url_prefix="/estates/<key:estate_id>")


@pages.get("/tasks")
@access.signed_in
def tasks(estate_id: int) -> Any:
    """The open tasks, and a page of those that were completed."""
    page = asked_page()
    with access.work() as work:
        estate = desk.estate(work, access.member(), estate_id)
        shown = stepping.tasks(work, access.member(), estate_id, page)
    return render_template("estate_tasks.html", estate=estate, shown=shown, page=page, now=access.here().now())


@pages.get("/registers")
@access.signed_in
def registers(estate_id: int) -> Any:
    """Which registers there are."""
    with access.work() as work:
        estate = desk.estate(work, access.member(), estate_id)
    return render_template("estate_registers.html", estate=estate, registers=sheets.SHEETS.values())


@pages.get("/papers")
@access.signed_in
def papers(estate_id: int) -> Any:
    """A page of the issued documents."""
    page = asked_page()
    with access.work() as work:
        estate = desk.estate(work, access.member(), estate_id)
        found, total = stepping.papers(work, access.member(), estate_id, page)
        dossier, numbers = Dossier(work, access.here().library, estate_id), [one.number for one in found]
        old, left = stale.stale(dossier, numbers), outside.of_void(dossier, numbers)
    last = max(1, -(-total // listing.PAGE))
    return render_template(
        "estate_papers.html", estate=estate, papers=found, stale=old, left=left, total=total, page=page, last=last
    )


@pages.get("/<any(tasks, papers):what>.xlsx")
@access.signed_in
def workbook(estate_id: int, what: str) -> Any:
    """The list of a tab as a workbook."""
    with access.work() as work:
        taken = exporting_estates.workbook(work, access.member(), estate_id, what)
    return exports.sent(taken)


@pages.get("/steps/<step>")
@access.signed_in
def step(estate_id: int, step: str) -> Any:
    """One step of the journey: its tasks and its documents."""
    with access.work() as work:
        estate = desk.estate(work, access.member(), estate_id)
        shown = stepping.step(work, access.here().library, access.member(), estate_id, step)
    return render_template("estate_step.html", estate=estate, shown=shown, now=access.here().now())


@pages.get("/log")
@access.signed_in
def log(estate_id: int) -> Any:
    """A page of what happened, as the address asks for it."""
    asked, page = _asked(request.args), asked_page()
    problems: Sequence[Problem] = ()
    shown = None
    with access.work() as work:
        estate = desk.estate(work, access.member(), estate_id)
        try:
            shown = timeline.timeline(work, access.here().library, access.member(), estate_id, asked, page)
        except InvalidAnswers as error:
            problems = error.problems
    page_shown = render_template(
        "estate_log.html", estate=estate, shown=shown, asked=asked, page=page, groups=GROUPS, problems=problems
    )
    return page_shown, 422 if problems else 200


@pages.post("/log")
@access.signed_in
@access.once
def export(estate_id: int) -> Any:
    """What the form asks for, as a workbook."""
    with access.work() as work:
        access.sign(work)
        taken = timeline.export(work, access.here().library, access.member(), estate_id, _asked(request.form))
    return exports.sent(taken)


def _asked(given: Any) -> Filter:
    return Filter(*(given.get(name, "")[:60].strip() for name in ("group", "actor", "since", "until")))
