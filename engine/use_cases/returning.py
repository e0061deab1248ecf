"""After a return 退回: complete the steps in between again, up to whoever returned the matter.

Each is really completed: its form is read and checked again, gates decide again.  Where something is not as it was,
it stops in the open, and whoever holds the step finds the answers kept as a draft.
"""

from collections.abc import Mapping
from typing import Any

from engine import events
from engine.errors import InvalidAnswers
from engine.store import returns, rows, undone
from engine.store.returns import Undoing
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk, filing, onboarding, undoing
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

_ELSEWHERE = "改正后流程走了别的路，或还要等期限，没有接着自动提交；原来填写的内容还在，打开任务就能看到。"


def go_on(work: UnitOfWork, library: Library, estate_id: int) -> bool:
    """Take the next step of a return whose correction was submitted; returns whether there was one to take."""
    dossier = Dossier(work, library, estate_id)
    waiting = returns.waiting(work, estate_id)
    if not waiting or dossier.estate.status != "running":
        return False
    _next(dossier, waiting[0])
    return True


def _next(dossier: Dossier, one: Undoing) -> None:
    work = dossier.work
    corrected = undone.task(work, one.task_id)
    opened = {task.name: task for task in work.open_tasks(dossier.estate_id)}
    ready = next((kept for kept in one.kept if kept["name"] in opened), None)
    if corrected is None or corrected.status != "completed":
        returns.change(work, one, status="over")
    elif ready is not None:
        _replay(dossier, one, ready, opened[ready["name"]])
    elif one.back_to in opened:
        returns.change(work, one, status="over")
    else:
        _stop(dossier, one, corrected.title, _ELSEWHERE)


def _replay(dossier: Dossier, one: Undoing, kept: Mapping[str, Any], task: rows.Task) -> None:
    given = desk.typed(dossier.library.form(task.name), undone.answers_of(dossier.work, kept["task_id"]))
    why = _touched(dossier, kept, task, given)
    if not why:
        try:
            onboarding.replay_task(dossier, task, given, kept["by"])
        except InvalidAnswers as error:
            why = str(error)
    if why:
        _stop(dossier, one, task.title, why, task.id)
    else:
        rest = [other for other in one.kept if other != kept]
        returns.change(dossier.work, one, kept=rest)


def _touched(dossier: Dossier, kept: Mapping[str, Any], task: rows.Task, given: Mapping[str, Any]) -> str:
    """Why the answers of a step may not be taken as they are, empty when they may."""
    form = dossier.library.form(task.name)
    now = undoing.inputs(dossier, task.name)
    changed = [one.label for one in form.fields if now.get(one.key) != kept["inputs"].get(one.key)]
    if task.name in filing.FILING:
        return "这一步记的是已经张贴、冻结、征求或签署的事，须由本人核对后提交。"
    if any(given.get(one.key) for one in form.fields if one.kind == "files"):
        return "这一步附有文件，须由本人核对附件与改正后的内容是否相符，再提交。"
    if dossier.work.people(dossier.estate_id).get(task.lane) != kept["by"]:
        return f"原来由{kept['by']}填写，现在这一步换了人办理，须由现在的人核对后提交。"
    if changed:
        return f"它引用的“{'”“'.join(changed)}”变了，须由本人核对后提交。"
    if differing := _differing(dossier, kept["papers"]):
        return f"它依据的文书《{'》《'.join(differing)}》内容变了，须由本人核对后提交。"
    return ""


def _differing(dossier: Dossier, before: list[int]) -> list[str]:
    """The titles of papers that lay before somebody and do not say the same any more, or were not issued again."""
    work, estate_id = dossier.work, dossier.estate_id
    fell = undone.issued(work, estate_id, before) if before else {}
    now = undone.issued(work, estate_id)
    facts = undone.printed(work, [key for key, _ in (*now.values(), *fell.values())])
    return [title for kind, (key, title) in fell.items() if kind not in now or facts[now[kind][0]] != facts[key]]


def _stop(dossier: Dossier, one: Undoing, title: str, why: str, task_id: int = 0) -> None:
    returns.change(dossier.work, one, status="over", stopped=why, task_id=task_id or one.task_id)
    dossier.work.append(dossier.estate_id, events.ReplayStopped(title, why))
