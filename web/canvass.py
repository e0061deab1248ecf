"""The canvass 走访: my doors, the grid of a building, one door in three taps and the next, and who leads it."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup

from engine.errors import InvalidAnswers, Problem
from engine.rules import canvass as rules
from engine.rules import doors
from engine.rules.doors import Result
from engine.store.doors import Kept
from engine.use_cases import canvass_grid, canvass_team, canvassing, gauging, visit_photos, visiting
from engine.use_cases.canvassing import Canvass
from engine.use_cases.visiting import Told
from web import access

pages = Blueprint("canvass", __name__)
UNDER = "/estates/<key:estate_id>/canvass"
#: The grid of every building at once.
EVERY = "全部"
#: So many concerns are shown before one asks for more (screens §5.3).
CHIPS = 5
_SEPARATED = re.compile(r"[\s,，、;；]+")
ATTITUDES = {
    "STRONG_SUPPORT": "坚决支持", "SUPPORT": "支持", "NEUTRAL": "犹豫", "OPPOSE": "反对", "STRONG_OPPOSE": "坚决反对",
    "NOT_MET": "无人", "": "见到人，没有表态",
}  # fmt: skip


def canvass_of(work: Any, estate_id: int) -> Canvass:
    return canvassing.canvass_of(work, access.here().library, access.member(), estate_id)


def shared(canvass: Canvass) -> dict[str, Any]:
    """What every page of a canvass shows."""
    return {
        "canvass": canvass, "estate": canvass.estate, "not_a_vote": gauging.NOT_A_VOTE,
        "words": doors.WORDS, "signs": doors.SIGNS, "results": list(Result),
    }  # fmt: skip


@pages.get(UNDER)
@access.signed_in
def home(estate_id: int) -> Any:
    """My doors today, how far everybody is, and the buildings."""
    with access.work() as work:
        canvass = canvass_of(work, estate_id)
        ready = bool(canvass.roster_version)
        mine = canvass.mine if ready else []
        within = canvassing.NEED if request.args.get("order") == "need" else ""
        first = canvassing.first_door(canvass, within) if ready and not canvass.locked else None
        need = canvassing.needed(canvass) if ready and within else []
        return render_template(
            "canvass.html", **shared(canvass), ready=ready, mine=mine, first=first, filters=canvass_grid.FILTERS,
            own=canvass.progress(mine), everybody=canvass.progress(canvass.layout.order) if ready else (0, 0),
            wanted=need or [unit for unit in mine if unit in canvass.wanted(mine)], within=within,
            buildings=[(name, canvass.progress(canvass.of_building(name))) for name in canvass.layout.buildings]
            if ready and canvass.sees else [],
        )  # fmt: skip


@pages.get(f"{UNDER}/grid")
@access.signed_in
def grid(estate_id: int) -> Any:
    """The grid of a building, or of all of them."""
    return _grid(estate_id)


def _grid(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    asked, show = request.args.get("building", ""), request.args.get("show", "")
    with access.work() as work:
        canvass = canvass_of(work, estate_id)
        names = canvass.layout.buildings if canvass.roster_version else []
        name = asked or (names[0] if names else EVERY)
        pick = bool(request.args.get("pick")) or bool(problems)
        page = render_template(
            "canvass_grid.html", **shared(canvass), names=names, name=name, show=show, every=EVERY, pick=pick,
            filters=canvass_grid.FILTERS, problems=problems, person=request.form.get("person", ""),
            doors=_doors(canvass, names if name == EVERY else [name], show, pick),
            people=canvass_team.people(canvass) if pick else [],
        )  # fmt: skip
    return page, 422 if problems else 200


def _doors(canvass: Canvass, names: Sequence[str], show: str, pick: bool) -> Markup:
    """The doors of these buildings as they are shown, until the estate's next event, as many look at the same ones."""

    def drawn() -> Markup:
        shown = [canvass_grid.building(canvass, one, show) for one in names] if canvass.roster_version else []
        picked = set(request.form.getlist("units"))
        # the template escapes what it is given
        return Markup(render_template("_canvass_doors.html", shown=shown, pick=pick, picked=picked))  # noqa: S704

    if pick:
        return drawn()
    whose = "" if canvass.sees else canvass.member.name
    key = f"grid {canvass.roster_version} {canvass.dossier.today} {whose} {show} {' '.join(names)}"
    found: Markup = gauging.once(canvass.dossier, key, drawn)
    return found


