"""Papers 文书: a document in the page, as the Word file that was issued, and as PDF.

The preview runs in a frame of an origin of its own: it gets the file from the page around it, may ask nobody for
anything, and only there may a script set styles, as Word's look needs it.
"""

from io import BytesIO
from typing import Any

from flask import Blueprint, render_template, send_file

from engine.pdf import Refused
from engine.use_cases import desk, outside, printing
from engine.use_cases.dossier import Dossier
from web import access

pages = Blueprint("papers", __name__, url_prefix="/papers")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_INSTALL = "请下载 Word 自行另存，或请管理员安装 libreoffice-writer"
#: What is said of each refusal, and with which status.
REFUSED = {
    Refused.MISSING: (f"这台服务器没有安装 LibreOffice，不能转成 PDF。{_INSTALL}。", 501),
    Refused.SIGNED: (
        "签字、盖章的文书只由 LibreOffice 转成 PDF，以免版式与 Word 不一致；这台服务器没有安装 LibreOffice。"
        f"{_INSTALL}。",
        501,
    ),
    Refused.UNFIT: (
        "这份文书含有中文自动编号、竖排文字或带下划线的制表位，没有 LibreOffice 时转出来会与 Word 不一致，所以没有转。"
        f"{_INSTALL}。",
        501,
    ),
    Refused.NO_FONT: (
        "这台服务器没有中文字体，转成的 PDF 会缺字。请下载 Word 自行另存，或请管理员安装 fonts-noto-cjk。",
        501,
    ),
    Refused.BUSY: ("正在转换另一份文书；本页几秒后会自动再试，也可以先下载 Word。", 503),
    Refused.FAILED: ("这份文书没有转成 PDF（超时或出错）。请下载 Word 自行另存，并把文书编号告诉管理员。", 500),
}
#: The frame's own rules: no request of any kind, scripts only ours, styles as the library sets them.
_FRAME_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src data: blob:; font-src data: blob:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


@pages.get("/<path:number>")
@access.signed_in
def paper(number: str) -> Any:
    """The newest version as Word, under its title and number."""
    with access.work() as work:
        title, content = desk.document(work, access.member(), number)
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=file_name(title, number, "docx"))


@pages.get("/<path:number>/view")
@access.signed_in
def view(number: str) -> Any:
    """The document in the page; without a script its downloads."""
    with access.work() as work:
        shown = desk.paper(work, access.member(), number)
        left = outside.of_void(Dossier(work, access.here().library, shown.estate_id), [number]).get(number, "")
    return render_template("paper.html", paper=shown, left=left)


@pages.get("/<path:number>/pdf")
@access.signed_in
def pdf(number: str) -> Any:
    """The newest version as PDF."""
    here = access.here()
    title, made = printing.printed(here.store, access.member(), number, here.now())
    if isinstance(made, bytes):
        return send_file(
            BytesIO(made), "application/pdf", as_attachment=True, download_name=file_name(title, number, "pdf")
        )
    message, status = REFUSED[made]
    headers = {"Refresh": "4"} if made is Refused.BUSY else {}
    return render_template("no_pdf.html", title=title, number=number, message=message), status, headers


@pages.get("/frame")
def frame() -> Any:
    """The empty page in which a document is drawn; it holds nothing of anybody."""
    return render_template("paper_frame.html"), {"Content-Security-Policy": _FRAME_POLICY}


def file_name(title: str, number: str, ending: str) -> str:
    """Under what name a paper is downloaded."""
    return f"{title} {number}.{ending}".replace("/", "-")
