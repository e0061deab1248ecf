"""Who is asking: sign-in, the session's cookie, and the unit of work of a request."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import Conflict, InvalidAnswers
from engine.store import Store
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import accounts, desk, staffing
from engine.use_cases.accounts import Member
from engine.use_cases.library import Library

View = Callable[..., Any]
pages = Blueprint("access", __name__)
#: A path of ours: a second slash would name a host, and browsers drop the signs of control that could hide one.
_INSIDE = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f]*")


@dataclass(frozen=True)
class Desk:
    """What every request works with; ``secure`` cookies travel over HTTPS only.

    ``person_key`` is that of the hashes by which persons are counted (decisions 15).
    """

    store: Store
    library: Library
    now: Callable[[], datetime]
    person_key: bytes
    secure: bool

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; the browser keeps one with this prefix to the host and to HTTPS."""
        return "__Host-daoru" if self.secure else "daoru"


def here() -> Desk:
    """The desk of this application."""
    found: Desk = current_app.extensions["daoru"]
    return found


def member() -> Member:
    """Whoever is signed in; only in a view behind :func:`signed_in`."""
    found: Member = g.member
    return found


@contextmanager
def work() -> Iterator[UnitOfWork]:
    """A unit of work in the name of whoever is signed in."""
    with here().store.work(member().name, here().now()) as unit:
        yield unit


def signed_in(view: View) -> View:
    """Ask for a sign-in first, and come back afterwards."""

    @wraps(view)
    def asked(**arguments: Any) -> Any:
        found = _member()
        if found is None:
            return redirect(url_for("access.sign_in", next=_here_again()))
        g.member = found
        return view(**arguments)

    return asked


def once(view: View) -> View:
    """Let a form that is sent twice, as by a double click, have one effect: ``view`` signs it with :func:`sign`."""

    @wraps(view)
    def taken(**arguments: Any) -> Any:
        try:
            if not _signed():
                return view(**arguments)
        except Conflict:
            if not _signed():
                raise
        flash("这份表单已经提交过，没有重复登记。")
        estate_id = arguments.get("estate_id")
        return redirect(url_for("estates.estate", estate_id=estate_id) if estate_id else url_for("estates.listed"))

    return taken


def sign(work: UnitOfWork) -> None:
    """In the commit, leave a receipt for the form of this request; a second one is a Conflict."""
    if _receipt():
        work.sign(_receipt())


def _signed() -> bool:
    with work() as unit:
        return bool(_receipt()) and unit.has_receipt(_receipt())


def _receipt() -> str:
    given = request.form.get("once", "")[:60]
    return f"form:{member().id}:{given}" if given else ""


def token() -> str:
    """The token that the browser sent, empty when it sent none."""
    return request.cookies.get(here().cookie, "")


def _member() -> Member | None:
    if not token():
        return None
    with here().store.work("", here().now()) as unit:
        return accounts.signed_in(unit, token())


def _here_again() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


@pages.get("/sign-in")
def sign_in() -> Any:
    """The form."""
    return render_template("sign_in.html", next=_inside(request.args.get("next", "")), login="", problems=())


@pages.post("/sign-in")
def begin() -> Any:
    """Sign in, and go where one was."""
    login, then = request.form.get("login", "").strip(), _inside(request.form.get("next", ""))
    try:
        made = accounts.sign_in(here().store, login, request.form.get("password", ""), here().now())
    except InvalidAnswers as error:
        return render_template("sign_in.html", next=then, login=login, problems=error.problems), 422
    answer = redirect(then or url_for("tasks.inbox"))
    _keep(answer, made)
    return answer


@pages.post("/sign-out")
def end() -> Any:
    """End the session in the database, so that a copied cookie is worth nothing."""
    if token():
        with here().store.work("", here().now()) as unit:
            accounts.sign_out(unit, token())
    answer = redirect(url_for("access.sign_in"))
    answer.delete_cookie(here().cookie, path="/")
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def _keep(answer: Response, made: str) -> None:
    answer.set_cookie(here().cookie, made, secure=here().secure, httponly=True, samesite="Lax", path="/")


def _inside(address: str) -> str:
    """The address when it stays within the application, else nothing (ASVS 3.7.2)."""
    return address if _INSIDE.fullmatch(address) else ""


def shown_everywhere() -> dict[str, Any]:
    """What the shell of every page shows, and what tells one form from the next."""
    found: Member | None = g.get("member")
    return {
        "member": found,
        "once": lambda: secrets.token_urlsafe(16),
        "may_enter": bool(found and found.roles.intersection(desk.ENTERING)),
        "may_reassign": bool(found and found.roles & staffing.REASSIGNING),
    }
