"""How journeys were conducted, read from their logs: clean ones pass, one changed entry trips its rule alone."""

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from engine.rules import conduct
from engine.rules.conduct import KEPT, RULES, Finding, Limits, Verdict
from engine.use_cases.library import Library
from tests.carrying import NAMES, Carried

ROOT = Path(__file__).parents[2]
CHINA = ZoneInfo("Asia/Shanghai")
Log = list[dict[str, Any]]
Change = Callable[[Log], Log]


def log_of(carried: Carried, case: str) -> Log:
    found: Log = orjson.loads((carried.out(case) / "timeline.json").read_bytes())
    return found


def review(library: Library, log: Log) -> list[Finding]:
    place = log[0]["place"]
    pack = max((one for one in library.packs if one.place == place), key=lambda one: one.effective_from)
    return conduct.review(log, CHINA, Limits.of(pack, library.calendar))


def faulty(library: Library, log: Log) -> set[str]:
    return {finding.rule.id for finding in review(library, log) if finding.verdict is Verdict.FAULT}


def told(task: str, on: str = "", **facts: Any) -> Change:
    """The last completion of ``task`` says something else, and was made on another day."""

    def change(log: Log) -> Log:
        entry = [one for one in log if one["kind"] == "TaskCompleted" and one["task"] == task][-1]
        unknown = {name.replace("__", ".") for name in facts} - set(KEPT[task])
        assert not unknown, unknown
        entry["at"] = f"{on}T09:00:00+08:00" if on else entry["at"]
        entry["facts"] |= {name.replace("__", "."): value for name, value in facts.items()}
        return log

    return change


def by(task: str, lane: str) -> Change:
    """The last completion of ``task`` was by whoever acts in another lane."""

    def change(log: Log) -> Log:
        actor = next(one["actor"] for one in log if one.get("lane") == lane)
        [one for one in log if one.get("task") == task][-1]["actor"] = actor
        return log

    return change


def without(kind: str, **content: Any) -> Change:
    """No entry of a kind with this content is there."""

    def change(log: Log) -> Log:
        return [one for one in log if one["kind"] != kind or any(one[name] != said for name, said in content.items())]

    return change


def frozen_alone(log: Log) -> Log:
    """Whoever froze the roster had proposed it as well."""
    frozen = [one for one in log if one["kind"] == "TaskCompleted" and one["task"] == "freeze_roster"][-1]
    [one for one in log if one["kind"] == "RosterProposed"][-1]["actor"] = frozen["actor"]
    return log


def undone_task(task: str) -> Change:
    return without("TaskCompleted", task=task)


def gate(name: str, **content: Any) -> Change:
    """The last decision of a gate is another."""

    def change(log: Log) -> Log:
        [one for one in log if one.get("gate") == name][-1].update(content)
        return log

    return change


def moved(where: Callable[[dict[str, Any]], bool], /, **event: Any) -> Change:
    """One more entry stands before the first that ``where`` names, or at the end."""

    def change(log: Log) -> Log:
        at = next((number for number, one in enumerate(log) if where(one)), len(log))
        found = [*log[:at], {**log[at - 1], **event}, *log[at:]]
        return [{**one, "no": number} for number, one in enumerate(found, start=1)]

    return change


def step(task: str) -> Callable[[dict[str, Any]], bool]:
    return lambda one: one.get("task") == task


def both(first: Change, then: Change) -> Change:
    """A posting that is late moves the end of what runs from it, too."""
    return lambda log: then(first(log))


def nowhere(one: dict[str, Any]) -> bool:
    return False


def ballots(**content: Any) -> Change:
    def change(log: Log) -> Log:
        [one for one in log if one["kind"] == "BallotsPrinted"][-1].update(content)
        return log

    return change


def one_vote_short(log: Log) -> Log:
    item = [one for one in log if one.get("gate") == "vote"][-1]["figures"]["items"][0]
    item["approving_persons"] = item["participating_persons"] // 2
    return log


