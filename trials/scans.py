"""Scans of signed papers, half of them with one digit changed, read as the desk reads them: what is told of them.

What was read is kept for each state of the reader, so that a trial that was broken off goes on where it was.
"""

import hashlib
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain, cycle, islice
from pathlib import Path

import orjson

from engine import pdf, reading_scans, stamping
from engine.documents import code, proofreading
from tests.scans import altered, scanned
from trials import kills

#: What is signed, sealed or posted, as their numbers name them: contracts, resolutions, notices, confirmations.
PAPERS = ("D-36", "D-44", "D-45", "D-51", "D-53", "D-54", "D-55", "D-58", "D-60", "L-25", "L-46", "L-50", "L-54")
_SEED, _PROGRESS = 20, 20
_ADDRESS = "https://daoru.example/v/abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Scan:
    """A page as it was scanned: of which ``paper``, whose pages are to say ``due``.

    ``changed`` is the number that stands otherwise on it, and ``stands`` how; both are empty on a clean one.
    """

    paper: str
    page: int
    due: Sequence[str]
    content: bytes
    changed: str = ""
    stands: str = ""


@dataclass(frozen=True)
class Seen:
    """What was told of a scan: whether its page was ``known`` by its words, and whether by its code, ``coded``.

    ``told`` says whether the ``changed`` number was.

    ``flagged`` are the numbers, of ``numbers`` on the page, that were doubted though they stand as they should;
    ``lines`` is how many lines were.
    """

    paper: str
    page: int
    changed: str
    stands: str
    known: bool
    coded: bool
    told: bool
    numbers: int
    flagged: Sequence[str]
    lines: int
    seconds: float


def run(home: Path, count: int) -> list[Seen]:
    """Read ``count`` scans, every second with a digit changed; says on the way how far it is."""
    folder = home / f"scans-{count}-{_reader()}"
    folder.mkdir(parents=True, exist_ok=True)
    words = _papers(folder)
    printed = {name: _printed(word) for name, word in words.items()}
    pairs = zip(_clean(printed), _changed(words, printed), strict=False)
    scans = enumerate(islice(chain.from_iterable(pairs), count))
    seen: list[Seen] = []
    with ThreadPoolExecutor(2) as pool:
        for one in pool.map(lambda numbered: _kept(folder / f"{numbered[0]}.json", numbered[1]), scans):
            seen.append(one)
            if len(seen) % _PROGRESS == 0:
                print(f"scans: {len(seen)} of {count} read", flush=True)
    shutil.rmtree(folder)
    return seen


def _reader() -> str:
    """What the figures depend on: a hash of the modules that read."""
    read = [Path(module.__file__ or "").read_bytes() for module in (proofreading, reading_scans)]
    return hashlib.sha256(b"".join([*read, Path(__file__).read_bytes()])).hexdigest()[:12]


def _papers(folder: Path) -> dict[str, bytes]:
    """The Word files of a carried case."""
    if not (folder / "out" / "papers").is_dir():
        kills.carry_undisturbed(folder)
    found = {name: next((folder / "out" / "papers").glob(f"*-{name}-*")) for name in PAPERS}
    return {name: path.read_bytes() for name, path in found.items()}


def _clean(printed: dict[str, bytes]) -> Iterator[Scan]:
    """Pages as they are, paper by paper, again and again with other noise."""
    seed = random.Random(_SEED)
    due = {name: reading_scans.texts(whole) for name, whole in printed.items()}
    pages = [(name, page) for name in printed for page in range(1, len(due[name]) + 1)]
    seed.shuffle(pages)
    for name, page in cycle(pages):
        yield Scan(name, page, due[name], scanned(reading_scans.drawn(printed[name], page), seed))


def _changed(words: dict[str, bytes], printed: dict[str, bytes]) -> Iterator[Scan]:
    """Pages on which one digit stands otherwise; a long paper is changed on several at once."""
    seed = random.Random(_SEED + 1)
    due = {name: reading_scans.texts(whole) for name, whole in printed.items()}
    for name in cycle(words):
        word = words[name]
        for _ in range(max(1, len(due[name]) // 2)):
            word = altered(word, seed)
        whole = _printed(word)
        now = reading_scans.texts(whole)
        for page, (was, stands) in enumerate(zip(due[name], now, strict=False), 1):
            if numbers := _one_number(was, stands):
                yield Scan(name, page, due[name], scanned(reading_scans.drawn(whole, page), seed), *numbers)


def _one_number(was: str, stands: str) -> tuple[str, str] | None:
    """The number that alone differs between two texts of a page, and how it stands; None when that is not so."""
    before, after = "".join(was.split()), "".join(stands.split())
    if len(before) != len(after) or sum(one != other for one, other in zip(before, after, strict=True)) != 1:
        return None
    missing, strange = (Counter(proofreading.numbers(text)) for text in (was, stands))
    [one], [other] = (missing - strange), (strange - missing)
    return one, other


def _printed(word: bytes) -> bytes:
    """The PDF of a Word file as the desk gives it out, with its code on each page."""
    made = pdf.convert(word, signed=True)
    if not isinstance(made, bytes):
        raise SystemExit(f"a paper could not be printed: {made}")
    return stamping.stamped(made, lambda page, pages: code.of_page(_ADDRESS, 1, page, pages))


def _kept(file: Path, scan: Scan) -> Seen:
    """What is told of a scan, from the file where it was told before."""
    if file.is_file():
        return Seen(**orjson.loads(file.read_bytes()))
    seen = _seen(scan)
    file.with_suffix(".new").write_bytes(orjson.dumps(asdict(seen)))
    file.with_suffix(".new").rename(file)
    return seen


def _seen(scan: Scan) -> Seen:
    started = time.monotonic()
    read = reading_scans.read(scan.content)
    known = read.match(scan.due).page == scan.page
    coded = any(held.page == scan.page for text in read.codes if (held := code.held(text)))
    due = scan.due[scan.page - 1]
    doubts = read.doubts(due) if known or coded else []
    seconds = round(time.monotonic() - started, 1)
    doubted = [one.due for one in doubts if one.due.isdecimal()]
    told = scan.changed in doubted and bool(scan.changed)
    if told:
        doubted.remove(scan.changed)
    lines = len(doubts) - len(doubted) - told
    numbers = len(proofreading.numbers(due))
    return Seen(scan.paper, scan.page, scan.changed, scan.stands, known, coded, told, numbers, doubted, lines, seconds)
