"""Whether the owners decided this contract, and whether who signs for them may (RC-01…RC-04, RC-24, RC-52)."""

from collections.abc import Iterator
from decimal import Decimal

from engine.rules import signing
from engine.rules.owners_body import ALL_OWNERS, COMMITTEE, PROPERTY_COMMITTEE
from engine.rules.prereview.asking import allowed, item, settled, undated
from engine.rules.prereview.file import File, Item
from engine.rules.prereview.limits import Limits
from engine.rules.prereview.registry import rule
from engine.rules.prereview.words import BASES, MODELS
from engine.rules.selection import ENGAGING_CLASS
from engine.rules.tally import Count, Share
from engine.rules.tally import Item as Question

_BUSINESS_CLASS = 8


@rule("RC-01", "B", "合同背后有通过的决议", "民法典 278、939", "announce_result")
def resolution_passed(file: File, limits: Limits) -> Iterator[str]:
    """The item that chose the company is of class 4 and passed under every reading, or counsel signed."""
    no = file.resolution.item_no
    chosen = item(file, no)
    if chosen is None:
        yield f"表决事项中没有第 {no} 项；请填写选聘物业企业的事项号。"
        return
    if chosen.item_class != ENGAGING_CLASS:
        yield f"第 {no} 项属于第（{chosen.item_class}）类，不是选聘物业企业的事项；请填写第（四）类的事项号。"
    contested = chosen.status == "CONTESTED" and allowed(file, "RC-01") is not None
    if chosen.status == "CONTESTED" and not contested:
        yield f"第 {no} 项的结果因计票口径不同而有争议；须由法律顾问签字出具意见后才能签约。"
    elif not contested and not _passed(chosen, limits):
        yield f"第 {no} 项没有通过：参与或者同意未达到法定比例；请重新表决，不能签约。"


@rule("RC-02", "B", "合同在决议范围之内", "民法典 939", "finalise_contract")
def within_resolution(file: File, limits: Limits) -> Iterator[str]:
    """Company, fee, remuneration, term and model are what the owners decided."""
    decided, contract = file.resolution, file.contract
    for sentence in signing.outside_the_vote(_contract(file), _voted(file)):
        yield f"{sentence}请改回表决的范围，或者重新表决。"
    if not file.self_governed and decided.credit_code != file.company.credit_code:
        yield f"表决的企业代码是 {decided.credit_code or '（未写）'}，签约企业是 {file.company.credit_code}；请核对。"
    if contract.model != decided.model:
        yield f"表决的是{MODELS[decided.model]}，合同写的是{MODELS[contract.model]}；请改回，或者重新表决。"
    if contract.share.base != decided.base:
        yield f"表决的酬金基数是{BASES[decided.base]}，合同写的是{BASES[contract.share.base]}；请改回，或者重新表决。"


@rule("RC-03", "B", "签约主体在任、有权", "物业管理条例 15、16；民法典 939", "verify_owners_body")
def signatory_in_office(file: File, limits: Limits) -> Iterator[str]:
    """In term on the day of signing and filed; a property committee needs mandate and counsel (decisions 6)."""
    body, signed = file.body, file.contract.signed_on
    if not body.term_start <= signed <= body.term_end:
        yield f"签约日 {signed} 不在{body.name}的任期（{body.term_start} 至 {body.term_end}）内；请由在任的组织签约。"
    if body.kind != ALL_OWNERS and not body.filing_no:
        yield f"{body.name}没有备案证号；请先备案再签约。"
    if body.kind != COMMITTEE and body.mandate is None:
        yield f"{body.name}没有签约的授权依据；请补上{_MANDATES[body.kind]}。"
    if body.kind != COMMITTEE and body.mandate is not None:
        yield from undated(body.mandate, signed, f"授权依据“{body.mandate.paper}”")
    if body.kind == PROPERTY_COMMITTEE and allowed(file, "RC-03") is None:
        yield "物管会能否签约，当地规定尚待确认；须由法律顾问签字出具意见后才能签约。"


