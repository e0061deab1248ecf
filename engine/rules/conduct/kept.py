"""Which answers of a step the log keeps beside it, so that how a journey was conducted can be read from the log alone.

Days, counts, choices and reasons only: no name of an owner, no contact, no text about a person.  A field of a table
(``objections.answered_on``) is kept as the list of its column.
"""

from collections.abc import Mapping
from typing import Any

_POSTED = {"posted_on": "张贴日期"}
_TERM = {"term_start": "任期开始", "term_end": "任期届满"}

#: The fields by task, each with its Chinese name.
KEPT: Mapping[str, Mapping[str, str]] = {
    "prepare_data_notice": {
        **_POSTED, "assessed_on": "影响评估日期", "basis": "处理依据", "processor_terms": "委托协议",
    },
    "canvass_households": {"finished_on": "完成日期", "not_a_vote_stated": "已说明不是表决"},
    "hold_briefing": {"not_a_product_stated": "已说明不是理财产品"},
    "answer_concerns": {"answers.replied_on": "答复日期"},
    "post_plan_for_comment": {**_POSTED, "committee_told_on": "告知居委会日期"},
    "settle_comments": {"closed_on": "处理完日期", "comments.adopted": "是否采纳"},
    "audit_fee_rise": {"audited_on": "审计日期", **_POSTED},
    "review_plan": {"opinion": "审核意见"},
    "review_budget": {"opinion": "复核意见", "reviewed_on": "复核日期"},
    "review_by_street": {"opinion": "审核意见", "reviewed_on": "审核日期"},
    "review_by_housing": {"opinion": "审核意见", "reviewed_on": "审核日期"},
    "verify_owners_body": {
        **_TERM, "body_kind": "组织类型", "filed_on": "备案日期", "seats_filled": "现任人数",
        "members.conflict_declared": "成员利益申报",
    },
    "apply_first_assembly": {"applied_on": "申请日期"},
    "set_up_prep_group": {"set_up_on": "成立日期"},
    "post_prep_group": {**_POSTED},
    "nominate_candidates": {"nominated_on": "确定日期", "candidates.conflict_declared": "候选人利益申报"},
    "post_candidates": {**_POSTED},
    "post_pmc_members": {**_POSTED},
    "settle_pmc_objections": {"closed_on": "处理完日期"},
    "file_committee": {"filed_on": "备案日期", "late_reason": "逾期原因"},
    "hold_first_committee_meeting": {
        "put_off": "暂缓开会", "held_on": "开会日期", "late_reason": "逾期原因", "present": "到会人数",
        "members_for": "同意人数",
    },
    "resolve_agenda": {
        "convenor": "召集人", "decided_on": "决议日期", "agenda_posted_on": "议程公告日期", "members_total": "成员人数",
        "members_present": "到会人数", "members_for": "同意人数", "extension_allowed": "可以延长",
        "unreturned_rule": "未交回票的处理", "items.no": "事项号", "items.item_class": "事项类别",
    },
    "post_convening_decision": {**_POSTED, "community_told_on": "告知居委会日期"},
    "freeze_roster": {"frozen_on": "冻结日期", "area_source": "面积来源", "objections_answered": "异议已答复"},
    "prepare_meeting_notice": {
        "voting_opens_on": "表决开始日", "voting_closes_on": "表决截止日", "attachments": "随公告的材料",
    },
    "post_meeting_notice": {
        **_POSTED, "all_owners_notified_on": "全体业主获知日期", "committee_told_on": "告知居委会日期",
        "roster_posted_on": "名册公示张贴日期", "items_posted": "公告的事项", "short_notice_reason": "仍用此日的理由",
    },
    "settle_roster_objections": {
        "settled_on": "处理完日期", "flaw_found": "程序瑕疵", "objections.answered_on": "答复日期",
    },
    "deliver_ballots": {"started_on": "开始送达日期", "finished_on": "送达完日期"},
    "post_onsite_notice": {**_POSTED},
    "check_participation": {"checked_on": "核对日期", "extend": "延长", "ballots_unopened": "票箱未开封"},
    "post_extension_notice": {**_POSTED},
    "close_voting": {
        "closed_on": "封存日期", "issued": "发出票数", "returned": "收回票数", "unreturned": "未收回票数",
        "void": "作废票数",
    },
    "count_votes": {
        "counted_on": "计票日期", "callback_sample": "抽查票数", "callback_confirmed": "核实一致票数",
        "flaw_found": "程序瑕疵",
    },
    "advise_on_contested_vote": {"counsel_view": "法律意见"},
    "announce_result": {
        **_POSTED, "committee_told_on": "告知居委会日期", "street_told_on": "告知街道日期",
    },
    "settle_objections": {
        "closed_on": "处理完日期", "recount": "重新计票", "objections.answered_on": "答复日期",
    },
    "declare_vote_void": {"declared_on": "宣布日期"},
    "post_void_notice": {**_POSTED},
    "select_company": {"conflict_declared": "利益申报", "credit_checked_on": "信用核查日期"},
    "invite_candidates": {"candidates.conflict_declared": "候选企业利益申报"},
    "score_candidates": {"judges.avoidance_declared": "评委回避声明"},
    "evaluate_bids": {"judges.avoidance_declared": "评委回避声明"},
    "finalise_contract": {"service_start": "服务开始日", "service_end": "服务届满日"},
    "sign_contract": {
        "committee_decided_on": "签约决定日期", "members_present": "到会人数", "members_for": "同意人数",
        "signed_on": "签约日期", "seals": "印章", "late_reason": "逾期原因",
    },
    "file_contract": {"filed_on": "备案日期", "published_on": "公示日期"},
    "complete_signing": {"filed_on": "备案日期", "published_on": "公示日期"},
    "nominate_supervisor": {**_TERM},
    "declare_interests": {"related_to_company": "与企业有利益关系", "committee_member": "是业委会成员"},
    "issue_supervisor_letter": {"issued_on": "颁发日期"},
    "open_fund_account": {
        "opened_on": "开户日期", "separate": "账户独立", "dual_control_tested_on": "双控测试日期",
        "rejected_payment_tested": "拒付测试",
    },
    "choose_termination_path": {
        "path": "终止路径", "initiated_by": "谁先提出", "contract_notice_days": "合同约定的通知期",
        "old_contract_end": "原合同到期日",
    },
    "serve_dismissal_notice": {
        "sent_on": "发出日期", "arrived_on": "送达日期", "proof": "送达凭证", "termination_on": "原合同终止日",
    },
    "record_company_notice": {"arrived_on": "收到日期", "termination_on": "原合同终止日"},
    "post_handover_plan": {**_POSTED, "late_reason": "逾期原因"},
    "inspect_and_list": {"inspected_on": "查验日期"},
    "settle_accounts": {"settled_on": "清算日期", "transferred_on": "移交款项日期"},
    "transfer_personal_data": {
        "transferred_on": "移交日期", "votes_excluded": "不含表决内容", "deletion": "原企业留存的处理",
    },
    "sign_handover_certificate": {
        "signed_on": "签署日期", "old_company_signed": "原企业已签署", "substitute": "代替签字的文书",
        "new_company_signed": "新企业已签署", "committee_signed": "业主组织已签署",
    },
    "confirm_opening_balance": {"checked_on": "核对日期"},
    "enter_estate": {"entered_on": "进场日期", "notice_posted_on": "进场公告日期"},
    "file_takeover": {"filed_on": "备案日期", "late_reason": "逾期原因"},
    "close_outstanding_items": {"closed_on": "核销日期"},
    "check_first_month": {"reconciled": "账实相符", "checked_on": "核对日期"},
    "record_first_month": {"payments_total": "付款笔数", "payments_dual": "双方核准笔数"},
    "post_first_disclosure": {**_POSTED, "display_until": "公示到", "late_reason": "逾期原因"},
    "issue_supervision_opinion": {"issued_on": "出具日期"},
    "answer_owner_questions": {
        "closed_on": "答复完日期", "questions.asked_on": "提出日期", "questions.replied_on": "答复日期",
    },
    "self_evaluate": {"evaluated_on": "自评日期"},
    "evaluate_acceptance": {"evaluated_on": "评价日期"},
    "decide_interruption": {"kind": "处置", "decided_on": "决定日期"},
    "resume_estate": {"resumed_on": "恢复日期"},
}  # fmt: skip


def kept(task: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the log keeps of ``answers``, which are JSON values; a question left open is kept as None."""
    return {name: _of(answers, name) for name in KEPT.get(task, ()) if name.partition(".")[0] in answers}


def _of(answers: Mapping[str, Any], name: str) -> Any:
    field, _, column = name.partition(".")
    if not column:
        return answers[field]
    return [row.get(column) for row in answers[field] or ()]
