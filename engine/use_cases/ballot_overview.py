"""A vote at a glance: its stations with dates and counts, the classes of its serials, and what a quorum still lacks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.rules import ballot_life, still_needed, tally
from engine.rules.ballot_life import Classes, State
from engine.rules.still_needed import Door, StillNeeded
from engine.store import ballots, estates, rows
from engine.use_cases import counting, gauging, vote_basis, vote_turns, voting
from engine.use_cases.ballots import Vote
from engine.use_cases.dossier import Dossier
from engine.use_cases.gauging import Resolve
from engine.use_cases.vote_basis import Basis

#: How easily a door that has not voted is reached, the easiest first; attitude never enters.
_REACH = (State.DELIVERED, State.ISSUED, State.IN_HAND, State.UNDELIVERABLE, State.REFUSED)
#: The filters of the register: a word, and the states it shows.
FILTERS: dict[str, tuple[str, frozenset[State]]] = {
    "all": ("全部", frozenset()),
    "in_hand": ("在手", frozenset({State.IN_HAND})),
    "issued": ("已领出", frozenset({State.ISSUED})),
    "delivered": ("已送达未交回", frozenset({State.DELIVERED})),
    "missed": ("拒收、送不到", frozenset({State.REFUSED, State.UNDELIVERABLE})),
    "unentered": ("待录入", ballot_life.UNENTERED),
    "unsettled": ("待裁", ballot_life.UNSETTLED),
    "settled": ("已核对", frozenset({State.RECONCILED})),
    "spoiled": ("换发、作废", frozenset({State.SPOILED, State.VOID})),
}


@dataclass(frozen=True)
class Station:
    """A station of a vote: ``light`` is ``done``, ``now`` or ``ahead``.

    ``many`` says that it tells how many ballots, and what remains where that is hidden is ``until``.
    """

    title: str
    on: date | None
    said: str
    light: str
    many: bool = False
    until: str = ""


@dataclass(frozen=True)
class Overview:
    """The vote as it stands; no approval figure before the count (decisions 3).

    Where the place's rule hides how many took part, ``hidden`` says so, and there are neither meters nor doors.
    ``turns`` say what became of a wish to extend, which tells something of that too.
    """

    stations: Sequence[Station]
    classes: Classes
    states: Counter[State]
    meters: Resolve | None
    needed: StillNeeded | None
    doors: Sequence[tuple[Door, State]]
    set_aside: Sequence[tuple[str, str]]
    basis: Basis
    hidden: str
    turns: Sequence[str]


#: So many doors are named on the overview.
_NAMED = 20


def overview(vote: Vote) -> Overview | None:
    """The vote at a glance; None before its ballots are printed."""
    dossier = vote.dossier
    if not (dossier.convened and dossier.ballots):
        return None
    states = voting.states(dossier)
    counted = voting.counted(dossier)
    hidden = voting.hidden(dossier, vote.lanes)
    needed, doors = (None, []) if counted or hidden else _needed(dossier, states)
    aside = (
        []
        if counted or not vote.enters
        else [(one.unit_no, str(one.problem.message)) for one in counting.sifted(dossier, unopened=True).set_aside]
    )
    work, key = dossier.work, dossier.estate_id
    return Overview(
        _stations(dossier, states),
        ballot_life.classes(voting.printed(dossier), states.values()),
        Counter(states.values()),
        gauging.resolve(dossier, estates.decisions(work, key), set() if hidden else {gauging.VOTE}),
        needed,
        [(door, states[dossier.ballot_of[door.unit_no].serial]) for door in still_needed.by_reach(doors)[:_NAMED]],
        aside,
        vote_basis.basis(dossier),
        hidden,
        [] if hidden else vote_turns.turns(dossier),
    )


def _needed(dossier: Dossier, states: dict[int, State]) -> tuple[StillNeeded, list[Door]]:
    electorate = dossier.electorate
    back = [one.unit_no for one in counting.sifted(dossier, unopened=True).ballots]
    met = {electorate.person_of[no] for no in back if no in electorate.person_of}
    doors = [
        Door(
            no, ballot.area, electorate.person_of[no], electorate.person_of[no] in met, no in electorate.heads,
            _REACH.index(states[ballot.serial]),
        )
        for no, ballot in dossier.ballot_of.items()
        if states[ballot.serial] in _REACH and no in electorate.person_of
    ]  # fmt: skip
    # of several items the one that fewest took part in
    took = min(counting.took_part(dossier), key=lambda count: (count.participating.area, count.participating.persons))
    total = tally.Share(electorate.area, electorate.persons)
    return still_needed.still_needed(took.participating, total, counting.thresholds(dossier), doors), doors


def _stations(dossier: Dossier, states: dict[int, State]) -> list[Station]:
    many, out = Counter(states.values()), dossier.ballot_of
    opens = dossier.answers("prepare_meeting_notice")["voting_opens_on"]
    given = [one.delivered_on for one in out.values() if one.delivered_on]
    back = sum(ballot_life.class_of(state) == "returned" for state in states.values())
    settled = many[State.RECONCILED] + many[State.FINAL]
    returned = [one.returned_on for one in dossier.ballot_returns]
    named = (
        ("名册定版", "freeze_roster", "frozen_on", f"{len(dossier.electorate.units)} 户"),
        ("公告", "post_meeting_notice", "posted_on", f"{opens} 开始表决"),
        ("计票", "count_votes", "counted_on", "公开唱票"),
        ("结果公告", "announce_result", "posted_on", "张贴后进入异议期"),
        ("生效", "settle_objections", "closed_on", "异议处理完"),
    )
    steps = [_station(title, _answered(dossier, task, field), said) for title, task, field, said in named]
    came = _counted("回收", _last(returned), back, len(out), counting.closes_on(dossier))
    return [
        *steps[:2],
        _counted("印票", None, len(states), voting.printed(dossier)),
        _counted("送达", _last(given), len(given), len(out)),
        replace(came, light="done") if dossier.times("close_voting", since="freeze_roster") else came,
        _counted("录入", None, settled, back),
        *steps[2:],
    ]


def _answered(dossier: Dossier, task: str, field: str) -> date | None:
    """The day that a task of this vote states."""
    since = "" if task == "freeze_roster" else "freeze_roster"
    return dossier.answers(task).get(field) if dossier.times(task, since=since) else None


def _last(days: Sequence[str]) -> date | None:
    return date.fromisoformat(max(days)) if days else None


def _station(title: str, on: date | None, said: str) -> Station:
    return Station(title, on, said, "done" if on else "ahead")


def _counted(title: str, on: date | None, some: int, every: int, until: date | None = None) -> Station:
    closes = f"{until} 截止" if until else ""
    said = f"{some} / {every} 张" + (f"，{closes}" if closes else "")
    return Station(title, on, said, "done" if every and some == every else "now" if some else "ahead", True, closes)


@dataclass(frozen=True)
class Line:
    """A row of the register; ``entries`` says by how many it was entered, ``validity`` whether it counts, and why.

    ``flagged`` is how many other papers with its serial came, ``late`` that it came after the close.
    """

    ballot: rows.Ballot
    state: State
    receiver: str
    returned_on: str
    entries: str
    validity: str
    flagged: int
    late: bool


@dataclass(frozen=True)
class Listed:
    """A page of the register."""

    lines: Sequence[Line]
    total: int
    many: dict[str, int]


def register(vote: Vote, chosen: str, page: int) -> Listed:
    """A page of the register, of the ballots under a filter; what a ballot says is not in it."""
    dossier = vote.dossier
    states = FILTERS.get(chosen, FILTERS["all"])[1]
    if not dossier.convened:
        return Listed([], 0, {})
    found, total = ballots.listed(dossier.work, dossier.estate_id, dossier.round, states, page)
    shown, flagged = voting.states(dossier), ballots.noted(dossier.work, dossier.estate_id, dossier.round, "DUPLICATE")
    late = ballots.noted(dossier.work, dossier.estate_id, dossier.round, "LATE")
    backs = {one.ballot_id: one for one in dossier.ballot_returns}
    entered = ballots.entries(dossier.work, [one.id for one in found])
    wrong = _set_aside(dossier)
    many = Counter(one.state for one in dossier.ballots)
    lines = [
        Line(
            one, shown[one.serial], vote.named(one.receiver), backs[one.id].returned_on if one.id in backs else "",
            _entries(one, len(entered.get(one.id, ()))), wrong.get(one.unit_no, "") if one.id in backs else "",
            flagged.get(one.id, 0), one.id in late,
        )
        for one in found
    ]  # fmt: skip
    counts = {key: sum(many[state] for state in of) if of else len(dossier.ballots) for key, (_, of) in FILTERS.items()}
    return Listed(lines, total, counts)


def _set_aside(dossier: Dossier) -> dict[str, str]:
    if not dossier.ballot_returns:
        return {}
    return {one.unit_no: one.problem.message for one in counting.sifted(dossier, unopened=True).set_aside}


def _entries(one: rows.Ballot, times: int) -> str:
    """By how many a ballot was entered, in words; one of a sheet was entered in one act."""
    if ballot_life.class_of(State(one.state)) != "returned":
        return ""
    if not times and one.state not in ballot_life.UNENTERED:
        return "整表登记"
    return f"{times} / 2"
