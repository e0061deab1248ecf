"""Printing the ballots 打印表决票: how it stands, to begin, stop and go on, and what is made so far."""

from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for

from engine.store.print_runs import RUNNING
from engine.use_cases import print_runs
from web import access

pages = Blueprint("print_runs", __name__, url_prefix="/papers/<path:number>/print")
#: Seconds until the page of a run that goes on looks again by itself.
_AGAIN = "2"


@pages.get("")
@access.signed_in
def run(number: str) -> Any:
    """How far it is; while it runs the page comes again by itself."""
    with access.work() as work:
        found = print_runs.look(work, access.member(), number)
    going = found.run is not None and found.run.status == RUNNING
    page = render_template("print_run.html", found=found, reasons=print_runs.REASONS, at_once=print_runs.AT_ONCE)
    return page, {"Refresh": _AGAIN} if going else {}


@pages.post("")
@access.signed_in
def act(number: str) -> Any:
    """Begin, stop or go on."""
    acts = {"begin": print_runs.begin, "cancel": print_runs.cancel}
    wanted = acts.get(request.form.get("do", ""))
    with access.work() as work:
        if wanted is None:
            print_runs.permitted(work, access.member(), number)
            abort(422)
        wanted(work, access.member(), number)
    return redirect(url_for("print_runs.run", number=number))


@pages.get("/<int:no>")
@access.signed_in
def part(number: str, no: int) -> Any:
    """A part that is made."""
    with access.work() as work:
        paper, made, content = print_runs.part(work, access.member(), number, no)
    name = print_runs.file_name(paper, made)
    return send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name=name)


@pages.get("/all")
@access.signed_in
def whole(number: str) -> Any:
    """All of it in one ZIP, written to a file without a name first, so that a large one fills no memory."""
    packed = TemporaryFile()  # noqa: SIM115 - closed when it is sent
    try:
        with access.work() as work:
            paper = print_runs.whole(work, access.member(), number, packed)
    except BaseException:
        packed.close()
        raise
    packed.seek(0)
    name = f"{paper.title} {number}.zip".replace("/", "-")
    answer = send_file(packed, "application/zip", as_attachment=True, download_name=name)
    answer.call_on_close(packed.close)
    return answer
