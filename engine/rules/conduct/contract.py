"""From the result to the signed contract: on which vote it rests, who decided to sign, and what became public."""

from collections.abc import Iterator

from engine.rules import signing
from engine.rules.conduct.journey import Entry, Journey, last
from engine.rules.conduct.limits import Limits
from engine.rules.conduct.registry import Seen, rule, seen

_CARRIED = ("PASSED", "PARTIAL")


@rule("PR-60", "B", "签约以通过的业主共同决定为依据", "民法典 278、939", "LC-09、RC-01", "announce_result")
def rests_on_a_vote(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The last vote before signing was carried, and none that was reopened is relied on."""
    for signed in journey.done("sign_contract"):
        decided = last(
            sorted([*journey.gates("vote"), *journey.gates("contested_vote")], key=lambda one: one.no), signed
        )
        reopened = last(journey.of("VoteReopened"), signed)
        stale = reopened is not None and (decided is None or decided.no < reopened.no)
        carried = decided is not None and decided["outcome"] in _CARRIED and not stale
        what = "签约以前最近一次业主表决没有通过，或者已被撤销；合同没有依据，请重新表决。"
        yield seen(decided, reopened, signed, fault="" if carried else what)


@rule("PR-61", "B", "结果公告以后才签约", "民法典 280", "LC-09、RC-52", "sign_contract")
def signed_after_result(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The result was posted before the contract was signed."""
    for signed in journey.done("sign_contract"):
        announced = journey.last("announce_result", signed)
        if announced is None:
            yield seen(signed, fault="表决结果没有公告就签了约；请公告结果后重新签署。")
            continue
        on, posted = signed.day("signed_on"), announced.day("posted_on")
        what = f"签约日 {on} 早于表决结果公告日 {posted}；请公告以后重新签署。"
        yield seen(announced, signed, fault=what if on < posted else "")


@rule("PR-62", "H", "异议处理完才签约", "民法典 280", "§2.4（8）", "sign_contract")
def signed_after_objections(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """Objections to the result were settled before the contract was signed."""
    for signed in journey.done("sign_contract"):
        announced, settled = (journey.last(task, signed) for task in ("announce_result", "settle_objections"))
        on = signed.day("signed_on")
        if announced is None or on < announced.day("posted_on"):
            # PR-61 says so
            continue
        early = settled is None or on < settled.day("closed_on")
        yield seen(settled, signed, fault="表决结果的异议没有处理完就签了约；请说明理由。" if early else "")


@rule("PR-63", "B", "业主组织先决定、后签约", "业主大会和业主委员会指导规则 38", "RC-04", "sign_contract")
def decided_before_signing(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The body decided to sign, with its majority, not later than it signed."""
    for signed in journey.done("sign_contract"):
        verified = journey.last("verify_owners_body", signed)
        if verified is None:
            yield seen(signed, fault="签约的业主组织没有经过核实；请先核实。")
            continue
        decided = signed.day("committee_decided_on")
        members = (verified.need("seats_filled"), signed.need("members_present"), signed.need("members_for"))
        counted = signing.Resolution(decided, *(int(one) for one in members))
        late = f"签约决定（{decided}）晚于签约日（{signed.day('signed_on')}）；请先决定，再签署。"
        uncarried = (
            f"签约决定没有通过：成员 {counted.members_total} 人，到会 {counted.members_present} 人，"
            f"同意 {counted.members_for} 人；请重新决定。"
        )
        fault = late if decided > signed.day("signed_on") else "" if signing.carried(counted) else uncarried
        yield seen(verified, signed, fault=fault)


@rule("PR-64", "B", "签约时业主组织在任", "物业管理条例 15、16", "RC-03", "verify_owners_body")
def body_in_term(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The contract was signed within the term of the body that signed."""
    for signed in journey.done("sign_contract"):
        verified = journey.last("verify_owners_body", signed)
        if verified is None or verified.get("term_start") is None or verified.get("term_end") is None:
            continue
        starts, ends, on = verified.day("term_start"), verified.day("term_end"), signed.day("signed_on")
        what = f"签约日 {on} 不在业主组织任期（{starts} 至 {ends}）内；请由在任的组织签约。"
        yield seen(verified, signed, fault="" if starts <= on <= ends else what)


@rule("PR-65", "B", "合同在表决范围以内", "民法典 939", "RC-02", "finalise_contract")
def within_the_vote(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The last look at the contract before signing found it within what was voted."""
    for signed in journey.done("sign_contract"):
        looked = last(journey.gates("contract_range"), signed)
        within = looked is not None and looked["outcome"] == "WITHIN"
        yield seen(
            looked, signed, fault="" if within else "签约以前没有核对合同在表决范围以内；请核对，超出的重新表决。"
        )


@rule("PR-66", "H", "选定企业有依据", "民法典 939", "RC-01、RC-55", "select_company")
def company_chosen(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """By an item of the vote, or by a tender that the vote authorised."""
    for signed in journey.done("sign_contract"):
        chosen = last(journey.gates("selection"), signed)
        known = chosen is not None and chosen["outcome"] == "VOTED"
        yield seen(chosen, signed, fault="" if known else "选定的企业不是由业主表决的事项选出；请核对选聘事项。")


@rule("PR-67", "H", "所签的是最后出具的合同", "民法典 939", "§4；RC-53", "finalise_contract")
def signed_the_last_paper(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """A contract had been issued before signing, and none was issued anew after it."""
    for signed in journey.done("sign_contract"):
        issued = last(journey.papers("service_contract"), signed)
        later = [one for one in journey.papers("service_contract") if one.no > signed.no]
        again = later and not [one for one in journey.done("sign_contract") if one.no > later[-1].no]
        what = (
            "签约以后又出具了新的合同，没有重新签署；请重签，或者作废新稿。"
            if again
            else "签约时合同文书还没有出具；请核对所签文本。"
        )
        yield seen(issued, signed, *later, fault=what if issued is None or again else "")


@rule("PR-68", "H", "合同按期备案并公示", "地方备案规定（顾问待确认）", "T-26；JS-7；RC-54", "file_contract")
def contract_filed(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """The signed contract was filed and published within the period."""
    for filed in journey.done("file_contract"):
        signed = journey.last("sign_contract", filed)
        if signed is None:
            yield seen(filed, fault="合同没有签署就备了案；请核对。")
            continue
        due = limits.last_day(signed.day("signed_on"), limits.contract_filing)
        on = max(filed.day("filed_on"), filed.day("published_on"))
        what = f"合同应在 {due} 以前备案、公示，实际 {on}；请说明逾期原因。"
        yield seen(signed, filed, fault=what if on > due else "")


@rule("PR-69", "B", "共有资金账户独立、双控有效以后才进场", "信托法 29", "LC-11、RC-18、RC-20", "open_fund_account")
def account_ready(journey: Journey, limits: Limits) -> Iterator[Seen]:
    """A separate account under two keys was tested before the new company entered."""
    for entered in journey.done("enter_estate"):
        opened = journey.last("open_fund_account", entered)
        if opened is None:
            other = journey.last("engage_trust_company", entered)
            yield seen(other, entered, fault="" if other else "进场以前没有开立共有资金账户；请开户并测试双控。")
            continue
        yield seen(opened, entered, fault=_untested(opened, entered))


def _untested(opened: Entry, entered: Entry) -> str:
    tested = opened.get("dual_control_tested_on")
    if not opened.get("separate"):
        return "共有资金账户没有与企业自有资金分开；请另开专户。"
    if tested is None or opened.day("dual_control_tested_on") > entered.day("entered_on"):
        return "进场以前没有测试账户双控；请测试后留存记录。"
    return "" if opened.get("rejected_payment_tested") else "没有测试一方拒绝时付款被拒；请补测。"
