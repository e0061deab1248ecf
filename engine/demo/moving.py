"""Move a step of a case to another day: every date, month and year that it names moves along."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from engine.carry.casefile import Beside, Step
from engine.carry.submitting import dated

#: Dates before are of buildings, not of the journey.
_FIRST_YEAR = 2020
_DAY = re.compile(r"(20\d\d)-(\d\d)-(\d\d)")
_YEAR = re.compile(r"(?<=〔)20\d\d(?=〕)|20\d\d(?=年)|(?<!\d)20\d\d(?=-\d$)")
_DIGITS = "〇一二三四五六七八九"
_SPOKEN_YEAR = re.compile(f"二〇[{_DIGITS}]{{2}}(?=年)")
_SPOKEN_DAY = re.compile(
    r"(?<![个两〇几每\d])(十[一二]?|[一二三四五六七八九])月(?:([一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])日)?"
)
_A_YEAR = timedelta(days=365.25)
_YEARS = frozenset({"year", "plan_year", "budget_year"})
#: The month whose books are disclosed first, and what begins when it is over.
_MONTH, _MONTH_END, _STATEMENT = "month", "month_end", "bank_statement_imported"


def moved(step: Step, by: timedelta) -> Step:
    """``step`` that many days later, earlier when ``by`` is negative, with every date in it."""
    move = _Move(step.on, by)
    return replace(
        step,
        on=step.on + by,
        answers=_whole_terms(step, walk(step.answers, move.text), step.on + by),
        rows={kind: walk(rows, move.text) for kind, rows in step.rows.items()},
        values=walk(step.values, move.text),
    )


def walk(value: Any, change: Callable[[str, str], str], key: str = "") -> Any:
    """``value`` with every text changed by ``change(key, text)``; names of files stay."""
    if isinstance(value, Mapping):
        return {name: walk(inner, change, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [walk(inner, change, key) for inner in value]
    return change(key, value) if isinstance(value, str) and not isinstance(value, Beside) else value


def spoken(number: int) -> str:
    """A number below a hundred as it is said: ``二十一``."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


def months_end(day: date) -> date:
    """The last day of the month of that day."""
    return (day.replace(day=1) + timedelta(32)).replace(day=1) - timedelta(1)


def after_first_month(entered: date, step: Step) -> timedelta:
    """By how much ``step``, which follows the first month of service, moves when service began on ``entered``."""
    ended = months_end(months_end(entered) + timedelta(1))
    return ended - months_end(date.fromisoformat(f"{step.values['statement_month']}-01"))


def begins_disclosure(step: Step) -> bool:
    """Whether the first month is over with that step: it and what follows keep to the month, not to the week."""
    return step.message == _STATEMENT


class _Move:
    def __init__(self, on: date, by: timedelta) -> None:
        self.on, self.by = on, by
        self.years = (on + by).year - on.year

    def text(self, key: str, text: str) -> str:
        if key in (_MONTH, "statement_month") and re.fullmatch(r"\d{4}-\d\d", text):
            # the month lies before the step; its last day moves with the step, to the last day of another month
            return f"{months_end(date.fromisoformat(text + '-01')) + self.by:%Y-%m}"
        if key in _YEARS and text.isdigit():
            return str(int(text) + self.years) if int(text) >= _FIRST_YEAR else text
        text = _DAY.sub(self._day, text)
        text = _YEAR.sub(lambda found: str(int(found[0]) + self.years), text)
        text = _SPOKEN_YEAR.sub(self._spoken_year, text)
        return _SPOKEN_DAY.sub(self._spoken_day, text)

    def _day(self, found: re.Match[str]) -> str:
        if int(found[1]) < _FIRST_YEAR:
            return found[0]
        day = date.fromisoformat(found[0])
        return _as_far(day, self.on, self.on + self.by).isoformat() if day > self.on else (day + self.by).isoformat()

    def _spoken_year(self, found: re.Match[str]) -> str:
        year = int("".join(str(_DIGITS.index(sign)) for sign in found[0])) + self.years
        return "".join(_DIGITS[int(sign)] for sign in str(year))

    def _spoken_day(self, found: re.Match[str]) -> str:
        try:
            day = date(self.on.year, _number(found[1]), _number(found[2]) if found[2] else 15) + self.by
        except ValueError:
            return found[0]
        return f"{spoken(day.month)}月" + (f"{spoken(day.day)}日" if found[2] else "")


def _whole_terms(step: Step, answers: dict[str, Any], on: date) -> dict[str, Any]:
    """``answers`` with each term as long as in ``step``: so many years stay so many, wherever their leap day lies."""
    before, after = dated(step.answers, step.on), dated(answers, on)
    for end in before:
        start = end.removesuffix("_end") + "_start"
        if end.endswith("_end") and before[end] and before.get(start):
            begun, ended = date.fromisoformat(before[start]), date.fromisoformat(before[end])
            answers[end] = _as_far(ended, begun, date.fromisoformat(after[start])).isoformat()
    return answers


def _as_far(day: date, start: date, start_now: date) -> date:
    """The day that lies as far from ``start_now`` as ``day`` from ``start``, counted in years and days."""
    years = round((day - start) / _A_YEAR)
    return _later(start_now, years) + (day - _later(start, years))


def _later(day: date, years: int) -> date:
    """The same day of a later year, the last of February for the 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _number(said: str) -> int:
    tens, ten, ones = said.rpartition("十")
    return (_DIGITS.index(tens) if tens else 1 if ten else 0) * 10 + (_DIGITS.index(ones) if ones else 0)
