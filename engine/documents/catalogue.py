"""The kinds of document that an onboarding issues (manual §4.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

#: C contract, R resolution, A announcement, N notice to a named party, P public notice with an objection
#: period, I internal record, E evidence record, O official document of a public body (manual §4).
Nature = Literal["C", "R", "A", "N", "P", "I", "E", "O"]
Privacy = Literal["PUBLIC", "OWNERS", "INTERNAL"]

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
        return "ballots" if self.code == "D-47" else _FOLDERS.get(self.nature, "records")

    @property
    def template(self) -> str:
        """The template's path below ``templates/``."""
        return f"{self.folder}/{self.name}.docx"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("application", "D-03", "小区导入申请表", "I", "INTERNAL", "intake"),
            Kind("survey_record", "D-06", "现场踏勘记录表", "E", "INTERNAL", "survey"),
            Kind("diagnosis_report", "D-13", "集体诊断报告", "I", "INTERNAL", "diagnosis"),
            Kind("intention_form", "D-31", "业主意愿征集表", "E", "INTERNAL", "consent"),
            Kind("implementation_plan", "D-33", "信托制导入实施方案", "R", "OWNERS", "plan_and_budget"),
            Kind("first_budget", "D-35", "首年开放式预算", "R", "OWNERS", "plan_and_budget"),
            Kind("service_contract", "D-36", "信托制物业服务合同", "C", "OWNERS", "signing"),
            Kind("fiduciary_covenant", "D-37", "信义约定（承诺书）", "C", "OWNERS", "signing"),
            Kind("meeting_notice", "D-45", "召开业主大会会议公告", "A", "PUBLIC", "owners_vote"),
            Kind("roster_publication", "D-46", "业主名册（投票权数）公示", "P", "OWNERS", "owners_vote"),
            Kind("ballot", "D-47", "表决票（含存根）", "E", "INTERNAL", "owners_vote"),
            Kind("delivery_register", "D-48", "表决票发放与回收登记表", "E", "INTERNAL", "owners_vote"),
            Kind("count_sheet", "D-49", "计票统计表（双口径）", "E", "OWNERS", "owners_vote"),
            Kind("result_notice", "D-51", "业主大会决定公告（表决结果）", "A", "PUBLIC", "owners_vote"),
            Kind("supervisor_letter", "D-53", "监察人聘书", "C", "PUBLIC", "supervisor_appointment"),
            Kind("contract_filing", "D-54", "合同公示与备案表", "P", "OWNERS", "signing"),
            Kind("dismissal_notice", "D-55", "解聘（不续聘）通知书", "N", "OWNERS", "handover"),
            Kind("handover_list", "D-57", "资料移交清单", "E", "OWNERS", "handover"),
            Kind("settlement", "D-59", "费用清算确认书（含预收费明细）", "C", "INTERNAL", "handover"),
            Kind("handover_certificate", "D-60", "交接确认书（三方）", "C", "OWNERS", "handover"),
            Kind("entry_notice", "D-61", "新物业进场公告", "A", "PUBLIC", "handover"),
            Kind("first_disclosure", "D-64", "首月收支与服务公示", "P", "OWNERS", "acceptance"),
            Kind("revocation_notice", "L-75", "重新表决公告", "A", "PUBLIC", "interruption"),
            Kind("acceptance_conclusion", "D-67", "验收评价表及结论", "O", "PUBLIC", "acceptance"),
        )
    }
)
