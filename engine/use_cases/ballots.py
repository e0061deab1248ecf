"""The ballots of a vote one by one: found by serial or code, given out, delivered, refused, and come back."""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine import events, pictures
from engine.documents import code
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import ballot_life
from engine.rules.ballot_life import Act, State
from engine.rules.roster import masked
from engine.store import ballots, documents, rows
from engine.store.ballots import Happened, Moved
from engine.store.desk import EstateListed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import ballot_register, counting, disclosing, hands, powers, vote_turns, voting
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

#: Who carries ballots to the door and back, and who reads them; the arbiter is a third person (decisions 39).
CARRYING = ("社区干部", "网格员")
ENTERING = (*CARRYING, "业委会/物管会")
ARBITRATING = (*ENTERING, "监察人", "街道")
_SERIAL = re.compile(r"0*(\d{1,7})")
_RANGE = re.compile(r"0*(\d{1,7})(?:\s*[-－–~～至到]\s*0*(\d{1,7}))?")
_TOKEN = re.compile(r"[a-z2-7]{26}")
#: How far one act may reach at once.
_AT_ONCE = 500


@dataclass(frozen=True)
class Vote:
    """The vote of an estate as this member finds it.

    ``locked`` says why its ballots do not move, if they do not; ``unread`` why none is entered or decided on;
    ``sees`` whether this member sees the names of owners in full.
    """

    dossier: Dossier
    estate: EstateListed
    member: Member
    lanes: frozenset[str]
    locked: str
    unread: str
    sees: bool

    @property
    def carries(self) -> bool:
        """Whether this member gives out and takes back."""
        return not self.lanes.isdisjoint(CARRYING)

    @property
    def sealed(self) -> bool:
        """Whether the box is sealed, so that nothing is given out or taken back."""
        return bool(self.locked) and not self.unread

    @property
    def enters(self) -> bool:
        """Whether this member reads ballots."""
        return not self.lanes.isdisjoint(ENTERING)

    @property
    def arbitrates(self) -> bool:
        """Whether this member may settle what others entered differently."""
        return not self.lanes.isdisjoint(ARBITRATING)

    def named(self, name: str | None) -> str:
        """A name as this member may see it."""
        return (name if self.sees else masked(name)) if name else ""


def vote(work: UnitOfWork, library: Library, member: Member, estate_id: int) -> Vote:
    """The vote of an estate.  Raises NotFound, NotPermitted for roles that do not work with owners."""
    estate = disclosing.estate(work, member, estate_id)
    dossier = Dossier(work, library, estate_id)
    acting = hands.lanes_of(work, member.name, estate_id)
    unread, sees = _unread(dossier), powers.sees(acting, member.name, "owners").yes
    return Vote(dossier, estate, member, frozenset(acting), unread or _sealed(dossier), unread, sees)


def _unread(dossier: Dossier) -> str:
    """Why no ballot is there to be given out or read, empty while there is one (screens §5.4)."""
    if dossier.estate.status != "running":
        return "小区已暂停或已结束办理，表决票不能登记。"
    if not dossier.convened and dossier.round in dossier.voided:
        return "这次表决已宣布作废，票随之作废，不再收发、录入，原票封存备查；重新公告、定版名册以后另发新票。"
    if not dossier.convened:
        return "名册未定版，不能发票。"
    if not ballots.printed(dossier.work, dossier.estate_id, dossier.round):
        if flaws := vote_turns.flaws(dossier, "opening", "prepare_meeting_notice"):
            why = "；".join(flaw.rstrip("。") for flaw in flaws)
            return f"表决没有开始：{why}。由召集人宣布作废、更正后重新公告。"
        return "表决票还没有印制；会议公告张贴、名册异议处理完以后自动生成。"
    return ""


def _sealed(dossier: Dossier) -> str:
    """Why ballots are neither given out nor taken back any more, empty until the box is sealed."""
    if dossier.times("close_voting", since="freeze_roster"):
        return "票箱已经封存，票不再收发；开箱后照常录入，录错的可以提出异议，由裁定员更正。"
    return ""


def permitted(vote: Vote, lanes: Sequence[str], *, sealed: bool = False) -> None:
    """Raise NotPermitted unless this member may act on ballots now; ``sealed`` is what goes on once the box is."""
    if vote.lanes.isdisjoint(lanes):
        raise NotPermitted(lane="或".join(lanes))
    if why := vote.unread if sealed else vote.locked:
        raise NotPermitted(why)


# found


