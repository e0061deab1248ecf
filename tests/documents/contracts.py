"""Small contracts made with python-docx, and what their tracked changes come to, read by hand."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from engine.documents import package

_LIST = (
    '<w:abstractNum {ns} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%1条"/></w:lvl></w:abstractNum>'
)
_NUMBERED = '<w:numPr {ns}><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>'
CLAUSES = (
    "第一条　委托人把小区物业服务委托给受托人，期限三年，自2026年6月1日起。",
    "第二条　物业费标准为每月每平方米1.20元，收入存入共有资金账户。",
    "第三条　受托人每季度公布一次收支，业主可以查阅账目。",
    "第四条　发生争议的，先协商，协商不成的向小区所在地法院起诉。",
)


def contract(clauses: Iterable[str] = CLAUSES, rows: Sequence[Sequence[str]] = (), numbered: bool = False) -> bytes:
    """A Word file of these clauses, with a table behind the last one; ``numbered`` by Word instead of in words."""
    document = Document()
    document.add_paragraph("物业服务合同")
    if numbered:
        lists = document.part.numbering_part.element
        lists.insert(0, parse_xml(_LIST.format(ns=nsdecls("w"))))
        lists.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for clause in clauses:
        text = re.sub(r"^第.条　", "", clause) if numbered else clause
        paragraph = document.add_paragraph(text)
        if numbered:
            paragraph._p.get_or_add_pPr().append(parse_xml(_NUMBERED.format(ns=nsdecls("w"))))
    if rows:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        document.add_paragraph("附注")
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    """The parts of a file."""
    return package.read_worked_on(content, "合同.docx")


def packed(given: dict[str, bytes]) -> bytes:
    """A file of these parts."""
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in given.items():
            archive.writestr(name, part)
    return saved.getvalue()


def replaced(content: bytes, *pairs: tuple[str, str]) -> bytes:
    """The file with words of its main text replaced, as markup."""
    found = parts(content)
    text = found[package.DOCUMENT].decode()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return packed({**found, package.DOCUMENT: text.encode()})


def marks(content: bytes) -> list[tuple[str, str]]:
    """The tracked changes of a file in order: ``ins`` or ``del`` and the text."""
    text = parts(content)[package.DOCUMENT].decode()
    found = re.findall(r"<w:(ins|del) [^>]*[^/]>(.*?)</w:\1>", text, re.DOTALL)
    return [(kind, re.sub(r"<[^>]+>", "", inside)) for kind, inside in found]
