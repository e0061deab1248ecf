"""Every paper says what reviewers expect of it, read from the Word files of real cases.

The list is ``good_practice.tsv``: a new item is one line there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.documents import catalogue
from tests.documents import word
from tests.documents.conftest import Issued

LIST = Path(__file__).with_name("good_practice.tsv")
#: The kinds of paper for which the notes on law, section 4, name such items.
SECTIONS = {
    "4.2": {"intention_form"},
    "4.4": {"meeting_notice"},
    "4.5": {"ballot"},
    "4.6": {"rules_of_procedure"},
    "4.7": {"owners_covenant"},
    "4.8": {"proxy_form"},
    "4.9": {"result_notice", "meeting_minutes", "count_sheet"},
    "4.11": {"committee_filing"},
    "4.12": {"dismissal_notice"},
    "4.13": {
        "selection_plan", "company_publication", "scoring_sheet", "tender_notice", "tender_documents",
        "bid_opening_record", "panel_report", "award_notice",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Practice:
    """One item that a kind of paper is expected to say, and the case whose paper has it."""

    section: str
    kind: str
    item: str
    says: str
    case: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.item}"


LISTED = [
    Practice(*line.split("\t")) for line in LIST.read_text().splitlines() if line.strip() and not line.startswith("#")
]


def test_the_list_names_every_section_and_each_item_once() -> None:
    assert len({(one.kind, one.item) for one in LISTED}) == len(LISTED)
    listed: dict[str, set[str]] = {}
    for one in LISTED:
        listed.setdefault(one.section, set()).add(one.kind)
    assert listed == SECTIONS
    assert {one.kind for one in LISTED} <= set(catalogue.KINDS)


@pytest.mark.parametrize("expected", LISTED, ids=str)
def test_a_paper_says_it(expected: Practice, issued: Issued, issued_in: Callable[[str], Issued]) -> None:
    found = issued_in(expected.case) if expected.case else issued
    said = [word.squeezed(text) for text in word.paragraphs(found.papers[expected.kind])]
    printed = word.as_printed(expected.says, found.records[expected.kind])
    assert any(printed.search(text) for text in said), printed.pattern
