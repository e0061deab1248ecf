"""The ballots of a vote of the demo: given out, delivered and taken back one by one, entered twice, and counted."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial

from engine.carry.casefile import Step
from engine.demo import names
from engine.demo.errands import CADRE, GRID, SUPERVISOR, Place, Row, by_day
from engine.rules.ballot_life import State
from engine.rules.count_session import Part
from engine.rules.count_session import names as named
from engine.store import rows
from engine.use_cases import ballot_entry, ballots, count_session
from engine.use_cases.ballots import Vote

_ISSUED, _DELIVERED, _TAKEN = time(9, 0), time(20, 30), time(20, 40)
#: One ballot of so many is read wrongly by whoever reads it second.
_SLIP = 53
#: How much later than the box is sealed each reading is done; what is left waits for the day of the count.
_FIRST, _SECOND, _LEFT = timedelta(hours=1), timedelta(hours=3), timedelta(days=30)
_COUNTED = "count_votes"
_PROOFS: Mapping[str, str] = {"REGISTERED_MAIL": "挂号信回执", "COURIER": "快递单号", "ELECTRONIC": "平台送达记录"}
_GIVEN = ("on", "mode", "receiver", "by", "proof", "reason")
_CAME = ("on", "signed", "signed_by", "cast_by", "matter", "scope", "valid_from", "valid_to", "mandate_signed")


@dataclass
class Balloting:
    """The vote of one estate; ``marks`` are what the ballots say that came back, by unit.

    ``told`` is by whom they were counted, once a count was held.
    """

    place: Place
    marks: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def deliver(self, step: Step, zone: datetime) -> None:
        """Have the ballots of a sheet of deliveries given out and brought to the doors on its days."""
        sheet = step.rows["deliveries"]
        first = min(row["on"] for row in sheet)
        self.place.errands.add(_at(first, _ISSUED, zone), self._issue, "deliver_ballots")
        for on, day in by_day(sheet):
            at = _at(on, _DELIVERED, zone)
            self.place.errands.add(at, partial(self._bring, day), "deliver_ballots")

    def take(self, step: Step, zone: datetime) -> None:
        """Have the ballots of a sheet of what came back taken on its days, folded."""
        sheet = step.rows["ballots"]
        for on, day in by_day(sheet):
            at = _at(on, _TAKEN, zone)
            self.place.errands.add(at, partial(self._take, day), "close_voting")

    def sealed(self, moment: datetime) -> None:
        """Have what came back read twice, once the box is sealed and the votes are to be counted."""
        self.told = {}
        if not self.marks:
            return
        half = len(self.marks) // 2
        acts = (
            (_FIRST, self._first),
            (_SECOND, partial(self._second, half)),
            (_LEFT, self._second_left),
            (_LEFT, self._rule),
        )
        for after, act in acts:
            self.place.errands.add(moment + after, act, _COUNTED)

    def count(self, step: Step, moment: datetime) -> Step:
        """Hold the count before it is handed in, by those whom the step names; the step as it names them then."""
        if self.marks and not self.told:
            self.told = self._counted(step, moment)
            self.marks = {}
        return replace(step, answers={**step.answers, **self.told}, stated=step.stated | self.told.keys())

    def _counted(self, step: Step, moment: datetime) -> dict[str, str]:
        """Hold the count by people of whom nobody has two parts; how the step names them."""
        counters = named(step.answers["counters"])
        fresh = names.people(self.place.seed, {*counters, *self.place.acting.people.values()})
        caller, *others = [*counters, *(next(fresh) for _ in range(2 - len(counters)))]
        watching = [next(fresh), next(fresh)]
        people = {Part.HOST: [self.place.name(CADRE)], Part.CALLER: [caller], Part.COUNTER: others}
        self._held({**people, Part.SCRUTINEER: watching}, moment)
        watched = f"社区居民委员会代表{watching[0]}、非委员业主{watching[1]}"
        return {"counters": "、".join([caller, *others]), "scrutineers": watched}

    # acts

    @contextmanager
    def _at_work(self, lane: str, moment: datetime) -> Iterator[Vote]:
        with self.place.at_work(lane, moment) as (work, member):
            yield ballots.vote(work, self.place.library, member, self.place.estate_id)

    def _issue(self, moment: datetime) -> None:
        with self._at_work(CADRE, moment) as vote:
            held = [one.serial for one in vote.dossier.ballots if one.state == State.IN_HAND]
            for start in range(0, len(held), _AT_ONCE):
                serials = " ".join(str(serial) for serial in held[start : start + _AT_ONCE])
                ballots.issue(vote, serials, self.place.name(GRID))

    def _bring(self, day: Sequence[Row], moment: datetime) -> None:
        with self._at_work(GRID, moment) as vote:
            of = vote.dossier.ballot_of
            for row in day:
                ballots_of = ballots.replace if row.get("replaces") else ballots.deliver
                ballots_of(vote, of[row["unit_no"]].serial, self._delivery(vote, row))

    def _delivery(self, vote: Vote, row: Row) -> dict[str, str]:
        given = {name: row[name] for name in _GIVEN if row.get(name)}
        mode = given.get("mode", "")
        if mode in _PROOFS:
            given.setdefault("proof", f"{_PROOFS[mode]} {self.place.seed.randrange(10**8, 10**9)}")
        elif mode in {"VISIT", "PICK_UP"}:
            given.setdefault("receiver", vote.dossier.electorate.units[row["unit_no"]].names)
        return given

    def _take(self, day: Sequence[Row], moment: datetime) -> None:
        self._fetched(day, moment)
        with self._at_work(GRID, moment) as vote:
            of = vote.dossier.ballot_of
            for row in day:
                ballots.take(vote, of[row["unit_no"]].serial, {name: row[name] for name in _CAME if row.get(name)})
                self.marks[row["unit_no"]] = row["marks"]

    def _fetched(self, day: Sequence[Row], moment: datetime) -> None:
        """Whoever was not met came for the ballot, and brings it back filled in."""
        with self._at_work(GRID, moment) as vote:
            of, units = vote.dossier.ballot_of, vote.dossier.electorate.units
            for row in day:
                if of[row["unit_no"]].state != State.DELIVERED:
                    given = {"mode": "PICK_UP", "receiver": units[row["unit_no"]].names, "on": row["on"]}
                    ballots.deliver(vote, of[row["unit_no"]].serial, given)

    def _first(self, moment: datetime) -> None:
        with self._at_work(GRID, moment) as vote:
            for one in self._waiting(vote, State.RETURNED):
                ballot_entry.enter(vote, one.serial, self.marks[one.unit_no])

    def _second_left(self, moment: datetime) -> None:
        self._second(len(self.marks), moment)

    def _second(self, most: int, moment: datetime) -> None:
        with self._at_work(CADRE, moment) as vote:
            for one in self._waiting(vote, State.ENTERED)[:most]:
                read = self.marks[one.unit_no]
                slipped = f"{'2' if read[0] == '1' else '1'}{read[1:]}"
                ballot_entry.enter(vote, one.serial, read if one.serial % _SLIP else slipped)

    def _rule(self, moment: datetime) -> None:
        with self._at_work(SUPERVISOR, moment) as vote:
            for one in self._waiting(vote, State.DISPUTED):
                ballot_entry.rule(vote, one.serial, self.marks[one.unit_no], "第 1 项对照原票，第二遍看错了一栏。")

    def _waiting(self, vote: Vote, state: State) -> list[rows.Ballot]:
        """The ballots in that state, once the votes are to be counted: while an extension may come nobody reads."""
        tasks = {task.name for task in vote.dossier.work.open_tasks(self.place.estate_id)}
        if _COUNTED not in tasks:
            return []
        return [one for one in vote.dossier.ballots if one.state == state and one.unit_no in self.marks]

    def _held(self, people: Mapping[Part, Sequence[str]], moment: datetime) -> None:
        """Open the count, each box and close it, and have everybody sign."""
        told = {part.value: "、".join(these) for part, these in people.items()}
        with self._at_work(CADRE, moment) as vote:
            count_session.open_(vote, told)
        with self._at_work(CADRE, moment) as vote:
            papers = count_session.papers_back(vote.dossier)
        boxes = (("1 号票箱（社区服务站）", papers * 2 // 3), ("2 号流动票箱", papers - papers * 2 // 3))
        for label, found in boxes:
            with self._at_work(CADRE, moment) as vote:
                count_session.box(vote, {"label": label, "sealed": "是", "papers": str(found)})
        with self._at_work(CADRE, moment) as vote:
            count_session.close(vote, {})
        with self._at_work(CADRE, moment) as vote:
            count_session.sign(vote, {f"sign-{name}": "1" for these in people.values() for name in these})


_AT_ONCE = 500


def _at(on: str, hour: time, zone: datetime) -> datetime:
    return datetime.combine(datetime.fromisoformat(on).date(), hour, zone.tzinfo)
