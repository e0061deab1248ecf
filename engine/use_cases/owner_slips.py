"""The slips 业主核对条 by which owners look up their own entry: made for every unit, printed, and given out anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import InvalidAnswers, NotPermitted, Problem
from engine.rules import doors
from engine.store import disclosures, owner_codes, rosters
from engine.store.desk import EstateListed
from engine.store.owner_codes import OwnerCode
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import disclosing, hands, own_entry
from engine.use_cases.accounts import Member

LANES = ("社区干部",)
#: Slips that are printed at a time: three sheets of A4, with twelve below the head and twice fourteen.
PAGE = 40


@dataclass(frozen=True)
class Slip:
    """What is printed for a unit: no name stands on it.  ``address`` leads to the page with the code behind ``#``."""

    unit_no: str
    digits: str
    address: str


@dataclass(frozen=True)
class Look:
    """How the slips of an estate stand; ``silent`` are units whose owners have nothing on record to answer with."""

    estate: EstateListed
    mine: bool
    units: int
    made: int
    used_up: Sequence[str]
    silent: Sequence[str]

    @property
    def pages(self) -> int:
        """How many pages of slips there are."""
        return -(-self.made // PAGE)


def look(work: UnitOfWork, member: Member, estate_id: int) -> Look:
    """How the slips stand.  Raises NotFound, NotPermitted."""
    estate = disclosing.estate(work, member, estate_id)
    units = rosters.read(work, estate_id, rosters.newest(work, estate_id)).units
    made = owner_codes.listed(work, estate_id)
    used_up = [no for no, one in made.items() if one.tries >= own_entry.TRIES]
    silent = [unit.unit_no for unit in units if not any(own_entry.ends(owner) for owner in unit.owners)]
    there = sum(unit.unit_no in made for unit in units)
    return Look(estate, hands.acts_in_lanes(work, member, estate_id, LANES), len(units), there, used_up, silent)


def make(work: UnitOfWork, member: Member, estate_id: int) -> int:
    """Make the codes of all units that have none; returns how many.  Raises NotFound, NotPermitted, InvalidAnswers."""
    _permitted(work, member, estate_id)
    work.alone(f"owner codes {estate_id}")
    units = rosters.read(work, estate_id, rosters.newest(work, estate_id)).units
    if not units:
        raise InvalidAnswers([Problem("unit", "还没有业主名册；请先导入，再生成核对条。")], "没有生成。")
    there = owner_codes.listed(work, estate_id)
    fresh = [unit.unit_no for unit in units if unit.unit_no not in there]
    owner_codes.make(work, estate_id, fresh)
    return len(fresh)


def renew(work: UnitOfWork, member: Member, estate_id: int, unit_no: str) -> None:
    """Make another code for a unit; the slip that was given out leads nowhere then.

    Raises NotFound, NotPermitted, InvalidAnswers, Conflict.
    """
    _permitted(work, member, estate_id)
    given = owner_codes.listed(work, estate_id).get(unit_no.strip())
    if given is None:
        raise InvalidAnswers([Problem("unit", f"没有“{unit_no.strip()}”的核对条；请核对房号。")], "没有换发。")
    owner_codes.renew(work, given)


def printed(work: UnitOfWork, member: Member, estate_id: int, page: int, here: str) -> tuple[EstateListed, list[Slip]]:
    """A page of slips in the order in which doors are walked; that they were taken out is noted.

    ``here`` is the address under which these pages are read, where the installation has none of its own.
    Raises NotFound, NotPermitted.
    """
    estate = _permitted(work, member, estate_id)
    units = rosters.read(work, estate_id, rosters.newest(work, estate_id)).units
    made = owner_codes.listed(work, estate_id)
    walked = doors.walk({unit.unit_no: doors.place(unit.unit_no, unit.building) for unit in units})
    there = [made[unit_no] for unit_no in walked if unit_no in made]
    disclosures.note(work, estate_id, disclosing.PAPER, f"业主核对条第 {page} 页", "打印发给业主")
    return estate, [_slip(work, one, work.public.address or here) for one in there[(page - 1) * PAGE : page * PAGE]]


def _slip(work: UnitOfWork, given: OwnerCode, base: str) -> Slip:
    digits = owner_codes.digits(work.public.key, given.estate_id, given.unit_no, given.issue)
    return Slip(given.unit_no, digits, f"{base}/my-entry#{digits}")


def _permitted(work: UnitOfWork, member: Member, estate_id: int) -> EstateListed:
    estate = disclosing.estate(work, member, estate_id)
    if not hands.acts_in_lanes(work, member, estate_id, LANES):
        raise NotPermitted(lane="或".join(LANES))
    return estate
