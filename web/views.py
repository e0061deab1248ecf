"""Keep a view of a list, and forget it."""

from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, flash, redirect, request

from engine.errors import InvalidAnswers, NotFound
from engine.use_cases import filtering, viewing
from web import access, lists
from web.forms import whole

pages = Blueprint("views", __name__, url_prefix="/views")


@pages.post("/<page>")
@access.signed_in
def save(page: str) -> Any:
    """Keep what the page is narrowed to under a name; saving it twice keeps it once."""
    if page not in lists.PAGES:
        raise NotFound(what="这个列表")
    asked = dict(parse_qsl(request.form.get("query", "")))
    name, shared = request.form.get("name", ""), request.form.get("shared_at", "")
    here = lists.address(page, asked)
    try:
        with access.work() as work:
            filtering.read(work, access.here().library, access.member(), asked)
            query, shared_at = here.partition("?")[2], whole(shared, 0) if shared else None
            viewing.save(work, access.member(), page, name, query, shared_at)
    except InvalidAnswers as error:
        flash("".join(problem.message for problem in error.problems))
    else:
        flash(f"已保存视图“{name.strip()}”。")
    return redirect(here)


@pages.post("/<key:view_id>/drop")
@access.signed_in
def drop(view_id: int) -> Any:
    """Forget a view."""
    with access.work() as work:
        page = viewing.drop(work, access.member(), view_id)
    flash("视图已删除。")
    return redirect(lists.address(page, {}))
