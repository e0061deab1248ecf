"""Whether a canvass can be believed 走访抽查: days that ask for a question; whoever leads clears them or calls back.

Nobody is accused: a finding says what a log shows, and who recorded it is asked by somebody else.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine import events
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import honesty, oddness
from engine.rules.doors import Place
from engine.rules.honesty import Day, Finding, Knock, Limits
from engine.store import canvass_checks as kept
from engine.store.canvass_checks import Review, Undecided
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import alerts, canvassing, gauging, hands
from engine.use_cases.accounts import Member
from engine.use_cases.canvassing import Canvass

CLEAR, CALL_BACK = "CLEAR", "CALL_BACK"
DECISIONS = {CLEAR: "问清楚了，没有问题", CALL_BACK: "回访这几户"}
#: Of one day so many households are called back at most, spread over those that a finding is about.
_CALLED = 10


@dataclass(frozen=True)
class Asked:
    """A day of one canvasser that asks for a question, with what was made of it; ``open`` until somebody has looked."""

    person: str
    on: str
    doors: int
    findings: Sequence[Finding]
    review: Review | None

    @property
    def kinds(self) -> str:
        """What was found, as it is kept."""
        return " ".join(sorted({str(one.kind) for one in self.findings}))

    @property
    def open(self) -> bool:
        """Whether something was found that nobody has looked at yet."""
        return self.review is None or not set(self.kinds.split()) <= set(self.review.kinds.split())

    @property
    def units(self) -> list[str]:
        """The doors that the findings are about."""
        return list(dict.fromkeys(unit for one in self.findings for unit in one.units))


def asked(canvass: Canvass) -> list[Asked]:
    """The days of the round that ask for a question, those that wait first, then the latest.

    Raises NotPermitted for whoever may not see what single households said.
    """
    see(canvass)
    return _asked(canvass)


def tell(canvass: Canvass) -> int:
    """In the commit, tell whoever leads the canvass of days that ask for a question, once they are over; how many.

    Nobody is told of their own day: somebody else has to ask.
    """
    if canvass.locked or not canvass.roster_version:
        return 0
    dossier = canvass.dossier
    work, estate_id, today = dossier.work, dossier.estate_id, dossier.today.isoformat()
    people = work.people(estate_id)
    leading = {people[lane] for lane in canvassing.LEADING if people.get(lane)}
    waits = [one for one in _asked(canvass) if one.open and one.on < today]
    facts = {_fact(canvass, one.person, one.on) + _short(one.kinds): one for one in waits}
    kept.still_ask(work, estate_id, facts)
    for fact, one in facts.items():
        for name in sorted(leading - {one.person}):
            alerts.tell(work, name, fact, kept.ASKS, estate_id=estate_id, detail=f"{one.person} {one.on}")
    return len(waits)


def waiting(work: UnitOfWork, member: Member) -> list[Undecided]:
    """The days that wait for this member, or for whoever he stands in for, to look into them."""
    viewer = hands.viewer(work, member)
    names = {member.name, *viewer.principals}
    return kept.undecided(work, member.nodes, names, canvassing.LEADING, member.name)


def _fact(canvass: Canvass, person: str, on: str) -> str:
    """How what is told of a day of somebody begins."""
    return f"checks:{canvass.dossier.estate_id}:{canvass.round}:{on}:{_short(person)}:"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _asked(canvass: Canvass) -> list[Asked]:
    dossier = canvass.dossier
    found: Mapping[tuple[str, str], Any] = gauging.once(
        dossier, f"honesty {canvass.round} {canvass.roster_version}", lambda: _found(canvass)
    )
    reviews = {(one.person, one.on): one for one in kept.reviews(dossier.work, dossier.estate_id, canvass.round)}
    days = [Asked(*key, doors, findings, reviews.get(key)) for key, (doors, findings) in found.items()]
    by_day = sorted(days, key=lambda one: (one.on, one.person), reverse=True)
    return sorted(by_day, key=lambda one: not one.open)


def see(canvass: Canvass) -> None:
    """Raise NotPermitted unless the member leads the canvass and may see what households said."""
    if not canvass.leads or not canvass.sees:
        raise NotPermitted("走访抽查由{lanes}看；登记走访的人由别人来核。", lanes="、".join(canvassing.LEADING))


def _found(canvass: Canvass) -> dict[tuple[str, str], tuple[int, list[Finding]]]:
    limits = Limits.of(canvass.dossier.pack)
    found: dict[tuple[str, str], tuple[int, list[Finding]]] = {}
    for own, others in oddness.each(days(canvass)):
        odd = oddness.odd(own, others, limits)
        latest = max(day.on for day in own)
        for day in own:
            findings = honesty.look(day, others, limits)
            # what all days of somebody have in common is asked once, beside the latest of them
            findings += [odd] if odd and day.on == latest else []
            if findings:
                found[day.person, day.on] = len({one.unit_no for one in day.knocks}), findings
    return found


def days(canvass: Canvass) -> list[Day]:
    """The log of the round by person and day."""
    rows = kept.logged(canvass.dossier.work, canvass.dossier.estate_id, canvass.round)
    steps = {unit: number for number, unit in enumerate(canvass.layout.order)}
    logs: dict[tuple[str, str], list[Knock]] = {}
    for row in rows:
        at = canvass.layout.places.get(row.unit_no)
        if at:
            logs.setdefault((row.actor or row.visitors, row.on), []).append(_knock(row, at, steps[row.unit_no]))
    return [Day.of(person, on, knocks) for (person, on), knocks in logs.items() if person]


def _knock(row: Any, at: Place, step: int) -> Knock:
    minute = int(row.time[:2]) * 60 + int(row.time[3:]) if row.time else None
    attitude = "REFUSED" if row.refused else row.attitude
    spot = (row.latitude, row.longitude) if row.latitude is not None else None
    answer = " ".join([attitude, *sorted(row.concerns.split())])
    met = attitude != "NOT_MET"
    return Knock(
        row.unit_no, at.building, at.entrance, step, minute, _entered(row.on, row.at), answer, met, row.note, spot
    )


def _entered(on: str, at: str | None) -> int | None:
    """When a visit reached us, in minutes from the beginning of its day."""
    if not at:
        return None
    came = datetime.fromisoformat(at).astimezone(hands.ZONE)
    return (came.date() - date.fromisoformat(on)).days * 1440 + came.hour * 60 + came.minute


def decide(canvass: Canvass, person: str, on: str, decision: str, reason: str) -> int:
    """Clear a day or have households of it called back, with the reason; how many are to be called.

    Raises NotPermitted for one's own day, NotFound for a day that asks nothing, InvalidAnswers.
    """
    found = next((one for one in asked(canvass) if (one.person, one.on) == (person, on)), None)
    if found is None:
        raise NotFound(what="这一天的抽查")
    if person == canvass.member.name:
        raise NotPermitted("这是您自己登记的走访，请由另一位负责走访的人来核。")
    problems = []
    if decision not in DECISIONS:
        problems.append(Problem("decision", "没有选怎样处理；请选“问清楚了”或“回访”。"))
    if not 2 <= len(reason.strip()) <= 300:
        problems.append(Problem("reason", "请写明问了谁、怎么说的，2 到 300 个字。"))
    if problems:
        raise InvalidAnswers(problems, "没有登记。")
    work, estate_id = canvass.dossier.work, canvass.dossier.estate_id
    work.alone(f"canvass review {estate_id}")
    call = _spread(_open_doors(canvass, found.units)) if decision == CALL_BACK else []
    values = {
        "round": canvass.round, "person": person, "on": on, "decision": decision, "reason": reason.strip(),
        "kinds": found.kinds,
    }  # fmt: skip
    kept.review(work, estate_id, values, call)
    alerts.settle(work, estate_id, _fact(canvass, person, on))
    work.append(estate_id, events.CanvassDayReviewed(on, decision, len(call)))
    return len(call)


def _open_doors(canvass: Canvass, units: Sequence[str]) -> list[str]:
    """Those that may be called: a household that refused any visit is left in peace (网络数据安全管理条例 22)."""
    known = canvass.standing.doors
    return [unit for unit in units if unit in known and not known[unit].refused]


def _spread(units: Sequence[str]) -> list[str]:
    """At most so many as are called, evenly from first to last."""
    wanted = min(_CALLED, len(units))
    return [units[number * len(units) // wanted] for number in range(wanted)]
