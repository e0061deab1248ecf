"""Notices at work: boards kept, photographed and looked after, notices handed over, owners heard and answered."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine import events, pictures
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import posting
from engine.rules.posting import What
from engine.rules.roster import masked
from engine.store import notices, registers
from engine.store.desk import EstateListed
from engine.store.notices import Voice
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import cells, desk, disclosing, hands, own_entry, photos, proof_photos, publications
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from engine.use_cases.publications import OnBoard, Publication

#: Who posts and looks after the boards, hands notices over, and answers owners.
POSTING = ("社区干部", "网格员", "业委会/物管会")
#: How a notice reaches a unit so that its arrival can be proved (law §8, ``delivery.modes``): a photo of a door cannot.
MODES: Mapping[str, str] = {
    "VISIT": "当面签收", "REGISTERED_MAIL": "挂号信", "COURIER": "快递", "ELECTRONIC": "经身份核验的平台",
}  # fmt: skip
#: What an owner may say about a notice.
MATTERS: Mapping[str, str] = {"OBJECTION": "异议", "QUESTION": "询问"}
#: What may be decided on an objection to the roster; the last one means that the vote cannot go on with it (LC-04).
RULINGS: Mapping[str, str] = {
    "REJECTED": "不成立", "UPHELD": "成立，面积和人数不变", "WEIGHT": "成立，面积或人数要改",
}  # fmt: skip
_MOST_BOARDS, _AT_ONCE = 300, 500
_BETWEEN = re.compile(r"[、，,;；\s]+")


@dataclass(frozen=True)
class Here:
    """The notices of an estate as this member finds them; ``locked`` says why nothing is entered, if so."""

    dossier: Dossier
    estate: EstateListed
    member: Member
    acts: bool
    locked: str

    @property
    def may(self) -> bool:
        """Whether this member enters what happens to notices now."""
        return self.acts and not self.locked


def here(work: UnitOfWork, library: Library, member: Member, estate_id: int, *, owners: bool = False) -> Here:
    """The notices of an estate; with ``owners`` also who was reached and said what.

    Raises NotFound, and NotPermitted for roles that do not work with owners.
    """
    estate = disclosing.estate(work, member, estate_id) if owners else desk.estate(work, member, estate_id)
    dossier = Dossier(work, library, estate_id)
    acting = hands.lanes_of(work, member.name, estate_id)
    stopped = dossier.estate.status not in {"running", "suspended"}
    locked = "小区已结束办理，公示不再登记。" if stopped else ""
    return Here(dossier, estate, member, not frozenset(acting).isdisjoint(POSTING), locked)


def permitted(at: Here) -> None:
    """Raise NotPermitted unless this member enters what happens to notices."""
    if not at.acts:
        raise NotPermitted(lane="或".join(POSTING))
    if at.locked:
        raise NotPermitted(at.locked)


def publication(at: Here, notice_id: int) -> Publication:
    """A notice of the estate.  Raises NotFound."""
    found = publications.one(at.dossier, notice_id)
    if found is None:
        raise NotFound(what="这份公告")
    return found


# boards


def keep_boards(at: Here, text: str) -> int:
    """Keep boards, one a line; returns how many are new.  Raises InvalidAnswers."""
    permitted(at)
    work, estate_id = at.dossier.work, at.dossier.estate_id
    names = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    work.alone(f"boards {estate_id}")
    there, retired = notices.kept_boards(work, estate_id), notices.kept_boards(work, estate_id, retired=True)
    found = []
    if not names:
        found.append("没有写公告栏；请一行写一处，例如“3 幢 1 单元”。")
    if twice := sorted({name for name in names if names.count(name) > 1 or name in there}):
        found.append(f"{'、'.join(twice[:5])} 已经有了；每处公告栏只登记一次，请删去重复的行。")
    if any(len(name) > 40 for name in names):
        found.append("公告栏的名称请不超过 40 字。")
    if len(there) + len(names) > _MOST_BOARDS:
        found.append(f"一个小区最多登记 {_MOST_BOARDS} 处公告栏。")
    _refuse("boards", found)
    table = registers.board
    again = [name for name in names if name in retired]
    if again:
        of = (table.c.estate_id == estate_id) & table.c.name.in_(again)
        work.execute(sa.update(table).where(of).values(retired_at=None))
    work.insert(table, [{"estate_id": estate_id, "name": name} for name in names if name not in retired])
    work.append(estate_id, events.BoardsListed(len(there) + len(names)))
    return len(names)


def retire_board(at: Here, name: str) -> None:
    """Use a board no more; what hung on it stays.  Raises NotFound."""
    permitted(at)
    work, estate_id = at.dossier.work, at.dossier.estate_id
    there = notices.kept_boards(work, estate_id)
    if name not in there:
        raise NotFound(what="这处公告栏")
    table = registers.board
    of = (table.c.estate_id == estate_id) & (table.c.name == name)
    work.execute(sa.update(table).where(of).values(retired_at=work.at))
    work.append(estate_id, events.BoardsListed(len(there) - 1))


# at a board


def board(shown: Publication, posting_id: int) -> OnBoard:
    """The notice on one board.  Raises NotFound."""
    found = next((each for each in shown.boards if each.posting.id == posting_id), None)
    if found is None:
        raise NotFound(what="这处张贴")
    return found


def photograph(at: Here, notice_id: int, posting_id: int, content: bytes) -> str:
    """Keep a photo of a notice on a board; returns what is doubtful in it, empty if nothing.

    Raises InvalidAnswers for one that is older than the notice, was used already, or is no photo.
    """
    permitted(at)
    shown, work = publication(at, notice_id), at.dossier.work
    one = board(shown, posting_id)
    taken = proof_photos.take(at.dossier, content, shown.notice.posted_on, proof_photos.used(at.dossier))
    kept = {"posting_id": one.posting.id, "taken_on": taken.on.isoformat(), "doubt": taken.doubt}
    work.insert(registers.proof, [{**taken.values, **kept, "at": work.at, "actor": work.actor}])
    if one.chain.state is posting.State.BROKEN and taken.on >= one.chain.gone[-1]:
        _note(at, shown, one, What.AGAIN, taken.on)
    if taken.position:
        notices.put_board(work, at.dossier.estate_id, one.posting.place, taken.position)
    work.append(at.dossier.estate_id, events.PostingsProved(1))
    return taken.doubt


def place(at: Here, notice_id: int, posting_id: int, given: Mapping[str, str]) -> str:
    """Note where a board is, as the phone of whoever stands there tells; returns its name.  Raises InvalidAnswers."""
    permitted(at)
    one = board(publication(at, notice_id), posting_id)
    position = photos.position(given)
    if position is None:
        _refuse("place", ["手机没有说明位置；请允许这一页使用位置后再试。"])
        return ""
    if one.posting.place not in notices.kept_boards(at.dossier.work, at.dossier.estate_id):
        _refuse("place", [f"{one.posting.name} 没有登记为公告栏，记不下位置；请先在“公示”里登记。"])
    notices.put_board(at.dossier.work, at.dossier.estate_id, one.posting.place, position)
    return one.posting.name


def report(at: Here, notice_id: int, posting_id: int, what: str, given: Mapping[str, str]) -> None:
    """Enter what was found at a board without a photo.  Raises InvalidAnswers."""
    permitted(at)
    shown = publication(at, notice_id)
    one, found = board(shown, posting_id), What(what)
    problems: list[Problem] = []
    on = cells.day(given, "on", "", at.dossier.today, problems)
    note = given.get("note", "").strip()
    if on and on < shown.notice.posted_on:
        problems.append(Problem("on", f"{on} 早于公告张贴的 {shown.notice.posted_on}；请核对日期。"))
    if found is What.WITNESSED and len(_people(note)) < 2:
        problems.append(Problem("note", "请写两名看到的人的姓名和看到的情况，例如“李红、王建在场，公告完整”。"))
    elif found in {What.GONE, What.DOWN} and len(note) < 2:
        problems.append(Problem("note", "请写明情况：谁发现的、公告怎么不在的，或者谁撤下的。"))
    if len(note) > 500:
        problems.append(Problem("note", "情况请不超过 500 字。"))
    if problems:
        raise InvalidAnswers([Problem(each.field.lstrip("."), each.message) for each in problems], "没有登记。")
    of = {"posting_id": posting_id, "on": on, "what": found, "note": note}
    at.dossier.work.insert(registers.sighting, [{**of, "at": at.dossier.work.at, "actor": at.dossier.work.actor}])
    _note(at, shown, one, found, date.fromisoformat(on))


def _people(note: str) -> list[str]:
    """Who is named before the first sentence ends: 李红、王建在场."""
    return [name for name in re.split(r"[、和与及,，\s]+", note) if name]


def _note(at: Here, shown: Publication, one: OnBoard, what: What, on: date) -> None:
    """Say in the log what was found, and from when and until when the notice counts there now."""
    found = [posting.Finding(date.fromisoformat(each.on), What(each.what)) for each in one.seen]
    found.append(posting.Finding(on, what))
    after = publications.chain_of(at.dossier, shown.notice, shown.needed, found)
    said = events.PostingSeen(
        subject=shown.notice.subject,
        board=one.posting.name,
        what=what,
        on=on.isoformat(),
        since=after.since.isoformat(),
        until=after.end.isoformat(),
    )
    at.dossier.work.append(at.dossier.estate_id, said)


# to whom it came


def arrive(at: Here, notice_id: int, given: Mapping[str, str]) -> int:
    """Enter whom a notice reached: units, or the residents' committee; returns how many.  Raises InvalidAnswers."""
    permitted(at)
    shown = publication(at, notice_id)
    committee = given.get("to") == "committee"
    problems: list[Problem] = []
    on = cells.day(given, "on", "", at.dossier.today, problems)
    if on and on < shown.notice.posted_on:
        problems.append(Problem("on", f"{on} 早于公告 {shown.notice.posted_on}；请核对日期。"))
    units = [""] if committee else [unit for unit in _BETWEEN.split(given.get("units", "")) if unit]
    problems += _unknown(shown, units, committee=committee)
    mode, receiver, proof = (given.get(name, "").strip() for name in ("mode", "receiver", "proof"))
    if mode not in MODES:
        problems.append(Problem("mode", "没有选送达方式；请选一种。"))
    if mode == "VISIT" and not receiver and (committee or len(units) == 1):
        problems.append(Problem("receiver", "没有写签收人；当面送达以签收为证，请写签收单上的姓名。"))
    if mode != "VISIT" and len(proof) < 2:
        problems.append(
            Problem("proof", "没有写送达证明；请写回执号、快递单号或平台的送达记录号，没有证明的不算送达。")
        )
    if max(len(receiver), len(proof)) > 200:
        problems.append(Problem("proof", "签收人和送达证明请各不超过 200 字。"))
    if problems:
        raise InvalidAnswers([Problem(each.field.lstrip("."), each.message) for each in problems], "没有登记。")
    work = at.dossier.work
    common = {"notice_id": notice_id, "on": on, "mode": mode, "receiver": receiver, "proof": proof}
    work.insert(registers.arrival, [{**common, "unit_no": unit, "at": work.at, "actor": work.actor} for unit in units])
    work.append(at.dossier.estate_id, events.NoticeArrived(shown.notice.subject, 0 if committee else len(units), on))
    return len(units)


