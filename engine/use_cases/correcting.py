"""What a printed fact is called, and at which step of the journey it is corrected."""

from engine.use_cases.library import Library

#: Registers by what people call them.
_REGISTERS = {
    "document": "文书编号和日期", "issued": "所引文书的编号", "pack": "规则包的数值", "people": "办理人员",
    "readings": "规则包的计票口径",
    "estate": "小区情况", "checklist": "移交项目", "roster": "业主清册", "accounts": "经济底账", "canvass": "意愿征集",
    "diagnosis": "集体诊断", "budget": "预算", "vote": "表决结果", "ballots": "表决票", "deliveries": "送达登记",
    "selection": "选聘评分", "termination": "合同终止日", "handover": "移交清单", "gaps": "移交缺项",
    "settlement": "费用清算",
    "first_month": "首月收支", "acceptance": "验收评价", "opinion": "审阅依据", "publication": "公示记录",
    "request": "个人信息请求",
}  # fmt: skip
#: Steps that are no task: registers that were read in.
_FED = {
    "EstateEntered": "登记小区", "RosterImported": "导入业主清册", "VisitsRecorded": "登记走访",
    "VisitCorrected": "更正走访记录", "VisitWithdrawn": "撤回走访记录",
    "BallotsPrinted": "印制表决票", "BallotsDelivered": "登记送达", "BallotsReplaced": "换发表决票",
    "BallotsReturned": "登记收回表决票", "HandoverItemsListed": "登记移交项目", "HandoverItemChanged": "登记移交项目",
    "DocumentIssued": "出具文书",
    "LaneHandedOver": "转接办理人", "EstateMovedToPack": "变更规则包", "PaperExamined": "审阅文书",
}  # fmt: skip


def label(library: Library, name: str) -> str:
    """What a fact is called: by the form that asks for it, or by its register."""
    group, _, rest = name.partition(".")
    group = group.removesuffix("[]")
    if group not in library.forms:
        return _REGISTERS.get(group, "文书内容")
    found, fields = "", library.forms[group].fields
    for part in rest.split("."):
        key = part.removesuffix("[]")
        # what is printed of a field in another way is named after it: ``fee_std_capital``
        near = [one for one in fields if key == one.key or key.startswith(f"{one.key}_")]
        field = max(near, key=lambda one: len(one.key), default=None)
        if field is None:
            break
        found, fields = (f"{found}的{field.label}" if found else field.label), field.columns or ()
    return found or "填写内容"


def place(library: Library, step: str) -> tuple[str, str]:
    """Where a fact is corrected: the step's id, empty where there is no page for it, and its title."""
    if step in _FED:
        return "", _FED[step]
    task = library.tasks.get(step)
    return (step, task.title) if task and task.title else ("", "文书自身")
