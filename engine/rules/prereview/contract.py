"""The contract as structured data: its figures, its clauses, and the evidence that it was signed.

Money in yuan, areas in m², fees in yuan per m² and month, shares in percent.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.rules.handover_list import GROUPS
from engine.rules.prereview.facts import Facts, fact
from engine.rules.prereview.topics import TOPICS
from engine.rules.prereview.words import (
    ASSETS,
    BASES,
    DISCLOSED,
    DOORS,
    FACILITIES,
    FUND_ROUTES,
    IN_BASE,
    INSURANCES,
    MODELS,
    PAYERS,
    PRICE_BOARD,
    PROOFS,
    REPORTS,
    SCOPES,
    SEALS,
    SHARES,
    SIDES,
    SIGNED,
    STEPS,
    SURPLUS,
    TAX_PARTS,
)


@dataclass(frozen=True, kw_only=True)
class Evidence(Facts):
    """What somebody saw or signed: who, when, and on which paper."""

    by: str = fact("经手人")
    on: date = fact("日期")
    paper: str = fact("材料名称")


@dataclass(frozen=True, kw_only=True)
class Check(Facts):
    """What somebody looked up: ``clear`` is whether nothing stood against it, as of ``on``."""

    clear: bool = fact("核查结果")
    by: str = fact("核查人")
    on: date = fact("核查日期")


@dataclass(frozen=True, kw_only=True)
class Clause(Facts):
    """A clause: its number in the contract, what it settles, and its words."""

    no: str = fact("条号")
    topics: tuple[str, ...] = fact("约定的事项", TOPICS)
    text: str = fact("条文")


@dataclass(frozen=True, kw_only=True)
class Source(Facts):
    """An entry of the schedule of property."""

    name: str = fact("财产名称")
    kind: str = fact("财产种类", ASSETS)
    payer: str = fact("付款人")
    account: str = fact("收款账号")
    opening_balance: Decimal = fact("期初余额")


@dataclass(frozen=True, kw_only=True)
class Share(Facts):
    """The company's remuneration: what is counted in its base, and other gains from this estate, in percent of it."""

    base: str = fact("酬金基数", BASES)
    ratio: Decimal | None = fact("酬金比例", default=None)
    fixed: Decimal | None = fact("每年固定酬金", default=None)
    includes: tuple[str, ...] = fact("基数的组成", IN_BASE)
    related_margin: Decimal = fact("关联方差价占基数的比例")
    subcontract_fee: Decimal = fact("分包管理费占基数的比例")
    income_share: Decimal = fact("公共收益提成占基数的比例")


@dataclass(frozen=True, kw_only=True)
class Key(Facts):
    """One of the hands without which the account pays nothing."""

    holder: str = fact("凭证持有人")
    side: str = fact("持有人的一方", SIDES)


@dataclass(frozen=True, kw_only=True)
class Account(Facts):
    """The common fund's account, and the accounts that are the company's own; one not opened yet has no number."""

    route: str = fact("账户路径", FUND_ROUTES)
    holder: str = fact("户名")
    bank: str = fact("开户银行")
    opened: bool = fact("是否已经开户", default=True)
    number: str = fact("账号")
    company_accounts: tuple[str, ...] = fact("企业自己的账号")
    keys: tuple[Key, ...] = fact("支付凭证")
    single_limit: Decimal = fact("单笔支付限额")
    over_limit_approver: str = fact("超限额的核准人")
    fund_number: str = fact("维修资金账号")
    fund_apart: Check | None = fact("会计对维修资金分账的核查", default=None)


@dataclass(frozen=True, kw_only=True)
class Service(Facts):
    """A service and how it is measured."""

    scope: str = fact("服务内容", SCOPES)
    metric: str = fact("标准")
    frequency: str = fact("频次")
    evidence: str = fact("凭证")


@dataclass(frozen=True, kw_only=True)
class Subcontract(Facts):
    """A service that somebody else does, and its share of the service expense."""

    scope: str = fact("分包的服务", SCOPES)
    contractor: str = fact("分包单位")
    percent: Decimal = fact("占服务支出的比例")


@dataclass(frozen=True, kw_only=True)
class Business(Facts):
    """A business run with shared parts; a new one names the item by which the owners decided it."""

    asset: str = fact("公共资产名称")
    new: bool = fact("是否新增或者改变")
    item_no: int = fact("表决的事项号")


@dataclass(frozen=True, kw_only=True)
class Part(Facts):
    """Where a part of the common income goes."""

    to: str = fact("去向")
    percent: Decimal = fact("比例")


@dataclass(frozen=True, kw_only=True)
class CommonIncome(Facts):
    """Income from shared parts."""

    businesses: tuple[Business, ...] = fact("经营项目")
    cost_cap: Decimal = fact("成本上限（占收入）")
    parts: tuple[Part, ...] = fact("收益的分配")


@dataclass(frozen=True, kw_only=True)
class Surplus(Facts):
    """What becomes of a surplus; ``clause`` is the clause that states a rule other than the area."""

    to: tuple[str, ...] = fact("结余的去向", SURPLUS)
    days: int = fact("决算公布后几天内处理")
    shares: str = fact("结余的份额", SHARES)
    clause: str = fact("份额约定的条号")


@dataclass(frozen=True, kw_only=True)
class Report(Facts):
    """A report that is due every so many months."""

    kind: str = fact("报告种类", REPORTS)
    months: int = fact("间隔月数")


