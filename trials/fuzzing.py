"""Damage what people and files may bring, by seed: every reader takes it or refuses it with one of our errors."""

import copy
import json
import random
import tempfile
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from engine import forms, jobs, resources, spreadsheets, store
from engine.carry import casefile, checking, run, submitting
from engine.documents import catalogue, inspect
from engine.errors import EngineError
from engine.process import definitions, instance
from engine.process.waiting import WithoutPack
from engine.rules import deadline_question, deadlines, jurisdiction, roster, roster_question, tally_question
from engine.store import Store
from engine.use_cases import onboarding, registering
from engine.use_cases.library import shipped

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases"
_NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
_ODD: tuple[Any, ...] = (
    None, "", " ", 0, -1, 1, 10**400, 0.1, float("nan"), float("inf"), True, [], {}, [[]], [None], [{}], {"a": {}},
    ["x"],
    "-1", "1e5", "NaN", "Infinity", "0.005", "1" * 5_000, "９９", "1,000",
    "2026-02-30", "0000-00-00", "9999-12-31", "0001-01-01", "=on",
    "{{ 7 * 7 }}", "<w:t>&", "\x00", "\ud800", "\u202e", "𠮷", "true", "null", "'; DROP TABLE estate; --", "１号楼",
)  # fmt: skip
_TOKENS = (
    "\x00",
    "\ufeff",
    "\t",
    "'",
    '"',
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "&a",
    "*a",
    "!!",
    "<",
    ">",
    "&",
    "%",
    "0",
    "-",
    "年",
)


@dataclass
class Fuzzed:
    """What damaging one kind of input came to; ``escaped`` are the errors that are not ours."""

    name: str
    inputs: int
    accepted: int
    refused: int
    escaped: list[str]


Attempt = Callable[[random.Random], None]


def run_all(rounds: int, seed: int = 0) -> list[Fuzzed]:
    """Damage each kind of input ``rounds`` times."""
    with tempfile.TemporaryDirectory() as folder:
        kinds = {**_readers(Path(folder)), "process states": _states()}
        found = [_fuzz(name, attempt, rounds, seed) for name, attempt in kinds.items()]
        return [*found, _steps(Path(folder), rounds, seed)]


def _fuzz(name: str, attempt: Attempt, rounds: int, seed: int) -> Fuzzed:
    found = Fuzzed(name, rounds, 0, 0, [])
    for number in range(rounds):
        _try(found, lambda chance: attempt(chance), random.Random(f"{name} {seed} {number}"))
    return found


def _try(found: Fuzzed, attempt: Attempt, chance: random.Random) -> None:
    try:
        attempt(chance)
        found.accepted += 1
    except (EngineError, _Abandoned) as error:
        found.accepted += isinstance(error, _Abandoned)
        found.refused += isinstance(error, EngineError)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a panic of a parser in another language is none of Exception's
        where = traceback.extract_tb(error.__traceback__)[-1]
        found.escaped.append(f"{type(error).__name__}: {str(error)[:120]} ({Path(where.filename).name}:{where.lineno})")


# damage


