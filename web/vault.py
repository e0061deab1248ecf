"""Vault 证件号保险库: full identity numbers, kept on a ground, read on purpose; none in an address, none in a log."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.use_cases import identities
from web import access

pages = Blueprint("vault", __name__, url_prefix="/estates/<key:estate_id>/privacy/vault")


@pages.get("")
@access.signed_in
def shelf(estate_id: int) -> Any:
    """What is kept, masked."""
    return _page(estate_id)


@pages.post("")
@access.signed_in
@access.once
def keep(estate_id: int) -> Any:
    """Keep a number."""
    here = access.here()
    try:
        with access.work() as work:
            access.sign(work)
            given = request.form.to_dict()
            member, vault = access.member(), here.vault
            unit_no = identities.keep(work, here.library, member, estate_id, vault, here.person_key, given)
    except InvalidAnswers as error:
        return _page(estate_id, error.problems)
    flash(f"{unit_no} 的一个证件号已存入保险库。")
    return redirect(url_for("vault.shelf", estate_id=estate_id))


@pages.post("/<key:number_id>")
@access.signed_in
def read(estate_id: int, number_id: int) -> Any:
    """Show a number in full, once it is on record who looks and why."""
    purpose, reason = request.form.get("purpose", ""), request.form.get("reason", "")
    try:
        with access.work() as work:
            found = identities.read(work, access.member(), estate_id, access.here().vault, number_id, purpose, reason)
    except InvalidAnswers as error:
        return _page(estate_id, error.problems, number_id)
    return render_template("vault_number.html", found=found, purpose=purpose, estate_id=estate_id)


def _page(estate_id: int, problems: Sequence[Problem] = (), number_id: int = 0) -> Any:
    here = access.here()
    with access.work() as work:
        shown = identities.shelf(work, here.library, access.member(), estate_id, here.vault)
    wrong = {problem.field: problem.message for problem in problems}
    page = render_template(
        "vault.html", shown=shown, estate=shown.estate, problems=problems, wrong=wrong, given=request.form,
        purposes=identities.PURPOSES, number_id=number_id,
    )  # fmt: skip
    return page, 422 if problems else 200
