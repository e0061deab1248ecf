"""Legal periods: the vectors of law §2.3 and of the manual §7.3."""

from datetime import date
from pathlib import Path

import chinese_calendar
import pytest

from engine.errors import InvalidAnswers, InvalidDefinition, NotFound
from engine.rules import deadline_question, deadlines, jurisdiction, termination
from engine.rules.deadlines import (
    PERIODS,
    WEEKENDS_ONLY,
    Calendar,
    Dates,
    Length,
    earliest_after,
    end_of,
    latest_before,
)
from engine.rules.termination import OldContract

JURISDICTIONS = Path(__file__).parents[3] / "workflows" / "jurisdictions"


def days(period: str) -> int:
    found = PERIODS[period]
    assert found.unit == "days"
    assert found.length is not None
    return found.length


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


def test_a_notice_is_complete_with_its_last_arrival() -> None:
    arrivals = [date(2026, 12, 1), date(2026, 12, 5), date(2026, 12, 1)]
    assert earliest_after(deadlines.served(arrivals), 15).safe == date(2026, 12, 21)


@pytest.mark.parametrize("id, start, length, expected", [
    ("DV-3", date(2026, 12, 20), 60, date(2027, 2, 18)),
    ("DV-6", date(2026, 12, 20), 30, date(2027, 1, 19)),
    ("DV-7", date(2026, 12, 20), 7, date(2026, 12, 27)),
    ("DV-8", date(2026, 12, 20), 3, date(2026, 12, 23)),
    ("DV-9", date(2027, 2, 18), 10, date(2027, 2, 28)),
    ("DV-11", date(2026, 12, 1), 60, date(2027, 1, 30)),
    ("DV-12", date(2027, 1, 10), 90, date(2027, 4, 10)),
    ("DV-14", date(2026, 12, 20), 90, date(2027, 3, 20)),
])  # fmt: skip
def test_the_end_of_a_period(id: str, start: date, length: int, expected: date) -> None:
    assert end_of(length, start, WEEKENDS_ONLY) == expected


@pytest.mark.vector("DV-4")
def test_a_notice_counts_from_its_proven_arrival_and_never_from_its_posting() -> None:
    posted, arrived = date(2026, 12, 18), date(2026, 12, 20)
    old = OldContract("OWNERS_ASSEMBLY", date(2027, 6, 30))
    ended = termination.earliest(termination.Path.DISMISSAL_946, old, arrived, days("T-18"))
    assert ended.ends_on == date(2027, 2, 18)
    assert ended.ends_on != end_of(days("T-18"), posted, WEEKENDS_ONLY)


@pytest.mark.vector("DV-10")
def test_the_suit_against_a_decision_closes_on_the_same_day_a_year_later() -> None:
    assert Length(1, "years").after(date(2027, 1, 5), WEEKENDS_ONLY) == date(2028, 1, 5)


@pytest.mark.vector("MV20")
def test_what_is_due_before_a_contract_ends() -> None:
    end = date(2027, 6, 30)
    assert Length(180).before(end) == date(2027, 1, 1)
    assert latest_before(end, 90).literal == date(2027, 4, 1)


@pytest.mark.parametrize("start, length, expected", [
    (date(2026, 1, 31), Length(1, "months"), date(2026, 2, 28)),
    (date(2024, 1, 31), Length(1, "months"), date(2024, 2, 29)),
    (date(2024, 2, 29), Length(1, "years"), date(2025, 2, 28)),
    (date(2026, 11, 30), Length(3, "months"), date(2027, 2, 28)),
    (date(2026, 8, 15), Length(6, "months"), date(2027, 2, 15)),
])  # fmt: skip
def test_a_month_ends_on_its_last_day_where_the_date_is_missing(start: date, length: Length, expected: date) -> None:
    assert length.after(start, WEEKENDS_ONLY) == expected


def test_months_run_back_by_the_same_rule() -> None:
    assert Length(3, "months").before(date(2027, 5, 31)) == date(2027, 2, 28)


def test_a_parameter_in_months_is_counted_in_months() -> None:
    pack = jurisdiction.read((JURISDICTIONS / "changzhou-zhonglou.toml").read_text(), file="pack")
    assert end_of(pack.parameter("emergency_service_max"), date(2026, 8, 31), WEEKENDS_ONLY) == date(2027, 2, 28)
    assert end_of(pack.parameter("pmc_decision_publish"), date(2026, 3, 2), WEEKENDS_ONLY) == date(2026, 3, 16)
    with pytest.raises(NotFound, match="sla_small"):
        end_of(pack.parameter("sla_small"), date(2026, 3, 2), WEEKENDS_ONLY)


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


def test_a_year_names_where_its_holidays_come_from() -> None:
    for file in JURISDICTIONS.glob("holidays-*.toml"):
        text = file.read_text()
        Calendar.read([text])
        without = "\n".join(line for line in text.splitlines() if not line.startswith("source"))
        with pytest.raises(InvalidDefinition, match="source"):
            Calendar.read([without])


def test_a_year_that_is_not_published_says_so(calendar: Calendar) -> None:
    assert calendar.provisional == {2027}


