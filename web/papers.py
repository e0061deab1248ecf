"""Papers 文书: a document as the Word file that was issued."""

from io import BytesIO
from typing import Any

from flask import Blueprint, send_file

from engine.use_cases import desk
from web import access

pages = Blueprint("papers", __name__, url_prefix="/papers")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pages.get("/<path:number>")
@access.signed_in
def paper(number: str) -> Any:
    """The newest version, under its title and number."""
    with access.work() as work:
        title, content = desk.document(work, access.member(), number)
    name = f"{title} {number}.docx".replace("/", "-")
    return send_file(BytesIO(content), _WORD, as_attachment=True, download_name=name)
