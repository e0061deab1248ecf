"""Whether a lawful body of the owners can act (manual §3.3 S4, gate G4; law LC-03, GR-31, GR-38)."""

from dataclasses import dataclass
from datetime import date

from engine.rules.outcome import Outcome


@dataclass(frozen=True)
class Sizes:
    """The pack's least and greatest number of seats for this kind of body, and its longest term in years."""

    least: int
    most: int
    years_max: int


@dataclass(frozen=True)
class Body:
    """A committee (``OC``) or a property management committee (``PMC``) as verified."""

    kind: str
    size: int
    seats_filled: int
    members_listed: int
    undeclared_members: int
    term_start: date
    term_end: date
    filing_no: str
    filed_on: date | None
    seal_keeper: str


def in_term(body: Body, on: date) -> bool:
    """Whether the body holds its mandate on that day, both ends included."""
    return body.term_start <= on <= body.term_end


def act(body: Body, sizes: Sizes, today: date) -> Outcome:
    """Gate G4: ``READY``, or ``NOT_READY`` with what is missing as sentences in figure ``missing``."""
    checks = (
        (body.size % 2 == 1, f"应有席位 {body.size} 个，应为单数。"),
        (sizes.least <= body.size <= sizes.most, f"应有席位 {body.size} 个，应在 {sizes.least} 到 {sizes.most} 之间。"),
        (body.seats_filled <= body.size, f"在任 {body.seats_filled} 人，多于应有席位 {body.size} 个；请核对。"),
        (2 * body.seats_filled >= body.size, f"在任 {body.seats_filled} 人，不足应有席位 {body.size} 个的一半。"),
        (
            body.members_listed == body.seats_filled,
            f"成员名单 {body.members_listed} 人，与在任 {body.seats_filled} 人不符。",
        ),
        (body.undeclared_members == 0, f"有 {body.undeclared_members} 名成员没有申报利益关系。"),
        (body.term_start < body.term_end, "任期届满日应晚于任期开始日。"),
        (body.term_end < _years_later(body.term_start, sizes.years_max), f"任期超过 {sizes.years_max} 年的上限。"),
        (body.term_start <= today, f"任期自 {body.term_start} 开始，尚未到任。"),
        (today <= body.term_end, f"任期已于 {body.term_end} 届满。"),
        (_filed(body, today), "尚未备案，或备案证号、备案日期不全。"),
        (bool(body.seal_keeper.strip()), "没有明确印章保管方。"),
    )
    missing = [sentence for holds, sentence in checks if not holds]
    figures = {
        "missing": missing,
        "body_kind": body.kind,
        "size": body.size,
        "seats_filled": body.seats_filled,
        "term_end": body.term_end.isoformat(),
        "days_left": (body.term_end - today).days,
    }
    return Outcome("NOT_READY" if missing else "READY", figures, ("G4", "LC-03", "GR-31-1"))


def _years_later(day: date, years: int) -> date:
    """The same day so many years later; from 29 February the first of March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _filed(body: Body, today: date) -> bool:
    return bool(body.filing_no.strip()) and body.filed_on is not None and body.filed_on <= today
