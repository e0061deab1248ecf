"""Who has a task, as forms: claim, put back, hand on, delegate, give back, put aside, urge; and several at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for

from engine.errors import Conflict, InvalidAnswers, NotFound, Problem
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, handing, presence
from engine.use_cases.accounts import Member
from web import access, forms, tasks

pages = Blueprint("handing", __name__)
#: One form acts on as many tasks as a page lists.
_MOST = 50
_AT_ONCE: Mapping[str, tuple[Callable[[UnitOfWork, Member, int], None], str]] = {
    "claim": (handing.claim, "已认领"),
    "release": (handing.release, "已放回，有这个角色的人都可以认领"),
    "give_back": (handing.give_back, "已交回"),
    "recall": (handing.recall, "已收回"),
    "take_up": (handing.take_up, "已恢复办理"),
    "urge": (handing.urge, "已催办"),
}


@dataclass(frozen=True)
class Asking:
    """An act that asks something first: its words, and whom the task goes to, if it goes to anybody."""

    verb: str
    effect: str
    people: str = ""


ASKING = {
    "transfer": Asking("转办", "转出去就归对方办理，填了的草稿一并转过去。", "转给"),
    "delegate": Asking("委派", "对方填写，办好交回，由您提交；随时可以收回。", "委派给"),
    "hold": Asking("挂起", "挂起的任务离开待办，到那天零点自动回来。法定期限照走，照常提醒。"),
}


@pages.post("/tasks/<key:task_id>/<any(claim, release, give_back, recall, take_up, urge):what>")
@access.signed_in
def at_once(task_id: int, what: str) -> Any:
    """Do what asks nothing more; whoever was too late sees who has the task."""
    done, said = _AT_ONCE[what]
    try:
        return _settle(task_id=task_id, act=lambda work: done(work, access.member(), task_id), said=said)
    except Conflict as error:
        return tasks.form_page(task_id, refused=str(error)), 409


@access.once
def _settle(task_id: int, act: handing.Act, said: str) -> Any:
    def signed(work: UnitOfWork) -> None:
        act(work)
        access.sign(work)

    handing.settle(access.here().store, access.member(), access.here().now(), signed)
    with access.work() as work:
        flash(f"{said}：{desk.task(work, access.member(), task_id).title}")
    return redirect(url_for("tasks.task", task_id=task_id))


@pages.get("/tasks/<key:task_id>/<any(transfer, delegate, hold):what>")
@access.signed_in
def ask(task_id: int, what: str) -> Any:
    """The form of an act that asks something."""
    return _asked(task_id, what, {}, ())


@pages.post("/tasks/<key:task_id>/<any(transfer, delegate, hold):what>")
@access.signed_in
def answer(task_id: int, what: str) -> Any:
    """Do an act with what its form says."""
    given = request.form
    to, reason, until = given.get("name", ""), given.get("reason", ""), given.get("until", "")

    def act(work: UnitOfWork) -> None:
        if what == "transfer":
            handing.transfer(work, access.member(), task_id, to, reason)
        elif what == "delegate":
            handing.delegate(work, access.member(), task_id, to, reason)
        else:
            handing.hold(work, access.member(), task_id, until, reason)

    said = {
        "transfer": f"已转给{to}",
        "delegate": f"已委派给{to}",
        "hold": "已挂起，到那天自动回到待办",
    }
    try:
        return _settle(task_id=task_id, act=act, said=said[what])
    except InvalidAnswers as error:
        return _asked(task_id, what, given, error.problems), 422
    except Conflict as error:
        return tasks.form_page(task_id, refused=str(error)), 409


def _asked(task_id: int, what: str, given: Mapping[str, str], problems: tuple[Problem, ...]) -> Any:
    with access.work() as work:
        found = handing.asked(work, access.member(), task_id, what)
        people = handing.candidates(work, found, own_role=what != "delegate") if ASKING[what].people else []
    wrong = {problem.field: problem.message for problem in problems}
    return render_template(
        "act.html", task=found, what=what, asking=ASKING[what], people=people, given=given, problems=problems,
        wrong=wrong, now=access.here().now(),
    )  # fmt: skip


@pages.post("/tasks/<key:task_id>/here")
@access.still_signed_in
def here(task_id: int) -> Any:
    """A sign that the task's page is still open; answers who else has it open."""
    with access.work() as work:
        return jsonify(others=presence.look_in(work, access.member(), desk.task(work, access.member(), task_id)))


@pages.post("/tasks/several")
@access.signed_in
def several() -> Any:
    """Do an act on several tasks, each by itself, and say of each what came of it."""
    what, _, asking = request.form.get("do", "").partition(":")
    chosen = [key for text in request.form.getlist("task")[:_MOST] if (key := forms.whole(text, 0))]
    if what not in handing.SEVERAL:
        raise NotFound(what="这个操作")
    to, reason = request.form.get("name", ""), request.form.get("reason", "")
    if not chosen or (what == "transfer" and asking):
        return _several(chosen, what, ())
    member, now = access.member(), access.here().now()
    acts: Mapping[str, Callable[[UnitOfWork, int], None]] = {
        "claim": lambda work, key: handing.claim(work, member, key),
        "urge": lambda work, key: handing.urge(work, member, key),
        "transfer": lambda work, key: handing.transfer(work, member, key, to, reason),
    }
    return _several(chosen, what, handing.each(access.here().store, member, now, chosen, acts[what]))


def _several(chosen: list[int], what: str, results: Any) -> Any:
    left = [one.task_id for one in results if one.said] if results else chosen
    with access.work() as work:
        found, people = handing.choices(work, access.member(), left)
    return render_template(
        "several.html", tasks=found, people=people, what=what, verb=handing.SEVERAL[what], results=results,
        given=request.form,
    )  # fmt: skip
