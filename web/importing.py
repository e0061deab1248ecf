"""Import the owners' roster 名册导入: send, name the columns, mend, look at what merges, import; and undo."""

import re
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from engine import spreadsheets
from engine.errors import Conflict, InvalidAnswers, Problem
from engine.rules.roster import COUNTED, NOT_COUNTED, PARKING, metres
from engine.rules.roster_columns import FIELDS
from engine.store import roster_imports
from engine.use_cases import importing, roster_reading
from web import access, exports, forms
from web.tasks import asked_page

pages = Blueprint("importing", __name__, url_prefix="/estates/<key:estate_id>/roster")
#: Seconds until the page of an import at work looks again by itself.
_AGAIN = "2"
_CELL = re.compile(r"cell\.(\d{1,7})\.([a-z_]{2,20})")
#: What may be chosen for a cell that takes only some words.
CHOICES = {
    "usage": [one for one in (*COUNTED, *sorted(PARKING), *sorted(NOT_COUNTED)) if not one.isascii()],
    "status": ["已交付", "未售", "已售未交付"],
}
#: What may be decided, with the words for it: of owners of one name, of a unit, of the sum of all.
DECIDED: dict[str, dict[str, str]] = {
    "one_person": {"yes": "各户算同一人"},
    "source": {"register": "用登记面积", "survey": "用实测面积", "contract": "用合同面积"},
    "usage": {word: f"用途按{word}" for word in CHOICES["usage"]},
    "status": {word: f"按{word}" for word in CHOICES["status"]},
    "apart": {"yes": "单独算一人"},
    "total": {"yes": "面积与登记总面积不同"},
}


@pages.get("")
@access.signed_in
def page(estate_id: int) -> Any:
    """How the import stands; while the program has it the page comes again by itself."""
    return _page(estate_id)


@pages.post("")
@access.signed_in
@access.once
def act(estate_id: int) -> Any:
    """Take a step: ``do`` says which."""
    do = request.form.get("do", "")
    if do not in _ACTS:
        with access.work() as work:
            importing.permitted(work, access.member(), estate_id)
        abort(422)
    try:
        with access.work() as work:
            access.sign(work)
            _ACTS[do](work, estate_id)
    except InvalidAnswers as error:
        return _page(estate_id, problems=list(error.problems))
    _at_once(estate_id)
    return redirect(url_for("importing.page", estate_id=estate_id))


@pages.post("/bad.xlsx")
@access.signed_in
def bad(estate_id: int) -> Any:
    """The rows at fault as a workbook."""
    with access.work() as work:
        taken = importing.bad_rows(work, access.member(), estate_id, access.here().person_key)
    return exports.sent(taken)


def _send(work: Any, estate_id: int) -> None:
    here, file = access.here(), request.files.get("sheet")
    name = (file.filename or "") if file else ""
    content = file.stream.read(spreadsheets.FILE_LIMIT + 1) if file and name else b""
    importing.send(work, here.library, access.member(), estate_id, here.person_key, name, content)


def _columns(work: Any, estate_id: int) -> None:
    given = request.form
    fields = [given.get(f"column.{at}", "") for at in range(_wide(given))]
    sheet, header = forms.whole(given.get("sheet", ""), 0), forms.whole(given.get("header", ""), 1) - 1
    here, member = access.here(), access.member()
    importing.name_columns(work, here.library, member, estate_id, here.person_key, sheet, header, fields)


def _wide(given: Any) -> int:
    return sum(name.startswith("column.") for name in given)


def _mend(work: Any, estate_id: int) -> None:
    cells: dict[int, dict[str, str]] = {}
    for name, text in request.form.items():
        found = _CELL.fullmatch(name)
        if found and text.strip() and text != request.form.get(f"was.{found[1]}.{found[2]}"):
            cells.setdefault(int(found[1]), {})[found[2]] = text
    out = frozenset(int(row) for row in request.form.getlist("out") if row.isdecimal() and len(row) < 8)
    importing.mend(work, access.member(), estate_id, access.here().person_key, cells, out)


def _back(work: Any, estate_id: int) -> None:
    row = forms.whole(request.form.get("row", ""), 0)
    importing.put_back(work, access.member(), estate_id, access.here().person_key, row)


def _mend_from(work: Any, estate_id: int) -> None:
    file = request.files.get("sheet")
    if not file or not file.filename:
        raise InvalidAnswers([Problem("sheet", "没有选择表格；请选择改好的问题行。")], "没有改动。")
    content = file.stream.read(spreadsheets.FILE_LIMIT + 1)
    key = access.here().person_key
    changed = importing.mend_from(work, access.member(), estate_id, key, file.filename, content)
    flash(f"已按上传的表格改正 {changed} 行。" if changed else "上传的表格与原来相同，没有改动。")


def _decide(work: Any, estate_id: int) -> None:
    given, key = request.form, access.here().person_key
    kind, choice = given.get("kind", ""), given.get("choice", "")
    if kind == "unit":
        kind, _, choice = choice.partition(":")
        if not choice:
            raise InvalidAnswers([Problem("choice", "没有选怎么改；请选一项。")], "没有保存。")
    if kind not in DECIDED or choice not in {"", *DECIDED[kind]}:
        abort(422)
    what, reason = given.get("what", "").strip()[:80], given.get("reason", "")
    importing.decide(work, access.member(), estate_id, key, kind, what, choice, reason)


def _undo(work: Any, estate_id: int) -> None:
    importing.undo(work, access.here().library, access.member(), estate_id)
    flash("已撤销这次导入，上一版名册重新生效。")


_ACTS = {
    "send": _send,
    "columns": _columns,
    "rename": lambda work, estate_id: importing.rename(work, access.member(), estate_id),
    "mend": _mend,
    "back": _back,
    "mend_from": _mend_from,
    "decide": _decide,
    "import": lambda work, key: importing.begin_import(work, access.member(), key, access.here().person_key),
    "give_up": lambda work, estate_id: importing.give_up(work, access.member(), estate_id),
    "undo": _undo,
}


def _at_once(estate_id: int) -> None:
    """Read a short list while its sender waits; a long one is read beside the job loop."""
    here = access.here()
    with access.work() as work:
        given = roster_imports.newest(work, estate_id)
    if given is not None and given.at_work and len(given.content or b"") <= importing.AT_ONCE:
        try:
            roster_reading.go_on(here.store, here.library, here.person_key, given, here.now())
        except Conflict:
            # the job loop was first
            return


def _page(estate_id: int, problems: list[Problem] | None = None) -> Any:
    here = access.here()
    with access.work() as work:
        shown = importing.look(work, here.library, access.member(), estate_id, here.person_key)
    number, faults = asked_page(), shown.found.get("faults", [])
    rows = list(dict.fromkeys(fault["row"] for fault in faults))
    wanted = set(rows[(number - 1) * importing.PAGE : number * importing.PAGE])
    at_work = shown.given is not None and shown.given.at_work
    made = render_template(
        "roster_import.html",
        shown=shown,
        estate=shown.estate,
        given=shown.given,
        found=shown.found,
        bad=[(row, [fault for fault in faults if fault["row"] == row]) for row in rows if row in wanted],
        page=number,
        last=max(1, -(-len(rows) // importing.PAGE)),
        problems=problems or [],
        typed=request.form,
        fields=FIELDS,
        choices=CHOICES,
        decided=DECIDED,
        metres=metres,
    )
    return made, 422 if problems else 200, {"Refresh": _AGAIN} if at_work else {}
