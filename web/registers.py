"""Registers as sheets: which there are, what each asks, a preview of what was sent, and entering it whole."""

import csv
import io
import re
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine import spreadsheets
from engine.errors import InvalidAnswers, NotPermitted, Problem
from engine.forms.form import FILE_REFERENCE
from engine.spreadsheets import Row
from engine.store import documents
from engine.use_cases import desk, exporting_registers, sheets
from web import access, exports

pages = Blueprint("registers", __name__, url_prefix="/estates/<key:estate_id>/registers")
#: So many rows of a sheet are shown before it is entered.
_SHOWN = 20


@pages.get("/<what>")
@access.signed_in
def register(estate_id: int, what: str) -> Any:
    """What the sheet asks, and where to send it."""
    return _page(estate_id, what)


@pages.get("/<what>.csv")
@access.signed_in
def template(estate_id: int, what: str) -> Any:
    """An empty sheet with its headings and one row as an example."""
    of = sheets.sheet(what)
    with access.work() as work:
        desk.estate(work, access.member(), estate_id)
    written = io.StringIO()
    csv.writer(written).writerows([list(of.columns), of.example])
    # the mark tells a spreadsheet on Windows that this is UTF-8
    answer = Response("\ufeff" + written.getvalue(), mimetype="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{what}.csv")
    return answer


@pages.get("/<what>.xlsx")
@access.signed_in
def masked(estate_id: int, what: str) -> Any:
    """The register as a workbook, masked."""
    with access.work() as work:
        taken = exporting_registers.workbook(work, access.member(), estate_id, what)
    return exports.sent(taken)


@pages.post("/<what>.xlsx")
@access.signed_in
def full(estate_id: int, what: str) -> Any:
    """The register in full, for the purpose that was chosen."""
    try:
        with access.work() as work:
            purpose = request.form.get("purpose", "")
            taken = exporting_registers.workbook(work, access.member(), estate_id, what, purpose)
    except InvalidAnswers as error:
        return _page(estate_id, what, unsaid=error.problems[0].message), 422
    return exports.sent(taken)


@pages.post("/<what>")
@access.signed_in
@access.once
def post(estate_id: int, what: str) -> Any:
    """Show what was sent, then enter it; the roster has its own way in, which asks for the owners' notice first."""
    of = sheets.sheet(what)
    with access.work() as work:
        desk.estate(work, access.member(), estate_id)
        if not sheets.may_enter(work, access.member(), estate_id, of):
            raise NotPermitted(lane="或".join(of.lanes))
    if of.personal:
        flash("没有登记。业主名册在这里上传，逐步核对后导入。")
        return redirect(url_for("importing.page", estate_id=estate_id))
    try:
        sent = _sent()
        entries = spreadsheets.read_content(sent.name, sent.content)
        sheets.in_codes(of, entries)
        if request.form.get("do") != "enter":
            return _page(estate_id, what, sent=_kept(sent), entries=entries)
        with access.work() as work:
            here = access.here()
            access.sign(work)
            sheets.enter(work, here.library, access.member(), estate_id, what, entries, here.person_key)
    except InvalidAnswers as error:
        return _page(estate_id, what, problems=[problem.message for problem in error.problems]), 422
    flash(f"已登记{of.title} {len(entries)} 行。")
    return redirect(url_for("estates.estate", estate_id=estate_id))


@dataclass(frozen=True)
class _Sent:
    """A sheet as it was sent; ``kept`` is its SHA-256 once it is kept."""

    name: str
    content: bytes
    kept: str = ""


def _sent() -> _Sent:
    """The sheet of this request: a new one, or one that was kept when it was shown.  Raises InvalidAnswers."""
    file, kept = request.files.get("sheet"), request.form.get("kept", "")
    if file and file.filename:
        return _Sent(file.filename, file.stream.read(spreadsheets.FILE_LIMIT + 1))
    if re.fullmatch(FILE_REFERENCE, kept):
        return _Sent(request.form.get("name", ""), access.here().store.files.read(kept), kept)
    raise InvalidAnswers([Problem("sheet", "没有选择表格；请先选择 xlsx、xls 或 csv 文件。")], "没有登记。")


def _kept(sent: _Sent) -> _Sent:
    """The sheet, kept to be entered once it was looked at; by then its headings say that it holds nothing personal."""
    with access.work() as work:
        return replace(sent, kept=documents.keep(work, sent.content))


def _page(
    estate_id: int,
    what: str,
    *,
    sent: _Sent | None = None,
    entries: list[Row] | None = None,
    problems: list[str] | None = None,
    unsaid: str = "",
) -> Any:
    of = sheets.sheet(what)
    with access.work() as work:
        estate = desk.estate(work, access.member(), estate_id)
        mine = sheets.may_enter(work, access.member(), estate_id, of)
        offer = exporting_registers.offer(work, access.member(), estate_id, what)
    return render_template(
        "register.html",
        of=of,
        estate=estate,
        mine=mine,
        entries=entries,
        shown=(entries or [])[:_SHOWN],
        sent=sent,
        problems=problems or [],
        offer=offer,
        unsaid=unsaid,
        words={heading: of.words[column] for heading, column in of.columns.items() if column in of.words},
    )
