"""When periods end: 民法典 200–204 over calendar days, working days by the yearly official calendar.

The day of the event is day 0.  Of "at least n days before" there are two answers: the literal date, and the
safe one with n full days between (law §2.1; decisions 1).
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.errors import InvalidAnswers, InvalidDefinition, Problem
from engine.rules.jurisdiction import Parameter


@dataclass(frozen=True)
class Dates:
    """A literal and a safe answer to the same question."""

    literal: date
    safe: date


@dataclass(frozen=True)
class Calendar:
    """Working days of the years it knows: weekends, public holidays, and weekends worked instead.

    ``provisional`` are years whose official arrangement is not published yet: only weekends and the
    holidays fixed by law are known of them.
    """

    holidays: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]
    provisional: frozenset[int]

    @staticmethod
    def read(texts: Iterable[str]) -> "Calendar":
        """The calendar in TOML texts of ``year``, ``provisional``, ``holidays`` and ``worked``.

        Raises InvalidDefinition.
        """
        holidays: set[date] = set()
        worked: set[date] = set()
        years: set[int] = set()
        provisional: set[int] = set()
        for text in texts:
            raw = _year(text)
            years.add(raw["year"])
            holidays.update(raw["holidays"])
            worked.update(raw["worked"])
            if raw["provisional"]:
                provisional.add(raw["year"])
        return Calendar(frozenset(holidays), frozenset(worked), frozenset(years), frozenset(provisional))

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day."""
        if day in self.worked:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def next_working(self, day: date) -> date:
        """That day, or the first working day after it."""
        while not self.is_working(day):
            day += timedelta(1)
        return day

    def previous_working(self, day: date) -> date:
        """That day, or the last working day before it."""
        while not self.is_working(day):
            day -= timedelta(1)
        return day

    def working_days_after(self, start: date, days: int) -> date:
        """The ``days``-th working day after ``start``."""
        day = start
        while days > 0:
            day += timedelta(1)
            days -= self.is_working(day)
        return day


WEEKENDS_ONLY = Calendar(frozenset(), frozenset(), frozenset(), frozenset())


@dataclass(frozen=True)
class Period:
    """One period of law §2.2: its length in days, None where a place sets it under ``key``."""

    id: str
    title: str
    days: int | None
    source: str
    key: str = ""


#: The periods of law §2.2 that are counted in days; ``key`` is the pack's parameter that holds the value.
PERIODS: Mapping[str, Period] = {
    period.id: period
    for period in (
        Period("T-01", "组织筹备组", 60, "指导规则 9", "prep_group_setup"),
        Period("T-02", "召开首次业主大会", 90, "指导规则 15", "prep_group_first_assembly"),
        Period("T-03", "首次会议材料公告", 15, "指导规则 12"),
        Period("T-04", "会议公告", 15, "物业管理条例 14", "assembly_notice"),
        Period("T-05", "名册异议", None, "地方", "roster_objection"),
        Period("T-06", "表决期", None, "地方", "voting_window"),
        Period("T-07", "延长表决", None, "议事规则", "voting_extension"),
        Period("T-08", "公告结果", None, "指导规则 30", "result_notice"),
        Period("T-10", "业委会首次会议", 7, "指导规则 31", "oc_first_meeting"),
        Period("T-11", "业委会备案", 30, "物业管理条例 16", "oc_filing"),
        Period("T-12", "变更备案", 30, "指导规则 34", "oc_change_filing"),
        Period("T-13", "业委会议程公告", 7, "指导规则 39", "oc_agenda_notice"),
        Period("T-14", "业委会决定公告", 3, "指导规则 39", "oc_decision_notice"),
        Period("T-15", "应请求召开业委会会议", 7, "指导规则 37", "oc_requested_meeting"),
        Period("T-17", "原业委会移交", 10, "指导规则 47", "oc_handover"),
        Period("T-18", "解聘通知", 60, "民法典 946", "dismissal_notice"),
        Period("T-19", "企业不续约通知", 90, "民法典 947", "company_no_renew_notice"),
        Period("T-20", "解除不定期合同通知", 60, "民法典 948", "indefinite_term_notice"),
        Period("T-21", "前期合同终止", 0, "民法典 940"),
        Period("T-22", "承接查验档案移交", 10, "承接查验办法 35", "inspection_archive"),
        Period("T-23", "原企业退出", None, "民法典 949", "handover_exit"),
        Period("T-24", "承接查验备案", 30, "承接查验办法 29", "takeover_filing"),
        Period("T-25", "退还预交费", None, "物业服务解释 3", "prepaid_refund"),
        Period("T-26", "合同备案", None, "地方", "contract_filing"),
        Period("T-33", "保安服务备案", 30, "保安服务管理条例 14", "guard_filing"),
        Period("T-34", "投标时间", 20, "招标投标法 24", "tender_time"),
        Period("T-35", "中标后签约", 30, "招标投标法 46", "tender_contract"),
    )
}


