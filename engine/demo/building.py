"""Build the demo district beside an empty ``DAORU_HOME`` and move it in when it is whole (never half a district)."""

import fcntl
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from zoneinfo import ZoneInfo

from engine import jobs, resources, store
from engine.carry import casefile
from engine.carry.acting import Acting
from engine.carry.casefile import Case, Step
from engine.demo import cast, names, play, roll
from engine.demo.adviser import Adviser
from engine.demo.cast import Cast
from engine.demo.errands import Place
from engine.demo.everyday import Everyday
from engine.demo.recast import recast
from engine.demo.roll import Entry
from engine.errors import Conflict, NotPermitted
from engine.settings import Settings
from engine.store import Public, Store, backups
from engine.store import accounts as organisation
from engine.use_cases import accounts, examining, library, onboarding

Say = Callable[[str], None]
ZONE = ZoneInfo("Asia/Shanghai")
_SCRIPTS = "tests/cases"
_UNFINISHED, _LOCK = "demo.new.", "demo.lock"
_MARK = "demo:"
_TELL_EVERY = 10
_PROCESSES = 2
#: Since so long people enter what they do themselves; what lies before was entered from sheets.
_BY_PHONE = timedelta(days=120)


def prepare(kept: Settings, today: date, say: Say, entries: tuple[Entry, ...] = ()) -> None:
    """Build the demo district, of ``entries`` or all, where there is no data yet, and say who may sign in.

    What is there stays as it is.  Raises NotPermitted in production, or where another database is set.
    """
    if kept.production:
        raise NotPermitted("正式环境（DAORU_ENV=production）不能使用演示区，它的密码是公开的；请去掉 --demo 启动。")
    if kept.database_url != f"sqlite:///{kept.home / backups.DATABASE}":
        raise NotPermitted("演示区只放在 DAORU_HOME 里；请去掉 DAORU_DATABASE_URL，或去掉 --demo 启动。")
    with _alone(kept.home):
        if not _used(kept):
            _build_beside(kept, entries or roll.entries(), today, say)
    if is_demo(kept):
        for line in sign_ins():
            say(line)


def refuse_in_production(kept: Settings) -> None:
    """Raise NotPermitted when a demo district would be served in production."""
    if kept.production and is_demo(kept):
        raise NotPermitted(
            f"{kept.home} 里是演示区，它的密码是公开的，正式环境（DAORU_ENV=production）不能使用；请换一个 DAORU_HOME。"
        )


def is_demo(kept: Settings) -> bool:
    """Whether the data is that of a demo district, whose passwords everybody knows."""
    if not _here(kept):
        return False
    with (
        _opened(kept.home, synchronous=kept.synchronous) as opened,
        opened.work(jobs.ACTOR, datetime.now(ZONE)) as work,
    ):
        return bool(work.receipts(_MARK))


def sign_ins() -> Iterator[str]:
    """Who may sign in to look round, and how."""
    yield f"演示区的登录名（密码都是 {cast.PASSWORD}）："
    for player in cast.shown(Cast(roll.entries()).players()):
        yield f"  {player.login:<10}{player.role}　{player.name}（{player.node.rpartition('/')[2]}）"
    yield "演示区的小区、人员和数字都是虚构的。"


def build(
    home: Path, public: Public, entries: tuple[Entry, ...], today: date, say: Say, processes: int = 1
) -> dict[str, str]:
    """Build a district of ``entries`` in the empty folder ``home``, as it stands at the beginning of ``today``.

    The key of ``public`` is that of persons too.
    Returns, by estate, where a journey stopped before its time: nowhere, unless a holiday stands in its way.
    """
    with _opened(home) as opened:
        everybody = Cast(entries)
        _employ(opened, everybody, _midnight(today) - timedelta(days=800))
        for entry in entries:
            _enter(opened, everybody, entry, today)
    begun, stopped = time.monotonic(), {}
    for number, (entry, reason) in enumerate(_carried(home, public, entries, today, processes), start=1):
        if reason:
            stopped[entry.name] = reason
        if number % _TELL_EVERY == 0 or number == len(entries):
            say(f"正在准备演示区：{number}/{len(entries)} 个小区，已用 {time.monotonic() - begun:.0f} 秒")
    with _opened(home) as opened, opened.work(jobs.ACTOR, _midnight(today)) as work:
        work.sign(f"{_MARK}{today}")
    return stopped


def _carried(
    home: Path, public: Public, entries: tuple[Entry, ...], today: date, processes: int
) -> Iterator[tuple[Entry, str]]:
    """Run the journey of each estate; gives each with the reason why it stopped before its time, or nothing."""
    if processes == 1:
        with _opened(home, public) as opened:
            yield from ((entry, _journey(opened, entries, entry, public, today)) for entry in entries)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _end_with_parent) as pool:
        made = {pool.submit(_alone_with, home, entries, entry, public, today): entry for entry in entries}
        try:
            yield from ((made[done], done.result()) for done in as_completed(made))
        except BaseException:
            # nobody will look at what they would still build
            pool.shutdown(wait=False, cancel_futures=True)
            for child in active_children():
                child.kill()
            raise


