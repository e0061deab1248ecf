"""What the pages of administration have in common."""

from collections.abc import Iterable
from typing import Any

from flask import render_template

from engine.errors import Problem
from engine.store.desk import PAGE

#: The pages by their endpoint.
TABS = {
    "admin.users": "账号",
    "admin.nodes": "组织",
    "admin.roles": "角色和权限",
    "admin.jobs": "失败的后台任务",
    "admin.messages": "没发出的消息",
    "admin.timers": "期限",
    "admin.packs": "规则包",
    "admin.definitions": "流程",
    "admin.templates": "模板",
    "admin.looks": "查看记录",
    "admin.log": "变更记录",
}


def show(template: str, tab: str, problems: Iterable[Problem] = (), **values: Any) -> str:
    """A page under a tab, with what is wrong by field."""
    found = tuple(problems)
    wrong: dict[str, str] = {}
    for problem in found:
        wrong.setdefault(problem.field, problem.message)
    return render_template(f"admin/{template}", tabs=TABS, tab=tab, problems=found, wrong=wrong, **values)


def last_page(total: int) -> int:
    """The number of the last page of a list."""
    return max(1, -(-total // PAGE))
