"""What is held about one person, in words: what for, until when, and what has to stay when they ask for deletion."""

from collections.abc import Iterator, Sequence

from engine.documents import printing
from engine.rules.data_requests import Held
from engine.rules.personal_data import GROUNDS
from engine.store import holdings, identities, retention, rosters
from engine.store import registers as r
from engine.store.holdings import Holdings
from engine.use_cases.dossier import Dossier

#: What may go when somebody asks, and what is done beside it.
PHONE, NOTES, VAULT, CALLS = "phone", "notes", "vault", "calls"
_VOTING = "《民法典》第二百七十八条：业主身份和面积是计算表决权的依据"
_REVOKED = "《民法典》第二百八十条：决定可能被请求撤销，须能核对"


def held(dossier: Dossier, person_id: int) -> list[Held]:
    """Everything that the registers hold about a person of the estate."""
    found = holdings.of(dossier.work, dossier.estate_id, rosters.newest(dossier.work, dossier.estate_id), person_id)
    doors = [unit_no for unit_no, _ in found.units]
    listed = (*_of_roster(dossier, found), *_of_canvass(dossier, found), *_of_vote(dossier, found))
    there = [one for count, one in listed if count]
    return [*there, *_vault(dossier, found.vault), *_balance(dossier, doors)]


def _of_roster(dossier: Dossier, found: Holdings) -> Iterator[tuple[object, Held]]:
    voted = f"表决以后 {_years(dossier, 'ballot_retention')}"
    doors = "、".join(unit_no for unit_no, _ in found.units) or "现在的名册里没有房屋"
    area = printing.area(sum(area for _, area in found.units))
    said, until = f"{'、'.join(found.names)}；{doors}；合计 {area} 平方米", f"是业主期间；用于表决的，{voted}"
    yield True, Held("identity", "姓名、房号、面积", said, "核对业主身份，计算表决权", until, _VOTING)
    yield found.phones, Held(PHONE, "电话", "、".join(found.phones), "送达、联系", "撤回同意或者不再是业主为止")
    said, why = f"后四位 {found.last4}；代码不可还原", "《民法典》第二百七十八条：人数按人计算，不重复"
    yield found.last4, Held("last4", "证件号的代码和后四位", said, "识别同一业主，避免重复计算人数", voted, why)


def _of_canvass(dossier: Dossier, found: Holdings) -> Iterator[tuple[object, Held]]:
    until, purpose = f"表决结束后 {_years(dossier, 'canvass_form_retention')}", "入户征集意愿"
    noted = retention.said_at(dossier.work, dossier.estate_id, [unit_no for unit_no, _ in found.units])
    yield noted, Held(NOTES, "走访的备注、疑虑、位置和照片", f"{noted} 条", purpose, until)
    said = f"{found.shared_pages} 页"
    why = "《个人信息保护法》第四十七条：同一页有别户的记录，不能只删一户，期满随整页清除"
    yield found.shared_pages, Held("forms", "手填走访表的照片（同页有别户）", said, purpose, until, why)
    why = "《个人信息保护法》第十五条第二款：撤回以前的处理仍然有效，征集结果据此汇总"
    yield found.visits, Held("visits", "走访的日期和态度", f"{found.visits} 次", purpose, until, why)
    why = "《民法典》第九百三十八条第二款：公开作出的有利于业主的承诺是合同的组成部分"
    yield found.promises, Held("promises", "对您一户的承诺", f"{found.promises} 条", "落实承诺", "落实以后", why)


def _of_vote(dossier: Dossier, found: Holdings) -> Iterator[tuple[object, Held]]:
    until = f"表决以后 {_years(dossier, 'ballot_retention')}"
    said = f"{found.ballots} 张；投票内容与身份分开保存，不在本答复内"
    yield found.ballots, Held("ballots", "表决票的送达和收回", said, "计票和核对", until, _REVOKED)
    why = "《民法典》第二百八十条：送达是表决有效的证据，决定可能被请求撤销"
    said = f"{found.delivery_photos} 张"
    yield found.delivery_photos, Held("delivery_photos", "表决票送达的照片", said, "证明表决票已经送达", until, why)
    said = f"{found.objections} 条"
    yield found.objections, Held("objections", "异议、询问和答复", said, "答复业主", until, _REVOKED)
    until, why = _years(dossier, "access_log_retention"), "《个人信息保护法》第五十一条：查看记录用于追究违规"
    yield found.looks, Held("looks", "谁查看过您的信息", f"{found.looks} 次，可以另行查阅", "保护您的信息", until, why)


def _vault(dossier: Dossier, ground: str) -> Iterator[Held]:
    if not ground:
        return
    signs, purpose = ground == "E_SIGN", GROUNDS[ground].title
    years = _years(dossier, "esign_retention" if signs else "identity_retention")
    why = "《电子签名法》第二十四条：电子认证的信息须保存到期" if signs else ""
    until = f"{'合同期满后' if signs else '表决结束后'} {years}"
    yield Held(VAULT, "完整证件号", "加密保存，可以到场核对", purpose, until, why)


def _balance(dossier: Dossier, doors: Sequence[str]) -> Iterator[Held]:
    amounts = [f"{row['amount']} 元" for row in dossier.prepaid_rows if row["unit_no"] in doors]
    if not amounts:
        return
    until = f"合同期满后 {_years(dossier, 'account_retention')}"
    why = "《民法典》第九百四十九条：预收费用须清算、退还或者转交"
    yield Held("balances", "预交费", "、".join(amounts), "清算费用", until, why)


def _years(dossier: Dossier, key: str) -> str:
    return f"{dossier.pack.value(key)} 年"


def forget(dossier: Dossier, person_id: int, chosen: Sequence[str]) -> None:
    """In the commit, take away what was chosen of :data:`PHONE`, :data:`NOTES`, and call there no more."""
    work, estate_id = dossier.work, dossier.estate_id
    found = holdings.of(work, estate_id, rosters.newest(work, estate_id), person_id)
    doors = [unit_no for unit_no, _ in found.units]
    if PHONE in chosen:
        holdings.forget_phones(work, person_id)
    if NOTES in chosen:
        retention.forget_at(work, estate_id, doors)
    if CALLS in chosen:
        _call_no_more(dossier, doors)


def forget_again(dossier: Dossier, person_id: int, chosen: Sequence[str]) -> int:
    """In the commit, take away what a request had taken away, in a store restored from before; how many kinds."""
    there = [one for one in held(dossier, person_id) if one.name in chosen and not one.must_stay]
    forget(dossier, person_id, chosen)
    if VAULT in chosen:
        forget_number(dossier, person_id, "业主请求删除（恢复备份后重做）")
    return len(there)


def forget_number(dossier: Dossier, person_id: int, why: str) -> None:
    """In the commit, purge the full numbers of a person of the estate."""
    kept = identities.of_estate(dossier.work, dossier.estate_id)
    identities.purge(dossier.work, [one.id for one in kept if one.person_id == person_id], why)


def _call_no_more(dossier: Dossier, doors: Sequence[str]) -> None:
    """A door that withdrew is one that refused (law PI-26)."""
    common = {
        "estate_id": dossier.estate_id, "on": dossier.today.isoformat(), "attitude": "", "concerns": "",
        "round": dossier.times("canvass_households", since="hold_briefing") + 1, "note": "撤回同意", "visitors": "",
        "refused": 1, "actor": dossier.work.actor, "at": dossier.work.at,
    }  # fmt: skip
    dossier.work.insert(r.visit, [{**common, "unit_no": unit_no} for unit_no in doors])
