"""When what people are told leaves the house: never in their quiet hours, and a digest once a day."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store.alerts import Setting, Told
from engine.use_cases import alerts
from engine.use_cases.alerts import ZONE

HOURS = st.times().map(lambda at: f"{at:%H:%M}")
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "at, leaves",
    [
        ("2026-01-04 20:59", "2026-01-04 20:59"),
        ("2026-01-04 21:00", "2026-01-05 08:00"),
        ("2026-01-05 00:30", "2026-01-05 08:00"),
        ("2026-01-05 07:59", "2026-01-05 08:00"),
        ("2026-01-05 08:00", "2026-01-05 08:00"),
    ],
)
def test_by_default_nothing_leaves_between_nine_in_the_evening_and_eight(at: str, leaves: str) -> None:
    assert _local(alerts.leaves(Setting(), _moment(at))) == leaves


@pytest.mark.parametrize(
    "at, quiet, leaves",
    [
        ("2026-01-04 08:30", ("21:00", "08:00"), "2026-01-04 08:30"),
        ("2026-01-04 08:31", ("21:00", "08:00"), "2026-01-05 08:30"),
        ("2026-01-04 08:31", ("00:00", "00:00"), "2026-01-05 08:30"),
        ("2026-01-04 10:00", ("21:00", "09:00"), "2026-01-05 09:00"),
    ],
)
def test_a_digest_leaves_once_a_day_and_waits_for_the_end_of_the_quiet_hours(
    at: str, quiet: tuple[str, str], leaves: str
) -> None:
    setting = Setting(mode="daily", quiet_from=quiet[0], quiet_until=quiet[1])
    assert _local(alerts.leaves(setting, _moment(at))) == leaves


@given(now=MOMENTS, begin=HOURS, end=HOURS, mode=st.sampled_from(["now", "daily"]))
def test_a_message_leaves_later_outside_the_quiet_hours_and_within_two_days(
    now: datetime, begin: str, end: str, mode: str
) -> None:
    leaves = alerts.leaves(Setting(mode=mode, quiet_from=begin, quiet_until=end), now)
    assert now <= leaves <= now + timedelta(days=2)
    local = leaves.astimezone(ZONE).time()
    first, last = time.fromisoformat(begin), time.fromisoformat(end)
    quiet = first <= local < last if first <= last else (local >= first or local < last)
    assert not quiet


def test_every_kind_is_told_in_words_that_name_the_estate_and_no_owner() -> None:
    told = Told(1, "", "", None, 1, "桂语苑", 2, "上门征询", "周敏", "2026-01-31T16:00:00+00:00", "社区干部")
    for kind in alerts._WORDS:
        assert alerts.line(replace(told, kind=kind)).endswith("（桂语苑）")
    assert alerts.line(replace(told, kind="near")) == "快到期：上门征询，最后一天 2026-01-31（周六）（桂语苑）"


def _moment(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZONE)


def _local(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