def serial_of(vote: Vote, text: str) -> int:
    """The serial that somebody typed or scanned.  Raises InvalidAnswers for another estate's or no ballot's code."""
    typed = typed_serial(text.strip())
    return coded(vote.dossier, text.strip()) if typed is None else typed


def coded(dossier: Dossier, text: str) -> int:
    """The serial that a ballot's code holds.  Raises InvalidAnswers for another estate's or no ballot's code."""
    held = code.held(text)
    if held is None:
        raise _refused("serial", "这不是表决票的票号，也不是票上的二维码；请输入票号。")
    estate_id = ballot_paper(dossier.work, held.token)
    if estate_id is None:
        raise _refused("serial", "这个二维码不是表决票上的；请扫描票面右上角的二维码，或输入票号。")
    if estate_id != dossier.estate_id:
        raise _refused("serial", "这是另一个小区的表决票，没有登记；请放在一边，送还那个小区。")
    said, _, digits = text.rpartition("#")[2].partition(".")
    behind = typed_serial(said)
    if behind is None:
        raise _refused("serial", "二维码里没有票号；请输入票面上的票号。")
    printed = documents.receipt(dossier.work.public.key, estate_id, behind)
    if digits and not hmac.compare_digest(digits.encode(), printed.encode()):
        raise _refused("serial", f"二维码说是第 {behind:06d} 号票，查询码却不是这一号的：不是我们印的票，请单独存放。")
    return behind


def typed_serial(text: str) -> int | None:
    """A serial as it stands on paper; None where the text is none."""
    found = _SERIAL.fullmatch(text.strip())
    return int(found[1]) if found else None


def ballot_paper(work: UnitOfWork, token: str) -> int | None:
    """The estate whose ballots were printed under this token; None where they were not."""
    return ballots.printed_for(work, token) if _TOKEN.fullmatch(token) else None


def ballot(vote: Vote, serial: int) -> rows.Ballot:
    """A ballot of this vote, as :func:`registered`."""
    return registered(vote.dossier, serial)


def registered(dossier: Dossier, serial: int) -> rows.Ballot:
    """A ballot of this vote.  Raises InvalidAnswers for one of another vote, NotFound for one that never was."""
    found = ballots.by_serial(dossier.work, dossier.estate_id, serial)
    if found is None:
        raise NotFound(what=f"第 {serial:06d} 号票")
    one, meeting = found
    if not dossier.convened or meeting != dossier.round:
        raise _refused("serial", f"第 {serial:06d} 号票是另一次会议的，本次表决不收；请单独存放，不要投入票箱。")
    return one


@dataclass(frozen=True)
class BallotPage:
    """A ballot with what happened to it; ``bought`` names the new owners of a unit that changed hands, masked."""

    ballot: rows.Ballot
    state: State
    history: Sequence[Happened]
    back: rows.BallotReturn | None
    entered_by: Sequence[str]
    replaced_by: int
    bought: str
    evoted: bool


def page(vote: Vote, serial: int) -> BallotPage:
    """One ballot.  Raises NotFound, InvalidAnswers."""
    one, dossier = ballot(vote, serial), vote.dossier
    unit = ballot_register.bought(dossier, one.unit_no)
    following = [other for other in dossier.ballots if (other.unit_no, other.issue) == (one.unit_no, one.issue + 1)]
    return BallotPage(
        one,
        voting.states(dossier)[serial],
        ballots.history(dossier.work, one.id),
        next((back for back in dossier.ballot_returns if back.ballot_id == one.id), None),
        [entry.actor for entry in ballots.entries(dossier.work, [one.id]).get(one.id, ())],
        following[0].serial if following else 0,
        unit.names if unit else "",
        ballot_register.evoted([back for back in dossier.ballot_returns if back.ballot_id == one.id]),
    )


# acts


def issue(vote: Vote, text: str, person: str) -> int:
    """Give serials, as ``1-30 45``, to somebody who takes them to the door; how many.  Raises InvalidAnswers."""
    permitted(vote, CARRYING)
    problems = [] if person.strip() else [Problem("person", "没有写领票人；请写领走这些票的人。")]
    wanted = _several(vote, text, problems)
    for one in wanted:
        problems += ballot_register.unfit(one, Act.ISSUE, "serials")
    _refuse(problems)
    moved = [Moved(one, State.ISSUED, "ISSUED", {"issued_to": person.strip()}, person.strip()) for one in wanted]
    ballots.move(vote.dossier.work, moved)
    vote.dossier.work.append(vote.dossier.estate_id, events.BallotsIssued(len(moved)))
    return len(moved)


