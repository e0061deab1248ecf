"""The canvass of an estate 走访: whose doors are whose, the grid of a building, one door, and the next one."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.errors import NotFound, NotPermitted
from engine.rules import canvass, doors, roster
from engine.rules.doors import Door, Place
from engine.rules.roster import Unit
from engine.store import desk, disclosures, estates, rosters
from engine.store import doors as kept
from engine.store.desk import EstateListed
from engine.store.doors import DoorPhoto, Held, Kept
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import data_notice, disclosing, gauging, hands, powers
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.gauging import Intention
from engine.use_cases.library import Library

#: Who canvasses, gives doors to people and opens one again that refused; whoever holds a door calls at that one too.
LEADING = ("网格员", "社区干部")
TASK, BRIEFING, _FREEZE = "canvass_households", "hold_briefing", "freeze_roster"
#: In place of a building: the doors by how easily they are reached, while the canvass lacks some.
NEED = "还差多少"
_DIALLED = "约上门走访"


@dataclass(frozen=True)
class Layout:
    """The doors of an estate as they are walked: where each lies, which are empty, what they count for."""

    order: Sequence[str]
    places: Mapping[str, Place]
    vacant: frozenset[str]
    ids: Mapping[str, int]
    households: Sequence[canvass.Household]

    @cached_property
    def buildings(self) -> list[str]:
        """The buildings in the order of their numbers."""
        return list(dict.fromkeys(self.places[unit].building for unit in self.order))


@dataclass(frozen=True)
class Standing:
    """What is known of the doors now: each after its calls, whose it is, and the meter with its bases."""

    doors: Mapping[str, Door]
    held: Mapping[str, Held]
    intention: Intention


_layouts: OrderedDict[tuple[object, ...], Layout] = OrderedDict()
_KEPT_LAYOUTS = 64


@dataclass(frozen=True)
class Canvass:
    """The canvass of an estate as this member finds it; ``locked`` says why no visit is recorded, if none is.

    ``sees`` whether the member may see what each household said; whoever only holds doors sees those.
    """

    dossier: Dossier
    estate: EstateListed
    member: Member
    lanes: frozenset[str]
    locked: str
    sees: bool

    @property
    def leads(self) -> bool:
        """Whether the member gives doors to people, and opens one again that refused."""
        return not self.lanes.isdisjoint(LEADING)

    @cached_property
    def round(self) -> int:
        """The round that runs, the one that was closed last while none does: 1 after the briefing."""
        done = self._done
        begun = len(done) - done[::-1].index(BRIEFING) if BRIEFING in done else 0
        return max(1, done[begun:].count(TASK) + self.under_way)

    @cached_property
    def under_way(self) -> bool:
        """Whether a round runs."""
        return any(task.name == TASK for task in self.dossier.work.open_tasks(self.dossier.estate_id))

    @cached_property
    def _done(self) -> list[str]:
        return estates.completions(self.dossier.work, self.dossier.estate_id, (TASK, BRIEFING, _FREEZE))

    @cached_property
    def roster_version(self) -> int:
        """The version of the roster whose doors these are, 0 without one; before a vote is convened the newest."""
        if _FREEZE in self._done:
            return self.dossier.roster_version
        return rosters.newest(self.dossier.work, self.dossier.estate_id)

    @cached_property
    def layout(self) -> Layout:
        """The doors of the roster that counts; looked for anew after an event only."""
        found: Layout = gauging.once(self.dossier, f"layout {self.roster_version}", self._layout)
        return found

    def _layout(self) -> Layout:
        dossier, work = self.dossier, self.dossier.work
        stamp = rosters.stamp(work, dossier.estate_id, dossier.roster_version)
        key = (str(work.files.root), dossier.estate_id, dossier.estate.pack_version, *stamp)
        found = _layouts.get(key)
        if found is None:
            found = _layouts[key] = _lay_out(dossier)
            while len(_layouts) > _KEPT_LAYOUTS:
                _layouts.popitem(last=False)
        return found

    @cached_property
    def standing(self) -> Standing:
        """What is known of the doors, until the estate's next event."""
        found: Standing = gauging.once(self.dossier, f"doors {self.roster_version}", self._stand)
        return found

    def _stand(self) -> Standing:
        work, estate_id = self.dossier.work, self.dossier.estate_id
        calls, held = kept.calls(work, estate_id), kept.held(work, estate_id)
        nobody = Held()
        stands = {
            unit: doors.door(calls.get(unit, ()), held.get(unit, nobody).reopened_at) for unit in self.layout.order
        }
        visits = [call.visit for unit in self.layout.order for call in calls.get(unit, ())]
        figures = canvass.coverage(self.layout.households, visits).figures()
        told = {**figures, "call_back": gauging.checked(self.dossier)}
        return Standing(stands, held, gauging.of_figures(told, self.dossier.pack))

    def holder(self, unit_no: str) -> str:
        """Whose door a unit is, empty for nobody's."""
        return self.standing.held.get(unit_no, Held()).person

    @cached_property
    def mine(self) -> list[str]:
        """The doors that were given to this member, as they are walked."""
        return [unit for unit in self.layout.order if self.holder(unit) == self.member.name]

    def may_see(self, unit_no: str) -> bool:
        """Whether this member may see what was said at a door."""
        return self.sees or self.holder(unit_no) == self.member.name

    def wanted(self, units: Sequence[str]) -> frozenset[str]:
        """Those of ``units`` at which somebody should knock today."""
        stands, vacant, today = self.standing.doors, self.layout.vacant, self.dossier.today
        return frozenset(unit for unit in units if unit not in vacant and stands[unit].due(today, self.round))

    def progress(self, units: Sequence[str]) -> tuple[int, int]:
        """How many of ``units`` are settled in this round, of those that are lived in."""
        stands, vacant = self.standing.doors, self.layout.vacant
        lived_in = [unit for unit in units if unit not in vacant]
        return sum(stands[unit].settled(self.round) for unit in lived_in), len(lived_in)

    def of_building(self, building: str) -> list[str]:
        """The doors of a building as they are walked.  Raises NotFound."""
        found = [unit for unit in self.layout.order if self.layout.places[unit].building == building]
        if not found:
            raise NotFound(what=f"楼栋“{building}”")
        return found


