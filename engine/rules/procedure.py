"""Whether a vote was convened, opened, extended and closed as the law asks, and what it decided.

Law gates LC-03, LC-05…LC-08, T-04, T-07, T-13, MV10, MV11; decisions 1, 3, 19; manual S7, gate G7.
Problems stop the step; warnings pass with a reason.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.errors import Problem
from engine.rules.convening import AgendaItem
from engine.rules.count_session import is_named
from engine.rules.exact import Percent, Ratio
from engine.rules.outcome import Outcome


@dataclass(frozen=True)
class Notice:
    """The meeting notice as given; it is complete when the last of owners and residents' committee has it."""

    posted_on: date
    all_owners_notified_on: date
    committee_told_on: date
    items: Collection[int]
    short_notice_reason: str = ""

    @property
    def completed_on(self) -> date:
        """The day the period runs from (物业管理条例 14; law DV-13)."""
        return max(self.posted_on, self.all_owners_notified_on, self.committee_told_on)


@dataclass(frozen=True)
class Window:
    """When votes may be cast; the pack's shortest and longest window and longest extension in days."""

    opens_on: date
    closes_on: date
    least: int
    most: int
    longest_extension: int


@dataclass(frozen=True)
class Extension:
    """A wish to extend: what the notice allowed, and what was done before the close."""

    allowed_by_notice: bool
    already_extended: bool
    ballots_unopened: bool
    quorum_reached: bool
    decided_on: date
    extended_to: date | None


@dataclass(frozen=True)
class BallotCount:
    """The ballots at the close; each serial is in one of the last three (decisions 19)."""

    issued: int
    returned: int
    unreturned: int
    void: int


@dataclass(frozen=True)
class ItemResult:
    """What the tally says of one item: its quorum, its status over all open policies, whether it passed.

    ``status`` is ``PASS_ROBUST``, ``FAIL_ROBUST`` or ``CONTESTED``.  Of a ``candidate`` the approvals rank.
    """

    item_no: int
    key: bool
    quorum: bool
    status: str
    passed: bool
    candidate: str = ""
    approving_persons: int = 0
    approving_area: int = 0


def callback_problems(sampled: int, confirmed: int, returned: int, least: Percent) -> list[Problem]:
    """Why a count may not stand: too few ballots called back, or more confirmed than called (manual 7.6)."""
    found = []
    if returned and not Ratio(sampled, returned).reaches(least):
        found.append(
            Problem("callback_sample", f"抽查回访 {sampled} 票，不足收回 {returned} 票的 {least}%；请补充回访。")
        )
    if sampled > returned:
        found.append(Problem("callback_sample", f"抽查回访 {sampled} 票，多于收回的 {returned} 票；请核对。"))
    if confirmed > sampled:
        found.append(Problem("callback_confirmed", f"核实一致 {confirmed} 票，多于抽查的 {sampled} 票；请核对。"))
    return found


def counter_problems(counters: Mapping[str, str], candidates: Collection[str]) -> list[Problem]:
    """Candidates among those who count or scrutinise, by field (checklist of G7)."""
    return [
        Problem(field, f"{candidate}是候选人，不能计票、监票；请换人。")
        for field, written in counters.items()
        for candidate in candidates
        if is_named(candidate, written)
    ]


def elected(results: Sequence[ItemResult], seats: int) -> list[str]:
    """Who is elected: candidates passed under every reading, by approving persons, then area; a tie at the last
    seat elects none of the tied (law §3.3).
    """
    ranked = sorted(
        (result for result in results if result.candidate and result.status == "PASS_ROBUST"),
        key=_votes,
        reverse=True,
    )
    if len(ranked) > seats > 0 and _votes(ranked[seats - 1]) == _votes(ranked[seats]):
        tied = _votes(ranked[seats])
        ranked = [result for result in ranked if _votes(result) > tied]
    return [result.candidate for result in ranked[:seats]]


def _votes(result: ItemResult) -> tuple[int, int]:
    return result.approving_persons, result.approving_area


def notice_problems(items: Sequence[AgendaItem], notice: Notice, opens_on: date, notice_days: int) -> list[Problem]:
    """Why voting may not open: unannounced items (MV10), or a notice short of the literal period (LC-06, T-04).

    Between the literal and the safe date a reason is asked for (decisions 1); see :func:`notice_warnings`.
    """
    listed = {item.no for item in items}
    found = [
        Problem("items_posted", f"事项 {no} 没有写进会议公告，不能表决；请重新公告，或删去该事项。")
        for no in sorted(listed - set(notice.items))
    ]
    found += [
        Problem("items_posted", f"公告中的事项 {no} 不在业委会决议的议程内；请核对事项号。")
        for no in sorted(set(notice.items) - listed)
    ]
    literal = notice.completed_on + timedelta(notice_days)
    if opens_on < literal:
        message = f"公告于 {notice.completed_on} 完成，满 {notice_days} 天前不能开始表决；最早 {literal}。"
        found.append(Problem("voting_opens_on", message))
    elif notice_warnings(notice, opens_on, notice_days) and not notice.short_notice_reason.strip():
        message = f"开始日 {opens_on} 刚满字面期限，建议 {literal + timedelta(1)}；仍用此日须写明理由。"
        found.append(Problem("short_notice_reason", message))
    return found


