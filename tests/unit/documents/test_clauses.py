"""Clauses as a person reads them, and what became of each."""

from engine.documents import clauses
from engine.documents.reading import Word
from tests.documents.contracts import CLAUSES, contract, parts, replaced


def read(content: bytes) -> list[clauses.Clause]:
    return clauses.clauses(Word(parts(content)))


def kinds(old: bytes, new: bytes) -> dict[str, str]:
    told = (change for change in clauses.compare(read(old), read(new)) if change.kind not in {"same", "left"})
    return {change.title: change.kind for change in told}


def test_clauses_have_their_chapter_and_their_table() -> None:
    found = read(contract(("第一章　总则", *CLAUSES[:2], "附件一　预算"), rows=(("科目", "金额"), ("保洁", "3.00"))))
    assert [(one.title, one.chapter) for one in found] == [
        ("开头", ""), ("第一章", ""), ("第一条", "第一章"), ("第二条", "第一章"), ("附件一　预算", "第一章"),
    ]  # fmt: skip
    assert found[-1].texts[1:] == ["科目 ｜ 金额", "保洁 ｜ 3.00", "附注"]


def test_clauses_numbered_by_word_are_called_as_they_read() -> None:
    assert [one.title for one in read(contract(numbered=True))] == ["开头", "第一条", "第二条", "第三条", "第四条"]


def test_every_number_is_called_as_it_is_written() -> None:
    written = ["第九条", "第十条", "第十一条", "第十五条", "第二十条", "第二十一条", "第一百零一条", "第一百一十条"]
    found = read(contract([f"{one}　约定。" for one in written]))
    assert [one.title for one in found][1:] == written
    automatic = read(contract(["第一条　约定。"] * 21, numbered=True))
    assert [one.title for one in automatic][10:12] == ["第十条", "第十一条"]


def test_a_clause_number_in_figures_is_the_same_clause() -> None:
    assert [one.name for one in read(contract(["第30条之一　甲。", "第三十条之一　乙。"]))][1:] == [
        "第三十条之一",
        "第三十条之一（第2处）",
    ]


def test_changed_added_removed_and_moved_are_told_apart() -> None:
    changed = CLAUSES[1].replace("1.20", "1.50")
    assert kinds(contract(), contract((CLAUSES[0], changed, *CLAUSES[2:]))) == {"第二条": "changed"}
    assert kinds(contract(), contract((*CLAUSES, "第五条　新增的约定。"))) == {"第五条": "added"}
    assert kinds(contract(), contract(CLAUSES[:3])) == {"第四条": "removed"}
    moved = kinds(contract(), contract((CLAUSES[0], CLAUSES[3], *CLAUSES[1:3])))
    assert moved == {"第四条": "moved"}


def test_where_a_clause_has_moved_from_says_where_it_went() -> None:
    new = contract((CLAUSES[0], CLAUSES[3], *CLAUSES[1:3]))
    (left,) = (change for change in clauses.compare(read(contract()), read(new)) if change.kind == "left")
    assert left.old is not None
    assert (left.old.title, left.new and left.new.title) == ("第四条", "第四条")


def test_a_clause_that_only_got_another_number_is_told_as_that() -> None:
    later = CLAUSES[3].replace("第四条", "第五条")
    new = contract((*CLAUSES[:3], "第四条　新增的约定，与别处不同。", later))
    assert kinds(contract(), new) == {"第四条": "added", "第五条": "renumbered"}


def test_within_a_clause_only_what_differs_is_marked() -> None:
    (change,) = (
        one
        for one in clauses.compare(read(contract()), read(replaced(contract(), ("三年", "五年"))))
        if one.kind != "same"
    )
    assert [(span.op, span.text) for span in change.lines[0] if span.op != "same"] == [("gone", "三"), ("new", "五")]


def test_how_a_file_was_saved_is_no_change() -> None:
    """Word cuts a text into runs where somebody merely clicked."""
    cut = replaced(contract(), ("三年", '三</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>年'))
    assert kinds(contract(), cut) == {}
