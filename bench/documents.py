"""Render with docxtpl, npm docxtemplater and ours, from the same templates and facts."""

import io
import json
import pickle
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from docxtpl import DocxTemplate
from lxml import etree

from bench import district, docxtemplater
from bench.report import ROOT, Figure
from engine.carry import casefile, run
from engine.documents import catalogue, clauses, code, inspect, package, redline
from engine.documents.facts import Facts
from engine.documents.reading import Word
from engine.documents.settling import W
from engine.jobs import ACTOR
from engine.use_cases import papers, vote_papers
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import shipped

_CASE = Path(__file__).resolve().parents[1] / "tests" / "cases" / "reference.yaml"
_ADDRESS = "https://daoru.example.gov.cn/v/abcdefghijklmnopqrstuvwxyz"
ROUNDS = 5


def measure() -> list[Figure]:
    """Ratios to docxtpl and docxtemplater, seconds and memory for 3,000 ballots in one file, a redline."""
    with TemporaryDirectory() as folder:
        contract, ballot = _facts(Path(folder))
    return [
        *_ratios("contract", _contents("service_contract"), contract, {"docxtpl": 20, "the fastest peer": 10}),
        *_ratios("ballot with its code", _contents("ballot"), ballot, {"docxtpl": 60, "the fastest peer": 20}),
        *_ratios("ballot without code", _without_code(_contents("ballot")), ballot, {}),
        _many(ballot),
        _memory(ballot),
        _redline(contract),
    ]


def _facts(folder: Path) -> tuple[Facts, Facts]:
    """The facts of the reference estate at its end, for the contract and for one ballot."""
    case, library = casefile.read(_CASE), shipped()
    run.carry(case, folder / "out", library, run.Options(person_key=district.PUBLIC.key), lambda line: None)
    opened = district.opened(folder / "out" / "data")
    moment = casefile.read(_CASE).steps[-1].on
    with opened.work(ACTOR, run.morning(moment)) as work:
        dossier = Dossier(work, library, 1)
        contract, ballot = (
            papers.facts(dossier, catalogue.KINDS[kind], f"XQ0001-{catalogue.KINDS[kind].code}-2026-001", _ADDRESS)
            for kind in ("service_contract", "ballot")
        )
        first = vote_papers.ballots(dossier)[0]
    opened.close()
    return contract, ballot.having("ballot", first)


def _contents(kind: str) -> bytes:
    return shipped().templates[catalogue.KINDS[kind].template]


def _without_code(content: bytes) -> bytes:
    """A template whose picture of a code is any picture, so that nobody draws one."""
    archive = package.Archive()
    for name, part in package.parts(content).items():
        archive.add(name, [part.replace(f'descr="{code.NAME}"'.encode(), b'descr=""')])
    return archive.close()


def _ratios(name: str, content: bytes, facts: Facts, bounds: Mapping[str, float]) -> list[Figure]:
    """Medians in milliseconds, and how many times as long the peers take in the same round."""
    compiled = inspect.publish(content, shipped().schema, file="template.docx")

    def theirs() -> bytes:
        template, made = DocxTemplate(io.BytesIO(content)), io.BytesIO()
        if compiled.place:
            drawn = code.picture(compiled.place.holds(facts))
            for part in compiled.place.parts:
                template.replace_pic(PurePosixPath(part).name, io.BytesIO(drawn))
        template.render(dict(facts.values), autoescape=True)
        template.save(made)
        return made.getvalue()

    def ours() -> bytes:
        return compiled.render(facts)

    docxtemplater.check(theirs(), ours(), compiled.place.parts if compiled.place else ())
    rounds = []
    for _ in range(ROUNDS):
        took = {"ours": _seconds(ours, 50), "docxtpl": _seconds(theirs, 3)}
        if not docxtemplater.missing():
            took["docxtemplater"] = statistics.median(docxtemplater.seconds(compiled, facts, 3, 10))
        rounds.append(took | {"the fastest peer": min(seconds for way, seconds in took.items() if way != "ours")})
    ways = ["docxtpl", "docxtemplater"] if "docxtemplater" in rounds[0] else ["docxtpl"]
    medians = {way: statistics.median(took[way] for took in rounds) * 1_000 for way in ("ours", *ways)}
    detail = "; ".join(f"{way} {milliseconds:.2f} ms" for way, milliseconds in medians.items())
    return [
        Figure(
            f"{name}, × {way}", statistics.median(took[way] / took["ours"] for took in rounds),
            at_least=bounds.get(way), detail=detail if way == "the fastest peer" else "",
        )
        for way in (*ways, "the fastest peer")
    ]  # fmt: skip


