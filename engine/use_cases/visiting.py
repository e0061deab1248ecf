"""Visits recorded at the door 走访登记: kept once however often sent, corrected from what was read, taken back.

What a phone sends may come late, twice, or after another phone changed the same visit: nothing of it is lost.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine import events
from engine.errors import Conflict, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import canvass as rules
from engine.rules import doors
from engine.rules.doors import Call, Result
from engine.store import doors as kept
from engine.store.doors import Kept
from engine.use_cases import canvassing, cells, hands
from engine.use_cases.canvassing import Canvass

#: A phone whose clock is further off than that has its times corrected, and the visit is flagged.
_OFF = timedelta(minutes=10)
_DEGREES = re.compile(r"-?\d{1,3}(\.\d{1,15})?")
_KEY = re.compile(r"[0-9a-zA-Z-]{8,40}")
_LIMITS = {"note": ("备注", 500), "promise": ("承诺", 300), "promise_owner": ("落实人", 60), "visitors": ("走访人", 60)}
#: As many doors are entered at once.
_AT_ONCE = 200
KEPT, AGAIN, CORRECTED, CONFLICT = "KEPT", "AGAIN", "CORRECTED", "CONFLICT"


@dataclass(frozen=True)
class Told:
    """What became of a visit that was sent: KEPT, kept AGAIN as it was there already, CORRECTED, or a CONFLICT.

    ``visit`` is the one that stands now; of a conflict it is what somebody else made of it, None where it
    was taken back.  ``flag`` is what was set right in it.
    """

    state: str
    key: str
    visit: Kept | None
    flag: str = ""

    @property
    def revision(self) -> int:
        """The revision that a further correction names."""
        return (self.visit.revision if self.visit else int(self.state == KEPT)) + (self.state == CORRECTED)


@dataclass(frozen=True)
class _Read:
    """A visit as it was sent, read: what is kept of it, and the promise."""

    values: Mapping[str, Any]
    promise: Mapping[str, Any] | None


def record(canvass: Canvass, unit_no: str, given: Mapping[str, str]) -> Told:
    """Keep a visit under its ``key``; with a ``revision`` it corrects the one that had that number when it was read.

    ``given`` names ``result`` (one of :class:`Result`), ``firm``, ``concerns``, ``note``, ``promise``,
    ``promise_owner``, ``promise_due``, ``follow_up``, ``visitors``, and when: ``on`` and ``time`` by the person, or
    ``taken_at`` and ``sent_at`` by the phone's clock.  Raises NotFound, NotPermitted, InvalidAnswers.
    """
    canvassing.permitted(canvass, [unit_no])
    canvassing.counted_unit(canvass, unit_no, owners=False)
    read = _read(canvass, given)
    key = given.get("key", "")
    if not _KEY.fullmatch(key):
        raise InvalidAnswers([Problem("key", "这条走访没有编号；请刷新页面后重新登记。")])
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    work.alone(f"visit:{estate_id}:{unit_no}")
    there = kept.visit(work, estate_id, key)
    if there is not None and there.unit_no != unit_no:
        raise InvalidAnswers([Problem("key", "这条走访的编号已经用在另一户；请刷新页面后重新登记。")])
    revision = int(given.get("revision") or 0)
    if there is None and not revision:
        return _add(canvass, unit_no, key, read, _position(given))
    if there is not None and _same(there, read):
        return Told(AGAIN, key, there)
    if there is None or there.revision != revision:
        return _conflict(canvass, key, revision, read, there)
    return _correct(canvass, there, read)


def _add(canvass: Canvass, unit_no: str, key: str, read: _Read, position: Mapping[str, int]) -> Told:
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    before = kept.calls_at(work, estate_id, unit_no)
    _refuse_refused(canvass, unit_no, before, read)
    values = {**read.values, **position, "key": key, "unit_no": unit_no, "round": canvass.round}
    kept.add(work, estate_id, values, read.promise)
    work.append(estate_id, events.VisitsRecorded(1))
    _follow(canvass, unit_no, before)
    return Told(KEPT, key, None, read.values["flag"])


def _correct(canvass: Canvass, there: Kept, read: _Read) -> Told:
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    if not there.key:
        raise InvalidAnswers([Problem("key", "整表登记的走访不能在这里更正；请在登记表里更正。")])
    before = kept.calls_at(work, estate_id, there.unit_no)
    kept.change(work, estate_id, there, read.values, read.promise)
    work.append(estate_id, events.VisitCorrected())
    _follow(canvass, there.unit_no, before)
    return Told(CORRECTED, there.key, there, read.values["flag"])


def _conflict(canvass: Canvass, key: str, revision: int, read: _Read, there: Kept | None) -> Told:
    """Keep what the second phone says beside the visit, once, and show it what stands."""
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    said = {**_said(read), "promise": (read.promise or {}).get("text", "")}
    before = kept.history(work, estate_id, key)
    if not any(one["what"] == CONFLICT and all(one[name] == said[name] for name in said) for one in before):
        kept.keep(work, estate_id, CONFLICT, key, revision, said)
    return Told(CONFLICT, key, there)


def _said(read: _Read) -> dict[str, Any]:
    names = ("on", "time", "attitude", "refused", "concerns", "note", "visitors", "follow_up")
    values = {name: read.values[name] if read.values[name] is not None else "" for name in names}
    return {**values, "refused": bool(values["refused"])}


def _same(there: Kept, read: _Read) -> bool:
    said = there.said()
    return all(said[name] == value for name, value in _said(read).items())


def typed(canvass: Canvass, there: Kept) -> dict[str, Any]:
    """A visit as the form that corrects it shows it."""
    call = Call(
        rules.Visit(there.unit_no, rules.Attitude(there.attitude) if there.attitude else None,
                    date.fromisoformat(there.on), there.round), there.follow_up, there.refused,
    )  # fmt: skip
    promises = kept.promises(canvass.dossier.work, canvass.dossier.estate_id, there.unit_no)
    promise = next((row for row in promises if row.visit_key == there.key), None)
    said = {
        **{name: getattr(there, name) for name in ("on", "time", "note", "visitors", "follow_up")},
        "key": there.key,
        "revision": str(there.revision),
        "result": str(call.result),
        "firm": "1" if there.attitude.startswith("STRONG_") else "",
        "concerns": there.concerns.split(),
        "again": "other" if there.follow_up else "",
    }
    if promise is None:
        return said
    return {**said, "promise": promise.text, "promise_owner": promise.owner, "promise_due": promise.due or ""}


def withdraw(canvass: Canvass, key: str, revision: int) -> Kept:
    """Take back a visit that the member entered; what it said is kept.

    Raises NotPermitted for another's, Conflict when it was corrected or taken back meanwhile.
    """
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    there = kept.visit(work, estate_id, key)
    if there is None:
        raise Conflict
    canvassing.permitted(canvass, [there.unit_no])
    if there.actor != canvass.member.name:
        raise NotPermitted("这次走访由{actor}登记，由他本人撤回；登错的可以更正。", actor=there.actor)
    work.alone(f"visit:{estate_id}:{there.unit_no}")
    there = kept.visit(work, estate_id, key)
    if there is None or there.revision != revision:
        raise Conflict
    before = kept.calls_at(work, estate_id, there.unit_no)
    kept.withdraw(work, estate_id, there)
    work.append(estate_id, events.VisitWithdrawn())
    _follow(canvass, there.unit_no, before)
    return there


def nobody_home(canvass: Canvass, units: Sequence[str]) -> tuple[int, list[str]]:
    """Enter for each of these doors that nobody opened just now; those that refused are left out and named.

    It changes no figure, as an answer that was given stands.
    Raises NotPermitted, NotFound, InvalidAnswers.
    """
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    canvassing.permitted(canvass, units)
    if not 0 < len(units) <= _AT_ONCE:
        raise InvalidAnswers([Problem("units", f"请选 1 到 {_AT_ONCE} 户。")], "没有登记。")
    read = _read(canvass, {"result": Result.NOBODY})
    known = canvass.standing.doors
    if unknown := [unit for unit in units if unit not in known]:
        raise NotFound(what=f"清册中要走访的房号“{unknown[0]}”")
    refused = [unit for unit in units if known[unit].refused]
    called = [unit for unit in dict.fromkeys(units) if not known[unit].refused]
    now = {"round": canvass.round, "actor": work.actor, "at": work.at, "estate_id": estate_id}
    work.insert(kept.VISIT, [{**now, **read.values, "unit_no": unit, "key": str(uuid.uuid4())} for unit in called])
    if called:
        work.append(estate_id, events.VisitsRecorded(len(called)))
    return len(called), refused


def _refuse_refused(canvass: Canvass, unit_no: str, before: Sequence[Call], read: _Read) -> None:
    """Refuse a visit after the household refused any (网络数据安全管理条例 22); an earlier one sent late counts."""
    if not any(one.refused for one in before):
        return
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    door = doors.door(before, kept.held_by(work, estate_id, unit_no).reopened_at)
    if not door.refused:
        return
    refusal = max(((one.visit.on.isoformat(), one.visit.time) for one in before if one.refused), default=("", ""))
    if (read.values["on"], read.values["time"] or "") >= refusal:
        message = "这一户已经表示拒访，不再上门；确需再访的，由负责人写明理由重新开放。"
        raise InvalidAnswers([Problem("result", message)], "没有登记。")


def _follow(canvass: Canvass, unit_no: str, before: Sequence[Call]) -> None:
    """In the commit, move the figure of the estate's card by what this door changed."""
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    supported, answered = doors.stands(before)

    def move(connection: sa.Connection) -> None:
        now_supports, now_answered = doors.stands(kept.calls_at(work, estate_id, unit_no))
        kept.move_figure(connection, estate_id, now_supports - supported, now_answered - answered)

    work.later(move)


