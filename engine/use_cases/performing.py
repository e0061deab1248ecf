"""Perform jobs: render documents, decide gates, suspend, resume and withdraw."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from engine import events
from engine.documents import catalogue, code
from engine.process import instance as process
from engine.process.instance import Value
from engine.store import ballots, documents, pending, registers, rows
from engine.store import standings as places
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import papers, provenance, reprinting, stages, standings, vote_papers
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import INTERRUPTION, Library
from engine.use_cases.onboarding import definition_of, record, reopen_vote

Result = tuple[Mapping[str, Value], list[events.Event]]


def perform(work: UnitOfWork, library: Library, job: rows.Job) -> None:
    """Do a job, and hand its result to the instance in the same commit."""
    dossier = Dossier(work, library, job.estate_id)
    instance = work.instance(job.instance_id)
    result, happened = OPERATIONS[job.operation](dossier, job)
    wait = process.complete_job(
        definition_of(dossier, instance), instance.state, job.ref, result, deadlines=dossier.deadlines, now=work.now
    )
    pending.hold(work, job)
    record(dossier, instance, wait, *happened)


def _decide(dossier: Dossier, job: rows.Job) -> Result:
    gate = job.parameters["gate"]
    decision = stages.decide(gate, dossier)
    outcome = decision.outcome
    decided = events.GateDecided(gate, outcome.name, outcome.figures, outcome.rules)
    return {f"{gate}_outcome": outcome.name, **decision.routing}, [decided]


def _render(dossier: Dossier, job: rows.Job) -> Result:
    work, kind = dossier.work, catalogue.KINDS[job.parameters["document"]]
    happened: list[events.Event] = []
    if kind.name == "ballot":
        happened.append(_print_ballots(dossier))
        reprinting.keep_template(dossier)
    number, token = documents.asked(work, job)
    template = dossier.template(kind.name)
    facts = papers.facts(dossier, kind, number, code.address(work.public.address, token))
    if kind.name == "ballot":
        facts, content = vote_papers.rendered(template, facts, vote_papers.ballots(dossier), work)
    else:
        content = template.render(facts)
    digest = documents.issue(work, job, content, template.sha256, provenance.used(facts, template.names))
    happened.append(events.DocumentIssued(kind.name, kind.code, number, kind.title, digest))
    return {}, happened


def _print_ballots(dossier: Dossier) -> events.BallotsPrinted:
    """One ballot for each counted unit, the serials going on from the last meeting's (decisions 19)."""
    table = registers.ballot
    before = dossier.work.register(table, dossier.estate_id, table.c.serial)
    first = before[-1].serial + 1 if before else 1
    units = list(dossier.electorate.units.values())
    made = [rows.Ballot(0, serial, unit.unit_no, 1, unit.area) for serial, unit in enumerate(units, first)]
    ballots.add(dossier.work, dossier.estate_id, dossier.round, made)
    dossier.ballots = made
    return events.BallotsPrinted(dossier.round, len(made), first, first + len(made) - 1)


def _suspend(dossier: Dossier, job: rows.Job) -> Result:
    dossier.work.set_status(dossier.estate_id, "suspended", suspended_at=dossier.work.at)
    places.describe(dossier.work, dossier.estate_id, paused_for=str(dossier.answers("decide_interruption")["reason"]))
    return {}, [events.EstateSuspended()]


def _resume(dossier: Dossier, job: rows.Job) -> Result:
    """Let the estate go on; programme deadlines move by the days it stood still, the law's do not (decisions 2)."""
    work = dossier.work
    since = datetime.fromisoformat(dossier.estate.suspended_at or work.at).astimezone(dossier.deadlines.zone)
    days = (dossier.today - since.date()).days
    waiting = [timer for timer in pending.timers(work, estate_id=dossier.estate_id) if timer.clock == "programme"]
    for instance in work.instances(dossier.estate_id):
        shifted = {timer.ref for timer in waiting if timer.instance_id == instance.id}
        if shifted and instance.process_id != INTERRUPTION:
            wait = process.shift_timers(
                definition_of(dossier, instance),
                instance.state,
                shifted,
                timedelta(days=days),
                deadlines=dossier.deadlines,
                now=work.now,
            )
            record(dossier, instance, wait)
    work.set_status(dossier.estate_id, "running")
    places.describe(work, dossier.estate_id, paused_for="")
    places.pause(work, dossier.estate_id, days)
    standings.place(dossier)
    return {}, [events.EstateResumed(days)]


def _withdraw(dossier: Dossier, job: rows.Job) -> Result:
    """Take the estate out of the programme: nothing of its journey stays open, everything recorded stays."""
    work = dossier.work
    for instance in work.instances(dossier.estate_id):
        if instance.process_id != INTERRUPTION:
            work.close(instance)
            documents.void(work, instance.id, "小区已撤回申请")
    work.leave_stages(dossier.estate_id)
    work.set_status(dossier.estate_id, "withdrawn")
    return {}, [events.EstateWithdrawn()]


def _reopen_vote(dossier: Dossier, job: rows.Job) -> Result:
    """Go back to the vote: its decision was revoked, or the company it chose has collapsed (民法典 280)."""
    reopen_vote(dossier)
    dossier.work.set_status(dossier.estate_id, "running")
    places.describe(dossier.work, dossier.estate_id, paused_for="")
    return {}, []


OPERATIONS: Mapping[str, Callable[[Dossier, rows.Job], Result]] = {
    "decide": _decide,
    "render": _render,
    "suspend": _suspend,
    "resume": _resume,
    "withdraw": _withdraw,
    "reopen_vote": _reopen_vote,
}
"""Every operation that a service task may name."""
