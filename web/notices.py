"""Notices 公示: their boards day by day, photos, whom they reached, what owners said, and the paper that proves it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.rules.posting import State, What
from engine.store import notices as kept
from engine.use_cases import noticing, proving, publications
from engine.use_cases.telling import FOUND
from web import access, photos

pages = Blueprint("notices", __name__)
_UNDER = "/estates/<key:estate_id>/notices"
_ONE = f"{_UNDER}/<key:notice_id>"
_STATES = {
    State.HANGING: "在贴", State.DUE: "要拍照", State.UNPROVED: "缺证据", State.BROKEN: "中断", State.WHOLE: "满期",
}  # fmt: skip
#: What may be found at a board without a photo.
_FOUND = (What.GONE, What.AGAIN, What.WITNESSED, What.DOWN)


def _here(work: Any, estate_id: int, *, owners: bool = False) -> noticing.Here:
    return noticing.here(work, access.here().library, access.member(), estate_id, owners=owners)


@pages.get(_UNDER)
@access.signed_in
def overview(estate_id: int) -> Any:
    """Every notice of the estate, and its boards."""
    return _overview(estate_id)


@pages.post(_UNDER)
@access.signed_in
def boards(estate_id: int) -> Any:
    """Keep boards, or use one no more."""
    try:
        with access.work() as work:
            at = _here(work, estate_id)
            if request.form.get("do") == "retire":
                noticing.retire_board(at, request.form.get("name", ""))
                said = f"{request.form.get('name', '')} 不再使用；以前的张贴记录都在。"
            else:
                said = f"已登记 {noticing.keep_boards(at, request.form.get('boards', ''))} 处公告栏。"
    except InvalidAnswers as error:
        return _overview(estate_id, error.problems)
    flash(said)
    return redirect(url_for("notices.overview", estate_id=estate_id))


def _overview(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        at = _here(work, estate_id)
        shown = publications.of_estate(at.dossier)
        there = kept.kept_boards(work, estate_id)
    page = render_template(
        "notices.html", at=at, estate=at.estate, shown=shown, boards=there, problems=problems, given=request.form
    )
    return page, 422 if problems else 200


@pages.post(f"{_ONE}/proof")
@access.signed_in
def prove(estate_id: int, notice_id: int) -> Any:
    """Issue the paper on how it was published, and open it."""
    with access.work() as work:
        number = proving.issue(_here(work, estate_id), notice_id)
    return redirect(url_for("papers.view", number=number))


@pages.get(_ONE)
@access.signed_in
def notice(estate_id: int, notice_id: int) -> Any:
    """A notice on its boards, day by day."""
    with access.work() as work:
        at = _here(work, estate_id)
        shown, places = noticing.publication(at, notice_id), kept.places(work, estate_id)
    return render_template("notice.html", at=at, estate=at.estate, shown=shown, states=_STATES, places=places)


# the parts of a notice


@dataclass(frozen=True)
class _Part:
    """A page of one notice: its template and address, and whether it names owners."""

    template: str
    endpoint: str
    owners: bool = False


_BOARD = _Part("notice_board.html", "notices.board")
_PEOPLE = _Part("notice_people.html", "notices.people", owners=True)
_VOICES = _Part("notice_voices.html", "notices.voices", owners=True)
_WORDS = {
    "states": _STATES, "found": FOUND, "acts": _FOUND, "modes": noticing.MODES, "matters": noticing.MATTERS,
    "rulings": noticing.RULINGS, "named": noticing.named,
}  # fmt: skip


def _part(part: _Part, keys: Mapping[str, Any], problems: Sequence[Problem] = ()) -> Any:
    """A part of a notice; where something was entered wrongly, with what is wrong and what was typed."""
    with access.work() as work:
        at = _here(work, keys["estate_id"], owners=part.owners)
        shown = noticing.publication(at, keys["notice_id"])
        one = noticing.board(shown, keys["posting_id"]) if "posting_id" in keys else None
        today = at.dossier.today.isoformat()
    page = render_template(
        part.template, **_WORDS, at=at, estate=at.estate, shown=shown, one=one, today=today, problems=problems,
        given=request.form, tried=request.form.get("do", ""),
    )  # fmt: skip
    return page, 422 if problems else 200


def _entered(part: _Part, keys: Mapping[str, Any], act: Callable[[noticing.Here], str]) -> Any:
    """Do ``act``, which says what it did, and come back to the part."""
    try:
        with access.work() as work:
            said = act(_here(work, keys["estate_id"], owners=part.owners))
    except InvalidAnswers as error:
        return _part(part, keys, error.problems)
    flash(said)
    return redirect(url_for(part.endpoint, **keys))


@pages.get(f"{_ONE}/boards/<key:posting_id>")
@access.signed_in
def board(**keys: int) -> Any:
    """A notice on one board, and what may be entered there."""
    return _part(_BOARD, keys)


@pages.post(f"{_ONE}/boards/<key:posting_id>")
@access.signed_in
def found(**keys: int) -> Any:
    """Enter a photo, what was found there, or where the board is."""
    do, file = request.form.get("do", ""), request.files.get("photo")

    def enter(at: noticing.Here) -> str:
        noticing.permitted(at)
        if do == "photo":
            doubt = noticing.photograph(at, keys["notice_id"], keys["posting_id"], file.read() if file else b"")
            return f"照片已登记。{doubt}" + ("。" if doubt else "")
        if do == "place":
            return f"已记下{noticing.place(at, keys['notice_id'], keys['posting_id'], request.form)}的位置。"
        if do not in _FOUND:
            abort(422)
        noticing.report(at, keys["notice_id"], keys["posting_id"], do, request.form)
        return "已登记。"

    return _entered(_BOARD, keys, enter)


@pages.get(f"{_UNDER}/photos/<key:posting_id>/<digest>/<any(screen, small):size>")
@access.signed_in
def photo(estate_id: int, posting_id: int, digest: str, size: str) -> Any:
    """A copy of a photo, upright and without a position."""
    with access.work() as work:
        content = noticing.copy(_here(work, estate_id), posting_id, digest, size)
    answer = make_response(content)
    answer.mimetype = "image/jpeg"
    answer.headers["Cache-Control"] = photos.PRIVATE
    answer.add_etag()
    return answer.make_conditional(request)


@pages.get(f"{_ONE}/people")
@access.signed_in
def people(**keys: int) -> Any:
    """Whom a notice reached."""
    return _part(_PEOPLE, keys)


@pages.post(f"{_ONE}/people")
@access.signed_in
def arrive(**keys: int) -> Any:
    """Enter whom it reached."""

    def enter(at: noticing.Here) -> str:
        number = noticing.arrive(at, keys["notice_id"], request.form)
        return "已登记送居民委员会。" if request.form.get("to") == "committee" else f"已登记送达 {number} 户。"

    return _entered(_PEOPLE, keys, enter)


@pages.get(f"{_ONE}/voices")
@access.signed_in
def voices(**keys: int) -> Any:
    """What owners said about a notice, with the answers."""
    return _part(_VOICES, keys)


@pages.post(f"{_ONE}/voices")
@access.signed_in
def hear(**keys: int) -> Any:
    """Enter what an owner said, or answer it."""
    answered = request.form.get("voice", "")

    def enter(at: noticing.Here) -> str:
        if answered:
            voice = int(answered) if answered.isdecimal() else 0
            said = (request.form.get("answer", ""), request.form.get("ruling", ""))
            noticing.reply(at, keys["notice_id"], voice, *said)
            return "已答复。"
        noticing.hear(at, keys["notice_id"], request.form)
        return "已登记；请在期限内答复。"

    return _entered(_VOICES, keys, enter)
