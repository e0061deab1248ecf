"""The review of an estate's procedure: what the rules find in its log."""

from io import BytesIO
from typing import Any

from flask import Blueprint, render_template, request, send_file

from engine.use_cases import conduct_review
from web import access
from web.forms import whole
from web.papers import WORD, file_name

pages = Blueprint("procedure", __name__, url_prefix="/estates/<key:estate_id>/procedure")


@pages.get("")
@access.signed_in
def report(estate_id: int) -> Any:
    """What every rule says of the log up to an entry, the newest where none is asked for."""
    at = whole(request.args.get("at", ""), 0)
    with access.work() as work:
        shown = conduct_review.report(work, access.here().library, access.member(), estate_id, at)
    return render_template(
        "procedure.html", estate=shown.estate, shown=shown, verdicts=conduct_review.VERDICTS,
        severities=conduct_review.SEVERITIES,
    )  # fmt: skip


@pages.get("/<key:entry>.docx")
@access.signed_in
def paper(estate_id: int, entry: int) -> Any:
    """The report up to an entry as a Word file."""
    with access.work() as work:
        here = access.here()
        title, number, content = conduct_review.paper(work, here.library, access.member(), estate_id, entry)
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=file_name(title, number, "docx"))
