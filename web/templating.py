"""Templates 模板: their versions, what was found in a changed one, how it looks beside the last, who approved it."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for

from engine.errors import InvalidAnswers, Problem
from engine.pdf import Refused
from engine.store.desk import PAGE
from engine.use_cases import clause_review, template_specimens, templating
from engine.use_cases.revising import Comparison
from web import access
from web.papers import WORD, file_name
from web.revisions import KINDS, rows, sorts
from web.tasks import asked_page

pages = Blueprint("templates", __name__, url_prefix="/templates")
#: Where we stand on a wording, in a word, in the order in which they are read.
_POSITIONS = {"required": "标准", "fallback": "可接受", "forbidden": "禁用"}
_NO_PICTURES = {
    Refused.UNFIT: "这份模板只有 LibreOffice 能照原样转换，这台服务器没有装；请下载两份 Word 打开对照。",
    Refused.NO_FONT: "这台服务器没有中文字体，画不出页面；请管理员安装 fonts-noto-cjk，或下载两份 Word 打开对照。",
    Refused.MISSING: "这台服务器没有装 LibreOffice 或 poppler，不能画出页面；请下载两份 Word 打开对照。",
    Refused.BUSY: "正在转换别的文书，暂时画不出页面；请过几秒刷新本页，或下载两份 Word 打开对照。",
    Refused.FAILED: "这份样例没有转成 PDF（超时或出错）；请下载两份 Word 打开对照，并告诉管理员。",
}


@pages.get("")
@access.signed_in
def listed() -> Any:
    """The templates, a page of them, those that wait for an approval first."""
    page = asked_page()
    with access.work() as work:
        found = templating.listed(work, access.here().library, access.member())
    shown = found[(page - 1) * PAGE : page * PAGE]
    last = max(1, -(-len(found) // PAGE))
    return render_template("templates/listed.html", templates=shown, total=len(found), page=page, last=last)


@pages.get("/clauses")
@access.signed_in
def clauses() -> Any:
    """The clause library of the service contract: its clauses with their wordings and where we stand on each."""
    with access.work() as work:
        opened = clause_review.open_library(work, access.here().library, access.member())
    return render_template("templates/clauses.html", opened=opened, positions=_POSITIONS)


@pages.get("/<kind>")
@access.signed_in
def template(kind: str) -> Any:
    """The versions of a template, and the form for another."""
    return _template(kind)


def _template(kind: str, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        found = templating.template(work, access.here().library, access.member(), kind)
    page = render_template(
        "templates/template.html", found=found, problems=problems, why=request.values.get("why", ""),
        longest=templating.LONGEST_WHY,
    )  # fmt: skip
    return page, 422 if problems else 200


@pages.post("/<kind>")
@access.signed_in
def upload(kind: str) -> Any:
    """Try a changed file, and show what was found in it."""
    given, here = request.files.get("file"), access.here()
    content = given.read(templating.LARGEST + 1) if given else b""
    name, why = (given.filename or "" if given else ""), request.form.get("why", "")
    try:
        version = templating.take(here.store, here.library, access.member(), kind, name, content, why, here.now())
    except InvalidAnswers as error:
        return _template(kind, error.problems)
    return redirect(url_for("templates.version", kind=kind, version=version))


@pages.get("/<kind>/<int:version>")
@access.signed_in
def version(kind: str, version: int) -> Any:
    """A version beside the one before it: what was found, which clauses changed, how its papers look."""
    return _version(kind, version)


def _version(kind: str, version: int, problems: Sequence[Problem] = ()) -> Any:
    here, member = access.here(), access.member()
    with access.work() as work:
        found, review = templating.review(work, here.library, member, kind, version)
        day = templating.today(work)
    asked, titles = request.args.get("sample", ""), templating.titles(here.library, kind)
    place = int(asked) if asked.isdecimal() and int(asked[:4]) < len(titles) else 0
    drawn: dict[int, int | Refused] = {}
    for one in (review.shown, review.against):
        if one is not None and not (one.given and one.given.found):
            drawn[one.version] = template_specimens.pages_of(
                here.store, here.library, member, kind, one.version, place, here.now()
            )
    most = max((count for count in drawn.values() if isinstance(count, int)), default=0)
    comparison = Comparison(review.changes, [], review.amounts)
    page = render_template(
        "templates/version.html", found=found, review=review, shown=comparison, rows=rows(comparison), kinds=KINDS,
        sorts=sorts(comparison),
        titles=titles, place=place, drawn=drawn, most=most, no_pictures=_NO_PICTURES, day=day, problems=problems,
        given=request.form, longest=templating.LONGEST_WHY,
    )  # fmt: skip
    return page, 422 if problems else 200


@pages.post("/<kind>/<int:version>")
@access.signed_in
@access.once
def decide(kind: str, version: int) -> Any:
    """Approve a version from a day on, turn it down, or stop it."""
    given, library, member = request.form, access.here().library, access.member()
    try:
        with access.work() as work:
            access.sign(work)
            why = given.get("why", "")
            if given.get("do") == "approve":
                templating.approve(work, library, member, kind, version, why, given.get("on", ""))
                flash(f"已批准第 {version} 版，{given.get('on', '')} 起生效。")
            elif given.get("do") == "stop":
                templating.stop(work, library, member, kind, version, why)
                flash(f"第 {version} 版已停用；以后出具的文书用恢复的版本，已经出具的不变。")
            else:
                templating.refuse(work, library, member, kind, version, why)
                flash(f"已退回第 {version} 版；原文件仍保存着。")
    except InvalidAnswers as error:
        return _version(kind, version, error.problems)
    return redirect(url_for("templates.template", kind=kind))


@pages.get("/<kind>/<int:version>/file")
@access.signed_in
def file(kind: str, version: int) -> Any:
    """The template as Word, to be changed and brought back."""
    with access.work() as work:
        library, member = access.here().library, access.member()
        title = templating.template(work, library, member, kind).kind.title
        content = templating.content(work, library, member, kind, version)
    return _sent(content, file_name(title, f"模板第 {version} 版", "docx"))


@pages.get("/<kind>/<int:version>/samples/<int:place>")
@access.signed_in
def sample(kind: str, version: int, place: int) -> Any:
    """What a version makes of a specimen, as Word."""
    here = access.here()
    title, content = template_specimens.paper(
        here.store, here.library, access.member(), kind, version, place, here.now()
    )
    return _sent(content, file_name(f"样例 {title}", f"模板第 {version} 版", "docx"))


@pages.get("/<kind>/<int:version>/samples/<int:place>/<int:page>.png")
@access.signed_in
def picture(kind: str, version: int, place: int, page: int) -> Any:
    """A page of it as a picture."""
    here = access.here()
    made = template_specimens.picture(here.store, here.library, access.member(), kind, version, place, page, here.now())
    return send_file(BytesIO(made), "image/png")


def _sent(content: bytes, name: str) -> Any:
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=name)
