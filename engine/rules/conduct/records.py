"""How the record was kept: reasons for what was undone or late, papers made anew, nothing done while suspended."""

from collections.abc import Iterator
from datetime import date

from engine.rules.conduct.journey import Entry, Journey, last
from engine.rules.conduct.limits import Limits
from engine.rules.conduct.registry import Seen, rule, seen

#: Steps of the interruption itself, which alone are taken while an estate is suspended.
_INTERRUPTING = frozenset({"decide_interruption", "resume_estate", "decide_after_incident"})
#: The stage of a company that ceased to serve, which the interruption goes through.
_INCIDENT = "incident_service"
#: Days that tell of something done, which cannot lie after the day it was written down.
_DONE = frozenset({
    "posted_on", "signed_on", "counted_on", "closed_on", "filed_on", "arrived_on", "settled_on", "committee_told_on",
    "all_owners_notified_on", "entered_on", "held_on", "finished_on", "frozen_on",
})  # fmt: skip


@rule("PR-90", "H", "撤回、退回写明理由", "信托制导入操作手册", "手册 §2.1；decisions 24", "")
def undone_for_a_reason(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Whoever took the journey back said why."""
    for undone in journey.of("MoveUndone"):
        without = undone["manner"] != "take_back" and not undone["reason"].strip()
        yield seen(undone, fault=f"撤回“{undone['title']}”没有写理由；请补写说明存档。" if without else "")


@rule("PR-91", "H", "因撤回失效的文书已经重出", "信托制导入操作手册", "decisions 24、28", "finalise_contract")
def papers_made_anew(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """A paper that an undo voided was issued again, once the step that makes it was done again."""
    issued = {entry["number"]: entry for entry in journey.every if entry.kind == "DocumentIssued"}
    for undone in journey.of("MoveUndone"):
        for number in undone["documents"]:
            fell = issued.get(number)
            again = fell is not None and any(one.no > undone.no for one in journey.papers(fell["document"]))
            left = fell is not None and not again and _over(journey)
            what = f"《{fell['title'] if fell else number}》（{number}）因撤回失效，没有重新出具；请补出。"
            yield seen(fell, undone, fault=what if left else "")


def _over(journey: Journey) -> bool:
    return any(entry["end"] == "operating" for entry in journey.of("EstateEnded"))


@rule("PR-92", "M", "重办没有停在半路", "信托制导入操作手册", "decisions 24", "")
def replays_finished(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Where repeating steps after a return stopped, somebody completed the step it stopped at."""
    for stopped in journey.of("ReplayStopped"):
        after = next((one for one in journey.steps if one.no > stopped.no and one.title == stopped["title"]), None)
        left = after is None and bool(journey.of("EstateEnded"))
        yield seen(stopped, after, fault=f"退回以后停在“{stopped['title']}”，没有补办；请补办。" if left else "")


@rule("PR-93", "B", "暂停期间没有办理步骤", "信托制导入操作手册", "decisions 2、23", "resume_estate")
def nothing_while_suspended(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Between suspension and resumption no step of the journey was completed."""
    suspended: Entry | None = None
    for entry in journey.counted:
        if entry.kind == "EstateSuspended":
            suspended = entry
        elif entry.kind in {"EstateResumed", "EstateWithdrawn", "VoteReopened"} and suspended is not None:
            yield seen(suspended, entry)
            suspended = None
        elif suspended is not None and _of_the_journey(entry):
            yield seen(suspended, entry, fault=f"小区暂停期间办理了“{entry.title}”；请恢复以后重办。")


def _of_the_journey(entry: Entry) -> bool:
    if entry.kind not in {"TaskCompleted", "TaskReplayed"}:
        return False
    return entry["task"] not in _INTERRUPTING and entry["stage"] != _INCIDENT


@rule("PR-94", "H", "暂停、撤出、重新表决先有决定", "信托制导入操作手册", "decisions 23", "decide_interruption")
def interruptions_decided(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """An estate was suspended, withdrawn or sent back to the vote only after somebody decided it."""
    for kind in ("EstateSuspended", "EstateWithdrawn", "VoteReopened"):
        for entry in journey.of(kind):
            tasks = ("decide_interruption", "decide_after_incident", "hold_interview")
            decided = last(journey.done(*tasks), entry)
            yield seen(decided, entry, fault="" if decided else "没有记下决定就暂停、撤出或者重新表决；请补决定。")


@rule("PR-95", "H", "办过的事不写在发生以前", "信托制导入操作手册", "§3.4；手册 §2.1", "")
def recorded_after_the_fact(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """No step tells of something done on a day after it was written down."""
    for step in journey.steps:
        facts = step.content.get("facts", {})
        ahead = [name for name, day in facts.items() if name in _DONE and day and date.fromisoformat(day) > step.on]
        what = f"“{step.title}”{step.on} 登记，写的日期却在以后；请核对日期。"
        if facts:
            yield seen(step, fault=what if ahead else "")


@rule("PR-96", "L", "过了时限的步骤有说明", "信托制导入操作手册", "手册 §2.1；§2.2", "")
def late_steps_explained(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """A step that was completed after its deadline passed says why, where it is asked."""
    for step in journey.steps:
        facts = step.content.get("facts", {})
        fired = [one for one in journey.of("TimerFired") if one["timer"] == f"{step['task']}_due" and one.no < step.no]
        done_before = last(journey.done(step["task"]), step)
        passed = [one for one in fired if done_before is None or one.no > done_before.no]
        if not passed:
            continue
        unsaid = "late_reason" in facts and not facts["late_reason"]
        yield seen(passed[-1], step, fault=f"“{step.title}”过了时限才办，没有写逾期原因；请补写。" if unsaid else "")


@rule("PR-97", "M", "取用照片原件有目的", "个人信息保护法 6、51", "§6.3", "record_site_survey")
def originals_for_a_purpose(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Whoever fetched an original, with all that it tells about its place, said why."""
    for fetched in journey.of("PhotoOriginalFetched"):
        yield seen(fetched, fault="" if fetched["reason"].strip() else "取用照片原件没有写目的；请补写。")


@rule("PR-98", "M", "预审放行有理由，由法律顾问作出", "信托制导入操作手册", "LC-09；§7", "finalise_contract")
def waivers_reasoned(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """A finding of the contract's review stands only by the adviser's reason."""
    advisers = {step.actor for step in journey.steps if step["lane"] == "法律顾问"}
    for waived in journey.of("ReviewWaived"):
        wrong = not waived["reason"].strip() or waived.actor not in advisers
        what = f"预审意见“{waived['title']}”放行没有理由，或者不是本小区法律顾问放行；请重新审查。"
        yield seen(waived, fault=what if wrong else "")
