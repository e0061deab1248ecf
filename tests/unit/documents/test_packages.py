"""A Word file that could run, fetch, hide or burst is refused before anything of it is used."""

import io
import re
import zipfile

import pytest

from engine.documents import inspect
from engine.errors import InvalidDefinition
from engine.use_cases.library import Library
from tests.documents import word

_RELATION = b'<Relationship Id="rId99" Type="http://x/%s" Target="%s"%s/></Relationships>'


def plain() -> dict[str, bytes]:
    """The parts of a harmless template."""
    saved = io.BytesIO()
    document = word.blank()
    document.add_paragraph("{{ estate.name }}")
    document.save(saved)
    archive = zipfile.ZipFile(saved)
    return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return saved.getvalue()


def related(kind: bytes, target: bytes, mode: bytes = b"") -> dict[str, bytes]:
    name = "word/_rels/document.xml.rels"
    parts = plain()
    return {**parts, name: parts[name].replace(b"</Relationships>", _RELATION % (kind, target, mode))}


def in_body(markup: bytes) -> dict[str, bytes]:
    name = "word/document.xml"
    parts = plain()
    return {**parts, name: parts[name].replace(b"<w:sectPr", markup + b"<w:sectPr", 1)}


HOSTILE = {
    "a macro": (plain() | {"word/vbaProject.bin": b"x"}, "宏"),
    "an embedded object": (plain() | {"word/embeddings/oleObject1.xml": b"<a/>"}, "嵌入对象"),
    "a template from elsewhere": (related(b"attachedTemplate", b"http://x/y.dotm"), "模板"),
    "a picture from elsewhere": (related(b"image", b"http://x/y.png", b' TargetMode="External"'), "文件外"),
    "a link that runs": (related(b"hyperlink", b"javascript:x", b' TargetMode="External"'), "文件外"),
    "a field that fetches": (in_body(b'<w:p><w:fldSimple w:instr="INCLUDETEXT x"/></w:p>'), "INCLUDETEXT"),
    "a field that runs": (in_body(b"<w:p><w:r><w:instrText>DDEAUTO cmd</w:instrText></w:r></w:p>"), "DDEAUTO"),
    "changes not yet accepted": (in_body(b'<w:p><w:ins w:id="1"/></w:p>'), "修订"),
    "a tag in an attribute": (in_body(b'<w:bookmarkStart w:id="0" w:name="{{ estate.name }}"/>'), "属性"),
    "a tag in a field": (in_body(b"<w:p><w:r><w:instrText>{{ estate.name }}</w:instrText></w:r></w:p>"), "域代码"),
    "a tag in the properties": (plain() | {"docProps/core.xml": b"<a>{{ 7 }}</a>"}, "标签只可写在正文"),
    "an entity": (plain() | {"word/extra.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, "文档类型"),
    "a bomb": (plain() | {"word/media/zeros.png": bytes(60_000_000)}, "50 MB"),
    "a path that climbs": (plain() | {"word/../../x.xml": b"<a/>"}, "越界"),
    "broken XML": (plain() | {"word/extra.xml": b"<a>"}, "损坏"),
    "nothing of Word": ({"a.txt": b"x"}, "不是 Word 文档"),
}


@pytest.mark.parametrize("fault", HOSTILE)
def test_a_hostile_file_is_refused(fault: str, library: Library) -> None:
    parts, says = HOSTILE[fault]
    with pytest.raises(InvalidDefinition, match=re.escape(says)):
        inspect.publish(packed(parts), library.schema, file="sample.docx")


def test_the_same_file_without_the_fault_is_published(library: Library) -> None:
    assert inspect.publish(packed(plain()), library.schema, file="sample.docx").names == {"estate.name"}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip"])
def test_what_is_no_archive_is_refused(content: bytes, library: Library) -> None:
    with pytest.raises(InvalidDefinition, match="另存为"):
        inspect.publish(content, library.schema, file="sample.docx")


def table(*rows: str) -> bytes:
    document = word.blank()
    made = document.add_table(rows=0, cols=2)
    for text in rows:
        made.add_row().cells[0].text = text
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    "rows, says",
    [
        (("{%tr for row in vote.items %}", "{{ row.text }}", "{%tr endfor %}"), "表头行"),
        (("事项", "{%tr for row in vote.items %}{{ row.text }}{%tr endfor %}"), "独占一行"),
        (("事项", "{% for row in vote.items %}", "{{ row.text }}", "{% endfor %}"), "跨越"),
    ],
)
def test_a_table_that_could_lose_its_text_is_refused(rows: tuple[str, ...], says: str, library: Library) -> None:
    with pytest.raises(InvalidDefinition, match=says):
        inspect.publish(table(*rows), library.schema, file="sample.docx")


def test_how_many_rows_a_list_has_may_be_printed_and_asked(library: Library) -> None:
    made = table("{{ vote.items|length }} 项", "{% if vote.items|length > 1 %}多项{% endif %}")
    assert not inspect.publish(made, library.schema, file="sample.docx").names
