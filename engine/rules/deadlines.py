"""When periods end: 民法典 200–204 over calendar days, working days by the yearly official calendar.

The day of the event is day 0.  Of "at least n days before" there are two answers: the literal date, and the
safe one with n full days between (law §2.1; decisions 1).
"""

import tomllib
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine.errors import InvalidDefinition, NotFound
from engine.rules import laws
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
        """The calendar in TOML texts of ``year``, ``source``, ``provisional``, ``holidays`` and ``worked``.

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
    """One period of law §2.2: ``length`` of ``unit`` by national law, None where only a place sets it.

    ``key`` is the pack's parameter that holds it; ``by_contract`` says that a contract may agree another one.
    """

    id: str
    title: str
    length: int | None
    source: str
    key: str = ""
    unit: str = "days"
    by_contract: bool = False


#: The periods of law §2.2.
PERIODS: Mapping[str, Period] = {
    period.id: period
    for period in (
        Period("T-01", "组织筹备组", 60, f"{laws.GUIDING_RULES} 9", "prep_group_setup"),
        Period("T-02", "召开首次业主大会", 90, f"{laws.GUIDING_RULES} 15", "prep_group_first_assembly"),
        Period("T-03", "首次会议材料公告", 15, f"{laws.GUIDING_RULES} 12", "first_assembly_notice"),
        Period("T-04", "会议公告", 15, "物业管理条例 14", "assembly_notice"),
        Period("T-05", "名册异议", None, "地方", "roster_objection"),
        Period("T-06", "表决期", None, "地方", "voting_window"),
        Period("T-07", "延长表决", None, "议事规则", "voting_extension"),
        Period("T-08", "公告结果", None, f"{laws.GUIDING_RULES} 30", "result_notice"),
        Period("T-09", "告知居委会", None, "物业管理条例 20", "result_told"),
        Period("T-10", "业委会首次会议", 7, f"{laws.GUIDING_RULES} 32", "oc_first_meeting"),
        Period("T-11", "业委会备案", 30, "物业管理条例 16", "oc_filing"),
        Period("T-12", "变更备案", 30, f"{laws.GUIDING_RULES} 34", "oc_change_filing"),
        Period("T-13", "业委会议程公告", 7, f"{laws.GUIDING_RULES} 39", "oc_agenda_notice"),
        Period("T-14", "业委会决定公告", 3, f"{laws.GUIDING_RULES} 39", "oc_decision_notice"),
        Period("T-15", "应请求召开业委会会议", 7, f"{laws.GUIDING_RULES} 37", "oc_requested_meeting"),
        Period("T-16", "换届会议", 3, f"{laws.GUIDING_RULES} 47", "election_lead", "months"),
        Period("T-17", "原业委会移交", 10, f"{laws.GUIDING_RULES} 48", "oc_handover"),
        Period("T-18", "解聘通知", 60, "民法典 946", "dismissal_notice", by_contract=True),
        Period("T-19", "企业不续约通知", 90, "民法典 947", "company_no_renew_notice", by_contract=True),
        Period("T-20", "解除不定期合同通知", 60, "民法典 948", "indefinite_term_notice"),
        Period("T-21", "前期合同终止", 0, "民法典 940"),
        Period("T-22", "承接查验档案移交", 10, "物业承接查验办法 35", "inspection_archive"),
        Period("T-23", "原企业退出", None, "民法典 949", "handover_exit", by_contract=True),
        Period("T-24", "承接查验备案", 30, "物业承接查验办法 29", "takeover_filing"),
        Period("T-25", "退还预交费", None, f"{laws.SERVICE_DISPUTES} 3", "prepaid_refund"),
        Period("T-26", "合同备案", None, "地方", "contract_filing"),
        Period("T-27", "请求撤销业主决定", 1, "民法典 280", "revocation_period", "years"),
        Period("T-28", "请求撤销信托处分", 1, "信托法 22", "trust_revocation_period", "years"),
        Period("T-29", "一般诉讼时效", 3, "民法典 188", "limitation_period", "years"),
        Period("T-30", "受托人年度报告", 1, "信托法 33", "trust_report", "years"),
        Period("T-31", "年度预决算公布", 1, "物业服务收费管理办法 12", "annual_accounts", "years"),
        Period("T-32", "公共收益公示", None, "地方", "common_income_publish", "months"),
        Period("T-33", "保安服务备案", 30, "保安服务管理条例 14", "guard_filing"),
        Period("T-34", "投标时间", 20, "招标投标法 24", "tender_time"),
        Period("T-35", "中标后签约", 30, "招标投标法 46", "tender_contract"),
        Period("T-36", "影响评估记录保存", 3, "个人信息保护法 56", "impact_assessment_retention", "years"),
        Period("T-37", "个人信息提供记录保存", 3, "网络数据安全管理条例 12", "data_sharing_retention", "years"),
        Period("T-38", "泄露通知", 0, "个人信息保护法 57", "breach_notice"),
    )
}


@dataclass(frozen=True)
class Length:
    """How long a period is; ``calendar`` is ``natural`` or ``working`` and matters for days only."""

    amount: int
    unit: str = "days"
    calendar: str = "natural"

    def after(self, start: date, calendar: Calendar) -> date:
        """The last day of the period that an event on ``start`` (day 0) begins (民法典 201, 202)."""
        if self.unit == "days":
            if self.calendar == "working":
                return calendar.working_days_after(start, self.amount)
            return start + timedelta(self.amount)
        return _months_from(start, self.amount * (12 if self.unit == "years" else 1))

    def before(self, event: date) -> date:
        """The day from which this period runs up to ``event``; working days are not counted backwards."""
        if self.unit == "days":
            return event - timedelta(self.amount)
        return _months_from(event, -self.amount * (12 if self.unit == "years" else 1))


def length_of(parameter: Parameter) -> Length:
    """The length that a parameter counted in days, months or years holds."""
    if parameter.unit not in {"days", "months", "years"} or not isinstance(parameter.value, int):
        raise NotFound(what=f"以天、月或年计的参数 {parameter.key}")
    return Length(parameter.value, parameter.unit, parameter.calendar or "natural")


def end_of(period: Parameter | int, start: date, calendar: Calendar) -> date:
    """The last day of a period that starts by an event on ``start`` (day 0).

    What law wants done within it may still be done on the first working day after a holiday (民法典 203): see
    :func:`is_time_to_act`.  A notice or a wait that has to last so long runs its days out, whatever day its last is.
    """
    if isinstance(period, int):
        return Length(period).after(start, calendar)
    last = length_of(period).after(start, calendar)
    return calendar.next_working(last) if is_time_to_act(period) else last


def is_time_to_act(period: Parameter) -> bool:
    """Whether law sets this as the longest time for doing something; our own programme's limits are not law's."""
    return period.clock == "statutory" and period.direction == "max"


def _months_from(day: date, months: int) -> date:
    """The same day of another month, or its last one where it is shorter (民法典 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def earliest_after(notice: date, days: int) -> Dates:
    """The earliest day for what needs ``days`` days' notice completed on ``notice``."""
    return Dates(notice + timedelta(days), notice + timedelta(days + 1))


def latest_before(event: date, days: int) -> Dates:
    """The latest day for a notice of ``days`` days before ``event``."""
    return Dates(event - timedelta(days), event - timedelta(days + 1))


def served(arrivals: Iterable[date]) -> date:
    """The day a notice to many is complete: the last of its arrivals, never the day it was sent (民法典 137; DV-13)."""
    return max(arrivals)


def ours(end: date, calendar: Calendar) -> date:
    """By when we act ourselves: never on the extension of a holiday, but on the working day before."""
    return calendar.previous_working(end)


def theirs(end: date, calendar: Calendar) -> date:
    """The first day on which we may allege that the other side is late (民法典 203 granted to it)."""
    return calendar.next_working(end) + timedelta(1)


def _year(text: str) -> dict[str, Any]:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidDefinition("holidays", "", f"不是 TOML：{error}") from error
    days = [raw.get("holidays"), raw.get("worked")]
    if type(raw.get("year")) is not int or type(raw.get("provisional")) is not bool:
        raise InvalidDefinition("holidays", "year", "应写 year（年份）和 provisional（true 或 false）")
    if not isinstance(raw.get("source"), str) or not raw["source"].strip():
        raise InvalidDefinition("holidays", str(raw["year"]), "应写 source：放假安排的出处")
    if not all(isinstance(listed, list) and all(type(day) is date for day in listed) for listed in days):
        raise InvalidDefinition("holidays", str(raw["year"]), "holidays 和 worked 应为日期清单，如 [2026-01-01]")
    return raw
