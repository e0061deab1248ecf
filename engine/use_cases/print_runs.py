"""The ballots of an estate printed: begun, stopped, gone on with by people; :mod:`engine.printing` makes the parts."""

import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from engine import pdf
from engine.documents.catalogue import KINDS
from engine.documents.copies import count
from engine.errors import Conflict, NotFound
from engine.pdf import Refused
from engine.store import print_runs, undone
from engine.store.desk import Issued
from engine.store.print_runs import CANCELLED, DONE, FAILED, RUNNING, Part, Run
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, disclosing, hands, powers
from engine.use_cases.accounts import Member
from engine.use_cases.powers import Verdict

#: The paper that is printed in many copies.
PRINTED = "ballot"
#: Copies in a part: a printer takes it in one go, and whoever waits sees it come.
AT_ONCE = 250
#: Why a part could not be made, where the run stands still for it.
REASONS = {
    Refused.MISSING: "这台服务器没有安装 LibreOffice，也没有备用的转换程序",
    Refused.NO_FONT: "这台服务器没有中文字体（fonts-noto-cjk）",
    Refused.UNFIT: "这份模板只有 LibreOffice 能转换，这台服务器没有安装",
    Refused.FAILED: "转换超时或出错",
}


@dataclass(frozen=True)
class Printing:
    """What the page of a print run shows: ``may`` says who may print, ``missing`` what the machine lacks."""

    paper: Issued
    run: Run | None
    may: Verdict
    missing: Refused | None


def look(work: UnitOfWork, member: Member, number: str) -> Printing:
    """How the printing of a paper stands.  Raises NotFound."""
    paper = desk.paper(work, member, number)
    if paper.kind != PRINTED:
        raise NotFound(what=f"“{paper.title}”的打印；只有表决票按户成批打印，其他文书请下载 Word 或 PDF")
    acting = hands.lanes_of(work, member.name, paper.estate_id)
    may = powers.sees(acting, member.name, powers.PAPERS[PRINTED])
    return Printing(paper, print_runs.of(work, paper.sha256), may, pdf.missing(signed=KINDS[PRINTED].signed))


def begin(work: UnitOfWork, member: Member, number: str) -> None:
    """Begin, or go on with what was stopped or failed; what is made stays.  Raises NotFound, NotPermitted, Conflict."""
    found = permitted(work, member, number)
    run, paper = found.run, found.paper
    if run is None:
        copies = count(work.files.read(paper.sha256))
        parts = [(first, min(first + AT_ONCE - 1, copies)) for first in range(1, copies + 1, AT_ONCE)]
        print_runs.begin(work, paper.estate_id, number, paper.sha256, parts)
    elif run.status in {CANCELLED, FAILED}:
        print_runs.set_status(work, run, RUNNING)


def cancel(work: UnitOfWork, member: Member, number: str) -> None:
    """Let it stand still; the part that is being made is thrown away.  Raises NotFound, NotPermitted, Conflict."""
    run = permitted(work, member, number).run
    if run is not None and run.status == RUNNING:
        print_runs.set_status(work, run, CANCELLED)


def part(work: UnitOfWork, member: Member, number: str, no: int) -> tuple[Issued, Part, bytes]:
    """A part that is made; that it was taken is noted.  Raises NotFound, NotPermitted."""
    found = permitted(work, member, number)
    made = next((one for one in found.run.parts if one.no == no), None) if found.run else None
    if made is None or not made.sha256:
        raise NotFound(what=f"打印文件第 {no} 部分")
    _taken(work, member, number)
    return found.paper, made, work.files.read(made.sha256)


def whole(work: UnitOfWork, member: Member, number: str, target: BinaryIO) -> Issued:
    """All parts in one ZIP, written to ``target``.  Raises NotFound, NotPermitted, Conflict before all are made."""
    found = permitted(work, member, number)
    if found.run is None or found.run.status != DONE:
        raise Conflict("还没有全部做完；请等做完再整包下载，或逐个下载已做好的部分。")
    _taken(work, member, number)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for one in found.run.parts:
            packed.writestr(zipfile.ZipInfo(file_name(found.paper, one)), work.files.read(str(one.sha256)))
    return found.paper


def _taken(work: UnitOfWork, member: Member, number: str) -> None:
    disclosing.open_paper(work, member, number)
    undone.note_taken(work, number)


def file_name(paper: Issued, made: Part) -> str:
    """Under what name a part is downloaded."""
    return f"{paper.title} {paper.number} 第{made.first:04d}-{made.last:04d}张.pdf".replace("/", "-")


def permitted(work: UnitOfWork, member: Member, number: str) -> Printing:
    """As :func:`look`, for whoever may print.  Raises NotFound, NotPermitted."""
    found = look(work, member, number)
    powers.refuse_unless(found.may)
    return found
