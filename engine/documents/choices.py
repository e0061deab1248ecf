"""The codes that papers print in words."""

from engine.documents.printing import Choice

LIGHT = Choice({"GREEN": "绿灯", "YELLOW": "黄灯", "RED": "红灯"})
USAGE = Choice({"RESIDENTIAL": "住宅", "COMMERCIAL": "商业", "OFFICE": "办公", "OTHER": "其他"})
CONCLUSION = Choice({"SUITABLE": "适合导入", "NURTURE": "先行培育", "NOT_NOW": "暂不导入"})
VOTE_OUTCOME = Choice(
    {
        "PASSED": "通过",
        "PARTIAL": "部分通过",
        "REJECTED": "未通过",
        "NO_QUORUM": "参与表决未达法定比例",
        "CONTESTED": "有争议，待法律顾问出具意见",
        "PROCEDURE_FLAW": "程序有缺陷，重新组织",
        "PASS_ROBUST": "通过",
        "FAIL_ROBUST": "未通过",
    }
)
#: 民法典 278 ¶1, items 1 to 9.
ITEM_CLASS = Choice({str(number): f"第（{item}）项" for number, item in enumerate("一二三四五六七八九", 1)})
DELIVERY = Choice(
    {
        "VISIT": "上门送达",
        "MAIL": "邮寄",
        "REGISTERED_MAIL": "挂号信",
        "COURIER": "快递",
        "ELECTRONIC": "电子送达",
        "POSTED": "公告送达",
        "PICK_UP": "自行领取",
    }
)
HANDOVER_STATE = Choice({"GOOD": "完好", "DEFECT": "有缺陷", "MISSING": "缺失", "NONE": "无此项"})
DISPOSITION = Choice(
    {
        "TRANSFERRED": "转入共有资金账户",
        "REFUNDED": "退还业主",
        "ESCROWED": "提存",
        "DISPUTED": "争议待决",
        "NONE": "未处置",
    }
)
ACCEPTANCE = Choice({"PASS": "通过验收", "RECTIFY": "限期整改", "SUSPEND": "中止"})

#: The readings of a count (``rules.tally.READINGS``) as clauses of a paper.
PARKING = Choice(
    {
        "exclude": "车位、车库不计入面积和人数",
        "area_only": "有独立产权的车位、车库只计入面积，不计入人数",
        "area_and_headcount": "有独立产权的车位、车库计入面积和人数",
    }
)
SEVERAL_UNITS = Choice(
    {
        "returned_only": "同一业主有多个专有部分、只交回部分表决票的，面积按交回的计算",
        "all_units": "同一业主有多个专有部分、只交回部分表决票的，面积按其全部专有部分计算",
    }
)
BLANK = Choice(
    {
        "participating": "空白或者选两项以上的，该事项计入参与，不计为同意",
        "excluded": "空白或者选两项以上的，该事项不计入参与",
    }
)
DUPLICATE = Choice(
    {
        "participating": "意见不一致又不能核实的，计入参与，不计为同意",
        "excluded": "意见不一致又不能核实的，不计入参与",
        # what adopted rules say of paper and platform
        "PAPER": "纸质票和电子票都投了的，依照已生效的议事规则以纸质票为准",
        "ELECTRONIC": "纸质票和电子票都投了的，依照已生效的议事规则以电子票为准",
        "FIRST": "纸质票和电子票都投了的，依照已生效的议事规则以先投的为准",
        "LAST": "纸质票和电子票都投了的，依照已生效的议事规则以后投的为准",
    }
)
