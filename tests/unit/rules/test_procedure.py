"""A vote is convened, announced, opened, extended and closed as the law asks, or not at all."""

from dataclasses import replace
from datetime import date

import pytest

from engine.errors import Problem
from engine.rules import procedure
from engine.rules.convening import AgendaItem
from engine.rules.procedure import BallotCount, Extension, ItemResult, Notice, Window

AGENDA = [AgendaItem(1, "采用信托制物业服务模式", 9, key=True), AgendaItem(2, "经营停车和广告", 8, key=False)]
TOLD = date(2026, 3, 26)
NOTICE = Notice(TOLD, TOLD, TOLD, frozenset({1, 2}))
WINDOW = Window(date(2026, 4, 13), date(2026, 4, 28), least=15, most=60, longest_extension=15)
EXTENSION = Extension(
    allowed_by_notice=True,
    already_extended=False,
    ballots_unopened=True,
    quorum_reached=False,
    decided_on=date(2026, 4, 28),
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


@pytest.mark.parametrize(
    "named, basis, says",
    [
        ({"VISIT": "上门送交并签收"}, "", ""),
        ({"VISIT": "上门送交并签收", "COURIER": "快递"}, "", "没有“快递”"),
        ({"VISIT": "上门送交并签收", "COURIER": "快递"}, " ", "没有“快递”"),
        ({"COURIER": "快递", "ELECTRONIC": "短信或平台送达"}, "", "没有“快递、短信或平台送达”"),
        ({"COURIER": "快递"}, "议事规则第十二条", ""),
    ],
)
def test_ballots_are_delivered_as_the_place_or_the_assemblys_own_rules_allow(
    named: dict[str, str], basis: str, says: str
) -> None:
    found = procedure.delivery_problems(named, ("VISIT", "REGISTERED_MAIL"), basis)
    assert fields(found) == (["delivery_basis"] if says else [])
    assert says in "".join(problem.message for problem in found)


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
        ({"decided_on": date(2026, 4, 29)}, "extend"),
        ({"extended_to": date(2026, 4, 28)}, "extended_to"),
        ({"extended_to": None}, "extended_to"),
        ({"extended_to": date(2026, 5, 14)}, "extended_to"),
    ],
)
def test_a_vote_is_extended_once_in_time_and_only_if_the_notice_said_so(changed: dict[str, object], field: str) -> None:
    assert fields(procedure.extension_problems(replace(EXTENSION, **changed), WINDOW)) == [field]
    outcome = procedure.participate(True, replace(EXTENSION, **changed), WINDOW)
    assert (outcome.name, len(outcome.figures["refused"])) == ("PROCEED", 1)


@pytest.mark.parametrize("to", [date(2026, 5, 8), date(2026, 5, 13)])
def test_an_allowed_extension_is_granted_without_looking_at_approvals(to: date) -> None:
    outcome = procedure.participate(True, replace(EXTENSION, extended_to=to), WINDOW)
    assert (outcome.name, outcome.figures["refused"]) == ("EXTEND", [])
    assert not any("approv" in name for name in outcome.figures)


@pytest.mark.parametrize(
    "posted, name, closes",
    [(date(2026, 4, 28), "EXTENDED", "2026-05-08"), (date(2026, 4, 29), "LAPSED", "2026-04-28")],
    ids=["on the last day", "a day late"],
)
def test_an_extension_stands_only_if_its_notice_was_posted_by_the_announced_close(
    posted: date, name: str, closes: str
) -> None:
    outcome = procedure.confirm_extension(WINDOW.closes_on, date(2026, 5, 8), posted)
    assert (outcome.name, outcome.figures["voting_closes_on"]) == (name, closes)


def test_an_extension_stays_within_the_longest_window() -> None:
    long = replace(WINDOW, closes_on=date(2026, 6, 10))
    wished = replace(EXTENSION, extended_to=date(2026, 6, 13))
    [problem] = procedure.extension_problems(replace(wished, decided_on=date(2026, 6, 10)), long)
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


