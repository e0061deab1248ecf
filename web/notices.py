"""Notices 公示: their boards day by day, photos, whom they reached, what owners said, and the paper that proves it."""

from collections.abc import Sequence
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
        shown = noticing.publication(at, notice_id)
    return render_template("notice.html", at=at, estate=at.estate, shown=shown, states=_STATES)


# one board


@pages.get(f"{_ONE}/boards/<key:posting_id>")
@access.signed_in
def board(estate_id: int, notice_id: int, posting_id: int) -> Any:
    """A notice on one board, and what may be entered there."""
    return _board(estate_id, notice_id, posting_id)


@pages.post(f"{_ONE}/boards/<key:posting_id>")
@access.signed_in
def found(estate_id: int, notice_id: int, posting_id: int) -> Any:
    """Enter a photo, or what was found there."""
    do, file = request.form.get("do", ""), request.files.get("photo")
    said = "已登记。"
    try:
        with access.work() as work:
            at = _here(work, estate_id)
            noticing.permitted(at)
            if do == "photo":
                doubt = noticing.photograph(at, notice_id, posting_id, file.read() if file else b"")
                said = f"照片已登记。{doubt}" + ("。" if doubt else "")
            elif do in _FOUND:
                noticing.report(at, notice_id, posting_id, do, request.form)
            else:
                abort(422)
    except InvalidAnswers as error:
        return _board(estate_id, notice_id, posting_id, error.problems, do)
    flash(said)
    return redirect(url_for("notices.board", estate_id=estate_id, notice_id=notice_id, posting_id=posting_id))


def _board(estate_id: int, notice_id: int, posting_id: int, problems: Sequence[Problem] = (), tried: str = "") -> Any:
    with access.work() as work:
        at = _here(work, estate_id)
        shown = noticing.publication(at, notice_id)
        one = noticing.board(shown, posting_id)
    page = render_template(
        "notice_board.html", at=at, estate=at.estate, shown=shown, one=one, problems=problems, tried=tried,
        given=request.form, states=_STATES, found=FOUND, acts=_FOUND, today=at.dossier.today.isoformat(),
    )  # fmt: skip
    return page, 422 if problems else 200


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


# owners


@pages.get(f"{_ONE}/people")
@access.signed_in
def people(estate_id: int, notice_id: int) -> Any:
    """Whom a notice reached."""
    return _people(estate_id, notice_id)


@pages.post(f"{_ONE}/people")
@access.signed_in
def arrive(estate_id: int, notice_id: int) -> Any:
    """Enter whom it reached."""
    try:
        with access.work() as work:
            number = noticing.arrive(_here(work, estate_id, owners=True), notice_id, request.form)
    except InvalidAnswers as error:
        return _people(estate_id, notice_id, error.problems)
    flash("已登记送居民委员会。" if request.form.get("to") == "committee" else f"已登记送达 {number} 户。")
    return redirect(url_for("notices.people", estate_id=estate_id, notice_id=notice_id))


def _people(estate_id: int, notice_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        at = _here(work, estate_id, owners=True)
        shown = noticing.publication(at, notice_id)
    page = render_template(
        "notice_people.html", at=at, estate=at.estate, shown=shown, problems=problems, given=request.form,
        modes=noticing.MODES, named=noticing.named, today=at.dossier.today.isoformat(),
    )  # fmt: skip
    return page, 422 if problems else 200


@pages.get(f"{_ONE}/voices")
@access.signed_in
def voices(estate_id: int, notice_id: int) -> Any:
    """What owners said about a notice, with the answers."""
    return _voices(estate_id, notice_id)


@pages.post(f"{_ONE}/voices")
@access.signed_in
def hear(estate_id: int, notice_id: int) -> Any:
    """Enter what an owner said, or answer it."""
    answered = request.form.get("voice", "")
    try:
        with access.work() as work:
            at = _here(work, estate_id, owners=True)
            if answered:
                said = (request.form.get("answer", ""), request.form.get("ruling", ""))
                noticing.reply(at, notice_id, int(answered) if answered.isdecimal() else 0, *said)
            else:
                noticing.hear(at, notice_id, request.form)
    except InvalidAnswers as error:
        return _voices(estate_id, notice_id, error.problems)
    flash("已答复。" if answered else "已登记；请在期限内答复。")
    return redirect(url_for("notices.voices", estate_id=estate_id, notice_id=notice_id))


def _voices(estate_id: int, notice_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        at = _here(work, estate_id, owners=True)
        shown = noticing.publication(at, notice_id)
    page = render_template(
        "notice_voices.html", at=at, estate=at.estate, shown=shown, problems=problems, given=request.form,
        matters=noticing.MATTERS, named=noticing.named, today=at.dossier.today.isoformat(), rulings=noticing.RULINGS,
    )  # fmt: skip
    return page, 422 if problems else 200
