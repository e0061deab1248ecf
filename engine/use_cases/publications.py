"""How each notice of an estate was published: on its boards, to owners and residents' committee, with their replies.

Where an estate keeps its boards, a notice hangs on every one of them, and the step that ends its days waits until each
is whole; where it keeps none, only a break that somebody recorded stops that step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine import events
from engine.errors import Problem
from engine.rules import posting
from engine.rules.posting import Break, Chain, Finding, State, What
from engine.rules.procedure import Notice as MeetingNotice
from engine.store import notices
from engine.store.notices import Arrival, Notice, Posting, Seen, Voice
from engine.use_cases.dossier import Answers, Dossier
from engine.use_cases.telling import SUBJECTS

#: How long a notice has to hang, by its subject: the pack's parameter in days.  Others hang without a lawful end.
LENGTHS: Mapping[str, str] = {
    "plan": "plan_comment_period",
    "meeting": "assembly_notice",
    "roster": "roster_objection",
    "result": "objection_period",
    "handover_plan": "handover_plan_notice",
    "first_disclosure": "disclosure_display",
}


@dataclass(frozen=True)
class _End:
    """The step that ends a publication on the day in ``field``; ``blocks`` unless a gate of its own decides on it."""

    subject: str
    field: str
    blocks: bool = True


#: By task. The meeting notice is judged when the votes are counted: whether its days were full is the gate's to say.
_ENDS: Mapping[str, _End] = {
    "settle_comments": _End("plan", "closed_on"),
    "settle_roster_objections": _End("roster", "settled_on"),
    "count_votes": _End("meeting", "counted_on", blocks=False),
    "settle_objections": _End("result", "closed_on"),
}


#: What a day shows, the gravest first.
_SIGNS: Mapping[What, str] = {
    What.GONE: "gone",
    What.DOWN: "down",
    What.PHOTO: "photo",
    What.WITNESSED: "witnessed",
    What.AGAIN: "again",
}


@dataclass(frozen=True)
class OnBoard:
    """A notice on one board, what was found there, and how its days stand."""

    posting: Posting
    seen: Sequence[Seen]
    chain: Chain

    def signs(self, days: Sequence[date], today: date) -> list[tuple[date, str]]:
        """What is to be said of each day: a value of ``_SIGNS``, or ``due``, ``missed``, ``hung``, ``ahead``."""
        return [(day, self._sign(day, today)) for day in days]

    def _sign(self, day: date, today: date) -> str:
        told = [What(one.what) for one in self.seen if one.on == day.isoformat()]
        for what, sign in _SIGNS.items():
            if what in told:
                return sign
        for window, on in self.chain.windows:
            if on is None and day == (window.last or window.first):
                return "missed" if day < today and window.last else "due"
        return "hung" if day <= today and not self._away(day) else "ahead"

    def _away(self, day: date) -> bool:
        before = [What(one.what) for one in self.seen if one.on < day.isoformat()]
        return bool(before) and before[-1] in {What.GONE, What.DOWN}


@dataclass(frozen=True)
class Publication:
    """A notice with all that is known of how it was published by ``today``.

    ``kept`` says whether its boards are those that the estate keeps.  ``units`` are those that have to be reached.
    """

    notice: Notice
    needed: int
    kept: bool
    today: date
    boards: Sequence[OnBoard]
    arrivals: Sequence[Arrival]
    voices: Sequence[Voice]
    units: Sequence[str]

    @property
    def title(self) -> str:
        """What it is called."""
        return SUBJECTS[self.notice.subject]

    @property
    def posted_on(self) -> date:
        """When the step says that it was posted."""
        return date.fromisoformat(self.notice.posted_on)

    @property
    def reached(self) -> list[Arrival]:
        """The units that it reached."""
        return [one for one in self.arrivals if one.unit_no]

    @property
    def missing(self) -> list[str]:
        """The units that it has not reached."""
        there = {one.unit_no for one in self.arrivals}
        return [unit for unit in self.units if unit not in there]

    @property
    def committee_on(self) -> str:
        """When the residents' committee had it, empty when nobody noted it."""
        return next((one.on for one in self.arrivals if not one.unit_no), "")

    @property
    def last_on(self) -> str:
        """When the last unit had it, empty when none is on record."""
        return max((one.on for one in self.reached), default="")

    @property
    def served(self) -> bool:
        """Whether every unit is on record as reached, so that its boards are not how it was served."""
        return bool(self.units) and not self.missing

    @property
    def hung_since(self) -> date:
        """The day from which it counts on the last of its boards; one that reached everybody counts on unbroken."""
        days = [self.posted_on] if self.served else [self.posted_on, *(one.chain.since for one in self.boards)]
        return max(days)

    @property
    def completed_on(self) -> date:
        """The day from which its period runs: the last completed service (民法典 137; 物业管理条例 14)."""
        noted = [date.fromisoformat(on) for on in (self.last_on, self.committee_on) if on]
        return max([self.hung_since, *noted])

    @property
    def end(self) -> date:
        """The day on which its days are full, from the last completed service and on every board."""
        return max([self.completed_on + timedelta(self.needed), *(one.chain.end for one in self.boards)])

    @property
    def red(self) -> list[OnBoard]:
        """The boards where somebody has to act."""
        return [one for one in self.boards if one.chain.red and (self.kept or one.chain.state is State.BROKEN)]

    @property
    def whole(self) -> int:
        """On how many boards its days are full and proved."""
        return sum(one.chain.whole for one in self.boards)

    @property
    def days(self) -> list[date]:
        """The days that the matrix of its boards shows."""
        found = [date.fromisoformat(each.on) for one in self.boards for each in one.seen]
        last = max([self.posted_on, *(one.chain.end for one in self.boards), *found])
        return [self.posted_on + timedelta(day) for day in range((last - self.posted_on).days + 1)]

    @property
    def unanswered(self) -> list[Voice]:
        """What owners said that nobody has answered."""
        return [one for one in self.voices if not one.answered_on]


