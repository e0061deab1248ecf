"""What the cases say of their own place, and what is said of another one instead."""

import random

from engine.demo.names import seeded
from engine.demo.roll import Entry

#: People whom the cases name beside the owners and those who hold a lane.
_PERSONS = """丁宁 韩志刚 吴桂兰 赵建民 何平 宋志平 蒋学文 骆冰 杜若 高丽 马骏 罗文斌 丁勇 郑浩 高岩 郑国梁
宋岚 潘伟 贺琴 倪军 顾建新 方铭 贺莉 方静初 陶静 许红 顾兰 陶国平"""
PERSONS = tuple(_PERSONS.split())
#: The company that serves a street, with its credit code; invented, like those that leave.
COMPANIES = {
    "临河街道": ("惠邻", "91320404MA1XTR0X5X"),
    "桥东街道": ("和畅", "91320404MA1W7H2K8Q"),
    "云溪街道": ("悦里", "91320404MA20B6N3TY"),
    "望塔街道": ("同诚", "91320404MA25F9Q1CE"),
    "南渡街道": ("安禾", "91320404MA1R4D8J6P"),
}
_LEAVING = ("恒泽", "嘉泰", "金厦", "瑞丰源", "城泰", "新源", "宏居", "福佑", "龙瑞", "天洁", "永嘉信")
_ROADS = """听松路 学士巷 桂香街 采菱路 塘河路 丹枫路 织机街 青果弄 白云渡路 锁桥巷 槐荫路 双桂坊 竹林路 荷风路 雪堰巷
芦荡路 晒布场 东仓桥路 西仓街 梅坞路 画舫路 小营前 麻巷 早科坊 周线巷 新坊路 仁和街 木梳路 盐埠头"""
#: Sentences that every estate of one case would say alike.
_REASONS = (
    "原物业账目长期不公开，公共收益去向不明，收缴率逐年下降，业主要求引入信托制物业。",
    "停车费和广告费收了多少从不公示，业主多次要求查账没有结果，希望换一种管法。",
    "保洁和门岗一年比一年差，欠费的人越来越多，业委会商定申请信托制物业。",
    "原物业合同早已到期，服务靠催、报修靠等，业主大会代表联名要求公开账目、共管资金。",
    "设施老化没有钱修，收的钱用在哪里说不清，社区走访后与业委会商定提出申请。",
)
_SUMMARIES = (
    "主体结构完好，电梯光幕与公共照明需先行改造。",
    "外墙和屋面完好，地下室照明差，部分消防器材过期。",
    "总体尚可，门禁损坏两处，电梯故障较多，须列入首年维修。",
    "道路和绿化破损较多，配电与水泵房正常，照明须更换。",
)
_OPINIONS = (
    "赞成公开账目；担心换物业期间无人值守；要求先修电梯。",
    "希望停车收入公开；要求门岗二十四小时有人；多数愿意补缴欠费。",
    "认可账户共管；对收费标准意见不一；要求每月贴出账单。",
    "赞成换一种管法；老人担心办手续麻烦；要求楼道先清理。",
)
_TOPICS = ("收费与服务不符", "多次反映没有答复", "门口和电梯里贴的标准与实际不一样", "收费没有发票")
_VARIED = (_REASONS, _SUMMARIES, _OPINIONS, _TOPICS)


def roads(entry: Entry) -> list[str]:
    """The three roads around an estate, its own first."""
    return seeded(f"{entry.name}路").sample(_ROADS.split(), 3)


def words(entry: Entry, seed: random.Random) -> dict[str, str]:
    """For each word of the cases that tells a place, company or sentence of theirs, that of this estate."""
    street, community = entry.street, entry.community.removesuffix("社区")
    own, second, third = roads(entry)
    said = {
        "临河街道": street,
        "临河支行": f"{street[:2]}支行",
        "临河城市服务": f"{street[:2]}城市服务",
        "桥东街道": next(name for name in COMPANIES if name != street),
        "临街": f"{street[0]}街",
        "临承备": f"{street[0]}承备",
        "桂语社区": entry.community,
        "桂语苑": entry.name,
        "红梅旧里": entry.name,
        "清水里": entry.name,
        "柳浪新村": entry.name,
        "桂语": community,
        "桂业委纪": f"{entry.name[0]}业委纪",
        "桂语招": f"{entry.name[:2]}招",
        "常顺": seed.choice(_LEAVING),
        "惠邻": COMPANIES[street][0],
        "91320404MA1XTR0X5X": COMPANIES[street][1],
        **dict.fromkeys(("临河路", "红梅路", "清水路", "柳浪路"), own),
        "学士巷": second,
        "桂香街": third,
        "一至二十六层楼道": "各层楼道",
        "一幢大厅、地下一层": "各幢大厅、地下一层",
        "一幢欠费": "各幢欠费",
        "阳光信托-075": f"阳光信托-{entry.number:03d}",
        "13800000001": f"138000{seed.randrange(10000, 99999)}",
    }
    for alternatives in _VARIED:
        said[alternatives[0]] = seed.choice(alternatives)
    return said
