"""My leave 我的·请假: who stands in for me, for whom I stand in."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.use_cases import hands, leave
from web import access

pages = Blueprint("leave", __name__, url_prefix="/me/leave")
#: So many of what a deputy may not do are named; the list of tasks in the scope shows the rest.
_NAMED = 5


@pages.get("")
@access.signed_in
def listed() -> Any:
    """My leaves and those in which I stand in, and the form for another one."""
    return _page({}, ())


@pages.post("")
@access.signed_in
def begin() -> Any:
    """Take leave."""
    given = request.form
    try:
        return _begin(given=given)
    except InvalidAnswers as error:
        return _page(given, error.problems), 422


@access.once
def _begin(given: Mapping[str, str]) -> Any:
    deputy = given.get("deputy", "")
    with access.work() as work:
        left = leave.begin(work, access.member(), deputy, given.get("first", ""), given.get("last", ""))
        access.sign(work)
    flash(f"已登记请假，由{deputy}代办。")
    if left:
        more = f"等 {len(left)} 处" if len(left) > _NAMED else ""
        flash(f"这些{deputy}不能代办，请另行转办：{'；'.join(left[:_NAMED])}{more}。")
    return redirect(url_for("leave.listed"))


@pages.post("/<key:leave_id>/end")
@access.signed_in
def end(leave_id: int) -> Any:
    """End my leave early."""
    with access.work() as work:
        leave.end(work, access.member(), leave_id)
    flash("已销假，任务不再由别人代办。")
    return redirect(url_for("leave.listed"))


def _page(given: Mapping[str, str], problems: tuple[Problem, ...]) -> Any:
    with access.work() as work:
        member = access.member()
        leaves, people, today = leave.leaves(work, member), leave.candidates(work, member), hands.today(work)
    wrong = {problem.field: problem.message for problem in problems}
    return render_template(
        "leave.html", leaves=leaves, people=people, today=today.isoformat(), given=given, problems=problems, wrong=wrong
    )
