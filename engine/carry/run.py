"""Carry an estate through a case file on the case's own clock."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import orjson

from engine import jobs, store
from engine.carry import checking, report
from engine.carry.acting import Acting
from engine.carry.casefile import Case, CaseError, JourneyDiffers, Step
from engine.carry.noting import Noting
from engine.errors import Conflict, EngineError, NotFound
from engine.rules.roster import COLUMNS
from engine.spreadsheets import Row
from engine.store import Public, Store, rows
from engine.use_cases import onboarding, telling
from engine.use_cases.library import ONBOARDING, Library

Say = Callable[[str], None]
Before = Callable[[Step, datetime], None]
_MORNING = 9
_RECEIPT = "case:"
_CELL = re.compile(r"([a-z_]+)\[(\d+)\]\.(\w+)：")


@dataclass(frozen=True)
class Options:
    """How to carry: ``resume`` goes on with an earlier run, ``again`` removes it first.

    ``noting`` keeps below ``data/facts`` what each paper could say when it was issued.
    """

    resume: bool = False
    again: bool = False
    synchronous: str = "FULL"
    person_key: bytes = b""
    public_url: str = ""
    noting: bool = False


def carry(case: Case, out: Path, library: Library, options: Options, say: Say) -> report.Journey:
    """Carry the estate of ``case`` and write its papers below ``out``.

    Raises CaseError for input that cannot be used, with ``out`` left as it was; JourneyDiffers when the journey is
    not the expected one, with what came of it written.
    """
    checking.check(case, library)
    data = out / "data"
    library.check()
    if data.exists() and not (options.resume or options.again):
        raise CaseError(case.file.name, 0, f"{out} 里已有一次导入；请加 --resume 接着做，或加 --again 重新来")
    made = [folder for folder in data.parents if not folder.exists()]
    try:
        report.set_aside(out, again=options.again)
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CaseError(case.file.name, 0, f"不能写入 {out}；请核对权限和磁盘空间，或换一个目录") from error
    try:
        journey = _carried(case, out, library, options, say)
    except (JourneyDiffers, Conflict):
        report.forget(out)
        raise
    except EngineError:
        report.give_back(out)
        for folder in made:
            folder.rmdir()
        raise
    report.forget(out)
    return journey


def _carried(case: Case, out: Path, library: Library, options: Options, say: Say) -> report.Journey:
    data = out / "data"
    opened = store.open(
        f"sqlite:///{data / 'daoru.db'}",
        files=data / "files",
        synchronous=options.synchronous,
        public=Public(options.public_url, options.person_key),
    )
    try:
        run = _Run(case, opened, library, options, say)
        if options.noting:
            run.working = Noting(opened, library, data / "facts")
        try:
            run.whole()
        except JourneyDiffers:
            report.write(run.journey(), out)
            raise
        journey = run.journey()
        report.write(journey, out)
        run.compare(journey)
        return journey
    finally:
        opened.close()


class Working(Protocol):
    """Whoever does what is waiting for an estate."""

    def advance(self, estate_id: int, until: datetime) -> object:
        """Let time pass up to ``until``."""

    def drain(self, estate_id: int, now: datetime) -> list[rows.Job]:
        """Do every job at ``now``; returns those that could not be done."""


@dataclass(frozen=True)
class _Here:
    """Does it in this process, on the clock of the case."""

    store: Store
    library: Library

    def advance(self, estate_id: int, until: datetime) -> object:
        return jobs.advance(self.store, self.library, estate_id, until)

    def drain(self, estate_id: int, now: datetime) -> list[rows.Job]:
        return jobs.drain(self.store, self.library, estate_id, jobs.requested)


def replay(
    case: Case,
    opened: Store,
    library: Library,
    options: Options,
    say: Say,
    before: Before | None = None,
    working: Working | None = None,
) -> None:
    """Do the steps of ``case`` in ``opened``, on either database; writes no papers and compares no end.

    ``before`` is called with each step and its moment, when time has come to it; ``working`` does what waits between
    the steps, this process when it is not given.
    """
    run = _Run(case, opened, library, options, say, before)
    run.working = working or run.working
    run.whole()


def morning(day: date, zone: ZoneInfo = ZoneInfo("Asia/Shanghai")) -> datetime:  # noqa: B008 - a constant
    """Nine in the morning of that day."""
    return datetime(day.year, day.month, day.day, _MORNING, tzinfo=zone)


class _Run:
    def __init__(
        self, case: Case, opened: Store, library: Library, options: Options, say: Say, before: Before | None = None
    ) -> None:
        self.case, self.store, self.library, self.options, self.say = case, opened, library, options, say
        self.before = before
        self.working: Working = _Here(opened, library)
        self.zone = ZoneInfo(next((pack.zone for pack in library.packs if pack.place == case.place), "Asia/Shanghai"))
        self.estate_id = 1
        self.receipts = _receipts(case)
        self.acting = Acting(opened, library, self.estate_id, case.people, options.person_key)

    def whole(self) -> None:
        moments = self._moments()
        begin = moments[0] - timedelta(minutes=1)
        done = self._done(begin)
        if self.receipts[0] not in done:
            people, name = self.case.people, self._estate_name()
            try:
                with self.store.work(jobs.ACTOR, begin) as work:
                    onboarding.open_estate(work, self.library, name, self.case.place, people)
                    work.sign(self.receipts[0])
            except NotFound as error:
                raise CaseError(self.case.steps[0].file, self.case.steps[0].line, str(error)) from error
            self._say(self._log(begin))
        # what an earlier run was killed before doing belongs to its steps
        self._drain(self.case.file.name, 0, begin)
        for step, moment in zip(self.case.steps, moments, strict=True):
            if self.receipts[step.number] not in done:
                self._step(step, moment)

    def _done(self, moment: datetime) -> set[str]:
        """The receipts of an earlier run.  Raises CaseError when that was of another case, or of other steps."""
        with self.store.work(jobs.ACTOR, moment) as work:
            done = set(work.receipts(_RECEIPT))
        others = [int(receipt.split(":")[1]) for receipt in done.difference(self.receipts)]
        if others:
            number = min(others)
            line = self.case.steps[number - 1].line if 0 < number <= len(self.case.steps) else 0
            what = f"第 {number} 步已经办过，案卷里却与当时不同" if number else "这里存的是另一个案卷的导入"
            raise CaseError(self.case.file.name, line, f"{what}；请改回原样，或用 --again 重新来")
        return done

    def _estate_name(self) -> str:
        named = (step.answers.get("estate_name") for step in self.case.steps if step.task == "submit_application")
        return str(next(named, self.case.title))

    def _moments(self) -> list[datetime]:
        """When each step happens: from nine in the morning of its day, a minute apart."""
        moments: list[datetime] = []
        for step in self.case.steps:
            begin = morning(step.on, self.zone)
            moments.append(max(begin, moments[-1] + timedelta(minutes=1)) if moments else begin)
        return moments

    def _step(self, step: Step, moment: datetime) -> None:
        before = len(self._log(moment))
        self.working.advance(self.estate_id, moment)
        if self.before:
            self.before(step, moment)
        refused = ""
        try:
            self.acting.do(step, moment, self.receipts[step.number])
        except EngineError as error:
            refused = self._refused(step, moment, error)
        else:
            if step.refused:
                raise JourneyDiffers(step.file, step.line, f"应被拒绝（“{step.refused}”），却通过了")
            self._drain(step.file, step.line, moment)
        self._tell(step, before, moment)
        if refused:
            self.say(f"{moment:%Y-%m-%d}  {refused}")

    def _drain(self, file: str, line: int, now: datetime) -> None:
        left = self.working.drain(self.estate_id, now)
        if left:
            names = "、".join(job.name for job in left)
            raise CaseError(file, line, f"后台作业 {names} 总被别处抢先，没有做成；请确认没有另一个导入在用同一个目录")

    def _refused(self, step: Step, moment: datetime, error: EngineError) -> str:
        if isinstance(error, Conflict):
            # somebody else carries the same estate: what they did stays
            raise error
        if not step.refused:
            said = f"{step.task or '批量登记'}：{_located(step, str(error))}"
            if isinstance(error, NotFound):
                said += f"这一天打开的任务是：{'、'.join(self.acting.open(moment)) or '（没有）'}"
            raise CaseError(step.file, step.line, said) from error
        if step.refused not in str(error):
            raise JourneyDiffers(step.file, step.line, f"应以“{step.refused}”被拒绝，实际是：{error}") from error
        with self.store.work(jobs.ACTOR, moment) as work:
            work.sign(self.receipts[step.number])
        return f"{step.task or '批量登记'} 被拒绝：{error}"

    def _log(self, moment: datetime) -> list[dict[str, Any]]:
        with self.store.work(jobs.ACTOR, moment) as work:
            return work.log(self.estate_id)

    def _say(self, events: Iterable[Mapping[str, Any]]) -> None:
        for event in events:
            self.say(f"{datetime.fromisoformat(event['at']).astimezone(self.zone):%Y-%m-%d}  {telling.line(event)}")

    def _tell(self, step: Step, before: int, moment: datetime) -> None:
        fresh = self._log(moment)[before:]
        self._say(fresh)
        decided = {event["gate"]: event["outcome"] for event in fresh if event["kind"] == "GateDecided"}
        for gate, outcome in decided.items():
            wanted = step.outcomes.get(gate)
            if wanted != outcome:
                message = f"关口 {gate} 的结论是 {outcome}，案卷写的是 {wanted or '（没有写）'}"
                raise JourneyDiffers(step.file, step.line, message + telling.why(fresh, gate))
        for gate, wanted in step.outcomes.items():
            if gate not in decided:
                raise JourneyDiffers(step.file, step.line, f"关口 {gate} 应为 {wanted}，这一步之后却没有判定")

    # the end

    def journey(self) -> report.Journey:
        moment = self._moments()[-1]
        with self.store.work(jobs.ACTOR, moment) as work:
            estate = work.estate(self.estate_id)
            papers = [
                report.Paper(
                    document.number,
                    document.kind,
                    document.title,
                    datetime.fromisoformat(document.issued_at).astimezone(self.zone).date().isoformat(),
                    document.sha256,
                    self.store.files.path(document.sha256),
                )
                for document in work.documents(self.estate_id)
            ]
            events = [{**event, "at": self._local(event["at"])} for event in work.log(self.estate_id)]
        entered = next(event for event in events if event["kind"] == "EstateEntered")
        elements = self.library.definition(ONBOARDING).elements
        titles = {stage: elements[stage].name for stage in self.library.definition(ONBOARDING).stages}
        return report.Journey(
            self.case, estate.name, estate.status, estate.outcome_end, entered["pack"], events, papers, titles
        )

    def _local(self, at: str) -> str:
        return datetime.fromisoformat(at).astimezone(self.zone).isoformat()

    def compare(self, journey: report.Journey) -> None:
        """Hold the end against what the case expects.  Raises JourneyDiffers."""
        expect = self.case.expect
        left = {stay["stage"]: stay["left"][:10] for stay in report.stages(journey.events) if stay["left"]}
        kinds = sorted({paper.kind for paper in journey.papers})
        found: list[tuple[str, Any, Any]] = [
            ("end", expect.end or journey.end, journey.end),
            ("status", expect.status or journey.status, journey.status),
            # the gates once more, as a run that was killed and resumed has not seen them all
            ("outcome", self._gates(), _decided(journey.events)),
            ("documents", sorted(expect.documents) or kinds, kinds),
        ]
        found += [(f"stages.{stage}", day.isoformat(), left.get(stage)) for stage, day in expect.stages.items()]
        for what, wanted, actual in found:
            if wanted != actual:
                raise JourneyDiffers(self.case.file.name, expect.line, f"{what} 应为 {wanted}，实际是 {actual}")

    def _gates(self) -> list[str]:
        return sorted(f"{gate} {outcome}" for step in self.case.steps for gate, outcome in step.outcomes.items())


def _located(step: Step, said: str) -> str:
    """What is said of rows, by the rows and columns of the sheet they were read from."""

    def place(found: re.Match[str]) -> str:
        kind = "roster" if found[1] == "units" else found[1]
        row = dict(enumerate(step.rows.get(kind, ()))).get(int(found[2]))
        if not isinstance(row, Row):
            return found[0]
        headings = COLUMNS.get(found[3], ()) if kind == "roster" else ()
        heading = next(
            (one for one in headings if row.get(one)), next((one for one in headings if one in row), found[3])
        )
        return f"{row.sheet} 第 {row.number} 行“{heading}”列："

    (register,) = step.rows.values() if len(step.rows) == 1 else ((),)

    def line(found: re.Match[str]) -> str:
        row = dict(enumerate(register, start=1)).get(int(found[1]))
        return f"第 {row.number} 行" if isinstance(row, Row) else found[0]

    return _CELL.sub(place, re.sub(r"第 (\d+) 行", line, said))


def _receipts(case: Case) -> list[str]:
    """What each step leaves when it is done, by all that it does; the first stands for entering the estate."""
    head = [case.name, case.place, sorted(case.people.items())]
    does = [
        [step.on, step.task, step.by, step.answers, step.rows, step.interrupt, step.message, step.values, step.refused]
        for step in case.steps
    ]
    digests = [
        hashlib.sha256(orjson.dumps([head, one], option=orjson.OPT_SORT_KEYS)).hexdigest() for one in [[], *does]
    ]
    return [f"{_RECEIPT}{number}:{digest[:32]}" for number, digest in enumerate(digests)]


def _decided(events: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted(f"{event['gate']} {event['outcome']}" for event in events if event["kind"] == "GateDecided")
