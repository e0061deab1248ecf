"""What was entered of a returned ballot put right, and what came too late (law §3.4).

An owner may cure until the close: sign after all, bring the designation, the proof or a whole mandate.  What was
entered wrongly is corrected until the votes are counted.  What a ballot says is never touched here.
"""

from collections.abc import Mapping

from engine import events
from engine.errors import InvalidAnswers, NotPermitted, Problem
from engine.rules import ballot_life
from engine.rules.ballot_life import State
from engine.store import ballots as ballots_store
from engine.use_cases import ballot_register, ballots, counting, voting
from engine.use_cases.ballots import CARRYING, Vote

CURED, CORRECTED = "CURED", "CORRECTED"
#: What may be put right, as people call it.
_CALLED = {
    "signed": "有无签名", "signed_by": "签名", "cast_by": "签名人是谁", "proven": "监护或继承的证明",
    "designated": "共有人推选", "objected": "共有人异议", "is_copy": "是否复印件", "matter": "委托事项",
    "scope": "委托权限", "valid_from": "委托起日", "valid_to": "委托止日", "mandate_signed": "委托书签名",
}  # fmt: skip


def amend(vote: Vote, serial: int, given: Mapping[str, str]) -> None:
    """Put right who signed and by what right; ``why`` is :data:`CURED` or :data:`CORRECTED`, ``note`` what was seen.

    Raises NotPermitted, InvalidAnswers.
    """
    ballots.permitted(vote, CARRYING, sealed=True)
    if not vote.sees:
        raise NotPermitted("签名情况只由看得到业主姓名的人改。")
    one, dossier = ballots.ballot(vote, serial), vote.dossier
    back = next((each for each in reversed(dossier.ballot_returns) if each.ballot_id == one.id), None)
    if back is None:
        raise _refused(Problem("serial", f"第 {serial:06d} 号票还没有登记收回。"))
    why, note, problems = given.get("why", ""), given.get("note", "").strip(), list[Problem]()
    if why not in {CURED, CORRECTED}:
        problems.append(Problem("why", "没有选择是业主补正，还是登记错了。"))
    elif wrong := _too_late(vote, why):
        problems.append(Problem("why", wrong))
    if not note:
        problems.append(Problem("note", "没有写情况；请写补交了什么、看了什么，或者哪里抄错了。"))
    signed = ballot_register.came(dossier, given, one, "ballot", problems, ballot_register.bought(dossier, one.unit_no))
    changed = {name: signed[name] for name in _CALLED if signed[name] != getattr(back, name)}
    if not changed and not problems:
        problems.append(Problem("signed_by", "和原来登记的一样，没有要改的；请改好再登记。"))
    if problems:
        raise _refused(*(Problem(each.field.rpartition(".")[2], each.message) for each in problems))
    ballots_store.amend(dossier.work, back, changed)
    ballots_store.note(dossier.work, [(one.id, why, f"改了{'、'.join(_CALLED[name] for name in changed)}。{note}")])
    dossier.work.append(dossier.estate_id, events.BallotAmended(serial, why == CURED))


def _too_late(vote: Vote, why: str) -> str:
    dossier, closes = vote.dossier, counting.closes_on(vote.dossier)
    return ballot_life.amending_problem(why == CURED, dossier.today, closes, vote.sealed, voting.counted(dossier))


def late(vote: Vote, serial: int, note: str) -> None:
    """Keep on record that a ballot came after the close; it stays as not returned.  Raises InvalidAnswers."""
    ballots.permitted(vote, CARRYING, sealed=True)
    one, dossier = ballots.ballot(vote, serial), vote.dossier
    closes = counting.closes_on(dossier)
    wrong = ballot_life.late_problem(serial, State(one.state), dossier.today, closes, vote.sealed)
    problems = [Problem("serial", wrong)] if wrong else []
    if not note.strip():
        problems.append(Problem("note", "没有写情况；请写谁在什么时候交来、放在哪里。"))
    if problems:
        raise _refused(*problems)
    ballots_store.note(dossier.work, [(one.id, "LATE", note.strip())])
    dossier.work.append(dossier.estate_id, events.BallotLate(serial))


def _refused(*problems: Problem) -> InvalidAnswers:
    return InvalidAnswers(list(problems), "没有登记。")
