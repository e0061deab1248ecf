"""What is kept of an estate, as an archive shows it: documents, files, and its tables under Chinese headings."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.store import registers as r
from engine.store import tables as t
from engine.store.accounts import account
from engine.store.canvass_checks import call_back, call_back_sample, canvass_review
from engine.store.comments import comment
from engine.store.data_requests import data_request
from engine.store.disclosures import disclosure
from engine.store.examinations import examination, material
from engine.store.handover import handover_act
from engine.store.owner_codes import owner_code
from engine.store.paper_sheets import paper_sheet
from engine.store.photos import photo
from engine.store.prints import printed
from engine.store.retention import purge
from engine.store.roster_imports import roster_decision
from engine.store.roster_proposals import roster_proposal
from engine.store.signed_copies import FILED, signed_copy, signed_page
from engine.store.unit_of_work import UnitOfWork
from engine.store.votes import COUNTED

#: A heading under which an integer of 0.01 m² is shown in m².
AREA = "面积（平方米）"
OWNER = "业主"
_DIGEST = re.compile(rb'"([0-9a-f]{64})"')


@dataclass(frozen=True)
class Paper:
    """A version of a document; ``pdf`` is the SHA-256 of the PDF made of it, if any."""

    number: str
    kind: str
    title: str
    version: int
    sha256: str
    pdf: str | None
    issued_at: str
    void_reason: str | None


@dataclass(frozen=True)
class Sheet:
    """A table of an estate."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]


def papers(work: UnitOfWork, estate_id: int) -> list[Paper]:
    """Every version of every document that was issued, in order of issue."""
    d, v = t.document, t.document_version
    columns = (d.c.number, d.c.kind, d.c.title, v.c.version, v.c.sha256, printed.c.sha256, v.c.issued_at)
    joined = d.join(v, v.c.document_id == d.c.id).outerjoin(printed, printed.c.source == v.c.sha256)
    chosen = sa.select(*columns, d.c.void_reason).select_from(joined).where(d.c.estate_id == estate_id)
    return [Paper(*row) for row in work.connection.execute(chosen.order_by(d.c.id, v.c.version))]


def files(work: UnitOfWork, estate_id: int) -> dict[str, str]:
    """The photos, scans and other files of an estate: what each is called, by its SHA-256."""
    known: dict[str, str] = {}
    answers = sa.select(t.task.c.answers, t.task.c.title).where(
        (t.task.c.estate_id == estate_id) & t.task.c.answers.is_not(None)
    )
    for content, title in work.connection.execute(answers.order_by(t.task.c.id)):
        for found in _DIGEST.findall(bytes(content)):
            known.setdefault(found.decode(), str(title))
    proofs = sa.select(r.proof.c.sha256).select_from(r.proof.join(r.posting).join(r.notice))
    proofs = proofs.where(r.notice.c.estate_id == estate_id).order_by(r.posting.c.id, r.proof.c.sha256)
    known |= {str(row.sha256): "张贴照片" for row in work.connection.execute(proofs)}
    kept = sa.select(photo.c.sha256, photo.c.name).where((photo.c.estate_id == estate_id) & photo.c.sha256.is_not(None))
    known |= {str(row.sha256): str(row.name) for row in work.connection.execute(kept.order_by(photo.c.id))}
    ballot = r.ballot.c
    delivered = sa.select(ballot.proof_file, ballot.serial).where(
        (ballot.estate_id == estate_id) & ballot.proof_file.is_not(None)
    )
    arrived = work.connection.execute(delivered.order_by(ballot.serial))
    known |= {str(row.proof_file): f"表决票送达照片 第 {row.serial} 号.jpg" for row in arrived}
    known |= _signed(work, estate_id)
    known |= _material(work, estate_id)
    there = sa.select(t.file.c.sha256).where(t.file.c.sha256.in_(list(known)))
    kept_files = set(work.connection.execute(there).scalars())
    return {digest: name for digest, name in known.items() if digest in kept_files}


