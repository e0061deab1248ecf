"""What is missing at a handover 缺项: its age, the letters that follow by date, and what was handed over after all."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.rules.handover_gaps import BASIS, PERIODS, Rung
from engine.use_cases import gaps
from web import access, forms

pages = Blueprint("gaps", __name__, url_prefix="/estates/<key:estate_id>/handover/gaps")


def _gaps(work: Any, estate_id: int) -> gaps.Gaps:
    return gaps.gaps(work, access.here().library, access.member(), estate_id)


@pages.get("")
@access.signed_in
def listed(estate_id: int) -> Any:
    """The gaps, and which letter is due for which of them."""
    return _page(estate_id)


@pages.post("")
@access.signed_in
@access.once
def pursue(estate_id: int) -> Any:
    """Issue the letter of a step, or record that something was handed over after all."""
    do = request.form.get("do", "")
    try:
        with access.work() as work:
            found = _gaps(work, estate_id)
            access.sign(work)
            if do in set(Rung):
                said = f"已出具{gaps.RUNGS[Rung(do)]} {gaps.send(found, Rung(do))}，打印、签章后送达。"
            else:
                item = forms.whole(request.form.get("item", ""), 0)
                said = f"“{gaps.make_good(found, item, request.form.to_dict())}”已登记补交。"
    except InvalidAnswers as error:
        return _page(estate_id, error.problems)
    flash(said)
    return redirect(url_for("gaps.listed", estate_id=estate_id))


def _page(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        found = _gaps(work, estate_id)
        dossier = found.of.dossier
        periods = {rung: dossier.pack.parameter(key) for rung, key in PERIODS.items()}
    page = render_template(
        "handover_gaps.html", found=found, of=found.of, estate=found.of.estate, problems=problems, given=request.form,
        rungs=gaps.RUNGS, basis=BASIS, periods=periods, today=found.today,
    )  # fmt: skip
    return page, 422 if problems else 200
