"""How the old contract ended and the new service began, up to acceptance."""

from collections.abc import Iterator
from datetime import date, timedelta

from engine.rules.conduct.journey import Entry, Journey, last
from engine.rules.conduct.limits import Limits
from engine.rules.conduct.registry import Seen, rule, seen

_ENDED = ("serve_dismissal_notice", "record_company_notice")
_PRELIMINARY, _DISMISSAL, _EXPIRY, _INDEFINITE = "PRELIMINARY_940", "DISMISSAL_946", "EXPIRY_947", "INDEFINITE_948"


@rule("PR-70", "B", "解除原合同有路径、通知满期", "民法典 940、946–948", "T-18…T-21；LC-10", "serve_dismissal_notice")
def notice_period_kept(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The old contract ended not before the notice of its path had run, counted from arrival."""
    for served in journey.done(*_ENDED):
        chosen = journey.last("choose_termination_path", served)
        if chosen is None:
            yield seen(served, fault="没有选定终止原合同的路径；请法律顾问选定。")
            continue
        first, ends = _earliest(chosen, served, limits), served.day("termination_on")
        what = f"原合同于 {ends} 终止，按所选路径最早 {first}（自 {served.day('arrived_on')} 送达起算）；请改期。"
        yield seen(chosen, served, fault=what if ends < first else "")


def _earliest(chosen: Entry, served: Entry, limits: Limits) -> date:
    path, arrived = chosen.need("path"), served.day("arrived_on")
    if path == _EXPIRY:
        return chosen.day("old_contract_end")
    if path == _PRELIMINARY or served["task"] == "record_company_notice":
        return arrived
    agreed = chosen.get("contract_notice_days")
    statutory = limits.indefinite if path == _INDEFINITE else limits.dismissal
    days = int(agreed) if path == _DISMISSAL and agreed is not None else statutory
    return arrived + timedelta(days)


@rule("PR-71", "H", "通知从送达起算，有送达凭证", "民法典 137", "LC-10", "serve_dismissal_notice")
def notice_proved(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The notice arrived not before it was sent, and something proves it."""
    for served in journey.done("serve_dismissal_notice"):
        early = served.day("arrived_on") < served.day("sent_on")
        wrong = early or not served.get("proof")
        yield seen(served, fault="解聘通知没有送达凭证，或者送达早于发出；请补凭证、核对日期。" if wrong else "")


@rule("PR-72", "B", "新服务不早于原合同终止", "民法典 940、950", "decisions 5；LC-11", "finalise_contract")
def no_overlap(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The new company entered after the old contract's end; on the same day under article 940 only."""
    for entered in journey.done("enter_estate"):
        served = last(journey.done(*_ENDED), entered)
        if served is None:
            continue
        chosen = journey.last("choose_termination_path", served)
        ends, on = served.day("termination_on"), entered.day("entered_on")
        same_day = chosen is not None and chosen.need("path") == _PRELIMINARY
        overlap = on < ends or (on == ends and not same_day)
        yield seen(
            served, entered, fault=f"原合同 {ends} 终止，新企业 {on} 已进场；请核对交接日期。" if overlap else ""
        )


@rule("PR-73", "B", "进场条件具备以后才进场", "民法典 950", "LC-11", "plan_staffing")
def entry_ready(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The gate of the entry was ready before the new company entered."""
    for entered in journey.done("enter_estate"):
        ready = last(journey.gates("entry"), entered)
        known = ready is not None and ready["outcome"] == "READY"
        yield seen(ready, entered, fault="" if known else "账户、余额或者人员没有备齐就进场；请补齐。")


@rule("PR-74", "H", "交接确认书各方签字", "民法典 949", "LC-12", "sign_handover_certificate")
def certificate_signed(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Old company, or what stands for it, new company and owners' body signed."""
    for signed in journey.done("sign_handover_certificate"):
        old = signed.get("old_company_signed") or signed.said("substitute")
        complete = old and signed.get("new_company_signed") and signed.get("committee_signed")
        what = "交接确认书缺一方签字，也没有代替签字的文书；请补签或者补文书。"
        yield seen(signed, fault="" if complete else what)


@rule("PR-75", "M", "原企业按期退出移交", "民法典 949", "T-23；JS-6", "sign_handover_certificate")
def left_in_time(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The handover was signed within the period from the end of the old contract."""
    for signed in journey.done("sign_handover_certificate"):
        served = last(journey.done(*_ENDED), signed)
        if served is not None:
            due, on = limits.last_day(served.day("termination_on"), limits.exit), signed.day("signed_on")
            what = f"原企业应在 {due} 以前退出移交，{on} 才签确认书；请催告并留存证据。"
            yield seen(served, signed, fault=what if on > due else "")


@rule("PR-76", "M", "预交费按期移交或者退还", "物业服务司法解释 3", "T-25；JP-3", "settle_accounts")
def prepaid_in_time(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Prepaid fees were handed on or returned within the period from the end of the old contract."""
    for settled in journey.done("settle_accounts"):
        served = last(journey.done(*_ENDED), settled)
        if served is None or settled.get("transferred_on") is None:
            continue
        due, on = limits.last_day(served.day("termination_on"), limits.refund), settled.day("transferred_on")
        what = f"预交费应在 {due} 以前移交或者退还，实际 {on}；请催告。"
        yield seen(served, settled, fault=what if on > due else "")


@rule(
    "PR-77", "M", "移交个人信息不含表决内容，原企业删除留存", "个人信息保护法 6、47", "§6.3", "transfer_personal_data"
)
def data_transferred(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """How owners voted was not handed on, and the old company's copies are gone."""
    for moved in journey.done("transfer_personal_data"):
        said = [
            (not moved.get("votes_excluded"), "移交的个人信息含有表决内容"),
            (moved.get("deletion") == "NOT_CONFIRMED", "原企业没有确认删除留存的个人信息"),
        ]
        why = "；".join(what for wrong, what in said if wrong)
        yield seen(moved, fault=f"{why}；请收回或者发通知书。" if why else "")


@rule("PR-78", "H", "承接查验按期备案", "物业承接查验办法 29", "T-24", "file_takeover")
def takeover_filed(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The takeover was filed within the period from the entry, or the filing says why not."""
    for filed in journey.done("file_takeover"):
        entered = journey.last("enter_estate", filed)
        if entered is None:
            yield seen(filed, fault="没有进场就办了承接查验备案；请核对。")
            continue
        due, on = limits.last_day(entered.day("entered_on"), limits.takeover_filing), filed.day("filed_on")
        late = on > due and not filed.said("late_reason")
        yield seen(
            entered, filed, fault=f"承接查验应在 {due} 以前备案，实际 {on}，没有写原因；请补写。" if late else ""
        )


@rule("PR-79", "H", "遗留事项核销以后才验收", "信托制导入操作手册", "LC-12；手册 G9", "close_outstanding_items")
def outstanding_closed(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """What the handover left open was closed before the estate passed."""
    for passed in journey.gates("acceptance", "PASS"):
        handed = last(journey.gates("handover"), passed)
        if handed is None:
            yield seen(passed, fault="没有办结交接就通过了验收；请补办。")
            continue
        closed = next((one for one in journey.done("close_outstanding_items") if one.no > handed.no), None)
        open_still = handed["outcome"] == "PARTIAL" and closed is None
        yield seen(handed, closed, passed, fault="交接的遗留事项没有核销就通过了验收；请核销。" if open_still else "")


@rule("PR-80", "H", "首月账目核对、公示、监察以后才验收", "信托法 33；信托制导入操作手册", "RC-29", "check_first_month")
def first_month_open(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The first month was checked, posted and supervised before the estate was evaluated."""
    for passed in journey.gates("acceptance", "PASS"):
        tasks = ("check_first_month", "post_first_disclosure", "issue_supervision_opinion")
        found = [journey.last(task, passed) for task in tasks]
        missing = any(one is None for one in found)
        yield seen(*found, passed, fault="首月账目没有核对、公示或者监察就通过了验收；请补办。" if missing else "")


@rule("PR-81", "M", "首月收支公示满期", "信托制导入操作手册", "TL-33、FEE-12", "post_first_disclosure")
def disclosure_shown(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The first disclosure hung as long as the place asks."""
    for posted in journey.done("post_first_disclosure"):
        until = posted.day("posted_on") + timedelta(limits.display)
        short = posted.day("display_until") < until
        yield seen(posted, fault=f"首月公示应张贴到 {until}；请补足。" if short else "")


@rule("PR-82", "H", "账实相符、付款都经双方核准", "信托法 29、33", "RC-20", "check_first_month")
def payments_dual(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The first month's books agree with the bank, and every payment had two keys."""
    for checked in journey.done("check_first_month"):
        recorded = journey.last("record_first_month", checked)
        single = recorded is not None and recorded.need("payments_dual") != recorded.need("payments_total")
        wrong = single or not checked.get("reconciled")
        what = "首月有付款没有经双方核准，或者账实不符；请查明后整改。"
        yield seen(recorded, checked, fault=what if wrong else "")


@rule("PR-83", "M", "业主质疑逐条答复", "民法典 943；信托制导入操作手册", "", "answer_owner_questions")
def questions_answered(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Each question has its answer, not before it was asked and not after the step was closed."""
    for answered in journey.done("answer_owner_questions"):
        closed = answered.day("closed_on")
        pairs = zip(answered.get("questions.asked_on"), answered.get("questions.replied_on"), strict=True)
        missing = sum(
            1 for asked, replied in pairs if not replied or not (asked or "") <= replied <= closed.isoformat()
        )
        yield seen(answered, fault=f"有 {missing} 条质疑没有答复，或者答复日期不对；请补答复。" if missing else "")
