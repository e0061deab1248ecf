"""A district for the tests of pages: people with accounts at a community, and a browser without pictures for each."""

import copy
import functools
import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine import jobs, store
from engine.carry import casefile, run
from engine.carry.casefile import Case
from engine.rules import jurisdiction
from engine.settings import Settings
from engine.store import Store, tables
from engine.store import accounts as accounts_store
from engine.use_cases import accounts
from engine.use_cases.library import ONBOARDING, Library
from engine.vault import Vault
from tests import replays
from web import create_app

CASE = casefile.read(Path(__file__).parent / "cases/reference.yaml")
COMMUNITY, OTHER = "钟楼区/永红街道/怡和社区", "钟楼区/永红街道/清潭社区"
PASSWORD = "一段足够长的口令"
#: The password as it is kept: a hash tells whoever verifies it at which cost it was made, and this one is cheap.
_KEPT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD, salt=b"the same always.")
#: After how many steps a journey is kept for those who go further.
_STRIDE = 6
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Clock:
    """The district's clock; tests move it."""

    now: datetime = datetime(2026, 1, 4, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The present moment."""
        return self.now

    def pass_by(self, **length: float) -> None:
        """Let time pass."""
        self.now += timedelta(**length)


def settle(opened: Store, now: datetime) -> None:
    """Nine people, one a lane, at one community, and a cadre at another."""
    with opened.work("测试", now) as work:
        for number, (lane, name) in enumerate(CASE.people.items()):
            accounts.add(work, f"user{number}", name, PASSWORD, COMMUNITY, [lane])
    with opened.work("测试", now) as work:
        accounts.add(work, "elsewhere", "外人", PASSWORD, OTHER, ["社区干部"])
    with opened.work("测试", now) as work:
        work.execute(sa.update(accounts_store.account).values(password_hash=_KEPT))


def people(url: str) -> None:
    """A database with the people of :func:`settle`, since keeping ten passwords takes longer than most tests."""
    opened = store.open(url, files=Path("unused"), synchronous="NORMAL")
    settle(opened, Clock().now)
    opened.close()


@functools.cache
def _made() -> list[Flask]:
    """The application once it was made: its addresses and its pages are compiled once."""
    return []


def _app(home: Path, opened: Store, library: Library, clock: Clock) -> Flask:
    """An application with a store, a library, a clock and settings of its own."""
    if not _made():
        settings = Settings(home, "", "NORMAL", b"k", b"w" * 32, production=False)
        _made().append(create_app(settings, opened, library))
    [made] = _made()
    app = copy.copy(made)
    app.config = copy.copy(made.config)
    desk = replace(made.extensions["daoru"], store=opened, library=library, now=clock, vault=Vault(home / "vault.key"))
    app.extensions = {**made.extensions, "daoru": desk}
    return app


@dataclass
class District:
    """The people of :func:`settle`, each with a browser."""

    opened: Store
    library: Library
    home: Path
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.app = _app(self.home, self.opened, self.library, self.clock)
        with self.opened.work("测试", self.clock.now) as work:
            settled = accounts_store.anything(work)
        if not settled:
            settle(self.opened, self.clock.now)

    def browser(self, lane: str) -> "Browser":
        """The browser of whoever holds that lane, signed in."""
        return self.browser_of(f"user{list(CASE.people).index(lane)}")

    def browser_of(self, login: str) -> "Browser":
        """The browser of that login, signed in."""
        made = Browser(self.app.test_client())
        answer = made.post("/sign-in", {"login": login, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return made

    def enter(self, name: str = "桂语苑") -> int:
        """Have the street enter an estate; returns its id."""
        street = self.browser("街道")
        node = re.search(rf'value="(\d+)">{COMMUNITY}<', street.get("/estates/new").text)
        assert node is not None
        people = {f"people.{lane}": person for lane, person in CASE.people.items()}
        answer = street.post("/estates/new", {"name": name, "place": CASE.place, "node": node[1], **people})
        assert answer.status_code == 302, answer.text
        return int(answer.location.rsplit("/", 1)[1])

    def replay(self, before: str, case: Case = CASE) -> int:
        """Carry the estate of a case up to the task or the sheet ``before``, and place it at the community."""
        steps = case.steps[: next(step.number for step in case.steps if before in (step.task, *step.rows)) - 1]
        self._reach(replace(case, steps=steps))
        self.clock.now = run.morning(steps[-1].on) + timedelta(hours=1)
        self._place()
        return 1

    def _reach(self, case: Case) -> None:
        """Carry the estate to the end of the case, or copy it from where somebody came as far with the same case."""
        walked = hashlib.sha256(repr((case.name, case.steps)).encode()).hexdigest()
        replays.reach(self.opened, f"{walked} {self._published()}", lambda: self._carry(case))

    def _published(self) -> str:
        """What a journey comes of, so that a copy is never taken of one under other diagrams, packs or templates."""
        library = self.library
        texts = hashlib.sha256(b"".join(content for _, content in sorted(library.templates.items())))
        versions = (library.definition(ONBOARDING).version, *(pack.version for pack in library.packs))
        return " ".join([*versions, texts.hexdigest(), hashlib.sha256(repr(library.forms).encode()).hexdigest()])

    def _carry(self, case: Case) -> None:
        """Go on from the last of the places on the way that are kept for all, however far they want to go."""
        on_the_way = case.steps[: (len(case.steps) - 1) // _STRIDE * _STRIDE]
        if on_the_way and self._empty():
            self._reach(replace(case, steps=on_the_way))
        run.replay(case, self.opened, self.library, run.Options(person_key=b"k"), lambda line: None)

    def _empty(self) -> bool:
        with self.opened.work("测试", self.clock.now) as work:
            return work.connection.execute(sa.select(tables.estate.c.id)).first() is None

    def _place(self) -> None:
        with self.opened.work("测试", self.clock.now) as work:
            node = next(key for key, path in accounts_store.paths(work).items() if path == COMMUNITY)
            newest = sa.select(sa.func.max(tables.estate.c.id)).scalar_subquery()
            work.execute(sa.update(tables.estate).where(tables.estate.c.id == newest).values(node_id=node))

    def work_on(self, estate_id: int) -> None:
        """Have the job loop do what is waiting."""
        jobs.advance(self.opened, self.library, estate_id, self.clock.now)

    def log(self, estate_id: int) -> list[dict[str, Any]]:
        """The event log of an estate."""
        with self.opened.work("测试", self.clock.now) as work:
            return work.log(estate_id)


@dataclass
class Browser:
    """A browser that follows no redirect and fills in the token of the last page, as a form does."""

    client: FlaskClient

    def get(self, address: str) -> TestResponse:
        """Open a page."""
        return self.client.get(address)

    def post(self, address: str, given: dict[str, Any], page: str = "") -> TestResponse:
        """Post a form of ``page``, else of the address itself."""
        found = _TOKEN.search(self.client.get(page or address).text)
        token = {"csrf_token": found[1]} if found else {}
        return self.client.post(address, data={**token, **given}, content_type="multipart/form-data")


def posted(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers of a case's step as a form posts them: cells of tables under ``<table>.<row>.<column>``."""
    given: dict[str, Any] = {}
    for key, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value):
                given.update({f"{key}.{number}.{column}": cell for column, cell in row.items()})
        else:
            given[key] = value
    return given


def later_pack(library: Library) -> jurisdiction.Pack:
    """A later version of the case's pack, in force."""
    now = next(pack for pack in library.packs if pack.place == CASE.place)
    text = now.text.replace("effective_from = 2024-01-01", "effective_from = 2025-12-01")
    text = text.replace('title = "结果异议期"\nvalue = 7', 'title = "结果异议期"\nvalue = 10')
    return jurisdiction.read(text, file="new.toml")
