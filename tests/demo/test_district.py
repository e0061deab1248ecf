"""The demo district: invented estates whose journeys were really run, ending the day before it is built."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import store
from engine.carry import casefile
from engine.demo import building, cast, moving, play, roll
from engine.demo.cast import Cast
from engine.errors import NotPermitted
from engine.settings import Settings
from engine.store import Store, tables
from engine.use_cases import accounts
from engine.use_cases.library import ONBOARDING, Library
from tests.district import Browser
from web import create_app

TODAY = date(2026, 11, 25)
#: One estate for each stage and each trouble, and one whose first month is over.
SAMPLE = (
    "河埠新村", "禾苗小区", "晒谷场小区", "香雪园", "机杼里", "汀兰小区", "春晖锦苑", "杏林东苑", "岚山名邸",
    "玉带家园", "星河锦苑", "桥东家园", "彩云坊", "锁桥人家", "纱厂公寓", "古槐里", "锦棠园",
)  # fmt: skip


def entries(*names: str) -> tuple[roll.Entry, ...]:
    chosen = [entry for entry in roll.entries() if entry.name in names]
    return tuple(replace(entry, number=number) for number, entry in enumerate(chosen, start=1))


def built(home: Path, some: tuple[roll.Entry, ...], today: date = TODAY) -> dict[str, str]:
    home.mkdir()
    return building.build(home, store.Public(key=b"a key for tests"), some, today, lambda line: None)


@contextmanager
def opening(home: Path) -> Iterator[Store]:
    opened = store.open(f"sqlite:///{home / 'daoru.db'}", files=home / "files", synchronous="OFF")
    try:
        yield opened
    finally:
        opened.close()


def told(home: Path) -> list[Any]:
    """Every event of every estate."""
    with opening(home) as opened, opened.work("测试", datetime.now(UTC)) as work:
        ids = work.connection.execute(sa.select(tables.estate.c.id)).scalars().all()
        return [work.log(key) for key in ids]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district of the estates of the sample, each of which came as far as the table says."""
    home = tmp_path_factory.mktemp("demo") / "home"
    assert built(home, entries(*SAMPLE)) == {}
    return home


def test_seventy_four_estates_have_names_and_places_of_their_own() -> None:
    every = roll.entries()
    assert len(every) == len({entry.name for entry in every}) == 74
    assert len({entry.node for entry in every}) > 30
    assert {entry.street for entry in every} == {entry.street for entry in every if entry.at}
    assert {entry.estate_type for entry in every} == {
        "OLD", "SEMI_NEW", "RESETTLEMENT", "TARGETED_SALE", "CUSTODIAL", "SCATTERED_BUILDING",
    }  # fmt: skip


def test_every_estate_goes_the_way_of_a_case_that_is_shipped(library: Library) -> None:
    for entry in roll.entries():
        case = building.script(entry)
        assert case.place == roll.PLACE
        steps = play.until(case.steps, entry.at)
        assert steps, entry.name
        # two years of history, and nothing before
        by = play.weeks(steps, TODAY)
        assert (TODAY - (steps[0].on + by)).days + entry.days < 750, entry.name


def test_every_stage_and_every_trouble_is_there(sample: Path, library: Library) -> None:
    with opening(sample) as opened, opened.work("测试", datetime.now(UTC)) as work:
        stay, estate, task, timer = tables.stay, tables.estate, tables.task, tables.timer
        stages = set(work.connection.execute(sa.select(stay.c.stage).where(stay.c.left_at.is_(None))).scalars())
        statuses = set(work.connection.execute(sa.select(estate.c.status)).scalars())
        late = work.connection.execute(
            sa.select(estate.c.name)
            .join(task, task.c.estate_id == estate.c.id)
            .join(timer, timer.c.fired_for == task.c.id)
            .where(task.c.status == "open")
        ).scalars()
        late_ones = set(late)
    assert set(library.definition(ONBOARDING).stages) <= stages
    assert statuses == {"running", "suspended", "withdrawn", "ended", "operating"}
    assert "河埠新村" in late_ones
    outcomes = {event["outcome"] for log in told(sample) for event in log if event["kind"] == "GateDecided"}
    assert {"CONTESTED", "NO_QUORUM", "NOT_NOW"} <= outcomes
    assert any(
        event["kind"] == "TaskCompleted" and event["task"] == "complain_to_housing"
        for log in told(sample)
        for event in log
    )


def rows(home: Path, estate: str, statement: str) -> list[Any]:
    """What ``statement`` finds of an estate, which it names by ``:estate``."""
    with opening(home) as opened, opened.work("测试", datetime.now(UTC)) as work:
        key = sa.select(tables.estate.c.id).where(tables.estate.c.name == estate)
        found = {"estate": work.connection.execute(key).scalar_one()}
        return list(work.connection.execute(sa.text(statement), found))


