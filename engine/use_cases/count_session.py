"""The counting session of a vote 计票现场: opened by named people, box after box, closed, and signed by each of them.

Nobody has to hold one here: what was counted on paper alone is brought as the signed sheet.  Once one is opened, the
votes are counted only when it is closed and signed.  A recount has a session of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine import events
from engine.errors import InvalidAnswers, Problem
from engine.rules import count_session as rules
from engine.rules.count_session import PARTS, Box, Part, Session
from engine.store import count_sessions, desk
from engine.store.count_sessions import Act
from engine.store.registers import ELECTRONIC
from engine.use_cases import ballots, counting, voting
from engine.use_cases.ballots import Vote
from engine.use_cases.dossier import Dossier

#: Who holds the count, and who besides may say that somebody signed before their eyes.
HOLDING = ("社区干部", "业委会/物管会")
WITNESSING = (*HOLDING, "监察人", "街道")
OPENED, BOX, PAUSED, RESUMED, CLOSED, REOPENED, SIGNED = (
    "OPENED", "BOX", "PAUSED", "RESUMED", "CLOSED", "REOPENED", "SIGNED",
)  # fmt: skip
_COMPANY, _OWNERS_BODY = "物业企业", "业委会/物管会"
_LONGEST, _MOST = 500, 10_000


@dataclass(frozen=True)
class Held:
    """A count as it is recorded: the session with what happened; ``acts`` is empty while none is opened."""

    number: int
    session: Session
    acts: Sequence[Act] = field(default=())

    @property
    def opened(self) -> bool:
        """Whether somebody opened it."""
        return bool(self.acts)


def held(dossier: Dossier) -> Held:
    """The session of the count that is under way or to come, else of the one that was made last."""
    made = dossier.times("count_votes", since="freeze_roster")
    number = made if voting.counted(dossier) else made + 1
    acts = count_sessions.acts(dossier.work, dossier.estate_id, dossier.round) if dossier.convened else []
    mine = [act for act in acts if act.session == number]
    return Held(number, _session(mine), mine)


def _session(acts: Sequence[Act]) -> Session:
    session = Session({}, {})
    for act in acts:
        session = _MOVES[act.kind](session, act)
    return session


def _opened(session: Session, act: Act) -> Session:
    return replace(session, people={part: tuple(act.row["people"][part]) for part in Part})


def _boxed(session: Session, act: Act) -> Session:
    return replace(session, boxes={**session.boxes, act.row["label"]: Box(**act.row)})


_MOVES: Mapping[str, Callable[[Session, Act], Session]] = {
    OPENED: _opened,
    BOX: _boxed,
    PAUSED: lambda session, act: replace(session, paused=act.row["note"]),
    RESUMED: lambda session, act: replace(session, paused=""),
    CLOSED: lambda session, act: replace(session, closed=True, difference=act.row["difference"], signed=()),
    REOPENED: lambda session, act: replace(session, closed=False, difference="", signed=()),
    SIGNED: lambda session, act: replace(session, signed=(*session.signed, act.row["name"])),
}


def papers_back(dossier: Dossier) -> int:
    """How many ballots of paper came back, those of a platform left out."""
    electronic = sum(one.channel == ELECTRONIC for one in dossier.ballot_returns)
    if not electronic and dossier.times("record_evote_result", since="freeze_roster"):
        electronic = dossier.answers("record_evote_result")["electronic"]
    return len(dossier.ballot_returns) - electronic


def locked(vote: Vote) -> str:
    """Why there is nothing to record, empty while there is: before the box is sealed, or once the votes are counted."""
    if vote.unread:
        return vote.unread
    if not vote.dossier.times("close_voting", since="freeze_roster"):
        return "票箱还没有封存；截止、封箱以后才开始计票。"
    if voting.counted(vote.dossier):
        return "已经计票，现场记录不再改动；复核时另开一次。"
    return ""


# acts


def open_(vote: Vote, given: Mapping[str, str]) -> None:
    """Open a count by those who are named for each part.  Raises NotPermitted, InvalidAnswers."""
    now = _at_work(vote, HOLDING)
    if now.opened:
        raise _refused("HOST", "计票已经开始；换人的请写进暂停的原因，名单以开始时的为准。")
    people = {part: rules.names(given.get(part, "")) for part in Part}
    _refuse(rules.people_problems(people, barred(vote.dossier), _scrutineers_min(vote.dossier)))
    _record(vote, now, OPENED, {"people": {part.value: named for part, named in people.items()}})
    vote.dossier.work.append(vote.dossier.estate_id, events.CountOpened(now.number))


def barred(dossier: Dossier) -> rules.Barred:
    """Who may not take part."""
    return rules.Barred(
        [item.candidate for item in counting.items(dossier) if item.candidate], _company(dossier), _body(dossier)
    )


def _company(dossier: Dossier) -> set[str]:
    """The people of the company that serves there, and of the one that was chosen, as far as they are known by name."""
    work, chosen = dossier.work, dossier.answers_if_any("select_company")
    node = desk.node_of(work, dossier.estate_id)
    above = desk.above(work, node) if node else []
    accounts = {one.name for one in desk.holders(work, above) if one.role == _COMPANY}
    named = {chosen.get(field) for field in ("legal_representative", "project_manager")}
    return {name for name in {work.people(dossier.estate_id).get(_COMPANY), *accounts, *named} if name}


def _body(dossier: Dossier) -> set[str]:
    """Who sits in the owners' body that holds the vote."""
    members = dossier.answers_if_any("verify_owners_body").get("members") or ()
    holder = dossier.work.people(dossier.estate_id).get(_OWNERS_BODY)
    return {name for name in {holder, *(row["name"] for row in members)} if name}


