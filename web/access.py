"""Who is asking: sign-in, the session's cookie, and the unit of work of a request."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from engine.errors import Conflict, InvalidAnswers, NotFound
from engine.store import Store
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import accounts, alerts, desk, examining, exporting, second_factor, staffing, templating
from engine.use_cases.accounts import Member
from engine.use_cases.library import Library
from engine.vault import Vault

View = Callable[..., Any]
pages = Blueprint("access", __name__)
#: A path of ours: a second slash would name a host, and browsers drop the signs of control that could hide one.
_INSIDE = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f]*")


@dataclass(frozen=True)
class Desk:
    """What every request works with; ``secure`` cookies travel over HTTPS only.

    ``person_key`` is that of the hashes by which persons are counted (decisions 15), ``web_key`` that of second
    factors, ``vault`` holds the keys of full identity numbers.
    """

    store: Store
    library: Library
    now: Callable[[], datetime]
    person_key: bytes
    web_key: bytes
    secure: bool
    vault: Vault

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return cookie_named("daoru", secure=self.secure)


def cookie_named(name: str, *, secure: bool) -> str:
    """A cookie's name; over HTTPS with the prefix by which the browser keeps it to the host and to HTTPS."""
    return f"__Host-{name}" if secure else name


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
    """Ask for a sign-in first, and come back afterwards; whoever has a one-time password chooses one of their own."""

    @wraps(view)
    def asked(**arguments: Any) -> Any:
        if member().must_choose:
            flash("您用的是一次性密码；请先换成自己的密码。")
            return redirect(url_for("own.password"))
        return view(**arguments)

    return signed_in_anyhow(asked)


def signed_in_anyhow(view: View) -> View:
    """Ask for a sign-in first, and come back afterwards."""
    return _behind_sign_in(view, used=True)


def still_signed_in(view: View) -> View:
    """As :func:`signed_in`, for what a page asks by itself: it does not keep alive the session of somebody who left."""
    return _behind_sign_in(view, used=False)


def _behind_sign_in(view: View, *, used: bool) -> View:
    @wraps(view)
    def asked(**arguments: Any) -> Any:
        found = _member(used=used)
        if found is None:
            return redirect(url_for("access.sign_in", next=here_again()))
        g.member = found
        return view(**arguments)

    return asked


#: Where a form that was sent twice leads back to: a page, and the part of the address that names what it is about.
_BACK = {
    "revisions": ("revisions.versions", "number"),
    "templates": ("templates.template", "kind"),
    "examining": ("examining.paper", "number"),
    "signed_copies": ("signed_copies.listed", "number"),
    "counting": ("counting.session", "estate_id"),
    "handover": ("handover.overview", "estate_id"),
    "prepaid": ("prepaid.ledger", "estate_id"),
    "gaps": ("gaps.listed", "estate_id"),
    "vault": ("vault.shelf", "estate_id"),
    "ballot_scans": ("ballot_scans.listed", "estate_id"),
    "retention": ("retention.register", "estate_id"),
    "data_requests": ("data_requests.desk", "estate_id"),
}


def once(view: View) -> View:
    """Let a form that is sent twice, as by a double click, have one effect: ``view`` signs it with :func:`sign`."""

    @wraps(view)
    def taken(**arguments: Any) -> Any:
        try:
            if not had_effect():
                return view(**arguments)
        except Conflict:
            if not had_effect():
                raise
        flash("这份表单已经提交过，没有重复登记。")
        if "task_id" in arguments:
            return redirect(url_for("tasks.task", task_id=arguments["task_id"]))
        if request.blueprint in _BACK:
            endpoint, argument = _BACK[request.blueprint]
            return redirect(url_for(endpoint, **{argument: arguments[argument]}))
        estate_id = arguments.get("estate_id")
        if request.blueprint == "admin":
            return redirect(url_for("admin.users"))
        return redirect(url_for("estates.estate", estate_id=estate_id) if estate_id else url_for("estates.listed"))

    return taken


def sign(work: UnitOfWork) -> None:
    """In the commit, leave a receipt for the form of this request; a second one is a Conflict."""
    if _receipt():
        work.sign(_receipt())


def had_effect() -> bool:
    """Whether the form of this request was taken before."""
    with work() as unit:
        return bool(_receipt()) and unit.has_receipt(_receipt())


