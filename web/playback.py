"""Playback 回放: an estate as it stood at an entry of its log, one entry after the other."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from engine.use_cases import playback
from engine.use_cases.library import ONBOARDING
from web import access
from web.forms import whole

pages = Blueprint("playback", __name__, url_prefix="/estates/<key:estate_id>/playback")


@pages.get("")
@access.signed_in
def at(estate_id: int) -> Any:
    """The estate right after an entry, the newest where none is asked for."""
    number, process_id = whole(request.args.get("at", ""), 0), request.args.get("process", "") or ONBOARDING
    with access.work() as work:
        shown = playback.moment(work, access.here().library, access.member(), estate_id, number, process_id)
    picture = shown.picture
    links = {
        step.id: url_for("playback.at", estate_id=estate_id, at=shown.entry.no, process=step.called)
        if step.called
        else url_for("dossiers.step", estate_id=estate_id, step=step.id)
        for step in picture.steps
    }
    marks = {step.id: step.mark for step in picture.steps if step.mark}
    return render_template(
        "playback.html", shown=shown, picture=picture, estate=picture.estate, marks=marks, addresses=links
    )
