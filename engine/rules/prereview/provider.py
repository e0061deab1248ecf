"""Who serves: the company, what it gives to others, and how it was chosen (RC-05, RC-19, RC-39, RC-43, RC-55)."""

from collections.abc import Iterator

from engine.rules import selection, signing
from engine.rules.prereview.asking import given, lacking, unclear, undated, unsettled
from engine.rules.prereview.file import File
from engine.rules.prereview.limits import Limits
from engine.rules.prereview.registry import rule
from engine.rules.prereview.topics import SUPERVISOR
from engine.rules.prereview.words import FACILITIES, SCOPES

#: Companies that are invited to talks (manual 8A).
_INVITED_MIN = 2


@rule("RC-05", "H", "企业是存续的法人", "物业管理条例 32；信托法 24", "select_company")
def company_alive(file: File, limits: Limits) -> Iterator[str]:
    """The code's check sign, and look-ups of status, scope and dishonesty that a person dated by the signing."""
    if file.self_governed:
        return
    company, last = file.company, min(file.on, file.contract.signed_on)
    if not selection.credit_code_fits(company.credit_code):
        yield selection.credit_code_problem("", company.name, company.credit_code).message
    yield from unclear(company.alive, last, "企业的存续状态")
    yield from unclear(company.in_scope, last, "企业的经营范围（物业服务）")
    yield from unclear(company.honest, last, "企业的失信记录")


@rule("RC-19", "B", "不整体转委托", "民法典 941；物业管理条例 39", "finalise_contract")
def not_outsourced_whole(file: File, limits: Limits) -> Iterator[str]:
    """What others do is not all of it, none does too much, each is named."""
    outsourced = file.contract.subcontracts
    if signing.whole_outsourced({one.scope for one in outsourced if one.contractor}):
        yield "七类服务全部分包，等于整体转委托；请至少自办一类。"
    for one in outsourced:
        if one.percent > limits.subcontract_share_max:
            yield (
                f"{SCOPES[one.scope]}分包给{one.contractor}，占 {one.percent:f}%，"
                f"超过 {limits.subcontract_share_max}%；请缩小分包。"
            )


@rule("RC-39", "M", "监察人独立", "信托法 22、49；信托制监察人约定", "nominate_supervisor")
def supervisor_independent(file: File, limits: Limits) -> Iterator[str]:
    """Not paid by the company, no kin, no stake, with powers and a way to be replaced."""
    if limits.supervisor_required != "YES":
        return
    supervisor, last = file.contract.supervisor, file.on
    if supervisor.paid_by == "COMPANY":
        yield f"监察人{supervisor.name}的费用由物业企业支付，不独立；请改由业主一方或者街道支付。"
    yield from unclear(supervisor.no_kin, last, f"监察人{supervisor.name}与企业的亲属关系")
    yield from unclear(supervisor.no_stake, last, f"监察人{supervisor.name}在企业的任职和持股")
    yield from unsettled(file, SUPERVISOR)


@rule("RC-43", "M", "人员和证照", "物业管理条例 34；特种设备安全法 33、38", "draft_budget")
def staffed(file: File, limits: Limits) -> Iterator[str]:
    """The project manager is named, posts have their numbers, each facility a licensed post."""
    contract = file.contract
    given(contract.project_manager)
    if not contract.posts:
        yield "没有岗位和最少人数；请列出。"
    for post in contract.posts:
        given(post.name)
        if post.number < 1:
            yield f"岗位“{post.name}”没有人数；请填写最少人数。"
    licensed = {post.facility for post in contract.posts if post.licence}
    unlicensed = lacking(licensed, file.estate.facilities, FACILITIES)
    if unlicensed:
        yield f"没有列出持证的岗位：{unlicensed}；请补上岗位和证照。"


@rule("RC-55", "M", "选聘记录", "物业管理条例 3、24；前期物业管理招标投标管理暂行办法", "plan_selection")
def selection_recorded(file: File, limits: Limits) -> Iterator[str]:
    """Method, bids or the reason for choosing directly, and signed declarations of interests."""
    chosen = file.register.selection
    least = _INVITED_MIN if chosen.method == "NEGOTIATION" else limits.bidders_min
    if chosen.method == "DIRECT":
        given(chosen.reason)
    elif chosen.bids < least:
        yield f"有效投标或者报价 {chosen.bids} 家，少于 {least} 家；请延长征集，或者写明直接选定的理由。"
    if not chosen.declarations:
        yield "没有利益关系申报；请由参选企业和评选人员签字补交。"
    for one in chosen.declarations:
        yield from undated(one, file.on, f"利益关系申报“{one.paper}”")
