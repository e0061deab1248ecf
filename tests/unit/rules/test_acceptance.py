"""An estate passes on its score, and never with a nought where the law and the money are."""

from dataclasses import replace
from datetime import date

import pytest

from engine.errors import InvalidAnswers
from engine.rules import acceptance
from engine.rules.acceptance import INDICATORS, DisclosureRule, Evidence, SampleTargets, Standard
from engine.rules.exact import Ratio
from engine.use_cases import reading

FULL = (20, 10, 15, 10, 10, 5, 10, 5, 10, 5)
STANDARD = Standard(pass_min=80, rectify_min=60, retries_max=1, weights=FULL, never_zero=frozenset({1, 3, 4}))
TARGETS = SampleTargets(awareness_min=90, satisfaction_min=85, response_min=90)
SOUND = Evidence(
    procedure_complete=True,
    clauses_complete=True,
    payments=Ratio(12, 12),
    budget_published=True,
    disclosed_on_time=True,
    open_challenges=0,
    supervisor_opinion=True,
    overdue_handover_items=0,
    awareness=Ratio(90, 100),
    satisfaction=Ratio(85, 100),
    response=Ratio(9, 10),
)


def scores(total: int, **at: int) -> tuple[int, ...]:
    """Scores of that total, with ``s1=0`` and the like kept, taken off from the last indicator up."""
    given = [at.get(f"s{i.no}", weight) for i, weight in zip(INDICATORS, FULL, strict=True)]
    spare = sum(given) - total
    for place in reversed(range(10)):
        if f"s{place + 1}" not in at:
            cut = min(spare, given[place] - (1 if place + 1 in STANDARD.never_zero else 0))
            given[place], spare = given[place] - cut, spare - cut
    assert spare == 0
    return tuple(given)


def test_the_packs_score_as_the_manual_does(library):
    for pack in library.packs:
        standard = reading.acceptance_standard(pack)
        assert standard.weights == FULL
        assert sum(standard.weights) == 100
        assert standard.never_zero == {1, 3, 4}


def test_another_places_weights_and_noughts_count_there():
    elsewhere = replace(STANDARD, weights=(10,) * 10, never_zero=frozenset({6}))
    assert acceptance.judge((10,) * 10, elsewhere, 1).name == "PASS"
    assert acceptance.judge((0, *(10,) * 9), elsewhere, 1).name == "PASS"
    assert acceptance.judge((*(10,) * 5, 0, *(10,) * 4), elsewhere, 1).name == "RECTIFY"
    with pytest.raises(InvalidAnswers, match="“法定程序完整”得分 20 应在 0 到 10 之间"):
        acceptance.judge(FULL, elsewhere, 1)


@pytest.mark.parametrize(
    "total, round, name",
    [
        (80, 1, "PASS"),
        (79, 1, "RECTIFY"),
        (60, 1, "RECTIFY"),
        (59, 1, "SUSPEND"),
        (79, 2, "SUSPEND"),
        (80, 2, "PASS"),
    ],
)
def test_the_score_decides_at_its_lines_and_one_retry_is_allowed(total, round, name):
    outcome = acceptance.judge(scores(total), STANDARD, round)
    assert (outcome.name, outcome.figures["total"]) == (name, total)


@pytest.mark.parametrize("no, name", [(1, "RECTIFY"), (3, "RECTIFY"), (4, "RECTIFY"), (2, "PASS"), (6, "PASS")])
def test_a_nought_in_procedure_account_or_budget_never_passes(no, name):
    outcome = acceptance.judge(scores(80, **{f"s{no}": 0}), STANDARD, 1)
    assert outcome.name == name
    assert outcome.figures["zero_indicators"] == ([no] if name == "RECTIFY" else [])


def test_one_point_there_is_no_nought():
    assert acceptance.judge(scores(80, s1=1), STANDARD, 1).name == "PASS"


@pytest.mark.parametrize("no, score", [(1, 21), (1, -1), (10, 6)])
def test_a_score_beyond_its_weight_is_refused_by_name(no, score):
    given = list(FULL)
    given[no - 1] = score
    with pytest.raises(InvalidAnswers, match=f"score_{no}："):
        acceptance.judge(given, STANDARD, 1)


def test_nine_scores_are_refused():
    with pytest.raises(InvalidAnswers, match="收到 9 项"):
        acceptance.judge(FULL[:9], STANDARD, 1)


def test_records_at_their_lines_earn_every_point():
    assert acceptance.proposed(SOUND, TARGETS, FULL) == FULL


@pytest.mark.parametrize(
    "no, changed",
    [
        (1, {"procedure_complete": False}),
        (2, {"clauses_complete": False}),
        (3, {"payments": Ratio(11, 12)}),
        (4, {"budget_published": False}),
        (5, {"disclosed_on_time": False}),
        (5, {"open_challenges": 1}),
        (6, {"supervisor_opinion": False}),
        (7, {"overdue_handover_items": 1}),
        (8, {"awareness": Ratio(899, 1000)}),
        (9, {"satisfaction": Ratio(849, 1000)}),
        (10, {"response": Ratio(899, 1000)}),
    ],
)
def test_a_record_beyond_its_line_earns_nothing_there(no, changed):
    lost = acceptance.proposed(replace(SOUND, **changed), TARGETS, FULL)
    assert [i.no for i, score in zip(INDICATORS, lost, strict=True) if score == 0] == [no]


RULE = DisclosureRule(month_day=10, committee_after=3, street_after=7)


@pytest.mark.vector("MV18")
@pytest.mark.parametrize(
    "posted, name, late, told",
    [
        (date(2027, 3, 10), "ON_TIME", 0, []),
        (date(2027, 3, 11), "LATE", 1, ["物业企业", "社区干部"]),
        (date(2027, 3, 12), "LATE", 2, ["物业企业", "社区干部"]),
        (date(2027, 3, 13), "LATE", 3, ["物业企业", "社区干部", "业委会/物管会"]),
        (date(2027, 3, 17), "LATE", 7, ["物业企业", "社区干部", "业委会/物管会", "监察人", "街道"]),
    ],
    ids=["the 10th", "the 11th", "MV18 the 12th", "day +3", "day +7"],
)
def test_a_late_disclosure_is_flagged_and_told(posted, name, late, told):
    outcome = acceptance.disclosure(date(2027, 2, 28), posted, today=date(2027, 4, 1), rule=RULE)
    assert outcome.name == name
    assert (outcome.figures["days_late"], outcome.figures["late"], outcome.figures["notify"]) == (late, late > 0, told)


@pytest.mark.parametrize("today, name", [(date(2027, 1, 10), "DUE"), (date(2027, 1, 11), "LATE")])
def test_a_disclosure_not_yet_posted_is_due_and_then_late(today, name):
    assert acceptance.disclosure(date(2026, 12, 31), None, today, RULE).name == name
