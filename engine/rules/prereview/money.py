"""What the company gets and where the money goes (RC-15…RC-17, RC-23, RC-25…RC-28, RC-33, RC-47, RC-48, RC-51)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from engine.rules import budget, laws
from engine.rules.budget import Budget, Line
from engine.rules.budget_posts import STAFF
from engine.rules.exact import CENT, Percent, share_of, signed_percent, yuan
from engine.rules.prereview import wording
from engine.rules.prereview.asking import given, lacking, undated, unsettled
from engine.rules.prereview.file import Charge, File
from engine.rules.prereview.limits import DAMAGES_OVER_LOSS_MAX, Limits
from engine.rules.prereview.registry import rule
from engine.rules.prereview.words import IN_BASE, PRICE_BOARD, STEPS, TAX_PARTS
from engine.rules.remuneration import Base, Remuneration

_NEVER_IN_BASE = ("UTILITIES", "DEPOSITS", "MAINTENANCE_FUND", "REFUNDS")
_ORDER = ("RESERVE", "CUT", "VOTE")
_WHOLE = 100


@rule("RC-15", "H", "酬金写得明确", "信托法 35；物业服务收费管理办法 9；物业管理条例 44", "draft_plan")
def share_defined(file: File, limits: Limits) -> Iterator[str]:
    """One of ratio and amount, on a named base without what only passes through."""
    share = file.contract.share
    wanted, stray = (share.fixed, share.ratio) if share.base == Base.FIXED else (share.ratio, share.fixed)
    if wanted is None:
        yield "酬金没有写明；请填写比例，或者固定金额（不收酬金的填 0）。"
    if stray is not None:
        yield "酬金既写了比例又写了固定金额；请只留一个。"
    inside = [IN_BASE[one] for one in _NEVER_IN_BASE if one in share.includes]
    if inside:
        yield f"酬金基数含有{'、'.join(inside)}；这些钱不提酬金，请从基数扣除。"
    if share.base != Base.FIXED and not share.includes:
        yield "没有写明酬金基数由哪些收支组成；请列出。"


@rule("RC-16", "M", "酬金比例在常见范围", "市场做法；当地规定", "draft_plan")
def share_usual(file: File, limits: Limits) -> Iterator[str]:
    """A ratio within what the place expects; a fixed amount has none."""
    share = file.contract.share
    if share.base == Base.FIXED or share.ratio is None:
        return
    if not limits.ratio_min <= share.ratio <= limits.ratio_max:
        yield f"酬金比例 {share.ratio:f}%，通常为 {limits.ratio_min}% 到 {limits.ratio_max}%；请说明理由或者调整。"


@rule("RC-17", "H", "不重复取酬", "信托法 26、35", "finalise_contract")
def no_double_pay(file: File, limits: Limits) -> Iterator[str]:
    """Remuneration, related-party margin, subcontract fee and income share together stay within the cap."""
    share = file.contract.share
    beside = share.related_margin + share.subcontract_fee + share.income_share
    together = _ratio(file) + Fraction(beside)
    if beside > 0 and together > limits.ratio_max:
        yield (
            f"酬金之外还有关联方差价 {share.related_margin:f}%、分包管理费 {share.subcontract_fee:f}%、"
            f"公共收益提成 {share.income_share:f}%，合计 {signed_percent(together)[1:]}%，"
            f"超过 {limits.ratio_max}%；请取消或者抵减酬金。"
        )
    for line in file.budget.lines:
        if budget.disguised_share(line.code, line.name):
            yield f"科目 {line.code} {line.name} 是变相的酬金；请删去或者并入 E18。"


@rule("RC-23", "H", "公共收益", "民法典 282、283；物业管理条例 54", "finalise_contract")
def common_income_whole(file: File, limits: Limits) -> Iterator[str]:
    """Every known source is named, its cost is defined and capped, and the split makes a hundred."""
    income = file.contract.common_income
    named = {business.asset for business in income.businesses}
    for asset in file.register.assets:
        given(asset.name)
        if asset.earns and asset.name not in named:
            yield f"公共资产“{asset.name}”有经营收益，合同没有列出；请补上。"
    for business in income.businesses:
        given(business.item_no if business.new else business.asset)
    yield from unsettled(file, ("COST_DEFINITION",))
    if not 0 <= income.cost_cap < _WHOLE:
        yield f"公共收益的成本上限是 {income.cost_cap:f}%；请改为小于 100% 的上限。"
    total = sum((part.percent for part in income.parts if part.to), Decimal(0))
    if total != _WHOLE:
        yield f"公共收益的分配合计 {total:f}%，应为 100%；请改正。"


@rule("RC-25", "H", "预算算得平", "物业服务收费管理办法 12；信义手册 5.1", "draft_budget")
def budget_adds_up(file: File, limits: Limits) -> Iterator[str]:
    """Charges make the fee income, posts the pay, E18 is the agreed share, income less expense the expected surplus."""
    plan = file.budget
    for line in plan.lines:
        if not budget.is_code(line.code):
            yield f"科目代码“{line.code}”不存在；收入请用 I01–I99，支出请用 E01–E99。"
    lines = [Line(line.code, line.name, line.basis, Decimal(1), "", line.amount) for line in plan.lines]
    made = Budget(lines, _remuneration(file), 0)
    totals = budget.totals(made)
    fees = sum((line.amount for line in lines if line.code in budget.FEES), Decimal(0))
    pairs = (
        ("物业费收入", fees, sum((_fee(charge) for charge in plan.charges), Decimal(0)), "面积×标准×12×收缴率"),
        ("酬金（E18）", totals.remuneration, budget.agreed_remuneration(made), "合同约定"),
        ("预计结余", plan.surplus, totals.balance, "收入减支出"),
    )
    for post in file.contract.posts:
        if post.year and not post.code:
            yield f"岗位“{post.name}”有费用，没有写列支的科目；请补上。"
    for what, stated, worked_out, by in (*pairs, *_pay(file, lines)):
        if abs(stated - worked_out) > CENT:
            yield f"{what}写作 {stated:f} 元，按{by}应为 {worked_out:f} 元；请改正。"
    if not totals.balanced:
        yield f"支出超过收入 {-totals.balance:f} 元；请压减支出或者核实收入。"


def _pay(file: File, lines: Sequence[Line]) -> Iterator[tuple[str, Decimal, Decimal, str]]:
    """The line of pay beside the posts that it pays; nothing where no post says by which line it is paid."""
    paid = [post.year for post in file.contract.posts if post.code == STAFF]
    if paid:
        staff = sum((line.amount for line in lines if line.code == STAFF), Decimal(0))
        yield "人员费用（E01）", staff, sum(paid, Decimal(0)), "岗位表"


@rule("RC-26", "H", "亏损不自动加收", "民法典 278、283", "draft_plan")
def deficit_decided(file: File, limits: Limits) -> Iterator[str]:
    """Reserve first, then less service, then a vote; owners are not charged without one."""
    order = file.contract.deficit
    steps = [step for step in order if step in _ORDER]
    if order[:1] != _ORDER[:1] or steps != sorted(steps, key=_ORDER.index):
        yield f"亏损处理应依次为：{'、'.join(STEPS[step] for step in _ORDER)}；请改正次序。"
    if "CHARGE" in order and "VOTE" not in order[: order.index("CHARGE")]:
        yield "亏损未经业主共同决定就向业主加收；请改为先由业主共同决定。"
    for clause, words in wording.said(wording.AUTOMATIC_CHARGE, file.contract.clauses):
        yield f"第 {clause.no} 条写有“{words}”，未经业主共同决定不得加收；请改写。"


@rule("RC-27", "M", "结余的去向", "民法典 283；物业服务收费管理办法 9", "draft_plan")
def surplus_settled(file: File, limits: Limits) -> Iterator[str]:
    """Where it goes and when, by area or by a clause that states otherwise."""
    surplus = file.contract.surplus
    if not surplus.to:
        yield "没有写明结余用到哪里；请填写。"
    if surplus.days < 1:
        yield "没有写明决算公布后几天内处理结余；请填写。"
    if surplus.shares != "AREA" and surplus.clause not in {clause.no for clause in file.contract.clauses}:
        yield f"结余不按面积分享，引用的第 {surplus.clause} 条却不在合同里；请写明办法。"


@rule("RC-28", "H", "受益份额写明", "信托法 45；民法典 283", "draft_contract_terms")
def shares_stated(file: File, limits: Limits) -> Iterator[str]:
    """Silence means equal shares under trust law and shares by area under the Civil Code."""
    if not file.contract.beneficiary_shares:
        yield "没有写明受益份额：信托法推定平均，民法典按面积，两者不同；请在合同中写明。"


@rule("RC-33", "M", "违约金不过高", f"民法典 585；{laws.GENERAL_CONTRACT} 65", "draft_contract_terms")
def damages_moderate(file: File, limits: Limits) -> Iterator[str]:
    """The late fee within the place's cap, other damages within 30 percent above the loss."""
    contract = file.contract
    if contract.late_fee > limits.late_fee_max:
        yearly = signed_percent(Fraction(contract.late_fee) * 365 / 100)[1:]
        yield (
            f"逾期违约金每日万分之 {contract.late_fee:f}（约每年 {yearly}%），"
            f"高于万分之 {limits.late_fee_max}；请调低。"
        )
    if contract.damages_over_loss > DAMAGES_OVER_LOSS_MAX:
        yield (
            f"违约金超过损失 {contract.damages_over_loss:f}%，超过 {DAMAGES_OVER_LOSS_MAX}% 的部分可以被调减；请调低。"
        )