def of_estate(dossier: Dossier, today: date | None = None) -> list[Publication]:
    """Every notice of the estate, the latest first."""
    known = notices.listed(dossier.work, dossier.estate_id)
    return [_publication(dossier, one, today or dossier.today) for one in reversed(known)]


def one(dossier: Dossier, notice_id: int) -> Publication | None:
    """One notice of the estate; None where there is no such that counts."""
    known = notices.listed(dossier.work, dossier.estate_id)
    return next((_publication(dossier, each, dossier.today) for each in known if each.id == notice_id), None)


def latest(dossier: Dossier, subject: str, today: date) -> Publication | None:
    """The latest notice about ``subject`` as it stood on that day."""
    known = [each for each in notices.listed(dossier.work, dossier.estate_id) if each.subject == subject]
    return _publication(dossier, known[-1], today) if known else None


def _publication(dossier: Dossier, notice: Notice, today: date) -> Publication:
    work, key = dossier.work, LENGTHS.get(notice.subject)
    needed = dossier.pack.days(key) if key else 0
    hung = notices.postings(work, [notice.id])
    seen = notices.seen(work, [notice.id])
    names = set(notices.kept_boards(work, dossier.estate_id, retired=True))
    posted_on, rule = date.fromisoformat(notice.posted_on), rule_of(dossier)

    def chain(one: Posting) -> Chain:
        return posting.chain(posted_on, needed, _findings(seen.get(one.id, ())), today, rule)

    boards = [OnBoard(each, seen.get(each.id, ()), chain(each)) for each in hung]
    return Publication(
        notice,
        needed,
        any(each.place in names for each in hung),
        today,
        boards,
        notices.arrivals(work, notice.id),
        notices.voices(work, notice.id),
        list(dossier.electorate.units) if dossier.roster_version else [],
    )


def rule_of(dossier: Dossier) -> Break:
    """What the pack says of a break; one from before says nothing, and the stricter holds."""
    known = "posting_break" in dossier.pack.parameters
    return Break(str(dossier.pack.value("posting_break"))) if known else Break.RESTART


def chain_of(dossier: Dossier, notice: Notice, needed: int, found: Sequence[Finding]) -> Chain:
    """How a notice hangs on a board today, with what was ``found`` there."""
    return posting.chain(date.fromisoformat(notice.posted_on), needed, found, dossier.today, rule_of(dossier))


