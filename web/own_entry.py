"""An owner's own entry of the roster 业主核对: no account and no session; nothing of it stands in an address."""

from typing import Any

from flask import Blueprint, render_template, request

from engine.errors import InvalidAnswers, Problem
from engine.rules.roster import metres
from engine.use_cases import noticing, own_entry
from web import access
from web.verifying import asker

pages = Blueprint("own_entry", __name__, url_prefix="/my-entry")
_TOO_OFTEN = "查询太频繁，这一次没有查。请过一分钟再试。"
#: Words for what the register keeps in code.
_WORDS = {
    "DELIVERED": "已交付", "UNSOLD": "未售", "SOLD_UNDELIVERED": "已售未交付", "register": "不动产登记",
    "survey": "测绘", "contract": "合同",
}  # fmt: skip


@pages.get("")
def ask() -> Any:
    """The form for the code of a slip."""
    return render_template("own_entry.html", given={})


@pages.post("")
def answer() -> Any:
    """The entry of whoever has the code and knows the number; or what is found wrong with it, entered."""
    given = request.form
    with _work() as work:
        if not own_entry.may_ask(work, asker()):
            return _form([Problem("code", _TOO_OFTEN)], 429)
    if "ticket" in given:
        return _object()
    with _work() as work:
        tried = own_entry.attempt(work, given.get("code", "")[:60])
    try:
        with _work() as work:
            entry = own_entry.look(work, access.here().library, tried, given.get("last", "")[:20])
    except InvalidAnswers as error:
        return _form(list(error.problems), 422)
    return _entry(entry)


def _object() -> Any:
    given = request.form
    ticket = given.get("ticket", "")[:200]
    said = (given.get("about", "")[:40], given.get("content", "")[:2000])
    try:
        with _work() as work:
            own_entry.object_to(work, access.here().library, ticket, *said)
    except InvalidAnswers as error:
        return _again(ticket, list(error.problems))
    return _again(ticket, [], done=True)


def _again(ticket: str, problems: list[Problem], *, done: bool = False) -> Any:
    """The entry once more, with what was said or what is wrong with it."""
    try:
        with _work() as work:
            entry = own_entry.admitted(work, access.here().library, ticket)
    except InvalidAnswers as error:
        return _form(list(error.problems), 422)
    return _entry(entry, problems, done=done)


def _entry(entry: own_entry.Entry, problems: list[Problem] | None = None, *, done: bool = False) -> Any:
    made = render_template(
        "own_entry.html", entry=entry, problems=problems or [], done=done, given={} if done else request.form,
        about=own_entry.ABOUT, words=_WORDS, metres=metres, rulings=noticing.RULINGS,
    )  # fmt: skip
    return made, 422 if problems else 200


def _form(problems: list[Problem], status: int) -> Any:
    headers = {"Retry-After": "60"} if status == 429 else {}
    return render_template("own_entry.html", problems=problems, given=request.form), status, headers


def _work() -> Any:
    return access.here().store.work(own_entry.ACTOR, access.here().now())


@pages.after_request
def unlisted(response: Any) -> Any:
    """Keep the page out of search engines."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