def _signed(work: UnitOfWork, estate_id: int) -> dict[str, str]:
    """The scans that were filed as signed copies, as they came."""
    joined = signed_page.join(signed_copy).join(t.document, t.document.c.id == signed_copy.c.document_id)
    chosen = sa.select(signed_page.c.source, signed_page.c.name, t.document.c.number).select_from(joined)
    mine = (t.document.c.estate_id == estate_id) & (signed_copy.c.status == FILED)
    found = work.connection.execute(chosen.where(mine).order_by(signed_copy.c.id, signed_page.c.no))
    return {str(row.source): f"签署件 {row.number} {row.name}" for row in found}


def _material(work: UnitOfWork, estate_id: int) -> dict[str, str]:
    """The files that came with answers to requests for more material, as they came."""
    joined = material.join(examination).join(t.document, t.document.c.id == examination.c.document_id)
    chosen = sa.select(material.c.sha256, material.c.name, t.document.c.number).select_from(joined)
    found = work.connection.execute(chosen.where(t.document.c.estate_id == estate_id).order_by(material.c.id))
    return {str(row.sha256): f"补充材料 {row.number} {row.name}" for row in found}


def owners(work: UnitOfWork, estate_id: int) -> tuple[set[str], set[str]]:
    """The names and the telephone numbers of everybody who ever stood in the roster."""
    joined = r.owner.join(r.unit)
    chosen = sa.select(r.owner.c.name, r.owner.c.phone).select_from(joined).where(r.unit.c.estate_id == estate_id)
    found = work.connection.execute(chosen).all()
    return {row.name for row in found if row.name}, {row.phone for row in found if row.phone}


def sheets(work: UnitOfWork, estate_id: int, *, public: bool) -> Iterator[Sheet]:
    """The tables of an estate: all of them, or those with nothing of a household that may be published."""
    for title, of in (_PUBLIC if public else _FULL).items():
        found = work.connection.execute(of(estate_id))
        headings = list(found.keys())
        yield Sheet(title, headings, [_shown(headings, row) for row in found])


def _shown(headings: Sequence[str], row: Sequence[Any]) -> list[Any]:
    return [
        f"{value // 100}.{value % 100:02d}" if heading == AREA and value is not None else value
        for heading, value in zip(headings, row, strict=True)
    ]


def _of(table: sa.Table, **columns: str) -> Callable[[int], sa.Select[Any]]:
    """The rows of a table that names its estate: which columns, under which headings."""
    shown = [table.c[name].label(heading) for name, heading in columns.items()]
    order = [*(table.primary_key.columns or table.c)]
    return lambda estate_id: sa.select(*shown).where(table.c.estate_id == estate_id).order_by(*order)


def _below(above: sa.Table, table: sa.Table, **columns: str) -> Callable[[int], sa.Select[Any]]:
    """The same of a table whose rows belong to those of ``above``; ``above_x`` is a column of the latter."""
    shown = [
        (above.c[name[6:]] if name.startswith("above_") else table.c[name]).label(heading)
        for name, heading in columns.items()
    ]
    order = [*above.primary_key.columns, *table.primary_key.columns]
    joined = above.join(table)
    return lambda key: sa.select(*shown).select_from(joined).where(above.c.estate_id == key).order_by(*order)


def _roster(*columns: sa.ColumnElement[Any]) -> Callable[[int], sa.Select[Any]]:
    joined = r.unit.outerjoin(r.owner).outerjoin(r.person)
    order = (r.unit.c.roster, r.unit.c.id, r.owner.c.position)
    return lambda key: sa.select(*columns).select_from(joined).where(r.unit.c.estate_id == key).order_by(*order)


def _facts(estate_id: int) -> sa.Select[Any]:
    d, f = t.document, t.fact
    columns = (
        d.c.number.label("编号"), f.c.version.label("版本"), f.c.name.label("事实"), f.c.printed.label("印出的内容"),
        f.c.step.label("来自步骤"), f.c.by.label("填写人"), f.c.at.label("时间"),
    )  # fmt: skip
    chosen = sa.select(*columns).join(d, d.c.id == f.c.document_id).where(d.c.estate_id == estate_id)
    return chosen.order_by(d.c.id, f.c.version, f.c.name)


def _comments(estate_id: int) -> sa.Select[Any]:
    columns = (
        comment.c.at.label("时间"), account.c.name.label("留言人"), comment.c.task_id.label("任务号"),
        comment.c.text.label("内容"), comment.c.withdrawn_at.label("撤回时间"),
    )  # fmt: skip
    joined = comment.join(account, account.c.id == comment.c.account_id)
    return sa.select(*columns).select_from(joined).where(comment.c.estate_id == estate_id).order_by(comment.c.id)


