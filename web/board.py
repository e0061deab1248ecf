"""The board 看板: where every estate in scope stands, a column for each stage, and why it stands there."""

from typing import Any

from flask import Blueprint, render_template, request

from engine.use_cases import boarding, filtering
from web import access, lists

pages = Blueprint("board", __name__, url_prefix="/board")


@pages.get("")
@access.signed_in
def board() -> Any:
    """Every stage with its estates."""
    return _laid_out("board.html", folded=bool(request.args.get("fold")))


@pages.get("/print")
@access.signed_in
def printed() -> Any:
    """The board on paper: a page of A3 for each row; of a very large board only the row that is open has its cards."""
    return _laid_out("board_print.html", most=boarding.PRINTED)


def _laid_out(template: str, **how: Any) -> Any:
    asked = request.args
    with access.work() as work:
        listing = lists.listing(work, "board")
        laid_out = boarding.lay_out(listing.lists, asked.get("by", "node"), asked.get("open", ""), **how)
        today = listing.lists.day.today.isoformat()
        told = {"board": laid_out, "ways": boarding.BY, "today": today, "now": access.here().now()}
        return render_template(template, **told, **lists.shown(listing))


@pages.get("/<key:estate_id>")
@access.signed_in
def why(estate_id: int) -> Any:
    """Why an estate stands where it stands, and what would move it."""
    with access.work() as work:
        asked = filtering.read(work, access.here().library, access.member(), {})
        shown = boarding.why(asked, estate_id)
    return render_template("why.html", why=shown, card=shown.card, now=access.here().now())