@rule("RC-47", "M", "建设单位交费", "物业管理条例 41", "draft_contract_terms")
def developer_pays(file: File, limits: Limits) -> Iterator[str]:
    """Where units are unsold or not yet delivered the developer is among those who pay."""
    units = file.roster.developer_units
    if units and "DEVELOPER" not in file.contract.payers:
        yield f"清册上有 {units} 套未售或者未交付，合同没有写建设单位交费；请补上。"


@rule("RC-48", "M", "价格合规、明码标价", "物业服务收费管理办法 6、8", "draft_plan")
def price_regime(file: File, limits: Limits) -> Iterator[str]:
    """Within the guided price where there is one, and a price board that says everything."""
    contract = file.contract
    if limits.fee_mode == "GUIDED" and contract.fee_std > contract.guided_price:
        yield f"物业费 {contract.fee_std:f} 元高于政府指导价 {contract.guided_price:f} 元；请调低。"
    missing = lacking(contract.price_board, PRICE_BOARD, PRICE_BOARD)
    if missing:
        yield f"价格公示缺少：{missing}；请补齐。"


@rule("RC-51", "M", "开票和纳税", "增值税相关规定；请会计复核", "review_budget")
def taxed(file: File, limits: Limits) -> Iterator[str]:
    """Issuer and tax point of remuneration and of what passes through, seen by the accountant."""
    invoices = file.contract.invoices
    missing = lacking((one.part for one in invoices), TAX_PARTS, TAX_PARTS)
    if missing:
        yield f"没有写明由谁开票、何时纳税：{missing}；请补上。"
    for one in invoices:
        given(one.issuer, one.tax_point)
    yield from undated(file.contract.tax_review, file.on, "会计对纳税的复核")


def _remuneration(file: File) -> Remuneration:
    share = file.contract.share
    return Remuneration(Base(share.base), share.ratio or 0, share.fixed or Decimal(0))


def _ratio(file: File) -> Fraction:
    """The share in percent; a fixed amount as a part of the year's fees."""
    share = file.contract.share
    if share.base != Base.FIXED:
        return Fraction(share.ratio or 0)
    fees = sum((_fee(charge) for charge in file.budget.charges), Decimal(0))
    return Fraction(share.fixed or 0) * 100 / Fraction(fees) if fees else Fraction(0)


def _fee(charge: Charge) -> Decimal:
    """A year's fees of a part of the estate as far as they come in, rounded once."""
    expected: Percent = charge.expected
    return share_of(Fraction(charge.area) * Fraction(charge.rate) * 12, expected) if charge.name else yuan(0)
