"""One estate, one archive 一案一档: what may be taken out, and the file."""

from tempfile import TemporaryFile
from typing import Any

from flask import Blueprint, render_template, request, send_file

from engine.errors import InvalidAnswers
from engine.use_cases import archiving
from web import access

pages = Blueprint("archives", __name__, url_prefix="/estates/<key:estate_id>/archive")


@pages.get("")
@access.signed_in
def offered(estate_id: int) -> Any:
    """What the archive holds, and who may take it whole."""
    return _offered(estate_id)


@pages.post("")
@access.signed_in
@access.once
def taken(estate_id: int) -> Any:
    """The archive, written to a file without a name first, so that a large one fills no memory."""
    public, purpose = request.form.get("profile") == "public", request.form.get("purpose", "")
    made = TemporaryFile()  # noqa: SIM115 - closed when it is sent
    try:
        with access.work() as work:
            asked = archiving.ask(work, access.member(), estate_id, purpose, public=public)
        with access.work() as work:
            access.sign(work)
            found = archiving.take(work, asked, made)
    except InvalidAnswers as error:
        made.close()
        return _offered(estate_id, error.problems[0].message), 422
    except BaseException:
        made.close()
        raise
    made.seek(0)
    name = f"{found.estate} {archiving.SUBJECT}（{found.profile}）-{found.number}.zip"
    answer = send_file(made, "application/zip", as_attachment=True, download_name=name)
    answer.call_on_close(made.close)
    return answer


def _offered(estate_id: int, problem: str = "") -> str:
    with access.work() as work:
        offer = archiving.offer(work, access.member(), estate_id)
    return render_template("archive.html", offer=offer, purposes=archiving.PURPOSES, problem=problem)
