"""Freeze the owners' roster 名册冻结: what would be frozen, who proposed it, and what a later version would change."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.use_cases import freezing, noticing
from web import access, forms
from web.importing import DECIDED

pages = Blueprint("roster_freeze", __name__, url_prefix="/estates/<key:estate_id>/roster/freeze")


@pages.get("")
@access.signed_in
def page(estate_id: int) -> Any:
    """How the freezing stands."""
    return _page(estate_id)


@pages.post("")
@access.signed_in
def act(estate_id: int) -> Any:
    """Propose the version that the page showed, or answer what an owner found wrong."""
    given, here = request.form, access.here()
    try:
        with access.work() as work:
            if "voice" in given:
                at = noticing.here(work, here.library, access.member(), estate_id, owners=True)
                voice = forms.whole(given["voice"], 0)
                noticing.reply_on_roster(at, voice, given.get("answer", ""), given.get("ruling", ""))
                said = "已答复。"
            else:
                freezing.propose(work, here.library, access.member(), estate_id, given.get("digits", ""))
                said = "已提请冻结；由另一人在“冻结业主名册”里核对后冻结。"
    except InvalidAnswers as error:
        return _page(estate_id, list(error.problems))
    flash(said)
    return redirect(url_for("roster_freeze.page", estate_id=estate_id))


def _page(estate_id: int, problems: list[Problem] | None = None) -> Any:
    with access.work() as work:
        shown = freezing.look(work, access.here().library, access.member(), estate_id)
    made = render_template(
        "roster_freeze.html", shown=shown, estate=shown.estate, problems=problems or [], me=access.member().name,
        given=request.form, matters=noticing.MATTERS, rulings=noticing.RULINGS, named=noticing.named, decided=DECIDED,
    )  # fmt: skip
    return made, 422 if problems else 200
