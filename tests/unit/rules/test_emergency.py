"""An emergency provider serves for a short while, does the first things first, and never becomes the chosen company."""

from datetime import date

import pytest

from engine.rules import emergency

LATEST = date(2027, 1, 20)


@pytest.mark.parametrize(
    "until, fields", [(date(2027, 1, 20), []), (date(2027, 1, 21), ["emergency_until"])], ids=["last day", "a day more"]
)
def test_emergency_service_ends_by_the_longest_period(until, fields):
    found = emergency.appointment_problems(until, LATEST, "安顺应急物业有限公司", "常顺物业服务有限公司")
    assert [problem.field for problem in found] == fields


def test_the_company_that_stopped_serving_is_not_its_own_emergency():
    [problem] = emergency.appointment_problems(LATEST, LATEST, "常顺物业服务有限公司 ", "常顺物业服务有限公司")
    assert problem.field == "provider"


def test_the_first_day_leaves_nothing_out():
    assert emergency.first_day_problems(set(emergency.FirstDay)) == []
    [problem] = emergency.first_day_problems(set(emergency.FirstDay) - {"PUMP", "FIRE"})
    assert "泵房供水值守、消控室双人值班" in problem.message


@pytest.mark.parametrize(
    "because, ended_on, fields",
    [
        ("PERIOD_ENDED", LATEST, []),
        ("PERIOD_ENDED", date(2027, 1, 19), ["ended_because"]),
        ("LAWFUL_PROVIDER", date(2027, 1, 19), []),
        ("LAWFUL_PROVIDER", date(2027, 1, 21), ["ended_on"]),
    ],
)
def test_it_ends_when_the_lawful_provider_enters_or_the_period_is_over(because, ended_on, fields):
    assert [problem.field for problem in emergency.closing_problems(because, ended_on, LATEST)] == fields
