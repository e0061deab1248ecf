"""What no clause may say, unless it forbids it; found in the words of the contract themselves."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.rules.prereview.contract import Clause


@dataclass(frozen=True)
class Wording:
    """Words to look for; ``about`` must stand in the clause too, ``unless`` makes a sentence harmless."""

    words: re.Pattern[str]
    about: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None


def _gap(most: int, stops: str = "。；;") -> str:
    """So many signs at most of the same sentence, none of which forbids what follows."""
    return rf"(?:(?!不得|不可|不能|不应|不予|禁止|严禁)[^{stops}]){{0,{most}}}"


_COMPANY = "(物业企业|物业公司|受托人|企业|公司|乙方)"
_PHRASE = "。；;，"
#: Surplus or loss goes to the company: the lump sum of 物业服务收费管理办法 9, which no trust knows (RC-14).
LUMP_SUM = Wording(
    re.compile(
        rf"自负盈亏|包干制|(盈余|结余)(全部)?归{_COMPANY}|(盈余|亏损|盈亏){_gap(8)}由?{_COMPANY}(享有|承担|自负)"
    )
)
#: The owners' money used for something else (RC-21).
OWN_USE = Wording(
    re.compile(rf"出借|借给|拆借|借予|质押|抵押|提供担保|作为?担保|(对外|购买|用于){_gap(6, _PHRASE)}(投资|理财)|抵销")
)
#: Owners pay for a deficit without having decided it (RC-26).
AUTOMATIC_CHARGE = Wording(
    re.compile(
        rf"(亏损|不足|差额|缺口){_gap(12)}业主{_gap(6, _PHRASE)}(自动|直接|分摊|补足|补交|补缴|加收|承担)"
        r"|(自动|直接)(向业主)?(分摊|加收|补收)"
    ),
    unless=re.compile(r"共同决定|表决"),
)
#: Power, water, gas or heat cut off, other than for repairs or as a failure to be attended to (RC-32; 民法典 944 ¶3).
CUTTING = Wording(
    re.compile(r"(停止|停|切断|中断|断|限制)供?应?(水|电|气|燃气|暖|热)"),
    unless=re.compile(r"检修|抢修|维修|施工|应急|抢险|到场|恢复供|供(水|电|气|热)单位"),
)
#: Doors, lifts and cards closed to press for fees (RC-32).
BLOCKING = Wording(
    re.compile(rf"(停用|锁闭?|冻结|取消|限制|禁止|注销){_gap(8, _PHRASE)}(门禁|梯控|电梯|门卡|出入|通行|进出)"),
    about=re.compile(r"欠费|欠交|欠缴|拖欠|逾期|不交|不缴|未交|未缴|催交|催缴"),
)
#: Owners give up their right to dismiss (RC-34; 民法典 946).
WAIVER = Wording(
    re.compile(
        r"放弃[^。；;，]{0,10}(解聘|解除|解任)|业主[^。；;，]{0,8}(不得|不能|无权|不可)[^。；;，]{0,10}(解聘|解除|解任|更换)"
    )
)
#: Keeping back what must be handed over (RC-36; 民法典 949).
WITHHOLDING = Wording(
    re.compile(
        rf"(扣押|扣留|暂扣|留置){_gap(10, _PHRASE)}(资料|档案|用房|钥匙|设施)"
        r"|(拒绝|暂缓|中止|暂停)(办理)?(移交|交接|撤出|退出)"
    )
)
#: No liability for what nobody may exclude (RC-41; 民法典 497, 506).
EXEMPTION = Wording(
    re.compile(
        rf"(人身|伤亡|故意|重大过失){_gap(14)}(不承担|免责|(?<!不)免除|概不负责|不负责|不负)"
        r"|(不承担|(?<!不)免除|概不负责|不负)[^。；;]{0,10}(人身|伤亡|故意|重大过失)"
    )
)
#: Words of a financial product (RC-40).
PRODUCT = Wording(re.compile(r"保本|保收益|收益率|理财|信托产品|信托公司|刚性兑付"))

_SENTENCE = re.compile(r"[^。；;\n]+")
_DENIAL = re.compile(r"不因此|不是|不得|不可|不能|不应|不予|不以|禁止|严禁|无权|无效")
_ALLOWED_AGAIN = re.compile(r"(?<!不)(可以|有权|应当|但|除非)")


def said(wording: Wording, clauses: Iterable[Clause]) -> Iterator[tuple[Clause, str]]:
    """Every sentence that says what ``wording`` means and does not forbid it: the clause and the words found."""
    for clause in clauses:
        if wording.about is not None and not wording.about.search(clause.text):
            continue
        # what no sentence of a clause says, the clause does not: most are passed over in one search
        if not wording.words.search(clause.text):
            continue
        for sentence in _SENTENCE.findall(clause.text):
            hits = (one for one in wording.words.finditer(sentence) if not _denied(sentence[: one.start()]))
            hit = next(hits, None)
            if hit and not (wording.unless and wording.unless.search(sentence)):
                yield clause, hit[0]


def _denied(before: str) -> bool:
    """Whether what stands before a hit in its sentence forbids it, and nothing after that allows it again."""
    denials = list(_DENIAL.finditer(before))
    return bool(denials) and not _ALLOWED_AGAIN.search(before, denials[-1].end())


def phrase(words: str) -> Wording:
    """A wording as the clause library has it: ``…`` stands for any words of the sentence that forbid nothing."""
    return Wording(re.compile(_gap(40).join(re.escape(part) for part in words.split("…"))))
