"""What falls when a step is undone: worked out before anybody decides, and carried out as it was worked out.

Undoing restores the state that the step's move replaced, so every later move of that instance falls, those of other
branches included (decisions 24).  What happened in the world stays on record and only stops to count.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from engine.errors import Conflict, NotPermitted
from engine.process import codec
from engine.process import instance as process
from engine.process.instance import Task, Timer, WaitState
from engine.store import accounts, rows, undone
from engine.store.undone import Done, Paper, Posted, Thing, Votes
from engine.use_cases import onboarding
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import ONBOARDING, RENEWAL

#: What these jobs did to the estate as a whole is ended by its own step, never by going back before it.
_ESTATE_WIDE = {"suspend": "暂停", "resume": "恢复", "withdraw": "撤回申请", "reopen_vote": "重新表决"}
_FREEZING, _SIGNING = "freeze_roster", "sign_contract"
_OPEN = frozenset({"open", "waiting", "running", "awaited"})
_OVER = frozenset({"completed", "done", "over"})


@dataclass(frozen=True)
class Fall:
    """What undoing the task ``target`` brings about; nothing has happened yet.

    ``undone`` are the completed tasks that do not count any more, the target first; ``vanishing`` the open ones that
    go, ``opening`` those that open again.  ``ended`` are the jobs, timers and messages that fall, ``restarted`` the
    timers that run again.  ``events`` do not count any more.  ``meetings`` are the votes that fall, ``ballots`` those
    whose ballots do.  ``drafted`` says whether somebody has begun to fill in what vanishes.  ``closing`` and
    ``reviving`` are the question after the old company's term that began, or was dropped, with what falls.
    """

    instance: rows.Instance
    target: Done
    wait: WaitState
    undone: Sequence[Done]
    vanishing: Sequence[Done]
    opening: Sequence[Task]
    ended: Sequence[Thing]
    restarted: Sequence[Timer]
    papers: Sequence[Paper]
    events: Sequence[Mapping[str, Any]]
    notices: Sequence[Posted]
    meetings: Sequence[int]
    ballots: Sequence[Votes]
    drafted: bool
    closing: rows.Instance | None
    reviving: rows.Instance | None
    revived: WaitState | None = field(repr=False)

    @property
    def gates(self) -> list[Mapping[str, Any]]:
        """The decisions of gates that do not count any more."""
        return self._events("GateDecided")

    @property
    def left(self) -> list[str]:
        """The stages in which the estate does not stand any more, or never stood."""
        return [event["stage"] for event in self._events("StageEntered")]

    @property
    def entered(self) -> list[str]:
        """The stages in which it stands again."""
        return [stage for stage in (event["stage"] for event in self._events("StageLeft")) if stage not in self.left]

    @property
    def deadlines(self) -> list[Thing]:
        """The deadlines that stop to run."""
        return [thing for thing in self.ended if thing.kind == "timer" and thing.status == "running"]

    @property
    def ends_again(self) -> bool:
        """Whether the journey had come to its end, and goes on."""
        return bool(self._events("EstateEnded"))

    @property
    def signed(self) -> list[Done]:
        """The signatures under contracts that stand among what falls."""
        return [done for done in self.undone if done.name == _SIGNING]

    @property
    def public(self) -> bool:
        """Whether something went out that cannot be called back: posted, fetched, handed out, signed."""
        out = any(votes.delivered or votes.returned for votes in self.ballots)
        return bool(self.notices or self.signed or out or any(paper.taken for paper in self.papers))

    def _events(self, kind: str) -> list[Mapping[str, Any]]:
        return [event for event in self.events if event["kind"] == kind]


def of(dossier: Dossier, target: Done) -> Fall:
    """What undoing that completed task would bring about.

    Raises NotPermitted where it cannot be undone, with the reason and what to do instead.
    """
    instance = dossier.work.instance(target.instance_id)
    _refuse(dossier, target, instance)
    return _Fall(dossier, target, instance).fall()


def lawful(dossier: Dossier, steps: Iterable[Done]) -> set[int]:
    """Those of these completed tasks that :func:`of` would not refuse to undo."""
    found: set[int] = set()
    by_instance: dict[int, list[Done]] = {}
    for step in steps:
        by_instance.setdefault(step.instance_id, []).append(step)
    for key, mine in by_instance.items():
        with suppress(NotPermitted):
            _refuse(dossier, mine[0], dossier.work.instance(key))
            wide = undone.last_job(dossier.work, key, _ESTATE_WIDE)
            found.update(step.id for step in mine if (step.completed_at or "") > wide)
    return found


def _refuse(dossier: Dossier, target: Done, instance: rows.Instance) -> None:
    if target.status != "completed":
        raise NotPermitted("“{title}”没有办结，或已经撤回过，不能再撤回。", title=target.title)
    if dossier.estate.status in {"suspended", "withdrawn"} and instance.process_id == ONBOARDING:
        said = {"suspended": "已暂停办理；请等恢复办理后再撤回", "withdrawn": "已撤回申请，办过的步骤都留作记录"}
        raise NotPermitted("小区“{name}”" + said[dossier.estate.status] + "。", name=dossier.estate.name)
    journeys = [one.id for one in dossier.work.instances(dossier.estate_id) if one.process_id == ONBOARDING]
    if instance.process_id == ONBOARDING and instance.id != journeys[-1]:
        raise NotPermitted("业主已重新表决，那以前的步骤留作记录，不能撤回；请在新的表决里办理。")
    if instance.process_id == RENEWAL and instance.finished and _closed(dossier, instance):
        raise NotPermitted("原合同去留已由表决或办理结果决定，这一步不能撤回。")


def _closed(dossier: Dossier, instance: rows.Instance) -> bool:
    """Whether an instance was closed from outside, still waiting."""
    return not _at_rest(dossier, instance).finished


def _at_rest(dossier: Dossier, instance: rows.Instance) -> WaitState:
    definition = onboarding.definition_of(dossier, instance)
    return process.inspect(definition, instance.state, deadlines=dossier.deadlines, now=dossier.work.now)


@dataclass
class _Fall:
    dossier: Dossier
    target: Done
    instance: rows.Instance

    def fall(self) -> Fall:
        """Everything that falls."""
        work, wait = self.dossier.work, self.wait
        completed = [done for done in self.tasks if done.status == "completed"]
        completed.sort(key=lambda done: done.id != self.target.id)
        vanishing = [done for done in self.tasks if done.status == "open"]
        events = self.events
        printed = sorted({event["meeting"] for event in events if event["kind"] == "BallotsPrinted"})
        closing, reviving = self._renewals()
        return Fall(
            instance=self.instance,
            target=self.target,
            wait=wait,
            undone=completed,
            vanishing=vanishing,
            opening=[task for task in wait.tasks if task.ref not in wait.before],
            ended=[thing for thing in self.things if thing.status in _OPEN | _OVER],
            restarted=[timer for timer in wait.timers if timer.ref not in wait.before],
            papers=self.papers,
            events=events,
            notices=undone.posted(work, [done.id for done in completed]),
            meetings=self._meetings(completed),
            ballots=undone.votes(work, self.dossier.estate_id, printed),
            drafted=accounts.drafted(work, [done.id for done in vanishing]),
            closing=closing,
            reviving=reviving,
            revived=_at_rest(self.dossier, reviving) if reviving else None,
        )

    @cached_property
    def move(self) -> tuple[int, bytes]:
        """Version of the move that completed the target, and the state that it replaced."""
        for version, before, after in undone.replaced(self.dossier.work, self.target):
            there, _ = codec.waits_of(before)
            then, _ = codec.waits_of(self.instance.state if after is None else after)
            if self.target.ref in there - then:
                return version, before
        raise Conflict

    @cached_property
    def wait(self) -> WaitState:
        """The instance as it was before, at rest again."""
        return process.restore(
            onboarding.definition_of(self.dossier, self.instance),
            self.instance.state,
            self.move[1],
            self._shifted,
            deadlines=self.dossier.deadlines,
            now=self.dossier.work.now,
        )

    def _shifted(self, expression: str) -> timedelta:
        """By how much a timer was put off while the estate rested since then; the law's were not (decisions 2)."""
        if self.instance.process_id != ONBOARDING or self.dossier.deadlines.clock(expression) != "programme":
            return timedelta()
        rested = (event["days"] for event in self._since if event["kind"] == "EstateResumed")
        return timedelta(days=sum(rested))

    def _falls(self, ref: str) -> bool:
        """Whether what is waited for under that ref began later, or was over by now."""
        there, last = codec.waits_of(self.move[1])
        now, _ = codec.waits_of(self.instance.state)
        return int(ref.rpartition("-")[2]) > last or ref in there - now

    @cached_property
    def tasks(self) -> list[Done]:
        """The tasks that fall, in order of completion."""
        return [done for done in undone.tasks(self.dossier.work, self.instance.id) if self._falls(done.ref)]

    @cached_property
    def things(self) -> list[Thing]:
        """The jobs, timers and messages that fall, over or not."""
        found = [thing for thing in undone.things(self.dossier.work, self.instance.id) if self._falls(thing.ref)]
        for thing in found:
            if thing.kind == "job" and thing.status == "done" and thing.title in _ESTATE_WIDE:
                what = _ESTATE_WIDE[thing.title]
                raise NotPermitted("这一步之后小区已经{what}，不能撤回；请按流程办理后续步骤。", what=what)
        return found

    @cached_property
    def papers(self) -> list[Paper]:
        """The papers that fall."""
        jobs = [thing.id for thing in self.things if thing.kind == "job" and thing.status in _OPEN | _OVER]
        return undone.papers(self.dossier.work, jobs)

    @cached_property
    def _since(self) -> Sequence[Mapping[str, Any]]:
        """What still counts of the log from the completion of the target on."""
        named = [done for done in self.dossier.work.answered(self.dossier.estate_id) if done.name == self.target.name]
        place = [done.task_id for done in named].index(self.target.id)
        completions = [
            at
            for at, event in enumerate(self.dossier.log)
            if event.get("task") == self.target.name and event["kind"] in {"TaskCompleted", "TaskReplayed"}
        ]
        return self.dossier.log[completions[place] :]

    @cached_property
    def events(self) -> list[Mapping[str, Any]]:
        """The events of the moves that fall."""
        moved = undone.moves(self.dossier.work, self.instance.id, self.move[0])
        moments = {at for _, at, _ in moved}
        return [event for event in self._since if event["at"] in moments and self._ours(event)]

    def _ours(self, event: Mapping[str, Any]) -> bool:
        definition = onboarding.definition_of(self.dossier, self.instance)
        elements, kind = definition.elements, event["kind"]
        if kind == "DocumentIssued":
            return event["number"] in {paper.number for paper in self.papers}
        if kind == "GateDecided":
            return any(element.properties.get("gate") == event["gate"] for element in elements.values())
        if kind == "MessageReceived":
            return any(element.message == event["message"] for element in elements.values())
        if kind in {"BallotsPrinted", "EstateEnded", "RenewalOpened", "RenewalClosed"}:
            return self.instance.process_id == ONBOARDING
        if kind in {"StageEntered", "StageLeft"}:
            return event["stage"] in definition.stages
        return (
            kind in {"TaskCompleted", "TaskReplayed", "TimerFired"}
            and event.get("task", event.get("timer")) in elements
        )

    def _meetings(self, fell: Iterable[Done]) -> list[int]:
        """The votes whose roster was frozen by a step that falls."""
        frozen = sum(done.name == _FREEZING for done in fell)
        return list(range(self.dossier.round - frozen + 1, self.dossier.round + 1))

    def _renewals(self) -> tuple[rows.Instance | None, rows.Instance | None]:
        """What asks whether the old company stays: to be closed as it began later, and to wait again as it did then."""
        if self.instance.process_id != ONBOARDING:
            return None, None
        begun = [one for one in self.dossier.work.instances(self.dossier.estate_id) if one.process_id == RENEWAL]
        everything = self.dossier.work.log(self.dossier.estate_id)
        opened = [event["no"] for event in everything if event["kind"] == "RenewalOpened"]
        fell, then = {event["no"] for event in self.events}, None
        for event in self.dossier.log:
            if event["no"] not in fell and event["kind"] in {"RenewalOpened", "RenewalClosed"}:
                then = begun[opened.index(event["no"])] if event["kind"] == "RenewalOpened" else None
        now = next((one for one in begun if not one.finished), None)
        if then is not None and then.finished and not _closed(self.dossier, then):
            then = None
        if (now and now.id) == (then and then.id):
            return None, None
        return now, then