def _receipt() -> str:
    given = request.form.get("once", "")[:60]
    return f"form:{member().id}:{given}" if given else ""


def token() -> str:
    """The token that the browser sent, empty when it sent none."""
    return request.cookies.get(here().cookie, "")


def _member(*, used: bool) -> Member | None:
    if not token():
        return None
    with here().store.work("", here().now()) as unit:
        return accounts.signed_in(unit, token(), used=used)


def here_again() -> str:
    """The address to come back to: this page, with what it was asked, unless it was a form that was sent."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


@pages.get("/sign-in")
def sign_in() -> Any:
    """The form."""
    return render_template("sign_in.html", next=inside(request.args.get("next", "")), login="", problems=())


@pages.post("/sign-in")
def begin() -> Any:
    """Sign in, and go where one was."""
    login, then = request.form.get("login", "").strip(), inside(request.form.get("next", ""))
    try:
        made = accounts.sign_in(here().store, login, request.form.get("password", ""), here().now(), _device())
    except InvalidAnswers as error:
        return render_template("sign_in.html", next=then, login=login, problems=error.problems), 422
    onward = url_for("access.second_step", next=then) if made.pending else then or url_for("tasks.inbox")
    answer = redirect(onward)
    _keep(answer, made.token)
    return answer


@pages.get("/sign-in/code")
def second_step() -> Any:
    """The form for the code of a sign-in that waits for it."""
    with here().store.work("", here().now()) as unit:
        if not token() or second_factor.waiting(unit, token()) is None:
            return redirect(url_for("access.sign_in"))
    return render_template("sign_in_code.html", next=inside(request.args.get("next", "")), problems=())


@pages.post("/sign-in/code")
def finish() -> Any:
    """Finish a sign-in with its code."""
    then, code, at = inside(request.form.get("next", "")), request.form.get("code", ""), here()
    try:
        made = second_factor.finish(at.store, at.web_key, token(), code, at.now(), _device())
    except InvalidAnswers as error:
        return render_template("sign_in_code.html", next=then, problems=error.problems), 422
    except NotFound:
        flash("登录已超时，请重新登录。")
        return redirect(url_for("access.sign_in"))
    answer = redirect(then or url_for("tasks.inbox"))
    _keep(answer, made.token)
    return answer


#: By what a browser calls itself in a header, and how it reads; the first that fits.
_BROWSERS = {"MicroMessenger": "微信", "Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {"Android": "安卓", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac": "Mac", "Linux": "Linux"}


def _device() -> str:
    """What browser asks, in words."""
    agent = request.headers.get("User-Agent", "")
    named = [next((word for sign, word in known.items() if sign in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, named)) or "未知设备"


@pages.post("/sign-out")
def end() -> Any:
    """End the session in the database, so that a copied cookie is worth nothing."""
    if token():
        with here().store.work("", here().now()) as unit:
            accounts.sign_out(unit, token())
    answer = redirect(url_for("access.sign_in"))
    answer.delete_cookie(here().cookie, path="/", secure=here().secure)
    answer.headers["Clear-Site-Data"] = '"storage"'
    session.pop("sought", None)
    return answer


def _keep(answer: Response, made: str) -> None:
    answer.set_cookie(here().cookie, made, secure=here().secure, httponly=True, samesite="Lax", path="/")


def inside(address: str) -> str:
    """The address when it stays within the application, else nothing (ASVS 3.7.2)."""
    return address if _INSIDE.fullmatch(address) else ""


def _unread() -> int:
    with work() as unit:
        return alerts.unread(unit, member())


def shown_everywhere() -> dict[str, Any]:
    """What the shell of every page shows, and what tells one form from the next."""
    found: Member | None = g.get("member")
    return {
        "member": found,
        "once": lambda: secrets.token_urlsafe(16),
        "unread": _unread,
        "may_enter": bool(found and found.roles.intersection(desk.ENTERING)),
        "may_administer": bool(found and accounts.ADMINISTRATOR in found.roles),
        "may_shape": bool(found and found.roles & {templating.ADVISER, accounts.ADMINISTRATOR}),
        "may_examine": bool(found and examining.ADVISER in found.roles),
        "may_export": bool(found and found.roles & exporting.EXPORTING),
        "may_reassign": bool(found and found.roles & staffing.REASSIGNING),
    }
