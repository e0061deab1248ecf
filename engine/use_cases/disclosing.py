"""Personal data of owners: masked for everybody, read in full only on purpose, by whom it belongs to, and on record."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import InvalidAnswers, NotFound, NotPermitted, Problem
from engine.store import desk, disclosures, documents, rosters
from engine.store.desk import EstateListed
from engine.store.disclosures import Disclosure, UnitListed
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import hands, powers
from engine.use_cases.accounts import ADMINISTRATOR, AUTHOR, Member
from engine.use_cases.powers import Verdict

#: What somebody may need a full name and number for (law PI-01: one purpose for each use).
PURPOSES = ("约上门走访", "送达会议通知或表决票", "核对业主身份和面积", "答复业主本人", "通知紧急情况")
#: Which lanes answer an owner who asks who has looked at their data (law PI-17).
DESK = ("社区干部", "街道")
#: Roles that do not work with owners.
WITHOUT_OWNERS = frozenset({ADMINISTRATOR, AUTHOR})
UNIT, PAPER, VOTE = "业主", "文书", "表决"


@dataclass(frozen=True)
class RosterPage:
    """A page of the newest roster, masked; ``may_read`` says who may read a unit in full, ``may_list`` the looks.

    ``notice`` is the version of the notice under which it was collected.
    """

    estate: EstateListed
    version: int
    units: list[UnitListed]
    total: int
    may_read: Verdict
    may_list: bool
    notice: str


def roster(work: UnitOfWork, member: Member, estate_id: int, page: int) -> RosterPage:
    """A page of the roster as everybody may see it who works with the estate.  Raises NotFound, NotPermitted."""
    here = estate(work, member, estate_id)
    version = rosters.newest(work, estate_id)
    units, total = disclosures.units(work, estate_id, version, page)
    acting = hands.lanes_of(work, member.name, estate_id)
    may_read = powers.sees(acting, member.name, "owners")
    kept = rosters.version(work, estate_id, version)
    return RosterPage(here, version, units, total, may_read, _answers(acting), (kept and kept.notice) or "")


def read(work: UnitOfWork, member: Member, estate_id: int, unit_id: int, purpose: str) -> tuple[UnitListed, bool]:
    """The owners of a unit in full, for one of :data:`PURPOSES`; the look is noted.

    Says too whether the ends of their identity numbers may be seen.  Raises NotFound, NotPermitted, InvalidAnswers.
    """
    estate(work, member, estate_id)
    acting = hands.lanes_of(work, member.name, estate_id)
    powers.refuse_unless(powers.sees(acting, member.name, "owners"))
    found = _unit(work, estate_id, unit_id)
    if purpose not in PURPOSES:
        raise InvalidAnswers([Problem("purpose", "没有选择用途；查看完整姓名和号码要选一个用途。")], "没有显示。")
    disclosures.note(work, estate_id, UNIT, found.unit_no, purpose)
    return found, powers.sees(acting, member.name, "identity").yes


def looks(
    work: UnitOfWork, member: Member, estate_id: int, unit_id: int, page: int
) -> tuple[EstateListed, str, list[Disclosure], int]:
    """Who looked at the data of a unit, or of the whole estate for 0, for whoever answers the owners.

    Raises NotFound, NotPermitted.
    """
    here = estate(work, member, estate_id)
    if not _answers(hands.lanes_of(work, member.name, estate_id)):
        raise NotPermitted("查看记录由本小区的{lanes}答复业主时使用，您不是其中的人。", lanes="、".join(DESK))
    subject = _unit(work, estate_id, unit_id).unit_no if unit_id else ""
    return here, subject, *disclosures.of_estate(work, estate_id, page, subject)


def open_paper(work: UnitOfWork, member: Member, number: str) -> None:
    """Note that a paper with personal data is taken out.  Raises NotPermitted for whom it does not belong to."""
    found = documents.known(work, number)
    if found is not None and found.kind in powers.PAPERS:
        may_open(work, member, number)
        disclosures.note(work, found.estate_id, PAPER, f"{found.title} {number}", "下载")


def may_open(work: UnitOfWork, member: Member, number: str) -> None:
    """Raise NotPermitted for whom a paper with personal data does not belong to; nothing of it is read."""
    found = documents.known(work, number)
    if found is None or found.kind not in powers.PAPERS:
        return
    acting = hands.lanes_of(work, member.name, found.estate_id)
    powers.refuse_unless(powers.sees(acting, member.name, powers.PAPERS[found.kind]))


def note_vote(work: UnitOfWork, estate_id: int, serial: int, purpose: str) -> None:
    """Note that somebody put together what a ballot says and whose it is."""
    disclosures.note(work, estate_id, VOTE, f"第 {serial:06d} 号票", purpose)


def note_reading(work: UnitOfWork, estate_id: int, serial: int, purpose: str) -> None:
    """The same of somebody to whom a page shows it whenever he opens it; once is enough."""
    subject = f"第 {serial:06d} 号票"
    if not disclosures.noted(work, estate_id, VOTE, subject, purpose):
        disclosures.note(work, estate_id, VOTE, subject, purpose)


def estate(work: UnitOfWork, member: Member, estate_id: int) -> EstateListed:
    """An estate whose registers a member may see: some role works with owners.  Raises NotFound, NotPermitted."""
    found = desk.estate_in_scope(work, member.nodes, estate_id)
    if found is None:
        raise NotFound(what="这个小区")
    if member.roles <= WITHOUT_OWNERS:
        raise NotPermitted(
            "业主清册由办理小区的人查看；{roles}不凭这个角色看业主的个人信息。", roles="、".join(member.roles)
        )
    return found


def _unit(work: UnitOfWork, estate_id: int, unit_id: int) -> UnitListed:
    found = disclosures.unit_of(work, estate_id, rosters.newest(work, estate_id), unit_id)
    if found is None:
        raise NotFound(what="这一户")
    return found


def _answers(acting: Iterable[str]) -> bool:
    return not set(DESK).isdisjoint(acting)