def end_of(period: Parameter | int, start: date, calendar: Calendar) -> date:
    """The last day of a period that starts by an event on ``start`` (day 0); not rolled over a holiday."""
    if isinstance(period, int):
        return start + timedelta(period)
    days = int(period.value)
    if period.calendar == "working":
        return calendar.working_days_after(start, days)
    return start + timedelta(days)


def earliest_after(notice: date, days: int) -> Dates:
    """The earliest day for what needs ``days`` days' notice completed on ``notice``."""
    return Dates(notice + timedelta(days), notice + timedelta(days + 1))


def latest_before(event: date, days: int) -> Dates:
    """The latest day for a notice of ``days`` days before ``event``."""
    return Dates(event - timedelta(days), event - timedelta(days + 1))


def ours(end: date, calendar: Calendar) -> date:
    """By when we act ourselves: never on the extension of a holiday, but on the working day before."""
    return calendar.previous_working(end)


def theirs(end: date, calendar: Calendar) -> date:
    """The first day on which we may allege that the other side is late (民法典 203 granted to it)."""
    return calendar.next_working(end) + timedelta(1)


def answer(request: Mapping[str, object], calendar: Calendar = WEEKENDS_ONLY) -> dict[str, object]:
    """The JSON answer to a JSON question of ``daoru deadlines``: ``docs/deadlines.md``.  Raises InvalidAnswers."""
    question = str(request.get("question", "end"))
    start = _day(request, "date")
    days = _days(request)
    if question in {"earliest", "latest"}:
        dates = earliest_after(start, days) if question == "earliest" else latest_before(start, days)
        return {"literal": dates.literal.isoformat(), "safe": dates.safe.isoformat()}
    if question != "end":
        raise InvalidAnswers([Problem("question", "应为 end、earliest 或 latest。")])
    end = start + timedelta(days)
    if request.get("calendar") == "working":
        end = calendar.working_days_after(start, days)
    return {
        "end": end.isoformat(),
        "ours": ours(end, calendar).isoformat(),
        "late_from": theirs(end, calendar).isoformat(),
    }


def _year(text: str) -> dict[str, Any]:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidDefinition("holidays", "", f"不是 TOML：{error}") from error
    days = [raw.get("holidays"), raw.get("worked")]
    if type(raw.get("year")) is not int or type(raw.get("provisional")) is not bool:
        raise InvalidDefinition("holidays", "year", "应写 year（年份）和 provisional（true 或 false）")
    if not all(isinstance(listed, list) and all(type(day) is date for day in listed) for listed in days):
        raise InvalidDefinition("holidays", str(raw["year"]), "holidays 和 worked 应为日期清单，如 [2026-01-01]")
    return raw


def _day(request: Mapping[str, object], name: str) -> date:
    try:
        day = date.fromisoformat(str(request.get(name, "")))
    except ValueError as error:
        raise InvalidAnswers([Problem(name, "不是日期；请写成 2026-03-02 的形式。")]) from error
    if not 1900 <= day.year <= 2200:
        raise InvalidAnswers([Problem(name, "年份不在 1900 到 2200 之间；请核对日期。")])
    return day


def _days(request: Mapping[str, object]) -> int:
    period = request.get("period")
    if period is not None:
        known = PERIODS.get(str(period))
        if known is None or known.days is None:
            raise InvalidAnswers([Problem("period", f"没有全国统一天数的期限“{period}”；请改填 days。")])
        return known.days
    days = request.get("days")
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= 36_500:
        raise InvalidAnswers([Problem("days", "应为 0 到 36500 的整数。")])
    return days
