"""At which clauses of a contract a finding stands: those it names, else those that settle what its rule is about."""

import re
from collections.abc import Mapping

from engine.rules.prereview.registry import Finding

#: What the clause is headed that a rule is about, as a pattern; empty where the contract has no one place for it.
ABOUT: Mapping[str, str] = {
    "RC-01": r"^订立背景",
    "RC-02": r"^(物业费标准|酬金的标准|合同期限)",
    "RC-03": r"^签署资格",
    "RC-04": r"^签署资格",
    "RC-05": r"^信托制物业服务合同",
    "RC-06": r"^合同期限",
    "RC-07": "",
    "RC-08": "",
    "RC-09": r"^份数",
    "RC-10": "",
    "RC-11": "",
    "RC-12": r"信托财产(的范围|清单)",
    "RC-13": r"^(信托财产的范围|不列入的财产)",
    "RC-14": r"^合同性质",
    "RC-15": r"^酬金",
    "RC-16": r"^酬金",
    "RC-17": r"^不得另取利益",
    "RC-18": r"^开户",
    "RC-19": r"^不得转委托",
    "RC-20": r"^双方核准",
    "RC-21": r"^账户禁止事项",
    "RC-22": r"^不列入的财产",
    "RC-23": r"^公共收益",
    "RC-24": r"^利用共有部分",
    "RC-25": r"^首年预算",
    "RC-26": r"^亏损",
    "RC-27": r"^结余",
    "RC-28": r"^共有收入的份额",
    "RC-29": r"^公开的时间",
    "RC-30": r"^审计",
    "RC-31": r"^关联交易",
    "RC-32": r"^催交",
    "RC-33": r"^业主和业主组织的责任",
    "RC-34": r"^解聘",
    "RC-35": r"^(解聘|续聘|不定期合同)",
    "RC-36": r"^退出和移交",
    "RC-37": r"^清算报告",
    "RC-38": r"^辞任和职责终止",
    "RC-39": r"^监察人的独立",
    "RC-40": "",
    "RC-41": r"^格式条款",
    "RC-42": r"^服务标准",
    "RC-43": r"^人员",
    "RC-44": r"^保险",
    "RC-45": r"^个人信息",
    "RC-46": r"公开承诺清单",
    "RC-47": r"^交费义务",
    "RC-48": r"^物业费标准",
    "RC-49": r"^合同期限",
    "RC-50": r"^诉讼或者仲裁",
    "RC-51": r"^发票和税费",
    "RC-52": r"^生效",
    "RC-53": "",
    "RC-54": r"^生效",
    "RC-55": "",
}  # fmt: skip
#: A clause as a finding names it: 第 三十 条.
_NAMED = re.compile(r"第 (\S+?) 条")


def places(finding: Finding, headed: Mapping[str, str]) -> tuple[str, ...]:
    """The clauses at which a finding stands, in their order; none where the contract has no place for it.

    ``headed`` has for each clause, by its name (``第三十条``), the words that it begins with.
    """
    said = {no for sentence in finding.says for no in _NAMED.findall(sentence)}
    named = tuple(name for name in headed if any(_is(name, no) for no in said))
    about = ABOUT[finding.rule.id]
    return named or tuple(name for name, words in headed.items() if about and re.search(about, words))


def _is(name: str, no: str) -> bool:
    """Whether a clause is the one of this number; 首部 is what stands before the first one, 附件一 an annex."""
    return name == f"第{no}条" or (no.startswith("附件") and name.startswith(no)) or (no, name) == ("首部", "开头")
