"""Photos 照片: sent in parts by a script, shown as copies without a position, the original only for a reason."""

from io import BytesIO
from typing import Any

from flask import Blueprint, jsonify, make_response, render_template, request, send_file, url_for

from engine.errors import InvalidAnswers
from engine.store.photos import Photo
from engine.use_cases import desk, photos
from engine.use_cases.photos import Sent
from web import access, forms

pages = Blueprint("photos", __name__)
#: A copy is kept by the one browser and asked for again each time, so that it goes with the right to see it.
PRIVATE = "private, no-cache"


@pages.post("/tasks/<key:task_id>/photos")
@access.signed_in
def begin(task_id: int) -> Any:
    """Begin to send a photo, or learn how far it came."""
    try:
        with access.work() as work:
            key = request.form.get("key", "")
            sent = photos.begin(work, access.here().library, access.member(), task_id, key, request.form)
    except InvalidAnswers as error:
        return jsonify(refused=error.problems[0].message), 422
    return _told(sent)


@pages.post("/tasks/<key:task_id>/photos/<upload>")
@access.signed_in
def add(task_id: int, upload: str) -> Any:
    """Add the part that begins at byte ``at``."""
    if (request.content_length or 0) > photos.PART:
        return jsonify(refused="一次传的内容太多；请刷新页面后重试。"), 413
    at = forms.whole(request.args.get("at", ""), 0)
    with access.work() as work:
        sent = photos.add(work, access.member(), task_id, upload, at, request.get_data(cache=False))
    return _told(sent)


def _told(sent: Sent) -> Any:
    if sent.refused:
        return jsonify(refused=sent.refused), 422
    if sent.photo is None:
        return jsonify(received=sent.received)
    return jsonify(received=sent.received, sha256=sent.photo.sha256, tile=_tile(sent.photo))


def _tile(photo: Photo) -> str:
    return render_template("photo_tile.html", photo=photo, name=photo.field)


@pages.get("/photos/<key:photo_id>")
@access.signed_in
def photo(photo_id: int) -> Any:
    """A photo with what is known of it."""
    return _photo(photo_id)


@pages.get("/photos/<key:photo_id>/<any(screen, small):size>")
@access.signed_in
def copy(photo_id: int, size: str) -> Any:
    """A copy, upright and without a position."""
    with access.work() as work:
        content = photos.copy(work, access.member(), photo_id, size)
    answer = make_response(content)
    answer.mimetype = "image/jpeg"
    answer.headers["Cache-Control"] = PRIVATE
    answer.add_etag()
    return answer.make_conditional(request)


@pages.post("/photos/<key:photo_id>/original")
@access.signed_in
def original(photo_id: int) -> Any:
    """The original as a file to keep, never shown in the page: nobody has drawn it anew."""
    try:
        with access.work() as work:
            found, content = photos.original(work, access.member(), photo_id, request.form.get("reason", ""))
    except InvalidAnswers as error:
        return _photo(photo_id, error), 422
    name = f"{found.id}-{found.name}" if found.name else f"{found.id}"
    answer = make_response(
        send_file(BytesIO(content), "application/octet-stream", as_attachment=True, download_name=name)
    )
    answer.headers["Content-Security-Policy"] = "sandbox"
    return answer


def _photo(photo_id: int, wrong: InvalidAnswers | None = None) -> Any:
    with access.work() as work:
        found = photos.one(work, access.member(), photo_id)
        task = desk.task(work, access.member(), found.task_id)
    return render_template(
        "photo.html",
        photo=found,
        task=task,
        whole=photos.may_see_original(access.member(), found),
        problems=[("reason", problem) for problem in wrong.problems] if wrong else (),
        address=url_for("photos.copy", photo_id=photo_id, size="screen"),
    )