UNDONE = {
    "kind": "MoveUndone", "to": "finalise_contract", "title": "合同定稿", "done_by": "何静", "manner": "return",
    "reason": "附件漏页", "fell": [], "tasks": [], "documents": [],
}  # fmt: skip
ENDED = {
    "kind": "PublicationEnded", "subject": "meeting", "on": "2026-04-29", "boards": 3, "whole": 3, "restarted": 0,
    "units": 151, "reached": 151, "last_on": "2026-03-26", "committee_on": "2026-03-26", "heard": 1, "answered": 1,
}  # fmt: skip
ROSTER = {"kind": "RosterImported", "version": 9, "units": 1, "area": 1}
#: The case, and what is changed in its log.
BROKEN: dict[str, tuple[str, Change]] = {
    "PR-01": ("reference", by("review_by_housing", "街道")),
    "PR-02": ("reference", moved(step("review_budget"), kind="TaskCompleted", task="estimate_budget", title="代编",
              lane="会计审计", stage="plan_and_budget", actor="邵红", facts={})),
    "PR-03": ("reference", told("verify_owners_body", members__conflict_declared=[True, False])),
    "PR-04": ("reference", told("select_company", conflict_declared=False)),
    "PR-05": ("reference", told("declare_interests", related_to_company=True)),
    "PR-06": ("reference", moved(nowhere, kind="LaneHandedOver", lane="街道", before="陈立", after="王芳", reason="")),
    "PR-07": ("reference", moved(step("enter_estate"), kind="TaskReplayed", by="乙", task="close_voting", title="截止",
              lane="物业企业", stage="owners_vote", facts={})),
    "PR-10": ("reference", told("prepare_data_notice", assessed_on="2026-01-13")),
    "PR-11": ("reference", told("prepare_data_notice", processor_terms=None)),
    "PR-12": ("reference", told("canvass_households", not_a_vote_stated=False)),
    "PR-13": ("reference", told("answer_concerns", answers__replied_on=["2026-03-02", None])),
    "PR-14": ("reference", told("settle_comments", closed_on="2026-03-10")),
    "PR-15": ("reference", told("review_plan", opinion="MUST_CHANGE")),
    "PR-16": ("reference", without("GateDecided", gate="consent")),
    "PR-17": ("first-committee", told("apply_first_assembly", applied_on="2025-01-01")),
    "PR-18": ("first-committee", told("set_up_prep_group", set_up_on="2025-06-01")),
    "PR-19": ("property-committee", told("settle_pmc_objections", closed_on="2026-01-01")),
    "PR-20": ("first-committee", told("hold_first_committee_meeting", "2029-01-01", held_on="2029-01-01")),
    "PR-21": ("first-committee", told("file_committee", "2029-01-01", filed_on="2029-01-01")),
    "PR-22": ("reference", told("verify_owners_body", body_kind="PMC")),
    "PR-24": ("reference", frozen_alone),
    "PR-25": ("reference", told("resolve_agenda", members_for=2)),
    "PR-26": ("reference", told("resolve_agenda", agenda_posted_on="2026-03-22")),
    "PR-27": ("reference", told("post_convening_decision", community_told_on="2026-04-20")),
    "PR-28": ("reference", undone_task("freeze_roster")),
    "PR-29": ("reference", moved(step("close_voting"), **ROSTER)),
    "PR-30": ("reference", told("freeze_roster", objections_answered=False)),
    "PR-31": ("reference", told("prepare_meeting_notice", voting_opens_on="2026-04-09")),
    "PR-32": ("reference", told("prepare_meeting_notice", voting_opens_on="2026-04-10")),
    "PR-33": ("reference", told("settle_roster_objections", objections__answered_on=[None])),
    "PR-34": ("reference", told("prepare_meeting_notice", voting_closes_on="2026-04-27")),
    "PR-35": ("reference", told("post_meeting_notice", items_posted="1,2,3,4,5,6,7")),
    "PR-36": ("reference", told("prepare_meeting_notice", attachments=["PLAN"])),
    "PR-37": ("reference", told("resolve_agenda", items__no=[1, 1])),
    "PR-40": ("reference", ballots(first=2)),
    "PR-41": ("reference", told("deliver_ballots", "2026-04-29", finished_on="2026-04-29")),
    "PR-42": ("reference", gate("delivery", outcome="UNREACHABLE", figures={"unreachable": ["1-0101"]})),
    "PR-43": ("no-quorum-extended", told("resolve_agenda", extension_allowed=False)),
    "PR-44": ("reference", told("close_voting", closed_on="2026-04-28")),
    "PR-45": ("reference", told("close_voting", void=3)),
    "PR-46": ("reference", told("count_votes", counted_on="2026-04-28")),
    "PR-47": ("reference", told("count_votes", callback_sample=2, callback_confirmed=2)),
    "PR-48": ("reference", one_vote_short),
    "PR-49": ("vote-contested-passed", undone_task("advise_on_contested_vote")),
    "PR-50": ("reference", told("count_votes", flaw_found="SHORT_NOTICE")),
    "PR-51": ("reference", both(both(told("announce_result", "2026-05-07", posted_on="2026-05-07"),
              told("settle_objections", "2026-05-14", closed_on="2026-05-14")),
              told("sign_contract", "2026-05-14", signed_on="2026-05-14"))),
    "PR-52": ("reference", told("announce_result", "2026-05-09", committee_told_on="2026-05-09")),
    "PR-53": ("reference", told("settle_objections", closed_on="2026-05-06")),
    "PR-54": ("reference", told("settle_objections", recount=True)),
    "PR-60": ("reference", gate("vote", outcome="REJECTED")),
    "PR-61": ("reference", told("sign_contract", committee_decided_on="2026-04-29", signed_on="2026-04-29")),
    "PR-62": ("reference", told("sign_contract", committee_decided_on="2026-05-07", signed_on="2026-05-07")),
    "PR-63": ("reference", told("sign_contract", committee_decided_on="2026-05-14")),
    "PR-64": ("reference", told("verify_owners_body", term_start="2026-05-20")),
    "PR-65": ("reference", gate("contract_range", outcome="OUTSIDE")),
    "PR-66": ("reference", gate("selection", outcome="VOTE_NEEDED")),
    "PR-67": ("reference", without("DocumentIssued", document="service_contract")),
    "PR-68": ("reference", told("file_contract", published_on="2026-07-01")),
    "PR-69": ("reference", told("open_fund_account", rejected_payment_tested=False)),
    "PR-70": ("reference", told("serve_dismissal_notice", termination_on="2026-07-18")),
    "PR-71": ("reference", told("serve_dismissal_notice", proof=None)),
    "PR-72": ("reference", told("enter_estate", entered_on="2026-07-19")),
    "PR-73": ("reference", gate("entry", outcome="BLOCKED")),
    "PR-74": ("reference", told("sign_handover_certificate", committee_signed=False)),
    "PR-75": ("reference", told("sign_handover_certificate", "2026-08-20", signed_on="2026-08-20")),
    "PR-76": ("reference", told("settle_accounts", transferred_on="2026-08-20")),
    "PR-77": ("reference", told("transfer_personal_data", votes_excluded=False)),
    "PR-78": ("reference", told("file_takeover", "2026-08-30", filed_on="2026-08-30")),
    "PR-79": ("reference", undone_task("close_outstanding_items")),
    "PR-80": ("reference", undone_task("issue_supervision_opinion")),
    "PR-81": ("reference", told("post_first_disclosure", display_until="2026-09-10")),
    "PR-82": ("reference", told("record_first_month", payments_dual=6)),
    "PR-83": ("reference", told("answer_owner_questions", questions__replied_on=[None])),
    "PR-38": ("reference", moved(nowhere, **ENDED | {"whole": 2, "restarted": 1})),
    "PR-39": ("reference", moved(nowhere, **ENDED | {"reached": 150})),
    "PR-84": ("reference", moved(nowhere, **ENDED | {"answered": 0})),
    "PR-90": ("reference", moved(nowhere, **{**UNDONE, "reason": ""})),
    "PR-91": ("reference", moved(nowhere, **UNDONE | {"documents": ["XQ0001-D-36-2026-001"]})),
    "PR-92": ("reference", moved(step("archive_onboarding"), kind="ReplayStopped", title="合同定稿", why="面积改了")),
    "PR-93": ("suspended", moved(lambda one: one["kind"] == "EstateResumed", kind="TaskCompleted", task="list_issues",
              title="梳理问题清单", lane="网格员", stage="survey", actor="吴倩")),
    "PR-94": ("suspended", undone_task("decide_interruption")),
    "PR-95": ("reference", told("close_outstanding_items", closed_on="2026-08-20")),
    "PR-96": ("reference", moved(step("sign_contract"), kind="TimerFired", timer="sign_contract_due", title="签约时限",
              due="2026-05-12T16:00:00+00:00", stage="signing")),
    "PR-97": ("reference", moved(nowhere, kind="PhotoOriginalFetched", photo=1, reason=" ")),
    "PR-98": ("reference", moved(nowhere, kind="ReviewWaived", rule="RC-07", title="期限", reason="可", actor="周敏")),
}  # fmt: skip


