"""An owner looks up the own entry of the roster, and nobody else's, and objects to it: no account, a code and a number.

The code is of a unit; whoever holds it says the last four signs of the identity number or the telephone on record.
"""

import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine import events
from engine.errors import InvalidAnswers, Problem
from engine.rules.roster import Owner, Unit
from engine.store import disclosures, notices, owner_codes, registers, verification
from engine.store.notices import Notice, Voice
from engine.store.owner_codes import OwnerCode
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import disclosing, publications, verifying
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

#: So many wrong answers to one code; then the community gives out another.
TRIES = 5
#: How often one network address may try in a minute.
EACH = 30
#: So many objections of a unit may wait for an answer.
WAITING = 3
#: How long a page may be open before it asks again.
_OPEN = timedelta(minutes=20)
#: Who acts here, and by which task what they say is entered.
ACTOR, TASK = "业主本人", "own_entry"
#: What an owner may find wrong.
ABOUT: Sequence[str] = ("姓名或产权人", "面积", "用途", "与我另一户是不是同一人", "其他")
_LAST = 4
_NOT_FOUND = (
    f"没有查到：核对码或后四位不对，或者已经错了 {TRIES} 次。请按核对条填写；"
    "仍然查不到的，请到社区当面核对，或换一张核对条。"
)


@dataclass(frozen=True)
class Entry:
    """A unit as its owner may see it; ``counted`` says whether it counts, ``ends`` when objections are due.

    ``voices`` are what was said about this unit here, with the answers; ``ticket`` lets the same page object.
    """

    estate: str
    unit: Unit
    counted: bool
    version: int
    digits: str
    frozen_on: date | None
    ends: date | None
    today: date
    voices: Sequence[Voice]
    ticket: str


def may_ask(work: UnitOfWork, address: str) -> bool:
    """Whether somebody at that network address may try once more in this minute; that they tried is noted."""
    mine, everybody = verification.count(work, f"own entry {address}")
    return mine <= EACH and everybody <= verifying.ALL


def attempt(work: UnitOfWork, code: str) -> OwnerCode | None:
    """Note that somebody tries a code, in a commit of its own: a wrong answer counts whatever becomes of the rest."""
    typed = "".join(sign for sign in unicodedata.normalize("NFKC", code) if sign.isdigit())
    return owner_codes.tried(work, typed, TRIES) if typed else None


def look(work: UnitOfWork, library: Library, given: OwnerCode | None, last: str) -> Entry:
    """The entry of the unit of a code that was tried.

    Raises InvalidAnswers alike for a code that never was, one that is used up and an answer that is wrong.
    """
    known = "".join(unicodedata.normalize("NFKC", last).split()).upper()
    found = _of(work, library, given) if given else None
    if given is None or found is None or not any(_knows(owner, known) for owner in found[1].owners):
        raise InvalidAnswers([Problem("code", _NOT_FOUND)], "没有查到。")
    owner_codes.right(work, given)
    dossier, unit = found
    disclosures.note(work, given.estate_id, disclosing.UNIT, unit.unit_no, "业主本人凭核对码核对")
    return _entry(work, dossier, unit, given)


def admitted(work: UnitOfWork, library: Library, ticket: str) -> Entry:
    """The entry once more, for a page that was just open.  Raises InvalidAnswers."""
    given, dossier, unit = _let_in(work, library, ticket)
    return _entry(work, dossier, unit, given)


def object_to(work: UnitOfWork, library: Library, ticket: str, about: str, content: str) -> None:
    """Enter what an owner finds wrong with the own entry.  Raises InvalidAnswers."""
    given, dossier, unit = _let_in(work, library, ticket)
    content = content.strip()
    problems = []
    if about not in ABOUT:
        problems.append(Problem("about", "没有选哪里不对；请选一项。"))
    if not 4 <= len(content) <= 1000:
        problems.append(Problem("content", "请用 4–1000 字写下哪里不对、应当是什么、有什么材料。"))
    if sum(not one.answered_on for one in said_of(work, given.estate_id, unit.unit_no)) >= WAITING:
        problems.append(Problem("content", f"您已有 {WAITING} 条异议在等答复；请等答复以后再提，或到社区当面说明。"))
    if problems:
        raise InvalidAnswers(problems, "没有提交。")
    notice = posted(dossier)
    work.insert(registers.objection, [{
        "estate_id": given.estate_id, "task": TASK, "meeting": None, "name": unit.owners[0].name if unit.owners else "",
        "content": f"{about}：{content}", "answer": "", "closed_on": "", "notice_id": notice.id if notice else None,
        "kind": "OBJECTION", "unit_no": unit.unit_no, "received_on": dossier.today.isoformat(),
    }])  # fmt: skip
    work.append(given.estate_id, events.OwnerHeard("roster", "OBJECTION", answered=False))


