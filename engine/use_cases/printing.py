"""An issued document as PDF: made when it is first asked for, kept by the hash of its Word file.

Only what LibreOffice made is kept: what stands in for it is made anew, until it is there.
"""

from datetime import datetime

from engine import pdf
from engine.documents import catalogue
from engine.pdf import Refused
from engine.store import Store, prints
from engine.use_cases import desk, disclosing
from engine.use_cases.accounts import Member


def printed(store: Store, member: Member, number: str, now: datetime) -> tuple[str, bytes | Refused]:
    """Title and PDF of a document, or why there is none.  Raises NotFound, NotPermitted.

    No transaction is open while LibreOffice works.
    """
    with store.work(member.name, now) as work:
        paper = desk.paper(work, member, number)
        disclosing.open_paper(work, member, number)
        known = prints.of(work, paper.sha256)
        content = work.files.read(paper.sha256) if known is None else b""
    if known is not None:
        return paper.title, known
    made = pdf.convert(content, signed=catalogue.kind_of(paper.kind).signed)
    if isinstance(made, bytes) and pdf.available():
        with store.work(member.name, now) as work:
            prints.keep(work, paper.sha256, made)
    return paper.title, made
