"""An estate at a glance: where it stands, what comes next and by when, what holds it, its ledgers, meters and parties.

It asks only for what it shows: no register is read unless its meter runs, and the log not at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from engine import forms
from engine.process.definitions import Definition
from engine.process.waiting import date_name, duration, pack_key
from engine.rules.exact import Ratio
from engine.rules.jurisdiction import Pack
from engine.store import accounts, desk, estates
from engine.store.desk import EstateListed, Listed
from engine.store.estates import Deadline, Decided, Pending, Stay
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases import desk as desks
from engine.use_cases import gauging, hands, reasons, versions, voting, wording
from engine.use_cases.accounts import Member
from engine.use_cases.dossier import Dossier
from engine.use_cases.gauging import Intention, Resolve
from engine.use_cases.library import Library
from engine.use_cases.reasons import Reason

_FACTS = ("estate_type", "households", "total_area", "built_year", "address", "org_status", "company_name")
_PERIODS = {
    "minutes": "分钟", "hours": "小时", "days": "天", "months": "个月", "years": "年",
}  # fmt: skip
_LIGHTS = {"GREEN": ("fine", "绿灯"), "YELLOW": ("near", "黄灯"), "RED": ("late", "红灯")}
_WINDOWS = {"CONTRACT_ENDING": "合同将到期", "COMPANY_AGREES": "现企业同意退出或转制", "RENOVATION": "正逢改造"}
#: What the background does for a kind of job.
_WORK = {"render": "出具", "decide": "判定"}


@dataclass(frozen=True)
class Station:
    """A stage on the rail: ``done``, ``now``, ``skipped`` or ``ahead``, with the dates of its latest stay."""

    id: str
    title: str
    state: str
    entered_at: str = ""
    left_at: str = ""


@dataclass(frozen=True)
class Next:
    """The one thing that comes next: a task and who has it, or what is waited for."""

    says: str
    task: Listed | None = None
    due: str = ""
    who: str = ""


@dataclass(frozen=True)
class Lawful:
    """A deadline and where it comes from."""

    deadline: Deadline
    rule: str
    source: str


@dataclass(frozen=True)
class Ledger:
    """One of the three ledgers: its light, what it says in one figure, a bar of 100, and its lines."""

    title: str
    tone: str
    light: str
    headline: str
    width: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Overview:
    """An estate as the first page shows it."""

    estate: EstateListed
    path: str
    facts: list[tuple[str, str]]
    rail: tuple[Station, ...]
    next: Next
    open: list[Listed]
    deadlines: tuple[Lawful, ...]
    blocked: tuple[Reason, ...]
    failures: tuple[str, ...]
    ledgers: tuple[Ledger, ...]
    intention: Intention | None
    resolve: Resolve | None
    parties: tuple[tuple[str, str], ...]
    people: Mapping[str, str]

    @property
    def due(self) -> str | None:
        """The earliest deadline, passed or to come."""
        known = [task.due for task in self.open if task.due] + [one.deadline.due for one in self.deadlines]
        return min(known, default=None)


def overview(work: UnitOfWork, library: Library, member: Member, estate_id: int) -> Overview:
    """An estate as its first page shows it.  Raises NotFound."""
    found = desks.estate(work, member, estate_id)
    return _Reading(work, library, member, found).overview()


def facts(work: UnitOfWork, library: Library, estate_id: int) -> list[tuple[str, str]]:
    """What the application says of an estate, in words."""
    kept = estates.answers(work, estate_id, "submit_application")
    form = library.form("submit_application")
    return wording.told(form, kept["submit_application"], _FACTS) if kept else []


def rail(definition: Definition, stays: Iterable[Stay]) -> tuple[Station, ...]:
    """The ten stages: one that was passed by, as a later one is over, is skipped."""
    latest = {one.stage: one for one in stays}
    over = [place for place, stage in enumerate(definition.stages) if stage in latest and latest[stage].left_at]
    made = []
    for place, stage in enumerate(definition.stages):
        title, stay = definition.elements[stage].name, latest.get(stage)
        if stay is None:
            made.append(Station(stage, title, "skipped" if any(later > place for later in over) else "ahead"))
        else:
            state = "done" if stay.left_at else "now"
            made.append(Station(stage, title, state, stay.entered_at, stay.left_at or ""))
    return tuple(made)


def coming(work: UnitOfWork, definition: Definition, found: EstateListed, tasks: Sequence[Listed]) -> Next:
    """The one thing that comes next: the task due first, else what the background does, else what is waited for."""
    if found.status in _RESTS:
        return Next(_RESTS[found.status])
    if tasks:
        first = min(tasks, key=lambda task: (task.due is None, task.due or "", task.opened_at, task.id))
        return Next(first.title, first, first.due or "", first.who or "")
    waiting = estates.pending(work, found.id)
    if waiting:
        return Next(f"后台正在{in_words(definition, waiting)}，稍后刷新即可看到下一步。")
    for message in estates.awaited(work, found.id):
        return Next(f"等待外部消息：{message}")
    for deadline in estates.deadlines(work, found.id):
        return Next(f"等待：{deadline.title}", due=deadline.due)
    return Next("眼下没有要办的事。")


_RESTS = {
    "suspended": "已暂停办理：任务不能提交，法定期限照走。恢复后从停下的地方继续。",
    "withdrawn": "已撤回申请，没有下一步。",
    "ended": "导入已结束，没有下一步。",
    "operating": "导入已完成，小区转入运行。",
}


def in_words(definition: Definition, waiting: Iterable[Pending]) -> str:
    """What the background is about to do."""
    said = (
        f"{_WORK.get(one.operation, '办理')}“{element.name}”"
        for one in waiting
        if (element := definition.elements.get(one.name))
    )
    return "、".join(dict.fromkeys(said)) or "处理上一步"


@dataclass(frozen=True)
class _Reading:
    """One reading of an estate for its page."""

    work: UnitOfWork
    library: Library
    member: Member
    found: EstateListed

    @cached_property
    def dossier(self) -> Dossier:
        return Dossier(self.work, self.library, self.found.id)

    @cached_property
    def definition(self) -> Definition:
        return versions.of(self.work, self.library, self.found.id)

    def overview(self) -> Overview:
        work, key = self.work, self.found.id
        stations = rail(self.definition, estates.stays(work, key))
        under_way = frozenset(one.id for one in stations if one.state == "now")
        decided = estates.decisions(work, key)
        tasks = desk.open_tasks(work, key)
        return Overview(
            estate=self.found,
            path=accounts.paths(work).get(self.found.node_id or 0, ""),
            facts=facts(work, self.library, key),
            rail=stations,
            next=coming(work, self.definition, self.found, tasks),
            open=tasks,
            deadlines=tuple(_lawful(self.dossier.pack, one) for one in estates.deadlines(work, key)),
            blocked=tuple(self._blocked(decided, stations)),
            failures=tuple(one.failure for one in estates.pending(work, key) if one.failure),
            ledgers=self._ledgers(decided),
            intention=gauging.intention(self.dossier, decided, under_way, estates.visited(work, key)),
            resolve=gauging.resolve(self.dossier, decided, under_way - self._unseen(under_way)),
            parties=tuple(self._parties()),
            people=work.people(key),
        )

    def _unseen(self, under_way: frozenset[str]) -> frozenset[str]:
        """The vote, where the place does not show this member how many took part."""
        if gauging.VOTE not in under_way or not self.dossier.convened:
            return frozenset()
        lanes = hands.lanes_of(self.work, self.member.name, self.found.id)
        return frozenset({gauging.VOTE}) if voting.hidden(self.dossier, lanes) else frozenset()

    def _blocked(self, decided: Mapping[str, Decided], stations: Iterable[Station]) -> Iterator[Reason]:
        """What gates of the stages under way have held, since the stage was entered."""
        for station in stations:
            inside = self.definition.within(station.id) if station.state == "now" else frozenset()
            gates = {
                one.properties.get("gate", ""): None
                for one in self.definition.elements.values()
                if one.process in inside
            }
            # a gate that a diagram asks in several places has said one thing
            for said in (decided[gate] for gate in gates if gate in decided):
                if said.at >= station.entered_at and _holds(said):
                    yield reasons.in_words(self.definition, said)

    def _ledgers(self, decided: Mapping[str, Decided]) -> tuple[Ledger, ...]:
        """The three ledgers as the diagnosis took them, or as they were computed before it; none before that."""
        if "diagnosis" in decided:
            return _three(decided["diagnosis"].figures)
        if estates.completed_at(self.work, self.found.id, "compute_ledgers"):
            return _three(self.dossier.ledgers.figures())
        return ()

    def _parties(self) -> Iterator[tuple[str, str]]:
        kept = estates.answers(
            self.work, self.found.id, "verify_owners_body", "select_company", "nominate_supervisor", "sign_contract"
        )
        body, company = kept.get("verify_owners_body"), kept.get("select_company")
        supervisor = kept.get("nominate_supervisor")
        signed = "（已签约）" if "sign_contract" in kept else "（已选定，未签约）"
        yield "委托人", f"全体业主，由{body['body_name']}代表" if body else "全体业主（业主组织待核验）"
        yield "受托人", f"{company['company_name']}{signed}" if company else "尚未选定"
        yield "受益人", "全体业主"
        if supervisor:
            form = self.library.form("nominate_supervisor")
            given = forms.load(form, supervisor)
            yield "监察人", "，".join(filter(None, (given["name"], given.get("organisation"))))
        else:
            yield "监察人", "尚未选任"


def _holds(said: Decided) -> bool:
    return said.outcome in reasons.HOLDING


def _lawful(pack: Pack, deadline: Deadline) -> Lawful:
    key = pack_key(deadline.expression)
    if key is not None:
        parameter = pack.parameter(key)
        days = "个工作日" if parameter.calendar == "working" else _PERIODS.get(parameter.unit, "")
        return Lawful(deadline, f"{parameter.title}：{parameter.value} {days}", parameter.source)
    if date_name(deadline.expression) is not None:
        return Lawful(deadline, "到期日由办理中填写或判定的日期给出", "见流转记录中给出日期的一步")
    length = duration(deadline.expression)
    return Lawful(
        deadline, f"流程图规定的计划时限：{_length(length)}" if length else "流程图规定的计划时限", "导入手册"
    )


def _length(length: Any) -> str:
    return f"{length.days} 天" if length.days else f"{length.seconds // 3600} 小时"


def _three(figures: Mapping[str, Any]) -> tuple[Ledger, ...]:
    rate, days = figures["break_even_rate"], figures["days_to_contract_end"]
    support, oppose = Ratio(*figures["pre_support"]), Ratio(*figures["strong_oppose"])
    window = "、".join(_WINDOWS[reason] for reason in figures["window"]) or "没有时机理由"
    surplus = str(figures["gap"]).startswith("-")
    gap = reasons.yuan(str(figures["gap"]).removeprefix("-"))
    return (
        _ledger(
            "经济账", figures["economic_light"], f"年{'结余' if surplus else '缺口'} {gap}", _capped(rate),
            ("预期年收入", reasons.yuan(figures["expected_income"])),
            ("收足时年收入", reasons.yuan(figures["saturated_income"])),
            ("企业年酬金", reasons.yuan(figures["expected_remuneration"])),
            ("保本收缴率", f"{rate}%" if rate is not None else "收足也不能保本"),
            ("一次性修缮", reasons.yuan(figures["one_off_repair"])),
        ),
        _ledger(
            "民意账", figures["opinion_light"], f"抽样支持 {reasons.share(figures['pre_support'])}",
            support.percent(2) if support.denominator else "0",
            ("抽样人数", f"{support.denominator} 人"),
            ("支持", f"{support.numerator} 人"),
            ("强烈反对", f"{oppose.numerator} 人"),
            ("带头人", "有" if figures["key_person_ready"] else "没有"),
        ),
        _ledger(
            "时机账", figures["timing_light"], window, str(round(100 * len(figures["window"]) / len(_WINDOWS))),
            ("合同到期", "没有约束的期限" if days is None else f"还有 {days} 天" if days >= 0 else f"已过 {-days} 天"),
            ("有利时机", window),
        ),
    )  # fmt: skip


def _ledger(title: str, light: str, headline: str, width: str, *lines: tuple[str, str]) -> Ledger:
    tone, words = _LIGHTS[light]
    return Ledger(title, tone, words, headline, width, lines)


def _capped(rate: Any) -> str:
    return "100" if rate is None or Decimal(rate) > 100 else str(rate)
