"""How the owners voted: ballots, delivery, close, count, result and objections."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from engine.rules import procedure
from engine.rules.conduct.journey import Entry, Journey, last
from engine.rules.conduct.limits import Limits
from engine.rules.conduct.registry import Seen, rule, seen
from engine.rules.tally import Count, Share
from engine.rules.tally import Item as Question


@rule("PR-40", "B", "表决票编号后发放，不与别次表决重号", "业主大会和业主委员会指导规则 22", "LC-06", "deliver_ballots")
def ballots_numbered(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Ballots were numbered without a gap before they were handed out, and no number serves two votes."""
    printed = journey.of("BallotsPrinted")
    for number, ballots in enumerate(printed):
        gap = ballots["last"] - ballots["first"] + 1 != ballots["ballots"]
        twice = any(other["last"] >= ballots["first"] for other in printed[:number])
        numbers = f"{ballots['first']}–{ballots['last']}"
        what = f"第 {ballots['meeting']} 次表决的票号 {numbers} 有缺号，或者与前一次重号；请逐号清点。"
        yield seen(ballots, fault=what if gap or twice else "")
    for delivered in journey.done("deliver_ballots"):
        ballots_before = last(printed, delivered)
        yield seen(
            ballots_before, delivered, fault="" if ballots_before else "没有印制编号的表决票就登记了送达；请核对。"
        )


