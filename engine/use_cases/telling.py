"""An event as a line for a person at a terminal."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

_LINES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "TaskCompleted": lambda event: f"{event['lane']} {event['actor']}：{event['title']}",
    "GateDecided": lambda event: f"    关口 {event['gate']} → {event['outcome']}",
    "DocumentIssued": lambda event: f"    文书 {event['number']} {event['title']}",
    "StageEntered": lambda event: f"▶ 进入阶段 {event['stage']}",
    "StageLeft": lambda event: f"◀ 离开阶段 {event['stage']}",
    "TimerFired": lambda event: f"    时限到：{event['title']}",
    "MessageReceived": lambda event: f"    收到消息：{event['message']}",
    "VoteReopened": lambda event: "▶ 决定不再执行，回到业主共同决定",
    "RosterImported": lambda event: f"    导入名册第 {event['version']} 版：{event['units']} 户",
    "VisitsRecorded": lambda event: f"    登记走访 {event['visits']} 次",
    "BallotsPrinted": lambda event: f"    印制表决票 {event['ballots']} 张",
    "BallotsDelivered": lambda event: f"    登记送达表决票 {event['ballots']} 张",
    "BallotsReplaced": lambda event: (
        "    换发表决票 " + "、".join(f"{old:06d} → {new:06d}" for old, new in event["serials"])
    ),
    "BallotsReturned": lambda event: f"    登记收回表决票 {event['ballots']} 张",
    "PostingsProved": lambda event: f"    登记张贴照片 {event['photos']} 张",
    "HandoverItemsListed": lambda event: f"    登记移交项目 {event['items']} 项",
    "PrepaidFeesListed": lambda event: f"    登记预交费 {event['units']} 户",
    "InterruptionOpened": lambda event: "    提请暂停、撤回、撤销或突发处置",
    "EstateSuspended": lambda event: "■ 小区暂停办理，法定期限照走",
    "EstateResumed": lambda event: f"▶ 小区恢复办理，计划时限顺延 {event['days']} 天",
    "EstateWithdrawn": lambda event: "■ 小区撤回申请",
    "RenewalOpened": lambda event: f"    原合同 {event['ends_on']} 到期，{event['start_on']} 起商定续聘还是另聘",
    "RenewalClosed": lambda event: "    原合同去留不再提醒",
    "EstateEnded": lambda event: f"■ 结束：{event['end']}",
    "LaneHandedOver": lambda event: (
        f"    {event['lane']}由{event['before'] or '（没有人）'}转给{event['after']}：{event['reason']}"
    ),
    "EstateMovedToPack": lambda event: f"    规则包由 {event['left']} 变更为 {event['reached']}：{event['reason']}",
    "EstateEntered": lambda event: f"登记小区“{event['name']}”",
}

#: The outcomes of gates in words.
OUTCOMES: Mapping[str, str] = {
    "ACCEPT": "准予", "RETURN": "退回补正", "DEFER": "延后", "COMPLETE": "齐全", "INCOMPLETE": "不齐全",
    "SUITABLE": "适合", "NURTURE": "培育", "NOT_NOW": "暂不", "USE": "沿用现有组织", "RE_ELECT": "换届改选",
    "FIRST_ASSEMBLY": "成立首届业委会", "FORM_PMC": "组建物管会", "JOIN": "并入或自管", "FORMED": "已成立",
    "NOT_FORMED": "没有成立", "AGREED": "同意", "NOT_AGREED": "不同意", "READY": "具备条件", "NOT_READY": "条件不齐",
    "NO_BODY": "组织不成", "ON_TIME": "来得及", "OVERDUE": "来不及", "ELECTED": "已选出", "NOT_ELECTED": "没有选出",
    "OBJECTED": "有异议", "CLEAR": "没有问题", "REACHED": "达到", "NOT_REACHED": "没有达到", "EXHAUSTED": "轮次用尽",
    "REVISE": "要修改", "HOLDS": "没有上涨", "RISES": "上涨", "OPEN": "可以开票", "PROCEDURE_FLAW": "程序有瑕疵",
    "UNREACHABLE": "有送达不到的", "PROCEED": "不延长", "EXTEND": "延长", "EXTENDED": "延长有效", "LAPSED": "延长无效",
    "PASSED": "通过", "PARTIAL": "部分通过", "REJECTED": "没有通过", "NO_QUORUM": "参与不足", "CONTESTED": "有争议",
    "ENOUGH": "足够", "TOO_FEW": "不足", "VOTED": "表决已定", "VOTE_NEEDED": "需要表决", "ELIGIBLE": "符合条件",
    "CONFLICT": "有利害关系", "WITHIN": "在表决范围内", "DRAFT_DIFFERS": "与表决不一致", "BLOCKED": "受阻",
    "PASS": "通过", "RECTIFY": "整改", "SUSPEND": "中止",
}  # fmt: skip


def line(event: Mapping[str, Any]) -> str:
    """What happened, in one line of Chinese."""
    told = _LINES.get(event["kind"])
    return told(event) if told else f"    {event['kind']}"


def why(events: Iterable[Mapping[str, Any]], gate: str) -> str:
    """The reasons that a gate's figures name for its outcome, empty when they name none."""
    for event in events:
        if event.get("gate") == gate:
            reasons = event["figures"].get("missing") or event["figures"].get("blocked_by") or ()
            return "：" + "".join(reasons) if reasons else ""
    return ""