def broken(carried: Carried, id: str) -> tuple[Log, Log]:
    """A log, and the same with one entry changed that the rule ``id`` speaks of."""
    case, change = BROKEN[id]
    whole = log_of(carried, case)
    return whole, change(deepcopy(whole))


@pytest.mark.parametrize("case", NAMES)
def test_no_case_trips_a_rule_on_which_a_journey_may_fall(case: str, carried: Carried, library: Library) -> None:
    found = review(library, log_of(carried, case))
    assert [finding.says for finding in found if finding.blocks] == []
    assert [finding.says for finding in found if finding.verdict is Verdict.UNKNOWN] == []


@pytest.mark.parametrize("id", sorted(RULES))
def test_one_changed_entry_trips_its_rule_alone(id: str, carried: Carried, library: Library) -> None:
    before, after = broken(carried, id)
    assert faulty(library, after) - faulty(library, before) == {id}


def test_a_finding_names_the_entries_it_rests_on(carried: Carried, library: Library) -> None:
    _, log = broken(carried, "PR-31")
    finding = next(one for one in review(library, log) if one.rule.id == "PR-31")
    assert [entry["task"] for entry in finding.evidence] == ["prepare_meeting_notice", "post_meeting_notice"]
    assert "满 15 天前（2026-04-09）就开始表决" in finding.says[0]


