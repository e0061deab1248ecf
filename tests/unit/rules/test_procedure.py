"""A vote is convened, announced, opened, extended and closed as the law asks, or not at all."""

from dataclasses import replace
from datetime import date

import pytest

from engine.errors import Problem
from engine.rules import procedure
from engine.rules.procedure import AgendaItem, BallotCount, Extension, ItemResult, Notice, Window
from engine.rules.signing import Resolution

AGENDA = [AgendaItem(1, "采用信托制物业服务模式", 9, key=True), AgendaItem(2, "经营停车和广告", 8, key=False)]
TOLD = date(2026, 3, 26)
NOTICE = Notice(TOLD, TOLD, TOLD, frozenset({1, 2}))
WINDOW = Window(date(2026, 4, 13), date(2026, 4, 28), least=15, most=60, longest_extension=15)
EXTENSION = Extension(
    allowed_by_notice=True,
    already_extended=False,
    ballots_unopened=True,
    quorum_reached=False,
    posted_on=date(2026, 4, 28),
    extended_to=date(2026, 5, 8),
)


def fields(problems: list[Problem]) -> list[str]:
    return [problem.field for problem in problems]


@pytest.mark.vector("MV10")
@pytest.mark.parametrize(
    "posted, says", [({1}, "事项 2 没有写进会议公告，不能表决"), ({1, 2, 3}, "事项 3 不在业委会决议")]
)
def test_an_item_that_was_not_announced_is_not_opened(posted: set[int], says: str) -> None:
    [problem] = procedure.notice_problems(AGENDA, replace(NOTICE, items=posted), date(2026, 4, 13), 15)
    assert problem.field == "items_posted"
    assert says in problem.message


@pytest.mark.vector("MV11")
@pytest.mark.parametrize(
    "opens, refused, warned",
    [
        (date(2026, 4, 9), ["voting_opens_on"], False),
        (date(2026, 4, 10), ["short_notice_reason"], True),
        (date(2026, 4, 11), [], False),
    ],
    ids=["14 days", "15 days", "16 days"],
)
def test_a_notice_of_14_days_is_refused_of_15_asks_a_reason_of_16_is_clean(
    opens: date, refused: list[str], warned: bool
) -> None:
    assert fields(procedure.notice_problems(AGENDA, NOTICE, opens, 15)) == refused
    assert bool(procedure.notice_warnings(NOTICE, opens, 15)) is warned
    reasoned = replace(NOTICE, short_notice_reason="急需更换电梯维保单位")
    assert fields(procedure.notice_problems(AGENDA, reasoned, opens, 15)) == [
        field for field in refused if field != "short_notice_reason"
    ]


@pytest.mark.vector("DV-13")
@pytest.mark.parametrize("late", ["posted_on", "all_owners_notified_on", "committee_told_on"])
def test_the_period_runs_from_the_last_completed_notice(late: str) -> None:
    notice = replace(NOTICE, **{late: date(2026, 3, 30)})
    [problem] = procedure.notice_problems(AGENDA, notice, date(2026, 4, 13), 15)
    assert "最早 2026-04-14" in problem.message


def test_a_short_notice_message_says_what_to_do() -> None:
    [problem] = procedure.notice_problems(AGENDA, NOTICE, date(2026, 4, 9), 15)
    assert problem.message == "公告于 2026-03-26 完成，满 15 天前不能开始表决；最早 2026-04-10。"


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"no": 2}, "items[1].no"),
        ({"no": 3, "text": " "}, "items[1].text"),
        ({"no": 3, "item_class": 0}, "items[1].item_class"),
        ({"no": 3, "item_class": 10}, "items[1].item_class"),
    ],
)
def test_every_item_has_a_number_a_text_and_a_class(changed: dict[str, object], field: str) -> None:
    added = replace(AgendaItem(3, "开立共有资金账户", 9, key=False), **changed)
    assert field in fields(procedure.agenda_problems([AGENDA[1], added, replace(AGENDA[0], no=9)]))


def test_an_agenda_names_at_least_one_key_item() -> None:
    assert procedure.agenda_problems(AGENDA) == []
    assert fields(procedure.agenda_problems([])) == ["items"]
    assert fields(procedure.agenda_problems([AGENDA[1]])) == ["items"]


def test_new_business_in_the_budget_is_an_item_of_class_eight_of_its_own() -> None:
    assert procedure.business_problems(AGENDA, ("I05",)) == []
    assert procedure.business_problems(AGENDA[:1], ()) == []
    [problem] = procedure.business_problems(AGENDA[:1], ("I05",))
    assert "I05" in problem.message
    assert "第 8 类" in problem.message


@pytest.mark.parametrize("item_class, majority", [(5, "ORDINARY"), (6, "SPECIAL"), (8, "SPECIAL"), (9, "ORDINARY")])
def test_three_classes_need_three_quarters(item_class: int, majority: str) -> None:
    assert AgendaItem(1, "x", item_class, key=True).majority == majority


@pytest.mark.parametrize(
    "present, in_favour, posted, refused",
    [
        (4, 4, date(2026, 3, 16), []),
        (4, 4, date(2026, 3, 17), ["agenda_posted_on"]),
        (3, 3, date(2026, 3, 16), ["members_for"]),
        (7, 3, date(2026, 3, 16), ["members_for"]),
        (4, 5, date(2026, 3, 16), ["members_for"]),
    ],
    ids=["just enough", "agenda six days before", "not over half present", "fewer than half of all", "more than came"],
)
def test_a_committee_convenes_by_its_own_rules(present: int, in_favour: int, posted: date, refused: list[str]) -> None:
    decided = Resolution(date(2026, 3, 23), members_total=7, members_present=present, members_for=in_favour)
    assert fields(procedure.convening_problems(decided, posted, agenda_days=7)) == refused


