"""The handover on a phone: twenty groups, each item with its state and photos, and three signatures of each group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import events, pictures
from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.rules import handover_list, handover_signing
from engine.rules.handover import State
from engine.rules.handover_signing import Side, Signed, Standing
from engine.store import desk as listing
from engine.store import handover as kept
from engine.store.desk import EstateListed
from engine.store.handover import Item
from engine.store.photos import Photo
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import cells, desk, figures, handover_records, hands, photos
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.handover_records import REFUSED, SIGNED
from engine.use_cases.library import Library
from engine.use_cases.registering import COLUMNS

#: Who writes the list, and who besides may say that somebody signed or refused before their eyes.
LISTING = ("物业企业", "业委会/物管会", "社区干部")
WITNESSING = (*LISTING, "街道", "监察人")
#: What stands in a new item, taken from the one that was entered before it.
_ALIKE = ("given_by", "received_by", "witness", "on")
_LONGEST = 500


@dataclass(frozen=True)
class Handover:
    """The handover of an estate as this member finds it; ``locked`` says why its list no longer moves."""

    dossier: Dossier
    estate: EstateListed
    member: Member
    lanes: frozenset[str]
    items: Sequence[Item]
    signed: Sequence[Signed]
    locked: str

    @property
    def lists(self) -> bool:
        """Whether this member writes the list."""
        return not self.lanes.isdisjoint(LISTING)

    @property
    def witnesses(self) -> bool:
        """Whether this member may record a signature."""
        return not self.lanes.isdisjoint(WITNESSING)

    def of(self, group: str) -> list[Item]:
        """The items of a group."""
        return [item for item in self.items if item.row.get("group") == group]

    def standing(self, group: str) -> Standing:
        """Who has signed a group."""
        return handover_signing.standing(group, self.content(group), self.signed)

    def content(self, group: str) -> str:
        """The digest of what a signature of this group covers now."""
        return handover_signing.digest(item.row for item in self.of(group))


def handover(work: UnitOfWork, library: Library, member: Member, estate_id: int) -> Handover:
    """The handover of an estate.  Raises NotFound."""
    estate, dossier = desk.estate(work, member, estate_id), Dossier(work, library, estate_id)
    lanes = frozenset(hands.lanes_of(work, member.name, estate_id))
    return Handover(
        dossier,
        estate,
        member,
        lanes,
        kept.items(work, estate_id),
        handover_records.signatures(dossier),
        locked(dossier),
    )


def locked(dossier: Dossier) -> str:
    """Why the list does not move, empty while it does: an estate at rest, or a certificate that was signed on it."""
    if dossier.estate.status != "running":
        return "小区已暂停或已结束办理，移交清单不能登记。"
    if dossier.times("sign_handover_certificate", since="inspect_and_list"):
        return "交接确认书已经签署，清单和签字不再改动；以后补交的在“缺项”里登记。"
    return ""


def group_of(no: int) -> str:
    """The name of a group by its number, from 1.  Raises NotFound."""
    if not 1 <= no <= len(handover_list.GROUPS):
        raise NotFound(what="这一组")
    return handover_list.GROUPS[no - 1]


@dataclass(frozen=True)
class GroupLine:
    """A group at a glance: how many items in which state, and who has not signed."""

    no: int
    name: str
    states: Mapping[State, int]
    disputed: int
    standing: Standing

    @property
    def items(self) -> int:
        """How many items it has."""
        return sum(self.states.values())


def groups(of: Handover) -> list[GroupLine]:
    """The twenty groups at a glance."""
    lines = []
    for no, name in enumerate(handover_list.GROUPS, 1):
        rows = [item.row for item in of.of(name)]
        states = {state: sum(row["state"] == state for row in rows) for state in State}
        disputed = sum(bool(row.get("dispute")) for row in rows)
        lines.append(GroupLine(no, name, states, disputed, of.standing(name)))
    return lines


@dataclass(frozen=True)
class GroupPage:
    """A group with its items and their photos; ``fresh`` is what a new item begins with."""

    no: int
    name: str
    items: Sequence[Item]
    photos: Mapping[int, Sequence[Photo]]
    standing: Standing
    fresh: Mapping[str, str]


def group(of: Handover, no: int) -> GroupPage:
    """A group.  Raises NotFound."""
    name = group_of(no)
    fresh = {"on": of.dossier.today.isoformat()}
    if of.items:
        fresh |= {key: of.items[-1].row[key] for key in _ALIKE if of.items[-1].row.get(key)}
    seen = kept.photos(of.dossier.work, of.dossier.estate_id)
    return GroupPage(no, name, of.of(name), seen, of.standing(name), fresh)


def permitted(of: Handover, lanes: Sequence[str]) -> None:
    """Raise NotPermitted unless this member may change the list now."""
    if of.lanes.isdisjoint(lanes):
        raise NotPermitted(lane="或".join(lanes))
    if of.locked:
        raise NotPermitted(of.locked)


def save(of: Handover, no: int, given: Mapping[str, str], files: Sequence[tuple[str, bytes]]) -> str:
    """Enter an item of a group, or change one that is as it was read, with new photos of it; its name.

    ``item`` and ``revision`` in ``given`` name the item, empty for a new one.  Raises InvalidAnswers; nothing is
    entered then.
    """
    permitted(of, LISTING)
    row = {key: given.get(key, "").strip() for key in COLUMNS["handover_items"]} | {"group": group_of(no)}
    before = _before(of, group_of(no), given)
    problems = [Problem(one.field.partition(".")[2], one.message) for one in handover_list.row_problems("item", row)]
    problems += _item_problems(of, row, before)
    if files and before is None:
        problems.append(Problem("photos", "新的一项请先保存，再给它拍照。"))
    _refuse(problems)
    work, estate_id = of.dossier.work, of.dossier.estate_id
    if before is None:
        kept.add(work, estate_id, row)
    else:
        _keep_photos(of, before, files)
        if dict(before.row) != row:
            kept.change(work, before, row)
    work.append(estate_id, events.HandoverItemChanged(row["group"], row["name"], row["state"], len(files)))
    figures.place(of.dossier)
    return row["name"]


def _before(of: Handover, group: str, given: Mapping[str, str]) -> Item | None:
    """The item that is changed, None for a new one.  Raises NotFound, InvalidAnswers when somebody changed it."""
    if not given.get("item"):
        return None
    found = next((item for item in of.of(group) if str(item.id) == given["item"]), None)
    if found is None:
        raise NotFound(what="这一项")
    if given.get("revision", "") != str(found.revision):
        raise InvalidAnswers([Problem("item", changed_meanwhile(found.row.get("name", "")))], "没有登记。")
    return found


def changed_meanwhile(name: str) -> str:
    """What somebody is told whose item was changed by somebody else meanwhile."""
    return f"“{name}”刚被别人改过；您填的还在下面，请与最新内容核对后再保存。"


def _item_problems(of: Handover, row: Mapping[str, str], before: Item | None) -> list[Problem]:
    problems: list[Problem] = []
    cells.day(row, "on", "", of.dossier.today, problems)
    problems = [Problem(one.field.removeprefix("."), one.message) for one in problems]
    key = (row["group"], row["name"], row["location"])
    others = [item.row for item in of.items if before is None or item.id != before.id]
    if any((other.get("group"), other.get("name"), other.get("location", "")) == key for other in others):
        problems.append(Problem("name", f"这一组里已经有“{row['name']}”；位置不同的请写明位置，重复的请改原来那一项。"))
    long = [name for name in COLUMNS["handover_items"] if len(row[name]) > _LONGEST]
    problems += [Problem(name, f"太长了，最多 {_LONGEST} 字；请写要点。") for name in long]
    return problems


def _keep_photos(of: Handover, item: Item, files: Sequence[tuple[str, bytes]]) -> None:
    tasks = listing.open_tasks(of.dossier.work, of.dossier.estate_id) if files else []
    if files and not tasks:
        raise InvalidAnswers([Problem("photos", "后台正在办理上一步，请过一会儿再存照片。")], "没有登记。")
    for name, content in files:
        try:
            photos.beside(of.dossier.work, of.member, tasks[-1], kept.field_of(item.id), name, content)
        except pictures.Unfit as error:
            raise InvalidAnswers([Problem("photos", f"{name or '照片'}：{error}")], "没有登记。") from error


def sign(of: Handover, no: int, given: Mapping[str, str]) -> Signed:
    """Record that somebody signed a group, or with ``refused`` that he refused before two named witnesses.

    Raises InvalidAnswers.
    """
    permitted(of, WITNESSING)
    name = group_of(no)
    if not of.of(name):
        _refuse([Problem("side", "这一组还没有登记任何一项；没有的也登记一行“无此项”，再签字。")])
    if given.get("content", "") != of.content(name):
        _refuse([Problem("side", "这一组的内容刚被改过；请重新看一遍再签字。")])
    made = _signature(of, name, given)
    _refuse(handover_signing.problems(made, of.dossier.today, _holding(of, name)))
    _record(of, made)
    return made


def sign_all(of: Handover, given: Mapping[str, str]) -> int:
    """Record that somebody signed every listed group that lacks their side; how many.  Raises InvalidAnswers."""
    permitted(of, WITNESSING)
    if given.get("content", "") != whole(of):
        _refuse([Problem("side", "清单刚被改过；请重新看一遍再签字。")])
    listed = [name for name in handover_list.GROUPS if of.of(name)]
    plain = {key: given.get(key, "") for key in ("side", "name", "on")}
    made = [_signature(of, name, plain) for name in listed]
    made = [one for one in made if one.side in of.standing(one.group).lacking]
    if not made:
        _refuse([Problem("side", "没有要签的组：登记过的组都已经签过。")])
    for one in made:
        if problems := handover_signing.problems(one, of.dossier.today, _holding(of, one.group)):
            _refuse([Problem(problem.field, f"{one.group}：{problem.message}") for problem in problems])
    for one in made:
        _record(of, one)
    return len(made)


def whole(of: Handover) -> str:
    """The digest of the whole list."""
    return handover_signing.digest(item.row for item in of.items)


def _signature(of: Handover, name: str, given: Mapping[str, str]) -> Signed:
    """The signature of a group as it was posted.  Raises InvalidAnswers."""
    problems: list[Problem] = []
    if given.get("side", "") not in set(Side):
        problems.append(Problem("side", "没有选谁签字；请选移交人、接收人或见证人。"))
    cells.any_day(given, "on", "", problems)
    _refuse([Problem(one.field.removeprefix("."), one.message) for one in problems])
    witnesses = tuple(each for key in ("witness1", "witness2") if (each := given.get(key, "").strip()))
    return Signed(
        name, Side(given["side"]), given.get("name", "").strip()[:60], date.fromisoformat(given["on"]),
        of.content(name), bool(given.get("refused")), given.get("reason", "").strip()[:_LONGEST], witnesses,
    )  # fmt: skip


def _holding(of: Handover, name: str) -> dict[Side, Signed]:
    """The signatures of a group that still hold."""
    standing = of.standing(name)
    return {side: one for side, one in standing.by_side.items() if side not in standing.lapsed}


def _record(of: Handover, made: Signed) -> None:
    row: dict[str, Any] = {"side": made.side, "name": made.name}
    if made.refused:
        row |= {"reason": made.reason, "witnesses": list(made.witnesses)}
    work, estate_id = of.dossier.work, of.dossier.estate_id
    work.alone(f"handover {estate_id}")
    kept.record(
        work, estate_id, REFUSED if made.refused else SIGNED, made.group, made.on.isoformat(), made.content, row
    )
    work.append(estate_id, events.HandoverSigned(made.group, made.side, made.refused))


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InvalidAnswers(problems, "没有登记。")
