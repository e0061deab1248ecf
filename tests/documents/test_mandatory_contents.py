"""Every paper says what the law asks of it, and a template that loses one of these words is found out.

The list is ``mandatory_contents.tsv``: a new document is a few more lines there.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.documents import catalogue
from engine.use_cases.library import Library
from tests.documents import word
from tests.documents.conftest import Issued

LIST = Path(__file__).with_name("mandatory_contents.tsv")


@dataclass(frozen=True)
class Content:
    """What one rule of law asks one kind of document to say."""

    law: str
    kind: str
    says: str

    def __str__(self) -> str:
        return f"{self.law} {self.kind}: {self.says}"


CONTENTS = [
    Content(*line.split("\t")) for line in LIST.read_text().splitlines() if line.strip() and not line.startswith("#")
]
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


def missing(kind: str, template: bytes) -> list[Content]:
    """What a template of that kind ought to say and does not."""
    said = [word.squeezed(text) for text in word.paragraphs(template)]
    asked = [content for content in CONTENTS if content.kind == kind]
    return [content for content in asked if not any(word.squeezed(content.says) in text for text in said)]


def test_the_list_is_sound() -> None:
    assert len(set(CONTENTS)) == len(CONTENTS)
    assert {content.kind for content in CONTENTS} <= set(catalogue.KINDS)
    assert all(re.fullmatch(r"[A-Z]{1,3}-?\d+(-[\dA-Z]+)*", content.law) for content in CONTENTS)


@pytest.mark.parametrize("kind", sorted(catalogue.KINDS))
def test_a_template_says_what_the_law_asks(kind: str, library: Library) -> None:
    assert any(content.kind == kind for content in CONTENTS), f"{kind}: write what it must say into {LIST.name}"
    absent = missing(kind, library.templates[catalogue.KINDS[kind].template])
    assert not absent, "\n".join(map(str, absent))


@pytest.mark.parametrize("content", CONTENTS, ids=str)
def test_a_template_that_loses_it_is_found_out(content: Content, library: Library) -> None:
    template = library.templates[catalogue.KINDS[content.kind].template]
    assert content in missing(content.kind, word.without(template, content.says))


@pytest.mark.parametrize("kind", sorted(catalogue.KINDS))
def test_the_issued_paper_prints_it(kind: str, issued: Issued) -> None:
    said = [word.squeezed(text) for text in word.paragraphs(issued.papers[kind])]
    for content in PRINTED:
        if content.kind == kind:
            printed = word.as_printed(content.says, issued.records[kind])
            assert any(printed.search(text) for text in said), f"{content.law}: {printed.pattern}"
