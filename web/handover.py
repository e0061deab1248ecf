"""The handover 交接: twenty groups on a phone, each item with photos, and three signatures of each group."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from engine.errors import Conflict, InvalidAnswers, Problem
from engine.rules.handover import SAFETY_NAMES, State
from engine.rules.handover_signing import SIDES
from engine.use_cases import taking_over
from engine.use_cases.taking_over import Handover
from web import access

pages = Blueprint("handover", __name__, url_prefix="/estates/<key:estate_id>/handover")
STATES = {State.GOOD: "完好", State.DEFECT: "有缺陷", State.MISSING: "缺失", State.NONE: "无此项"}


def _handover(work: Any, estate_id: int) -> Handover:
    return taking_over.handover(work, access.here().library, access.member(), estate_id)


@pages.get("")
@access.signed_in
def overview(estate_id: int) -> Any:
    """The twenty groups at a glance."""
    return _overview(estate_id)


@pages.post("")
@access.signed_in
@access.once
def sign_all(estate_id: int) -> Any:
    """Record that somebody signed the whole list."""
    try:
        with access.work() as work:
            access.sign(work)
            number = taking_over.sign_all(_handover(work, estate_id), request.form.to_dict())
    except InvalidAnswers as error:
        return _overview(estate_id, error.problems)
    flash(f"已登记{request.form.get('name', '').strip()}签了 {number} 组。")
    return redirect(url_for("handover.overview", estate_id=estate_id))


def _overview(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        of = _handover(work, estate_id)
    page = render_template(
        "handover.html", of=of, estate=of.estate, groups=taking_over.groups(of), states=STATES, sides=SIDES,
        problems=problems, given=request.form, content=taking_over.whole(of), today=of.dossier.today.isoformat(),
    )  # fmt: skip
    return page, 422 if problems else 200


@pages.get("/groups/<int:no>")
@access.signed_in
def group(estate_id: int, no: int) -> Any:
    """A group with its items."""
    return _group(estate_id, no)


@pages.post("/groups/<int:no>")
@access.signed_in
@access.once
def enter(estate_id: int, no: int) -> Any:
    """Enter or change an item, or record a signature of the group."""
    do, given = request.form.get("do", ""), request.form.to_dict()
    try:
        with access.work() as work:
            of = _handover(work, estate_id)
            taking_over.permitted(of, taking_over.LISTING if do != "sign" else taking_over.WITNESSING)
            if do == "item":
                access.sign(work)
                said = f"“{taking_over.save(of, no, given, _files())}”已登记。"
            elif do == "sign":
                access.sign(work)
                made = taking_over.sign(of, no, given)
                said = f"已登记{SIDES[made.side]}{made.name}{'拒签，两位见证人' if made.refused else '签字'}。"
            else:
                abort(422)
    except InvalidAnswers as error:
        return _group(estate_id, no, error.problems)
    except Conflict:
        if access.had_effect():
            raise
        return _group(estate_id, no, [Problem("item", taking_over.changed_meanwhile(given.get("name", "")))])
    flash(said)
    return redirect(url_for("handover.group", estate_id=estate_id, no=no))


def _files() -> list[tuple[str, bytes]]:
    sent = (one for one in request.files.getlist("photos") if one.filename)
    return [(one.filename or "", one.stream.read()) for one in sent]


def _group(estate_id: int, no: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        of = _handover(work, estate_id)
        shown = taking_over.group(of, no)
    page = render_template(
        "handover_group.html", of=of, estate=of.estate, shown=shown, problems=problems, given=request.form,
        states=STATES, sides=SIDES, safety=SAFETY_NAMES, content=of.content(shown.name),
        today=of.dossier.today.isoformat(),
    )  # fmt: skip
    return page, 422 if problems else 200
