"""What a pre-review looks at: contract, resolution, roster, body, company, old contract, budget and registers.

A tick stands only as evidence that names a person and a day (decisions 40); what a rule can work out is not asked for.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.rules.prereview.contract import Check, Contract, Evidence
from engine.rules.prereview.facts import Facts, fact
from engine.rules.prereview.words import (
    BASES,
    BODIES,
    FACILITIES,
    FILINGS,
    METHODS,
    MODELS,
    OLD_KINDS,
    PATHS,
    REPAIRS,
    ROUTES,
    STATUSES,
)


@dataclass(frozen=True, kw_only=True)
class Opinion(Facts):
    """Counsel's signed opinion on one rule that only counsel may settle."""

    rule: str = fact("所涉规则", {"RC-01": "表决结果有争议", "RC-03": "物管会签署"})
    allows: bool = fact("意见")
    by: str = fact("法律顾问")
    on: date = fact("意见日期")
    paper: str = fact("签字意见书")


@dataclass(frozen=True, kw_only=True)
class Estate(Facts):
    """The estate."""

    name: str = fact("小区名称")
    facilities: tuple[str, ...] = fact("需要持证管理的设施和岗位", FACILITIES)


@dataclass(frozen=True, kw_only=True)
class Body(Facts):
    """Who signs for the owners; ``mandate`` is what a property committee or representatives act on."""

    kind: str = fact("签约主体", BODIES)
    name: str = fact("业主组织名称")
    address: str = fact("业主组织住所")
    term_start: date = fact("任期开始")
    term_end: date = fact("任期届满")
    filing_no: str = fact("备案证号", default="")
    mandate: Evidence | None = fact("授权依据", default=None)


@dataclass(frozen=True, kw_only=True)
class Decision(Facts):
    """The body's own decision to sign."""

    decided_on: date = fact("签约决定日期")
    members_total: int = fact("成员人数")
    members_present: int = fact("到会人数")
    members_for: int = fact("同意人数")


@dataclass(frozen=True, kw_only=True)
class Item(Facts):
    """An item of the vote as it was counted: ``daoru tally`` prints these names."""

    no: int = fact("事项号")
    item_class: int = fact("事项类别")
    status: str = fact("计票结论", STATUSES)
    total_area: Decimal = fact("总面积")
    participating_area: Decimal = fact("参与面积")
    approving_area: Decimal = fact("同意面积")
    total_persons: int = fact("总人数")
    participating_persons: int = fact("参与人数")
    approving_persons: int = fact("同意人数")


@dataclass(frozen=True, kw_only=True)
class Resolution(Facts):
    """What the owners decided: ``item_no`` is the item that chose the company, the rest what it laid down."""

    published_on: date = fact("结果公告日")
    items: tuple[Item, ...] = fact("表决事项")
    item_no: int = fact("选聘事项号")
    company: str = fact("表决的企业")
    credit_code: str = fact("表决的企业代码", default="")
    model: str = fact("表决的模式", MODELS)
    fee_max: Decimal = fact("表决的物业费上限")
    base: str = fact("表决的酬金基数", BASES)
    ratio_max: Decimal = fact("表决的酬金比例上限", default=Decimal(0))
    fixed_max: Decimal = fact("表决的固定酬金上限", default=Decimal(0))
    years_max: int = fact("表决的合同年限")


@dataclass(frozen=True, kw_only=True)
class Company(Facts):
    """Who serves; an executive body of the owners themselves has no register to be found in."""

    name: str = fact("企业名称")
    credit_code: str = fact("统一社会信用代码")
    address: str = fact("企业住所")
    alive: Check = fact("存续状态的核查")
    in_scope: Check = fact("经营范围的核查")
    honest: Check = fact("失信记录的核查")


@dataclass(frozen=True, kw_only=True)
class OldContract(Facts):
    """The contract that ends; with kind ``NONE`` nothing else is asked."""

    kind: str = fact("原合同种类", OLD_KINDS)
    credit_code: str = fact("原企业代码", default="")
    ends_on: date | None = fact("原合同届满日", default=None)
    notice_days: int | None = fact("原合同约定的通知期", default=None)
    path: str = fact("终止路径", PATHS)
    arrived: Evidence = fact("通知送达凭证")
    termination_on: date = fact("原合同终止日")
    monthly_remuneration: Decimal = fact("原企业每月酬金或者利润")
    faults: tuple[Evidence, ...] = fact("原企业违约的证据", default=())


