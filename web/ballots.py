"""The ballots of a vote 表决票: at a glance, the register, one by serial on a phone, given out, and entered twice."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for

from engine.errors import Conflict, InvalidAnswers, NotFound, Problem
from engine.rules.ballot_box import CastBy
from engine.rules.ballot_life import UNDELIVERED, WORDS, State, class_of
from engine.store.desk import PAGE
from engine.use_cases import (
    ballot_amending,
    ballot_entry,
    ballot_overview,
    ballot_register,
    ballot_scans,
    ballots,
    counting,
    photos,
    voting,
)
from engine.use_cases.ballot_scans import Looked
from engine.use_cases.ballots import Vote
from web import access, forms, parameters, say
from web.tasks import asked_page

pages = Blueprint("ballots", __name__)
_UNDER = "/estates/<key:estate_id>/ballots"
#: What a line of a ballot's history says.
_HAPPENED = {
    "ISSUED": "领出", "HANDED_BACK": "交还", "DELIVERED": "送达", "ANNOUNCED": "在小区内公告送达", "REFUSED": "拒收",
    "UNDELIVERABLE": "送不到", "TAKEN": "收回", "RETURNED": "收回（整表登记）", "ENTERED": "录入",
    "AGREED": "另一人录入，一致", "DIFFERED": "另一人录入，不一致", "OBJECTED": "提出异议", "RULED": "裁定",
    "SPOILED": "作废换发", "DUPLICATE": "又收到一张同号的", "SCANNED": "扫描", "CURED": "业主补正",
    "CORRECTED": "更正登记", "LATE": "截止后才交来", "PAPER": "改发纸质票", "EVOTED": "平台电子票",
}  # fmt: skip
_CAST_BY = {
    CastBy.OWNER: "业主本人", CastBy.CO_OWNER: "共有人之一", CastBy.GUARDIAN: "监护人", CastBy.HEIR: "继承人",
    CastBy.PROXY: "受托人", CastBy.DEVELOPER: "建设单位", CastBy.TENANT: "承租人", CastBy.UNKNOWN: "不清楚",
}  # fmt: skip


def _vote(work: Any, estate_id: int) -> Vote:
    return ballots.vote(work, access.here().library, access.member(), estate_id)


@pages.get(_UNDER)
@access.signed_in
def overview(estate_id: int) -> Any:
    """The vote at a glance."""
    return _overview(estate_id)


def _overview(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        vote = _vote(work, estate_id)
        shown = ballot_overview.overview(vote)
    page = render_template(
        "ballots.html", vote=vote, estate=vote.estate, shown=shown, problems=problems, words=WORDS, states=State,
        in_words=parameters.parameter,
    )  # fmt: skip
    return page, 422 if problems else 200


@pages.get(f"{_UNDER}/find")
@access.signed_in
def find(estate_id: int) -> Any:
    """The ballot whose serial or code was typed or scanned."""
    try:
        with access.work() as work:
            vote = _vote(work, estate_id)
            serial = ballots.serial_of(vote, request.args.get("code", ""))
            ballots.ballot(vote, serial)
    except InvalidAnswers as error:
        return _overview(estate_id, error.problems)
    return redirect(url_for("ballots.ballot", estate_id=estate_id, serial=serial))


@pages.get("/ballots/<token>")
@pages.get("/ballots/<token>/<key:serial>")
@access.signed_in
def scanned(token: str, serial: int = 0) -> Any:
    """From the code on a ballot to its page; to the vote where the code was read without its serial."""
    with access.work() as work:
        estate_id = ballots.ballot_paper(work, token)
        if estate_id is None:
            raise NotFound("这个二维码不是表决票上的，没有登记。")
        _vote(work, estate_id)
    if not serial:
        return redirect(url_for("ballots.overview", estate_id=estate_id))
    return redirect(url_for("ballots.ballot", estate_id=estate_id, serial=serial))


@pages.get(f"{_UNDER}/register")
@access.signed_in
def register(estate_id: int) -> Any:
    """A page of the register."""
    page, chosen = asked_page(), request.args.get("state", "all")
    with access.work() as work:
        vote = _vote(work, estate_id)
        shown = ballot_overview.register(vote, chosen, page)
        modes = ballot_register.named_modes(vote.dossier) if shown.lines else {}
    return render_template(
        "ballot_register.html", vote=vote, estate=vote.estate, shown=shown, page=page, chosen=chosen, words=WORDS,
        last=max(1, -(-shown.total // PAGE)), filters=ballot_overview.FILTERS, modes=modes,
    )  # fmt: skip


# one ballot


@pages.get(f"{_UNDER}/<key:serial>")
@access.signed_in
def ballot(estate_id: int, serial: int) -> Any:
    """One ballot, and what may be done with it."""
    return _ballot(estate_id, serial)


@pages.post(f"{_UNDER}/<key:serial>")
@access.signed_in
def act(estate_id: int, serial: int) -> Any:
    """Enter what happened to a ballot."""
    do, given = request.form.get("do", ""), request.form.to_dict()
    try:
        with access.work() as work:
            vote = _vote(work, estate_id)
            if do not in _ACTS:
                ballots.permitted(vote, ballots.CARRYING)
                abort(422)
            _ACTS[do].enter(vote, serial, given)
    except InvalidAnswers as error:
        return _ballot(estate_id, serial, error.problems, do)
    flash(f"第 {serial:06d} 号票：{_ACTS[do].done}。")
    return redirect(url_for("ballots.ballot", estate_id=estate_id, serial=serial))


@pages.get(f"{_UNDER}/<key:serial>/delivery.jpg")
@access.signed_in
def delivery_photo(estate_id: int, serial: int) -> Any:
    """The photo of how a ballot was delivered."""
    with access.work() as work:
        content = ballots.delivery_photo(_vote(work, estate_id), serial)
    return send_file(BytesIO(content), "image/jpeg")


@pages.post(f"{_UNDER}/<key:serial>/marks")
@access.signed_in
def marks(estate_id: int, serial: int) -> Any:
    """What a ballot says, for a purpose that is noted."""
    try:
        with access.work() as work:
            looked = ballot_scans.look(_vote(work, estate_id), serial, request.form.get("purpose", ""))
    except InvalidAnswers as error:
        return _ballot(estate_id, serial, error.problems, "marks")
    return _ballot(estate_id, serial, looked=looked)


class _Act(NamedTuple):
    """What a form of a ballot's page enters, and what is said once it is done."""

    enter: Callable[[Vote, int, Mapping[str, str]], object]
    done: str


