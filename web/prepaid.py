"""The ledger of prepaid fees 预收台账: the old company's sheet, what it acknowledged, where each unit's money went."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from engine import spreadsheets
from engine.documents.choices import DISPOSITION
from engine.errors import Conflict, InvalidAnswers, Problem
from engine.rules import prepaid_sheet
from engine.rules.handover import Disposition
from engine.store.desk import PAGE
from engine.use_cases import prepaid
from engine.use_cases.prepaid import Ledger
from web import access
from web.tasks import asked_page

pages = Blueprint("prepaid", __name__, url_prefix="/estates/<key:estate_id>/handover/prepaid")
_LANES = {"place": prepaid.KEEPING, "sheet": prepaid.KEEPING, "acknowledge": prepaid.HEARING}


@pages.get("")
@access.signed_in
def ledger(estate_id: int) -> Any:
    """The ledger: buildings against what was stated, and a page of its units for whom they are shown to."""
    return _page(estate_id)


@pages.post("")
@access.signed_in
@access.once
def enter(estate_id: int) -> Any:
    """Read in a sheet, record the acknowledgement, or say where the money of some units went."""
    do = request.form.get("do", "")
    acts: Mapping[str, Callable[[Ledger], str]] = {"place": _place, "acknowledge": _acknowledge, "sheet": _sheet}
    try:
        with access.work() as work:
            of = prepaid.ledger(work, access.here().library, access.member(), estate_id)
            prepaid.permitted(of, _LANES.get(do, prepaid.HEARING))
            if do not in acts:
                abort(422)
            access.sign(work)
            said = acts[do](of)
    except InvalidAnswers as error:
        return _page(estate_id, error.problems, do)
    except Conflict:
        if access.had_effect():
            raise
        return _page(estate_id, [Problem("unit", "有的户刚被别人改过，这次没有登记；请核对以后重新勾选。")], do)
    flash(said)
    return redirect(url_for("prepaid.ledger", estate_id=estate_id, show=request.form.get("show") or None))


def _place(of: Ledger) -> str:
    return f"已登记 {prepaid.place(of, request.form.getlist('unit'), request.form.to_dict())} 户的去向。"


def _acknowledge(of: Ledger) -> str:
    made = prepaid.acknowledge(of, request.form.to_dict())
    return f"已登记原企业确认应退 {made.total:,} 元，{made.units} 户。"


def _sheet(of: Ledger) -> str:
    file = request.files.get("sheet")
    if not file or not file.filename:
        raise InvalidAnswers([Problem("sheet", "没有选择表格；请选择 xlsx、xls 或 csv 文件。")], "没有登记。")
    content = file.stream.read(spreadsheets.FILE_LIMIT + 1)
    entries = spreadsheets.read_content(file.filename, content, prepaid_sheet.header)
    number, aside = prepaid.read_sheet(of, entries, access.here().person_key)
    return f"已登记 {number} 户的预收费。" + (f"没有用到、也不保存的列：{'、'.join(aside)}。" if aside else "")


def _page(estate_id: int, problems: Sequence[Problem] = (), tried: str = "") -> Any:
    page, chosen = asked_page(), request.args.get("show", "open")
    with access.work() as work:
        of = prepaid.ledger(work, access.here().library, access.member(), estate_id)
        shown = prepaid.overview(of)
        lines, total = prepaid.units(of, chosen, page)
    answer = render_template(
        "prepaid.html", of=of, estate=of.estate, shown=shown, lines=lines, total=total, page=page, chosen=chosen,
        last=max(1, -(-total // PAGE)), problems=problems, tried=tried, given=request.form, filters=prepaid.FILTERS,
        words={key: DISPOSITION.labels[key] for key in Disposition}, today=of.dossier.today.isoformat(),
        ticked=request.form.getlist("unit"),
    )  # fmt: skip
    return answer, 422 if problems else 200
