"""Requests about personal data 个人信息请求: an estate's desk, one request, the overview of a district."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.rules import data_requests as rules
from engine.store.desk import PAGE
from engine.use_cases import data_requests, holding
from web import access
from web.tasks import asked_page

pages = Blueprint("data_requests", __name__)
_DESK = "/estates/<key:estate_id>/privacy/requests"
_WORDS = {"rights": rules.RIGHTS, "outcomes": rules.OUTCOMES}


@pages.get("/privacy/requests")
@access.signed_in
def overview() -> Any:
    """The requests of every estate in one's scope, the oldest lawful day first."""
    page = asked_page()
    with access.work() as work:
        found, total, today = data_requests.overview(work, access.member(), page)
    last = max(1, -(-total // PAGE))
    return render_template(
        "data_requests_all.html", requests=found, total=total, today=today.isoformat(), page=page, last=last, **_WORDS
    )


@pages.get(_DESK)
@access.signed_in
def desk(estate_id: int) -> Any:
    """The requests of an estate."""
    return _desk(estate_id)


@pages.post(_DESK)
@access.signed_in
@access.once
def take(estate_id: int) -> Any:
    """Take a request in."""
    try:
        with access.work() as work:
            access.sign(work)
            given = request.form.to_dict()
            key = data_requests.take(work, access.here().library, access.member(), estate_id, given)
    except InvalidAnswers as error:
        return _desk(estate_id, error.problems)
    flash("已登记。下一步核实请求人的身份。")
    return redirect(url_for("data_requests.one", estate_id=estate_id, request_id=key))


def _desk(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        shown = data_requests.desk(work, access.here().library, access.member(), estate_id)
    page = render_template(
        "data_requests.html", shown=shown, estate=shown.estate, problems=problems, wrong=_wrong(problems),
        given=request.form, today=shown.today.isoformat(), relations=data_requests.RELATIONS,
        channels=data_requests.CHANNELS, **_WORDS,
    )  # fmt: skip
    return page, 422 if problems else 200


@pages.get(f"{_DESK}/<key:request_id>")
@access.signed_in
def one(estate_id: int, request_id: int) -> Any:
    """One request: who asks, what is held, what may be decided."""
    return _one(estate_id, request_id)


@pages.post(f"{_DESK}/<key:request_id>")
@access.signed_in
@access.once
def act(estate_id: int, request_id: int) -> Any:
    """Take its next step: made sure who asks, decided, carried out."""
    step = _STEPS.get(request.form.get("do", ""), _prove)
    try:
        with access.work() as work:
            access.sign(work)
            said = step(work, estate_id, request_id)
    except InvalidAnswers as error:
        return _one(estate_id, request_id, error.problems)
    flash(said)
    return redirect(url_for("data_requests.one", estate_id=estate_id, request_id=request_id))


def _prove(work: Any, estate_id: int, key: int) -> str:
    given = request.form.to_dict()
    return data_requests.prove(work, access.here().library, access.member(), estate_id, key, given)


def _decide(work: Any, estate_id: int, key: int) -> str:
    given = {**request.form.to_dict(), "chosen": request.form.getlist("chosen")}
    number = data_requests.decide(work, access.here().library, access.member(), estate_id, key, given)
    return f"已决定，答复书 {number} 已出具；打印、盖章后交给请求人。"


def _finish(work: Any, estate_id: int, key: int) -> str:
    note = request.form.get("note", "")
    data_requests.finish(work, access.here().library, access.member(), estate_id, key, note)
    return "已办结。"


_STEPS: dict[str, Callable[[Any, int, int], str]] = {"prove": _prove, "decide": _decide, "finish": _finish}


def _one(estate_id: int, key: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        shown, found = data_requests.request(work, access.here().library, access.member(), estate_id, key)
    page = render_template(
        "data_request.html", shown=shown, one=found, row=found.row, estate=shown.estate, problems=problems,
        wrong=_wrong(problems), given=request.form, today=shown.today.isoformat(), proofs=data_requests.PROOFS,
        relations=data_requests.RELATIONS, channels=data_requests.CHANNELS, refusals=rules.REFUSALS,
        calls=holding.CALLS, chosen=request.form.getlist("chosen"), **_WORDS,
    )  # fmt: skip
    return page, 422 if problems else 200


def _wrong(problems: Sequence[Problem]) -> dict[str, str]:
    return {problem.field: problem.message for problem in problems}
