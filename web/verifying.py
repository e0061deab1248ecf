"""The public page of a document, behind the code on its paper: no sign-in, no session, nobody's data, nothing kept."""

import hashlib
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from engine.errors import InvalidAnswers, NotFound
from engine.use_cases import ballot_receipts, verifying
from web import access, bounds

pages = Blueprint("verifying", __name__, url_prefix="/v")


def _bounded(view: access.View) -> access.View:
    """Answer only so often, and tell an unknown code as one that was never a code."""

    @wraps(view)
    def asked(**arguments: Any) -> Any:
        with access.here().store.work("", access.here().now()) as work:
            may_ask = verifying.may_ask(work, asker())
        if not may_ask:
            return _page("查询太频繁，这一次没有查。请过一分钟再试。", 429)
        try:
            return view(**arguments)
        except NotFound as error:
            return _page(str(error), 404)

    return asked


def asker() -> str:
    """The network address that asks: behind a proxy of this machine the one it names, of IPv6 the subscriber's part."""
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        near = ip_address(request.remote_addr or "")
        asker = ip_address(told) if near.is_loopback and told else near
    except ValueError:
        return "unknown"
    return str(ip_network((asker, 64), strict=False)) if isinstance(asker, IPv6Address) else str(asker)


@pages.get("")
@_bounded
def ask() -> Any:
    """The form for a code that was read or typed."""
    if code := verifying.written(request.args.get("code", "").rpartition("/")[2].partition("#")[0]):
        return redirect(url_for("verifying.document", token=code))
    return render_template("verify.html")


@pages.get("/<path:token>")
@_bounded
def document(token: str) -> Any:
    """What the document is and whether it still stands."""
    return render_template("verify.html", verified=_verified(token))


@pages.post("/<path:token>")
@_bounded
def compare(token: str) -> Any:
    """Whether a file is a version of the document; it is neither opened nor kept."""
    verified, given = _verified(token), request.files.get("file")
    if given is None or not given.filename:
        wrong = "没有选择文件；请选择要核对的 Word 或 PDF 文件，再按“核对”。"
        return render_template("verify.html", verified=verified, wrong=wrong), 422
    match = verifying.compare(verified, hashlib.file_digest(given.stream, "sha256").hexdigest())  # type: ignore[arg-type]
    return render_template("verify.html", verified=verified, match=match)


@pages.post("/<path:token>/receipt")
@_bounded
def receipt(token: str) -> Any:
    """How the ballot of an owner's strip stands; what it says goes in no address, so that no log keeps it."""
    try:
        with access.here().store.work("", access.here().now()) as work:
            given = (request.form.get("serial", ""), request.form.get("digits", ""))
            asked = ballot_receipts.receipt(work, access.here().library, token, *given)
    except InvalidAnswers as error:
        return render_template("verify.html", verified=_verified(token), problems=error.problems), 422
    return render_template("verify.html", asked=asked)


@pages.errorhandler(413)
def too_large(error: Exception) -> Any:
    """A file that no paper could be."""
    return _page(f"文件超过 {bounds.PUBLIC >> 20} MB，没有核对；文书没有这么大，请返回上一页另选文件。", 413)


@pages.teardown_request
def forget(error: BaseException | None) -> None:
    """Let go of what was sent."""
    request.close()


@pages.after_request
def unlisted(response: Any) -> Any:
    """Keep the page out of search engines."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _verified(token: str) -> verifying.Verified:
    with access.here().store.work("", access.here().now()) as work:
        return verifying.document(work, token)


def _page(message: str, status: int) -> Any:
    headers = {"Retry-After": "60"} if status == 429 else {}
    return render_template("verify.html", message=message), status, headers
