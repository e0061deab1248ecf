"""Every paper says what the law asks of it, and a template that loses one of these words is found out.

The list is ``templates/mandatory_contents.tsv``: a new document is a few more lines there.
"""

import re
from functools import cache

import pytest

from engine.documents import catalogue, package
from engine.documents.contents import Asked, Content
from engine.use_cases.library import Library, shipped
from tests.documents import word
from tests.documents.conftest import Issued

CONTENTS = shipped().contents
#: Words that print only in estates which are not like the reference one.
_ELSEWHERE = (
    "CC-940-1",
    "CC-946-1 dismissal_notice: 现书面",
    "CC-947-1 dismissal_notice",
    "CC-946-1 service_contract: 业主大会可以",
    "CC-284-1 service_contract",
    "CC-284-1 entry_notice",
    "CC-284-1 implementation_plan",
    "CC-284-1 first_disclosure",
    "CC-284-1 contract_draft",
    "TL-29-1 account_rules",
    "RC-03 service_contract",
    "RC-15 service_contract",
    "D-67 acceptance_conclusion: {{ pack.rectify",
    "PMR-10-1",
    "D-50 scrutiny_record: 不一致",
    "CC-280-1 result_notice: 下列事项",
    "LC-07 result_notice: （{{ vote.invalid_reasons }}）",
    "LC-07 count_sheet: 第{{ row.serial }}号票",
)

PRINTED = [content for content in CONTENTS if not str(content).startswith(_ELSEWHERE)]


@cache
def asked(kind: str) -> Asked:
    return shipped().asked(kind)


def missing(kind: str, template: bytes) -> list[Content]:
    """What a template of that kind ought to say and does not."""
    return asked(kind).lost(package.read(template, kind), kind)


def test_the_list_is_sound() -> None:
    assert len(set(CONTENTS)) == len(CONTENTS)
    assert {content.kind for content in CONTENTS} <= {*catalogue.KINDS, *catalogue.REPORTS}
    assert all(re.fullmatch(r"[A-Z]{1,3}-?\d+(-[\dA-Z]+)*", content.law) for content in CONTENTS)


def test_a_line_is_cited_as_people_do() -> None:
    cited = {content.law: content.source for content in CONTENTS}
    assert cited["CC-278-2"] == "《民法典》第二百七十八条"
    assert cited["PI-11"] == "《个人信息保护法》第二十五条"
    assert cited["D-13"] == "导入手册（D-13）"


@pytest.mark.parametrize("kind", sorted(catalogue.KINDS))
def test_a_template_says_what_the_law_asks(kind: str, library: Library) -> None:
    assert any(content.kind == kind for content in CONTENTS), f"{kind}: write into the list what it must say"
    absent = missing(kind, library.templates[catalogue.KINDS[kind].template])
    assert not absent, "\n".join(map(str, absent))


@pytest.mark.parametrize("content", CONTENTS, ids=str)
def test_a_template_that_loses_it_is_found_out(content: Content, library: Library) -> None:
    template = library.templates[catalogue.kind_of(content.kind).template]
    assert content in missing(content.kind, word.without(template, content.says))


@pytest.mark.parametrize("kind", sorted(catalogue.KINDS))
def test_the_issued_paper_prints_it(kind: str, issued: Issued) -> None:
    said = [word.squeezed(text) for text in word.paragraphs(issued.papers[kind])]
    for content in PRINTED:
        if content.kind == kind:
            printed = word.as_printed(content.says, issued.records[kind])
            assert any(printed.search(text) for text in said), f"{content.law}: {printed.pattern}"


NOTICE = "notices/meeting_notice.docx"
#: By what somebody did: words of the notice of a meeting and what became of them, and whether it is still said.
EDITS: dict[str, tuple[str, str, bool]] = {
    "other words around a fact": ("业主名册于", "本次会议的名册冻结日：", True),
    "the fact taken out": ("{{ freeze_roster.frozen_on }}", "近日", False),
    "a sentence put otherwise": ("不交回的表决票不计入参与表决", "没有交回的表决票，不计入参与表决的面积和人数", True),
    "a sentence turned into another": ("不交回的表决票不计入参与表决", "请保管好您的表决票", False),
}


def edited(library: Library, old: str, new: str) -> bytes:
    """The notice of a meeting with words changed in every paragraph that has them, as Word writes it."""
    made = library.templates[NOTICE]
    assert any(old in text for text in word.paragraphs(made)), old
    return word.rewritten(made, lambda text: text.replace(old, new))


@pytest.mark.parametrize("done", EDITS)
def test_other_words_are_let_pass_for_a_person_to_judge_and_what_is_dropped_is_not(done: str, library: Library) -> None:
    old, new, said = EDITS[done]
    parts = package.read(edited(library, old, new), "x")
    lost, reworded = asked("meeting_notice").lost(parts, "x"), asked("meeting_notice").reworded(parts, "x")
    assert bool(reworded) == said, reworded
    assert bool(lost) != said, lost
    assert all(new in one.paragraph for one in reworded)


def test_a_row_may_have_another_name(library: Library) -> None:
    renamed = word.rewritten(library.templates[NOTICE], lambda text: re.sub(r"\brow\b(?= in|\.)", "matter", text))
    parts = package.read(renamed, "x")
    assert not asked("meeting_notice").lost(parts, "x")
    assert {one.content.says for one in asked("meeting_notice").reworded(parts, "x")} >= {
        "{{ row.text }}",
        "{{ row.item_class }}",
    }


def test_what_stands_elsewhere_already_is_no_other_wording(library: Library) -> None:
    """The estate is named in many paragraphs; none of them says who decides."""
    made = word.without(library.templates["records/contract_draft.docx"], "{{ estate.name }}全体业主")
    assert "{{ estate.name }}全体业主" in {one.says for one in missing("contract_draft", made)}