def test_the_same_log_gives_the_same_findings_whatever_the_database_holds(carried: Carried, library: Library) -> None:
    log = log_of(carried, "reference")
    assert repr(review(library, log)) == repr(review(library, orjson.loads(orjson.dumps(log))))


def test_an_older_log_without_facts_is_unknown_never_clean(carried: Carried, library: Library) -> None:
    log = [{name: value for name, value in one.items() if name != "facts"} for one in log_of(carried, "reference")]
    found = {finding.rule.id: finding for finding in review(library, log)}
    assert found["PR-31"].verdict is Verdict.UNKNOWN
    assert "流转记录里没有“拟定会议公告·表决开始日”" in found["PR-31"].says[0]
    assert found["PR-45"].verdict is Verdict.UNKNOWN


def test_what_an_undo_took_out_does_not_count(carried: Carried, library: Library) -> None:
    log = told("close_voting", void=3)(log_of(carried, "reference"))
    fell = next(one["no"] for one in log if one.get("task") == "close_voting")
    log = moved(nowhere, **{**UNDONE, "fell": [fell]})(log)
    assert "PR-45" not in faulty(library, log)


def test_there_are_enough_rules_each_with_an_article_and_a_step_where_it_is_mended(library: Library) -> None:
    assert len(RULES) >= 40
    for rule in RULES.values():
        assert rule.articles, rule.id
        assert rule.step in library.tasks or not rule.step, rule.id
        assert not re.search(r"[A-Za-z]{3}|LC-|RC-", rule.articles), rule.id


def test_the_handbook_of_the_rules_lists_each_with_its_source() -> None:
    rows = (ROOT / "docs/procedure.md").read_text().splitlines()
    for rule in RULES.values():
        [row] = [row for row in rows if row.startswith(f"| {rule.id} |")]
        assert row.endswith(f"| {rule.title} | {rule.articles} | {rule.source} |")


def test_the_log_keeps_only_fields_that_forms_have_and_no_word_about_people(library: Library) -> None:
    reasons = {"late_reason", "short_notice_reason", "items_posted", "substitute"}
    for task, names in KEPT.items():
        fields = {one.key: one for one in library.form(task).fields}
        for name in names:
            field, _, column = name.partition(".")
            asked = {one.key: one for one in fields[field].columns}[column] if column else fields[field]
            assert asked.kind not in {"text", "files", "table"} or name in reasons, f"{task}.{name}"


def test_a_notice_that_hung_everywhere_reached_everybody_and_was_answered_is_clean(
    carried: Carried, library: Library
) -> None:
    log = moved(nowhere, **ENDED)(log_of(carried, "reference"))
    kept = {one.rule.id for one in review(library, log) if one.verdict is Verdict.KEPT}
    assert {"PR-38", "PR-39", "PR-84"} <= kept
    untold = moved(nowhere, **ENDED | {"committee_on": ""})(log_of(carried, "reference"))
    said = next(one for one in review(library, untold) if one.rule.id == "PR-39").says
    assert said == ("会议公告没有登记送居民委员会；请补登送达证明，补不上的以张贴为准并写明。",)
