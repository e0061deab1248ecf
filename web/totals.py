"""Published totals 公开总数: what newspapers and offices have reported of the district, each with its source."""

from typing import Any

from flask import Blueprint, render_template

from web import access

pages = Blueprint("totals", __name__, url_prefix="/totals")


@pages.get("")
@access.signed_in
def totals() -> Any:
    """The figures as they were published; none of them is counted here."""
    return render_template("totals.html")
