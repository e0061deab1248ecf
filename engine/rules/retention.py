"""How long data of owners are kept (law §6.4; 个人信息保护法 19、47): what goes when its time is over, and what stays.

A kind goes when its longest time is over; what law wants kept at least so long is listed beside it and never goes here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.rules import deadlines
from engine.rules.deadlines import Calendar
from engine.rules.jurisdiction import Parameter


class Since(StrEnum):
    """From when the time of a kind is counted."""

    VOTE = "VOTE"
    SENT = "SENT"


@dataclass(frozen=True)
class Kind:
    """Data that go: which ``parameter`` of the pack says when, what is taken away and what evidence stays."""

    title: str
    parameter: str
    since: Since
    goes: str
    stays: str


KINDS: Mapping[str, Kind] = {
    "identity": Kind(
        "保险库里的完整证件号", "identity_retention", Since.VOTE, "加密保存的号码",
        "谁在什么时候凭什么存入、查看、清除；名册里认人的代码和后四位",
    ),
    "canvass": Kind(
        "走访的备注、疑虑、位置和照片", "canvass_form_retention", Since.VOTE,
        "备注、疑虑、手机位置、照片、填好的走访表的照片、更正前的内容、回访的备注",
        "哪天走访、态度（征集结果据此汇总）、对业主的承诺",
    ),
    "contact": Kind(
        "旧版名册里的电话", "contact_retention", Since.VOTE,
        "不是最新一版的名册里的电话", "姓名、房号、面积和名册校验码",
    ),
    "waiting_list": Kind(
        "没有导完的名册表格", "waiting_list_retention", Since.SENT,
        "上传的表格和改过的内容", "谁在什么时候上传过、选了哪些列",
    ),
}  # fmt: skip
#: What is kept at least so long, and why it does not go here, by parameter.
KEPT: Mapping[str, str] = {
    "ballot_retention": "表决票、送达、计票和异议：表决可能被请求撤销（民法典 280）",
    "esign_retention": "电子签名证据",
    "account_retention": "账目、报告、合同",
    "access_log_retention": "查看记录和办理记录：只增不改",
    "data_request_retention": "个人信息请求的处理记录和答复书",
    "impact_assessment_retention": "影响评估报告",
    "data_sharing_retention": "提供、委托处理的记录",
}


def goes_on(period: Parameter, since: date | None, calendar: Calendar) -> date | None:
    """The first day on which a kind has to go: the one after its last; None before its time began to run."""
    return deadlines.end_of(period, since, calendar) + timedelta(days=1) if since else None
