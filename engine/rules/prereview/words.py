"""The words of a pre-review file, each with its Chinese name."""

ROUTES = {
    "CONVERT_EXISTING": "原物业改签",
    "REPLACE_BY_AGREEMENT": "协议选聘",
    "REPLACE_BY_TENDER": "公开招标",
    "NEW_COMPANY": "无物业新引入",
    "SELF_GOVERN": "信义自治",
    "MERGE_NEIGHBOUR": "并入相邻小区",
    "CUSTODY_FIRST": "先托管后导入",
}
BODIES = {"OC": "业委会", "PMC": "物管会", "ALL_OWNERS": "全体业主推举的代表"}
MODELS = {"COMMISSION": "酬金制", "LUMP_SUM": "包干制"}
BASES = {
    "RECEIVED_FEE": "实收物业费",
    "RECEIVED_ALL": "全部实收收入",
    "EXECUTED_EXPENSE": "实际支出",
    "FIXED": "固定金额",
}
SCOPES = {
    "REPAIR": "维修养护",
    "CLEANING": "清洁",
    "GREENING": "绿化",
    "ORDER": "秩序维护",
    "FACILITIES": "设施设备",
    "PARKING": "停车管理",
    "ARCHIVE": "档案",
}
STATUSES = {"PASS_ROBUST": "通过", "CONTESTED": "有争议", "FAIL_ROBUST": "未通过"}
OLD_KINDS = {"NONE": "没有", "PRELIMINARY": "前期合同", "OWNERS_ASSEMBLY": "业主大会合同", "INDEFINITE": "不定期合同"}
PATHS = {"PRELIMINARY_940": "第940条", "DISMISSAL_946": "第946条", "EXPIRY_947": "第947条", "INDEFINITE_948": "第948条"}
IN_BASE = {
    "SERVICE_FEE": "物业费",
    "COMMON_INCOME": "公共收益",
    "PARKING": "停车费",
    "EXPENSE": "实际支出",
    "UTILITIES": "代收水电费",
    "DEPOSITS": "押金",
    "MAINTENANCE_FUND": "维修资金",
    "REFUNDS": "退款",
}
ASSETS = {
    "FEE": "物业费",
    "PARKING": "停车费",
    "ADVERTISING": "广告收入",
    "RENT": "场地租金",
    "SUBSIDY": "补贴",
    "EQUIPMENT": "动产设备",
    "OTHER": "其他",
    "MAINTENANCE_FUND": "维修资金",
    "REAL_ESTATE": "不动产",
    "REGISTERED_VEHICLE": "登记车辆",
    "THIRD_PARTY_PARKING": "他人产权车位",
}
FUND_ROUTES = {
    "F1": "企业项目专户",
    "F2": "业主大会或者业委会账户",
    "F3": "物管会、社区协助账户",
    "F4": "信托公司专户",
    "F5": "自治账户",
}
REPAIRS = {"NONE": "不是维修", "MINOR": "小修", "MEDIUM": "中修", "MAJOR": "大修"}
STEPS = {
    "RESERVE": "动用储备",
    "CUT": "调减服务",
    "VOTE": "业主共同决定",
    "CHARGE": "向业主加收",
    "COMPANY": "企业承担",
}
REPORTS = {"TRUST": "受托事务报告", "ACCOUNTS": "年度预决算", "DISCLOSURE": "收支公示"}
DISCLOSED = {
    "SERVICES": "服务事项",
    "PERSONS": "负责人员",
    "QUALITY": "质量要求",
    "FEE_ITEMS": "收费项目",
    "FEE_STANDARDS": "收费标准",
    "PERFORMANCE": "履行情况",
    "MAINTENANCE_FUND": "维修资金使用情况",
    "COMMON_INCOME": "共用部分的经营与收益",
}
SIDES = {"OWNERS": "业主一方", "COMPANY": "物业企业", "STREET": "街道、社区", "BANK": "银行", "TRUST": "信托公司"}
DOORS = {"COURT": "法院", "ARBITRATION": "仲裁"}
FACILITIES = {"LIFT": "电梯", "FIRE": "消防", "ELECTRIC": "电工", "GUARD": "保安"}
PAYERS = {"OWNERS": "业主", "DEVELOPER": "建设单位"}
SURPLUS = {
    "ROLL_OVER": "滚存下年",
    "REPAIR_RESERVE": "维修储备",
    "MICRO_WISH": "微心愿",
    "COMMON_IMPROVEMENT": "共用部位改善",
    "RETURN": "退还业主",
}
SHARES = {"AREA": "按专有部分面积", "EQUAL": "平均", "STATED": "按约定的办法"}
PRICE_BOARD = {
    "COMPANY": "企业名称",
    "PAYERS": "收费对象",
    "CONTENT": "服务内容、标准",
    "BILLING": "计费方式",
    "START": "起始时间",
    "ITEMS": "收费项目",
    "RATES": "收费标准",
    "BASIS": "定价依据",
}
FILINGS = {
    "CONTRACT": "合同备案",
    "TAKEOVER": "承接查验备案",
    "GUARD": "保安服务备案",
    "LIFT": "电梯使用登记变更",
    "ACCOUNT": "账户备案",
}
METHODS = {
    "OPEN_TENDER": "公开招标",
    "INVITED_TENDER": "邀请招标",
    "NEGOTIATION": "竞争性谈判",
    "DIRECT": "直接选定",
}
INSURANCES = {"PUBLIC_LIABILITY": "公众责任险", "COMMON_PARTS": "共用部位财产险", "EMPLOYER": "雇主责任险"}
SIGNED = {"PAPER": "纸质", "ELECTRONIC": "电子"}
SEALS = {"COMMITTEE": "业主组织", "COMPANY": "物业企业"}
PROOFS = {
    "EXCLUSIVE": "签名数据专属签名人",
    "CONTROLLED": "签署时由签名人控制",
    "SIGNATURE_SEALED": "签名的改动能够发现",
    "CONTENT_SEALED": "内容的改动能够发现",
}
TAX_PARTS = {"REMUNERATION": "酬金", "PASS_THROUGH": "代收代付的服务支出"}