def _noted(enter: Callable[[Vote, int, str], object]) -> Callable[[Vote, int, Mapping[str, str]], object]:
    """An act that asks for nothing but a note."""
    return lambda vote, serial, given: enter(vote, serial, given.get("note", ""))


def _deliver(vote: Vote, serial: int, given: Mapping[str, str]) -> None:
    sent = request.files.get("photo")
    photo = sent.stream.read(photos.LARGEST + 1) if sent and sent.filename else b""
    ballots.deliver(vote, serial, given, photo)


_ACTS = {
    "deliver": _Act(_deliver, "已登记送达"),
    "replace": _Act(ballots.replace, "已作废，换发了新票，请到小区的文书里打印"),
    "refuse": _Act(_noted(ballots.refuse), "已登记拒收"),
    "miss": _Act(_noted(ballots.miss), "已登记送不到"),
    "take": _Act(ballots.take, "已登记收回，等待两人录入"),
    "double": _Act(_noted(ballots.doubled), "已记下又收到一张同号的，没有计入"),
    "amend": _Act(ballot_amending.amend, "已改正签名情况"),
    "late": _Act(_noted(ballot_amending.late), "已记下截止后才交来，不计入"),
    "object": _Act(_noted(ballot_entry.objected), "已提出异议，由裁定员处理"),
}


def _ballot(
    estate_id: int, serial: int, problems: Sequence[Problem] = (), tried: str = "", looked: Looked | None = None
) -> Any:
    marks = looked.marks.split() if looked else []
    pictures = [b64encode(one).decode() for one in looked.pictures] if looked else []
    with access.work() as work:
        vote = _vote(work, estate_id)
        try:
            found = ballots.page(vote, serial)
        except InvalidAnswers as error:
            return _overview(estate_id, error.problems)
        dossier = vote.dossier
        modes = {key: word for key, word in ballot_register.named_modes(dossier).items() if key != counting.ON_SITE}
        items = counting.items(dossier)
        counted = voting.counted(dossier)
        closed = vote.sealed or dossier.today > counting.closes_on(dossier)
        receiver = vote.named(found.ballot.receiver)
    page = render_template(
        "ballot.html", vote=vote, estate=vote.estate, found=found, one=found.ballot, problems=problems, tried=tried,
        modes=modes, words=WORDS, happened=_HAPPENED, cast_by=_CAST_BY, receiver=receiver, states=State,
        undelivered=found.state in UNDELIVERED, back=class_of(found.state) == "returned", counted=counted,
        looking=ballots.LOOKING, given=request.form, marks=marks, mark_words=ballot_entry.MARKS, items=items,
        today=dossier.today.isoformat(), closed=closed, pictures=pictures,
    )  # fmt: skip
    return page, 422 if problems else 200


# many at once


@pages.get(f"{_UNDER}/issue")
@access.signed_in
def issuing(estate_id: int) -> Any:
    """The form by which ballots are given to whoever takes them to the door."""
    return _issuing(estate_id)


