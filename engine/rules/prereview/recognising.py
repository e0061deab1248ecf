"""Read the clauses of a contract from its paragraphs: where each begins, and what its words settle."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cn2an

from engine.rules.handover_list import GROUPS
from engine.rules.prereview.topics import TOPICS

_CLAUSE = re.compile(r"第([一二三四五六七八九十百零〇\d]+)条[\s　、．.]*")
_CHAPTER = re.compile(r"第[一二三四五六七八九十百\d]+章")
_ANNEX = re.compile(r"附件([一二三四五六七八九十\d]+)[\s　：:]*(.*)")
#: By which words a clause settles a topic; all patterns of a topic stand in one clause.
_SETTLES: Mapping[str, str] = {
    "PURPOSE": r"(信托|本合同的?)目的",
    "PARTIES": r"委托人[\s\S]*受托人",
    "BENEFICIARIES": r"受益人[^。]*全体业主|全体业主[^。]*受益人|受益人.{0,12}享受",
    "PROPERTY": r"下列财产为|财产的范围",
    "BENEFIT": r"受益方式|受益人通过",
    "SERVICES": r"提供下列服务|服务事项",
    "QUALITY": r"服务质量|服务标准",
    "FEE": r"物业费(标准|每月)",
    "MAINTENANCE_FUND": r"专项维修资金[^。]*(不属于|单独)",
    "SERVICE_ROOMS": r"物业服务用房",
    "TERM": r"(合同期限|服务期)[^。]*(起|自)",
    "HANDOVER": r"终止[^。]*移交",
    "RIGHTS_AND_DUTIES": r"(业主大会|委托人|双方)[^。]*(有权|权利)",
    "LIABILITY": r"(违约|违反本合同)[^。]*(赔偿|违约金)",
    "BILLING": r"(计费方式|酬金制)[\s\S]*|起计费",
    "REMUNERATION": r"酬金(为|不超过)|收取酬金|不(收取|提取)酬金",
    "SEPARATE_ACCOUNT": r"(专用账户|项目专户|专户|自治账户)",
    "DISCLOSURE": r"(公开|公示)[^。]*(下列事项|收支|收入)",
    "NO_LENDING": r"(不得|不可)[^。]*(出借|借给)",
    "NO_PLEDGE": r"(不得|不可)[^。]*(担保|质押|抵押)",
    "NO_INVESTMENT": r"不得[^。]*投资",
    "NO_SET_OFF": r"不得[^。]*抵销",
    "RELATED_DEFINITION": r"(股东|实际控制人)[\s\S]*近亲属",
    "RELATED_DISCLOSURE": r"关联[^。]*(披露|公示)|未经披露",
    "RELATED_PRICE": r"公平的?市场价格|报价比对|三家[^。]*报价",
    "RELATED_RECUSAL": r"利害关系[^。]*回避",
    "NO_WITHHOLDING": r"不得以[^。]*(拒绝|扣留)",
    "CONTINUED_SERVICE": r"接管之前[^。]*继续",
    "HANDOVER_DATA": r"资料[^。]*(移交|返还)",
    "FINAL_AUDIT": r"清算报告[\s\S]*审计",
    "BALANCE_TRANSFER": r"(结余|信托财产)[^。]*(移交|转交)[^。]*(新受托人|业主)",
    "LIMITED_RETENTION": r"(留置|保留)[^。]*为限",
    "END_DISSOLUTION": r"受托人[^。]*解散[^。]*终止",
    "END_BANKRUPTCY": r"受托人[^。]*破产[^。]*终止",
    "END_REMOVAL": r"(解聘|解任)受托人|受托人[^。]*(被解任|解任)|更换执行机构",
    "END_RESIGNATION": r"辞任",
    "SUCCESSOR_BY_VOTE": r"(新受托人由业主|业主大会)[^。]*(共同决定|选任|另行选任|补选)",
    "INTERIM_HOLDER": r"临时(管理人|人选)|过渡期间[^。]*保管",
    "SUPERVISOR_POWERS": r"监察人(有权|可以)",
    "SUPERVISOR_REPLACEMENT": r"监察人[\s\S]*(更换|另行聘任)",
    "DATA_ROLES": r"受委托方|处理角色|委托处理",
    "DATA_PURPOSES": r"处理[^。]*(目的|姓名|所必需)",
    "DATA_RETENTION": r"保存期限",
    "DATA_RETURN": r"终止[^。]*(返还|删除)",
    "DATA_BREACH": r"泄露[^。]*(通知|告知)",
    "DATA_NO_MARKETING": r"不(用于|作)营销",
    "DATA_FACE_NOT_SOLE": r"人脸识别[^。]*(唯一)",
    "COST_DEFINITION": r"成本限于",
    "VOUCHER_ACCESS": r"查阅[^。]*凭证|提供全部账册和凭证",
    "DUNNING": r"催告[^。]*(合理期限|三十日)",
    "HIGHLIGHTS": r"加粗|格式条款|提示并说明|提示和说明",
    "ASSESSMENT": r"考核[\s\S]*(挂钩|预留)",
    "LIFT_DUTY": r"电梯使用单位",
    "FIRE_DUTY": r"消防设施",
    "EFFECT_CONDITIONS": r"自[^。]*生效",
}
_PATTERNS = {topic: re.compile(words) for topic, words in _SETTLES.items()}


@dataclass(frozen=True)
class Recognised:
    """The clauses of a contract as a review file has them, and its annexes: number and title."""

    clauses: Sequence[Mapping[str, object]]
    annexes: Sequence[Mapping[str, str]]


def recognise(paragraphs: Iterable[str]) -> Recognised:
    """The clauses and annexes in the paragraphs of a contract; what stands before the first clause is its head."""
    texts: dict[str, list[str]] = {"首部": []}
    annexes: dict[str, str] = {}
    where = "首部"
    for paragraph in (one.strip() for one in paragraphs):
        clause, annex = _CLAUSE.match(paragraph), _ANNEX.fullmatch(paragraph)
        if not paragraph or _CHAPTER.match(paragraph):
            continue
        if clause:
            where = clause[1]
        elif annex and annex[2]:
            where = f"附件{annex[1]}"
            annexes[annex[1]] = annex[2]
        texts.setdefault(where, []).append(paragraph[clause.end() :] if clause else paragraph)
    clauses = [_clause(no, "\n".join(lines)) for no, lines in texts.items() if lines]
    return Recognised(clauses, [{"no": no, "title": title} for no, title in annexes.items()])


def _clause(no: str, text: str) -> Mapping[str, object]:
    topics = [topic for topic in TOPICS if topic in _PATTERNS and _PATTERNS[topic].search(text)]
    return {"no": no, "topics": topics or ["OTHER"], "text": text}


_NUMBER = r"(\d+(?:\.\d+)?|[一二三四五六七八九十百]+)"
#: Figures that the words of a contract state, each by where it goes and how it is put.
_FIGURES: Mapping[str, str] = {
    "notices.dismissal": rf"提前{_NUMBER}日书面通知受托人",
    "notices.non_renewal": rf"不同意续聘的[^。]*?{_NUMBER}日书面",
    "notices.indefinite": rf"不定期合同[^。]*提前{_NUMBER}日",
    "late_fee": rf"每日万分之{_NUMBER}",
    "ending.days": rf"{_NUMBER}日内退出",
    "ending.account_days": rf"终止之日起{_NUMBER}日内[^。]*清算报告",
    "surplus.days": rf"决算公布后{_NUMBER}日内结转",
}
_REPORTS = (
    ("TRUST", 12, r"每年至少向委托人和受益人报告一次"),
    ("ACCOUNTS", 12, r"每年公布[^。]*决算"),
    ("DISCLOSURE", 1, r"每月\d+日以前公布"),
)
_DISCLOSED = {
    "SERVICES": "服务事项", "PERSONS": "负责人员", "QUALITY": "质量要求", "FEE_ITEMS": "收费项目",
    "FEE_STANDARDS": "收费标准", "PERFORMANCE": "履行情况", "MAINTENANCE_FUND": "维修资金使用情况",
    "COMMON_INCOME": "经营与收益",
}  # fmt: skip
_BOARD = {
    "COMPANY": "收费单位", "PAYERS": "收费对象", "CONTENT": "服务内容和标准", "BILLING": "计费方式",
    "START": "计费起始", "ITEMS": "收费项目", "RATES": "收费标准", "BASIS": "价格形式和依据",
}  # fmt: skip
_INSURANCES = {"PUBLIC_LIABILITY": "公众责任", "COMMON_PARTS": "共用设施设备保险", "EMPLOYER": "雇主责任"}


def terms(recognised: Recognised) -> dict[str, Any]:
    """What the words of a contract state in figures, nested as a review file has it; what they do not is left out."""
    words = "\n".join(str(clause["text"]) for clause in recognised.clauses)
    by_number = {clause["no"]: str(clause["text"]) for clause in recognised.clauses}
    found: dict[str, Any] = {}
    for path, pattern in _FIGURES.items():
        stated = re.search(pattern, words)
        if stated:
            _set(found, path, _figure(stated[1]))
    found["reports"] = [
        {"kind": kind, "months": months} for kind, months, pattern in _REPORTS if re.search(pattern, words)
    ]
    found["disclosed"] = _named(_DISCLOSED, "\n".join(_settling(recognised, "DISCLOSURE")))
    found["price_board"] = _named(_BOARD, by_number.get("附件一", ""))
    found["insurances"] = _named(_INSURANCES, words)
    found["payers"] = ["OWNERS", *(["DEVELOPER"] if "由建设单位交纳" in words else [])]
    if re.search(r"每年度?由业主[^。]*选定[^。]*审计", words):
        found["audit"] = {"chosen_by": "OWNERS", "months": 12}
    if any("专有部分面积" in text for text in _settling(recognised, "BENEFIT")):
        found["beneficiary_shares"] = "AREA"
    if re.search(r"(解聘|更换)权不得以[^。]*(违约金|任何方式)", words):
        found |= {"lock_in_months": 0, "penalty_months": 0}
    if re.search(r"不得以任何名义[^。]*取得利益", words):
        found["share"] = {"related_margin": 0, "subcontract_fee": 0, "income_share": 0}
    if not any("支付违约金" in sentence for sentence in words.split("。") if "每日万分之" not in sentence):
        found["damages_over_loss"] = 0
    if len(re.findall(r"[一二三四五六七八九十]+、", by_number.get("附件十", ""))) == len(GROUPS):
        _set(found, "ending.groups", list(GROUPS))
    return found


#: By which words the name of a service says of which kind it is.
_SCOPES = {
    "CLEANING": r"保洁|清洁|卫生|垃圾", "GREENING": r"绿化|养护草木", "ORDER": r"秩序|保安|门岗|巡逻",
    "FACILITIES": r"电梯|消防|设施|设备|水泵|照明", "PARKING": r"停车|车辆|车位", "ARCHIVE": r"档案|资料",
    "REPAIR": r"维修|报修|修缮|小修",
}  # fmt: skip
#: What may not be among the owners' trust property, by the words that name it.
_FORBIDDEN = {
    "MAINTENANCE_FUND": r"维修(资金|基金)", "THIRD_PARTY_PARKING": r"(产权|私家|业主自有)车位",
    "REAL_ESTATE": r"房产|不动产|房屋产权", "REGISTERED_VEHICLE": r"机动车辆?(产权|登记)",
}  # fmt: skip


def scope_of(name: str) -> str | None:
    """Of which kind a service is by its name, None where no word says so."""
    return next((scope for scope, words in _SCOPES.items() if re.search(words, name)), None)


def forbidden_kind(name: str) -> str | None:
    """Which property that may not be held in trust a name speaks of, None where it speaks of none."""
    return next((kind for kind, words in _FORBIDDEN.items() if re.search(words, name)), None)


def _settling(recognised: Recognised, topic: str) -> list[str]:
    return [str(clause["text"]) for clause in recognised.clauses if topic in _topics(clause)]


def _topics(clause: Mapping[str, object]) -> Sequence[str]:
    topics = clause["topics"]
    return topics if isinstance(topics, list) else ()


def _named(names: Mapping[str, str], words: str) -> list[str]:
    return [code for code, name in names.items() if name in words]


def _figure(stated: str) -> int | str:
    if not stated[0].isascii():
        return int(cn2an.cn2an(stated))
    return stated if "." in stated else int(stated)


def _set(found: dict[str, Any], path: str, value: Any) -> None:
    section, _, name = path.rpartition(".")
    place = found.setdefault(section, {}) if section else found
    place[name] = value
