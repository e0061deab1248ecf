"""The count of a vote 计票: the session on a phone or a projector, and what came of it, to be checked and taken."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import orjson
from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for

from engine.errors import Conflict, InvalidAnswers, Problem
from engine.rules.count_session import PARTS
from engine.use_cases import ballots, count_calling, count_results, count_session
from engine.use_cases.ballots import Vote
from web import access, exports, forms

pages = Blueprint("counting", __name__, url_prefix="/estates/<key:estate_id>/ballots")
#: What a line of the session's history says.
_HAPPENED = {
    "OPENED": "开始", "BOX": "开箱清点", "PAUSED": "暂停", "RESUMED": "继续", "CLOSED": "结束", "REOPENED": "重新打开",
    "SIGNED": "登记签字",
}  # fmt: skip


def _vote(work: Any, estate_id: int) -> Vote:
    return ballots.vote(work, access.here().library, access.member(), estate_id)


@pages.get("/count")
@access.signed_in
def session(estate_id: int) -> Any:
    """The counting session."""
    return _session(estate_id)


@pages.post("/count")
@access.signed_in
@access.once
def act(estate_id: int) -> Any:
    """Record what happens at the count."""
    do, given = request.form.get("do", ""), request.form.to_dict()
    acts: Mapping[str, Callable[[Vote, Mapping[str, str]], object]] = {
        "open": count_session.open_, "box": count_session.box, "pause": count_session.pause,
        "close": count_session.close, "reopen": count_session.reopen, "sign": count_session.sign,
    }  # fmt: skip
    try:
        with access.work() as work:
            vote = _vote(work, estate_id)
            ballots.permitted(vote, count_session.WITNESSING, sealed=True)
            if do not in acts:
                abort(422)
            access.sign(work)
            acts[do](vote, given)
    except InvalidAnswers as error:
        return _session(estate_id, error.problems, do)
    except Conflict:
        if access.had_effect():
            raise
        message = "别人刚刚登记了别的，这一条没有记下；请核对后再登记一次。"
        return _session(estate_id, [Problem("session", message)], do)
    flash(_DONE[do])
    return redirect(url_for("counting.session", estate_id=estate_id))


_DONE = {
    "open": "计票开始。", "box": "已登记开箱。", "pause": "已登记。", "close": "计票现场已结束，请各人签字。",
    "reopen": "已重新打开，原来的签字失效。", "sign": "已登记签字。",
}  # fmt: skip


def _session(estate_id: int, problems: Sequence[Problem] = (), tried: str = "") -> Any:
    with access.work() as work:
        vote = _vote(work, estate_id)
        dossier = vote.dossier
        now = count_session.held(dossier)
        locked = count_session.locked(vote)
        back = count_session.papers_back(dossier) if dossier.convened else 0
    page = render_template(
        "ballot_count.html", vote=vote, estate=vote.estate, now=now, session=now.session, locked=locked, back=back,
        problems=problems, tried=tried, given=request.form, parts=PARTS, happened=_HAPPENED,
        holds=not vote.lanes.isdisjoint(count_session.HOLDING),
        witnesses=not vote.lanes.isdisjoint(count_session.WITNESSING),
    )  # fmt: skip
    return page, 422 if problems else 200


@pages.get("/count/calling")
@access.signed_in
def calling(estate_id: int) -> Any:
    """Ballot after ballot in large letters, for whoever came to see."""
    try:
        with access.work() as work:
            vote = _vote(work, estate_id)
            shown = count_calling.called(vote, forms.whole(request.args.get("after", ""), 0))
    except InvalidAnswers as error:
        return _session(estate_id, error.problems)
    return render_template("ballot_calling.html", vote=vote, estate=vote.estate, shown=shown, parts=PARTS)


# what came of it


@pages.get("/result")
@access.signed_in
def result(estate_id: int) -> Any:
    """What was counted, item by item."""
    return _result(estate_id)


@pages.post("/result")
@access.signed_in
def deciding(estate_id: int) -> Any:
    """Which ballots decide a contested item, for a purpose."""
    try:
        with access.work() as work:
            found = count_results.deciding(_vote(work, estate_id), request.form.get("purpose", ""))
    except InvalidAnswers as error:
        return _result(estate_id, error.problems, "deciding")
    return _result(estate_id, deciding=found)


@pages.get("/count.xlsx")
@access.signed_in
def workbook(estate_id: int) -> Any:
    """The count as a workbook."""
    try:
        with access.work() as work:
            taken = count_results.workbook(_vote(work, estate_id))
    except InvalidAnswers as error:
        return _result(estate_id, error.problems)
    return exports.sent(taken)


@pages.post("/count.json")
@access.signed_in
def question(estate_id: int) -> Any:
    """What ``daoru tally`` counts again, or the same as a sheet, for a purpose."""
    try:
        with access.work() as work:
            vote, purpose, form = _vote(work, estate_id), request.form.get("purpose", ""), request.form.get("form", "")
            if form not in ("", "json"):
                return exports.sent(count_results.sheet(vote, purpose, form))
            asked = count_results.question(vote, purpose)
    except InvalidAnswers as error:
        return _result(estate_id, error.problems, "take")
    written = BytesIO(orjson.dumps(asked, option=orjson.OPT_INDENT_2))
    return send_file(written, "application/json", as_attachment=True, download_name="逐票数据.json")


def _result(
    estate_id: int,
    problems: Sequence[Problem] = (),
    tried: str = "",
    deciding: Sequence[tuple[int, Sequence[str]]] = (),
) -> Any:
    with access.work() as work:
        vote = _vote(work, estate_id)
        shown = count_results.result(vote)
    page = render_template(
        "ballot_result.html", vote=vote, estate=vote.estate, shown=shown, problems=problems, tried=tried,
        deciding=deciding, purposes=count_results.PURPOSES, statuses=count_results.STATUSES,
        outcomes=count_results.OUTCOMES, decided=count_results.DECIDED,
    )  # fmt: skip
    return page, 422 if problems else 200