def _text(chance: random.Random, text: str) -> str:
    """``text`` with one to four pieces cut, doubled, moved or replaced."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((1, 1, 2, 8, 40, 400)))
        piece, token = text[start:end], chance.choice(_TOKENS)
        text = text[:start] + chance.choice(("", piece * 2, token, token + piece, piece[::-1])) + text[end:]
    return text


def _bytes(chance: random.Random, content: bytes) -> bytes:
    """``content`` with one to eight bytes changed, cut or doubled, or the end missing."""
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        start = chance.randrange(max(1, len(damaged)))
        kind = chance.randrange(5)
        if kind == 0:
            del damaged[start:]
        elif kind == 1:
            del damaged[start : start + chance.randint(1, 64)]
        elif kind == 2:
            damaged[start:start] = damaged[start : start + chance.randint(1, 64)]
        else:
            damaged[start : start + 1] = bytes([chance.randrange(256)])
    return bytes(damaged)


def _value(chance: random.Random, value: Any, depth: int = 0) -> Any:
    """A JSON value with something odd in one place of it."""
    if isinstance(value, dict) and value and depth < 4 and chance.random() < 0.9:
        key = chance.choice(sorted(value))
        kind = chance.randrange(8)
        changed = dict(value)
        if kind == 0:
            del changed[key]
        elif kind == 1:
            changed[chance.choice(("typename", "", "x" * 300, key + " "))] = chance.choice(_ODD)
        else:
            changed[key] = _value(chance, value[key], depth + 1)
        return changed
    if isinstance(value, list) and value and depth < 4 and chance.random() < 0.9:
        position = chance.randrange(len(value))
        return [*value[:position], _value(chance, value[position], depth + 1), *value[position:][chance.randrange(2) :]]
    return copy.deepcopy(chance.choice(_ODD))


# readers


def _readers(folder: Path) -> Mapping[str, Attempt]:
    library = shipped()
    diagrams, packs = sorted(library.diagrams), resources.read("workflows/jurisdictions", "*.toml")
    form_files = resources.read("workflows/forms", "*.form")
    given = {step.task: step for step in casefile.read(CASES / "reference.yaml").steps if step.task}

    def answers(chance: random.Random) -> None:
        step = given[chance.choice(sorted(given))]
        forms.read(library.form(step.task), _value(chance, submitting.dated(step.answers, step.on)))

    def case_file(chance: random.Random) -> None:
        case = folder / "case.yaml"
        text = _text(chance, (CASES / chance.choice(("withdrawn.yaml", "reference.yaml", "refused.yaml"))).read_text())
        case.write_bytes(text.replace("like: ", f"like: {CASES}/").encode("utf-8", "surrogatepass"))
        checking.check(casefile.read(case), library)

    def spreadsheet(chance: random.Random) -> None:
        source = CASES / chance.choice(("large-roster.xlsx", "reference-roster.csv", "reference-ballots.csv"))
        damaged = folder / f"rows{source.suffix}"
        damaged.write_bytes(_bytes(chance, source.read_bytes()))
        roster.read(spreadsheets.read(damaged))

    def pack(chance: random.Random) -> None:
        name = chance.choice(sorted(packs))
        text = _text(chance, packs[name].decode())
        if name.startswith("holidays"):
            deadlines.Calendar.read([text])
        else:
            jurisdiction.read(text, file=name)

    def form_file(chance: random.Random) -> None:
        name = chance.choice(sorted(form_files))
        forms.parse(json.dumps(_value(chance, orjson.loads(form_files[name]))), file=name)

    def diagram(chance: random.Random) -> None:
        name = chance.choice(diagrams)
        text = _text(chance, library.diagrams[name].decode())
        files = {**library.diagrams, name: text.encode("utf-8", "surrogatepass")}
        definitions.load(files, "onboarding")

    def template(chance: random.Random) -> None:
        kind = catalogue.KINDS[chance.choice(sorted(catalogue.KINDS))]
        content = _bytes(chance, library.templates[kind.template])
        inspect.publish(content, library.schema, file=kind.template)

    return {
        "answers to forms": answers, "case files": case_file, "spreadsheets": spreadsheet, "packs and holidays": pack,
        "form files": form_file, "diagrams": diagram, "Word templates": template, "JSON commands": _commands(),
    }  # fmt: skip


def _commands() -> Attempt:
    calendar = shipped().calendar
    asked: list[tuple[Callable[[Any], Any], dict[str, Any]]] = [
        (tally_question.answer, _example("tally")),
        (roster_question.answer, _example("roster-check")),
        (lambda request: deadline_question.answer(request, calendar, shipped().packs), _example("deadlines")),
    ]

    def attempt(chance: random.Random) -> None:
        answer, request = chance.choice(asked)
        damaged = _value(chance, request)
        if isinstance(damaged, dict):
            answer(damaged)

    return attempt


def _example(page: str) -> dict[str, Any]:
    text = (CASES.parents[1] / "docs" / f"{page}.md").read_text(encoding="utf-8")
    example: dict[str, Any] = orjson.loads(text.split("```json\n")[1].split("```")[0])
    return example


def _states() -> Attempt:
    loop = CASES.parent / "diagrams" / "mech_loop.bpmn"
    definition = definitions.load({loop.name: loop.read_bytes()}, loop.stem)
    wait = instance.start(definition, deadlines=WithoutPack(), now=_NOW)

    def attempt(chance: random.Random) -> None:
        state = _bytes(chance, wait.state)
        ref = wait.tasks[0].ref if chance.random() < 0.9 else "nothing-1"
        instance.complete(definition, state, ref, {"enough": False}, deadlines=WithoutPack(), now=_NOW)

    return attempt


# steps of a journey, where the law's checks see what a form let through


class _Abandoned(Exception):
    """Ends a unit of work without its commit."""


def _steps(folder: Path, rounds: int, seed: int) -> Fuzzed:
    """Damaged answers and register rows at each step of the reference journey; nothing of them is kept."""
    library, case = shipped(), casefile.read(CASES / "reference.yaml")
    opened = store.open(f"sqlite:///{folder / 'steps.db'}", files=folder / "files", synchronous="OFF")
    found = Fuzzed("steps of a journey", 0, 0, 0, [])

    def before(step: casefile.Step, moment: datetime) -> None:
        each = max(1, rounds // len(case.steps))
        found.inputs += each
        for number in range(each):
            chance = random.Random(f"step {step.number} {seed} {number}")
            _try(found, lambda chance: _step(opened, library, step, moment, chance), chance)

    run.replay(case, opened, library, run.Options(person_key=b"fuzz"), lambda line: None, before=before)
    opened.close()
    return found


def _step(opened: Store, library: Any, step: casefile.Step, moment: datetime, chance: random.Random) -> None:
    with opened.work(jobs.ACTOR, moment) as work:
        lanes = {task.name: task.lane for task in work.open_tasks(1)}
        actor = work.people(1).get(lanes.get(step.task, ""), jobs.ACTOR)
    with opened.work(actor, moment) as work:
        for what, entries in step.rows.items():
            some = [_row(chance, row) for row in chance.sample(entries, min(len(entries), 5))]
            registering.enter(work, library, 1, what, some, b"fuzz")
        if step.task:
            onboarding.complete_task(
                work, library, 1, step.task, _value(chance, submitting.dated(step.answers, step.on))
            )
        raise _Abandoned


def _row(chance: random.Random, row: Mapping[str, str]) -> dict[str, str]:
    """A row of a spreadsheet, whose cells are always text."""
    damaged = dict(row)
    for name in chance.sample(sorted(row), chance.randint(0, 2)):
        # a cell was decoded from a file, so it holds whole characters
        damaged[name] = chance.choice([odd for odd in _ODD if isinstance(odd, str) and odd != "\ud800"])
    return damaged
