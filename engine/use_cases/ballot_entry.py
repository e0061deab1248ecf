"""What ballots say: entered twice, blind, by different people; where they differ a third decides (decisions 12, 39)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine import events
from engine.errors import InvalidAnswers, NotPermitted, Problem
from engine.rules import ballot_life, convening, procedure, tally
from engine.rules.ballot_life import Act, State
from engine.store import ballot_scans, ballots, rosters, rows, votes
from engine.store.ballots import Moved
from engine.store.registers import ON_PAPER
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import ballot_register, counting, disclosing, voting
from engine.use_cases.ballots import ARBITRATING, ENTERING, Vote, ballot, permitted

#: What stands for an item on which nothing was chosen.
NOTHING = "-"
#: What an arbiter reads a ballot's entries for.
READING = "裁定两次录入"
#: How a mark is said.
MARKS = {
    tally.APPROVE: "同意",
    tally.AGAINST: "反对",
    tally.ABSTAIN: "弃权",
    tally.BLANK: "空白",
    tally.INVALID: "无效",
}


@dataclass(frozen=True)
class EntryPage:
    """What a person who enters sees: a serial and the items, never whose it is, nor what somebody else has entered.

    ``left`` counts what this person may still enter, ``done`` what he has entered of this vote; ``sides`` are the
    scanned pages of the ballot, ``following`` the serial that comes after it, and ``ahead`` its pages.
    """

    serial: int
    items: Sequence[convening.AgendaItem]
    left: int
    done: int
    sides: Sequence[int] = ()
    following: int = 0
    ahead: Sequence[int] = ()


def entry_page(vote: Vote, after: int = 0, serial: int = 0) -> EntryPage:
    """The next ballot for this person by serial, or that ``serial``; 0 where none waits.

    Raises NotPermitted; InvalidAnswers where that serial is not for this person.
    """
    may_enter(vote)
    of = _of(vote)
    if serial:
        one = ballot(vote, serial)
        _refuse(_unfit(vote, one, _entries_of(vote, one)))
    waiting = ballots.to_enter(*of)
    chosen = serial or _next(waiting, after)
    following = _next([one for one in waiting if one != chosen], chosen)
    sides = ballot_scans.sides(*of, [chosen, following])
    return EntryPage(
        chosen, counting.items(vote.dossier), len(waiting), ballots.entered(*of),
        sides.get(chosen, ()), following, sides.get(following, ()),
    )  # fmt: skip


def _next(waiting: Sequence[int], after: int) -> int:
    """The serial that comes after that one, else the first; 0 where none waits."""
    return next((one for one in waiting if one > after), waiting[0] if waiting else 0)


@dataclass(frozen=True)
class Entered:
    """What is told once a ballot was entered: whose it is, with the name masked."""

    serial: int
    unit_no: str
    area: int
    owners: str


def enter(vote: Vote, serial: int, text: str) -> Entered:
    """Enter what a ballot says, ``1 1 2 3``.  Who entered it first learns nothing of it, nor who is second.

    Raises NotPermitted, InvalidAnswers; Conflict in the commit where somebody else entered it in the same moment.
    """
    may_enter(vote)
    one, dossier = ballot(vote, serial), vote.dossier
    before = _entries_of(vote, one)
    problems = _unfit(vote, one, before)
    marks = _read(vote, text, problems)
    _refuse(problems)
    turn, made = len(before) + 1, {votes.entered(one.id, len(before) + 1): marks}
    ballots.enter(dossier.work, one, turn)
    if not before:
        ballots.move(dossier.work, [Moved(one, State.ENTERED, "ENTERED")])
    elif votes.said(dossier.work, votes.entered(one.id, 1)) == marks:
        ballots.move(dossier.work, [Moved(one, State.RECONCILED, "AGREED")])
        ballots.settle(dossier.work, one)
        made[votes.returned(one.id, _read_of(vote, one).no)] = marks
    else:
        ballots.move(dossier.work, [Moved(one, State.DISPUTED, "DIFFERED")])
        dossier.work.append(dossier.estate_id, events.BallotDisputed(serial, State.DISPUTED))
    votes.keep(dossier.work, dossier.estate_id, dossier.round, made)
    unit = rosters.unit(dossier.work, dossier.estate_id, dossier.roster_version, one.unit_no)
    return Entered(serial, one.unit_no, one.area, unit.names if unit else "")


def _read(vote: Vote, text: str, problems: list[Problem]) -> str:
    missing = [str(no) for no, mark in enumerate(text.split(), 1) if mark == NOTHING]
    if missing:
        problems.append(Problem("marks", f"第 {'、'.join(missing)} 项没有选；请对照原票补上，票上空白的选空白。"))
        return ""
    return ballot_register.read_marks(vote.dossier, text, "marks", problems)


def _entries_of(vote: Vote, one: rows.Ballot) -> Sequence[rows.BallotEntry]:
    return ballots.entries(vote.dossier.work, [one.id]).get(one.id, ())


def _entries(vote: Vote) -> dict[int, list[rows.BallotEntry]]:
    return ballots.entries_of(*_of(vote))


def _of(vote: Vote) -> tuple[UnitOfWork, int, int]:
    """The vote as the store knows it."""
    return vote.dossier.work, vote.dossier.estate_id, vote.dossier.round


def may_enter(vote: Vote) -> None:
    """Raise NotPermitted for whoever does not read ballots, or stands on one (checklist of G7)."""
    permitted(vote, ENTERING, sealed=True)
    if _stands(vote):
        raise NotPermitted("您是候选人，不能录入、裁定表决票；请换人。")


def reads(vote: Vote, one: rows.Ballot) -> bool:
    """Whether this member has that ballot to enter, or to decide on."""
    entries = _entries_of(vote, one)
    if one.state in ballot_life.UNSETTLED:
        return not _why_not_arbiter(vote, one, entries)
    may_enter(vote)
    return not _unfit(vote, one, entries)


def _stands(vote: Vote) -> bool:
    candidates = [item.candidate for item in counting.items(vote.dossier) if item.candidate]
    return bool(procedure.counter_problems({"counters": vote.member.name}, candidates))


def _unfit(vote: Vote, one: rows.Ballot, before: Sequence[rows.BallotEntry]) -> list[Problem]:
    """Why this person may not enter that ballot."""
    if one.state == State.ENTERED:
        wrong = ballot_life.entrant_problem(before[0].actor, vote.member.name)
        return [Problem("serial", wrong)] if wrong else []
    return ballot_register.unfit(one, Act.ENTER, "serial")


# the arbiter


@dataclass(frozen=True)
class Dispute:
    """A ballot that waits for the arbiter; ``mine`` says that this member may settle it, else ``why_not``.

    ``readings`` are by whom, and what: the two entries, or what the tally counts now and what is said against it;
    ``sides`` are its scanned pages.
    """

    ballot: rows.Ballot
    mine: bool
    why_not: str
    readings: Sequence[tuple[str, tuple[int, ...]]]
    differ: tuple[int, ...]
    said: str
    sides: Sequence[int] = ()


def disputes(vote: Vote) -> list[Dispute]:
    """The ballots that wait for the arbiter; what was read is shown only to whoever may settle it, which is noted."""
    entries = _entries(vote)
    waiting = [one for one in vote.dossier.ballots if one.state in ballot_life.UNSETTLED]
    scans = ballot_scans.sides(*_of(vote), [one.serial for one in waiting])
    found = [_dispute(vote, one, entries.get(one.id, ())) for one in waiting]
    for each in found:
        if each.mine:
            disclosing.note_reading(vote.dossier.work, vote.dossier.estate_id, each.ballot.serial, READING)
    return [replace(one, sides=scans.get(one.ballot.serial, ())) if one.mine else one for one in found]


def _dispute(vote: Vote, one: rows.Ballot, entries: Sequence[rows.BallotEntry]) -> Dispute:
    why = _why_not_arbiter(vote, one, entries)
    if why:
        return Dispute(one, False, why, (), (), "")
    if one.state == State.DISPUTED:
        first, second = (_marks(vote.dossier.choices.of(votes.entered(one.id, each.turn))) for each in entries)
        differ = ballot_life.compared(first, second)
        return Dispute(one, True, "", [("第一遍", first), ("第二遍", second)], differ, "")
    history = ballots.history(vote.dossier.work, one.id)
    said = next(line.note for line in reversed(history) if line.what == "OBJECTED")
    return Dispute(one, True, "", [("现在登记的", _marks(_counted(vote, one)))], (), said)


def _why_not_arbiter(vote: Vote, one: rows.Ballot, entries: Sequence[rows.BallotEntry]) -> str:
    if _stands(vote):
        return "您是候选人，不能裁定表决票；请换人。"
    if not vote.arbitrates:
        return f"由{'、'.join(ARBITRATING)}中没有录过这张票的人裁定。"
    touched = {entry.actor for entry in entries}
    touched |= {
        line.actor for line in ballots.history(vote.dossier.work, one.id) if line.what in {"RETURNED", "OBJECTED"}
    }
    return ballot_life.arbiter_problem(vote.member.name, touched)


def rule(vote: Vote, serial: int, text: str, reason: str) -> None:
    """Decide what a ballot says, with the reason; the entries stay.  Raises NotPermitted, InvalidAnswers."""
    permitted(vote, ARBITRATING, sealed=True)
    one, dossier = ballot(vote, serial), vote.dossier
    problems = ballot_register.unfit(one, Act.RULE, "serial")
    wrong = "" if problems else _why_not_arbiter(vote, one, _entries_of(vote, one))
    problems += [Problem("serial", wrong)] if wrong else []
    marks = _read(vote, text, problems)
    if not reason.strip():
        problems.append(Problem("reason", "没有写裁定理由；请写票面上看到的情况和依据。"))
    _refuse(problems)
    ballots.move(dossier.work, [Moved(one, State.RECONCILED, "RULED", note=reason.strip())])
    _settle(vote, one, marks)
    dossier.work.append(dossier.estate_id, events.BallotRuled(serial))


def _settle(vote: Vote, one: rows.Ballot, marks: str) -> None:
    """Have the tally count what the arbiter decided; what it counted before is kept."""
    work, before = vote.dossier.work, _counted(vote, one)
    place = votes.returned(one.id, _read_of(vote, one).no)
    made = {place: marks}
    if before:
        votes.change(work, place, before, marks)
        ruled = sum(line.what == "RULED" for line in ballots.history(work, one.id))
        made = {votes.replaced(one.id, ruled + 1): before}
    else:
        ballots.settle(work, one)
    votes.keep(work, vote.dossier.estate_id, vote.dossier.round, made)


def objected(vote: Vote, serial: int, note: str) -> None:
    """Say that what was entered of a ballot is wrong: the arbiter decides.  Raises NotPermitted, InvalidAnswers."""
    permitted(vote, ARBITRATING, sealed=True)
    one, dossier = ballot(vote, serial), vote.dossier
    problems = [] if counting_open(vote) else [Problem("serial", "已经计票；要改的请在异议期内提出，重新计票时更正。")]
    problems += ballot_register.unfit(one, Act.OBJECT, "serial")
    if not note.strip():
        problems.append(Problem("note", "没有写哪里录错了；请对照原票写明。"))
    _refuse(problems)
    ballots.move(dossier.work, [Moved(one, State.OBJECTED, "OBJECTED", note=note.strip())])
    dossier.work.append(dossier.estate_id, events.BallotDisputed(serial, State.OBJECTED))


def counting_open(vote: Vote) -> bool:
    """Whether the count is still to come, or is made again."""
    return not voting.counted(vote.dossier)


def _counted(vote: Vote, one: rows.Ballot) -> str:
    back = _read_of(vote, one)
    return counting.said(vote.dossier, back) if back.settled else ""


def _read_of(vote: Vote, one: rows.Ballot) -> rows.BallotReturn:
    """Of what came back for a ballot that which people read: what is not settled, else the first on paper."""
    backs = ballots.returns(vote.dossier.work, one)
    unsettled = [back for back in backs if not back.settled]
    return next(iter(unsettled or [back for back in backs if back.channel == ON_PAPER] or backs))


def _marks(text: str) -> tuple[int, ...]:
    return tuple(int(mark) for mark in text.split())


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InvalidAnswers(problems, "没有登记。")
