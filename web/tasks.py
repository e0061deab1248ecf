"""The inbox 待办, and a task's page: fill in, keep as a draft, complete."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.forms import checks
from engine.store import desk as listing
from engine.store import undone
from engine.store.filters import Filter
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import (
    accounts,
    beside,
    canvass_checks,
    canvassing,
    commenting,
    desk,
    handing,
    paper_sheets,
    photos,
    presence,
    sums,
)
from engine.use_cases.desk import TaskPage
from web import access, bounds, forms, lists

pages = Blueprint("tasks", __name__)
_SORTS = {"": "先超期，再临近", "newest": "最新到的在前", "oldest": "最早到的在前", "estate": "按小区"}
_TITLES = {
    "mine": "待办", "claimable": "待认领", "held": "挂起", "out": "委派中", "scope": "辖区在办", "done": "已办",
}  # fmt: skip


@pages.get("/")
@access.signed_in
def inbox() -> Any:
    """Tasks under a tab, a page of them."""
    tab, page, sort = request.args.get("tab", "mine"), asked_page(), request.args.get("sort") or "due"
    with access.work() as work:
        narrowed = lists.listing(work, "inbox")
        found, counts = desk.inbox(narrowed.lists, tab, page, sort)
        held_due = desk.held_due(work, access.member()) if tab == "mine" and counts["held"] else 0
        own = undone.untouched(work, access.member().name, [one.id for one in found]) if tab == "done" else set()
        last = max(1, -(-counts[tab] // listing.PAGE))
        # they belong to no stage and no period, so that whatever narrows tasks leaves them out
        checks = [] if narrowed.lists.chosen != Filter() else canvass_checks.waiting(work, access.member())
        counts = {**counts, "mine": counts["mine"] + len(checks)}
        checks = checks if (tab, page) == ("mine", 1) else []
        told = {"tasks": found, "counts": counts, "tab": tab, "page": page, "last": last, "held_due": held_due}
        shown = {"titles": _TITLES, "sorts": _SORTS, "own": own, "checks": checks, **lists.shown(narrowed)}
        return render_template("inbox.html", **told, now=access.here().now(), **shown)


@pages.get("/tasks/<key:task_id>")
@access.signed_in
def task(task_id: int) -> Any:
    """A task with its form."""
    return form_page(task_id)


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
        values, unfit = _posted_answers(work, shown, without=rest if what == "drop" else "")
    if unfit:
        return _kept(shown, values, unfit), 422
    if what == "complete":
        return _complete(shown, values)
    problems = _save(shown, values)
    if what == "give_back" and not problems:
        return _give_back(shown)
    if problems or what == "save":
        return form_page(task_id, values if problems else None, problems, saved=not problems)
    return redirect(url_for("tasks.task", task_id=task_id, rows=rest if what == "row" else None, _anchor=rest))


def _posted_answers(work: UnitOfWork, shown: TaskPage, without: str = "") -> tuple[dict[str, Any], list[Problem]]:
    def keep(field: str, name: str, content: bytes) -> str:
        return photos.take(work, access.member(), shown.task, field, name, content)

    posted = forms.Posted(request.form, MultiDict() if bounds.too_large() else request.files, keep, without)
    answers = posted.answers(shown.form)
    if bounds.too_large():
        field, words = bounds.told()
        posted.unfit.append(Problem(field.removesuffix(forms.NEW), words))
    return answers, posted.unfit


def _complete(shown: TaskPage, values: Mapping[str, Any]) -> Any:
    try:
        with access.work() as work:
            if paper := _paper(work, shown):
                paper_sheets.filled_in(work, shown.task.estate_id, paper.sheet)
            desk.complete(work, access.here().library, access.member(), shown.task.id, values)
    except InvalidAnswers as error:
        return _kept(shown, values, error.problems), 422
    except (Conflict, NotPermitted) as error:
        # somebody else moved the estate, or it rests: nothing was submitted, and nothing typed may be lost
        return _kept(shown, values, [Problem("", str(error))]), 409 if isinstance(error, Conflict) else 403
    return _onward(shown, f"已提交：{shown.task.title}（{shown.task.estate}）")


def _give_back(shown: TaskPage) -> Any:
    with access.work() as work:
        handing.give_back(work, access.member(), shown.task.id)
    return _onward(shown, f"已交回，由{shown.task.owner}提交：{shown.task.title}")


def _onward(shown: TaskPage, said: str) -> Any:
    """To the member's next task if they want it opened by itself, else to what happens next."""
    with access.work() as work:
        following = desk.next_task(work, access.member())
    flash(f"{said}。下面是您的下一条待办；不想自动打开，可在“我的”里关掉。" if following else said)
    return redirect(url_for("tasks.task", task_id=following.id if following else shown.task.id))