def _unknown(shown: Publication, units: Sequence[str], *, committee: bool) -> list[Problem]:
    """Why these units cannot be entered as reached."""
    there = {one.unit_no: one.on for one in shown.arrivals}
    if committee:
        return [Problem("to", f"{there['']} 已经登记送居民委员会，不能重复登记。")] if "" in there else []
    found = []
    if not units:
        found.append(Problem("units", "没有写房号；几户用顿号或空格隔开。"))
    if len(units) > _AT_ONCE:
        found.append(Problem("units", f"一次最多登记 {_AT_ONCE} 户；请分几次。"))
    if strange := [unit for unit in units if unit not in shown.units][:5]:
        found.append(Problem("units", f"名册里没有 {'、'.join(strange)}；请核对房号。"))
    if again := [f"{unit}（{there[unit]}）" for unit in units if unit in there][:5]:
        found.append(Problem("units", f"{'、'.join(again)} 已经登记送达；请删去。"))
    if len(set(units)) < len(units):
        found.append(Problem("units", "有的房号写了两次；请删去重复的。"))
    return found


# what owners said


def hear(at: Here, notice_id: int, given: Mapping[str, str]) -> None:
    """Enter an objection or a question about a notice, within its days.  Raises InvalidAnswers."""
    permitted(at)
    shown = publication(at, notice_id)
    matter, unit, name, content = (given.get(key, "").strip() for key in ("matter", "unit_no", "name", "content"))
    problems: list[Problem] = []
    on = cells.day(given, "on", "", at.dossier.today, problems)
    if matter not in MATTERS:
        problems.append(Problem("matter", "没有选是异议还是询问；请选一种。"))
    if not 2 <= len(content) <= 2000:
        problems.append(Problem("content", "请用 2–2000 字写下业主说了什么。"))
    if unit and unit not in shown.units:
        problems.append(Problem("unit_no", f"名册里没有“{unit}”；请核对房号，不愿具名的留空。"))
    if on and on < shown.notice.posted_on:
        problems.append(Problem("on", f"{on} 早于公告张贴的 {shown.notice.posted_on}；请核对日期。"))
    if len(name) > 60:
        problems.append(Problem("name", "姓名请不超过 60 字。"))
    if problems:
        raise InvalidAnswers([Problem(each.field.lstrip("."), each.message) for each in problems], "没有登记。")
    row = {
        "estate_id": at.dossier.estate_id, "task": shown.notice.task, "meeting": None, "name": name, "content": content,
        "answer": "", "closed_on": "", "notice_id": notice_id, "kind": matter, "unit_no": unit, "received_on": on,
    }  # fmt: skip
    at.dossier.work.insert(registers.objection, [row])
    at.dossier.work.append(at.dossier.estate_id, events.OwnerHeard(shown.notice.subject, matter, answered=False))


