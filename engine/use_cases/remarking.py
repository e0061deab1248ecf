"""Remarks 意见 on clauses of a document: made, answered, settled by their author or whoever examines the document."""

from collections.abc import Mapping

from engine import events
from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import examinations
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import examining
from engine.use_cases.accounts import Member
from engine.use_cases.examining import CATEGORIES, LONGEST, WHOLE, Examination, Thread
from engine.use_cases.revising import REVISING


def remark(work: UnitOfWork, member: Member, number: str, given: Mapping[str, str]) -> str:
    """Remark on a clause: ``clause``, ``quote``, ``category``, ``text``, ``suggestion``; returns the clause.

    Raises NotFound, NotPermitted, InvalidAnswers.
    """
    shown = examining.alone(work, member, number)
    if not shown.may_remark:
        raise NotPermitted("意见由审阅人和本小区的{lanes}提出；您可以在小区页留言。", lanes="、".join(REVISING))
    said = {
        key: given.get(key, "").replace("\r\n", "\n").strip()
        for key in ("clause", "quote", "category", "text", "suggestion")
    }
    found = []
    if said["clause"] != WHOLE and said["clause"] not in {one.name for one in shown.clauses}:
        found.append(Problem("clause", "这一版没有这一条；请刷新后在要提意见的条款下面填写。"))
    if said["category"] not in CATEGORIES:
        found.append(Problem("category", f"没有选择意见的类别；请选{'、'.join(CATEGORIES.values())}之一。"))
    if not said["text"] and not said["suggestion"]:
        found.append(Problem("text", "没有写意见；请写明哪里不妥，或写出建议的文字。"))
    found += [
        Problem(key, f"{label}超过 {LONGEST} 个字（现在 {len(said[key])} 个）；请缩短。")
        for key, label in (("text", "意见"), ("suggestion", "建议文字"), ("quote", "引用的原文"))
        if len(said[key]) > LONGEST
    ]
    found += [Problem("text", "意见里有不可见的控制字符；请重新输入。")] if examining.unseen(said) else []
    if found:
        raise InvalidAnswers(found, "意见没有保存。")
    examinations.add_remark(work, shown.found.known.id, shown.version.version, **said)
    _log_remark(work, shown, said["clause"], said["category"])
    return said["clause"]


def answer(work: UnitOfWork, member: Member, number: str, remark_id: int, text: str) -> str:
    """Answer a remark; returns its clause.  Raises NotFound, NotPermitted, Conflict, InvalidAnswers."""
    shown = examining.alone(work, member, number)
    thread = _thread(shown, remark_id)
    if not shown.may_remark:
        raise NotPermitted("意见由审阅人和本小区的{lanes}答复。", lanes="、".join(REVISING))
    if not thread.open:
        raise Conflict("这条意见已经办结；要再提，请另写一条。")
    text = text.replace("\r\n", "\n").strip()
    if not 0 < len(text) <= LONGEST or examining.unseen({"text": text}):
        raise InvalidAnswers([Problem(f"answer-{remark_id}", f"答复应为 1–{LONGEST} 个字；请补写。")], "答复没有保存。")
    examinations.add_remark(work, shown.found.known.id, shown.version.version, clause=thread.remark.clause,
                            category=thread.remark.category, text=text, answers=remark_id)  # fmt: skip
    _log_remark(work, shown, thread.remark.clause, thread.remark.category, answers=True)
    return thread.clause


def resolve(work: UnitOfWork, member: Member, number: str, remark_id: int) -> str:
    """Settle a remark, by its author or the reviewer; returns its clause.

    Raises NotFound, NotPermitted, Conflict.
    """
    shown = examining.alone(work, member, number)
    thread = _thread(shown, remark_id)
    if not thread.open:
        raise Conflict(f"这条意见已由{thread.remark.resolved_by}办结。")
    if not thread.may_resolve:
        raise NotPermitted("意见由提出的{author}或审阅人{reviewer}办结；您可以在下面答复。",
                           author=thread.remark.actor, reviewer=shown.reviewer)  # fmt: skip
    examinations.resolve(work, remark_id)
    of, about = thread.remark, shown.found.paper
    said = events.RemarkResolved(about.number, about.title, of.clause, CATEGORIES[of.category], of.actor)
    work.append(shown.found.known.estate_id, said)
    return thread.clause


def _thread(shown: Examination, remark_id: int) -> Thread:
    found = next((thread for thread in shown.threads if thread.remark.id == remark_id), None)
    if found is None:
        raise NotFound(what="这条意见")
    return found


def _log_remark(work: UnitOfWork, shown: Examination, clause: str, category: str, *, answers: bool = False) -> None:
    about = shown.found.paper
    said = events.RemarkMade(about.number, about.title, shown.version.version, clause, CATEGORIES[category], answers)
    work.append(shown.found.known.estate_id, said)
