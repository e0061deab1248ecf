"""An old contract ends by one of four articles, and never under the new service."""

from datetime import date, timedelta

import pytest

from engine.errors import InvalidAnswers
from engine.rules import termination
from engine.rules.deadlines import Length
from engine.rules.termination import OldContract, Path, Renewal

ARRIVED = date(2026, 12, 20)
FIXED = OldContract("OWNERS_ASSEMBLY", date(2027, 6, 30))
INDEFINITE = OldContract("INDEFINITE", None)
PRELIMINARY = OldContract("PRELIMINARY", None)


@pytest.mark.vector("DV-3")
def test_dismissal_counts_sixty_days_from_arrival():
    ended = termination.earliest(Path.DISMISSAL_946, FIXED, ARRIVED, statutory_days=60)
    assert (ended.ends_on, ended.service_from) == (date(2027, 2, 18), date(2027, 2, 19))
    assert ended.rules == ("CC-946-1", "T-18")


@pytest.mark.vector("DV-14")
def test_a_contract_may_agree_another_notice_for_dismissal():
    contract = OldContract("OWNERS_ASSEMBLY", date(2027, 6, 30), notice_days=90)
    assert termination.earliest(Path.DISMISSAL_946, contract, ARRIVED, 60).ends_on == date(2027, 3, 20)


@pytest.mark.vector("DV-15")
def test_no_contract_shortens_the_notice_of_an_indefinite_one():
    ended = termination.earliest(Path.INDEFINITE_948, OldContract("INDEFINITE", None, 15), ARRIVED, 60)
    assert ended.ends_on == date(2027, 2, 18)
    assert [w.field for w in ended.warnings] == ["contract_notice_days"]
    assert termination.earliest(Path.INDEFINITE_948, INDEFINITE, ARRIVED, 60).warnings == ()


@pytest.mark.parametrize("end, warned", [(date(2027, 2, 18), False), (date(2027, 2, 19), True)])
def test_cutting_a_term_short_warns_of_damages(end, warned):
    ended = termination.earliest(Path.DISMISSAL_946, OldContract("OWNERS_ASSEMBLY", end), ARRIVED, 60)
    assert bool(ended.warnings) is warned


def test_at_expiry_nothing_national_binds_the_owners():
    ended = termination.earliest(Path.EXPIRY_947, FIXED, date(2027, 6, 30), 90)
    assert (ended.ends_on, ended.service_from, ended.warnings) == (date(2027, 6, 30), date(2027, 7, 1), ())


@pytest.mark.parametrize("arrived, warned", [(date(2027, 5, 31), False), (date(2027, 6, 1), True)])
def test_a_notice_the_contract_itself_asks_at_expiry_is_watched(arrived, warned):
    contract = OldContract("OWNERS_ASSEMBLY", date(2027, 6, 30), notice_days=30)
    assert bool(termination.earliest(Path.EXPIRY_947, contract, arrived, 90).warnings) is warned


def test_after_the_expiry_it_is_too_late_for_expiry():
    with pytest.raises(InvalidAnswers, match="948"):
        termination.earliest(Path.EXPIRY_947, FIXED, date(2027, 7, 1), 90)
    with pytest.raises(InvalidAnswers, match="到期日"):
        termination.earliest(Path.EXPIRY_947, INDEFINITE, ARRIVED, 90)


@pytest.mark.parametrize("effective, warned", [(date(2027, 2, 18), False), (date(2027, 2, 17), True)])
def test_a_preliminary_contract_ends_the_day_the_new_one_takes_effect(effective, warned):
    ended = termination.earliest(Path.PRELIMINARY_940, PRELIMINARY, ARRIVED, 60, new_effective=effective)
    assert (ended.ends_on, ended.service_from) == (effective, effective)
    assert bool(ended.warnings) is warned
    with pytest.raises(InvalidAnswers, match="生效日"):
        termination.earliest(Path.PRELIMINARY_940, PRELIMINARY, ARRIVED, 60)


@pytest.mark.parametrize(
    "contract, today, open_paths",
    [
        (FIXED, date(2027, 6, 30), (Path.EXPIRY_947, Path.DISMISSAL_946)),
        (FIXED, date(2027, 7, 1), (Path.INDEFINITE_948,)),
        (INDEFINITE, ARRIVED, (Path.INDEFINITE_948,)),
        (PRELIMINARY, ARRIVED, (Path.PRELIMINARY_940,)),
        (OldContract("NONE", None), ARRIVED, ()),
    ],
    ids=["last day", "day after", "indefinite", "preliminary", "none"],
)
def test_the_kind_of_contract_opens_its_paths(contract, today, open_paths):
    assert termination.paths(contract, today) == open_paths