def notice_warnings(notice: Notice, opens_on: date, notice_days: int) -> list[Problem]:
    """The warning that a notice keeps the literal period but not the safe one: ``notice_days`` full days between."""
    literal = notice.completed_on + timedelta(notice_days)
    if opens_on != literal:
        return []
    return [Problem("voting_opens_on", f"只满足字面期限 {notice_days} 天；稳妥的开始日是 {literal + timedelta(1)}。")]


def window_problems(window: Window, frozen_on: date | None) -> list[Problem]:
    """Why a voting window cannot stand: too short, too long, or on a roster not frozen before it (LC-04, T-06)."""
    found = []
    days = (window.closes_on - window.opens_on).days
    if not window.least <= days <= window.most:
        message = f"表决期 {days} 天，应为 {window.least} 到 {window.most} 天；请调整截止日。"
        found.append(Problem("voting_closes_on", message))
    if frozen_on is None or frozen_on > window.opens_on:
        found.append(Problem("frozen_on", "业主名册须在表决开始前冻结并公示。"))
    return found


def delivery_problems(named: Mapping[str, str], allowed: Collection[str], basis: str) -> list[Problem]:
    """Ways of delivery that the place does not list, unless the assembly's own rules allow them (GR-22, law §8).

    ``named`` holds what the notice names, by code; ``basis`` says which of the rules.  An announcement on site is
    the last resort that law gives everywhere, and is not named.
    """
    others = [label for mode, label in named.items() if mode not in allowed]
    if not others or basis.strip():
        return []
    message = f"本地的送达方式里没有“{'、'.join(others)}”；议事规则允许的，请写明第几条，否则请改选。"
    return [Problem("delivery_basis", message)]


def extension_problems(extension: Extension, window: Window) -> list[Problem]:
    """Why the vote may not be extended (decisions 3): once, if the notice allowed it, posted before the close."""
    found = []
    if extension.already_extended:
        found.append(Problem("extend", "表决期只能延长一次，已经延长过。"))
    if not extension.allowed_by_notice:
        found.append(Problem("extend", "会议公告没有载明可以延长；不能延长，须重新公告表决。"))
    if extension.quorum_reached:
        found.append(Problem("extend", "已达到法定参与比例，不需要延长。"))
    if not extension.ballots_unopened:
        found.append(Problem("ballots_unopened", "表决票已经开封；开封后不能延长。"))
    if extension.decided_on > window.closes_on:
        found.append(Problem("extend", f"截止日 {window.closes_on} 已过；延长须在截止以前公告，不能再延长。"))
    if extension.extended_to is None or extension.extended_to <= window.closes_on:
        found.append(Problem("extended_to", f"延长后的截止日须晚于 {window.closes_on}。"))
        return found
    latest = min(
        window.opens_on + timedelta(window.most),
        window.closes_on + timedelta(window.longest_extension),
    )
    if extension.extended_to > latest:
        longest = f"表决期连同延长最长 {window.most} 天，一次延长最长 {window.longest_extension} 天"
        found.append(Problem("extended_to", f"{longest}；最迟延长到 {latest}。"))
    return found


def participate(extend: bool, extension: Extension, window: Window) -> Outcome:
    """Whether the vote goes on to its close or may be extended: ``PROCEED`` or ``EXTEND``.

    Figure ``refused`` says why a wished extension was not given.  No approval figure enters here.
    """
    refused = [problem.message for problem in extension_problems(extension, window)] if extend else []
    figures = {"quorum_reached": extension.quorum_reached, "refused": refused}
    return Outcome("EXTEND" if extend and not refused else "PROCEED", figures, ("T-07",))


def confirm_extension(announced: date, extended_to: date, posted_on: date) -> Outcome:
    """Whether an extension stands: ``EXTENDED`` when its notice was posted by the announced close, else ``LAPSED``.

    Figure ``voting_closes_on`` is the close that now holds (decisions 3).
    """
    stands = posted_on <= announced
    figures = {"voting_closes_on": (extended_to if stands else announced).isoformat()}
    return Outcome("EXTENDED" if stands else "LAPSED", figures, ("T-07",))


def delivered(unreachable: Sequence[str]) -> Outcome:
    """Whether every unit has its ballot: ``COMPLETE``, or ``UNREACHABLE`` when some need a notice on site (GR-22)."""
    figures = {"unreachable": list(unreachable)}
    return Outcome("UNREACHABLE" if unreachable else "COMPLETE", figures, ("GR-22-1",))


