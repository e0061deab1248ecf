"""At the doors of the demo: packets are given out, and each evening's calls are recorded by whoever holds the doors."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import partial

from engine.carry.casefile import Step
from engine.demo.errands import CADRE, GRID, Place, Row, by_day
from engine.rules.canvass import Attitude
from engine.rules.doors import Result
from engine.use_cases import canvass_team, canvassing, visiting
from engine.use_cases.canvassing import Canvass

#: An evening at the doors begins then, a door takes so long, and what was heard is recorded at the end of it.
_BEGIN, _EACH, _RECORDED = time(18, 30), timedelta(minutes=4), time(21, 30)
#: Of so many packets one is the cadre's, the others are the grid's.
_SHARE = 3
_PROMISED = timedelta(days=60)
_RESULTS: Mapping[Attitude, tuple[Result, str]] = {
    Attitude.STRONG_SUPPORT: (Result.SUPPORT, "1"),
    Attitude.SUPPORT: (Result.SUPPORT, ""),
    Attitude.NEUTRAL: (Result.HESITANT, ""),
    Attitude.OPPOSE: (Result.AGAINST, ""),
    Attitude.STRONG_OPPOSE: (Result.AGAINST, "1"),
    Attitude.NOT_MET: (Result.NOBODY, ""),
}


def plan(place: Place, step: Step, zone: datetime) -> None:
    """Have the doors of a sheet called at on the days that it names; ``zone`` is any moment in the estate's zone."""
    called = sorted(step.rows["visits"], key=lambda row: row.get("time", ""))
    for nth, (on, calls) in enumerate(by_day(called)):
        at = datetime.combine(datetime.fromisoformat(on).date(), _RECORDED, zone.tzinfo)
        if not nth:
            place.errands.add(at.replace(hour=_BEGIN.hour), partial(_give, place), "canvass_households")
        place.errands.add(at, partial(_record, place, calls), "canvass_households")


def _give(place: Place, moment: datetime) -> None:
    """Give every packet of doors to somebody, where none is given yet."""
    with place.at_work(CADRE, moment) as (work, member):
        canvass = canvassing.canvass_of(work, place.library, member, place.estate_id)
        if any(one.person for one in canvass.standing.held.values()):
            return
        packets = canvass_team.team(canvass).packets
        for lane, mine in (
            (CADRE, packets[::_SHARE]),
            (GRID, [one for nth, one in enumerate(packets) if nth % _SHARE]),
        ):
            units = [unit for one in mine for unit in one.packet.units]
            if units:
                canvass_team.give(canvass, units, place.name(lane))


def _record(place: Place, calls: Sequence[Row], moment: datetime) -> None:
    """Record the calls of an evening, each lane those at its own doors."""
    for lane in (CADRE, GRID):
        with place.at_work(lane, moment) as (work, member):
            canvass = canvassing.canvass_of(work, place.library, member, place.estate_id)
            for row, said in _said(canvass, calls, moment):
                if (canvass.holder(row["unit_no"]) == place.name(CADRE)) == (lane == CADRE):
                    key = str(uuid.UUID(int=place.seed.getrandbits(128)))
                    visiting.record(canvass, row["unit_no"], {"key": key, **said})


def _said(canvass: Canvass, calls: Sequence[Row], moment: datetime) -> Iterator[tuple[Row, dict[str, str]]]:
    for nth, row in enumerate(calls):
        begun = datetime.combine(moment.date(), _BEGIN) + nth % 40 * _EACH
        said = {name: row[name] for name in ("on", "concerns", "note", "visitors", "follow_up") if row.get(name)}
        said["time"] = row.get("time") or f"{begun:%H:%M}"
        attitude = row.get("attitude", "")
        said["result"], said["firm"] = _RESULTS[Attitude(attitude)] if attitude else (Result.CALL_BACK, "")
        if not attitude and not said.get("follow_up"):
            said["follow_up"] = (moment.date() + timedelta(2)).isoformat()
        if row.get("promise"):
            due = moment.date() + _PROMISED
            said |= {"promise": row["promise"], "promise_owner": canvass.member.name, "promise_due": due.isoformat()}
        yield row, said
