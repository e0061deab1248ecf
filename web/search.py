"""The search over everything, from the top bar of every page; a form that is posted, since one may look for people."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers
from engine.use_cases import searching
from engine.use_cases.searching import Results
from web import access, sought
from web.tasks import asked_page

pages = Blueprint("search", __name__)
_LONGEST = 30


@pages.get("/search")
@access.signed_in
def search() -> Any:
    """What the words find: the first of each kind, or a page of one."""
    seek, words = sought.asked()
    return _shown(words, seek)


@pages.post("/search")
@access.signed_in
def seek() -> Any:
    """Keep the words, and show what they find under an address without them."""
    words = request.form.get("q", "").strip()
    if len(words) > sought.LONGEST:
        return _shown(words, "")
    return redirect(url_for("search.search", seek=sought.keep(words) if words else None))


def _shown(words: str, seek: str) -> Any:
    kind, page = request.args.get("kind", ""), asked_page()
    problems: Any = ()
    found = Results((), {})
    try:
        with access.work() as work:
            found = searching.search_for(work, access.member(), words, kind, page)
    except InvalidAnswers as error:
        problems = error.problems
    shown = render_template(
        "search.html",
        words=words,
        seek=seek,
        kind=kind,
        page=page,
        found=found,
        problems=problems,
        first=searching.FIRST,
        masked=searching.masked,
    )
    return shown, 422 if problems else 200


@pages.get("/search/estates")
@access.signed_in
def estates() -> Any:
    """The estates that the words find, for the field in the top bar."""
    words = request.args.get("q", "").strip()[:_LONGEST]
    with access.work() as work:
        found = searching.estates(work, access.member(), words)
    return jsonify(
        estates=[
            {"name": one.name, "below": path, "address": url_for("estates.estate", estate_id=one.id)}
            for one, path in found
        ]
    )
