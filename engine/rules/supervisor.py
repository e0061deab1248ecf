"""Whether somebody may be the estate's supervisor 监察人 (manual §2.1 note b; law RC-39)."""

from dataclasses import dataclass
from datetime import date

from engine.errors import Problem
from engine.rules.outcome import Outcome


@dataclass(frozen=True)
class Nominee:
    """What the nominee declared, and the term he is proposed for."""

    related_to_company: bool
    committee_member: bool
    term_start: date
    term_end: date


def nomination_problems(name: str, term: tuple[date, date], years_max: int, voted: bool | None) -> list[Problem]:
    """A term beyond the pack's, or a name the vote does not carry; ``voted`` is None where the pool was authorised."""
    found = []
    start, end = term
    last = _years_later(start, years_max)
    if end >= last:
        found.append(Problem("term_end", f"任期超过 {years_max} 年，应在 {last} 之前届满；请缩短。"))
    if voted is False:
        message = f"通过的表决事项没有写明{name}；请改选“从区监察人库选任”，或者提名表决写明的人。"
        found.append(Problem("authority", message))
    return found


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def eligible(nominee: Nominee) -> Outcome:
    """``ELIGIBLE``, or ``CONFLICT`` with the reasons as sentences in figure ``missing``."""
    checks = (
        (not nominee.related_to_company, "与物业企业有利益关系。"),
        (not nominee.committee_member, "是本小区业委会或物管会成员。"),
        (nominee.term_start < nominee.term_end, "聘期届满日应晚于开始日。"),
    )
    missing = [sentence for holds, sentence in checks if not holds]
    return Outcome("CONFLICT" if missing else "ELIGIBLE", {"missing": missing}, ("RC-39",))
