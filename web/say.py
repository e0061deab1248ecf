"""How values read on a page: moments in the legal zone, days with their weekday, codes as words."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markdown_it import MarkdownIt
from markupsafe import Markup

ZONE = ZoneInfo("Asia/Shanghai")
STATUSES = {
    "running": "办理中", "suspended": "已暂停", "operating": "已运行", "ended": "已结束", "withdrawn": "已撤回",
}  # fmt: skip
_WEEKDAYS = "一二三四五六日"
# no raw HTML: a handbook page is text, even where somebody types a tag
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def moment(at: str) -> str:
    """``2026-11-25 09:30`` in the legal zone."""
    return f"{datetime.fromisoformat(at).astimezone(ZONE):%Y-%m-%d %H:%M}"


def day(at: str) -> str:
    """``2026-11-25（周三）`` in the legal zone."""
    on = datetime.fromisoformat(at).astimezone(ZONE).date()
    return f"{on:%Y-%m-%d}（周{_WEEKDAYS[on.weekday()]}）"


def last_day(due: str) -> str:
    """The last day of a period that ends at ``due``: a period over at midnight ends with the day before."""
    return day((datetime.fromisoformat(due) - timedelta(seconds=1)).isoformat())


def light(due: str | None, now: datetime) -> str:
    """``late``, ``near`` within three days, ``fine``, or ``none`` without a date."""
    if not due:
        return "none"
    left = datetime.fromisoformat(due) - now
    if left <= timedelta(0):
        return "late"
    return "near" if left <= timedelta(days=3) else "fine"


def age(at: str, now: datetime) -> str:
    """How long something has been open, in legal days."""
    days = (_date(now) - _date(datetime.fromisoformat(at))).days
    return "今天" if days <= 0 else f"{days} 天"


def _date(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def handbook(text: str) -> Markup:
    """A handbook page below its title, as HTML; its headings stand two levels below the page's own."""
    body = re.sub(r"^## ", "### ", text.split("\n", 1)[-1], flags=re.MULTILINE)
    return Markup(_MARKDOWN.render(body))  # noqa: S704 - the renderer escapes what it is given


FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment": moment,
    "day": day,
    "last_day": last_day,
    "light": light,
    "age": age,
    "handbook": handbook,
    "status": lambda code: STATUSES.get(code, code),
}
