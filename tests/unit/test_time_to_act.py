"""Every timer of the diagrams by its kind: what law wants done by a holiday may be done on the working day after it
(民法典 203), what has to last so long runs its days out, and our own limits are not moved."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.rules import deadlines
from engine.rules.jurisdiction import Pack
from engine.use_cases.library import Library
from engine.use_cases.pack_deadlines import PackDeadlines

WORKFLOWS = Path(__file__).parents[2] / "workflows"
CHINA = ZoneInfo("Asia/Shanghai")
#: The timers of the diagrams that law sets as a longest time, besides those that a decision computes as a date.
MOVED = {
    "contract_filing", "contract_publish", "handover_exit", "oc_decision_notice", "oc_first_meeting",
    "prep_group_first_assembly", "prep_group_setup", "prepaid_refund", "result_notice", "takeover_filing",
}  # fmt: skip
#: The periods of law that decisions count to a date, for a timer or for a late reason.
COUNTED = {"oc_filing", "oc_handover", "inspection_notice"}
#: What has to last so long by law: it ends when its days are over.
LAST = {"objection_period", "roster_objection", "prep_group_notice", "pmc_member_notice", "fee_rise_notice"}
SATURDAY = date(2026, 11, 28)


def timers() -> set[str]:
    """The periods of a pack for which the diagrams wait."""
    return {
        key
        for file in WORKFLOWS.glob("*.bpmn")
        for key in re.findall(r"<bpmn:timeDuration[^>]*>pack\.(\w+)<", file.read_text())
    }


def last_day(pack: Pack, library: Library, key: str, since: date) -> date:
    begins = datetime(since.year, since.month, since.day, 9, tzinfo=CHINA)
    return (PackDeadlines(pack, library.calendar).due(key, begins) - timedelta(seconds=1)).astimezone(CHINA).date()


def days(pack: Pack, key: str) -> int:
    return int(str(pack.parameter(key).value))


def test_every_timer_is_of_a_known_kind(library: Library) -> None:
    for pack in library.packs:
        statutory = {key for key in timers() if pack.parameter(key).clock == "statutory"}
        assert statutory == MOVED | LAST, pack.place
        assert {key for key in statutory | COUNTED if deadlines.is_time_to_act(pack.parameter(key))} == MOVED | COUNTED


@pytest.mark.parametrize("key", sorted(MOVED | COUNTED))
def test_what_law_wants_done_by_a_saturday_is_in_time_on_the_monday(key: str, library: Library) -> None:
    for pack in library.packs:
        start = SATURDAY - timedelta(days(pack, key))
        assert last_day(pack, library, key, start) == date(2026, 11, 30), pack.place
        assert last_day(pack, library, key, start - timedelta(1)) == date(2026, 11, 27), pack.place


@pytest.mark.parametrize("key", sorted(LAST))
def test_a_notice_or_wait_that_has_to_last_so_long_ends_on_the_saturday(key: str, library: Library) -> None:
    for pack in library.packs:
        assert last_day(pack, library, key, SATURDAY - timedelta(days(pack, key))) == SATURDAY, pack.place


def test_our_own_programme_is_not_moved_by_a_holiday(library: Library) -> None:
    for pack in library.packs:
        for key in timers() - MOVED - LAST:
            parameter = pack.parameter(key)
            if parameter.calendar == "natural":
                start = SATURDAY - timedelta(days(pack, key))
                assert last_day(pack, library, key, start) == SATURDAY, (pack.place, key)


@pytest.mark.parametrize(
    ("ends", "until"),
    [
        (date(2026, 2, 14), date(2026, 2, 14)),  # a Saturday that is worked
        (date(2026, 2, 15), date(2026, 2, 24)),  # Spring Festival
        (date(2026, 4, 4), date(2026, 4, 7)),  # Qingming
        (date(2026, 5, 3), date(2026, 5, 6)),  # Labour Day
        (date(2026, 9, 20), date(2026, 9, 20)),  # a Sunday that is worked
        (date(2026, 9, 25), date(2026, 9, 28)),  # Mid-Autumn
        (date(2026, 10, 3), date(2026, 10, 8)),  # National Day
        (date(2026, 11, 28), date(2026, 11, 30)),  # a weekend
        (date(2026, 12, 31), date(2026, 12, 31)),  # a working day
        (date(2027, 1, 1), date(2027, 1, 4)),  # New Year, and the weekend after it
        (date(2027, 2, 5), date(2027, 2, 11)),  # Spring Festival, its two weekend days made good
        (date(2027, 5, 1), date(2027, 5, 5)),  # Labour Day, made good
        (date(2027, 10, 1), date(2027, 10, 6)),  # National Day, made good
    ],
)
def test_a_filing_whose_last_day_is_a_holiday(ends: date, until: date, library: Library) -> None:
    pack = next(one for one in library.packs if one.place == "changzhou-zhonglou")
    assert last_day(pack, library, "contract_filing", ends - timedelta(days(pack, "contract_filing"))) == until


def test_a_companys_notice_of_leaving_is_counted_back_and_not_moved() -> None:
    # a Sunday: counting backwards nothing is granted for a holiday
    assert deadlines.Length(90).before(date(2027, 5, 1)) == date(2027, 1, 31)