@pages.post(f"{_UNDER}/issue")
@access.signed_in
def issue(estate_id: int) -> Any:
    """Give them out, or take back what was not delivered."""
    serials, back = request.form.get("serials", ""), request.form.get("do") == "back"
    try:
        with access.work() as work:
            vote = _vote(work, estate_id)
            if back:
                number = ballots.hand_back(vote, serials)
            else:
                number = ballots.issue(vote, serials, request.form.get("person", ""))
    except InvalidAnswers as error:
        return _issuing(estate_id, error.problems)
    flash(f"已登记{'交还' if back else '领出'} {number} 张。")
    return redirect(url_for("ballots.issuing", estate_id=estate_id))


def _issuing(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        vote = _vote(work, estate_id)
        given = [one for one in vote.dossier.ballots if one.state == State.ISSUED]
    by = {one.issued_to or "": [each.serial for each in given if each.issued_to == one.issued_to] for one in given}
    page = render_template(
        "ballot_issue.html", vote=vote, estate=vote.estate, problems=problems, given=request.form, by=by
    )
    return page, 422 if problems else 200


# entered


@pages.get(f"{_UNDER}/entry")
@access.signed_in
def entry(estate_id: int) -> Any:
    """The next ballot to be entered."""
    return _entry(estate_id, forms.whole(request.args.get("serial", ""), 0))


@pages.post(f"{_UNDER}/entry")
@access.signed_in
def enter(estate_id: int) -> Any:
    """Enter one, and go on to the next."""
    serial = forms.whole(request.form.get("serial", ""), 0)
    try:
        done = _enter(estate_id, serial)
    except InvalidAnswers as error:
        return _entry(estate_id, serial, error.problems)
    area = say.square_metres(done.area)
    flash(f"第 {serial:06d} 号已录入：{done.unit_no}，{area}，{done.owners}。")
    return redirect(url_for("ballots.entry", estate_id=estate_id, after=serial))


def _enter(estate_id: int, serial: int, again: bool = True) -> ballot_entry.Entered:
    """Enter a ballot; where somebody else did in the same moment this is the second time."""
    try:
        with access.work() as work:
            vote = _vote(work, estate_id)
            return ballot_entry.enter(vote, serial, "" if vote.unread else _marks(vote))
    except Conflict:
        if not again:
            raise
        return _enter(estate_id, serial, again=False)


def _marks(vote: Vote) -> str:
    """The marks that were chosen, in the order of the items; a dash for each that was not."""
    numbers = (item.no for item in counting.items(vote.dossier))
    return " ".join(request.form.get(f"mark-{no}") or ballot_entry.NOTHING for no in numbers)


def _entry(estate_id: int, serial: int, problems: Sequence[Problem] = ()) -> Any:
    after = forms.whole(request.args.get("after", ""), 0)
    with access.work() as work:
        vote = _vote(work, estate_id)
        shown = None
        if vote.enters and not vote.unread:
            try:
                shown = ballot_entry.entry_page(vote, after, serial)
            except InvalidAnswers as error:
                problems = problems or error.problems
                shown = ballot_entry.entry_page(vote, after)
    kept = request.form if problems and shown and shown.serial == serial else {}
    page = render_template(
        "ballot_entry.html", vote=vote, estate=vote.estate, shown=shown, problems=problems, given=kept,
        marks=ballot_entry.MARKS, lanes=ballots.ENTERING,
    )  # fmt: skip
    return page, 422 if problems else 200


@pages.get(f"{_UNDER}/disputes")
@access.signed_in
def disputes(estate_id: int) -> Any:
    """What waits for the arbiter."""
    return _disputes(estate_id)


@pages.post(f"{_UNDER}/disputes")
@access.signed_in
def rule(estate_id: int) -> Any:
    """Decide what a ballot says."""
    serial = forms.whole(request.form.get("serial", ""), 0)
    try:
        with access.work() as work:
            vote = _vote(work, estate_id)
            ballots.permitted(vote, ballots.ARBITRATING, sealed=True)
            ballot_entry.rule(vote, serial, _marks(vote), request.form.get("reason", ""))
    except InvalidAnswers as error:
        return _disputes(estate_id, error.problems, serial)
    flash(f"第 {serial:06d} 号票已裁定。")
    return redirect(url_for("ballots.disputes", estate_id=estate_id))


def _disputes(estate_id: int, problems: Sequence[Problem] = (), serial: int = 0) -> Any:
    with access.work() as work:
        vote = _vote(work, estate_id)
        convened = vote.dossier.convened and bool(vote.dossier.ballots)
        found = ballot_entry.disputes(vote) if convened else []
        items = counting.items(vote.dossier) if convened else []
    page = render_template(
        "ballot_disputes.html", vote=vote, estate=vote.estate, found=found, items=items, problems=problems,
        tried=serial, given=request.form, marks=ballot_entry.MARKS, words=WORDS,
    )  # fmt: skip
    return page, 422 if problems else 200
