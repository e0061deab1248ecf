"""Households called back 抽查回访: a sample drawn by a seed that was kept before, and what it says of the support.

What a household says when called back changes no visit and no figure: it stands beside the claim, with its interval.
"""

import secrets
from fractions import Fraction

from engine import events
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import call_back_sample as rules
from engine.rules.call_back_sample import Heard
from engine.rules.canvass import IN_FAVOUR
from engine.store import canvass_checks as kept
from engine.store.canvass_checks import CallBack
from engine.use_cases import canvass_checks, canvassing, confirmed
from engine.use_cases.canvassing import Canvass


def plan(canvass: Canvass) -> int:
    """Keep the seed, the size and the answered doors of the next sample; nothing is drawn yet.  How many will be.

    Raises NotPermitted, InvalidAnswers where none has answered or a sample is not through.
    """
    canvass_checks.see(canvass)
    canvassing.permitted(canvass)
    work, estate_id, pack = canvass.dossier.work, canvass.dossier.estate_id, canvass.dossier.pack
    work.alone(f"call backs {estate_id}")
    before = confirmed.drawn(work, estate_id, canvass.round, pack)
    if before and not (before[-1].result and before[-1].result.done):
        raise InvalidAnswers([Problem("plan", f"第 {before[-1].sample.no} 次抽查还没有做完；做完再定下一次。")])
    units = _answered(canvass)
    if not units:
        raise InvalidAnswers([Problem("plan", "还没有一户答复，没有可抽的；请先走访。")])
    supporting = sum(_supports(canvass, unit) for unit in units)
    margin, seed = Fraction(pack.value("call_back_margin"), 100), secrets.token_hex(16)
    size, digest = rules.size(len(units), supporting, margin, confirmed.doubt(pack)), rules.digest(units)
    values = {"round": canvass.round, "no": len(before) + 1, "units_digest": digest, "supporting": supporting}
    kept.plan(work, estate_id, units, {**values, "size": size, "seed": seed})
    work.append(estate_id, events.CallBacksPlanned(len(units), size, seed, digest))
    return size


def _answered(canvass: Canvass) -> list[str]:
    """The doors that have answered; one that refused further visits is not called either (网络数据安全管理条例 22)."""
    stands = canvass.standing.doors
    return [unit for unit in canvass.layout.order if stands[unit].answer and not stands[unit].refused]


def _supports(canvass: Canvass, unit: str) -> bool:
    answer = canvass.standing.doors[unit].answer
    return answer is not None and answer.visit.attitude in IN_FAVOUR


def draw(canvass: Canvass) -> int:
    """Draw the sample whose seed was kept; how many households.  Raises NotPermitted, NotFound, Conflict."""
    canvass_checks.see(canvass)
    canvassing.permitted(canvass)
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    waiting = [one for one in kept.samples(work, estate_id, canvass.round) if not one.drawn_at]
    if not waiting:
        raise NotFound(what="定好种子、还没有抽的抽查")
    (sample,) = waiting
    units = rules.draw(sample.units, sample.size, sample.seed)
    kept.draw(work, estate_id, canvass.round, sample, units)
    work.append(estate_id, events.CallBacksDrawn(sample.no, len(units)))
    return len(units)


def hear(canvass: Canvass, call_id: int, heard: str, note: str) -> CallBack:
    """Keep what a household said when called back; who was not reached may be tried again.

    Raises NotFound, NotPermitted for whoever recorded the visit, InvalidAnswers, Conflict.
    """
    canvass_checks.see(canvass)
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    one = next((each for each in kept.calls(work, estate_id, canvass.round) if each.id == call_id), None)
    if one is None:
        raise NotFound(what="这一户的回访")
    canvassing.permitted(canvass, [one.unit_no])
    if canvass.member.name in recorded_by(canvass, one.unit_no):
        raise NotPermitted("这一户的走访是您登记的，请由另一位负责走访的人回访。")
    if heard not in set(Heard):
        raise InvalidAnswers([Problem("heard", "没有选回访结果；请选一个。")], "没有登记。")
    if one.heard and one.heard != Heard.AWAY:
        raise InvalidAnswers([Problem("heard", f"{one.unit_no} 已由{one.by}回访登记，不能再改。")], "没有登记。")
    if len(note) > 300:
        raise InvalidAnswers([Problem("note", "备注不超过 300 个字；请写短些。")], "没有登记。")
    kept.hear(work, one, heard, note.strip())
    work.append(estate_id, events.HouseholdCalledBack())
    return one


def recorded_by(canvass: Canvass, unit_no: str) -> set[str]:
    """Who recorded visits at a door in this round."""
    rows = kept.logged(canvass.dossier.work, canvass.dossier.estate_id, canvass.round)
    return {row.actor or row.visitors for row in rows if row.unit_no == unit_no}
