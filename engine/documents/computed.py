"""By which rule each computed fact of a register comes about: what the rule says, and its article or source.

Beside :mod:`registers`: a fact there is either computed, and stands here, or somebody entered it (``ENTERED``).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.documents.printing import TEXT
from engine.documents.registers import REGISTERS


@dataclass(frozen=True)
class Rule:
    """How a fact is worked out, in a sentence, and what that rests on."""

    says: str
    source: str


def _each(prefix: str, names: str, says: str, source: str) -> Iterable[tuple[str, Rule]]:
    return [(f"{prefix}.{name}", Rule(says, source)) for name in names.split()]


_S3, _S5, _S8 = "导入手册 S3 集体诊断", "导入手册 5.1 开放式预算", "导入手册 S8 选聘"
_S9, _S10 = "导入手册 S9 交接；民法典 949、950", "导入手册 S10 验收"
_OWNERSHIP = "最高人民法院关于审理建筑物区分所有权纠纷案件适用法律若干问题的解释"
_SERVICE = "最高人民法院关于审理物业服务纠纷案件适用法律若干问题的解释"
_AREA, _PERSONS = f"{_OWNERSHIP} 8", f"{_OWNERSHIP} 9"
_COUNT = "民法典 278、1259"
_FILLED = "表决票登记；业主大会和业主委员会指导规则"
#: What a rule works out, by name as stored.
COMPUTED: Mapping[str, Rule] = MappingProxyType(
    dict(
        [
            *_each("conduct", "entries as_of rules faults blocking unknown kept pending",
                   "从流转记录逐条核对程序规则，计条数", "程序审查规则；民法典 278、280"),
            *_each("estate", "assembly", "有没有业主大会，按核验的业主组织判定", "民法典 277、278"),
            *_each("roster", "units[].number", "按名册次序编号", "业主名册"),
            *_each("roster", "total_area", "名册上各专有部分面积相加；面积依次取登记、实测、合同的", _AREA),
            *_each("roster", "unit_count", "名册上专有部分的个数", _AREA),
            *_each("roster", "person_count",
                   "一个专有部分一人；一人有多个的计一人；建设单位未售未交付的计一人", _PERSONS),
            *_each("roster", "units[].headcount", "一个专有部分一人；同一人的其他专有部分不再计人", _PERSONS),
            *_each("roster", "counted_units counted_area", "计入表决的专有部分；车位、车库按采用的读法",
                   f"{_AREA}、9；计票规则的读法"),
            *_each("canvass", "households coverage_visited coverage_total coverage_percent",
                   "走访过的户与全部户；是意向的底数，不是表决", "导入手册 S4 入户走访"),
            *_each("canvass", "response_percent support_percent responded supporting opposing undecided",
                   "每户以最近一次有答复的走访为准；是意向，不是表决", "导入手册 S4 入户走访"),
            *_each("accounts", "saturated_income", "应收物业费全部收齐，加最近一年的公共收益", "导入手册 S2 经济底账"),
            *_each("diagnosis", "saturated_income", "应收物业费全部收齐，加公共收益，补助不计", _S3),
            *_each("diagnosis", "break_even_rate", "收支正好相抵的收缴率，进到一位小数", _S3),
            *_each("diagnosis", "income", "应收物业费乘预计收缴率，加公共收益和补助", _S3),
            *_each("diagnosis", "cost", "基本服务支出加按预计收入计的酬金", _S3),
            *_each("diagnosis", "short gap gap_percent surplus",
                   "支出减收入：正数是缺口，负数是结余；比例舍去小数第三位以后", _S3),
            *_each("diagnosis", "economy_light opinion_light timing_light",
                   "经济、民意、时机三本账各按参数包的线定灯", f"{_S3}；地方参数包"),
            *_each("budget", "income_lines[].amount expense_lines[].amount", "数量乘单价，四舍五入到分", _S5),
            *_each("budget", "posts[].amount posts_total", "人数乘每人每月费用乘月数，各岗位相加", _S5),
            *_each("budget", "annotated_lines[].change_pct", "本年金额比上年实际的变化", _S5),
            *_each("budget", "income_total expense_total balance", "各科目金额相加；差额为收入减支出",
                   f"{_S5}；物业服务收费管理办法 12"),
            *_each("budget", "remuneration",
                   "酬金按约定的基数和比例，只计一次", "导入手册 S6；物业服务收费管理办法 9；信托法 35"),
            *_each("vote", "closes_on extended", "公告的截止日；延长过的是延长后的截止日，只延长一次",
                   "民法典 201；业主大会议事规则；地方参数包"),
            *_each("vote", "items[].outcome items[].area_participating items[].persons_participating",
                   "有效表决票的面积、人数相加；各要达到全体的三分之二，含本数", _COUNT),
            *_each("vote", "items[].area_for items[].persons_for items[].area_against items[].persons_against "
                           "items[].area_abstain items[].persons_abstain items[].area_unmarked "
                           "items[].persons_unmarked",
                   "按票上的意见相加；同意的各要超过参与的一半，第六至八项各要达到四分之三", _COUNT),
            *_each("vote", "ruled[].outcome ruled[].area_participating ruled[].area_for ruled[].persons_participating "
                           "ruled[].persons_for", "按已通过的议事规则，未交回的随多数计入",
                   "民法典 278；业主大会议事规则"),
            *_each("vote", "total_area", "计入表决的专有部分面积相加", _AREA),
            *_each("vote", "total_persons", "一人有多个专有部分的计一人", _PERSONS),
            *_each("vote", "issued returned", "登记的表决票按张数计", _FILLED),
            *_each("vote", "session.held session.came_back", "按登记的计票会和收回的表决票张数", _FILLED),
            *_each("vote", "session.papers", "各票箱清点的张数相加", _FILLED),
            *_each("vote", "invalid", "逾期、没有签名、不是业主本人又没有委托的不计，每张写明理由", _FILLED),
            *_each("vote", "outcome contested", "各事项的结果合在一起；结果随读法不同的为有争议", _COUNT),
            *_each("vote", "participation_area participation_persons", "各事项中参与最多的一项", _COUNT),
            *_each("vote", "quorum_area quorum_persons", "全体面积、人数的三分之二，向上取整", _COUNT),
            *_each("ballots", "area headcount", "这一票的专有部分面积；人数一人只计一次", f"{_AREA}、9"),
            *_each("ballot", "area headcount", "这一票的专有部分面积；人数一人只计一次", f"{_AREA}、9"),
            *_each("selection", "sheets[].total", "一份评分表各项得分按权重相加", _S8),
            *_each("selection", "ranking[].rank ranking[].total ranking[].recommended",
                   "各评委的评分按权重合计，由高到低", _S8),
            *_each("termination", "notice_days",
                   "解聘提前六十日书面通知，合同对通知期另有约定的从约定", "民法典 946 ¶1、948"),
            *_each("termination", "earliest_on ends_on", "通知到达当日不算，次日起满通知期", "民法典 137、201、946"),
            *_each("handover", "items_total", "移交清单的条数", _S9),
            *_each("settlement", "prepaid_units prepaid_total prepaid_buildings[].units prepaid_buildings[].amount",
                   "预收而没有服务的物业费，按户计算后相加", f"{_SERVICE} 3；民法典 949"),
            *_each("settlement", "rows[].paid_for rows[].left rows[].unearned",
                   "预收金额按月平分，不是整月的按天平分，退场以后的应退", f"{_SERVICE} 3"),
            *_each("settlement", "arrears_total", "各户欠费相加", _S9),
            *_each("settlement", "transferred_total refunded_total escrowed_total disputed_total",
                   "应退的预收费按处置方式相加", "民法典 570、949"),
            *_each("first_month", "income_total expense_total",
                   "首月各笔收入、支出相加", "导入手册 S10 首月试运行；民法典 943"),
            *_each("acceptance", "items[].no items[].full full_total",
                   "十项指标的分值由参数包规定", f"{_S10}；地方参数包"),
            *_each("acceptance", "items[].score total", "评定人逐项评分，不高于记录所能支持的分值", _S10),
            *_each("acceptance", "outcome", "达到通过分的通过，达到整改分的限期整改，其余中止", f"{_S10}；地方参数包"),
        ]
    )
)  # fmt: skip
#: What somebody entered as it stands: a form, an import, or the minutes of a meeting.
ENTERED = frozenset(
    f"{register}.{name}"
    for register, names in {
        "document": "date",
        "readings": "parking_counting partial_units blank_item duplicate_ballot",
        "estate": "households total_area residential_area buildings built_year",
        "roster": "units[].area units[].usage",
        "diagnosis": "conclusion",
        "budget": "year expected_rate income_lines[].qty income_lines[].unit_price expense_lines[].qty "
        "expense_lines[].unit_price annotated_lines[].last_year_actual "
        "posts[].headcount posts[].monthly_cost posts[].months",
        "vote": "opens_on items[].no items[].item_class items[].key ruled[].no unreturned void replaced[].on "
        "session.boxes[].papers",
        "deliveries": "delivered_on mode",
        "handover": "items[].qty items[].state items[].on groups[].items[].qty groups[].items[].state "
        "groups[].items[].on missing[].qty missing[].state missing[].on",
        "settlement": "rows[].paid_until rows[].amount rows[].disposition deposits_total common_revenue_balance "
        "agency_payable",
    }.items()
    for name in names.split()
)


def rule(name: str) -> Rule | None:
    """How a stored fact was worked out; None for what somebody entered."""
    plain = name.replace("ballots[].", "ballots.", 1).replace("deliveries[].", "deliveries.", 1)
    return COMPUTED.get(plain)


_NOT_EXAMINED = frozenset({"issued", "pack", "people", "checklist", "opinion", "publication", "request", "sheet"})


def counted() -> Iterator[str]:
    """The facts of all registers that are no plain text: numbers, areas, money, days, choices; by name.

    What an opinion prints was kept when it was decided, and is nothing that an adviser looks up in it; no adviser
    examines how a notice was published, what an owner is told of the own data, or a sheet still to be filled in.
    """
    for register, shape in REGISTERS.items():
        if register not in _NOT_EXAMINED:
            yield from _counted(register, shape)


def _counted(name: str, shape: Any) -> Iterator[str]:
    if isinstance(shape, list):
        inner = shape[0]
        # a register that is a list itself is called without brackets
        yield from _counted(name if "." not in name else f"{name}[]", inner)
    elif isinstance(shape, Mapping):
        for key, one in shape.items():
            yield from _counted(f"{name}.{key}", one)
    elif shape is not TEXT:
        yield name
