"""Open an estate, complete its tasks, fire its timers, interrupt it: whatever moves a process instance."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine import events, forms
from engine.errors import Conflict, InvalidAnswers, NotPermitted, Problem
from engine.process import instance as process
from engine.process.definitions import Definition, load
from engine.process.instance import Value, WaitState
from engine.rules import conduct
from engine.store import documents, pending, rows
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import admitting, alerts, figures, filing, hands, standings
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import INTERRUPTION, ONBOARDING, RENEWAL, Library

#: The stage at whose end it is known that an estate is suitable, and the one that only a carried vote opens.
_DIAGNOSED, _CARRIED = "diagnosis", "signing"


def open_estate(
    work: UnitOfWork, library: Library, name: str, place: str, people: Mapping[str, str], node_id: int | None = None
) -> int:
    """Enter an estate at a node of the organisation and start its journey; ``people`` names one person per lane.

    Returns the estate's id.
    """
    pack = library.pack(place, work.now)
    library.check()
    estate_id = work.enter_estate(name, place, (pack.version, pack.text), people, node_id)
    dossier = Dossier(work, library, estate_id)
    entered = events.EstateEntered(name, place, f"{pack.title}（{pack.effective_from} 起施行）")
    _start(dossier, ONBOARDING, entered)
    return estate_id


def interrupt(work: UnitOfWork, library: Library, estate_id: int) -> None:
    """Suspend, withdraw, revoke or report an incident: the interruption runs beside the journey (decisions 23)."""
    dossier = Dossier(work, library, estate_id)
    if dossier.estate.status not in {"running", "operating"}:
        raise NotPermitted("小区“{name}”不在办理中，不能暂停、撤回或重新表决。", name=dossier.estate.name)
    _start(dossier, INTERRUPTION, events.InterruptionOpened())


def complete_task(work: UnitOfWork, library: Library, estate_id: int, task: str, submitted: Mapping[str, Any]) -> None:
    """Complete the open user task ``task`` with what its form submitted.

    Raises NotFound, NotPermitted, InvalidAnswers or Conflict; nothing is changed then.
    """
    dossier = Dossier(work, library, estate_id)
    opened = work.task(estate_id, task)
    instance = work.instance(opened.instance_id)
    on_behalf = _permitted(dossier, opened, instance)
    completed = events.TaskCompleted(task, opened.title, opened.lane, opened.stage, on_behalf)
    _complete(dossier, opened, instance, submitted, completed)


def replay_task(dossier: Dossier, opened: rows.Task, submitted: Mapping[str, Any], by: str) -> None:
    """Complete an open task once more with what ``by`` had submitted; everything is checked as at the first time.

    Raises InvalidAnswers or Conflict; nothing is changed then.
    """
    replayed = events.TaskReplayed(opened.name, opened.title, opened.lane, opened.stage, by)
    _complete(dossier, opened, dossier.work.instance(opened.instance_id), submitted, replayed, by)


def _complete(
    dossier: Dossier,
    opened: rows.Task,
    instance: rows.Instance,
    submitted: Mapping[str, Any],
    completed: events.TaskCompleted | events.TaskReplayed,
    by: str = "",
) -> None:
    work, task = dossier.work, opened.name
    form = dossier.library.form(task)
    answers = forms.read(form, forms.checks.stamped(form, submitted, submitted, by or work.actor, work.at))
    admitting.check(dossier, form, answers)
    definition = definition_of(dossier, instance)
    routing: dict[str, Value] = {name: answers.get(name) for name in definition.user_tasks[task].routing}
    wait = process.complete(definition, instance.state, opened.ref, routing, deadlines=dossier.deadlines, now=work.now)
    filing.file(dossier, opened, answers)
    done = forms.dump(form, answers)
    told = replace(completed, facts=conduct.kept(task, done))
    record(dossier, instance, wait, told, completed=opened.ref, answers=done, handled=opened.handled, by=by)


def receive(work: UnitOfWork, library: Library, estate_id: int, message: str, values: Mapping[str, Value]) -> None:
    """Hand a message from outside to the process that waits for it; ``values`` are what its catch event routes by.

    Raises NotFound when nobody waits for it, InvalidAnswers for a value that the event does not declare.
    """
    dossier = Dossier(work, library, estate_id)
    awaited = work.awaited(estate_id, message)
    instance = work.instance(awaited.instance_id)
    definition = definition_of(dossier, instance)
    declared = {
        name for element in definition.elements.values() if element.message == message for name in element.routing
    }
    undeclared = sorted(set(values) - declared)
    if undeclared:
        raise InvalidAnswers([Problem(name, f"消息“{message}”不带这个值；请删去。") for name in undeclared])
    wait = process.receive(definition, instance.state, awaited.ref, values, deadlines=dossier.deadlines, now=work.now)
    record(dossier, instance, wait, events.MessageReceived(message, dict(values)))


def reopen_vote(dossier: Dossier) -> None:
    """Close what is open of the journey and begin it again at the owners' vote, with what it routed by."""
    data: dict[str, Value] = {}
    for instance in dossier.work.instances(dossier.estate_id):
        if instance.process_id == ONBOARDING:
            definition = definition_of(dossier, instance)
            at_rest = process.inspect(definition, instance.state, deadlines=dossier.deadlines, now=dossier.work.now)
            data.update(at_rest.data)
            dossier.work.close(instance)
    dossier.work.leave_stages(dossier.estate_id)
    _start(dossier, ONBOARDING, events.VoteReopened(), data={**data, "entry": "VOTE"})
    _begin_renewal(dossier)


