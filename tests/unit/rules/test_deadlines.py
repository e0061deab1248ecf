"""Legal periods: the vectors of law §2.3 and of the manual §7.3."""

from datetime import date
from pathlib import Path

import chinese_calendar
import pytest

from engine.errors import InvalidAnswers
from engine.rules import deadlines
from engine.rules.deadlines import PERIODS, WEEKENDS_ONLY, Calendar, Dates, earliest_after, end_of, latest_before

JURISDICTIONS = Path(__file__).parents[3] / "workflows" / "jurisdictions"


def days(period: str) -> int:
    length = PERIODS[period].days
    assert length is not None
    return length


@pytest.mark.parametrize("id, notice, period, expected", [
    ("DV-1", date(2026, 12, 1), "T-04", Dates(date(2026, 12, 16), date(2026, 12, 17))),
    ("DV-13", date(2026, 12, 5), "T-04", Dates(date(2026, 12, 20), date(2026, 12, 21))),
])  # fmt: skip
def test_the_earliest_day_after_a_notice(id: str, notice: date, period: str, expected: Dates) -> None:
    assert earliest_after(notice, days(period)) == expected


@pytest.mark.parametrize("id, event, period, expected", [
    ("DV-2", date(2027, 1, 10), "T-04", Dates(date(2026, 12, 26), date(2026, 12, 25))),
    ("DV-5", date(2027, 6, 30), "T-19", Dates(date(2027, 4, 1), date(2027, 3, 31))),
])  # fmt: skip
def test_the_latest_day_for_a_notice(id: str, event: date, period: str, expected: Dates) -> None:
    assert latest_before(event, days(period)) == expected


@pytest.mark.parametrize("id, start, length, expected", [
    ("DV-3", date(2026, 12, 20), 60, date(2027, 2, 18)),
    ("DV-6", date(2026, 12, 20), 30, date(2027, 1, 19)),
    ("DV-7", date(2026, 12, 20), 7, date(2026, 12, 27)),
    ("DV-8", date(2026, 12, 20), 3, date(2026, 12, 23)),
    ("DV-9", date(2027, 2, 18), 10, date(2027, 2, 28)),
    ("DV-11", date(2026, 12, 1), 60, date(2027, 1, 30)),
    ("DV-12", date(2027, 1, 10), 90, date(2027, 4, 10)),
    ("DV-14", date(2026, 12, 20), 90, date(2027, 3, 20)),
    ("MV20", date(2027, 6, 30), -180, date(2027, 1, 1)),
])  # fmt: skip
def test_the_end_of_a_period(id: str, start: date, length: int, expected: date) -> None:
    assert end_of(length, start, WEEKENDS_ONLY) == expected


def test_we_never_use_the_extension_of_a_holiday_and_grant_it_to_the_other_side() -> None:
    assert deadlines.ours(date(2026, 12, 27), WEEKENDS_ONLY) == date(2026, 12, 25)
    assert deadlines.theirs(date(2027, 2, 28), WEEKENDS_ONLY) == date(2027, 3, 2)
    assert deadlines.theirs(date(2027, 1, 30), WEEKENDS_ONLY) == date(2027, 2, 2)
    assert deadlines.ours(date(2027, 4, 10), WEEKENDS_ONLY) == date(2027, 4, 9)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar.read(path.read_text() for path in JURISDICTIONS.glob("holidays-*.toml"))


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_shipped_calendar_is_the_official_one(year: int, calendar: Calendar) -> None:
    start = date(year, 1, 1)
    for number in range(365):
        day = date.fromordinal(start.toordinal() + number)
        assert calendar.is_working(day) is chinese_calendar.is_workday(day), day


def test_a_year_that_is_not_published_says_so(calendar: Calendar) -> None:
    assert calendar.provisional == {2027}


def test_working_days_skip_a_holiday_and_count_a_worked_weekend(calendar: Calendar) -> None:
    assert calendar.working_days_after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert calendar.is_working(date(2026, 10, 10))


@pytest.mark.parametrize("request_, field", [
    ({"question": "end", "date": "2026-13-01", "days": 3}, "date"),
    ({"question": "end", "date": "2026-01-01", "days": -1}, "days"),
    ({"question": "end", "date": "2026-01-01", "period": "T-99"}, "period"),
    ({"question": "when", "date": "2026-01-01", "days": 3}, "question"),
])  # fmt: skip
def test_a_question_that_cannot_be_answered_names_its_field(request_: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        deadlines.answer(request_)
    assert refused.value.problems[0].field == field
