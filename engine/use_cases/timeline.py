"""The log of an estate 流转记录: a page of what happened in words, by kind, person and period, and as a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine import events
from engine.errors import InvalidAnswers, Problem
from engine.process.definitions import Definition
from engine.store import estates, photos, undone
from engine.store.desk import PAGE
from engine.store.estates import Decided, Sought
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, exporting, falling, reasons, staffing, telling, undoing, versions
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.exporting import Table, Taken
from engine.use_cases.library import Library

ZONE = ZoneInfo("Asia/Shanghai")
#: What one looks for in a log, and which events that is.  Every kind of event stands in one of them.
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "steps": ("办理", ("TaskCompleted", "TaskReplayed", "ReplayStopped", "MoveUndone", "EstateEntered")),
    "gates": ("关口判定", ("GateDecided",)),
    "papers": ("文书", (
        "DocumentIssued", "DocumentRevised", "PaperExamined", "OpinionIssued", "NoticeProved", "SignedCopyFiled",
        "RemarkMade", "RemarkResolved",
    )),
    "stages": ("阶段和状态", (
        "StageEntered", "StageLeft", "VoteReopened", "InterruptionOpened", "EstateSuspended", "EstateResumed",
        "EstateWithdrawn", "EstateEnded", "RenewalOpened", "RenewalClosed",
    )),
    "registers": ("登记表", (
        "RosterImported", "RosterImportUndone", "RosterProposed", "VisitsRecorded", "VisitCorrected",
        "VisitWithdrawn", "DoorsGiven", "DoorReopened", "CanvassDayReviewed", "CallBacksPlanned", "CallBacksDrawn",
        "HouseholdCalledBack", "SheetPrinted", "SheetsBrought", "SheetTypedIn",
        "BallotsPrinted", "BallotsDelivered", "BallotsReplaced",
        "BallotsReturned", "BallotsIssued", "BallotNotDelivered", "BallotsHandedBack", "BallotDoubled",
        "BallotsScanned", "BallotAmended", "BallotLate", "EvotesEntered",
        "BallotDisputed", "BallotRuled", "CountOpened", "CountClosed", "HandoverItemsListed", "HandoverItemChanged",
        "HandoverGapsPursued", "HandoverGapClosed",
        "HandoverSigned", "PrepaidFeesListed", "PrepaidPlaced",
        "PrepaidAcknowledged",
    )),
    "privacy": ("个人信息", (
        "IdentityKept", "DataRequestTaken", "DataRequestDecided", "DataRequestDone", "DataPurged", "DataHeld",
    )),
    "notices": ("公示", (
        "PostingsProved", "BoardsListed", "PostingSeen", "NoticeArrived", "OwnerHeard", "PublicationEnded",
    )),
    "time": ("时限和消息", ("TimerFired", "MessageReceived")),
    "people": ("人员和管理", (
        "TaskClaimed", "TaskReleased", "TaskTransferred", "TaskDelegated", "TaskGivenBack", "TaskRecalled", "TaskHeld",
        "TaskTakenUp", "TaskUrged", "LaneHandedOver", "EstateMovedToPack", "LogExported", "PhotoOriginalFetched",
        "ReviewWaived", "ArchiveTaken",
    )),
    "comments": ("留言", ("CommentMade", "CommentWithdrawn")),
}  # fmt: skip


#: Events by which a step was done, with the files that were handed in.
HANDED_IN = frozenset({"TaskCompleted", "TaskReplayed"})


@dataclass(frozen=True)
class Filter:
    """What was asked for, as it stands in the address: a person by the number of their first event, as no name may."""

    group: str = ""
    actor: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class File:
    """A file of an entry: a paper by its number, or a photo or scan by its id."""

    title: str
    number: str = ""
    photo: int = 0


@dataclass(frozen=True)
class Entry:
    """One event in words; ``of`` is the group it stands in, ``files`` what it issued or was handed in with it."""

    no: int
    at: str
    who: str
    said: str
    detail: tuple[str, ...]
    of: str
    files: tuple[File, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """A page of the log; ``actors`` may be chosen from, each by the number of their first event.

    ``back`` says of an entry that tells of a step this member may go back before, which task it was and how.
    """

    entries: list[Entry]
    total: int
    last: int
    actors: list[tuple[int, str]]
    back: Mapping[int, tuple[int, str]]


def timeline(work: UnitOfWork, library: Library, member: Member, estate_id: int, asked: Filter, page: int) -> Timeline:
    """A page of what is asked for.  Raises NotFound, and InvalidAnswers for a filter that cannot be."""
    desk.estate(work, member, estate_id)
    sought = _sought(asked)
    total = estates.logged(work, estate_id, sought)
    fell = estates.fallen(work, estate_id)
    teller, found = teller_of(work, library, estate_id), estates.log(work, estate_id, sought, page)
    entries = _with_files(work, estate_id, teller, found)
    steps = {event["no"]: event for event in found if event["kind"] in HANDED_IN and event["no"] not in fell}
    back = _back(work, library, member, estate_id, steps)
    return Timeline(entries, total, max(1, -(-total // PAGE)), estates.actors(work, estate_id), back)


def _back(
    work: UnitOfWork, library: Library, member: Member, estate_id: int, steps: Mapping[int, Mapping[str, Any]]
) -> dict[int, tuple[int, str]]:
    """Which of these events tell of a step that the member may undo, or take back as the last one of theirs."""
    done = undone.completed_at(work, estate_id, {event["at"] for event in steps.values()})
    allowed = falling.lawful(Dossier(work, library, estate_id), done)
    mine = undone.untouched(work, member.name, allowed)
    manners = dict.fromkeys(mine, undoing.TAKE_BACK)
    if member.roles & staffing.REASSIGNING:
        manners = dict.fromkeys(allowed, undoing.UNDO)
    tasks = {(one.name, one.completed_at): one.id for one in done if one.id in manners}
    found = {number: tasks.get((event["task"], event["at"])) for number, event in steps.items()}
    return {number: (key, manners[key]) for number, key in found.items() if key is not None}


def export(work: UnitOfWork, library: Library, member: Member, estate_id: int, asked: Filter) -> Taken:
    """What is asked for as a workbook; that it was taken out is logged.  Raises NotFound and InvalidAnswers."""
    estate = desk.estate(work, member, estate_id)
    sought, teller = _sought(asked), teller_of(work, library, estate_id)
    exporting.bounded(estates.logged(work, estate_id, sought))
    found = _with_files(work, estate_id, teller, estates.log(work, estate_id, sought, None))
    rows = [
        (one.no, f"{datetime.fromisoformat(one.at).astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
         GROUPS[one.of][0] if one.of else "", one.who, one.said, "；".join(one.detail),
         "；".join(file.number or file.title for file in one.files))
        for one in found
    ]  # fmt: skip
    work.append(estate_id, events.LogExported(len(found)))
    table = Table("log", "流转记录", ("序号", "时间", "类别", "办理人", "事项", "说明", "文件"), rows)
    return exporting.taken(work, member, table, estate.name, f"estate={estate_id}")


def _with_files(work: UnitOfWork, estate_id: int, teller: "Teller", found: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """Events in words, with the files that belong to them."""
    handed_in: dict[tuple[str, str], list[File]] = {}
    for one in photos.attached(work, estate_id, {event["at"] for event in found if event["kind"] in HANDED_IN}):
        of = handed_in.setdefault((one.task, one.completed_at), [])
        of.append(File(one.name or f"照片 {len(of) + 1}", photo=one.id))
    return [replace(teller.entry(event), files=tuple(_files(event, handed_in))) for event in found]


def _files(event: Mapping[str, Any], handed_in: Mapping[tuple[str, str], list[File]]) -> list[File]:
    match event["kind"]:
        case "DocumentIssued":
            return [File("打开文书", number=event["number"])]
        case "PaperExamined" | "OpinionIssued" | "NoticeProved" | "SignedCopyFiled" | "RemarkMade" | "RemarkResolved":
            return [File("打开文书", number=event["number"])]
        case "PhotoOriginalFetched":
            return [File(f"照片 {event['photo']}", photo=event["photo"])]
        case kind if kind in HANDED_IN:
            return handed_in.get((event["task"], event["at"]), [])
    return []


def _sought(asked: Filter) -> Sought:
    if asked.group and asked.group not in GROUPS:
        raise InvalidAnswers([Problem("group", "没有这个类别；请从列表中选择。")], "没有查找。")
    if asked.actor and not (asked.actor.isascii() and asked.actor.isdigit() and len(asked.actor) < 10):
        raise InvalidAnswers([Problem("actor", "没有这个办理人；请从列表中选择。")], "没有查找。")
    since, until = _day("since", "起始日", asked.since), _day("until", "截止日", asked.until)
    if since and until and since > until:
        raise InvalidAnswers([Problem("until", "截止日早于起始日；请核对。")], "没有查找。")
    return Sought(
        GROUPS[asked.group][1] if asked.group else (),
        int(asked.actor or 0),
        _moment(since) if since else "",
        _moment(until + timedelta(days=1)) if until else "",
    )


def _day(field: str, label: str, text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 2999:
        raise InvalidAnswers(
            [Problem(field, f"{label}“{text[:20]}”不是日期；请写成 2026-01-31 的形式。")], "没有查找。"
        )
    return found


def _moment(on: date) -> str:
    """When a legal day begins, as the log writes moments."""
    begins = datetime(on.year, on.month, on.day, tzinfo=ZONE)
    return begins.astimezone(ZoneInfo("UTC")).isoformat(timespec="seconds")


def teller_of(work: UnitOfWork, library: Library, estate_id: int) -> "Teller":
    """Who tells the events of an estate."""
    return Teller(library, versions.of(work, library, estate_id), estates.fallen(work, estate_id))


@dataclass(frozen=True)
class Teller:
    """Tells events in the names of the estate's diagrams and of the packs, and of those that ``fell`` that they did."""

    library: Library
    definition: Definition
    fell: frozenset[int] = frozenset()

    def entry(self, event: Mapping[str, Any]) -> Entry:
        """An event in words: who, what, and what it rests on."""
        of = next((name for name, (_, kinds) in GROUPS.items() if event["kind"] in kinds), "")
        said = f"{event['lane']}办结：{event['title']}" if event["kind"] == "TaskCompleted" else self._line(event)
        said += "（已撤回）" if event["no"] in self.fell else ""
        return Entry(event["no"], event["at"], _who(event), said, tuple(self._detail(event)), of)

    def _line(self, event: Mapping[str, Any]) -> str:
        return telling.line(self._named(event)).strip()

    def _named(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """An event with the names that its diagram gives to what it names by a code."""
        said = dict(event)
        for field in ("stage", "end"):
            element = self.definition.elements.get(str(event.get(field, "")))
            if element is not None and element.name:
                said[field] = element.name
        if "gate" in event:
            gate = reasons.gate_title(self.definition, event["gate"])
            said.update(gate=gate, outcome=telling.OUTCOMES[event["outcome"]])
        return said

    def _detail(self, event: Mapping[str, Any]) -> list[str]:
        match event["kind"]:
            case "GateDecided":
                decided = Decided(event["gate"], event["outcome"], event["figures"], tuple(event["rules"]), event["at"])
                said = reasons.in_words(self.definition, decided)
                return [*said.why, *(f"{label} {value}" for label, value in said.figures)]
            case "EstateMovedToPack":
                return [
                    f"{self._parameter(key)}：{old or '（没有）'} → {new or '（没有）'}"
                    for key, old, new in event["changes"]
                ]
            case "TaskCompleted":
                stage = self.definition.elements.get(event["stage"])
                return [stage.name] if stage else []
        return []

    def _parameter(self, key: str) -> str:
        titles = (pack.parameters[key].title for pack in self.library.packs if key in pack.parameters)
        return next(titles, "一项规则")


def _who(event: Mapping[str, Any]) -> str:
    """Who did it: ``甲 代 乙`` where somebody acted for another."""
    on_behalf = event.get("on_behalf") or ""
    return f"{event['actor']} 代 {on_behalf}" if on_behalf and on_behalf != event["actor"] else str(event["actor"])
