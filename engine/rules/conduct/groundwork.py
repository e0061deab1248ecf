"""What comes before a vote: personal data, what owners were told, plan and budget, and the owners' body."""

from collections.abc import Iterator
from datetime import date, timedelta

from engine.rules.conduct.journey import Entry, Journey, last
from engine.rules.conduct.limits import Limits
from engine.rules.conduct.registry import Seen, rule, seen
from engine.rules.prereview.facts import Absent


@rule("PR-10", "B", "先告知、先评估，后收集名册", "个人信息保护法 17、55、56", "LC-01", "prepare_data_notice")
def notice_before_roster(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Owners were told and the impact assessed before the register was read in."""
    for read in journey.of("RosterImported"):
        told = journey.last("prepare_data_notice", read)
        if told is None:
            yield seen(read, fault="名册收集以前没有公布个人信息告知书；请补告知，并由法律顾问评估已收集的信息。")
            continue
        late = [
            label for label, name in (("告知", "posted_on"), ("影响评估", "assessed_on")) if told.day(name) > read.on
        ]
        yield seen(told, read, fault=f"{'、'.join(late)}晚于名册收集（{read.on}）；请补说明。" if late else "")


@rule("PR-11", "H", "委托处理个人信息有协议", "个人信息保护法 21；网络数据安全管理条例 12", "", "prepare_data_notice")
def processor_bound(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Whoever keeps the data for the estate signed what he may do with it."""
    for told in journey.done("prepare_data_notice"):
        known = told.get("processor_terms") in {"SIGNED", "NOT_NEEDED"}
        yield seen(told, fault="" if known else "委托处理个人信息没有签订协议；请补签。")


@rule("PR-12", "H", "意愿征集不当作表决", "信托制导入操作手册", "LC-02；手册 §2.3 S5", "canvass_households")
def canvass_is_no_vote(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Owners were told that a canvass is no vote and a trust no product."""
    told = {"canvass_households": ("not_a_vote_stated", "意愿征集没有向业主说明不是表决"),
            "hold_briefing": ("not_a_product_stated", "宣讲没有说明信托制不是理财产品")}  # fmt: skip
    for task, (name, what) in told.items():
        for done in journey.done(task):
            yield seen(done, fault="" if done.get(name) else f"{what}；请向业主补说明。")


@rule("PR-13", "M", "业主疑虑答复后才议方案", "信托制导入操作手册", "手册 §2.3 S5", "answer_concerns")
def concerns_answered(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Each concern has the day of its answer, and none was answered after the step was closed."""
    for done in journey.done("answer_concerns"):
        days = done.get("answers.replied_on")
        missing = sum(1 for day in days if not day or date.fromisoformat(day) > done.on)
        yield seen(done, fault=f"有 {missing} 项疑虑没有答复日期，或者写在答复以前；请补答复。" if missing else "")


@rule(
    "PR-14", "H", "方案征求意见满期", "信托制导入操作手册", "手册 §2.3 S6（方案公示征求意见）", "post_plan_for_comment"
)
def comment_period_kept(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The plan hung as long as the place asks before comments were settled."""
    for settled in journey.done("settle_comments"):
        posted = journey.last("post_plan_for_comment", settled)
        if posted is None:
            yield seen(settled, fault="方案没有公示征求意见就处理了意见；请补公示。")
            continue
        first = posted.day("posted_on") + timedelta(limits.comments)
        early = settled.day("closed_on") < first
        what = f"方案公示不满 {limits.comments} 天（{posted.day('posted_on')} 起）就结束征求意见；请重新公示。"
        yield seen(posted, settled, fault=what if early else "")


@rule("PR-15", "H", "方案经审核才提交表决", "信托制导入操作手册", "手册 G6；§2.4", "review_plan")
def plan_reviewed(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """No vote on a plan before its reviews said that it may go on and its gate was clear."""
    for convened in _votes_on_the_plan(journey):
        cleared = last(journey.gates("plan", "CLEAR"), convened)
        if cleared is None:
            yield seen(convened, fault="方案和预算没有通过审核就召集表决；请先办完审核。")
            continue
        reviews = ("review_plan", "review_budget", "review_by_street", "review_by_housing")
        found = [one for one in (journey.last(task, cleared) for task in reviews) if one is not None]
        refused = [one for one in found if one.get("opinion") == "MUST_CHANGE"]
        what = f"{'、'.join(f'“{one.title}”' for one in refused)}要求修改，仍提交了表决；请改后重审。"
        yield seen(*found, cleared, convened, fault=what if refused else "")


@rule(
    "PR-16",
    "M",
    "意愿征集达标后才表决",
    "信托制导入操作手册",
    "手册 G5（民意摸底，不具有表决效力）",
    "canvass_households",
)
def support_first(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The support gate was reached before the owners were called to decide on the plan."""
    for convened in _votes_on_the_plan(journey):
        reached = last(journey.gates("consent", "REACHED"), convened)
        yield seen(reached, convened, fault="" if reached else "意愿征集没有达标就召集表决；请说明理由。")


def _votes_on_the_plan(journey: Journey) -> list[Entry]:
    return [convened for convened in journey.done("resolve_agenda") if convened["stage"] == "owners_vote"]


@rule("PR-17", "H", "筹备组按期成立", "业主大会和业主委员会指导规则 9", "T-01", "set_up_prep_group")
def prep_group_in_time(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The street set the group up within the period from the application."""
    for set_up in journey.done("set_up_prep_group"):
        applied = journey.last("apply_first_assembly", set_up)
        if applied is not None:
            due = limits.last_day(applied.day("applied_on"), limits.prep_group_setup)
            done = set_up.day("set_up_on")
            yield seen(
                applied, set_up, fault=f"筹备组应在 {due} 以前成立，实际 {done}；请说明逾期原因。" if done > due else ""
            )


@rule("PR-18", "M", "首次业主大会按期召开", "业主大会和业主委员会指导规则 15", "T-02", "resolve_agenda")
def first_assembly_in_time(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The first assembly opened within the period from the day the group was set up."""
    for set_up in journey.done("set_up_prep_group"):
        opened = next((one for one in journey.done("prepare_meeting_notice") if one.no > set_up.no), None)
        if opened is not None:
            due = limits.last_day(set_up.day("set_up_on"), limits.first_assembly)
            opens = opened.day("voting_opens_on")
            what = f"首次业主大会应在 {due} 以前召开，实际 {opens}；请说明逾期原因。"
            yield seen(set_up, opened, fault=what if opens > due else "")


@rule("PR-19", "H", "物管会成员公示满期，异议处理完再成立", "常州做法（顾问待确认）", "CZ-3", "post_pmc_members")
def members_on_show(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The members of a property committee were on show as long as the place asks."""
    for settled in journey.done("settle_pmc_objections"):
        posted = journey.last("post_pmc_members", settled)
        if posted is None:
            yield seen(settled, fault="物管会成员没有公示；请补公示。")
            continue
        first = posted.day("posted_on") + timedelta(limits.member_notice)
        what = f"物管会成员公示不满 {limits.member_notice} 天；最早 {first} 结束公示。"
        yield seen(posted, settled, fault=what if settled.day("closed_on") < first else "")


@rule("PR-20", "H", "业委会首次会议按期召开", "业主大会和业主委员会指导规则 32", "T-10", "hold_first_committee_meeting")
def first_meeting_in_time(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The elected met within the period, or the minutes say why not."""
    for held in journey.done("hold_first_committee_meeting"):
        announced = journey.last("announce_result", held)
        if held.get("put_off") or announced is None:
            continue
        due = limits.last_day(announced.day("posted_on"), limits.first_meeting)
        yield _in_time(announced, held, "held_on", due, "业委会首次会议")


@rule("PR-21", "H", "业委会按期备案", "物业管理条例 16；业主大会和业主委员会指导规则 33", "T-11", "file_committee")
def filed_in_time(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The committee was filed within the period from its election, or the filing says why not."""
    for filed in journey.done("file_committee"):
        announced = journey.last("announce_result", filed)
        if announced is not None:
            due = limits.last_day(announced.day("posted_on"), limits.committee_filing)
            yield _in_time(announced, filed, "filed_on", due, "业委会备案")


def _in_time(begun: Entry, done: Entry, name: str, due: date, what: str) -> Seen:
    on = done.day(name)
    late = on > due and not done.said("late_reason")
    return seen(begun, done, fault=f"{what}应在 {due} 以前办，实际 {on}，没有写逾期原因；请补写。" if late else "")


@rule("PR-22", "B", "召集以前业主组织已经核实或组建", "民法典 277；物业管理条例 10、15", "LC-03", "verify_owners_body")
def body_known(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Whoever convened is the body that was verified, in its term, or a group that was set up for it."""
    for convened in journey.done("resolve_agenda"):
        convenor = convened.need("convenor")
        groups = ("set_up_prep_group", "set_up_election_group", "propose_joint_body")
        set_up = [one for one in journey.done(*groups) if one.no < convened.no]
        if convenor in {"PREP_GROUP", "ALL_OWNERS"} and set_up:
            yield seen(set_up[-1], convened)
            continue
        verified = journey.last("verify_owners_body", convened)
        if verified is None or verified.need("body_kind") != convenor:
            yield seen(verified, convened, fault="召集人没有经过核实，或者与核实的业主组织不一致；请先核实再重新召集。")
            continue
        yield seen(verified, convened, fault=_term(verified, convened.day("decided_on"), "召集决议"))


def _term(verified: Entry, on: date, what: str) -> str:
    try:
        ends = verified.day("term_end")
    except Absent:
        if verified.get("term_end") is None:
            return ""
        raise
    return f"业主组织任期到 {ends} 届满，{what}（{on}）在任期以外；请先换届。" if ends < on else ""
