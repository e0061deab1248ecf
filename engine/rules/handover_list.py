"""The handover list: twenty groups, what each row must say, and which groups are still open (law §5.2, gate LC-12)."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from engine.errors import Problem

GROUPS = (
    "物业用房与场地",
    "图纸与竣工资料",
    "设施设备资料",
    "质保资料",
    "设施运行记录",
    "钥匙、卡、密码与账号",
    "表计与读数",
    "业主与住户档案",
    "装修档案与押金",
    "预收费、欠费与票据",
    "代收代缴",
    "停车",
    "公共收益",
    "专项维修资金",
    "第三方合同",
    "安全岗位人员",
    "印章",
    "监控与门禁数据",
    "事故、理赔与诉讼",
    "库存与业主购置工具",
)
#: What is there to be seen where no company was: premises, equipment, keys, meters.
BASELINE = ("物业用房与场地", "设施运行记录", "钥匙、卡、密码与账号", "表计与读数")
_STATES = {"GOOD": "完好", "DEFECT": "有缺陷", "MISSING": "缺失", "NONE": "无此项"}
_SAFETY = ("LIFT", "FIRE", "POWER", "CCTV")


def uncovered(listed: Collection[str], groups: Collection[str] = GROUPS) -> list[str]:
    """The groups of which no row says anything, not even that there is no such thing."""
    return [group for group in groups if group not in listed]


def coverage_problems(listed: Collection[str], groups: Collection[str], field: str) -> list[Problem]:
    """Why a list is not complete yet; ``field`` is the field of the step that waits for it."""
    if not listed:
        return [Problem(field, "移交清单还没有登记；请先录入或导入移交项目。")]
    missing = uncovered(listed, groups)
    if not missing:
        return []
    message = f"移交清单缺少这些组：{'、'.join(missing)}；逐组登记，没有的登记一行“无此项”。"
    return [Problem(field, message)]


def row_problems(where: str, row: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with one row of the list, as entered."""
    if row.get("group") not in GROUPS:
        yield Problem(f"{where}.group", f"没有“{row.get('group', '')}”这一组；请从二十组中选：{'、'.join(GROUPS)}。")
    if row.get("state") not in _STATES:
        choices = "、".join(f"{code}（{name}）" for code, name in _STATES.items())
        yield Problem(f"{where}.state", f"状态应为 {choices} 之一；请改正。")
    if row.get("safety") and row["safety"] not in _SAFETY:
        yield Problem(f"{where}.safety", "安全设施应为 LIFT、FIRE、POWER、CCTV 之一，或留空。")
    if not row.get("name", "").strip():
        yield Problem(f"{where}.name", "没有填写移交项目名称；请补上。")
    if _is_negative(row.get("qty", "")):
        yield Problem(f"{where}.qty", f"数量“{row['qty']}”是负数；请按清点的数量填写，没有的写 0。")
    open_end = row.get("state") in {"DEFECT", "MISSING"}
    if open_end and not (row.get("missing_plan", "").strip() or row.get("dispute", "").strip()):
        message = "缺失或有缺陷的，请写补交、整改的安排；双方有争议的写争议说明。"
        yield Problem(f"{where}.missing_plan", message)


def _is_negative(quantity: str) -> bool:
    written = unicodedata.normalize("NFKC", quantity).replace("\N{MINUS SIGN}", "-").strip()
    try:
        return Decimal(written) < 0
    except InvalidOperation:
        # a quantity may be a word: 一批
        return False
