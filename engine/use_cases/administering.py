"""What the district changes about an estate from outside its journey."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine import events
from engine.errors import Conflict, EngineError, InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import jurisdiction
from engine.store import Store, administration, desk
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import standings
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library
from engine.use_cases.managing import part
from engine.use_cases.staffing import LONGEST_REASON

#: The lane that answers for the numbers of its place.
DISTRICT = "区住建"


@dataclass(frozen=True)
class Comparison:
    """An estate's pack beside another one: what each is called, and key, title and both values of what differs."""

    estate: str
    left: str
    reached: str
    version: str
    changes: tuple[tuple[str, str, str, str], ...]


def compare_packs(work: UnitOfWork, library: Library, estate_id: int, version: str = "") -> Comparison:
    """What would change for an estate under another pack: the one of that version, else the one in force today.

    Nothing is changed.  Raises NotFound.
    """
    dossier = Dossier(work, library, estate_id)
    left = dossier.pack
    reached = _published(library, version) if version else library.pack(left.place, work.now)
    changes = tuple((key, _title(key, left, reached), here, there) for key, here, there in left.differences(reached))
    return Comparison(dossier.estate.name, _named(left), _named(reached), reached.version, changes)


@dataclass(frozen=True)
class PackChoice:
    """An estate's pack, the other published ones of its place, and what ``other`` would change: key and title."""

    now: jurisdiction.Pack
    others: tuple[jurisdiction.Pack, ...]
    other: jurisdiction.Pack | None
    changes: tuple[tuple[str, str], ...]


def choice_of_packs(work: UnitOfWork, library: Library, estate_id: int, version: str) -> PackChoice:
    """Which packs an estate could be moved to, and what that of ``version``, if any, would change.  Raises NotFound."""
    now = Dossier(work, library, estate_id).pack
    others = [pack for pack in library.packs if pack.place == now.place and pack.version != now.version]
    others.sort(key=lambda pack: pack.effective_from, reverse=True)
    other = next((pack for pack in others if pack.version == version), None)
    if version and other is None:
        raise NotFound(what="这个规则包版本")
    changes = tuple((key, _title(key, now, other)) for key, _, _ in now.differences(other)) if other else ()
    return PackChoice(now, tuple(others), other, changes)


def _title(key: str, *packs: jurisdiction.Pack) -> str:
    return next(pack.parameters[key].title for pack in packs if key in pack.parameters)


def move_to_pack(work: UnitOfWork, library: Library, estate_id: int, version: str, reason: str) -> None:
    """Move an estate to the pack ``version`` of its own place, as its district does.

    Nothing but this and :func:`move_several` ever changes an estate's pack.
    What has been announced stands: running timers keep the moment they were given, later ones follow the
    new pack.  Raises NotPermitted, NotFound or InvalidAnswers; nothing is changed then.
    """
    if work.people(estate_id).get(DISTRICT) != work.actor:
        raise NotPermitted(lane=DISTRICT)
    _move(work, library, estate_id, version, reason)


@dataclass(frozen=True)
class Moved:
    """What became of one estate that was to be moved; ``said`` is empty when it was."""

    estate_id: int
    name: str
    said: str


def move_several(
    store: Store,
    library: Library,
    member: Member,
    estate_ids: Iterable[int],
    version: str,
    reason: str,
    now: datetime,
) -> list[Moved]:
    """Move estates of an administrator's part to another pack, each by itself: one that fails stops no other.

    Raises NotPermitted, and InvalidAnswers without a reason or a choice.
    """
    part(member)
    wanted, found = list(dict.fromkeys(estate_ids)), []
    if not wanted:
        found.append(Problem("estate", "没有选中小区；请勾选要换版本的小区。"))
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        found.append(Problem("reason", f"变更规则包要写明依据，1–{LONGEST_REASON} 个字；请补上。"))
    if found:
        raise InvalidAnswers(found, "规则包没有变更。")
    return [_moved(store, library, member, key, version, reason, now) for key in wanted]


def _moved(
    store: Store, library: Library, member: Member, estate_id: int, version: str, reason: str, now: datetime
) -> Moved:
    name = f"第 {estate_id} 号小区"
    try:
        with store.work(member.name, now) as work:
            found = desk.estate_in_scope(work, part(member), estate_id)
            if found is None or found.node_id is None:
                raise NotFound(what="这个小区")
            name = found.name
            reached = _move(work, library, estate_id, version, reason)
            administration.note(work, found.node_id, name, f"规则包变更为 {reached}：{reason.strip()}")
    except InvalidAnswers as error:
        return Moved(estate_id, name, "".join(problem.message for problem in error.problems))
    except Conflict:
        return Moved(estate_id, name, "刚刚有人办了这个小区的事；请刷新后再试。")
    except EngineError as error:
        return Moved(estate_id, name, str(error))
    return Moved(estate_id, name, "")


def _move(work: UnitOfWork, library: Library, estate_id: int, version: str, reason: str) -> str:
    """Move an estate; returns what its pack is called then."""
    dossier = Dossier(work, library, estate_id)
    if dossier.estate.status not in {"running", "suspended"}:
        raise NotPermitted("小区“{name}”已结束办理，规则包不再变更。", name=dossier.estate.name)
    left, reached = dossier.pack, _published(library, version)
    _refuse(dossier, left, reached, reason)
    work.move_to_pack(dossier.estate, (reached.version, reached.text))
    standings.place(dossier, reached)
    changes = tuple(left.differences(reached))
    moved = events.EstateMovedToPack(_named(left), _named(reached), reason.strip(), changes, left.version)
    work.append(estate_id, moved)
    return _named(reached)


def _published(library: Library, version: str) -> jurisdiction.Pack:
    """The published pack whose version begins so; a short beginning must be of one only."""
    found = [pack for pack in library.packs if version and pack.version.startswith(version)]
    if len(found) != 1:
        raise NotFound(what=f"已发布的规则包 {version[:8]}")
    return found[0]


def _refuse(dossier: Dossier, left: jurisdiction.Pack, reached: jurisdiction.Pack, reason: str) -> None:
    found = []
    if not reason.strip():
        found.append(Problem("reason", "没有写明理由；变更规则包须说明依据，请补上。"))
    if reached.place != left.place:
        found.append(Problem("version", f"“{reached.title}”是另一地的规则包；小区只能换用“{left.title}”的版本。"))
    if reached.version == left.version:
        found.append(Problem("version", "小区已经在用这个版本；请选择另一个版本。"))
    if reached.effective_from > dossier.today:
        found.append(Problem("version", f"这个版本 {reached.effective_from} 起才施行；请到期后再变更。"))
    if found:
        raise InvalidAnswers(found, "规则包没有变更。")


def _named(pack: jurisdiction.Pack) -> str:
    return f"{pack.title}（{pack.effective_from} 起施行，{pack.version[:8]}）"
