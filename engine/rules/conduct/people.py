"""Who acted: in lanes that belong in different hands, without interests of their own, drafting and checking apart."""

from collections import defaultdict
from collections.abc import Iterator

from engine.rules import apart
from engine.rules.conduct.journey import Entry, Journey
from engine.rules.conduct.limits import Limits
from engine.rules.conduct.registry import Seen, rule, seen

#: What one drafts and another checks.
_CHECKED = (
    ("draft_plan", "review_plan"),
    ("draft_budget", "review_budget"),
    ("estimate_budget", "review_budget"),
    ("record_first_month", "check_first_month"),
    ("self_evaluate", "evaluate_acceptance"),
    ("report_accounts", "collect_economic_base"),
)


@rule("PR-01", "B", "应当分开的事不由一人办理", "信托法 26–28", "TL-26-1、RC-31、RC-39；手册 §2.1", "")
def lanes_apart(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Whoever acted in one lane acted in none that must be in other hands."""
    lanes: dict[str, dict[str, Entry]] = defaultdict(dict)
    for step in journey.steps:
        others = [lane for lane in lanes[step.actor] if lane != step["lane"]]
        why = apart.conflict(step["lane"], others)
        lanes[step.actor].setdefault(step["lane"], step)
        if why:
            first = [lanes[step.actor][lane] for lane in others if apart.conflict(step["lane"], [lane])]
            what = f"{step.actor}以“{step['lane']}”办理“{step.title}”，又{why}；请换人重办这一步。"
            yield seen(*first, step, fault=what)
        else:
            yield seen(step)


@rule("PR-02", "H", "编制和复核由两人办理", "信托制导入操作手册", "手册 §2.3 S6、S10（R 拟订，A 审核）", "")
def checked_by_another(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """What one drafted somebody else checked."""
    for draft, check in _CHECKED:
        for checked in journey.done(check):
            drafted = journey.last(draft, checked)
            if drafted is None:
                continue
            same = drafted.actor == checked.actor
            what = f"“{drafted.title}”和“{checked.title}”都由{checked.actor}办理；请由另一人复核。"
            yield seen(drafted, checked, fault=what if same else "")


@rule("PR-03", "H", "业主组织成员申报了利益关系", "导入手册第四阶段：履职能力核查", "D-15；RC-31", "verify_owners_body")
def members_declared(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Each member of the body declared his interests."""
    for verified in journey.done("verify_owners_body"):
        missing = sum(1 for declared in verified.get("members.conflict_declared") if not declared)
        yield seen(verified, fault=f"有 {missing} 名成员没有申报利益关系；请补齐申报。" if missing else "")


@rule(
    "PR-04", "H", "选聘中申报利益关系、声明回避", "信托制导入操作手册", "RC-31、RC-55；手册 §2.3 S8", "select_company"
)
def selection_declared(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Companies declared their interests, and judges that they have none."""
    columns = {
        "invite_candidates": ("candidates.conflict_declared", "家候选企业没有申报利益关系"),
        "score_candidates": ("judges.avoidance_declared", "名评委没有作出回避声明"),
        "evaluate_bids": ("judges.avoidance_declared", "名评委没有作出回避声明"),
    }
    for task, (column, what) in columns.items():
        for done in journey.done(task):
            missing = sum(1 for declared in done.get(column) if not declared)
            yield seen(
                done, fault=f"“{done.title}”有 {missing} {what}；请补齐，拒不声明的不能参加。" if missing else ""
            )
    for chosen in journey.done("select_company"):
        declared = chosen.get("conflict_declared")
        yield seen(chosen, fault="" if declared else "选定的企业没有申报利益关系；请补申报。")


@rule("PR-05", "B", "监察人没有利益关系，先申报后聘任", "信托制导入操作手册", "手册 §2.1；RC-39", "declare_interests")
def supervisor_independent(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The supervisor declared no interest before the letter of appointment."""
    for letter in journey.done("issue_supervisor_letter"):
        declared = journey.last("declare_interests", letter)
        if declared is None:
            yield seen(letter, fault="颁发聘书以前，监察人没有申报利益关系；请先申报再聘任。")
            continue
        tied = declared.get("related_to_company") or declared.get("committee_member")
        what = "监察人与物业企业有利益关系，或者是业主组织成员，仍颁发了聘书；请另选监察人。"
        yield seen(declared, letter, fault=what if tied else "")


@rule("PR-06", "M", "换人办理写明理由", "信托制导入操作手册", "手册 §2.1（每道环节专人负责）", "")
def changes_explained(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """A lane or a task that went to somebody else says why."""
    for entry in (*journey.of("LaneHandedOver"), *journey.of("TaskTransferred"), *journey.of("TaskDelegated")):
        yield seen(entry, fault="" if entry["reason"].strip() else "换人办理没有写理由；请补写说明存档。")


@rule(
    "PR-07",
    "H",
    "物业企业不替业主一方办理召集、计票",
    "信托制导入操作手册",
    "GR-38、RC-31；手册 §2.3 S7",
    "count_votes",
)
def company_keeps_out_of_the_vote(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Nobody who acts for the company completed a step of the vote."""
    company = {step.actor for step in journey.steps if step["lane"] == "物业企业"}
    for step in journey.done(*_VOTING):
        mine = step.actor in company or step["lane"] == "物业企业"
        what = f"“{step.title}”由物业企业一方的{step.actor}办理；请由业主一方重办。"
        yield seen(step, fault=what if mine else "")


_VOTING = (
    "resolve_agenda", "freeze_roster", "post_meeting_notice", "deliver_ballots", "close_voting", "count_votes",
    "announce_result",
)  # fmt: skip
