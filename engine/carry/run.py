"""Carry an estate through a case file on the case's own clock."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine import jobs, store
from engine.carry import casefile, report
from engine.carry.casefile import Case, CaseError, JourneyDiffers, Step
from engine.errors import EngineError
from engine.store import Store
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import onboarding, prefilling, registering
from engine.use_cases.library import ONBOARDING, Library

Say = Callable[[str], None]
_MORNING = 9
_RECEIPT = "case:{name}:{number}"


@dataclass(frozen=True)
class Options:
    """How to carry: ``resume`` goes on with an earlier run, ``again`` removes it first."""

    resume: bool = False
    again: bool = False
    synchronous: str = "FULL"
    person_key: bytes = b""


def carry(case: Case, out: Path, library: Library, options: Options, say: Say) -> report.Journey:
    """Carry the estate of ``case`` and write its papers below ``out``.

    Raises CaseError for input that cannot be used, JourneyDiffers when the journey is not the expected one.
    """
    data = out / "data"
    if options.again:
        shutil.rmtree(out, ignore_errors=True)
    if data.exists() and not options.resume:
        raise CaseError(case.file.name, 0, f"{out} 里已有一次导入；请加 --resume 接着做，或加 --again 重新来")
    data.mkdir(parents=True, exist_ok=True)
    opened = store.open(f"sqlite:///{data / 'daoru.db'}", files=data / "files", synchronous=options.synchronous)
    try:
        run = _Run(case, opened, library, options, say)
        run.whole()
        journey = run.journey()
        report.write(journey, out)
        run.compare()
        return journey
    finally:
        opened.close()


def morning(day: date, zone: ZoneInfo = ZoneInfo("Asia/Shanghai")) -> datetime:  # noqa: B008 - a constant
    """Nine in the morning of that day."""
    return datetime(day.year, day.month, day.day, _MORNING, tzinfo=zone)


class _Run:
    def __init__(self, case: Case, opened: Store, library: Library, options: Options, say: Say) -> None:
        self.case, self.store, self.library, self.options, self.say = case, opened, library, options, say
        self.zone = ZoneInfo(next((pack.zone for pack in library.packs if pack.place == case.place), "Asia/Shanghai"))
        self.estate_id = 1

    def whole(self) -> None:
        moments = self._moments()
        begin = moments[0] - timedelta(minutes=1)
        if not self._done(0, begin):
            people, name = self.case.people, self._estate_name()
            with self.store.work(jobs.ACTOR, begin) as work:
                self.estate_id = onboarding.open_estate(work, self.library, name, self.case.place, people)
                work.sign(_RECEIPT.format(name=self.case.name, number=0))
            self.say(f"{begin:%Y-%m-%d}  登记小区“{name}”")
        for step, moment in zip(self.case.steps, moments, strict=True):
            if not self._done(step.number, moment):
                jobs.advance(self.store, self.library, self.estate_id, moment)
                self._step(step, moment)
        jobs.drain(self.store, self.library, self.estate_id, jobs.requested)

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

    def _done(self, number: int, moment: datetime) -> bool:
        with self.store.work(jobs.ACTOR, moment) as work:
            return work.has_receipt(_RECEIPT.format(name=self.case.name, number=number))

    def _step(self, step: Step, moment: datetime) -> None:
        before = self._events(moment)
        try:
            self._do(step, moment)
        except EngineError as error:
            self._refused(step, moment, error)
            return
        if step.refused:
            raise JourneyDiffers(step.file, step.line, f"应被拒绝（“{step.refused}”），却通过了")
        jobs.drain(self.store, self.library, self.estate_id, jobs.requested)
        self._tell(step, before, moment)

    def _do(self, step: Step, moment: datetime) -> None:
        key = _RECEIPT.format(name=self.case.name, number=step.number)
        with self.store.work(self._actor(step, moment), moment) as work:
            for what, entries in step.rows.items():
                registering.enter(work, self.library, self.estate_id, what, entries, self.options.person_key)
            if step.interrupt:
                onboarding.interrupt(work, self.library, self.estate_id)
            if step.message:
                onboarding.receive(work, self.library, self.estate_id, step.message, step.values)
            if step.task:
                onboarding.complete_task(work, self.library, self.estate_id, step.task, self._submitted(work, step))
            work.sign(key)

    def _submitted(self, work: UnitOfWork, step: Step) -> dict[str, Any]:
        form, folder = self.library.form(step.task), self.case.file.parent
        known = prefilling.proposals(work, self.library, self.estate_id, step.task, step.answers)
        return casefile.submission(step, form, folder, {key: one.value for key, one in known.items()}, work.keep_file)

    def _actor(self, step: Step, moment: datetime) -> str:
        if step.by:
            return step.by
        with self.store.work(jobs.ACTOR, moment) as work:
            lanes = {task.name: task.lane for task in work.open_tasks(self.estate_id)}
        return self.case.people.get(lanes.get(step.task, ""), jobs.ACTOR)

    def _refused(self, step: Step, moment: datetime, error: EngineError) -> None:
        if not step.refused:
            raise CaseError(step.file, step.line, f"{step.task or '批量登记'}：{error}") from error
        if step.refused not in str(error):
            raise JourneyDiffers(step.file, step.line, f"应以“{step.refused}”被拒绝，实际是：{error}") from error
        with self.store.work(jobs.ACTOR, moment) as work:
            work.sign(_RECEIPT.format(name=self.case.name, number=step.number))
        self.say(f"{moment:%Y-%m-%d}  {step.task} 被拒绝：{error}")

    def _events(self, moment: datetime) -> int:
        with self.store.work(jobs.ACTOR, moment) as work:
            return len(work.log(self.estate_id))

    def _tell(self, step: Step, before: int, moment: datetime) -> None:
        with self.store.work(jobs.ACTOR, moment) as work:
            fresh = work.log(self.estate_id)[before:]
        for event in fresh:
            self.say(f"{moment:%Y-%m-%d}  {_line(event)}")
        decided = {event["gate"]: event["outcome"] for event in fresh if event["kind"] == "GateDecided"}
        for gate, outcome in decided.items():
            wanted = step.outcomes.get(gate)
            if wanted != outcome:
                message = f"关口 {gate} 的结论是 {outcome}，案卷写的是 {wanted or '（没有写）'}"
                raise JourneyDiffers(step.file, step.line, message + _why(fresh, gate))
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

    def compare(self) -> None:
        """Hold the end against what the case expects.  Raises JourneyDiffers."""
        journey, expect = self.journey(), self.case.expect
        left = {stay["stage"]: stay["left"][:10] for stay in report.stages(journey.events) if stay["left"]}
        kinds = sorted({paper.kind for paper in journey.papers})
        found: list[tuple[str, Any, Any]] = [
            ("end", expect.end or journey.end, journey.end),
            ("status", expect.status or journey.status, journey.status),
            ("documents", sorted(expect.documents) or kinds, kinds),
        ]
        found += [(f"stages.{stage}", day.isoformat(), left.get(stage)) for stage, day in expect.stages.items()]
        for what, wanted, actual in found:
            if wanted != actual:
                raise JourneyDiffers(self.case.file.name, expect.line, f"{what} 应为 {wanted}，实际是 {actual}")


def _line(event: Mapping[str, Any]) -> str:
    """An event as a line for a person at a terminal."""
    kind = event["kind"]
    told: Mapping[str, Callable[[], str]] = {
        "TaskCompleted": lambda: f"{event['lane']} {event['actor']}：{event['title']}",
        "GateDecided": lambda: f"    关口 {event['gate']} → {event['outcome']}",
        "DocumentIssued": lambda: f"    文书 {event['number']} {event['title']}",
        "StageEntered": lambda: f"▶ 进入阶段 {event['stage']}",
        "StageLeft": lambda: f"◀ 离开阶段 {event['stage']}",
        "MessageReceived": lambda: f"    收到消息：{event['message']}",
        "TimerFired": lambda: f"    时限到：{event['title']}",
        "EstateEnded": lambda: f"■ 结束：{event['end']}",
    }
    return told[kind]() if kind in told else f"    {kind}"


def _why(events: list[dict[str, Any]], gate: str) -> str:
    for event in events:
        if event.get("gate") == gate:
            reasons = event["figures"].get("missing") or event["figures"].get("blocked_by") or ()
            return "：" + "".join(reasons) if reasons else ""
    return ""
