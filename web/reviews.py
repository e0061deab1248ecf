"""The pre-review of an estate's contract: what was found, and letting a finding stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.use_cases import clause_review, waiving
from engine.use_cases.dossier import Dossier
from web import access

pages = Blueprint("reviews", __name__, url_prefix="/estates/<key:estate_id>/review")


@pages.get("")
@access.signed_in
def review(estate_id: int) -> Any:
    """What every rule finds in the contract."""
    return _page(estate_id)


@pages.post("")
@access.signed_in
@access.once
def waive(estate_id: int) -> Any:
    """Let a finding stand."""
    given = request.form
    rule, contract, reason = (given.get(name, "") for name in ("rule", "contract", "reason"))
    try:
        with access.work() as work:
            access.sign(work)
            title = waiving.waive(work, access.here().library, access.member(), estate_id, rule, contract, reason)
    except InvalidAnswers as error:
        return _page(estate_id, given, error.problems), 422
    flash(f"已放行“{title}”，理由记入小区的流转记录。")
    return redirect(url_for("reviews.review", estate_id=estate_id, _anchor=rule))


@pages.get("/clauses")
@access.signed_in
def clauses(estate_id: int) -> Any:
    """The contract held against the clause library, clause by clause; one version of it, or a file that waits."""
    version, upload = (_asked(name) for name in ("version", "upload"))
    with access.work() as work:
        shown = clause_review.held(work, access.here().library, access.member(), estate_id, version, upload)
    return render_template("clause_review.html", estate=shown.estate, shown=shown, words=clause_review.WORDS)


def _asked(name: str) -> int:
    """A number that the address asks for, 0 without one."""
    given = request.args.get(name, "")
    return int(given[:9]) if given.isdecimal() else 0


def _page(estate_id: int, given: Mapping[str, Any] | None = None, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        shown = waiving.review(Dossier(work, access.here().library, estate_id), access.member())
    wrong = {problem.field: problem.message for problem in problems}
    return render_template(
        "review.html", estate=shown.estate, shown=shown, severities=waiving.SEVERITIES, given=given or {},
        problems=problems, wrong=wrong,
    )  # fmt: skip
