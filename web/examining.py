"""Examining documents 审阅: the adviser's queue, and one document with its clauses, remarks, values and decision."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for

from engine.documents import ballots
from engine.errors import InvalidAnswers, Problem
from engine.store.desk import PAGE
from engine.use_cases import (
    ballot_text,
    batching,
    examining,
    material,
    opining,
    origins,
    outside,
    powers,
    remarking,
    risk_marks,
    stale,
    version_states,
    waiving,
)
from engine.use_cases.batching import Result
from engine.use_cases.dossier import Dossier
from engine.use_cases.origins import Way
from web import access
from web.revisions import KINDS
from web.tasks import asked_page

pages = Blueprint("examining", __name__)
_TITLES = {"todo": "待审", "waiting": "等材料、等修改", "done": "已通过"}


@pages.get("/examining")
@access.signed_in
def queue() -> Any:
    """What one examines across estates."""
    tab, page = request.args.get("tab", "todo"), asked_page()
    with access.work() as work:
        found = examining.queue(work, access.here().library, access.member(), tab, page)
    last = max(1, -(-found.counts[tab] // PAGE))
    return render_template(
        "examine_queue.html", found=found, tab=tab, titles=_TITLES, page=page, last=last, waits=version_states.waits
    )


@pages.get("/examining/<kind>")
@access.signed_in
def batch(kind: str) -> Any:
    """The papers of a kind side by side: only what differs between them."""
    return _batch(kind)


@pages.post("/examining/<kind>")
@access.signed_in
def approve(kind: str) -> Any:
    """Approve those that are ticked, each by itself, and say of each what came of it."""
    member = access.member()
    try:
        results = batching.approve(access.work, access.here().library, member, request.form.getlist("paper"))
    except InvalidAnswers as error:
        return _batch(kind, problems=error.problems)
    return _batch(kind, results)


def _batch(kind: str, results: Sequence[Result] = (), problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        found = batching.batch_of(work, access.here().library, access.member(), kind)
    page = render_template(
        "examine_batch.html", found=found, kind=kind, kinds=KINDS, results=results, problems=problems,
        tail=examining.tail,
    )  # fmt: skip
    return page, 422 if problems else 200


@pages.get("/papers/<path:number>/examine")
@access.signed_in
def paper(number: str) -> Any:
    """A document under examination."""
    return _page(number)


def _page(number: str, given: Mapping[str, str] | None = None, problems: Sequence[Problem] = ()) -> Any:
    library, member = access.here().library, access.member()
    with access.work() as work:
        shown = examining.examination(work, member, number)
        dossier = Dossier(work, library, shown.found.known.estate_id)
        sources = origins.origins(dossier, member, shown.found)
        lines = origins.pieces(work, library, shown.found, shown.clauses, sources)
        checks = risk_marks.checks(dossier, member, shown)
        badges = version_states.of(work, shown.found)[shown.version.version]
        old = stale.stale(dossier, [number]).get(number)
        left = outside.of_void(dossier, [number]).get(number, "")
    page = render_template(
        "examine.html",
        shown=shown,
        paper=shown.found.paper,
        version=shown.version,
        badges=badges,
        checks=checks,
        severities=waiving.SEVERITIES,
        sources=sources,
        personal=shown.found.known.kind in powers.PAPERS,
        ways={one.key: _address(one.way) for one in sources if one.way},
        lines=lines,
        stale=old,
        left=left,
        tail=examining.tail,
        categories=examining.CATEGORIES,
        whole=examining.WHOLE,
        longest=examining.LONGEST,
        layout=request.args.get("look") == "layout",
        most_odd=examining.MOST_ODD,
        given=given or {"clause": request.args.get("on", "")[:60]},
        problems=problems,
        wrong={problem.field: problem.message for problem in problems},
    )
    return page, 422 if problems else 200


@pages.get("/papers/<path:number>/sheets")
@access.signed_in
def sheets(number: str) -> Any:
    """What each ballot of a document has of its own; unit and owner masked."""
    return _sheets(number)


@pages.post("/papers/<path:number>/sheets")
@access.signed_in
def read_sheets(number: str) -> Any:
    """A page of them in full, for the purpose that was chosen; nothing of it stands in the address."""
    try:
        return _sheets(number, request.form.get("purpose", ""))
    except InvalidAnswers as error:
        return _sheets(number, problems=error.problems), 422


def _sheets(number: str, purpose: str | None = None, problems: Sequence[Problem] = ()) -> Any:
    page = asked_page()
    with access.work() as work:
        shown = ballot_text.sheets(work, access.member(), number, page, purpose)
    return render_template(
        "sheets.html", shown=shown, page=page, last=max(1, -(-shown.total // PAGE)), labels=ballots.LABELS,
        purposes=ballot_text.PURPOSES, problems=problems,
    )  # fmt: skip


def _address(way: Way) -> str:
    """Where the preview of going back is."""
    if way.source:
        return url_for("undoing.show_return", task_id=way.source, target_id=way.target)
    return url_for(f"undoing.show_{way.manner}", task_id=way.target)


@pages.post("/papers/<path:number>/examine")
@access.signed_in
@access.once
def decide(number: str) -> Any:
    """Approve, send back, ask for material, answer, hand to a colleague."""
    given = request.form.to_dict()
    chosen = request.files.getlist("files")
    files = [(one.filename or "", one.read(material.LARGEST + 1)) for one in chosen[: material.MOST + 1]]
    try:
        with access.work() as work:
            access.sign(work)
            told = examining.decide(work, access.here().library, access.member(), number, given, files)
    except InvalidAnswers as error:
        return _page(number, given, error.problems)
    flash(told)
    return redirect(url_for("examining.paper", number=number))


@pages.post("/papers/<path:number>/opinions/<key:decision_id>")
@access.signed_in
def opine(number: str, decision_id: int) -> Any:
    """Issue the opinion on a decision; the same is shown when it was issued before."""
    with access.work() as work:
        opinion = opining.issue(work, access.here().library, access.member(), number, decision_id)
    return redirect(url_for("papers.view", number=opinion))


@pages.get("/papers/<path:number>/material/<key:material_id>")
@access.signed_in
def brought(number: str, material_id: int) -> Any:
    """A file that came with an answer; it is never opened in the page."""
    with access.work() as work:
        name, content = material.one(work, access.member(), number, material_id)
    return send_file(BytesIO(content), "application/octet-stream", as_attachment=True, download_name=name)


@pages.post("/papers/<path:number>/remarks")
@access.signed_in
@access.once
def remark(number: str) -> Any:
    """Remark on a clause."""
    given = request.form.to_dict()
    try:
        with access.work() as work:
            access.sign(work)
            remarking.remark(work, access.member(), number, given)
    except InvalidAnswers as error:
        return _page(number, given, error.problems)
    flash("意见已记下。")
    return redirect(url_for("examining.paper", number=number, _anchor="remarks"))


@pages.post("/papers/<path:number>/remarks/<key:remark_id>")
@access.signed_in
@access.once
def settle(number: str, remark_id: int) -> Any:
    """Answer a remark, or settle it."""
    given = request.form.to_dict()
    try:
        with access.work() as work:
            access.sign(work)
            if given.get("do") == "resolve":
                remarking.resolve(work, access.member(), number, remark_id)
                flash("意见已办结。")
            else:
                remarking.answer(work, access.member(), number, remark_id, given.get("text", ""))
                flash("答复已记下。")
    except InvalidAnswers as error:
        return _page(number, {f"answer-{remark_id}": given.get("text", "")}, error.problems)
    return redirect(url_for("examining.paper", number=number, _anchor=f"remark-{remark_id}"))
