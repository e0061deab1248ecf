"""Clauses of a paper in their order: none left out, none twice, and none referred to that is not there."""

import re
from collections.abc import Iterator, Mapping

import cn2an

from engine.documents import clauses
from engine.documents.reading import Word

_DIGITS = "零〇一二三四五六七八九十百千两0-9０-９"
_NUMBER = rf"第[{_DIGITS}]+条(?:之[{_DIGITS}]+)?"
_HEAD = re.compile(rf"\s*(?P<number>第\s*(?P<counted>[{_DIGITS}]+)\s*条(?:之(?P<insert>[{_DIGITS}]+))?)")
#: Clauses named one after another, with what they belong to.
_CHAIN = re.compile(
    rf"(?P<before>[^，。；：（）、\n]{{0,12}})(?P<named>{_NUMBER}(?:[^，。；：（）、《\n]{{0,8}}?[、和及与至或]+{_NUMBER})*)"
)
_EACH = re.compile(_NUMBER)
#: What stands before a clause of the paper itself; what a law or another paper says is named with its title.
_OWN = re.compile(
    r"(?:本(?:合同|协议|规约|公约|约定|规则)|^\s*(?:依照|按照|按|依|依据|根据|违反|适用|见|在|除|有))\s*$"
)


def wrong(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """What is wrong with the numbers of a paper's clauses, with the number as it is written; an annex counts anew."""
    lines = [line.whole for line in clauses.lines(Word(dict(parts))) if not line.row]
    there: set[tuple[int, int]] = set()
    last = (0, 0)
    for text in lines:
        if head := _HEAD.match(text):
            here = _counted(head["counted"]), _counted(head["insert"] or "0")
            if not _follows(last, here):
                yield _order(last, here, head["number"]), head["number"]
            there.add(here)
            last = here
        elif clauses.title_of(text).startswith("附"):
            last = (0, 0)
    for text in lines if there else ():
        for number in _own(text):
            found = _HEAD.match(number)
            if found and (_counted(found["counted"]), _counted(found["insert"] or "0")) not in there:
                yield f"引用了“{number}”，文中没有这一条；请核对条号。", number


def _follows(last: tuple[int, int], here: tuple[int, int]) -> bool:
    return here in {(last[0] + 1, 0), (last[0], last[1] + 1)}


def _order(last: tuple[int, int], here: tuple[int, int], number: str) -> str:
    before = f"第{cn2an.an2cn(last[0])}条" if last[0] else "开头"
    what = "条号重复" if here == last else "条号不连续"
    return f"{what}：“{before}”之后是“{number}”；请核对条号。"


def _own(text: str) -> Iterator[str]:
    """The clauses of the paper itself that a text refers to, its own number apart."""
    head = _HEAD.match(text)
    for chain in _CHAIN.finditer(text, head.end() if head else 0):
        if _OWN.search(chain["before"]):
            yield from _EACH.findall(chain["named"])


def _counted(number: str) -> int:
    return int(cn2an.cn2an(number, "smart"))