def canvass_of(work: UnitOfWork, library: Library, member: Member, estate_id: int) -> Canvass:
    """The canvass of an estate.  Raises NotFound, NotPermitted for roles that do not work with owners."""
    estate = disclosing.estate(work, member, estate_id)
    dossier = Dossier(work, library, estate_id)
    acting = hands.lanes_of(work, member.name, estate_id)
    sees = powers.sees(acting, member.name, "attitudes").yes
    return Canvass(dossier, estate, member, frozenset(acting), _locked(dossier), sees)


def of_program(work: UnitOfWork, library: Library, estate_id: int) -> Canvass | None:
    """The canvass of an estate as the program looks at it, in no lane; None for one without a place."""
    node = desk.node_of(work, estate_id)
    estate = desk.estate_in_scope(work, frozenset({node}), estate_id) if node is not None else None
    if estate is None:
        return None
    dossier = Dossier(work, library, estate_id)
    return Canvass(dossier, estate, Member(0, "", work.actor, ()), frozenset(), _locked(dossier), sees=False)


def _locked(dossier: Dossier) -> str:
    """Why no visit is recorded, empty while the canvass goes on; it begins after the briefing (PI-06)."""
    if dossier.estate.status != "running":
        return "小区已暂停或已结束办理，走访不能登记。"
    if "CANVASS" not in data_notice.notice(dossier).get("purposes", ()):
        return "张贴的告知书没有写入户征集意愿；请先更新告知书并重新张贴，再走访（个人信息保护法 14、17）。"
    if any(task.name == TASK for task in dossier.work.open_tasks(dossier.estate_id)):
        return ""
    if not rosters.newest(dossier.work, dossier.estate_id):
        return "还没有业主清册；请先导入清册，再走访。"
    return "入户征集没有在进行：告知书张贴、宣讲以后开始，每轮提交以后停止登记。"


