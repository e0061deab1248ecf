"""A dry run of everything a district publishes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from engine.forms import specimens
from engine.process import explore as process
from engine.process.definitions import Definition, document
from engine.process.diagram import Diagram
from engine.process.explore import Ahead, Explored, Given, RuledOut, World
from engine.process.lint import Fault
from engine.rules import diagnosis, intake
from engine.use_cases import linting, reading
from engine.use_cases.dossier import PackDeadlines
from engine.use_cases.library import Library

#: When somebody is there to act for a lane; the other lanes are manned from the first day (docs/explore.md).
ROLES: Mapping[str, str] = {}

#: Any working day would do: nothing is found or missed by its choice.
BEGINS = datetime(2026, 3, 2, 1, tzinfo=UTC)


def explore(library: Library) -> list[Fault]:
    faults = []
    for root in _roots(library):
        definition = library.definition(root)
        found = process.explore(definition, _world(library, definition))
        faults += found.faults
        print(root, found.situations, found.steps)
    return faults


def _roots(library: Library) -> list[str]:
    diagrams = [Diagram(file, document(text, file)) for file, text in library.diagrams.items()]
    called = {element.called for diagram in diagrams for element in diagram.of_kind("callActivity")}
    return sorted({diagram.process for diagram in diagrams} - called)


def _world(library: Library, definition: Definition) -> World:
    known = linting.known(library)
    today = BEGINS.date()
    answers: dict[str, list[Given]] = {}
    refused = {}
    for name, task in definition.user_tasks.items():
        filled = specimens.fill(library.form(name), task.routing, today)
        seen = {}
        for one in filled:
            given = {key: Ahead(1) if isinstance(one[key], date) else one[key] for key in task.routing}
            seen.setdefault(repr(given), (given, one))
        answers[name] = [given for given, _ in seen.values()]
        if name == "hold_diagnosis_meeting":
            g = answers[name]
            def refuses(data, number, g=g):
                a = g[number]
                if a["conclusion"] != "SUITABLE": return False
                return bool(diagnosis.route_problems(a["route"], a["principal_route"], a["fund_route"], diagnosis.Situation(data.get("org_status"), data.get("company_status"))))
            refused[name] = RuledOut(("org_status", "company_status"), refuses)
    return World(answers, refused, known.forms, known.gates, ROLES, PackDeadlines(library.packs[0], library.calendar), BEGINS)
