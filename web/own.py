"""My own account 我的: password, sessions, second factor."""

from collections.abc import Sequence
from typing import Any

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from engine.errors import InvalidAnswers, Problem
from engine.use_cases import own_account, second_factor
from web import access

pages = Blueprint("own", __name__, url_prefix="/me")


@pages.get("")
@access.signed_in
def page() -> Any:
    """The account and its sessions."""
    return _page()


@pages.get("/password")
@access.signed_in_anyhow
def password() -> Any:
    """The form for another password: the one page that a one-time password opens."""
    return render_template("own_password.html", problems=(), wrong={})


@pages.post("/password")
@access.signed_in_anyhow
def change_password() -> Any:
    """Change the password."""
    here, given = access.here(), request.form
    typed = (given.get("given", ""), given.get("wanted", ""), given.get("again", ""))
    try:
        own_account.change_password(here.store, access.member(), access.token(), *typed, here.now())
    except InvalidAnswers as error:
        wrong = {problem.field: problem.message for problem in error.problems}
        return render_template("own_password.html", problems=error.problems, wrong=wrong), 422
    flash("密码已变更；其他地方的登录都已退出。")
    return redirect(url_for("own.page"))


@pages.post("/next-task")
@access.signed_in
def open_next() -> Any:
    """Switch on or off that the next task opens by itself when one was submitted."""
    wanted = bool(request.form.get("on"))
    with access.work() as work:
        own_account.open_next(work, access.member(), on=wanted)
    flash("提交后会自动打开下一条待办。" if wanted else "提交后留在原来的页面，告诉您接下来由谁办。")
    return redirect(url_for("own.page"))


@pages.post("/sessions")
@access.signed_in
def end_session() -> Any:
    """End another session."""
    with access.work() as work:
        own_account.end_sitting(work, access.member(), access.token(), request.form.get("mark", ""))
    flash("已退出那里的登录。")
    return redirect(url_for("own.page"))


@pages.get("/second-factor")
@access.signed_in
def factor() -> Any:
    """Where the second factor is switched on and off."""
    return _factor()


@pages.post("/second-factor")
@access.signed_in
def change_factor() -> Any:
    """Propose a secret, confirm it, give new recovery codes, or ask for no more codes."""
    here, what, given = access.here(), request.form.get("do", ""), request.form.get("password", "")
    try:
        if what == "confirm":
            code = request.form.get("code", "")
            return _factor(codes=second_factor.confirm(here.store, here.web_key, access.member(), code, here.now()))
        if what == "codes":
            return _factor(codes=second_factor.renew_codes(here.store, access.member(), given, here.now()))
        if what == "drop":
            second_factor.drop(here.store, access.member(), given, here.now())
            flash("两步验证已停用。")
        else:
            with access.work() as work:
                second_factor.propose(work, access.member())
    except InvalidAnswers as error:
        return _factor(error.problems), 422
    return redirect(url_for("own.factor"))


def _page() -> Any:
    with access.work() as work:
        own = own_account.page(work, access.member(), access.token())
    return render_template("own.html", own=own)


def _factor(problems: Sequence[Problem] = (), codes: Sequence[str] = ()) -> Any:
    with access.work() as work:
        own = own_account.page(work, access.member(), access.token())
    enrolment = second_factor.proposed(own.account, access.here().web_key)
    wrong = {problem.field: problem.message for problem in problems}
    picture = _picture(enrolment.address) if enrolment else ""
    return render_template(
        "own_factor.html", own=own, enrolment=enrolment, picture=picture, problems=problems, wrong=wrong, codes=codes
    )


def _picture(address: str) -> Markup:
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff")
    return Markup(drawn)  # noqa: S704 - drawn by the library from squares alone
