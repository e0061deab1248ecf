"""Walks cases to a random step, goes back before a random earlier one, and holds the outcome against what was shown."""

import random
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine import store
from engine.carry import casefile, run
from engine.carry.casefile import Case, Step
from engine.errors import NotPermitted
from engine.process import instance as process
from engine.store import Store, registers, tables, undone
from engine.store import accounts as accounts_store
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import onboarding, undoing
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.falling import Fall
from engine.use_cases.library import ONBOARDING, RENEWAL, Library

CASES = Path(__file__).parent / "cases"
KEY = run.Options(person_key=b"a key for tests")
LATER = datetime.max.replace(tzinfo=UTC)
#: What people enter in bulk, and what is done to the estate as a whole, falls with no step.
STAYING = {
    "RosterImported", "VisitsRecorded", "BallotsDelivered", "BallotsReplaced", "BallotsReturned", "PostingsProved",
    "HandoverItemsListed", "PrepaidFeesListed", "InterruptionOpened", "EstateSuspended", "EstateResumed",
    "LaneHandedOver", "EstateMovedToPack", "MoveUndone",
}  # fmt: skip


@dataclass(frozen=True)
class Walk:
    """How a walk went: ``refused`` says why going back was not permitted, ``fell`` counts the steps that fell."""

    case: str
    back_to: str
    refused: str
    fell: int
    finished: bool


class Reached(Exception):
    """The step at which the walk turns is reached."""


def district(opened: Store, name: str) -> Member:
    """Somebody of the street in whose scope the estate lies."""
    with opened.work("测试", datetime(2026, 1, 1, tzinfo=UTC)) as work:
        node = accounts_store.node_below(work, None, "某区")
        work.execute(sa.update(tables.estate).values(node_id=node))
    return Member(1, "street", name, ((node, "街道"),))


def walk(seed: int, cases: list[str], library: Library, url: str, folder: Path, *, on: bool) -> Walk:
    """One random walk; with ``on`` the journey is then finished as its case says, and held against the expected end."""
    chance = random.Random(seed)
    case = casefile.read(CASES / f"{chance.choice(cases)}.yaml")
    turn = chance.randrange(2, len(case.steps) + 1)
    opened = store.open(url, files=folder, synchronous="OFF")
    try:
        return _walked(chance, case, turn, opened, library, on=on)
    finally:
        opened.close()


def _walked(chance: random.Random, case: Case, turn: int, opened: Store, library: Library, *, on: bool) -> Walk:
    shots: dict[int, dict[str, Any]] = {}

    def before(step: Step, moment: datetime) -> None:
        with opened.work("测试", moment) as work:
            shots[step.number] = {"moment": moment, **snapshot(work, library)}
        if step.number == turn:
            raise Reached

    _replay(case, opened, library, before)
    if turn not in shots:
        with opened.work("测试", LATER) as work:
            shots[turn] = {"moment": work.latest(1), **snapshot(work, library)}
    done = [step for step in case.steps if step.number < turn and step.task and not step.refused]
    if not done:
        return Walk(case.name, "", "还没有办结的步骤", 0, finished=False)
    step = chance.choice(done)
    moment = shots[step.number]["moment"]
    member = district(opened, case.people["街道"])
    task_id = _task(opened, step.task, moment)
    # where the journey goes on, the fallen steps are done at the days they were done: the clock is put back
    now = moment if on else shots[turn]["moment"] + timedelta(minutes=1)
    fall = go_back(opened, library, member, task_id, now, case.name)
    if isinstance(fall, str):
        return Walk(case.name, step.task, fall, 0, finished=False)
    with opened.work("测试", now) as work:
        after = snapshot(work, library)
    compare(shots[step.number], after, case.name, step.task)
    finished = on and _again(case, step, turn, opened, library, fall)
    return Walk(case.name, step.task, "", len(fall.undone), finished)


def _replay(case: Case, opened: Store, library: Library, before: Any = None) -> None:
    with suppress(Reached):
        run.replay(case, opened, library, KEY, lambda line: None, before)


def _task(opened: Store, name: str, moment: datetime) -> int:
    at = moment.astimezone(UTC).isoformat(timespec="seconds")
    with opened.work("测试", moment) as work:
        return next(done.task_id for done in work.answered(1) if (done.name, done.at) == (name, at))


def go_back(opened: Store, library: Library, member: Member, task_id: int, now: datetime, case: str) -> Fall | str:
    """Show, then do; what was done must be what was shown, or be refused without a trace."""
    with opened.work(member.name, now) as work:
        everything = dump(work)
    try:
        with opened.work(member.name, now) as work:
            shown = undoing.preview(work, library, member, task_id, undoing.UNDO)
    except NotPermitted as error:
        with opened.work(member.name, now) as work:
            assert dump(work) == everything
        return str(error)
    given = {"reason": "核对后重办", "seen": str(shown.instance.version)}
    with opened.work(member.name, now) as work:
        undoing.go_back(work, library, member, task_id, undoing.UNDO, given)
    with opened.work(member.name, now) as work:
        hold(everything, dump(work), shown, case)
    return shown


