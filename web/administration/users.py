"""Accounts: the list, one account with its roles, and the leaver's handover."""

import re
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import managing
from engine.use_cases.accounts import ROLES
from engine.use_cases.managing import Handed
from web import access, sought
from web.administration import pages
from web.administration.parts import last_page, show
from web.forms import whole
from web.tasks import asked_page

_ROLES = [(role, role) for role in ROLES]
_CHOSEN = re.compile(r"to\.(\d{1,9})\.(.{1,40})")


@pages.get("")
@access.signed_in
def users() -> Any:
    """A page of the accounts."""
    (seek, words), page = sought.asked(), asked_page()
    with access.work() as work:
        found, total = managing.users(work, access.member(), page, words)
        paths = managing.places(work, access.member())
    return show(
        "users.html", "admin.users",
        users=found, total=total, page=page, last=last_page(total), words=words, seek=seek, paths=paths,
    )  # fmt: skip


@pages.post("")
@access.signed_in
def seek() -> Any:
    """Keep a name that is looked for, and show whom it finds under an address without it."""
    managing.part(access.member())
    words = request.form.get("q", "").strip()
    return redirect(url_for("admin.users", seek=sought.keep(words) if words else None))


@pages.get("/users/new")
@access.signed_in
def new_user() -> Any:
    """The form for another account."""
    return _new({}, ())


@pages.post("/users/new")
@access.signed_in
@access.once
def add_user() -> Any:
    """Add an account, and show its one-time password once."""
    given = request.form
    node, name = whole(given.get("node", ""), 0), given.get("name", "")
    try:
        with access.work() as work:
            access.sign(work)
            password = managing.add(
                work, access.member(), given.get("login", "").strip(), name, node, given.get("role", "")
            )
    except InvalidAnswers as error:
        return _new(given, error.problems), 422
    return _password(name.strip(), given["login"].strip(), password)


@pages.get("/users/<key:account_id>")
@access.signed_in
def user(account_id: int) -> Any:
    """One account."""
    return _user(account_id)


@pages.post("/users/<key:account_id>")
@access.signed_in
@access.once
def change_user(account_id: int) -> Any:
    """Give or take a role, close or open the account, or renew what somebody signs in with."""
    what = request.form.get("do", "")
    if what == "password":
        return _renew(account_id)
    try:
        with access.work() as work:
            access.sign(work)
            _change(work, account_id, what)
    except InvalidAnswers as error:
        page = _leave if what == "disable" else _user
        return page(account_id, error.problems), 422
    flash("已变更，并记入变更记录。")
    return redirect(url_for("admin.user", account_id=account_id))


def _change(work: UnitOfWork, account_id: int, what: str) -> None:
    member, given = access.member(), request.form
    match what:
        case "take":
            managing.take_role(work, member, account_id, whole(given.get("node", ""), 0), given.get("role", ""))
        case "factor":
            managing.reset_second_factor(work, member, account_id)
        case "enable":
            managing.enable(work, member, account_id)
        case "disable":
            managing.disable(work, member, account_id, given.get("reason", ""))
        case _:
            managing.give_role(work, member, account_id, whole(given.get("node", ""), 0), given.get("role", ""))


def _renew(account_id: int) -> Any:
    """Another one-time password: whoever asks twice is shown the second one, which counts."""
    with access.work() as work:
        shown = managing.user(work, access.member(), account_id).account
        password = managing.renew_password(work, access.member(), account_id)
    return _password(shown.name, shown.login, password)


@pages.get("/users/<key:account_id>/leave")
@access.signed_in
def leave(account_id: int) -> Any:
    """What somebody who leaves has to hand over."""
    return _leave(account_id)


@pages.post("/users/<key:account_id>/leave")
@access.signed_in
def hand_over(account_id: int) -> Any:
    """Hand lanes over, each by itself, and say of each what became of it."""
    found = ((_CHOSEN.fullmatch(name), to) for name, to in request.form.items())
    chosen = {(int(match[1]), match[2]): to for match, to in found if match}
    here, reason = access.here(), request.form.get("reason", "")
    try:
        handed = managing.hand_over(here.store, access.member(), account_id, chosen, reason, here.now())
    except InvalidAnswers as error:
        return _leave(account_id, error.problems), 422
    return _leave(account_id, handed=handed)


def _new(given: Any, problems: Sequence[Problem]) -> Any:
    with access.work() as work:
        places = managing.places(work, access.member())
    return show("new_user.html", "admin.users", problems, given=given, places=places, roles=_ROLES)


def _password(name: str, login: str, password: str) -> Any:
    days = managing.ONE_TIME.days
    return show("password.html", "admin.users", name=name, login=login, password=password, days=days)


def _user(account_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        shown = managing.user(work, access.member(), account_id)
        places = managing.places(work, access.member())
    return show(
        "user.html", "admin.users", problems, shown=shown, places=places, roles=_ROLES, given=request.form
    )  # fmt: skip


def _leave(account_id: int, problems: Sequence[Problem] = (), handed: Sequence[Handed] = ()) -> Any:
    with access.work() as work:
        shown = managing.user(work, access.member(), account_id)
        offered = managing.candidates(work, shown)
    everybody = sorted({name for names in offered.values() for name in names})
    return show(
        "leave.html", "admin.users", problems,
        shown=shown, offered=offered, everybody=everybody, handed=handed, given=request.form,
    )  # fmt: skip
