"""An estate keeps its pack until somebody moves it on purpose."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted
from engine.rules import jurisdiction
from engine.rules.jurisdiction import Pack
from engine.store import Store
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import administering, onboarding
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

NOW = datetime(2026, 7, 2, 1, tzinfo=UTC)
DISTRICT, CADRE = "蒋涛", "周敏"
PEOPLE = {"区住建": DISTRICT, "社区干部": CADRE, "街道": "陈立"}
REASON = "区里公布了新的规则包，小区尚未公告会议"
PLACE = "changzhou-zhonglou"


@pytest.fixture(scope="module")
def old(library: Library) -> Pack:
    return next(pack for pack in library.packs if pack.place == PLACE)


@pytest.fixture(scope="module")
def new(old: Pack) -> Pack:
    text = old.text.replace("effective_from = 2024-01-01", "effective_from = 2026-07-01")
    text = text.replace('title = "结果异议期"\nvalue = 7', 'title = "结果异议期"\nvalue = 10')
    return jurisdiction.read(text, file="new.toml")


@pytest.fixture(scope="module")
def published(library: Library, new: Pack) -> Library:
    """The library after the district published a newer pack."""
    return replace(library, packs=(*library.packs, new))


@pytest.fixture
def estate(opened: Store, library: Library) -> int:
    with opened.work(CADRE, NOW) as work:
        return onboarding.open_estate(work, library, "桂语苑", PLACE, PEOPLE)


def log(work: UnitOfWork, estate: int) -> list[dict[str, Any]]:
    return [event for event in work.log(estate) if event["kind"] == "EstateMovedToPack"]


def test_a_newer_pack_serves_new_estates_and_leaves_the_running_one(
    opened: Store, published: Library, old: Pack, new: Pack, estate: int
) -> None:
    with opened.work(CADRE, NOW) as work:
        other = onboarding.open_estate(work, published, "梅苑", PLACE, PEOPLE)
    with opened.work(CADRE, NOW) as work:
        onboarding.interrupt(work, published, estate)
    with opened.work(CADRE, NOW) as work:
        assert Dossier(work, published, estate).pack.version == old.version
        assert Dossier(work, published, other).pack.version == new.version


def test_an_estate_is_moved_on_purpose_and_the_log_says_why_and_what_changed(
    opened: Store, published: Library, old: Pack, new: Pack, estate: int
) -> None:
    with opened.work(CADRE, NOW) as work:
        timers = work.timers(estate_id=estate)
    with opened.work(DISTRICT, NOW) as work:
        administering.move_to_pack(work, published, estate, new.version, f" {REASON} ")
    with opened.work(CADRE, NOW) as work:
        pack = Dossier(work, published, estate).pack
        assert (pack.version, pack.days("objection_period")) == (new.version, 10)
        [moved] = log(work, estate)
        assert work.timers(estate_id=estate) == timers, "what was announced keeps its moment"
    assert (moved["actor"], moved["reason"]) == (DISTRICT, REASON)
    assert moved["changes"] == [["objection_period", "7", "10"]]
    assert old.version[:8] in moved["left"]
    assert new.version[:8] in moved["reached"]


def test_an_estate_finds_its_pack_though_the_library_has_it_no_more(
    opened: Store, library: Library, published: Library, new: Pack, estate: int
) -> None:
    with opened.work(DISTRICT, NOW) as work:
        administering.move_to_pack(work, published, estate, new.version, REASON)
    with opened.work(CADRE, NOW) as work:
        assert Dossier(work, library, estate).pack.days("objection_period") == 10


@pytest.mark.parametrize(
    "which, reason, says",
    [
        ("new", " ", "没有写明理由"),
        ("old", REASON, "已经在用这个版本"),
        ("hangzhou", REASON, "另一地的规则包"),
    ],
)
def test_a_move_that_cannot_stand_changes_nothing(
    opened: Store, published: Library, old: Pack, new: Pack, estate: int, which: str, reason: str, says: str
) -> None:
    hangzhou = next(pack for pack in published.packs if pack.place == "hangzhou")
    version = {"new": new, "old": old, "hangzhou": hangzhou}[which].version
    with pytest.raises(InvalidAnswers, match=says), opened.work(DISTRICT, NOW) as work:
        administering.move_to_pack(work, published, estate, version, reason)
    with opened.work(CADRE, NOW) as work:
        assert work.estate(estate).pack_version == old.version
        assert log(work, estate) == []


def test_a_pack_that_is_not_in_force_yet_waits(opened: Store, published: Library, new: Pack, estate: int) -> None:
    june = datetime(2026, 6, 30, 1, tzinfo=UTC)
    with pytest.raises(InvalidAnswers, match="2026-07-01 起才施行"), opened.work(DISTRICT, june) as work:
        administering.move_to_pack(work, published, estate, new.version, REASON)


def test_only_the_district_moves_an_estate_and_only_to_what_is_published(
    opened: Store, library: Library, published: Library, new: Pack, estate: int
) -> None:
    with pytest.raises(NotPermitted, match="区住建"), opened.work(CADRE, NOW) as work:
        administering.move_to_pack(work, published, estate, new.version, REASON)
    with pytest.raises(NotFound), opened.work(DISTRICT, NOW) as work:
        administering.move_to_pack(work, library, estate, new.version, REASON)


def test_two_who_move_at_once_move_it_once(opened: Store, published: Library, new: Pack, estate: int) -> None:
    with pytest.raises(Conflict), opened.work(DISTRICT, NOW) as slow:
        administering.move_to_pack(slow, published, estate, new.version, REASON)
        with opened.work(DISTRICT, NOW) as quick:
            administering.move_to_pack(quick, published, estate, new.version, REASON)
    with opened.work(CADRE, NOW) as work:
        assert len(log(work, estate)) == 1
