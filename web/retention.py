"""Retention 保存期限: what of the owners' data has to go and when, what holds it, and letting it go."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.rules.retention import KINDS
from engine.store import purge_journal
from engine.use_cases import retention
from web import access, forms

_TITLES = {name: kind.title for name, kind in KINDS.items()} | {
    purge_journal.REQUEST: "业主请求删除的信息（恢复备份后重新清除）"
}
pages = Blueprint("retention", __name__, url_prefix="/estates/<key:estate_id>/privacy/retention")


@pages.get("")
@access.signed_in
def register(estate_id: int) -> Any:
    """Every kind of data: how long, until when, how much."""
    return _page(estate_id)


@pages.post("")
@access.signed_in
@access.once
def act(estate_id: int) -> Any:
    """Let a kind go, hold everything, or lift a hold."""
    given = request.form.to_dict()
    try:
        with access.work() as work:
            access.sign(work)
            if given.get("do") == "purge":
                name = given.get("kind", "")
                said = retention.let_go(work, access.here().library, access.member(), estate_id, name, given)
            elif given.get("do") == "lift":
                key = forms.whole(given.get("id", ""), 0)
                retention.lift(work, access.member(), estate_id, key, given.get("reason", ""))
                said = "保全已解除。"
            else:
                retention.hold(work, access.member(), estate_id, given.get("reason", ""))
                said = "已登记保全；解除以前一律不清除。"
    except InvalidAnswers as error:
        return _page(estate_id, error.problems)
    flash(said)
    return redirect(url_for("retention.register", estate_id=estate_id))


def _page(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        shown = retention.page(work, access.here().library, access.member(), estate_id)
    wrong = {problem.field: problem.message for problem in problems}
    page = render_template(
        "retention.html", shown=shown, of=shown.of, estate=shown.estate, problems=problems, wrong=wrong,
        given=request.form, titles=_TITLES,
    )  # fmt: skip
    return page, 422 if problems else 200
