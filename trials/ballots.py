"""Ballots as they are printed, filled in with a pen, scanned or photographed in any order: what is made of each."""

import io
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import zxingcpp
from PIL import Image

from engine import store
from engine.ballot_scanning import BallotScanner
from engine.rules.ballot_scan import Verdict
from engine.store import ballot_scans
from engine.store.ballot_scans import Page
from engine.use_cases import ballot_scans as use_cases
from engine.use_cases.library import shipped
from tests import filled_ballots
from tests.ballot_heaps import heap
from tests.district import District
from tests.filled_ballots import WAYS, Printed
from tests.voting import GRID, Voting

BACK, COPY, TOGETHER, PHOTO = "empty back", "photocopy", "two on one sheet", "photo"
#: What is neither filed nor lost, and as what it is to be told.
BESIDE = {BACK: Verdict.BLANK, COPY: Verdict.TWICE, TOGETHER: Verdict.UNREADABLE}
#: Ways in which the code itself is whole, so that nearly all are to be read.
WHOLE = tuple(way for way in WAYS if "stained" not in way)
SAID = (
    "The ballots of the reference estate as LibreOffice prints them, drawn at 200 and 300 dpi, three of four cut off "
    "from their strip, marked with ticks, crosses, circles and strokes that leave their box, up to 3° askew, grainy "
    "and blurred, in any order, sent through the desk's own use case:"
)
_DPI, _AT_ONCE, _FED = (200, 300), 25, 50
#: After how many ballots comes a back, a photocopy, a sheet with two of them.
_EVERY = {BACK: 4, COPY: 15, TOGETHER: 25}


@dataclass(frozen=True)
class Sheet:
    """A page as it was brought: which ``way``, of which ``serial``, and as what it was ``filed``, 0 for none.

    ``upright`` says how the picture stands that is shown to whoever enters it.
    """

    way: str
    serial: int
    verdict: Verdict
    filed: int
    upright: bool

    @property
    def right(self) -> bool:
        """Whether it is filed as the ballot that it is, or told for what it is."""
        if self.way in BESIDE:
            return self.verdict is BESIDE[self.way]
        return self.verdict is Verdict.FILED and self.filed == self.serial

    @property
    def asked(self) -> bool:
        """Whether a person is asked what it is."""
        return self.verdict in (Verdict.UNREADABLE, Verdict.TWICE) and not self.right

    @property
    def astray(self) -> bool:
        """Whether it is filed as another ballot, or is none that anybody is asked about."""
        return not (self.right or self.asked)


@dataclass(frozen=True)
class Read:
    """All sheets, and the seconds that looking at one took in the middle and at most."""

    sheets: Sequence[Sheet]
    middle: float
    longest: float


_Made = tuple[str, int, bytes]


def run(home: Path, count: int, say: Callable[[str], None]) -> Read:
    """Bring at least ``count`` filled ballots, a vote a round; each as a heap, a bundle of photos, and late copies."""
    sheets: list[Sheet] = []
    seconds: list[float] = []
    number = 0
    while (left := count - sum(one.way in WAYS for one in sheets)) > 0:
        number += 1
        sheets += _round(home / str(number), number, left, seconds)
        say(f"ballots: {len(sheets)} sheets looked at")
    return Read(sheets, sorted(seconds)[len(seconds) // 2], max(seconds))


def _round(home: Path, number: int, wanted: int, seconds: list[float]) -> list[Sheet]:
    home.mkdir(parents=True)
    opened = store.open(f"sqlite:///{home / 'daoru.db'}", files=home / "files", synchronous="NORMAL")
    going, seed = Voting.begin(District(opened, shipped(), home)), random.Random(number)
    made = [*_sheets(_printed(going, wanted, number), seed)]
    seed.shuffle(made)
    photos, copies = ([one for one in made if one[0] == way] for way in (PHOTO, COPY))
    feeder = [one for one in made if one[0] not in (PHOTO, COPY)]
    found: list[Sheet] = []
    for heaped, brought in ((True, feeder), (False, photos), (True, copies)):
        contents = [content for _, _, content in brought]
        files = _fed(contents) if heaped else [("IMG.jpg", content) for content in contents]
        with going.at_work(GRID) as vote:
            key = use_cases.take(vote, files)
        seconds += _looked_at(going)
        with opened.work("试验", going.district.clock.now) as work:
            pages = ballot_scans.pages(work, key)
            pictures = [use_cases.read(work, page.picture) if page.picture else b"" for page in pages]
        found += map(_sheet, brought, pages, pictures)
    opened.close()
    return found


def _fed(contents: Sequence[bytes]) -> list[tuple[str, bytes]]:
    """Pages as a feeder takes them, which holds fifty sheets."""
    return [(f"第{at // _FED + 1}叠.pdf", heap(contents[at : at + _FED])) for at in range(0, len(contents), _FED)]


def _printed(going: Voting, wanted: int, number: int) -> Iterator[Printed]:
    """The ballots of the vote, printed part by part, some coarser than others."""
    with going.district.opened.work("试验", going.district.clock.now) as work:
        digest = next(paper.sha256 for paper in work.documents(going.estate) if paper.kind == "ballot")
    word, last = going.district.opened.files.read(digest), min(wanted, len(going.units()))
    for part, first in enumerate(range(1, last + 1, _AT_ONCE)):
        dpi = _DPI[(part + number) % len(_DPI)]
        yield from filled_ballots.printed(word, first, min(first + _AT_ONCE - 1, last), dpi)


def _sheets(printed: Iterator[Printed], seed: random.Random) -> Iterator[_Made]:
    """Each ballot one way, in turn, and what else lies in the heap."""
    before: Image.Image | None = None
    for place, ballot in enumerate(printed):
        page, way = filled_ballots.filled(ballot, seed), [*WAYS][place % len(WAYS)]
        yield way, ballot.serial, WAYS[way](page, seed)
        if place % _EVERY[BACK] == 0:
            yield BACK, 0, filled_ballots.back(page, seed)
        if place % _EVERY[COPY] == 0:
            yield COPY, ballot.serial, filled_ballots.photocopy(page, seed)
        if before is not None and place % _EVERY[TOGETHER] == 1:
            yield TOGETHER, 0, filled_ballots.together(before, page, seed)
        before = page


def _looked_at(going: Voting) -> list[float]:
    """Have every page looked at; the seconds of each."""
    scanner, seconds, going_on = BallotScanner(going.district.opened, going.district.library), [], True
    while going_on:
        started = time.monotonic()
        going_on = scanner.round(going.district.clock.now)
        seconds.append(time.monotonic() - started)
    return seconds[:-1]


def _sheet(brought: _Made, page: Page, picture: bytes) -> Sheet:
    way, serial, _ = brought
    filed = page.serial if page.verdict is Verdict.FILED else 0
    return Sheet(way, serial, page.verdict, filed, _upright(picture))


def _upright(picture: bytes) -> bool:
    """Whether the codes in a picture stand upright; one in which none is read is not held against it."""
    if not picture:
        return False
    with Image.open(io.BytesIO(picture)) as opened:
        codes = zxingcpp.read_barcodes(opened.convert("L"))
    return all(abs(one.orientation) < 45 for one in codes)
