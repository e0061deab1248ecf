"""A redline shows each change, and both its views are exactly the two files."""

import io
import re
from random import Random

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.documents import clauses, outlining, package, redline
from engine.documents.borrowing import Unmarked
from engine.documents.reading import Word
from tests.documents.contracts import CLAUSES, contract, marks, parts, replaced
from tests.documents.editing import edited

_AT = "2026-06-01T01:00:00Z"
_ROWS = (("科目", "金额"), ("保洁", "30,000.00"), ("绿化", "12,000.00"))


def redlined(old: bytes, new: bytes) -> bytes:
    return redline.make(parts(old), parts(new), "何静", _AT)


def reads(content: bytes, view: str) -> list[str]:
    return [line.whole for line in clauses.lines(Word(parts(content), view))]  # type: ignore[arg-type]


def test_a_changed_figure_is_struck_and_set_as_a_whole() -> None:
    made = redlined(contract(), replaced(contract(), ("1.20元", "1.50元")))
    assert marks(made) == [("del", "1.20"), ("ins", "1.50")]
    longer = redlined(contract(["第一条　三十日内。"]), contract(["第一条　四十五日内。"]))
    assert marks(longer) == [("del", "三十"), ("ins", "四十五")]
    assert 'w:author="何静"' in parts(made)[package.DOCUMENT].decode()


def test_accepting_all_gives_the_new_file_and_rejecting_all_the_old() -> None:
    old, new = contract(), contract((CLAUSES[3], CLAUSES[0].replace("三年", "五年"), CLAUSES[1], "第五条　新增。"))
    made = redlined(old, new)
    assert reads(made, "accept") == reads(new, "accept")
    assert reads(made, "reject") == reads(old, "accept")


def test_a_clause_that_stands_elsewhere_is_marked_as_moved() -> None:
    new = contract((CLAUSES[1], CLAUSES[2], CLAUSES[0], CLAUSES[3]))
    body = parts(redlined(contract(), new))[package.DOCUMENT].decode()
    assert re.findall(r"<w:(moveFrom|moveTo)RangeStart [^>]*w:name=\"(\w+)\"", body) == [
        ("moveFrom", "move1"),
        ("moveTo", "move1"),
    ]
    assert not marks(redlined(contract(), new))


def test_rows_and_cells_of_a_table_are_marked_one_by_one() -> None:
    new = contract(rows=(_ROWS[0], ("保洁", "36,000.00"), ("秩序", "18,000.00")))
    made = redlined(contract(rows=_ROWS), new)
    assert ("del", "30,000.00") in marks(made)
    assert ("ins", "36,000.00") in marks(made)
    assert reads(made, "reject")[-4:-1] == ["科目 ｜ 金额", "保洁 ｜ 30,000.00", "绿化 ｜ 12,000.00"]


def test_automatic_numbers_count_on_in_both_views() -> None:
    old, new = contract(numbered=True), contract((CLAUSES[0], *CLAUSES[2:]), numbered=True)
    made = redlined(old, new)
    assert reads(made, "accept")[-1].startswith("第三条 发生争议")
    assert reads(made, "reject")[-1].startswith("第四条 发生争议")


def test_a_number_by_word_that_becomes_one_by_hand_is_noted_on_its_paragraph() -> None:
    made = redlined(contract(numbered=True), contract())
    assert reads(made, "reject") == reads(contract(numbered=True), "accept")
    assert b"pPrChange" in parts(made)[package.DOCUMENT]


def test_changes_that_the_new_file_tracks_itself_count_as_accepted() -> None:
    tracked = '三<w:t/></w:r><w:ins w:id="1" w:author="李律师"><w:r><w:t>十</w:t></w:r></w:ins><w:r><w:t>年'
    new = replaced(contract(), ("三年", tracked.replace("<w:t/>", "</w:t>")))
    assert marks(redlined(contract(), new)) == [("del", "三"), ("ins", "三十")]


def pictured(colour: str, *texts: str) -> bytes:
    """A file with a picture of that colour before these paragraphs, and a link in the last."""
    document, shown = Document(), io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(shown, "png")
    document.add_picture(shown)
    for text in texts:
        document.add_paragraph(text)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def test_a_picture_that_was_replaced_or_removed_comes_back_when_all_is_rejected() -> None:
    old = parts(pictured("red", "第一条　见图。", "完"))
    for new in (pictured("blue", "第一条　见图。", "完"), contract(("第一条　见图。", "完"))):
        made = parts(redline.make(old, parts(new), "何静", _AT))
        assert old["word/media/image1.png"] in made.values()
        assert outlining.outline(Word(made, "reject")) == outlining.outline(Word(old))


def test_a_link_is_marked_inside_and_the_same_picture_is_no_change() -> None:
    link = '<w:hyperlink w:anchor="a"><w:r><w:t>{}</w:t></w:r></w:hyperlink></w:p>'
    old, new = (replaced(contract(), ("</w:p>", link.format(word))) for word in ("附件一", "附件二"))
    assert marks(redlined(old, new)) == [("del", "附件一"), ("ins", "附件二")]
    assert marks(redlined(pictured("red", "同"), pictured("red", "同"))) == []


def test_a_field_comes_and_goes_with_its_marks_and_its_running_number_is_no_change() -> None:
    field = '<w:fldSimple w:instr="PAGE"><w:r><w:t>{}</w:t></w:r></w:fldSimple></w:p>'
    old, new = (replaced(contract(), ("</w:p>", field.format(page))) for page in (1, 2))
    assert marks(redlined(old, new)) == []
    redlined(contract(), new)
    redlined(new, contract())


def test_a_header_is_marked_like_the_text() -> None:
    def headed(text: str) -> bytes:
        document, saved = Document(io.BytesIO(contract())), io.BytesIO()
        document.sections[0].header.paragraphs[0].text = text
        document.save(saved)
        return saved.getvalue()

    made = parts(redlined(headed("合同 第一稿"), headed("合同 第二稿")))
    (header,) = (part.decode() for name, part in made.items() if name.startswith("word/header"))
    assert re.findall(r"<w:(ins|del) ", header) == ["del", "ins"]
    for one, other in (("", "合同"), ("合同", "书")):
        redlined(headed(one), headed(other))


def test_a_footnote_that_is_gone_is_refused_rather_than_lost() -> None:
    note = '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    old = replaced(contract(), ("</w:p>", note))
    with pytest.raises(Unmarked, match="脚注"):
        redlined(old, contract())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 30), st.booleans())
def test_both_views_are_exact_whatever_was_edited(seed: int, times: int, numbered: bool) -> None:
    old = parts(contract(CLAUSES * 4, _ROWS, numbered))
    redline.make(old, edited(old, Random(seed), times), "何静", _AT)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 30))
def test_every_clause_of_both_files_is_told_once(seed: int, times: int) -> None:
    old = parts(contract(CLAUSES * 4, _ROWS))
    before, after = (clauses.clauses(Word(one)) for one in (old, edited(old, Random(seed), times)))
    changes = [change for change in clauses.compare(before, after) if change.kind != "left"]
    assert [change.new for change in changes if change.new] == after
    assert sorted(map(id, (change.old for change in changes if change.old))) == sorted(map(id, before))
    for change in changes:
        stayed = bool(change.old and change.new) and change.old.lines == change.new.lines and not change.far
        assert (change.kind == "same") == stayed


def test_the_same_sign_a_hundred_thousand_times_holds_nobody_up() -> None:
    old, new = ("。" * 50_000 + word + "。" * 50_000 for word in ("甲", "乙乙"))
    made = redlined(contract([old]), contract([new]))
    assert reads(made, "reject")[1] == old
