"""Owners 业主清册: names and numbers masked; one unit in full on purpose, and who looked."""

from typing import Any

from flask import Blueprint, render_template, request

from engine.errors import InvalidAnswers
from engine.store.desk import PAGE
from engine.use_cases import disclosing
from web import access, forms
from web.tasks import asked_page

pages = Blueprint("owners", __name__, url_prefix="/estates/<key:estate_id>/owners")


@pages.get("")
@access.signed_in
def listed(estate_id: int) -> Any:
    """A page of the roster, masked."""
    return _listed(estate_id)


@pages.post("")
@access.signed_in
def read(estate_id: int) -> Any:
    """One unit in full, for the purpose that was chosen; nothing of it stands in the address."""
    unit_id, purpose = forms.whole(request.form.get("unit", ""), 0), request.form.get("purpose", "")
    try:
        with access.work() as work:
            unit, identity = disclosing.read(work, access.member(), estate_id, unit_id, purpose)
    except InvalidAnswers as error:
        return _listed(estate_id, unit_id=unit_id, problem=error.problems[0].message), 422
    return render_template(
        "owner.html", unit=unit, identity=identity, estate_id=estate_id, purpose=purpose, page=asked_page()
    )


@pages.get("/looks")
@access.signed_in
def looks(estate_id: int) -> Any:
    """Who looked at the data of a unit, or of any."""
    unit_id, page = forms.whole(request.args.get("unit", ""), 0), asked_page()
    with access.work() as work:
        estate, subject, found, total = disclosing.looks(work, access.member(), estate_id, unit_id, page)
    last = max(1, -(-total // PAGE))
    return render_template(
        "looks.html", estate=estate, subject=subject, looks=found, total=total, page=page, last=last, unit_id=unit_id
    )


def _listed(estate_id: int, unit_id: int = 0, problem: str = "") -> Any:
    page = asked_page()
    with access.work() as work:
        shown = disclosing.roster(work, access.member(), estate_id, page)
    return render_template(
        "owners.html",
        shown=shown,
        estate=shown.estate,
        page=page,
        last=max(1, -(-shown.total // PAGE)),
        purposes=disclosing.PURPOSES,
        unit_id=unit_id,
        problem=problem,
    )