def open_vote(flaws: Sequence[Problem]) -> Outcome:
    """Whether voting may open once the roster's objections are answered: ``OPEN`` or ``PROCEDURE_FLAW`` (LC-06)."""
    figures = {"flaws": [str(flaw) for flaw in flaws]}
    return Outcome("PROCEDURE_FLAW" if flaws else "OPEN", figures, ("LC-04", "LC-06"))


def closing_problems(count: BallotCount, closed_on: date, closes_on: date) -> list[Problem]:
    """Why a vote may not be closed: before its end with ballots still out, or ballots unaccounted for (LC-07)."""
    found = [
        Problem(field, "票数不能为负；请重新清点。")
        for field in ("issued", "returned", "unreturned", "void")
        if getattr(count, field) < 0
    ]
    accounted = count.returned + count.unreturned + count.void
    if count.issued != accounted:
        message = (
            f"发出 {count.issued} 张，而收回 {count.returned}、未收回 {count.unreturned}、"
            f"作废 {count.void} 合计 {accounted} 张；请逐号清点后改正。"
        )
        found.append(Problem("issued", message))
    if closed_on <= closes_on and count.unreturned:
        message = f"还有 {count.unreturned} 张未收回，表决到 {closes_on} 二十四时才截止；请次日再封存。"
        found.append(Problem("closed_on", message))
    return found


def decide(results: Sequence[ItemResult], flaws: Sequence[Problem] = (), seats: int = 0) -> Outcome:
    """Gate G7 over all items; the key items decide, an election alone by its ``seats``, else every item.

    ``PROCEDURE_FLAW`` before anything; ``REJECTED`` when a key item had its quorum and failed under
    every reading; ``NO_QUORUM`` when one failed for want of it; ``CONTESTED`` when one hangs on an
    open reading (LC-08); else ``PASSED``, or ``PARTIAL`` when an item that is not key did not pass
    under every reading, or seats stay empty.
    """
    figures = _figures(results, flaws, seats)
    if flaws or not results:
        return Outcome("PROCEDURE_FLAW", figures, ("G7", "LC-06", "LC-07"))
    key = [result for result in results if result.key] or [result for result in results if not result.candidate]
    if not key:
        return _decide_election(results, figures, seats)
    failed = [result for result in key if result.status == "FAIL_ROBUST"]
    if any(result.quorum for result in failed):
        return Outcome("REJECTED", figures, ("G7", "CC-278-3", "CC-278-4"))
    if failed:
        return Outcome("NO_QUORUM", figures, ("G7", "CC-278-2"))
    if any(result.status != "PASS_ROBUST" for result in key):
        return Outcome("CONTESTED", figures, ("G7", "LC-08"))
    return _passed(results, figures, seats)


def decide_contested(results: Sequence[ItemResult], counsel_view: str, seats: int = 0) -> Outcome:
    """What a contested vote decided once counsel signed: ``PASSED`` or ``PARTIAL``, or ``REJECTED`` (LC-08).

    Counsel speaks to the key items; an item that is not key and not passed under every reading still falls.
    """
    figures = {**_figures(results, (), seats), "counsel_view": counsel_view}
    if counsel_view != "PASSED":
        return Outcome("REJECTED", figures, ("G7", "LC-08"))
    return _passed(results, figures, seats)


def _decide_election(results: Sequence[ItemResult], figures: dict[str, object], seats: int) -> Outcome:
    """An agenda of candidates alone: all seats filled, some, or none."""
    if not any(result.quorum for result in results):
        return Outcome("NO_QUORUM", figures, ("G7", "CC-278-2"))
    chosen = elected(results, seats)
    if len(chosen) < seats and any(result.status == "CONTESTED" for result in results):
        return Outcome("CONTESTED", figures, ("G7", "LC-08"))
    if not chosen:
        return Outcome("REJECTED", figures, ("G7", "CC-278-4"))
    return _passed(results, figures, seats)


def _passed(results: Sequence[ItemResult], figures: dict[str, object], seats: int) -> Outcome:
    side = [result for result in results if not result.key and not result.candidate]
    partial = any(result.status != "PASS_ROBUST" for result in side) or len(elected(results, seats)) < seats
    return Outcome("PARTIAL" if partial else "PASSED", figures, ("G7", "CC-278-2", "CC-278-3", "CC-278-4"))


def _figures(results: Sequence[ItemResult], flaws: Sequence[Problem], seats: int) -> dict[str, object]:
    return {
        "elected": elected(results, seats),
        "passed_items": [result.item_no for result in results if result.status == "PASS_ROBUST"],
        "failed_items": [result.item_no for result in results if result.status == "FAIL_ROBUST"],
        "contested_items": [result.item_no for result in results if result.status == "CONTESTED"],
        "items_without_quorum": [result.item_no for result in results if not result.quorum],
        "key_items": [result.item_no for result in results if result.key],
        "flaws": [str(flaw) for flaw in flaws],
    }