def _findings(seen: Sequence[Seen]) -> list[Finding]:
    return [Finding(date.fromisoformat(one.on), What(one.what)) for one in seen]


def noticed(dossier: Dossier, stated: MeetingNotice) -> MeetingNotice:
    """The meeting notice as it was ``stated``, moved on to what the records show."""
    shown = latest(dossier, "meeting", dossier.today)
    if shown is None:
        return stated
    days = {"posted_on": shown.hung_since}
    if shown.last_on:
        days["all_owners_notified_on"] = date.fromisoformat(shown.last_on)
    if shown.committee_on:
        days["committee_told_on"] = date.fromisoformat(shown.committee_on)
    return MeetingNotice(
        **{name: max(getattr(stated, name), days.get(name, date.min)) for name in _DAYS},
        items=stated.items,
        short_notice_reason=stated.short_notice_reason,
    )


_DAYS = ("posted_on", "all_owners_notified_on", "committee_told_on")
#: So many boards are named in a message.
_NAMED = 5


def posting_problems(dossier: Dossier, answers: Answers) -> list[Problem]:
    """Why a notice does not count as posted: it does not hang on every board that the estate keeps."""
    there = notices.kept_boards(dossier.work, dossier.estate_id)
    if not there or answers["boards"] == len(there):
        return []
    message = f"小区登记的公告栏有 {len(there)} 处，填了 {answers['boards']} 处；请贴齐，或先到“公示”里更正。"
    return [Problem("boards", message)]


def ending_problems(dossier: Dossier, task: str, answers: Answers) -> list[Problem]:
    """Why a step may not end a publication yet: a board's days are broken or not full, or an owner has no answer."""
    end = _ENDS.get(task)
    if end is None or not end.blocks:
        return []
    found, day = [], answers[end.field]
    for subject in (end.subject, "meeting") if end.subject == "roster" else (end.subject,):
        shown = latest(dossier, subject, day)
        if shown is not None:
            found += _board_problems(shown, end, subject)
    if (shown := latest(dossier, end.subject, day)) and shown.unanswered:
        units = "、".join(each.unit_no or "不具名" for each in shown.unanswered[:_NAMED])
        message = f"{shown.title}还有 {len(shown.unanswered)} 条异议或询问没有答复（{units}）；请先在“公示”里答复。"
        found.append(Problem(end.field, message))
    return found


def _board_problems(shown: Publication, end: _End, subject: str) -> list[Problem]:
    """The boards that keep a publication open; of another subject than the one that ends only those that are broken."""
    strict = shown.kept and subject == end.subject
    found = []
    for each in shown.boards:
        chain = each.chain
        waits = not chain.whole and (strict or (subject == end.subject and bool(chain.gone)))
        if chain.state is State.BROKEN or waits:
            why = chain.says or f"公示到 {chain.end} 才满 {chain.needed} 天（从 {chain.since} 算起）"
            why = "没有期满照片；请拍照登记" if not chain.says and chain.end <= shown.today else why
            found.append(f"{each.posting.name}：{why.rstrip('。')}")
    if not found:
        return []
    more = f"等 {len(found)} 处" if len(found) > _NAMED else ""
    return [Problem(end.field, f"{shown.title}还不能结束。{'；'.join(found[:_NAMED])}{more}。")]


def ended(dossier: Dossier, task: str, answers: Answers) -> None:
    """Where an estate keeps its boards, note in its log how the notice was published that this step ends."""
    end = _ENDS.get(task)
    shown = latest(dossier, end.subject, answers[end.field]) if end else None
    if end is None or shown is None or not shown.kept:
        return
    said = events.PublicationEnded(
        subject=end.subject,
        on=answers[end.field].isoformat(),
        boards=len(shown.boards),
        whole=shown.whole,
        restarted=sum(bool(each.chain.gone) for each in shown.boards),
        units=len(shown.units),
        reached=len(shown.units) - len(shown.missing),
        last_on=shown.last_on,
        committee_on=shown.committee_on,
        heard=len(shown.voices),
        answered=len(shown.voices) - len(shown.unanswered),
    )
    dossier.work.append(dossier.estate_id, said)
