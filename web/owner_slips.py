"""The slips by which owners look up their own entry 业主核对条: made, printed a page at a time, given out anew."""

from typing import Any

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from engine.errors import InvalidAnswers, Problem
from engine.use_cases import owner_slips
from web import access, forms

pages = Blueprint("owner_slips", __name__, url_prefix="/estates/<key:estate_id>/owners/slips")


@pages.get("")
@access.signed_in
def page(estate_id: int) -> Any:
    """How the slips stand."""
    return _page(estate_id)


@pages.post("")
@access.signed_in
def act(estate_id: int) -> Any:
    """Make slips, or another for one unit."""
    unit = request.form.get("unit", "")[:60]
    try:
        with access.work() as work:
            if unit or request.form.get("do") == "renew":
                owner_slips.renew(work, access.member(), estate_id, unit)
                said = f"“{unit}”的核对条已换发；原来的一张不能再用。"
            else:
                number = owner_slips.make(work, access.member(), estate_id)
                said = f"已生成 {number} 户的核对条。" if number else "各户都已有核对条。"
    except InvalidAnswers as error:
        return _page(estate_id, list(error.problems))
    flash(said)
    return redirect(url_for("owner_slips.page", estate_id=estate_id))


@pages.post("/print")
@access.signed_in
def printed(estate_id: int) -> Any:
    """A page of slips, to be printed and cut."""
    number = forms.whole(request.form.get("page", ""), 1)
    here = request.host_url.rstrip("/")
    with access.work() as work:
        estate, slips = owner_slips.printed(work, access.member(), estate_id, max(1, number), here)
    return render_template("owner_slips_print.html", estate=estate, slips=slips, page=number, drawn=_drawn)


def _drawn(address: str) -> Markup:
    made = segno.make(address, error="m", micro=False).svg_inline(border=0, dark="#000", light="#fff", omitsize=True)
    return Markup(made)  # noqa: S704 - drawn by the library from squares alone


def _page(estate_id: int, problems: list[Problem] | None = None) -> Any:
    with access.work() as work:
        shown = owner_slips.look(work, access.member(), estate_id)
    made = render_template(
        "owner_slips.html", shown=shown, estate=shown.estate, problems=problems or [], given=request.form
    )
    return made, 422 if problems else 200
