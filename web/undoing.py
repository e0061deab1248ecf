"""Going back: 撤回 by the street, 退回 by whoever holds an open task, 拿回 by whoever did the last step."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.errors import Conflict, InvalidAnswers, NotPermitted, Problem
from engine.store import desk as listing
from engine.store import undone
from engine.use_cases import consequences, desk, telling, undoing
from web import access
from web.tasks import asked_page

pages = Blueprint("undoing", __name__)


@pages.get("/tasks/<key:task_id>/return")
@access.signed_in
def choose(task_id: int) -> Any:
    """The earlier steps to which an open task may be returned."""
    with access.work() as work:
        task, steps = undoing.earlier(work, access.member(), task_id)
    return render_template("return.html", task=task, steps=steps)


@pages.get("/tasks/<key:task_id>/return/<key:target_id>")
@access.signed_in
def show_return(task_id: int, target_id: int) -> Any:
    """What falls when the matter is returned to that step."""
    return _shown(target_id, undoing.RETURN, source=task_id)


@pages.post("/tasks/<key:task_id>/return/<key:target_id>")
@access.signed_in
@access.once
def send_back(task_id: int, target_id: int) -> Any:
    """Return the matter."""
    return _done(target_id, undoing.RETURN, source=task_id)


@pages.get("/tasks/<key:task_id>/undo")
@access.signed_in
def show_undo(task_id: int) -> Any:
    """What falls when a completed step is undone."""
    return _shown(task_id, undoing.UNDO)


@pages.post("/tasks/<key:task_id>/undo")
@access.signed_in
@access.once
def undo(task_id: int) -> Any:
    """Undo a completed step."""
    return _done(task_id, undoing.UNDO)


@pages.get("/tasks/<key:task_id>/take-back")
@access.signed_in
def show_take_back(task_id: int) -> Any:
    """What falls when somebody takes their own last step back."""
    return _shown(task_id, undoing.TAKE_BACK)


@pages.post("/tasks/<key:task_id>/take-back")
@access.signed_in
@access.once
def take_back(task_id: int) -> Any:
    """Take one's own last step back."""
    return _done(task_id, undoing.TAKE_BACK)


@pages.get("/estates/<key:estate_id>/steps")
@access.signed_in
def steps(estate_id: int) -> Any:
    """The completed steps of an estate, the latest first."""
    page = asked_page()
    with access.work() as work:
        shown = desk.estate(work, access.member(), estate_id)
        found, total = undone.steps(work, estate_id, page, listing.PAGE)
    last = max(1, -(-total // listing.PAGE))
    return render_template("steps.html", estate=shown, steps=found, total=total, page=page, last=last)


def _shown(
    task_id: int, manner: str, given: Mapping[str, str] | None = None, problems: Sequence[Problem] = (), source: int = 0
) -> Any:
    library = access.here().library
    with access.work() as work:
        fall = undoing.preview(work, library, access.member(), task_id, manner, source)
        groups = consequences.groups(work, library, fall)
        estate = desk.estate(work, access.member(), fall.target.estate_id)
    wrong = {problem.field: problem.message for problem in problems}
    away = url_for("tasks.task", task_id=source or task_id)
    return render_template(
        "undo.html",
        fall=fall,
        groups=groups,
        estate=estate,
        manner=manner,
        verb=telling.MANNERS[manner],
        away=away,
        given=given or {},
        problems=problems,
        wrong=wrong,
    )


def _done(task_id: int, manner: str, source: int = 0) -> Any:
    given = {**request.form.to_dict(), "source": str(source)}
    library = access.here().library
    try:
        with access.work() as work:
            access.sign(work)
            fall = undoing.go_back(work, library, access.member(), task_id, manner, given)
    except InvalidAnswers as error:
        return _shown(task_id, manner, given, error.problems, source), 422
    except Conflict as conflict:
        try:
            return _shown(task_id, manner, given, [Problem("reason", str(conflict))], source), 409
        except NotPermitted:
            # the same form sent twice at once: the other one has done it
            raise conflict from None
    flash(f"已{telling.MANNERS[manner]}到“{fall.target.title}”，{len(fall.undone)} 步不再算办结。")
    return redirect(url_for("estates.estate", estate_id=fall.target.estate_id))
