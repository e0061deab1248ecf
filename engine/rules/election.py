"""How owners elect a committee: who prepares it, who stands, who is elected, and what follows.

Manual 4B and 4C; GR-8…GR-15, GR-31…GR-34, GR-47; JS-2, JS-3; T-01, T-02, T-10, T-11, T-17.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import Problem
from engine.rules.convening import ELECTION_CLASS, AgendaItem
from engine.rules.exact import Percent, Ratio
from engine.rules.outcome import Outcome

OWNER = "OWNER"
RULES_CLASS, COVENANT_CLASS = 1, 2


@dataclass(frozen=True)
class Conditions:
    """When a first assembly may be asked for: shares in percent, and how many owners ask together (JS-2, JS-3)."""

    area_min: Percent
    households_min: Percent
    applicants_min: int


@dataclass(frozen=True)
class Request:
    """An application for the first assembly; areas in 0.01 m², ``applicants`` the units of those who ask together."""

    by_developer: bool
    applicants: Sequence[str]
    delivered: Ratio
    moved_in: Ratio


def request_problems(request: Request, conditions: Conditions, roster: Collection[str]) -> list[Problem]:
    """Why a first assembly cannot be asked for yet."""
    found = applicant_problems(request.applicants, roster, 0 if request.by_developer else conditions.applicants_min)
    for field, title, ratio in (
        ("delivered_area", "已交付面积", request.delivered),
        ("moved_in_households", "已入住户数", request.moved_in),
    ):
        if ratio.numerator > ratio.denominator:
            found.append(Problem(field, f"{title}大于全小区的合计；请核对。"))
    if not (request.delivered.reaches(conditions.area_min) or request.moved_in.reaches(conditions.households_min)):
        message = (
            f"已交付面积 {request.delivered.percent()}%、已入住户数 {request.moved_in.percent()}%，都没有达到"
            f"成立业主大会的条件（{conditions.area_min}% 或者 {conditions.households_min}%）；请改走组建物管会。"
        )
        found.append(Problem("delivered_area", message))
    return found


def applicant_problems(applicants: Sequence[str], roster: Collection[str], least: int) -> list[Problem]:
    """Why those who ask together do not count: too few units, one twice, or one that is not on the roster."""
    found = []
    if len(set(applicants)) < least:
        message = f"联名业主 {len(set(applicants))} 户，不足 {least} 户；请补足签名，或由其他有权的人申请。"
        found.append(Problem("applicants", message))
    seen: set[str] = set()
    for index, unit_no in enumerate(applicants):
        if unit_no in seen:
            found.append(Problem(f"applicants[{index}].unit_no", f"{unit_no} 列了两次；一户只算一次，请删去一行。"))
        elif unit_no not in roster:
            found.append(Problem(f"applicants[{index}].unit_no", f"{unit_no} 不在业主清册内；请核对房号。"))
        seen.add(unit_no)
    return found


@dataclass(frozen=True)
class Group:
    """A preparatory or re-election group: the source of each member, and of its head (empty when not a member)."""

    sources: Sequence[str]
    head_source: str


def group_problems(group: Group, size_min: int, owner_share_min: Percent) -> list[Problem]:
    """Why a group may not stand: odd in number, owners at least half, led by street or community (指导规则 10、11)."""
    size, owners = len(group.sources), sum(1 for source in group.sources if source == OWNER)
    found = []
    if size % 2 == 0:
        found.append(Problem("members", f"成员 {size} 人，应为单数；请增减一人。"))
    if size < size_min:
        found.append(Problem("members", f"成员 {size} 人，至少应有 {size_min} 人；请补充。"))
    if not Ratio(owners, size).reaches(owner_share_min):
        message = f"业主成员 {owners} 人，占 {size} 人的比例不足 {owner_share_min}%；请增加业主成员。"
        found.append(Problem("members", message))
    if group.head_source not in {"STREET", "COMMUNITY"}:
        found.append(Problem("head", "组长应是名单中街道或者居民委员会的成员；请核对姓名和来源。"))
    return found


def timely(formed_on: date, today: date, notice_days: int, due_on: date) -> Outcome:
    """Whether the first assembly can still be held in time: ``ON_TIME`` or ``OVERDUE`` (T-02, T-03)."""
    earliest = today + timedelta(notice_days + 1)
    figures = {"formed_on": formed_on.isoformat(), "earliest": earliest.isoformat(), "due_on": due_on.isoformat()}
    return Outcome("ON_TIME" if earliest <= due_on else "OVERDUE", figures, ("T-02", "T-03", "GR-15-1"))


#: What owners must be able to read before the first assembly (指导规则 12).
PACKAGE: Mapping[str, str] = {
    "IDENTITY": "业主身份和面积公示",
    "COVENANT": "管理规约草案",
    "RULES": "议事规则草案",
    "CANDIDATES": "候选人公示",
}


def package_problems(posted: Collection[str]) -> list[Problem]:
    """What is missing from the papers posted for the first assembly (T-03)."""
    absent = [title for name, title in PACKAGE.items() if name not in posted]
    return [Problem("posted", f"还没有张贴{'、'.join(absent)}；四样贴齐再登记。")] if absent else []


@dataclass(frozen=True)
class Candidate:
    """Somebody who stands for the committee."""

    name: str
    unit_no: str
    company_staff: bool
    conflict_declared: bool


@dataclass(frozen=True)
class Seats:
    """How many are to be elected, and the pack's bounds; a by-election fills ``number`` of the seats there are."""

    number: int
    least: int
    most: int
    by_election: bool = False