def reply(at: Here, notice_id: int, voice_id: int, text: str, ruling: str = "") -> None:
    """Answer an owner, once; an objection to the roster with what was decided, one of :data:`RULINGS`.

    Raises NotFound, InvalidAnswers, Conflict when somebody else was first.
    """
    permitted(at)
    shown = publication(at, notice_id)
    _answer(at, shown.voices, shown.notice.subject, voice_id, text, ruling)


def reply_on_roster(at: Here, voice_id: int, text: str, ruling: str) -> None:
    """Answer what somebody said about the roster, whether it hung by then or not.  Raises as :func:`reply`."""
    permitted(at)
    _answer(at, own_entry.said(at.dossier), "roster", voice_id, text, ruling)


def _answer(at: Here, said: Sequence[Voice], subject: str, voice_id: int, text: str, ruling: str) -> None:
    text, decided = text.strip(), {}
    found = next((one for one in said if one.id == voice_id), None)
    if found is None:
        raise NotFound(what="这条异议或询问")
    if found.answered_on:
        _refuse("answer", [f"{found.answered_on} 已由{found.answered_by}答复；要补充的，请另记一条。"])
    if not 2 <= len(text) <= 2000:
        _refuse("answer", ["请用 2–2000 字写下答复。"])
    if subject == "roster" and found.kind == "OBJECTION":
        if ruling not in RULINGS:
            _refuse("ruling", ["没有选这条异议成立不成立；请选一项，并在答复里写明依据什么材料。"])
        decided = {"ruling": ruling, "meeting": at.dossier.round if at.dossier.convened else None}
    table, work = registers.objection, at.dossier.work
    of = (table.c.id == voice_id) & table.c.answered_on.is_(None)
    values = {"answer": text, "answered_on": at.dossier.today.isoformat(), "answered_by": work.actor}
    work.exactly_one(sa.update(table).where(of).values(**values, **decided))
    work.append(at.dossier.estate_id, events.OwnerHeard(subject, found.kind, answered=True))


def named(name: str) -> str:
    """An owner's name as these pages show it, to everybody alike."""
    return masked(name) if name else "不具名"


def copy(at: Here, posting_id: int, digest: str, size: str) -> bytes:
    """A copy of a photo without its position: ``screen`` or ``small``.  Raises NotFound."""
    work = at.dossier.work
    found = notices.photo(work, at.dossier.estate_id, posting_id, digest)
    if found is None:
        raise NotFound(what="这张照片")
    kept = found[0] if size == "screen" else found[1]
    if kept:
        return work.files.read(kept)
    # entered with a case, before copies were kept
    picture = pictures.read(work.files.read(digest))
    if picture is None:
        raise NotFound(what="这张照片的图像")
    return picture.screen if size == "screen" else picture.small


def _refuse(field: str, found: Sequence[str]) -> None:
    if found:
        raise InvalidAnswers([Problem(field, message) for message in found], "没有登记。")