@dataclass(frozen=True, kw_only=True)
class Roster(Facts):
    """The frozen roster's totals."""

    area: Decimal = fact("清册总面积")
    persons: int = fact("清册总人数")
    developer_units: int = fact("未售、未交付的套数")


@dataclass(frozen=True, kw_only=True)
class Charge(Facts):
    """A part of the estate that pays a fee: area, rate, and how much of it is expected to come in."""

    name: str = fact("收费对象")
    area: Decimal = fact("收费面积")
    rate: Decimal = fact("收费标准")
    expected: Decimal = fact("预期收缴率")


@dataclass(frozen=True, kw_only=True)
class Line(Facts):
    """A line of the budget; ``repair`` says of which class a repair is."""

    code: str = fact("科目代码")
    name: str = fact("科目名称")
    basis: str = fact("测算依据")
    amount: Decimal = fact("金额")
    repair: str = fact("维修的类别", REPAIRS, default="NONE")


@dataclass(frozen=True, kw_only=True)
class Budget(Facts):
    """The first budget: charges, lines, and the surplus it expects."""

    charges: tuple[Charge, ...] = fact("收费构成")
    lines: tuple[Line, ...] = fact("预算科目")
    surplus: Decimal = fact("预计结余")


@dataclass(frozen=True, kw_only=True)
class KnownAccount(Facts):
    """An account that another estate of the register uses."""

    estate: str = fact("使用账号的小区")
    number: str = fact("账号")


@dataclass(frozen=True, kw_only=True)
class Asset(Facts):
    """A shared asset of the survey, and whether it earns."""

    name: str = fact("资产名称")
    earns: bool = fact("是否有经营收益")


@dataclass(frozen=True, kw_only=True)
class Promise(Facts):
    """What was promised in canvass or bid: the clause that keeps it, or why none does."""

    text: str = fact("承诺内容")
    clause: str = fact("写入的条号", default="")
    exception: str = fact("不写入的理由", default="")


@dataclass(frozen=True, kw_only=True)
class Filing(Facts):
    """A filing that is due."""

    key: str = fact("备案事项", FILINGS)
    due_on: date = fact("到期日")


@dataclass(frozen=True, kw_only=True)
class Selection(Facts):
    """How the company was chosen, with the signed declarations of interests."""

    method: str = fact("选聘方式", METHODS)
    bids: int = fact("有效投标或者报价家数")
    reason: str = fact("直接选定的理由")
    declarations: tuple[Evidence, ...] = fact("利益关系申报")


@dataclass(frozen=True, kw_only=True)
class Paper(Facts):
    """What another paper of the same contract prints; what it does not print is left out."""

    name: str = fact("文件名称")
    estate: str | None = fact("小区名称", default=None)
    company: str | None = fact("企业名称", default=None)
    credit_code: str | None = fact("企业代码", default=None)
    area: Decimal | None = fact("总面积", default=None)
    fee_std: Decimal | None = fact("物业费标准", default=None)
    service_start: date | None = fact("服务开始日", default=None)
    service_end: date | None = fact("服务届满日", default=None)


@dataclass(frozen=True, kw_only=True)
class Register(Facts):
    """What the registers know beside the contract."""

    accounts: tuple[KnownAccount, ...] = fact("其他小区的账户")
    assets: tuple[Asset, ...] = fact("公共资产")
    promises: tuple[Promise, ...] = fact("承诺")
    filings: tuple[Filing, ...] = fact("备案清单")
    selection: Selection = fact("选聘记录")
    papers: tuple[Paper, ...] = fact("同一合同的其他文件")


@dataclass(frozen=True, kw_only=True)
class File(Facts):
    """Everything a pre-review looks at, as of day ``on``."""

    on: date = fact("审查日")
    route: str = fact("路线", ROUTES)
    estate: Estate = fact("小区")
    body: Body = fact("业主组织")
    decision: Decision = fact("签约决定")
    resolution: Resolution = fact("业主的决定")
    company: Company = fact("物业企业")
    old_contract: OldContract = fact("原合同")
    roster: Roster = fact("业主清册")
    contract: Contract = fact("合同")
    budget: Budget = fact("首年预算")
    register: Register = fact("登记")
    opinions: tuple[Opinion, ...] = fact("法律顾问的意见", default=())

    @property
    def self_governed(self) -> bool:
        """Whether an executive body of the owners serves instead of a company."""
        return self.route == "SELF_GOVERN"