@pages.post(f"{UNDER}/grid")
@access.signed_in
@access.once
def many(estate_id: int) -> Any:
    """Nobody home at several doors, or several doors for somebody."""
    units = request.form.getlist("units")
    try:
        with access.work() as work:
            canvass = canvass_of(work, estate_id)
            access.sign(work)
            if request.form.get("do") == "give":
                said = f"已分派 {canvass_team.give(canvass, units, request.form.get('person', ''))} 户。"
            else:
                done, refused = visiting.nobody_home(canvass, units)
                said = f"已登记 {done} 户无人在家。"
                said += f"{'、'.join(refused)} 已拒访，没有登记。" if refused else ""
    except InvalidAnswers as error:
        return _grid(estate_id, error.problems)
    flash(said)
    return redirect(url_for("canvass.grid", estate_id=estate_id, building=request.args.get("building")))


@pages.get(f"{UNDER}/d/<key:unit_id>")
@access.signed_in
def door(estate_id: int, unit_id: int) -> Any:
    """One door."""
    return _door(estate_id, unit_id)


def _door(
    estate_id: int, unit_id: int, problems: Sequence[Problem] = (), number: str = "", clash: Told | None = None
) -> Any:
    with access.work() as work:
        canvass = canvass_of(work, estate_id)
        found = canvassing.door_page(canvass, unit_id)
        fixed = next((one for one in found.visits if one.key and one.key == request.args.get("fix")), None)
        last = _last_of(canvass, request.args.get("was", ""))
        page = render_template(
            "canvass_door.html", **shared(canvass), page=found, problems=problems, number=number, clash=clash,
            given=_typed(fixed, canvass), fixed=fixed, within=request.args.get("within", ""), last=last,
            concerns=rules.CONCERNS, chips=CHIPS, days=_days(canvass.dossier.today), attitudes=ATTITUDES,
            new_key=uuid.uuid4, people=sorted({access.member().name, *canvass.dossier.work.people(estate_id).values()}),
            most=visit_photos.MOST, taken=len(found.photos.get(request.form.get("key", ""), ())),
        )  # fmt: skip
    return page, 409 if clash else 422 if problems else 200


def _last_of(canvass: Canvass, was: str) -> tuple[int, Kept] | None:
    """The visit that the member has just recorded at another door, to be taken back."""
    if not was.isdecimal() or len(was) > 9:
        return None
    found = canvassing.latest_visit(canvass, int(was))
    return (int(was), found) if found else None


def _days(today: date) -> list[tuple[str, str]]:
    """The days for which one may agree: tonight, tomorrow, the weekend."""
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 or 7)
    return [
        ("今晚", today.isoformat()),
        ("明天", (today + timedelta(days=1)).isoformat()),
        ("周末", saturday.isoformat()),
    ]


def _typed(fixed: Kept | None, canvass: Canvass) -> Mapping[str, Any]:
    """What the form holds: what was typed, else the visit that is corrected, else nothing."""
    if request.method == "POST":
        return {**request.form, "concerns": request.form.getlist("concerns")}
    if fixed is None:
        return {"visitors": canvass.member.name, "concerns": []}
    return visiting.typed(canvass, fixed)