_DUMPED = (
    tables.task, tables.job, tables.timer, tables.awaited_message, tables.document, tables.stay, tables.estate,
    tables.instance, registers.meeting, registers.ballot, registers.notice, registers.objection,
    registers.contract_terms, registers.visit, registers.handover_item, registers.roster_version,
)  # fmt: skip


def dump(work: UnitOfWork) -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row that an undo could touch, by table and key."""
    found: dict[str, dict[Any, dict[str, Any]]] = {}
    for table in _DUMPED:
        rows = [dict(row._mapping) for row in work.connection.execute(sa.select(table))]
        found[table.name] = {row.get("id", row.get("version")): row for row in rows}
    return found


def hold(before: dict[str, Any], after: dict[str, Any], shown: Fall, case: str) -> None:
    """The rows that changed are those that the preview named, and no others."""

    def changed(table: str) -> list[Any]:
        was = before[table]
        return sorted(key for key, row in after[table].items() if key in was and row != was[key])

    def fresh(table: str) -> list[Any]:
        return [row for key, row in after[table].items() if key not in before[table]]

    statuses = {key: (row["status"], after["task"][key]["status"]) for key, row in before["task"].items()}
    turned = {key: both for key, both in statuses.items() if both[0] != both[1]}
    assert turned == {
        **{done.id: ("completed", "undone") for done in shown.undone},
        **{done.id: ("open", "cancelled") for done in shown.vanishing},
        **_renewal(shown, before, "open"),
    }, case
    assert sorted(row["name"] for row in fresh("task")) == sorted(task.name for task in shown.opening), case
    assert changed("document") == sorted(paper.id for paper in shown.papers), case
    restarted = sorted((timer.name, timer.due.astimezone(UTC).isoformat()) for timer in shown.restarted)
    assert sorted((row["name"], row["due"]) for row in fresh("timer")) == restarted, case
    stopped = {key for key, row in before["timer"].items() if row["status"] == "running"}
    stopped &= {key for key, row in after["timer"].items() if row["status"] != "running"}
    closed = {key for key, (was, _) in _renewal(shown, before, "running", "timer").items() if was == "running"}
    assert stopped == {thing.id for thing in shown.deadlines} | closed, case
    for table in ("visit", "handover_item", "notice", "objection", "contract_terms"):
        assert after[table] == before[table], (case, table)
    assert {row["id"] for row in before["meeting"].values() if row["number"] in shown.meetings} == {
        key for key in changed("meeting") if after["meeting"][key]["number"] < 0
    }, case


def _renewal(shown: Fall, before: dict[str, Any], status: str, table: str = "task") -> dict[int, tuple[str, str]]:
    """The rows of a renewal that is closed with what falls, and of one that waits again."""
    closing, reviving = shown.closing.id if shown.closing else 0, shown.reviving.id if shown.reviving else 0
    waits = shown.revived.waits if shown.revived else {}
    rows = before[table].values()
    return {
        row["id"]: (status, "cancelled") for row in rows if row["instance_id"] == closing and row["status"] == status
    } | {row["id"]: ("cancelled", status) for row in rows if row["instance_id"] == reviving and row["ref"] in waits}


def snapshot(work: UnitOfWork, library: Library) -> dict[str, Any]:
    """What counts at this moment of the journey, and which question after the old company's term is asked."""
    dossier = Dossier(work, library, 1)
    instances = work.instances(1)
    journey = max(one.id for one in instances if one.process_id == ONBOARDING)

    def rows(table: sa.Table, *columns: str, **where: Any) -> list[Any]:
        chosen = sa.select(*(table.c[name] for name in columns))
        if "instance_id" in table.c:
            chosen = chosen.where(table.c.instance_id == journey)
        for name, value in where.items():
            chosen = chosen.where(table.c[name] == value)
        return sorted((tuple(row) for row in work.connection.execute(chosen)), key=str)

    def counted(table: sa.Table) -> list[Any]:
        return sorted(work.connection.execute(sa.select(table.c.id).where(registers.counts(table))).scalars())

    meeting, ballot = registers.meeting, registers.ballot
    jobs = set(work.connection.execute(sa.select(tables.job.c.id).where(tables.job.c.instance_id == journey)).scalars())
    return {
        "estate": (dossier.estate.status, dossier.estate.outcome_end),
        "open": rows(tables.task, "name", status="open"),
        "timers": rows(tables.timer, "name", "due", "clock", status="running"),
        "jobs": rows(tables.job, "name", status="waiting"),
        "messages": rows(tables.awaited_message, "name", status="awaited"),
        "stays": rows(tables.stay, "stage", "entered_at", "left_at"),
        "answered": rows(tables.task, "id", "name", "completed_at", "completed_by", status="completed"),
        "log": dossier.log,
        "meetings": [row for row in rows(meeting, "number", "id", "roster") if row[0] > 0],
        "ballots": [row for row in rows(ballot, "meeting", "serial") if row[0] > 0],
        "notices": counted(registers.notice),
        "objections": counted(registers.objection),
        "terms": counted(registers.contract_terms),
        "papers": sorted(paper.number for paper in undone.papers(work, jobs) if paper.issued),
        "values": _values(dossier, next(one for one in instances if one.id == journey)),
        "asked": {one.id for one in instances if one.process_id == RENEWAL and not one.finished},
        "answered themselves": {
            one.id for one in instances if one.process_id == RENEWAL and one.finished and not _waits(dossier, one)
        },
    }  # fmt: skip


