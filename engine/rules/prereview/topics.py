"""What a clause of a trust-model service contract may settle (law §4.14)."""

from collections.abc import Mapping

from engine.rules.plan import MANDATORY_CLAUSES

#: The five elements of 信托法 9, of the mandatory clauses (RC-11); the others are the business of RC-10.
TRUST_ELEMENTS = ("PURPOSE", "PARTIES", "BENEFICIARIES", "PROPERTY", "BENEFIT")
PROHIBITIONS = {
    "NO_LENDING": "不得出借",
    "NO_PLEDGE": "不得担保、质押",
    "NO_INVESTMENT": "不得投资",
    "NO_SET_OFF": "不得与受托人自己的债务抵销",
}
RELATED_PARTIES = {
    "RELATED_DEFINITION": "关联方的范围",
    "RELATED_DISCLOSURE": "关联交易的披露",
    "RELATED_PRICE": "关联交易的价格比对",
    "RELATED_RECUSAL": "利害关系人回避表决",
}
EXIT = {
    "NO_WITHHOLDING": "不得以欠费、债务为由拒绝移交",
    "CONTINUED_SERVICE": "接管之前继续服务",
    "HANDOVER_DATA": "资料和数据的返还",
}
FINAL_ACCOUNT = {
    "FINAL_AUDIT": "终止审计",
    "BALANCE_TRANSFER": "结余移交业主或者新受托人",
    "LIMITED_RETENTION": "留置以应得酬金为限",
}
TRUSTEE_CHANGE = {
    "END_DISSOLUTION": "受托人解散",
    "END_BANKRUPTCY": "受托人破产",
    "END_REMOVAL": "受托人被解任",
    "END_RESIGNATION": "受托人辞任",
    "SUCCESSOR_BY_VOTE": "业主共同决定新受托人",
    "INTERIM_HOLDER": "过渡期间由谁保管",
}
SUPERVISOR = {"SUPERVISOR_POWERS": "监察人的权限", "SUPERVISOR_REPLACEMENT": "监察人的更换"}
DATA = {
    "DATA_ROLES": "各方的处理角色",
    "DATA_PURPOSES": "处理目的",
    "DATA_RETENTION": "保存期限",
    "DATA_RETURN": "到期返还或者删除",
    "DATA_BREACH": "泄露时的联系和告知",
    "DATA_NO_MARKETING": "不作营销之用",
    "DATA_FACE_NOT_SOLE": "人脸识别不作唯一方式",
}
TOPICS: Mapping[str, str] = {
    **MANDATORY_CLAUSES,
    **PROHIBITIONS,
    **RELATED_PARTIES,
    **EXIT,
    **FINAL_ACCOUNT,
    **TRUSTEE_CHANGE,
    **SUPERVISOR,
    **DATA,
    "COST_DEFINITION": "公共收益的成本口径",
    "VOUCHER_ACCESS": "业主一方查阅凭证",
    "DUNNING": "先催告、给合理期限，再起诉或者仲裁",
    "HIGHLIGHTS": "格式条款的提示和说明",
    "ASSESSMENT": "考核与酬金挂钩",
    "LIFT_DUTY": "电梯使用管理责任",
    "FIRE_DUTY": "共用消防设施维护责任",
    "EFFECT_CONDITIONS": "生效条件",
    "OTHER": "其他",
}
