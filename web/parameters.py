"""How a parameter of a jurisdiction pack reads: its number with the unit, its code in words, its national bound."""

from collections.abc import Mapping
from fractions import Fraction

from engine.rules.jurisdiction import Parameter, Value

_UNITS: Mapping[str, str] = {
    "minutes": "分钟", "hours": "小时", "days": "天", "months": "个月", "years": "年", "persons": "人",
    "companies": "家", "times": "次", "photos": "张", "papers": "份", "points": "分", "yuan": "元",
    "per_myriad": "‱", "day": "日", "percent": "%", "doors": "户", "metres": "米", "oclock": "点",
}  # fmt: skip
_BOUNDS: Mapping[str, str] = {"min": "国家规定至少", "max": "国家规定至多", "fixed": "国家规定就是"}
#: The codes of parameters that are words; a code that several parameters use means the same in each.
WORDS: Mapping[str, str] = {
    "SAFE": "首尾两天都不算（稳妥）", "LITERAL": "按字面计算", "LOCKED": "不得表决", "register": "登记的建筑面积",
    "inner": "套内面积", "exact_set": "买受人完全相同才算同一人", "any_common_owner": "有一名相同买受人就算同一人",
    "separate": "分别计算", "merged": "合并计算", "exclude": "不计票", "area_only": "只计面积",
    "area_and_headcount": "面积和人数都计", "returned_only": "只计返回的", "all_units": "全部计入",
    "participating": "算参与表决，不算同意", "excluded": "不算参与表决", "NOT_COUNTED": "不计入",
    "FOLLOW_MAJORITY": "随多数计入", "NONE": "没有", "REFUSED": "不接受", "ACCEPTED": "接受", "WHOLE_ESTATE": "全小区",
    "VISIT": "上门", "PICK_UP": "自行领取", "REGISTERED_MAIL": "挂号信", "COURIER": "快递", "ELECTRONIC": "电子送达",
    "GOVERNMENT_PLATFORM": "用政府的平台", "PAPER_PRIMARY": "以纸质为主",
    "REGISTER_SMS_PAPER": "名册手机号验证，不便的用纸质",
    "PMC": "组建物管会", "MARKET": "市场调节价", "AGREEMENT_OR_TENDER": "协议或招标",
    "COMPANY": "物业企业", "RESTART": "重新计算公示天数", "EXTEND": "顺延缺少的天数",
    "F1": "企业项目专户，业委会共管", "F2": "业主大会或者业委会账户", "YES": "设", "NO": "不设",
    "SHOWN": "显示", "CONVENORS": "只给组织表决的人看", "HIDDEN": "截止以前不显示",
    "SURVEY_ITEM": "踏勘时核查", "ASSEMBLY_DECIDES": "由业主大会决定", "OFF": "不启用", "REGULATOR": "按主管部门规定",
    "YEARLY_IMPORT": "每年导入", "CONTRACT": "物业服务合同备案", "TAKEOVER": "承接查验备案", "GUARD": "保安服务备案",
    "LIFT": "电梯使用登记变更", "ACCOUNT": "专户备案", "E_SIGN": "电子签名、电子表决的实名核验",
    "DISPUTE": "表决的异议、调解、诉讼或者依法调取",
}  # fmt: skip


def parameter(one: Parameter) -> str:
    """The value as people say it."""
    if one.unit == "text":
        return "、".join(WORDS.get(word, word) for word in str(one.value).split(","))
    return _number(one.value, one)


def bound(one: Parameter) -> str:
    """The national bound as people say it."""
    limit = one.limit
    if limit is None:
        return ""
    return f"{_BOUNDS[limit.direction]} {_number(limit.value, one)}（{limit.source}）"


def _number(value: Value, one: Parameter) -> str:
    if one.unit == "class":
        return f"民法典 278 第（{value}）项"
    if one.unit == "month_day":
        month, _, day = str(value).partition("-")
        return f"{int(month)} 月 {int(day)} 日"
    if isinstance(value, Fraction):
        return str(value)
    working = "工作日" if one.calendar == "working" else ""
    return f"{value} {working or _UNITS.get(one.unit, '')}".strip()