def posted(dossier: Dossier) -> Notice | None:
    """The notice of the roster that counts now, once it hangs."""
    if not dossier.convened:
        return None
    return notices.of_meeting(dossier.work, dossier.estate_id, dossier.round, "roster")


def said(dossier: Dossier) -> list[Voice]:
    """What was said about the roster, by owners who looked up their entry and on the notice that hangs."""
    work, notice = dossier.work, posted(dossier)
    found = [*notices.by_task(work, dossier.estate_id, TASK), *(notices.voices(work, notice.id) if notice else ())]
    return sorted({one.id: one for one in found}.values(), key=lambda one: one.id)


def said_of(work: UnitOfWork, estate_id: int, unit_no: str) -> list[Voice]:
    """What the owners of a unit said about the own entry, the earliest first."""
    return [one for one in notices.by_task(work, estate_id, TASK) if one.unit_no == unit_no]


def _of(work: UnitOfWork, library: Library, given: OwnerCode) -> tuple[Dossier, Unit] | None:
    dossier = Dossier(work, library, given.estate_id)
    unit = next((one for one in dossier.roster.units if one.unit_no == given.unit_no), None)
    return (dossier, unit) if unit else None


def ends(owner: Owner) -> list[str]:
    """What stands at the end of an owner's number and telephone, as far as they are on record."""
    return [end.upper() for end in (owner.id_last4, owner.phone[-_LAST:]) if len(end) == _LAST]


def _knows(owner: Owner, last: str) -> bool:
    return sum(hmac.compare_digest(end.encode(), last.encode()) for end in ends(owner)) > 0


def _let_in(work: UnitOfWork, library: Library, ticket: str) -> tuple[OwnerCode, Dossier, Unit]:
    given = _admitted(work, ticket)
    found = _of(work, library, given) if given else None
    if given is None or found is None:
        raise InvalidAnswers([Problem("code", "本页开得太久了，没有提交。请再填一次核对码和后四位。")], "没有提交。")
    return given, *found


def _entry(work: UnitOfWork, dossier: Dossier, unit: Unit, given: OwnerCode) -> Entry:
    notice = posted(dossier)
    shown = publications.one(dossier, notice.id) if notice else None
    frozen = dossier.answers("freeze_roster")["frozen_on"] if dossier.convened else None
    return Entry(
        dossier.estate.name,
        unit,
        unit.unit_no in dossier.electorate.units,
        dossier.roster_version,
        dossier.roster_digits,
        frozen,
        shown.end if shown else None,
        dossier.today,
        said_of(work, given.estate_id, unit.unit_no),
        _ticket(work, given),
    )


def _ticket(work: UnitOfWork, given: OwnerCode) -> str:
    """That the holder of a code was let in, until some minutes from now."""
    until = int((work.now + _OPEN).timestamp())
    return f"{given.id}.{given.issue}.{until}.{_sealed(work, given, until)}"


def _sealed(work: UnitOfWork, given: OwnerCode, until: int) -> str:
    what = f"own entry:{given.id}:{given.issue}:{until}"
    return hmac.digest(work.public.key, what.encode(), "sha256").hex()


def _admitted(work: UnitOfWork, ticket: str) -> OwnerCode | None:
    parts = ticket.split(".")
    if len(parts) != 4 or not all(part.isdecimal() and len(part) < 16 for part in parts[:3]):
        return None
    key, issue, until = (int(part) for part in parts[:3])
    given = owner_codes.by_id(work, key)
    if given is None or given.issue != issue or until < work.now.timestamp():
        return None
    return given if hmac.compare_digest(_sealed(work, given, until), parts[3]) else None
