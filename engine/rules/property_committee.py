"""The property management committee 物管会: a body set up by the street where no committee can be (manual 4D, CZ-3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import Problem
from engine.rules.election import OWNER
from engine.rules.exact import Percent, Ratio
from engine.rules.outcome import Outcome


@dataclass(frozen=True)
class Member:
    """One member: from where, and of which unit if an owner."""

    name: str
    source: str
    unit_no: str
    company_staff: bool


@dataclass(frozen=True)
class Composition:
    """The pack's bounds for its members."""

    least: int
    most: int
    owner_share_min: Percent


def member_problems(
    members: Sequence[Member], chair: str, asked: Composition, roster: Collection[str]
) -> list[Problem]:
    """Why the proposed members may not be published: odd, within bounds, owners at least their share."""
    size, owners = len(members), sum(1 for member in members if member.source == OWNER)
    found = []
    if size % 2 == 0:
        found.append(Problem("members", f"成员 {size} 人，应为单数；请增减一人。"))
    if not asked.least <= size <= asked.most:
        found.append(Problem("members", f"成员 {size} 人，应在 {asked.least} 到 {asked.most} 人之间；请调整。"))
    if not Ratio(owners, size).reaches(asked.owner_share_min):
        message = f"业主成员 {owners} 人，占 {size} 人的比例不足 {asked.owner_share_min}%；请增加业主成员。"
        found.append(Problem("members", message))
    if chair not in {member.name for member in members}:
        found.append(Problem("chair", f"主任{chair}不在成员名单内；请核对姓名。"))
    for index, member in enumerate(members):
        if member.source == OWNER and member.unit_no not in roster:
            message = f"{member.name} 是业主成员，房号“{member.unit_no}”不在业主清册内；请核对。"
            found.append(Problem(f"members[{index}].unit_no", message))
        if member.company_staff:
            message = f"{member.name} 在为本小区服务的物业企业任职，不能当成员；请换人。"
            found.append(Problem(f"members[{index}].company_staff", message))
    return found


def objections(posted_on: date, closed_on: date, days: int, sustained: Sequence[str]) -> Outcome:
    """Whether the committee may be established once its members were on show: ``CLEAR`` or ``OBJECTED``."""
    figures = {"shown_days": (closed_on - posted_on).days, "needed_days": days, "sustained": list(sustained)}
    return Outcome("OBJECTED" if sustained else "CLEAR", figures, ("CZ-3", "G4"))


def show_problems(posted_on: date, closed_on: date, days: int) -> list[Problem]:
    """Why the public notice of the members has not run: ``days`` full days."""
    earliest = posted_on + timedelta(days)
    if closed_on >= earliest:
        return []
    return [Problem("closed_on", f"{posted_on} 张贴，成员公示须满 {days} 天，最早 {earliest} 处理完；请改日期。")]


def establishment_problems(
    established_on: date, closed_on: date, term_start: date, term_end: date, years_up: date
) -> list[Problem]:
    """Why it may not be established: before the objections closed, in term before, or for longer than allowed.

    ``years_up`` is the same day as the term's first, as many years later as a term may last.
    """
    found = []
    if established_on < closed_on:
        found.append(Problem("established_on", f"公示异议 {closed_on} 才处理完，不能在此以前成立；请改日期。"))
    if term_start < established_on:
        found.append(Problem("term_start", f"任期不能早于成立之日 {established_on}；请改日期。"))
    if term_end >= years_up:
        found.append(Problem("term_end", f"物管会任期最长到 {years_up - timedelta(1)}；请缩短任期。"))
    return found
