"""Lists as workbooks: what the page shows, filtered as it is, to be kept or sent on."""

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, send_file

from engine.use_cases import exporting
from engine.use_cases.exporting import Taken
from web import access, lists

pages = Blueprint("exports", __name__, url_prefix="/exports")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/<what>.xlsx")
@access.signed_in
def workbook(what: str) -> Any:
    """The list as a workbook."""
    with access.work() as work:
        narrowed = lists.listing(work, what)
        taken = exporting.workbook(narrowed.lists, what, narrowed.given)
    return sent(taken)


def sent(taken: Taken) -> Response:
    """A workbook, or csv, under its name, which a header may not hold as it is."""
    kind = "text/csv" if taken.name.endswith(".csv") else _XLSX
    return send_file(BytesIO(taken.content), kind, as_attachment=True, download_name=taken.name)
