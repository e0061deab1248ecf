"""Signed copies 签署件 of a document: bringing the scan, what was found on it, and filing it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for

from engine import pages as drawing
from engine.errors import InvalidAnswers, Problem
from engine.store import prints
from engine.store.signed_copies import FILED, MATCHED, READING
from engine.use_cases import incoming, outside, signed_copies
from engine.use_cases.signed_copies import Given, Standing
from web import access

pages = Blueprint("signed_copies", __name__, url_prefix="/papers/<path:number>/signed")
#: Seconds until the page of a copy that is being read looks again by itself.
_AGAIN = "3"
#: Keep what is ticked, and nothing else; what the Enter key does in a field.
KEEP = "keep"


@pages.get("")
@access.signed_in
def listed(number: str) -> Any:
    """The signed copies there are, and the form for another."""
    return _listed(number)


def _listed(number: str, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        found, copies = signed_copies.listed(work, access.member(), number)
        left = outside.left(work, access.here().library, found)
    page = render_template(
        "signed_copies.html",
        found=found,
        paper=found.paper,
        copies=copies,
        left=left,
        problems=problems,
        filed=FILED,
        lacking=signed_copies.lacking() if found.may else (),
    )
    return page, 422 if problems else 200


@pages.post("")
@access.signed_in
def bring(number: str) -> Any:
    """Keep a scan; its pages are looked at beside."""
    given = _files()
    try:
        with access.work() as work:
            key = signed_copies.take(work, access.member(), number, given)
    except InvalidAnswers as error:
        return _listed(number, error.problems)
    return redirect(url_for("signed_copies.copy", number=number, copy_id=key))


def _files() -> list[tuple[str, bytes]]:
    chosen = request.files.getlist("files")
    return [(one.filename or "", one.read(incoming.LARGEST + 1)) for one in chosen if one]


@pages.get("/<key:copy_id>")
@access.signed_in
def copy(number: str, copy_id: int) -> Any:
    """What was found on each page; while they are looked at the page comes again by itself."""
    return _copy(number, copy_id)


def _copy(number: str, copy_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        shown = _standing(work, number, copy_id)
    page = render_template(
        "signed_copy.html",
        shown=shown,
        found=shown.found,
        paper=shown.found.paper,
        problems=problems,
        verdicts=signed_copies.VERDICTS,
        matched=MATCHED,
        nameable=signed_copies.nameable,
        longest=signed_copies.LONGEST_WHY,
        ticked=shown.mine(access.member()),
        others=partial(shown.others, access.member()),
        of_page=signed_copies.of_page,
        of_place=signed_copies.of_place,
    )
    headers = {"Refresh": _AGAIN} if shown.copy.status == READING else {}
    return page, 422 if problems else 200, headers


def _standing(work: Any, number: str, copy_id: int) -> Standing:
    shown = signed_copies.standing(work, access.member(), number, copy_id, 0)
    printed = prints.of(work, shown.copy.sha256)
    total = drawing.count(printed) if printed else 0
    return replace(shown, total=total)


@pages.post("/<key:copy_id>")
@access.signed_in
@access.once
def act(number: str, copy_id: int) -> Any:
    """Keep what is ticked; then say which page one is, drop one, add pages, file the copy or put it aside."""
    what, _, no = request.form.get("do", "").partition("-")
    _keep(number, copy_id)
    if what == KEEP and request.form.get("quiet"):
        return "", 204
    try:
        with access.work() as work:
            access.sign(work)
            _done(work, _standing(work, number, copy_id), what, no)
    except InvalidAnswers as error:
        return _copy(number, copy_id, error.problems)
    return redirect(url_for("signed_copies.copy", number=number, copy_id=copy_id))


def _keep(number: str, copy_id: int) -> None:
    given, member = request.form, access.member()
    with access.work() as work:
        shown = _standing(work, number, copy_id)
        looked = {page.no for page in shown.copy.pages} & {*_numbers("looked")}
        now = {signed_copies.of_page(page) for page in shown.copy.pages if page.no in looked}
        now |= {signed_copies.of_place(place) for place in _numbers("place")}
        was = frozenset(given.get("was", "").split())
        signed_copies.keep(work, member, shown, Given(was, frozenset(now), given.get("why")))


def _done(work: Any, shown: Standing, wanted: str, no: str) -> None:
    given, member = request.form, access.member()
    one = int(no) if no.isdecimal() and len(no) < 5 else 0
    if wanted == "file" and _files():
        raise InvalidAnswers([Problem("files", "选了文件还没有补传；请先按“补传并核对”，或取消选择。")], "没有归档。")
    if wanted == "file":
        signed_copies.file(work, member, shown, given.get("why", ""))
        flash("签署件已归档。")
    elif wanted == "add":
        flash(f"补传了 {signed_copies.add(work, member, shown, _files())} 张，正在核对。")
    elif wanted == "aside":
        signed_copies.put_aside(work, member, shown)
        flash("这份签署件没有采用；原图仍保存着。")
    elif wanted in {"assign", "drop"}:
        page = next(iter(_numbers(f"page-{one}")), 0) if wanted == "assign" else None
        signed_copies.assign(work, member, shown, one, page)
    elif wanted == KEEP:
        flash("勾选已存下。")
    else:
        raise InvalidAnswers([Problem("do", "没有选择怎样处理；请用页面上的按钮。")], "没有处理。")


def _numbers(name: str) -> list[int]:
    return [int(one) for one in request.form.getlist(name) if one.isdecimal() and len(one) < 5]


@pages.get("/<key:copy_id>/<int:no>.jpg")
@access.signed_in
def picture(number: str, copy_id: int, no: int) -> Any:
    """A scanned page, upright."""
    with access.work() as work:
        content = signed_copies.picture(work, access.member(), number, copy_id, no)
    return send_file(BytesIO(content), "image/jpeg")
