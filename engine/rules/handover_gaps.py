"""What is missing at a handover, and the ladder that follows by date: demand, report to the street, evidence pack.

Law §5.1, §5.3; 民法典 949: the old company hands over premises, facilities and papers and tells their true state; who
does not pays damages.  The days are the pack's; nobody goes up a step before the step below was taken and its
time has run, unless the company refused before witnesses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from engine.rules import laws
from engine.rules.deadlines import Calendar, end_of
from engine.rules.jurisdiction import Parameter


class Rung(StrEnum):
    """A step of the ladder, in order."""

    DEMAND = "DEMAND"
    REPORT = "REPORT"
    EVIDENCE = "EVIDENCE"


#: The parameter of the pack that says how long after what came before a step is due.
PERIODS: Mapping[Rung, str] = {
    Rung.DEMAND: "handover_demand",
    Rung.REPORT: "handover_mediation",
    Rung.EVIDENCE: "handover_correction_order",
}
#: By what each group of the list is owed (law §5.1).
BASIS: Mapping[str, str] = {
    "物业用房与场地": "《民法典》第九百四十九条；《物业管理条例》第三十八条",
    "图纸与竣工资料": "《民法典》第九百四十九条；《物业管理条例》第二十九条、第五十八条",
    "设施设备资料": "《民法典》第九百四十九条；《物业管理条例》第二十九条、第五十八条",
    "质保资料": "《民法典》第九百四十九条；《物业管理条例》第二十九条、第五十八条",
    "设施运行记录": "《民法典》第九百四十九条；《特种设备安全法》第三十五条",
    "钥匙、卡、密码与账号": "《民法典》第九百四十九条",
    "表计与读数": "《民法典》第九百四十九条；《物业管理条例》第四十四条",
    "业主与住户档案": "《民法典》第九百四十九条；《个人信息保护法》第二十一条、第四十七条",
    "装修档案与押金": f"《民法典》第九百四十九条；《{laws.SERVICE_DISPUTES}》第三条",
    "预收费、欠费与票据": f"《{laws.SERVICE_DISPUTES}》第三条；《民法典》第九百四十九条",
    "代收代缴": "《物业管理条例》第四十四条；《民法典》第九百四十九条",
    "停车": "《民法典》第二百七十五条、第九百四十九条",
    "公共收益": f"《民法典》第二百八十二条；《{laws.OWNERSHIP}》第十四条",
    "专项维修资金": "《民法典》第二百八十一条；《物业管理条例》第六十条",
    "第三方合同": "《民法典》第九百四十九条",
    "安全岗位人员": "《民法典》第九百四十九条、第九百五十条",
    "印章": "《民法典》第九百四十九条",
    "监控与门禁数据": "《民法典》第九百四十九条；《个人信息保护法》第四十七条",
    "事故、理赔与诉讼": "《民法典》第九百四十九条",
    "库存与业主购置工具": "《民法典》第九百四十九条",
}


@dataclass(frozen=True)
class Gap:
    """Something missing: when it was found, the day of each step taken, whether it was refused, when made good."""

    item: int
    group: str
    name: str
    found_on: date
    taken: Mapping[Rung, date] = field(default_factory=dict)
    refused: bool = False
    closed_on: date | None = None


@dataclass(frozen=True)
class Due:
    """The next step for a gap: from which day it may be taken; None where nothing is left to be taken."""

    gap: Gap
    rung: Rung | None
    from_on: date | None

    def open(self, today: date) -> bool:
        """Whether the step may be taken today."""
        return self.from_on is not None and self.from_on <= today

    def late(self, today: date) -> bool:
        """Whether the day on which it should have been taken has passed."""
        return self.from_on is not None and self.from_on < today


def next_step(gap: Gap, ended_on: date | None, pack: Mapping[Rung, Parameter], calendar: Calendar) -> Due:
    """The next step for a gap.

    A demand follows from the day on which it was found, not before the old contract ended; each step after it from
    the day after the time of the one before has run, or at once where the company refused before witnesses.
    """
    if gap.closed_on is not None:
        return Due(gap, None, None)
    rung = next((one for one in Rung if one not in gap.taken), None)
    if rung is None:
        return Due(gap, None, None)
    if rung == Rung.DEMAND:
        return Due(gap, rung, max(gap.found_on, ended_on or gap.found_on))
    before = gap.taken[list(Rung)[list(Rung).index(rung) - 1]]
    if gap.refused:
        return Due(gap, rung, before)
    return Due(gap, rung, end_of(pack[rung], before, calendar) + timedelta(1))


def last_day(rung: Rung, on: date, pack: Mapping[Rung, Parameter], calendar: Calendar) -> date:
    """The last day that a paper of ``on`` leaves the company or the street before the next step; of the last none."""
    order = list(Rung)
    following = order[order.index(rung) + 1] if rung != order[-1] else rung
    return end_of(pack[following], on, calendar)


def open_gaps(due: Sequence[Due], rung: Rung, today: date) -> list[Gap]:
    """The gaps for which that step may be taken today, in the order of the list."""
    return [one.gap for one in due if one.rung == rung and one.open(today)]
