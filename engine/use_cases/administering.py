"""What the district changes about an estate from outside its journey."""

from dataclasses import dataclass

from engine import events
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import jurisdiction
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

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


def _title(key: str, *packs: jurisdiction.Pack) -> str:
    return next(pack.parameters[key].title for pack in packs if key in pack.parameters)


def move_to_pack(work: UnitOfWork, library: Library, estate_id: int, version: str, reason: str) -> None:
    """Move an estate to the pack ``version`` of its own place; nothing else ever changes an estate's pack.

    What has been announced stands: running timers keep the moment they were given, later ones follow the
    new pack.  Raises NotPermitted, NotFound or InvalidAnswers; nothing is changed then.
    """
    dossier = Dossier(work, library, estate_id)
    if work.people(estate_id).get(DISTRICT) != work.actor:
        raise NotPermitted(lane=DISTRICT)
    if dossier.estate.status not in {"running", "suspended"}:
        raise NotPermitted("小区“{name}”已结束办理，规则包不再变更。", name=dossier.estate.name)
    left, reached = dossier.pack, _published(library, version)
    _refuse(dossier, left, reached, reason)
    work.move_to_pack(dossier.estate, (reached.version, reached.text))
    changes = tuple(left.differences(reached))
    work.append(estate_id, events.EstateMovedToPack(_named(left), _named(reached), reason.strip(), changes))


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