# read


def _read(canvass: Canvass, given: Mapping[str, str]) -> _Read:
    """What was sent, as it is kept.  Raises InvalidAnswers with everything that is wrong."""
    problems: list[Problem] = []
    result = given.get("result", "")
    if result not in set(Result):
        problems.append(Problem("result", "没有选结果；请在支持、犹豫、反对、无人、约时间、拒访中选一个。"))
    concerns = [one for one in given.get("concerns", "").split() if one]
    if unknown := [one for one in concerns if one not in rules.CONCERNS]:
        problems.append(Problem("concerns", f"没有“{unknown[0]}”这种疑虑；请从列出的里面选。"))
    for name, (label, most) in _LIMITS.items():
        if len(given.get(name, "")) > most:
            problems.append(Problem(name, f"{label}不超过 {most} 个字；请写短些。"))
    on, time, flag = _when(canvass, given, problems)
    values: dict[str, Any] = {
        "on": on,
        "time": time,
        "attitude": "",
        "refused": int(result == Result.REFUSED),
        "concerns": " ".join(dict.fromkeys(concerns)),
        "note": given.get("note", "").strip(),
        "visitors": given.get("visitors", "").strip() or canvass.member.name,
        "follow_up": _follow_up(given, result, on, problems),
        "flag": flag,
    }
    promise = _promise(given, on, problems)
    if problems:
        raise InvalidAnswers(problems, "没有登记。")
    attitude = doors.attitude_of(Result(result), firm=given.get("firm", "") == "1")
    values["attitude"] = attitude.value if attitude else ""
    return _Read(values, promise)


