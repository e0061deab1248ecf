"""What somebody uploads is refused in words that say what it is and what to do, before anything of it is parsed."""

import io
import zipfile

import pytest

from engine.documents import arriving, identity, marks, package
from engine.documents.identity import Identity
from engine.errors import InvalidAnswers
from tests.documents.contracts import contract, packed, parts, replaced
from tests.unit.documents.test_packages import in_body, plain, related

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(**members: bytes) -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return saved.getvalue()


EXTERNAL = b' TargetMode="External"'
_BAD_LIST = (
    b'<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b'<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="x"/></w:abstractNum></w:numbering>'
)
_FETCHING = b'<w:p><w:fldSimple w:instr="INCLUDEPICTURE x"/></w:p>'
REFUSED = {
    "a macro": (packed(plain() | {"word/vbaProject.bin": b"x"}), "合同.docx", "宏"),
    "a file for macros": (contract(), "合同.docm", "启用宏"),
    "a picture from elsewhere": (packed(related(b"image", b"http://x/y.png", EXTERNAL)), "合同.docx", "文件外的内容"),
    "an embedded object": (packed(plain() | {"word/embeddings/a.xlsx": b"x"}), "合同.docx", "嵌入对象"),
    "a linked object": (packed(related(b"oleObject", b"file:///c:/x.xls", EXTERNAL)), "合同.docx", "OLE"),
    "another file inside": (packed(related(b"aFChunk", b"/word/afchunk.mht")), "合同.docx", "altChunk"),
    "a template from elsewhere": (packed(related(b"attachedTemplate", b"//x/y.dotm", EXTERNAL)), "合同.docx", "模板"),
    "a field that fetches": (packed(in_body(_FETCHING)), "合同.docx", "域"),
    "an entity": (packed(plain() | {"word/x.xml": b"<!DOCTYPE a []><a/>"}), "合同.docx", "文档类型"),
    "a part of 300 MB": (packed(plain() | {"word/media/zeros.png": bytes(300_000_000)}), "合同.docx", "50 MB"),
    "half a file": (contract()[:-2000], "合同.docx", "不是完好的 Word 文件"),
    "an empty file": (b"", "合同.docx", "空的"),
    "a password": (_OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "合同.docx", "打开密码"),
    "the old format": (_OLE + bytes(600), "合同.doc", "旧格式"),
    "a wrong name": (contract(), "合同.pdf", "文件名以“.pdf”结尾"),
    "no ending": (contract(), "合同", "没有扩展名"),
    "a PDF under a wrong name": (b"%PDF-1.7 ...", "合同.docx", "这是 PDF"),
    "a photo": (b"\xff\xd8\xff\xe0", "合同.jpg", "这是照片"),
    "a spreadsheet": (zipped(xl__workbook_xml=b"x", **{"xl/workbook.xml": b"x"}), "账.xlsx", "Excel"),
    "OpenDocument": (zipped(mimetype=b"x", **{"content.xml": b"x"}), "合同.odt", "OpenDocument"),
    "no Word file at all": (b"hello", "合同.docx", "不是 Word 文件"),
    "no main text": (packed(plain() | {"word/document.xml": b"<a/>"}), "合同.docx", "没有正文"),
    "numbers that are none": (packed(plain() | {"word/numbering.xml": _BAD_LIST}), "合同.docx", "读不懂"),
    "too many paragraphs": (packed(in_body(b"<w:p/>" * 60_001)), "合同.docx", "超过 60,000 段"),
    "a file too large": (bytes(20_000_001), "合同.docx", "20 MB"),
}  # fmt: skip
#: The same as a browser of the tests can bring without keeping a file open.
BROUGHT = {fault: one for fault, one in REFUSED.items() if len(one[0]) < 400_000}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_cannot_be_taken_is_refused_in_words(fault: str) -> None:
    content, name, says = REFUSED[fault]
    with pytest.raises(InvalidAnswers, match=says) as caught:
        arriving.read(content, name)
    (problem,) = caught.value.problems
    assert problem.field == "file"
    assert "请" in problem.message


def test_five_thousand_tracked_changes_are_taken_counted_and_the_first_listed() -> None:
    mark = '<w:ins w:id="{0}" w:author="李律师" w:date="2026-06-01T08:00:00Z"><w:r><w:t>改{0}</w:t></w:r></w:ins>'
    many = "".join(mark.format(number) for number in range(5_000))
    left = marks.left(arriving.read(replaced(contract(), ("</w:p>", f"{many}</w:p>")), "合同.docx"))
    assert (left.marked, len(left.marks)) == (5_000, marks.MOST)
    assert (left.marks[0].by, left.marks[0].text) == ("李律师", "改0")


def test_comments_are_read_with_the_words_they_stand_at() -> None:
    start, end = (
        '</w:t></w:r><w:commentRangeStart w:id="0"/><w:r><w:t>',
        '</w:t></w:r><w:commentRangeEnd w:id="0"/><w:r><w:t>',
    )
    found = parts(replaced(contract(), ("1.20元", f"{start}1.20元{end}")))
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    words = "<w:p><w:r><w:t>与决议不符？</w:t></w:r></w:p>"
    said = f'<w:comments {space}><w:comment w:id="0" w:author="李律师">{words}</w:comment></w:comments>'
    (comment,) = marks.left({**found, "word/comments.xml": said.encode()}).comments
    assert (comment.by, comment.text, comment.on) == ("李律师", "与决议不符？", "1.20元")


def test_a_file_says_whose_paper_it_is_and_another_program_may_lose_one_of_the_two_places() -> None:
    who = Identity("XQ0001-D-36-2026-001", 2)
    marked = package.read(identity.mark(parts(contract()), who), "合同.docx")
    assert identity.of(marked) == who
    for lost in (identity.CORE, identity.CUSTOM):
        assert identity.of({name: part for name, part in marked.items() if name != lost}) == who
    assert identity.of(identity.marked(marked, Identity("XQ0001-D-36-2026-001", 3))).version == 3  # type: ignore[union-attr]
    assert identity.of(parts(contract())) is None
