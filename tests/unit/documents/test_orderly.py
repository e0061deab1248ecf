"""A redline whose marks do not stand as Word wants them is found out, each fault by its name."""

import pytest
from lxml import etree

from engine.documents import orderly, package, redline
from tests.documents.contracts import CLAUSES, contract, parts

_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def faults(inside: str) -> list[str]:
    return [*orderly.faults([etree.fromstring(f'<w:body xmlns:w="{_NS}">{inside}</w:body>')])]


@pytest.mark.parametrize(
    "inside, found",
    [
        ('<w:p><w:pPr><w:jc w:val="left"/><w:pStyle w:val="a"/></w:pPr></w:p>', "pPr/pStyle"),
        ('<w:p><w:pPr><w:pPrChange w:id="1"/><w:rPr/></w:pPr></w:p>', "pPr/rPr"),
        ('<w:p><w:pPr><w:rPr><w:b/><w:ins w:id="1"/></w:rPr></w:pPr></w:p>', "rPr/ins"),
        ("<w:p><w:r><w:t>甲</w:t></w:r><w:pPr/></w:p>", "p/pPr"),
        ('<w:tr><w:trPr><w:ins w:id="1"/><w:cantSplit/></w:trPr></w:tr>', "trPr/cantSplit"),
        ('<w:p><w:ins w:id="1"><w:r/></w:ins><w:ins w:id="1"><w:r/></w:ins></w:p>', "id 1"),
        ('<w:p><w:del w:id="1"><w:r><w:t>甲</w:t></w:r></w:del></w:p>', "del/t"),
        ("<w:p><w:r><w:delText>甲</w:delText></w:r></w:p>", "del/delText"),
        ('<w:moveFromRangeStart w:id="1"/><w:moveFromRangeEnd w:id="2"/>', "moveFromRangeStart"),
    ],
    ids=lambda one: one if "<" not in one else "",
)
def test_each_fault_is_found(inside: str, found: str) -> None:
    assert found in faults(inside)


def test_a_redline_with_every_kind_of_mark_is_in_order() -> None:
    rows = (("科目", "金额"), ("保洁", "30,000.00"))
    old = contract(rows=rows)
    new = contract((CLAUSES[1], CLAUSES[2], CLAUSES[0], "第五条　新增。"), rows=(*rows, ("秩序", "18,000.00")))
    made = redline.make(parts(old), parts(new), "何静", "2026-06-01T01:00:00Z")
    root = package.tree(parts(made)[package.DOCUMENT], package.DOCUMENT, "")
    assert not [*orderly.faults([root])]
    marks = {etree.QName(one).localname for one in root.iter() if one.get(f"{{{_NS}}}author")}
    assert marks >= {"ins", "del", "moveFrom", "moveTo"}


def test_a_file_that_was_out_of_order_itself_still_gets_its_redline() -> None:
    untidy = parts(contract())
    text = untidy[package.DOCUMENT].decode()
    wrong = text.replace("<w:p>", '<w:p><w:pPr><w:jc w:val="left"/><w:keepNext/></w:pPr>', 2)
    assert wrong != text
    changed = wrong.replace("三年", "五年")
    old, new = ({**untidy, package.DOCUMENT: one.encode()} for one in (wrong, changed))
    assert redline.make(old, new, "何静", "2026-06-01T01:00:00Z")
