"""Whether a canvass can be believed 走访抽查: days that ask for a question, and households that are called back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, Problem
from engine.rules import call_back_sample, honesty
from engine.store import canvass_checks as kept
from engine.use_cases import call_backs, canvass_checks, confirmed, gauging
from engine.use_cases.canvassing import Canvass
from web import access
from web.canvass import canvass_of

pages = Blueprint("canvass_checks", __name__)
_UNDER = "/estates/<key:estate_id>/canvass/checks"


@pages.get(_UNDER)
@access.signed_in
def checks(estate_id: int) -> Any:
    """Days that ask for a question, the sample, and the households to be called back."""
    return _checks(estate_id)


def _checks(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        canvass = canvass_of(work, estate_id)
        canvass_checks.see(canvass)
        round = canvass.round
        ready = bool(canvass.roster_version)
        page = render_template(
            "canvass_checks.html", canvass=canvass, estate=canvass.estate, not_a_vote=gauging.NOT_A_VOTE, ready=ready,
            asked=canvass_checks.asked(canvass) if ready else [], words=honesty.WORDS, round=round,
            decisions=canvass_checks.DECISIONS, samples=confirmed.drawn(work, estate_id, round, canvass.dossier.pack),
            calls=kept.calls(work, estate_id, round), heard=call_back_sample.WORDS, problems=problems,
            given=request.form, pack=canvass.dossier.pack,
        )  # fmt: skip
    return page, 422 if problems else 200


@pages.post(_UNDER)
@access.signed_in
@access.once
def act(estate_id: int) -> Any:
    """Decide on a day, settle a sample, draw it, or say what a household said."""
    form = request.form
    acts: Mapping[str, Callable[[Canvass], str]] = {
        "decide": lambda canvass: _decided(canvass),
        "plan": lambda canvass: f"要抽 {call_backs.plan(canvass)} 户；种子已记入流转记录，现在可以抽。",
        "draw": lambda canvass: f"已抽出 {call_backs.draw(canvass)} 户，请由没有走访过这一户的人回访。",
        "hear": lambda canvass: _heard(canvass),
    }
    do = form.get("do", "")
    try:
        with access.work() as work:
            canvass = canvass_of(work, estate_id)
            canvass_checks.see(canvass)
            if do not in acts:
                abort(422)
            access.sign(work)
            said = acts[do](canvass)
    except InvalidAnswers as error:
        return _checks(estate_id, error.problems)
    flash(said)
    return redirect(url_for("canvass_checks.checks", estate_id=estate_id))


def _decided(canvass: Canvass) -> str:
    form = request.form
    person, on = form.get("person", ""), form.get("on", "")
    called = canvass_checks.decide(canvass, person, on, form.get("decision", ""), form.get("reason", ""))
    return f"{on} {person}的走访：" + (f"要回访 {called} 户，列在下面。" if called else "已记下问清楚了。")


def _heard(canvass: Canvass) -> str:
    form = request.form
    one = call_backs.hear(canvass, form.get("call", 0, int), form.get("heard", ""), form.get("note", ""))
    return f"{one.unit_no}：已登记回访。"