def _many(facts: Facts) -> Figure:
    compiled = shipped().template("ballot")
    size = len(compiled.render_many([facts] * 3_000))
    seconds = statistics.median(_seconds(lambda: compiled.render_many([facts] * 3_000), 1) for _ in range(ROUNDS))
    name, detail = "3,000 ballots with their codes as one Word file, s", f"{size / 1_000_000:.1f} MB"
    return Figure(name, seconds, at_most=2, detail=detail)


def _memory(facts: Facts) -> Figure:
    """The most memory that a process of its own takes, from its start to the finished file."""
    given = pickle.dumps({name: value for name, value in facts.values.items() if name != "answered"})
    command = [sys.executable, "-m", "bench.ballots"]
    done = subprocess.run(command, input=given, cwd=ROOT, capture_output=True, check=True, timeout=120)
    found = json.loads(done.stdout)
    detail = f"{found['copies']:,} copies, {found['before']:.0f} MB before it begins"
    return Figure("3,000 ballots with their codes as one Word file, MB of memory", found["most"], None, 200, detail)


def _redline(facts: Facts) -> Figure:
    """From the bytes of two versions to a redline whose views were both read back, as a lawyer changes a contract."""
    old = shipped().template("service_contract").render(facts)
    new = _revised(old)

    def ours() -> None:
        before, after = (package.read_worked_on(content, "contract.docx") for content in (old, new))
        redline.make(before, after, "何静", "2026-06-01T01:00:00Z")

    ours()
    marks = redline.make(package.read(old, ""), package.read(new, ""), "何静", "2026-06-01T01:00:00Z")
    text = package.read_worked_on(marks, "")[package.DOCUMENT]
    signs = sum(len(line.whole) for line in clauses.lines(Word(package.read(old, ""))))
    milliseconds = statistics.median(_seconds(ours, 1) for _ in range(4 * ROUNDS)) * 1000
    detail = f"{signs:,} signs, {text.count(b'<w:ins ') + text.count(b'<w:del ')} marks"
    return Figure("redline of a contract, ms", milliseconds, at_most=150, detail=detail)


def _revised(content: bytes) -> bytes:
    """The contract with ten words changed, a clause removed, one added and one moved."""
    parts = package.read(content, "contract.docx")
    root = etree.fromstring(parts[package.DOCUMENT])
    texts = [one for one in root.iter(f"{W}t") if "应当" in str(one.text)]
    for one in texts[:10]:
        one.text = str(one.text).replace("应当", "须")
    paragraphs = [one for one in root.iter(f"{W}p") if "".join(map(str, one.itertext())).startswith("第")]
    removed, moved, place = paragraphs[20], paragraphs[30], paragraphs[40]
    place.addnext(moved)
    added = etree.Element(f"{W}p")
    etree.SubElement(etree.SubElement(added, f"{W}r"), f"{W}t").text = "第九十九条　双方应当每年复核一次本合同。"
    next(removed.iterancestors()).replace(removed, added)
    archive = package.Archive()
    for name, part in {**parts, package.DOCUMENT: etree.tostring(root)}.items():
        archive.add(name, [part])
    return archive.close()


def _seconds(work: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times
