"""A checklist that was printed before its form changed: which line of the paper is which line of the page now."""

import re
from collections.abc import Mapping, Sequence

_NAMED = 8
#: A blank after which an answer begins: behind a row that is named, or before what is ticked or written on.
_LABEL_ENDS = re.compile(r"(?<=）) | (?=[□＿　另])")


def told(printed: Sequence[str], now: Sequence[Mapping[str, str]]) -> str:
    """What whoever types the paper in has to know, empty where every line stands where it stood.

    ``printed`` are lines as they were printed, number, label and answer apart by blanks; ``now`` has ``no``, ``label``
    and ``answer`` of each line of the page.
    """
    papers, pairs, asked_otherwise, come = dict(line.split(" ", 1) for line in printed), {}, [], []
    for one in now:
        same = [no for no, said in papers.items() if no not in pairs and said == f"{one['label']} {one['answer']}"]
        alike = [no for no, said in papers.items() if no not in pairs and said.startswith(f"{one['label']} ")]
        if not alike:
            come.append(f"{one['no']} {one['label']}")
            continue
        of = (same or alike)[0]
        pairs[of] = one["no"]
        if not same:
            asked_otherwise.append(f"{of} {one['label']}")
    moved = [f"纸上 {before} 是页面 {after}" for before, after in pairs.items() if before != after]
    gone = [f"{no} {_LABEL_ENDS.split(said, maxsplit=1)[0]}" for no, said in papers.items() if no not in pairs]
    parts = (
        ("", moved), ("页面上没有了：", gone), ("选项或单位改过，请对照：", asked_otherwise),
        ("页面上新加的，请补问：", come),
    )  # fmt: skip
    return "；".join(f"{title}{_few(many)}" for title, many in parts if many)


def _few(many: Sequence[str]) -> str:
    more = f" 等 {len(many)} 处" if len(many) > _NAMED else ""
    return "、".join(many[:_NAMED]) + more
