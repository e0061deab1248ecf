"""An estate keeps its pack until somebody moves it on purpose."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine import cli, store
from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted
from engine.rules import jurisdiction
from engine.rules.jurisdiction import Pack
from engine.store import Store, pending
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
        timers = pending.timers(work, estate_id=estate)
    with opened.work(DISTRICT, NOW) as work:
        administering.move_to_pack(work, published, estate, new.version, f" {REASON} ")
    with opened.work(CADRE, NOW) as work:
        pack = Dossier(work, published, estate).pack
        assert (pack.version, pack.days("objection_period")) == (new.version, 10)
        [moved] = log(work, estate)
        assert pending.timers(work, estate_id=estate) == timers, "what was announced keeps its moment"
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


def test_the_command_compares_first_and_moves_only_for_a_reason(
    tmp_path: Path, library: Library, new: Pack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAORU_HOME", str(tmp_path / "home"))
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "zhonglou-2026.toml").write_text(new.text)
    (tmp_path / "data").mkdir()
    opened = store.open(f"sqlite:///{tmp_path / 'data' / 'daoru.db'}", files=tmp_path / "data" / "files")
    with opened.work(CADRE, NOW) as work:
        estate = onboarding.open_estate(work, library, "桂语苑", PLACE, PEOPLE)
    asked = ["pack", "move", "--out", str(tmp_path), "--packs", str(tmp_path / "packs")]
    assert cli.main(asked) == 0
    said = capsys.readouterr().out
    assert "结果异议期（objection_period）：7 → 10\n共 1 项不同\n没有变更" in said
    assert cli.main([*asked, "--reason", REASON, "--by", CADRE]) == 2
    assert "区住建" in capsys.readouterr().err
    with opened.work(CADRE, NOW) as work:
        assert log(work, estate) == []
    assert cli.main([*asked, "--reason", REASON, "--by", DISTRICT, "--to", new.version[:8]]) == 0
    assert "已变更" in capsys.readouterr().out
    with opened.work(CADRE, NOW) as work:
        assert work.estate(estate).pack_version == new.version
        [moved] = log(work, estate)
        assert (moved["actor"], moved["reason"]) == (DISTRICT, REASON)
    opened.close()
    assert cli.main([*asked[:3], str(tmp_path / "nowhere")]) == 2
    assert "没有找到" in capsys.readouterr().err
