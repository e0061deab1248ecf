"""File what a completed task says into the registers, in the commit of the step.

A register row is made once, by the task that owns it; the task's answers stay beside it as they were given.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import orjson
import sqlalchemy as sa

from engine import forms
from engine.store import notices, registers, rosters, rows
from engine.store import standings as places
from engine.use_cases import publications, reading, standings
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.telling import SUBJECTS

_BETWEEN_PLACES = re.compile(r"[、；;\n]")


def file(dossier: Dossier, task: rows.Task, answers: Answers) -> None:
    """Enter the register rows that ``answers`` of ``task`` make."""
    for enter in _REGISTERS.get(task.name, ()):
        enter(dossier, task, answers)
    publications.ended(dossier, task.name, answers)


def _meeting(dossier: Dossier, task: rows.Task, answers: Answers) -> None:
    """The vote for which the roster is frozen, and the items of its agenda."""
    work, made, resolved = dossier.work, registers.meeting, dossier.answers("resolve_agenda")
    values = {
        "estate_id": dossier.estate_id,
        "number": dossier.round + 1,
        "decided_on": resolved["decided_on"].isoformat(),
    }
    items = [
        {"no": item.no, "text": item.text, "item_class": item.item_class, "key": int(item.key)}
        for item in reading.agenda(resolved)
    ]

    def write(connection: sa.Connection) -> None:
        key = connection.execute(sa.insert(made).values(**values).returning(made.c.id)).scalar_one()
        connection.execute(sa.insert(registers.item), [{"meeting_id": key, **item} for item in items])

    work.later(write)


def _frozen(dossier: Dossier, task: rows.Task, answers: Answers) -> None:
    rosters.freeze(dossier.work, dossier.estate_id, dossier.round + 1, answers["frozen_on"].isoformat())


def _notice(subject: str, day: str, *, of_meeting: bool = False) -> Callable[[Dossier, rows.Task, Answers], None]:
    """Enter a notice about ``subject`` posted on the date in the field ``day``, where there is such a date."""
    assert subject in SUBJECTS

    def enter(dossier: Dossier, task: rows.Task, answers: Answers) -> None:
        posted_on = answers.get(day)
        if not isinstance(posted_on, date):
            return
        values = {
            "estate_id": dossier.estate_id,
            "task": task.name,
            "task_id": task.id,
            "subject": subject,
            "meeting": dossier.round if of_meeting else None,
            "posted_on": posted_on.isoformat(),
        }
        boards = notices.kept_boards(dossier.work, dossier.estate_id) or _boards(answers)

        def write(connection: sa.Connection) -> None:
            made = sa.insert(registers.notice).values(**values).returning(registers.notice.c.id)
            key = connection.execute(made).scalar_one()
            postings = [
                {"notice_id": key, "board": number, "place": place} for number, place in enumerate(boards, start=1)
            ]
            connection.execute(sa.insert(registers.posting), postings)

        dossier.work.later(write)

    return enter


def _boards(answers: Answers) -> list[str]:
    """The places of a notice in an estate that keeps no boards; a bare number gives as many without a name."""
    if answers.get("boards"):
        return [""] * int(answers["boards"])
    text = answers.get("places") or answers.get("publication_place") or ""
    return [place.strip() for place in _BETWEEN_PLACES.split(text) if place.strip()] or [""]


def _roster_objections(dossier: Dossier, task: rows.Task, answers: Answers) -> None:
    _objections(dossier, task, {**answers, "closed_on": answers["settled_on"]})


def _objections(dossier: Dossier, task: rows.Task, answers: Answers) -> None:
    _object(
        dossier,
        task,
        answers,
        dossier.round,
        (
            {
                "name": row["name"] or "",
                "content": row["content"] or "",
                "answer": row["answer"] or "",
                "answered_on": row["answered_on"].isoformat() if row["answered_on"] else None,
            }
            for row in answers["objections"] or ()
        ),
    )


def _comments(dossier: Dossier, task: rows.Task, answers: Answers) -> None:
    _object(
        dossier,
        task,
        answers,
        None,
        (
            {
                "name": "",
                "content": row["opinion"] or "",
                "answer": row["reason"] or "",
                "adopted": int(bool(row["adopted"])),
            }
            for row in answers["comments"] or ()
        ),
    )


def _object(
    dossier: Dossier, task: rows.Task, answers: Answers, meeting: int | None, given: Iterable[Mapping[str, Any]]
) -> None:
    common = {
        "estate_id": dossier.estate_id,
        "task": task.name,
        "task_id": task.id,
        "meeting": meeting,
        "closed_on": answers["closed_on"].isoformat(),
    }
    dossier.work.insert(registers.objection, [{**common, **row} for row in given])


def _terms(dossier: Dossier, task: rows.Task, answers: Answers) -> None:
    """The next version of the contract's terms."""
    table, work = registers.contract_terms, dossier.work
    of_estate = table.c.estate_id == dossier.estate_id
    version = sa.select(sa.func.coalesce(sa.func.max(table.c.version), 0) + 1).where(of_estate).scalar_subquery()
    terms = orjson.dumps(forms.dump(dossier.library.form(task.name), answers))
    by = {"task": task.name, "task_id": task.id, "at": work.at, "actor": work.actor}
    values = {"estate_id": dossier.estate_id, **by, "terms": terms}
    work.execute(sa.insert(table).values(version=version, **values))


def _typed(dossier: Dossier, task: rows.Task, answers: Answers) -> None:
    """The type of the estate, by which its stages have their targets."""
    places.describe(dossier.work, dossier.estate_id, type=answers["estate_type"])
    standings.place(dossier)


def _batched(dossier: Dossier, task: rows.Task, answers: Answers) -> None:
    places.describe(dossier.work, dossier.estate_id, batch=answers["batch"])


_REGISTERS: Mapping[str, tuple[Callable[[Dossier, rows.Task, Answers], None], ...]] = {
    "set_annual_plan": (_batched,),
    "submit_application": (_typed,),
    "post_plan_for_comment": (_notice("plan", "posted_on"),),
    "settle_comments": (_comments,),
    "draft_contract_terms": (_terms,),
    "resolve_agenda": (_notice("agenda", "agenda_posted_on"),),
    "freeze_roster": (_meeting, _frozen),
    "post_convening_decision": (_notice("convening", "posted_on"),),
    "post_meeting_notice": (
        _notice("meeting", "posted_on", of_meeting=True),
        _notice("roster", "roster_posted_on", of_meeting=True),
    ),
    "settle_roster_objections": (_roster_objections,),
    "post_extension_notice": (_notice("extension", "posted_on", of_meeting=True),),
    "post_void_notice": (_notice("void", "posted_on", of_meeting=True),),
    "announce_result": (_notice("result", "posted_on", of_meeting=True),),
    "settle_objections": (_objections,),
    "finalise_contract": (_terms,),
    "sign_contract": (_terms,),
    "file_contract": (_notice("contract", "published_on"),),
    "complete_signing": (_notice("contract", "published_on"),),
    "plan_handover": (_notice("handover_plan", "plan_posted_on"),),
    "enter_estate": (_notice("entry", "notice_posted_on"),),
    "post_first_disclosure": (_notice("first_disclosure", "posted_on"),),
}
#: Tasks whose completion states what was done before everybody's eyes: posted, frozen for a vote, signed.
FILING = frozenset(_REGISTERS)