def permitted(canvass: Canvass, units: Sequence[str] = ()) -> None:
    """Raise NotPermitted unless the member may record visits at these doors now; without ``units``: unless he leads."""
    if not canvass.leads:
        held = {unit for unit in units if kept.held_by(canvass.dossier.work, canvass.dossier.estate_id, unit).person
                == canvass.member.name}  # fmt: skip
        if not units or set(units) - held:
            raise NotPermitted(
                "走访由{lanes}登记，分到门户的走访人登记自己的那几户；这里不是分给您的。", lanes="、".join(LEADING)
            )
    if canvass.locked:
        raise NotPermitted(canvass.locked)


def _lay_out(dossier: Dossier) -> Layout:
    units = dossier.electorate.units
    places = {no: doors.place(no, unit.building) for no, unit in units.items()}
    vacant = frozenset(no for no, unit in units.items() if unit.status != "DELIVERED")
    ids = kept.ids(dossier.work, dossier.estate_id, dossier.roster_version)
    return Layout(doors.walk(places), places, vacant, ids, dossier.households)


# one door


@dataclass(frozen=True)
class DoorPage:
    """A door with its calls and promises; ``number`` is how to dial, once it was asked for on purpose."""

    unit: Unit
    id: int
    door: Door
    holder: Held
    visits: Sequence[Kept]
    photos: Mapping[str, Sequence[DoorPhoto]]
    promises: Sequence[tuple[str, str, str]]
    has_phone: bool
    vacant: bool

    @property
    def owner(self) -> str:
        """Who is registered, masked."""
        return self.unit.owners[0].masked if self.unit.owners else "——"


def unit_of(canvass: Canvass, unit_id: int) -> str:
    """The number of a unit of the roster that counts.  Raises NotFound."""
    dossier = canvass.dossier
    found = kept.unit_by_id(dossier.work, dossier.estate_id, canvass.roster_version, unit_id)
    if found is None:
        raise NotFound(what="这一户")
    return found


def door_page(canvass: Canvass, unit_id: int) -> DoorPage:
    """A door as whoever stands before it needs it.  Raises NotFound, NotPermitted for whom it is not."""
    unit_no = unit_of(canvass, unit_id)
    dossier = canvass.dossier
    work, estate_id = dossier.work, dossier.estate_id
    held = shown_to(canvass, unit_no)
    unit = counted_unit(canvass, unit_no)
    calls = kept.calls_at(work, estate_id, unit_no)
    promised = [(row.text, row.owner, row.due or "") for row in kept.promises(work, estate_id, unit_no)]
    return DoorPage(
        unit, unit_id, doors.door(calls, held.reopened_at), held, kept.visits_at(work, estate_id, unit_no),
        kept.photos_at(work, estate_id, unit_no), promised,
        bool(unit.owners and unit.owners[0].phone), unit.status != "DELIVERED",
    )  # fmt: skip


def shown_to(canvass: Canvass, unit_no: str) -> Held:
    """Whose a door is, where the member may see what was said there.  Raises NotPermitted."""
    held = kept.held_by(canvass.dossier.work, canvass.dossier.estate_id, unit_no)
    if not canvass.sees and held.person != canvass.member.name:
        raise NotPermitted("这一户不是分给您走访的；逐户的态度和谈话只给走访的人看。")
    return held


def counted_unit(canvass: Canvass, unit_no: str, *, owners: bool = True) -> Unit:
    """A unit that is to be visited, with its owners where they are asked for.  Raises NotFound."""
    dossier = canvass.dossier
    listed = kept.unit(dossier.work, dossier.estate_id, canvass.roster_version, unit_no, owners=owners)
    found = roster.assemble(listed, dossier.policies).units.get(unit_no)
    if found is None:
        raise NotFound(what=f"清册中要走访的房号“{unit_no}”")
    return found


