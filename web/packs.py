"""An estate's jurisdiction pack 规则包: what another version would change, and moving to it on purpose."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.use_cases import administering, desk
from web import access

pages = Blueprint("packs", __name__, url_prefix="/estates/<key:estate_id>/pack")


@pages.get("")
@access.signed_in
def pack(estate_id: int) -> Any:
    """The pack in use beside another version."""
    return _pack(estate_id, request.args.get("to", ""))


@pages.post("")
@access.signed_in
@access.once
def move(estate_id: int) -> Any:
    """Move the estate to another version, with a reason."""
    library, version = access.here().library, request.form.get("to", "")
    try:
        with access.work() as work:
            access.sign(work)
            desk.estate(work, access.member(), estate_id)
            administering.move_to_pack(work, library, estate_id, version, request.form.get("reason", ""))
    except InvalidAnswers as error:
        return _pack(estate_id, version, error.problems), 422
    flash("已换用另一版本的规则包，理由记入流转记录；已经在走的期限不变。")
    return redirect(url_for("estates.estate", estate_id=estate_id))


def _pack(estate_id: int, version: str, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        estate = desk.estate(work, access.member(), estate_id)
        shown = administering.choice_of_packs(work, access.here().library, estate_id, version)
        mine = work.people(estate_id).get(administering.DISTRICT) == access.member().name
    wrong = {problem.field: problem.message for problem in problems}
    return render_template(
        "pack.html", estate=estate, shown=shown, mine=mine, problems=problems, wrong=wrong, given=request.form
    )
