"""How the owners were called: by whom it was decided, on which roster, with how much notice, on which items."""

from collections.abc import Iterator
from datetime import date, timedelta

from engine.rules import laws, signing
from engine.rules.conduct.journey import Entry, Journey, last
from engine.rules.conduct.limits import Limits
from engine.rules.conduct.registry import Seen, rule, seen
from engine.rules.convening import MATERIALS
from engine.rules.prereview.facts import Absent


@rule("PR-25", "B", "召集经业主组织过半数决定", "业主大会和业主委员会指导规则 38", "LC-03", "resolve_agenda")
def convening_carried(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """More than half were there, half of all or more in favour."""
    for convened in journey.done("resolve_agenda"):
        names = ("members_total", "members_present", "members_for")
        counted = signing.Resolution(convened.day("decided_on"), *(convened.need(name) for name in names))
        what = (
            f"召集决议没有通过：成员 {counted.members_total} 人，到会 {counted.members_present} 人，"
            f"同意 {counted.members_for} 人；请重新开会决议。"
        )
        yield seen(convened, fault="" if signing.carried(counted) else what)


@rule("PR-26", "H", "业委会会议议程提前公告", "业主大会和业主委员会指导规则 39", "T-13", "resolve_agenda")
def agenda_in_time(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """A committee's own agenda hung long enough before it met."""
    for convened in journey.done("resolve_agenda"):
        if convened.need("convenor") != "OC":
            continue
        posted, decided = convened.get("agenda_posted_on"), convened.day("decided_on")
        first = date.fromisoformat(posted) + timedelta(limits.agenda) if posted else None
        what = (
            f"业委会会议议程应提前 {limits.agenda} 天公告，{posted or '没有公告日期'}，{decided} 开会；请重新开会决议。"
        )
        yield seen(convened, fault=what if first is None or first > decided else "")


@rule(
    "PR-27", "H", "召集决议按期公告并告知居委会", "业主大会和业主委员会指导规则 39", "T-14", "post_convening_decision"
)
def decision_posted(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The decision to convene was posted, and the residents' committee told, within the period."""
    for posted in journey.done("post_convening_decision"):
        convened = journey.within_vote("resolve_agenda", posted)
        if convened is None:
            continue
        due = limits.last_day(convened.day("decided_on"), limits.decision_notice)
        on = max(posted.day("posted_on"), posted.day("community_told_on"))
        what = f"召集决议应在 {due} 以前公告并告知居委会，实际 {on}；请说明逾期原因。"
        yield seen(convened, posted, fault=what if on > due else "")


@rule("PR-24", "H", "名册由一人提请、另一人冻结", "民法典 278", "LC-04；decisions 15", "freeze_roster")
def roster_frozen_by_two(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Whoever froze the roster of a vote is another person than the one who checked and proposed that version."""
    before = 0
    for frozen in journey.done("freeze_roster"):
        proposed = last(journey.of("RosterProposed"), frozen)
        if proposed is None or proposed.no < before:
            raise Absent("freeze_roster.proposed_by", f"{frozen.title}·提请人")
        same = proposed.actor == frozen.actor
        what = f"名册第 {proposed['version']} 版由{frozen.actor}一人提请又冻结；请由另一人核对后重新冻结。"
        yield seen(proposed, frozen, fault=what if same else "")
        before = frozen.no


@rule("PR-28", "B", "名册在表决开始和印票以前冻结", "民法典 278", "LC-04、T-06", "freeze_roster")
def roster_frozen(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Ballots were printed from a roster frozen for this vote, not later than the voting opened."""
    for printed in journey.of("BallotsPrinted"):
        frozen = journey.within_vote("freeze_roster", printed)
        notice = journey.within_vote("prepare_meeting_notice", printed)
        if frozen is None:
            yield seen(printed, fault="印制表决票以前没有冻结业主名册；请冻结后重新印票。")
            continue
        late = notice is not None and frozen.day("frozen_on") > notice.day("voting_opens_on")
        what = f"名册 {frozen.day('frozen_on')} 才冻结，晚于表决开始；请重新公告表决。"
        yield seen(frozen, notice, printed, fault=what if late else "")


@rule("PR-29", "M", "冻结以后名册没有再变动", f"民法典 278；{laws.OWNERSHIP} 8、9", "LC-04；§3.1", "freeze_roster")
def roster_untouched(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """No new register was read in between the freezing and the count of a vote."""
    for counted in journey.done("count_votes"):
        frozen = journey.within_vote("freeze_roster", counted)
        if frozen is None:
            continue
        later = [one for one in journey.of("RosterImported") if frozen.no < one.no < counted.no]
        what = "名册冻结以后又导入了新的一版；本次表决仍按冻结的一版计，请向业主说明变动。"
        yield seen(frozen, *later, counted, fault=what if later else "")


@rule("PR-30", "H", "面积来源和名册异议已经落实", f"{laws.OWNERSHIP} 8", "LC-04", "freeze_roster")
def roster_grounded(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The frozen roster says where its areas come from, and objections were answered."""
    for frozen in journey.done("freeze_roster"):
        there = frozen.get("area_source") and frozen.get("objections_answered")
        yield seen(frozen, fault="" if there else "名册没有写明面积来源，或者异议没有答复就冻结；请落实后重新冻结。")


@rule("PR-31", "B", "会议公告满法定期限才开始表决", "物业管理条例 14", "LC-06、T-04", "post_meeting_notice")
def notice_literal(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """From the last owner and the residents' committee told to the opening the literal period passed."""
    for opened, notice, posted in _opened(journey):
        if notice is None or posted is None:
            yield seen(notice, posted, opened, fault="没有张贴会议公告就开始表决；请重新公告表决。")
            continue
        opens = notice.day("voting_opens_on")
        completed = _completed(posted)
        first = completed + timedelta(limits.assembly_notice)
        what = f"会议公告 {completed} 完成，满 {limits.assembly_notice} 天前（{opens}）就开始表决；请重新公告表决。"
        yield seen(notice, posted, fault=what if opens < first else "")


@rule(
    "PR-32", "M", "公告期从宽计算，只满字面期限的写明理由", "物业管理条例 14；民法典 201", "T-04", "post_meeting_notice"
)
def notice_safe(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """A vote opened on the literal day says why."""
    for _, notice, posted in _opened(journey):
        if notice is None or posted is None:
            continue
        opens = notice.day("voting_opens_on")
        literal = opens == _completed(posted) + timedelta(limits.assembly_notice)
        missing = literal and not posted.said("short_notice_reason")
        what = f"公告只满字面期限（{opens} 开始），没有写明理由；请补写理由存档。"
        yield seen(notice, posted, fault=what if missing else "")


@rule("PR-33", "H", "名册异议期满、异议逐条答复", "地方异议期", "LC-04、T-05", "settle_roster_objections")
def roster_objections_heard(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The roster hung for the period, and each objection was answered before the step was closed."""
    for settled in journey.done("settle_roster_objections"):
        posted = journey.within_vote("post_meeting_notice", settled)
        if posted is None:
            yield seen(settled, fault="名册没有公示就处理了异议；请补公示。")
            continue
        first = posted.day("roster_posted_on") + timedelta(limits.roster_objection)
        on = settled.day("settled_on")
        early = f"名册公示不满 {limits.roster_objection} 天（最早 {first}）就处理了异议；请补足公示。"
        open_still = f"有名册异议在 {on} 处理完时还没有答复；请逐条答复。"
        answered = all(day and date.fromisoformat(day) <= on for day in settled.get("objections.answered_on"))
        yield seen(posted, settled, fault=early if on < first else "" if answered else open_still)


@rule("PR-34", "H", "表决期长短合规", "议事规则", "T-06", "prepare_meeting_notice")
def window_kept(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The window is neither shorter nor longer than the place allows."""
    for notice in journey.done("prepare_meeting_notice"):
        days = (notice.day("voting_closes_on") - notice.day("voting_opens_on")).days
        what = f"表决期 {days} 天，应为 {limits.window_min} 到 {limits.window_max} 天；请重新公告。"
        yield seen(notice, fault="" if limits.window_min <= days <= limits.window_max else what)


@rule("PR-35", "B", "表决的事项都写进了公告", "北京市物业管理条例 35 参照", "MV10、LC-05", "post_meeting_notice")
def items_announced(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """What was counted had been announced."""
    for counted in journey.gates("vote"):
        posted = journey.within_vote("post_meeting_notice", counted)
        if posted is None:
            yield seen(counted, fault="计票以前没有张贴会议公告；结果不能成立，请重新公告表决。")
            continue
        announced = _numbers(posted.said("items_posted"))
        missing = [str(item["no"]) for item in counted["figures"]["items"] if int(item["no"]) not in announced]
        what = f"事项 {'、'.join(missing)} 没有写进会议公告就计了票；这些事项不能成立，请重新公告表决。"
        yield seen(posted, counted, fault=what if missing else "")


@rule("PR-36", "H", "公告附齐各类事项的材料", "民法典 278；信托制导入操作手册", "LC-05；§4", "prepare_meeting_notice")
def materials_attached(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Owners got what each class of item needs: a contract's terms, the candidates, the texts."""
    for notice in journey.done("prepare_meeting_notice"):
        convened = journey.within_vote("resolve_agenda", notice)
        if convened is None:
            continue
        attached = notice.get("attachments") or ()
        needed = {int(of) for of in convened.get("items.item_class")} & set(MATERIALS)
        missing = [MATERIALS[of][1] for of in sorted(needed) if MATERIALS[of][0] not in attached]
        yield seen(convened, notice, fault=f"会议公告没有附{'、'.join(missing)}；请补发。" if missing else "")


@rule("PR-37", "H", "事项逐项归类", "民法典 278 ¶1", "LC-05", "resolve_agenda")
def items_classed(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Each item has a class, so that its majority is known, and a number of its own."""
    for convened in journey.done("resolve_agenda"):
        numbers, classes = convened.get("items.no"), convened.get("items.item_class")
        wrong = len(set(numbers)) != len(numbers) or not all(of and 1 <= int(of) <= 9 for of in classes) or not numbers
        yield seen(convened, fault="有表决事项没有归类，或者事项号重复；请改正后重新公告。" if wrong else "")


def _completed(posted: Entry) -> date:
    names = ("posted_on", "all_owners_notified_on", "committee_told_on")
    return max(posted.day(name) for name in names)


def _opened(journey: Journey) -> Iterator[tuple[Entry, Entry | None, Entry | None]]:
    """Each vote that was opened, its notice and the posting of it, None where there is none."""
    for opened in journey.gates("opening", "OPEN"):
        notice, posted = (
            journey.within_vote(task, opened) for task in ("prepare_meeting_notice", "post_meeting_notice")
        )
        yield opened, notice, posted


def _numbers(text: str) -> set[int]:
    return {int(one) for one in text.replace("，", ",").replace("、", ",").split(",") if one.strip().isdigit()}