@pages.post(f"{UNDER}/d/<key:unit_id>")
@access.signed_in
def act(estate_id: int, unit_id: int) -> Any:
    """Record a visit, correct or take back one, dial, or open a door again that refused."""
    do, told, number = request.form.get("do", ""), None, ""
    try:
        if do == "record":
            _keep_photos(estate_id, unit_id)
        with access.work() as work:
            canvass = canvass_of(work, estate_id)
            unit_no = canvassing.unit_of(canvass, unit_id)
            if do == "record":
                told = visiting.record(canvass, unit_no, _given())
            elif do == "withdraw":
                visiting.withdraw(canvass, request.form.get("key", ""), request.form.get("revision", 0, int))
            elif do == "dial":
                number = canvassing.dial(canvass, unit_id)
            elif do == "reopen":
                canvass_team.reopen(canvass, unit_no, request.form.get("why", ""))
            else:
                canvassing.permitted(canvass, [unit_no])
                abort(422)
    except InvalidAnswers as error:
        return _door(estate_id, unit_id, error.problems)
    if told and told.state == visiting.CONFLICT:
        return _door(estate_id, unit_id, clash=told)
    if do == "dial":
        return _door(estate_id, unit_id, number=number)
    if told:
        within = request.form.get("within", "")
        return redirect(url_for("canvass.onward", estate_id=estate_id, after=unit_id, within=within or None))
    flash({"withdraw": f"{unit_no} 的这次走访已撤回。", "reopen": f"{unit_no} 已重新开放，可以再上门。"}[do])
    return redirect(url_for("canvass.door", estate_id=estate_id, unit_id=unit_id))


def _keep_photos(estate_id: int, unit_id: int) -> None:
    """Keep the photos of a form before its visit is read: a form that is refused does not bring them a second time."""
    sent = [file.read() for file in request.files.getlist("photo") if file.filename]
    if sent:
        with access.work() as work:
            canvass = canvass_of(work, estate_id)
            unit_no = canvassing.unit_of(canvass, unit_id)
            visit_photos.keep_all(canvass, unit_no, request.form.get("key", ""), sent)


def _given() -> dict[str, str]:
    """The form of a visit as it is read: of a day there may be a chip or a date."""
    form = request.form
    again = form.get("again", "")
    return {
        **form.to_dict(),
        "concerns": " ".join(form.getlist("concerns")),
        "follow_up": form.get("follow_up", "") if again in ("", "other") else again,
    }


@pages.get(f"{UNDER}/next")
@access.signed_in
def onward(estate_id: int) -> Any:
    """The next door at which to knock, else the grid: everything is done."""
    after, within = request.args.get("after", 0, int), request.args.get("within", "")
    with access.work() as work:
        canvass = canvass_of(work, estate_id)
        here = canvassing.unit_of(canvass, after)
        found = canvassing.next_door(canvass, here, within)
        to = canvass.layout.ids[found] if found else 0
        building = canvass.layout.places[here].building if here in canvass.layout.places else None
    if to:
        return redirect(url_for("canvass.door", estate_id=estate_id, unit_id=to, was=after, within=within or None))
    flash(f"{here} 已登记。今天没有要走的门了。")
    if canvass.sees:
        return redirect(url_for("canvass.grid", estate_id=estate_id, building=building))
    return redirect(url_for("canvass.home", estate_id=estate_id))


@pages.get(f"{UNDER}/team")
@access.signed_in
def team(estate_id: int) -> Any:
    """Results by building, and who does what."""
    return _team(estate_id)


def _team(estate_id: int, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        canvass = canvass_of(work, estate_id)
        found = canvass_team.team(canvass) if canvass.roster_version else None
        page = render_template(
            "canvass_team.html", **shared(canvass), team=found, columns=canvass_team.COLUMNS, problems=problems,
            given=request.form, chosen=request.form.getlist("packet"),
        )  # fmt: skip
    return page, 422 if problems else 200


@pages.post(f"{UNDER}/team")
@access.signed_in
@access.once
def assign(estate_id: int) -> Any:
    """Give packets of doors, or single ones, to somebody."""
    try:
        with access.work() as work:
            canvass = canvass_of(work, estate_id)
            access.sign(work)
            units = [one for one in _SEPARATED.split(request.form.get("units", "")) if one]
            units += canvass_team.units_of(canvass, request.form.getlist("packet"))
            done = canvass_team.give(canvass, units, request.form.get("person", ""))
    except InvalidAnswers as error:
        return _team(estate_id, error.problems)
    flash(f"已把 {done} 户分给{request.form.get('person') or '大家（不指定）'}。")
    return redirect(url_for("canvass.team", estate_id=estate_id))
