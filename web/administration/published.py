"""What is published: jurisdiction packs with their differences, definitions and templates with their versions."""

from collections.abc import Sequence
from typing import Any

from flask import request

from engine.errors import InvalidAnswers, Problem
from engine.store.desk import PAGE
from engine.use_cases import administering, overseeing
from engine.use_cases.administering import Moved
from web import access
from web.administration import pages
from web.administration.parts import last_page, show
from web.forms import whole
from web.tasks import asked_page


@pages.get("/packs")
@access.signed_in
def packs() -> Any:
    """The packs, and how many estates are on each version."""
    with access.work() as work:
        found = overseeing.packs(work, access.here().library, access.member())
    return show("packs.html", "admin.packs", packs=found)


@pages.get("/packs/<version>")
@access.signed_in
def pack(version: str) -> Any:
    """One pack: parameters with their sources, national bounds, the estates on it, differences from another."""
    return _pack(version, request.args.get("against", ""))


@pages.post("/packs/<version>")
@access.signed_in
def move_to_pack(version: str) -> Any:
    """Move the estates that were ticked to the other version, each by itself, and say of each what became of it."""
    given, here = request.form, access.here()
    chosen, reason = (
        [key for text in given.getlist("estate")[:PAGE] if (key := whole(text, 0))],
        given.get("reason", ""),
    )
    to = given.get("to", "")
    try:
        moved = administering.move_several(here.store, here.library, access.member(), chosen, to, reason, here.now())
    except InvalidAnswers as error:
        return _pack(version, to, error.problems), 422
    return _pack(version, to, moved=moved)


def _pack(version: str, against: str, problems: Sequence[Problem] = (), moved: Sequence[Moved] = ()) -> Any:
    page = asked_page()
    with access.work() as work:
        shown = overseeing.pack(work, access.here().library, access.member(), version, against, page)
    ticked = request.form.getlist("estate")
    return show(
        "pack.html", "admin.packs", problems,
        shown=shown, page=page, last=last_page(shown.total), moved=moved, ticked=ticked, given=request.form,
    )  # fmt: skip


@pages.get("/definitions")
@access.signed_in
def definitions() -> Any:
    """The versions of each process."""
    with access.work() as work:
        found = overseeing.definitions(work, access.here().library, access.member())
    return show("definitions.html", "admin.definitions", definitions=found)


@pages.get("/templates")
@access.signed_in
def templates() -> Any:
    """The templates with their versions, a page of them."""
    page = asked_page()
    with access.work() as work:
        found = overseeing.templates(work, access.here().library, access.member())
    shown = found[(page - 1) * PAGE : page * PAGE]
    return show(
        "templates.html", "admin.templates", templates=shown, total=len(found), page=page, last=last_page(len(found))
    )
