"""The inbox 待办, and a task's page: fill in, keep as a draft, complete."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import desk as listing
from engine.store import documents
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import accounts, desk
from engine.use_cases.desk import TaskPage
from web import access, forms

pages = Blueprint("tasks", __name__)
_TITLES = {"mine": "待办", "scope": "辖区在办", "done": "已办"}


@pages.get("/")
@access.signed_in
def inbox() -> Any:
    """Tasks under a tab, a page of them."""
    tab, page = request.args.get("tab", "mine"), asked_page()
    with access.work() as work:
        found, counts = desk.inbox(work, access.member(), tab, page)
    last = max(1, -(-counts[tab] // listing.PAGE))
    now, titles = access.here().now(), _TITLES
    return render_template(
        "inbox.html", tasks=found, counts=counts, tab=tab, page=page, last=last, now=now, titles=titles
    )


@pages.get("/tasks/<key:task_id>")
@access.signed_in
def task(task_id: int) -> Any:
    """A task with its form."""
    return _form(task_id)


@pages.post("/tasks/<key:task_id>")
def post(task_id: int) -> Any:
    """Complete the task, keep a draft, or change the rows of a table; what was typed is kept in any case."""
    if access.token():
        _lapsed(task_id)
    return _posted(task_id=task_id)


@access.signed_in
def _posted(task_id: int) -> Any:
    with access.work() as work:
        shown = desk.task_page(work, access.here().library, access.member(), task_id)
        if not shown.mine:
            raise NotPermitted(lane=shown.task.lane)
        what, _, rest = request.form.get("do", "save").partition(":")
        values = _posted_answers(work, shown, without=rest if what == "drop" else "")
    if what == "complete":
        return _complete(shown, values)
    problems = _save(shown, values)
    if problems or what == "save":
        return _form(task_id, values, problems, saved=not problems)
    return redirect(url_for("tasks.task", task_id=task_id, rows=rest if what == "row" else None, _anchor=rest))


def _posted_answers(work: UnitOfWork, shown: TaskPage, without: str = "") -> dict[str, Any]:
    posted = forms.Posted(request.form, request.files, lambda content: documents.keep(work, content), without)
    return posted.answers(shown.form)


def _complete(shown: TaskPage, values: Mapping[str, Any]) -> Any:
    try:
        with access.work() as work:
            desk.complete(work, access.here().library, access.member(), shown.task.id, values)
    except InvalidAnswers as error:
        return _form(shown.task.id, values, [*_save(shown, values), *error.problems]), 422
    except (Conflict, NotPermitted) as error:
        # somebody else moved the estate, or it rests: nothing was submitted, and nothing typed may be lost
        problems = [Problem("", str(error)), *_save(shown, values)]
        return _form(shown.task.id, values, problems), 409 if isinstance(error, Conflict) else 403
    flash(f"已提交：{shown.task.title}")
    return redirect(url_for("estates.estate", estate_id=shown.task.estate_id))


def _save(shown: TaskPage, values: Mapping[str, Any]) -> Sequence[Problem]:
    """Keep a draft over the one that the page showed; says so when it was saved elsewhere meanwhile."""
    revision = forms.whole(request.form.get("revision", ""), 0)
    try:
        with access.work() as work:
            desk.save_draft(work, access.member(), shown.task.id, revision, values)
    except Conflict:
        return [Problem("", "这份草稿在别处又保存过；下面是您刚填的内容，核对后再保存一次就以它为准。")]
    return ()


def _lapsed(task_id: int) -> None:
    """Keep what somebody typed whose sign-in grew too old meanwhile: it waits as their draft."""
    here = access.here()
    with here.store.work("", here.now()) as unit:
        if accounts.signed_in(unit, access.token()) is not None:
            return
        g.member = accounts.lapsed(unit, access.token())
    if g.member is None:
        return
    try:
        with access.work() as work:
            shown = desk.task_page(work, here.library, g.member, task_id)
            values = _posted_answers(work, shown)
            revision = shown.draft.revision if shown.draft else 0
            desk.save_draft(work, g.member, task_id, revision, values)
        flash("登录已过期；刚填的内容已存为草稿，请重新登录后继续。")
    except (NotFound, NotPermitted, Conflict):
        flash("登录已过期，请重新登录。")


def _form(
    task_id: int, typed: Mapping[str, Any] | None = None, problems: Sequence[Problem] = (), *, saved: bool = False
) -> Any:
    """The page of a task with what was ``typed``, else with the draft, else with what is known already."""
    with access.work() as work:
        shown = desk.task_page(work, access.here().library, access.member(), task_id)
    kept = shown.draft.content if shown.draft else {key: known.value for key, known in shown.known.items()}
    return render_template(
        "task.html",
        page=shown,
        task=shown.task,
        form=shown.form,
        draft=shown.draft,
        values=kept if typed is None else typed,
        wrong=forms.by_field(problems, shown.form),
        problems=[(forms.place(problem, shown.form), problem) for problem in problems],
        saved=saved,
        more=request.args.get("rows", ""),
        now=access.here().now(),
    )


def asked_page() -> int:
    """The page of a list that the address asks for, else the first."""
    return max(forms.whole(request.args.get("page", ""), 1), 1)
