"""A carried case as a sample: its facts, its papers, and which templates it shows another side of."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.documents import catalogue, inspect, package, samples
from engine.documents.facts import Facts
from engine.documents.registers import REGISTERS
from engine.documents.samples import Printed, Sample
from engine.errors import InvalidDefinition
from engine.forms.form import Field
from engine.rules import roster
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import papers, vote_papers
from engine.use_cases.dossier import Dossier
from engine.use_cases.library import Library

#: Fields that name persons, by what they are called.
_PERSONS = re.compile(r"姓名|人$|代表|主任|组长|成员|委员|会计|出纳|经理|监察人")
#: With which a name begins; what else stands in such a field is an office.
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚"
    "谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向"
    "柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游骆阳裴席卫查屈鲍位覃霍翁隋甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边恽承巢"
)
_NAME = re.compile(rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}")
_BETWEEN = re.compile(r"[、，,；;\s（）()]+")


def printed(work: UnitOfWork, library: Library, estate_id: int) -> dict[str, Any]:
    """Everything that a paper may say of an estate at this moment, as plain values; persons are named."""
    dossier = Dossier(work, library, estate_id)
    # any kind will do: its number and title are those of each paper
    known = papers.facts(dossier, catalogue.KINDS["application"], "", "", {*library.forms, *REGISTERS})
    if dossier.ballots:
        known = known.having("ballot", vote_papers.ballots(dossier)[0])
    return samples.plain(known)


def sample(
    work: UnitOfWork, library: Library, estate_id: int, title: str, noted: Mapping[str, Mapping[str, Any]]
) -> Sample:
    """What an estate prints, with every paper that its shipped template can make of it; nobody is named.

    ``noted`` are by number of a paper the plain values of the moment when it was issued.
    """
    dossier = Dossier(work, library, estate_id)
    hidden = samples.without_persons(_persons(dossier), roster.masked)
    values = samples.hide(printed(work, library, estate_id), hidden)
    kept = {}
    for paper in dossier.issued:
        day = datetime.fromisoformat(paper.issued_at).astimezone(dossier.deadlines.zone).date()
        then = samples.hide(noted[paper.number], hidden)
        kept[paper.kind] = Printed(paper.number, day.isoformat(), samples.otherwise(then, values))
    whole = Sample(title, kept, values)
    return replace(whole, papers={kind: paper for kind, paper in kept.items() if _prints(library, whole, kind)})


def _prints(library: Library, whole: Sample, kind: str) -> bool:
    """Whether the case can show a paper: of a vote that is convened anew the ballots are not there any more."""
    try:
        library.template(kind).render(whole.facts(kind))
    except InvalidDefinition:
        return False
    return True


def choose(found: Iterable[Sample], library: Library) -> list[Sample]:
    """Of each sample those papers that go a way through the template which none before it went."""
    seen: dict[str, set[tuple[str, str]]] = {kind: set() for kind in catalogue.KINDS}
    asked = {kind: _asked(library, kind) for kind in catalogue.KINDS}
    chosen = []
    for one in found:
        kept = {}
        for kind, paper in one.papers.items():
            ways = {*_ways(one.facts(kind), asked[kind], library)}
            if not seen[kind] or ways - seen[kind]:
                seen[kind] |= ways | {("", "")}
                kept[kind] = paper
        chosen.append(replace(one, papers=kept))
    return [one for one in chosen if one.papers]


def _asked(library: Library, kind: str) -> list[str]:
    """The facts by which a template branches; those of rows apart."""
    name = catalogue.KINDS[kind].template
    sources = inspect.read(package.read(library.templates[name], name), name)
    uses = [use for source in sources for use in source.uses()]
    asked = {use.name for use in uses if use.role == "condition" or use.tag.startswith("{%")}
    codes = {use.name for use in uses if _is_code(use.name, library)}
    return sorted(name for name in asked | codes if "[]" not in name)


def _is_code(name: str, library: Library) -> bool:
    return name.endswith("_code") and name.removesuffix("_code") in library.schema


def _ways(printed: Facts, asked: list[str], library: Library) -> Iterator[tuple[str, str]]:
    record = printed.record(asked)
    for name in asked:
        if name.startswith("answered."):
            yield name, str(name.removeprefix("answered.") in printed.values)
        else:
            value = record.get(name, {}).get("value", "")
            yield name, str(value) if _is_code(name, library) else str(bool(value))


def _persons(dossier: Dossier) -> set[str]:
    """Every person that the papers of an estate may name, a company among the owners too."""
    owners = {owner.name for unit in dossier.roster.units for owner in unit.owners}
    lanes = {*dossier.work.people(dossier.estate_id).values(), *(event["actor"] for event in dossier.log)}
    listed = {
        name
        for done in dossier.work.answered(dossier.estate_id)
        for name in _named(dossier.library.form(done.name).fields, done.answers)
    }
    return {name for name in owners | lanes if len(name) > 1} | listed


def _named(fields: Iterable[Field], answers: Mapping[str, Any]) -> Iterator[str]:
    for one in fields:
        value = answers.get(one.key)
        for row in value if one.columns and value else ():
            yield from _named(one.columns, row)
        if isinstance(value, str) and _PERSONS.search(one.label):
            yield from (name for name in _BETWEEN.split(value) if _NAME.fullmatch(name))
