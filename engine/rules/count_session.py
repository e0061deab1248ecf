"""The counting session 计票: who does what at it, which boxes were opened, and whether the papers found are those that
came back (manual S7 step 7.6, checklist of G7, law LC-07).

Nobody has two parts: whoever watches neither calls nor writes down.  A candidate and the company have none; who sits in
the owners' body does not watch over its own vote.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import Problem


class Part(StrEnum):
    """What somebody does at a count."""

    HOST = "HOST"
    CALLER = "CALLER"
    COUNTER = "COUNTER"
    SCRUTINEER = "SCRUTINEER"


PARTS: Mapping[Part, str] = {
    Part.HOST: "主持人",
    Part.CALLER: "唱票人",
    Part.COUNTER: "计票人",
    Part.SCRUTINEER: "监票人",
}
#: How many of a part there may be where only one makes sense.
_ONE = frozenset({Part.HOST})
People = Mapping[Part, Sequence[str]]
_BETWEEN = re.compile(r"[\s,，、;；]+")
_REMARK = re.compile(r"[(（][^()（）]*[)）]")
#: Somebody told by number or by office alone: 业主 2 人, 居委会代表.
_UNNAMED = re.compile(r"[^,，、;；]*(?:[0-9０-９一二两三四五六七八九十]+\s*[人名位]|代表)(?=\s*(?:[,，、;；]|\Z))")


@dataclass(frozen=True)
class Barred:
    """Who may not take part, or not watch, by name: those who stand, the company's people, the owners' body."""

    candidates: Collection[str] = ()
    company: Collection[str] = ()
    body: Collection[str] = ()


def names(text: str) -> list[str]:
    """The names that somebody wrote, with anything between them."""
    return [name for name in _BETWEEN.split(text.strip()) if name]


def is_named(name: str, text: str) -> bool:
    """Whether somebody is among those who are written down: an office may stand before a name, a remark behind it.

    A longer name that begins alike is somebody else's.
    """
    return any(written.endswith(name) for written in names(_REMARK.sub("", text)))


def people_problems(people: People, barred: Barred, scrutineers_min: int) -> list[Problem]:
    """Why a count may not be opened by these people, each under the part that is wrong."""
    found: list[Problem] = []
    parts_of: dict[str, list[Part]] = {}
    for part in Part:
        named = people.get(part, ())
        for name in named:
            parts_of.setdefault(name, []).append(part)
        found += _number_problems(part, named, scrutineers_min)
        found += [Problem(part, _why_barred(name, part, barred)) for name in named if _why_barred(name, part, barred)]
    for name, parts in parts_of.items():
        if len(parts) > 1:
            both = "、".join(dict.fromkeys(PARTS[part] for part in parts))
            found.append(Problem(parts[-1], f"{name}写在{both}里写了两次；一个人只能担任一项，请换人。"))
    return found


def _number_problems(part: Part, named: Sequence[str], scrutineers_min: int) -> list[Problem]:
    if not named:
        return [Problem(part, f"没有写{PARTS[part]}；请写全名，几个人用顿号隔开。")]
    if part in _ONE and len(named) > 1:
        return [Problem(part, f"{PARTS[part]}只能有一人；请留一人。")]
    if part is Part.SCRUTINEER and len(set(named)) < scrutineers_min:
        return [Problem(part, f"监票人至少 {scrutineers_min} 人，写了 {len(set(named))} 人；请补上。")]
    return []


def _why_barred(name: str, part: Part, barred: Barred) -> str:
    if name in barred.candidates:
        return f"{name}是候选人，不能参加计票；请换人。"
    if name in barred.company:
        return f"{name}是物业企业的人，不能参加计票；请换人。"
    if part is Part.SCRUTINEER and name in barred.body:
        return f"{name}是业委会或物管会的人，不能监督自己组织的表决；监票人请换居委会代表或不在其中的业主。"
    return ""


def paper_problems(counters: str, scrutineers: str, barred: Barred, scrutineers_min: int) -> list[Problem]:
    """Why those who counted and watched on paper cannot stand, by field; candidates are told elsewhere.

    Whoever counts and watches is named, so that they can sign (law §4.9, LC-08); nobody does both.
    """
    watching = set(names(_REMARK.sub("", scrutineers)))
    both = sorted(watching & set(names(_REMARK.sub("", counters))))
    found = [
        Problem(field, f"“{written}”不是姓名；请逐个写姓名，单位的代表写单位和姓名。")
        for field, text in (("counters", counters), ("scrutineers", scrutineers))
        for written in _UNNAMED.findall(text)
    ]
    found += [Problem("scrutineers", f"{name}既计票又监票；一个人只能担任一项，请换人。") for name in both]
    if not found and len(watching) < scrutineers_min:
        found = [Problem("scrutineers", f"监票人至少 {scrutineers_min} 人，写了 {len(watching)} 人；请补上。")]
    named = (("counters", counters, Part.COUNTER), ("scrutineers", scrutineers, Part.SCRUTINEER))
    return found + [
        Problem(field, why)
        for field, text, part in named
        for name in sorted({*barred.company, *barred.body} - {*barred.candidates})
        if is_named(name, text) and (why := _why_barred(name, part, barred))
    ]


@dataclass(frozen=True)
class Box:
    """A ballot box as it was opened: whether its seal was whole, and how many ballots lay in it."""

    label: str
    sealed: bool
    papers: int
    note: str = ""


def box_problems(box: Box) -> list[Problem]:
    """Why a box cannot be recorded like this."""
    found = []
    if not box.label:
        found.append(Problem("label", "没有写票箱；请写票箱编号或放置的地点。"))
    if box.papers < 0:
        found.append(Problem("papers", "张数不能为负；请重新清点。"))
    if not box.sealed and not box.note:
        found.append(Problem("note", "封条有破损，没有写情况；请写破损在哪里、谁发现的、怎么处理。"))
    return found


@dataclass(frozen=True)
class Session:
    """A count as far as it has come: people by part, boxes by label, the pause that goes on, and who signed.

    ``difference`` explains why the papers found are not those that came back; ``signed`` are those of ``people`` who
    signed since it was closed.
    """

    people: People
    boxes: Mapping[str, Box]
    paused: str = ""
    closed: bool = False
    difference: str = ""
    signed: Collection[str] = ()

    @property
    def papers(self) -> int:
        """How many ballots were found."""
        return sum(box.papers for box in self.boxes.values())

    @property
    def everybody(self) -> list[tuple[Part, str]]:
        """Everybody with their part."""
        return [(part, name) for part in Part for name in self.people.get(part, ())]

    @property
    def unsigned(self) -> list[str]:
        """Who has not signed."""
        return [name for _, name in self.everybody if name not in self.signed]

    @property
    def finished(self) -> bool:
        """Whether it is closed, and signed by everybody."""
        return self.closed and not self.unsigned


def closing_problems(session: Session, came_back: int, difference: str) -> list[Problem]:
    """Why a count may not be closed: no box opened, a pause, or more or fewer papers than came back, unexplained."""
    found = []
    if session.paused:
        found.append(Problem("close", f"计票暂停中（{session.paused}）；请先继续。"))
    if not session.boxes:
        found.append(Problem("boxes", "还没有登记开箱；请逐箱登记封条和票数。"))
    elif session.papers != came_back and not difference.strip():
        message = f"各箱共 {session.papers} 张，登记簿收回纸质票 {came_back} 张；请重新清点，仍然不符的写明原因。"
        found.append(Problem("difference", message))
    return found


def counting_problems(session: Session, counters: str, scrutineers: str) -> list[Problem]:
    """Why the votes may not be counted on a session that was opened: not finished, or other people are named."""
    if not session.closed:
        return [Problem("counted_on", "计票现场记录还没有结束；请在“计票”页登记各箱并结束。")]
    found = []
    if lacking := session.unsigned:
        found.append(Problem("counted_on", f"{'、'.join(lacking)}还没有在计票记录上签字；请在“计票”页登记。"))
    for field, named, parts in (
        ("counters", counters, (Part.CALLER, Part.COUNTER)),
        ("scrutineers", scrutineers, (Part.SCRUTINEER,)),
    ):
        left_out = [name for part in parts for name in session.people.get(part, ()) if name not in named]
        if left_out:
            found.append(Problem(field, f"计票现场记录里有{'、'.join(left_out)}，这里没有写；请按现场记录填写。"))
    return found
