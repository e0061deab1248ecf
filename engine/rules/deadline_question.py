"""Answer ``daoru deadlines``: ``docs/deadlines.md``."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from engine.rules import deadlines, jurisdiction, questions
from engine.rules.deadlines import PERIODS, WEEKENDS_ONLY, Calendar, Length
from engine.rules.questions import Request, refuse

_KEYS = ("question", "date", "period", "days", "calendar", "place", "contract_days")
_LONGEST = 36_500


def answer(
    request: Request, calendar: Calendar = WEEKENDS_ONLY, packs: Iterable[jurisdiction.Pack] = ()
) -> dict[str, object]:
    """The JSON answer to a JSON question.  Raises InvalidAnswers naming the field."""
    questions.only(request, _KEYS)
    question = questions.choice(request, "question", ("end", "earliest", "latest"), "end")
    start = questions.day(request, "date")
    if not date(1949, 10, 1) <= start <= date(2200, 1, 1):
        raise refuse("date", "应在 1949-10-01 到 2200-01-01 之间；请核对年份。")
    length, warnings = _length(request, start, packs)
    if question == "earliest":
        first = length.after(start, calendar)
        return _with({"literal": first.isoformat(), "safe": (first + timedelta(1)).isoformat()}, warnings)
    if question == "latest":
        if length.calendar == "working":
            raise refuse("calendar", "倒推期限按自然日；工作日期限请用 end 顺推。")
        last = length.before(start)
        return _with({"literal": last.isoformat(), "safe": (last - timedelta(1)).isoformat()}, warnings)
    end = length.after(start, calendar)
    late_from = deadlines.theirs(end, calendar)
    ours = deadlines.ours(end, calendar)
    warnings += _unknown_years(calendar, min(start, ours), late_from)
    answered = {"end": end.isoformat(), "ours": ours.isoformat(), "late_from": late_from.isoformat()}
    return _with(answered, warnings)


def _with(answered: Mapping[str, object], warnings: list[str]) -> dict[str, object]:
    return {**answered, "warnings": warnings} if warnings else dict(answered)


def _length(request: Request, start: date, packs: Iterable[jurisdiction.Pack]) -> tuple[Length, list[str]]:
    name = request.get("period")
    counted = questions.choice(request, "calendar", ("natural", "working"), "natural")
    if name is None:
        for needless in ("place", "contract_days"):
            if needless in request:
                raise refuse(needless, "只和 period 一起写；请写明 period，或删去这一项。")
        return Length(questions.whole(request, "days", 0, _LONGEST), "days", counted), []
    for needless in ("days", "calendar"):
        if needless in request:
            raise refuse(needless, "写了 period 就不再写这一项；请删去其中一个。")
    period = PERIODS.get(name) if isinstance(name, str) else None
    if period is None:
        raise refuse("period", f"没有期限“{name}”；应为 T-01 到 T-38 之一。")
    length = _of_place(request, period, start, packs) if "place" in request else _national(period)
    return _agreed(request, period, length)


def _national(period: deadlines.Period) -> Length:
    if period.length is None:
        message = f"{period.title}没有全国统一的期限；请写明 place（如 changzhou-zhonglou），或改填 days。"
        raise refuse("period", message)
    return Length(period.length, period.unit)


def _of_place(request: Request, period: deadlines.Period, start: date, packs: Iterable[jurisdiction.Pack]) -> Length:
    known = list(packs)
    places = sorted({pack.place for pack in known})
    place = questions.choice(request, "place", places, "") if places else ""
    if not place:
        raise refuse("place", "这里没有规则包；请删去 place，改填 days。")
    if not period.key:
        return _national(period)
    in_force = [pack for pack in known if pack.place == place and pack.effective_from <= start]
    if not in_force:
        raise refuse("date", f"{place} 在 {start} 还没有施行的规则包；请核对日期，或改填 days。")
    return deadlines.length_of(jurisdiction.choose(in_force, place, start).parameter(period.key))


def _agreed(request: Request, period: deadlines.Period, length: Length) -> tuple[Length, list[str]]:
    """What a contract agrees counts where the law lets it: 946 ¶1 and 947 ¶2 yes, 948 ¶2 no (DV-14, DV-15)."""
    if "contract_days" not in request:
        return length, []
    agreed = Length(questions.whole(request, "contract_days", 0, _LONGEST))
    if period.by_contract:
        return agreed, []
    message = (
        f"合同约定 {agreed.amount} 天；{period.title}（{period.source}）不能由合同改变，按 {length.amount} 天计算。"
    )
    return length, [message]


def _unknown_years(calendar: Calendar, first: date, last: date) -> list[str]:
    if not calendar.years:
        return []
    years = range(first.year, last.year + 1)
    unsure = sorted({year for year in years if year not in calendar.years} | (calendar.provisional & set(years)))
    if not unsure:
        return []
    named = "、".join(str(year) for year in unsure)
    return [f"{named} 年的放假安排尚未公布，节假日和调休可能变动；公布后请重新计算。"]