def _waits(dossier: Dossier, one: Any) -> Any:
    definition = onboarding.definition_of(dossier, one)
    return process.inspect(definition, one.state, deadlines=dossier.deadlines, now=dossier.work.now).waits


def _values(dossier: Dossier, one: Any) -> Any:
    at_rest = process.inspect(
        onboarding.definition_of(dossier, one), one.state, deadlines=dossier.deadlines, now=dossier.work.now
    )
    return dict(at_rest.data), at_rest.stages, at_rest.calls


def compare(then: dict[str, Any], now: dict[str, Any], case: str, step: str) -> None:
    """After going back everything counts as it did then; only what people entered in bulk has been added."""
    last = then["log"][-1]["no"]
    for key in then.keys() - {"moment", "log", "ballots", "asked", "answered themselves", "estate"}:
        assert now[key] == then[key], (case, step, key, then[key], now[key])
    assert [event for event in now["log"] if event["no"] <= last] == then["log"], (case, step)
    # ballots handed out anew for spoiled ones stay
    assert set(then["ballots"]) <= set(now["ballots"]), (case, step)
    assert now["asked"] == then["asked"] - now["answered themselves"], (case, step)
    added = [event for event in now["log"] if event["no"] > last]
    beside = {"InterruptionOpened", "EstateResumed", "EstateSuspended"} & {event["kind"] for event in added}
    assert beside or now["estate"] == then["estate"], (case, step)
    ours = [event for event in added if event["kind"] not in STAYING and not _elsewhere(event)]
    assert ours == [], (case, step, ours)


def _elsewhere(event: Any) -> bool:
    """Whether an event belongs to another instance than the journey: each of its events stands in a stage."""
    return not event.get("stage") and event["kind"] in {"TaskCompleted", "TimerFired", "DocumentIssued"}


def _again(case: Case, step: Step, turn: int, opened: Store, library: Library, fall: Fall) -> bool:
    """Do the fallen steps again and finish; returns False where the case cannot be done again as it stands."""
    window = [one for one in case.steps if step.number <= one.number < turn]
    tasks = {done.name for done in fall.undone}
    printed = bool(fall.ballots)
    if any(one.interrupt for one in case.steps) or any(
        one.task and not one.refused and one.task not in tasks for one in window
    ):
        return False
    if printed and any(
        row.get("serial") or row.get("replaces") for one in case.steps for row in one.rows.get("ballots", ())
    ):
        return False
    if printed and any(row.get("replaces") for one in case.steps for row in one.rows.get("deliveries", ())):
        return False
    decided = [gate for one in window for gate in one.outcomes]
    if len(decided) > len(set(decided)):
        return False  # what was entered in bulk between the two stays, and the first decides on it already
    notices = {notice.task for notice in fall.notices}

    def rows(one: Step) -> dict[str, Any]:
        kept = {what: given for what, given in one.rows.items() if printed and what in {"deliveries", "ballots"}}
        proofs = [row for row in one.rows.get("proofs", ()) if row.get("task") in notices]
        return {**kept, **({"proofs": proofs} if proofs else {})}

    def redone(one: Step) -> Step:
        # what was refused then may be right now, as what was entered in bulk meanwhile has stayed
        return replace(one, task="", rows={}, refused="") if one.refused else replace(one, rows=rows(one))

    steps = tuple(redone(one) if one in window else one for one in case.steps)
    receipts = run._receipts(case)[step.number : turn]
    with opened.work("测试", LATER) as work:
        work.execute(sa.delete(tables.receipt).where(tables.receipt.c.key.in_(receipts)))
    _replay(replace(case, steps=steps), opened, library)
    with opened.work("测试", LATER) as work:
        estate, log = work.estate(1), Dossier(work, library, 1).log
        kinds = sorted({paper.kind for paper in Dossier(work, library, 1).issued})
    expect = case.expect
    assert expect.end in ("", None, estate.outcome_end), case.name
    assert expect.status in ("", None, estate.status), case.name
    assert not expect.documents or sorted(expect.documents) == kinds, case.name
    wanted = sorted(f"{gate} {outcome}" for one in case.steps for gate, outcome in one.outcomes.items())
    assert sorted(f"{one['gate']} {one['outcome']}" for one in log if one["kind"] == "GateDecided") == wanted, case.name
    return True