def test_doors_are_called_at_by_whoever_holds_them_while_a_canvass_goes_on(sample: Path) -> None:
    calls = rows(sample, "汀兰小区", "SELECT key, time, actor FROM visit WHERE estate_id = :estate")
    doors = rows(sample, "汀兰小区", "SELECT DISTINCT person FROM canvass_door WHERE estate_id = :estate")
    assert 50 < len(calls) < 133
    assert all(one.key and one.time for one in calls)
    assert {one.actor for one in calls} == {one.person for one in doors}
    assert len(doors) == 2


def test_ballots_of_a_vote_that_waits_for_its_count_are_read_by_two_and_not_all_of_them_yet(sample: Path) -> None:
    states = dict(rows(sample, "锦棠园", "SELECT state, count(*) FROM ballot WHERE estate_id = :estate GROUP BY state"))
    assert sum(states.values()) == 196
    assert {"DELIVERED", "ENTERED", "RECONCILED"} <= set(states) <= {"DELIVERED", "ENTERED", "RECONCILED", "DISPUTED"}
    happened = rows(
        sample,
        "锦棠园",
        "SELECT DISTINCT h.what FROM ballot_history h JOIN ballot b ON b.id = h.ballot_id WHERE b.estate_id = :estate",
    )
    assert {"ISSUED", "DELIVERED", "TAKEN", "ENTERED", "AGREED"} <= {one.what for one in happened}


def test_notices_are_proved_board_by_board_and_each_side_signs_every_group(sample: Path) -> None:
    proofs = rows(
        sample,
        "岚山名邸",
        "SELECT p.place, count(*) AS photos FROM notice n JOIN posting p ON p.notice_id = n.id JOIN proof r ON"
        " r.posting_id = p.id WHERE n.estate_id = :estate AND n.subject = 'result' GROUP BY p.id",
    )
    assert sorted(one.place for one in proofs) == ["1 幢大厅", "小区大门公告栏", "社区公告栏"]
    assert all(one.photos == 3 for one in proofs)
    signed = rows(sample, "星河锦苑", "SELECT about, count(*) AS signed FROM handover_act WHERE estate_id = :estate"
                  " AND kind = 'SIGNED' GROUP BY about")  # fmt: skip
    assert len(signed) == 20
    assert all(one.signed == 3 for one in signed)
    held = rows(sample, "岚山名邸", "SELECT kind FROM count_act WHERE estate_id = :estate")
    assert {one.kind for one in held} == {"OPENED", "BOX", "CLOSED", "SIGNED"}


def test_nothing_happened_after_the_day_before(sample: Path) -> None:
    moments = [event["at"] for log in told(sample) for event in log]
    assert max(moments) < "2026-11-24T16:00:01"
    assert min(moments) < "2025-01-01"


def test_names_of_the_cases_do_not_come_through(sample: Path) -> None:
    with opening(sample) as opened, opened.work("测试", datetime.now(UTC)) as work:
        given = work.connection.execute(sa.select(tables.task.c.answers).where(tables.task.c.answers.is_not(None)))
        said = b" ".join(given.scalars()).decode()
        names = set(work.connection.execute(sa.select(tables.estate.c.name)).scalars())
    # 桂语社区 has estates of its own
    assert not re.search("桂语苑|红梅旧里|柳浪新村|临河路|常顺|韩志刚", said)
    assert all(name in said for name in names)


def test_two_builds_on_one_day_give_the_same_events(tmp_path: Path) -> None:
    some = entries("望晴小区", "机杼里", "船坞小区")
    for name in ("one", "other"):
        assert built(tmp_path / name, some) == {}
    assert told(tmp_path / "one") == told(tmp_path / "other")


def test_everybody_who_is_shown_signs_in_and_sees_what_is_theirs(sample: Path, library: Library) -> None:
    players = cast.shown(Cast(roll.entries()).players())
    assert len(players) == len({player.role for player in players}) == 10
    shown = "\n".join(building.sign_ins())
    assert cast.PASSWORD in shown
    with opening(sample) as opened:
        app = create_app(settings_of(sample), opened, library)
        for player in players:
            assert player.login in shown
            assert player.name in shown
            browser = Browser(app.test_client())
            answer = browser.post("/sign-in", {"login": player.login, "password": cast.PASSWORD})
            assert answer.status_code == 302, player.login
            assert browser.get("/board").status_code == 200


def settings_of(home: Path, *, production: bool = False) -> Settings:
    return Settings(home, f"sqlite:///{home / 'daoru.db'}", "NORMAL", b"k" * 32, b"w" * 32, production)


