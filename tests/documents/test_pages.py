"""Nothing of a list is lost where a page ends."""

import copy
import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import run

import pytest
from lxml import etree

from engine import pdf
from engine.use_cases.library import Library
from tests.documents import word

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"
#: Twips above the list: from where it fits on the page to where nothing of it does, in steps lower than a row.
_ABOVE = range(9_800, 14_000, 140)


@pytest.mark.skipif(not (pdf.available() and shutil.which("pdftotext")), reason="没有 LibreOffice 或 pdftotext")
def test_each_row_of_a_list_is_on_a_page_wherever_the_list_begins(library: Library, tmp_path: Path) -> None:
    """LibreOffice dropped the rows of a list after one of which only a part had room at the foot of a page."""
    known = next(iter(library.samples_of("service_contract").values()))
    contract = library.template("service_contract").render(known)
    body = word.parts(contract)[_BODY].find(f"{_W}body")
    assert body is not None
    (listed,) = [one for one in body.iter(f"{_W}tbl") if "首年预计" in "".join(one.itertext())]
    said = ["".join(row.find(f"{_W}tc").itertext()) for row in listed.findall(f"{_W}tr")[1:]]
    for element in [one for one in body if one.tag != f"{_W}sectPr"]:
        body.remove(element)
    for height in reversed(_ABOVE):
        for element in reversed([*_at(height, listed)]):
            body.insert(0, element)
    printed = pdf.convert(_with_body(contract, body.getparent()), signed=True)
    assert isinstance(printed, bytes)
    (tmp_path / "lists.pdf").write_bytes(printed)
    text = run(["pdftotext", "-raw", tmp_path / "lists.pdf", "-"], check=True, capture_output=True, text=True).stdout
    assert {name: text.count(name) for name in said} == dict.fromkeys(said, len(_ABOVE))


@pytest.mark.skipif(not (pdf.available() and shutil.which("pdftotext")), reason="没有 LibreOffice 或 pdftotext")
def test_no_row_of_a_list_is_cut_in_two_where_a_page_ends(library: Library, tmp_path: Path) -> None:
    """Each row of the handover's list, whose cells take two lines and more, is printed in one piece."""
    known = next(iter(library.samples_of("handover_list").values()))
    paper = library.template("handover_list").render(known)
    printed = pdf.convert(paper, signed=True)
    assert isinstance(printed, bytes)
    (tmp_path / "list.pdf").write_bytes(printed)
    text = run(["pdftotext", "-raw", tmp_path / "list.pdf", "-"], check=True, capture_output=True, text=True).stdout
    pages = ["".join(page.split()) for page in text.split("\f")]
    body = word.parts(paper)[_BODY]
    listed = [row for row in body.iter(f"{_W}tr") if row.find(f"{_W}tc") is not None]
    assert len(pages) > len(listed) // 20 > 0
    for row in listed:
        said = "".join("".join(row.itertext()).split())
        assert any(said in page for page in pages), said


def _at(height: int, listed: etree._Element) -> Iterator[etree._Element]:
    """A list on a new page below an empty line of that height."""
    empty = etree.fromstring(
        f'<w:p xmlns:w="{_W[1:-1]}"><w:pPr><w:pageBreakBefore/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{height}" w:lineRule="exact"/></w:pPr></w:p>'
    )
    yield from (empty, copy.deepcopy(listed))


def _with_body(paper: bytes, document: etree._Element) -> bytes:
    source, saved = zipfile.ZipFile(io.BytesIO(paper)), io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, etree.tostring(document) if name == _BODY else source.read(name))
    return saved.getvalue()