def _follow_up(given: Mapping[str, str], result: str, on: str, problems: list[Problem]) -> str | None:
    """The day of the next call, if one was agreed; 约时间 needs one, and 拒访 has none."""
    if not given.get("follow_up"):
        if result == Result.CALL_BACK:
            problems.append(Problem("follow_up", "约了时间要写明哪一天；请选今晚、明天、周末或一个日期。"))
        return None
    if result == Result.REFUSED:
        return None
    again = cells.any_day(given, "follow_up", "", problems)
    if again and on and again < on:
        problems.append(Problem("follow_up", f"回访日期 {again} 早于走访日期 {on}；请核对先后。"))
    return again


def _promise(given: Mapping[str, str], on: str, problems: list[Problem]) -> dict[str, Any] | None:
    """What was promised, who sees to it and until when; a promise without them is nobody's (民法典 938 ¶2)."""
    text, owner = given.get("promise", "").strip(), given.get("promise_owner", "").strip()
    if not text:
        return None
    if not owner:
        problems.append(Problem("promise_owner", "承诺要有人落实；请写落实人。"))
    due = cells.any_day(given, "promise_due", "", problems) if given.get("promise_due") else ""
    if not given.get("promise_due"):
        problems.append(Problem("promise_due", "承诺要有期限；请选日期。"))
    elif due and due < on:
        problems.append(Problem("promise_due", f"承诺的期限 {due} 早于走访日期 {on}；请核对。"))
    return {"text": text, "owner": owner, "due": due}