def candidate_problems(
    candidates: Sequence[Candidate], seats: Seats, owners: Mapping[str, Collection[str]]
) -> list[Problem]:
    """Why the candidates may not be published; ``owners`` are the names by unit on the roster (GR-31)."""
    found = []
    if not seats.by_election and seats.number % 2 == 0:
        found.append(Problem("seats", f"应选 {seats.number} 人，应为单数；请调整名额。"))
    if not seats.by_election and not seats.least <= seats.number <= seats.most:
        found.append(Problem("seats", f"应选 {seats.number} 人，应在 {seats.least} 到 {seats.most} 人之间。"))
    if len(candidates) < seats.number:
        found.append(Problem("candidates", f"候选人 {len(candidates)} 人，少于应选 {seats.number} 人；请继续推荐。"))
    seen: set[str] = set()
    for index, one in enumerate(candidates):
        where = f"candidates[{index}]"
        if one.name in seen:
            found.append(Problem(f"{where}.name", f"{one.name} 列了两次；每人只列一行。"))
        seen.add(one.name)
        if one.name not in owners.get(one.unit_no, ()):
            message = f"清册上 {one.unit_no} 的产权人不是{one.name}；候选人须是业主，请核对房号和姓名。"
            found.append(Problem(f"{where}.unit_no", message))
        if one.company_staff:
            message = f"{one.name} 在为本小区服务的物业企业任职，不能当候选人；请换人，或辞职后再推荐。"
            found.append(Problem(f"{where}.company_staff", message))
        if not one.conflict_declared:
            message = f"{one.name} 没有申报利益关系；请本人填写申报后再公布。"
            found.append(Problem(f"{where}.conflict_declared", message))
    return found


def agenda_problems(
    items: Sequence[AgendaItem], seats: int | None, nominated: Sequence[str], nominated_seats: int, first: bool
) -> list[Problem]:
    """Whether the agenda of an election asks just what was published; a first assembly also adopts both its texts."""
    found = []
    standing = [item.candidate for item in items if item.candidate]
    if sorted(standing) != sorted(nominated):
        wanted = "、".join(nominated)
        found.append(Problem("items", f"候选人事项应与公布的候选人一致（{wanted}），每人一项、归第 3 类；请核对。"))
    if seats != nominated_seats:
        found.append(Problem("seats", f"公布的应选名额是 {nominated_seats} 人；请照填。"))
    keyed = {item.item_class for item in items if item.key}
    if first and not {RULES_CLASS, COVENANT_CLASS} <= keyed:
        message = "首次业主大会须表决议事规则（第 1 类）和管理规约（第 2 类），并都作为关键事项；请补上。"
        found.append(Problem("items", message))
    return found


