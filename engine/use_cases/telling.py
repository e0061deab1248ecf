"""An event as a line for a person at a terminal."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.documents.choices import DISPOSITION
from engine.rules.data_requests import OUTCOMES as DECISIONS
from engine.rules.data_requests import RIGHTS
from engine.rules.handover_signing import SIDES

#: What was posted, by the subject under which it is filed.
SUBJECTS: Mapping[str, str] = {
    "plan": "方案征求意见公示", "agenda": "表决议程公告", "convening": "召集决议公告", "meeting": "会议公告",
    "roster": "业主名册公示", "extension": "延长表决公告", "void": "表决作废公告", "result": "表决结果公告",
    "contract": "合同公开", "handover_plan": "交接方案公示", "entry": "进场公告", "first_disclosure": "首次公开",
}  # fmt: skip
#: What was found at a board, by ``rules.posting.What``.
FOUND: Mapping[str, str] = {
    "PHOTO": "有照片", "WITNESSED": "有人见证在贴", "GONE": "不在", "AGAIN": "重新贴好", "DOWN": "撤下",
}  # fmt: skip


def _who(event: Mapping[str, Any]) -> str:
    """Who acted, and for whom."""
    return f"{event['actor']} 代 {event['on_behalf']} " if event.get("on_behalf") else str(event["actor"])


def _again(event: Mapping[str, Any]) -> str:
    return f"（第 {event['session']} 次）" if event["session"] > 1 else ""


def _subject(event: Mapping[str, Any]) -> str:
    """What the notice is about."""
    return SUBJECTS.get(event["subject"], "公告")


REQUESTS: Mapping[str, str] = {kind: right.title for kind, right in RIGHTS.items()}
_LINES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "TaskCompleted": lambda event: f"{event['lane']} {_who(event)}：{event['title']}",
    "TaskClaimed": lambda event: f"    {event['actor']}认领：{event['title']}",
    "TaskReleased": lambda event: f"    {_who(event)}放回：{event['title']}",
    "TaskTransferred": lambda event: (
        f"    {_who(event)}把“{event['title']}”由{event['before'] or '（没有人）'}"
        f"转给{event['after'] or '有这个角色的人'}：{event['reason']}"
    ),
    "TaskDelegated": lambda event: f"    {_who(event)}把“{event['title']}”委派给{event['delegate']}：{event['reason']}",
    "TaskGivenBack": lambda event: f"    {_who(event)}办好“{event['title']}”，交回{event['owner']}",
    "TaskRecalled": lambda event: f"    {_who(event)}从{event['delegate']}收回：{event['title']}",
    "TaskHeld": lambda event: f"    {_who(event)}把“{event['title']}”挂起到 {event['until']}：{event['reason']}",
    "TaskTakenUp": lambda event: f"    {_who(event)}恢复办理：{event['title']}",
    "TaskUrged": lambda event: f"    {event['actor']}催办：{event['title']}（{event['who'] or '还没有人'}）",
    "GateDecided": lambda event: f"    关口 {event['gate']} → {event['outcome']}",
    "DocumentIssued": lambda event: f"    文书 {event['number']} {event['title']}",
    "DocumentRevised": lambda event: (
        f"    文书 {event['number']} {event['title']} 第 {event['version']} 版（{event['actor']}上传）：{event['why']}"
        + (f"；手工改了 {'、'.join(event['altered'])}" if event["altered"] else "")
    ),
    "PaperExamined": lambda event: (
        f"    {event['title']}（{event['number']}）"
        + EXAMINED[event["decision"]].format(**{**event, "tail": event["sha256"][-4:].upper()})
        + (f"：{event['reason']}" if event["reason"] else "")
    ),
    "OpinionIssued": lambda event: (
        f"    {event['actor']}出具{event['title']} {event['number']}："
        f"{event['on_title']}（{event['on']}）第 {event['version']} 版"
    ),
    "SignedCopyFiled": lambda event: (
        f"    {event['title']}（{event['number']}）第 {event['version']} 版的签署件归档：{event['pages']} 页，"
        f"{event['actor']}核对签章 {event['places']} 处" + (f"；{event['why']}" if event["why"] else "")
    ),
    "RemarkMade": lambda event: (
        f"    {event['actor']}{'答复' if event['answers'] else '提出'}{event['category']}："
        f"{event['title']}（{event['number']}）第 {event['version']} 版 {event['clause']}"
    ),
    "RemarkResolved": lambda event: (
        f"    {event['actor']}办结{event['by_whom']}提出的{event['category']}："
        f"{event['title']}（{event['number']}）{event['clause']}"
    ),
    "StageEntered": lambda event: f"▶ 进入阶段 {event['stage']}",
    "StageLeft": lambda event: f"◀ 离开阶段 {event['stage']}",
    "TimerFired": lambda event: f"    时限到：{event['title']}",
    "MessageReceived": lambda event: f"    收到消息：{event['message']}",
    "VoteReopened": lambda event: "▶ 决定不再执行，回到业主共同决定",
    "RosterImported": lambda event: f"    导入名册第 {event['version']} 版：{event['units']} 户",
    "RosterImportUndone": lambda event: f"    {event['actor']}撤销名册第 {event['version']} 版",
    "RosterProposed": lambda event: f"    {event['actor']}提请冻结名册第 {event['version']} 版：{event['persons']} 人",
    "DataRequestTaken": lambda event: (
        f"    收到个人信息请求 {event['request']}：{REQUESTS.get(event['matter'], '')}，{event['due_on']} 前答复"
    ),
    "DataRequestDecided": lambda event: (
        f"    个人信息请求 {event['request']} {DECISIONS.get(event['outcome'], '')}，文书 {event['number']}"
    ),
    "DataRequestDone": lambda event: f"    个人信息请求 {event['request']} 办结",
    "DataPurged": lambda event: f"    {event['what']}保存期满，{event['actor']}清除 {event['rows']} 条",
    "DataHeld": lambda event: "    解除个人信息的保全" if event["lifted"] else "    个人信息保全：一律不清除",
    "IdentityKept": lambda event: f"    一个证件号存入保险库：{event['ground']}",
    "VisitsRecorded": lambda event: f"    登记走访 {event['visits']} 次",
    "VisitCorrected": lambda event: "    更正走访记录 1 条",
    "VisitWithdrawn": lambda event: "    撤回走访记录 1 条",
    "DoorsGiven": lambda event: f"    分派走访 {event['doors']} 户",
    "DoorReopened": lambda event: f"    拒访的一户重新开放：{event['reason']}",
    "CanvassDayReviewed": lambda event: (
        f"    走访抽查：{event['on']} 一人一天的走访"
        + ("已问清楚" if event["decision"] == "CLEAR" else f"要回访 {event['doors']} 户")
    ),
    "CallBacksPlanned": lambda event: (
        f"    抽查回访定下种子 {event['seed']}：从 {event['doors']} 户（清单指纹 {event['sha256'][:16]}）"
        f"里抽 {event['size']} 户"
    ),
    "CallBacksDrawn": lambda event: f"    第 {event['no']} 次抽查回访抽出 {event['doors']} 户",
    "HouseholdCalledBack": lambda event: "    回访 1 户",
    "SheetPrinted": lambda event: f"    印出{event['title']}的纸质表（{event['number']}）",
    "SheetsBrought": lambda event: f"    上传填好的纸质表 {event['sheets']} 张",
    "SheetTypedIn": lambda event: f"    录入纸质表 {event['number']}",
    "BallotsPrinted": lambda event: f"    印制表决票 {event['ballots']} 张",
    "BallotsDelivered": lambda event: f"    登记送达表决票 {event['ballots']} 张",
    "BallotsReplaced": lambda event: (
        "    换发表决票 " + "、".join(f"{old:06d} → {new:06d}" for old, new in event["serials"])
    ),
    "BallotsReturned": lambda event: f"    登记收回表决票 {event['ballots']} 张",
    "BallotsIssued": lambda event: f"    领出表决票 {event['ballots']} 张",
    "BallotNotDelivered": lambda event: (
        f"    第 {event['serial']:06d} 号票{'拒收' if event['state'] == 'REFUSED' else '送不到'}"
    ),
    "BallotsHandedBack": lambda event: f"    交还未送达的表决票 {event['ballots']} 张",
    "BallotAmended": lambda event: f"    {'补正' if event['cured'] else '更正'}第 {event['serial']:06d} 号票的签名情况",
    "BallotLate": lambda event: f"    第 {event['serial']:06d} 号票截止后才交来，不计入，留存备查",
    "EvotesEntered": lambda event: (
        f"    登记电子票 {event['votes']} 户，其中 {event['beside']} 户也交了纸质票；"
        f"表决期外 {event['outside']} 户、平台标为无效 {event['void']} 户没有登记"
    ),
    "BallotsScanned": lambda event: f"    上传表决票扫描件 {event['pages']} 页",
    "BallotDoubled": lambda event: f"    又收到一张第 {event['serial']:06d} 号票，没有登记，原件留存",
    "BallotDisputed": lambda event: (
        f"    第 {event['serial']:06d} 号票"
        + ("两次录入不一致，待裁" if event["state"] == "DISPUTED" else "的录入有异议，待裁")
    ),
    "BallotRuled": lambda event: f"    裁定第 {event['serial']:06d} 号票",
    "CountOpened": lambda event: f"    计票开始{_again(event)}",
    "CountClosed": lambda event: (
        f"    计票现场结束{_again(event)}：清点 {event['found']} 张，登记收回 {event['came_back']} 张"
    ),
    "PostingsProved": lambda event: f"    登记张贴照片 {event['photos']} 张",
    "BoardsListed": lambda event: f"    登记公告栏 {event['boards']} 处",
    "PostingSeen": lambda event: (
        f"    {event['board']}“{_subject(event)}”{event['on']} {FOUND.get(event['what'], '')}，"
        f"从 {event['since']} 算起，{event['until']} 满期"
    ),
    "NoticeArrived": lambda event: (
        f"    “{_subject(event)}”{event['on']} " + (f"送达 {event['units']} 户" if event["units"] else "送居民委员会")
    ),
    "OwnerHeard": lambda event: (
        f"    {'答复' if event['answered'] else '登记'}业主对“{_subject(event)}”的"
        f"{'异议' if event['matter'] == 'OBJECTION' else '询问'}"
    ),
    "PublicationEnded": lambda event: (
        f"    “{_subject(event)}”公示结束：{event['boards']} 处中 {event['whole']} 处满期，"
        f"送达 {event['reached']}/{event['units']} 户"
    ),
    "NoticeProved": lambda event: f"    {event['actor']}出具{event['title']} {event['number']}",
    "HandoverItemsListed": lambda event: f"    登记移交项目 {event['items']} 项",
    "HandoverItemChanged": lambda event: (
        f"    登记移交项目 {event['group']}·{event['name']}"
        + (f"，照片 {event['photos']} 张" if event["photos"] else "")
    ),
    "HandoverSigned": lambda event: (
        f"    “{event['group']}”{SIDES.get(event['side'], '')}{'拒签，有见证' if event['refused'] else '签字'}"
    ),
    "PrepaidFeesListed": lambda event: f"    登记预交费 {event['units']} 户",
    "HandoverGapsPursued": lambda event: f"    文书 {event['number']} {event['title']}：缺项 {event['items']} 项",
    "HandoverGapClosed": lambda event: f"    补交 {event['group']}·{event['name']}",
    "PrepaidPlaced": lambda event: (
        f"    登记预收费去向 {event['units']} 户：{DISPOSITION.labels.get(event['disposition'], '')}"
    ),
    "PrepaidAcknowledged": lambda event: f"    原企业确认应退预收费 {event['total']} 元，{event['units']} 户",
    "InterruptionOpened": lambda event: "    提请暂停、撤回、撤销或突发处置",
    "EstateSuspended": lambda event: "■ 小区暂停办理，法定期限照走",
    "EstateResumed": lambda event: f"▶ 小区恢复办理，计划时限顺延 {event['days']} 天",
    "EstateWithdrawn": lambda event: "■ 小区撤回申请",
    "RenewalOpened": lambda event: f"    原合同 {event['ends_on']} 到期，{event['start_on']} 起商定续聘还是另聘",
    "RenewalClosed": lambda event: "    原合同去留不再提醒",
    "MoveUndone": lambda event: (
        f"↩ {MANNERS[event['manner']]}到“{event['title']}”（{event['done_by']}办过）：{event['reason']}"
        + f"；{len(event['tasks'])} 步不再计"
        + (f"，文书 {'、'.join(event['documents'])} 作废" if event["documents"] else "")
    ),
    "TaskReplayed": lambda event: f"{event['lane']} {event['by']}：{event['title']}（退回改正后按原来填写的内容提交）",
    "ReplayStopped": lambda event: f"    退回改正后停在“{event['title']}”：{event['why']}",
    "EstateEnded": lambda event: f"■ 结束：{event['end']}",
    "LaneHandedOver": lambda event: (
        f"    {event['lane']}由{event['before'] or '（没有人）'}转给{event['after']}：{event['reason']}"
    ),
    "PhotoOriginalFetched": lambda event: f"    {event['actor']}下载照片原件 {event['photo']} 号：{event['reason']}",
    "EstateMovedToPack": lambda event: f"    规则包由 {event['left']} 变更为 {event['reached']}：{event['reason']}",
    "EstateEntered": lambda event: f"登记小区“{event['name']}”",
    "CommentMade": lambda event: (
        f"    留言{'（' + event['title'] + '）' if event['title'] else ''}"
        f"{'，提醒' + '、'.join(event['mentioned']) if event['mentioned'] else ''}"
    ),
    "ReviewWaived": lambda event: f"    放行预审意见 {event['rule']} {event['title']}：{event['reason']}",
    "CommentWithdrawn": lambda event: "    撤回一条留言",
    "ArchiveTaken": lambda event: (
        f"    取出一案一档（{event['profile']}）{event['files']} 份文件，"
        f"指纹 {event['sha256'][:16]}…：{event['purpose']}"
    ),
    "LogExported": lambda event: f"    导出流转记录 {event['entries']} 条",
}

#: What was decided on a version of a paper.
EXAMINED: Mapping[str, str] = {
    "approved": "：{actor}对第 {version} 版（哈希尾号 {tail}）通过",
    "returned": "第 {version} 版：{actor}退回修改",
    "asked": "第 {version} 版：{actor}请{whom}补充材料",
    "answered": "第 {version} 版：{actor}答复了要补充的材料",
    "handed": "第 {version} 版：{actor}转给{whom}审阅",
}
#: What an estate as a whole is, in words.
STATUSES: Mapping[str, str] = {
    "running": "办理中", "suspended": "已暂停", "operating": "已运行", "ended": "已结束", "withdrawn": "已撤回",
}  # fmt: skip

#: How a step is undone, in a word.
MANNERS: Mapping[str, str] = {"undo": "撤回", "return": "退回", "take_back": "拿回"}
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
