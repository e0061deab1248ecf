"""How pages read in one browser: large type 适老, and what a printed page says of itself."""

import io
from typing import Any

import segno
from flask import Blueprint, Response, redirect, request, url_for

from web import access, say

pages = Blueprint("comfort", __name__)
_LONGEST = 600
_YEAR = 365 * 24 * 3600


@pages.post("/large-type")
def large_type() -> Any:
    """Change between large and usual type, and come back."""
    answer = redirect(access.inside(request.form.get("next", "")) or url_for("tasks.inbox"))
    if large():
        answer.delete_cookie(_cookie(), path="/", secure=access.here().secure)
    else:
        secure = access.here().secure
        answer.set_cookie(_cookie(), "1", max_age=_YEAR, secure=secure, httponly=True, samesite="Lax", path="/")
    return answer


def _cookie() -> str:
    return access.cookie_named("daoru-large", secure=access.here().secure)


@pages.get("/code.svg")
@access.signed_in
def code() -> Any:
    """A QR code of one of our addresses, for paper; its picture does not change."""
    to = access.inside(request.args.get("to", "")[:_LONGEST])
    drawn = segno.make(request.host_url.rstrip("/") + (to or url_for("tasks.inbox")), error="m", micro=False)
    written = io.BytesIO()
    drawn.save(written, kind="svg", border=0, dark="#000", light="#fff", omitsize=True)
    answer = Response(written.getvalue(), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


def shown_everywhere() -> dict[str, Any]:
    """What the shell of every page asks."""
    return {
        "large": large(),
        "here_again": access.here_again,
        "printed_at": lambda: say.moment(access.here().now().isoformat()),
    }


def large() -> bool:
    """Whether this browser asked for large type."""
    return request.cookies.get(_cookie()) == "1"
