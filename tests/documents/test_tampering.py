"""Facts that somebody changed by hand in a paper are told with what was printed and what stands there now."""

from collections.abc import Mapping

import pytest

from engine.documents import catalogue, clauses, package
from engine.documents.reading import Word
from engine.documents.tampering import Altered, Template
from engine.use_cases.library import Library
from tests.documents.conftest import Issued
from tests.documents.contracts import replaced

KINDS = sorted(set(catalogue.KINDS) - {"ballot"})


def altered(old: bytes, new: bytes, kind: str, issued: Issued, library: Library) -> list[Altered]:
    printed: Mapping[str, object] = {name: fact["value"] for name, fact in issued.records[kind].items()}
    template = Template(library.templates[catalogue.KINDS[kind].template], printed)
    read = (clauses.clauses(Word(package.read_worked_on(content, kind))) for content in (old, new))
    return template.altered(clauses.compare(*read))


def test_a_fee_changed_in_the_contract_is_told_where_it_stands(issued: Issued, library: Library) -> None:
    old = issued.papers["service_contract"]
    told = altered(old, replaced(old, ("每月1.20元", "每月1.50元")), "service_contract", issued, library)
    assert told == [Altered("finalise_contract.fee_std", "第二十七条", "1.20", "1.50")]


def test_other_words_are_no_fact(issued: Issued, library: Library) -> None:
    old = issued.papers["service_contract"]
    assert not altered(old, replaced(old, ("三十日", "四十五日")), "service_contract", issued, library)


def test_a_fact_that_is_struck_out_is_told(issued: Issued, library: Library) -> None:
    old = issued.papers["service_contract"]
    (told,) = altered(old, replaced(old, ("每月1.20元", "每月元")), "service_contract", issued, library)
    assert (told.was, told.now) == ("1.20", "")


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_a_paper_is_watched_on_every_kind(kind: str, issued: Issued, library: Library) -> None:
    old, number = issued.papers[kind], issued.records[kind]["document.number"]["value"]
    if number.encode() not in package.read(old, kind)[package.DOCUMENT]:
        return  # it stands in the header, whose facts are told as clauses
    told = altered(old, replaced(old, (number, f"{number[:-1]}9")), kind, issued, library)
    assert ("document.number", number) in {(one.name, one.was) for one in told}


def test_a_figure_is_not_sought_within_a_longer_one_and_rows_of_several_tables_are_told_apart(
    issued: Issued, library: Library
) -> None:
    record = issued.records["service_contract"]
    printed = {name: fact["value"] for name, fact in record.items()} | {
        "draft_contract_terms.payment_limit_a": "500.00"
    }
    template = Template(library.templates[catalogue.KINDS["service_contract"].template], printed)
    posts = printed["budget.posts[].amount"]
    assert "61,200.00" in posts
    assert [name for name, *_ in template.places("61,200.00")] == ["budget.posts[].amount"]
    assert template.places("单独列支3,500.00元") == []
    assert [name for name, *_ in template.places("单独列支500.00元")] == ["draft_contract_terms.payment_limit_a"]