@pytest.mark.parametrize("ends_on, refused", [(date(2027, 2, 17), True), (date(2027, 2, 18), False)])
def test_LC10_the_end_is_not_before_the_earliest(ends_on, refused):
    ended = termination.earliest(Path.DISMISSAL_946, FIXED, ARRIVED, 60)
    found = termination.problems(ended, ends_on, service_start=date(2027, 3, 1))
    assert [p.field for p in found] == (["termination_on"] if refused else [])


@pytest.mark.parametrize("path, same_day", [(Path.DISMISSAL_946, False), (Path.PRELIMINARY_940, True)])
def test_LC11_the_new_service_starts_after_the_old_end_and_on_it_only_under_940(path, same_day):
    ended = termination.earliest(path, FIXED, ARRIVED, 60, new_effective=date(2027, 2, 18))
    end = date(2027, 2, 18)
    assert termination.problems(ended, end, date(2027, 2, 19)) == []
    assert (termination.problems(ended, end, end) == []) is same_day
    assert [p.field for p in termination.problems(ended, end, date(2027, 2, 17))] == ["service_start"]


@pytest.mark.parametrize(
    "path, by_company, fields",
    [
        (Path.EXPIRY_947, True, []),
        (Path.INDEFINITE_948, True, []),
        (Path.DISMISSAL_946, True, ["initiated_by"]),
        (Path.PRELIMINARY_940, True, ["initiated_by"]),
        (Path.DISMISSAL_946, False, []),
    ],
)
def test_a_company_may_leave_at_expiry_or_from_an_indefinite_contract_only(path, by_company, fields):
    assert [problem.field for problem in termination.initiative_problems(path, by_company)] == fields


@pytest.mark.vector("DV-5")
@pytest.mark.parametrize(
    "arrived_on, late", [(date(2027, 4, 1), 0), (date(2027, 4, 2), 1)], ids=["on the last day", "a day late"]
)
def test_a_company_that_will_not_renew_says_so_ninety_days_ahead(arrived_on, late):
    contract = OldContract("OWNERS_ASSEMBLY", date(2027, 6, 30))
    assert termination.company_late_by(contract, arrived_on, 90) == late
    assert termination.company_late_by(OldContract("INDEFINITE", None), arrived_on, 90) == 0


@pytest.mark.vector("MV20")
def test_owners_begin_to_decide_180_days_before_the_end_and_a_company_says_90_days_before_that_it_leaves():
    due = termination.renewal_dates(date(2027, 6, 30), Length(180), Length(90), Length(60))
    assert due == Renewal(date(2027, 6, 30), date(2027, 1, 1), date(2027, 4, 1), date(2027, 5, 1))


def test_the_last_day_for_the_companys_notice_is_the_last_on_which_it_is_not_late():
    due = termination.renewal_dates(FIXED.ends_on, Length(180), Length(90), Length(60))
    assert termination.company_late_by(FIXED, due.company_notice_on, 90) == 0
    assert termination.company_late_by(FIXED, due.company_notice_on + timedelta(1), 90) == 1


@pytest.mark.parametrize("end, lead, starts", [
    (date(2027, 6, 30), Length(4, "months"), date(2027, 2, 28)),
    (date(2028, 6, 30), Length(4, "months"), date(2028, 2, 29)),
    (date(2028, 8, 28), Length(180), date(2028, 3, 1)),
    (date(2028, 8, 27), Length(180), date(2028, 2, 29)),
], ids=["four months", "four months in a leap year", "after the leap day", "on the leap day"])  # fmt: skip
def test_a_place_may_count_the_time_to_decide_in_months(end, lead, starts):
    assert termination.renewal_dates(end, lead, Length(90), Length(60)).start_on == starts


@pytest.mark.parametrize("decision, position, refused", [
    ("RENEW", "UNWILLING", True),
    ("RENEW", "WILLING", False),
    ("RENEW", "SILENT", False),
    ("REPLACE", "UNWILLING", False),
    ("SELF_MANAGE", "UNWILLING", False),
])  # fmt: skip
def test_a_company_that_leaves_cannot_be_kept(decision, position, refused):
    found = termination.renewal_problems(decision, position)
    assert [problem.field for problem in found] == (["decision"] if refused else [])
