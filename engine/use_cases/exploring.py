"""A dry run of everything a district publishes: every way, every role, every deadline, every document."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from engine.documents import catalogue
from engine.errors import Problem
from engine.forms import specimens
from engine.process import explore as process
from engine.process import waits
from engine.process.definitions import Definition, document
from engine.process.diagram import Diagram
from engine.process.elements import Timer
from engine.process.explore import Explored
from engine.process.lint import Fault
from engine.process.waiting import date_name, duration, pack_key
from engine.process.world import Ahead, Given, Refusal, World
from engine.rules import diagnosis, intake
from engine.rules.jurisdiction import Pack
from engine.use_cases import linting, reading
from engine.use_cases.library import Library
from engine.use_cases.pack_deadlines import PackDeadlines

#: When somebody is there for a lane, by what the journey has given; the other lanes are manned from the first day
#: (docs/explore.md says why).
ROLES: Mapping[str, str] = {
    "物业企业": 'company_status == "COMPANY_EXISTS" or selection_outcome is not None',
    "业委会/物管会": 'org_status in ("OC_VALID", "PMC_VALID") or body_way_outcome is not None',
    "监察人": 'supervisor_outcome == "ELIGIBLE"',
}
#: Steps of a lane done by the person who is about to fill it.
CANDIDATES = frozenset({"declare_interests"})
#: The parameter that must pass before a date which a step sets.
PERIODS: Mapping[str, str] = {
    "voting_opens_on": "assembly_notice",
    "voting_closes_on": "voting_window_min",
    "bids_open_on": "tender_time",
}
#: Nothing is found or missed by the choice of this day.
BEGINS = datetime(2026, 3, 2, 1, tzinfo=UTC)

_Values = Mapping[str, Any]
#: What checks say of answers when nothing but earlier routing values is known.
_CHECKS: Mapping[str, tuple[tuple[str, ...], Callable[[_Values, _Values], list[Problem]]]] = {
    "submit_application": (
        (),
        lambda known, answers: intake.application_problems(reading.application(dict(answers)), BEGINS.date()),
    ),
    "hold_diagnosis_meeting": (("org_status", "company_status"), lambda known, answers: _route(known, answers)),
}


@dataclass(frozen=True)
class Report:
    """The faults of a library, and how many situations and steps it took to find them."""

    faults: tuple[Fault, ...]
    situations: int
    steps: int


def explore(library: Library) -> Report:
    """Run every process of the library dry, under each of its packs' deadlines.

    Raises InvalidDefinition for a diagram that cannot be run or a form that cannot be filled in.
    """
    diagrams = {diagram.process: diagram for diagram in _diagrams(library)}
    called = {element.called for diagram in diagrams.values() for element in diagram.of_kind("callActivity")}
    runs = [_explore(library, library.definition(name)) for name in sorted(set(diagrams) - called)]
    faults = [fault for run in runs for fault in run.faults]
    faults += [*deadlines(library), *_missing(library, frozenset().union(*(run.documents for run in runs)))]
    ordered = sorted(faults, key=lambda fault: (fault.file, fault.element, fault.rule))
    return Report(tuple(ordered), sum(run.situations for run in runs), sum(run.steps for run in runs))


def deadlines(library: Library) -> list[Fault]:
    """Deadlines that cannot be met together under one of the library's packs."""
    diagrams = {diagram.process: diagram for diagram in _diagrams(library)}
    found: dict[str, Fault] = {}
    for pack in library.packs:
        for fault in waits.conflicts(diagrams, _length(PackDeadlines(pack, library.calendar))):
            found.setdefault(fault.element, fault)
    return list(found.values())


def _diagrams(library: Library) -> Iterator[Diagram]:
    return (Diagram(file, document(text, file)) for file, text in library.diagrams.items())


def _explore(library: Library, definition: Definition) -> Explored:
    known, filled = linting.known(library), _filled(library, definition)
    return process.explore(
        definition,
        World(
            answers={name: [given for given, _ in ways] for name, ways in filled.items()},
            refusals=dict(_refusals(filled)),
            options=known.forms,
            gates=known.gates,
            roles={
                name: ROLES[task.lane]
                for name, task in definition.user_tasks.items()
                if task.lane in ROLES and name not in CANDIDATES
            },
            deadlines=PackDeadlines(library.packs[0], library.calendar),
            now=BEGINS,
        ),
    )


def _filled(library: Library, definition: Definition) -> dict[str, list[tuple[Given, _Values]]]:
    """Each task's form filled in every way that the diagram can tell apart: routing values, and all answers."""
    found: dict[str, list[tuple[Given, _Values]]] = {}
    for name, task in definition.user_tasks.items():
        ways: dict[str, tuple[Given, _Values]] = {}
        for answers in specimens.fill(library.form(name), task.routing, BEGINS.date()):
            given = {key: _given(library.packs[0], key, answers[key]) for key in task.routing}
            ways.setdefault(repr(given), (given, answers))
        found[name] = list(ways.values())
    return found


def _given(pack: Pack, name: str, value: Any) -> Any:
    if not isinstance(value, date):
        return value
    return Ahead(pack.days(PERIODS[name]) + 1 if name in PERIODS else 1)


def _refusals(filled: Mapping[str, list[tuple[Given, _Values]]]) -> Iterator[tuple[str, Refusal]]:
    for task, (names, check) in _CHECKS.items():
        if task in filled:
            yield task, Refusal(names, _refusing(check, filled[task]))


def _refusing(
    check: Callable[[_Values, _Values], list[Problem]], filled: list[tuple[Given, _Values]]
) -> Callable[[_Values, int], bool]:
    """Whether a check turns a filling away for what the diagram routes by; other fields are only specimens."""

    def refuses(known: _Values, number: int) -> bool:
        given, answers = filled[number]
        return any(problem.field in given for problem in check(known, answers))

    return refuses


def _route(known: _Values, answers: _Values) -> list[Problem]:
    if answers["conclusion"] != "SUITABLE":
        return []
    situation = diagnosis.Situation(known.get("org_status") or "", known.get("company_status") or "")
    return diagnosis.route_problems(answers["route"], answers["principal_route"], answers["fund_route"], situation)


def _length(counted: PackDeadlines) -> waits.Length:
    """How many days a timer takes under a pack, at the least and at the most, over the days of a week."""

    def length(timer: Timer) -> tuple[int, int] | None:
        key, period = pack_key(timer.text), duration(timer.text)
        if period is not None:
            return period.days, period.days
        name = date_name(timer.text)
        if name is not None and name in PERIODS:
            days = counted.pack.days(PERIODS[name])
            return days, days
        if key is None:
            return None
        starts = [BEGINS.replace(day=day) for day in range(2, 9)]
        taken = [(counted.due(key, start) - start).days for start in starts]
        return min(taken), max(taken)

    return length


def _missing(library: Library, documents: frozenset[str]) -> Iterator[Fault]:
    """The documents of the processes that are there which no way asked for."""
    for kind in catalogue.KINDS.values():
        if kind.name not in documents and f"{kind.step}.bpmn" in library.diagrams:
            why = f"走遍各条路也没有生成“{kind.title}”；请在图中加上服务任务，或从目录删去"
            yield Fault("document_missing", f"{kind.step}.bpmn", kind.name, why)