@pytest.mark.parametrize(
    "sampled, confirmed, returned, refused",
    [
        (12, 12, 126, ["callback_sample"]),
        (13, 13, 126, []),
        (13, 14, 126, ["callback_confirmed"]),
        (2, 2, 1, ["callback_sample"]),
        (0, 0, 0, []),
    ],
    ids=["one short", "a tenth, rounded up", "more confirmed than called", "more called than returned", "none came"],
)
def test_a_tenth_of_the_ballots_is_called_back(sampled: int, confirmed: int, returned: int, refused: list[str]) -> None:
    assert fields(procedure.callback_problems(sampled, confirmed, returned, least=10)) == refused


def test_a_candidate_neither_counts_nor_scrutinises() -> None:
    named = {"counters": "许梅、孙力", "scrutineers": "居委会代表、罗静"}
    [problem] = procedure.counter_problems(named, ["罗静", "程远"])
    assert (problem.field, "罗静是候选人" in problem.message) == ("scrutineers", True)
    assert procedure.counter_problems(named, ["程远"]) == []


@pytest.mark.parametrize("units, name", [([], "COMPLETE"), (["1-0101"], "UNREACHABLE")])
def test_a_ballot_that_cannot_be_handed_over_needs_a_notice_on_site(units: list[str], name: str) -> None:
    outcome = procedure.delivered(units)
    assert (outcome.name, outcome.figures["unreachable"]) == (name, units)


@pytest.mark.parametrize(
    "flaws, name", [([], "OPEN"), ([Problem("objections", "1-0103 面积须更正。")], "PROCEDURE_FLAW")]
)
def test_voting_opens_only_on_a_procedure_without_flaw(flaws: list[Problem], name: str) -> None:
    assert procedure.open_vote(flaws).name == name


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


def candidate(no: int, status: str, persons: int, area: int = 100, *, quorum: bool = True) -> ItemResult:
    return ItemResult(no, False, quorum, status, status == "PASS_ROBUST", f"候选人{no}", persons, area)


@pytest.mark.parametrize(
    "candidates, seats, names",
    [
        ([(1, 321, 34_000), (2, 311, 33_000)], 2, ["候选人1", "候选人2"]),
        ([(1, 310, 33_000), (2, 320, 32_000), (3, 330, 31_000)], 2, ["候选人3", "候选人2"]),
        ([(1, 320, 33_000), (2, 320, 34_000)], 1, ["候选人2"]),
        ([(1, 330, 33_000), (2, 320, 33_000), (3, 320, 33_000)], 2, ["候选人1"]),
    ],
    ids=["as many as seats", "more than seats", "area parts equal heads", "a tie at the last seat"],
)
def test_those_with_the_most_votes_take_the_seats(
    candidates: list[tuple[int, int, int]], seats: int, names: list[str]
) -> None:
    standing = [candidate(no, "PASS_ROBUST", persons, area) for no, persons, area in candidates]
    assert procedure.elected(standing, seats) == names


@pytest.mark.vector("TV-18a/b/c")
def test_a_candidate_with_exactly_half_is_not_elected() -> None:
    standing = [
        candidate(1, "PASS_ROBUST", 321), candidate(2, "PASS_ROBUST", 311), candidate(3, "FAIL_ROBUST", 310),
    ]  # fmt: skip
    assert procedure.elected(standing, 3) == ["候选人1", "候选人2"]
    assert procedure.decide(standing, seats=3).name == "PARTIAL"


@pytest.mark.parametrize(
    "results, name",
    [
        ([candidate(1, "PASS_ROBUST", 9), candidate(2, "FAIL_ROBUST", 4)], "PASSED"),
        ([candidate(1, "FAIL_ROBUST", 4), candidate(2, "FAIL_ROBUST", 4)], "REJECTED"),
        ([candidate(1, "FAIL_ROBUST", 4, quorum=False)], "NO_QUORUM"),
        ([candidate(1, "CONTESTED", 5), candidate(2, "FAIL_ROBUST", 4)], "CONTESTED"),
        ([result(3, "PASS_ROBUST"), candidate(1, "FAIL_ROBUST", 4)], "PARTIAL"),
        ([result(3, "FAIL_ROBUST"), candidate(1, "PASS_ROBUST", 9)], "REJECTED"),
    ],
    ids=["seat filled", "nobody", "no quorum", "hangs on a reading", "seat empty beside a key item", "key item failed"],
)
def test_an_election_is_decided_by_its_seats_and_never_outweighs_a_key_item(
    results: list[ItemResult], name: str
) -> None:
    assert procedure.decide(results, seats=1).name == name
