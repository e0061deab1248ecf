"""Versions 版本 of a document: what came about, two side by side, the redline, and a changed file on its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for

from engine.documents.borrowing import Unmarked
from engine.documents.clauses import Change
from engine.documents.weighing import Sort
from engine.errors import InvalidAnswers, NotFound, Problem
from engine.use_cases import outside, revising, version_states
from engine.use_cases.revising import Comparison, Versions
from web import access
from web.papers import WORD, file_name

pages = Blueprint("revisions", __name__, url_prefix="/papers/<path:number>")
#: What became of a clause, in a word.
KINDS = {"changed": "改", "added": "增", "removed": "删", "moved": "移", "renumbered": "条号变", "restyled": "版式"}
#: What changes amount to, in a word and in a sentence.
SORTS: Mapping[Sort, tuple[str, str]] = {
    "substance": ("实质", "约定的文字变了，请逐条审"),
    "values": ("变量", "只换了填入的值，请核对来源"),
    "form": ("格式", "只是空白、全半角、条号或字体变了"),
}


@dataclass(frozen=True)
class Row:
    """A clause of a comparison with its anchor, and that of where it went or came from; or several that stayed."""

    anchor: str
    change: Change | None = None
    other: str = ""
    same: tuple[Change, ...] = ()


@pages.get("/versions")
@access.signed_in
def versions(number: str) -> Any:
    """The versions, the files that wait, and the form for another."""
    return _versions(number)


def _versions(number: str, problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        found = revising.versions(work, access.member(), number)
        badges = version_states.of(work, found)
        left = outside.left(work, access.here().library, found)
    status = 422 if problems else 200
    page = render_template("versions.html", found=found, paper=found.paper, badges=badges, problems=problems, left=left)
    return page, status


@pages.post("/versions")
@access.signed_in
def upload(number: str) -> Any:
    """Keep a changed file, and show what is different in it."""
    given = request.files.get("file")
    try:
        with access.work() as work:
            content = given.read(revising.LARGEST + 1) if given else b""
            name = given.filename or "" if given else ""
            key = revising.take(work, access.member(), number, name, content)
    except InvalidAnswers as error:
        return _versions(number, error.problems)
    return redirect(url_for("revisions.review", number=number, upload_id=key))


@pages.get("/versions/<int:version>")
@access.signed_in
def version(number: str, version: int) -> Any:
    """A version as Word."""
    with access.work() as work:
        title, content = revising.content(work, access.member(), number, version)
    return _sent(content, file_name(title, f"{number} 第{version}版", "docx"))


@pages.get("/compare")
@access.signed_in
def compare(number: str) -> Any:
    """Two versions side by side: the two newest ones unless the address says which."""
    with access.work() as work:
        found = revising.versions(work, access.member(), number)
        old, new = _pair(found)
        shown = revising.compare(work, access.here().library, access.member(), number, old, new)
    return render_template(
        "compare.html", found=found, paper=found.paper, old=old, new=new, shown=shown, rows=rows(shown), kinds=KINDS,
        sorts=sorts(shown),
    )  # fmt: skip


@pages.get("/redline")
@access.signed_in
def redline(number: str) -> Any:
    """The redline of two versions as Word."""
    with access.work() as work:
        old, new = _pair(revising.versions(work, access.member(), number))
    try:
        with access.work() as work:
            title, made = revising.redlined(work, access.member(), number, old, new)
    except Unmarked as error:
        return _unmarked(number, error, url_for("revisions.compare", number=number, old=old, new=new))
    return _sent(made, file_name(title, f"{number} 修订稿 第{old}版至第{new}版", "docx"))


@pages.get("/uploads/<key:upload_id>")
@access.signed_in
def review(number: str, upload_id: int) -> Any:
    """A file that waits, against the newest version."""
    return _review(number, upload_id)


def _review(number: str, upload_id: int, why: str = "", problems: Sequence[Problem] = ()) -> Any:
    with access.work() as work:
        found, shown = revising.review(work, access.here().library, access.member(), number, upload_id)
    page = render_template(
        "upload.html",
        found=found,
        paper=found.paper,
        review=shown,
        shown=shown.comparison,
        rows=rows(shown.comparison),
        kinds=KINDS,
        sorts=sorts(shown.comparison),
        why=why,
        problems=problems,
        longest=revising.LONGEST_WHY,
    )
    return page, 422 if problems else 200


@pages.post("/uploads/<key:upload_id>")
@access.signed_in
@access.once
def settle(number: str, upload_id: int) -> Any:
    """Let the file become the next version, or put it aside."""
    given = request.form
    try:
        with access.work() as work:
            access.sign(work)
            if given.get("do") == "aside":
                revising.put_aside(work, access.member(), number, upload_id)
                flash("这份文件没有采用；原文件仍保存着。")
            else:
                library, seen = access.here().library, given.get("seen", "")
                made = revising.confirm(
                    work,
                    library,
                    access.member(),
                    number,
                    upload_id,
                    int(seen) if seen.isdecimal() and len(seen) < 5 else 0,
                    given.get("why", ""),
                )
                flash(f"已存为第 {made} 版；以前各版都保留。")
    except InvalidAnswers as error:
        return _review(number, upload_id, given.get("why", ""), error.problems)
    return redirect(url_for("revisions.versions", number=number))


@pages.get("/uploads/<key:upload_id>/file")
@access.signed_in
def brought(number: str, upload_id: int) -> Any:
    """The file as it came."""
    with access.work() as work:
        name, content = revising.brought(work, access.member(), number, upload_id)
    return _sent(content, name)


@pages.get("/uploads/<key:upload_id>/redline")
@access.signed_in
def upload_redline(number: str, upload_id: int) -> Any:
    """The redline of a file that came, as Word."""
    try:
        with access.work() as work:
            title, made = revising.redlined_upload(work, access.member(), number, upload_id)
    except Unmarked as error:
        return _unmarked(number, error, url_for("revisions.review", number=number, upload_id=upload_id))
    return _sent(made, file_name(title, f"{number} 修订稿", "docx"))


def rows(shown: Comparison) -> list[Row]:
    """The clauses of a comparison as a page shows them: those that stayed folded together, moved ones linked."""
    found: list[Row] = []
    went = {id(one.new): f"from-{place}" for place, one in enumerate(shown.changes) if one.kind == "left"}
    came = {id(one.new): f"clause-{place}" for place, one in enumerate(shown.changes) if one.kind != "left"}
    for place, change in enumerate(shown.changes):
        if change.kind == "same":
            before = found.pop().same if found and found[-1].same else ()
            found.append(Row(f"same-{place}", same=(*before, change)))
        elif change.kind == "left":
            found.append(Row(f"from-{place}", change, came[id(change.new)]))
        else:
            found.append(Row(f"clause-{place}", change, went.get(id(change.new), "")))
    return found


def sorts(shown: Comparison) -> list[tuple[Sort, str, str, list[Row]]]:
    """What the changes amount to: each sort with its word, its sentence and the rows it leads to."""
    by_change = {id(row.change): row for row in rows(shown) if row.change}
    return [(sort, *SORTS[sort], [by_change[id(one)] for one in found]) for sort, found in shown.amounts.items()]


def _pair(found: Versions) -> tuple[int, int]:
    """The two versions that the address asks for; the two newest ones where it does not say."""
    new = _asked("new", found.newest.version)
    return _asked("old", max(1, new - 1)), new


def _asked(name: str, otherwise: int) -> int:
    given = request.args.get(name, "")
    if not given:
        return otherwise
    if not given.isdecimal() or len(given) > 4:
        raise NotFound(what=f"第 {given[:10]} 版")
    return int(given)


def _unmarked(number: str, error: Unmarked, back: str) -> Any:
    return render_template("no_redline.html", number=number, what=str(error), back=back), 501


def _sent(content: bytes, name: str) -> Any:
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=name)