def fire(work: UnitOfWork, library: Library, timer: rows.Timer) -> None:
    """Let a due timer happen.  Raises Conflict when another worker let it happen."""
    dossier = Dossier(work, library, timer.estate_id)
    instance = work.instance(timer.instance_id)
    wait = process.fire_due(
        definition_of(dossier, instance),
        instance.state,
        deadlines=dossier.deadlines,
        now=work.now,
        refs={timer.ref},
    )
    if timer.ref not in wait.before:
        raise Conflict
    pending.pass_deadline(work, timer)
    alerts.late(work, timer.id)
    record(dossier, instance, wait, events.TimerFired(timer.name, timer.title, timer.due, timer.stage))


def record(
    dossier: Dossier,
    instance: rows.Instance,
    wait: WaitState,
    *happened: events.Event,
    completed: str = "",
    answers: Mapping[str, Any] | None = None,
    handled: int = 0,
    by: str = "",
) -> None:
    """Record a move, and what else a move of the journey does."""
    work, clock = dossier.work, dossier.deadlines.clock
    work.record(instance, wait, clock, *happened, completed=completed, answers=answers, handled=handled, by=by)
    alerts.moved(work, dossier.estate_id, wait)
    number_documents(dossier, wait)
    if instance.process_id == ONBOARDING:
        _follow(dossier, wait)
    standings.follow(dossier, wait)
    figures.follow(dossier, wait, happened)


def _follow(dossier: Dossier, wait: WaitState) -> None:
    """End the estate where its journey ended; begin and end what runs beside it."""
    if wait.finished:
        status = "operating" if wait.outcome_end == "operating" else "ended"
        dossier.work.set_status(dossier.estate_id, status, end=wait.outcome_end)
        dossier.work.append(dossier.estate_id, events.EstateEnded(wait.outcome_end))
    if wait.finished or _CARRIED in wait.entered:
        _end_renewal(dossier)
    elif _DIAGNOSED in wait.left:
        _begin_renewal(dossier)


def _begin_renewal(dossier: Dossier) -> None:
    """Ask whether the old company is to stay, by the term as it is known now; a question asked before is dropped."""
    _end_renewal(dossier)
    due = dossier.renewal
    if due is None:
        return
    data: dict[str, Value] = {
        "renewal_start_on": due.start_on,
        "company_notice_on": due.company_notice_on,
        "renewal_last_on": due.last_on,
    }
    opened = events.RenewalOpened(due.ends_on.isoformat(), *(str(day) for day in data.values()))
    _start(dossier, RENEWAL, opened, data=data)


def _end_renewal(dossier: Dossier) -> None:
    """Drop the question whether the old company is to stay: a carried vote answered it, or nobody asks any more."""
    for instance in dossier.work.instances(dossier.estate_id):
        if instance.process_id == RENEWAL and not instance.finished:
            dossier.work.close(instance)
            dossier.work.append(dossier.estate_id, events.RenewalClosed())


def definition_of(dossier: Dossier, instance: rows.Instance) -> Definition:
    """The version on which an instance runs, which need not be the newest."""
    newest = dossier.library.definition(instance.process_id)
    if newest.version == instance.definition_version:
        return newest
    return load(dossier.work.definition_files(instance.definition_version), instance.process_id)


def _start(dossier: Dossier, process_id: str, happened: events.Event, data: Mapping[str, Value] | None = None) -> None:
    definition = dossier.library.definition(process_id)
    wait = process.start(definition, deadlines=dossier.deadlines, now=dossier.work.now, data=data)
    dossier.work.start(dossier.estate_id, definition, wait, dossier.deadlines.clock, happened)
    alerts.moved(dossier.work, dossier.estate_id, wait)
    number_documents(dossier, wait)
    standings.follow(dossier, wait)
    figures.follow(dossier, wait, [happened])


def number_documents(dossier: Dossier, wait: WaitState) -> None:
    """Give the documents that a move asks for their numbers, in its commit (decisions 28)."""
    if any(job.operation == documents.RENDER for job in wait.jobs):
        documents.request(dossier.work, dossier.estate_id, dossier.deadlines.zone)


def _permitted(dossier: Dossier, task: rows.Task, instance: rows.Instance) -> str:
    """Whom the actor stands in for, empty when the task is his own."""
    on_behalf = hands.completes(dossier.work, task)
    if dossier.estate.status == "suspended" and instance.process_id != INTERRUPTION:
        raise NotPermitted("小区“{name}”已暂停办理；请等街道决定恢复后再填写。", name=dossier.estate.name)
    return on_behalf
