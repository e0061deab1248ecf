"""Ballots from the product's own print, filled in with a pen and scanned, photographed, copied: each is found again."""

import random

import pytest

from engine import pages, pdf
from engine.ballot_scanning import BallotScanner
from engine.rules.ballot_scan import Verdict
from engine.store import ballot_scans
from engine.store.ballot_scans import Page
from engine.use_cases import ballot_scans as use_cases
from tests import filled_ballots
from tests.ballot_heaps import heap
from tests.district import District
from tests.filled_ballots import WAYS
from tests.voting import GRID, Voting

pytestmark = pytest.mark.skipif(not (pdf.available() and pages.available()), reason="没有 LibreOffice 或 poppler")
MANY = 8


def brought(going: Voting, files: list[tuple[str, bytes]]) -> list[Page]:
    """What was made of each page of these files."""
    with going.at_work(GRID) as vote:
        key = use_cases.take(vote, files)
    scanner, now = BallotScanner(going.district.opened, going.district.library), going.district.clock.now
    while scanner.round(now):
        pass
    with going.district.opened.work("测试", now) as work:
        return ballot_scans.pages(work, key)


# what is read off paper is the same on every database
@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)
def test_a_printed_heap_and_photos_are_filed_by_their_codes_and_nothing_is_filed_as_what_it_is_not(
    district: District,
) -> None:
    going, seed = Voting.begin(district), random.Random(6)
    with district.opened.work("测试", district.clock.now) as work:
        digest = next(paper.sha256 for paper in work.documents(1) if paper.kind == "ballot")
    printed = [*filled_ballots.printed(district.opened.files.read(digest), 1, MANY, 200)]
    assert [len(one.rows) for one in printed] == [8] * MANY  # a row of three boxes an item
    filled = [filled_ballots.filled(one, seed) for one in printed]
    ways = [way for way in WAYS if way != "photo"]
    scans = [(no, WAYS[ways[no % len(ways)]](page, seed)) for no, page in enumerate(filled[:5], 1)]
    scans += [(0, filled_ballots.back(filled[0], seed)), (0, filled_ballots.together(*filled[6:8], seed))]
    seed.shuffle(scans)
    photos = [(no, WAYS["photo"](page, seed)) for no, page in enumerate(filled[5:], 6)]
    heaped = brought(going, [("整叠.pdf", heap(content for _, content in scans))])
    photographed = brought(going, [("IMG.jpg", content) for _, content in photos])
    [copy] = brought(going, [("复印件.jpg", filled_ballots.photocopy(filled[0], seed))])
    by_place = zip((*scans, *photos), (*heaped, *photographed), strict=True)
    found = {no: page for (no, _), page in by_place if no}
    stained = {no for no in range(1, 6) if "stained" in ways[no % len(ways)]}
    asked = {no for no, page in found.items() if page.verdict is Verdict.UNREADABLE}
    assert asked <= stained
    assert {page.serial for no, page in found.items() if no not in asked} == set(found) - asked
    assert all(page.serial == no for no, page in found.items() if no not in asked)
    assert sorted(page.verdict for (no, _), page in zip(scans, heaped, strict=True) if not no) == sorted(
        [Verdict.BLANK, Verdict.UNREADABLE]
    )
    assert (copy.verdict, copy.serial) == (Verdict.TWICE, 1)