@rule("RC-04", "B", "业主组织作出签约决定", "业主大会和业主委员会指导规则 38", "sign_contract")
def decided_to_sign(file: File, limits: Limits) -> Iterator[str]:
    """Over half present, half or more of all members in favour, not later than signing."""
    made = file.decision
    counted = signing.Resolution(made.decided_on, made.members_total, made.members_present, made.members_for)
    if not signing.carried(counted):
        yield (
            f"签约决定没有通过：成员 {made.members_total} 人，到会 {made.members_present} 人，"
            f"同意 {made.members_for} 人；须过半数到会、全体成员半数以上同意。"
        )
    if made.decided_on > file.contract.signed_on:
        yield f"签约决定（{made.decided_on}）晚于签约日（{file.contract.signed_on}）；请先作出决定。"


@rule("RC-24", "B", "新增经营经四分之三同意", "民法典 278 ¶1（八）、¶2；物业管理条例 54", "resolve_agenda")
def business_by_special_majority(file: File, limits: Limits) -> Iterator[str]:
    """Every new business has an item of class 8 that passed with the special majority."""
    for business in file.contract.common_income.businesses:
        if not business.new:
            continue
        chosen = item(file, business.item_no)
        if chosen is None or chosen.item_class != _BUSINESS_CLASS:
            yield f"新增经营“{business.asset}”没有第（八）类的表决事项；请表决后再写入合同。"
        elif chosen.status != "PASS_ROBUST" or not _passed(chosen, limits):
            yield f"新增经营“{business.asset}”（第 {chosen.no} 项）未达到四分之三；请重新表决，或者从合同删去。"


@rule("RC-52", "B", "生效日在结果公告之后", "民法典 278、280", "finalise_contract")
def effective_after_result(file: File, limits: Limits) -> Iterator[str]:
    """Effective, and signed, not before the result was published; its conditions are listed."""
    published, contract = file.resolution.published_on, file.contract
    for what, day in (("签约日", contract.signed_on), ("生效日", contract.effective_on)):
        if day < published:
            yield f"{what} {day} 早于表决结果公告日 {published}；请改为公告日或以后。"
    if "EFFECT_CONDITIONS" not in settled(file):
        yield "合同没有写明生效条件；请补写这一条。"


_MANDATES = {PROPERTY_COMMITTEE: "街道组建物管会并授权签约的文件", ALL_OWNERS: "全体业主推举代表的决定"}


def _passed(chosen: Item, limits: Limits) -> bool:
    """By status and by the figures: a status that its own figures belie is none."""
    total, taking_part, approving = (
        Share(int(area * 100), persons)
        for area, persons in (
            (chosen.total_area, chosen.total_persons),
            (chosen.participating_area, chosen.participating_persons),
            (chosen.approving_area, chosen.approving_persons),
        )
    )
    none = Share(0, 0)
    question = Question(chosen.no, chosen.item_class)
    count = Count(question, total, taking_part, approving, none, none, limits.thresholds)
    possible = all(
        some.persons <= every.persons and some.area <= every.area
        for some, every in ((taking_part, total), (approving, taking_part))
    )
    return chosen.status == "PASS_ROBUST" and total.persons > 0 and possible and count.passed


def _contract(file: File) -> signing.Contract:
    contract = file.contract
    return signing.Contract(
        company=contract.company,
        company_code=contract.credit_code,
        project_manager="",
        fee_std=contract.fee_std,
        remuneration_ratio=contract.share.ratio or 0,
        service_start=contract.service_start,
        service_end=contract.service_end,
        signed_on=contract.signed_on,
        committee_signatory="",
        company_signatory="",
        witness="",
        covenant_signed=False,
        remuneration_fixed=contract.share.fixed or Decimal(0),
    )


def _voted(file: File) -> signing.Voted:
    decided = file.resolution
    return signing.Voted(
        outcome="",
        result_posted_on=decided.published_on,
        objections_closed_on=None,
        company=decided.company,
        fee_max=decided.fee_max,
        ratio_max=decided.ratio_max,
        years_max=decided.years_max,
        fixed_max=decided.fixed_max,
    )