def _scrutineers_min(dossier: Dossier) -> int:
    """How many watch at least; a pack from before has no such number."""
    least = dossier.pack.parameters.get("scrutineers_min")
    return int(str(least.value)) if least else 1


def box(vote: Vote, given: Mapping[str, str]) -> None:
    """Record a box that was opened, or one again that was counted wrongly.  Raises NotPermitted, InvalidAnswers."""
    now = going_on(vote)
    papers, problems = given.get("papers", "").strip(), []
    if not papers.isdecimal() or int(papers) > _MOST:
        problems = [Problem("papers", f"“{papers}”不是张数；请写箱里清点出的表决票张数。")]
    made = Box(
        _text(given, "label", 60),
        given.get("sealed") != "否",
        int(papers) if not problems else 0,
        _text(given, "note"),
    )
    _refuse([*problems, *rules.box_problems(made)])
    _record(vote, now, BOX, vars(made))


def pause(vote: Vote, given: Mapping[str, str]) -> None:
    """Pause, with the reason; or go on.  Raises NotPermitted, InvalidAnswers."""
    now, note = going_on(vote), _text(given, "pause")
    if now.session.paused:
        _record(vote, now, RESUMED, {})
        return
    if not note:
        raise _refused("pause", "没有写暂停的原因；请写为什么停、票由谁看管。")
    _record(vote, now, PAUSED, {"note": note})


def close(vote: Vote, given: Mapping[str, str]) -> None:
    """Close the count once every box is counted.  Raises NotPermitted, InvalidAnswers."""
    now, difference = going_on(vote), _text(given, "difference")
    came_back = papers_back(vote.dossier)
    _refuse(rules.closing_problems(now.session, came_back, difference))
    difference = difference if now.session.papers != came_back else ""
    _record(vote, now, CLOSED, {"difference": difference, "came_back": came_back})
    vote.dossier.work.append(vote.dossier.estate_id, events.CountClosed(now.number, now.session.papers, came_back))


def reopen(vote: Vote, given: Mapping[str, str]) -> None:
    """Open a closed count again, with the reason: its signatures lapse.  Raises NotPermitted, InvalidAnswers."""
    now, note = _at_work(vote, HOLDING), _text(given, "reopen")
    if not now.session.closed:
        raise _refused("reopen", "计票还没有结束，可以直接登记。")
    if not note:
        raise _refused("reopen", "没有写为什么重新打开；请写哪里要改，已经登记的签字随之失效。")
    _record(vote, now, REOPENED, {"note": note})


def sign(vote: Vote, given: Mapping[str, str]) -> list[str]:
    """Record who signed the record; their names.  Raises NotPermitted, InvalidAnswers."""
    now = _at_work(vote, WITNESSING)
    if not now.session.closed:
        raise _refused("sign", "计票还没有结束；结束以后再登记签字。")
    signing = [name for name in now.session.unsigned if given.get(f"sign-{name}")]
    if not signing:
        raise _refused("sign", "没有选谁签了字；请勾选已经在纸质记录上签字的人。")
    for step, name in enumerate(signing):
        _record(vote, now, SIGNED, {"name": name}, step)
    return signing


def _at_work(vote: Vote, lanes: Sequence[str]) -> Held:
    ballots.permitted(vote, lanes, sealed=True)
    if why := locked(vote):
        raise _refused("session", why)
    return held(vote.dossier)


def going_on(vote: Vote) -> Held:
    """The session that is open.  Raises NotPermitted, InvalidAnswers where none is."""
    now = _at_work(vote, HOLDING)
    if not now.opened:
        raise _refused("session", "计票还没有开始；请先登记主持人、唱票人、计票人和监票人。")
    if now.session.closed:
        raise _refused("session", "计票已经结束；要改的请先重新打开，并写明原因。")
    return now


def _record(vote: Vote, now: Held, kind: str, row: Mapping[str, object], after: int = 0) -> None:
    dossier, step = vote.dossier, len(now.acts) + 1 + after
    count_sessions.record(dossier.work, dossier.estate_id, dossier.round, now.number, step, kind, row)


def _text(given: Mapping[str, str], name: str, longest: int = _LONGEST) -> str:
    return given.get(name, "").strip()[:longest]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InvalidAnswers(problems, "没有登记。")


def _refused(field_: str, message: str) -> InvalidAnswers:
    return InvalidAnswers([Problem(field_, message)], "没有登记。")


# what others ask of it


def problems(dossier: Dossier, counters: str, scrutineers: str) -> list[Problem]:
    """Why the votes may not be counted on the session as it stands; without one, who is named and may not be."""
    now = held(dossier)
    if not now.opened:
        return rules.paper_problems(counters, scrutineers, barred(dossier), _scrutineers_min(dossier))
    return rules.counting_problems(now.session, counters, scrutineers)


def said(dossier: Dossier, *parts: Part) -> str:
    """Those who have these parts in the session that is under way, as a form names them."""
    return "、".join(name for part, name in held(dossier).session.everybody if part in parts)


def printed(dossier: Dossier) -> dict[str, object]:
    """The session as a paper prints it; without one everything in it is empty."""
    now = held(dossier)
    session = now.session
    return {
        "held": now.opened,
        "people": [{"part": PARTS[part], "name": name} for part, name in session.everybody],
        "boxes": [
            {"label": one.label, "seal": _seal(one), "papers": one.papers, "note": one.note or None}
            for one in session.boxes.values()
        ],
        "papers": session.papers,
        "came_back": papers_back(dossier) if now.opened else None,
        "difference": session.difference or None,
        "pauses": [act.row["note"] for act in now.acts if act.kind == PAUSED],
        "reopened": [act.row["note"] for act in now.acts if act.kind == REOPENED],
    }


def _seal(box: Box) -> str:
    return "完好" if box.sealed else "有破损"