@pytest.mark.parametrize("days, refused", [(14, True), (15, False), (60, False), (61, True)])
def test_a_window_is_as_long_as_the_pack_allows(days: int, refused: bool) -> None:
    window = replace(WINDOW, closes_on=date.fromordinal(WINDOW.opens_on.toordinal() + days))
    assert fields(procedure.window_problems(window, date(2026, 3, 24))) == (["voting_closes_on"] if refused else [])


@pytest.mark.parametrize("frozen, refused", [(date(2026, 4, 13), False), (date(2026, 4, 14), True), (None, True)])
def test_the_roster_is_frozen_before_the_vote(frozen: date | None, refused: bool) -> None:
    assert fields(procedure.window_problems(WINDOW, frozen)) == (["frozen_on"] if refused else [])


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"already_extended": True}, "extend"),
        ({"allowed_by_notice": False}, "extend"),
        ({"quorum_reached": True}, "extend"),
        ({"ballots_unopened": False}, "ballots_unopened"),
        ({"posted_on": date(2026, 4, 29)}, "extension_posted_on"),
        ({"posted_on": None}, "extension_posted_on"),
        ({"extended_to": date(2026, 4, 28)}, "extended_to"),
        ({"extended_to": None}, "extended_to"),
        ({"extended_to": date(2026, 5, 14)}, "extended_to"),
    ],
)
def test_a_vote_is_extended_once_in_time_and_only_if_the_notice_said_so(changed: dict[str, object], field: str) -> None:
    assert fields(procedure.extension_problems(replace(EXTENSION, **changed), WINDOW)) == [field]
    outcome = procedure.participate(True, replace(EXTENSION, **changed), WINDOW)
    assert (outcome.name, len(outcome.figures["refused"])) == ("PROCEED", 1)
    assert outcome.figures["voting_closes_on"] == "2026-04-28"


@pytest.mark.parametrize("to", [date(2026, 5, 8), date(2026, 5, 13)])
def test_an_allowed_extension_moves_the_close(to: date) -> None:
    outcome = procedure.participate(True, replace(EXTENSION, extended_to=to), WINDOW)
    assert (outcome.name, outcome.figures["voting_closes_on"]) == ("EXTEND", to.isoformat())
    assert not any("approv" in name for name in outcome.figures)


def test_an_extension_stays_within_the_longest_window() -> None:
    long = replace(WINDOW, closes_on=date(2026, 6, 10))
    wished = replace(EXTENSION, extended_to=date(2026, 6, 13))
    [problem] = procedure.extension_problems(replace(wished, posted_on=date(2026, 6, 10)), long)
    assert "最迟延长到 2026-06-12" in problem.message


@pytest.mark.parametrize(
    "count, closed, refused",
    [
        (BallotCount(151, 126, 25, 0), date(2026, 4, 29), []),
        (BallotCount(151, 126, 24, 0), date(2026, 4, 29), ["issued"]),
        (BallotCount(151, 126, 25, 0), date(2026, 4, 28), ["closed_on"]),
        (BallotCount(151, 151, 0, 0), date(2026, 4, 20), []),
        (BallotCount(151, 152, -1, 0), date(2026, 4, 29), ["unreturned"]),
    ],
    ids=["accounted for", "one missing", "on the last day", "all returned early", "negative"],
)
def test_every_ballot_is_accounted_for_at_the_close(count: BallotCount, closed: date, refused: list[str]) -> None:
    assert fields(procedure.closing_problems(count, closed, date(2026, 4, 28))) == refused


@pytest.mark.parametrize("sampled, warned", [(12, ["callback_sample"]), (13, [])])
def test_too_small_a_call_back_is_warned_of(sampled: int, warned: list[str]) -> None:
    assert fields(procedure.counting_warnings("许梅", "居委会", sampled, returned=126, least=10)) == warned
    assert "scrutineers" in fields(procedure.counting_warnings("许梅", "", sampled, 126, 10))


def result(no: int, status: str, *, key: bool = True, quorum: bool = True) -> ItemResult:
    return ItemResult(no, key, quorum, status, passed=status == "PASS_ROBUST")


@pytest.mark.parametrize(
    "results, name",
    [
        ([result(1, "PASS_ROBUST"), result(2, "PASS_ROBUST", key=False)], "PASSED"),
        ([result(1, "PASS_ROBUST"), result(2, "FAIL_ROBUST", key=False)], "PARTIAL"),
        ([result(1, "PASS_ROBUST"), result(2, "CONTESTED", key=False)], "PARTIAL"),
        ([result(1, "FAIL_ROBUST"), result(2, "FAIL_ROBUST", quorum=False)], "REJECTED"),
        ([result(1, "PASS_ROBUST"), result(2, "FAIL_ROBUST", quorum=False)], "NO_QUORUM"),
        ([result(1, "CONTESTED"), result(2, "PASS_ROBUST")], "CONTESTED"),
        ([result(1, "PASS_ROBUST", key=False), result(2, "FAIL_ROBUST", key=False)], "REJECTED"),
        ([], "PROCEDURE_FLAW"),
    ],
)
def test_gate_seven_follows_the_key_items(results: list[ItemResult], name: str) -> None:
    assert procedure.decide(results).name == name


def test_a_flaw_in_procedure_decides_before_any_count() -> None:
    flaw = Problem("voting_opens_on", "公告不足。")
    assert procedure.decide([result(1, "PASS_ROBUST")], [flaw]).name == "PROCEDURE_FLAW"


@pytest.mark.parametrize("view, name", [("PASSED", "PASSED"), ("REJECTED", "REJECTED")])
def test_a_contested_vote_is_what_counsel_signed(view: str, name: str) -> None:
    assert procedure.decide_contested([result(1, "CONTESTED")], view).name == name
