"""The contract as a paper: signed, complete, consistent (RC-09…RC-11, RC-14, RC-40, RC-41, RC-50, RC-53)."""

import re
from collections.abc import Iterable, Iterator

from engine.rules.plan import MANDATORY_CLAUSES
from engine.rules.prereview import wording
from engine.rules.prereview.asking import given, lacking, undated, unsettled
from engine.rules.prereview.file import File, Paper
from engine.rules.prereview.limits import Limits
from engine.rules.prereview.registry import rule
from engine.rules.prereview.topics import TRUST_ELEMENTS
from engine.rules.prereview.words import PROOFS, SEALS

_CITED = re.compile(r"附件\s*(\d+|[一二三四五六七八九十]+)")


@rule("RC-09", "B", "书面、有效签署", "民法典 938 ¶3、490；电子签名法 13", "sign_contract")
def validly_signed(file: File, limits: Limits) -> Iterator[str]:
    """Seals of both sides, or the four proofs of a reliable signature, each by a person on a day.

    Before the day of signing there is nothing to be seen but the form that was chosen.
    """
    contract, signature = file.contract, file.contract.signature
    given(signature.form)
    if contract.signed_on > file.on:
        return
    of_paper = signature.form == "PAPER"
    marks, wanted = (signature.seals, SEALS) if of_paper else (signature.proofs, PROOFS)
    missing = lacking((mark.of for mark in marks), wanted, wanted)
    if missing:
        what = "印章" if of_paper else "电子签名的核验"
        yield f"缺少{what}：{missing}；请补齐后再登记签约。"
    for mark in marks:
        yield from undated(mark, file.on, f"“{mark.paper}”")


@rule("RC-10", "B", "法定条款齐备", "民法典 938；物业管理条例 34；物业服务收费管理办法 14", "draft_contract_terms")
def mandatory_groups(file: File, limits: Limits) -> Iterator[str]:
    """Every mandatory group has a clause with number and words."""
    yield from unsettled(file, (topic for topic in MANDATORY_CLAUSES if topic not in TRUST_ELEMENTS))


@rule("RC-11", "B", "信托法第九条的要素齐备", "信托法 9", "draft_contract_terms")
def trust_elements(file: File, limits: Limits) -> Iterator[str]:
    """The five elements, with names and addresses of settlor and trustee."""
    given(file.body.name, file.body.address, file.company.name, file.company.address)
    yield from unsettled(file, TRUST_ELEMENTS)


@rule("RC-14", "B", "酬金制与盈亏条款不矛盾", "物业服务收费管理办法 9", "draft_contract_terms")
def one_model(file: File, limits: Limits) -> Iterator[str]:
    """A trust contract is of the remuneration model; no clause leaves surplus or loss to the company."""
    if file.contract.model == "LUMP_SUM":
        yield "合同的计费模式是包干制，盈亏归企业，与信托制矛盾；请改为酬金制。"
    for clause, words in wording.said(wording.LUMP_SUM, file.contract.clauses):
        yield f"第 {clause.no} 条写有“{words}”，盈亏归企业，与酬金制矛盾；请改写。"


@rule("RC-40", "M", "不用理财用语", "信托法 4；银行业监督管理口径", "draft_contract_terms")
def no_product(file: File, limits: Limits) -> Iterator[str]:
    """No words of a financial product; a trust company is named only where one holds the account."""
    held_by_trust = file.contract.account.route == "F4"
    for clause, words in wording.said(wording.PRODUCT, file.contract.clauses):
        if not (held_by_trust and words == "信托公司"):
            yield f"第 {clause.no} 条有“{words}”，容易被当成理财产品；请改用别的说法。"


@rule("RC-41", "H", "责任条款合法", "民法典 496、497、506", "draft_contract_terms")
def fair_liability(file: File, limits: Limits) -> Iterator[str]:
    """Nothing excluded that may not be, and standard clauses highlighted."""
    for clause, words in wording.said(wording.EXEMPTION, file.contract.clauses):
        yield f"第 {clause.no} 条的免责（“{words}”）无效；请删去。"
    yield from unsettled(file, ("HIGHLIGHTS",))


@rule("RC-50", "L", "争议解决只有一条路", "仲裁法（2025）27；仲裁法解释 7", "draft_contract_terms")
def one_forum(file: File, limits: Limits) -> Iterator[str]:
    """A court or an arbitration body, not both, and named."""
    given(file.contract.dispute_body)
    doors = set(file.contract.disputes)
    if len(doors) != 1:
        yield "争议解决既写法院又写仲裁，或者都没有写；请只选一种。" if doors else "没有争议解决方式；请选一种。"
    if doors == {"ARBITRATION"} and "仲裁委员会" not in file.contract.dispute_body:
        yield f"“{file.contract.dispute_body}”不是仲裁机构的名称；请写全“××仲裁委员会”。"


@rule("RC-53", "L", "各处一致", "民法典 509", "finalise_contract")
def consistent(file: File, limits: Limits) -> Iterator[str]:
    """Names, codes, areas, figures, dates and annex numbers are equal across the papers."""
    yield from _own_names(file)
    for paper in file.register.papers:
        yield from _differences(file, paper)
    given(*(annex.title for annex in file.contract.annexes))
    annexes = [annex.no for annex in file.contract.annexes]
    for twice in sorted({no for no in annexes if annexes.count(no) > 1}):
        yield f"附件{twice}有两份；请重新编号。"
    for clause in file.contract.clauses:
        for no in sorted(set(_CITED.findall(clause.text)) - set(annexes)):
            yield f"第 {clause.no} 条引用附件{no}，合同没有这份附件；请补上，或者改正编号。"


def _own_names(file: File) -> Iterator[str]:
    contract = file.contract
    pairs = (
        ("合同的小区名称", contract.estate, file.estate.name),
        ("合同的企业名称", contract.company, file.company.name),
        ("合同的企业代码", contract.credit_code, "" if file.self_governed else file.company.credit_code),
    )
    yield from _unequal(pairs)
    for one in file.resolution.items:
        yield from _unequal(
            (
                (f"第 {one.no} 项的总面积", one.total_area, file.roster.area),
                (f"第 {one.no} 项的总人数", one.total_persons, file.roster.persons),
            )
        )


def _differences(file: File, paper: Paper) -> Iterator[str]:
    contract, name = file.contract, f"《{paper.name}》"
    printed = (
        (f"{name}的小区名称", paper.estate, contract.estate),
        (f"{name}的企业名称", paper.company, contract.company),
        (f"{name}的企业代码", paper.credit_code, contract.credit_code),
        (f"{name}的总面积", paper.area, file.roster.area),
        (f"{name}的物业费标准", paper.fee_std, contract.fee_std),
        (f"{name}的服务开始日", paper.service_start, contract.service_start),
        (f"{name}的服务届满日", paper.service_end, contract.service_end),
    )
    yield from _unequal(one for one in printed if one[1] is not None)


def _unequal(pairs: Iterable[tuple[str, object, object]]) -> Iterator[str]:
    for what, here, there in pairs:
        if here != there:
            yield f"{what}是 {here or '（空）'}，别处是 {there}；请核对后统一。"
