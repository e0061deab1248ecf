"""The meeting notice of the reference estate on three boards, for the tests of its pages."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.store import registers, tables
from tests import photographs
from tests.district import CASE, Browser, District, posted

BOARDS = ("1 幢 1 单元", "1 幢 2 单元", "2 幢 1 单元")
ROOT = "/estates/1/notices"
CADRE, GRID, BODY = "社区干部", "网格员", "业委会/物管会"
#: The day on which the case posts: ten in the morning in China.
POSTED = datetime(2026, 3, 26, 2, tzinfo=UTC)


@dataclass
class Person:
    """Whoever holds a lane, who signs in anew on another day."""

    district: District
    lane: str
    _browser: Browser | None = None
    _on: datetime | None = None

    def _here(self) -> Browser:
        if self._browser is None or self._on != self.district.clock.now:
            self._browser, self._on = self.district.browser(self.lane), self.district.clock.now
        return self._browser

    def get(self, address: str) -> Any:
        """Open a page."""
        return self._here().get(address)

    def post(self, address: str, given: dict[str, Any]) -> Any:
        """Post the form of a page."""
        return self._here().post(address, given)


@dataclass
class Posting:
    """The district with boards kept, and the meeting notice and the roster posted on each of them."""

    district: District
    notices: dict[str, int] = field(default_factory=dict)
    postings: dict[tuple[str, str], int] = field(default_factory=dict)
    photos: int = 0

    @classmethod
    def begin(cls, district: District) -> "Posting":
        """Carry the estate up to the posting, keep its boards, and post."""
        district.replay("post_meeting_notice")
        district.clock.now = POSTED
        going = cls(district)
        cadre = district.browser(CADRE)
        assert cadre.post(ROOT, {"boards": "\n".join(BOARDS)}).status_code == 302
        answer = going.complete("post_meeting_notice", BODY, {}, photo="photos")
        assert answer.status_code == 302, answer.text
        with district.opened.work("测试", district.clock.now) as work:
            notice, posting = registers.notice, registers.posting
            chosen = sa.select(notice.c.subject, notice.c.id, posting.c.place, posting.c.id).join(
                posting, posting.c.notice_id == notice.c.id
            )
            for subject, key, place, one in work.connection.execute(chosen.order_by(notice.c.id)):
                going.notices[subject] = key
                going.postings[subject, place] = one
        return going

    def complete(self, task: str, lane: str, given: dict[str, Any], photo: str = "") -> Any:
        """Hand in the open ``task`` with the answers of the case, changed as ``given``; the page that comes back."""
        step = next(step for step in CASE.steps if step.task == task)
        today = (self.district.clock.now + timedelta(hours=8)).date().isoformat()
        usual = {name: today if said == "=on" else said for name, said in step.answers.items() if name != photo}
        answers = {**posted(usual), **given}
        files = {f"{photo}.new": (io.BytesIO(self.photo()), "公告.jpg")} if photo else {}
        return self.district.browser(lane).post(f"/tasks/{self.task(task)}", {"do": "complete", **answers, **files})

    def person(self, lane: str) -> Person:
        """Whoever holds that lane, over many days."""
        return Person(self.district, lane)

    def task(self, name: str) -> int:
        """The id of an open task."""
        with self.district.opened.work("测试", self.district.clock.now) as work:
            of = (tables.task.c.name == name) & (tables.task.c.status == "open")
            return int(work.connection.execute(sa.select(tables.task.c.id).where(of)).scalar_one())

    def on(self, day: int, hour: int = 2) -> None:
        """Let it be so many days after the posting."""
        self.district.clock.now = POSTED.replace(hour=hour) + timedelta(day)

    def photo(self, taken: datetime | None = None) -> bytes:
        """Another photo, taken now or at that moment."""
        self.photos += 1
        local = (taken or self.district.clock.now) + timedelta(hours=8)
        return photographs.photo(320 + self.photos, 240, taken=local.strftime("%Y:%m:%d %H:%M:%S"))

    def board(self, subject: str, name: str) -> str:
        """The page of a notice on a board."""
        return f"{ROOT}/{self.notices[subject]}/boards/{self.postings[subject, name]}"

    def photograph(self, browser: Person, subject: str, name: str, content: bytes | None = None) -> Any:
        """Enter a photo of a notice on a board."""
        sent = {"do": "photo", "photo": (io.BytesIO(self.photo() if content is None else content), "公告.jpg")}
        return browser.post(self.board(subject, name), sent)

    def round(self, browser: Person, subject: str, *boards: str) -> None:
        """Photograph a notice on these boards, on all of them where none is named."""
        for name in boards or BOARDS:
            answer = self.photograph(browser, subject, name)
            assert answer.status_code == 302, answer.text
