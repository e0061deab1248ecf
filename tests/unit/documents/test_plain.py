"""What the converter that stands in for LibreOffice may set, and how a file is made ready for it."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree

from engine.documents import package, plain

TEMPLATES = Path(__file__).parents[3] / "templates"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FIELD = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>{}'
END = '<w:r><w:rPr><w:b/></w:rPr><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>页</w:t></w:r>'


def body(inside: str) -> bytes:
    return f'<w:document xmlns:w="{W}"><w:body><w:p>{inside}</w:p></w:body></w:document>'.encode()


def numbering(kind: str) -> bytes:
    return f'<w:numbering xmlns:w="{W}"><w:lvl><w:numFmt w:val="{kind}"/></w:lvl></w:numbering>'.encode()


@pytest.mark.parametrize(
    "parts, why",
    [
        ({"word/numbering.xml": numbering("chineseCounting")}, "自动编号的中文条款号"),
        ({"word/numbering.xml": numbering("decimal")}, ""),
        ({"word/document.xml": body('<w:tcPr><w:textDirection w:val="tbRl"/></w:tcPr>')}, "竖排"),
        ({"word/header1.xml": body('<w:r><w:rPr><w:u w:val="single"/></w:rPr><w:tab/></w:r>')}, "下划线的制表位"),
        ({"word/document.xml": body("<w:r><w:tab/></w:r>")}, ""),
    ],
)
def test_what_would_print_otherwise_than_it_says_is_not_set(parts: dict[str, bytes], why: str) -> None:
    found = plain.unfit(parts)
    assert (why in found) if why else not found


def test_every_template_of_ours_may_be_set() -> None:
    templates = sorted(TEMPLATES.rglob("*.docx"))
    assert len(templates) > 100
    assert [path.name for path in templates if plain.unfit(package.parts(path.read_bytes()))] == []


def test_every_sign_of_a_run_has_what_stands_for_its_chinese_font() -> None:
    fonts = '<w:rFonts w:ascii="Times New Roman" w:eastAsia="{}"/>'
    runs = "".join(f"<w:r><w:rPr>{fonts.format(name)}</w:rPr></w:r>" for name in ("仿宋", "黑体", "楷体", "思源宋体"))
    made = read(plain.fit({"word/document.xml": body(runs)}))
    assert [(one.get(f"{{{W}}}ascii"), one.get(f"{{{W}}}hAnsi")) for one in made.iter(f"{{{W}}}rFonts")] == [
        (name, name) for name in ("Noto Serif CJK SC", "Noto Sans CJK SC", "AR PL UKai CN", "思源宋体")
    ]


@pytest.mark.parametrize("result", ["", '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'])
def test_every_field_has_one_result(result: str) -> None:
    made = read(plain.fit({"word/document.xml": body(FIELD.format(result) + END)}))
    kinds = [one.get(f"{{{W}}}fldCharType") for one in made.iter(f"{{{W}}}fldChar")]
    assert kinds == ["begin", "separate", "end"]
    assert "".join(one.text or "" for one in made.iter(f"{{{W}}}t")) == "1页"


def read(content: bytes) -> etree._Element:
    return etree.fromstring(zipfile.ZipFile(BytesIO(content)).read("word/document.xml"))
