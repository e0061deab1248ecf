"""An issued document as PDF: made when it is first asked for, kept by the hash of its Word file.

Only what LibreOffice made is kept, with a code of its own on each page: what stands in for it is made anew, until it is
there.
"""

from datetime import datetime

from engine import pdf, stamping
from engine.documents import catalogue, code
from engine.pdf import Refused
from engine.store import Store, prints
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, disclosing, print_runs
from engine.use_cases.accounts import Member


def printed(store: Store, member: Member, number: str, now: datetime) -> tuple[str, bytes | Refused]:
    """Title and PDF of a document, or why there is none.  Raises NotFound, NotPermitted."""
    with store.work(member.name, now) as work:
        paper = desk.paper(work, member, number)
        disclosing.open_paper(work, member, number)
    return paper.title, of_file(store, paper.sha256, now, signed=catalogue.kind_of(paper.kind).signed)


def of_file(store: Store, sha256: str, now: datetime, *, signed: bool) -> bytes | Refused:
    """The PDF of an issued Word file, or why there is none.  No transaction is open while LibreOffice works."""
    with store.work("", now) as work:
        known = prints.of(work, sha256)
        content = work.files.read(sha256) if known is None else b""
    if known is not None:
        return known
    made = pdf.convert(content, signed=signed)
    if not isinstance(made, bytes) or not pdf.available():
        return made
    with store.work("", now) as work:
        made = _stamped(work, sha256, made)
        prints.keep(work, sha256, made)
    return made


def _stamped(work: UnitOfWork, sha256: str, made: bytes) -> bytes:
    """A PDF with a code on each page; of ballots, each of which has its own, as it is."""
    known = prints.issued_as(work, sha256)
    if known is None or not known.token or known.kind == print_runs.PRINTED:
        return made
    address = code.address(work.public.address, known.token)
    return stamping.stamped(made, lambda page, pages: code.of_page(address, known.version, page, pages))
