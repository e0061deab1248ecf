"""The owners' property and the account that holds it (RC-12, RC-13, RC-18, RC-20…RC-22)."""

from collections.abc import Iterator

from engine.rules import budget, fund_account
from engine.rules.prereview import wording
from engine.rules.prereview.asking import given, unclear, unsettled
from engine.rules.prereview.file import File
from engine.rules.prereview.limits import Limits
from engine.rules.prereview.registry import rule
from engine.rules.prereview.topics import PROHIBITIONS
from engine.rules.prereview.words import ASSETS, REPAIRS

_FORBIDDEN = frozenset({"MAINTENANCE_FUND", "REAL_ESTATE", "REGISTERED_VEHICLE", "THIRD_PARTY_PARKING"})
_PLANNED = frozenset({"MEDIUM", "MAJOR"})


@rule("RC-12", "B", "财产清单确定", "信托法 7、11", "finalise_contract")
def property_certain(file: File, limits: Limits) -> Iterator[str]:
    """Each source says of which kind it is, who pays, into which account, and what is there at the start."""
    sources = file.contract.property
    for source in sources:
        given(source.name, source.payer, source.account)
        if source.opening_balance < 0:
            yield f"“{source.name}”的期初余额为负；请核对。"
    if all(source.kind == "OTHER" for source in sources):
        yield "财产清单只有“其他收入”，财产不确定，信托无效；请逐项列出种类和付款人。"


@rule("RC-13", "B", "不得纳入的财产", "信托法 10；民法典 281", "draft_contract_terms")
def nothing_forbidden(file: File, limits: Limits) -> Iterator[str]:
    """No maintenance fund, real estate, registered vehicle or parking of third parties in the schedule."""
    for source in file.contract.property:
        if source.kind in _FORBIDDEN:
            yield f"财产清单中的“{source.name}”是{ASSETS[source.kind]}，不得纳入；请删去。"


@rule("RC-18", "B", "专用账户", "信托法 16、29", "finalise_contract")
def dedicated_account(file: File, limits: Limits) -> Iterator[str]:
    """An account of this estate alone, by a route that is open to it, not one of the company's own.

    One that is opened only after the signing is compared with others once it has a number.
    """
    account = file.contract.account
    given(account.holder, account.bank)
    for problem in fund_account.route_problems(account.route, file.body.kind, file.self_governed):
        yield problem.message
    if not file.self_governed and not account.company_accounts:
        yield "没有登记企业自己的账号（至少基本户），无法核对是否混同；请补上。"
    if not account.opened:
        return
    if account.number in account.company_accounts:
        yield "共有资金账户是企业自己的账户；请另开专户。"
    for other in file.register.accounts:
        given(other.estate)
        if other.number == account.number:
            yield f"这个账户“{other.estate}”也在使用，资金混同；请另开专户。"


@rule("RC-20", "H", "双控和限额", "信托法 29；共有资金账户管理约定", "open_fund_account")
def two_hands(file: File, limits: Limits) -> Iterator[str]:
    """Two people of two sides, a limit for one payment, somebody named who approves what is above it."""
    account = file.contract.account
    given(account.over_limit_approver)
    if len({key.holder for key in account.keys}) < 2 or len({key.side for key in account.keys}) < 2:
        yield "支付凭证没有由两方的两个人分持；请改由业主一方持有其中一份。"
    if not 0 < account.single_limit <= limits.single_payment_max:
        yield f"单笔支付限额 {account.single_limit:f} 元，应在 0 到 {limits.single_payment_max} 元之间；请改正。"


@rule("RC-21", "H", "不出借、不担保、不投资、不抵销", "信托法 18、26–28", "draft_contract_terms")
def no_own_use(file: File, limits: Limits) -> Iterator[str]:
    """The four prohibitions stand in the contract, and nothing says the contrary."""
    yield from unsettled(file, PROHIBITIONS)
    for clause, words in wording.said(wording.OWN_USE, file.contract.clauses):
        yield f"第 {clause.no} 条允许“{words}”；共有资金不得这样使用，请删去。"


@rule("RC-22", "B", "维修资金分开", "民法典 281；物业管理条例 53、60；物业服务收费管理办法 11", "draft_budget")
def fund_apart(file: File, limits: Limits) -> Iterator[str]:
    """Another account for the maintenance fund, and no medium or major repair among the service's lines."""
    account = file.contract.account
    if account.fund_apart is not None:
        yield from unclear(account.fund_apart, file.on, "维修资金和共有资金的分账")
    elif account.fund_number == account.number:
        yield "维修资金和共有资金用同一个账户；请分开立账。"
    for line in file.budget.lines:
        if line.repair in _PLANNED or budget.planned_repair(line.name, line.basis):
            what = REPAIRS[line.repair] if line.repair in _PLANNED else "大中修或者更新改造"
            yield f"科目 {line.code} {line.name} 是{what}，应由维修资金另行表决支出；请从预算删去。"
        if budget.touches_fund(line.name, line.basis):
            yield f"科目 {line.code} {line.name} 涉及住宅专项维修资金，不得列入预算；请删去。"