def hand_back(vote: Vote, text: str) -> int:
    """Take ballots that were not delivered back into hand; how many.  Raises InvalidAnswers."""
    permitted(vote, CARRYING)
    problems: list[Problem] = []
    wanted = _several(vote, text, problems)
    for one in wanted:
        problems += ballot_register.unfit(one, Act.HAND_BACK, "serials")
    _refuse(problems)
    ballots.move(vote.dossier.work, [Moved(one, State.IN_HAND, "HANDED_BACK", {"issued_to": None}) for one in wanted])
    vote.dossier.work.append(vote.dossier.estate_id, events.BallotsHandedBack(len(wanted)))
    return len(wanted)


def _several(vote: Vote, text: str, problems: list[Problem]) -> list[rows.Ballot]:
    """The ballots of this vote with these serials, each once."""
    of = {one.serial: one for one in vote.dossier.ballots}
    serials: dict[int, None] = {}
    for part in re.split(r"[\s,，、;；]+", re.sub(r"\s*([-－–~～至到])\s*", r"\1", text.strip())):
        found = _RANGE.fullmatch(part)
        if found is None:
            problems.append(Problem("serials", f"“{part}”不是票号；请写成 1-30 或 1、2、3。"))
            continue
        first, last = int(found[1]), int(found[2] or found[1])
        if not first <= last < first + _AT_ONCE:
            problems.append(Problem("serials", f"“{part}”从小到大，一次最多 {_AT_ONCE} 张；请分几次登记。"))
            continue
        serials.update(dict.fromkeys(range(first, last + 1)))
    if missing := [serial for serial in serials if serial not in of]:
        problems.append(Problem("serials", f"{ballot_life.said(missing)}不在本次表决的登记簿里；请核对票号。"))
    return [of[serial] for serial in serials if serial in of]


def deliver(vote: Vote, serial: int, given: Mapping[str, str], photo: bytes = b"") -> None:
    """Enter that a ballot arrived: ``mode``, ``receiver``, ``by`` whom, ``proof``, ``on``, and a photo of it.

    Raises InvalidAnswers.
    """
    permitted(vote, CARRYING)
    one = ballot(vote, serial)
    problems = ballot_register.unfit(one, ballot_register.delivery(one, given.get("mode", "")), "serial")
    _hand_out(vote, one, given, problems, photo)


def replace(vote: Vote, serial: int, given: Mapping[str, str]) -> None:
    """Spoil a ballot for a ``reason`` and print a new one, delivered too where ``mode`` says how.

    Raises InvalidAnswers.
    """
    permitted(vote, CARRYING)
    one = ballot(vote, serial)
    _hand_out(vote, one, {**given, "replaces": str(serial)}, ballot_register.unfit(one, Act.SPOIL, "serial"))


def _hand_out(
    vote: Vote, one: rows.Ballot, given: Mapping[str, str], problems: list[Problem], photo: bytes = b""
) -> None:
    mode = given.get("mode", "")
    if mode in {"VISIT", "PICK_UP"} and not given.get("receiver", "").strip():
        problems.append(Problem("receiver", "没有写签收人；请写当面收下表决票的人。"))
    if mode not in {"VISIT", "PICK_UP", counting.ON_SITE, ""} and not given.get("proof", "").strip():
        problems.append(Problem("proof", "没有写送达证明；请写快递单号、挂号信回执号或平台回执。"))
    kept = _photo(vote, photo, problems)
    _refuse(problems)
    row = {**given, "unit_no": one.unit_no, "on": given.get("on") or vote.dossier.today.isoformat(), **kept}
    _placed(lambda: ballot_register.hand_out(vote.dossier, [row]))


def _photo(vote: Vote, photo: bytes, problems: list[Problem]) -> dict[str, str]:
    """The photo of a delivery as it came, and the copy without a position that others see."""
    shown, names = None, ("proof_file", "proof_screen")
    try:
        shown = pictures.read(photo) if photo else None
    except pictures.Unfit as error:
        problems.append(Problem("photo", str(error)))
    if photo and shown is None and not problems:
        problems.append(Problem("photo", "这是 PDF，不是照片；请拍签收单或门口的照片。"))
    content = (photo, shown.screen) if shown and not problems else ()
    kept = [documents.keep(vote.dossier.work, each) for each in content] or ["", ""]
    return dict(zip(names, kept, strict=True))


