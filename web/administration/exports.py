"""Lists of administration as workbooks."""

from typing import Any

from engine.use_cases import exporting_administration
from web import access, sought
from web.administration import pages
from web.exports import sent


@pages.get("/<any(users, jobs, timers, packs, definitions, templates, looks, log):what>.xlsx")
@access.signed_in
def workbook(what: str) -> Any:
    """The list as a workbook."""
    _, words = sought.asked()
    with access.work() as work:
        taken = exporting_administration.workbook(work, access.here().library, access.member(), what, words)
    return sent(taken)
