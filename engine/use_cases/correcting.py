"""What a printed fact is called, and at which step of the journey it is corrected."""

from engine.documents import naming
from engine.use_cases.library import Library

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
        return naming.name(name) or ("规则包的数值" if group == "pack" else "文书内容")
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
