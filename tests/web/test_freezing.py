"""The roster is frozen by two people, and what a later version would change is shown and changes nothing."""

import pytest
import sqlalchemy as sa

from engine.store import registers, rosters
from engine.use_cases.dossier import Dossier
from tests.district import CASE, District
from tests.freezing import BODY, CADRE, GRID, PAGE, Freezing


@pytest.fixture
def going(district: District) -> Freezing:
    """The estate whose roster is next."""
    return Freezing.begin(district)


def test_nobody_freezes_a_roster_that_no_other_has_proposed(going: Freezing) -> None:
    refused = going.freeze()
    assert refused.status_code == 422
    assert "第 1 版还没有人提请冻结" in refused.text
    assert going.propose().status_code == 302
    assert f"{CASE.people[GRID]}，" in going.district.browser(CADRE).get(PAGE).text
    assert going.freeze().status_code == 302
    page = going.district.browser(CADRE).get(PAGE).text
    assert "第 1 版（已冻结）" in page
    for name in (CASE.people[GRID], CASE.people[CADRE]):
        assert name in page


def test_whoever_proposed_does_not_freeze_until_another_has_proposed_too(going: Freezing) -> None:
    assert going.propose(CADRE).status_code == 302
    refused = going.freeze()
    assert refused.status_code == 422
    assert "就是您提请冻结的；一人提请、另一人冻结" in refused.text
    assert going.propose(BODY).status_code == 302
    assert going.freeze().status_code == 302


def test_a_proposal_is_of_the_version_that_was_seen_and_falls_with_it(going: Freezing) -> None:
    grid = going.district.browser(GRID)
    seen = going.digits(grid)
    going.import_changed({"1-0101": {"建筑面积": "90"}})
    stale = going.propose(digits=seen)
    assert stale.status_code == 409
    assert "名册刚刚换了一版" in stale.text
    assert going.propose().status_code == 302
    going.import_changed({})
    assert "请重新提请" in grid.get(PAGE).text
    assert "第 3 版还没有人提请冻结" in going.freeze().text


def test_a_proposal_made_twice_is_one(going: Freezing) -> None:
    for _ in range(2):
        assert going.propose().status_code == 302
    assert [one["kind"] for one in going.district.log(1)].count("RosterProposed") == 1


def test_the_company_proposes_nothing(going: Freezing) -> None:
    assert going.propose("物业企业", "0" * 16).status_code == 403


def test_rows_that_were_changed_behind_the_digest_are_neither_proposed_nor_frozen(going: Freezing) -> None:
    assert going.propose().status_code == 302
    with going.district.opened.work("测试", going.district.clock.now) as work:
        work.execute(sa.update(registers.unit).where(registers.unit.c.unit_no == "1-0101").values(building="9"))
    assert "可能被改动过" in going.propose(BODY).text
    assert "可能被改动过" in going.freeze().text


def test_papers_print_the_digits_that_were_kept_with_the_version(going: Freezing) -> None:
    going.propose()
    going.freeze()
    going.district.work_on(1)
    with going.district.opened.work("测试", going.district.clock.now) as work:
        dossier = Dossier(work, going.district.library, 1)
        kept = rosters.version(work, 1, 1)
        assert kept is not None
        assert dossier.roster_digits == f"{int(kept.sha256, 16) % 10**16:016d}"
        printed = next(one for one in dossier.issued if one.kind == "roster_publication")
    page = going.district.browser(CADRE).get(PAGE).text
    assert printed.number in page
    assert " ".join(dossier.roster_digits[at : at + 4] for at in range(0, 16, 4)) in page


def test_an_amendment_shows_its_effect_on_totals_and_thresholds_and_on_nothing_else(going: Freezing) -> None:
    going.propose()
    going.freeze()
    with going.district.opened.work("测试", going.district.clock.now) as work:
        before = Dossier(work, going.district.library, 1).electorate
    going.import_changed({"1-0101": {"产权人": "新业主甲", "证件号": "320404199901010019"}})
    page = going.district.browser(CADRE).get(PAGE).text
    assert "冻结以后换了业主" in page
    assert "→ 新**" in page
    assert "新业主甲" not in page
    going.import_changed({"1-0101": {"建筑面积": "1090"}})
    page = going.district.browser(CADRE).get(PAGE).text
    assert "这次表决仍按第 1 版计票" in page
    assert "面积或人数会变" in page
    with going.district.opened.work("测试", going.district.clock.now) as work:
        dossier = Dossier(work, going.district.library, 1)
        assert dossier.electorate.area == before.area
        newest = rosters.read(work, 1, 3).area
    for area in (before.area, newest):
        needed = -(-2 * area // 3)
        assert f"{needed / 100:,.2f}" in page