@rule("PR-41", "H", "表决票在截止以前送达完", "业主大会和业主委员会指导规则 22", "§3.6", "deliver_ballots")
def delivered_in_time(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The last ballot was delivered before the voting closed."""
    for delivered in journey.done("deliver_ballots"):
        notice = journey.within_vote("prepare_meeting_notice", delivered)
        if notice is not None:
            finished, closes = delivered.day("finished_on"), notice.day("voting_closes_on")
            what = f"表决票 {finished} 才送达完，表决 {closes} 已截止；请重新公告表决。"
            yield seen(notice, delivered, fault=what if finished > closes else "")


@rule("PR-42", "H", "送达不到的在小区内公告", "业主大会和业主委员会指导规则 22", "", "post_onsite_notice")
def unreachable_announced(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Where some could not be reached, an announcement on site followed before the close."""
    for decided in journey.gates("delivery"):
        if decided["outcome"] == "COMPLETE":
            yield seen(decided)
            continue
        posted = journey.first_after(("post_onsite_notice", "close_voting"), decided)
        there = posted is None or posted["task"] == "post_onsite_notice"
        what = f"有 {len(decided['figures']['unreachable'])} 户送达不到，没有在小区内公告就截止；请补公告并重新计期。"
        yield seen(decided, posted, fault="" if there else what)


@rule("PR-43", "B", "延长一次为限，截止以前公告", "议事规则", "decisions 3；T-07", "post_extension_notice")
def extended_lawfully(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """An extension was allowed by the decision to convene, given once, on unopened ballots, posted before the close."""
    for extended in journey.gates("extension", "EXTENDED"):
        convened, notice = (
            journey.within_vote(task, extended) for task in ("resolve_agenda", "prepare_meeting_notice")
        )
        checked, posted = (
            journey.within_vote(task, extended) for task in ("check_participation", "post_extension_notice")
        )
        earlier = [one for one in journey.gates("extension", "EXTENDED") if notice and notice.no < one.no < extended.no]
        wrong = [
            (earlier != [], "延长了两次"),
            (convened is None or not convened.get("extension_allowed"), "召集决议没有允许延长"),
            (checked is None or not checked.get("ballots_unopened"), "票箱已经开封"),
            (_late(posted, notice), "延长公告晚于原截止日"),
        ]
        why = "、".join(what for is_wrong, what in wrong if is_wrong)
        yield seen(
            convened, notice, checked, posted, extended, fault=f"{why}；延长不能成立，请重新公告表决。" if why else ""
        )


def _late(posted: Entry | None, notice: Entry | None) -> bool:
    return posted is None or notice is None or posted.day("posted_on") > notice.day("voting_closes_on")


@rule("PR-44", "B", "截止以后才封存票箱", "民法典 280；议事规则", "LC-07", "close_voting")
def closed_after_the_window(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The box was closed after the window was over, or with every ballot back."""
    for closed in journey.done("close_voting"):
        notice = journey.within_vote("prepare_meeting_notice", closed)
        if notice is None:
            yield seen(closed, fault="没有会议公告就截止了表决；请重新公告表决。")
            continue
        extended = last(journey.gates("extension"), closed)
        closes = notice.day("voting_closes_on")
        if extended is not None and extended.no > notice.no:
            closes = date.fromisoformat(extended["figures"]["voting_closes_on"])
        early = closed.day("closed_on") <= closes and closed.need("unreturned")
        what = f"表决到 {closes} 二十四时截止，{closed.day('closed_on')} 就封存了票箱；请重新公告表决。"
        yield seen(notice, closed, fault=what if early else "")


@rule("PR-45", "B", "票数对上：发出等于收回、未收回与作废之和", "民法典 278、280", "LC-07；§3.4", "close_voting")
def ballots_reconciled(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Every ballot printed is accounted for at the close."""
    for closed in journey.done("close_voting"):
        names = ("issued", "returned", "unreturned", "void")
        issued, *parts = (int(closed.need(name)) for name in names)
        printed = last(journey.of("BallotsPrinted"), closed)
        fault = (
            "" if issued == sum(parts) else f"发出 {issued} 张，收回、未收回与作废合计 {sum(parts)} 张；请逐号清点。"
        )
        if not fault and printed is not None and issued < printed["ballots"]:
            fault = f"印制 {printed['ballots']} 张，截止时只登记发出 {issued} 张；请逐号清点。"
        yield seen(printed, closed, fault=fault)


@rule("PR-46", "B", "截止、封存以后才计票", "民法典 278", "LC-07、LC-08", "count_votes")
def counted_after_close(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """No vote was counted before its box was closed."""
    for counted in journey.done("count_votes"):
        closed = journey.within_vote("close_voting", counted)
        if closed is None:
            yield seen(counted, fault="票箱没有截止封存就计了票；结果不能成立，请重新表决。")
            continue
        early = counted.day("counted_on") < closed.day("closed_on")
        what = f"计票（{counted.day('counted_on')}）早于截止封存（{closed.day('closed_on')}）；请重新计票。"
        yield seen(closed, counted, fault=what if early else "")


@rule("PR-47", "H", "抽查回访达到比例", "信托制导入操作手册", "", "count_votes")
def ballots_called_back(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Enough of the ballots returned were called back."""
    for counted in journey.done("count_votes"):
        closed = journey.within_vote("close_voting", counted)
        if closed is None:
            continue
        sampled, confirmed = (int(counted.need(name)) for name in ("callback_sample", "callback_confirmed"))
        found = procedure.callback_problems(sampled, confirmed, int(closed.need("returned")), limits.callback)
        yield seen(closed, counted, fault="".join(problem.message for problem in found))


@rule("PR-48", "B", "通过的事项达到法定参与和同意比例", "民法典 278 ¶1、¶2", "", "count_votes")
def majorities_reached(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Items that the count calls passed pass by their own figures."""
    for counted in journey.gates("vote"):
        below = [str(item["no"]) for item in counted["figures"]["items"] if not _holds(item, limits)]
        what = f"事项 {'、'.join(below)} 按计票数字没有达到法定比例，却认定通过；请重新计票。"
        yield seen(counted, fault=what if below else "")


def _holds(item: Mapping[str, Any], limits: Limits) -> bool:
    total, taking_part, approving = (
        Share(item[f"{name}_area"], item[f"{name}_persons"]) for name in ("total", "participating", "approving")
    )
    none = Share(0, 0)
    question = Question(item["no"], item["item_class"])
    count = Count(question, total, taking_part, approving, none, none, limits.thresholds)
    return item["outcome"] != "PASSED" or (total.persons > 0 and count.passed)


@rule("PR-49", "B", "有争议的结果由法律顾问签字认定", "民法典 278", "LC-08；§3.7", "advise_on_contested_vote")
def contested_settled(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """A result that hangs on a reading was announced only after counsel gave his view."""
    for contested in journey.gates("vote", "CONTESTED"):
        after = journey.first_after(("advise_on_contested_vote", "announce_result"), contested)
        skipped = after is not None and after["task"] == "announce_result"
        what = "结果因计票口径不同而有争议，没有法律意见就公告了；请由法律顾问出具意见。"
        yield seen(contested, after, fault=what if skipped else "")


@rule("PR-50", "B", "有程序瑕疵的表决作废，不作依据", "民法典 280", "LC-06；§3.4", "declare_vote_void")
def flawed_vote_voided(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Where a flaw was found, the vote was declared void and not announced."""
    flawed = [
        counted for counted in journey.done("settle_roster_objections", "count_votes")
        if counted.need("flaw_found") != "NONE"
    ]  # fmt: skip
    gates = [*journey.gates("opening", "PROCEDURE_FLAW"), *journey.gates("vote", "PROCEDURE_FLAW")]
    for entry in sorted([*flawed, *gates], key=lambda one: one.no):
        after = journey.first_after(("declare_vote_void", "announce_result", "deliver_ballots"), entry)
        ignored = after is not None and after["task"] != "declare_vote_void"
        what = "查出程序瑕疵以后没有宣布表决作废；请宣布作废并重新公告表决。"
        yield seen(entry, after, fault=what if ignored else "")


@rule("PR-51", "H", "结果按期公告", "业主大会和业主委员会指导规则 30", "T-08", "announce_result")
def result_in_time(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The result was posted within the period from the count."""
    yield from _told(journey, limits, "posted_on", limits.result_notice, "表决结果", "公告")


@rule("PR-52", "H", "决定按期告知居委会", "物业管理条例 20 ¶3", "T-09", "announce_result")
def result_told(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The residents' committee was told within the period from the count."""
    yield from _told(journey, limits, "committee_told_on", limits.result_told, "业主大会决定", "告知居委会")


def _told(journey: Journey, limits: Limits, name: str, days: int, what: str, how: str) -> Iterator[Seen]:
    for announced in journey.done("announce_result"):
        counted = journey.within_vote("count_votes", announced)
        if counted is None:
            yield seen(announced, fault=f"{what}没有计票就{how}；请核对。")
            continue
        due, on = limits.last_day(counted.day("counted_on"), days), announced.day(name)
        fault = f"{what}应在 {due} 以前{how}，实际 {on}；请说明逾期原因。" if on > due else ""
        if on < counted.day("counted_on"):
            fault = f"{what}在计票（{counted.day('counted_on')}）以前就{how}（{on}）；请核对日期。"
        yield seen(counted, announced, fault=fault)


@rule("PR-53", "H", "结果异议期满、异议逐条答复", "民法典 280；地方异议期", "", "settle_objections")
def result_objections_heard(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The result hung for the period of objections, and each was answered by its end."""
    for settled in journey.done("settle_objections"):
        announced = journey.within_vote("announce_result", settled)
        if announced is None:
            yield seen(settled, fault="结果没有公告就处理了异议；请补公告。")
            continue
        first, on = announced.day("posted_on") + timedelta(limits.objection), settled.day("closed_on")
        early = f"结果公告不满 {limits.objection} 天（最早 {first}）就结束异议；请补足异议期。"
        answered = all(day and date.fromisoformat(day) <= on for day in settled.get("objections.answered_on"))
        fault = early if on < first else "" if answered else f"有异议在 {on} 结束时还没有答复；请逐条答复。"
        yield seen(announced, settled, fault=fault)


@rule("PR-54", "H", "受理重新计票的确实重计", "民法典 280", "LC-08", "count_votes")
def recounted(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Where objections led to a recount, votes were counted again before anything followed."""
    for settled in journey.done("settle_objections"):
        if not settled.get("recount"):
            yield seen(settled)
            continue
        left = next((one for one in journey.of("StageLeft") if one.no > settled.no and _of(settled, one)), None)
        after = journey.first_after(("count_votes",), settled)
        again = left is None or (after is not None and after.no < left.no)
        yield seen(settled, after, fault="" if again else "决定重新计票，没有重计就往下办了；请重新计票。")


def _of(settled: Entry, left: Entry) -> bool:
    return bool(left["stage"] == settled["stage"])
