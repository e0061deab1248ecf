"""What the changes of a paper amount to: words that bind, filled-in values, or mere form."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.documents import catalogue, clauses, package, tampering, weighing
from engine.documents.clauses import Clause, Line
from engine.documents.package import DOCUMENT
from engine.documents.reading import Word
from engine.documents.tampering import Template
from engine.documents.weighing import Sort
from engine.use_cases.library import Library
from tests.documents.conftest import Issued
from tests.documents.contracts import packed, parts, replaced
from tests.documents.test_redlines import saved

FEE = "第二十七条"


def weighed(old: bytes, new: bytes, issued: Issued, library: Library) -> dict[str, Sort]:
    """The clauses of the service contract that changed, each with what its change amounts to."""
    kind = "service_contract"
    printed: Mapping[str, object] = {name: fact["value"] for name, fact in issued.records[kind].items()}
    template = Template(library.templates[catalogue.KINDS[kind].template], printed)
    before, after = (Word(package.read_worked_on(content, kind)) for content in (old, new))
    changes = weighing.restyled(before, after, clauses.compare(clauses.clauses(before), clauses.clauses(after)))
    found = weighing.sorted_out(changes, template.spans)
    return {change.title: sort for sort, these in found.items() for change in these}


@pytest.mark.parametrize(
    "change, sort",
    [
        (("每月1.20元", "每月1.50元"), "values"),
        (("每月1.20元", "每月1.20元，另收电梯费"), "substance"),
        (("每月1.20元", "每月1.50元，另收0.30"), "substance"),
        (("每月1.20元", "住宅物业服务费每月每平方米元，按建筑面积计收"), "substance"),
        (("每月1.20元", "每月 1.20 元"), "form"),
        (("每月1.20元", "每月１.２０元"), "form"),
        (("每月1.20元", "每月1.2 0元"), "substance"),
    ],
    ids=["another fee", "words behind it", "words within it", "struck out", "gaps", "wide figures", "a figure apart"],
)
def test_a_changed_fee_is_a_value_and_whatever_else_is_said_binds(
    change: tuple[str, str], sort: Sort, issued: Issued, library: Library
) -> None:
    old = issued.papers["service_contract"]
    assert weighed(old, replaced(old, change), issued, library) == {FEE: sort}


def test_a_term_in_the_wording_binds_and_both_kinds_in_one_clause_count_as_the_graver(
    issued: Issued, library: Library
) -> None:
    old = issued.papers["service_contract"]
    (amount,) = weighed(old, replaced(old, ("三十日", "四十五日")), issued, library).values()
    assert amount == "substance"
    both = replaced(old, ("每月1.20元", "每月1.50元"))
    line = next(one for one in clauses.clauses(Word(parts(old))) if one.title == FEE).lines[0].text
    assert weighed(old, replaced(both, (line[-4:-1], "另议")), issued, library)[FEE] == "substance"


def test_words_that_only_look_otherwise_are_form(issued: Issued, library: Library) -> None:
    old = issued.papers["service_contract"]
    words = parts(old)[DOCUMENT].decode()
    place = words.index("每月1.20元")
    start = words.rindex("<w:p>", 0, place) if "<w:p>" in words[:place] else words.rindex("<w:p ", 0, place)
    opened = words[start:place]
    turned = re.sub(r"(<w:pPr>)(?:<w:jc [^>]*/>)?", r'\1<w:jc w:val="right"/>', opened, count=1)
    assert turned != opened
    new = packed({**parts(old), DOCUMENT: (words[:start] + turned + words[place:]).encode()})
    assert weighed(old, new, issued, library) == {FEE: "form"}


@pytest.mark.parametrize("kind", ["service_contract", "meeting_notice", "settlement"])
def test_saving_a_paper_in_libreoffice_changes_no_looks(kind: str, issued: Issued, tmp_path: Path) -> None:
    before = Word(package.read(issued.papers[kind], kind))
    after = Word(package.read_worked_on(saved(tmp_path, issued.papers[kind]), kind))
    changes = weighing.restyled(before, after, clauses.compare(clauses.clauses(before), clauses.clauses(after)))
    assert not clauses.summary(changes)


FEE_LINE = "住宅物业服务费每月每平方米{{ fee.dwelling }}元，按建筑面积计收"


@pytest.mark.parametrize(
    ("was", "now", "sort"),
    [
        (FEE_LINE, "住宅物业服务费每月每平方米{{ fee.commercial }}元，按建筑面积计收", "values"),
        (FEE_LINE, "住宅物业服务费每季每平方米{{ fee.dwelling }}元，按建筑面积计收", "substance"),
        (FEE_LINE, "住宅物业服务费每月每平方米元，按建筑面积计收", "substance"),
        (FEE_LINE, "住宅物业服务费每月每平方米 {{ fee.dwelling }} 元，按建筑面积计收", "form"),
        ("{%p if estate.assembly %}", "{%p if estate.custody %}", "substance"),
    ],
)
def test_in_a_template_a_tag_that_another_took_the_place_of_is_a_value_and_a_condition_is_substance(
    was: str, now: str, sort: Sort
) -> None:
    old, new = (Clause("第一条", lines=[Line(text)]) for text in (was, now))
    [change] = clauses.compare([old], [new])
    assert weighing.sort(change, tampering.tags) == sort