def delivery_photo(vote: Vote, serial: int) -> bytes:
    """The photo of how a ballot was delivered, JPEG.  Raises NotFound, NotPermitted."""
    one = ballot(vote, serial)
    if not vote.sees:
        raise NotPermitted("送达照片上有住户信息，只给本小区办理表决的人看。")
    if not one.proof_screen:
        raise NotFound(what="这张票的送达照片")
    return vote.dossier.work.files.read(one.proof_screen)


def refuse(vote: Vote, serial: int, note: str) -> None:
    """Enter that a ballot was refused, and how.  Raises InvalidAnswers."""
    _not_delivered(vote, serial, Act.REFUSE, note)


def miss(vote: Vote, serial: int, note: str) -> None:
    """Enter that nobody could be reached, and how it was tried.  Raises InvalidAnswers."""
    _not_delivered(vote, serial, Act.MISS, note)


def _not_delivered(vote: Vote, serial: int, act: Act, note: str) -> None:
    permitted(vote, CARRYING)
    one = ballot(vote, serial)
    problems = ballot_register.unfit(one, act, "serial")
    if not note.strip():
        problems.append(Problem("note", "没有写经过；请写时间、在场的人和对方说了什么。"))
    _refuse(problems)
    state = ballot_life.MOVES[act][1]
    ballots.move(vote.dossier.work, [Moved(one, state, str(state), note=note.strip())])
    vote.dossier.work.append(vote.dossier.estate_id, events.BallotNotDelivered(serial, state))


def take(vote: Vote, serial: int, given: Mapping[str, str]) -> None:
    """Enter that a ballot came back, signed by whom and by what right.  Raises InvalidAnswers."""
    permitted(vote, CARRYING)
    one = ballot(vote, serial)
    row = {**given, "on": given.get("on") or vote.dossier.today.isoformat()}
    _placed(lambda: ballot_register.take(vote.dossier, one, row))


def doubled(vote: Vote, serial: int, note: str) -> None:
    """Keep on record that a second paper with a serial came, as a photocopy does; it counts for nothing.

    Raises InvalidAnswers.
    """
    permitted(vote, CARRYING)
    one = ballot(vote, serial)
    problems = []
    if ballot_life.class_of(State(one.state)) not in {"returned", "spoiled"}:
        problems.append(Problem("serial", f"第 {serial:06d} 号票还没有收回过，不是重复；请先登记收回。"))
    if not note.strip():
        problems.append(Problem("note", "没有写情况；请写谁交来、与原票有什么不同、放在哪里。"))
    _refuse(problems)
    ballots.note(vote.dossier.work, [(one.id, "DUPLICATE", note.strip())])
    vote.dossier.work.append(vote.dossier.estate_id, events.BallotDoubled(serial))


def look_at_marks(vote: Vote, serial: int, purpose: str) -> str:
    """What a ballot says, beside whose it is, for a purpose that is noted; never before the count (decisions 3).

    Raises NotPermitted, InvalidAnswers.
    """
    one, dossier = ballot(vote, serial), vote.dossier
    acting = hands.lanes_of(dossier.work, vote.member.name, dossier.estate_id)
    powers.refuse_unless(powers.sees(acting, vote.member.name, "votes"))
    if not voting.counted(dossier):
        raise NotPermitted("计票以前不显示任何一户投了什么。")
    if purpose not in LOOKING:
        raise InvalidAnswers([Problem("purpose", "没有选择用途；查看一户的表决内容要选一个用途。")], "没有显示。")
    disclosing.note_vote(dossier.work, dossier.estate_id, serial, purpose)
    settled = (back for back in dossier.ballot_returns if back.ballot_id == one.id and back.settled)
    return next((counting.said(dossier, back) for back in settled), "")


#: What somebody may need to know of one owner's vote.
LOOKING = ("答复业主本人", "处理对计票的异议", "法院或者主管部门调取")


#: What a page says otherwise than a sheet, which names its columns.
_ON_A_PAGE = {"cast_by": "签名的不是这一户登记的业主；请在“签名人是”里选他是谁。"}


def _placed(act: Callable[[], None]) -> None:
    """Do what a sheet does with one row; its problems lose the place in the sheet."""
    try:
        act()
    except InvalidAnswers as error:
        fields = [(one.field.rpartition(".")[2], one.message) for one in error.problems]
        problems = [Problem(field, _ON_A_PAGE.get(field, message)) for field, message in fields]
        raise InvalidAnswers(problems, "没有登记。") from error


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InvalidAnswers(problems, "没有登记。")


def _refused(field: str, message: str) -> InvalidAnswers:
    return InvalidAnswers([Problem(field, message)], "没有登记。")