def test_working_days_skip_a_holiday_and_count_a_worked_weekend(calendar: Calendar) -> None:
    assert calendar.working_days_after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert calendar.is_working(date(2026, 10, 10))


@pytest.mark.parametrize("id, request_, expected", [
    ("DV-1", {"question": "earliest", "date": "2026-12-01", "period": "T-04"}, ("2026-12-16", "2026-12-17")),
    ("DV-2", {"question": "latest", "date": "2027-01-10", "period": "T-04"}, ("2026-12-26", "2026-12-25")),
    ("DV-5", {"question": "latest", "date": "2027-06-30", "period": "T-19"}, ("2027-04-01", "2027-03-31")),
])  # fmt: skip
def test_the_command_answers_both_dates(id: str, request_: dict[str, object], expected: tuple[str, str]) -> None:
    answered = deadline_question.answer(request_)
    assert (answered["literal"], answered["safe"]) == expected


@pytest.mark.parametrize("id, request_, expected", [
    ("DV-7", {"date": "2026-12-20", "period": "T-10"}, ("2026-12-27", "2026-12-25", "2026-12-29")),
    ("DV-9", {"date": "2027-02-18", "period": "T-22"}, ("2027-02-28", "2027-02-26", "2027-03-02")),
    ("DV-10", {"date": "2027-01-05", "period": "T-27"}, ("2028-01-05", "2028-01-05", "2028-01-06")),
    ("DV-11", {"date": "2026-12-01", "period": "T-01"}, ("2027-01-30", "2027-01-29", "2027-02-02")),
    ("DV-12", {"date": "2027-01-10", "period": "T-02"}, ("2027-04-10", "2027-04-09", "2027-04-13")),
    ("DV-14", {"date": "2026-12-20", "period": "T-18", "contract_days": 90},
     ("2027-03-20", "2027-03-19", "2027-03-23")),
])  # fmt: skip
def test_the_command_answers_the_end_ours_and_theirs(
    id: str, request_: dict[str, object], expected: tuple[str, str, str]
) -> None:
    answered = deadline_question.answer(request_)
    assert (answered["end"], answered["ours"], answered["late_from"]) == expected
    assert "warnings" not in answered


@pytest.mark.vector("DV-15")
def test_the_command_warns_of_a_clause_that_shortens_the_notice_of_an_indefinite_contract() -> None:
    answered = deadline_question.answer({"date": "2026-12-20", "period": "T-20", "contract_days": 15})
    assert answered["end"] == "2027-02-18"
    assert "不能由合同改变" in str(answered["warnings"])


def test_the_command_takes_what_only_a_place_sets_from_its_pack(calendar: Calendar) -> None:
    packs = [jurisdiction.read(path.read_text(), file=path.name) for path in JURISDICTIONS.glob("[ch]*g*u.toml")]
    assert len(packs) == 2
    asked = {"date": "2026-03-02", "period": "T-26"}
    ends = [
        deadline_question.answer({**asked, "place": place}, calendar, packs)["end"]
        for place in ("changzhou-zhonglou", "hangzhou")
    ]
    assert ends == ["2026-04-01", "2026-03-17"]
    with pytest.raises(InvalidAnswers, match="place"):
        deadline_question.answer(asked, calendar, packs)


def test_the_command_says_when_a_years_holidays_are_not_published(calendar: Calendar) -> None:
    sure = deadline_question.answer({"date": "2026-03-02", "days": 10}, calendar)
    unsure = deadline_question.answer({"date": "2026-12-20", "days": 30}, calendar)
    assert "warnings" not in sure
    assert "2027" in str(unsure["warnings"])


@pytest.mark.parametrize("request_, field", [
    ({"date": "2026-13-01", "days": 3}, "date"),
    ({"date": 20260101, "days": 3}, "date"),
    ({"date": "9999-12-31", "days": 3}, "date"),
    ({"days": 3}, "date"),
    ({"date": "2026-01-01"}, "days"),
    ({"date": "2026-01-01", "days": -1}, "days"),
    ({"date": "2026-01-01", "days": 1.5}, "days"),
    ({"date": "2026-01-01", "days": True}, "days"),
    ({"date": "2026-01-01", "days": 10**9}, "days"),
    ({"date": "2026-01-01", "period": "T-99"}, "period"),
    ({"date": "2026-01-01", "period": ["T-04"]}, "period"),
    ({"date": "2026-01-01", "period": "T-05"}, "period"),
    ({"date": "2026-01-01", "period": "T-04", "days": 3}, "days"),
    ({"date": "2026-01-01", "period": "T-05", "place": "nowhere"}, "place"),
    ({"date": "2026-01-01", "days": 3, "place": "hangzhou"}, "place"),
    ({"date": "2026-01-01", "days": 3, "calendar": "lunar"}, "calendar"),
    ({"date": "2026-01-01", "days": 3, "calendar": "working", "question": "latest"}, "calendar"),
    ({"date": "2026-01-01", "days": 3, "question": "when"}, "question"),
    ({"date": "2026-01-01", "day": 3}, "day"),
])  # fmt: skip
def test_a_question_that_cannot_be_answered_names_its_field(request_: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        deadline_question.answer(request_)
    assert [problem.field for problem in refused.value.problems] == [field]
