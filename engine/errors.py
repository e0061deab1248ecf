"""What can go wrong, as sentences to a person.

Every class here asks its caller for another reaction; a new class needs a new reaction.
Anything else that is raised is a bug.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field, and what to do about it.

    ``field`` is a dotted path as the person would look for it (``units[3].area``);
    ``message`` is a Chinese sentence.
    """

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}：{self.message}"


class EngineError(Exception):
    """Never raised itself; the root of the errors below."""

    message = "操作未完成。"

    def __init__(self, message: str = "", /, **values: object) -> None:
        super().__init__((message or self.message).format_map(values) if values else message or self.message)


class NotFound(EngineError):
    """Raised when the thing does not exist, or not for this person (404)."""

    message = "没有找到{what}。请核对编号，或返回列表重新选择。"


class NotPermitted(EngineError):
    """Raised when the actor does not hold the lane of the task, or the estate is suspended (403)."""

    message = "这项任务由{lane}办理，您没有这个角色。如需办理，请联系管理员。"


class Conflict(EngineError):
    """Raised when somebody else was first (409).  Nothing of this attempt was kept."""

    message = "这项内容刚刚被他人修改，您的提交没有保存。请刷新后重试。"


class DamagedState(EngineError):
    """Raised when the stored state of an instance cannot be read (500).  Nothing was changed; only a backup helps."""

    message = "这个小区的办理状态在数据库里已损坏，没有做任何改动。请联系管理员从备份恢复。"


class InvalidAnswers(EngineError):
    """Raised when input breaks a rule (422).  ``problems`` names each field; nothing was changed."""

    message = "填写的内容有误，尚未保存。"

    def __init__(self, problems: Iterable[Problem], message: str = "") -> None:
        self.problems = tuple(problems)
        lines = "；".join(str(problem) for problem in self.problems)
        super().__init__(f"{message or self.message}{lines}")


class InvalidDefinition(EngineError):
    """Raised when a diagram, form, template or pack cannot be published (500; found at start-up and in CI).

    ``file`` and ``element`` (a BPMN id, a form key, a parameter) say where.
    """

    def __init__(self, file: str, element: str, reason: str) -> None:
        self.file, self.element, self.reason = file, element, reason
        super().__init__("{file} 的 {element}：{reason}", file=file, element=element or "（整个文件）", reason=reason)
