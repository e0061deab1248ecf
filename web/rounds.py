"""The canvass without a network 带走名单: a page that goes on, the packet it takes along, and what it sends later."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify, make_response, render_template, request

from engine.errors import InvalidAnswers, NotFound, NotPermitted
from engine.rules import canvass as rules
from engine.use_cases import canvassing, hands, visit_photos, visiting
from engine.use_cases.visiting import Told
from web import access, canvass
from web.photos import PRIVATE

pages = Blueprint("rounds", __name__)
_UNDER = canvass.UNDER


@pages.get(f"{_UNDER}/round")
@access.signed_in
def page(estate_id: int) -> Any:
    """The page that goes on without a network; what it shows of doors comes from the packet alone."""
    with access.work() as work:
        at = canvass.canvass_of(work, estate_id)
        return render_template(
            "canvass_round.html", **canvass.shared(at), concerns=rules.CONCERNS, most=visit_photos.MOST,
            people=sorted({access.member().name, *at.dossier.work.people(estate_id).values()}),
        )  # fmt: skip


@pages.get(f"{_UNDER}/packet")
@access.still_signed_in
def packet(estate_id: int) -> Any:
    """My doors, to be taken along, and what time it is here."""
    with access.work() as work:
        at = canvass.canvass_of(work, estate_id)
        taken = work.now.astimezone(hands.ZONE)
        return jsonify(taken=f"{taken:%m-%d %H:%M}", now=taken.isoformat(), doors=canvassing.packet(at))


@pages.post(f"{_UNDER}/visits")
@access.signed_in
def visit(estate_id: int) -> Any:
    """A visit that a phone recorded, perhaps long ago and perhaps sent before; says what became of it."""
    unit_no = request.form.get("unit_no", "")

    def record(at: canvassing.Canvass) -> Any:
        told = visiting.record(at, unit_no, request.form.to_dict())
        return jsonify(state=told.state, revision=told.revision, said=_told(told), flag=told.flag)

    return _answered(estate_id, record)


@pages.post(f"{_UNDER}/photos")
@access.signed_in
def photo(estate_id: int) -> Any:
    """A photo of a visit, perhaps sent before."""
    form, file = request.form, request.files.get("photo")

    def keep(at: canvassing.Canvass) -> Any:
        content = file.read() if file else b""
        new = visit_photos.keep(at, form.get("unit_no", ""), form.get("visit", ""), form.get("key", ""), content)
        return jsonify(kept=True, new=new)

    return _answered(estate_id, keep)


def _answered(estate_id: int, do: Callable[[canvassing.Canvass], Any]) -> Any:
    """What a phone is answered, which shows it beside what it sent."""
    try:
        with access.work() as work:
            return do(canvass.canvass_of(work, estate_id))
    except InvalidAnswers as error:
        return jsonify(refused="；".join(one.message for one in error.problems)), 422
    except NotFound as error:
        return jsonify(refused=str(error)), 404
    except NotPermitted as error:
        return jsonify(refused=str(error)), 403


def _told(told: Told) -> str:
    if told.state != visiting.CONFLICT:
        return ""
    if told.visit is None:
        return "这次走访已被撤回，您改的没有写上去，留在更正记录里。"
    said = "拒访" if told.visit.refused else canvass.ATTITUDES[told.visit.attitude]
    note = f"，{told.visit.note}" if told.visit.note else ""
    return f"另一部手机先改了：{told.visit.on} {told.visit.time} {said}{note}。您的也留着，请选用哪个。"


@pages.get(f"{_UNDER}/d/<key:unit_id>/photos/<key:photo_id>/<any(screen, small):size>")
@access.signed_in
def copy(estate_id: int, unit_id: int, photo_id: int, size: str) -> Any:
    """A copy of a photo of a visit, upright and without a position."""
    with access.work() as work:
        content = visit_photos.copy(canvass.canvass_of(work, estate_id), unit_id, photo_id, size)
    answer = make_response(content)
    answer.mimetype = "image/jpeg"
    answer.headers["Cache-Control"] = PRIVATE
    answer.add_etag()
    return answer.make_conditional(request)
