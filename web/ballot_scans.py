"""Scanned ballots 扫描件: brought in heaps, filed by their codes beside; a person settles what could not be."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import FileStorage

from engine import pages as drawing
from engine.errors import InvalidAnswers, Problem
from engine.rules.ballot_scan import WORDS, Verdict
from engine.use_cases import ballot_evotes, ballot_scans, ballots, incoming
from engine.use_cases.ballots import Vote
from web import access

pages = Blueprint("ballot_scans", __name__, url_prefix="/estates/<key:estate_id>/ballots")
#: Seconds until the page of a batch that is looked at comes again by itself.
_AGAIN = "3"
#: A scan is fetched ahead of its page, and goes from the browser soon after.
_SHORTLY = "private, max-age=120"


def _vote(work: Any, estate_id: int) -> Vote:
    return ballots.vote(work, access.here().library, access.member(), estate_id)


@pages.get("/scans")
@access.signed_in
def listed(estate_id: int) -> Any:
    """The batches there are, and the form for another."""
    return _listed(estate_id)


def _listed(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        vote = _vote(work, estate_id)
        shown = ballot_scans.listed(vote) if vote.enters and not vote.unread else None
    page = render_template(
        "ballot_scans.html", vote=vote, estate=vote.estate, shown=shown, problems=problems, lanes=ballots.ENTERING,
        words=WORDS, verdicts=Verdict, pdf=drawing.available(),
    )  # fmt: skip
    return page, 422 if problems else 200


@pages.post("/scans")
@access.signed_in
@access.once
def bring(estate_id: int) -> Any:
    """Keep a heap; its pages are looked at beside."""
    given = [_read(one) for one in request.files.getlist("files") if one]
    try:
        with access.work() as work:
            vote = _vote(work, estate_id)
            access.sign(work)
            key = ballot_scans.take(vote, given)
    except InvalidAnswers as error:
        return _listed(estate_id, error.problems)
    return redirect(url_for("ballot_scans.batch", estate_id=estate_id, batch_id=key))


def _read(sent: FileStorage) -> tuple[str, bytes]:
    """A file as it was sent; a large one lies in a temporary file, which nobody else would close."""
    with sent.stream:
        return sent.filename or "", sent.stream.read(incoming.LARGEST + 1)


@pages.get("/scans/<key:batch_id>")
@access.signed_in
def batch(estate_id: int, batch_id: int) -> Any:
    """What was found on each page; while they are looked at the page comes again by itself."""
    return _batch(estate_id, batch_id)


def _batch(estate_id: int, batch_id: int, problems: Sequence[Problem] = (), tried: int = 0) -> Any:
    with access.work() as work:
        vote = _vote(work, estate_id)
        shown = ballot_scans.standing(vote, batch_id)
    page = render_template(
        "ballot_batch.html", vote=vote, estate=vote.estate, shown=shown, batch=shown.batch, problems=problems,
        tried=tried, given=request.form, words=WORDS, verdicts=Verdict, longest=ballot_scans.LONGEST,
    )  # fmt: skip
    # whoever has begun to settle pages is not disturbed
    headers = {"Refresh": _AGAIN} if shown.batch.waiting and not shown.unsettled else {}
    return page, 422 if problems else 200, headers


@pages.post("/scans/<key:batch_id>/<int:no>")
@access.signed_in
def settle(estate_id: int, batch_id: int, no: int) -> Any:
    """Say what a page is that could not be filed."""
    try:
        with access.work() as work:
            told = ballot_scans.settle(_vote(work, estate_id), batch_id, no, request.form.get("do", ""), request.form)
    except InvalidAnswers as error:
        return _batch(estate_id, batch_id, error.problems, no)
    flash(told)
    return redirect(url_for("ballot_scans.batch", estate_id=estate_id, batch_id=batch_id))


@pages.get("/scans/<key:batch_id>/<int:no>.jpg")
@access.signed_in
def loose(estate_id: int, batch_id: int, no: int) -> Any:
    """The picture of a page that is not settled."""
    with access.work() as work:
        content = ballot_scans.loose(_vote(work, estate_id), batch_id, no)
    return _jpeg(content)


@pages.get("/scans/<key:batch_id>/<int:no>/first.jpg")
@access.signed_in
def original(estate_id: int, batch_id: int, no: int) -> Any:
    """The picture of the scan that a page seems to be again."""
    with access.work() as work:
        content = ballot_scans.original(_vote(work, estate_id), batch_id, no)
    return _jpeg(content)


@pages.get("/<key:serial>/scan/<int:side>.jpg")
@access.signed_in
def of_ballot(estate_id: int, serial: int, side: int) -> Any:
    """A page of the ballot that one has to enter."""
    with access.work() as work:
        content = ballot_scans.of_ballot(_vote(work, estate_id), serial, side)
    return _jpeg(content)


@pages.get("/evotes")
@access.signed_in
def evotes(estate_id: int) -> Any:
    """The form for the file of a voting platform."""
    return _evotes(estate_id)


@pages.post("/evotes")
@access.signed_in
@access.once
def enter_evotes(estate_id: int) -> Any:
    """Enter the votes of a platform's file."""
    sent = request.files.get("sheet")
    name, content = _read(sent) if sent else ("", b"")
    try:
        with access.work() as work:
            vote = _vote(work, estate_id)
            access.sign(work)
            found = ballot_evotes.take(vote, name, content)
    except InvalidAnswers as error:
        return _evotes(estate_id, error.problems)
    left = f"；没有登记的：登记过 {found.known}、表决期外 {found.outside}、平台标为无效 {found.void}"
    flash(f"已登记电子票 {found.new} 户，其中 {found.beside} 户也交了纸质票{left}。")
    return redirect(url_for("ballot_scans.evotes", estate_id=estate_id))


def _evotes(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        vote = _vote(work, estate_id)
    page = render_template(
        "ballot_evotes.html", vote=vote, estate=vote.estate, problems=problems, lanes=ballots.ENTERING
    )
    return page, 422 if problems else 200


def _jpeg(content: bytes) -> Any:
    answer = send_file(BytesIO(content), "image/jpeg")
    answer.headers["Cache-Control"] = _SHORTLY
    return answer
