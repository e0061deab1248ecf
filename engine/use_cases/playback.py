"""How an estate stood at an entry of its log 回放: told by the log alone, as far as it had come by then."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import events
from engine.errors import NotFound
from engine.process.definitions import Definition
from engine.store.estates import Stay
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, overview, picturing, reasons, telling, timeline, versions
from engine.use_cases.accounts import Member
from engine.use_cases.library import ONBOARDING, Library
from engine.use_cases.overview import Station
from engine.use_cases.picturing import DONE, NOW, Picture
from engine.use_cases.timeline import Entry

_Log = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Moment:
    """An estate right after one entry of its log, of ``last`` entries in all."""

    entry: Entry
    last: int
    rail: tuple[Station, ...]
    facts: tuple[tuple[str, str], ...]
    picture: Picture


def moment(
    work: UnitOfWork, library: Library, member: Member, estate_id: int, number: int, process_id: str = ONBOARDING
) -> Moment:
    """The estate right after the entry ``number``, 0 for the newest, and one of its diagrams.  Raises NotFound."""
    estate, definition = desk.estate(work, member, estate_id), versions.of(work, library, estate_id)
    log = work.log(estate_id)
    number = number or len(log)
    if not 0 < number <= len(log):
        raise NotFound(what="这条流转记录")
    until = log[:number]
    fell = events.fallen(until)
    counted = [event for event in until if event["no"] not in fell]
    stays = stays_of(counted)
    marks = {**marks_of(definition, counted), **{one.stage: DONE if one.left_at else NOW for one in stays}}
    teller = timeline.Teller(library, definition, frozenset(fell))
    return Moment(
        teller.entry(log[number - 1]),
        len(log),
        overview.rail(definition, stays),
        tuple(_facts(definition, counted)),
        picturing.drawn(estate, definition, process_id, marks),
    )


def stays_of(counted: _Log) -> list[Stay]:
    """The stays in stages, as the log has them."""
    stays: list[Stay] = []
    for event in counted:
        match event["kind"]:
            case "StageEntered":
                stays.append(Stay(event["stage"], event["at"], None))
            case "StageLeft":
                stays = _left(stays, event["at"], event["stage"])
            case "VoteReopened" | "EstateWithdrawn":
                stays = _left(stays, event["at"])
    return stays


def _left(stays: Iterable[Stay], at: str, stage: str = "") -> list[Stay]:
    """The stays after ``stage`` was left, or every one for none."""
    return [
        Stay(one.stage, one.entered_at, at) if one.left_at is None and stage in ("", one.stage) else one
        for one in stays
    ]


def marks_of(definition: Definition, counted: _Log) -> dict[str, str]:
    """The steps that were done; the one of the last entry is the one looked at."""
    marks: dict[str, str] = {}
    under_way: list[str] = []
    for event in counted:
        if event["kind"] == "StageEntered":
            under_way.append(event["stage"])
        elif event["kind"] == "StageLeft" and event["stage"] in under_way:
            under_way.remove(event["stage"])
        marks |= dict.fromkeys(_steps(definition, event, under_way), DONE)
    if counted:
        marks |= dict.fromkeys(_steps(definition, counted[-1], under_way), NOW)
    return marks


#: By which property of a step an event names it, and under which name the event does.
_BY_PROPERTY = {"GateDecided": "gate", "DocumentIssued": "document"}


def _steps(definition: Definition, event: Mapping[str, Any], under_way: Sequence[str]) -> list[str]:
    """The steps that an event tells of: of several that make the same paper, those in the stages under way."""
    if event["kind"] in timeline.HANDED_IN:
        return [event["task"]]
    if event["kind"] == "TimerFired":
        return [event["timer"]]
    named = _BY_PROPERTY.get(event["kind"])
    if named is None:
        return []
    inside = {process for stage in under_way if stage in definition.elements for process in definition.within(stage)}
    found = [one for one in definition.elements.values() if one.properties.get(named) == event[named]]
    return [one.id for one in found if one.process in inside]


_STATUS = {
    "EstateSuspended": "suspended",
    "EstateResumed": "running",
    "EstateWithdrawn": "withdrawn",
    "VoteReopened": "running",
}


def _facts(definition: Definition, counted: _Log) -> Iterable[tuple[str, str]]:
    """What the log says of registers, papers and decisions so far; what nothing was entered of is left out."""
    yield "状态", telling.STATUSES[_status(counted)]
    for kind, label, said in _REGISTERS:
        found = [event for event in counted if event["kind"] == kind]
        if found:
            yield label, said(found)
    decided = {event["gate"]: event["outcome"] for event in counted if event["kind"] == "GateDecided"}
    for gate, outcome in decided.items():
        yield reasons.gate_title(definition, gate), telling.OUTCOMES[outcome]


def _status(counted: _Log) -> str:
    found = "running"
    for event in counted:
        if event["kind"] == "EstateEnded":
            found = "operating" if event["end"] == "operating" else "ended"
        found = _STATUS.get(event["kind"], found)
    return found


def _sum(field: str, unit: str) -> Callable[[_Log], str]:
    return lambda found: f"{sum(event[field] for event in found)} {unit}"


_REGISTERS: tuple[tuple[str, str, Callable[[_Log], str]], ...] = (
    ("RosterImported", "业主清册", lambda found: f"第 {found[-1]['version']} 版，{found[-1]['units']} 户"),
    ("VisitsRecorded", "走访", _sum("visits", "次")),
    ("BallotsPrinted", "表决票", lambda found: f"{found[-1]['ballots']} 张，第 {found[-1]['meeting']} 次表决"),
    ("BallotsDelivered", "送达", _sum("ballots", "张次")),
    ("BallotsReturned", "收回", _sum("ballots", "张次")),
    ("HandoverItemsListed", "移交清单", lambda found: f"{found[-1]['items']} 项"),
    ("PrepaidFeesListed", "预交费", lambda found: f"{found[-1]['units']} 户"),
    ("DocumentIssued", "已出具文书", lambda found: f"{len(found)} 份"),
    ("TaskCompleted", "已办结任务", lambda found: f"{len(found)} 项"),
)