@dataclass(frozen=True, kw_only=True)
class Audit(Facts):
    """Who chooses the auditor, and how often."""

    chosen_by: str = fact("审计机构由谁选定", SIDES)
    months: int = fact("审计间隔月数")


@dataclass(frozen=True, kw_only=True)
class Supervisor(Facts):
    """The supervisor 监察人: who pays, and what he declared of kin, post and shares."""

    name: str = fact("监察人")
    paid_by: str = fact("费用由谁支付", SIDES)
    no_kin: Check = fact("亲属关系的核查")
    no_stake: Check = fact("任职和持股的核查")


@dataclass(frozen=True, kw_only=True)
class Notices(Facts):
    """The notice periods that the contract agrees, in days."""

    dismissal: int = fact("解聘通知期")
    non_renewal: int = fact("不续约通知期")
    indefinite: int = fact("不定期合同解除通知期")


@dataclass(frozen=True, kw_only=True)
class Ending(Facts):
    """How the service is left: what is handed over, and in how many days."""

    groups: tuple[str, ...] = fact("移交清单的类别", {group: group for group in GROUPS})
    days: int = fact("退场期限")
    account_days: int = fact("清算报告期限")


@dataclass(frozen=True, kw_only=True)
class Post(Facts):
    """A post that must be filled; ``facility`` says for which facility it needs a licence.

    ``year`` is what it costs on the budget's line ``code``, yuan; a contract that says no code says no cost.
    """

    name: str = fact("岗位")
    number: int = fact("最少人数")
    facility: str = fact("持证的设施", FACILITIES, default="")
    licence: str = fact("证照", default="")
    code: str = fact("列支科目", default="")
    year: Decimal = fact("全年费用", default=Decimal(0))


@dataclass(frozen=True, kw_only=True)
class Invoice(Facts):
    """Who invoices a part of the money, and when its tax arises."""

    part: str = fact("款项", TAX_PARTS)
    issuer: str = fact("开票单位")
    tax_point: str = fact("纳税时点")


@dataclass(frozen=True, kw_only=True)
class Signature(Facts):
    """How the contract is signed: seals on paper, or the four proofs of a reliable electronic signature."""

    form: str = fact("签署形式", SIGNED)
    seals: tuple["Seal", ...] = fact("印章", default=())
    proofs: tuple["Proof", ...] = fact("电子签名的核验", default=())


@dataclass(frozen=True, kw_only=True)
class Seal(Evidence):
    """A seal set on paper."""

    of: str = fact("用印方", SEALS)


@dataclass(frozen=True, kw_only=True)
class Proof(Evidence):
    """One of the four proofs of 电子签名法 13, as somebody established it."""

    of: str = fact("核验的要件", PROOFS)


@dataclass(frozen=True, kw_only=True)
class Annex(Facts):
    """An annex: its number as clauses cite it, and its title."""

    no: str = fact("附件号")
    title: str = fact("附件名称")


@dataclass(frozen=True, kw_only=True)
class Contract(Facts):
    """The contract as it is to be signed; ``signed_on`` may lie ahead."""

    estate: str = fact("合同小区名称")
    company: str = fact("合同企业名称")
    credit_code: str = fact("合同企业代码", default="")
    model: str = fact("计费模式", MODELS)
    fee_std: Decimal = fact("物业费标准")
    signed_on: date = fact("签约日")
    effective_on: date = fact("生效日")
    service_start: date = fact("服务开始日")
    service_end: date = fact("服务届满日")
    signature: Signature = fact("签署")
    clauses: tuple[Clause, ...] = fact("条款")
    annexes: tuple[Annex, ...] = fact("附件")
    property: tuple[Source, ...] = fact("财产清单")
    share: Share = fact("酬金")
    account: Account = fact("共有资金账户")
    services: tuple[Service, ...] = fact("服务标准")
    subcontracts: tuple[Subcontract, ...] = fact("分包")
    common_income: CommonIncome = fact("公共收益")
    deficit: tuple[str, ...] = fact("亏损处理的次序", STEPS)
    surplus: Surplus = fact("结余处理")
    beneficiary_shares: str = fact("受益份额", SHARES, default="")
    reports: tuple[Report, ...] = fact("报告")
    disclosed: tuple[str, ...] = fact("公示的事项", DISCLOSED)
    audit: Audit = fact("审计")
    supervisor: Supervisor = fact("监察人")
    late_fee: Decimal = fact("每日违约金（万分之）")
    damages_over_loss: Decimal = fact("违约金超过损失的比例")
    lock_in_months: int = fact("不得解聘的月数")
    penalty_months: Decimal = fact("解聘赔付的月数")
    notices: Notices = fact("通知期")
    ending: Ending = fact("退出和移交")
    project_manager: str = fact("项目经理")
    posts: tuple[Post, ...] = fact("岗位")
    insurances: tuple[str, ...] = fact("保险", INSURANCES)
    payers: tuple[str, ...] = fact("交费人", PAYERS)
    disputes: tuple[str, ...] = fact("争议解决方式", DOORS)
    dispute_body: str = fact("管辖法院或者仲裁机构")
    invoices: tuple[Invoice, ...] = fact("开票和纳税")
    tax_review: Evidence = fact("会计对纳税的复核")
    guided_price: Decimal = fact("政府指导价")
    price_board: tuple[str, ...] = fact("价格公示的内容", PRICE_BOARD)
