"""The kinds of document that an onboarding issues (manual §4.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

#: C contract, R resolution, A announcement, N notice to a named party, P public notice with an objection
#: period, F filing, I internal record, E evidence record, O official document of a public body (manual §4).
Nature = Literal["C", "R", "A", "N", "P", "F", "I", "E", "O"]
Privacy = Literal["PUBLIC", "OWNERS", "INTERNAL"]
#: What takes effect by signature or seal: its printed form has to be exact to the last sign (issue 5, PDF).
_SIGNED: frozenset[Nature] = frozenset({"C", "R", "N", "F", "O"})

_FOLDERS: Mapping[Nature, str] = {"C": "contracts", "A": "notices", "N": "notices", "P": "notices"}


@dataclass(frozen=True)
class Kind:
    """One kind of document: the manual's ``code`` and ``title``, and the process ``step`` that renders it.

    A paper that only law asks for has a code ``L-nn``.
    """

    name: str
    code: str
    title: str
    nature: Nature
    privacy: Privacy
    step: str

    @property
    def folder(self) -> str:
        """The folder below ``templates/``: by nature, ballots apart (decisions 29)."""
        return "ballots" if self.code in {"D-23", "D-47"} else _FOLDERS.get(self.nature, "records")

    @property
    def signed(self) -> bool:
        """Whether it takes effect by signature or seal."""
        return self.nature in _SIGNED

    @property
    def template(self) -> str:
        """The template's path below ``templates/``."""
        return f"{self.folder}/{self.name}.docx"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("annual_plan", "D-01", "年度导入计划", "O", "INTERNAL", "intake"),
            Kind("target_breakdown", "D-02", "目标任务分解表", "O", "INTERNAL", "intake"),
            Kind("application", "D-03", "小区导入申请表", "I", "INTERNAL", "intake"),
            Kind("screening_sheet", "D-04", "导入条件初审表", "I", "INTERNAL", "intake"),
            Kind("team_notice", "D-05", "导入工作专班通知", "O", "INTERNAL", "intake"),
            Kind("data_notice", "L-01", "业主个人信息处理告知书", "A", "PUBLIC", "survey"),
            Kind("impact_assessment", "L-02", "个人信息保护影响评估报告", "I", "INTERNAL", "survey"),
            Kind("processor_agreement", "L-03", "个人信息委托处理协议", "C", "INTERNAL", "survey"),
            Kind("survey_record", "D-06", "现场踏勘记录表", "E", "INTERNAL", "survey"),
            Kind("owner_register", "D-07", "业主清册（含面积核对）", "I", "INTERNAL", "survey"),
            Kind("talent_list", "D-08", "小区骨干与能人名册", "I", "INTERNAL", "survey"),
            Kind("economic_base", "D-09", "小区经济底账表", "I", "INTERNAL", "survey"),
            Kind("issue_list", "D-10", "问题与诉求清单", "I", "INTERNAL", "survey"),
            Kind("discussion_minutes", "D-11", "协商座谈会议纪要", "E", "INTERNAL", "diagnosis"),
            Kind("estate_profile", "D-12", "小区画像", "I", "INTERNAL", "diagnosis"),
            Kind("diagnosis_report", "D-13", "集体诊断报告", "I", "INTERNAL", "diagnosis"),
            Kind("route_sheet", "D-14", "一区一策导入路径单", "I", "INTERNAL", "diagnosis"),
            Kind("body_check", "D-15", "业委会履职能力核查表", "E", "INTERNAL", "owners_body"),
            Kind("re_election_order", "D-16", "责令改选（召集）通知书", "N", "OWNERS", "owners_body"),
            Kind("election_group_notice", "D-17", "换届小组成立公告", "A", "PUBLIC", "owners_body"),
            Kind("assembly_application", "D-18", "成立业主大会申请书", "F", "INTERNAL", "owners_body"),
            Kind("prep_group_notice", "D-19", "筹备组成员名单公告", "A", "PUBLIC", "owners_body"),
            Kind("owner_identity_notice", "D-20", "业主身份与面积公示", "P", "OWNERS", "owners_body"),
            Kind("owners_covenant", "D-21", "管理规约", "R", "OWNERS", "owners_body"),
            Kind("rules_of_procedure", "D-22", "业主大会议事规则", "R", "OWNERS", "owners_body"),
            Kind("candidate_publication", "D-23", "业委会候选人公示（附选票样张）", "P", "PUBLIC", "owners_body"),
            Kind("committee_filing", "D-24", "业委会备案表", "F", "OWNERS", "owners_body"),
            Kind("pmc_application", "D-25", "组建物管会申请和方案", "F", "INTERNAL", "owners_body"),
            Kind("pmc_member_publication", "D-26", "物管会成员公示", "P", "PUBLIC", "owners_body"),
            Kind("pmc_establishment", "D-27", "物管会成立公告", "A", "PUBLIC", "owners_body"),
            Kind("joint_agreement", "D-28", "并入、托管、自管协议", "C", "OWNERS", "owners_body"),
            Kind("custody_notice", "L-15", "先行托管公告", "A", "PUBLIC", "owners_body"),
            Kind("committee_minutes", "L-16", "业委会首次会议记录", "E", "OWNERS", "owners_body"),
            Kind("election_report", "L-17", "业委会选举情况报告", "E", "OWNERS", "owners_body"),
            Kind("seal_record", "L-18", "印章刻制与保管登记", "E", "OWNERS", "owners_body"),
            Kind("records_handover", "L-19", "业委会档案、印章移交清单", "E", "OWNERS", "owners_body"),
            Kind("prep_group_dissolution", "L-20", "筹备组解散公告", "A", "PUBLIC", "owners_body"),
            Kind("key_person_talks", "D-29", "重点人员谈话记录", "I", "INTERNAL", "consent"),
            Kind("briefing_record", "D-30", "宣讲活动记录与签到", "E", "INTERNAL", "consent"),
            Kind("intention_form", "D-31", "业主意愿征集表", "E", "INTERNAL", "consent"),
            Kind("concern_ledger", "D-32", "答疑台账", "I", "OWNERS", "consent"),
            Kind("implementation_plan", "D-33", "信托制导入实施方案", "R", "OWNERS", "plan_and_budget"),
            Kind("service_standard", "D-34", "物业服务内容与标准及收费测算", "R", "OWNERS", "plan_and_budget"),
            Kind("first_budget", "D-35", "首年开放式预算", "R", "OWNERS", "plan_and_budget"),
            Kind("contract_draft", "L-25", "信托制物业服务合同主要条款（草案）", "R", "OWNERS", "plan_and_budget"),
            Kind("supervisor_terms", "D-38", "监察人聘任协议（条款）", "C", "OWNERS", "plan_and_budget"),
            Kind("selection_plan", "D-39", "物业选聘方案", "R", "OWNERS", "plan_and_budget"),
            Kind("rules_amendment", "D-40", "规约、议事规则修订案", "R", "OWNERS", "plan_and_budget"),
            Kind("compliance_opinion", "D-41", "合规审查意见书", "I", "INTERNAL", "plan_and_budget"),
            Kind("fee_rise_notice", "L-26", "物业费标准调整公告", "P", "PUBLIC", "plan_and_budget"),
            Kind("comment_notice", "D-42", "方案征求意见公示", "P", "PUBLIC", "plan_and_budget"),
            Kind("comment_ledger", "D-43", "意见采纳情况表", "P", "PUBLIC", "plan_and_budget"),
            Kind("service_contract", "D-36", "信托制物业服务合同", "C", "OWNERS", "signing"),
            Kind("fiduciary_covenant", "D-37", "信义约定（承诺书）", "C", "OWNERS", "signing"),
            Kind("convening_decision", "D-44", "提请召开业主大会会议的决议", "R", "PUBLIC", "owners_vote"),
            Kind("meeting_notice", "D-45", "召开业主大会会议公告", "A", "PUBLIC", "owners_vote"),
            Kind("roster_publication", "D-46", "业主名册（投票权数）公示", "P", "OWNERS", "owners_vote"),
            Kind("ballot", "D-47", "表决票（含存根）", "E", "INTERNAL", "owners_vote"),
            Kind("delivery_register", "D-48", "表决票发放与回收登记表", "E", "INTERNAL", "owners_vote"),
            Kind("count_sheet", "D-49", "计票统计表（双口径）", "E", "OWNERS", "owners_vote"),
            Kind("scrutiny_record", "D-50", "监票记录与抽查回访表", "E", "OWNERS", "owners_vote"),
            Kind("result_notice", "D-51", "业主大会决定公告（表决结果）", "A", "PUBLIC", "owners_vote"),
            Kind("objection_register", "D-52", "异议登记与答复", "E", "OWNERS", "owners_vote"),
            Kind("extension_notice", "L-45", "延长表决期的公告", "A", "PUBLIC", "owners_vote"),
            Kind("proxy_form", "L-47", "授权委托书", "E", "INTERNAL", "owners_vote"),
            Kind("onsite_notice", "L-48", "表决票送达公告", "A", "PUBLIC", "owners_vote"),
            Kind("meeting_minutes", "L-49", "业主大会会议记录", "E", "OWNERS", "owners_vote"),
            Kind("void_notice", "L-51", "表决作废公告", "A", "PUBLIC", "owners_vote"),
            Kind("company_publication", "L-40", "候选物业企业公示", "P", "PUBLIC", "company_search"),
            Kind("scoring_sheet", "L-41", "选聘评分表", "E", "OWNERS", "company_search"),
            Kind("tender_notice", "L-42", "物业服务招标公告", "A", "PUBLIC", "tender"),
            Kind("tender_documents", "L-43", "物业服务招标文件", "E", "OWNERS", "tender"),
            Kind("bid_opening_record", "L-44", "开标记录", "E", "OWNERS", "tender"),
            Kind("panel_report", "L-53", "评标报告", "E", "OWNERS", "tender"),
            Kind("award_notice", "L-46", "选定（中标）通知书", "N", "OWNERS", "selection"),
            Kind("conversion_agreement", "L-80", "模式改签协议", "C", "OWNERS", "route_agreement"),
            Kind("self_governance_agreement", "L-81", "自治执行协议", "C", "OWNERS", "route_agreement"),
            Kind("neighbour_agreement", "L-82", "并入服务协议", "C", "OWNERS", "route_agreement"),
            Kind("account_rules", "L-50", "共有资金账户管理约定", "C", "OWNERS", "fund_account"),
            Kind("signatory_opinion", "L-83", "签署资格法律意见书", "I", "INTERNAL", "signing"),
            Kind("fund_route_change", "L-52", "账户路径变更协议", "C", "OWNERS", "fund_account"),
            Kind("supervisor_agreement", "L-54", "监察人聘任协议", "C", "OWNERS", "supervisor_appointment"),
            Kind("supervisor_letter", "D-53", "监察人聘书", "C", "PUBLIC", "supervisor_appointment"),
            Kind("contract_filing", "D-54", "合同公示与备案表", "P", "OWNERS", "contract_publication"),
            Kind("dismissal_notice", "D-55", "解聘（不续聘）通知书", "N", "OWNERS", "termination"),
            Kind("handover_plan", "D-56", "新老物业交接方案", "P", "OWNERS", "handover"),
            Kind("handover_list", "D-57", "资料移交清单", "E", "OWNERS", "takeover"),
            Kind("inspection_record", "D-58", "承接查验记录（协议）", "C", "OWNERS", "takeover"),
            Kind("settlement", "D-59", "费用清算确认书（含预收费明细）", "C", "INTERNAL", "takeover"),
            Kind("handover_certificate", "D-60", "交接确认书（三方）", "C", "OWNERS", "takeover"),
            Kind("entry_notice", "D-61", "新物业进场公告", "A", "PUBLIC", "entry"),
            Kind("staffing_plan", "D-62", "进场人员配置与应急预案", "I", "INTERNAL", "entry"),
            Kind("custody_settlement", "L-84", "托管结算移交确认书", "C", "OWNERS", "baseline_inspection"),
            Kind("cutover_statement", "D-63", "模式切换结转表（原物业留任）", "C", "OWNERS", "cutover"),
            Kind("handover_demand", "L-55", "移交催告函（附清单）", "N", "OWNERS", "handover_dispute"),
            Kind("mediation_request", "L-56", "交接争议调解申请书", "I", "INTERNAL", "handover_dispute"),
            Kind("handover_complaint", "L-57", "拒不移交投诉书", "I", "INTERNAL", "handover_enforcement"),
            Kind("correction_request", "L-58", "责令限期移交申请书", "I", "INTERNAL", "handover_enforcement"),
            Kind("suit_materials", "L-59", "起诉（仲裁）材料清单", "I", "INTERNAL", "handover_enforcement"),
            Kind("data_return_demand", "L-60", "个人信息返还删除通知书", "N", "INTERNAL", "handover_dispute"),
            Kind("fee_stop_notice", "L-61", "停止付费通知书", "N", "OWNERS", "handover_dispute"),
            Kind("takeover_filing", "L-63", "承接查验备案表", "I", "OWNERS", "handover_closing"),
            Kind("outstanding_demand", "L-64", "遗留事项催办函", "N", "OWNERS", "handover_closing"),
            Kind("police_report", "L-65", "交接冲突情况说明", "E", "INTERNAL", "handover_dispute"),
            Kind("credit_request", "L-66", "信用信息记录提请书", "I", "INTERNAL", "handover_enforcement"),
            Kind("data_transfer", "L-67", "个人信息移交与删除确认书", "E", "INTERNAL", "takeover"),
            Kind("emergency_notice", "D-82", "应急物业服务公告", "A", "PUBLIC", "emergency_service"),
            Kind("first_day_list", "L-62", "应急物业服务首日清单", "E", "INTERNAL", "emergency_service"),
            Kind("first_disclosure", "D-64", "首月收支与服务公示", "P", "OWNERS", "acceptance"),
            Kind("question_replies", "D-74", "业主质疑答复", "A", "OWNERS", "acceptance"),
            Kind("supervision_opinion", "D-65", "监察意见书（首次）", "E", "OWNERS", "acceptance"),
            Kind("self_evaluation", "D-66", "小区自评表", "I", "INTERNAL", "acceptance"),
            Kind("rectification_order", "L-70", "整改通知书", "N", "INTERNAL", "acceptance"),
            Kind("interview_record", "L-71", "约谈记录", "O", "INTERNAL", "acceptance"),
            Kind("archive_index", "D-68", "导入归档目录与授牌", "O", "OWNERS", "acceptance"),
            Kind("revocation_notice", "L-75", "重新表决公告", "A", "PUBLIC", "interruption"),
            Kind("acceptance_conclusion", "D-67", "验收评价表及结论", "O", "PUBLIC", "acceptance"),
        )
    }
)
#: Made anew whenever somebody asks, of the log up to an entry of it: nothing keeps it, as the same log always gives
#: the same bytes.
PROCEDURE_REPORT = Kind("procedure_report", "L-90", "程序合规审查报告", "I", "INTERNAL", "")
#: Issued once, of one decision of an examination, and kept as every other document.
OPINION = Kind("opinion", "L-91", "法律审阅意见书", "I", "INTERNAL", "")
#: What is missing at a handover, by the step of the ladder (``rules.handover_gaps``) for which it is issued.
GAP_PAPERS: Mapping[str, Kind] = MappingProxyType(
    {
        "DEMAND": Kind("gap_demand", "L-92", "关于补交缺失移交项目的催告函", "N", "OWNERS", ""),
        "REPORT": Kind("gap_report", "L-93", "关于移交项目缺失的情况报告", "I", "INTERNAL", ""),
        "EVIDENCE": Kind("gap_evidence", "L-94", "移交项目缺失的证据清单", "E", "INTERNAL", ""),
    }
)
#: Issued of a notice as it stands on a day, as often as somebody asks, and kept as every other document.
PUBLICATION_PROOF = Kind("publication_proof", "L-95", "公示情况说明", "E", "OWNERS", "")
#: The reply to what an owner asked about their personal data.
DATA_REPLY = Kind("data_reply", "L-96", "个人信息请求答复书", "N", "INTERNAL", "")
#: What is filled in by hand and typed in beside its photo: doors of a canvass, or what a step asks.
VISIT_SHEET = Kind("visit_sheet", "L-98", "走访登记表", "I", "INTERNAL", "")
CHECKLIST_SHEET = Kind("checklist_sheet", "L-99", "现场填写表", "I", "INTERNAL", "")
_ASKED_FOR = (
    PROCEDURE_REPORT, OPINION, PUBLICATION_PROOF, DATA_REPLY, *GAP_PAPERS.values(), VISIT_SHEET, CHECKLIST_SHEET,
)  # fmt: skip
#: Papers that somebody asks for; no step renders them.
REPORTS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ASKED_FOR})


def kind_of(name: str) -> Kind:
    """The kind of a document or report of that name."""
    return KINDS.get(name) or REPORTS[name]