def _position(given: Mapping[str, str]) -> dict[str, int]:
    """Where the phone says it is, in 0.00001 degrees; nothing where it does not, or it is no place."""
    read = [_DEGREES.fullmatch(given.get(name, "")) for name in ("latitude", "longitude")]
    if not all(read):
        return {}
    north, east = (round(Decimal(given[name]) * 100_000) for name in ("latitude", "longitude"))
    return {"latitude": north, "longitude": east} if abs(north) <= 9_000_000 and abs(east) <= 18_000_000 else {}


def _when(canvass: Canvass, given: Mapping[str, str], problems: list[Problem]) -> tuple[str, str | None, str]:
    """Day and time of a visit, and what is flagged: by the phone's clock, set right, else as a person wrote them."""
    now = canvass.dossier.work.now.astimezone(hands.ZONE)
    if given.get("taken_at"):
        return _by_clock(now, given, problems)
    if not given.get("on"):
        return now.date().isoformat(), f"{now:%H:%M}", ""
    on = cells.any_day(given, "on", "", problems)
    time = cells.time_of_day(given, "time", "", problems)
    if on and (on, time or "") > (now.date().isoformat(), f"{now:%H:%M}"):
        problems.append(Problem("on", _ahead(f"{on} {time or ''}".strip(), now)))
    return on, time, ""


def _by_clock(now: datetime, given: Mapping[str, str], problems: list[Problem]) -> tuple[str, str | None, str]:
    try:
        taken = datetime.fromisoformat(given["taken_at"]).astimezone(hands.ZONE)
        sent = datetime.fromisoformat(given.get("sent_at", "")).astimezone(hands.ZONE)
    except ValueError:
        problems.append(Problem("taken_at", "手机没有说明走访时间；请刷新页面后重新登记。"))
        return "", None, ""
    off, flag = sent - now, ""
    if abs(off) > _OFF:
        taken -= off
        flag = f"手机时钟{'快' if off > timedelta() else '慢'}了{_length(abs(off))}，走访时间已按服务器时间改正"
    if taken > now + _OFF:
        problems.append(Problem("on", _ahead(f"{taken:%Y-%m-%d %H:%M}", now)))
    return taken.date().isoformat(), f"{taken:%H:%M}", flag


def _ahead(said: str, now: datetime) -> str:
    return f"走访时间 {said} 晚于现在（{now:%Y-%m-%d %H:%M}）；请核对日期，或手机的日期和时间设置。"


def _length(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    days, hours = minutes // 1440, minutes // 60
    return f" {days} 天" if days else f" {hours} 小时" if hours else f" {minutes} 分钟"
