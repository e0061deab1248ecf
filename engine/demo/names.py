"""Invented people: names, identity numbers and telephone numbers, the same ones whenever the same seed asks."""

import random
from collections.abc import Iterator

_SURNAMES = (
    "陈张王李刘徐周朱吴蒋沈钱孙杨黄赵高陆潘谢许顾丁史戴薛曹邹姚汤袁恽庄承巢羊荆眭殷卞毛费殳奚岳芮贺范冯韩唐"
    "严金魏陶姜华秦尤何吕施孔葛彭郎鲁韦马花方俞任柳鲍廉岑雷倪滕罗毕郝安常于傅齐康余孟平穆萧尹邵汪祁"
)
_FIRST = "建国志文海永春秀丽美小晓玉桂凤金明德正伟俊少云惠慧雅静梦思佳家兴福庆宝荣长立宏卫红爱素月兰巧亚锡培耀"
_SECOND = "华平民强军勇峰涛斌明亮辉刚林生根泉良芳英珍娟琴萍燕红霞敏洁琳梅兰芬娣妹仙云洪康年洋宁东新成祥元方清"
_PLACE = "320404"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def seeded(by: str) -> random.Random:
    """Chance that falls the same way each time: nothing here is a secret."""
    return random.Random(by)  # noqa: S311


def people(seed: random.Random, taken: set[str]) -> Iterator[str]:
    """Names without end that are not ``taken``, nor given twice."""
    while True:
        name = seed.choice(_SURNAMES) + seed.choice(_FIRST) * (seed.random() < 0.8) + seed.choice(_SECOND)
        if name not in taken:
            taken.add(name)
            yield name


def identity(seed: random.Random) -> str:
    """An identity number with its check sign."""
    body = f"{_PLACE}{seed.randint(1946, 1996)}{seed.randint(1, 12):02}{seed.randint(1, 28):02}{seed.randint(100, 989)}"
    total = sum(int(sign) * weight for sign, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def phone(seed: random.Random) -> str:
    """A number of a range that nobody was given, as the shipped cases use it."""
    return f"13800{seed.randint(100000, 999999)}"