def _counted(estate_id: int) -> sa.Select[Any]:
    of = r.choice
    columns = (of.c.meeting.label("会次"), of.c.key.label("凭据"), of.c.marks.label("各事项"))
    return sa.select(*columns).where((of.c.estate_id == estate_id) & (of.c.kind == COUNTED)).order_by(*columns[:2])


_STAYS = _of(t.stay, stage="阶段", entered_at="进入", left_at="离开", paused="暂停天数")
_MEETINGS = _of(r.meeting, number="会次", decided_on="议程日期", roster="名册版本")
_ITEMS = _below(r.meeting, r.item, above_number="会次", no="事项", text="内容", item_class="类别", key="关键事项")
_NOTICES = _of(r.notice, task="任务", subject="公告", meeting="会次", posted_on="张贴日期")
_POSTINGS = _below(r.notice, r.posting, above_subject="公告", above_posted_on="张贴日期", board="序号", place="地点")
_FULL: Mapping[str, Callable[[int], sa.Select[Any]]] = {
    "业主清册": _roster(
        r.unit.c.roster.label("名册版本"), r.unit.c.unit_no.label("房号"), r.unit.c.building.label("楼栋"),
        r.unit.c.area.label(AREA), r.unit.c.usage.label("用途"), r.unit.c.status.label("状态"),
        r.unit.c.area_source.label("面积依据"), r.owner.c.position.label("次序"), r.owner.c.name.label(OWNER),
        r.owner.c.phone.label("电话"), r.person.c.id_last4.label("证件号后四位"), r.person.c.id.label("人号"),
    ),
    "名册版本": _of(
        r.roster_version, version="名册版本", imported_at="导入", sha256="SHA-256", notice="依据的告知书",
        frozen_on="冻结日期", undone_at="撤销",
    ),
    "名册决定": _of(
        roster_decision, version="名册版本", kind="事项", who="业主", units="房号", reason="理由", at="时间",
        actor="决定人",
    ),
    "名册提请冻结": _of(
        roster_proposal, meeting="会次", version="名册版本", sha256="SHA-256", area=AREA, persons="人数", at="时间",
        actor="提请人",
    ),
    # a keyed hash of each code: it shows which was given out, and opens nothing
    "业主核对码": _of(
        owner_code, unit_no="房号", issue="第几次发", kept="核对码的代码", tries="连续答错", made_at="生成",
        made_by="生成人",
    ),
    "个人信息请求": _of(
        data_request, kind="请求", unit_no="房号", owner="业主", relation="谁提出", channel="怎样提出", content="内容",
        received_on="收到", due_on="最晚答复", proof="核实", proven_by="核实人", outcome="决定", ground="依据",
        reason="理由", chosen="删除的", decided_on="决定日期", decided_by="决定人", done_at="办结",
        done_note="办结说明",
    ),
    "清除记录": _of(
        purge, kind="类别", rows="条数", due_on="到期", source="期限来源", reason="理由", at="时间", actor="核对人",
    ),
    "走访记录": _of(
        r.visit, unit_no="房号", on="日期", time="时间", round="轮次", attitude="态度", concerns="疑虑", note="备注",
        visitors="走访人", follow_up="回访日期", refused="拒访", actor="登记人", at="登记时间",
        revision="第几稿", flag="核对",
    ),
    "走访承诺": _of(
        r.promise, unit_no="房号", on="日期", promised_by="承诺人", text="内容", owner="落实人", due="期限",
    ),
    "走访照片": _of(
        r.visit_photo, unit_no="房号", taken_at="拍摄时间", at="登记时间", actor="登记人", sha256="SHA-256",
    ),
    "走访分工": _of(
        r.canvass_door, unit_no="房号", person="走访人", given_at="分派时间", given_by="分派人", reopened_at="重新开放",
        reopened_why="重新开放的理由",
    ),
    "纸质表": _of(
        paper_sheet, number="编号", title="是谁的", round="轮次", printed_at="印出", printed_by="印的人",
        typed_at="录入", typed_by="录入人",
    ),
    "走访抽查": _of(
        canvass_review, round="轮次", on="日期", kinds="问的是", decision="处理", reason="问答", by="核的人", at="时间",
    ),
    "回访抽样": _of(
        call_back_sample, round="轮次", no="第几次", units="从这些房号里抽", units_digest="清单指纹",
        supporting="其中支持", size="抽几户", seed="种子", planned_at="定种子", planned_by="定种子的人",
        drawn_at="抽出", drawn_by="抽的人",
    ),
    "回访": _of(
        call_back, round="轮次", unit_no="房号", heard="结果", tries="第几次", note="备注", by="回访人", at="时间",
    ),
    "会议": _MEETINGS,
    "表决事项": _ITEMS,
    "表决票": _of(
        r.ballot, meeting="会次", serial="票号", unit_no="房号", issue="次数", area=AREA, delivered_on="送达日期",
        delivered_by="送票人", proof_file="送达照片 SHA-256",
        delivery_mode="送达方式", receiver="签收人", spoiled_on="作废日期", spoiled_why="作废原因",
        state="状态", issued_to="领票人", proof="送达证明",
    ),
    "表决票收回": _below(
        r.ballot, r.ballot_return, above_meeting="会次", above_serial="票号", no="次序", returned_on="收回日期",
        settled="已核对", signed="已签名", signed_by="签名", cast_by="代投人", proven="证明身份",
        designated="共有人推举", objected="共有人异议", is_copy="复印件", matter="委托事项", scope="委托权限",
        valid_from="委托起", valid_to="委托止", mandate_signed="委托书已签名", channel="方式",
    ),
    "表决票改动": _below(
        r.ballot, r.ballot_history, above_serial="票号", at="时间", actor="经办人", what="改动",
        note="说明",
    ),
    "表决票录入": _below(
        r.ballot, r.ballot_entry, above_serial="票号", turn="第几遍", at="时间", actor="录入人"
    ),
    # under keys that lead to no ballot, in their order, so that what was counted can be counted again
    "表决内容": _counted,
    "计票现场": _of(
        r.count_act, meeting="会次", session="计票次数", step="序号", kind="事项", row="内容", at="时间",
        actor="登记人",
    ),
    "公告": _NOTICES,
    "张贴": _POSTINGS,
    "异议": _of(
        r.objection, task="任务", meeting="会次", name="提出人", content="内容", answer="答复", adopted="采纳",
        answered_on="答复日期", closed_on="办结日期",
    ),
    "合同条款": _of(r.contract_terms, version="版本", task="任务", at="时间", actor="经办人", terms="条款"),
    "移交清单": _of(r.handover_item, row="项目"),
    "移交签字和函件": _of(
        handover_act, kind="类别", about="对象", on="日期", content="内容指纹", row="内容", at="时间", actor="经办人"
    ),
    "预交费": _of(r.prepaid_balance, row="记录"),
    "任务": _of(
        t.task, id="任务号", name="任务", title="名称", lane="角色", stage="阶段", status="状态", opened_at="到达",
        completed_at="办结", completed_by="办结人", answers="填写内容",
    ),
    "办理人员": _of(t.person_in_lane, lane="角色", name="姓名"),
    "阶段": _STAYS,
    "文书所用事实": _facts,
    "照片和扫描件": _of(
        photo, task_id="任务号", name="文件名", sha256="SHA-256", kept_at="收到", kept_by="上传人", taken_at="拍摄",
        latitude="纬度", longitude="经度",
    ),
    "留言": _comments,
    "查看个人信息记录": _of(disclosure, at="时间", actor="查看人", kind="类别", subject="对象", purpose="用途"),
}  # fmt: skip
_PUBLIC: Mapping[str, Callable[[int], sa.Select[Any]]] = {
    "业主清册": _roster(
        r.unit.c.roster.label("名册版本"), r.unit.c.building.label("楼栋"), r.unit.c.area.label(AREA),
        r.unit.c.usage.label("用途"), r.owner.c.name.label(OWNER),
    ),
    "会议": _MEETINGS,
    "表决事项": _ITEMS,
    "公告": _NOTICES,
    "张贴": _POSTINGS,
    "阶段": _STAYS,
}  # fmt: skip