def dial(canvass: Canvass, unit_id: int) -> str:
    """The number of a door's owner, to be dialled and not shown; the look is noted.  Raises NotFound, NotPermitted."""
    page = door_page(canvass, unit_id)
    permitted(canvass, [page.unit.unit_no])
    disclosures.note(canvass.dossier.work, canvass.dossier.estate_id, disclosing.UNIT, page.unit.unit_no, _DIALLED)
    return page.unit.owners[0].phone if page.unit.owners else ""


def next_door(canvass: Canvass, here: str, within: str) -> str | None:
    """The next door at which to knock: of the member's own for an empty ``within``, else of that building first.

    Within :data:`NEED` it is the one that is reached most easily, of one's own where one has some.
    """
    if within == NEED:
        return next((unit for unit in needed(canvass) if unit != here), None)
    own = canvass.mine if not within else []
    if own:
        return doors.next_door(own, here, canvass.wanted(own))
    building = within or (canvass.layout.places[here].building if here in canvass.layout.places else "")
    units = canvass.of_building(building) if building in canvass.layout.buildings else list(canvass.layout.order)
    if not canvass.sees:
        return None
    return doors.next_door(units, here, canvass.wanted(units)) or doors.next_door(
        canvass.layout.order, here, canvass.wanted(canvass.layout.order)
    )


def needed(canvass: Canvass) -> list[str]:
    """The doors at which somebody should knock today, the easiest to reach first: one's own, else all that one sees."""
    units = canvass.mine or (list(canvass.layout.order) if canvass.sees else [])
    wanted = canvass.wanted(units)
    return doors.by_need(canvass.standing.doors, [unit for unit in units if unit in wanted], canvass.dossier.today)


def first_door(canvass: Canvass, within: str = "") -> int | None:
    """The id of the door with which to begin today, of one's own first."""
    here = next_door(canvass, "", within)
    return canvass.layout.ids[here] if here else None


def latest_visit(canvass: Canvass, unit_id: int) -> Kept | None:
    """What the member recorded last at a door, if it is the latest there and may be taken back."""
    dossier = canvass.dossier
    unit_no = kept.unit_by_id(dossier.work, dossier.estate_id, canvass.roster_version, unit_id)
    if unit_no is None:
        return None
    found = max(kept.visits_at(dossier.work, dossier.estate_id, unit_no), key=lambda one: one.id, default=None)
    return found if found and found.key and found.actor == canvass.member.name else None


def packet(canvass: Canvass) -> list[dict[str, object]]:
    """The member's own doors as a phone takes them along: the least that one needs there, names masked (law §6).

    Raises NotPermitted where none are his, or the canvass does not go on: the phone drops its packet then.
    """
    own = canvass.mine if canvass.roster_version else []
    if canvass.locked or not own:
        raise NotPermitted(canvass.locked or "还没有分给您的门户；请找负责走访的人分派。")
    dossier, wanted = canvass.dossier, canvass.wanted(own)
    names = kept.first_owners(dossier.work, dossier.estate_id, canvass.roster_version)
    return [_taken_along(canvass, unit, names.get(unit, ""), unit in wanted) for unit in own]


def _taken_along(canvass: Canvass, unit: str, name: str, due: bool) -> dict[str, object]:
    door, last = canvass.standing.doors[unit], ""
    if door.last:
        last = f"上次 {door.last.visit.on} {doors.WORDS[door.last.result]}，共 {door.calls} 次"
        last += f"；约 {door.follow_up}" if door.follow_up else ""
    return {
        "unit_no": unit, "label": unit.partition("-")[2] or unit, "owner": roster.masked(name), "shows": door.shows,
        "settled": door.settled(canvass.round), "due": due, "vacant": unit in canvass.layout.vacant,
        "refused": door.refused, "last": last,
    }  # fmt: skip