def test_a_paper_of_the_demo_opens(sample: Path, library: Library) -> None:
    with opening(sample) as opened:
        browser = Browser(create_app(settings_of(sample), opened, library).test_client())
        browser.post("/sign-in", {"login": "zhujian", "password": cast.PASSWORD})
        with opened.work("测试", datetime.now(UTC)) as work:
            number = work.documents(1)[0].number
        assert browser.get(f"/papers/{number}").data[:2] == b"PK"


def test_the_adviser_has_approved_what_lay_with_him_and_has_the_rest_before_him(sample: Path, library: Library) -> None:
    with opening(sample) as opened:
        browser = Browser(create_app(settings_of(sample), opened, library).test_client())
        browser.post("/sign-in", {"login": "guwen", "password": cast.PASSWORD})
        queue = browser.get("/examining").text
    waiting, _, done = (int(count) for count in re.findall(r'"number">\((\d+)\)<', queue))
    assert 0 < waiting < done


def test_accounts_hold_their_lane_where_it_belongs() -> None:
    every = Cast(roll.entries())
    for entry in roll.entries():
        people = every.people(entry)
        assert set(people) <= set(accounts.ROLES)
        held = {player.name: player for player in every.players()}
        for lane, name in people.items():
            assert held[name].role == lane
            assert entry.node.startswith(held[name].node)


def test_a_second_start_finds_everything_as_it_was(tmp_path: Path) -> None:
    said: list[str] = []
    kept = settings_of(tmp_path)
    # what a build left that was killed counts for nothing
    (tmp_path / "demo.new.1" / "files").mkdir(parents=True)
    (tmp_path / "demo.new.1" / "daoru.db").write_bytes(b"half")
    building.prepare(kept, TODAY, said.append, entries("船坞小区", "禾苗小区"))
    assert "第一次启动" in said[0]
    assert not list(tmp_path.glob("demo.new*"))
    before, content = told(tmp_path), (tmp_path / "daoru.db").read_bytes()
    said.clear()
    building.prepare(kept, date(2026, 12, 24), said.append)
    assert not any("准备" in line for line in said)
    assert cast.PASSWORD in said[0]
    assert (told(tmp_path), (tmp_path / "daoru.db").read_bytes()) == (before, content)


def test_a_database_that_is_in_use_is_never_touched(tmp_path: Path) -> None:
    kept, said = settings_of(tmp_path), list[str]()
    with opening(tmp_path) as opened, opened.work("测试", datetime.now(UTC)) as work:
        accounts.add(work, "chenli", "陈立", "一段足够长的口令", "钟楼区/永红街道", ["街道"])
    content = (tmp_path / "daoru.db").read_bytes()
    building.prepare(kept, TODAY, said.append)
    assert said == []
    assert (tmp_path / "daoru.db").read_bytes() == content


def test_a_database_without_anything_in_it_counts_as_none(tmp_path: Path) -> None:
    with opening(tmp_path):
        pass
    building.prepare(settings_of(tmp_path), TODAY, lambda line: None, entries("船坞小区"))
    assert len(told(tmp_path)) == 1


def test_production_and_other_databases_are_refused(sample: Path, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted, match="正式环境"):
        building.prepare(settings_of(tmp_path, production=True), TODAY, lambda line: None)
    with pytest.raises(NotPermitted, match="DAORU_DATABASE_URL"):
        building.prepare(replace(settings_of(tmp_path), database_url="postgresql://x/y"), TODAY, lambda line: None)
    assert not list(tmp_path.iterdir())
    with pytest.raises(NotPermitted, match="密码是公开的"):
        building.refuse_in_production(settings_of(sample, production=True))
    building.refuse_in_production(settings_of(tmp_path, production=True))


def test_dates_months_and_years_of_a_step_move_together() -> None:
    answers = {
        "told": "二〇二六年三月九日",
        "paper": "临街〔2026〕7号",
        "month": "2026-02",
        "built": "2004-05-01",
        "lasts": "三个月内，十二月前",
        "service_start": "2026-07-20",
        "service_end": "2029-07-19",
    }
    moved = moving.moved(casefile.Step(1, "case.yaml", 1, date(2026, 3, 9), answers=answers), timedelta(-364))
    assert moved.on == date(2025, 3, 10)
    assert moved.answers == {
        "told": "二〇二五年三月十日",
        "paper": "临街〔2025〕7号",
        "month": "2025-03",
        "built": "2004-05-01",
        "lasts": "三个月内，十二月前",
        "service_start": "2025-07-21",
        "service_end": "2028-07-20",
    }
