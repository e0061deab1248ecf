"""Render with docxtpl and with ours, from the same templates and facts."""

import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from docxtpl import DocxTemplate

from bench.report import Figure
from engine.carry import casefile, run
from engine.documents import catalogue
from engine.documents.facts import Facts
from engine.jobs import ACTOR
from engine.store import open as open_store
from engine.use_cases import papers, vote_papers
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import shipped

_CASE = Path(__file__).resolve().parents[1] / "tests" / "cases" / "reference.yaml"
ROUNDS = 5


def measure() -> list[Figure]:
    """Ratios for the contract and the ballot, and seconds for 3,000 ballots in one file."""
    with TemporaryDirectory() as folder:
        contract, ballot = _facts(Path(folder))
    return [
        _ratio("contract, × docxtpl", "service_contract", contract, 20),
        _ratio("ballot, × docxtpl", "ballot", ballot, 60),
        _many(ballot),
    ]


def _facts(folder: Path) -> tuple[Facts, Facts]:
    """The facts of the reference estate at its end, for the contract and for one ballot."""
    case, library = casefile.read(_CASE), shipped()
    run.carry(case, folder / "out", library, run.Options(person_key=b"bench"), lambda line: None)
    data = folder / "out" / "data"
    opened = open_store(f"sqlite:///{data / 'daoru.db'}", files=data / "files")
    moment = casefile.read(_CASE).steps[-1].on
    with opened.work(ACTOR, run.morning(moment)) as work:
        dossier = Dossier(work, library, 1)
        contract, ballot = (
            papers.facts(dossier, catalogue.KINDS[kind], f"XQ0001-{catalogue.KINDS[kind].code}-2026-001")
            for kind in ("service_contract", "ballot")
        )
        first = vote_papers.ballots(dossier)[0]
    opened.close()
    return contract, ballot.having("ballot", first)


def _ratio(name: str, kind: str, facts: Facts, at_least: float) -> Figure:
    library = shipped()
    content = library.templates[catalogue.KINDS[kind].template]
    compiled = library.template(kind)

    def theirs() -> None:
        template = DocxTemplate(io.BytesIO(content))
        template.render(dict(facts.values), autoescape=True)
        template.save(io.BytesIO())

    def ours() -> None:
        compiled.render(facts)

    rounds = [(_seconds(theirs, 3), _seconds(ours, 50)) for _ in range(ROUNDS)]
    slow, quick = (statistics.median(side) for side in zip(*rounds, strict=True))
    detail = f"{slow * 1000:.1f} ms against {quick * 1000:.2f} ms"
    return Figure(name, statistics.median(one / other for one, other in rounds), at_least=at_least, detail=detail)


def _many(facts: Facts) -> Figure:
    compiled = shipped().template("ballot")
    size = len(compiled.render_many([facts] * 3_000))
    seconds = statistics.median(_seconds(lambda: compiled.render_many([facts] * 3_000), 1) for _ in range(ROUNDS))
    return Figure("3,000 ballots as one Word file, s", seconds, at_most=1, detail=f"{size / 1_000_000:.1f} MB")


def _seconds(work: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times
