"""The board 看板: where every estate in scope stands, a column for each stage."""

from typing import Any

from flask import Blueprint, render_template

from engine.use_cases import desk
from web import access

pages = Blueprint("board", __name__, url_prefix="/board")


@pages.get("")
@access.signed_in
def board() -> Any:
    """Every stage with its estates."""
    with access.work() as work:
        columns = desk.board(work, access.here().library, access.member())
    total = sum(column.count for column in columns)
    return render_template("board.html", columns=columns, total=total, now=access.here().now())