def _kept(shown: TaskPage, values: Mapping[str, Any], problems: Sequence[Problem]) -> Any:
    """The page again with what is wrong; what was typed is a draft now, or stands there beside why it is none."""
    clash = _save(shown, values)
    return form_page(shown.task.id, values if clash else None, [*clash, *problems])


def _save(shown: TaskPage, values: Mapping[str, Any]) -> Sequence[Problem]:
    """Keep a draft over the one that the page showed; says so when it was saved elsewhere meanwhile."""
    revision = forms.whole(request.form.get("revision", ""), 0)
    try:
        with access.work() as work:
            desk.save_draft(work, access.here().library, access.member(), shown.task.id, revision, values)
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
            values, _ = _posted_answers(work, shown)
            revision = shown.draft.revision if shown.draft else 0
            desk.save_draft(work, here.library, g.member, task_id, revision, values)
        flash("登录已过期；刚填的内容已存为草稿，请重新登录后继续。")
    except (NotFound, NotPermitted, Conflict):
        flash("登录已过期，请重新登录。")


def form_page(
    task_id: int,
    typed: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    *,
    saved: bool = False,
    refused: str = "",
) -> Any:
    """The page of a task with what was ``typed``, else with the draft, else with what is known already."""
    with access.work() as work:
        shown = desk.task_page(work, access.here().library, access.member(), task_id)
        acts = handing.possible(work, access.member(), shown.task)
        others = presence.look_in(work, access.member(), shown.task)
        aside = beside.beside(work, access.here().library, access.member(), shown.task)
        said = commenting.listed(work, access.member(), aside.estate, task_id)
        sheet = _paper(work, shown)
    known = {key: one.value for key, one in shown.known.items()}
    kept = shown.draft.content if shown.draft else {**known, **shown.again}
    values = kept if typed is None else typed
    return render_template(
        "task.html",
        page=shown,
        aside=aside,
        said=said,
        sheet=sheet,
        task=shown.task,
        form=shown.form,
        draft=shown.draft,
        values=values,
        wrong=forms.by_field(problems, shown.form, values),
        problems=[(forms.place(problem, shown.form, values), problem) for problem in problems],
        saved=saved,
        more=request.args.get("rows", ""),
        acts=acts,
        others=others,
        refused=refused,
        sections=checks.overview(shown.form, values),
        laid_out=checks.laid_out,
        limits=forms.limits,
        sums=sums.of_form(shown.form, values, shown.weights),
        now=access.here().now(),
    )


def _paper(work: UnitOfWork, shown: TaskPage) -> paper_sheets.Back | None:
    """The sheet of paper from which the form is typed in, if the address names one."""
    if not request.args.get("sheet") or not shown.mine:
        return None
    canvass = canvassing.canvass_of(work, access.here().library, access.member(), shown.task.estate_id)
    return paper_sheets.checklist_of(canvass, request.args["sheet"])


def asked_page() -> int:
    """The page of a list that the address asks for, else the first."""
    return max(forms.whole(request.args.get("page", ""), 1), 1)
