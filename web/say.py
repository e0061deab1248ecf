"""How values read on a page: moments in the legal zone, days with their weekday, codes as words."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from markdown_it import MarkdownIt
from markupsafe import Markup

from engine import pinyin
from engine.use_cases import telling
from web import parameters

ZONE = ZoneInfo("Asia/Shanghai")
#: The lights of the rule as the style sheet calls them.
LAMPS = {"RED": "late", "AMBER": "near", "GREEN": "fine", "GREY": "rest"}
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


def on_paper(at: str) -> str:
    """``2026年11月25日`` in the legal zone, as papers print it."""
    found = _date(datetime.fromisoformat(at))
    return f"{found.year}年{found.month}月{found.day}日"


def short(at: str) -> str:
    """``01-25`` in the legal zone, where the year is plain."""
    return f"{datetime.fromisoformat(at).astimezone(ZONE):%m-%d}"


def square_metres(area: int) -> str:
    """An area of 0.01 m² as printed."""
    return f"{area // 100:,}.{area % 100:02d} ㎡"


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


def on(day_of_year: str) -> str:
    """``11-28（周六）`` of a legal day."""
    found = date.fromisoformat(day_of_year)
    return f"{found:%m-%d}（周{_WEEKDAYS[found.weekday()]}）"


def halved(twice: int) -> str:
    """A number from twice as much: ``12`` or ``12.5``."""
    return f"{twice // 2}{'.5' if twice % 2 else ''}"


def age(at: str, now: datetime) -> str:
    """How long something has been open, in legal days."""
    days = (_date(now) - _date(datetime.fromisoformat(at))).days
    return "今天" if days <= 0 else f"{days} 天"


def ahead(at: str | None, now: datetime) -> bool:
    """Whether that moment is still to come."""
    return bool(at) and datetime.fromisoformat(str(at)) > now


def _date(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def many(number: int) -> str:
    """A count that the eye takes in at once."""
    return str(number) if number < 100 else "99+"


@lru_cache(maxsize=4096)
def spelled(name: str) -> tuple[str, ...]:
    """How a person's name may be typed by Pinyin."""
    return tuple(sorted(pinyin.terms(name, person=True)))


@lru_cache(maxsize=256)
def handbook(text: str) -> Markup:
    """A handbook page below its title, as HTML; its headings stand two levels below the page's own."""
    body = re.sub(r"^## ", "### ", text.split("\n", 1)[-1], flags=re.MULTILINE)
    return Markup(_MARKDOWN.render(body))  # noqa: S704 - the renderer escapes what it is given


FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment": moment,
    "day": day,
    "on_paper": on_paper,
    "short": short,
    "square_metres": square_metres,
    "last_day": last_day,
    "light": light,
    "age": age,
    "on": on,
    "halved": halved,
    "lamp": LAMPS.__getitem__,
    "ahead": ahead,
    "pinyin": spelled,
    "at": datetime.fromisoformat,
    "handbook": handbook,
    "many": many,
    "parameter": parameters.parameter,
    "bound": parameters.bound,
    "status": lambda code: telling.STATUSES.get(code, code),
}