def filled(vote_outcome: str, names: Sequence[str], seats: int) -> bool:
    """Whether a valid vote filled at least half of the seats."""
    return vote_outcome in {"PASSED", "PARTIAL"} and 0 < seats <= 2 * len(names)


def elected(vote_outcome: str, names: Sequence[str], seats: int, first: bool) -> Outcome:
    """What an election came to: at least half the seats filled by a valid vote (GR-15; 北京条例 48 for the half).

    A first assembly is ``FORMED`` or ``NOT_FORMED``, with both its texts adopted as key items of the vote; a
    re-election ends ``ELECTED`` or ``NOT_ELECTED``.
    """
    held = filled(vote_outcome, names, seats)
    figures = {"vote": vote_outcome, "elected": list(names), "seats": seats}
    name = ("FORMED", "NOT_FORMED") if first else ("ELECTED", "NOT_ELECTED")
    return Outcome(name[0 if held else 1], figures, ("GR-15-1", "GR-31-1", f"CC-278-{ELECTION_CLASS}"))


@dataclass(frozen=True)
class FirstMeeting:
    """The first meeting of those elected: who came, who was chosen, by how many."""

    elected: Collection[str]
    present: int
    members_for: int
    officers: Mapping[str, str]


def first_meeting_problems(meeting: FirstMeeting) -> list[Problem]:
    """Why the first meeting does not stand: more than half there, half of all for it, officers elected (GR-38)."""
    found, size = [], len(meeting.elected)
    if meeting.present > size:
        found.append(Problem("present", f"到会 {meeting.present} 人，多于当选的 {size} 人；请核对签到。"))
    if 2 * meeting.present <= size:
        found.append(Problem("present", f"到会 {meeting.present} 人，没有超过 {size} 人的半数；请另行开会。"))
    if 2 * meeting.members_for < size or meeting.members_for > meeting.present:
        message = f"同意 {meeting.members_for} 人；须全体成员半数以上同意，且不多于到会人数，请核对。"
        found.append(Problem("members_for", message))
    if set(meeting.officers) != set(meeting.elected):
        wanted = "、".join(meeting.elected)
        found.append(Problem("members", f"成员名单应就是当选的人（{wanted}）；请核对。"))
    if sum(1 for job in meeting.officers.values() if job == "主任") != 1:
        found.append(Problem("members", "应有主任一名；请按会议结果填写职务。"))
    return found


#: What is filed with district and street (law §4.11, 指导规则 33).
FILED: Mapping[str, str] = {
    "REPORT": "选举情况报告",
    "COVENANT": "管理规约",
    "RULES": "议事规则",
    "DECISIONS": "业主大会的其他重大决定",
}


def leaves_on(term_end: date | None, elected_on: date, *, expires: bool) -> date:
    """The day from which an old committee has to hand over (GR-47, T-17): the end of its term.

    Where the term ``expires`` that is its last day, but not before there is somebody to hand over to; a committee
    that is replaced for another cause leaves when the new one is elected.
    """
    return max(term_end, elected_on) if expires and term_end is not None else elected_on


def late_problems(what: str, done_on: date, due_on: date, reason: str) -> list[Problem]:
    """A step of the law's that was taken late must say why (T-10, T-11)."""
    if done_on <= due_on or reason.strip():
        return []
    return [Problem("late_reason", f"{what}应在 {due_on} 以前完成，{done_on} 已经逾期；请写明逾期原因。")]


def filing_problems(
    elected_on: date, filed_on: date, papers: Collection[str], offices: Collection[str]
) -> list[Problem]:
    """Why a filing is not one: before the election, without its papers, or with one office only (PMR-16, GR-33)."""
    found = []
    if filed_on < elected_on:
        found.append(Problem("filed_on", f"备案日期 {filed_on} 早于选举结果公告 {elected_on}；先选举，后备案。"))
    absent = [title for name, title in FILED.items() if name not in papers]
    if absent:
        found.append(Problem("papers", f"备案还缺{'、'.join(absent)}；请补齐后一并报送。"))
    if not {"DISTRICT", "STREET"} <= set(offices):
        found.append(Problem("filed_with", "须同时报区住建部门和街道办事处备案；请补报。"))
    return found
