"""Make the sample facts that templates are tried with, from cases that show every paper in its variants."""

import lzma
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from engine import resources, store
from engine.carry import casefile, run
from engine.documents import samples
from engine.documents.samples import Sample
from engine.store import Public
from engine.use_cases import sampling
from engine.use_cases.library import SAMPLES, Library

#: The cases, those first that people look at first.
CASES = (
    "reference", "company-converts", "self-governing", "pmc-signs", "trust-company-account", "owners-account",
    "bank-refuses", "self-managed", "merge-neighbour", "property-committee", "tender-authorised", "tender-too-few",
    "no-old-company", "first-committee", "first-committee-fails", "committee-re-elected", "custody-first", "fee-rise",
    "vote-electronic", "vote-void-count", "vote-invalid-ballots", "selection-conflict", "extension-lapsed",
    "handover-arbitration", "handover-ordered", "service-stops", "acceptance-failed", "revoked",
    "hangzhou-custodial",
)  # fmt: skip
_SCRIPTS = "tests/cases"
#: The key under which cases are carried for samples and tests: what ballots say lies under it.
KEY = b"samples"


def build(library: Library, say: Callable[[str], None]) -> Path:
    """Carry the cases and write their facts; returns the file."""
    with TemporaryDirectory(prefix="daoru-") as folder:
        options = run.Options(synchronous="OFF", person_key=KEY, public_url="https://example.invalid", noting=True)
        for name in CASES:
            case = casefile.read(resources.root() / _SCRIPTS / f"{name}.yaml")
            run.carry(case, Path(folder) / name, library, options, lambda line: None)
            say(case.title)
        found = made(((name, Path(folder) / name) for name in CASES), library)
    path = resources.root() / SAMPLES
    path.write_bytes(lzma.compress(orjson.dumps(samples.record(found)), preset=9 | lzma.PRESET_EXTREME))
    return path


def made(carried: Iterable[tuple[str, Path]], library: Library) -> list[Sample]:
    """The samples of carried cases, each by its name and the folder that it was carried in."""
    return sampling.choose([_sample(name, out, library) for name, out in carried], library)


def _sample(name: str, out: Path, library: Library) -> Sample:
    title = casefile.read(resources.root() / _SCRIPTS / f"{name}.yaml").title
    noted = {file.stem: orjson.loads(file.read_bytes()) for file in (out / "data" / "facts").glob("*.json")}
    url, public = f"sqlite:///{out / 'data' / 'daoru.db'}", Public(key=KEY)
    opened = store.open(url, files=out / "data" / "files", synchronous="OFF", public=public)
    try:
        with opened.work("", datetime.now(UTC)) as work:
            ended = datetime.fromisoformat(max(done.at for done in work.answered(1)))
        with opened.work("", ended) as work:
            return sampling.sample(work, library, 1, title, noted)
    finally:
        opened.close()