def _alone_with(home: Path, entries: tuple[Entry, ...], entry: Entry, public: Public, today: date) -> str:
    with _opened(home, public) as opened:
        return _journey(opened, entries, entry, public, today)


def _end_with_parent() -> None:
    """In a process of the pool: leave Ctrl-C to the parent, and end when it does, whatever ended it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _journey(opened: Store, entries: tuple[Entry, ...], entry: Entry, public: Public, today: date) -> str:
    """Run one estate's journey; returns why it stopped before its time, or nothing."""
    published, everybody = library.shipped(), Cast(entries)
    people = everybody.people(entry)
    whole = recast(script(entry), entry, people, published).steps
    steps = play.until(whole, entry.at)
    acting = Acting(opened, published, entry.number, people, public.key)
    adviser = next(player for player in everybody.players() if player.name == people[examining.ADVISER])
    place = Place(acting, {player.name: player.login for player in everybody.players()}, names.seeded(entry.name))
    everyday = Everyday(place, today - _BY_PHONE, whole)
    seed = names.seeded(entry.name)
    played = play.Play(acting, Adviser(acting, adviser), everyday, seed, ZONE, today - timedelta(days=1))
    played.run(steps, _by(steps, entry, today))
    return played.stopped


def _enter(opened: Store, everybody: Cast, entry: Entry, today: date) -> None:
    people, steps = everybody.people(entry), play.until(script(entry).steps, entry.at)
    moment = _midnight(steps[0].on + _by(steps, entry, today)) + timedelta(hours=8)
    with opened.work(people["街道"], moment) as work:
        node = next(key for key, path in organisation.paths(work).items() if path == entry.node)
        entered = onboarding.open_estate(work, library.shipped(), entry.name, roll.PLACE, people, node)
        assert entered == entry.number


def script(entry: Entry) -> Case:
    """The case whose way an estate goes."""
    return _read(entry.script)


@cache
def _read(name: str) -> Case:
    return casefile.read(resources.root() / _SCRIPTS / f"{name}.yaml")


def _by(steps: Sequence[Step], entry: Entry, today: date) -> timedelta:
    return play.weeks(steps, today - timedelta(days=1 + entry.days))


def _employ(opened: Store, everybody: Cast, moment: datetime) -> None:
    for player in everybody.players():
        with opened.work(jobs.ACTOR, moment) as work:
            accounts.add(work, player.login, player.name, cast.PASSWORD, player.node, [player.role])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), ZONE)


# moving in


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Whoever comes second waits until the first has built, then finds the district."""
    with (home / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build_beside(kept: Settings, entries: tuple[Entry, ...], today: date, say: Say) -> None:
    for left in kept.home.glob(f"{_UNFINISHED}*"):
        # what a build left that was killed
        shutil.rmtree(left)
    unfinished = kept.home / f"{_UNFINISHED}{os.getpid()}"
    unfinished.mkdir()
    say("第一次启动：正在准备演示区（两三分钟，机器忙时更久，只做这一次）…")
    processes = min(_PROCESSES, os.cpu_count() or 1)
    build(unfinished, Public(kept.public_url, kept.person_key), entries, today, say, processes)
    # the build itself waited for no disk; now everything has to be there before it counts
    os.sync()
    files = unfinished / backups.FILES
    for made in sorted(files.rglob("*")):
        target = kept.home / backups.FILES / made.relative_to(files)
        target.mkdir(parents=True, exist_ok=True) if made.is_dir() else made.replace(target)
    if _used(kept):
        raise Conflict("准备演示区期间，这里已有人登记了数据，演示区没有放进去。请直接启动，或换一个 DAORU_HOME。")
    for left in kept.home.glob(f"{backups.DATABASE}*"):
        left.unlink()
    # the database comes last, without it there is no district; link, not rename: nobody's database is replaced
    os.link(unfinished / backups.DATABASE, kept.home / backups.DATABASE)
    shutil.rmtree(unfinished)


def _used(kept: Settings) -> bool:
    """Whether there is a database in which somebody has entered anything: one that was only made counts as none."""
    if not _here(kept):
        return False
    with (
        _opened(kept.home, synchronous=kept.synchronous) as opened,
        opened.work(jobs.ACTOR, datetime.now(ZONE)) as work,
    ):
        return organisation.anything(work)


def _here(kept: Settings) -> bool:
    """Whether the data lies in ``DAORU_HOME``, where alone a demo is built, and there is any."""
    database = kept.home / backups.DATABASE
    return kept.database_url == f"sqlite:///{database}" and database.exists()


@contextmanager
def _opened(home: Path, public: Public | None = None, synchronous: str = "OFF") -> Iterator[Store]:
    database = f"sqlite:///{home / backups.DATABASE}"
    opened = store.open(database, files=home / backups.FILES, synchronous=synchronous, public=public)
    try:
        yield opened
    finally:
        opened.close()
