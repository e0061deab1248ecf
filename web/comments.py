"""Comments on an estate or a task: a page of them, leaving one, taking one's own back."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.use_cases import commenting, desk
from web import access
from web.forms import whole
from web.tasks import asked_page

pages = Blueprint("comments", __name__, url_prefix="/estates/<key:estate_id>/comments")


@pages.get("")
@access.signed_in
def listed(estate_id: int) -> Any:
    """A page of the comments."""
    return _page(estate_id, asked_page())


@pages.post("")
@access.signed_in
@access.once
def add(estate_id: int) -> Any:
    """Leave a comment."""
    given = request.form
    task_id = whole(given.get("task", ""), 0) or None
    try:
        with access.work() as work:
            access.sign(work)
            chosen = given.getlist("mention")
            told = commenting.add(work, access.member(), estate_id, task_id, given.get("text", ""), chosen)
    except InvalidAnswers as error:
        return _page(estate_id, 1, given, error.problems), 422
    flash(f"留言已发出{'，已提醒' + '、'.join(told) if told else ''}。")
    return _back(estate_id, task_id)


@pages.post("/<key:comment_id>/withdraw")
@access.signed_in
def withdraw(estate_id: int, comment_id: int) -> Any:
    """Take one's own comment back."""
    with access.work() as work:
        commenting.withdraw(work, access.member(), estate_id, comment_id)
    flash("已撤回留言。")
    return _back(estate_id, whole(request.form.get("task", ""), 0) or None)


def _back(estate_id: int, task_id: int | None) -> Any:
    if task_id:
        return redirect(url_for("tasks.task", task_id=task_id, _anchor="comments"))
    return redirect(url_for("estates.estate", estate_id=estate_id, _anchor="comments"))


def _page(estate_id: int, page: int, given: Mapping[str, Any] | None = None, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        estate = desk.estate(work, access.member(), estate_id)
        said = commenting.listed(work, access.member(), estate, page=page)
    return render_template(
        "comments.html", estate=estate, said=said, page=page, given=given or {}, problems=problems,
        chosen=request.form.getlist("mention"),
    )  # fmt: skip
